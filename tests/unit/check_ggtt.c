/* SPDX-License-Identifier: MIT */
/* The global GTT against a flat array: what each page should lead to after each flush. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "test_run.h"

#define NR_PAGES 4096u /* that the model knows, from the start of the unmappable window */
#define FLUSH	 0x101008u

static struct driver d;

static void setup(void)
{
	driver_init(&d, GT_SKL);
}

static void teardown(void)
{
	driver_finish(&d);
}

static uint64_t count(enum gt_counter c)
{
	return d.fx.v->events.count[c];
}

static void flush(void)
{
	vgpu_fixture_w32(&d.fx, FLUSH, 1);
}

static gt_spte_t expected(uint64_t pte)
{
	if (!(pte & 1)) {
		return 0;
	}
	return pte >> GT_GPA_BITS ? GT_SPTE_SCRATCH
				  : (pte & GT_PAGE_MASK) | GT_SPTE_PRESENT | GT_SPTE_WRITE;
}

/* Anything a guest may write: good, not present, and with address bits that do not exist. */
static uint64_t random_pte(uint64_t *seed)
{
	uint64_t pte = (uint64_t)test_random(seed) << 12 & ((UINT64_C(1) << GT_GPA_BITS) - 1);

	switch (test_random(seed) % 4) {
	case 0:
		return pte;
	case 1:
		return pte | 1 | (uint64_t)test_random(seed) << 36;
	default:
		return pte | 1;
	}
}

START_TEST(a_random_gtt_reads_as_a_flat_array)
{
	uint64_t first = d.fx.v->part.unmap_base / GT_PAGE_SIZE, seed = 1;
	uint64_t *gtt = d.fx.guest->base.gtt;

	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 2000; i++) {
			gtt[first + test_random(&seed) % NR_PAGES] = random_pte(&seed);
		}
		flush();
		for (unsigned i = 0; i < 2000; i++) {
			uint64_t page = first + test_random(&seed) % NR_PAGES;

			ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), expected(gtt[page]));
		}
	}
	ck_assert_uint_gt(count(GT_EV_ggtt_bad_address), 0);
}
END_TEST

START_TEST(an_entry_in_use_is_kept_until_the_flush)
{
	uint64_t page = d.fx.v->part.unmap_base / GT_PAGE_SIZE + 100;
	uint64_t *gtt = d.fx.guest->base.gtt;

	gtt[page] = 0x5001;
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), 0x5003);
	gtt[page] = 0x6001;
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), 0x5003);
	flush();
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), 0x6003);
	gtt[page] = 0;
	flush();
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), 0);
	gtt[page] = 0x7001;
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), 0x7003);
}
END_TEST

START_TEST(the_flush_counter_may_wrap)
{
	uint64_t page = d.fx.v->part.unmap_base / GT_PAGE_SIZE + 100;
	uint64_t *gtt = d.fx.guest->base.gtt;

	gtt[page] = 0x5001;
	d.fx.v->ggtt.nr_flushes = UINT32_MAX;
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), 0x5003);
	gtt[page] = 0x6001;
	flush();
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, page), 0x6003);
}
END_TEST

START_TEST(guest_pte_outside_partition_is_refused)
{
	const struct gt_partition *p = &d.fx.v->part;
	const uint64_t pages[] = {
		(p->map_base + p->map_size) / GT_PAGE_SIZE,
		p->unmap_base / GT_PAGE_SIZE - 1,
		(p->unmap_base + p->unmap_size) / GT_PAGE_SIZE,
		p->ggtt_size / GT_PAGE_SIZE - 1,
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(pages); i++) {
		d.fx.guest->base.gtt[pages[i]] = 0x5001;
		ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, pages[i]), GT_SPTE_SCRATCH);
		ck_assert_uint_eq(count(GT_EV_ggtt_outside_partition), i + 1);
	}
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, p->ggtt_size / GT_PAGE_SIZE), 0);
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, UINT64_MAX), 0);
	ck_assert_uint_eq(gt_ggtt_lookup(d.fx.v, UINT64_MAX >> GT_PAGE_SHIFT), 0);
	gt_vgpu_bar_write(d.fx.v, GT_BAR_MMIO, GT_BAR0_GTT + pages[0] * 8, 8, 0x5001);
	ck_assert_uint_eq(count(GT_EV_ggtt_outside_partition), GT_ARRAY_SIZE(pages) + 1);
}
END_TEST

