/* SPDX-License-Identifier: MIT */
/* Context images: their layout as drivers know it, and what one context sees of another. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "twin/context.h"
#include "test_run.h"

static struct batch b;

static void setup(void)
{
	batch_init(&b, GT_SKL);
}

static void teardown(void)
{
	batch_finish(&b);
}

static void set_image(uint32_t dw, uint32_t val)
{
	fake_guest_w32(b.d.fx.guest, b.c.gpa + GT_PAGE_SIZE + 4 * dw, val);
}

/* Dword of the image at which register @reg lies, as a driver would look for it; -1: nowhere. */
static int find(uint32_t reg)
{
	for (uint32_t dw = 0; dw < GT_PAGE_SIZE / 4; dw++) {
		if (batch_image(&b, &b.c, dw) == reg) {
			return (int)dw;
		}
	}
	return -1;
}

/* Where drivers look, from their side. PRM vol 7, "Register State Context". */
START_TEST(registers_lie_where_drivers_look_for_them)
{
	static const struct {
		uint32_t reg;
		int rcs_8, xcs_8, gen_9;
	} rows[] = {
		{ 0x244, 0x02, 0x02, 0x02 }, { 0x034, 0x04, 0x04, 0x04 },
		{ 0x030, 0x06, 0x06, 0x06 }, { 0x038, 0x08, 0x08, 0x08 },
		{ 0x03c, 0x0a, 0x0a, 0x0a }, { 0x110, 0x10, 0x10, 0x10 },
		{ 0x1c0, 0x18, -1, 0x18 }, { 0x1c4, 0x1a, -1, 0x1a },
		{ 0x1c8, 0x1c, -1, 0x1c }, { 0x3a8, 0x22, 0x22, 0x22 },
		{ 0x274, 0x30, 0x30, 0x30 }, { 0x270, 0x32, 0x32, 0x32 },
		{ 0x09c, 0x58, -1, 0x54 }, { 0x158, 0xc4, -1, 0x64 },
		{ 0x600, 0xd8, -1, 0x68 },
	};
	enum gt_engine e = (enum gt_engine)(_i / 2);
	bool gen_8 = _i % 2;

	batch_finish(&b);
	batch_init(&b, gen_8 ? GT_BDW : GT_SKL);
	ck_assert(batch_ring_completes(&b, e));
	for (size_t i = 0; i < GT_ARRAY_SIZE(rows); i++) {
		int want = !gen_8 ? rows[i].gen_9 : e == GT_RCS ? rows[i].rcs_8 : rows[i].xcs_8;

		ck_assert_msg(find(gt_engine_base[e] + rows[i].reg) == want, "0x%x", rows[i].reg);
	}
	if (e == GT_RCS) {
		ck_assert_int_eq(find(0x20c8), 0x42);
		ck_assert_int_eq(find(0x2360), gen_8 ? 0x120 : 0x128);
		ck_assert_int_eq(find(0xe458), gen_8 ? 0x2ce : 0x3de);
	}
}
END_TEST

START_TEST(an_image_is_a_list_of_loads_up_to_a_batch_end)
{
	enum gt_engine e = (enum gt_engine)(_i / 2);
	uint32_t dw = 0, nr = 0, header;

	batch_finish(&b);
	batch_init(&b, _i % 2 ? GT_BDW : GT_SKL);
	ck_assert(batch_ring_completes(&b, e));
	while ((header = batch_image(&b, &b.c, dw)) != MI_END) {
		ck_assert_uint_lt(dw, GT_PAGE_SIZE / 4);
		if (!header) {
			dw++;
			continue;
		}
		ck_assert_uint_eq(header & ~0x10ffu, 0x11000000u);
		ck_assert_uint_eq(header & 1, 1);
		for (uint32_t i = 0; i < ((header & 0xff) + 1) / 2; i++, nr++) {
			uint32_t reg = batch_image(&b, &b.c, dw + 1 + 2 * i);

			ck_assert_uint_ge(reg, 0x2000);
			ck_assert_uint_lt(reg, 0x40000);
		}
		dw += (header & 0xff) + 2;
	}
	ck_assert_uint_gt(nr, 20);
}
END_TEST

