/* SPDX-License-Identifier: MIT */
/*
 * A random guest against the shadow of its page tables.  After each step that a submission makes
 * visible every address of interest must lead where a dumb walk of guest memory leads, the census
 * of the shadow must add up, and what is tracked must be true at any moment.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ppgtt_model.h"
#include "test_run.h"
#include "vgpu_fixture.h"
#include "xengt/ioreq.h"

#define NR_PAGES 64u /* of guest memory that are tables, data, or both in turn */
#define NR_ROOTS 6u
#define POOL	 GT_MiB(1)

static struct vgpu_fixture x;
static uint64_t seed;

static void setup(void)
{
	vgpu_fixture_init(&x, GT_SKL);
	vgpu_fixture_enable(&x);
	seed = 99;
}

static void teardown(void)
{
	vgpu_fixture_finish(&x);
}

static uint32_t rnd(uint32_t n)
{
	return test_random(&seed) % n;
}

static uint64_t count(enum gt_counter c)
{
	return x.v->events.count[c];
}

static gt_spte_t lookup(uint64_t root, gt_gma_t gma)
{
	return gt_ppgtt_lookup(x.v->ppgtt, root, gma);
}

static void write_entry(gt_gpa_t gpa, uint64_t val)
{
	ppgtt_model_cpu_write(x.v, x.guest, gpa, val);
}

static gt_gpa_t any_page(void)
{
	return POOL + rnd(NR_PAGES) * GT_PAGE_SIZE;
}

/* Mostly to pages of the pool, so that tables are shared, lead in circles and change level. */
static uint64_t any_entry(void)
{
	switch (rnd(16)) {
	case 0:
		return 0;
	case 1:
		return x.guest->mem_B | 3; /* no RAM there */
	case 2:
		return any_page() | 3 | UINT64_C(1) << (39 + rnd(24));
	case 3:
		return any_page() | 0x83; /* 2 MiB in a PD, PAT in a PT, nonsense in a PDP */
	case 4:
		return any_page() | 0x803; /* 64 KiB pages below */
	case 5:
		return any_page() | 1;
	case 6:
		return (uint64_t)test_random(&seed) << 32 | test_random(&seed);
	default:
		return any_page() | 3;
	}
}

/* Few indices at each level, so that the same tables are met again. */
static gt_gma_t any_gma(void)
{
	static const unsigned index[] = { 0, 1, 15, 16, 255, 511 };
	gt_gma_t gma = rnd(GT_PAGE_SIZE);

	for (unsigned shift = 12; shift <= 39; shift += 9) {
		gma |= (gt_gma_t)index[rnd(GT_ARRAY_SIZE(index))] << shift;
	}
	return gma;
}

static uint64_t any_root(void)
{
	uint64_t root = POOL + rnd(NR_ROOTS) * GT_PAGE_SIZE;

	return rnd(4) ? root : root | GT_PPGTT_ROOT_PD;
}

static gt_gma_t gma_for(uint64_t root)
{
	return root & GT_PPGTT_ROOT_PD ? any_gma() % GT_GiB(1) : any_gma();
}

static void change_entry(void)
{
	static const unsigned index[] = { 0, 1, 15, 16, 255, 511 };

	write_entry(any_page() + 8 * index[rnd(GT_ARRAY_SIZE(index))], any_entry());
}

/* By one rep instruction, up or down, of any size. */
static void change_many(void)
{
	uint64_t val = any_entry();
	uint32_t size = 1u << rnd(4), nr = 1 + rnd(GT_PAGE_SIZE / size);
	gt_gpa_t page = any_page();
	bool down = rnd(2);
	struct gt_ioreq r = {
		.type = GT_IOREQ_MEMORY, .data = val, .size = size, .count = nr, .down = down,
		.addr = page + (down ? (nr - 1) * size : 0),
	};

	if (rnd(2)) {
		r.data_is_ptr = true;
		r.data = any_page() + (down ? GT_PAGE_SIZE - size : 0);
	}
	/* Not a request at all unless the page is tracked; a request all the same is harmless. */
	gt_ioreq_handle(x.v, &r);
}

static void page_becomes_data(void)
{
	gt_gpa_t page = any_page();

	for (unsigned i = 0; i < GT_TABLE_ENTRIES; i++) {
		write_entry(page + 8 * i, (uint64_t)test_random(&seed) << 32 | test_random(&seed));
	}
}

static void page_becomes_table(void)
{
	gt_gpa_t page = any_page();

	for (unsigned i = 0; i < GT_TABLE_ENTRIES; i++) {
		write_entry(page + 8 * i, any_entry());
	}
}

