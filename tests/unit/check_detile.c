/* SPDX-License-Identifier: MIT */
/*
 * Detiling against a slow oracle (tests/support/swizzle.c), and pixel formats against arithmetic in
 * floating point.
 */
#include "detile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "pixel.h"
#include "swizzle.h"
#include "test_run.h"

#define SURFACE_PAGES 400
#define SENTINEL      0xcc

static uint8_t surface_mem[SURFACE_PAGES * 4096];

static void fill_surface(void)
{
	uint32_t x = 12345;

	for (size_t i = 0; i < sizeof(surface_mem); i++) {
		x = x * 1664525 + 1013904223;
		surface_mem[i] = (uint8_t)(x >> 24);
	}
}

/* One rectangle: every byte in it as the oracle says, every other byte still the sentinel. */
static void check_rect(const struct gt_surface *s, const struct gt_rect *r, uint64_t hole)
{
	const uint8_t *pages[SURFACE_PAGES];
	size_t dst_stride = r->w_B + 7, nr = gt_detile_nr_pages(s, r);
	size_t dst_B = (r->h + 2) * dst_stride;
	uint8_t *dst = malloc(dst_B);

	ck_assert_ptr_nonnull(dst);
	ck_assert_uint_le(nr, SURFACE_PAGES);
	memset(dst, SENTINEL, dst_B);
	for (size_t i = 0; i < nr; i++) {
		uint64_t page = gt_detile_page(s, r, i);

		ck_assert_uint_lt(page, SURFACE_PAGES);
		pages[i] = page == hole ? NULL : surface_mem + page * 4096;
	}
	gt_detile(s, r, pages, dst + dst_stride + 3, dst_stride);
	for (size_t i = 0; i < dst_B; i++) {
		size_t row = i / dst_stride, col = i % dst_stride;
		uint8_t want = SENTINEL;

		if (row >= 1 && row <= r->h && col >= 3 && col < 3 + r->w_B) {
			uint64_t off = swizzle_offset(s->tiling, s->cpp_B, s->stride_B,
						     r->x_B + (uint32_t)col - 3,
						     r->y + (uint32_t)row - 1);

			want = off / 4096 == hole ? 0 : surface_mem[off];
		}
		if (dst[i] != want) {
			ck_abort_msg("tiling %d cpp %u stride %u rect %u,%u %ux%u: %zu is %02x",
				     s->tiling, s->cpp_B, s->stride_B, r->x_B, r->y, r->w_B, r->h,
				     i,
				     dst[i]);
		}
	}
	free(dst);
}

static uint32_t random_below(uint32_t limit)
{
	return (uint32_t)rand() % limit;
}

#define ROWS 200u

START_TEST(every_tiling_size_and_ragged_rectangle_matches_the_swizzle)
{
	static const uint32_t cpps[] = { 1, 2, 4, 8, 16 };

	fill_surface();
	srand(1);
	for (unsigned tiling = 0; tiling < GT_NR_TILINGS; tiling++) {
		for (size_t c = 0; c < GT_ARRAY_SIZE(cpps); c++) {
			struct gt_surface s = { (enum gt_tiling)tiling, cpps[c], 0 };

			for (unsigned n = 0; n < 120; n++) {
				s.stride_B = 512 * (1 + random_below(6));
				struct gt_rect r = { random_below(s.stride_B), random_below(ROWS),
						     0, 0 };

				r.w_B = 1 + random_below(s.stride_B - r.x_B);
				r.h = 1 + random_below(ROWS - r.y);
				if (n % 4 == 0) {
					r.x_B &= ~63u;
					r.w_B = (r.w_B + 63) & ~63u;
					r.w_B = r.w_B > s.stride_B - r.x_B ? s.stride_B - r.x_B
									   : r.w_B;
				}
				ck_assert(gt_surface_has(&s, &r));
				check_rect(&s, &r, n % 3 ? UINT64_MAX : gt_detile_page(&s, &r, 0));
			}
		}
	}
}
END_TEST