START_TEST(registers_of_a_context_are_its_own)
{
	/* A general purpose register, masked ones, and one that is all storage. */
	static const uint32_t regs[] = { 0x2600, 0x267c, 0x2580, 0x7014, 0x7304, 0xe184, 0x20c0,
					 0x7034, 0x2310, 0x5280, 0xe458 };
	uint32_t hwsp = (uint32_t)b.d.hwsp_gma[GT_RCS];
	struct context first;

	EMIT(&b.d, &b.c, 0, 0);
	for (size_t i = 0; i < GT_ARRAY_SIZE(regs); i++) {
		EMIT(&b.d, &b.c, LRI(1), regs[i], 0xffff1234u, 0);
	}
	ck_assert(batch_ring_completes(&b, GT_RCS));
	first = b.c;
	batch_new_context(&b);
	/* A context that a driver made: a copy of a saved image of zeros. */
	set_image(0x03, 0x000f0008);
	for (size_t i = 0; i < GT_ARRAY_SIZE(regs); i++) {
		EMIT(&b.d, &b.c, 0x12400002, regs[i], hwsp + 0x300 + 4 * i, 0);
	}
	memcpy(b.d.fx.guest->mem + b.c.gpa + GT_PAGE_SIZE + 4 * 0x51,
	       b.d.fx.guest->mem + first.gpa + GT_PAGE_SIZE + 4 * 0x51, 4 * (0x400 - 0x51));
	for (uint32_t dw = 0x51; dw < 0x400; dw++) {
		uint32_t val = batch_image(&b, &b.c, dw);

		if ((val & 0xffff) == 0x1234) {
			set_image(dw, val & 0xffff0000u & (val >> 16 == 0xffff ? ~0u : 0));
		}
	}
	ck_assert(batch_ring_completes(&b, GT_RCS));
	for (size_t i = 0; i < GT_ARRAY_SIZE(regs); i++) {
		uint32_t val = fake_guest_r32(b.d.fx.guest, b.d.hwsp_gpa[GT_RCS] + 0x300 + 4 * i);

		ck_assert_msg((val & 0xffff) == 0, "0x%x: 0x%x", regs[i], val);
	}
	/* And the first has kept its own. */
	b.c = first;
	for (size_t i = 0; i < GT_ARRAY_SIZE(regs); i++) {
		EMIT(&b.d, &b.c, 0x12400002, regs[i], hwsp + 0x300 + 4 * i, 0);
	}
	ck_assert(batch_ring_completes(&b, GT_RCS));
	for (size_t i = 0; i < GT_ARRAY_SIZE(regs); i++) {
		uint32_t val = fake_guest_r32(b.d.fx.guest, b.d.hwsp_gpa[GT_RCS] + 0x300 + 4 * i);

		ck_assert_msg((val & 0xffff) == 0x1234, "0x%x: 0x%x", regs[i], val);
	}
}
END_TEST

