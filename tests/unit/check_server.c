/* SPDX-License-Identifier: MIT */
/*
 * The server, against clients that behave and clients that do not; then the library and the tools
 * against the server, over a real socket.
 */
#define _GNU_SOURCE
#include "xengt/vgpu.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "screen.h"
#include "xengt/client.h"
#include "test_run.h"

static struct screen s;
static struct gt_server *server;
static char dir[32], path[64];
static unsigned nr_fds_before;

static unsigned nr_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned nr = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d)) {
		nr++;
	}
	closedir(d);
	return nr;
}

static int listen_at(const char *where)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", where);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fd, 128), 0);
	return fd;
}

static void set_up(void)
{
	screen_open(&s, GT_SKL);
	snprintf(dir, sizeof(dir), "check_server.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/7.sock", dir);
	setenv("XENGT_SOCKET_DIR", dir, 1);
	nr_fds_before = nr_fds();
	ck_assert_int_eq(gt_server_create(s.v, listen_at(path), "guest", &server), 0);
}

static void tear_down(void)
{
	gt_server_destroy(server);
	ck_assert_uint_eq(nr_fds(), nr_fds_before);
	unlink(path);
	rmdir(dir);
	screen_close(&s);
}

static int try_connect(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* Let the server do all it has to do. */
static void settle(void)
{
	struct pollfd p = { gt_server_fd(server), POLLIN, 0 };

	for (unsigned n = 0; poll(&p, 1, 0) > 0; n++) {
		ck_assert_msg(n < 10000, "the server spins");
		gt_server_dispatch(server);
	}
}

static struct xengt_request request(uint32_t command)
{
	return (struct xengt_request){ .magic = XENGT_PROTOCOL_MAGIC, .command = command };
}

/* A reply; true if there was one. */
static bool reply_of(int fd, struct xengt_reply *r)
{
	char buf[1024];
	ssize_t len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (len < (ssize_t)sizeof(*r)) {
		return false;
	}
	memcpy(r, buf, sizeof(*r));
	ck_assert_uint_eq(r->magic, XENGT_PROTOCOL_MAGIC);
	ck_assert_uint_eq(r->payload_B, (size_t)len - sizeof(*r));
	return true;
}

static bool is_closed(int fd)
{
	char byte;
	ssize_t len = recv(fd, &byte, 1, MSG_DONTWAIT);

	return len == 0 || (len < 0 && errno != EAGAIN);
}

static bool works(int fd)
{
	struct xengt_request req = request(XENGT_CMD_INFO);
	struct xengt_reply r;

	ck_assert_int_eq(send(fd, &req, sizeof(req), 0), sizeof(req));
	settle();
	return reply_of(fd, &r) && r.status == XENGT_OK && r.command == XENGT_CMD_INFO &&
	       r.payload_B == sizeof(struct xengt_info);
}

START_TEST(a_client_is_answered_as_often_as_it_asks)
{
	int fd = try_connect();

	for (unsigned i = 0; i < 100; i++) {
		ck_assert(works(fd));
	}
	ck_assert_uint_eq(s.v->events.count[GT_C_clients], 1);
	close(fd);
	settle();
}
END_TEST

static void expect_refusal(const void *packet, size_t len)
{
	int fd = try_connect(), other = try_connect();
	struct xengt_reply r;

	ck_assert_int_eq(send(fd, packet, len, 0), (ssize_t)len);
	settle();
	ck_assert_msg(reply_of(fd, &r), "no answer to a packet of %zu bytes", len);
	ck_assert_uint_eq(r.status, XENGT_E_PROTOCOL);
	ck_assert(is_closed(fd));
	ck_assert(works(other));
	close(fd);
	close(other);
	settle();
}

START_TEST(garbage_is_answered_and_closed_and_others_do_not_notice)
{
	struct xengt_request req = request(XENGT_CMD_INFO);
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
	req = request(0);
	expect_refusal(&req, sizeof(req));
	req = request(XENGT_CMD_REGS + 1);
	expect_refusal(&req, sizeof(req));
	req = request(UINT32_MAX);
	expect_refusal(&req, sizeof(req));
	req = request(XENGT_CMD_INFO);
	req.flags = 1;
	expect_refusal(&req, sizeof(req));
	req = request(XENGT_CMD_INFO);
	req.reserved[1] = 1;
	expect_refusal(&req, sizeof(req));
	req = request(XENGT_CMD_STATS);
	req.head = 1;
	expect_refusal(&req, sizeof(req));
	ck_assert_uint_gt(s.v->events.count[GT_C_client_garbage], 200);
}
END_TEST

START_TEST(an_empty_packet_closes_the_connection)
{
	int fd = try_connect();

	ck_assert_int_eq(send(fd, "", 0, 0), 0);
	settle();
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

START_TEST(descriptors_a_client_sends_never_arrive)
{
	struct xengt_request req = request(XENGT_CMD_INFO);
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
	int fd = try_connect(), fds[4] = { 0, 1, 2, fd };
	struct xengt_reply r;
	unsigned before;

	settle();
	before = nr_fds();
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	ck_assert_int_eq(sendmsg(fd, &msg, 0), sizeof(req));
	settle();
	ck_assert(reply_of(fd, &r));
	ck_assert_uint_eq(r.status, XENGT_E_PROTOCOL);
	ck_assert_uint_eq(nr_fds(), before - 1); /* the server's end is closed, nothing was added */
	close(fd);
}
END_TEST

START_TEST(one_client_too_many_is_told_so)
{
	int fd[XENGT_MAX_CLIENTS], extra;
	struct xengt_reply r;

	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		fd[i] = try_connect();
		settle();
	}
	extra = try_connect();
	settle();
	ck_assert(reply_of(extra, &r));
	ck_assert_uint_eq(r.status, XENGT_E_BUSY);
	ck_assert(is_closed(extra));
	close(extra);
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		ck_assert(works(fd[i]));
	}
	close(fd[0]);
	settle();
	fd[0] = try_connect();
	ck_assert(works(fd[0]));
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		close(fd[i]);
	}
	settle();
}
END_TEST

