/* SPDX-License-Identifier: MIT */
/* AUX channels and DisplayPort sinks driven the way a driver drives them, and nonsense. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test_run.h"
#include "vgpu_fixture.h"

enum {
	NATIVE_WRITE = 8,
	NATIVE_READ = 9,
	I2C_WRITE = 0,
	I2C_READ = 1,
	MOT = 4,
	DPCD_REVISION = 0x000,
	DPCD_LANES = 0x101,
	DPCD_PATTERN = 0x102,
	DPCD_LANE_STATUS = 0x202,
	DPCD_POWER = 0x600,
	DDI_BUF_CTL_C = 0x64200,
	DP_TP_CTL_C = 0x64240,
	AUX_C = 0x64210,
	AUX_C_PCH = 0xe4210,
};

#define ENABLE	      0x80000000u
#define DONE	      0x40000000u
#define INTERRUPT     0x20000000u
#define TIMEOUT	      0x10000000u
#define RECEIVE_ERROR 0x02000000u

static struct vgpu_fixture fx;
static uint32_t aux;

/* HDMI on B, DisplayPort on C, and D is not there. */
static void setup_platform(enum gt_platform_id platform)
{
	struct gt_options o;
	struct gt_error err;

	gt_options_init(&o);
	o.platform = platform;
	ck_assert_int_eq(gt_options_set(&o, "vgt_heads", "2", &err), 0);
	ck_assert_int_eq(gt_options_set(&o, "vgt_monitor", "hdmi,dp", &err), 0);
	ck_assert_int_eq(gt_options_set(&o, "vgt_mode", "1024x768,1920x1080", &err), 0);
	vgpu_fixture_init_with(&fx, &o);
	aux = platform == GT_BDW ? AUX_C_PCH : AUX_C;
}

static void setup(void)
{
	setup_platform(GT_SKL);
}

