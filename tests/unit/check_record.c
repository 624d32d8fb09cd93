/* SPDX-License-Identifier: MIT */
/* What a trace holds, and where it ends; that it can be replayed is check_traces's to show. */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"
#include "xengt/log.h"
#include "test_run.h"

#define STORE_GGTT 0x10400002u

static struct driver d;
static int fd;
static char *text;

static void setup(void)
{
	gt_log_configure("error");
	driver_init(&d, GT_SKL);
	fd = memfd_create("trace", 0);
	ck_assert_int_ge(fd, 0);
}

static void teardown(void)
{
	free(text);
	text = NULL;
	close(fd);
}

static void record(uint64_t max_B)
{
	ck_assert_int_eq(gt_vgpu_record(d.fx.v, dup(fd), max_B), 0);
}

/* Ends the recording with its vGPU. */
static const char *trace(void)
{
	struct stat st;

	driver_finish(&d);
	ck_assert_int_eq(fstat(fd, &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	ck_assert_int_eq(pread(fd, text, (size_t)st.st_size, 0), st.st_size);
	return text;
}

START_TEST(an_access_is_a_line_with_what_was_read)
{
	record(GT_MiB(1));
	vgpu_fixture_w32(&d.fx, 0x45270, 0xabc);
	vgpu_fixture_r32(&d.fx, 0x45270);
	gt_vgpu_config_read(d.fx.v, 2, 2);
	ck_assert_ptr_nonnull(strstr(trace(), "\nw 45270 4 abc\nr 45270 4 abc\n"
				     "c 2 2 1912\n. end\n"));
	ck_assert_int_eq(strncmp(text, "xengt-trace 1\noption vgt_gen skylake\n", 37), 0);
}
END_TEST

START_TEST(time_goes_on_in_lines_of_its_own)
{
	record(GT_MiB(1));
	d.fx.guest->clock_ns += 0x1234 * 1000;
	vgpu_fixture_w32(&d.fx, 0x45270, 1);
	vgpu_fixture_w32(&d.fx, 0x45270, 2);
	ck_assert_ptr_nonnull(strstr(trace(), "\n@1234\nw 45270 4 1\nw 45270 4 2\n"));
}
END_TEST

START_TEST(what_the_engines_read_comes_before_and_what_they_wrote_after)
{
	struct context c;
	char store[64];

	record(GT_MiB(1));
	driver_new_context(&d, &c);
	EMIT(&d, &c, STORE_GGTT, (uint32_t)d.hwsp_gma[GT_BCS] + 0x100, 0, 0x5eed);
	driver_submit(&d, GT_BCS, &c, NULL);
	ck_assert(driver_run(&d, 10));
	snprintf(store, sizeof(store), "p %llx 100 5eed\n",
		 (unsigned long long)d.hwsp_gpa[GT_BCS] >> GT_PAGE_SHIFT);
	ck_assert_ptr_nonnull(strstr(trace(), store));
	ck_assert_ptr_nonnull(strstr(text, "\nm "));
	ck_assert(strstr(text, "10400002") < strstr(text, store));
}
END_TEST

START_TEST(no_trace_is_longer_than_allowed)
{
	off_t max_B = 97 * _i;
	struct stat st;

	record((uint64_t)max_B);
	for (unsigned i = 0; i < 100; i++) {
		vgpu_fixture_w32(&d.fx, 0x45270, i);
	}
	trace();
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_le(st.st_size, max_B + (off_t)strlen(". full\n"));
	ck_assert_str_eq(text + st.st_size - 7, ". full\n");
}
END_TEST

START_TEST(a_file_that_cannot_be_written_stops_nobody)
{
	int full = open("/dev/full", O_WRONLY);

	ck_assert_int_ge(full, 0);
	ck_assert_int_eq(gt_vgpu_record(d.fx.v, full, GT_MiB(1)), 0);
	for (unsigned i = 0; i < 10000; i++) {
		vgpu_fixture_w32(&d.fx, 0x45270, i);
	}
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0x45270), 9999);
	driver_finish(&d);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("record");
	TCase *tc = tcase_create("record");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_access_is_a_line_with_what_was_read);
	tcase_add_test(tc, time_goes_on_in_lines_of_its_own);
	tcase_add_test(tc, what_the_engines_read_comes_before_and_what_they_wrote_after);
	tcase_add_loop_test(tc, no_trace_is_longer_than_allowed, 0, 16);
	tcase_add_test(tc, a_file_that_cannot_be_written_stops_nobody);
	suite_add_tcase(s, tc);
	return test_run(s);
}
