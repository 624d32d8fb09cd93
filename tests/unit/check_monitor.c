/* SPDX-License-Identifier: MIT */
/* Heads: which there are, and monitors that are plugged in and pulled out while a guest looks. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test_run.h"
#include "vgpu_fixture.h"
#include "xengt/protocol.h"

enum {
	DFSM = 0x51000,
	SFUSE_STRAP = 0xc2014,
	SDE_ISR = 0xc4000,
	SDE_IMR = 0xc4004,
	SDE_IIR = 0xc4008,
	SHOTPLUG_CTL = 0xc4030,
};

static struct vgpu_fixture fx;

static void make(enum gt_platform_id platform, const char *heads, const char *monitors)
{
	struct gt_options o;
	struct gt_error err;

	gt_options_init(&o);
	o.platform = platform;
	ck_assert_int_eq(gt_options_set(&o, "vgt_heads", heads, &err), 0);
	ck_assert_int_eq(gt_options_set(&o, "vgt_monitor", monitors, &err), 0);
	vgpu_fixture_init_with(&fx, &o);
}

static void setup(void)
{
	make(GT_SKL, "3", "hdmi,dp,none");
}

static void teardown(void)
{
	vgpu_fixture_finish(&fx);
}

static uint32_t r(uint32_t off)
{
	return vgpu_fixture_r32(&fx, off);
}

static void w(uint32_t off, uint32_t val)
{
	vgpu_fixture_w32(&fx, off, val);
}

START_TEST(straps_and_fuses_follow_the_heads)
{
	static const struct {
		enum gt_platform_id platform;
		const char *heads;
		uint32_t straps, fuses;
	} known[] = {
		{ GT_SKL, "1", 0x04, 0x10200000 }, { GT_KBL, "2", 0x06, 0x10000000 },
		{ GT_SKL, "3", 0x07, 0 },	   { GT_BDW, "1", 0x44, 0 },
		{ GT_BDW, "3", 0x47, 0 },
	};

	make(known[_i].platform, known[_i].heads, "hdmi");
	ck_assert_uint_eq(r(SFUSE_STRAP), known[_i].straps);
	ck_assert_uint_eq(r(DFSM), known[_i].fuses);
	gt_vgpu_reset(fx.v);
	ck_assert_uint_eq(r(SFUSE_STRAP), known[_i].straps);
	teardown();
}
END_TEST

START_TEST(live_state_says_who_is_plugged_in)
{
	ck_assert_uint_eq(r(SDE_ISR), 0x00600000);
	ck_assert_ptr_nonnull(gt_monitor_at(fx.v, 1, GT_LINK_HDMI));
	ck_assert_ptr_null(gt_monitor_at(fx.v, 1, GT_LINK_DP));
	ck_assert_ptr_nonnull(gt_monitor_at(fx.v, 2, GT_LINK_DP));
	ck_assert_ptr_null(gt_monitor_at(fx.v, 3, GT_LINK_HDMI));
	ck_assert_ptr_null(gt_monitor_at(fx.v, 0, GT_LINK_HDMI));
	ck_assert_ptr_null(gt_monitor_at(fx.v, 4, GT_LINK_HDMI));
	ck_assert_ptr_null(gt_monitor_at(fx.v, ~0u, GT_LINK_HDMI));
}
END_TEST

START_TEST(a_plug_is_a_long_pulse_to_a_driver_that_listens)
{
	const struct xengt_plug again = { 0 };
	uint32_t bit = 0x00200000u << _i, status = 3u << 8 * _i;
	unsigned head = (unsigned)_i;

	w(SDE_IMR, ~0x00e00000u);
	gt_monitor_unplug(fx.v, head);
	ck_assert_uint_eq(r(SDE_ISR) & bit, 0);
	ck_assert_uint_eq(r(SDE_IIR), 0);
	w(SHOTPLUG_CTL, 0x00101010);
	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, head, &again), 0);
	ck_assert_uint_eq(r(SDE_ISR) & bit, bit);
	ck_assert_uint_eq(r(SDE_IIR), bit);
	ck_assert_uint_eq(r(SHOTPLUG_CTL), 0x00101010 | (status & 0x00020202));
	w(SHOTPLUG_CTL, r(SHOTPLUG_CTL));
	ck_assert_uint_eq(r(SHOTPLUG_CTL), 0x00101010);
	w(SDE_IIR, bit);
	ck_assert_int_eq(gt_monitor_unplug(fx.v, head), 0);
	ck_assert_uint_eq(r(SDE_IIR), bit);
	w(SDE_IIR, bit);
	ck_assert_int_eq(gt_monitor_unplug(fx.v, head), 0); /* again: nothing happens */
	ck_assert_uint_eq(r(SDE_IIR), 0);
}
END_TEST

