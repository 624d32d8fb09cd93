/* SPDX-License-Identifier: MIT */
/*
 * Per-process GTTs: 4-level guest tables (PRM SKL vol 5, "Per-Process GTT"), walked and checked at
 * first use of a page, and remembered until the guest could have changed them: the memory of a
 * walk is dropped at every submission, TLB invalidation register and reset.
 */
#ifndef GT_PPGTT_H
#define GT_PPGTT_H

#include "xengt/types.h"

struct gt_vgpu;

struct gt_ppgtt;
int gt_ppgtt_create(struct gt_vgpu *v, struct gt_ppgtt **out);
void gt_ppgtt_destroy(struct gt_ppgtt *p);
/* Shadow entry of the page at @gma (48 bits) under the tables at guest-physical @pml4; 0: none. */
gt_spte_t gt_ppgtt_lookup(struct gt_ppgtt *p, gt_gpa_t pml4, gt_gma_t gma);
void gt_ppgtt_invalidate(struct gt_ppgtt *p);

#endif