START_TEST(a_client_that_asks_without_reading_is_closed_soon)
{
	struct xengt_request req = request(XENGT_CMD_STATS);
	int fd = try_connect();
	unsigned sent = 0;

	settle();
	while (sent < 1000 && send(fd, &req, sizeof(req), MSG_NOSIGNAL) > 0) {
		sent++;
		settle();
	}
	ck_assert_uint_gt(sent, 1);
	ck_assert_uint_lt(sent, 64);
	close(fd);
	settle();
}
END_TEST

START_TEST(a_client_that_vanishes_leaves_nothing)
{
	struct xengt_request req = request(XENGT_CMD_STATS);
	unsigned before;

	settle();
	before = nr_fds();
	for (unsigned i = 0; i < 200; i++) {
		int fd = try_connect();

		if (i % 2) {
			settle();
		}
		ck_assert_int_gt(send(fd, &req, sizeof(req), 0), 0);
		if (i % 3) {
			settle();
		}
		close(fd);
		settle();
	}
	ck_assert_uint_eq(nr_fds(), before);
}
END_TEST

START_TEST(running_out_of_descriptors_neither_spins_nor_kills)
{
	struct rlimit old, few;
	int fd = try_connect(), late;
	struct xengt_reply r;

	settle();
	late = try_connect();
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)late + 1; /* no descriptor is left now */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	settle();
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	ck_assert(reply_of(late, &r));
	ck_assert_uint_eq(r.status, XENGT_E_BUSY);
	ck_assert(works(fd));
	close(late);
	close(fd);
	settle();
}
END_TEST

START_TEST(random_packets_never_hurt)
{
	int fd = try_connect();

	srand(4);
	for (unsigned n = 0; n < 20000; n++) {
		uint8_t packet[64];
		struct xengt_request req = request((uint32_t)rand() % 6);
		size_t len = (size_t)rand() % 48 + 1;
		char sink[512];

		memcpy(packet, &req, sizeof(req));
		for (int flips = rand() % 3; flips > 0; flips--) {
			packet[rand() % 40] ^= (uint8_t)(1 << rand() % 8);
		}
		if (send(fd, packet, n % 2 ? sizeof(req) : len, MSG_NOSIGNAL) < 0) {
			close(fd);
			fd = try_connect();
		}
		settle();
		while (recv(fd, sink, sizeof(sink), MSG_DONTWAIT) > 0) {
		}
	}
	close(fd);
	settle();
}
END_TEST