static void announce(void)
{
	uint64_t root = any_root();
	uint32_t legacy = root & GT_PPGTT_ROOT_PD ? 0 : 2;

	for (unsigned i = 0; i < 4; i++) {
		vgpu_fixture_w32(&x, 0x78838 + 8 * i, (uint32_t)root & ~0xfffu);
		vgpu_fixture_w32(&x, 0x7883c + 8 * i, (uint32_t)(root >> 32));
	}
	vgpu_fixture_w32(&x, 0x78818, 2 + legacy + rnd(2));
}

/* The GPU writes a page, as a batch that sets up entries does. */
static void gpu_writes(void)
{
	gt_gpa_t page = any_page();
	uint64_t *host = gt_frames_get_for_write(x.v->frames, page >> GT_PAGE_SHIFT);

	if (host) {
		host[rnd(GT_TABLE_ENTRIES)] = any_entry();
	}
}

static void random_step(void)
{
	switch (rnd(40)) {
	case 0:
		page_becomes_data();
		break;
	case 1: case 2:
		page_becomes_table();
		break;
	case 3: case 4:
		announce();
		break;
	case 5:
		gt_frames_drop_all(x.v->frames);
		break;
	case 6: case 7:
		gpu_writes();
		break;
	case 8:
		change_many();
		break;
	case 9:
		if (!rnd(8)) {
			gt_vgpu_invalidate(x.v);
		}
		break;
	default:
		change_entry();
		break;
	}
}

static void compare_all(unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		uint64_t root = any_root();
		gt_gma_t gma = gma_for(root);

		ck_assert_uint_eq(lookup(root, gma), ppgtt_model_lookup(x.guest, root, gma));
	}
}

START_TEST(the_shadow_follows_a_random_guest)
{
	uint64_t tracked = 0;

	seed = 1000 + (uint64_t)_i;
	for (unsigned i = 0; i < NR_PAGES; i++) {
		page_becomes_table();
	}
	for (unsigned round = 0; round < 600; round++) {
		/* Now and then it leaves its tables alone for long enough to have them tracked. */
		unsigned nr_steps = round % 100 < 60 ? 0 : rnd(6);

		for (unsigned i = 0; i < nr_steps; i++) {
			random_step();
		}
		if (rnd(4)) {
			gt_ppgtt_submit(x.v->ppgtt);
		} else {
			gt_ppgtt_invalidate(x.v->ppgtt);
		}
		compare_all(60);
		if (round % 20 == 0) {
			ppgtt_model_census(x.v->ppgtt, x.guest);
		}
	}
	tracked = count(GT_C_ppgtt_tracked);
	ck_assert_uint_gt(tracked, 20);
	ck_assert_uint_gt(count(GT_C_ppgtt_untracked), 5);
	gt_vgpu_reset(x.v);
	ck_assert_uint_eq(x.guest->nr_tracked, 0);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 0);
}
END_TEST

START_TEST(the_shadow_is_right_whichever_host_call_fails)
{
	seed = 2000 + (uint64_t)_i;
	for (unsigned i = 0; i < NR_PAGES; i++) {
		page_becomes_table();
	}
	for (unsigned round = 0; round < 400; round++) {
		uint64_t root = any_root();
		gt_gma_t gma = gma_for(root);

		for (unsigned i = round % 80 < 50 ? 0 : rnd(4); i; i--) {
			random_step();
		}
		x.guest->fail_in = 1 + rnd(12);
		gt_ppgtt_submit(x.v->ppgtt);
		for (unsigned i = 0; i < 20; i++) {
			gt_spte_t e = lookup(root, gma);

			/* A table that could not be read leads to scratch until it can. */
			ck_assert(e == ppgtt_model_lookup(x.guest, root, gma) ||
				  e == GT_SPTE_SCRATCH);
			gma = gma_for(root);
		}
		x.guest->fail_in = 0;
		gt_ppgtt_submit(x.v->ppgtt);
		compare_all(30);
	}
	ppgtt_model_census(x.v->ppgtt, x.guest);
	ck_assert_uint_gt(count(GT_C_ppgtt_tracked), 10);
	ck_assert_uint_gt(count(GT_C_ppgtt_track_refused), 0);
}
END_TEST

/* One table a level below @root, with one page at 0. */
static void simple_space(gt_gpa_t root)
{
	for (unsigned i = 0; i < 3; i++) {
		write_entry(root + i * GT_PAGE_SIZE, (root + (i + 1) * GT_PAGE_SIZE) | 3);
	}
	write_entry(root + 3 * GT_PAGE_SIZE, 0x300003);
}

static void submit_and_look(gt_gpa_t root, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		gt_ppgtt_submit(x.v->ppgtt);
		ck_assert_uint_eq(lookup(root, 0), ppgtt_model_lookup(x.guest, root, 0));
	}
}

