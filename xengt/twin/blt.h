/* SPDX-License-Identifier: MIT */
/*
 * The blitter's insides.
 *
 *   blt.c          commands: what each dword means; pieces of a blit, and their order
 *   blt_pixels.c   operands of a piece of a row, the raster operation, what is written
 *   blt_surface.c  where the pixels of a row lie: linear and tiled
 *
 * All numbers come from a guest.  Coordinates are signed 16 bits; addresses wrap at 48 bits, and
 * lead to the context's PPGTT alone, so that wrong ones miss memory and nothing else.
 */
#ifndef GT_TWIN_BLT_H
#define GT_TWIN_BLT_H

#include "twin.h"

/* The numbers of XY_FAST_COPY_BLT, and Yf behind them. */
enum blt_tiling { BLT_LINEAR, BLT_TILE_X, BLT_TILE_Y, BLT_TILE_YS, BLT_TILE_YF };

struct blt_surface {
	gt_gma_t base;
	int32_t pitch_B; /* only linear ones may be negative */
	enum blt_tiling tiling;
	uint32_t cpp_B;
	/* Tiled: bits of an offset in a tile that are a byte's column, or its row. */
	uint32_t x_bits, y_bits;
	uint32_t w_log2, h_log2;
};

enum blt_src {
	BLT_SRC_NONE,
	BLT_SRC_COLOR,
	BLT_SRC_MONO,	  /* bits in memory */
	BLT_SRC_MONO_IMM, /* bits in the command */
};

enum blt_pat {
	BLT_PAT_NONE,
	BLT_PAT_SOLID,
	BLT_PAT_COLOR,	   /* 8 by 8 pixels in memory */
	BLT_PAT_COLOR_IMM, /* the same in the command */
	BLT_PAT_MONO,	   /* 8 by 8 bits in the command */
	BLT_PAT_FIXED,	   /* 8 by 8 bits, a number names them */
};

/* BR00, "Transparency Range Mode": which operand is compared, and with its alpha or not. */
enum blt_range {
	BLT_RANGE_NONE,
	BLT_RANGE_SRC,
	BLT_RANGE_SRC_ALPHA,
	BLT_RANGE_DST_ALPHA,
	BLT_RANGE_DST,
};

struct blit {
	struct blt_surface dst, src;
	int32_t x1, y1, x2, y2; /* what is written */
	int32_t src_x, src_y;	/* pixel of a colour source that belongs to x1, y1 */
	uint32_t cpp_B;
	unsigned depth; /* BR13 25:24 */
	uint8_t rop;
	uint64_t channels; /* bytes of pixels that are written, eight bytes of them */
	bool backwards;	   /* last piece first */

	enum blt_src src_kind;
	uint32_t src_colors[2]; /* of bits 0 and 1 */
	bool src_transparent;	/* bits of 0 are not written */
	uint64_t mono_bit;	/* bit of the source that belongs to x1, y1 */
	uint64_t mono_pitch_bits;
	gt_gma_t mono_base;
	const uint8_t *mono_imm;
	uint32_t mono_imm_B;

	enum blt_pat pat_kind;
	bool pat_transparent;
	uint32_t pat_colors[2];
	unsigned seed_x, seed_y; /* pixel of the pattern that belongs to 0, 0 */
	uint8_t pat_bits[8];
	uint8_t pat_pixels[8 * 8 * 4];

	enum blt_range range;
	uint32_t range_low, range_high;
};

/* Dword 1 and 31:0 of an address, as commands have them: a tiled surface's pitch is in dwords. */
void gt_blt_surface_set(struct blt_surface *s, enum blt_tiling tiling, uint32_t cpp_B,
			uint32_t pitch, uint32_t lo, uint32_t hi);
/* @len_B bytes from pixel @x_px of row @y on.  What is not there reads 0, and is not written. */
void gt_blt_surface_read(struct cs *cs, const struct blt_surface *s, int32_t x_px, int32_t y,
			 uint8_t *buf, uint32_t len_B);
void gt_blt_surface_write(struct cs *cs, const struct blt_surface *s, int32_t x_px, int32_t y,
			  const uint8_t *buf, uint32_t len_B);

/* What is the same for all pieces of a blit. True: all pieces are the same, and already made. */
bool gt_blt_pixels_begin(struct cs *cs, struct blit *b);
/* @w_px pixels from @x, @y on, BLT_PIECE_B bytes at most. */
void gt_blt_pixels_draw(struct cs *cs, const struct blit *b, bool made, int32_t x, int32_t y,
			uint32_t w_px);

#endif
