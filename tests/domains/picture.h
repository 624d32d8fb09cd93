/* SPDX-License-Identifier: MIT */
/*
 * The pictures the test domain shows, as a function of the pixel, so that what should be seen can
 * be computed without looking at what was drawn.
 *
 * Bands of 96 lines, each hard on something else: gradients (every level of a channel), one-pixel
 * checkers and stripes (a row or column off by one turns them around), text-like cells (nothing
 * repeats within a tile), and a frame of one pixel along the very edge.  @which, 0.., makes
 * pictures differ, so that an old one cannot be taken for a new one.
 */
#ifndef TESTDOM_PICTURE_H
#define TESTDOM_PICTURE_H

#include <stdint.h>

#define PICTURE_WIDTH_PX  1024u
#define PICTURE_HEIGHT_PX 768u
#define PICTURE_BAND_PX   96u

static inline uint32_t picture_hash(uint32_t a)
{
	a ^= a >> 16;
	a *= 0x7feb352d;
	a ^= a >> 15;
	a *= 0x846ca68b;
	return a ^ a >> 16;
}

/* A cell of 8 x 16 pixels with strokes like a letter's, other ones for each cell. */
static inline uint32_t picture_text(uint32_t x, uint32_t y, uint32_t which)
{
	uint32_t cell = picture_hash((y / 16) * 4096 + x / 8 + which * 0x9e3779b9);
	uint32_t row = picture_hash(cell + (y % 16) / 2);

	if (x % 8 == 7 || y % 16 >= 14 || cell % 5 == 0) {
		return 0x101418;
	}
	return row >> (x % 8) & 1 ? 0xd0d0d0 ^ (cell & 0x1f1f1f) : 0x101418;
}

/* XRGB8888, X = 0. */
static inline uint32_t picture_pixel(uint32_t x, uint32_t y, uint32_t which)
{
	if (x == 0 || y == 0 || x == PICTURE_WIDTH_PX - 1 || y == PICTURE_HEIGHT_PX - 1) {
		return 0xff4000 + which;
	}
	switch ((y / PICTURE_BAND_PX + which) % 6) {
	case 0:
		return (x / 4) << 16 | (y * 2 & 0xff) << 8 | ((x + y) & 0xff);
	case 1:
		return (x ^ y ^ which) & 1 ? 0xffffff : 0x000000;
	case 2:
		return picture_text(x, y, which);
	case 3:
		return 0xff0000 >> 8 * (x % 3);
	case 4:
		return picture_hash(y * PICTURE_WIDTH_PX + x + which) & 0xffffff;
	default:
		return ((x * x + y * y) >> 6 & 0xff) * 0x010101 ^ which * 0x3300;
	}
}

#endif