START_TEST(quiet_tables_are_tracked_and_not_compared_any_more)
{
	uint64_t compared;

	simple_space(POOL);
	submit_and_look(POOL, GT_QUIET_MIN + 1);
	ck_assert_uint_eq(x.guest->nr_tracked, 0);
	submit_and_look(POOL, 1);
	ck_assert_uint_eq(x.guest->nr_tracked, 4);
	ck_assert_uint_eq(count(GT_C_ppgtt_tracked_now), 4);
	compared = count(GT_C_ppgtt_compared);
	submit_and_look(POOL, 100);
	ck_assert_uint_eq(count(GT_C_ppgtt_compared), compared);
	ppgtt_model_census(x.v->ppgtt, x.guest);
}
END_TEST

START_TEST(a_page_full_of_writes_costs_one_exit)
{
	gt_gpa_t pt = POOL + 3 * GT_PAGE_SIZE;

	simple_space(POOL);
	submit_and_look(POOL, GT_QUIET_MIN + 2);
	for (unsigned i = 0; i < GT_TABLE_ENTRIES; i++) {
		write_entry(pt + 8 * i, 0x400003 + i * GT_PAGE_SIZE);
	}
	ck_assert_uint_eq(count(GT_C_exits_table_write), 1);
	ck_assert_uint_eq(count(GT_C_ppgtt_untracked), 1);
	ck_assert_uint_eq(x.guest->nr_tracked, 3);
	/* Tables that are written again and again must be quiet for longer and longer. */
	submit_and_look(POOL, GT_QUIET_MIN * GT_QUIET_GROWTH);
	ck_assert_uint_eq(x.guest->nr_tracked, 3);
	submit_and_look(POOL, 2);
	ck_assert_uint_eq(x.guest->nr_tracked, 4);
}
END_TEST

START_TEST(a_tracked_write_of_any_shape_reaches_memory)
{
	gt_gpa_t pt = POOL + 3 * GT_PAGE_SIZE;
	uint8_t model[GT_PAGE_SIZE];

	simple_space(POOL);
	for (unsigned i = 0; i < 200; i++) {
		uint32_t size = 1u << rnd(4), nr = 1 + rnd(64), at = rnd(GT_PAGE_SIZE - nr * size);
		uint64_t val = (uint64_t)test_random(&seed) << 32 | test_random(&seed);
		struct gt_ioreq r = {
			.type = GT_IOREQ_MEMORY, .addr = pt + at, .data = val, .size = size,
			.count = nr, .down = rnd(2),
		};

		memcpy(model, x.guest->mem + pt, sizeof(model));
		for (uint32_t n = 0; n < nr; n++) {
			memcpy(model + at + n * size, &val, size);
		}
		r.addr += r.down ? (nr - 1) * size : 0;
		gt_ioreq_handle(x.v, &r);
		ck_assert_mem_eq(x.guest->mem + pt, model, sizeof(model));
	}
	ck_assert_uint_eq(count(GT_C_exits_table_write), 200);
	ck_assert_uint_eq(count(GT_EV_bad_access), 0);
}
END_TEST

START_TEST(a_page_that_cannot_be_tracked_is_compared_for_ever)
{
	simple_space(POOL);
	for (unsigned i = 0; i < 2000; i++) {
		x.guest->fail_in = i % 2 ? 1 : 2;
		gt_ppgtt_submit(x.v->ppgtt);
		x.guest->fail_in = 0;
		lookup(POOL, 0);
	}
	ck_assert_uint_gt(count(GT_C_ppgtt_track_refused), 0);
	ck_assert_uint_lt(count(GT_C_ppgtt_track_refused), 64);
	ppgtt_model_census(x.v->ppgtt, x.guest);
}
END_TEST

START_TEST(a_page_that_could_not_be_let_go_is_let_go_later)
{
	gt_gpa_t pt = POOL + 3 * GT_PAGE_SIZE;
	unsigned n = 0;

	simple_space(POOL);
	submit_and_look(POOL, GT_QUIET_MIN + 2);
	/* The call that fails is the one that lets go. */
	do {
		ck_assert_uint_lt(n, 10);
		x.guest->fail_in = ++n;
		write_entry(pt, 0x400003 + n * GT_PAGE_SIZE);
		x.guest->fail_in = 0;
	} while (!count(GT_C_ppgtt_track_refused) && count(GT_C_ppgtt_untracked) < 1);
	ck_assert_uint_eq(count(GT_C_ppgtt_track_refused), 1);
	ck_assert_uint_eq(count(GT_C_ppgtt_tracked_now), 3);
	ck_assert_uint_eq(x.guest->nr_tracked, 4);
	submit_and_look(POOL, 1);
	ck_assert_uint_eq(x.guest->nr_tracked, 3);
	ppgtt_model_census(x.v->ppgtt, x.guest);
	submit_and_look(POOL, GT_QUIET_MIN * GT_QUIET_GROWTH + 1);
	ck_assert_uint_eq(x.guest->nr_tracked, 4);
}
END_TEST

