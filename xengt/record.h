/* SPDX-License-Identifier: MIT */
/*
 * A trace of what goes in and out of one vGPU, as text: every access and what it read, when the
 * engines ran, the guest's memory they saw and what they made of it.  Off unless vgt_record asks.
 * tests/scenario replays it without a guest; docs/traces.md describes the lines.
 *
 * A trace holds what the guest's driver put into graphics memory: treat it as guest memory.
 */
#ifndef GT_RECORD_H
#define GT_RECORD_H

#include "xengt/types.h"

struct gt_vgpu;
struct gt_record;

/*
 * Begin to record into @fd, which becomes ours; at most @max_B bytes, then the recording ends
 * with a line ". full".  0 or negative errno.
 */
int gt_record_create(struct gt_vgpu *v, int fd, uint64_t max_B, struct gt_record **out);
void gt_record_destroy(struct gt_record *r);

/*
 * What follows does nothing when @r is NULL, i.e. nothing is recorded.
 *
 * An entry is one call from outside.  It begins before anything is done, and ends with its kind
 * and, for an access, where and what: 'r'/'w' BAR0, 'a'/'A' BAR2, 'o' ROM, 'c'/'C' configuration
 * space; 'x' a run of the engines, 'v' an invalidation, 'z' a reset.  @busy: an engine has work
 * left.
 */
void gt_record_begin(struct gt_record *r);
void gt_record_access(struct gt_record *r, char kind, uint64_t off, unsigned size, uint64_t val);
void gt_record_call(struct gt_record *r, char kind, bool busy);

/* Within an entry, @page of the guest is about to be read. */
void gt_record_page(struct gt_record *r, gt_gfn_t gfn, const void *page);
/* Within an entry, @page may be written. */
void gt_record_written(struct gt_record *r, gt_gfn_t gfn, const void *page);
/* The guest's GGTT entries count from now on: see which have changed. */
void gt_record_ggtt(struct gt_record *r);
/* An interrupt was raised. */
void gt_record_interrupt(struct gt_record *r);

#endif
