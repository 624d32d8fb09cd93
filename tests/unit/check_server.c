/* SPDX-License-Identifier: MIT */
/* The server, against clients that behave and clients that do not. */
#define _GNU_SOURCE
#include "serving.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "test_run.h"

static struct serving w;

static void set_up(void)
{
	serving_open(&w);
}

static void tear_down(void)
{
	serving_close(&w);
}

static bool is_closed(int fd)
{
	char byte;
	ssize_t len = recv(fd, &byte, 1, MSG_DONTWAIT);

	return len == 0 || (len < 0 && errno != EAGAIN);
}

START_TEST(a_client_is_answered_as_often_as_it_asks)
{
	int fd = serving_connect(&w);

	for (unsigned i = 0; i < 100; i++) {
		ck_assert(serving_works(&w, fd));
	}
	ck_assert_uint_eq(w.s.v->events.count[GT_C_clients], 1);
	close(fd);
	serving_settle(&w);
}
END_TEST

static void expect_refusal(const void *packet, size_t len)
{
	int fd = serving_connect(&w), other = serving_connect(&w);
	struct xengt_reply r;

	ck_assert_int_eq(send(fd, packet, len, 0), (ssize_t)len);
	serving_settle(&w);
	ck_assert_msg(serving_reply(fd, &r), "no answer to a packet of %zu bytes", len);
	ck_assert_uint_eq(r.status, XENGT_E_PROTOCOL);
	ck_assert(is_closed(fd));
	ck_assert(serving_works(&w, other));
	close(fd);
	close(other);
	serving_settle(&w);
}

START_TEST(garbage_is_answered_and_closed_and_others_do_not_notice)
{
	struct xengt_request req = serving_request(XENGT_CMD_INFO);
	char big[4096] = { 0 };

	for (size_t len = 1; len < 200; len++) {
		memset(big, 0x5a, sizeof(big));
		memcpy(big, &req, sizeof(req));
		if (len != sizeof(req)) {
			expect_refusal(big, len);
		}
	}
	expect_refusal(big, sizeof(big));
	req.magic++;
	expect_refusal(&req, sizeof(req));
	req = serving_request(0);
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_INPUT + 1);
	expect_refusal(&req, sizeof(req));
	req = serving_request(UINT32_MAX);
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_INFO);
	req.flags = 1;
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_INFO);
	req.since = 1;
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_INFO);
	req.timeout_ms = 1;
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_WAIT);
	req.region.h_px = 1;
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_WAIT);
	req.timeout_ms = XENGT_MAX_WAIT_MS + 1;
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_SNAPSHOT);
	req.flags = XENGT_ALL_FLAGS + 1;
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_SNAPSHOT);
	req.plane = 1; /* without XENGT_PLANE */
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_SNAPSHOT);
	req.since = 1; /* without XENGT_TRACK */
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_SNAPSHOT);
	req.region.w_px = 1; /* of no height */
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_STATS);
	req.head = 1;
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_PLUG); /* which says nothing of a monitor */
	expect_refusal(&req, sizeof(req));
	req = serving_request(XENGT_CMD_SNAPSHOT);
	req.flags = XENGT_NATIVE; /* of which plane? */
	expect_refusal(&req, sizeof(req));
	for (uint32_t flag = 1; flag <= XENGT_CURSOR / 2; flag *= 2) {
		req = serving_request(XENGT_CMD_SNAPSHOT);
		req.flags = XENGT_CURSOR | flag;
		if (flag != XENGT_TRACK) {
			expect_refusal(&req, sizeof(req));
		}
	}
	req = serving_request(XENGT_CMD_SNAPSHOT);
	req.flags = XENGT_CURSOR;
	req.region = (struct xengt_rect){ 0, 0, 1, 1 };
	expect_refusal(&req, sizeof(req));
	ck_assert_uint_gt(w.s.v->events.count[GT_C_client_garbage], 200);
}
END_TEST

