/* SPDX-License-Identifier: MIT */
/*
 * Rows of a plane, brought in, detiled and converted.
 *
 * Decides how a rotated view is read.  The driver maps the tiles of a surface that is V rows high
 * so that the view's row of tiles t holds the surface's column t, from the bottom to the top; in
 * a tile, pixels lie as always.  The pixel at x, y of the view is that at y, V - 1 - x of the
 * surface.  So some rows of the view are some columns of the surface: they are read and converted
 * in the surface's own order and then turned.
 *
 *   surface, tiles    A B C       view     E C' ...      rows of the view are columns of the
 *                     D E F                D A           surface: D A | E B | F C
 *
 * All is converted from a private copy: what was read cannot change any more.
 * PRM SKL vol 12, "Plane Rotation".
 */
#include "compose_internal.h"

#include <stdlib.h>

#include "color.h"
#include "vgpu_internal.h"

static enum xengt_status bring_in(struct gt_compose *c, const gt_gma_t *gma, size_t nr,
				  const uint8_t **pages)
{
	enum xengt_status status = c->source->pages(c->source, gma, nr, pages, c->detail);

	for (size_t i = 0; !status && i < nr; i++) {
		c->nr_holes += !pages[i];
	}
	return status;
}

enum xengt_status gt_view_detile(struct gt_compose *c, const struct gt_surface *s, gt_gma_t base,
				 const struct gt_rect *r, enum gt_turn turn, uint8_t *dst,
				 size_t dst_stride_B)
{
	gt_gma_t gma[GT_COMPOSE_PAGES];
	const uint8_t *pages[GT_COMPOSE_PAGES];
	size_t nr = gt_detile_nr_pages(s, r);
	struct gt_detile_pass pass = {
		.surface = s, .rect = *r, .pages = pages, .dst = dst,
		.dst_stride_B = dst_stride_B, .turn = turn,
	};
	enum xengt_status status;

	for (size_t i = 0; i < nr; i++) {
		gma[i] = base + gt_detile_page(s, r, i) * GT_PAGE_SIZE;
	}
	status = bring_in(c, gma, nr, pages);
	if (!status) {
		gt_detile_pass(&pass);
		c->source->release(c->source);
	}
	return status;
}

/* --- rotated views -------------------------------------------------------------------------- */

/* A surface as wide as needed that has the tiles of a view, where it is not turned. */
#define UNTURNED_STRIDE_B GT_MAX_STRIDE_B

static enum xengt_status detile_unturned(struct gt_compose *c, const struct gt_fb_surface *f,
					 const struct gt_rect *r, uint8_t *dst)
{
	struct gt_surface s = { f->s.tiling, f->s.cpp_B, UNTURNED_STRIDE_B, f->s.swizzle };
	gt_gma_t gma[GT_COMPOSE_PAGES];
	const uint8_t *pages[GT_COMPOSE_PAGES];
	size_t nr = gt_detile_nr_pages(&s, r);
	uint32_t tile_w_B = 1, tile_h = 1;
	enum xengt_status status;

	gt_tile_size(s.tiling, s.cpp_B, &tile_w_B, &tile_h);
	for (size_t i = 0; i < nr; i++) {
		uint64_t tile = gt_detile_page(&s, r, i), row = tile / (s.stride_B / tile_w_B);
		uint64_t column = tile % (s.stride_B / tile_w_B);
		uint64_t page = column * f->view_tiles + f->view_tiles - 1 - row;

		gma[i] = f->base + page * GT_PAGE_SIZE;
	}
	status = bring_in(c, gma, nr, pages);
	if (!status) {
		gt_detile(&s, r, pages, dst, r->w_B);
		c->source->release(c->source);
	}
	return status;
}

/* --- a rectangle of bytes ------------------------------------------------------------------- */

/* @r of the surface in its own order to @dst without gaps, by as many pages at a time as may be. */
static enum xengt_status read_bytes(struct gt_compose *c, const struct gt_fb_surface *f,
				    const struct gt_rect *r, uint8_t *dst)
{
	struct gt_surface s = f->s;

	if (f->view_tiles) {
		s.stride_B = UNTURNED_STRIDE_B;
	}
	for (uint32_t done = 0; done < r->h;) {
		struct gt_rect part = { r->x_B, r->y + done, r->w_B, r->h - done };
		uint8_t *to = dst + (size_t)done * r->w_B;
		enum xengt_status status;

		part.h = gt_detile_rows(&s, &part, GT_COMPOSE_PAGES);
		if (!part.h) {
			return XENGT_E_INTERNAL;
		}
		status = f->view_tiles ? detile_unturned(c, f, &part, to)
				       : gt_view_detile(c, &s, f->base, &part, GT_TURN_NONE, to,
							r->w_B);
		if (status) {
			return status;
		}
		done += part.h;
	}
	return XENGT_OK;
}

/* --- pixels --------------------------------------------------------------------------------- */

/* Some of a plane in its surface's own order: pixels from x, y of the shown part on. */
struct piece {
	uint32_t x, y, w, h;
	uint8_t *raw, *chroma; /* chroma: half as many rows, pairs of U and V */
};

/* Where pixel 0, 0 of the shown part lies, in the surface's own order. */
static void origin(const struct gt_fb *fb, const struct gt_fb_surface *f, uint32_t shown_w_px,
		   uint32_t *x, uint32_t *y)
{
	uint32_t tile_w_B = 1, tile_h = 1;

	*x = f->x_px;
	*y = f->y_px;
	if (f->view_tiles) {
		gt_tile_size(f->s.tiling, f->s.cpp_B, &tile_w_B, &tile_h);
		*x = f->y_px;
		*y = f->view_tiles * tile_h - f->x_px - shown_w_px;
	}
	if (f == &fb->main && !gt_formats[fb->format].to_argb) {
		*x &= ~1u; /* a pair of YUV is never cut */
	}
}

