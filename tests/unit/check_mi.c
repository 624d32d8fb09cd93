/* SPDX-License-Identifier: MIT */
/* MI commands beyond stores and jumps: atomics, predicates, reports, entries of the GGTT. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "test_run.h"

#define ATOMIC	      0x17800000u
#define ATOMIC_INLINE (1u << 18 | 9)
#define ATOMIC_RETURN (1u << 16)
#define PREDICATED    (1u << 15)

#define RESULT	 0x2418u
#define RESULT_1 0x241cu

static struct batch b;

static void setup(void)
{
	batch_init(&b, GT_SKL);
}

static void teardown(void)
{
	batch_finish(&b);
}

static void store_reg(uint32_t reg, uint32_t off)
{
	BATCH(&b, SRM, reg, BATCH_DATA + off, 0);
}

/* Atomics by another hand: signed compare by bias, all in 64 bits. */
static uint64_t expected(unsigned op, uint64_t old, uint64_t x, uint64_t y, unsigned bits)
{
	uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	uint64_t bias = UINT64_C(1) << (bits - 1);
	bool less = ((old + bias) & mask) < ((x + bias) & mask);
	const uint64_t results[16] = {
		old, old & x, old | x, old ^ x, x, old + 1, old - 1, old + x, old - x, x - old,
		less ? x : old, less ? old : x, old < x ? x : old, old < x ? old : x,
		old == x ? y : old, old - 1,
	};

	return results[op] & mask;
}

static uint64_t number(uint64_t *seed, unsigned bits)
{
	uint64_t x = (uint64_t)test_random(seed) << 32 | test_random(seed);

	switch (test_random(seed) % 4) {
	case 0:
		return test_random(seed) % 3;
	case 1:
		return (UINT64_MAX - test_random(seed) % 3) >> (64 - bits);
	default:
		return x >> (64 - bits);
	}
}

static void set_data_64(uint32_t off, uint64_t val)
{
	batch_set_data(&b, off, (uint32_t)val);
	batch_set_data(&b, off + 4, (uint32_t)(val >> 32));
}

static uint64_t data_64(uint32_t off)
{
	return (uint64_t)batch_data(&b, off + 4) << 32 | batch_data(&b, off);
}

START_TEST(atomics_agree_with_arithmetic)
{
	unsigned op = (unsigned)_i % 16, bits = _i / 16 ? 64 : 32;
	uint64_t seed = 5 + (uint64_t)_i;

	for (unsigned i = 0; i < 20; i++) {
		uint64_t old = number(&seed, bits), y = number(&seed, bits);
		uint64_t x = i % 4 ? number(&seed, bits) : old;
		uint64_t want = expected(op, old, x, y, bits);

		set_data_64(0, old);
		set_data_64(8, 0x1111111122222222);
		BATCH(&b, ATOMIC | ATOMIC_INLINE | ATOMIC_RETURN | op << 8 |
				  (bits == 64 ? 0x20u << 8 | 1u << 19 : 0),
		      BATCH_DATA, 0, (uint32_t)x, (uint32_t)y, (uint32_t)(x >> 32),
		      (uint32_t)(y >> 32), 0, 0, 0, 0);
		store_reg(GPR(4), 0x10);
		store_reg(GPR(4) + 4, 0x14);
		if (i % 8 == 7) {
			batch_new_context(&b);
			continue;
		}
		ck_assert(batch_completes(&b, GT_RCS));
		ck_assert_uint_eq(data_64(0), want);
		ck_assert_uint_eq(data_64(8), 0x1111111122222222);
		ck_assert_uint_eq(data_64(0x10), op == 15 ? want : old);
	}
}
END_TEST

START_TEST(atomics_take_operands_from_the_general_purpose_registers)
{
	set_data_64(0, 7);
	BATCH(&b, LRI(2), GPR(0), 7, GPR(0) + 4, 0, LRI(2), GPR(2), 9, GPR(2) + 4, 1);
	BATCH(&b, ATOMIC | 1 | 1u << 19 | 0x2eu << 8, BATCH_DATA, 0);
	ck_assert(batch_completes(&b, GT_RCS));
	ck_assert_uint_eq(data_64(0), 0x100000009);
}
END_TEST

START_TEST(an_octword_is_compared_and_written)
{
	set_data_64(0, 1);
	set_data_64(8, 2);
	for (unsigned i = 0; i < 2; i++) {
		BATCH(&b, ATOMIC | ATOMIC_INLINE | ATOMIC_RETURN | 2u << 19 | 0x4eu << 8,
		      BATCH_DATA, 0, 1, 3, 0, 0, 2 + i, 4, 0, 0);
		store_reg(GPR(5), 0x20);
		ck_assert(batch_completes(&b, GT_RCS));
		ck_assert_uint_eq(data_64(0), 3);
		ck_assert_uint_eq(data_64(8), 4);
		ck_assert_uint_eq(batch_data(&b, 0x20), i ? 4 : 2);
	}
}
END_TEST