START_TEST(ranges_are_inside_only_if_wholly_in_one_window)
{
	const struct gt_partition *p = &d.fx.v->part;

	ck_assert(gt_ggtt_inside(d.fx.v, p->map_base, p->map_size));
	ck_assert(!gt_ggtt_inside(d.fx.v, p->map_base, p->map_size + 1));
	ck_assert(!gt_ggtt_inside(d.fx.v, p->map_base + 1, p->map_size));
	ck_assert(gt_ggtt_inside(d.fx.v, p->unmap_base, p->unmap_size));
	ck_assert(!gt_ggtt_inside(d.fx.v, p->unmap_base - 1, 2));
	ck_assert(!gt_ggtt_inside(d.fx.v, UINT64_MAX, 2));
	ck_assert(!gt_ggtt_inside(d.fx.v, p->unmap_base, UINT64_MAX));
}
END_TEST

START_TEST(copies_cross_pages_and_stop_at_holes)
{
	gt_gpa_t gpa;
	gt_gma_t gma = driver_alloc_ggtt(&d, 3, &gpa);
	uint8_t out[6000], in[6000];
	uint64_t seed = 2;

	for (size_t i = 0; i < sizeof(in); i++) {
		in[i] = (uint8_t)test_random(&seed);
	}
	/* Pages in the opposite order in memory. */
	driver_bind_ggtt(&d, gma, gpa + 2 * GT_PAGE_SIZE);
	driver_bind_ggtt(&d, gma + 2 * GT_PAGE_SIZE, gpa);
	ck_assert_int_eq(gt_ggtt_write(d.fx.v, gma + 1000, in, sizeof(in)), 0);
	ck_assert_mem_eq(d.fx.guest->mem + gpa + 2 * GT_PAGE_SIZE + 1000, in, 3096);
	ck_assert_int_eq(gt_ggtt_read(d.fx.v, gma + 1000, out, sizeof(out)), 0);
	ck_assert_mem_eq(out, in, sizeof(in));
	ck_assert_int_lt(gt_ggtt_read(d.fx.v, gma + 2 * GT_PAGE_SIZE, out, 5000), 0);
	/* Present, but no RAM of the guest. */
	driver_bind_ggtt(&d, gma, d.fx.guest->mem_B);
	ck_assert_int_lt(gt_ggtt_read(d.fx.v, gma, out, 4), 0);
}
END_TEST

START_TEST(the_gtt_half_reads_and_writes_every_size)
{
	uint64_t seed = 3, at = d.fx.v->part.unmap_base / GT_PAGE_SIZE * 8;
	uint8_t model[64];

	memset(model, 0, sizeof(model));
	for (unsigned i = 0; i < 2000; i++) {
		unsigned size = 1u << test_random(&seed) % 4;
		unsigned off = test_random(&seed) % (sizeof(model) - size + 1);
		uint64_t val = (uint64_t)test_random(&seed) << 32 | test_random(&seed), got = 0;

		/* The first entries are the status pages of the driver: go behind them. */
		gt_vgpu_bar_write(d.fx.v, GT_BAR_MMIO, GT_BAR0_GTT + at + 1024 + off, size, val);
		memcpy(model + off, &val, size);
		off = test_random(&seed) % (sizeof(model) - size + 1);
		memcpy(&got, model + off, size);
		ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_MMIO,
						   GT_BAR0_GTT + at + 1024 + off, size),
				  got);
	}
	/* Beyond the entries there are. */
	gt_vgpu_bar_write(d.fx.v, GT_BAR_MMIO, GT_BAR0_SIZE - 8, 8, 1);
	ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_MMIO, GT_BAR0_SIZE - 8, 8), 0);
}
END_TEST

