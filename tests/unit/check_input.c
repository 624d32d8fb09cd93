/* SPDX-License-Identifier: MIT */
/* Input on its way: client, server, supervisor, and what a QEMU hears that is none. */
#define _GNU_SOURCE
#include "input.h"

#include <errno.h>
#include <fcntl.h>
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

#include "serving.h"
#include "test_run.h"
#include "xengt/client.h"
#include "xengt/input.h"

static struct serving w;
static struct dm_input *input;
static int qemu, worker; /* the other ends of @input's sockets */

static struct xengt_input_event key(unsigned code, bool down)
{
	return (struct xengt_input_event){ XENGT_INPUT_KEY, code, down, 0 };
}

static struct xengt_input_event place(int x, int y)
{
	return (struct xengt_input_event){ XENGT_INPUT_POINTER, 0, x, y };
}

static void set_up_served(void)
{
	serving_open(&w);
	serving_take_input(&w);
}

static void tear_down_served(void)
{
	serving_close(&w);
}

static void pair(int type, int *ours, int *theirs)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds), 0);
	*ours = fds[0];
	*theirs = fds[1];
}

static void set_up_qemu(void)
{
	int qemu_end, worker_end;

	pair(SOCK_STREAM, &qemu, &qemu_end);
	pair(SOCK_SEQPACKET, &worker, &worker_end);
	ck_assert_int_eq(dm_input_create(qemu_end, worker_end, &input), 0);
}

static void tear_down_qemu(void)
{
	dm_input_destroy(input);
	close(qemu);
	close(worker);
}

/* --- the server ----------------------------------------------------------------------------- */

static unsigned ask_on(int fd, const struct xengt_input *in, size_t len, unsigned head)
{
	struct xengt_request req = serving_request(XENGT_CMD_INPUT);
	char packet[sizeof(req) + sizeof(*in) + 1];
	struct xengt_reply r;

	req.head = head;
	memcpy(packet, &req, sizeof(req));
	memcpy(packet + sizeof(req), in, sizeof(*in));
	ck_assert_int_eq(send(fd, packet, sizeof(req) + len, 0), sizeof(req) + len);
	serving_settle(&w);
	ck_assert_int_eq(recv(fd, &r, sizeof(r), MSG_DONTWAIT), sizeof(r));
	return r.status;
}

static unsigned give(int fd, struct xengt_input_event e)
{
	const struct xengt_input in = { .nr = 1, .event = { e } };

	return ask_on(fd, &in, sizeof(in), 0);
}

/* The next packet that arrived, or none: false. */
static bool arrived(struct gt_input *in)
{
	return recv(w.input_fd, in, sizeof(*in), MSG_DONTWAIT) == sizeof(*in);
}

static bool next_is(unsigned code, int down)
{
	struct gt_input in;

	return arrived(&in) && in.in.nr == 1 && in.in.event[0].type == XENGT_INPUT_KEY &&
	       in.in.event[0].code == code && in.in.event[0].x == down;
}