START_TEST(one_byte_anywhere_in_a_tile_is_found)
{
	fill_surface();
	for (unsigned tiling = 0; tiling < GT_NR_TILINGS; tiling++) {
		struct gt_surface s = { (enum gt_tiling)tiling, 4, 512 };

		for (uint32_t y = 0; y < 32; y++) {
			for (uint32_t x = 0; x < 128; x++) {
				struct gt_rect r = { x, y, 1, 1 };

				ck_assert_uint_eq(gt_detile_nr_pages(&s, &r), 1);
				check_rect(&s, &r, UINT64_MAX);
			}
		}
	}
}
END_TEST

START_TEST(strips_of_rows_stay_within_the_pages_allowed_and_cover_everything)
{
	srand(2);
	for (unsigned n = 0; n < 20000; n++) {
		struct gt_surface s = { (enum gt_tiling)random_below(GT_NR_TILINGS),
					1u << random_below(4), 512 * (1 + random_below(1024)) };
		struct gt_rect r = { random_below(s.stride_B), random_below(8192), 0, 0 };
		uint32_t left, w, h;

		r.w_B = 1 + random_below(s.stride_B - r.x_B);
		if (r.w_B > 65536) {
			r.w_B = 65536;
		}
		left = r.h = 1 + random_below(3000);
		ck_assert(gt_tile_size(s.tiling, s.cpp_B, &w, &h));
		while (left) {
			r.h = left;
			r.h = gt_detile_rows(&s, &r, 1100);
			ck_assert_uint_gt(r.h, 0);
			ck_assert_uint_le(r.h, left);
			ck_assert_uint_le(gt_detile_nr_pages(&s, &r), 1100);
			ck_assert(r.h == left || (r.y + r.h) % h == 0);
			r.y += r.h;
			left -= r.h;
		}
	}
}
END_TEST

START_TEST(too_few_pages_give_no_rows)
{
	struct gt_surface s = { GT_TILE_Y, 4, 8192 };
	struct gt_rect r = { 0, 0, 8192, 64 };

	ck_assert_uint_eq(gt_detile_rows(&s, &r, 63), 0);
	ck_assert_uint_eq(gt_detile_rows(&s, &r, 64), 32);
	s.tiling = GT_LINEAR;
	ck_assert_uint_eq(gt_detile_rows(&s, &r, 1), 0);
	ck_assert_uint_eq(gt_detile_rows(&s, &r, 2), 1);
}
END_TEST

START_TEST(surfaces_that_make_no_sense_are_refused)
{
	struct gt_surface s = { GT_TILE_X, 4, 4096 };
	struct gt_rect r = { 0, 0, 4096, 8 };

	ck_assert(gt_surface_has(&s, &r));
	s.stride_B = 4096 + 64;
	ck_assert(!gt_surface_has(&s, &r));
	s.stride_B = 0;
	ck_assert(!gt_surface_has(&s, &r));
	s.stride_B = 1u << 20;
	ck_assert(!gt_surface_has(&s, &r));
	s.stride_B = 4096;
	s.tiling = GT_NR_TILINGS;
	ck_assert(!gt_surface_has(&s, &r));
	s.tiling = GT_TILE_X;
	s.cpp_B = 3;
	ck_assert(!gt_surface_has(&s, &r));
	s.cpp_B = 0;
	ck_assert(!gt_surface_has(&s, &r));
	s.cpp_B = 4;
	r.x_B = 1;
	ck_assert(!gt_surface_has(&s, &r));
	r.x_B = UINT32_MAX;
	ck_assert(!gt_surface_has(&s, &r));
	r.x_B = 0;
	r.h = 0;
	ck_assert(!gt_surface_has(&s, &r));
	r.h = UINT32_MAX;
	ck_assert(!gt_surface_has(&s, &r));
	r.h = 2;
	r.y = UINT32_MAX;
	ck_assert(!gt_surface_has(&s, &r));
}
END_TEST

static uint32_t convert_one(enum gt_format f, uint64_t raw)
{
	static const uint32_t palette[GT_PALETTE_ENTRIES] = { [5] = 0x123456 };
	uint32_t out;

	gt_formats[f].to_argb(&out, (const uint8_t *)&raw, 1, palette);
	return out;
}

