/* SPDX-License-Identifier: MIT */
/* Rows of pixels are the same with vector instructions as without. */
#include "pixel.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "pixel_rows.h"
#include "simd.h"
#include "test_run.h"

#define MAX_PX   67u
#define SENTINEL 0xcc
#define ROUNDS   300

static uint8_t __attribute__((aligned(8))) source[MAX_PX * 8 + 8], chroma[MAX_PX + 9];
static uint32_t under[MAX_PX + 8], with[MAX_PX + 8], without[MAX_PX + 8];

static void fill(void *p, size_t len)
{
	uint8_t *bytes = p;

	for (size_t i = 0; i < len; i++) {
		/* the ends of the range are where sums go wrong */
		bytes[i] = rand() % 4 ? (uint8_t)(rand() >> 7) : (uint8_t)(rand() % 2 ? 0xff : 0);
	}
}

static void set_up(void)
{
	srand(3);
}

/* What is done to a row of @nr pixels at @dst, by whatever instructions are chosen. */
typedef void (*row_fn)(uint32_t *dst, size_t nr, unsigned variant);

static void check_row(row_fn row, unsigned variant)
{
	size_t nr = (size_t)rand() % (MAX_PX + 1);

	fill(source, sizeof(source));
	fill(chroma, sizeof(chroma));
	fill(under, sizeof(under));
	memset(with, SENTINEL, sizeof(with));
	memset(without, SENTINEL, sizeof(without));
	memcpy(with, under, nr * 4);
	memcpy(without, under, nr * 4);
	ck_assert(gt_simd_use(GT_SIMD_SCALAR));
	row(without, nr, variant);
	gt_simd_use(GT_SIMD_AVX2);
	row(with, nr, variant);
	for (size_t i = 0; i < GT_ARRAY_SIZE(with); i++) {
		if (with[i] != without[i]) {
			ck_abort_msg("variant %u, pixel %zu of %zu is %08x, not %08x", variant, i,
				     nr, with[i], without[i]);
		}
	}
}

static void check_rows(row_fn row, unsigned nr_variants)
{
	for (unsigned n = 0; n < ROUNDS; n++) {
		check_row(row, n % nr_variants);
	}
}

static void row_16f(uint32_t *dst, size_t nr, unsigned variant)
{
	gt_formats[variant ? GT_FMT_XBGR16F : GT_FMT_XRGB16F].to_argb(dst, source, nr, NULL);
}

static void row_reverse(uint32_t *dst, size_t nr, unsigned variant)
{
	uint32_t from[MAX_PX];

	memcpy(from, source, sizeof(from));
	gt_pixel_reverse(dst, from, nr);
	for (size_t i = 0; i < nr; i++) {
		ck_assert_uint_eq(dst[i], from[nr - 1 - i]);
	}
}

START_TEST(a_reversed_row_begins_with_its_end)
{
	check_rows(row_reverse, 1);
}
END_TEST

START_TEST(half_floats_are_the_same_by_vectors)
{
	check_rows(row_16f, 2);
}
END_TEST

START_TEST(every_half_float_is_the_same_by_vectors)
{
	for (uint32_t h = 0; h < 0x10000; h += 32) {
		uint16_t halves[32];

		for (uint32_t i = 0; i < 32; i++) {
			halves[i] = (uint16_t)(h + i);
		}
		ck_assert(gt_simd_use(GT_SIMD_SCALAR));
		gt_formats[GT_FMT_XRGB16F].to_argb(without, (uint8_t *)halves, 8, NULL);
		gt_simd_use(GT_SIMD_AVX2);
		gt_formats[GT_FMT_XRGB16F].to_argb(with, (uint8_t *)halves, 8, NULL);
		ck_assert_mem_eq(with, without, 32);
	}
}
END_TEST

static void row_blend(uint32_t *dst, size_t nr, unsigned variant)
{
	gt_pixel_blend(dst, (const uint32_t *)(const void *)source, nr,
		       variant ? GT_BLEND_COVERAGE : GT_BLEND_PREMULT);
}

START_TEST(blended_rows_are_the_same_by_vectors)
{
	check_rows(row_blend, 2);
}
END_TEST

static void row_yuv(uint32_t *dst, size_t nr, unsigned variant)
{
	struct gt_yuv yuv = {.bt709 = variant & 1, .full_range = variant & 2};

	yuv.as_is = variant == 4;
	gt_yuv_to_argb(dst, nr, &yuv);
}

START_TEST(yuv_by_each_matrix_is_the_same_by_vectors)
{
	check_rows(row_yuv, 5);
}
END_TEST

static void row_422(uint32_t *dst, size_t nr, unsigned variant)
{
	gt_yuv_unpack422(dst, source, nr, (enum gt_yuv_order)variant);
}

static void row_nv12(uint32_t *dst, size_t nr, unsigned variant)
{
	gt_yuv_unpack_nv12(dst, source, chroma, nr);
}

START_TEST(unpacked_yuv_is_the_same_by_vectors)
{
	check_rows(row_422, 4);
	check_rows(row_nv12, 1);
}
END_TEST

/* Otherwise the tests above would compare a thing with itself. */
START_TEST(a_processor_with_avx2_does_whole_rows_by_vectors)
{
	if (!gt_simd_use(GT_SIMD_AVX2)) {
		return;
	}
	ck_assert_uint_eq(gt_rows_16f(with, source, MAX_PX, true), MAX_PX - MAX_PX % GT_ROW_PX);
	ck_assert(gt_simd_use(GT_SIMD_SCALAR));
	ck_assert_uint_eq(gt_rows_16f(with, source, MAX_PX, true), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pixel_rows");
	TCase *tc = tcase_create("pixel_rows");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, a_reversed_row_begins_with_its_end);
	tcase_add_test(tc, half_floats_are_the_same_by_vectors);
	tcase_add_test(tc, every_half_float_is_the_same_by_vectors);
	tcase_add_test(tc, blended_rows_are_the_same_by_vectors);
	tcase_add_test(tc, yuv_by_each_matrix_is_the_same_by_vectors);
	tcase_add_test(tc, unpacked_yuv_is_the_same_by_vectors);
	tcase_add_test(tc, a_processor_with_avx2_does_whole_rows_by_vectors);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