/* A process that serves; the parent is the client. */
static pid_t serve(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		struct pollfd p = { gt_server_fd(server), POLLIN, 0 };

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			poll(&p, 1, -1);
			gt_server_dispatch(server);
		}
	}
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void show_something(void)
{
	struct screen_plane p = { .ctl = 0x84042000, .stride = 16, .size = 63u << 16 | 255u,
				  .surf = (uint32_t)s.base };

	screen_map(&s, s.base, 64);
	for (unsigned i = 0; i < 64 * 1024; i++) {
		*screen_mem(&s, s.base + i) = (uint8_t)(i % 4 == 3 ? 0 : i / 4);
	}
	screen_mode(&s, 256, 64);
	screen_plane(&s, 0, &p);
	screen_vblank(&s);
}

START_TEST(the_library_gets_everything_by_name_and_by_id)
{
	static const char *const domains[] = { "guest", "7" };
	pid_t pid;

	show_something();
	pid = serve();
	for (size_t i = 0; i < GT_ARRAY_SIZE(domains); i++) {
		struct xengt_picture pic;
		struct xengt_client *c;
		struct xengt_info info;
		char *text;

		ck_assert_int_eq(xengt_connect(domains[i], &c), 0);
		ck_assert_int_eq(xengt_info(c, &info), 0);
		ck_assert_uint_eq(info.domid, 7);
		ck_assert_str_eq(info.name, "guest");
		ck_assert_str_eq(info.platform, gt_platforms[GT_SKL].name);
		ck_assert(info.width_px == 256 && info.height_px == 64 && info.hz);
		ck_assert_uint_eq(info.pid, (uint32_t)pid);
		ck_assert_int_eq(xengt_snapshot(c, 0, &pic), 0);
		ck_assert_uint_eq(pic.frame.width_px, 256);
		ck_assert_uint_eq(((const uint8_t *)pic.pixels)[4 * 77], 77);
		xengt_picture_release(&pic);
		ck_assert_int_eq(xengt_snapshot(c, 5, &pic), XENGT_E_NO_HEAD);
		ck_assert_int_eq(xengt_stats(c, &text), 0);
		ck_assert_ptr_nonnull(strstr(text, i ? "\nsnapshots 2\n" : "\nsnapshots 1\n"));
		ck_assert_ptr_nonnull(strstr(text, "\nexits.write.PLANE_SURF_1_A 1\n"));
		free(text);
		ck_assert_int_eq(xengt_regs(c, &text), 0);
		ck_assert_ptr_nonnull(strstr(text, "\n0x070180 PLANE_CTL_1_A 0x84042000\n"));
		free(text);
		xengt_disconnect(c);
	}
	stop(pid);
}
END_TEST

START_TEST(the_library_tells_what_is_wrong)
{
	struct xengt_client *c;
	struct xengt_picture pic;
	uint32_t *ids;
	size_t nr;
	pid_t pid = serve();

	ck_assert_int_eq(xengt_connect("8", &c), -ENOENT);
	ck_assert_int_eq(xengt_connect("other", &c), -ENOENT);
	ck_assert_int_eq(xengt_connect("", &c), -ENOENT);
	ck_assert_int_eq(xengt_list(&ids, &nr), 0);
	ck_assert(nr == 1 && ids[0] == 7);
	free(ids);
	ck_assert_int_eq(xengt_connect("7", &c), 0);
	ck_assert_int_eq(xengt_snapshot(c, 0, &pic), XENGT_E_NO_DRIVER);
	ck_assert_str_ne(xengt_strerror(XENGT_E_NO_DRIVER), "");
	stop(pid);
	gt_server_destroy(server);
	server = NULL;
	ck_assert_int_lt(xengt_snapshot(c, 0, &pic), 0);
	xengt_disconnect(c);
	ck_assert_int_eq(xengt_connect("7", &c), -ECONNREFUSED);
	ck_assert_int_eq(xengt_list(&ids, &nr), 0);
	ck_assert_uint_eq(nr, 0);
	free(ids);
}
END_TEST

