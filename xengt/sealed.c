/* SPDX-License-Identifier: MIT */
/* Sealed memfds; why they are sealed is in sealed.h. */
#define _GNU_SOURCE
#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

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
	struct gt_sealed new = { .size_B = size_B };
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

void gt_sealed_abort(struct gt_sealed *s)
{
	if (s->mem) {
		munmap(s->mem, s->size_B);
	}
	close(s->fd);
	*s = (struct gt_sealed){ .fd = -1 };
}

int gt_sealed_finish(struct gt_sealed *s, bool writable)
{
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | (writable ? 0 : F_SEAL_WRITE);
	int fd = s->fd;

	/* F_SEAL_WRITE wants no writable mapping left. */
	if (s->mem) {
		munmap(s->mem, s->size_B);
	}
	*s = (struct gt_sealed){ .fd = -1 };
	if (fcntl(fd, F_ADD_SEALS, seals)) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}
