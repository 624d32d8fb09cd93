/* SPDX-License-Identifier: MIT */
/*
 * Planes put together into a picture.
 *
 * Decides how planes lie upon each other and how much is brought in at a time.  What planes there
 * are is fb.c's business, how bytes lie in tiles detile.c's, what they mean pixel.c's.
 * PRM SKL vol 12, "Display Pipe": plane and cursor order.
 */
#include "compose.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "vgpu_internal.h"

#define SKL_DFSM	  0x51000u
#define LGC_PALETTE(pipe) (0x4a000u + 0x800u * (pipe))

/* The part of a plane that is on the pipe, in pixels. */
struct clip {
	uint32_t src_x, src_y; /* in the surface */
	uint32_t dst_x, dst_y; /* on the pipe */
	uint32_t w, h;
};

static bool clip_axis(int32_t pos, uint32_t len, uint32_t limit, uint32_t *skip, uint32_t *at,
		      uint32_t *shown)
{
	int64_t start = pos < 0 ? 0 : pos;
	int64_t end = (int64_t)pos + len < limit ? (int64_t)pos + len : limit;

	if (end <= start) {
		return false;
	}
	*skip = (uint32_t)(start - pos);
	*at = (uint32_t)start;
	*shown = (uint32_t)(end - start);
	return true;
}

static bool clip_to_pipe(const struct gt_compose *c, const struct gt_fb *fb, struct clip *clip)
{
	uint32_t skip_x, skip_y;

	if (!clip_axis(fb->pos_x_px, fb->width_px, c->w_px, &skip_x, &clip->dst_x, &clip->w) ||
	    !clip_axis(fb->pos_y_px, fb->height_px, c->h_px, &skip_y, &clip->dst_y, &clip->h)) {
		return false;
	}
	if (fb->rotated_180) {
		skip_x = fb->width_px - skip_x - clip->w;
		skip_y = fb->height_px - skip_y - clip->h;
	}
	clip->src_x = fb->x_px + skip_x;
	clip->src_y = fb->y_px + skip_y;
	return true;
}

/* Bring in all that @r touches, GT_COMPOSE_PAGES at most. */
static enum xengt_status bring_in(struct gt_compose *c, const struct gt_fb *fb,
				  const struct gt_rect *r, const uint8_t **pages)
{
	gt_gma_t gma[GT_COMPOSE_PAGES];
	size_t nr = gt_detile_nr_pages(&fb->surface, r);
	enum xengt_status status;

	for (size_t i = 0; i < nr; i++) {
		gma[i] = fb->base + gt_detile_page(&fb->surface, r, i) * GT_PAGE_SIZE;
	}
	status = c->source->pages(c->source, gma, nr, pages, c->detail);
	for (size_t i = 0; !status && i < nr; i++) {
		c->nr_holes += !pages[i];
	}
	return status;
}

/* The pipe's legacy palette, or greys while the guest has set none. */
static void load_palette(struct gt_compose *c, uint32_t *palette)
{
	uint32_t any = 0;

	for (uint32_t i = 0; i < GT_PALETTE_ENTRIES; i++) {
		palette[i] = gt_vreg(c->v, LGC_PALETTE(c->pipe) + i * 4) & 0xffffff;
		any |= palette[i];
	}
	for (uint32_t i = 0; !any && i < GT_PALETTE_ENTRIES; i++) {
		palette[i] = i * 0x010101;
	}
}

static void reverse(uint32_t *px, size_t nr)
{
	for (size_t i = 0; i < nr / 2; i++) {
		uint32_t swap = px[i];

		px[i] = px[nr - 1 - i];
		px[nr - 1 - i] = swap;
	}
}

static uint8_t *canvas_at(const struct gt_compose *c, uint32_t x, uint32_t y)
{
	return c->pixels + (size_t)y * c->stride_B + (size_t)x * 4;
}

/* Convert @rows rows of raw pixels, the first of them row @done of the clip, and lay them down. */
static void lay_rows(const struct gt_compose *c, const struct gt_fb *fb, const struct clip *clip,
		     uint32_t done, uint32_t rows, const uint8_t *raw, uint32_t *line,
		     const uint32_t *palette)
{
	const struct gt_format_row *format = &gt_formats[fb->format];

	for (uint32_t i = 0; i < rows; i++) {
		uint32_t row = done + i;
		uint32_t y = clip->dst_y + (fb->rotated_180 ? clip->h - 1 - row : row);

		format->to_argb(line, raw + (size_t)i * clip->w * format->cpp_B, clip->w,
				palette);
		if (fb->rotated_180) {
			reverse(line, clip->w);
		}
		gt_pixel_blend((uint32_t *)(void *)canvas_at(c, clip->dst_x, y), line, clip->w,
			       fb->blend);
	}
}

/* Whether the bytes in guest memory are already those of the picture. */
static bool is_direct(const struct gt_fb *fb)
{
	return fb->format == GT_FMT_XRGB8888 && fb->blend == GT_BLEND_NONE && !fb->rotated_180;
}