START_TEST(atomics_that_are_not_aligned_or_too_short_hang)
{
	static const uint32_t bad[][3] = { { ATOMIC | 1 | 1u << 19, BATCH_DATA + 4, 0 },
					   { ATOMIC | 1 | 2u << 19, BATCH_DATA + 8, 0 },
					   { ATOMIC | 1 | 3u << 19, BATCH_DATA, 0 },
					   { ATOMIC | 1 | 1u << 18, BATCH_DATA, 0 } };

	BATCH(&b, bad[_i][0], bad[_i][1], bad[_i][2]);
	ck_assert(!batch_completes(&b, GT_RCS));
	ck_assert_uint_eq(batch_count(&b, GT_EV_bad_command), 1);
}
END_TEST

/* Compare, combine and load against a table written out by hand. */
START_TEST(predicates_compare_combine_and_load)
{
	unsigned compare = (unsigned)_i & 3, combine = (unsigned)_i >> 2 & 3;
	unsigned load = (unsigned)_i >> 4 & 3, old = (unsigned)_i >> 6 & 1;
	bool cmp = compare == 0 || compare == 3, now;

	BATCH(&b, LRI(4), 0x2400, 9, 0x2404, 0, 0x2408, 4, 0x240c, 0);
	BATCH(&b, LRI(3), 0x2410, 5, 0x2414, 0, RESULT, old);
	BATCH(&b, 0x06000000u | compare | combine << 3 | load << 6);
	store_reg(RESULT, 0);
	ck_assert(batch_completes(&b, GT_RCS));
	now = (const bool[]){ cmp, old && cmp, old || cmp, old != cmp }[combine];
	ck_assert_uint_eq(batch_data(&b, 0), load == 2 ? now : load == 3 ? !now : old);
}
END_TEST

START_TEST(set_predicate_turns_commands_into_nothing)
{
	static const struct {
		uint32_t when, result;
		bool skipped;
	} rows[] = { { 0, 0, false }, { 0, 1, false }, { 3, 0, true }, { 3, 1, false },
		     { 4, 0, false }, { 4, 1, true },  { 15, 0, true } };

	BATCH(&b, LRI(1), RESULT, rows[_i].result, 0x00800000u | rows[_i].when);
	BATCH(&b, STORE, BATCH_DATA, 0, 1);
	BATCH(&b, 0x00800000u, STORE, BATCH_DATA + 4, 0, 2);
	ck_assert(batch_completes(&b, GT_RCS));
	ck_assert_uint_eq(batch_data(&b, 0), !rows[_i].skipped);
	ck_assert_uint_eq(batch_data(&b, 4), 2);
}
END_TEST

START_TEST(a_predicated_jump_is_taken_by_its_result_only)
{
	for (uint32_t taken = 0; taken < 2; taken++) {
		batch_set_data(&b, 0, 0);
		BATCH(&b, LRI(1), RESULT_1, taken, BB_START | PREDICATED, BATCH_AT + 0x40, 0);
		BATCH(&b, STORE, BATCH_DATA, 0, 5, MI_END);
		b.at = 0x40;
		ck_assert(batch_completes(&b, GT_RCS));
		ck_assert_uint_eq(batch_data(&b, 0), taken ? 0 : 5);
	}
}
END_TEST

START_TEST(a_conditional_end_compares_as_it_says)
{
	static const bool goes_on[6][3] = { { false, false, true }, { false, true, true },
					    { true, false, false }, { true, true, false },
					    { false, true, false }, { true, false, true } };

	for (uint32_t k = 0; k < 3; k++) {
		batch_set_data(&b, 0x40, 4 + k);
		batch_set_data(&b, 0, 0);
		BATCH(&b, 0x1b200002u | (uint32_t)_i << 12, 5, BATCH_DATA + 0x40, 0);
		BATCH(&b, STORE, BATCH_DATA, 0, 1);
		ck_assert(batch_completes(&b, GT_RCS));
		ck_assert_uint_eq(batch_data(&b, 0), goes_on[_i][k]);
	}
}
END_TEST

START_TEST(a_conditional_end_can_mask_what_it_compares)
{
	batch_set_data(&b, 0x40, 0xff05);
	batch_set_data(&b, 0x44, 0x00ff);
	BATCH(&b, 0x1b200002u | 4u << 12 | 1u << 19, 5, BATCH_DATA + 0x40, 0);
	BATCH(&b, STORE, BATCH_DATA, 0, 1);
	ck_assert(batch_completes(&b, GT_RCS));
	ck_assert_uint_eq(batch_data(&b, 0), 1);
}
END_TEST

START_TEST(a_noop_can_leave_a_number)
{
	EMIT(&b.d, &b.c, 0x00400000u | 0x1234);
	ck_assert(batch_ring_completes(&b, GT_VCS));
	ck_assert_uint_eq(vgpu_fixture_r32(&b.d.fx, gt_engine_base[GT_VCS] + 0x94), 0x1234);
}
END_TEST

