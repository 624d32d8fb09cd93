/* SPDX-License-Identifier: MIT */
/* xengt-vnc between a vGPU that is served and a VNC client that says each byte itself. */
#define _GNU_SOURCE
#include "config.h"

#include "vnc_served.h"

#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <check.h>
#include <linux/input-event-codes.h>

#include "rfb.h"
#include "test_run.h"
#include "xengt/client.h"
#include "xengt/input.h"

/* What an allocator may keep of 200 clients: less than 10 kB of each would show. */
#define RSS_SLACK_kB 2048

static int join_a_screen_of(unsigned w_px, unsigned h_px)
{
	static const char raw_and_size[] = { 2, 0, 0, 2, 0, 0, 0, 0, -1, -1, -1, 0x21 };

	return served_join(w_px, h_px, raw_and_size, sizeof(raw_and_size));
}

static int join(void)
{
	return join_a_screen_of(256, 64);
}

/* One update, into @pixels; how many pixels it had. */
static unsigned update(int fd, uint32_t pixels[64][256])
{
	unsigned nr_px = 0, nr;
	char head[2];

	rfb_get(fd, head, 2);
	ck_assert_int_eq(head[0], 0);
	nr = rfb_get16(fd);
	for (unsigned i = 0; i < nr; i++) {
		unsigned x = rfb_get16(fd), y = rfb_get16(fd);
		unsigned width = rfb_get16(fd), height = rfb_get16(fd);

		ck_assert_uint_eq(rfb_get32(fd), 0);
		ck_assert(x + width <= 256 && y + height <= 64);
		for (unsigned row = y; row < y + height; row++) {
			rfb_get(fd, &pixels[row][x], width * 4u);
		}
		nr_px += width * height;
	}
	return nr_px;
}

static bool is_the_guests(uint32_t pixels[64][256])
{
	for (unsigned y = 0; y < 64; y++) {
		for (unsigned x = 0; x < 256; x++) {
			if ((pixels[y][x] & 0xffffff) != x * 0x010101u) {
				return false;
			}
		}
	}
	return true;
}

static void see_the_guest(int fd)
{
	static uint32_t pixels[64][256];
	const unsigned char ask[] = { 3, 0, 0, 0, 0, 0, 1, 0, 0, 64 };

	memset(pixels, 0xff, sizeof(pixels));
	for (unsigned i = 0; i < 10; i++) {
		const unsigned char more[] = { 3, i > 0, 0, 0, 0, 0, 1, 0, 0, 64 };

		rfb_put(fd, i ? more : ask, sizeof(ask));
		update(fd, pixels);
		if (is_the_guests(pixels)) {
			return;
		}
	}
	ck_abort_msg("the guest's pixels never came");
}

/* A client whose first choice is @encoding, in each pixel format; something has to come of it. */
static void see_something_by(int32_t encoding, const unsigned char format[20])
{
	const unsigned char ask[] = { 3, 0, 0, 0, 0, 0, 1, 0, 0, 64 };
	unsigned char choice[] = { 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0 };
	unsigned char b[4096];
	int fd = join();

	for (unsigned i = 0; i < 4; i++) {
		choice[4 + i] = (unsigned char)((uint32_t)encoding >> (24 - 8 * i));
	}
	rfb_put(fd, format, 20);
	rfb_put(fd, choice, sizeof(choice));
	rfb_put(fd, ask, sizeof(ask));
	rfb_get(fd, b, 16);
	close(fd);
}

START_TEST(every_encoding_can_be_the_first_choice)
{
	static const int32_t encodings[] = { 0, 1, 2, 5, 6, 7, 16, -223, -239, -240 };
	static const unsigned char formats[][20] = {
		{ 0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0 },
		{ 0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16 },
		{ 0, 0, 0, 0, 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0 },
	};

	for (size_t f = 0; f < GT_ARRAY_SIZE(formats); f++) {
		for (size_t i = 0; i < GT_ARRAY_SIZE(encodings); i++) {
			int fd;

			see_something_by(encodings[i], formats[f]);
			fd = join();
			see_the_guest(fd);
			close(fd);
		}
	}
}
END_TEST

/* The next event that reaches the guest. */
static struct xengt_input_event next(void)
{
	static struct gt_input in;
	static uint32_t at;
	struct pollfd p = { served.w.input_fd, POLLIN, 0 };

