/* SPDX-License-Identifier: MIT */
/* The walk of a PPGTT against a second one that is written another way: tests/support/. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "ppgtt_model.h"
#include "test_run.h"

static struct driver d;
static struct context c;

static void setup(void)
{
	driver_init(&d, GT_SKL);
	driver_new_context(&d, &c);
}

static void teardown(void)
{
	driver_finish(&d);
}

static gt_spte_t lookup(gt_gma_t gma)
{
	return gt_ppgtt_lookup(d.fx.v->ppgtt, c.pml4, gma);
}

static uint64_t count(enum gt_counter k)
{
	return d.fx.v->events.count[k];
}

START_TEST(pages_are_found_with_their_permission)
{
	driver_bind(&d, &c, 0x123456789000, 0x500000, 3);
	driver_bind(&d, &c, 0x12345678a000, 0x501000, 1);
	ck_assert_uint_eq(lookup(0x123456789000), 0x500003);
	ck_assert_uint_eq(lookup(0x123456789fff), 0x500003);
	ck_assert_uint_eq(lookup(0x12345678a000), 0x501001);
	ck_assert_uint_eq(lookup(0x12345678b000), 0);
	ck_assert_uint_eq(lookup(0), 0);
	ck_assert_uint_eq(lookup(UINT64_C(1) << 48), 0);
	ck_assert_uint_eq(gt_ppgtt_lookup(d.fx.v->ppgtt, c.pml4 + 8, 0x123456789000), 0);
	ck_assert_uint_eq(gt_ppgtt_lookup(d.fx.v->ppgtt, UINT64_MAX, 0x123456789000), 0);
}
END_TEST

START_TEST(a_walk_is_remembered_until_it_is_invalidated)
{
	uint64_t compared;

	driver_bind(&d, &c, 0x1000, 0x500000, 3);
	ck_assert_uint_eq(lookup(0x1000), 0x500003);
	compared = count(GT_C_ppgtt_compared);
	driver_bind(&d, &c, 0x1000, 0x600000, 3);
	ck_assert_uint_eq(lookup(0x1000), 0x500003);
	ck_assert_uint_eq(count(GT_C_ppgtt_compared), compared);
	/* By register, as i915 does it: it must read back 0. */
	vgpu_fixture_w32(&d.fx, 0x4260, 1);
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0x4260), 0);
	ck_assert_uint_eq(lookup(0x1000), 0x600003);
}
END_TEST

START_TEST(two_roots_do_not_see_each_others_pages)
{
	struct context other;

	driver_new_context(&d, &other);
	driver_bind(&d, &c, 0x1000, 0x500000, 3);
	driver_bind(&d, &other, 0x1000, 0x600000, 3);
	ck_assert_uint_eq(lookup(0x1000), 0x500003);
	ck_assert_uint_eq(gt_ppgtt_lookup(d.fx.v->ppgtt, other.pml4, 0x1000), 0x600003);
	ck_assert_uint_eq(lookup(0x1000), 0x500003);
}
END_TEST

START_TEST(tables_that_are_no_ram_lead_to_scratch)
{
	fake_guest_w64(d.fx.guest, c.pml4, d.fx.guest->mem_B | 3);
	ck_assert_uint_eq(lookup(0x1000), GT_SPTE_SCRATCH);
	fake_guest_w64(d.fx.guest, c.pml4, UINT64_C(1) << 40 | 0x500003);
	gt_ppgtt_invalidate(d.fx.v->ppgtt);
	ck_assert_uint_eq(lookup(0x1000), GT_SPTE_SCRATCH);
	ck_assert_uint_eq(count(GT_EV_ppgtt_bad_entry), 2);
}
END_TEST

START_TEST(a_table_may_lead_to_itself)
{
	fake_guest_w64(d.fx.guest, c.pml4, c.pml4 | 3);
	ck_assert_uint_eq(lookup(0), (c.pml4 & GT_PAGE_MASK) | 3);
}
END_TEST

/* Fill a table with entries that lead to tables of a small pool, or anywhere at all. */
static void random_table(gt_gpa_t table, gt_gpa_t pool, unsigned nr_pool, uint64_t *seed)
{
	for (unsigned i = 0; i < 512; i++) {
		uint64_t e = pool + test_random(seed) % nr_pool * GT_PAGE_SIZE;

		e |= test_random(seed) % 8 ? 1 : 0;
		e |= test_random(seed) % 4 ? 2 : 0;
		e |= test_random(seed) % 16 ? 0 : 1u << 7;
		e |= test_random(seed) % 4 ? 0 : 1u << 11;
		e |= test_random(seed) % 64 ? 0 : (uint64_t)test_random(seed) << 36;
		e |= test_random(seed) & 0x18;
		fake_guest_w64(d.fx.guest, table + 8 * i, e);
	}
}

