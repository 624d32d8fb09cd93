/* SPDX-License-Identifier: MIT */
/*
 * Rows of pixels by AVX2: what pixel.c and pixel_yuv.c do one by one, eight at a time.
 *
 * Each function does the first pixels of a row and says how many: a multiple of GT_ROW_PX, 0 if the
 * processor has no AVX2 (simd.h).  The rest is the caller's, whose arithmetic is the definition:
 * results are the same bit for bit.
 */
#ifndef GT_PIXEL_ROWS_H
#define GT_PIXEL_ROWS_H

#include "pixel.h"

#define GT_ROW_PX 8u

/* Four half floats a pixel to ARGB8888, the lowest red or blue. */
size_t gt_rows_16f(uint32_t *dst, const uint8_t *src, size_t nr, bool red_first);

/* The last pixels of @src first: dst[i] = src[all - 1 - i]. */
size_t gt_rows_reverse(uint32_t *dst, const uint32_t *src, size_t all);

/* Lay pixels over others; @blend is GT_BLEND_PREMULT or GT_BLEND_COVERAGE. */
size_t gt_rows_blend(uint32_t *dst, const uint32_t *src, size_t nr, enum gt_blend blend);

/* 65536 times what a step of Y, V or U adds to a channel, and Y's black. */
struct gt_yuv_matrix {
	int32_t y, r_v, g_v, g_u, b_u;
	int32_t black;
};
/* 0xaavvyyuu to ARGB8888, in place. */
size_t gt_rows_yuv(uint32_t *px, size_t nr, const struct gt_yuv_matrix *m);

/* Pairs of pixels in four bytes to 0xffvvyyuu: at[] is where Y of both, U and V are. */
size_t gt_rows_unpack422(uint32_t *dst, const uint8_t *src, size_t nr, const uint8_t at[4]);
/* Y, and pairs of U and V for two pixels each, to the same. */
size_t gt_rows_unpack_nv12(uint32_t *dst, const uint8_t *y, const uint8_t *uv, size_t nr);

#endif
