/* SPDX-License-Identifier: MIT */
/*
 * xengt-record on a vGPU that is served, and FFmpeg's own decoder on what it wrote.  The screen
 * counts: all bytes of a picture are its number, but for where a change was caught halfway.
 */
#define _GNU_SOURCE
#include "serving.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "common.h"
#include "test_run.h"

#define W_px	  256
#define H_px	  64
#define PICTURE_B (W_px * H_px * 4)
#define STEP	  10 /* from one picture to the next */
#define NOISE_B	  2000 /* less than a picture of noise in a file, more than all around it */

static struct serving w;
static pid_t worker, recorder;
static char file[80], said[80];

static void set_up(void)
{
	serving_open(&w);
	serving_show(&w);
	worker = serving_fork(&w);
	snprintf(file, sizeof(file), "%s/out.mkv", w.dir);
	snprintf(said, sizeof(said), "%s/said", w.dir);
}

static void tear_down(void)
{
	serving_end(&recorder, SIGKILL);
	serving_end(&worker, SIGKILL);
	unlink(file);
	unlink(said);
	serving_close(&w);
}

static void paint(unsigned value)
{
	for (gt_gma_t at = 0; at < PICTURE_B; at += GT_PAGE_SIZE) {
		memset(screen_mem(&w.s, w.s.base + at), (int)value, GT_PAGE_SIZE);
	}
}

/* Until the recorder has seen what is there: the file grows by it. */
static void wait_until_written(off_t above_B)
{
	struct stat st = { 0 };

	for (unsigned i = 0; i < 1000; i++) {
		if (!stat(file, &st) && st.st_size > above_B) {
			return;
		}
		sleep_ms(20);
	}
	ck_abort_msg("nothing was recorded");
}

static off_t file_B(void)
{
	struct stat st = { 0 };

	return stat(file, &st) ? 0 : st.st_size;
}

/* Shows noise, which no encoder makes small, and returns when it is in the file. */
static void start(const char *codec)
{
	for (gt_gma_t at = 0; at < PICTURE_B; at++) {
		*screen_mem(&w.s, w.s.base + at) = (uint8_t)(at * at * 2654435761u >> 13);
	}
	recorder = fork();
	if (!recorder) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!freopen(said, "w", stderr)) {
			_exit(126);
		}
		execl("./xengt-record", "xengt-record", "guest", "-o", file, "--codec", codec,
		      "--fps", "100", NULL);
		_exit(127);
	}
	wait_until_written(NOISE_B);
}

/*
 * What was recorded, decoded by the program ffmpeg: values[] of the pictures that are whole, equal
 * ones once.  -1 if there is no such program.
 */
static int decode(uint8_t *values, size_t max, unsigned *nr_pictures)
{
	static uint8_t picture[PICTURE_B];
	char command[200];
	size_t n = 0;
	FILE *f;

	if (system("ffmpeg -version >/dev/null 2>&1")) {
		return -1;
	}
	snprintf(command, sizeof(command),
		 "ffmpeg -v error -i %s -fps_mode passthrough -f rawvideo -pix_fmt bgr0 - "
		 "</dev/null",
		 file);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	for (*nr_pictures = 0; fread(picture, sizeof(picture), 1, f) == 1; ++*nr_pictures) {
		uint8_t v = picture[0];
		bool whole = true;

		for (size_t i = 0; i < sizeof(picture); i += 4) {
			whole &= picture[i] == v && picture[i + 1] == v && picture[i + 2] == v;
		}
		if (whole && (!n || values[n - 1] != v) && n < max) {
			values[n++] = v;
		}
	}
	ck_assert_int_eq(pclose(f), 0);
	return (int)n;
}

static void check_rising(const uint8_t *values, int n)
{
	for (int i = 1; i < n; i++) {
		ck_assert_uint_gt(values[i], values[i - 1]);
	}
}

