/* SPDX-License-Identifier: MIT */
/* Sealed memfds; why they are sealed is in sealed.h. */
#define _GNU_SOURCE
#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEAL_TRIES 4

/* Room is allocated, not only promised: a full tmpfs is an error here, and no fault later. */
static int map_room(struct gt_sealed *s)
{
	if (!s->size_B) {
		return 0;
	}
	if (fallocate(s->fd, 0, 0, (off_t)s->size_B)) {
		return errno == ENOSPC ? -ENOMEM : -errno;
	}
	s->mem = mmap(NULL, s->size_B, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (s->mem == MAP_FAILED) {
		s->mem = NULL;
		return -errno;
	}
	return 0;
}

int gt_sealed_open(struct gt_sealed *s, const char *name, size_t size_B)
{
	struct gt_sealed new = {.size_B = size_B};
	int ret;

	new.fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (new.fd < 0) {
		return -errno;
	}
	ret = map_room(&new);
	if (ret) {
		close(new.fd);
		return ret;
	}
	*s = new;
	return 0;
}

void gt_spare_drop(struct gt_spare *spare)
{
	if (spare->mem && !spare->in_use) {
		munmap(spare->mem, spare->size_B);
		*spare = (struct gt_spare){0};
	}
}

/* Make it @size_B zeros. */
static bool spare_take(struct gt_spare *spare, size_t size_B)
{
	if (spare->in_use || !size_B || size_B > GT_SPARE_MAX_B) {
		return false;
	}
	if (spare->size_B == size_B) {
		memset(spare->mem, 0, size_B);
	} else {
		void *mem =
		    mmap(NULL, size_B, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (mem == MAP_FAILED) {
			return false;
		}
		gt_spare_drop(spare);
		*spare = (struct gt_spare){mem, size_B, false};
	}
	spare->in_use = true;
	return true;
}

int gt_sealed_open_by(struct gt_sealed *s, const char *name, size_t size_B, struct gt_spare *spare)
{
	struct gt_sealed new = {.size_B = size_B};
	int err;

	if (!spare_take(spare, size_B)) {
		return gt_sealed_open(s, name, size_B);
	}
	new.fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (new.fd < 0) {
		err = errno;
		spare->in_use = false;
		return -err;
	}
	new.mem = spare->mem;
	new.spare = spare;
	*s = new;
	return 0;
}

/* What was filled reaches the memfd. */
static int write_spare(const struct gt_sealed *s)
{
	for (size_t done = 0; done < s->size_B;) {
		ssize_t ret =
		    pwrite(s->fd, (const char *)s->mem + done, s->size_B - done, (off_t)done);

		if (ret < 0 && errno != EINTR) {
			return errno == ENOSPC ? -ENOMEM : -errno;
		}
		done += ret > 0 ? (size_t)ret : 0;
	}
	return 0;
}

/* No writable mapping may be left when it is sealed. */
static void let_go(struct gt_sealed *s)
{
	if (s->spare) {
		s->spare->in_use = false;
	} else if (s->mem) {
		munmap(s->mem, s->size_B);
	}
	*s = (struct gt_sealed){.fd = -1};
}

void gt_sealed_abort(struct gt_sealed *s)
{
	close(s->fd);
	let_go(s);
}

/*
 * The kernel seals no page that somebody else refers to, and waits a moment for it; while it moves
 * pages about, a moment may be too short.
 */
static int add_seals(int fd, int seals)
{
	for (unsigned tries = 1; fcntl(fd, F_ADD_SEALS, seals); tries++) {
		if (errno != EBUSY || tries == SEAL_TRIES) {
			return -errno;
		}
	}
	return 0;
}

int gt_sealed_finish(struct gt_sealed *s, bool writable)
{
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | (writable ? 0 : F_SEAL_WRITE);
	int fd = s->fd, ret = s->spare ? write_spare(s) : 0;

	let_go(s);
	ret = ret ? ret : add_seals(fd, seals);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

int gt_held_open(struct gt_held *h, const char *name, size_t size_B, size_t *total_B)
{
	struct gt_sealed new;
	int ret;

	if (!size_B || size_B > GT_HELD_MAX_B - *total_B) {
		return -ENOMEM;
	}
	ret = gt_sealed_open(&new, name, size_B);
	if (ret) {
		return ret;
	}
	ret = add_seals(new.fd, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
	if (ret) {
		gt_sealed_abort(&new);
		return ret;
	}
	*total_B += size_B;
	*h = (struct gt_held){ new.mem, size_B, total_B };
	return new.fd;
}

void gt_held_close(struct gt_held *h)
{
	if (h->mem) {
		munmap(h->mem, h->size_B);
		*h->total_B -= h->size_B;
		*h = (struct gt_held){ 0 };
	}
}
