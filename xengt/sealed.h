/* SPDX-License-Identifier: MIT */
/*
 * Memory to hand to a client: a memfd that is filled here and then sealed against every change, so
 * that neither side can make the other fault or read what was not meant for it.
 */
#ifndef GT_SEALED_H
#define GT_SEALED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory of our own that is filled instead, and written to the memfd at the end: a page fault for
 * each page of a new mapping takes twice as long as the copy.  Kept from one to the next until it
 * is dropped; all zeros: none.
 */
struct gt_spare {
	void *mem;
	size_t size_B;
	bool in_use;
};
#define GT_SPARE_MAX_B (64u << 20) /* more than this is not kept, but mapped */

/* Give it back. */
void gt_spare_drop(struct gt_spare *spare);

struct gt_sealed {
	int fd;
	void *mem; /* size_B zeros, to be filled */
	size_t size_B;
	struct gt_spare *spare; /* that mem belongs to; NULL: a mapping */
};

/* 0 or negative errno.  All memory is had here: filling cannot fail.  @size_B 0 gives mem NULL. */
int gt_sealed_open(struct gt_sealed *s, const char *name, size_t size_B);
/* The same by way of @spare, if it is free; then memory may run out in gt_sealed_finish(), too. */
int gt_sealed_open_by(struct gt_sealed *s, const char *name, size_t size_B, struct gt_spare *spare);
/*
 * Seal: its size, and what is in it unless @writable (a udmabuf can be made of no other; what is
 * written then is the business of those that share it, we have no mapping of it any more).  The
 * descriptor, now the caller's, or negative errno; @s is gone either way.
 */
int gt_sealed_finish(struct gt_sealed *s, bool writable);
void gt_sealed_abort(struct gt_sealed *s);

/*
 * Memory that we go on writing and whoever has the descriptor can only read: its size is sealed,
 * and every mapping but ours is read-only for good.  All zeros: none.
 */
struct gt_held {
	void *mem;
	size_t size_B;
	size_t *total_B; /* of all that are held; outlives them */
};
#define GT_HELD_MAX_B (256u << 20) /* of all together */

/* @size_B zeros.  The descriptor, the caller's, or negative errno; -ENOMEM beyond GT_HELD_MAX_B. */
int gt_held_open(struct gt_held *h, const char *name, size_t size_B, size_t *total_B);
void gt_held_close(struct gt_held *h);

#endif
