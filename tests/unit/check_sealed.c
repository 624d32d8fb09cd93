/* SPDX-License-Identifier: MIT */
/* Sealed memfds: what was filled is what is in them, whichever way it went there. */
#define _GNU_SOURCE
#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "test_run.h"

#define SIZE_B 70000u

static uint8_t got[SIZE_B];

/* One assertion for all: each costs a write to a pipe. */
static void check_all_are(const uint8_t *mem, size_t len, int byte)
{
	size_t nr_other = 0;

	for (size_t i = 0; i < len; i++) {
		nr_other += mem[i] != byte;
	}
	ck_assert_uint_eq(nr_other, 0);
}

/* Fill, seal, and read again. */
static void check_round(struct gt_sealed *s, int byte, bool writable)
{
	struct stat st;
	size_t size_B = s->size_B;
	int fd, seals;

	check_all_are(s->mem, s->size_B, 0);
	memset(s->mem, byte, size_B);
	fd = gt_sealed_finish(s, writable);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(s->fd, -1);
	seals = fcntl(fd, F_GET_SEALS);
	ck_assert_int_eq(seals & F_SEAL_WRITE, writable ? 0 : F_SEAL_WRITE);
	ck_assert(seals & F_SEAL_SHRINK && seals & F_SEAL_GROW && seals & F_SEAL_SEAL);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, (int)size_B);
	/* from where a client begins that does not map it */
	ck_assert_int_eq(read(fd, got, size_B), (int)size_B);
	check_all_are(got, size_B, byte);
	close(fd);
}

START_TEST(each_begins_with_zeros_whatever_the_one_before_held)
{
	struct gt_spare spare = {0};
	struct gt_sealed s;

	for (int byte = 1; byte < 9; byte++) {
		size_t size_B = byte < 4 ? SIZE_B : SIZE_B / 2;

		ck_assert_int_eq(gt_sealed_open_by(&s, "check", size_B, &spare), 0);
		ck_assert_ptr_eq(s.mem, spare.mem);
		check_round(&s, byte, byte % 2);
		ck_assert(!spare.in_use);
	}
	gt_spare_drop(&spare);
	ck_assert_ptr_null(spare.mem);
}
END_TEST

START_TEST(while_the_spare_is_in_use_another_is_mapped)
{
	struct gt_spare spare = {0};
	struct gt_sealed first, second;

	ck_assert_int_eq(gt_sealed_open_by(&first, "check", SIZE_B, &spare), 0);
	ck_assert_int_eq(gt_sealed_open_by(&second, "check", SIZE_B, &spare), 0);
	ck_assert_ptr_ne(first.mem, second.mem);
	gt_spare_drop(&spare);
	ck_assert_ptr_eq(spare.mem, first.mem);
	check_round(&second, 2, false);
	check_round(&first, 1, false);
	ck_assert_int_eq(gt_sealed_open_by(&first, "check", SIZE_B, &spare), 0);
	gt_sealed_abort(&first);
	ck_assert(!spare.in_use);
	gt_spare_drop(&spare);
}
END_TEST

START_TEST(what_is_too_large_to_keep_is_mapped)
{
	struct gt_spare spare = {0};
	struct gt_sealed s;

	ck_assert_int_eq(gt_sealed_open_by(&s, "check", GT_SPARE_MAX_B + 4096u, &spare), 0);
	ck_assert_ptr_nonnull(s.mem);
	ck_assert_ptr_null(spare.mem);
	gt_sealed_abort(&s);
}
END_TEST

START_TEST(a_memfd_that_cannot_grow_is_an_error_and_the_spare_is_free_again)
{
	struct rlimit small = {1000, 1000};
	struct gt_spare spare = {0};
	struct gt_sealed s;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(gt_sealed_open_by(&s, "check", SIZE_B, &spare), 0);
	ck_assert_int_eq(gt_sealed_finish(&s, false), -EFBIG);
	ck_assert(!spare.in_use);
	ck_assert_int_eq(gt_sealed_open(&s, "check", SIZE_B), -EFBIG);
	gt_spare_drop(&spare);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sealed");
	TCase *tc = tcase_create("sealed");

	tcase_add_test(tc, each_begins_with_zeros_whatever_the_one_before_held);
	tcase_add_test(tc, while_the_spare_is_in_use_another_is_mapped);
	tcase_add_test(tc, what_is_too_large_to_keep_is_mapped);
	tcase_add_test(tc, a_memfd_that_cannot_grow_is_an_error_and_the_spare_is_free_again);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
