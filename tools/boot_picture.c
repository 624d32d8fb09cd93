/* SPDX-License-Identifier: MIT */
/*
 * libxengt: the screen before the guest's driver owns it, which is QEMU's VGA.
 *
 * QEMU is asked by QMP, by way of the socket that libxl gives every domain for xenstat (its own,
 * for libxl itself, serves one client at a time).  It writes a PPM into a descriptor that goes
 * along, so that a QEMU which can open no files will do, too.  Nothing of what it says is believed:
 * the guest may have taken it over.  QEMU's QMP reference: add-fd, screendump, remove-fd.
 */
#define _GNU_SOURCE
#include "client_internal.h"

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
#include <time.h>
#include <unistd.h>

#define QMP_DIR	     "/var/run/xen"
#define TIMEOUT_MS   3000
#define LINE_MAX_B   8192
#define NR_LINES_MAX 64 /* of events before an answer */
#define MAX_SIDE_PX  8192u
#define FDSET	     7401 /* ours */

struct qmp {
	int sock;
	char line[LINE_MAX_B];
	size_t len; /* bytes in line[] that were read and not yet taken */
};

static int qmp_connect(struct qmp *q, uint32_t domid, const char *who)
{
	const char *dir = secure_getenv("XENGT_QMP_DIR");
	struct timeval t = { TIMEOUT_MS / 1000, TIMEOUT_MS % 1000 * 1000 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int len = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/qmp-%s-%u",
			   dir && *dir ? dir : QMP_DIR, who, domid);

	if (len < 0 || (size_t)len >= sizeof(addr.sun_path)) {
		return -ENAMETOOLONG;
	}
	q->len = 0;
	q->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (q->sock < 0) {
		return -errno;
	}
	if (setsockopt(q->sock, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) ||
	    setsockopt(q->sock, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) ||
	    connect(q->sock, (struct sockaddr *)&addr, sizeof(addr))) {
		int ret = -errno;

		close(q->sock);
		return ret;
	}
	return 0;
}

/* The next line, NUL-terminated in @line. */
static int read_line(struct qmp *q, char line[LINE_MAX_B])
{
	for (;;) {
		char *end = memchr(q->line, '\n', q->len);
		ssize_t n;

		if (end) {
			size_t len = (size_t)(end - q->line);

			memcpy(line, q->line, len);
			line[len] = '\0';
			q->len -= len + 1;
			memmove(q->line, end + 1, q->len);
			return 0;
		}
		if (q->len == sizeof(q->line)) {
			return -EPROTO;
		}
		n = recv(q->sock, q->line + q->len, sizeof(q->line) - q->len, 0);
		if (n <= 0) {
			return n ? -errno : -ECONNRESET;
		}
		q->len += (size_t)n;
	}
}

/* Read up to a line that begins like @good: 0; or like an error: -EIO. */
static int expect(struct qmp *q, const char *good)
{
	char line[LINE_MAX_B];

	for (unsigned i = 0; i < NR_LINES_MAX; i++) {
		int ret = read_line(q, line);

		if (ret) {
			return ret;
		}
		if (!strncmp(line, good, strlen(good))) {
			return 0;
		}
		if (!strncmp(line, "{\"error\"", 8)) {
			return -EIO;
		}
	}
	return -EPROTO;
}

/* Send a command, with descriptor @fd unless that is -1, and wait for its answer. */
static int command(struct qmp *q, const char *text, int fd)
{
	struct iovec iov = { (void *)(uintptr_t)text, strlen(text) };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	if (sendmsg(q->sock, &msg, MSG_NOSIGNAL) != (ssize_t)iov.iov_len) {
		return -EIO;
	}
	return expect(q, "{\"return\"");
}

/* Have QEMU write a PPM of its screen to @fd, open for writing only. */
static int dump(uint32_t domid, int fd)
{
	char add[128], screendump[128], forget[128];
	struct qmp q;
	int ret = qmp_connect(&q, domid, "libxenstat");

	if (ret) {
		ret = qmp_connect(&q, domid, "libxl");
	}
	if (ret) {
		return ret;
	}
	snprintf(add, sizeof(add), "{\"execute\":\"add-fd\",\"arguments\":{\"fdset-id\":%d}}\n",
		 FDSET);
	snprintf(screendump, sizeof(screendump), "{\"execute\":\"screendump\",\"arguments\":"
		 "{\"filename\":\"/dev/fdset/%d\"}}\n", FDSET);
	snprintf(forget, sizeof(forget), "{\"execute\":\"remove-fd\",\"arguments\":"
		 "{\"fdset-id\":%d}}\n", FDSET);
	ret = expect(&q, "{\"QMP\"");
	if (!ret) {
		ret = command(&q, "{\"execute\":\"qmp_capabilities\"}\n", -1);
	}
	if (!ret) {
		ret = command(&q, add, fd);
	}
	if (!ret) {
		int removed;

		ret = command(&q, screendump, -1);
		removed = command(&q, forget, -1);
		ret = ret ? ret : removed;
	}
	close(q.sock);
	return ret;
}

