/* SPDX-License-Identifier: MIT */
/* Rectangles of damage, against a plain comparison of pixels. */
#include "damage.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "test_run.h"
#include "vgpu_fixture.h"

#define MAX_W 700u
#define MAX_H 300u

static struct gt_hash_key key;
static uint32_t before[MAX_W * MAX_H], now[MAX_W * MAX_H];
static uint64_t hash_before[512], hash_now[512];

static uint32_t find(uint32_t w, uint32_t h, struct xengt_rect *out)
{
	ck_assert_uint_le(gt_damage_nr_blocks(w, h), 512);
	gt_damage_hash(&key, (const uint8_t *)before, MAX_W * 4, w, h, hash_before);
	gt_damage_hash(&key, (const uint8_t *)now, MAX_W * 4, w, h, hash_now);
	return gt_damage_find(hash_before, hash_now, w, h, out);
}

static bool covers(const struct xengt_rect *r, uint32_t nr, uint32_t x, uint32_t y)
{
	for (uint32_t i = 0; i < nr; i++) {
		if (x - r[i].x_px < r[i].w_px && y - r[i].y_px < r[i].h_px) {
			return true;
		}
	}
	return false;
}

START_TEST(every_changed_pixel_is_covered_and_rectangles_lie_inside)
{
	uint64_t seed = 7;

	gt_hash_key_fix(&key, 1);
	for (unsigned n = 0; n < 400; n++) {
		uint32_t w = test_random(&seed) % MAX_W + 1, h = test_random(&seed) % MAX_H + 1;
		uint32_t changes = test_random(&seed) % (n % 8 ? 6 : 200), nr;
		struct xengt_rect r[XENGT_MAX_DAMAGE];

		memcpy(now, before, sizeof(now));
		for (uint32_t i = 0; i < changes; i++) {
			now[test_random(&seed) % h * MAX_W + test_random(&seed) % w] ^=
			    1u << test_random(&seed) % 32;
		}
		nr = find(w, h, r);
		ck_assert_uint_le(nr, XENGT_MAX_DAMAGE);
		ck_assert(!memcmp(now, before, sizeof(now)) == !nr);
		for (uint32_t i = 0; i < nr; i++) {
			ck_assert(r[i].w_px && r[i].h_px && r[i].x_px + r[i].w_px <= w &&
				  r[i].y_px + r[i].h_px <= h);
		}
		for (uint32_t i = 0; i < w * h; i++) {
			uint32_t x = i % w, y = i / w;

			if (now[y * MAX_W + x] != before[y * MAX_W + x] && !covers(r, nr, x, y)) {
				ck_abort_msg("%u,%u changed and is not covered", x, y);
			}
		}
		memcpy(before, now, sizeof(now));
	}
}
END_TEST

START_TEST(a_change_in_one_place_is_one_small_rectangle)
{
	struct xengt_rect r[XENGT_MAX_DAMAGE];

	gt_hash_key_fix(&key, 2);
	memcpy(now, before, sizeof(now));
	for (uint32_t y = 100; y < 140; y++) {
		for (uint32_t x = 200; x < 300; x++) {
			now[y * MAX_W + x]++;
		}
	}
	ck_assert_uint_eq(find(MAX_W, MAX_H, r), 1);
	ck_assert_uint_eq(r[0].x_px, 192);
	ck_assert_uint_eq(r[0].y_px, 96);
	ck_assert_uint_eq(r[0].w_px, 128);
	ck_assert_uint_eq(r[0].h_px, 48);
}
END_TEST

START_TEST(what_lies_outside_the_picture_does_not_matter)
{
	struct xengt_rect r[XENGT_MAX_DAMAGE];

	gt_hash_key_fix(&key, 3);
	memcpy(now, before, sizeof(now));
	now[100] ^= 1;
	now[50 * MAX_W] ^= 1;
	ck_assert_uint_eq(find(100, 50, r), 0);
	ck_assert_uint_eq(find(101, 50, r), 1);
	ck_assert_uint_eq(find(100, 51, r), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("damage");
	TCase *tc = tcase_create("damage");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_changed_pixel_is_covered_and_rectangles_lie_inside);
	tcase_add_test(tc, a_change_in_one_place_is_one_small_rectangle);
	tcase_add_test(tc, what_lies_outside_the_picture_does_not_matter);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
