/* SPDX-License-Identifier: MIT */
/*
 * The cursor alone, for who draws it himself: as its pixels are, before the pipe's colours.
 *
 * Decides which cursors can be had so: those that are pixels with alpha, of a pipe that is not
 * scaled.  PRM SKL vol 12, "Cursor Plane".
 */
#include "compose_internal.h"

#include <errno.h>
#include <stdio.h>

/* XENGT_OK, and fb->width_px 0 if it is off. */
static enum xengt_status decode(struct gt_vgpu *v, unsigned pipe, struct gt_fb *fb, char *detail)
{
	struct gt_fb_window window;
	int ret = gt_fb_decode_window(v, pipe, &window, detail);

	*fb = (struct gt_fb){ .width_px = 0 };
	if (!ret) {
		snprintf(detail, XENGT_DETAIL_MAX, "the pipe is scaled, and its cursor with it");
	}
	if (ret != -ENOENT) {
		return XENGT_E_BAD_PLANE;
	}
	ret = gt_fb_decode_cursor(v, pipe, fb, detail);
	if (!ret && fb->blend != GT_BLEND_PREMULT) {
		snprintf(detail, XENGT_DETAIL_MAX, "the cursor inverts what is below it");
		return XENGT_E_BAD_PLANE;
	}
	return !ret || ret == -ENOENT ? XENGT_OK : XENGT_E_BAD_PLANE;
}

enum xengt_status gt_compose_find_cursor(struct gt_vgpu *v, unsigned pipe,
					 struct gt_compose_cursor *out,
					 char detail[XENGT_DETAIL_MAX])
{
	struct gt_fb fb;
	enum xengt_status status = decode(v, pipe, &fb, detail);

	*out = (struct gt_compose_cursor){
		.x_px = fb.pos_x_px,
		.y_px = fb.pos_y_px,
		.w_px = fb.width_px ? fb.width_px : 1,
		.h_px = fb.width_px ? fb.height_px : 1,
	};
	return status;
}

/* The last pixel first. */
static void turn_upside_down(uint32_t *px, size_t nr)
{
	for (size_t i = 0; i < nr / 2; i++) {
		uint32_t first = px[i];

		px[i] = px[nr - 1 - i];
		px[nr - 1 - i] = first;
	}
}

enum xengt_status gt_compose_cursor_alone(struct gt_compose *c)
{
	uint32_t *px = (uint32_t *)(void *)c->pixels;
	struct gt_fb fb;
	enum xengt_status status = decode(c->v, c->pipe, &fb, c->detail);

	if (status || !fb.width_px) {
		return status;
	}
	if (c->w_px != fb.width_px || c->h_px != fb.height_px || c->stride_B != c->w_px * 4) {
		return XENGT_E_INTERNAL;
	}
	for (uint32_t y = 0; !status && y < c->h_px; y += GT_VIEW_ROWS) {
		uint32_t rows = c->h_px - y < GT_VIEW_ROWS ? c->h_px - y : GT_VIEW_ROWS;

		status = gt_view_read(c, &fb, y, rows, px + (size_t)y * c->w_px);
	}
	if (!status && fb.rotated_180) {
		turn_upside_down(px, (size_t)c->w_px * c->h_px);
	}
	return status;
}
