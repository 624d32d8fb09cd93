/* SPDX-License-Identifier: MIT */
/*
 * libxengt: the client's side of xengt/protocol.h.
 *
 * Believes nothing a worker says before it is checked: a worker that went wrong must not crash the
 * tools.  What people are told is the tools' business, except for the sentences of errors.
 */
#define _GNU_SOURCE
#include "client_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_TEXT_B (64u << 20)

/* A reply as it came: payload checked for size, descriptor -1 if there was none. */
struct answer {
	struct xengt_reply head;
	char payload[512];
	int fd;
};

static const char *socket_dir(void)
{
	const char *dir = secure_getenv("XENGT_SOCKET_DIR");

	return dir && *dir ? dir : XENGT_SOCKET_DIR;
}

/* A number of digits only, within 32 bits. */
static bool parse_domid(const char *text, size_t len, uint32_t *domid)
{
	uint64_t val = 0;

	if (!len || len > 10) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
		val = val * 10 + (uint64_t)(text[i] - '0');
	}
	if (val > UINT32_MAX) {
		return false;
	}
	*domid = (uint32_t)val;
	return true;
}

int client_set_timeout(struct xengt_client *c, uint32_t ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };

	if (setsockopt(c->sock, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) ||
	    setsockopt(c->sock, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t))) {
		return -errno;
	}
	return 0;
}

static int connect_domid(uint32_t domid, struct xengt_client **out)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct xengt_client *c;
	int len = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%u.sock", socket_dir(), domid);
	int ret;

	if (len < 0 || (size_t)len >= sizeof(addr.sun_path)) {
		return -ENAMETOOLONG;
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		return -ENOMEM;
	}
	c->sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (c->sock < 0) {
		ret = -errno;
		goto err_client;
	}
	ret = client_set_timeout(c, XENGT_TIMEOUT_MS);
	if (ret) {
		goto err_sock;
	}
	if (connect(c->sock, (struct sockaddr *)&addr, sizeof(addr))) {
		ret = errno == EAGAIN ? -ETIMEDOUT : -errno;
		goto err_sock;
	}
	*out = c;
	return 0;

err_sock:
	close(c->sock);
err_client:
	free(c);
	return ret;
}

/* Find the vGPU whose domain is called @name. */
static int connect_name(const char *name, struct xengt_client **out)
{
	uint32_t *ids;
	size_t nr;
	int ret = xengt_list(&ids, &nr);

	if (ret) {
		return ret;
	}
	ret = -ENOENT;
	for (size_t i = 0; ret == -ENOENT && i < nr; i++) {
		struct xengt_client *c;
		struct xengt_info info;

		if (connect_domid(ids[i], &c)) {
			continue;
		}
		if (!xengt_info(c, &info) && !strcmp(info.name, name)) {
			*out = c;
			ret = 0;
		} else {
			xengt_disconnect(c);
		}
	}
	free(ids);
	return ret;
}

int xengt_connect(const char *domain, struct xengt_client **out)
{
	uint32_t domid;

	if (parse_domid(domain, strlen(domain), &domid)) {
		return connect_domid(domid, out);
	}
	return connect_name(domain, out);
}

void xengt_disconnect(struct xengt_client *c)
{
	if (c) {
		close(c->sock);
		free(c);
	}
}

const char *xengt_detail(const struct xengt_client *c)
{
	return c->detail;
}

