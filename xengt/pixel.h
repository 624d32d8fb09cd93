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
	GT_FMT_YUV422, /* packed, two pixels in four bytes; the order is in struct gt_yuv */
	GT_FMT_XYUV8888,
	GT_FMT_NV12,   /* a surface of Y, and one of U and V for each 2x2 pixels */
	GT_NR_FORMATS
};

/* Where Y of the even pixel, U, Y of the odd pixel and V lie; names list bytes upwards. */
enum gt_yuv_order { GT_YUYV, GT_UYVY, GT_YVYU, GT_VYUY };

struct gt_yuv {
	enum gt_yuv_order order; /* GT_FMT_YUV422 */
	bool bt709;		 /* else BT.601 */
	bool full_range;	 /* else Y 16..235, U and V 16..240 */
	bool as_is;		 /* not converted: V, Y, U are shown as red, green, blue */
};

/* Colours that are left out of a plane, or between which the plane above is seen. */
enum gt_key_mode {
	GT_KEY_NONE,
	GT_KEY_SOURCE,	    /* pixels of the plane itself that match are not shown */
	GT_KEY_DESTINATION, /* the plane above is shown only where this one matches */
	GT_KEY_BELOW,	    /* this plane is shown only where the one below matches */
};

struct gt_key {
	enum gt_key_mode mode;
	uint32_t value, mask; /* of 0xrrggbb: matches if equal in the mask's bits */
	uint32_t max;	      /* YUV: matches if between value and max in each of channels' */
	uint8_t channels;     /* YUV: bit 0 U, 1 Y, 2 V */
};

/* How a plane lies upon what is below it. */
enum gt_blend {
	GT_BLEND_NONE,	   /* hides it */
	GT_BLEND_PREMULT,  /* colours are already multiplied with alpha */
	GT_BLEND_COVERAGE, /* they are not */
	GT_BLEND_AND_XOR,  /* alpha says what is kept of what is below, colours what is inverted */
};

#define GT_PALETTE_ENTRIES 256

/*
 * @nr pixels to ARGB8888.  A format without alpha gives 0xff; XRGB8888 and XBGR8888 give their
 * highest byte as it is.  @palette, GT_PALETTE_ENTRIES colours, is read for C8 only.
 */
typedef void (*gt_pixel_convert_fn)(uint32_t *dst, const uint8_t *src, size_t nr,
				    const uint32_t *palette);

struct gt_format_row {
	uint32_t cpp_B;		     /* of the (first) surface */
	gt_pixel_convert_fn to_argb; /* NULL: YUV, see below */
};
extern const struct gt_format_row gt_formats[GT_NR_FORMATS];

/*
 * YUV pixels as 0xffvvyyuu: @nr of them, the first at an even place; NV12 from a row of Y and one
 * of U and V.  What is replicated is chroma, as the hardware does for 4:2:2.
 */
void gt_yuv_unpack422(uint32_t *dst, const uint8_t *src, size_t nr, enum gt_yuv_order order);
void gt_yuv_unpack444(uint32_t *dst, const uint8_t *src, size_t nr);
void gt_yuv_unpack_nv12(uint32_t *dst, const uint8_t *y, const uint8_t *uv, size_t nr);
/* And these as ARGB8888, in place. */
void gt_yuv_to_argb(uint32_t *px, size_t nr, const struct gt_yuv *yuv);

/* Make the pixels that @key takes out transparent: 0. @yuv: they are 0xffvvyyuu. */
void gt_key_apply(uint32_t *px, size_t nr, const struct gt_key *key, bool yuv);
/* Whether a pixel matches a key of colours. */
static inline bool gt_key_matches(const struct gt_key *key, uint32_t px)
{
	return ((px ^ key->value) & key->mask & 0xffffff) == 0;
}

/* All four channels of ARGB8888 times @part / 255. */
uint32_t gt_pixel_scale(uint32_t px, uint32_t part);

/* @nr pixels to @dst, the last first. They do not overlap. */
void gt_pixel_reverse(uint32_t *dst, const uint32_t *src, size_t nr);

/* Lay @nr pixels of ARGB8888 over @dst. */
void gt_pixel_blend(uint32_t *dst, const uint32_t *src, size_t nr, enum gt_blend blend);

#endif
