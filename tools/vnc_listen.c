/* SPDX-License-Identifier: MIT */
/* Sockets that listen for VNC clients: unix, this machine's, and any. */
#define _GNU_SOURCE
#include "vnc_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 8

static int close_error(int fd)
{
	int ret = -errno;

	if (fd >= 0) {
		close(fd);
	}
	return ret;
}

/* A socket that a server left there when it was killed; whether there was one. */
static bool remove_stale(const struct sockaddr_un *addr)
{
	bool stale = false;
	struct stat st;
	int fd;

	if (lstat(addr->sun_path, &st) || !S_ISSOCK(st.st_mode)) {
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) &&
	    errno == ECONNREFUSED) {
		stale = !unlink(addr->sun_path);
	}
	if (fd >= 0) {
		close(fd);
	}
	return stale;
}

void vnc_listen_sweep(const char *pattern)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	glob_t g;

	if (glob(pattern, GLOB_NOSORT, NULL, &g)) {
		return;
	}
	for (size_t i = 0; i < g.gl_pathc; i++) {
		const char *dir = g.gl_pathv[i];
		struct stat st;

		/* One of our own: nobody else can put another in its place. */
		if (lstat(dir, &st) || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
		    strlen(dir) + sizeof("/vnc") > sizeof(addr.sun_path)) {
			continue;
		}
		snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/vnc", dir);
		if (remove_stale(&addr)) {
			rmdir(dir);
		}
	}
	globfree(&g);
}

int vnc_listen_unix(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	bool bad;
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		return -ENAMETOOLONG;
	}
	strcpy(addr.sun_path, path);
	remove_stale(&addr);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mask = umask(0177);
	bad = fd < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) ||
	      listen(fd, BACKLOG);
	umask(mask);
	return bad ? close_error(fd) : fd;
}

static int listen_inet(int family, const struct sockaddr *addr, socklen_t addr_B)
{
	const int on = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, addr, addr_B) || listen(fd, BACKLOG)) {
		return close_error(fd);
	}
	return fd;
}

int vnc_listen_local(unsigned port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return listen_inet(AF_INET, (const struct sockaddr *)&addr, sizeof(addr));
}

int vnc_listen_at(const char *where)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	const char *colon = strrchr(where, ':'), *begin = where;
	struct addrinfo *found;
	size_t len = colon ? (size_t)(colon - where) : 0;
	char host[64];
	int fd;

	if (len >= 2 && where[0] == '[' && where[len - 1] == ']') {
		begin++;
		len -= 2;
	} else if (memchr(where, ':', len)) {
		return -EINVAL;
	}
	if (!len || len >= sizeof(host)) {
		return -EINVAL;
	}
	memcpy(host, begin, len);
	host[len] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found)) {
		return -EINVAL;
	}
	fd = listen_inet(found->ai_family, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return fd;
}
