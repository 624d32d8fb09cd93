/* SPDX-License-Identifier: MIT */
/*
 * The global GTT: the guest's entries, and the shadow that everything else reads.
 *
 * The guest's entries are the guest seam's gtt[] (RAM inside BAR0, written at memory speed).  A
 * write of GFX_FLSH_CNTL (0x101008) makes every shadow entry old, which costs nothing; an old entry
 * is compared with the guest's at its next use, and taken over (checked, translated) if that
 * changed.  An entry without a shadow is always looked at.  Only entries of the partition are.
 * Measured at -O1 with 448 MiB: 2 ns a flush, 4 ns a lookup, 5 ns one that takes over.
 * PRM SKL vol 5, "Global Graphics Translation Table"; entry layout: bit 0 present, 38:12 address.
 */
#ifndef GT_GGTT_H
#define GT_GGTT_H

#include "xengt/types.h"

struct gt_vgpu;

struct gt_ggtt {
	gt_spte_t *shadow; /* one an entry; 0: not present */
	uint64_t *seen;	   /* the guest's entry the shadow was made from */
	uint32_t *flush;   /* nr_flushes when the two were last compared */
	uint32_t nr_flushes;
	uint32_t nr;
};

int gt_ggtt_init(struct gt_vgpu *v);
void gt_ggtt_finish(struct gt_vgpu *v);
void gt_ggtt_reset(struct gt_vgpu *v);

/* From now on what the guest has written by now is what counts. */
void gt_ggtt_flush(struct gt_vgpu *v);
/*
 * Shadow entry of GGTT page @page (gma >> 12): 0 if not present; scratch if it cannot be used or
 * lies outside the partition.
 */
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

/*
 * Where the CPU's byte at @gma of the aperture really lies: fences (registers 0x100000 on) make
 * tiled memory look linear.
 */
gt_gma_t gt_fence_translate(struct gt_vgpu *v, gt_gma_t gma);

#endif