START_TEST(the_head_is_reported_to_the_contexts_own_status_page)
{
	EMIT(&b.d, &b.c, 0, 0, 0x03800000u, 0);
	ck_assert(batch_ring_completes(&b, GT_BCS));
	ck_assert_uint_eq(fake_guest_r32(b.d.fx.guest, b.c.gpa + 0x10), 8);
}
END_TEST

START_TEST(a_perf_report_says_who_and_when)
{
	b.d.fx.guest->clock_ns = 5000000000;
	batch_set_data(&b, 0x110, 99);
	BATCH(&b, 0x14000002u, BATCH_DATA + 0x100, 0, 0xabcd);
	ck_assert(batch_completes(&b, GT_RCS));
	ck_assert_uint_eq(batch_data(&b, 0x100), 0xabcd);
	ck_assert_uint_eq(batch_data(&b, 0x104), 60000000);
	ck_assert_uint_eq(batch_data(&b, 0x108), b.c.tag);
	ck_assert_uint_eq(batch_data(&b, 0x110), 0);
}
END_TEST

START_TEST(the_driver_updates_its_own_ggtt_by_command)
{
	gt_gma_t gma = driver_alloc_ggtt(&b.d, 1, &(gt_gpa_t){ 0 });
	uint32_t update[] = { 0x11800002u, (uint32_t)gma, (uint32_t)b.data_gpa | 1, 0 };

	/* Not by a user's batch, not outside of the partition. */
	batch_emit(&b, update, 4);
	ck_assert(batch_completes(&b, GT_RCS));
	ck_assert_uint_ne(gt_spte_frame(gt_ggtt_lookup(b.d.fx.v, gma >> 12)), b.data_gpa >> 12);
	driver_emit(&b.d, &b.c, update, 4);
	EMIT(&b.d, &b.c, 0x11800002u, (uint32_t)b.d.fx.v->part.map_size, 1, 0);
	EMIT(&b.d, &b.c, STORE_GGTT, (uint32_t)gma + 0x80, 0, 77);
	ck_assert(batch_ring_completes(&b, GT_RCS));
	ck_assert_uint_eq(batch_data(&b, 0x80), 77);
	ck_assert_uint_eq(batch_count(&b, GT_EV_ggtt_outside_partition), 1);
	ck_assert(gt_spte_is_scratch(gt_ggtt_lookup(b.d.fx.v, b.d.fx.v->part.map_size >> 12)));
}
END_TEST

START_TEST(a_pipe_control_can_load_a_register)
{
	EMIT(&b.d, &b.c, 0x7a000004u, 1u << 23 | 1u << 14, GPR(3), 0, 0x77, 0);
	EMIT(&b.d, &b.c, 0x12400002u, GPR(3), (uint32_t)b.d.hwsp_gma[GT_RCS] + 0x300, 0);
	ck_assert(batch_ring_completes(&b, GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(b.d.fx.guest, b.d.hwsp_gpa[GT_RCS] + 0x300), 0x77);
}
END_TEST

START_TEST(a_stored_register_can_depend_on_the_predicate)
{
	batch_set_data(&b, 0, 1);
	batch_set_data(&b, 4, 1);
	BATCH(&b, LRI(2), GPR(0), 8, RESULT, 0, SRM | 1u << 21, GPR(0), BATCH_DATA, 0);
	BATCH(&b, LRI(1), RESULT, 1, SRM | 1u << 21, GPR(0), BATCH_DATA + 4, 0);
	ck_assert(batch_completes(&b, GT_RCS));
	ck_assert_uint_eq(batch_data(&b, 0), 1);
	ck_assert_uint_eq(batch_data(&b, 4), 8);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mi");
	TCase *tc = tcase_create("commands");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, atomics_agree_with_arithmetic, 0, 32);
	tcase_add_test(tc, atomics_take_operands_from_the_general_purpose_registers);
	tcase_add_test(tc, an_octword_is_compared_and_written);
	tcase_add_loop_test(tc, atomics_that_are_not_aligned_or_too_short_hang, 0, 4);
	tcase_add_loop_test(tc, predicates_compare_combine_and_load, 0, 128);
	tcase_add_loop_test(tc, set_predicate_turns_commands_into_nothing, 0, 7);
	tcase_add_test(tc, a_predicated_jump_is_taken_by_its_result_only);
	tcase_add_loop_test(tc, a_conditional_end_compares_as_it_says, 0, 6);
	tcase_add_test(tc, a_conditional_end_can_mask_what_it_compares);
	tcase_add_test(tc, a_noop_can_leave_a_number);
	tcase_add_test(tc, the_head_is_reported_to_the_contexts_own_status_page);
	tcase_add_test(tc, a_perf_report_says_who_and_when);
	tcase_add_test(tc, the_driver_updates_its_own_ggtt_by_command);
	tcase_add_test(tc, a_pipe_control_can_load_a_register);
	tcase_add_test(tc, a_stored_register_can_depend_on_the_predicate);
	suite_add_tcase(s, tc);
	return test_run(s);
}