	if (at == in.in.nr) {
		ck_assert_int_eq(poll(&p, 1, RFB_PATIENCE_ms), 1);
		ck_assert_int_eq(recv(served.w.input_fd, &in, sizeof(in), 0), sizeof(in));
		ck_assert(gt_input_is_valid(&in.in));
		at = 0;
	}
	return in.in.event[at++];
}

static void next_is(unsigned type, unsigned code, int x, int y)
{
	struct xengt_input_event e = next();

	ck_assert_uint_eq(e.type, type);
	ck_assert_uint_eq(e.code, code);
	ck_assert_int_eq(e.x, x);
	ck_assert_int_eq(e.y, y);
}

START_TEST(a_client_sees_the_guests_pixels)
{
	int fd = join();

	see_the_guest(fd);
	close(fd);
}
END_TEST

START_TEST(keys_and_pointer_reach_the_guest_and_go_up_with_their_client)
{
	static const unsigned char down_a[] = { 4, 1, 0, 0, 0, 0, 0, 'A' };
	static const unsigned char up_a[] = { 4, 0, 0, 0, 0, 0, 0, 'A' };
	static const unsigned char down_shift[] = { 4, 1, 0, 0, 0, 0, 0xff, 0xe1 };
	static const unsigned char drag[] = { 5, 1, 0, 255, 0, 0 };
	static const unsigned char wheel[] = { 5, 9, 0, 255, 0, 63 };
	static const unsigned char cut[] = { 6, 0, 0, 0, 0, 0, 0, 3, 4, 4, 4 };
	int fd = join();

	see_the_guest(fd);
	rfb_put(fd, cut, sizeof(cut));
	rfb_put(fd, down_shift, sizeof(down_shift));
	rfb_put(fd, down_a, sizeof(down_a));
	rfb_put(fd, up_a, sizeof(up_a));
	next_is(XENGT_INPUT_KEY, KEY_LEFTSHIFT, 1, 0);
	next_is(XENGT_INPUT_KEY, KEY_A, 1, 0);
	next_is(XENGT_INPUT_KEY, KEY_A, 0, 0);
	rfb_put(fd, drag, sizeof(drag));
	next_is(XENGT_INPUT_POINTER, 0, XENGT_INPUT_MAX, 0);
	next_is(XENGT_INPUT_KEY, BTN_LEFT, 1, 0);
	rfb_put(fd, wheel, sizeof(wheel));
	next_is(XENGT_INPUT_POINTER, 0, XENGT_INPUT_MAX, XENGT_INPUT_MAX);
	next_is(XENGT_INPUT_WHEEL, 0, 0, 1);
	close(fd);
	next_is(XENGT_INPUT_KEY, KEY_LEFTSHIFT, 0, 0);
	next_is(XENGT_INPUT_KEY, BTN_LEFT, 0, 0);
}
END_TEST

