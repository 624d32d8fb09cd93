/* SPDX-License-Identifier: MIT */
/*
 * Planes put together into a picture.
 *
 * Decides in what order planes, colours and the pipe's scaler act.  What planes there are is fb.c's
 * business, how one is read and laid down compose_view.c's and compose_lay.c's, what pixels mean
 * pixel.c's, and colour color.c's.
 * PRM SKL vol 12, "Display Pipe": plane and cursor order.
 */
#include "compose_internal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "vgpu_internal.h"

#define PIPE_BOTTOM_COLOR(pipe) (0x70034u + 0x1000u * (pipe))

/* What planes have said to those that come after them. */
struct so_far {
	bool gamma, csc;  /* any of them goes through these of the pipe's */
	struct gt_key key; /* of the last one */
};

static void remember(struct so_far *s, const struct gt_fb *fb)
{
	s->gamma = s->gamma || fb->gamma;
	s->csc = s->csc || fb->csc;
	s->key = fb->key;
}

/* -ENOENT: the plane is off; else 0, and *status how it went. */
static int show_plane(struct gt_compose *c, unsigned plane, struct so_far *s,
		      enum xengt_status *status)
{
	struct gt_fb fb;
	int ret = gt_fb_decode_plane(c->v, c->pipe, plane, &fb, c->detail);
	const struct gt_key *below = s->key.mode == GT_KEY_DESTINATION ? &s->key : NULL;

	if (ret == -ENOENT) {
		return ret;
	}
	*status = ret ? XENGT_E_BAD_PLANE : gt_lay_plane(c, &fb, below);
	if (!ret) {
		remember(s, &fb);
	}
	if (*status == XENGT_E_BAD_PLANE) {
		gt_event(c->v, GT_EV_bad_plane, "pipe %u plane %u: %s", c->pipe, plane, c->detail);
	}
	return 0;
}

/* All planes, lowest first. XENGT_E_NO_PLANE if none is on. */
static enum xengt_status compose_planes(struct gt_compose *c, struct so_far *s)
{
	unsigned nr_shown = 0;

	for (unsigned plane = 0; plane < gt_fb_nr_planes(c->v); plane++) {
		enum xengt_status status;

		if (show_plane(c, plane, s, &status) == -ENOENT) {
			continue;
		}
		if (status) {
			return status;
		}
		nr_shown++;
	}
	return nr_shown ? XENGT_OK : XENGT_E_NO_PLANE;
}

/* The cursor, if it can be read; a picture without it is better than none. */
static enum xengt_status compose_cursor(struct gt_compose *c)
{
	struct gt_fb fb;
	int ret = gt_fb_decode_cursor(c->v, c->pipe, &fb, c->detail);
	enum xengt_status status;

	if (ret == -ENOENT) {
		return XENGT_OK;
	}
	status = ret ? XENGT_E_BAD_PLANE : gt_lay_plane(c, &fb, NULL);
	if (status == XENGT_E_BAD_PLANE) {
		char why[XENGT_DETAIL_MAX];

		gt_event(c->v, GT_EV_bad_plane, "cursor of pipe %u: %s", c->pipe, c->detail);
		snprintf(why, sizeof(why), "%s", c->detail);
		snprintf(c->detail, XENGT_DETAIL_MAX, "without the cursor: %.*s",
			 XENGT_DETAIL_MAX - 21, why);
		return XENGT_OK;
	}
	return status;
}

enum xengt_status gt_compose_ready(struct gt_vgpu *v, unsigned head, unsigned *pipe)
{
	if (head >= v->opt.nr_heads) {
		return XENGT_E_NO_HEAD;
	}
	if (!gt_head_pipe(v, head, pipe)) {
		return v->display.driver_ready ? XENGT_E_PIPE_OFF : XENGT_E_NO_DRIVER;
	}
	return XENGT_OK;
}

