/* SPDX-License-Identifier: MIT */
/*
 * Per-process GTTs: shadows of the guest's page tables (PRM SKL vol 5, "Per-Process GTT").
 *
 * A shadow table stands for one page of guest memory at one level and belongs to every root that
 * leads to it.  It is made at the first look-up that needs it, so nothing is walked that is not
 * used, and goes when no entry leads to it any more, or when there are too many.
 *
 * When is a change of the guest's seen?  Hardware may hold translations until its TLB is
 * invalidated, so that is the moment: gt_ppgtt_submit() and gt_ppgtt_invalidate() make every
 * table suspect, and a suspect table is compared with the guest's before it is used again.  Tables
 * that stay the same for long are write-tracked instead, and trusted until a write is reported.
 *
 *   out of sync --(first use after an invalidation: compare 512 entries)--> in sync
 *        ^                                                                    |
 *        |  gt_ppgtt_written(): one exit, the page is plain RAM again         | unchanged for
 *        +------------------------ tracked <----------------------------------+ many submissions
 */
#ifndef GT_PPGTT_H
#define GT_PPGTT_H

#include "xengt/types.h"

struct gt_vgpu;

/*
 * A root is the guest-physical address of a PML4 (48-bit contexts), or that of one of the four page
 * directories of a legacy 32-bit context with this bit set: each covers 1 GiB.
 */
#define GT_PPGTT_ROOT_PD UINT64_C(1)

struct gt_ppgtt;
int gt_ppgtt_create(struct gt_vgpu *v, struct gt_ppgtt **out);
/* Gives all tracked pages their type back. */
void gt_ppgtt_destroy(struct gt_ppgtt *p);

/*
 * Shadow entry of the page at @gma (48 bits, or 30 below a page directory) under @root; 0: none;
 * scratch: an entry on the way cannot be used.
 */
gt_spte_t gt_ppgtt_lookup(struct gt_ppgtt *p, uint64_t root, gt_gma_t gma);

/* A submission: as gt_ppgtt_invalidate(), and the moment at which tables get tracked. */
void gt_ppgtt_submit(struct gt_ppgtt *p);
/* The guest invalidated the TLB: from now on what it has written by now is what counts. */
void gt_ppgtt_invalidate(struct gt_ppgtt *p);
/* Forget every shadow, e.g. because guest frames changed their contents behind their type. */
void gt_ppgtt_forget(struct gt_ppgtt *p);

/* The guest announces a root, or takes it back (PVINFO); a root nobody announced works as well. */
void gt_ppgtt_root_create(struct gt_ppgtt *p, uint64_t root);
void gt_ppgtt_root_destroy(struct gt_ppgtt *p, uint64_t root);

/*
 * The page @gfn was written, or is about to be, by an access that write tracking reported or by
 * ourselves: it is not tracked any more.
 */
void gt_ppgtt_written(struct gt_ppgtt *p, gt_gfn_t gfn);

#endif