/* The aperture with @nr pages of memory bound at its start. */
static gt_gpa_t bind_aperture(unsigned nr)
{
	gt_gpa_t gpa = driver_alloc(&d, nr);

	for (unsigned i = 0; i < nr; i++) {
		driver_bind_ggtt(&d, i * GT_PAGE_SIZE, gpa + i * GT_PAGE_SIZE);
	}
	return gpa;
}

START_TEST(the_aperture_leads_through_the_gtt_at_every_size_and_alignment)
{
	gt_gpa_t gpa = bind_aperture(2);
	uint64_t seed = 4;

	for (unsigned i = 0; i < 4000; i++) {
		unsigned size = 1u << test_random(&seed) % 4;
		unsigned off = test_random(&seed) % (2 * GT_PAGE_SIZE - size + 1);
		uint64_t val = (uint64_t)test_random(&seed) << 32 | test_random(&seed), want = 0;

		gt_vgpu_bar_write(d.fx.v, GT_BAR_APERTURE, off, size, val);
		ck_assert_mem_eq(d.fx.guest->mem + gpa + off, &val, size);
		off = test_random(&seed) % (2 * GT_PAGE_SIZE - size + 1);
		memcpy(&want, d.fx.guest->mem + gpa + off, size);
		ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_APERTURE, off, size), want);
	}
}
END_TEST

START_TEST(the_aperture_is_empty_where_nothing_is_bound)
{
	uint64_t size_B = d.fx.v->part.aperture_size;

	bind_aperture(1);
	ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_APERTURE, 8 * GT_PAGE_SIZE, 4), 0);
	ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_APERTURE, size_B - 4, 4), 0);
	ck_assert_uint_eq(count(GT_EV_aperture_unmapped), 2);
	ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_APERTURE, size_B - 3, 4), UINT64_MAX);
	ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_APERTURE, UINT64_MAX, 8), UINT64_MAX);
	gt_vgpu_bar_write(d.fx.v, GT_BAR_APERTURE, UINT64_MAX, 8, 1);
	ck_assert_uint_eq(count(GT_EV_bad_access), 3);
}
END_TEST

/* Place of a byte in a tiled surface, by the book: bits of the address, one by one. */
static uint32_t tiled(bool y_tile, uint32_t pitch_B, uint32_t x, uint32_t y)
{
	uint32_t w = y_tile ? 128 : 512, h = y_tile ? 32 : 8;
	uint32_t tile = y / h * (pitch_B / w) + x / w;
	uint32_t in_x = x % w, in_y = y % h;

	return tile * 4096 + (y_tile ? in_x / 16 * 512 + in_y * 16 + in_x % 16 : in_y * 512 + in_x);
}

START_TEST(a_fence_makes_tiled_memory_look_linear)
{
	bool y_tile = _i;
	uint32_t pitch_B = 1024, nr_pages = 16, size_B = nr_pages * GT_PAGE_SIZE;
	gt_gpa_t gpa = bind_aperture(nr_pages + 1);
	uint64_t seed = 5;

	vgpu_fixture_w32(&d.fx, 0x100008, GT_PAGE_SIZE | (y_tile ? 2 : 0) | 1);
	vgpu_fixture_w32(&d.fx, 0x10000c, nr_pages << 12 | (pitch_B / 128 - 1));
	for (unsigned i = 0; i < 4000; i++) {
		unsigned size = 1u << test_random(&seed) % 4;
		uint32_t off = test_random(&seed) % (size_B - size + 1);
		uint64_t val = (uint64_t)test_random(&seed) << 32 | test_random(&seed);

		gt_vgpu_bar_write(d.fx.v, GT_BAR_APERTURE, GT_PAGE_SIZE + off, size, val);
		for (uint32_t b = 0; b < size; b++) {
			uint32_t at = tiled(y_tile, pitch_B, (off + b) % pitch_B,
					    (off + b) / pitch_B);

			ck_assert_uint_eq(d.fx.guest->mem[gpa + GT_PAGE_SIZE + at],
					  (uint8_t)(val >> 8 * b));
		}
		ck_assert_uint_eq(gt_vgpu_bar_read(d.fx.v, GT_BAR_APERTURE, GT_PAGE_SIZE + off,
						   size),
				  size == 8 ? val : val & ((UINT64_C(1) << 8 * size) - 1));
	}
}
END_TEST

