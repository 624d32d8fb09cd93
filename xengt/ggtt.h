/* SPDX-License-Identifier: MIT */
/*
 * The global GTT: the guest's entries, and the shadow that everything else reads.
 *
 * The guest's entries are the guest seam's gtt[] (RAM inside BAR0, written at memory speed).  They
 * are taken over into the shadow when the guest writes GFX_FLSH_CNTL (0x101008), or one page at
 * its first use when it has no shadow yet.  Only entries of the partition are looked at.
 * PRM SKL vol 5, "Global Graphics Translation Table"; entry layout: bit 0 present, 38:12 address.
 */
#ifndef GT_GGTT_H
#define GT_GGTT_H

#include "xengt/types.h"

struct gt_vgpu;

struct gt_ggtt {
	gt_spte_t *shadow; /* one an entry; 0: not present */
	uint64_t *seen;	   /* the guest's entry the shadow was made from */
	uint32_t nr;
};

int gt_ggtt_init(struct gt_vgpu *v);
void gt_ggtt_finish(struct gt_vgpu *v);
void gt_ggtt_reset(struct gt_vgpu *v);

/* Take over every changed entry of the partition. */
void gt_ggtt_flush(struct gt_vgpu *v);
/* Shadow entry of GGTT page @page (gma >> 12): 0 if not present, or outside the partition. */
gt_spte_t gt_ggtt_lookup(struct gt_vgpu *v, uint64_t page);
/* Copy through the GGTT; -EFAULT at the first page that is not there. */
int gt_ggtt_read(struct gt_vgpu *v, gt_gma_t gma, void *buf, size_t len);
int gt_ggtt_write(struct gt_vgpu *v, gt_gma_t gma, const void *buf, size_t len);
/* True if [gma, gma + len) lies wholly in one window of the partition. */
bool gt_ggtt_inside(const struct gt_vgpu *v, gt_gma_t gma, uint64_t len);

/* Accesses that still arrive by ioreq: the GTT half while it has no RAM, and BAR2. */
uint64_t gt_ggtt_bar_read(struct gt_vgpu *v, uint64_t off, unsigned size);
void gt_ggtt_bar_write(struct gt_vgpu *v, uint64_t off, unsigned size, uint64_t val);
uint64_t gt_aperture_read(struct gt_vgpu *v, uint64_t off, unsigned size);
void gt_aperture_write(struct gt_vgpu *v, uint64_t off, unsigned size, uint64_t val);

#endif
