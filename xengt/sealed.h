/* SPDX-License-Identifier: MIT */
/*
 * Memory to hand to a client: a memfd that is filled here and then sealed against every change, so
 * that neither side can make the other fault or read what was not meant for it.
 */
#ifndef GT_SEALED_H
#define GT_SEALED_H

#include <stdbool.h>
#include <stddef.h>

struct gt_sealed {
	int fd;
	void *mem; /* size_B zeros, to be filled */
	size_t size_B;
};

/* 0 or negative errno.  All memory is had here: filling cannot fail.  @size_B 0 gives mem NULL. */
int gt_sealed_open(struct gt_sealed *s, const char *name, size_t size_B);
/*
 * Seal: its size, and what is in it unless @writable (a udmabuf can be made of no other; what is
 * written then is the business of those that share it, we have no mapping of it any more).  The
 * descriptor, now the caller's, or negative errno; @s is gone either way.
 */
int gt_sealed_finish(struct gt_sealed *s, bool writable);
void gt_sealed_abort(struct gt_sealed *s);

#endif