START_TEST(fences_of_nonsense_never_lead_out_of_their_range)
{
	uint64_t seed = 6;

	bind_aperture(64);
	for (unsigned i = 0; i < 20000; i++) {
		gt_gma_t gma = test_random(&seed) % GT_KiB(256), to;
		uint32_t lo = test_random(&seed), hi = test_random(&seed);

		vgpu_fixture_w32(&d.fx, 0x100000, lo % GT_KiB(256) | 1);
		vgpu_fixture_w32(&d.fx, 0x100004, hi & 0x3ffff);
		to = gt_fence_translate(d.fx.v, gma);
		uint64_t end = ((uint64_t)((hi & 0x3ffff) >> 12) + 1) * GT_PAGE_SIZE;

		ck_assert(to == gma || (to >= (lo % GT_KiB(256) & ~0xfffu) && to < end));
	}
}
END_TEST

START_TEST(mappings_are_kept_used_again_and_given_up)
{
	struct gt_frames *f = d.fx.v->frames;
	uint64_t mapped;
	void *page = gt_frames_get(f, 0x300);

	mapped = count(GT_C_frames_mapped);
	ck_assert_ptr_nonnull(page);
	ck_assert_ptr_eq(gt_frames_get(f, 0x300), page);
	ck_assert_uint_eq(count(GT_C_frames_mapped), mapped);
	ck_assert_ptr_null(gt_frames_get(f, d.fx.guest->mem_B / GT_PAGE_SIZE));
	ck_assert_ptr_null(gt_frames_get(f, UINT64_MAX));
	gt_vgpu_invalidate(d.fx.v);
	ck_assert_uint_eq(gt_frames_mapped(f), 0);
	ck_assert_uint_eq(d.fx.guest->nr_mapped, 0);
	d.fx.guest->fail_in = 1;
	ck_assert_ptr_null(gt_frames_get(f, 0x500));
	ck_assert_ptr_nonnull(gt_frames_get(f, 0x500));
}
END_TEST

START_TEST(the_least_recently_used_mappings_are_given_up)
{
	struct fake_guest *big = fake_guest_create(32, GT_MAX_GGTT_ENTRIES);
	struct gt_options o;
	struct gt_vgpu *v;
	uint64_t mapped;

	gt_options_init(&o);
	ck_assert_int_eq(gt_vgpu_create(&o, &big->base, NULL, &v), 0);
	for (gt_gfn_t gfn = 0; gfn < GT_FRAMES_MAX + 320; gfn++) {
		ck_assert_ptr_nonnull(gt_frames_get(v->frames, gfn));
		gt_frames_get(v->frames, 0);
	}
	ck_assert_uint_gt(gt_frames_mapped(v->frames), GT_FRAMES_MAX);
	gt_frames_trim(v->frames);
	ck_assert_uint_le(gt_frames_mapped(v->frames), GT_FRAMES_MAX);
	ck_assert_uint_gt(gt_frames_mapped(v->frames), GT_FRAMES_MAX - 100);
	ck_assert_uint_eq(big->nr_mapped, gt_frames_mapped(v->frames));
	mapped = v->events.count[GT_C_frames_mapped];
	gt_frames_get(v->frames, 0);
	ck_assert_uint_eq(v->events.count[GT_C_frames_mapped], mapped);
	gt_frames_get(v->frames, 32);
	ck_assert_uint_eq(v->events.count[GT_C_frames_mapped], mapped + 1);
	gt_vgpu_destroy(v);
	ck_assert_uint_eq(big->nr_mapped, 0);
	fake_guest_destroy(big);
}
END_TEST

