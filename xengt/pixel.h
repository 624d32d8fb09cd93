/* SPDX-License-Identifier: MIT */
/*
 * Pixel formats, turned into the one we send: 32-bit little-endian, blue in the lowest byte.
 */
#ifndef GT_PIXEL_H
#define GT_PIXEL_H

#include "xengt/types.h"

/* Formats a plane can have; names list channels from the highest bit down, as DRM's do. */
enum gt_format {
	GT_FMT_XRGB8888,
	GT_FMT_XBGR8888,
	GT_FMT_RGB565,
	GT_FMT_XRGB2101010,
	GT_FMT_XBGR2101010,
	GT_FMT_XRGB16F,
	GT_FMT_XBGR16F,
	GT_FMT_C8,
	GT_NR_FORMATS
};

/* How a plane lies upon what is below it. */
enum gt_blend {
	GT_BLEND_NONE,	   /* hides it */
	GT_BLEND_PREMULT,  /* colours are already multiplied with alpha */
	GT_BLEND_COVERAGE, /* they are not */
};

#define GT_PALETTE_ENTRIES 256

/*
 * @nr pixels to ARGB8888.  A format without alpha gives 0xff; XRGB8888 and XBGR8888 give their
 * highest byte as it is.  @palette, GT_PALETTE_ENTRIES colours, is read for C8 only.
 */
typedef void (*gt_pixel_convert_fn)(uint32_t *dst, const uint8_t *src, size_t nr,
				    const uint32_t *palette);

struct gt_format_row {
	uint32_t cpp_B;
	gt_pixel_convert_fn to_argb;
};
extern const struct gt_format_row gt_formats[GT_NR_FORMATS];

/* Lay @nr pixels of ARGB8888 over @dst. */
void gt_pixel_blend(uint32_t *dst, const uint32_t *src, size_t nr, enum gt_blend blend);

#endif