START_TEST(an_empty_packet_closes_the_connection)
{
	int fd = serving_connect(&w);

	ck_assert_int_eq(send(fd, "", 0, 0), 0);
	serving_settle(&w);
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

START_TEST(descriptors_a_client_sends_never_arrive)
{
	struct xengt_request req = serving_request(XENGT_CMD_INFO);
	struct iovec iov = { &req, sizeof(req) };
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fd = serving_connect(&w), fds[4] = { 0, 1, 2, fd };
	struct xengt_reply r;
	unsigned before;

	serving_settle(&w);
	before = serving_nr_fds();
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	ck_assert_int_eq(sendmsg(fd, &msg, 0), sizeof(req));
	serving_settle(&w);
	ck_assert(serving_reply(fd, &r));
	ck_assert_uint_eq(r.status, XENGT_E_PROTOCOL);
	/* The server's end is closed, nothing was added. */
	ck_assert_uint_eq(serving_nr_fds(), before - 1);
	close(fd);
}
END_TEST

START_TEST(one_client_too_many_is_told_so)
{
	int fd[XENGT_MAX_CLIENTS], extra;
	struct xengt_reply r;

	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		fd[i] = serving_connect(&w);
		serving_settle(&w);
	}
	extra = serving_connect(&w);
	serving_settle(&w);
	ck_assert(serving_reply(extra, &r));
	ck_assert_uint_eq(r.status, XENGT_E_BUSY);
	ck_assert(is_closed(extra));
	close(extra);
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		ck_assert(serving_works(&w, fd[i]));
	}
	close(fd[0]);
	serving_settle(&w);
	fd[0] = serving_connect(&w);
	ck_assert(serving_works(&w, fd[0]));
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		close(fd[i]);
	}
	serving_settle(&w);
}
END_TEST

START_TEST(a_client_that_asks_without_reading_is_closed_soon)
{
	struct xengt_request req = serving_request(XENGT_CMD_STATS);
	int fd = serving_connect(&w);
	unsigned sent = 0;

	serving_settle(&w);
	while (sent < 1000 && send(fd, &req, sizeof(req), MSG_NOSIGNAL) > 0) {
		sent++;
		serving_settle(&w);
	}
	ck_assert_uint_gt(sent, 1);
	ck_assert_uint_lt(sent, 64);
	close(fd);
	serving_settle(&w);
}
END_TEST

START_TEST(a_client_that_vanishes_leaves_nothing)
{
	struct xengt_request req = serving_request(XENGT_CMD_STATS);
	unsigned before;

	serving_settle(&w);
	before = serving_nr_fds();
	for (unsigned i = 0; i < 200; i++) {
		int fd = serving_connect(&w);

		if (i % 2) {
			serving_settle(&w);
		}
		ck_assert_int_gt(send(fd, &req, sizeof(req), 0), 0);
		if (i % 3) {
			serving_settle(&w);
		}
		close(fd);
		serving_settle(&w);
	}
	ck_assert_uint_eq(serving_nr_fds(), before);
}
END_TEST

START_TEST(running_out_of_descriptors_neither_spins_nor_kills)
{
	struct rlimit old, few;
	int fd = serving_connect(&w), late;
	struct xengt_reply r;

	serving_settle(&w);
	late = serving_connect(&w);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)late + 1; /* no descriptor is left now */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	serving_settle(&w);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	ck_assert(serving_reply(late, &r));
	ck_assert_uint_eq(r.status, XENGT_E_BUSY);
	ck_assert(serving_works(&w, fd));
	close(late);
	close(fd);
	serving_settle(&w);
}
END_TEST

START_TEST(random_packets_never_hurt)
{
	int fd = serving_connect(&w);

	srand(4);
	for (unsigned n = 0; n < 20000; n++) {
		uint8_t packet[80];
		struct xengt_request req = serving_request((uint32_t)rand() % 7);
		size_t len = (size_t)rand() % 64 + 1;
		char sink[512];

		memcpy(packet, &req, sizeof(req));
		for (int flips = rand() % 3; flips > 0; flips--) {
			packet[rand() % sizeof(req)] ^= (uint8_t)(1 << rand() % 8);
		}
		if (send(fd, packet, n % 2 ? sizeof(req) : len, MSG_NOSIGNAL) < 0) {
			close(fd);
			fd = serving_connect(&w);
		}
		serving_settle(&w);
		while (recv(fd, sink, sizeof(sink), MSG_DONTWAIT) > 0) {
		}
	}
	close(fd);
	serving_settle(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("server");
	TCase *tc = tcase_create("server");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_client_is_answered_as_often_as_it_asks);
	tcase_add_test(tc, garbage_is_answered_and_closed_and_others_do_not_notice);
	tcase_add_test(tc, an_empty_packet_closes_the_connection);
	tcase_add_test(tc, descriptors_a_client_sends_never_arrive);
	tcase_add_test(tc, one_client_too_many_is_told_so);
	tcase_add_test(tc, a_client_that_asks_without_reading_is_closed_soon);
	tcase_add_test(tc, a_client_that_vanishes_leaves_nothing);
	tcase_add_test(tc, running_out_of_descriptors_neither_spins_nor_kills);
	tcase_add_test(tc, random_packets_never_hurt);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
