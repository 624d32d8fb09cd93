/* SPDX-License-Identifier: MIT */
/*
 * CRCs of what a pipe, or one plane of it, shows: how a test in the guest asks the display what it
 * shows (debugfs, crtc-N/crc in Linux).
 *
 * While the guest has PIPE_CRC_CTL's enable bit set and the interrupt unmasked, each vblank has a
 * CRC of the frame that it ends; otherwise nothing is done and no memory is held.  The hardware's
 * polynomial is not published: this is the CRC-32 of IEEE 802.3 over the pixels, red, green and
 * blue of each, so equal pictures have equal CRCs, and a change of any one pixel always shows.
 *
 * Bound: a frame whose CRC took t ns is followed by 3 t ns without one, so that a guest takes a
 * quarter of its worker's time at most; the frames between have no CRC, and no interrupt.
 * PRM SKL vol 12, "Pipe CRC"; BDW vol 11.
 */
#ifndef GT_PIPE_CRC_H
#define GT_PIPE_CRC_H

#include "regs.h"

struct gt_vgpu;

struct gt_pipe_crc {
	uint64_t not_before_ns[GT_MAX_PIPES];
	uint8_t *picture; /* kept from frame to frame while any pipe's CRC is on; NULL: none */
	size_t picture_B;
};

/* Is a vblank of this pipe wanted for its CRC? */
bool gt_pipe_crc_wanted(struct gt_vgpu *v, unsigned pipe);
/* The pipe's vblank has come; the planes are still those of the frame that it ends. */
void gt_pipe_crc_vblank(struct gt_vgpu *v, unsigned pipe);
/* PIPE_CRC_CTL was written. */
void gt_pipe_crc_ctl_write(struct gt_vgpu *v, const struct gt_reg *r,
			   const struct gt_reg_write *w);
/* Let memory go: at reset and at the end. */
void gt_pipe_crc_reset(struct gt_vgpu *v);

/* CRC-32 of @nr pixels of XRGB8888, the highest byte left out, after @crc (0 at first). */
uint32_t gt_pipe_crc_pixels(uint32_t crc, const uint32_t *px, size_t nr);

#endif
