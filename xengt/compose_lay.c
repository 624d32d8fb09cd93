/* SPDX-License-Identifier: MIT */
/*
 * A plane laid upon the picture: clipped, scaled, turned upside down, keyed, blended.
 *
 * Decides the way: a plane that merely covers what is below goes straight from its pages into the
 * picture; any other goes by rows of ARGB8888.  Scaling is bilinear between the centres of pixels,
 * edges repeated, whatever filter the driver asked for; the hardware's own filters have more taps,
 * which are not published.
 *
 * Bound: a plane is read once, and once more by a few rows at the seams if it is scaled: 8192 x
 * 8192 pixels at most, 4096 x 4096 if scaled.
 * PRM SKL vol 12, "Display Pipe", "Pipe Scaler".
 */
#include "compose_internal.h"

#include <stdlib.h>
#include <string.h>

/* The part of a plane that is on the part of the picture. */
struct clip {
	uint32_t skip_x, skip_y; /* of the plane as it lies there */
	uint32_t dst_x, dst_y;
	uint32_t w, h;
};

static bool clip_axis(int64_t pos, uint32_t len, uint32_t limit, uint32_t *skip, uint32_t *at,
		      uint32_t *shown)
{
	int64_t start = pos < 0 ? 0 : pos;
	int64_t end = pos + len < limit ? pos + len : limit;

	if (end <= start) {
		return false;
	}
	*skip = (uint32_t)(start - pos);
	*at = (uint32_t)start;
	*shown = (uint32_t)(end - start);
	return true;
}

static bool clip_to_picture(const struct gt_compose *c, const struct gt_fb *fb, struct clip *clip)
{
	int64_t x = (int64_t)fb->pos_x_px - c->x_px, y = (int64_t)fb->pos_y_px - c->y_px;

	return clip_axis(x, fb->shown_w_px, c->w_px, &clip->skip_x, &clip->dst_x, &clip->w) &&
	       clip_axis(y, fb->shown_h_px, c->h_px, &clip->skip_y, &clip->dst_y, &clip->h);
}

static uint32_t *picture_at(const struct gt_compose *c, uint32_t x, uint32_t y)
{
	return (uint32_t *)(void *)(c->pixels + (size_t)y * c->stride_B + (size_t)x * 4);
}

/* --- straight into the picture -------------------------------------------------------------- */

static bool find_turn(enum gt_format format, enum gt_turn *turn)
{
	static const struct {
		enum gt_format format;
		enum gt_turn turn;
	} turns[] = {
		{ GT_FMT_XRGB8888, GT_TURN_NONE },
		{ GT_FMT_XBGR8888, GT_TURN_XBGR8888 },
		{ GT_FMT_XRGB2101010, GT_TURN_XRGB2101010 },
		{ GT_FMT_XBGR2101010, GT_TURN_XBGR2101010 },
		{ GT_FMT_RGB565, GT_TURN_RGB565 },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(turns); i++) {
		if (turns[i].format == format) {
			*turn = turns[i].turn;
			return true;
		}
	}
	return false;
}

bool gt_compose_is_direct(const struct gt_fb *fb, enum gt_turn *turn)
{
	return fb->blend == GT_BLEND_NONE && fb->alpha == 255 && fb->key.mode != GT_KEY_SOURCE &&
	       fb->key.mode != GT_KEY_BELOW && !fb->rotated_180 && !fb->main.view_tiles &&
	       fb->shown_w_px == fb->width_px && fb->shown_h_px == fb->height_px &&
	       find_turn(fb->format, turn);
}

static enum xengt_status lay_direct(struct gt_compose *c, const struct gt_fb *fb,
				    const struct clip *clip, enum gt_turn turn)
{
	const struct gt_surface *s = &fb->main.s;
	uint32_t x_B = (fb->main.x_px + clip->skip_x) * s->cpp_B;

	for (uint32_t done = 0; done < clip->h;) {
		struct gt_rect r = { x_B, fb->main.y_px + clip->skip_y + done, clip->w * s->cpp_B,
				     clip->h - done };
		uint8_t *dst = (uint8_t *)picture_at(c, clip->dst_x, clip->dst_y + done);
		enum xengt_status status;

		r.h = gt_detile_rows(s, &r, GT_COMPOSE_PAGES);
		if (!r.h) {
			return XENGT_E_INTERNAL;
		}
		status = gt_view_detile(c, s, fb->main.base, &r, turn, dst, c->stride_B);
		if (status) {
			return status;
		}
		done += r.h;
	}
	return XENGT_OK;
}

/* --- scaling -------------------------------------------------------------------------------- */

/* Between which two pixels of the source one of the window lies: 256 - weight of the first. */
struct tap {
	uint16_t at, next;
	uint32_t weight; /* 0..255 */
};