enum xengt_status gt_compose_size(struct gt_vgpu *v, unsigned pipe, uint32_t *w_px, uint32_t *h_px,
				  char detail[XENGT_DETAIL_MAX])
{
	struct gt_fb_window window;
	int ret;

	if (!gt_fb_pipe_size(v, pipe, w_px, h_px)) {
		snprintf(detail, XENGT_DETAIL_MAX, "the pipe is larger than %u pixels",
			 GT_MAX_FB_PX);
		return XENGT_E_BAD_PLANE;
	}
	ret = gt_fb_decode_window(v, pipe, &window, detail);
	if (!ret) {
		*w_px = window.monitor_w_px;
		*h_px = window.monitor_h_px;
	}
	return !ret || ret == -ENOENT ? XENGT_OK : XENGT_E_BAD_PLANE;
}

/* --- colours -------------------------------------------------------------------------------- */

static uint32_t *row_at(const struct gt_compose *c, uint32_t y)
{
	return (uint32_t *)(void *)(c->pixels + y * c->stride_B);
}

/* Gen9's colour beneath all planes: 10 bits a channel. The picture is black already. */
static void fill_bottom(struct gt_compose *c)
{
	uint32_t bottom = gt_vreg(c->v, PIPE_BOTTOM_COLOR(c->pipe));
	uint32_t px = (bottom >> 22 & 0xff) << 16 | (bottom >> 12 & 0xff) << 8 |
		      (bottom >> 2 & 0xff);

	if (!px || gt_platforms[c->v->platform].gen < 9) {
		return;
	}
	for (uint32_t y = 0; y < c->h_px; y++) {
		uint32_t *row = row_at(c, y);

		for (uint32_t x = 0; x < c->w_px; x++) {
			row[x] = px;
		}
	}
}

static void apply_colors(struct gt_compose *c, const struct so_far *s)
{
	struct gt_color_stage stage;

	gt_color_stage_init(&stage, c->v, c->pipe, s->gamma, s->csc);
	for (uint32_t y = 0; !stage.is_identity && y < c->h_px; y++) {
		gt_color_apply(&stage, row_at(c, y), c->w_px);
	}
}

/* --- pictures ------------------------------------------------------------------------------- */

void gt_compose_tell_holes(struct gt_compose *c)
{
	if (c->nr_holes && !c->detail[0]) {
		snprintf(c->detail, XENGT_DETAIL_MAX,
			 "%llu pages of the picture are no memory of the guest, they are black",
			 (unsigned long long)c->nr_holes);
	}
}

#define ALL_PLANES UINT_MAX

/* What is composed: all planes, or one of them. */
struct what {
	unsigned plane;
	bool cursor;
};

static enum xengt_status compose_source(struct gt_compose *c, const struct what *w)
{
	struct so_far s = { 0 };
	enum xengt_status status;

	fill_bottom(c);
	if (w->plane == ALL_PLANES) {
		status = compose_planes(c, &s);
	} else if (show_plane(c, w->plane, &s, &status) == -ENOENT) {
		status = XENGT_E_NO_PLANE;
	}
	if (!status && w->cursor) {
		status = compose_cursor(c);
	}
	if (!status) {
		apply_colors(c, &s);
	}
	return status;
}

/* The source in its window, and of that the part that is asked for. */
static enum xengt_status show_window(struct gt_compose *c, const struct gt_compose *source,
				     const struct gt_fb_window *window)
{
	size_t stride_px = window->monitor_w_px;
	uint32_t *whole = calloc(window->monitor_h_px, stride_px * 4);
	uint32_t *to = whole + window->y_px * stride_px + window->x_px;
	bool good = whole && gt_lay_window(row_at(source, 0), source->w_px, source->w_px,
					   source->h_px, to, stride_px, window->w_px,
					   window->h_px);

	for (uint32_t y = 0; good && y < c->h_px; y++) {
		memcpy(row_at(c, y), whole + (c->y_px + y) * stride_px + c->x_px,
		       (size_t)c->w_px * 4);
	}
	free(whole);
	return good ? XENGT_OK : XENGT_E_MEMORY;
}

