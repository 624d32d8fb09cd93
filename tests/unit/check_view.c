/* SPDX-License-Identifier: MIT */
/*
 * xengt-view on a vGPU that is served, on the screen of an X server without a display (Xvfb), whose
 * framebuffer is a file; used through xdotool.  Does nothing where there are no such programs.
 */
#define _GNU_SOURCE
#include "serving.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <check.h>
#include <linux/input-event-codes.h>

#include "common.h"
#include "test_run.h"
#include "xengt/input.h"

#define W_px	    256
#define H_px	    64
#define PATIENCE_ms 20000

static struct serving w;
static pid_t worker, viewer, xserver;
static char display[16], fb_path[64];

/* The X server's framebuffer, in xwd's form: a header of big-endian words, then pixels. */
static const uint32_t *screen_pixels;
static uint32_t screen_w_px, screen_h_px;
static const uint8_t *fb;
static size_t fb_B;

static bool has_programs(void)
{
	return !system("command -v Xvfb >/dev/null && command -v xdotool >/dev/null");
}

static void start_xserver(void)
{
	int fds[2];
	char number[8] = "";
	FILE *f;

	ck_assert_int_eq(pipe(fds), 0);
	xserver = fork();
	if (!xserver) {
		char fd[8];

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		snprintf(fd, sizeof(fd), "%d", fds[1]);
		close(fds[0]);
		if (!freopen("/dev/null", "w", stderr)) {
			_exit(126);
		}
		execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", "800x600x24", "-fbdir",
		       w.dir, "-nolisten", "tcp", "-nocursor", "-noreset", NULL);
		_exit(127);
	}
	close(fds[1]);
	/* it dies if it cannot write all of it */
	f = fdopen(fds[0], "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(number, sizeof(number), f));
	fclose(f);
	snprintf(display, sizeof(display), ":%d", atoi(number));
	setenv("DISPLAY", display, 1);
}