START_TEST(neighbours_are_mapped_together_where_there_is_memory)
{
	struct gt_frames *f = d.fx.v->frames;
	gt_gfn_t end = d.fx.guest->mem_B / GT_PAGE_SIZE;
	uint64_t maps = d.fx.guest->nr_maps;
	uint8_t *page;

	gt_vgpu_invalidate(d.fx.v);
	for (gt_gfn_t gfn = 0x340; gfn < 0x360; gfn++) {
		page = gt_frames_get(f, gfn);
		ck_assert_ptr_nonnull(page);
		ck_assert_mem_eq(page, d.fx.guest->mem + gfn * GT_PAGE_SIZE, GT_PAGE_SIZE);
		page[8] = (uint8_t)gfn;
		ck_assert_uint_eq(d.fx.guest->mem[gfn * GT_PAGE_SIZE + 8], (uint8_t)gfn);
	}
	ck_assert_uint_eq(d.fx.guest->nr_maps - maps, 2);
	/* a run that ends in nothing: what is not there costs no more each time */
	d.fx.guest->mem_B -= 3 * GT_PAGE_SIZE;
	for (gt_gfn_t gfn = end - 32; gfn < end - 3; gfn++) {
		ck_assert_ptr_nonnull(gt_frames_get(f, gfn));
	}
	maps = gt_frames_mapped(f);
	for (unsigned i = 0; i < 10; i++) {
		ck_assert_ptr_null(gt_frames_get(f, end - 1));
	}
	ck_assert_uint_eq(gt_frames_mapped(f), maps);
	d.fx.guest->mem_B += 3 * GT_PAGE_SIZE;
	ck_assert_ptr_nonnull(gt_frames_get(f, end - 1));
	gt_vgpu_invalidate(d.fx.v);
	ck_assert_uint_eq(d.fx.guest->nr_mapped, 0);
}
END_TEST

START_TEST(guest_memory_is_copied_across_pages_by_address)
{
	uint8_t in[5000], out[5000];

	memset(in, 0x5a, sizeof(in));
	ck_assert_int_eq(gt_guest_write(d.fx.v, 0x300800, in, sizeof(in)), 0);
	ck_assert_int_eq(gt_guest_read(d.fx.v, 0x300800, out, sizeof(out)), 0);
	ck_assert_mem_eq(in, out, sizeof(in));
	ck_assert_int_lt(gt_guest_read(d.fx.v, d.fx.guest->mem_B - 100, out, 200), 0);
	ck_assert_int_lt(gt_guest_read(d.fx.v, UINT64_MAX, out, 200), 0);
	ck_assert_int_lt(gt_guest_read(d.fx.v, (UINT64_C(1) << GT_GPA_BITS) - 1, out, 2), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ggtt");
	TCase *tc = tcase_create("ggtt");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_random_gtt_reads_as_a_flat_array);
	tcase_add_test(tc, an_entry_in_use_is_kept_until_the_flush);
	tcase_add_test(tc, the_flush_counter_may_wrap);
	tcase_add_test(tc, guest_pte_outside_partition_is_refused);
	tcase_add_test(tc, ranges_are_inside_only_if_wholly_in_one_window);
	tcase_add_test(tc, copies_cross_pages_and_stop_at_holes);
	tcase_add_test(tc, the_gtt_half_reads_and_writes_every_size);
	tcase_add_test(tc, the_aperture_leads_through_the_gtt_at_every_size_and_alignment);
	tcase_add_test(tc, the_aperture_is_empty_where_nothing_is_bound);
	tcase_add_loop_test(tc, a_fence_makes_tiled_memory_look_linear, 0, 2);
	tcase_add_test(tc, fences_of_nonsense_never_lead_out_of_their_range);
	tcase_add_test(tc, mappings_are_kept_used_again_and_given_up);
	tcase_add_test(tc, the_least_recently_used_mappings_are_given_up);
	tcase_add_test(tc, neighbours_are_mapped_together_where_there_is_memory);
	tcase_add_test(tc, guest_memory_is_copied_across_pages_by_address);
	suite_add_tcase(s, tc);
	return test_run(s);
}