/* The pipe's source first, all of it, in memory of our own. */
static enum xengt_status compose_scaled(struct gt_compose *c, const struct what *w,
					const struct gt_fb_window *window)
{
	struct gt_compose source = *c;
	enum xengt_status status;

	gt_fb_pipe_size(c->v, c->pipe, &source.w_px, &source.h_px);
	source.x_px = source.y_px = 0;
	source.stride_B = source.w_px * 4;
	source.pixels = calloc(source.h_px, source.stride_B);
	if (!source.pixels) {
		return XENGT_E_MEMORY;
	}
	status = compose_source(&source, w);
	c->nr_holes = source.nr_holes;
	if (!status) {
		status = show_window(c, &source, window);
	}
	free(source.pixels);
	return status;
}

static enum xengt_status compose(struct gt_compose *c, const struct what *w)
{
	struct gt_fb_window window;
	uint32_t w_px, h_px;
	enum xengt_status status = gt_compose_size(c->v, c->pipe, &w_px, &h_px, c->detail);

	if (status || c->w_px > w_px || c->x_px > w_px - c->w_px || c->h_px > h_px ||
	    c->y_px > h_px - c->h_px) {
		return status ? status : XENGT_E_INTERNAL;
	}
	switch (gt_fb_decode_window(c->v, c->pipe, &window, c->detail)) {
	case 0:
		return compose_scaled(c, w, &window);
	case -ENOENT:
		return compose_source(c, w);
	default:
		return XENGT_E_BAD_PLANE;
	}
}

enum xengt_status gt_compose_pipe(struct gt_compose *c, bool with_cursor)
{
	return compose(c, &(struct what){ ALL_PLANES, with_cursor });
}

enum xengt_status gt_compose_plane(struct gt_compose *c, unsigned plane)
{
	if (plane >= gt_fb_nr_planes(c->v)) {
		return XENGT_E_NO_PLANE;
	}
	return compose(c, &(struct what){ plane, false });
}

/* --- the usual desktop ---------------------------------------------------------------------- */

static bool covers(const struct gt_fb *fb, uint32_t w_px, uint32_t h_px)
{
	return !fb->pos_x_px && !fb->pos_y_px && fb->width_px >= w_px && fb->height_px >= h_px;
}

static bool nothing_above(struct gt_vgpu *v, unsigned pipe, unsigned plane, bool with_cursor)
{
	char detail[XENGT_DETAIL_MAX];
	struct gt_fb fb;

	for (unsigned above = plane + 1; above < gt_fb_nr_planes(v); above++) {
		if (gt_fb_decode_plane(v, pipe, above, &fb, detail) != -ENOENT) {
			return false;
		}
	}
	return !with_cursor || gt_fb_decode_cursor(v, pipe, &fb, detail) == -ENOENT;
}

bool gt_compose_is_one_plane(struct gt_vgpu *v, unsigned pipe, bool with_cursor, struct gt_fb *fb,
			     enum gt_turn *turn)
{
	char detail[XENGT_DETAIL_MAX];
	struct gt_color_stage stage;
	struct gt_fb_window window;
	uint32_t w_px, h_px;

	if (gt_fb_decode_window(v, pipe, &window, detail) != -ENOENT ||
	    !gt_fb_pipe_size(v, pipe, &w_px, &h_px) ||
	    gt_fb_decode_plane(v, pipe, 0, fb, detail) || !gt_compose_is_direct(fb, turn) ||
	    !covers(fb, w_px, h_px) || !nothing_above(v, pipe, 0, with_cursor)) {
		return false;
	}
	gt_color_stage_init(&stage, v, pipe, fb->gamma, fb->csc);
	return stage.is_identity;
}
