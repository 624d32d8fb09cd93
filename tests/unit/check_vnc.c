/* SPDX-License-Identifier: MIT */
/* xengt-vnc between a vGPU that is served and a VNC client that says each byte itself. */
#define _GNU_SOURCE
#include "serving.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <check.h>
#include <linux/input-event-codes.h>

#include "test_run.h"
#include "vnc_gate.h"
#include "vnc_keys.h"
#include "xengt/input.h"

#define PATIENCE_ms 20000

static struct serving w;
static pid_t worker, vnc;
static char path[80];

static void set_up(void)
{
	serving_open(&w);
	serving_take_input(&w);
	serving_show(&w);
	worker = serving_fork(&w);
	snprintf(path, sizeof(path), "%s/vnc", w.dir);
	vnc = fork();
	if (!vnc) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("./xengt-vnc", "xengt-vnc", "guest", "--unix", path, NULL);
		_exit(127);
	}
}

static int end_of(pid_t *pid, int sig)
{
	int status = -1;

	if (*pid) {
		kill(*pid, sig);
		waitpid(*pid, &status, 0);
		*pid = 0;
	}
	return status;
}

static void tear_down(void)
{
	end_of(&vnc, SIGTERM);
	end_of(&worker, SIGKILL);
	serving_close(&w);
}

static int try_connect(void)
{
	const struct timespec t = { .tv_nsec = 20000000 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, path);
	for (unsigned i = 0; i < PATIENCE_ms / 20; i++) {
		if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
			return fd;
		}
		nanosleep(&t, NULL);
	}
	ck_abort_msg("xengt-vnc does not listen");
	return -1;
}

static void get(int fd, void *to, size_t size_B)
{
	for (size_t at = 0; at < size_B;) {
		struct pollfd p = { fd, POLLIN, 0 };
		ssize_t n;

		ck_assert_int_eq(poll(&p, 1, PATIENCE_ms), 1);
		n = recv(fd, (char *)to + at, size_B - at, 0);
		ck_assert_int_gt(n, 0);
		at += (size_t)n;
	}
}

static void put(int fd, const void *from, size_t size_B)
{
	ck_assert_int_eq(send(fd, from, size_B, MSG_NOSIGNAL), size_B);
}

static unsigned get16(int fd)
{
	uint16_t v;

	get(fd, &v, 2);
	return ntohs(v);
}

static uint32_t get32(int fd)
{
	uint32_t v;

	get(fd, &v, 4);
	return ntohl(v);
}

/* RFC 6143, 7.1 and 7.3: version, no security, shared; the server's size and name. */
static int join(void)
{
	static const char encodings[] = { 2, 0, 0, 2, 0, 0, 0, 0, (char)0xff, (char)0xff,
					  (char)0xff, 0x21 }; /* raw; DesktopSize */
	unsigned char b[64];
	int fd = try_connect();

	get(fd, b, 12);
	put(fd, "RFB 003.008\n", 12);
	get(fd, b, 1);
	get(fd, b + 1, b[0]);
	ck_assert_int_eq(b[1], 1);
	put(fd, "\1", 1);
	ck_assert_uint_eq(get32(fd), 0);
	put(fd, "\1", 1);
	ck_assert_uint_eq(get16(fd), 256);
	ck_assert_uint_eq(get16(fd), 64);
	get(fd, b, 16);
	ck_assert_uint_eq(get32(fd), 5);
	get(fd, b, 5);
	ck_assert(!memcmp(b, "guest", 5));
	put(fd, encodings, sizeof(encodings));
	return fd;
}

