/* SPDX-License-Identifier: MIT */
/* Blits against a model that moves one byte at a time, by the book's tile layouts. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "test_run.h"

#define NR_PAGES 64u /* of one surface */
#define SRC	 0x1000000u
#define DST	 0x2000000u
#define SIZE_B	 (NR_PAGES * GT_PAGE_SIZE)

enum { LINEAR, TILE_X, TILE_Y };

static struct driver d;
static struct context c;
static gt_gpa_t src_gpa, dst_gpa;
static uint8_t src[SIZE_B], dst[SIZE_B]; /* the model */

static void fill(uint64_t *seed)
{
	for (uint32_t i = 0; i < SIZE_B; i++) {
		src[i] = (uint8_t)test_random(seed);
		dst[i] = (uint8_t)test_random(seed);
	}
	memcpy(d.fx.guest->mem + src_gpa, src, SIZE_B);
	memcpy(d.fx.guest->mem + dst_gpa, dst, SIZE_B);
}

static void setup(void)
{
	driver_init(&d, GT_SKL);
	driver_new_context(&d, &c);
	src_gpa = driver_alloc(&d, NR_PAGES);
	dst_gpa = driver_alloc(&d, NR_PAGES);
	for (uint32_t i = 0; i < NR_PAGES; i++) {
		driver_bind(&d, &c, SRC + i * GT_PAGE_SIZE, src_gpa + i * GT_PAGE_SIZE, 3);
		driver_bind(&d, &c, DST + i * GT_PAGE_SIZE, dst_gpa + i * GT_PAGE_SIZE, 3);
	}
}

static void teardown(void)
{
	driver_finish(&d);
}

static uint32_t place(int tiling, uint32_t pitch_B, uint32_t x_B, uint32_t y)
{
	uint32_t w = tiling == TILE_Y ? 128 : 512, h = tiling == TILE_Y ? 32 : 8;
	uint32_t tile = y / h * (pitch_B / w) + x_B / w;

	switch (tiling) {
	case TILE_X:
		return tile * 4096 + y % 8 * 512 + x_B % 512;
	case TILE_Y:
		return tile * 4096 + x_B % 128 / 16 * 512 + y % 32 * 16 + x_B % 16;
	default:
		return y * pitch_B + x_B;
	}
}

static void run(void)
{
	driver_submit(&d, GT_BCS, &c, NULL);
	ck_assert(driver_run(&d, 200));
}

static void expect_model(void)
{
	ck_assert_mem_eq(d.fx.guest->mem + dst_gpa, dst, SIZE_B);
	ck_assert_mem_eq(d.fx.guest->mem + src_gpa, src, SIZE_B);
}

struct copy {
	int src_tiling, dst_tiling;
	uint32_t cpp_B, pitch_B;
	uint32_t src_x, src_y, dst_x, dst_y, w, h;
};

static struct copy random_copy(uint64_t *seed)
{
	static const uint32_t cpps[] = { 1, 2, 4 };
	struct copy k = { .src_tiling = (int)(test_random(seed) % 3),
			  .dst_tiling = (int)(test_random(seed) % 3),
			  .cpp_B = cpps[test_random(seed) % 3], .pitch_B = 1024 };
	uint32_t w_px = k.pitch_B / k.cpp_B, h_px = SIZE_B / k.pitch_B;

	k.w = 1 + test_random(seed) % w_px;
	k.h = 1 + test_random(seed) % h_px;
	k.src_x = test_random(seed) % (w_px - k.w + 1);
	k.dst_x = test_random(seed) % (w_px - k.w + 1);
	k.src_y = test_random(seed) % (h_px - k.h + 1);
	k.dst_y = test_random(seed) % (h_px - k.h + 1);
	return k;
}

/* Pitch as commands want it: bytes, or dwords if tiled. */
static uint32_t pitch(int tiling, uint32_t pitch_B)
{
	return tiling == LINEAR ? pitch_B : pitch_B / 4;
}

static void model_copy(const struct copy *k, uint8_t *to, const uint8_t *from)
{
	uint8_t *tmp = malloc(SIZE_B);

	memcpy(tmp, from, SIZE_B);
	for (uint32_t y = 0; y < k->h; y++) {
		for (uint32_t x = 0; x < k->w * k->cpp_B; x++) {
			uint32_t from_B = k->src_x * k->cpp_B + x, to_B = k->dst_x * k->cpp_B + x;

			to[place(k->dst_tiling, k->pitch_B, to_B, k->dst_y + y)] =
				tmp[place(k->src_tiling, k->pitch_B, from_B, k->src_y + y)];
		}
	}
	free(tmp);
}

