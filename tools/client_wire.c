/* SPDX-License-Identifier: MIT */
/*
 * libxengt: the client's side of xengt/protocol.h.
 *
 * Believes nothing a worker says before it is checked: a worker that went wrong must not crash the
 * tools.
 */
#define _GNU_SOURCE
#include "client_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* A reply as it came: payload checked for size, descriptor -1 if there was none. */
struct answer {
	struct xengt_reply head;
	char payload[512];
	int fd;
};

int client_set_timeout(struct xengt_client *c)
{
	struct timeval t = { .tv_sec = XENGT_TIMEOUT_MS / 1000 };

	if (setsockopt(c->sock, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) ||
	    setsockopt(c->sock, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t))) {
		return -errno;
	}
	return 0;
}

/* The descriptor a message carries, or -1 if it is not exactly one; others are closed. */
static int take_fd(struct msghdr *msg)
{
	int first = -1;
	size_t nr = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
			continue;
		}
		for (size_t at = CMSG_LEN(0); at + sizeof(int) <= c->cmsg_len; at += sizeof(int)) {
			int fd;

			memcpy(&fd, (char *)c + at, sizeof(int));
			if (nr++) {
				close(fd);
			} else {
				first = fd;
			}
		}
	}
	if (nr > 1) {
		close(first);
		first = -1;
	}
	return first;
}

/* Until there is an answer to read. */
static int await(struct xengt_client *c, uint32_t ms)
{
	struct pollfd p = { c->sock, POLLIN, 0 };
	int nr;

	do {
		nr = poll(&p, 1, (int)ms);
	} while (nr < 0 && errno == EINTR);
	return nr > 0 ? 0 : nr ? -errno : -ETIMEDOUT;
}

static int receive(struct xengt_client *c, struct answer *a)
{
	struct iovec iov[2] = {
		{ &a->head, sizeof(a->head) },
		{ a->payload, sizeof(a->payload) },
	};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	ssize_t len;

	a->fd = -1;
	do {
		len = recvmsg(c->sock, &msg, MSG_CMSG_CLOEXEC);
	} while (len < 0 && errno == EINTR);
	if (len < 0) {
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	}
	if (len == 0) {
		return -ECONNRESET;
	}
	a->fd = take_fd(&msg);
	if ((size_t)len < sizeof(a->head) || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
	    a->head.magic != XENGT_PROTOCOL_MAGIC ||
	    a->head.payload_B != (size_t)len - sizeof(a->head)) {
		return -EPROTO;
	}
	a->head.detail[sizeof(a->head.detail) - 1] = 0;
	client_clean(a->head.detail, false);
	return 0;
}

/*
 * Whether a reply is what was asked for: with status OK the payload's size, and no descriptor
 * unless one is wanted; otherwise neither.
 */
static bool answer_fits(const struct answer *a, uint32_t command, size_t payload_B, bool want_fd)
{
	bool ok = a->head.status == XENGT_OK;

	if (ok && a->head.command != command) {
		return false;
	}
	return a->head.payload_B == (ok ? payload_B : 0) && (a->fd < 0 || (ok && want_fd));
}

int client_ask_with(struct xengt_client *c, struct xengt_request *req, const void *extra,
		    size_t extra_B, void *payload, size_t payload_B, int *fd)
{
	struct iovec iov[2] = {
		{ req, sizeof(*req) },
		{ (void *)(uintptr_t)extra, extra_B },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct answer a = { .fd = -1 };
	int sent = 0, ret = 0;

	c->detail[0] = 0;
	req->magic = XENGT_PROTOCOL_MAGIC;
	if (sendmsg(c->sock, &msg, MSG_NOSIGNAL) < 0) {
		sent = errno == EAGAIN ? -ETIMEDOUT : -errno;
	}
	if (req->timeout_ms) {
		ret = await(c, req->timeout_ms + XENGT_TIMEOUT_MS);
	}
	/* A worker that closed on us may have said why: look even if sending failed. */
	if (!ret) {
		ret = receive(c, &a);
	}
	if (!ret && !answer_fits(&a, req->command, payload_B, fd != NULL)) {
		ret = -EPROTO;
	}
	if (!ret && a.head.status) {
		memcpy(c->detail, a.head.detail, sizeof(c->detail));
		ret = a.head.status > INT32_MAX ? -EPROTO : (int)a.head.status;
	}
	if (ret) {
		if (a.fd >= 0) {
			close(a.fd);
		}
		return ret < 0 && sent ? sent : ret;
	}
	memcpy(c->detail, a.head.detail, sizeof(c->detail));
	if (payload_B) {
		memcpy(payload, a.payload, payload_B);
	}
	if (fd) {
		*fd = a.fd;
	}
	return 0;
}

int client_ask(struct xengt_client *c, struct xengt_request *req, void *payload, size_t payload_B,
	       int *fd)
{
	return client_ask_with(c, req, NULL, 0, payload, payload_B, fd);
}

int client_map(int fd, uint64_t size_B, int seals, const void **out)
{
	int have = fcntl(fd, F_GET_SEALS);
	struct stat st;
	void *at;

	if (have < 0 || (have & seals) != seals || fstat(fd, &st) || st.st_size < 0 ||
	    (uint64_t)st.st_size < size_B || !size_B || size_B > SIZE_MAX) {
		return -EPROTO;
	}
	at = mmap(NULL, (size_t)size_B, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		return -errno;
	}
	*out = at;
	return 0;
}