/* One update, into @pixels; how many pixels it had. */
static unsigned update(int fd, uint32_t pixels[64][256])
{
	unsigned nr_px = 0, nr;
	char head[2];

	get(fd, head, 2);
	ck_assert_int_eq(head[0], 0);
	nr = get16(fd);
	for (unsigned i = 0; i < nr; i++) {
		unsigned x = get16(fd), y = get16(fd), width = get16(fd), height = get16(fd);

		ck_assert_uint_eq(get32(fd), 0);
		ck_assert(x + width <= 256 && y + height <= 64);
		for (unsigned row = y; row < y + height; row++) {
			get(fd, &pixels[row][x], width * 4u);
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

		put(fd, i ? more : ask, sizeof(ask));
		update(fd, pixels);
		if (is_the_guests(pixels)) {
			return;
		}
	}
	ck_abort_msg("the guest's pixels never came");
}

/* The next event that reaches the guest. */
static struct xengt_input_event next(void)
{
	static struct gt_input in;
	static uint32_t at;
	struct pollfd p = { w.input_fd, POLLIN, 0 };

	if (at == in.in.nr) {
		ck_assert_int_eq(poll(&p, 1, PATIENCE_ms), 1);
		ck_assert_int_eq(recv(w.input_fd, &in, sizeof(in), 0), sizeof(in));
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
	put(fd, cut, sizeof(cut));
	put(fd, down_shift, sizeof(down_shift));
	put(fd, down_a, sizeof(down_a));
	put(fd, up_a, sizeof(up_a));
	next_is(XENGT_INPUT_KEY, KEY_LEFTSHIFT, 1, 0);
	next_is(XENGT_INPUT_KEY, KEY_A, 1, 0);
	next_is(XENGT_INPUT_KEY, KEY_A, 0, 0);
	put(fd, drag, sizeof(drag));
	next_is(XENGT_INPUT_POINTER, 0, XENGT_INPUT_MAX, 0);
	next_is(XENGT_INPUT_KEY, BTN_LEFT, 1, 0);
	put(fd, wheel, sizeof(wheel));
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
		int fd = i % 2 ? try_connect() : join();

		for (size_t n = 0; n < sizeof(noise); n++) {
			noise[n] = (char)rand();
		}
		send(fd, noise, sizeof(noise), MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
	}
	see_the_guest(good);
	close(good);
	ck_assert_int_eq(end_of(&vnc, SIGTERM), 0);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(fences_are_kept_from_the_server)
{
	unsigned char b[] = { 2, 0, 0, 3, 0xff, 0xff, 0xfe, 0xc8, 0, 0, 0, 5,
			      0xff, 0xff, 0xfe, 0xc7 };
	static const unsigned char kept[] = { 2, 0, 0, 1, 0, 0, 0, 5 };
	struct vnc_message msg;

	ck_assert_int_eq(vnc_gate_parse(3, b, sizeof(b) - 1, &msg), 0);
	ck_assert_int_eq(vnc_gate_parse(3, b, sizeof(b), &msg), 1);
	ck_assert_uint_eq(msg.size_B, sizeof(b));
	ck_assert_uint_eq(msg.pass_B, sizeof(kept));
	ck_assert_mem_eq(b, kept, sizeof(kept));
}
END_TEST

START_TEST(signs_lie_where_a_us_keyboard_has_them)
{
	static const struct {
		uint32_t keysym;
		unsigned code;
	} keys[] = {
		{ 'a', KEY_A }, { 'Z', KEY_Z }, { '1', KEY_1 }, { '!', KEY_1 }, { '=', KEY_EQUAL },
		{ '}', KEY_RIGHTBRACE }, { '~', KEY_GRAVE }, { '\\', KEY_BACKSLASH },
		{ '?', KEY_SLASH }, { ' ', KEY_SPACE }, { 0xff0d, KEY_ENTER }, { 0xffbe, KEY_F1 },
		{ 0xffc7, KEY_F10 }, { 0xffc9, KEY_F12 }, { 0, 0 }, { 0xe9, 0 }, { 0xffffffff, 0 },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(keys); i++) {
		ck_assert_uint_eq(vnc_key_of_keysym(keys[i].keysym), keys[i].code);
	}
	for (uint32_t sign = ' '; sign < 0x7f; sign++) {
		ck_assert_uint_ne(vnc_key_of_keysym(sign), 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vnc");
	TCase *t = tcase_create("served");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_client_sees_the_guests_pixels);
	tcase_add_test(t, keys_and_pointer_reach_the_guest_and_go_up_with_their_client);
	tcase_add_test(t, garbage_and_clients_that_vanish_disturb_nobody);
	suite_add_tcase(s, t);
	t = tcase_create("keys");
	tcase_add_test(t, fences_are_kept_from_the_server);
	tcase_add_test(t, signs_lie_where_a_us_keyboard_has_them);
	suite_add_tcase(s, t);
	return test_run(s);
}
