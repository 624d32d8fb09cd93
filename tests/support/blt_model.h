/* SPDX-License-Identifier: MIT */
/*
 * The 2D engine, a pixel at a time: what check_blt_random compares the blitter with.
 *
 * Knows no table of the blitter's.  Each pixel is computed bit by bit; each byte is found by the
 * tile layouts of the books, written as formulas.
 */
#ifndef BLT_MODEL_H
#define BLT_MODEL_H

#include "xengt/types.h"

#define NR_PAGES 96u /* of one surface: there is room above and below what is drawn */
#define SIZE_B	 (NR_PAGES * GT_PAGE_SIZE)
#define TOP	 (16u * GT_PAGE_SIZE) /* surfaces begin here: room for negative rows */
#define HOLE	 26u /* page of each that is not there */

enum { LINEAR, X, Y };
enum src { NO_SRC, COLOR_SRC, MONO_SRC, IMM_SRC };
enum pat { NO_PAT, SOLID, COLOR_PAT, COLOR_IMM, MONO_PAT, FIXED };

struct op {
	const char *name;
	uint32_t code;
	enum src src;
	enum pat pat;
	bool chroma;
};

/* One blit, as the model sees it. */
struct blit {
	const struct op *op;
	int src_tiling, dst_tiling;
	unsigned depth;
	uint32_t cpp_B, mask;
	uint8_t rop;
	int32_t x1, y1, x2, y2, src_x, src_y, src_pitch_B, dst_pitch_B;
	bool clips;
	int32_t clip[4];
	unsigned seed_x, seed_y, first_bit, range, pattern_no;
	bool byte_packed, src_transp, pat_transp, solid;
	uint32_t bg, fg, pat_bg, pat_fg, low, high;
	uint64_t mono_at; /* of the source in its surface, bytes */
	uint8_t imm[256], bits[8];
};

struct blt_memory {
	uint8_t src[SIZE_B], dst[SIZE_B], pat[GT_PAGE_SIZE];
};

/* Byte of a surface: 0 where nothing is. */
uint8_t blt_model_get(const uint8_t *mem, int64_t at);
/* Place of byte @x_B of row @y; only linear surfaces have negative ones. */
int64_t blt_model_place(int tiling, int32_t pitch_B, int64_t x_B, int64_t y);
void blt_model_draw(struct blt_memory *m, const struct blit *b);

#endif