START_TEST(the_library_believes_no_nonsense)
{
	struct xengt_client *c;
	struct xengt_info info;
	char *text;
	int peer, listener;
	char packet[600];

	gt_server_destroy(server);
	server = NULL;
	unlink(path);
	listener = listen_at(path);
	for (unsigned kind = 0; kind < 6; kind++) {
		struct xengt_reply r = { .magic = XENGT_PROTOCOL_MAGIC,
					 .command = XENGT_CMD_INFO,
					 .payload_B = sizeof(info) };
		size_t len = sizeof(r) + sizeof(info);

		ck_assert_int_eq(xengt_connect("7", &c), 0);
		peer = accept(listener, NULL, NULL);
		memset(packet, 0x41, sizeof(packet));
		r.magic += kind == 0;
		r.command += kind == 1;
		r.payload_B += kind == 2;
		len = kind == 3 ? 10 : len;
		len = kind == 4 ? sizeof(packet) : len;
		memcpy(packet, &r, sizeof(r));
		ck_assert_int_eq(send(peer, packet, len, 0), (ssize_t)len);
		if (kind == 5) {
			/* Well formed, but a name without an end. */
			ck_assert_int_eq(xengt_info(c, &info), 0);
			ck_assert_uint_eq(strlen(info.name), sizeof(info.name) - 1);
		} else {
			ck_assert_int_eq(xengt_info(c, &info), -EPROTO);
		}
		/* Text without a descriptor. */
		r = (struct xengt_reply){ XENGT_PROTOCOL_MAGIC, XENGT_CMD_STATS, 0, 8, "" };
		memcpy(packet, &r, sizeof(r));
		ck_assert_int_gt(send(peer, packet, sizeof(r) + 8, 0), 0);
		ck_assert_int_eq(xengt_stats(c, &text), -EPROTO);
		close(peer);
		ck_assert_int_lt(xengt_info(c, &info), 0);
		xengt_disconnect(c);
	}
	close(listener);
}
END_TEST

static int run(const char *command)
{
	char full[512];
	int status;

	snprintf(full, sizeof(full), "./%s >%s/out 2>%s/err", command, dir, dir);
	status = system(full);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool file_has(const char *name, const char *what)
{
	static char text[400000];
	char file[64];
	FILE *f;
	size_t len;

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	f = fopen(file, "r");
	ck_assert_ptr_nonnull(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	return memmem(text, len, what, strlen(what));
}

static void remove_files(void)
{
	static const char *const names[] = { "out", "err", "a.png" };

	for (size_t i = 0; i < GT_ARRAY_SIZE(names); i++) {
		char file[64];

		snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		unlink(file);
	}
}

START_TEST(the_tools_say_and_return_what_their_manuals_promise)
{
	char command[128];
	pid_t pid = serve();

	ck_assert_int_eq(run("xengtctl list"), 0);
	ck_assert(file_has("out", "guest") && file_has("out", "off"));
	ck_assert_int_eq(run("xengt-screenshot guest -o -"), 4);
	ck_assert(file_has("err", "driver has not started"));
	stop(pid);
	show_something();
	pid = serve();
	snprintf(command, sizeof(command), "xengt-screenshot 7 -o %s/a.png", dir);
	ck_assert_int_eq(run(command), 0);
	ck_assert(file_has("a.png", "\x89PNG"));
	ck_assert_int_eq(run("xengt-screenshot 7 -o - -f ppm"), 0);
	ck_assert(file_has("out", "P6\n256 64\n255\n"));
	ck_assert_int_eq(run("xengt-screenshot 7 -o /dev/full"), 6);
	ck_assert(file_has("err", "No space left"));
	ck_assert_int_eq(run("xengt-screenshot 7 -o /none/a.png"), 6);
	ck_assert_int_eq(run("xengt-screenshot"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --format gif"), 1);
	ck_assert_int_eq(run("xengtctl stats 7"), 0);
	ck_assert(file_has("out", "snapshots "));
	ck_assert_int_eq(run("xengtctl regs guest"), 0);
	ck_assert(file_has("out", "PLANE_CTL_1_A"));
	ck_assert_int_eq(run("xengtctl list"), 0);
	ck_assert(file_has("out", "256x64@"));
	ck_assert_int_eq(run("xengtctl stats 99999"), 3);
	ck_assert_int_eq(run("xengtctl frobnicate"), 1);
	ck_assert_int_eq(run("xengtctl --help"), 0);
	ck_assert_int_eq(run("xengt-screenshot --version"), 0);
	stop(pid);
	remove_files();
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
	tcase_add_test(tc, the_library_gets_everything_by_name_and_by_id);
	tcase_add_test(tc, the_library_tells_what_is_wrong);
	tcase_add_test(tc, the_library_believes_no_nonsense);
	tcase_add_test(tc, the_tools_say_and_return_what_their_manuals_promise);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