START_TEST(random_tables_are_walked_as_the_oracle_walks_them)
{
	enum { NR_POOL = 24 };
	uint64_t seed = 7 + (uint64_t)_i;
	gt_gpa_t pool = driver_alloc(&d, NR_POOL);
	unsigned found = 0;

	for (unsigned i = 0; i < NR_POOL; i++) {
		random_table(pool + i * GT_PAGE_SIZE, pool, NR_POOL, &seed);
	}
	for (unsigned i = 0; i < 20000; i++) {
		gt_gma_t gma = ((gt_gma_t)test_random(&seed) << 16 ^ test_random(&seed)) &
			       ((UINT64_C(1) << 48) - 1);
		gt_gpa_t root = pool + test_random(&seed) % NR_POOL * GT_PAGE_SIZE;
		gt_spte_t want = ppgtt_model_lookup(d.fx.guest, root, gma);

		ck_assert_uint_eq(gt_ppgtt_lookup(d.fx.v->ppgtt, root, gma), want);
		found += want != 0;
	}
	ck_assert_uint_gt(found, 1000);
}
END_TEST

#define STORE	     0x10000002u
#define PIPE_CONTROL 0x7a000004u
#define TLB_INVALIDATE GT_BIT(18)

START_TEST(entries_a_batch_writes_count_from_its_tlb_invalidation)
{
	gt_gpa_t table, before = driver_alloc(&d, 1), after = driver_alloc(&d, 1);

	driver_bind(&d, &c, 0x1000, before, 3);
	table = c.pml4;
	for (unsigned i = 0; i < 3; i++) {
		table = fake_guest_r64(d.fx.guest, table) & GT_PAGE_MASK;
	}
	driver_bind(&d, &c, 0x5000, table, 3);
	EMIT(&d, &c, STORE, 0x1000, 0, 1);
	EMIT(&d, &c, STORE, 0x5008, 0, (uint32_t)after | 3);
	EMIT(&d, &c, PIPE_CONTROL, TLB_INVALIDATE, 0, 0, 0, 0);
	EMIT(&d, &c, STORE, 0x1000, 0, 2);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(driver_run(&d, 100));
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, before), 1);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, after), 2);
}
END_TEST

/* As a driver of 32-bit address spaces does: page directories in PDP0..3, addressing mode 1. */
START_TEST(a_legacy_context_runs_on_its_four_page_directories)
{
	gt_gpa_t page[4];
	uint32_t elsp = gt_engine_base[GT_BCS] + 0x230;

	for (unsigned i = 0; i < 4; i++) {
		gt_gpa_t pd = driver_alloc(&d, 3), image = c.gpa + GT_PAGE_SIZE;

		page[i] = pd + 2 * GT_PAGE_SIZE;
		fake_guest_w64(d.fx.guest, pd + 8, (pd + GT_PAGE_SIZE) | 3);
		fake_guest_w64(d.fx.guest, pd + GT_PAGE_SIZE + 16, page[i] | 3);
		fake_guest_w32(d.fx.guest, image + 4 * (0x31 - 4 * i), (uint32_t)(pd >> 32));
		fake_guest_w32(d.fx.guest, image + 4 * (0x33 - 4 * i), (uint32_t)pd);
		EMIT(&d, &c, STORE, i << 30 | 0x202000, 0, 0x1000 + i);
	}
	EMIT(&d, &c, STORE, 0x202004, 1, 99); /* beyond 4 GiB there is nothing */
	driver_set_tail(&d, &c);
	vgpu_fixture_w32(&d.fx, elsp, 0);
	vgpu_fixture_w32(&d.fx, elsp, 0);
	vgpu_fixture_w32(&d.fx, elsp, c.tag);
	vgpu_fixture_w32(&d.fx, elsp, c.lrca | 1u << 3 | 1);
	ck_assert(driver_run(&d, 100));
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_uint_eq(fake_guest_r32(d.fx.guest, page[i]), 0x1000 + i);
		ck_assert_uint_eq(fake_guest_r32(d.fx.guest, page[i] + 4), 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ppgtt");
	TCase *tc = tcase_create("ppgtt");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, pages_are_found_with_their_permission);
	tcase_add_test(tc, a_walk_is_remembered_until_it_is_invalidated);
	tcase_add_test(tc, two_roots_do_not_see_each_others_pages);
	tcase_add_test(tc, tables_that_are_no_ram_lead_to_scratch);
	tcase_add_test(tc, a_table_may_lead_to_itself);
	tcase_add_test(tc, entries_a_batch_writes_count_from_its_tlb_invalidation);
	tcase_add_test(tc, a_legacy_context_runs_on_its_four_page_directories);
	tcase_add_loop_test(tc, random_tables_are_walked_as_the_oracle_walks_them, 0, 8);
	suite_add_tcase(s, tc);
	return test_run(s);
}
