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

struct gt_hash_key;

enum gt_tiling { GT_LINEAR, GT_TILE_X, GT_TILE_Y, GT_TILE_YF, GT_NR_TILINGS };

/* Address bits whose parity a memory controller adds to bit 6 of an address in a tile (i915's
 * "bit 6 swizzling"; gen8 and gen9 hardware has none).  Linear surfaces are not swizzled. */
enum gt_swizzle {
	GT_SWIZZLE_NONE,
	GT_SWIZZLE_9,
	GT_SWIZZLE_9_10,
	GT_SWIZZLE_9_11,
	GT_SWIZZLE_9_10_11,
	GT_NR_SWIZZLES
};

#define GT_MAX_STRIDE_B (512u << 10)
#define GT_MAX_ROWS     (64u << 10)

struct gt_surface {
	enum gt_tiling tiling;
	uint32_t cpp_B;    /* bytes a pixel, 1, 2, 4, 8 or 16: gives a Yf tile its shape */
	uint32_t stride_B; /* from a row to the next; tiled: a multiple of the tile width */
	enum gt_swizzle swizzle;
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

/*
 * Pixel formats that are turned into XRGB8888 on the way, as gt_formats[].to_argb would (pixel.h):
 * this costs nothing, since memory is slower.  Four bytes of what is written for each pixel: RGB565
 * grows to twice its size.
 */
enum gt_turn {
	GT_TURN_NONE, /* bytes as they are, of whatever format */
	GT_TURN_XBGR8888,
	GT_TURN_XRGB2101010,
	GT_TURN_XBGR2101010,
	GT_TURN_RGB565,
	GT_NR_TURNS
};
/* Bytes of a pixel that @turn reads; 1 for GT_TURN_NONE. */
uint32_t gt_turn_cpp_B(enum gt_turn turn);

/*
 * Stores around the caches are faster for a picture that is sent elsewhere, and slower for a strip
 * that is read at once.  GT_STORE_AUTO: around the caches from GT_STORE_STREAM_MIN_B on.
 */
enum gt_store { GT_STORE_AUTO, GT_STORE_CACHED, GT_STORE_STREAM };

#define GT_STORE_STREAM_MIN_B (512u << 10)

/* One pass over a rectangle's pages in address order: hash, copy, turn. */
struct gt_detile_pass {
	const struct gt_surface *surface;
	struct gt_rect rect; /* with a turn: x and w multiples of the pixel, as is the stride */
	const uint8_t *const *pages;
	uint8_t *dst; /* fastest if this and its stride are multiples of 64 */
	size_t dst_stride_B;
	enum gt_turn turn;
	enum gt_store store;
	/*
	 * NULL: no hash.  Else hash[i] becomes the hash of pages[i] as it was copied.  The hash is
	 * of the whole page: a change beside the rectangle in a page that it touches counts as one.
	 */
	const struct gt_hash_key *key;
	uint64_t *hash;
	/*
	 * Leave out the pages whose hash is in hash[] already (GT_HASH_NONE: never): @dst has them
	 * from the pass before, over the same rectangle of the same surface.  What differs is read
	 * again, so that its hash is of the very bytes that were copied.
	 */
	bool only_changed;
	uint8_t *changed; /* NULL, or one byte a page: 1 if it was copied, 0 if left out */
};

/* Do it; the number of pages copied.  Bytes outside the rectangle's rows are not written. */
size_t gt_detile_pass(const struct gt_detile_pass *pass);

#endif