START_TEST(a_table_goes_with_the_last_entry_that_leads_to_it)
{
	gt_gpa_t other = POOL + 8 * GT_PAGE_SIZE;

	simple_space(POOL);
	write_entry(other, (POOL + GT_PAGE_SIZE) | 3);
	submit_and_look(POOL, 1);
	submit_and_look(other, 1);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 5);
	gt_ppgtt_root_destroy(x.v->ppgtt, POOL);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 4);
	write_entry(other, 0);
	submit_and_look(other, 1);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 1);
	gt_ppgtt_root_destroy(x.v->ppgtt, other);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 0);
}
END_TEST

START_TEST(a_root_announced_twice_goes_when_both_are_taken_back)
{
	gt_ppgtt_root_create(x.v->ppgtt, POOL);
	gt_ppgtt_root_create(x.v->ppgtt, POOL);
	gt_ppgtt_root_destroy(x.v->ppgtt, POOL);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 1);
	gt_ppgtt_root_destroy(x.v->ppgtt, POOL);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 0);
	gt_ppgtt_root_destroy(x.v->ppgtt, POOL);
	gt_ppgtt_root_create(x.v->ppgtt, UINT64_MAX);
	ck_assert_uint_eq(x.v->ppgtt->nr_tables, 0);
}
END_TEST

/* Each page of the pool as all kinds at once, and more roots than there may be tables. */
START_TEST(a_guest_cannot_have_more_shadows_than_the_limit)
{
	for (unsigned i = 0; i < NR_PAGES; i++) {
		for (unsigned j = 0; j < GT_TABLE_ENTRIES; j++) {
			write_entry(POOL + i * GT_PAGE_SIZE + 8 * j,
				    (POOL + (i + j) % NR_PAGES * GT_PAGE_SIZE) | 3);
		}
	}
	for (uint64_t root = 0; root < x.guest->mem_B; root += GT_PAGE_SIZE) {
		gt_ppgtt_root_create(x.v->ppgtt, root);
		lookup(root, any_gma());
		lookup(root | 1, any_gma() % GT_GiB(1));
	}
	ck_assert_uint_le(x.v->ppgtt->nr_tables, GT_TABLES_MAX);
	ck_assert_uint_gt(count(GT_C_ppgtt_tables_evicted), 1000);
	ppgtt_model_census(x.v->ppgtt, x.guest);
	compare_all(1000);
	ppgtt_model_census(x.v->ppgtt, x.guest);
}
END_TEST

START_TEST(legacy_contexts_have_a_root_for_each_gigabyte)
{
	gt_gpa_t pd = POOL, pt = POOL + GT_PAGE_SIZE;

	write_entry(pd + 8, pt | 3);
	write_entry(pt + 16, 0x300003);
	ck_assert_uint_eq(lookup(pd | GT_PPGTT_ROOT_PD, GT_MiB(2) + 2 * GT_PAGE_SIZE), 0x300003);
	ck_assert_uint_eq(lookup(pd | GT_PPGTT_ROOT_PD, GT_GiB(1)), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ppgtt shadow");
	TCase *tc = tcase_create("ppgtt shadow");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, the_shadow_follows_a_random_guest, 0, 8);
	tcase_add_loop_test(tc, the_shadow_is_right_whichever_host_call_fails, 0, 4);
	tcase_add_test(tc, quiet_tables_are_tracked_and_not_compared_any_more);
	tcase_add_test(tc, a_page_full_of_writes_costs_one_exit);
	tcase_add_test(tc, a_tracked_write_of_any_shape_reaches_memory);
	tcase_add_test(tc, a_page_that_cannot_be_tracked_is_compared_for_ever);
	tcase_add_test(tc, a_page_that_could_not_be_let_go_is_let_go_later);
	tcase_add_test(tc, a_table_goes_with_the_last_entry_that_leads_to_it);
	tcase_add_test(tc, a_root_announced_twice_goes_when_both_are_taken_back);
	tcase_add_test(tc, a_guest_cannot_have_more_shadows_than_the_limit);
	tcase_add_test(tc, legacy_contexts_have_a_root_for_each_gigabyte);
	suite_add_tcase(s, tc);
	return test_run(s);
}
