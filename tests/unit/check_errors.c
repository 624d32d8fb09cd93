/* SPDX-License-Identifier: MIT */
/* What can go wrong between a tool and a domain: one sentence each, with the documented status. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "common.h"
#include "serving.h"
#include "test_run.h"

/* @ is the domain. */
static const char *const commands[] = {
	"./xengt-screenshot @ -o /dev/null",
	"./xengtctl stats @",
	"./xengtctl regs @",
	"./xengtctl monitor @",
	"./xengtctl monitor @ unplug 0",
	"./xengt-record @ -o none.mkv",
	"./xengt-view @",
	"./xengt-vnc @",
};

static struct serving w;
static pid_t server;
static char text[4096];

static void set_up(void)
{
	serving_open(&w);
	server = -1;
}

static void serve(void)
{
	server = serving_fork(&w);
}

static void stop_server(void)
{
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
		server = -1;
	}
}

static void tear_down(void)
{
	stop_server();
	serving_close(&w);
}

/* What @command says on standard error, in text[]; its exit status. */
static int run(const char *command)
{
	char line[512];

	ck_assert_int_lt(snprintf(line, sizeof(line), "{ %s; } 2>&1 >/dev/null", command),
			 (int)sizeof(line));
	return serving_run(line, text, sizeof(text));
}

/* That text[] is one line that has @words, and leads to the page if @points. */
static void check_sentence(const char *words, bool points)
{
	char *end = strchr(text, '\n');

	ck_assert_msg(end && !end[1], "not one line: %s", text);
	ck_assert_msg(strstr(text, words) != NULL, "no \"%s\": %s", words, text);
	ck_assert_msg(!!strstr(text, "/black-screen.md") == points, "%s", text);
}

/* Every tool that was built, started by @as: "" or a program that becomes somebody else. */
static void check_all_as(const char *as, const char *domain, int status, const char *words)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char command[128];
		const char *place = strchr(commands[i], '@');

		snprintf(command, sizeof(command), "%.*s", (int)strcspn(commands[i], " "),
			 commands[i]);
		if (access(command, X_OK)) {
			continue; /* it was not built */
		}
		snprintf(command, sizeof(command), "%stimeout 30 %.*s%s%s", as,
			 (int)(place - commands[i]), commands[i], domain, place + 1);
		ck_assert_msg(run(command) == status, "%s: %s", command, text);
		check_sentence(words, true);
		ck_assert_msg(access("none.mkv", F_OK), "a recording of nothing");
	}
}

static void check_all(const char *domain, int status, const char *words)
{
	check_all_as("", domain, status, words);
}

START_TEST(a_domain_without_a_vgpu_is_told_by_every_tool)
{
	serve();
	check_all("8", EXIT_NO_VGPU, "no domain \"8\" with a vGPU is running");
	check_all("other", EXIT_NO_VGPU, "no domain \"other\" with a vGPU is running");
}
END_TEST

START_TEST(a_socket_that_nobody_serves_is_told_by_every_tool)
{
	/* As a killed worker leaves it. */
	char path[80];

	snprintf(path, sizeof(path), "%s/9.sock", w.dir);
	close(serving_listen(path));
	check_all("9", EXIT_NO_VGPU, "the vGPU's worker is not running");
	unlink(path);
}
END_TEST

START_TEST(a_guest_without_a_mode_has_no_picture)
{
	serve();
	ck_assert_int_eq(run("./xengt-screenshot 7 -o /dev/null"), EXIT_NO_PICTURE);
	check_sentence("driver has not started", true);
	ck_assert_int_eq(run("./xengt-screenshot 7 --head 8 -o /dev/null"), EXIT_NO_PICTURE);
	check_sentence("no such head", true);
	if (!access("./xengt-record", X_OK)) {
		ck_assert_int_eq(run("./xengt-record 7 -o none.mkv"), EXIT_NO_PICTURE);
		check_sentence("driver has not started", true);
		ck_assert_int_ne(access("none.mkv", F_OK), 0);
	}
}
END_TEST

START_TEST(an_output_that_cannot_be_written_has_its_own_status)
{
	serving_show(&w);
	serve();
	ck_assert_int_eq(run("./xengt-screenshot 7 -o /none/x.png"), EXIT_OUTPUT);
	check_sentence("cannot write /none/x.png", false);
	if (!access("./xengt-record", X_OK)) {
		ck_assert_int_eq(run("./xengt-record 7 -o /none/x.mkv"), EXIT_OUTPUT);
		check_sentence("cannot write /none/x.mkv", false);
	}
	if (!access("./xengt-vnc", X_OK)) {
		ck_assert_int_eq(run("timeout 30 ./xengt-vnc 7 --unix /none/x"), EXIT_OUTPUT);
		check_sentence("cannot listen at /none/x", false);
	}
}
END_TEST

/* Root may look at anything: it becomes somebody else, who cannot enter the sockets' directory. */
#define AS_NOBODY "setpriv --reuid=65534 --regid=65534 --clear-groups "

