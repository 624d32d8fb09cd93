/* SPDX-License-Identifier: MIT */
/* The keyed hash of pages: against its definition in slow arithmetic, and what it must tell apart.
 */
#include "hash.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "test_run.h"

static uint8_t page[GT_PAGE_SIZE + 8], copy[GT_PAGE_SIZE];
static struct gt_hash_key key;

static void set_up(void)
{
	srand(11);
	for (size_t i = 0; i < sizeof(page); i++) {
		page[i] = (uint8_t)(rand() >> 7);
	}
	gt_hash_key_fix(&key, 11);
}

/* Word @i of @nr_B bytes, little-endian. */
static uint64_t word(const uint8_t *p, size_t i, size_t nr_B)
{
	uint64_t val = 0;

	for (size_t k = nr_B; k-- > 0;) {
		val = val << 8 | p[i * nr_B + k];
	}
	return val;
}

static void sums_of_64(const uint8_t *data, uint64_t sum[2])
{
	unsigned __int128 all = 0;

	for (size_t i = 0; i < GT_PAGE_SIZE / 8; i += 2) {
		uint64_t a = word(data, i, 8) + word(key.nh, i, 8);
		uint64_t b = word(data, i + 1, 8) + word(key.nh, i + 1, 8);

		all += (unsigned __int128)a * b;
	}
	sum[0] = (uint64_t)all;
	sum[1] = (uint64_t)(all >> 64);
}

static void sums_of_32(const uint8_t *data, uint64_t sum[2])
{
	for (size_t n = 0; n < 2; n++) {
		sum[n] = 0;
		for (size_t i = 0; i < GT_PAGE_SIZE / 4; i += 2) {
			uint32_t a = (uint32_t)(word(data, i, 4) + word(key.nh, i + 16 * n, 4));
			uint32_t b =
				(uint32_t)(word(data, i + 1, 4) + word(key.nh, i + 1 + 16 * n, 4));

			sum[n] += (uint64_t)a * b;
		}
	}
}

/* The head comment of hash.h, word by word. */
static uint64_t by_definition(const uint8_t *data)
{
	const uint64_t prime = (1ull << 61) - 1;
	uint64_t sum[2], h = key.mix[4];

	if (key.simd == GT_SIMD_SCALAR) {
		sums_of_64(data, sum);
	} else {
		sums_of_32(data, sum);
	}
	for (size_t i = 0; i < 4; i++) {
		uint64_t quarter = sum[i / 2] >> 32 * (i % 2) & 0xffffffff;

		h = (uint64_t)(((unsigned __int128)quarter * key.mix[i] + h) % prime);
	}
	return h + 1;
}

START_TEST(every_kind_of_instructions_gives_the_hash_of_the_definition)
{
	for (unsigned n = 0; n < 200; n++) {
		const uint8_t *p = page + n % 8;

		page[(size_t)rand() % GT_PAGE_SIZE] ^= (uint8_t)n;
		for (int simd = 0; simd < GT_NR_SIMD; simd++) {
			uint64_t want;

			if (!gt_simd_use((enum gt_simd)simd)) {
				continue;
			}
			gt_hash_key_fix(&key, n);
			want = by_definition(p);
			ck_assert_uint_eq(gt_hash_page(&key, p, NULL, NULL), want);
			memset(copy, 0, sizeof(copy));
			ck_assert_uint_eq(gt_hash_page(&key, p, copy, p), want);
			ck_assert_mem_eq(copy, p, GT_PAGE_SIZE);
		}
	}
}
END_TEST

/* Hashes of a key are remembered, and are to be compared with later ones. */
START_TEST(a_key_keeps_its_loops_whatever_is_used_later)
{
	uint64_t before;

	ck_assert_int_eq(gt_hash_key_make(&key), 0);
	before = gt_hash_page(&key, page, NULL, NULL);
	ck_assert_uint_eq(before, by_definition(page));
	for (int simd = 0; simd < GT_NR_SIMD; simd++) {
		gt_simd_use((enum gt_simd)simd);
		ck_assert_uint_eq(gt_hash_page(&key, page, copy, NULL), before);
	}
}
END_TEST

/* The tests below are run with scalar loops, too. */
static void set_up_scalar(void)
{
	ck_assert(gt_simd_use(GT_SIMD_SCALAR));
	set_up();
}

START_TEST(each_single_bit_of_a_page_changes_its_hash)
{
	uint64_t before = gt_hash_page(&key, page, NULL, NULL);

	for (size_t bit = 0; bit < GT_PAGE_SIZE * 8; bit++) {
		page[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_uint_ne(gt_hash_page(&key, page, NULL, NULL), before);
		page[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_uint_eq(gt_hash_page(&key, page, NULL, NULL), before);
}
END_TEST

START_TEST(swapped_lines_and_words_change_the_hash)
{
	for (size_t i = 0; i + 1 < GT_PAGE_SIZE / 64; i++) {
		uint64_t before = gt_hash_page(&key, page, NULL, NULL);
		uint8_t line[64];

		memcpy(line, page + i * 64, 64);
		memmove(page + i * 64, page + i * 64 + 64, 64);
		memcpy(page + i * 64 + 64, line, 64);
		ck_assert_uint_ne(gt_hash_page(&key, page, NULL, NULL), before);
		before = gt_hash_page(&key, page, NULL, NULL);
		memcpy(line, page + i * 64, 4);
		memmove(page + i * 64, page + i * 64 + 4, 4);
		memcpy(page + i * 64 + 4, line, 4);
		ck_assert_uint_ne(gt_hash_page(&key, page, NULL, NULL), before);
	}
}
END_TEST

START_TEST(an_even_page_has_another_hash_under_each_key_and_never_none)
{
	uint64_t last = GT_HASH_NONE;

	memset(page, 0, sizeof(page));
	for (unsigned n = 0; n < 1000; n++) {
		uint64_t h;

		ck_assert_int_eq(gt_hash_key_make(&key), 0);
		h = gt_hash_page(&key, page, NULL, NULL);
		ck_assert_uint_ne(h, last);
		ck_assert_uint_ne(h, GT_HASH_NONE);
		last = h;
	}
}
END_TEST

/* A page that cancels the key makes all products zero: the guest does not know how. */
START_TEST(the_last_number_of_the_key_keeps_a_zero_sum_from_being_none)
{
	memset(&key, 0, sizeof(key));
	memset(page, 0, sizeof(page));
	ck_assert_uint_eq(gt_hash_page(&key, page, NULL, NULL), 1);
}
END_TEST

static void add_tests_of_any_loops(TCase *tc)
{
	tcase_add_test(tc, each_single_bit_of_a_page_changes_its_hash);
	tcase_add_test(tc, swapped_lines_and_words_change_the_hash);
	tcase_add_test(tc, an_even_page_has_another_hash_under_each_key_and_never_none);
	tcase_add_test(tc, the_last_number_of_the_key_keeps_a_zero_sum_from_being_none);
}

int main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tc = tcase_create("hash"), *scalar = tcase_create("scalar loops");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, every_kind_of_instructions_gives_the_hash_of_the_definition);
	tcase_add_test(tc, a_key_keeps_its_loops_whatever_is_used_later);
	add_tests_of_any_loops(tc);
	suite_add_tcase(suite, tc);
	tcase_set_timeout(scalar, 60);
	tcase_add_checked_fixture(scalar, set_up_scalar, NULL);
	add_tests_of_any_loops(scalar);
	suite_add_tcase(suite, scalar);
	return test_run(suite);
}
