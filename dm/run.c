/* SPDX-License-Identifier: MIT */
/*
 * Files of running vGPUs.
 *
 * The directory is open to be listed (0755): it shows domain ids, which are no secret, and lets an
 * administrator hand one socket to one group.  The sockets themselves, through which a guest's
 * screen can be seen, are for root alone (0600).
 */
#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "xengt/log.h"
#include "xengt/protocol.h"

#define LISTEN_BACKLOG 8

int dm_run_prepare(void)
{
	struct stat st;

	if (mkdir(XENGT_SOCKET_DIR, 0755) && errno != EEXIST) {
		return -errno;
	}
	if (lstat(XENGT_SOCKET_DIR, &st)) {
		return -errno;
	}
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() ? 0 : -EPERM;
}

int dm_run_path(char path[4096], const char *stem, const char *ext)
{
	int n;

	if (!*stem || strchr(stem, '/')) {
		return -EINVAL;
	}
	n = snprintf(path, 4096, "%s/%s.%s", XENGT_SOCKET_DIR, stem, ext);
	return n > 0 && n < 4096 ? 0 : -EINVAL;
}

static void domid_path(char path[4096], uint32_t domid, const char *ext)
{
	snprintf(path, 4096, "%s/%u.%s", XENGT_SOCKET_DIR, domid, ext);
}

int dm_run_lock(uint32_t domid, int *fd)
{
	char path[4096];
	struct stat by_fd, by_name;
	int lock;

	domid_path(path, domid, "lock");
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0) {
		return -errno;
	}
	if (flock(lock, LOCK_EX | LOCK_NB)) {
		int ret = errno == EWOULDBLOCK ? -EBUSY : -errno;

		close(lock);
		return ret;
	}
	/* The last holder may have removed the file between our open and our lock. */
	if (fstat(lock, &by_fd) || stat(path, &by_name) || by_fd.st_ino != by_name.st_ino) {
		close(lock);
		return -EBUSY;
	}
	*fd = lock;
	return 0;
}

void dm_run_tell(int lock_fd, unsigned nr, bool good, const char *text)
{
	char line[GT_ERROR_MAX + 64];
	int n = snprintf(line, sizeof(line), "%d %u %s %s\n", (int)getpid(), nr,
			 good ? "ok" : "failed", text);

	/* Who reads in between sees no end of a line, or one too many, which is not looked at. */
	if (n > 0 && (size_t)n < sizeof(line) && pwrite(lock_fd, line, (size_t)n, 0) == n &&
	    !ftruncate(lock_fd, n)) {
		return;
	}
	gt_warn(GT_T_DM, "cannot write to the lock file: %s", strerror(errno));
}

static bool somebody_listens(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes = fd >= 0 && (!connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ||
			       errno == EAGAIN);

	if (fd >= 0) {
		close(fd);
	}
	return yes;
}

/* Whoever was let in by the socket that was there is let in by the new one. */
static int give_to(const char *path, const struct stat *before)
{
	return lchown(path, before->st_uid, before->st_gid) || chmod(path, before->st_mode & 0777)
		       ? -errno
		       : 0;
}

int dm_run_listen(uint32_t domid, bool as_before, int *fd)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat before;
	mode_t mask;
	int sock, ret;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%u.sock", XENGT_SOCKET_DIR, domid);
	if (somebody_listens(&addr)) {
		return -EADDRINUSE;
	}
	as_before = as_before && !lstat(addr.sun_path, &before) && S_ISSOCK(before.st_mode);
	unlink(addr.sun_path);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0) {
		return -errno;
	}
	mask = umask(0177);
	ret = bind(sock, (const struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(mask);
	if (!ret && as_before) {
		ret = give_to(addr.sun_path, &before);
	}
	if (!ret && listen(sock, LISTEN_BACKLOG)) {
		ret = -errno;
		unlink(addr.sun_path);
	}
	if (ret) {
		close(sock);
		return ret;
	}
	*fd = sock;
	return 0;
}

void dm_run_remove(uint32_t domid)
{
	char path[4096];

	domid_path(path, domid, "sock");
	unlink(path);
	domid_path(path, domid, "lock");
	unlink(path);
}

int dm_run_log(const char *name, uint32_t domid)
{
	char path[4096];

	if (*name) {
		snprintf(path, sizeof(path), "%s/xengt-%s.log", DM_LOG_DIR, name);
	} else {
		snprintf(path, sizeof(path), "%s/xengt-%u.log", DM_LOG_DIR, domid);
	}
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
}