/* Bring in and lay down @r, which begins at row @done of the clip. */
static enum xengt_status compose_chunk(struct gt_compose *c, const struct gt_fb *fb,
				       const struct clip *clip, uint32_t done,
				       const struct gt_rect *r, const uint32_t *palette)
{
	const uint8_t *pages[GT_COMPOSE_PAGES];
	enum xengt_status status = bring_in(c, fb, r, pages);

	if (status) {
		return status;
	}
	if (is_direct(fb)) {
		gt_detile(&fb->surface, r, pages, canvas_at(c, clip->dst_x, clip->dst_y + done),
			  c->stride_B);
	} else {
		/* A private copy first: what is converted cannot change under us. */
		uint8_t *raw = malloc((size_t)r->w_B * r->h);
		uint32_t *line = malloc((size_t)clip->w * 4);

		if (raw && line) {
			gt_detile(&fb->surface, r, pages, raw, r->w_B);
			lay_rows(c, fb, clip, done, r->h, raw, line, palette);
		} else {
			status = XENGT_E_MEMORY;
		}
		free(raw);
		free(line);
	}
	c->source->release(c->source);
	return status;
}

static enum xengt_status lay_plane(struct gt_compose *c, const struct gt_fb *fb)
{
	struct clip clip;
	uint32_t cpp_B = fb->surface.cpp_B;
	uint32_t palette[GT_PALETTE_ENTRIES];

	if (!clip_to_pipe(c, fb, &clip)) {
		return XENGT_OK;
	}
	if (fb->format == GT_FMT_C8) {
		load_palette(c, palette);
	}
	for (uint32_t done = 0; done < clip.h;) {
		struct gt_rect r = { clip.src_x * cpp_B, clip.src_y + done, clip.w * cpp_B,
				     clip.h - done };
		enum xengt_status status;

		r.h = gt_detile_rows(&fb->surface, &r, GT_COMPOSE_PAGES);
		if (!r.h) {
			return XENGT_E_INTERNAL;
		}
		status = compose_chunk(c, fb, &clip, done, &r, palette);
		if (status) {
			return status;
		}
		done += r.h;
	}
	return XENGT_OK;
}

/* -ENOENT: the plane is off; else 0, and *status how it went. */
static int show_plane(struct gt_compose *c, unsigned plane, enum xengt_status *status)
{
	struct gt_fb fb;
	int ret = gt_fb_decode_plane(c->v, c->pipe, plane, &fb, c->detail);

	if (ret == -ENOENT) {
		return ret;
	}
	*status = ret ? XENGT_E_BAD_PLANE : lay_plane(c, &fb);
	if (*status == XENGT_E_BAD_PLANE) {
		gt_event(c->v, GT_EV_bad_plane, "pipe %u plane %u: %s", c->pipe, plane, c->detail);
	}
	return 0;
}

/* All planes, lowest first. XENGT_E_NO_PLANE if none is on. */
static enum xengt_status compose_planes(struct gt_compose *c)
{
	unsigned nr_shown = 0;

	for (unsigned plane = 0; plane < gt_fb_nr_planes(c->v); plane++) {
		enum xengt_status status;

		if (show_plane(c, plane, &status) == -ENOENT) {
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
	status = ret ? XENGT_E_BAD_PLANE : lay_plane(c, &fb);
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

static bool head_exists(struct gt_vgpu *v, unsigned head)
{
	static const uint32_t disabled[GT_MAX_PIPES] = { GT_BIT(30), GT_BIT(21), GT_BIT(28) };

	if (head >= GT_MAX_PIPES) {
		return false;
	}
	return gt_platforms[v->platform].gen < 9 || !(gt_vreg(v, SKL_DFSM) & disabled[head]);
}

enum xengt_status gt_compose_ready(struct gt_vgpu *v, unsigned head)
{
	if (!head_exists(v, head)) {
		return XENGT_E_NO_HEAD;
	}
	if (!v->display.pipe[head].enabled) {
		return v->display.driver_ready ? XENGT_E_PIPE_OFF : XENGT_E_NO_DRIVER;
	}
	return XENGT_OK;
}

enum xengt_status gt_compose_size(struct gt_vgpu *v, unsigned pipe, uint32_t *w_px, uint32_t *h_px,
				  char detail[XENGT_DETAIL_MAX])
{
	if (!gt_fb_pipe_size(v, pipe, w_px, h_px)) {
		snprintf(detail, XENGT_DETAIL_MAX, "the pipe is larger than %u pixels",
			 GT_MAX_FB_PX);
		return XENGT_E_BAD_PLANE;
	}
	return XENGT_OK;
}

static void tell_holes(struct gt_compose *c)
{
	if (c->nr_holes && !c->detail[0]) {
		snprintf(c->detail, XENGT_DETAIL_MAX,
			 "%llu pages of the picture are no memory of the guest, they are black",
			 (unsigned long long)c->nr_holes);
	}
}

enum xengt_status gt_compose_pipe(struct gt_compose *c, bool with_cursor)
{
	enum xengt_status status = compose_planes(c);

	if (!status && with_cursor) {
		status = compose_cursor(c);
	}
	if (!status) {
		tell_holes(c);
	}
	return status;
}

enum xengt_status gt_compose_plane(struct gt_compose *c, unsigned plane)
{
	enum xengt_status status;

	if (plane >= gt_fb_nr_planes(c->v) || show_plane(c, plane, &status) == -ENOENT) {
		return XENGT_E_NO_PLANE;
	}
	if (!status) {
		tell_holes(c);
	}
	return status;
}
