/* SPDX-License-Identifier: MIT */
/* Configurations as libxlutil reads them; needs Xen's libraries, but no Xen. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xlconfig.h"
#include "test_run.h"

static struct gt_options o;
static struct gt_error err;

static int apply(const char *text)
{
	gt_options_init(&o);
	return dm_xlconfig_apply_text(&o, text, strlen(text), "a.cfg", &err);
}

START_TEST(numbers_and_strings_are_options_alike)
{
	ck_assert_int_eq(apply("name='x'\nvgt=1\nvgt_fence_sz = \"2\"\nvif=['vgt=0']\n"), 0);
	ck_assert(o.vgt);
	ck_assert_uint_eq(o.nr_fences, 2);
}
END_TEST

START_TEST(the_last_assignment_of_a_key_wins)
{
	ck_assert_int_eq(apply("vgt_fence_sz=2\nvgt_fence_sz=3\n"), 0);
	ck_assert_uint_eq(o.nr_fences, 3);
}
END_TEST

START_TEST(a_mistyped_option_is_an_error_that_names_file_and_key)
{
	ck_assert_int_eq(apply("vgt=1\nvgt_fnece_sz=2\n"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "a.cfg"));
	ck_assert_ptr_nonnull(strstr(err.text, "vgt_fnece_sz"));
	ck_assert_int_eq(apply("vgtmode=2\n"), -EINVAL);
	ck_assert_int_eq(apply("vgt=[ '1' ]\n"), -EINVAL);
}
END_TEST

START_TEST(a_configuration_xl_cannot_parse_is_an_error_in_one_line)
{
	ck_assert_int_eq(apply("vgt=1\n = = =\n"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "a.cfg"));
	ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

START_TEST(xl_words_win_over_our_words_and_these_over_the_file)
{
	char path[] = "/tmp/check_xlconfig.XXXXXX";
	static const char text[] = "vgt=1\nvgt_fence_sz=1\nvgt_high_gm_sz=128\nvgt_cap=7";
	const char *words[] = { "vgt_fence_sz=2,vgt_high_gm_sz=192" };
	const char *extra[] = { "vgt_fence_sz=3", "memory=4" };
	struct dm_args args = { .words = words, .nr_words = 1 };
	struct dm_xl xl = { .args = { .config = path, .extra = extra, .nr_extra = 2 } };
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	gt_options_init(&o);
	ck_assert_int_eq(dm_xlconfig_gather(&o, &xl, &args, &err), 0);
	unlink(path);
	ck_assert(o.vgt);
	ck_assert_uint_eq(o.nr_fences, 3);
	ck_assert_uint_eq(o.high_gm_MiB, 192);
	ck_assert_uint_eq(o.cap_percent, 7);
}
END_TEST

START_TEST(a_pipe_is_refused_unless_our_words_make_it_needless)
{
	const char *words[] = { "vgt=1" };
	struct dm_args args = { .words = words, .nr_words = 1 };
	struct dm_xl xl = { .args = { .config = "/proc/self/fd/0/none" } };
	int fds[2];
	char path[64];

	ck_assert_int_eq(pipe(fds), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	xl.args.config = path;
	gt_options_init(&o);
	ck_assert_int_eq(dm_xlconfig_gather(&o, &xl, &args, &err), 0);
	ck_assert(o.vgt);
	args.nr_words = 0;
	ck_assert_int_ne(dm_xlconfig_gather(&o, &xl, &args, &err), 0);
	xl.args.config = "/nowhere/a.cfg";
	ck_assert_int_eq(dm_xlconfig_gather(&o, &xl, &args, &err), -ENOENT);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xlconfig");
	TCase *tc = tcase_create("xlconfig");

	tcase_add_test(tc, numbers_and_strings_are_options_alike);
	tcase_add_test(tc, the_last_assignment_of_a_key_wins);
	tcase_add_test(tc, a_mistyped_option_is_an_error_that_names_file_and_key);
	tcase_add_test(tc, a_configuration_xl_cannot_parse_is_an_error_in_one_line);
	tcase_add_test(tc, xl_words_win_over_our_words_and_these_over_the_file);
	tcase_add_test(tc, a_pipe_is_refused_unless_our_words_make_it_needless);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
