/* SPDX-License-Identifier: MIT */
/* Servers that start with a domain: a program that tells who it is, in xengt-vnc's place. */
#define _GNU_SOURCE
#include "vnc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "test_run.h"

#define NOBODY 65534

static char dir[64], program[80], sock[80], place[80];
static struct dm_vnc_conf conf;
static struct dm_vnc v;
static struct gt_error err;

/* The program writes what it is into its place, where only its user can. */
static void set_up(void)
{
	FILE *f;

	/* The handler of libcheck is not for what is forked here. */
	signal(SIGTERM, SIG_DFL);
	strcpy(dir, "/tmp/xengt-start.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0755), 0);
	snprintf(program, sizeof(program), "%s/program", dir);
	snprintf(sock, sizeof(sock), "%s/7.sock", dir);
	snprintf(place, sizeof(place), "%s/7.vnc", dir);
	f = fopen(program, "w");
	ck_assert_ptr_nonnull(f);
	fputs("#!/bin/sh\n"
	      "{ echo $(id -u) $(id -G) \"$@\"; env | grep -c SECRET; ls /proc/$$/fd |\n"
	      "  grep -c '^[3-9]$'; } >\"$5.new\"\n"
	      "mv \"$5.new\" \"$5\"\n"
	      "[ $3 = 2 ] && exit 9\n"
	      "while :; do sleep 0.05; done\n", f);
	fclose(f);
	ck_assert_int_eq(chmod(program, 0755), 0);
	close(open(sock, O_CREAT | O_WRONLY, 0600));
	conf = (struct dm_vnc_conf){ program, dir, 7, 1, { NOBODY, NOBODY } };
	v = (struct dm_vnc){ 0 };
}

static void tear_down(void)
{
	dm_vnc_stop(&v);
	unlink(sock);
	unlink(program);
	ck_assert_msg(!rmdir(dir), "%s is not empty", dir);
}

/* What server @head said of itself: one that is ended before leaves half of it. */
static void said(unsigned head, char text[200])
{
	const struct timespec t = { .tv_nsec = 10000000 };
	char path[96];
	FILE *f = NULL;
	size_t n;

	snprintf(path, sizeof(path), "%s/%u.sock", place, head);
	for (unsigned i = 0; !f && i < 1000; i++) {
		f = fopen(path, "r");
		nanosleep(&t, NULL);
	}
	ck_assert_msg(f != NULL, "server %u did not start", head);
	n = fread(text, 1, 199, f);
	text[n] = '\0';
	fclose(f);
}

START_TEST(a_server_is_that_user_and_has_nothing_of_ours)
{
	char text[200], expected[200];
	int open_fd = dup(1);
	struct stat st;

	setenv("SECRET", "1", 1);
	ck_assert_int_eq(dm_vnc_start(&v, &conf), 0);
	said(0, text);
	snprintf(expected, sizeof(expected), "65534 65534 7 --head 0 --unix %s/0.sock\n0\n0\n",
		 place);
	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(stat(place, &st), 0);
	ck_assert_uint_eq(st.st_uid, NOBODY);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	close(open_fd);
}
END_TEST

START_TEST(the_domains_socket_becomes_that_users_and_no_one_elses)
{
	char text[200];
	struct stat st;

	ck_assert_int_eq(dm_vnc_start(&v, &conf), 0);
	said(0, text);
	ck_assert_int_eq(stat(sock, &st), 0);
	ck_assert_uint_eq(st.st_uid, NOBODY);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(each_head_has_a_server_and_all_end_together)
{
	char text[200];
	pid_t first;

	conf.nr_heads = 2;
	ck_assert_int_eq(dm_vnc_start(&v, &conf), 0);
	said(0, text);
	said(1, text);
	ck_assert_ptr_nonnull(strstr(text, "--head 1"));
	first = v.pid[0];
	ck_assert_int_eq(kill(first, 0), 0);
	dm_vnc_stop(&v);
	ck_assert_int_eq(kill(first, 0), -1);
	ck_assert_int_eq(access(place, F_OK), -1);
}
END_TEST

START_TEST(one_that_ends_by_itself_leaves_the_others)
{
	const struct timespec t = { .tv_nsec = 10000000 };
	char text[200];

	conf.nr_heads = 3;
	ck_assert_int_eq(dm_vnc_start(&v, &conf), 0);
	said(0, text);
	said(1, text);
	said(2, text);
	for (unsigned i = 0; v.pid[2] && i < 1000; i++) {
		dm_vnc_reap(&v);
		nanosleep(&t, NULL);
	}
	ck_assert_int_eq(v.pid[2], 0);
	ck_assert_int_eq(kill(v.pid[0], 0), 0);
}
END_TEST

START_TEST(what_a_killed_mediator_left_is_replaced)
{
	char path[96], text[200];

	snprintf(path, sizeof(path), "%s/0.sock", place);
	ck_assert_int_eq(mkdir(place, 0700), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(dm_vnc_start(&v, &conf), 0);
	do {
		said(0, text);
	} while (!*text);
	ck_assert_ptr_nonnull(strstr(text, "65534 65534"));
}
END_TEST

START_TEST(without_a_user_there_is_none)
{
	struct stat st;

	conf.user = (struct dm_vnc_user){ 0 };
	ck_assert_int_eq(dm_vnc_start(&v, &conf), 0);
	ck_assert_int_eq(v.pid[0], 0);
	ck_assert_int_eq(stat(sock, &st), 0);
	ck_assert_uint_eq(st.st_uid, geteuid());
}
END_TEST

START_TEST(without_the_domains_socket_nothing_is_started)
{
	ck_assert_int_eq(unlink(sock), 0);
	ck_assert_int_eq(dm_vnc_start(&v, &conf), -ENOENT);
	ck_assert_int_eq(v.pid[0], 0);
	ck_assert_int_eq(access(place, F_OK), -1);
}
END_TEST

START_TEST(root_nobody_knows_and_no_program_are_refused_by_name)
{
	struct dm_vnc_user user = { 5, 5 };

	ck_assert_int_eq(dm_vnc_look_up("root", "/bin/sh", &user, &err), -EPERM);
	ck_assert_ptr_nonnull(strstr(err.text, "vgt_vnc=root: must be a user without"));
	ck_assert_int_eq(dm_vnc_look_up("no such user", "/bin/sh", &user, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, "there is no such user"));
	ck_assert_int_eq(dm_vnc_look_up("nobody", "/none/vnc", &user, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, "/none/vnc is not installed"));
	ck_assert_uint_eq(user.uid, 5);
	ck_assert_int_eq(dm_vnc_look_up("nobody", "/bin/sh", &user, &err), 0);
	ck_assert_uint_eq(user.uid, NOBODY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("servers that start with a domain");
	TCase *tc = tcase_create("vnc_start");
	TCase *names = tcase_create("names");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 30);
	/* Only root can become somebody else, as the supervisor does. */
	if (!geteuid()) {
		tcase_add_test(tc, a_server_is_that_user_and_has_nothing_of_ours);
		tcase_add_test(tc, the_domains_socket_becomes_that_users_and_no_one_elses);
		tcase_add_test(tc, each_head_has_a_server_and_all_end_together);
		tcase_add_test(tc, one_that_ends_by_itself_leaves_the_others);
		tcase_add_test(tc, what_a_killed_mediator_left_is_replaced);
	}
	tcase_add_test(tc, without_a_user_there_is_none);
	tcase_add_test(names, root_nobody_knows_and_no_program_are_refused_by_name);
	if (!geteuid()) {
		tcase_add_test(tc, without_the_domains_socket_nothing_is_started);
	}
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, names);
	return test_run(suite);
}