static void setup_bdw(void)
{
	setup_platform(GT_BDW);
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

/* Send @nr bytes; the reply's bytes are in @out (20). Their number, or 0 if nobody replies. */
static uint32_t transfer(const uint8_t *bytes, uint32_t nr, uint8_t *out)
{
	uint32_t ctl;

	w(aux, DONE | TIMEOUT | RECEIVE_ERROR);
	for (uint32_t i = 0; i < nr; i += 4) {
		uint32_t data = 0;

		for (uint32_t j = 0; j < 4; j++) {
			data |= (i + j < nr ? (uint32_t)bytes[i + j] : 0) << (24 - 8 * j);
		}
		w(aux + 4 + i, data);
	}
	w(aux, ENABLE | DONE | TIMEOUT | RECEIVE_ERROR | nr << 20);
	ctl = r(aux);
	ck_assert_uint_eq(ctl & (ENABLE | DONE), DONE);
	if (ctl & (TIMEOUT | RECEIVE_ERROR)) {
		return 0;
	}
	for (uint32_t i = 0; i < 20; i++) {
		out[i] = (uint8_t)(r(aux + 4 + (i & ~3u)) >> (24 - 8 * (i & 3)));
	}
	return (ctl >> 20) & 0x1f;
}

/* A transaction of @len bytes at @addr; reads fill @data, writes send it. The reply's code. */
static int transact(unsigned command, uint32_t addr, uint8_t *data, uint32_t len)
{
	uint8_t in[20] = { (uint8_t)(command << 4 | addr >> 16), (uint8_t)(addr >> 8),
			   (uint8_t)addr, (uint8_t)(len - 1) };
	uint8_t out[20];
	bool reads = command & 1;
	uint32_t nr;

	if (!reads) {
		memcpy(in + 4, data, len);
	}
	nr = transfer(in, len ? 4 + (reads ? 0 : len) : 3, out);
	if (!nr) {
		return -1;
	}
	if (reads && !out[0] && len) {
		ck_assert_uint_eq(nr, len + 1);
		memcpy(data, out + 1, len);
	} else {
		ck_assert_uint_eq(nr, 1);
	}
	return out[0];
}

static uint8_t dpcd(uint32_t addr)
{
	uint8_t val = 0xaa;

	ck_assert_int_eq(transact(NATIVE_READ, addr, &val, 1), 0);
	return val;
}

static void dpcd_set(uint32_t addr, uint8_t val)
{
	ck_assert_int_eq(transact(NATIVE_WRITE, addr, &val, 1), 0);
}

START_TEST(a_sink_says_what_it_can)
{
	uint8_t caps[16];

	ck_assert_int_eq(transact(NATIVE_READ, DPCD_REVISION, caps, sizeof(caps)), 0);
	ck_assert_uint_eq(caps[0], 0x12);
	ck_assert_uint_eq(caps[1], 0x14);
	ck_assert_uint_eq(caps[2] & 0x9f, 0x84);
	ck_assert_uint_eq(dpcd(0x200), 1);
}
END_TEST

START_TEST(the_edid_is_read_over_aux_in_pieces)
{
	const struct gt_monitor *m = &fx.v->monitors.head[1];
	uint8_t edid[GT_EDID_SIZE], zero = 0;

	ck_assert_int_eq(transact(I2C_WRITE | MOT, 0x50, &zero, 0), 0);
	ck_assert_int_eq(transact(I2C_WRITE | MOT, 0x50, &zero, 1), 0);
	for (uint32_t at = 0; at < sizeof(edid); at += 16) {
		ck_assert_int_eq(transact(I2C_READ | MOT, 0x50, edid + at, 16), 0);
	}
	ck_assert_int_eq(transact(I2C_READ, 0x50, &zero, 0), 0);
	ck_assert(gt_edid_valid(edid));
	ck_assert_mem_eq(edid, m->edid, sizeof(edid));
	ck_assert_int_eq(transact(I2C_READ, 0x37, &zero, 1), 0x40);
	ck_assert_int_eq(transact(I2C_WRITE, 0x30, &zero, 1), 0x40);
}
END_TEST

static void put_sum(uint8_t *block)
{
	uint8_t sum = 0;

	for (unsigned i = 0; i < GT_EDID_SIZE - 1; i++) {
		sum = (uint8_t)(sum + block[i]);
	}
	block[GT_EDID_SIZE - 1] = (uint8_t)-sum;
}

START_TEST(the_second_segment_is_reached_by_its_pointer_until_the_transfer_ends)
{
	uint8_t edid[GT_EDID_MAX_B] = { 0 }, got[16], one = 1, zero = 0;

	memcpy(edid, fx.v->monitors.head[1].edid, GT_EDID_SIZE);
	edid[GT_EDID_EXTENSIONS] = 3;
	put_sum(edid);
	edid[256] = 0x70;
	edid[257] = 0x99;
	put_sum(edid + 256);
	ck_assert_int_eq(gt_monitor_plug(fx.v, 1, edid, sizeof(edid)), 0);
	ck_assert_int_eq(transact(I2C_WRITE | MOT, 0x30, &one, 1), 0);
	ck_assert_int_eq(transact(I2C_WRITE | MOT, 0x50, &zero, 1), 0);
	ck_assert_int_eq(transact(I2C_READ, 0x50, got, sizeof(got)), 0);
	ck_assert_mem_eq(got, edid + 256, sizeof(got));
	ck_assert_int_eq(transact(I2C_WRITE | MOT, 0x50, &zero, 1), 0);
	ck_assert_int_eq(transact(I2C_READ, 0x50, got, sizeof(got)), 0);
	ck_assert_mem_eq(got, edid, sizeof(got));
}
END_TEST

static void source_sends(unsigned pattern, unsigned lanes)
{
	static const uint32_t tp[] = { 0x300, 0x000, 0x100, 0x400 };

	w(DDI_BUF_CTL_C, ENABLE | (lanes - 1) << 1);
	w(DP_TP_CTL_C, ENABLE | tp[pattern]);
}

START_TEST(a_link_trains_when_source_and_sink_agree)
{
	static const uint8_t lane_counts[] = { 1, 2, 4 };
	unsigned lanes = lane_counts[_i];
	uint32_t low = lanes > 1 ? 0xff : 0x0f, high = lanes > 2 ? 0xff : 0;

	dpcd_set(DPCD_POWER, 1);
	dpcd_set(DPCD_LANES, (uint8_t)(0x80 | lanes));
	source_sends(1, lanes);
	dpcd_set(DPCD_PATTERN, 0x21);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0x11 & low);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS + 1), 0x11 & high);
	ck_assert_uint_eq(dpcd(0x204), 0);
	source_sends(3, lanes);
	dpcd_set(DPCD_PATTERN, 0x23);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0x77 & low);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS + 1), 0x77 & high);
	ck_assert_uint_eq(dpcd(0x204), 1);
	source_sends(0, lanes);
	dpcd_set(DPCD_PATTERN, 0);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0x77 & low);
	w(DDI_BUF_CTL_C, 0);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0);
}
END_TEST