static void map_framebuffer(void)
{
	struct stat st;
	int fd;

	snprintf(fb_path, sizeof(fb_path), "%s/Xvfb_screen0", w.dir);
	fd = open(fb_path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	fb_B = (size_t)st.st_size;
	fb = mmap(NULL, fb_B, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(fb, MAP_FAILED);
	close(fd);
	screen_w_px = ntohl(((const uint32_t *)(const void *)fb)[4]);
	screen_h_px = ntohl(((const uint32_t *)(const void *)fb)[5]);
	screen_pixels = (const uint32_t *)(const void *)(fb + fb_B -
							  (size_t)screen_w_px * screen_h_px * 4);
}

static void set_up(void)
{
	serving_open(&w);
	serving_take_input(&w);
	serving_show(&w);
	worker = serving_fork(&w);
	start_xserver();
	map_framebuffer();
	viewer = fork();
	if (!viewer) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("SDL_VIDEODRIVER", "x11", 1);
		/* What libraries of the window system leave behind in its last moment is theirs. */
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
		execl("./xengt-view", "xengt-view", "guest", NULL);
		_exit(127);
	}
}

static void tear_down(void)
{
	serving_end(&viewer, SIGKILL);
	serving_end(&xserver, SIGTERM);
	serving_end(&worker, SIGKILL);
	munmap((void *)(uintptr_t)fb, fb_B);
	unlink(fb_path);
	serving_close(&w);
}

static bool is_picture_at(uint32_t x, uint32_t y, unsigned add)
{
	for (uint32_t row = 0; row < H_px; row++) {
		const uint32_t *p = &screen_pixels[(y + row) * screen_w_px + x];

		for (uint32_t i = 0; i < W_px; i++) {
			if ((p[i] & 0xffffff) != ((i + add) & 0xff) * 0x010101u) {
				return false;
			}
		}
	}
	return true;
}

/* Where on the screen the picture is, each of its bytes being its column plus @add. */
static void find_picture(unsigned add, uint32_t *x_px, uint32_t *y_px)
{
	for (unsigned i = 0; i < PATIENCE_ms / 50; i++) {
		for (uint32_t y = 0; y + H_px <= screen_h_px; y++) {
			for (uint32_t x = 0; x + W_px <= screen_w_px; x++) {
				if (is_picture_at(x, y, add)) {
					*x_px = x;
					*y_px = y;
					return;
				}
			}
		}
		sleep_ms(50);
	}
	ck_abort_msg("the window never shows the guest's picture");
}

static void xdo(const char *fmt, unsigned a, unsigned b)
{
	char words[160], command[200];

	/* fmt is a literal of this file's */
	snprintf(words, sizeof(words), fmt, a, b);
	snprintf(command, sizeof(command), "xdotool %s >/dev/null 2>&1", words);
	ck_assert_int_eq(system(command), 0);
}

/* The next event that reaches the guest, motion of the pointer left out if @motion is false. */
static struct xengt_input_event next(bool motion)
{
	static struct gt_input in;
	static uint32_t at;

	for (;;) {
		struct pollfd p = { w.input_fd, POLLIN, 0 };

		if (at == in.in.nr) {
			ck_assert_int_eq(poll(&p, 1, PATIENCE_ms), 1);
			ck_assert_int_eq(recv(w.input_fd, &in, sizeof(in), 0), sizeof(in));
			ck_assert(gt_input_is_valid(&in.in));
			at = 0;
		}
		at++;
		if (motion || in.in.event[at - 1].type != XENGT_INPUT_POINTER) {
			return in.in.event[at - 1];
		}
	}
}

static void next_key_is(unsigned code, bool down)
{
	struct xengt_input_event e = next(false);

	ck_assert_uint_eq(e.type, XENGT_INPUT_KEY);
	ck_assert_uint_eq(e.code, code);
	ck_assert_int_eq(e.x, down);
}

START_TEST(the_window_shows_the_picture_and_what_changes_in_it)
{
	uint32_t x, y;

	find_picture(0, &x, &y);
	for (gt_gma_t i = 0; i < W_px * H_px * 4; i++) {
		*screen_mem(&w.s, w.s.base + i) = (uint8_t)(i % 4 == 3 ? 0 : i / 4 + 100);
	}
	find_picture(100, &x, &y);
}
END_TEST

START_TEST(keys_and_pointer_reach_the_guest)
{
	struct xengt_input_event e;
	uint32_t x, y;

	find_picture(0, &x, &y);
	/* without a window manager the pointer says who has the keyboard */
	xdo("mousemove %u %u", x + W_px / 2, y + H_px / 2);
	xdo("search --name guest windowfocus", 0, 0);
	xdo("key a", 0, 0);
	next_key_is(KEY_A, true);
	next_key_is(KEY_A, false);
	xdo("key F5", 0, 0);
	next_key_is(KEY_F5, true);
	next_key_is(KEY_F5, false);
	xdo("mousemove %u %u click 3", x + W_px - 1, y);
	do {
		e = next(true);
	} while (e.type == XENGT_INPUT_POINTER && (e.x != XENGT_INPUT_MAX || e.y));
	ck_assert_uint_eq(e.type, XENGT_INPUT_POINTER);
	next_key_is(BTN_RIGHT, true);
	next_key_is(BTN_RIGHT, false);
	xdo("click 4", 0, 0);
	e = next(false);
	ck_assert_uint_eq(e.type, XENGT_INPUT_WHEEL);
	ck_assert_int_eq(e.y, 1);
}
END_TEST

START_TEST(its_own_keys_end_it)
{
	uint32_t x, y;
	int status;

	find_picture(0, &x, &y);
	xdo("mousemove %u %u", x + 1, y + 1);
	xdo("search --name guest windowfocus", 0, 0);
	xdo("key ctrl+alt+q", 0, 0);
	status = serving_end(&viewer, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), EXIT_OK);
}
END_TEST

START_TEST(a_domain_that_goes_and_comes_back_is_shown_again)
{
	uint32_t x, y;

	find_picture(0, &x, &y);
	serving_end(&worker, SIGKILL);
	sleep_ms(1500);
	for (gt_gma_t i = 0; i < W_px * H_px * 4; i++) {
		*screen_mem(&w.s, w.s.base + i) = (uint8_t)(i % 4 == 3 ? 0 : i / 4 + 50);
	}
	worker = serving_fork(&w);
	find_picture(50, &x, &y);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("view");
	TCase *tc = tcase_create("view");

	if (!has_programs()) {
		puts("Xvfb and xdotool are needed");
		return 77;
	}
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_window_shows_the_picture_and_what_changes_in_it);
	tcase_add_test(tc, keys_and_pointer_reach_the_guest);
	tcase_add_test(tc, its_own_keys_end_it);
	tcase_add_test(tc, a_domain_that_goes_and_comes_back_is_shown_again);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
