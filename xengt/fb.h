/* SPDX-License-Identifier: MIT */
/*
 * What a plane shows, decoded from its registers and checked: after these functions said 0, every
 * number in struct gt_fb may be used in arithmetic without another look.
 *
 * The registers are the latched ones of v->display; call gt_display_latch() first.
 */
#ifndef GT_FB_H
#define GT_FB_H

#include "detile.h"
#include "pixel.h"
#include "xengt/protocol.h"

struct gt_vgpu;

#define GT_MAX_FB_PX 8192u /* width and height of a plane and of a pipe at most */

struct gt_fb {
	enum gt_format format;
	uint32_t fourcc;   /* the same in DRM's words */
	uint64_t modifier; /* and the tiling */
	enum gt_blend blend;
	struct gt_surface surface;
	gt_gma_t base;		      /* of the surface in the GGTT, page-aligned */
	uint32_t x_px, y_px;	      /* of the shown part in the surface */
	uint32_t width_px, height_px; /* of the shown part, 1..GT_MAX_FB_PX */
	int32_t pos_x_px, pos_y_px;   /* where it lies on the pipe; may be partly outside */
	bool rotated_180;
};

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

#endif