const char *xengt_strerror(int ret)
{
	static const char *const sentences[] = {
		[XENGT_OK] = "success",
		[XENGT_E_PROTOCOL] = "the vGPU's worker did not understand the request",
		[XENGT_E_NO_DRIVER] = "the guest's graphics driver has not started yet",
		[XENGT_E_PIPE_OFF] = "the guest has switched its display off",
		[XENGT_E_NO_PLANE] = "the guest's display is on but shows nothing",
		[XENGT_E_BAD_PLANE] = "the guest's display cannot be read",
		[XENGT_E_NO_HEAD] = "the vGPU has no such head",
		[XENGT_E_MEMORY] = "the vGPU's worker is out of memory",
		[XENGT_E_BUSY] = "the vGPU serves too many clients already",
		[XENGT_E_INTERNAL] = "the vGPU's worker failed",
		[XENGT_E_REGION] = "the region is not part of the picture",
		[XENGT_E_MONITOR] = "there can be no such monitor",
		[XENGT_E_NO_INPUT] = "nothing leads to the guest's keyboard and pointer",
		[XENGT_E_LATER] = "the guest takes input more slowly",
	};

	if (ret >= 0) {
		return (size_t)ret < sizeof(sentences) / sizeof(sentences[0])
			       ? sentences[ret]
			       : "the vGPU's worker answered with a status that is unknown";
	}
	switch (ret) {
	case -ENOENT:
		return "no vGPU";
	case -ECONNREFUSED:
		return "the vGPU's worker is not running";
	case -ETIMEDOUT:
		return "the vGPU's worker does not answer";
	case -ECONNRESET:
	case -EPIPE:
		return "the domain, or its vGPU's worker, has ended";
	case -EACCES:
	case -EPERM:
		return "permission denied (only root may look at a guest's screen)";
	case -EPROTO:
		return "the vGPU's worker answered with nonsense (is it another version?)";
	default:
		return strerror(-ret);
	}
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
	struct answer a;
	int sent = 0, ret;

	c->detail[0] = 0;
	req->magic = XENGT_PROTOCOL_MAGIC;
	if (sendmsg(c->sock, &msg, MSG_NOSIGNAL) < 0) {
		sent = errno == EAGAIN ? -ETIMEDOUT : -errno;
	}
	/* A worker that closed on us may have said why: look even if sending failed. */
	ret = receive(c, &a);
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

int xengt_info(struct xengt_client *c, struct xengt_info *out)
{
	struct xengt_request req = { .command = XENGT_CMD_INFO };
	struct xengt_info info;
	int ret = client_ask(c, &req, &info, sizeof(info), NULL);

	if (ret) {
		return ret;
	}
	info.name[sizeof(info.name) - 1] = 0;
	info.platform[sizeof(info.platform) - 1] = 0;
	*out = info;
	return 0;
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

static int ask_text(struct xengt_client *c, uint32_t command, char **text)
{
	struct xengt_request req = { .command = command };
	struct xengt_text t;
	const void *at = NULL;
	char *copy;
	int fd, ret = client_ask(c, &req, &t, sizeof(t), &fd);

	if (ret) {
		return ret;
	}
	ret = fd < 0 || t.size_B > MAX_TEXT_B ? -EPROTO : 0;
	if (!ret && t.size_B) {
		ret = client_map(fd, t.size_B, F_SEAL_SHRINK | F_SEAL_WRITE, &at);
	}
	if (fd < 0) {
		return ret;
	}
	close(fd);
	if (ret) {
		return ret;
	}
	copy = malloc((size_t)t.size_B + 1);
	if (copy) {
		if (at) {
			memcpy(copy, at, (size_t)t.size_B);
		}
		copy[t.size_B] = 0;
		*text = copy;
	}
	if (at) {
		munmap((void *)(uintptr_t)at, (size_t)t.size_B);
	}
	return copy ? 0 : -ENOMEM;
}

int xengt_stats(struct xengt_client *c, char **text)
{
	return ask_text(c, XENGT_CMD_STATS, text);
}

int xengt_regs(struct xengt_client *c, char **text)
{
	return ask_text(c, XENGT_CMD_REGS, text);
}

int xengt_monitors(struct xengt_client *c, char **text)
{
	return ask_text(c, XENGT_CMD_MONITORS, text);
}

int xengt_plug(struct xengt_client *c, unsigned head, const struct xengt_plug *monitor)
{
	struct xengt_request req = { .command = XENGT_CMD_PLUG, .head = head };

	return client_ask_with(c, &req, monitor, sizeof(*monitor), NULL, 0, NULL);
}

int xengt_unplug(struct xengt_client *c, unsigned head)
{
	struct xengt_request req = { .command = XENGT_CMD_UNPLUG, .head = head };

	return client_ask(c, &req, NULL, 0, NULL);
}

int xengt_input(struct xengt_client *c, unsigned head, const struct xengt_input_event *events,
		unsigned nr)
{
	struct xengt_request req = { .command = XENGT_CMD_INPUT, .head = head };
	struct xengt_input in = { .nr = nr };

	if (!nr || nr > XENGT_MAX_INPUT) {
		return -EINVAL;
	}
	memcpy(in.event, events, nr * sizeof(*events));
	return client_ask_with(c, &req, &in, sizeof(in), NULL, 0, NULL);
}

static int compare_ids(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return a < b ? -1 : a > b;
}

/* "DOMID.sock" */
static bool parse_socket_name(const char *name, uint32_t *domid)
{
	size_t len = strlen(name), tail = strlen(".sock");

	return len > tail && !strcmp(name + len - tail, ".sock") &&
	       parse_domid(name, len - tail, domid);
}

/* Add the vGPUs of @dir that let us connect. */
static int collect_ids(DIR *dir, uint32_t **ids, size_t *nr)
{
	int denied = 0;

	for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		struct xengt_client *c;
		uint32_t domid, *more;
		int ret;

		if (!parse_socket_name(e->d_name, &domid)) {
			continue;
		}
		ret = connect_domid(domid, &c);
		if (ret) {
			denied = ret == -EACCES ? ret : denied;
			continue;
		}
		xengt_disconnect(c);
		more = reallocarray(*ids, *nr + 1, sizeof(**ids));
		if (!more) {
			return -ENOMEM;
		}
		*ids = more;
		more[(*nr)++] = domid;
	}
	return *nr ? 0 : denied;
}

int xengt_list(uint32_t **ids, size_t *nr)
{
	DIR *dir = opendir(socket_dir());
	uint32_t *found = NULL;
	size_t nr_found = 0;
	int ret = 0;

	if (dir) {
		ret = collect_ids(dir, &found, &nr_found);
		closedir(dir);
	} else if (errno != ENOENT) {
		ret = -errno;
	}
	if (ret) {
		free(found);
		return ret;
	}
	if (nr_found) {
		qsort(found, nr_found, sizeof(*found), compare_ids);
	}
	*ids = found;
	*nr = nr_found;
	return 0;
}