static struct tap find_tap(uint32_t i, uint32_t from, uint32_t to)
{
	/* (i + 1/2) * from / to - 1/2, in 1/256 */
	int64_t pos = ((2 * (int64_t)i + 1) * from * 256 / to - 256) / 2;
	struct tap t;

	if (pos < 0) {
		pos = 0;
	}
	t.at = (uint16_t)(pos >> 8);
	t.weight = (uint32_t)pos & 0xff;
	if (t.at + 1u >= from) {
		t.at = (uint16_t)(from - 1);
		t.weight = 0;
	}
	t.next = t.weight ? t.at + 1 : t.at;
	return t;
}

static struct tap *make_taps(uint32_t from, uint32_t to)
{
	struct tap *taps = malloc(to * sizeof(*taps));

	for (uint32_t i = 0; taps && i < to; i++) {
		taps[i] = find_tap(i, from, to);
	}
	return taps;
}

/* Two pixels mixed, two channels at a time. */
static uint32_t mix(uint32_t a, uint32_t b, uint32_t weight)
{
	uint32_t low = (a & 0xff00ff) * (256 - weight) + (b & 0xff00ff) * weight + 0x800080;
	uint32_t high = (a >> 8 & 0xff00ff) * (256 - weight) + (b >> 8 & 0xff00ff) * weight +
			0x800080;

	return (low >> 8 & 0xff00ff) | (high & 0xff00ff00);
}

/* One row of a window out of two of the source. */
static void scale_row(const uint32_t *row, const uint32_t *next, uint32_t weight,
		      const struct tap *taps, uint32_t nr, uint32_t *px)
{
	for (uint32_t i = 0; i < nr; i++) {
		const struct tap *t = &taps[i];
		uint32_t left = row[t->at], right = row[t->next];

		if (weight) {
			left = mix(left, next[t->at], weight);
			right = mix(right, next[t->next], weight);
		}
		px[i] = t->weight ? mix(left, right, t->weight) : left;
	}
}

bool gt_lay_window(const uint32_t *from, size_t from_stride_px, uint32_t from_w_px,
		   uint32_t from_h_px, uint32_t *to, size_t to_stride_px, uint32_t to_w_px,
		   uint32_t to_h_px)
{
	struct tap *taps = make_taps(from_w_px, to_w_px);

	for (uint32_t y = 0; taps && y < to_h_px; y++) {
		struct tap t = find_tap(y, from_h_px, to_h_px);

		scale_row(from + t.at * from_stride_px, from + t.next * from_stride_px, t.weight,
			  taps, to_w_px, to + y * to_stride_px);
	}
	free(taps);
	return taps != NULL;
}

/* --- by rows -------------------------------------------------------------------------------- */

/* All that is needed to lay the rows of one plane. */
struct layer {
	struct gt_compose *c;
	const struct gt_fb *fb;
	const struct gt_key *below;
	struct clip clip;
	enum gt_blend blend;
	bool scaled;
	struct tap *taps;   /* across, if scaled */
	uint32_t *rows;	    /* GT_VIEW_ROWS of the source */
	uint32_t *line;	    /* one as it is laid */
	uint32_t first, nr; /* which of the source's rows are in .rows */
};

/* The alpha of the whole plane, into that of its pixels. */
static void fade(uint32_t *px, size_t nr, const struct gt_fb *fb)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t p = fb->blend == GT_BLEND_NONE ? px[i] | 0xff000000 : px[i];

		if (fb->blend == GT_BLEND_COVERAGE) {
			px[i] = (p & 0xffffff) | (gt_pixel_scale(p, fb->alpha) & 0xff000000);
		} else {
			px[i] = gt_pixel_scale(p, fb->alpha);
		}
	}
}

/* Only where the picture so far matches @key. */
static void blend_keyed(uint32_t *dst, const uint32_t *src, size_t nr, enum gt_blend blend,
			const struct gt_key *key)
{
	for (size_t i = 0; i < nr; i++) {
		if (gt_key_matches(key, dst[i])) {
			gt_pixel_blend(dst + i, src + i, 1, blend);
		}
	}
}