START_TEST(events_arrive_in_their_order_with_the_size_of_their_head)
{
	const struct xengt_input_event events[] = {
		place(0, XENGT_INPUT_MAX), key(BTN_LEFT, true),
	};
	struct xengt_client *c;
	struct gt_input in;
	pid_t pid;

	serving_show(&w);
	pid = serving_fork(&w);
	ck_assert_int_eq(xengt_connect("guest", &c), 0);
	ck_assert_int_eq(xengt_input(c, 0, events, 2), XENGT_OK);
	ck_assert_int_eq(xengt_input(c, 0, events, 0), -EINVAL);
	ck_assert_int_eq(xengt_input(c, 0, events, XENGT_MAX_INPUT + 1), -EINVAL);
	ck_assert_int_eq(xengt_input(c, 9, events, 2), XENGT_E_NO_HEAD);
	ck_assert(arrived(&in));
	ck_assert_uint_eq(in.w_px, 256);
	ck_assert_uint_eq(in.h_px, 64);
	ck_assert_uint_eq(in.in.nr, 2);
	ck_assert(!memcmp(in.in.event, events, sizeof(events)));
	ck_assert(!arrived(&in));
	xengt_disconnect(c);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(input_that_makes_no_sense_ends_the_connection)
{
	static const struct xengt_input bad[] = {
		{ .nr = 0 },
		{ .nr = XENGT_MAX_INPUT + 1 },
		{ .nr = 1, .reserved = 1, .event = { { XENGT_INPUT_KEY, KEY_A, 1, 0 } } },
		{ .nr = 1, .event = { { 0, 0, 0, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_POINTER + 1, 0, 0, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_KEY, 0, 1, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_KEY, 0x100, 1, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_KEY, BTN_EXTRA + 1, 1, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_KEY, 0xffffffff, 1, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_KEY, KEY_A, 2, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_KEY, KEY_A, 1, 1 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_WHEEL, 0, 2, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_WHEEL, 1, 1, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_POINTER, 0, -1, 0 } } },
		{ .nr = 1, .event = { { XENGT_INPUT_POINTER, 0, 0, XENGT_INPUT_MAX + 1 } } },
		{ .nr = 2, .event = { { XENGT_INPUT_KEY, KEY_A, 1, 0 } } },
	};
	const struct xengt_input good = { .nr = 1, .event = { { XENGT_INPUT_KEY, KEY_A, 0, 0 } } };
	struct gt_input in;

	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		int fd = serving_connect(&w);
		char byte;

		ck_assert_uint_eq(ask_on(fd, &bad[i], sizeof(bad[i]), 0), XENGT_E_PROTOCOL);
		ck_assert_int_eq(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
		close(fd);
	}
	for (int more = -1; more < 2; more += 2) {
		int fd = serving_connect(&w);

		ck_assert_uint_eq(ask_on(fd, &good, sizeof(good) + (size_t)more, 0),
				  XENGT_E_PROTOCOL);
		close(fd);
	}
	ck_assert(!arrived(&in));
}
END_TEST

START_TEST(what_a_client_has_down_goes_up_when_it_vanishes)
{
	int fd = serving_connect(&w);
	struct gt_input in;

	ck_assert_uint_eq(give(fd, key(KEY_A, true)), XENGT_OK);
	ck_assert_uint_eq(give(fd, key(KEY_B, true)), XENGT_OK);
	ck_assert_uint_eq(give(fd, key(KEY_B, false)), XENGT_OK);
	ck_assert_uint_eq(give(fd, key(BTN_LEFT, true)), XENGT_OK);
	while (arrived(&in)) {
	}
	close(fd);
	serving_settle(&w);
	ck_assert(arrived(&in));
	ck_assert_uint_eq(in.in.nr, 2);
	ck_assert_uint_eq(in.in.event[0].code, KEY_A);
	ck_assert_int_eq(in.in.event[0].x, 0);
	ck_assert_uint_eq(in.in.event[1].code, BTN_LEFT);
	ck_assert(!arrived(&in));
	ck_assert_uint_eq(gt_server_deadline_ns(w.server), UINT64_MAX);
}
END_TEST

START_TEST(what_another_client_has_down_stays_down)
{
	int a = serving_connect(&w), b = serving_connect(&w);
	struct gt_input in;

	ck_assert_uint_eq(give(a, key(KEY_LEFTSHIFT, true)), XENGT_OK);
	ck_assert_uint_eq(give(b, key(KEY_LEFTSHIFT, true)), XENGT_OK);
	while (arrived(&in)) {
	}
	close(a);
	serving_settle(&w);
	ck_assert(!arrived(&in));
	close(b);
	serving_settle(&w);
	ck_assert(next_is(KEY_LEFTSHIFT, 0));
}
END_TEST

START_TEST(too_much_is_refused_and_releases_are_made_up_for)
{
	int fd = serving_connect(&w);
	unsigned status, nr = 0, nr_arrived = 0;
	struct gt_input in;

	ck_assert_uint_eq(give(fd, key(KEY_A, true)), XENGT_OK);
	do {
		status = give(fd, place(1, 1));
		ck_assert_uint_lt(++nr, 1000);
	} while (status == XENGT_OK);
	ck_assert_uint_eq(status, XENGT_E_LATER);
	close(fd);
	serving_settle(&w);
	ck_assert_uint_lt(gt_server_deadline_ns(w.server), UINT64_MAX);
	while (arrived(&in)) {
		nr_arrived++;
	}
	ck_assert_uint_eq(nr_arrived, nr);
	w.s.guest->clock_ns = gt_server_deadline_ns(w.server);
	gt_server_run(w.server);
	ck_assert(next_is(KEY_A, 0));
	ck_assert_uint_eq(gt_server_deadline_ns(w.server), UINT64_MAX);
}
END_TEST

START_TEST(without_a_way_or_with_its_end_gone_clients_are_told)
{
	int fd = serving_connect(&w);

	close(w.input_fd);
	w.input_fd = -1;
	w.nr_fds_before++; /* the server still has its end, which is closed with it */
	ck_assert_uint_eq(give(fd, key(KEY_A, true)), XENGT_E_NO_INPUT);
	close(fd);
	serving_settle(&w);
	w.nr_fds_before--;
}
END_TEST

/* --- the supervisor ------------------------------------------------------------------------- */

static void give_packet(const struct xengt_input_event *events, unsigned nr)
{
	struct gt_input in = { .in.nr = nr, .w_px = 1000, .h_px = 500 };

	memcpy(in.in.event, events, nr * sizeof(*events));
	ck_assert_int_eq(send(worker, &in, sizeof(in), MSG_DONTWAIT), sizeof(in));
	dm_input_run(input);
}

static void qemu_says(const char *text)
{
	ck_assert_int_eq(send(qemu, text, strlen(text), 0), strlen(text));
	dm_input_run(input);
}

/* All that QEMU was told since, its answers still to come. */
static const char *told(void)
{
	static char text[65536];
	ssize_t n = recv(qemu, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void answer_all(const char *commands)
{
	for (const char *p = commands; (p = strchr(p, '\n')); p++) {
		qemu_says("{\"return\": {}}\r\n");
	}
}

#define SEND(events) "{\"execute\":\"input-send-event\",\"arguments\":{\"events\":[" events "]}}\n"
#define ABS(axis, value) "{\"type\":\"abs\",\"data\":{\"axis\":\"" axis "\",\"value\":" value "}}"
#define REL(axis, value) "{\"type\":\"rel\",\"data\":{\"axis\":\"" axis "\",\"value\":" value "}}"
#define BTN(name, down) "{\"type\":\"btn\",\"data\":{\"button\":\"" name "\",\"down\":" down "}}"
#define KEY(number, down)                                                                          \
	"{\"type\":\"key\",\"data\":{\"down\":" down                                               \
	",\"key\":{\"type\":\"number\",\"data\":" number "}}}"
#define HELLO "{\"execute\":\"qmp_capabilities\"}\n"
#define ASK   "{\"execute\":\"query-mice\"}\n"

START_TEST(qemu_hears_events_and_nothing_else)
{
	const struct xengt_input_event events[] = {
		place(5, XENGT_INPUT_MAX), key(BTN_RIGHT, true), key(KEY_RIGHTCTRL, true),
		key(KEY_A, false), { XENGT_INPUT_WHEEL, 0, -1, 1 }, place(0, 0),
		key(KEY_UNKNOWN, true),
	};

	ck_assert_str_eq(told(), HELLO);
	give_packet(events, GT_ARRAY_SIZE(events));
	ck_assert_str_eq(told(),
			 ASK SEND(ABS("x", "5") "," ABS("y", "32767") "," BTN("right", "true"))
			 SEND(KEY("157", "true")) SEND(KEY("30", "false"))
			 SEND(BTN("wheel-up", "true") "," BTN("wheel-up", "false"))
			 SEND(BTN("wheel-left", "true") "," BTN("wheel-left", "false"))
			 SEND(ABS("x", "0") "," ABS("y", "0")));
}
END_TEST

START_TEST(a_guest_without_a_tablet_gets_steps_of_pixels)
{
	static const char mouse[] =
		"{\"return\": [{\"name\": \"QEMU HID Tablet\", \"index\": 3, \"current\": false, "
		"\"absolute\": true}, {\"name\": \"QEMU PS/2 Mouse\", \"index\": 2, "
		"\"current\": true, \"absolute\": false}]}\r\n";
	static const char tablet[] =
		"{\"return\": [{\"absolute\": true, \"name\": \"QEMU HID Tablet\", \"index\": 3, "
		"\"current\": true}]}\r\n";
	const struct xengt_input_event a = place(0x2000, 0x4000), b = place(0x4000, 0);

	told();
	qemu_says(mouse);
	give_packet(&a, 1);
	ck_assert_str_eq(told(), ASK);
	give_packet(&b, 1);
	ck_assert_str_eq(told(), SEND(REL("x", "250") "," REL("y", "-250")));
	give_packet(&b, 1);
	ck_assert_str_eq(told(), "");
	qemu_says(tablet);
	give_packet(&a, 1);
	ck_assert_str_eq(told(), SEND(ABS("x", "8192") "," ABS("y", "16384")));
}
END_TEST

START_TEST(a_qemu_that_does_not_answer_is_told_no_more)
{
	const struct xengt_input_event e = key(KEY_A, true);
	struct pollfd fds[DM_INPUT_NR_FDS];
	const char *commands;

	for (unsigned i = 0; i < 20; i++) {
		give_packet(&e, 1);
	}
	commands = told();
	ck_assert_ptr_nonnull(strstr(commands, "input-send-event"));
	ck_assert_uint_lt(strlen(commands), 2000);
	dm_input_poll(input, fds);
	ck_assert_int_eq(fds[1].fd, -1);
	answer_all(commands);
	ck_assert_ptr_nonnull(strstr(told(), "input-send-event"));
}
END_TEST

START_TEST(a_qemu_that_does_not_read_holds_nobody_up)
{
	struct xengt_input_event events[XENGT_MAX_INPUT];
	struct gt_input in = { .in.nr = XENGT_MAX_INPUT };
	int flags = fcntl(worker, F_GETFL);
	unsigned nr = 0;

	for (unsigned i = 0; i < XENGT_MAX_INPUT; i++) {
		events[i] = key(KEY_A, i % 2);
	}
	memcpy(in.in.event, events, sizeof(events));
	ck_assert_int_eq(fcntl(worker, F_SETFL, flags | O_NONBLOCK), 0);
	/* It says that it answers, and reads nothing. */
	while (send(worker, &in, sizeof(in), 0) == sizeof(in) && nr++ < 10000) {
		for (unsigned i = 0; i < 2 * XENGT_MAX_INPUT; i++) {
			send(qemu, "{\"return\": {}}\n", 15, MSG_DONTWAIT);
		}
		dm_input_run(input);
	}
	ck_assert_uint_lt(nr, 10000);
}
END_TEST

START_TEST(no_more_than_a_thousand_events_a_second)
{
	const struct xengt_input_event e = place(1, 2);
	struct gt_input in = { .in.nr = 1, .in.event = { e } };
	struct timespec start, now;
	struct pollfd fds[DM_INPUT_NR_FDS];
	unsigned nr = 0, ms;
	int flags = fcntl(worker, F_GETFL);

	ck_assert_int_eq(fcntl(worker, F_SETFL, flags | O_NONBLOCK), 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		const char *p;

		send(worker, &in, sizeof(in), 0);
		dm_input_run(input);
		p = told();
		for (const char *q = p; (q = strstr(q, "input-send-event")); q++) {
			nr++;
		}
		answer_all(p);
		clock_gettime(CLOCK_MONOTONIC, &now);
		ms = (unsigned)((now.tv_sec - start.tv_sec) * 1000 +
				(now.tv_nsec - start.tv_nsec) / 1000000);
	} while (ms < 400);
	ck_assert_uint_gt(nr, 200);
	ck_assert_uint_le(nr, 256 + ms + 1);
	while (dm_input_poll(input, fds) < 0) {
		const char *p;

		send(worker, &in, sizeof(in), 0);
		dm_input_run(input);
		p = told();
		answer_all(p);
	}
	ck_assert_int_eq(fds[1].fd, -1);
}
END_TEST

START_TEST(a_worker_that_sends_nonsense_is_not_heard_again)
{
	struct gt_input in = { .in.nr = 1, .in.event = { key(KEY_A, true) } };

	told();
	in.in.event[0].code = 0x1000;
	ck_assert_int_eq(send(worker, &in, sizeof(in), 0), sizeof(in));
	dm_input_run(input);
	ck_assert_str_eq(told(), "");
	in.in.event[0].code = KEY_A;
	ck_assert_int_eq(send(worker, &in, sizeof(in), MSG_NOSIGNAL), -1);
	ck_assert_int_eq(errno, EPIPE);
}
END_TEST

START_TEST(lines_of_any_length_and_kind_do_no_harm)
{
	static char noise[20000];
	const struct xengt_input_event e = key(KEY_A, true);

	told();
	memset(noise, '{', sizeof(noise) - 1);
	qemu_says(noise);
	for (unsigned i = 0; i < 30; i++) {
		dm_input_run(input);
	}
	qemu_says("\n{\"return\": [{\n{\"return\": [{\"current\": true\n{\"return\": []}\n\n");
	qemu_says("{\"return\": [}}}{{\"absolute\": true, \"current\": true}\n");
	give_packet(&e, 1);
	ck_assert_ptr_nonnull(strstr(told(), "input-send-event"));
}
END_TEST

START_TEST(what_is_down_at_the_end_goes_up)
{
	const struct xengt_input_event events[] = { key(KEY_A, true), key(BTN_LEFT, true) };

	told();
	give_packet(events, 2);
	told();
	dm_input_destroy(input);
	input = NULL;
	ck_assert_str_eq(told(), SEND(KEY("30", "false")) SEND(BTN("left", "false")));
}
END_TEST

START_TEST(a_qemu_that_ends_is_left_alone)
{
	struct pollfd fds[DM_INPUT_NR_FDS];

	close(qemu);
	dm_input_run(input);
	ck_assert_int_eq(dm_input_poll(input, fds), -1);
	ck_assert_int_eq(fds[0].fd, -1);
	ck_assert_int_eq(fds[1].fd, -1);
	dm_input_run(input);
	pair(SOCK_STREAM, &qemu, &(int){ 0 });
}
END_TEST

START_TEST(keys_have_the_numbers_of_a_pc)
{
	static const struct {
		unsigned code, number;
	} keys[] = {
		{ KEY_ESC, 1 }, { KEY_SPACE, 0x39 }, { KEY_F10, 0x44 }, { KEY_F12, 0x58 },
		{ KEY_KPDOT, 0x53 }, { KEY_102ND, 0x56 }, { KEY_UP, 0xc8 }, { KEY_DELETE, 0xd3 },
		{ KEY_KPENTER, 0x9c }, { KEY_LEFTMETA, 0xdb }, { KEY_RIGHTALT, 0xb8 },
		{ KEY_RESERVED, 0 }, { KEY_UNKNOWN, 0 }, { 0x100, 0 }, { 0xffffffff, 0 },
	};
	unsigned seen[0x100] = { 0 };

	for (size_t i = 0; i < GT_ARRAY_SIZE(keys); i++) {
		ck_assert_uint_eq(dm_input_key_number(keys[i].code), keys[i].number);
	}
	for (unsigned code = 1; code < 0x100; code++) {
		unsigned number = dm_input_key_number(code);

		ck_assert_uint_lt(number, 0x100);
		ck_assert_msg(!number || !seen[number], "keys %u and %u", code, seen[number]);
		seen[number] = code;
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("input");
	TCase *t = tcase_create("server");

	tcase_add_checked_fixture(t, set_up_served, tear_down_served);
	tcase_add_test(t, events_arrive_in_their_order_with_the_size_of_their_head);
	tcase_add_test(t, input_that_makes_no_sense_ends_the_connection);
	tcase_add_test(t, what_a_client_has_down_goes_up_when_it_vanishes);
	tcase_add_test(t, what_another_client_has_down_stays_down);
	tcase_add_test(t, too_much_is_refused_and_releases_are_made_up_for);
	tcase_add_test(t, without_a_way_or_with_its_end_gone_clients_are_told);
	suite_add_tcase(s, t);
	t = tcase_create("supervisor");
	tcase_add_checked_fixture(t, set_up_qemu, tear_down_qemu);
	tcase_add_test(t, qemu_hears_events_and_nothing_else);
	tcase_add_test(t, a_guest_without_a_tablet_gets_steps_of_pixels);
	tcase_add_test(t, a_qemu_that_does_not_answer_is_told_no_more);
	tcase_add_test(t, a_qemu_that_does_not_read_holds_nobody_up);
	tcase_add_test(t, no_more_than_a_thousand_events_a_second);
	tcase_add_test(t, a_worker_that_sends_nonsense_is_not_heard_again);
	tcase_add_test(t, lines_of_any_length_and_kind_do_no_harm);
	tcase_add_test(t, what_is_down_at_the_end_goes_up);
	tcase_add_test(t, a_qemu_that_ends_is_left_alone);
	tcase_add_test(t, keys_have_the_numbers_of_a_pc);
	suite_add_tcase(s, t);
	return test_run(s);
}
