/* SPDX-License-Identifier: MIT */
/*
 * The server of one vGPU's socket.
 *
 * Decides who is served, and that nobody can hold the worker up: every descriptor is non-blocking,
 * a client is answered once a turn, and one that sends garbage or does not read its answers is
 * closed.  What the answers are is snapshot.c's and report.c's business.
 *
 * Who may connect is decided by the socket's owner and mode (root, 0600), which the supervisor
 * sets: a picture of a guest's screen is as private as its memory.
 */
#define _GNU_SOURCE
#include "xengt/vgpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"
#include "snapshot.h"
#include "vgpu_internal.h"
#include "xengt/log.h"
#include "xengt/protocol.h"

#define NR_EVENTS 16 /* served in one turn */
#define LISTENER  XENGT_MAX_CLIENTS

/*
 * Room for answers a client has not read: a few.  Each may hold a picture, so this also bounds the
 * memory that a client can pile up.
 */
#define SEND_BUFFER_B 4096

struct gt_server {
	struct gt_vgpu *v;
	char name[sizeof(((struct xengt_info *)0)->name)];
	int epoll_fd, listen_fd;
	int spare_fd; /* given up to refuse a client when no descriptor is left */
	unsigned nr_clients;
	int client[XENGT_MAX_CLIENTS]; /* -1: free */
};

/* The payload of a reply is one of these. */
union payload {
	struct xengt_info info;
	struct xengt_frame frame;
	struct xengt_text text;
};

struct answer {
	struct xengt_reply head;
	union payload payload;
	int fd; /* -1: none */
};

/* Send @a in one packet, never waiting. Its descriptor is closed here either way. */
static int send_answer(int sock, struct answer *a)
{
	struct iovec iov[2] = {
		{ &a->head, sizeof(a->head) },
		{ &a->payload, a->head.payload_B },
	};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	int ret = 0;

	if (a->fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &a->fd, sizeof(int));
	}
	if (sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		ret = -errno;
	}
	if (a->fd >= 0) {
		close(a->fd);
		a->fd = -1;
	}
	return ret;
}

static void answer_init(struct answer *a, uint32_t command, enum xengt_status status)
{
	memset(a, 0, sizeof(*a));
	a->head.magic = XENGT_PROTOCOL_MAGIC;
	a->head.command = command;
	a->head.status = status;
	a->fd = -1;
}

static void client_close(struct gt_server *s, unsigned slot)
{
	close(s->client[slot]); /* epoll forgets it by itself */
	s->client[slot] = -1;
	s->nr_clients--;
}

/* A text report: @fd is its memfd, or negative errno. */
static void answer_text(struct answer *a, int fd, uint64_t size_B)
{
	if (fd < 0) {
		a->head.status = fd == -ENOMEM ? XENGT_E_MEMORY : XENGT_E_INTERNAL;
		snprintf(a->head.detail, sizeof(a->head.detail), "%s", strerror(-fd));
		return;
	}
	a->fd = fd;
	a->payload.text.size_B = size_B;
	a->head.payload_B = sizeof(a->payload.text);
}

static void make_answer(struct gt_server *s, const struct xengt_request *req, struct answer *a)
{
	uint64_t size_B = 0;
	int fd;

	switch (req->command) {
	case XENGT_CMD_INFO:
		gt_report_info(s->v, s->name, &a->payload.info);
		a->head.payload_B = sizeof(a->payload.info);
		break;
	case XENGT_CMD_SNAPSHOT:
		a->head.status = gt_snapshot_take(s->v, req->head, &a->payload.frame, &a->fd,
						  a->head.detail);
		a->head.payload_B = a->head.status ? 0 : sizeof(a->payload.frame);
		break;
	case XENGT_CMD_STATS:
		fd = gt_report_stats(s->v, &size_B);
		answer_text(a, fd, size_B);
		break;
	case XENGT_CMD_REGS:
		fd = gt_report_regs(s->v, &size_B);
		answer_text(a, fd, size_B);
		break;
	default:
		a->head.status = XENGT_E_PROTOCOL;
		break;
	}
}

/* Every check on a packet. */
static bool request_is_valid(const struct xengt_request *req, ssize_t len, int flags)
{
	return len == sizeof(*req) && !(flags & (MSG_TRUNC | MSG_CTRUNC)) &&
	       req->magic == XENGT_PROTOCOL_MAGIC && req->command >= XENGT_CMD_INFO &&
	       req->command <= XENGT_CMD_REGS && !req->flags && !req->reserved[0] &&
	       !req->reserved[1] && (req->command == XENGT_CMD_SNAPSHOT || !req->head);
}

