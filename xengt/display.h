/* SPDX-License-Identifier: MIT */
/*
 * The display engine: power wells and clocks (status bits that follow requests), one pipe with its
 * transcoder and DDI, planes and cursor, vblank and frame counters.
 *
 * Nothing here ticks.  Frame counter and scanline are computed from the clock when read; a vblank
 * deadline exists only while the guest has the vblank (or flip-done) interrupt unmasked; plane
 * registers are latched when somebody looks, at the vblank that lies before that moment.
 * PRM SKL vol 12 "Display".
 */
#ifndef GT_DISPLAY_H
#define GT_DISPLAY_H

#include "xengt/types.h"

struct gt_vgpu;

/*
 * What a plane shows, after the last vblank: registers as they were latched.  On Broadwell plane 1
 * is the primary plane (DSPCNTR, DSPSTRIDE, DSPSURF, DSPOFFSET; it has no position and no size)
 * and plane 2 the sprite; their registers lie at the same offsets.
 */
struct gt_plane {
	uint32_t ctl, stride, pos, size, surf, offset;
	uint32_t key_val, key_msk, key_max;
	uint32_t aux_dist, aux_offset; /* of the second surface: chroma */
};

struct gt_cursor {
	uint32_t ctl, base, pos, fbc;
};

/* A scaler of gen9, of one plane or of the pipe; Broadwell's panel fitter is scaler 0. */
struct gt_scaler {
	uint32_t ctl, pos, size;
};

/* Colour matrix and gamma mode of a pipe; the palettes themselves count at once. */
struct gt_pipe_colors {
	uint32_t csc_coeff[6], csc_mode, csc_preoff[3], csc_postoff[3];
	uint32_t gamma_mode;
};

#define GT_MAX_PLANES  3
#define GT_MAX_SCALERS 2

/* Indices of armed_frame[]: planes 1..3, then the cursor, then the scalers, then colours. */
#define GT_CURSOR_SLOT	GT_MAX_PLANES
#define GT_SCALER_SLOT	(GT_CURSOR_SLOT + 1)
#define GT_COLOR_SLOT	(GT_SCALER_SLOT + GT_MAX_SCALERS)
#define GT_PLANE_SLOTS	(GT_COLOR_SLOT + 1)
#define GT_NOT_ARMED	UINT64_MAX

struct gt_pipe {
	bool enabled;
	/* Line 0 of the first frame: when the pipe was enabled, later by what it stood still. */
	uint64_t start_ns;
	uint64_t frame_ns; /* length of a frame: 1 ms..1 s, whatever the guest programmed */
	/* Of the transcoder, 1..8192 each, as programmed when the pipe was enabled; not checked
	 * against each other. */
	uint32_t htotal, vtotal, hdisplay, vdisplay;
	uint32_t dsl_lag;	 /* lines the scanline register runs behind */
	uint64_t frames_before;	 /* vblanks counted before start_ns */
	uint64_t next_vblank_ns; /* UINT64_MAX: nobody waits */

	/* Double buffering: a write of SURF, CURBASE, a scaler's WIN_SZ, CSC_MODE or GAMMA_MODE
	 * copies the registers to next_*, and they become plane[], cursor, scaler[] and colors at
	 * the first vblank after it. */
	uint64_t armed_frame[GT_PLANE_SLOTS]; /* vblanks counted at that write, or GT_NOT_ARMED */
	struct gt_plane next_plane[GT_MAX_PLANES];
	struct gt_cursor next_cursor;
	struct gt_scaler next_scaler[GT_MAX_SCALERS];
	struct gt_pipe_colors next_colors;

	struct gt_plane plane[GT_MAX_PLANES];
	struct gt_cursor cursor;
	struct gt_scaler scaler[GT_MAX_SCALERS];
	struct gt_pipe_colors colors;
};

struct gt_display {
	struct gt_pipe pipe[GT_MAX_PIPES];
	bool driver_ready; /* PVINFO display_ready */
};

/*
 * State after reset: all pipes off.  The registers have their reset values already.
 */
int gt_display_init(struct gt_vgpu *v);
void gt_display_reset(struct gt_vgpu *v);
/* Raise what is due, and say when to come again. */
void gt_display_run(struct gt_vgpu *v);
uint64_t gt_display_deadline_ns(const struct gt_vgpu *v);
/* Interrupt masks changed: is a vblank wanted now? */
void gt_display_vblank_update(struct gt_vgpu *v, unsigned pipe);
/*
 * The pipe that is on and whose transcoder feeds head @head's DDI; false if there is none.  A pipe
 * whose transcoder feeds no DDI, as no driver leaves it, counts as that of the head of its number.
 */
bool gt_head_pipe(struct gt_vgpu *v, unsigned head, unsigned *pipe);
/* Bring pipe->plane/cursor up to the last vblank. */
void gt_display_latch(struct gt_vgpu *v, unsigned pipe);

#endif