START_TEST(the_next_monitor_has_another_edid)
{
	struct xengt_plug plug = { .w_px = 3840, .h_px = 2160 };
	const struct gt_monitor *m = &fx.v->monitors.head[1];
	uint8_t before[GT_EDID_MAX_B];
	char name[GT_EDID_NAME_B];
	struct gt_mode mode;

	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, 1, &plug), 0);
	gt_edid_describe(m->edid, m->edid_B, &mode, name);
	ck_assert_uint_eq(mode.w_px, 3840);
	ck_assert_uint_eq(mode.h_px, 2160);
	ck_assert_uint_eq(mode.hz, 60);
	ck_assert_str_eq(name, "xengt");
	memcpy(before, m->edid, sizeof(before));
	plug.w_px = 7681;
	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, 1, &plug), -EINVAL);
	plug.edid_B = 128;
	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, 1, &plug), -EINVAL);
	plug.edid_B = 100;
	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, 1, &plug), -EINVAL);
	ck_assert_mem_eq(m->edid, before, sizeof(before));
	memcpy(plug.edid, fx.v->monitors.head[0].edid, 128);
	plug.edid_B = 128;
	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, 1, &plug), 0);
	ck_assert_uint_eq(m->edid_B, 128);
	ck_assert_mem_eq(m->edid, fx.v->monitors.head[0].edid, 128);
}
END_TEST

START_TEST(a_head_that_does_not_exist_takes_no_monitor)
{
	const struct xengt_plug again = { 0 };

	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, 3, &again), -ENOENT);
	ck_assert_int_eq(gt_monitor_plug_asked(fx.v, ~0u, &again), -ENOENT);
	ck_assert_int_eq(gt_monitor_unplug(fx.v, 3), -ENOENT);
	ck_assert_int_eq(gt_monitor_unplug(fx.v, ~0u), -ENOENT);
}
END_TEST

START_TEST(any_edid_that_passes_its_check_can_be_described)
{
	uint8_t edid[2 * GT_EDID_SIZE];
	uint64_t seed = 3;
	struct gt_mode mode;

	for (unsigned n = 0; n < 20000; n++) {
		char name[GT_EDID_NAME_B];

		for (unsigned i = 0; i < sizeof(edid); i++) {
			edid[i] = (uint8_t)test_random(&seed);
		}
		if (n & 1) {
			edid[GT_EDID_SIZE] = 0x70;
			edid[GT_EDID_SIZE + 5] = 3;
			memset(edid + 54, 0, 3);
			edid[57] = 0xfc;
		}
		gt_edid_describe(edid, sizeof(edid), &mode, name);
		ck_assert_uint_lt(strlen(name), sizeof(name));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("monitor");
	TCase *tc = tcase_create("made");

	tcase_add_loop_test(tc, straps_and_fuses_follow_the_heads, 0, 5);
	suite_add_tcase(suite, tc);
	tc = tcase_create("heads");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, live_state_says_who_is_plugged_in);
	tcase_add_loop_test(tc, a_plug_is_a_long_pulse_to_a_driver_that_listens, 0, 3);
	tcase_add_test(tc, the_next_monitor_has_another_edid);
	tcase_add_test(tc, a_head_that_does_not_exist_takes_no_monitor);
	tcase_add_test(tc, any_edid_that_passes_its_check_can_be_described);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
