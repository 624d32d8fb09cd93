/* SPDX-License-Identifier: MIT */
/* Sockets that listen for VNC clients: unix, this machine's, and any. */
#define _GNU_SOURCE
#include "vnc_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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

/* A socket that a server left there when it was killed. */
static void remove_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int fd;

	if (lstat(addr->sun_path, &st) || !S_ISSOCK(st.st_mode)) {
		return;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) &&
	    errno == ECONNREFUSED) {
		unlink(addr->sun_path);
	}
	if (fd >= 0) {
		close(fd);
	}
}

/* A directory and its lock, which is free once whoever made it is gone; -1 if it is not. */
static int lock_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	/* Between mkdtemp() and the lock another may have taken it for one left behind. */
	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &st) || !st.st_nlink ||
			st.st_uid != geteuid() || lstat(dir, &st))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Nobody connects to see who lives: neatvnc does not survive a client that is gone at once. */
static void sweep(const char *pattern)
{
	glob_t g;

	if (glob(pattern, GLOB_NOSORT, NULL, &g)) {
		return;
	}
	for (size_t i = 0; i < g.gl_pathc; i++) {
		int fd = lock_dir(g.gl_pathv[i]);

		if (fd >= 0) {
			unlinkat(fd, "vnc", 0);
			rmdir(g.gl_pathv[i]);
			close(fd);
		}
	}
	globfree(&g);
}

int vnc_listen_make_dir(const char *stem, char dir[VNC_DIR_B])
{
	snprintf(dir, VNC_DIR_B, "%s??????", stem);
	sweep(dir);
	for (int tries = 0; tries < 16; tries++) {
		int fd;

		snprintf(dir, VNC_DIR_B, "%sXXXXXX", stem);
		if (!mkdtemp(dir)) {
			return -errno;
		}
		fd = lock_dir(dir);
		if (fd >= 0) {
			return fd;
		}
	}
	return -EAGAIN;
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
