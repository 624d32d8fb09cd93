/* SPDX-License-Identifier: MIT */
/*
 * The inner loops of detile_pass.c and hash.c: one table of them for each kind of vector
 * instructions, all giving the same bytes.  Only the sums of the hash are another function in the
 * scalar table (hash.h).
 *
 * What made them fast, in this order: tiles are read in address order, one 4 KiB page after the
 * other; four lines of a Y tile (four columns of four rows of 16 bytes) become four whole lines of
 * the destination; each of these is written with non-temporal stores back to back; and the tile two
 * ahead is prefetched by address, not in the order in which it will be read.
 */
#ifndef GT_DETILE_KERNELS_H
#define GT_DETILE_KERNELS_H

#include "detile.h"
#include "simd.h"

#define GT_LINE_B       64u /* of the processor's caches; also 4 rows of 16 bytes of a Y tile */
#define GT_LINES        (GT_PAGE_SIZE / GT_LINE_B)
#define GT_MAX_TILE_W_B 512u
#define GT_MAX_TILE_H   64u

/* Where the bytes of a tile lie. */
struct gt_tile_map {
	uint32_t w_B, h;
	uint32_t run_B;   /* bytes of a row that lie together, from a multiple of it on */
	uint16_t swizzle; /* address bits whose parity is added to bit 6 */
	uint16_t column[GT_MAX_TILE_W_B / 16], row[GT_MAX_TILE_H];
	/* Y and Yf: where rows 4 * i to 4 * i + 3 of the 16-byte column j lie, [i * columns + j] */
	uint16_t line[GT_LINES];
};

/* Place of byte column[] + row[] in the tile. */
static inline uint32_t gt_tile_swizzle(const struct gt_tile_map *m, uint32_t at)
{
	return at ^ (uint32_t)__builtin_parity(at & m->swizzle) << 6;
}

/* The map of a tiled surface that gt_surface_has() found good. */
void gt_tile_map_build(const struct gt_surface *s, struct gt_tile_map *m);

/* Columns [x, x_end) and rows [y, y_end) of a tile. */
struct gt_tile_part {
	const struct gt_tile_map *map;
	const uint8_t *src;   /* the tile */
	const uint8_t *ahead; /* a tile to be read soon */
	uint32_t x, x_end, y, y_end;
	uint8_t *dst;
	size_t dst_stride_B;
	enum gt_turn turn;
};

/*
 * The loops of one kind.  "stream" ones write around the caches: what they write to is aligned to
 * GT_LINE_B, rows too.
 */
struct gt_kernels {
	/* @nr_B bytes, a multiple of GT_LINE_B, from @src to @dst; as much of @ahead is prefetched
	 */
	void (*run[GT_NR_TURNS][2])(const uint8_t *src, uint8_t *dst, size_t nr_B,
				    const uint8_t *ahead);
	/* Y and Yf: x, x_end multiples of GT_LINE_B and y, y_end of 4 */
	void (*part[GT_NR_TURNS][2])(const struct gt_tile_part *p);
	/* both sums of the hash; the copying one fills @copy */
	void (*hash)(const uint8_t *key, const uint8_t *page, uint8_t *copy, const uint8_t *ahead,
		     uint64_t sum[2]);
	void (*hash_copy)(const uint8_t *key, const uint8_t *page, uint8_t *copy,
			  const uint8_t *ahead, uint64_t sum[2]);
};

/* By enum gt_simd; NULL if this build does not have it. */
extern const struct gt_kernels *const gt_kernels[GT_NR_SIMD];
extern const struct gt_kernels gt_kernels_scalar;
#ifdef __x86_64__
extern const struct gt_kernels gt_kernels_sse2, gt_kernels_avx2, gt_kernels_avx512;
#endif

/* Any part of a tile of any tiling, pixel by pixel. */
void gt_part_scalar(const struct gt_tile_part *p);
/* Any number of bytes (of whole pixels). */
void gt_run_scalar(const uint8_t *src, uint8_t *dst, size_t nr_B, enum gt_turn turn);

/* How much longer what is written is than what was read. */
static inline uint32_t gt_turn_growth(enum gt_turn turn)
{
	return turn == GT_TURN_RGB565 ? 2 : 1;
}

#endif
