/* SPDX-License-Identifier: MIT */
/*
 * Guest pages mapped into this process: a cache, because a foreign mapping costs tens of
 * microseconds and the engines touch the same pages over and over.
 *
 * A page found here was RAM of the guest when it was mapped and stays mapped (Xen counts the
 * reference) until it is dropped; gt_frames_drop_all() follows IOREQ_TYPE_INVALIDATE.
 */
#ifndef GT_FRAMES_H
#define GT_FRAMES_H

#include "xengt/types.h"

struct gt_vgpu;

#define GT_FRAMES_MAX 4096u /* pages kept mapped at most: 16 MiB */

struct gt_frames;
int gt_frames_create(struct gt_vgpu *v, struct gt_frames **out);
void gt_frames_destroy(struct gt_frames *f);
/*
 * Host address of a guest page, NULL if it is no RAM.  Pages are mapped read-write.  Valid until
 * the next call of gt_frames_trim() or gt_frames_drop_all().
 */
void *gt_frames_get(struct gt_frames *f, gt_gfn_t gfn);
/* The same for a page that will be written: page tables kept under write tracking hear of it. */
void *gt_frames_get_for_write(struct gt_frames *f, gt_gfn_t gfn);
/* Between pieces of work: give up least recently used pages beyond GT_FRAMES_MAX. */
void gt_frames_trim(struct gt_frames *f);
void gt_frames_drop_all(struct gt_frames *f);
size_t gt_frames_mapped(const struct gt_frames *f);

/* Copy guest memory out or in by gpa; -EFAULT if any page is no RAM (what could be, was copied). */
int gt_guest_read(struct gt_vgpu *v, gt_gpa_t gpa, void *buf, size_t len);
int gt_guest_write(struct gt_vgpu *v, gt_gpa_t gpa, const void *buf, size_t len);

#endif
