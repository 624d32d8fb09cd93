/* SPDX-License-Identifier: MIT */
/* Power wells, clocks, mailboxes and ports: status bits that follow requests. */
#include <check.h>
#include <stdlib.h>

#include "test_registers.h"
#include "test_run.h"

#define ENABLE 0x80000000u
#define STATE  0x40000000u

START_TEST(a_power_well_is_on_while_anybody_requests_it)
{
	w(0x45404, 0x20000002);
	ck_assert_uint_eq(r(0x45404), 0x30000003);
	ck_assert_uint_eq(r(0x45400), 0x10000001);
	w(0x45408, 0x20000000);
	w(0x45404, 0);
	ck_assert_uint_eq(r(0x45404), 0x10000000);
	ck_assert_uint_eq(r(0x45408), 0x30000000);
	w(0x45408, 0);
	ck_assert_uint_eq(r(0x45404), 0);
}
END_TEST

START_TEST(locks_follow_enables)
{
	ck_assert_uint_eq(r(0x46010), ENABLE | STATE);
	ck_assert_uint_eq(r(0x6c060), 1);
	w(0x46010, STATE);
	ck_assert_uint_eq(r(0x46010), 0);
	ck_assert_uint_eq(r(0x6c060), 0);
	w(0x46010, ENABLE);
	w(0x46014, ENABLE);
	w(0x46060, ENABLE);
	ck_assert_uint_eq(r(0x6c060), 0x01000101);
	w(0x6c060, 0);
	ck_assert_uint_eq(r(0x6c060), 0x01000101);
	w(0x45008, 0);
	ck_assert_uint_eq(r(0x45008), 0);
	w(0x45008, ENABLE);
	ck_assert_uint_eq(r(0x45008), ENABLE | STATE);
	w(0x64100, ENABLE);
	ck_assert_uint_eq(r(0x64100), ENABLE);
	w(0x64100, 0);
	ck_assert_uint_eq(r(0x64100), 0x80);
}
END_TEST

static uint32_t pcode(uint32_t command, uint32_t data)
{
	w(0x138128, data);
	w(0x13812c, 0);
	w(0x138124, ENABLE | command);
	ck_assert_uint_eq(r(0x138124) & ENABLE, 0);
	return r(0x138124);
}

START_TEST(pcode_answers_what_the_driver_waits_for)
{
	ck_assert_uint_eq(pcode(7, 3), 0);
	ck_assert_uint_eq(r(0x138128) & 1, 1);
	ck_assert_uint_eq(pcode(0x21, 0), 0);
	ck_assert_uint_eq(r(0x138128) & 1, 1);
	uint32_t before = 0;

	for (uint32_t half = 0; half < 2; half++) {
		ck_assert_uint_eq(pcode(6, half), 0);
		for (unsigned i = 0; i < 4; i++) {
			uint32_t us = r(0x138128) >> (8 * i) & 0xff;

			ck_assert_uint_ge(us, before);
			ck_assert_uint_gt(us, 0);
			before = us;
		}
	}
	ck_assert_uint_eq(pcode(8, 0x0c1234), 0);
	ck_assert_uint_eq(pcode(8, 0x0d1333), 0);
	ck_assert_uint_eq(pcode(9, 0x34), 0);
	ck_assert_uint_eq(r(0x138128), 0x0c12);
	ck_assert_uint_eq(pcode(9, 0x35), 0);
	ck_assert_uint_eq(r(0x138128), 0);
	ck_assert_uint_eq(fx.v->events.count[GT_EV_pcode_unknown], 0);
	ck_assert_uint_ne(pcode(0x7f, 0), 0);
	ck_assert_uint_eq(fx.v->events.count[GT_EV_pcode_unknown], 1);
}
END_TEST

START_TEST(the_frequency_asked_for_runs_as_far_as_the_gpu_goes)
{
	/* lowest, asked for, beyond the highest: 300, 600 and 900 MHz in units of 50/3 */
	ck_assert_uint_eq(r(0xa01c) >> 23, 18);
	w(0xa008, 36u << 23);
	ck_assert_uint_eq(r(0xa01c) >> 23, 36);
	w(0xa008, 511u << 23);
	ck_assert_uint_eq(r(0xa01c) >> 23, 54);
	w(0xa008, 0);
	ck_assert_uint_eq(r(0xa01c) >> 23, 18);
	w(0xa01c, ~0u);
	ck_assert_uint_eq(r(0xa01c) >> 23, 18);
}
END_TEST

START_TEST(broadwell_counts_the_frequency_in_50_MHz)
{
	ck_assert_uint_eq(r(0xa01c) >> 7, 6);
	w(0xa008, 12u << 24);
	ck_assert_uint_eq(r(0xa01c) >> 7, 12);
	w(0xa008, 127u << 24);
	ck_assert_uint_eq(r(0xa01c) >> 7, 18);
}
END_TEST

START_TEST(aux_times_out_and_its_flags_are_cleared_by_ones)
{
	w(0x64110, ENABLE | 0x52000000);
	ck_assert_uint_eq(r(0x64110) & 0xd0000000, 0x50000000);
	w(0x64110, 0x52000000);
	ck_assert_uint_eq(r(0x64110) & 0xd2000000, 0);
}
END_TEST

START_TEST(hotplug_status_is_cleared_by_ones_and_enables_are_stored)
{
	gt_vreg_set(fx.v, 0xc4030, 0x00000212);
	w(0xc4030, 0x00000210);
	ck_assert_uint_eq(r(0xc4030), 0x12);
	ck_assert_uint_eq(r(0xc4000) & 0x00e00000, 0x00200000);
}
END_TEST

START_TEST(broadwell_clocks_and_sideband_answer)
{
	ck_assert_uint_eq(r(0x130040), STATE);
	w(0x130040, 0x00200000);
	ck_assert_uint_eq(r(0x130040), STATE | 0x00280000);
	w(0x130040, ENABLE);
	ck_assert_uint_eq(r(0x130040), ENABLE);
	w(0xc2004, 0x1000);
	ck_assert_uint_eq(r(0xc2004), 0x3000);
	w(0xc2004, 0);
	ck_assert_uint_eq(r(0xc2004), 0);
	w(0xc6004, 5);
	w(0xc6008, 0x0601);
	ck_assert_uint_eq(r(0xc6008) & 7, 0);
	ck_assert_uint_eq(r(0xc6004), 0);
	w(0x45404, ENABLE);
	ck_assert_uint_eq(r(0x45404), ENABLE | STATE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("clocks");
	TCase *tc = tcase_create("skylake"), *bdw = tcase_create("broadwell");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_power_well_is_on_while_anybody_requests_it);
	tcase_add_test(tc, locks_follow_enables);
	tcase_add_test(tc, pcode_answers_what_the_driver_waits_for);
	tcase_add_test(tc, the_frequency_asked_for_runs_as_far_as_the_gpu_goes);
	tcase_add_test(tc, aux_times_out_and_its_flags_are_cleared_by_ones);
	tcase_add_test(tc, hotplug_status_is_cleared_by_ones_and_enables_are_stored);
	tcase_add_checked_fixture(bdw, setup_bdw, teardown);
	tcase_add_test(bdw, broadwell_clocks_and_sideband_answer);
	tcase_add_test(bdw, broadwell_counts_the_frequency_in_50_MHz);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, bdw);
	return test_run(s);
}