/* Color depth field of both kinds of commands: 8, 16, 32 bits. */
static uint32_t depth(uint32_t cpp_B)
{
	return (cpp_B == 1 ? 0u : cpp_B == 2 ? 1u : 3u) << 24;
}

START_TEST(fast_copies_agree_with_the_model_in_all_tilings)
{
	uint64_t seed = 1 + (uint64_t)_i;
	struct copy k = random_copy(&seed);

	fill(&seed);
	EMIT(&d, &c, 0x50800008u | (uint32_t)k.src_tiling << 20 | (uint32_t)k.dst_tiling << 13,
	     depth(k.cpp_B) | pitch(k.dst_tiling, k.pitch_B), k.dst_y << 16 | k.dst_x,
	     (k.dst_y + k.h) << 16 | (k.dst_x + k.w), DST, 0, k.src_y << 16 | k.src_x,
	     pitch(k.src_tiling, k.pitch_B), SRC, 0);
	run();
	model_copy(&k, dst, src);
	expect_model();
}
END_TEST

START_TEST(source_copies_agree_with_the_model_in_all_tilings)
{
	uint64_t seed = 1000 + (uint64_t)_i;
	struct copy k = random_copy(&seed);

	fill(&seed);
	vgpu_fixture_w32(&d.fx, 0x22200, 0x30000u | (k.src_tiling == TILE_Y ? 1 : 0) |
						 (k.dst_tiling == TILE_Y ? 2 : 0));
	EMIT(&d, &c,
	     0x54f00008u | (k.src_tiling ? 1u << 15 : 0) | (k.dst_tiling ? 1u << 11 : 0),
	     depth(k.cpp_B) | 0xccu << 16 | pitch(k.dst_tiling, k.pitch_B), k.dst_y << 16 | k.dst_x,
	     (k.dst_y + k.h) << 16 | (k.dst_x + k.w), DST, 0, k.src_y << 16 | k.src_x,
	     pitch(k.src_tiling, k.pitch_B), SRC, 0);
	run();
	model_copy(&k, dst, src);
	expect_model();
}
END_TEST

START_TEST(a_copy_onto_itself_keeps_what_it_reads)
{
	uint64_t seed = 2000 + (uint64_t)_i;
	struct copy k = random_copy(&seed);

	k.src_tiling = LINEAR;
	k.dst_tiling = LINEAR;
	fill(&seed);
	EMIT(&d, &c, 0x54f00008u, depth(k.cpp_B) | 0xccu << 16 | k.pitch_B,
	     k.dst_y << 16 | k.dst_x, (k.dst_y + k.h) << 16 | (k.dst_x + k.w), DST, 0,
	     k.src_y << 16 | k.src_x, k.pitch_B, DST, 0);
	run();
	model_copy(&k, dst, dst);
	expect_model();
}
END_TEST

START_TEST(fills_agree_with_the_model_for_every_raster_operation)
{
	uint64_t seed = 3000 + (uint64_t)_i;
	struct copy k = random_copy(&seed);
	uint32_t color = test_random(&seed), mask = _i % 3 ? 3 : test_random(&seed) % 4;
	uint8_t rop = _i % 2 ? 0xf0 : (uint8_t)test_random(&seed);

	/* Without a source: the operation must not depend on one. */
	rop = (uint8_t)((rop & 0x33) | (rop & 0x33) << 2);
	k.dst_tiling = k.dst_tiling == TILE_Y ? LINEAR : k.dst_tiling;
	fill(&seed);
	EMIT(&d, &c, 0x54000005u | mask << 20 | (k.dst_tiling ? 1u << 11 : 0),
	     depth(k.cpp_B) | (uint32_t)rop << 16 | pitch(k.dst_tiling, k.pitch_B),
	     k.dst_y << 16 | k.dst_x, (k.dst_y + k.h) << 16 | (k.dst_x + k.w), DST, 0, color);
	run();
	for (uint32_t y = 0; y < k.h; y++) {
		for (uint32_t x = 0; x < k.w * k.cpp_B; x++) {
			uint8_t *at = &dst[place(k.dst_tiling, k.pitch_B, k.dst_x * k.cpp_B + x,
						 k.dst_y + y)];
			uint8_t p = (uint8_t)(color >> 8 * (x % k.cpp_B)), out = 0;
			bool alpha = k.cpp_B == 4 && x % 4 == 3;

			for (unsigned bit = 0; bit < 8; bit++) {
				unsigned i = (p >> bit & 1) << 2 | (*at >> bit & 1);

				out |= (uint8_t)((rop >> i & 1) << bit);
			}
			if (k.cpp_B != 4 || mask >> (alpha ? 1 : 0) & 1) {
				*at = out;
			}
		}
	}
	expect_model();
}
END_TEST