static enum xengt_status read_piece(struct gt_compose *c, const struct gt_fb *fb, struct piece *p)
{
	uint32_t x, y, cpp_B = fb->main.s.cpp_B;
	uint32_t w = gt_formats[fb->format].to_argb ? p->w : (p->w + 1) & ~1u;
	struct gt_rect r;
	enum xengt_status status;

	origin(fb, &fb->main, fb->width_px, &x, &y);
	r = (struct gt_rect){ (x + p->x) * cpp_B, y + p->y, w * cpp_B, p->h };
	p->raw = malloc((size_t)r.w_B * r.h);
	if (!p->raw) {
		return XENGT_E_MEMORY;
	}
	status = read_bytes(c, &fb->main, &r, p->raw);
	if (status || fb->format != GT_FMT_NV12) {
		return status;
	}
	origin(fb, &fb->chroma, (fb->width_px + 1) / 2, &x, &y);
	r = (struct gt_rect){ (x + p->x / 2) * 2, y + p->y / 2, w, (p->h + 1) / 2 };
	p->chroma = malloc((size_t)r.w_B * r.h);
	return p->chroma ? read_bytes(c, &fb->chroma, &r, p->chroma) : XENGT_E_MEMORY;
}

/* Row @row of a piece as ARGB8888. */
static void convert_row(const struct gt_fb *fb, const struct piece *p, uint32_t row,
			const uint32_t *palette, uint32_t *px)
{
	const struct gt_format_row *format = &gt_formats[fb->format];
	uint32_t pairs_w = (p->w + 1) & ~1u;
	bool keyed = fb->key.mode == GT_KEY_SOURCE;

	if (format->to_argb) {
		format->to_argb(px, p->raw + (size_t)row * p->w * format->cpp_B, p->w, palette);
		for (uint32_t i = 0; keyed && fb->blend == GT_BLEND_NONE && i < p->w; i++) {
			px[i] |= 0xff000000;
		}
		if (keyed) {
			gt_key_apply(px, p->w, &fb->key, false);
		}
		return;
	}
	if (fb->format == GT_FMT_NV12) {
		gt_yuv_unpack_nv12(px, p->raw + (size_t)row * pairs_w,
				   p->chroma + (size_t)(row / 2) * pairs_w, p->w);
	} else if (fb->format == GT_FMT_XYUV8888) {
		gt_yuv_unpack444(px, p->raw + (size_t)row * pairs_w * 4, p->w);
	} else {
		gt_yuv_unpack422(px, p->raw + (size_t)row * pairs_w * 2, p->w, fb->yuv.order);
	}
	if (keyed) {
		gt_key_apply(px, p->w, &fb->key, true);
	}
	gt_yuv_to_argb(px, p->w, &fb->yuv);
}

/* Turn a piece whose rows are columns of the view, the leftmost the last. */
static void turn(const struct piece *p, const struct gt_fb *fb, uint32_t skip, uint32_t nr_rows,
		 const uint32_t *palette, uint32_t *line, uint32_t *px)
{
	for (uint32_t row = 0; row < p->h; row++) {
		convert_row(fb, p, row, palette, line);
		for (uint32_t i = 0; i < nr_rows; i++) {
			px[(size_t)i * fb->width_px + (p->h - 1 - row)] = line[skip + i];
		}
	}
}

/*
 * Rows of the view are columns of the surface.  Pairs of pixels then run down the view: @first_row
 * is rounded to an even one.
 */
static enum xengt_status read_turned(struct gt_compose *c, const struct gt_fb *fb,
				     uint32_t first_row, uint32_t nr_rows, const uint32_t *palette,
				     uint32_t *px)
{
	uint32_t skip = first_row % 2;
	struct piece p = { .x = first_row - skip, .w = nr_rows + skip, .h = fb->width_px };
	uint32_t line[GT_VIEW_ROWS + 1];
	enum xengt_status status = read_piece(c, fb, &p);

	if (!status) {
		turn(&p, fb, skip, nr_rows, palette, line, px);
	}
	free(p.raw);
	free(p.chroma);
	return status;
}

static enum xengt_status read_straight(struct gt_compose *c, const struct gt_fb *fb,
				       uint32_t first_row, uint32_t nr_rows,
				       const uint32_t *palette, uint32_t *px)
{
	uint32_t skip = fb->format == GT_FMT_NV12 ? first_row % 2 : 0;
	struct piece p = { .y = first_row - skip, .w = fb->width_px, .h = nr_rows + skip };
	enum xengt_status status = read_piece(c, fb, &p);

	for (uint32_t row = 0; !status && row < nr_rows; row++) {
		convert_row(fb, &p, row + skip, palette, px + (size_t)row * fb->width_px);
	}
	free(p.raw);
	free(p.chroma);
	return status;
}

enum xengt_status gt_view_read(struct gt_compose *c, const struct gt_fb *fb, uint32_t first_row,
			       uint32_t nr_rows, uint32_t *px)
{
	uint32_t palette[GT_PALETTE_ENTRIES];

	if (fb->format == GT_FMT_C8) {
		gt_color_palette(c->v, c->pipe, palette);
	}
	return fb->main.view_tiles ? read_turned(c, fb, first_row, nr_rows, palette, px)
				   : read_straight(c, fb, first_row, nr_rows, palette, px);
}
