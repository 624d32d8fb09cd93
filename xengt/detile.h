/* SPDX-License-Identifier: MIT */
/*
 * Tiled surfaces to rows of bytes.
 *
 * A tile is one 4 KiB page, so a tiled surface is a sequence of pages: row after row of tiles, each
 * row stride / tile width of them.  A rectangle touches some of these pages; the caller asks which
 * (gt_detile_page), brings them in, in that order, and has the rectangle copied.  A page it does
 * not have is NULL and reads as zeros.  Nothing here knows where pages come from.
 *
 *   bytes of a row          0        tile width   2x          stride
 *   rows 0 .. tile height   | page 0     | page 1     | ...        |
 *   the next tile height    | page n     | page n + 1 | ...        |    n = stride / tile width
 *
 * Linear is the same with a page of the surface being 4096 bytes of it in row order.
 */
#ifndef GT_DETILE_H
#define GT_DETILE_H

#include "xengt/types.h"

enum gt_tiling { GT_LINEAR, GT_TILE_X, GT_TILE_Y, GT_TILE_YF, GT_NR_TILINGS };

#define GT_MAX_STRIDE_B (512u << 10)
#define GT_MAX_ROWS	(64u << 10)

struct gt_surface {
	enum gt_tiling tiling;
	uint32_t cpp_B;	   /* bytes a pixel, 1, 2, 4, 8 or 16: gives a Yf tile its shape */
	uint32_t stride_B; /* from a row to the next; tiled: a multiple of the tile width */
};

/* Part of a surface. x and w in bytes, so that formats do not matter here. */
struct gt_rect {
	uint32_t x_B, y, w_B, h;
};

/* Width and height of a tile; linear: 1 byte by 1 row. False for a tiling or size that is not. */
bool gt_tile_size(enum gt_tiling tiling, uint32_t cpp_B, uint32_t *w_B, uint32_t *h);

/* Whether all that follows may be called: a known tiling, a stride that fits it, a rectangle that
 * is not empty and lies within stride and GT_MAX_ROWS. */
bool gt_surface_has(const struct gt_surface *s, const struct gt_rect *r);

/* Number of pages that @r touches, and the place in the surface of the @i-th of them (the first
 * page of the surface is 0). */
size_t gt_detile_nr_pages(const struct gt_surface *s, const struct gt_rect *r);
uint64_t gt_detile_page(const struct gt_surface *s, const struct gt_rect *r, size_t i);
/*
 * How many rows of @r, from its top, can be done with @max_pages pages: whole tile rows, as far as
 * @r goes on.  0 if @max_pages is too small for one.
 */
uint32_t gt_detile_rows(const struct gt_surface *s, const struct gt_rect *r, size_t max_pages);

/*
 * Copy @r to @dst, rows @dst_stride_B apart.  pages[i] is gt_detile_page(s, r, i), 4096 bytes, or
 * NULL for zeros.  Not a byte outside the rectangle's rows is written.
 */
void gt_detile(const struct gt_surface *s, const struct gt_rect *r, const uint8_t *const *pages,
	       uint8_t *dst, size_t dst_stride_B);

#endif