/* Row @row of the plane as it lies on the picture, before it is turned upside down. */
static void lay_row(struct layer *l, uint32_t row, const uint32_t *px)
{
	const struct gt_fb *fb = l->fb;
	uint32_t y = fb->rotated_180 ? fb->shown_h_px - 1 - row : row;
	uint32_t *dst = picture_at(l->c, l->clip.dst_x, l->clip.dst_y + y - l->clip.skip_y);
	const uint32_t *src = px + l->clip.skip_x;

	if (fb->rotated_180) {
		bool covers = l->blend == GT_BLEND_NONE && !l->below;
		uint32_t *line = covers ? dst : l->line;

		src = px + fb->shown_w_px - l->clip.skip_x - l->clip.w;
		gt_pixel_reverse(line, src, l->clip.w);
		if (covers) {
			return;
		}
		src = line;
	}
	if (fb->alpha < 255) {
		if (src != l->line) {
			memcpy(l->line, src, (size_t)l->clip.w * 4);
		}
		fade(l->line, l->clip.w, fb);
		src = l->line;
	}
	if (l->below) {
		blend_keyed(dst, src, l->clip.w, l->blend, l->below);
	} else {
		gt_pixel_blend(dst, src, l->clip.w, l->blend);
	}
}

/* Have rows @from..@to of the source in .rows. */
static enum xengt_status have_rows(struct layer *l, uint32_t from, uint32_t to)
{
	enum xengt_status status;

	if (from >= l->first && to < l->first + l->nr) {
		return XENGT_OK;
	}
	/* From a seam of tiles on, if that has them all. */
	l->first = from;
	l->nr = GT_VIEW_ROWS - (from + l->fb->main.y_px) % GT_VIEW_ROWS;
	if (from + l->nr <= to) {
		l->nr = GT_VIEW_ROWS;
	}
	if (l->nr > l->fb->height_px - from) {
		l->nr = l->fb->height_px - from;
	}
	status = gt_view_read(l->c, l->fb, l->first, l->nr, l->rows);
	if (status) {
		l->nr = 0;
	}
	return status;
}

static enum xengt_status scale_and_lay(struct layer *l, uint32_t row, uint32_t *scaled)
{
	const struct gt_fb *fb = l->fb;
	struct tap t = { .at = (uint16_t)row, .next = (uint16_t)row };
	const uint32_t *px;
	enum xengt_status status;

	if (l->scaled) {
		t = find_tap(row, fb->height_px, fb->shown_h_px);
	}
	status = have_rows(l, t.at, t.next);
	if (status) {
		return status;
	}
	px = l->rows + (size_t)(t.at - l->first) * fb->width_px;
	if (l->scaled) {
		scale_row(px, px + (size_t)(t.next - t.at) * fb->width_px, t.weight, l->taps,
			  fb->shown_w_px, scaled);
		px = scaled;
	}
	lay_row(l, row, px);
	return XENGT_OK;
}

static enum xengt_status lay_rows(struct layer *l, uint32_t *scaled)
{
	uint32_t first = l->clip.skip_y;
	enum xengt_status status = XENGT_OK;

	if (l->fb->rotated_180) {
		first = l->fb->shown_h_px - l->clip.skip_y - l->clip.h;
	}
	for (uint32_t i = 0; !status && i < l->clip.h; i++) {
		status = scale_and_lay(l, first + i, scaled);
	}
	return status;
}

static enum xengt_status lay_by_rows(struct gt_compose *c, const struct gt_fb *fb,
				     const struct gt_key *below, const struct clip *clip)
{
	struct layer l = {
		.c = c, .fb = fb, .below = below, .clip = *clip, .blend = fb->blend,
		.scaled = fb->shown_w_px != fb->width_px || fb->shown_h_px != fb->height_px,
		.rows = malloc((size_t)fb->width_px * GT_VIEW_ROWS * 4),
		.line = malloc((size_t)fb->shown_w_px * 4),
	};
	uint32_t *scaled = malloc((size_t)fb->shown_w_px * 4);
	enum xengt_status status = XENGT_E_MEMORY;

	if (l.scaled) {
		l.taps = make_taps(fb->width_px, fb->shown_w_px);
	}
	if (fb->key.mode == GT_KEY_BELOW) {
		l.below = &fb->key;
	}
	if (l.blend == GT_BLEND_NONE && (fb->alpha < 255 || fb->key.mode == GT_KEY_SOURCE)) {
		l.blend = GT_BLEND_PREMULT;
	}
	if (l.rows && l.line && scaled && (l.taps || !l.scaled)) {
		status = lay_rows(&l, scaled);
	}
	free(scaled);
	free(l.taps);
	free(l.line);
	free(l.rows);
	return status;
}

enum xengt_status gt_lay_plane(struct gt_compose *c, const struct gt_fb *fb,
			       const struct gt_key *below)
{
	struct clip clip;
	enum gt_turn turn;

	if (!clip_to_picture(c, fb, &clip)) {
		return XENGT_OK;
	}
	if (!below && gt_compose_is_direct(fb, &turn)) {
		return lay_direct(c, fb, &clip, turn);
	}
	return lay_by_rows(c, fb, below, &clip);
}