START_TEST(who_may_not_look_is_told_so)
{
	const char *as = geteuid() ? "" : AS_NOBODY;
	char command[160];

	serve();
	snprintf(command, sizeof(command), "%s./xengtctl --help", as);
	if (run("./xengtctl list") || run(command)) {
		/* This directory is closed to others: they could not start the program. */
		return;
	}
	ck_assert_int_eq(chmod(w.dir, *as ? 0700 : 0), 0);
	check_all_as(as, "7", EXIT_PERMISSION, "permission denied");
	check_all_as(as, "guest", EXIT_PERMISSION, "permission denied");
	ck_assert_int_eq(chmod(w.dir, 0700), 0);
}
END_TEST

/* @format has a place for a file, which is there once the domain is looked at. */
static void check_death(const char *format)
{
	char path[80], command[160];
	pid_t killer;

	serve();
	snprintf(path, sizeof(path), "%s/seen.mkv", w.dir);
	killer = fork();
	if (!killer) {
		for (unsigned n = 0; n < 2000 && access(path, F_OK); n++) {
			usleep(10000);
		}
		/* As when the mediator ends: no other worker can be reached. */
		unlink(w.path);
		kill(server, SIGKILL);
		_exit(0);
	}
	snprintf(command, sizeof(command), format, path);
	ck_assert_msg(run(command) == EXIT_NO_VGPU, "%s: %s", command, text);
	check_sentence("has ended", true);
	waitpid(killer, NULL, 0);
	stop_server();
	unlink(path);
}

START_TEST(a_domain_that_dies_while_one_looks_is_told)
{
	serving_show(&w);
	check_death("timeout 30 ./xengt-screenshot 7 --format png --on-change -o %s");
}
END_TEST

START_TEST(a_domain_that_dies_while_it_is_recorded_is_told)
{
	if (!access("./xengt-record", X_OK)) {
		serving_show(&w);
		check_death("timeout 30 ./xengt-record 7 -o %s");
	}
}
END_TEST

START_TEST(a_recorder_gives_up_on_a_worker_that_is_silent)
{
	char command[160];

	if (!access("./xengt-record", X_OK)) {
		serving_show(&w);
		serve();
		ck_assert_int_eq(kill(server, SIGSTOP), 0);
		snprintf(command, sizeof(command), "timeout 30 ./xengt-record 7 -o %s/none.mkv",
			 w.dir);
		ck_assert_msg(run(command) == EXIT_NO_VGPU, "%s", text);
		check_sentence("does not answer", true);
		kill(server, SIGCONT);
	}
}
END_TEST

START_TEST(servers_that_start_together_leave_each_other_alone)
{
	static const char all[] =
		"for i in 1 2 3 4 5 6 7 8; do"
		" ./xengt-vnc guest --unix %s/vnc$i & pids=\"$pids $!\"; done;"
		"for i in 1 2 3 4 5 6 7 8; do n=0; until test -S %s/vnc$i; do"
		" sleep 0.1; n=$((n + 1)); test $n -lt 200 || exit 2; done; done;"
		"sleep 1; kill $pids || exit 3; for p in $pids; do wait $p || exit 4; done";
	char command[500];

	if (!access("./xengt-vnc", X_OK)) {
		serving_show(&w);
		serve();
		snprintf(command, sizeof(command), all, w.dir, w.dir);
		ck_assert_msg(!run(command), "%s", text);
	}
}
END_TEST

START_TEST(a_worker_that_stops_answering_is_told_after_ten_seconds)
{
	static const char together[] =
		"./xengtctl stats 7 >/dev/null & a=$!; ./xengtctl list & b=$!;"
		"./xengt-screenshot 7 -o none.png; s=$?;"
		"wait $a; t=$?; wait $b; echo $s $t $? >&2; test ! -e none.png";
	struct timespec from, to;
	unsigned nr = 0;

	serving_show(&w);
	serve();
	ck_assert_int_eq(kill(server, SIGSTOP), 0);
	clock_gettime(CLOCK_MONOTONIC, &from);
	ck_assert_int_eq(run(together), 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_ge(to.tv_sec - from.tv_sec, XENGT_TIMEOUT_MS / 1000 - 1);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 3 * XENGT_TIMEOUT_MS / 1000);
	for (char *at = text; (at = strstr(at, "7: the vGPU's worker does not")) != NULL; at++) {
		nr++;
	}
	ck_assert_msg(nr == 3, "%s", text);
	/* A list goes on without the one that is silent. */
	ck_assert_msg(strstr(text, "\n3 3 0\n") != NULL, "%s", text);
	kill(server, SIGCONT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("errors");
	TCase *tc = tcase_create("errors");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_domain_without_a_vgpu_is_told_by_every_tool);
	tcase_add_test(tc, a_socket_that_nobody_serves_is_told_by_every_tool);
	tcase_add_test(tc, a_guest_without_a_mode_has_no_picture);
	tcase_add_test(tc, an_output_that_cannot_be_written_has_its_own_status);
	tcase_add_test(tc, who_may_not_look_is_told_so);
	tcase_add_test(tc, a_recorder_gives_up_on_a_worker_that_is_silent);
	tcase_add_test(tc, servers_that_start_together_leave_each_other_alone);
	tcase_add_test(tc, a_worker_that_stops_answering_is_told_after_ten_seconds);
	tcase_add_test(tc, a_domain_that_dies_while_one_looks_is_told);
	tcase_add_test(tc, a_domain_that_dies_while_it_is_recorded_is_told);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