START_TEST(every_picture_is_in_the_file_and_as_it_was)
{
	uint8_t values[64];
	unsigned nr_pictures, value = 0;
	char line[200] = "";
	FILE *f;
	int n;

	start("ffv1");
	for (unsigned i = 0; i < 10; i++) {
		off_t before_B = file_B();

		paint(value += STEP);
		wait_until_written(before_B);
	}
	ck_assert_int_eq(serving_end(&recorder, SIGINT), 0);
	f = fopen(said, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	fclose(f);
	n = decode(values, sizeof(values), &nr_pictures);
	if (n >= 0) {
		unsigned said_nr = (unsigned)strtoul(strchr(line, ':') + 1, NULL, 10);

		ck_assert_int_eq(n, 10);
		check_rising(values, n);
		ck_assert_uint_eq(values[0], STEP);
		ck_assert_uint_eq(values[9], value);
		/* the last one once more, for how long it was shown */
		ck_assert_uint_eq(nr_pictures, said_nr + 1);
	}
}
END_TEST

START_TEST(a_recording_that_is_killed_can_be_played)
{
	uint8_t values[64];
	unsigned nr_pictures, value = 0;
	int n;

	start("ffv1");
	for (unsigned i = 0; i < 5; i++) {
		off_t before_B = file_B();

		paint(value += STEP);
		wait_until_written(before_B);
	}
	serving_end(&recorder, SIGKILL);
	n = decode(values, sizeof(values), &nr_pictures);
	if (n >= 0) {
		ck_assert_int_eq(n, 5);
		check_rising(values, n);
		ck_assert_uint_eq(values[4], value);
	}
}
END_TEST

START_TEST(a_worker_that_is_replaced_does_not)
{
	unsigned nr_pictures;
	uint8_t values[64];
	off_t before_B;
	int n;

	start("ffv1");
	serving_end(&worker, SIGKILL);
	sleep_ms(200);
	before_B = file_B();
	paint(100);
	worker = serving_fork(&w);
	wait_until_written(before_B);
	ck_assert_int_eq(WEXITSTATUS(serving_end(&recorder, SIGINT)), EXIT_OK);
	n = decode(values, sizeof(values), &nr_pictures);
	if (n >= 0) {
		ck_assert_int_eq(n, 1);
		ck_assert_uint_eq(values[0], 100);
	}
}
END_TEST

START_TEST(a_worker_that_ends_ends_the_file)
{
	uint8_t values[64];
	unsigned nr_pictures;
	int n, status;

	start("mpeg4");
	unlink(w.path);
	serving_end(&worker, SIGKILL);
	status = serving_end(&recorder, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), EXIT_NO_VGPU);
	n = decode(values, sizeof(values), &nr_pictures);
	if (n >= 0) {
		ck_assert_uint_ge(nr_pictures, 1);
	}
}
END_TEST

static int run(const char *arguments)
{
	char command[200];
	int status;

	snprintf(command, sizeof(command), "./xengt-record %s >/dev/null 2>&1", arguments);
	status = system(command);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(what_cannot_be_recorded_has_its_status)
{
	char words[120];

	ck_assert_int_eq(run(""), EXIT_USAGE);
	ck_assert_int_eq(run("guest --fps 0"), EXIT_USAGE);
	ck_assert_int_eq(run("guest --duration never"), EXIT_USAGE);
	ck_assert_int_eq(run("guest -o /none/x.mkv"), EXIT_OUTPUT);
	ck_assert_int_eq(run("guest -o /dev/full -f matroska --duration 1"), EXIT_OUTPUT);
	snprintf(words, sizeof(words), "guest -o %s --codec nonsense", file);
	ck_assert_int_eq(run(words), EXIT_USAGE);
	snprintf(words, sizeof(words), "guest -o %s --format nonsense", file);
	ck_assert_int_eq(run(words), EXIT_USAGE);
	snprintf(words, sizeof(words), "guest -o %s --head 2", file);
	ck_assert_int_eq(run(words), EXIT_NO_PICTURE);
	snprintf(words, sizeof(words), "other -o %s", file);
	ck_assert_int_eq(run(words), EXIT_NO_VGPU);
}
END_TEST

START_TEST(each_container_and_encoder_takes_odd_sizes)
{
	static const char *const outputs[] = { "mkv", "mp4", "ts", "nut" };
	char words[200];

	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		snprintf(file, sizeof(file), "%s/out.%s", w.dir, outputs[i]);
		snprintf(words, sizeof(words), "guest -o %s --region 101x33+1+1 --duration 0.3",
			 file);
		ck_assert_int_eq(run(words), EXIT_OK);
		ck_assert_int_gt(file_B(), 200);
		unlink(file);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("video");
	TCase *tc = tcase_create("video");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_picture_is_in_the_file_and_as_it_was);
	tcase_add_test(tc, a_recording_that_is_killed_can_be_played);
	tcase_add_test(tc, a_worker_that_is_replaced_does_not);
	tcase_add_test(tc, a_worker_that_ends_ends_the_file);
	tcase_add_test(tc, what_cannot_be_recorded_has_its_status);
	tcase_add_test(tc, each_container_and_encoder_takes_odd_sizes);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
