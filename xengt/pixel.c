/* SPDX-License-Identifier: MIT */
/*
 * Pixels of every plane format of colours as ARGB8888, and the blending of planes.
 *
 * Eight bits a channel: what a format has more is cut off.
 * PRM SKL vol 12, "Planes", source pixel formats.
 */
#include "pixel.h"

#include <string.h>

#include "pixel_rows.h"

static uint16_t load16(const uint8_t *p)
{
	uint16_t val;

	memcpy(&val, p, 2);
	return val;
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t val;

	memcpy(&val, p, 4);
	return val;
}

static uint32_t argb(uint32_t a, uint32_t r, uint32_t g, uint32_t b)
{
	return a << 24 | r << 16 | g << 8 | b;
}

static void from_xrgb8888(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	memcpy(dst, src, nr * 4);
}

static void from_xbgr8888(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t p = load32(src + i * 4);

		dst[i] = (p & 0xff00ff00) | (p & 0xff) << 16 | (p >> 16 & 0xff);
	}
}

static void from_rgb565(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t p = load16(src + i * 2);
		uint32_t r = p >> 11, g = p >> 5 & 0x3f, b = p & 0x1f;

		dst[i] = argb(0xff, r << 3 | r >> 2, g << 2 | g >> 4, b << 3 | b >> 2);
	}
}

static void from_xrgb2101010(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t p = load32(src + i * 4);

		dst[i] = argb((p >> 30) * 0x55, p >> 22 & 0xff, p >> 12 & 0xff, p >> 2 & 0xff);
	}
}

static void from_xbgr2101010(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t p = load32(src + i * 4);

		dst[i] = argb((p >> 30) * 0x55, p >> 2 & 0xff, p >> 12 & 0xff, p >> 22 & 0xff);
	}
}

/*
 * An IEEE half float, 0.0 to 1.0, as 0 to 255, rounded; what lies outside is cut off.  Without a
 * branch: a guest's pixels are not for guessing.  The bits of a half, 13 further up, are a float
 * 2^112 times too small; all sums are exact.
 */
static uint32_t half_to_8(uint16_t h)
{
	int32_t cut = (int16_t)h;
	uint32_t bits;
	float val;

	cut = cut < 0x0400 ? 0x0400 : cut; /* what has an exponent at all: still 0 when rounded */
	cut = cut > 0x3c00 ? 0x3c00 : cut;
	bits = (uint32_t)cut << 13;
	memcpy(&val, &bits, 4);
	return (uint32_t)(int32_t)(val * (0x1p112f * 255) + 0.5f);
}

static void from_16f(uint32_t *dst, const uint8_t *src, size_t nr, bool red_first)
{
	size_t done = gt_rows_16f(dst, src, nr, red_first);

	src += done * 8;
	for (size_t i = done; i < nr; i++, src += 8) {
		uint32_t low = half_to_8(load16(src)), g = half_to_8(load16(src + 2));
		uint32_t high = half_to_8(load16(src + 4)), a = half_to_8(load16(src + 6));

		dst[i] = red_first ? argb(a, low, g, high) : argb(a, high, g, low);
	}
}

static void from_xrgb16f(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	from_16f(dst, src, nr, false);
}

static void from_xbgr16f(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	from_16f(dst, src, nr, true);
}

/* Eight at a time by one load: vectors gather no faster. */
static void from_c8(uint32_t *dst, const uint8_t *src, size_t nr, const uint32_t *palette)
{
	size_t i = 0;

	for (; nr - i >= 8; i += 8) {
		uint64_t eight;

		memcpy(&eight, src + i, sizeof(eight));
		for (unsigned n = 0; n < 8; n++) {
			dst[i + n] = palette[eight >> 8 * n & 0xff] | 0xff000000;
		}
	}
	for (; i < nr; i++) {
		dst[i] = palette[src[i]] | 0xff000000;
	}
}

const struct gt_format_row gt_formats[GT_NR_FORMATS] = {
	[GT_FMT_XRGB8888] = { 4, from_xrgb8888 },
	[GT_FMT_XBGR8888] = { 4, from_xbgr8888 },
	[GT_FMT_RGB565] = { 2, from_rgb565 },
	[GT_FMT_XRGB2101010] = { 4, from_xrgb2101010 },
	[GT_FMT_XBGR2101010] = { 4, from_xbgr2101010 },
	[GT_FMT_XRGB16F] = { 8, from_xrgb16f },
	[GT_FMT_XBGR16F] = { 8, from_xbgr16f },
	[GT_FMT_C8] = { 1, from_c8 },
	[GT_FMT_YUV422] = { 2, NULL },
	[GT_FMT_XYUV8888] = { 4, NULL },
	[GT_FMT_NV12] = { 1, NULL },
};

/* x / 255, rounded, exact for x up to 255 * 255 */
static uint32_t div255(uint32_t x)
{
	x += 128;
	return (x + (x >> 8)) >> 8;
}

uint32_t gt_pixel_scale(uint32_t px, uint32_t part)
{
	return argb(div255((px >> 24) * part), div255((px >> 16 & 0xff) * part),
		    div255((px >> 8 & 0xff) * part), div255((px & 0xff) * part));
}

/* The highest byte stays. */
static uint32_t and_xor(uint32_t below, uint32_t above)
{
	uint32_t kept = (above >> 24) * 0x010101u;

	return (below & (kept | 0xff000000)) ^ (above & 0xffffff);
}

static uint32_t blend_one(uint32_t below, uint32_t above, enum gt_blend blend)
{
	uint32_t alpha = above >> 24, out = below & 0xff000000;

	if (blend == GT_BLEND_AND_XOR) {
		return and_xor(below, above);
	}
	for (int shift = 0; shift < 24; shift += 8) {
		uint32_t over = above >> shift & 0xff, under = below >> shift & 0xff, sum;

		if (blend == GT_BLEND_COVERAGE) {
			over = div255(over * alpha);
		}
		sum = over + div255(under * (255 - alpha));
		out |= (sum > 255 ? 255 : sum) << shift;
	}
	return out;
}

void gt_pixel_reverse(uint32_t *dst, const uint32_t *src, size_t nr)
{
	for (size_t i = gt_rows_reverse(dst, src, nr); i < nr; i++) {
		dst[i] = src[nr - 1 - i];
	}
}

void gt_pixel_blend(uint32_t *dst, const uint32_t *src, size_t nr, enum gt_blend blend)
{
	if (blend == GT_BLEND_NONE) {
		memcpy(dst, src, nr * 4);
		return;
	}
	size_t i = blend == GT_BLEND_AND_XOR ? 0 : gt_rows_blend(dst, src, nr, blend);

	for (; i < nr; i++) {
		dst[i] = blend_one(dst[i], src[i], blend);
	}
}