START_TEST(known_colours_of_each_format_come_out_right)
{
	ck_assert_uint_eq(convert_one(GT_FMT_XRGB8888, 0x80112233), 0x80112233);
	ck_assert_uint_eq(convert_one(GT_FMT_XBGR8888, 0x80112233), 0x80332211);
	ck_assert_uint_eq(convert_one(GT_FMT_RGB565, 0xf800), 0xffff0000);
	ck_assert_uint_eq(convert_one(GT_FMT_RGB565, 0x07e0), 0xff00ff00);
	ck_assert_uint_eq(convert_one(GT_FMT_RGB565, 0x001f), 0xff0000ff);
	ck_assert_uint_eq(convert_one(GT_FMT_XRGB2101010, 0xfff00000), 0xffff0000);
	ck_assert_uint_eq(convert_one(GT_FMT_XRGB2101010, 0x000003ff), 0x000000ff);
	ck_assert_uint_eq(convert_one(GT_FMT_XBGR2101010, 0xc00003ff), 0xffff0000);
	ck_assert_uint_eq(convert_one(GT_FMT_C8, 5), 0xff123456);
	/* 1.0 is 0x3c00, 0.5 is 0x3800; lowest channel first */
	ck_assert_uint_eq(convert_one(GT_FMT_XRGB16F, 0x3c00000038003c00), 0xff0080ff);
	ck_assert_uint_eq(convert_one(GT_FMT_XBGR16F, 0x3c00000038003c00), 0xffff8000);
}
END_TEST

START_TEST(every_half_float_is_rounded_and_cut_off_right)
{
	for (uint32_t h = 0; h < 0x10000; h++) {
		uint32_t exponent = h >> 10 & 31, got = convert_one(GT_FMT_XRGB16F, h) & 0xff;
		double val = exponent ? ldexp(1024 + (h & 1023), (int)exponent - 25)
				      : ldexp(h & 1023, -24);

		val = h & 0x8000 ? 0 : val > 1 ? 1 : val;
		ck_assert_uint_eq(got, (uint32_t)floor(val * 255 + 0.5));
	}
}
END_TEST

START_TEST(blending_is_exact_at_its_ends_and_never_wraps)
{
	uint32_t dst = 0x00102030, src = 0xffaabbcc;

	gt_pixel_blend(&dst, &src, 1, GT_BLEND_PREMULT);
	ck_assert_uint_eq(dst, 0x00aabbcc);
	src = 0;
	gt_pixel_blend(&dst, &src, 1, GT_BLEND_PREMULT);
	ck_assert_uint_eq(dst, 0x00aabbcc);
	src = 0x00ffffff; /* not premultiplied at all, as a hostile guest may have it */
	gt_pixel_blend(&dst, &src, 1, GT_BLEND_PREMULT);
	ck_assert_uint_eq(dst, 0x00ffffff);
	src = 0x80000000;
	gt_pixel_blend(&dst, &src, 1, GT_BLEND_COVERAGE);
	ck_assert_uint_eq(dst, 0x007f7f7f);
	src = 0x80ffffff;
	dst = 0;
	gt_pixel_blend(&dst, &src, 1, GT_BLEND_COVERAGE);
	ck_assert_uint_eq(dst, 0x00808080);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("detile");
	TCase *tc = tcase_create("detile");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, every_tiling_size_and_ragged_rectangle_matches_the_swizzle);
	tcase_add_test(tc, one_byte_anywhere_in_a_tile_is_found);
	tcase_add_test(tc, strips_of_rows_stay_within_the_pages_allowed_and_cover_everything);
	tcase_add_test(tc, too_few_pages_give_no_rows);
	tcase_add_test(tc, surfaces_that_make_no_sense_are_refused);
	tcase_add_test(tc, known_colours_of_each_format_come_out_right);
	tcase_add_test(tc, every_half_float_is_rounded_and_cut_off_right);
	tcase_add_test(tc, blending_is_exact_at_its_ends_and_never_wraps);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