/* One request of a client, if there is one. */
static void client_serve(struct gt_server *s, unsigned slot)
{
	struct xengt_request req;
	struct iovec iov = { &req, sizeof(req) };
	/*
	 * No room for control messages: descriptors that a client sends never come to exist in
	 * this process, and MSG_CTRUNC tells of them.
	 */
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t len = recvmsg(s->client[slot], &msg, MSG_DONTWAIT);
	struct answer a;
	bool valid;

	if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (len <= 0) {
		client_close(s, slot); /* gone, or an empty packet: the same to us */
		return;
	}
	valid = request_is_valid(&req, len, msg.msg_flags);
	answer_init(&a, valid ? req.command : 0, valid ? XENGT_OK : XENGT_E_PROTOCOL);
	if (valid) {
		make_answer(s, &req, &a);
	} else {
		/* Not gt_event(): that speaks of the guest, which has no part in this. */
		gt_count(s->v, GT_C_client_garbage);
		gt_debug(GT_T_SERVER, "a client sent garbage: a packet of %zd bytes", len);
	}
	if (send_answer(s->client[slot], &a) || !valid) {
		client_close(s, slot);
	}
}

/* Tell a client why it is not served, and let it go. */
static void refuse(int fd)
{
	struct answer a;
	char sink[sizeof(struct xengt_request)];

	answer_init(&a, 0, XENGT_E_BUSY);
	send_answer(fd, &a);
	/* A packet left unread would turn the answer into a reset; one was sent at most so far. */
	recv(fd, sink, sizeof(sink), MSG_DONTWAIT);
	close(fd);
}

static int watch(struct gt_server *s, int fd, uint32_t slot)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = slot };

	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

static void client_add(struct gt_server *s, int fd)
{
	int room_B = SEND_BUFFER_B;
	unsigned slot = 0;

	if (s->nr_clients == XENGT_MAX_CLIENTS) {
		refuse(fd);
		return;
	}
	while (s->client[slot] >= 0) {
		slot++;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room_B, sizeof(room_B)) || watch(s, fd, slot)) {
		refuse(fd);
		return;
	}
	s->client[slot] = fd;
	s->nr_clients++;
	gt_count(s->v, GT_C_clients);
}

/*
 * No descriptor is left: without this, the listener would stay readable and we would spin.  The
 * spare one is given up for a moment to take the client up and refuse it.
 */
static void refuse_with_spare(struct gt_server *s)
{
	int fd;

	if (s->spare_fd >= 0) {
		close(s->spare_fd);
	}
	fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0) {
		refuse(fd);
	}
	s->spare_fd = fcntl(s->listen_fd, F_DUPFD_CLOEXEC, 0);
}

static void accept_one(struct gt_server *s)
{
	int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0) {
		client_add(s, fd);
	} else if (errno == EMFILE || errno == ENFILE) {
		gt_warn(GT_T_SERVER, "no descriptor left for a client");
		refuse_with_spare(s);
	}
}

void gt_server_dispatch(struct gt_server *s)
{
	struct epoll_event events[NR_EVENTS];
	int nr = epoll_wait(s->epoll_fd, events, NR_EVENTS, 0);

	for (int i = 0; i < nr; i++) {
		uint32_t slot = events[i].data.u32;

		if (slot == LISTENER) {
			accept_one(s);
		} else if (s->client[slot] >= 0) {
			client_serve(s, slot);
		}
	}
}

int gt_server_fd(const struct gt_server *s)
{
	return s->epoll_fd;
}

static int set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) ? -errno : 0;
}

int gt_server_create(struct gt_vgpu *v, int listen_fd, const char *name, struct gt_server **out)
{
	struct gt_server *s = calloc(1, sizeof(*s));
	int ret;

	if (!s) {
		return -ENOMEM;
	}
	s->v = v;
	s->listen_fd = listen_fd;
	snprintf(s->name, sizeof(s->name), "%s", name ? name : "");
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		s->client[i] = -1;
	}
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0) {
		ret = -errno;
		goto err_server;
	}
	s->spare_fd = fcntl(listen_fd, F_DUPFD_CLOEXEC, 0);
	if (s->spare_fd < 0) {
		ret = -errno;
		goto err_epoll;
	}
	ret = set_nonblocking(listen_fd);
	if (!ret) {
		ret = watch(s, listen_fd, LISTENER);
	}
	if (ret) {
		goto err_spare;
	}
	*out = s;
	return 0;

err_spare:
	close(s->spare_fd);
err_epoll:
	close(s->epoll_fd);
err_server:
	free(s);
	return ret;
}

void gt_server_destroy(struct gt_server *s)
{
	if (!s) {
		return;
	}
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		if (s->client[i] >= 0) {
			client_close(s, i);
		}
	}
	close(s->listen_fd);
	if (s->spare_fd >= 0) {
		close(s->spare_fd);
	}
	close(s->epoll_fd);
	free(s);
}