START_TEST(a_link_does_not_train_when_they_disagree)
{
	dpcd_set(DPCD_POWER, 1);
	dpcd_set(DPCD_LANES, 0x84);
	source_sends(2, 4);
	dpcd_set(DPCD_PATTERN, 0x21); /* the source sends another pattern */
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0);
	dpcd_set(DPCD_PATTERN, 0x22); /* the clock was not recovered before */
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0);
	source_sends(1, 2);
	dpcd_set(DPCD_PATTERN, 0x21); /* half of the lanes are dark */
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0);
	source_sends(1, 4);
	dpcd_set(DPCD_PATTERN, 0x21);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS), 0x11);
	dpcd_set(DPCD_POWER, 2);
	ck_assert_uint_eq(dpcd(DPCD_LANE_STATUS + 1), 0);
}
END_TEST

START_TEST(nobody_answers_where_no_displayport_monitor_is)
{
	static const uint32_t others[] = { 0x64010, 0x64110, 0x64310, 0x64410 };
	uint8_t val;

	for (size_t i = 0; i < GT_ARRAY_SIZE(others); i++) {
		aux = others[i];
		ck_assert_int_eq(transact(NATIVE_READ, 0, &val, 1), -1);
	}
	aux = AUX_C;
	ck_assert_int_eq(transact(NATIVE_READ, 0, &val, 1), 0);
	gt_monitor_unplug(fx.v, 1);
	ck_assert_int_eq(transact(NATIVE_READ, 0, &val, 1), -1);
}
END_TEST

START_TEST(the_end_of_a_transaction_interrupts_if_asked)
{
	uint32_t bank = aux >= 0xe0000 ? 0xc4000 : 0x44440;
	uint32_t bit = 1u << 26;

	w(bank + 4, ~bit);
	w(aux + 4, 0x90000000);
	w(aux, ENABLE | 4 << 20);
	ck_assert_uint_eq(r(bank + 8), 0);
	w(aux, ENABLE | INTERRUPT | 4 << 20);
	ck_assert_uint_eq(r(bank + 8), bit);
}
END_TEST

START_TEST(messages_that_make_no_sense_do_no_harm)
{
	uint64_t seed = 11;
	uint8_t in[20], out[20];

	for (unsigned n = 0; n < 20000; n++) {
		for (unsigned i = 0; i < sizeof(in); i++) {
			in[i] = (uint8_t)test_random(&seed);
		}
		ck_assert_uint_le(transfer(in, test_random(&seed) % 32 < 20 ?
					   test_random(&seed) % 21 : 20, out), 20);
		w(aux, test_random(&seed));
	}
	ck_assert_uint_eq(dpcd(DPCD_REVISION), 0x12);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dp");
	TCase *tc = tcase_create("skylake");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_sink_says_what_it_can);
	tcase_add_test(tc, the_edid_is_read_over_aux_in_pieces);
	tcase_add_test(tc, the_second_segment_is_reached_by_its_pointer_until_the_transfer_ends);
	tcase_add_loop_test(tc, a_link_trains_when_source_and_sink_agree, 0, 3);
	tcase_add_test(tc, a_link_does_not_train_when_they_disagree);
	tcase_add_test(tc, nobody_answers_where_no_displayport_monitor_is);
	tcase_add_test(tc, the_end_of_a_transaction_interrupts_if_asked);
	tcase_add_test(tc, messages_that_make_no_sense_do_no_harm);
	suite_add_tcase(suite, tc);
	tc = tcase_create("broadwell");
	tcase_add_checked_fixture(tc, setup_bdw, teardown);
	tcase_add_test(tc, a_sink_says_what_it_can);
	tcase_add_test(tc, the_edid_is_read_over_aux_in_pieces);
	tcase_add_loop_test(tc, a_link_trains_when_source_and_sink_agree, 0, 3);
	tcase_add_test(tc, the_end_of_a_transaction_interrupts_if_asked);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