START_TEST(restore_and_save_can_be_inhibited)
{
	uint32_t gpr0 = 0x68;

	set_image(0x03, 0x000f0009);
	set_image(gpr0 + 1, 0x1111);
	EMIT(&b.d, &b.c, 0x12400002, 0x2600, (uint32_t)b.d.hwsp_gma[GT_RCS] + 0x300, 0);
	ck_assert(batch_ring_completes(&b, GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(b.d.fx.guest, b.d.hwsp_gpa[GT_RCS] + 0x300), 0);
	ck_assert_uint_eq(batch_image(&b, &b.c, gpr0 + 1), 0);
	ck_assert_uint_eq(batch_image(&b, &b.c, 0x03), 0xffff0008u);
	set_image(0x03, 0x000f000c);
	set_image(gpr0 + 1, 0x2222);
	EMIT(&b.d, &b.c, 0x12400002, 0x2600, (uint32_t)b.d.hwsp_gma[GT_RCS] + 0x300, 0);
	EMIT(&b.d, &b.c, LRI(1), 0x2600, 0x3333, 0);
	ck_assert(batch_ring_completes(&b, GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(b.d.fx.guest, b.d.hwsp_gpa[GT_RCS] + 0x300), 0x2222);
	ck_assert_uint_eq(batch_image(&b, &b.c, gpr0 + 1), 0x2222);
}
END_TEST

START_TEST(a_context_has_a_clock_that_runs_while_it_does)
{
	uint32_t hwsp = (uint32_t)b.d.hwsp_gma[GT_VCS], base = gt_engine_base[GT_VCS];
	uint32_t seen;

	set_image(0x23, 0x7fffffff);
	EMIT(&b.d, &b.c, 0x12400002, base + 0x3a8, hwsp + 0x300, 0);
	EMIT(&b.d, &b.c, 0x0e40c002u, 7, hwsp + 0x200, 0);
	driver_submit(&b.d, GT_VCS, &b.c, NULL);
	ck_assert(driver_run(&b.d, 10));
	seen = fake_guest_r32(b.d.fx.guest, b.d.hwsp_gpa[GT_VCS] + 0x300);
	ck_assert_uint_eq(seen, 0x80000000u);
	b.d.fx.guest->clock_ns += 1000000000;
	fake_guest_w32(b.d.fx.guest, b.d.hwsp_gpa[GT_VCS] + 0x200, 7);
	ck_assert(driver_run(&b.d, 10));
	ck_assert_uint_eq(batch_image(&b, &b.c, 0x23), seen + 12000000 + 1);
	b.d.fx.guest->clock_ns += 1000000000;
	ck_assert_uint_eq(vgpu_fixture_r32(&b.d.fx, base + 0x3a8), seen + 12000000);
}
END_TEST

START_TEST(the_batch_of_a_context_runs_after_its_indirect_batch)
{
	gt_gpa_t gpa;
	gt_gma_t gma = driver_alloc_ggtt(&b.d, 2, &gpa);
	uint32_t hwsp = (uint32_t)b.d.hwsp_gma[GT_RCS];
	const uint32_t indirect[] = { STORE_GGTT, hwsp + 0x300, 0, 1 };
	/* What the indirect batch stored is copied by the other. */
	const uint32_t copy[] = { 0x17600003u, hwsp + 0x304, 0, hwsp + 0x300, 0, MI_END };

	for (size_t i = 0; i < GT_ARRAY_SIZE(indirect); i++) {
		fake_guest_w32(b.d.fx.guest, gpa + 4 * i, indirect[i]);
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(copy); i++) {
		fake_guest_w32(b.d.fx.guest, gpa + GT_PAGE_SIZE + 4 * i, copy[i]);
	}
	set_image(0x19, (uint32_t)(gma + GT_PAGE_SIZE) | 1);
	set_image(0x1b, (uint32_t)gma | 1);
	ck_assert(batch_ring_completes(&b, GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(b.d.fx.guest, b.d.hwsp_gpa[GT_RCS] + 0x304), 1);
}
END_TEST

START_TEST(a_reset_leaves_no_registers_to_the_next_context)
{
	EMIT(&b.d, &b.c, LRI(2), 0x2600, 0x1234, 0x7014, 0xffff1234u, 0);
	ck_assert(batch_ring_completes(&b, GT_RCS));
	ck_assert_uint_eq(vgpu_fixture_r32(&b.d.fx, 0x2600), 0x1234);
	vgpu_fixture_w32(&b.d.fx, 0x941c, 2);
	ck_assert_uint_eq(vgpu_fixture_r32(&b.d.fx, 0x2600), 0);
	ck_assert_uint_eq(vgpu_fixture_r32(&b.d.fx, 0x7014), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("context");
	TCase *tc = tcase_create("images");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, registers_lie_where_drivers_look_for_them, 0, 2 * GT_NR_ENGINES);
	tcase_add_loop_test(tc, an_image_is_a_list_of_loads_up_to_a_batch_end, 0,
			    2 * GT_NR_ENGINES);
	tcase_add_test(tc, registers_of_a_context_are_its_own);
	tcase_add_test(tc, restore_and_save_can_be_inhibited);
	tcase_add_test(tc, a_context_has_a_clock_that_runs_while_it_does);
	tcase_add_test(tc, the_batch_of_a_context_runs_after_its_indirect_batch);
	tcase_add_test(tc, a_reset_leaves_no_registers_to_the_next_context);
	suite_add_tcase(s, tc);
	return test_run(s);
}
