/* SPDX-License-Identifier: MIT */
/*
 * libxengt: vGPUs found and connected to, and what they are asked beside pictures and texts.
 *
 * What people are told is the tools' business, except for the sentences of errors.
 */
#define _GNU_SOURCE
#include "client_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
	ret = client_set_timeout(c);
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
		client_drop_held(c);
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
	client_clean(info.name, false);
	client_clean(info.platform, false);
	*out = info;
	return 0;
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