START_TEST(garbage_and_clients_that_vanish_disturb_nobody)
{
	int good = join();
	char noise[4096];

	srand(5);
	for (unsigned i = 0; i < 20; i++) {
		int fd = i % 2 ? served_connect() : join();

		for (size_t n = 0; n < sizeof(noise); n++) {
			noise[n] = (char)rand();
		}
		send(fd, noise, sizeof(noise), MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
	}
	see_the_guest(good);
	close(good);
	ck_assert_int_eq(serving_end(&served.vnc, SIGTERM), 0);
	ck_assert_int_eq(access(served.path, F_OK), -1);
}
END_TEST

/* Descriptors that the server has open. */
static size_t nr_fds(void)
{
	char name[64];
	glob_t g;
	size_t nr;

	snprintf(name, sizeof(name), "/proc/%d/fd/*", (int)served.vnc);
	nr = glob(name, 0, NULL, &g) ? 0 : g.gl_pathc;
	if (nr) {
		globfree(&g);
	}
	return nr;
}

static size_t rss_kB(void)
{
	char line[128];
	size_t kB = 0;
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/status", (int)served.vnc);
	f = fopen(line, "r");
	ck_assert_ptr_nonnull(f);
	while (!kB && fgets(line, sizeof(line), f)) {
		sscanf(line, "VmRSS: %zu kB", &kB);
	}
	fclose(f);
	return kB;
}

/* One that asks for whole pictures and reads none, one that is gone in the middle of a word, one
 * that sends noise, one that never says a word. */
static void misbehave(void)
{
	static const unsigned char ask[] = { 3, 0, 0, 0, 0, 0, 1, 0, 0, 64 };
	int slow = join(), vanishing = join(), noisy = join(), silent = served_connect();
	char noise[4096];

	for (unsigned i = 0; i < 100; i++) {
		send(slow, ask, sizeof(ask), MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	rfb_put(vanishing, ask, 4);
	for (size_t n = 0; n < sizeof(noise); n++) {
		noise[n] = (char)rand();
	}
	send(noisy, noise, sizeof(noise), MSG_NOSIGNAL | MSG_DONTWAIT);
	close(vanishing);
	close(noisy);
	close(silent);
	close(slow);
}

/* The server's descriptors, once they are as few as @nr or patience is at an end. */
static size_t settled_fds(size_t nr)
{
	const struct timespec t = { .tv_nsec = 20000000 };

	for (unsigned i = 0; i < RFB_PATIENCE_ms / 20 && nr_fds() > nr; i++) {
		nanosleep(&t, NULL);
	}
	return nr_fds();
}

/* The server's connection for input is there from the first event on, and is no leak. */
static void point(int client)
{
	static const unsigned char event[] = { 5, 0, 0, 1, 0, 1 };
	const struct timespec t = { .tv_nsec = 20000000 };
	size_t before = nr_fds();

	rfb_put(client, event, sizeof(event));
	for (unsigned i = 0; i < RFB_PATIENCE_ms / 20 && nr_fds() == before; i++) {
		nanosleep(&t, NULL);
	}
}

/* How long the crowd goes on: XENGT_SOAK_s in the environment, for one who has an hour. */
static unsigned soak_s(void)
{
	const char *s = getenv("XENGT_SOAK_s");

	return s ? (unsigned)atoi(s) : 0;
}

/* A round of the crowd; when it goes on for long there is time between, and word every minute. */
static void crowd_round(unsigned i, int good)
{
	const struct timespec pause = { .tv_nsec = 200000000 };

	misbehave();
	see_the_guest(good);
	if (soak_s()) {
		nanosleep(&pause, NULL);
		if (i % 300 == 0) {
			fprintf(stderr, "round %u: %zu kB, %zu descriptors\n", i, rss_kB(),
				nr_fds());
		}
	}
}

START_TEST(ten_clients_see_it_beside_rude_ones_and_the_server_does_not_grow)
{
	time_t end = time(NULL) + soak_s();
	size_t fds, before_kB;
	int good[10];

	srand(6);
	for (size_t i = 0; i < GT_ARRAY_SIZE(good); i++) {
		good[i] = join();
		see_the_guest(good[i]);
	}
	point(good[0]);
	fds = nr_fds();
	ck_assert_uint_ge(fds, GT_ARRAY_SIZE(good));
	for (unsigned i = 0; i < 10; i++) {
		misbehave();
	}
	ck_assert_uint_le(settled_fds(fds), fds);
	before_kB = rss_kB();
	for (unsigned i = 0; i < 50 || time(NULL) < end; i++) {
		crowd_round(i, good[i % GT_ARRAY_SIZE(good)]);
	}
	ck_assert_uint_le(settled_fds(fds), fds);
	ck_assert_uint_le(rss_kB(), before_kB + RSS_SLACK_kB);
	for (size_t i = 0; i < GT_ARRAY_SIZE(good); i++) {
		see_the_guest(good[i]);
		close(good[i]);
	}
}
END_TEST

/* Directories that servers of this user have for themselves. */
static size_t nr_inner(void)
{
	glob_t g;
	size_t nr = glob("/tmp/xengt-vnc.??????", 0, NULL, &g) ? 0 : g.gl_pathc;

	if (nr) {
		globfree(&g);
	}
	return nr;
}

START_TEST(what_a_killed_server_left_is_gone_with_the_next)
{
	size_t nr;
	int fd = join();

	nr = nr_inner();
	close(fd);
	serving_end(&served.vnc, SIGKILL);
	ck_assert_int_eq(access(served.path, F_OK), 0);
	served_start_vnc();
	fd = join();
	see_the_guest(fd);
	ck_assert_uint_eq(nr_inner(), nr);
	close(fd);
}
END_TEST

/* The guest's screen is of 128x32 from now on; another worker says so. */
static void change_mode(void)
{
	struct screen_plane p = { .ctl = 0x84042000, .stride = 16, .size = 31u << 16 | 127u,
				  .surf = (uint32_t)served.w.s.base };

	serving_end(&served.worker, SIGKILL);
	screen_mode(&served.w.s, 128, 32);
	screen_plane(&served.w.s, 0, &p);
	screen_vblank(&served.w.s);
	served.worker = serving_fork(&served.w);
}

/* Whether the server has hung up; what it still said before is read. */
static bool is_ended(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char some[4096];

	while (poll(&p, 1, RFB_PATIENCE_ms) == 1) {
		if (recv(fd, some, sizeof(some), 0) <= 0) {
			return true;
		}
	}
	return false;
}

START_TEST(a_mode_that_was_set_while_nobody_looked_is_what_a_client_is_told)
{
	static uint32_t pixels[64][256];
	const unsigned char ask[] = { 3, 0, 0, 0, 0, 0, 0, 128, 0, 32 };
	int fd = join();
	size_t fds;

	see_the_guest(fd);
	fds = nr_fds() - 3; /* without the client's own, and the two between gate and server */
	close(fd);
	ck_assert_uint_le(settled_fds(fds), fds);
	change_mode();
	fd = join_a_screen_of(128, 32);
	rfb_put(fd, ask, sizeof(ask));
	ck_assert_uint_eq(update(fd, pixels), 128 * 32);
	close(fd);
}
END_TEST

START_TEST(a_mode_set_meanwhile_ends_whom_the_server_could_not_tell_and_nobody_else)
{
	static uint32_t pixels[64][256];
	static const char raw[] = { 2, 0, 0, 1, 0, 0, 0, 0 };
	const unsigned char more[] = { 3, 1, 0, 0, 0, 0, 1, 0, 0, 64 };
	const unsigned char ask[] = { 3, 0, 0, 0, 0, 0, 0, 128, 0, 32 };
	unsigned char head[16];
	int good = join(), never_asked = join();
	int of_one_size = served_join(256, 64, raw, sizeof(raw)), late;

	see_the_guest(good);
	see_the_guest(of_one_size);
	rfb_put(good, more, sizeof(more));
	change_mode();
	ck_assert(is_ended(never_asked));
	ck_assert(is_ended(of_one_size));
	rfb_get(good, head, sizeof(head));
	ck_assert_mem_eq(head + 8, "\0\x80\0\x20\xff\xff\xff\x21", 8); /* 128x32, DesktopSize */
	rfb_put(good, ask, sizeof(ask));
	ck_assert_uint_eq(update(good, pixels), 128 * 32);
	late = join_a_screen_of(128, 32);
	rfb_put(late, ask, sizeof(ask));
	ck_assert_uint_eq(update(late, pixels), 128 * 32);
	close(never_asked);
	close(of_one_size);
	close(late);
	close(good);
}
END_TEST

START_TEST(a_clients_size_becomes_the_monitors)
{
	static const unsigned char size[] = { 251, 0, 5, 0, 2, 208, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					      5, 0, 2, 208, 0, 0, 0, 0 };
	static const unsigned char silly[] = { 251, 0, 255, 255, 255, 255, 0, 0 };
	const struct timespec t = { .tv_nsec = 20000000 };
	struct xengt_client *c;
	bool has_it = false;
	int fd = join();

	see_the_guest(fd);
	rfb_put(fd, silly, sizeof(silly));
	rfb_put(fd, size, sizeof(size));
	ck_assert_int_eq(xengt_connect("guest", &c), 0);
	for (unsigned i = 0; i < RFB_PATIENCE_ms / 20 && !has_it; i++) {
		char *text;

		ck_assert_int_eq(xengt_monitors(c, &text), 0);
		has_it = strstr(text, "1280x720@60");
		free(text);
		nanosleep(&t, NULL);
	}
	ck_assert(has_it);
	xengt_disconnect(c);
	see_the_guest(fd);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vnc");
	TCase *t = tcase_create("served");

	tcase_add_checked_fixture(t, served_set_up, served_tear_down);
	tcase_set_timeout(t, 60 + soak_s());
	tcase_add_test(t, a_client_sees_the_guests_pixels);
	tcase_add_test(t, keys_and_pointer_reach_the_guest_and_go_up_with_their_client);
	tcase_add_test(t, garbage_and_clients_that_vanish_disturb_nobody);
	tcase_add_test(t, ten_clients_see_it_beside_rude_ones_and_the_server_does_not_grow);
	tcase_add_test(t, what_a_killed_server_left_is_gone_with_the_next);
	tcase_add_test(t, every_encoding_can_be_the_first_choice);
	tcase_add_test(t, a_mode_that_was_set_while_nobody_looked_is_what_a_client_is_told);
	tcase_add_test(t, a_mode_set_meanwhile_ends_whom_the_server_could_not_tell_and_nobody_else);
	tcase_add_test(t, a_clients_size_becomes_the_monitors);
	suite_add_tcase(s, t);
	return test_run(s);
}
