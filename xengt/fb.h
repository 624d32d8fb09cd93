/* SPDX-License-Identifier: MIT */
/*
 * What a plane shows, decoded from its registers and checked: after these functions said 0, every
 * number in struct gt_fb may be used in arithmetic without another look.
 *
 * The registers are the latched ones of v->display; call gt_display_latch() first.
 *
 * A plane is a rectangle of a surface (its source), perhaps turned, perhaps scaled, that lies on
 * the pipe.  Turned by a quarter: the driver maps the surface's tiles so that each column of them,
 * from the bottom to the top, is what the registers call a row (a "rotated view"); what is called
 * x, y, width and height here is what the registers say, in that view.
 */
#ifndef GT_FB_H
#define GT_FB_H

#include "detile.h"
#include "pixel.h"
#include "xengt/protocol.h"

struct gt_vgpu;

#define GT_MAX_FB_PX	 8192u /* width and height of a plane and of a pipe at most */
#define GT_MAX_SCALED_PX 4096u /* the same of what a scaler reads, and of what it makes */
#define GT_MAX_DOWNSCALE 3u    /* a scaler's source is less than this many times its window */

/* A surface in graphics memory, and where in it the shown part begins. */
struct gt_fb_surface {
	struct gt_surface s; /* stride_B of a rotated view: as if it were not one; do not use */
	gt_gma_t base;	     /* page-aligned */
	uint32_t x_px, y_px;
	uint32_t view_tiles; /* 0: no rotated view; else tiles in a row of it */
};

struct gt_fb {
	enum gt_format format;
	uint32_t fourcc;   /* the same in DRM's words */
	uint64_t modifier; /* and the tiling */
	enum gt_blend blend;
	uint8_t alpha; /* of the whole plane; 255: as its pixels say */
	struct gt_key key;
	struct gt_yuv yuv;		/* YUV formats */
	struct gt_fb_surface main, chroma; /* chroma: NV12 only, two bytes a pixel */
	uint32_t width_px, height_px;	/* of the shown part, 1..GT_MAX_FB_PX */
	bool rotated_180;		/* then upside down, rotated view or not */
	int32_t pos_x_px, pos_y_px;	/* where it lies on the pipe; may be partly outside */
	uint32_t shown_w_px, shown_h_px; /* how large there: other than width, height if scaled */
	bool gamma, csc;		/* goes through these of the pipe's */
};

/* Whether every byte that is read lies in the guest's own graphics memory. For fb_*.c. */
int gt_fb_check(struct gt_vgpu *v, const struct gt_fb *fb, char *detail);

/* Size of the picture that a pipe composes (PIPESRC). False if it is larger than GT_MAX_FB_PX. */
bool gt_fb_pipe_size(struct gt_vgpu *v, unsigned pipe, uint32_t *w_px, uint32_t *h_px);

/* Planes a pipe has, from the lowest to the highest. */
unsigned gt_fb_nr_planes(const struct gt_vgpu *v);

/*
 * 0: @out is what the plane shows.  -ENOENT: it is off.  -EINVAL: it cannot be read, @detail says
 * why; @out is then unchanged.
 */
int gt_fb_decode_plane(struct gt_vgpu *v, unsigned pipe, unsigned plane, struct gt_fb *out,
		       char detail[XENGT_DETAIL_MAX]);
int gt_fb_decode_cursor(struct gt_vgpu *v, unsigned pipe, struct gt_fb *out,
			char detail[XENGT_DETAIL_MAX]);

/*
 * The window in which the pipe's picture is shown when the pipe itself is scaled (scaler or panel
 * fitter).  0: it is, *x_px.. are set, in the @w_px x @h_px pixels that the monitor gets.
 * -ENOENT: it is not scaled.  -EINVAL: it cannot be, @detail says why.
 */
struct gt_fb_window {
	uint32_t x_px, y_px, w_px, h_px;
	uint32_t monitor_w_px, monitor_h_px;
};
int gt_fb_decode_window(struct gt_vgpu *v, unsigned pipe, struct gt_fb_window *out,
			char detail[XENGT_DETAIL_MAX]);

#endif