/* "P6 WIDTH HEIGHT 255", with single white space between: where pixels begin, or -EPROTO. */
static int parse_head(const char *text, struct xengt_frame *f)
{
	int at = 0;

	if (sscanf(text, "P6%*1[ \n]%5u%*1[ \n]%5u%*1[ \n]255%n", &f->width_px, &f->height_px,
		   &at) != 2 || !at || !text[at] || !f->width_px || f->width_px > MAX_SIDE_PX ||
	    !f->height_px || f->height_px > MAX_SIDE_PX) {
		return -EPROTO;
	}
	return at + 1;
}

/*
 * Rows of red, green and blue into XRGB8888.  They are read, not mapped: QEMU may still hold the
 * file.
 */
static int convert(int ppm, off_t at, const struct xengt_frame *f, uint8_t *pixels)
{
	size_t row_B = (size_t)f->width_px * 3;
	uint8_t *row = malloc(row_B);
	int ret = row ? 0 : -ENOMEM;

	for (uint32_t y = 0; !ret && y < f->height_px; y++, at += (off_t)row_B) {
		uint8_t *out = pixels + (size_t)y * f->stride_B;

		if (pread(ppm, row, row_B, at) != (ssize_t)row_B) {
			ret = -EPROTO;
			break;
		}
		for (uint32_t x = 0; x < f->width_px; x++) {
			out[4 * x] = row[3 * x + 2];
			out[4 * x + 1] = row[3 * x + 1];
			out[4 * x + 2] = row[3 * x];
		}
	}
	free(row);
	return ret;
}

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* The picture in @ppm, in a sealed memfd of its own like any other. */
static int make_picture(int ppm, struct xengt_picture *out)
{
	struct xengt_frame f = { .fourcc = XENGT_FOURCC_XRGB8888, .flags = XENGT_BOOT };
	char text[64] = "";
	uint8_t *at;
	int fd, ret;

	if (pread(ppm, text, sizeof(text) - 1, 0) < 0) {
		return -errno;
	}
	int begin = parse_head(text, &f);

	if (begin < 0) {
		return begin;
	}
	f.stride_B = (f.width_px * 4 + 63) / 64 * 64;
	f.size_B = ((uint64_t)f.stride_B * f.height_px + 4095) / 4096 * 4096;
	f.time_ns = monotonic_ns();
	fd = memfd_create("xengt-boot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0) {
		return -errno;
	}
	if (ftruncate(fd, (off_t)f.size_B)) {
		ret = -errno;
		goto err;
	}
	at = mmap(NULL, (size_t)f.size_B, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		ret = -errno;
		goto err;
	}
	ret = convert(ppm, begin, &f, at);
	munmap(at, (size_t)f.size_B);
	if (!ret && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)) {
		ret = -errno;
	}
	if (!ret) {
		ret = client_map(fd, f.size_B, F_SEAL_SHRINK | F_SEAL_WRITE, &out->pixels);
	}
	if (!ret) {
		out->frame = f;
		out->fd = fd;
		return 0;
	}
err:
	close(fd);
	return ret;
}

int client_boot_picture(uint32_t domid, struct xengt_picture *out)
{
	int ppm = memfd_create("xengt-ppm", MFD_CLOEXEC), write_fd, ret;
	char path[64];

	if (ppm < 0) {
		return -errno;
	}
	/* QEMU compares the mode of a descriptor it was given with the one it wants. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ppm);
	write_fd = open(path, O_WRONLY | O_CLOEXEC);
	ret = write_fd < 0 ? -errno : dump(domid, write_fd);
	if (!ret) {
		ret = make_picture(ppm, out);
	}
	if (write_fd >= 0) {
		close(write_fd);
	}
	close(ppm);
	return ret;
}