START_TEST(a_blit_larger_than_a_run_is_done_in_pieces)
{
	/* 8000 rows of 16 KiB: all but the bound ones are dropped, but it takes its time. */
	unsigned runs = 1;

	fill(&(uint64_t){ 9 });
	EMIT(&d, &c, 0x54300005u, 3u << 24 | 0xf0u << 16 | 0x4000, 0, 8000u << 16 | 4096, DST, 0,
	     0x01020304);
	driver_submit(&d, GT_BCS, &c, NULL);
	while (gt_vgpu_run(d.fx.v)) {
		runs++;
	}
	ck_assert_uint_gt(runs, 10);
	ck_assert_uint_lt(runs, 1000);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, dst_gpa + SIZE_B - 4), 0x01020304);
	ck_assert_uint_eq(gt_vgpu_deadline_ns(d.fx.v), UINT64_MAX);
}
END_TEST

START_TEST(blits_of_impossible_sizes_do_nothing)
{
	static const uint32_t corners[][2] = {
		{ 0x00000000, 0x00000000 }, { 0x00050005, 0x00040006 }, { 0x00000000, 0x8000ffff },
		{ 0x7fff7fff, 0x80008000 },
	};

	fill(&(uint64_t){ 10 });
	for (size_t i = 0; i < GT_ARRAY_SIZE(corners); i++) {
		EMIT(&d, &c, 0x54300005u, 3u << 24 | 0xf0u << 16 | 1024, corners[i][0],
		     corners[i][1], DST, 0, 1, 0);
	}
	run();
	expect_model();
}
END_TEST

START_TEST(blits_of_garbage_stay_within_what_is_bound)
{
	static const uint32_t ops[] = { 0x50800008, 0x54000005, 0x54c00008 };
	uint64_t seed = 4000 + (uint64_t)_i;
	uint8_t *before = malloc(d.fx.guest->mem_B);

	for (unsigned i = 0; i < 20; i++) {
		uint32_t header = ops[test_random(&seed) % 3] | (test_random(&seed) & 0x3ff800);

		driver_new_context(&d, &c);
		for (uint32_t p = 0; p < NR_PAGES; p++) {
			driver_bind(&d, &c, DST + p * GT_PAGE_SIZE, dst_gpa + p * GT_PAGE_SIZE, 3);
		}
		EMIT(&d, &c, header, test_random(&seed), test_random(&seed) & 0x00ff00ff,
		     test_random(&seed), DST + test_random(&seed) % SIZE_B, 0,
		     test_random(&seed) & 0x00ff00ff, test_random(&seed), DST, 0);
		driver_set_tail(&d, &c);
		memcpy(before, d.fx.guest->mem, d.fx.guest->mem_B);
		driver_submit(&d, GT_BCS, &c, NULL);
		for (unsigned n = 0; n < 5; n++) {
			gt_vgpu_run(d.fx.v);
		}
		vgpu_fixture_w32(&d.fx, 0x941c, 1);
		for (gt_gpa_t gpa = 0; gpa < d.fx.guest->mem_B; gpa += GT_PAGE_SIZE) {
			bool may = (gpa >= dst_gpa && gpa < dst_gpa + SIZE_B) ||
				   gpa == c.gpa + GT_PAGE_SIZE || gpa == d.hwsp_gpa[GT_BCS];

			ck_assert(may ||
				  !memcmp(before + gpa, d.fx.guest->mem + gpa, GT_PAGE_SIZE));
		}
	}
	free(before);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blt");
	TCase *tc = tcase_create("blitter");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, fast_copies_agree_with_the_model_in_all_tilings, 0, 30);
	tcase_add_loop_test(tc, source_copies_agree_with_the_model_in_all_tilings, 0, 30);
	tcase_add_loop_test(tc, a_copy_onto_itself_keeps_what_it_reads, 0, 20);
	tcase_add_loop_test(tc, fills_agree_with_the_model_for_every_raster_operation, 0, 30);
	tcase_add_test(tc, a_blit_larger_than_a_run_is_done_in_pieces);
	tcase_add_test(tc, blits_of_impossible_sizes_do_nothing);
	tcase_add_loop_test(tc, blits_of_garbage_stay_within_what_is_bound, 0, 8);
	suite_add_tcase(s, tc);
	return test_run(s);
}
