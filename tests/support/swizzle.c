/* SPDX-License-Identifier: MIT */
#include "swizzle.h"

#define BIT(val, bit, to) (((val) >> (bit) & 1u) << (to))

/*
 * Place of a byte in its surface, bit by bit (PRM SKL vol 5, "Tiling": TileX, TileY, TileYF).
 * The tile's size is written out once more: nothing here is shared with what is tested.
 */
uint64_t swizzle_offset(enum gt_tiling tiling, uint32_t cpp, uint32_t stride, uint32_t x,
			uint32_t y)
{
	uint32_t w = 1, h = 1, in = 0;

	switch (tiling) {
	case GT_LINEAR:
	case GT_NR_TILINGS:
		return (uint64_t)y * stride + x;
	case GT_TILE_X:
		w = 512;
		h = 8;
		in = (y % 8) * 512 + x % 512;
		break;
	case GT_TILE_Y:
		w = 128;
		h = 32;
		in = (x % 128 / 16) * 512 + (y % 32) * 16 + x % 16;
		break;
	case GT_TILE_YF:
		in = (x & 15) | BIT(y, 0, 4) | BIT(y, 1, 5);
		if (cpp == 1) {
			w = 64;
			h = 64;
			in |= BIT(y, 2, 6) | BIT(y, 3, 7) | BIT(y, 4, 8) | BIT(x, 4, 9) |
			      BIT(y, 5, 10) | BIT(x, 5, 11);
		} else if (cpp <= 4) {
			w = 128;
			h = 32;
			in |= BIT(y, 2, 6) | BIT(x, 4, 7) | BIT(y, 3, 8) | BIT(x, 5, 9) |
			      BIT(y, 4, 10) | BIT(x, 6, 11);
		} else {
			w = 256;
			h = 16;
			in |= BIT(x, 4, 6) | BIT(x, 5, 7) | BIT(y, 2, 8) | BIT(x, 6, 9) |
			      BIT(y, 3, 10) | BIT(x, 7, 11);
		}
		break;
	}
	return ((uint64_t)(y / h) * (stride / w) + x / w) * 4096 + in;
}

uint64_t swizzle_bit_6(enum gt_swizzle swizzle, uint64_t off)
{
	unsigned nine = off >> 9 & 1, ten = off >> 10 & 1, eleven = off >> 11 & 1, flip = 0;

	switch (swizzle) {
	case GT_SWIZZLE_9:
		flip = nine;
		break;
	case GT_SWIZZLE_9_10:
		flip = nine != ten;
		break;
	case GT_SWIZZLE_9_11:
		flip = nine != eleven;
		break;
	case GT_SWIZZLE_9_10_11:
		flip = (nine + ten + eleven) % 2;
		break;
	case GT_SWIZZLE_NONE:
	case GT_NR_SWIZZLES:
		break;
	}
	return flip ? off ^ 64 : off;
}
