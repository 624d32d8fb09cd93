/* SPDX-License-Identifier: MIT */
/* Framebuffers: where their bytes lie, what their pixels are, and how these should look. */
#include "kms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <libdrm/i915_drm.h>

#define GRAIN_B 16u /* no tiling tears these apart */

struct yuv yuv;

static const struct {
	uint32_t fourcc;
	const char *name;
	uint32_t cpp_B;
} formats[] = {
    {DRM_FORMAT_C8, "C8", 1},
    {DRM_FORMAT_RGB565, "RGB565", 2},
    {DRM_FORMAT_XRGB8888, "XRGB8888", 4},
    {DRM_FORMAT_XBGR8888, "XBGR8888", 4},
    {DRM_FORMAT_ARGB8888, "ARGB8888", 4},
    {DRM_FORMAT_ABGR8888, "ABGR8888", 4},
    {DRM_FORMAT_XRGB2101010, "XRGB2101010", 4},
    {DRM_FORMAT_XBGR2101010, "XBGR2101010", 4},
    {DRM_FORMAT_ARGB2101010, "ARGB2101010", 4},
    {DRM_FORMAT_ABGR2101010, "ABGR2101010", 4},
    {DRM_FORMAT_XRGB16161616F, "XRGB16161616F", 8},
    {DRM_FORMAT_XBGR16161616F, "XBGR16161616F", 8},
    {DRM_FORMAT_ARGB16161616F, "ARGB16161616F", 8},
    {DRM_FORMAT_ABGR16161616F, "ABGR16161616F", 8},
    {DRM_FORMAT_YUYV, "YUYV", 2},
    {DRM_FORMAT_YVYU, "YVYU", 2},
    {DRM_FORMAT_UYVY, "UYVY", 2},
    {DRM_FORMAT_VYUY, "VYUY", 2},
    {DRM_FORMAT_XYUV8888, "XYUV8888", 4},
    {DRM_FORMAT_NV12, "NV12", 1},
};

static unsigned find_format(uint32_t fourcc)
{
	unsigned i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i].fourcc == fourcc) {
			break;
		}
	}
	return i;
}

const char *fourcc_name(uint32_t fourcc)
{
	unsigned i = find_format(fourcc);

	return i < sizeof(formats) / sizeof(formats[0]) ? formats[i].name : NULL;
}

const char *modifier_name(uint64_t modifier)
{
	switch (modifier) {
	case DRM_FORMAT_MOD_LINEAR:
		return "linear";
	case I915_FORMAT_MOD_X_TILED:
		return "X";
	case I915_FORMAT_MOD_Y_TILED:
		return "Y";
	case I915_FORMAT_MOD_Yf_TILED:
		return "Yf";
	default:
		return NULL;
	}
}

bool is_yuv(uint32_t fourcc)
{
	return fourcc == DRM_FORMAT_YUYV || fourcc == DRM_FORMAT_YVYU ||
	       fourcc == DRM_FORMAT_UYVY || fourcc == DRM_FORMAT_VYUY ||
	       fourcc == DRM_FORMAT_NV12 || fourcc == DRM_FORMAT_XYUV8888;
}

/* --- tilings ---------------------------------------------------------------------------------- */

/* Bits of a place in a tile, from the highest: whether each is one of x (bytes) or of y. */
static const char *tile_bits(uint64_t modifier, uint32_t cpp_B)
{
	switch (modifier) {
	case I915_FORMAT_MOD_X_TILED:
		return "yyyxxxxxxxxx";
	case I915_FORMAT_MOD_Y_TILED:
		return "xxxyyyyyxxxx";
	case I915_FORMAT_MOD_Yf_TILED:
		return cpp_B == 1 ? "xyxyyyyyxxxx" : cpp_B <= 4 ? "xyxyxyyyxxxx" : "xyxyxxyyxxxx";
	default:
		return NULL;
	}
}

static void tile_size(const char *bits, uint32_t *w_B, uint32_t *h)
{
	*w_B = *h = 1;
	for (; bits && *bits; bits++) {
		*w_B <<= *bits == 'x';
		*h <<= *bits == 'y';
	}
}

static uint64_t place(const char *bits, uint32_t stride_B, uint32_t x, uint32_t y)
{
	uint32_t w_B, h, in_tile = 0, tx, ty;

	if (!bits) {
		return (uint64_t)y * stride_B + x;
	}
	tile_size(bits, &w_B, &h);
	tx = x % w_B;
	ty = y % h;
	for (unsigned bit = 0; bit < 12; bit++) {
		uint32_t *from = bits[11 - bit] == 'x' ? &tx : &ty;

		in_tile |= (*from & 1) << bit;
		*from >>= 1;
	}
	return ((uint64_t)(y / h) * (stride_B / w_B) + x / w_B) * 4096 + in_tile;
}

static uint32_t part_cpp_B(const struct surface *s, unsigned part)
{
	return part ? 2 : formats[find_format(s->fourcc)].cpp_B;
}

/* One row of @nr_B bytes. */
static void put_row(struct surface *s, unsigned part, uint32_t y, const uint8_t *row, uint32_t nr_B)
{
	const char *bits = tile_bits(s->modifier, part_cpp_B(s, part));

	for (uint32_t x = 0; x < nr_B; x += GRAIN_B) {
		memcpy(s->map + s->offset_B[part] + place(bits, s->stride_B[part], x, y), row + x,
		       nr_B - x < GRAIN_B ? nr_B - x : GRAIN_B);
	}
}

/* --- making them ------------------------------------------------------------------------------ */

static uint32_t round_up(uint32_t val, uint32_t to)
{
	return (val + to - 1) / to * to;
}

static void lay_out(struct surface *s)
{
	s->nr_parts = s->fourcc == DRM_FORMAT_NV12 ? 2 : 1;
	for (unsigned part = 0; part < s->nr_parts; part++) {
		uint32_t cpp_B = part_cpp_B(s, part), w_B, h;
		uint32_t w = part ? (s->w + 1) / 2 : s->w, rows = part ? (s->h + 1) / 2 : s->h;

		tile_size(tile_bits(s->modifier, cpp_B), &w_B, &h);
		s->stride_B[part] = round_up(w * cpp_B, w_B > 64 ? w_B : 64);
		s->offset_B[part] = (uint32_t)s->size_B;
		/* a part begins where a row of tiles of any kind could */
		s->size_B += round_up(s->stride_B[part] * round_up(rows, h), 1u << 16);
	}
}

struct surface surface_new(uint32_t fourcc, uint64_t modifier, uint32_t w, uint32_t h)
{
	struct surface s = {.fourcc = fourcc, .modifier = modifier, .w = w, .h = h};
	struct drm_i915_gem_create create = {0};
	struct drm_i915_gem_mmap map = {0};
	struct drm_mode_fb_cmd2 add = {
	    .width = w,
	    .height = h,
	    .pixel_format = fourcc,
	    .flags = DRM_MODE_FB_MODIFIERS,
	};

	lay_out(&s);
	create.size = map.size = s.size_B;
	must(DRM_IOCTL_I915_GEM_CREATE, &create, "GEM_CREATE");
	s.handle = map.handle = create.handle;
	must(DRM_IOCTL_I915_GEM_MMAP, &map, "GEM_MMAP");
	s.map = (uint8_t *)(uintptr_t)map.addr_ptr;
	for (unsigned part = 0; part < s.nr_parts; part++) {
		add.handles[part] = s.handle;
		add.pitches[part] = s.stride_B[part];
		add.offsets[part] = s.offset_B[part];
		add.modifier[part] = modifier;
	}
	if (!call(DRM_IOCTL_MODE_ADDFB2, &add)) {
		s.fb = add.fb_id;
	}
	return s;
}

void surface_free(struct surface *s)
{
	struct drm_gem_close gone = {.handle = s->handle};

	munmap(s->map, s->size_B);
	if (s->fb) {
		call(DRM_IOCTL_MODE_RMFB, &s->fb);
	}
	call(DRM_IOCTL_GEM_CLOSE, &gone);
}

/* --- pixels ----------------------------------------------------------------------------------- */

uint32_t pattern(unsigned n, uint32_t x, uint32_t y)
{
	uint32_t r = x * 3 + n * 37, g = y * 5 + x / 16 * 40, b = (x ^ y) + n * 11 + y / 8 * 16;

	return (r & 0xff) << 16 | (g & 0xff) << 8 | (b & 0xff);
}

/* @c / 255 as an IEEE half float. */
static uint64_t half(uint32_t c)
{
	int exponent;
	double mantissa = frexp(c / 255.0, &exponent); /* 0.5..1 */

	if (!c) {
		return 0;
	}
	return (uint64_t)((exponent + 14) * 1024 + lround((mantissa * 2 - 1) * 1024));
}

static uint32_t swap_rb(uint32_t rgb)
{
	return (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >> 16;
}

/* Eight bits a channel to ten: the highest bits again below. */
static uint32_t to_30(uint32_t rgb)
{
	uint32_t out = 0;

	for (int shift = 16; shift >= 0; shift -= 8) {
		uint32_t c = rgb >> shift & 0xff;

		out = out << 10 | c << 2 | c >> 6;
	}
	return out;
}

/* One pixel as it lies in memory; alpha, if any, is 1. *look is how it should look. */
static uint64_t encode(uint32_t fourcc, uint32_t rgb, uint32_t *look)
{
	uint32_t r = rgb >> 16, g = rgb >> 8 & 0xff, b = rgb & 0xff;

	*look = rgb;
	switch (fourcc) {
	case DRM_FORMAT_C8:
		*look = b * 0x010101; /* with a grey palette */
		return b;
	case DRM_FORMAT_RGB565:
		*look = (r >> 3 << 3 | r >> 5) << 16 | (g >> 2 << 2 | g >> 6) << 8 |
			(b >> 3 << 3 | b >> 5);
		return r >> 3 << 11 | g >> 2 << 5 | b >> 3;
	case DRM_FORMAT_XBGR8888:
		return 0x5a000000 | swap_rb(rgb);
	case DRM_FORMAT_ARGB8888:
		return 0xff000000 | rgb;
	case DRM_FORMAT_ABGR8888:
		return 0xff000000 | swap_rb(rgb);
	case DRM_FORMAT_XRGB2101010:
	case DRM_FORMAT_ARGB2101010:
		return 0xc0000000 | to_30(rgb);
	case DRM_FORMAT_XBGR2101010:
	case DRM_FORMAT_ABGR2101010:
		return 0xc0000000 | to_30(swap_rb(rgb));
	case DRM_FORMAT_XRGB16161616F:
	case DRM_FORMAT_ARGB16161616F:
		return half(255) << 48 | half(r) << 32 | half(g) << 16 | half(b);
	case DRM_FORMAT_XBGR16161616F:
	case DRM_FORMAT_ABGR16161616F:
		return half(255) << 48 | half(b) << 32 | half(g) << 16 | half(r);
	default:
		return 0x5a000000 | rgb;
	}
}

/* A channel by its standard's formula; *tie if how to round it is a matter of taste. */
static uint32_t yuv_channel(double val, bool *tie)
{
	if (fabs(val - floor(val) - 0.5) < 0.02) {
		*tie = true;
	}
	return val < 0 ? 0 : val > 255 ? 255 : (uint32_t)lround(val);
}

static uint32_t yuv_look(uint32_t y, uint32_t u, uint32_t v, bool *tie)
{
	double kr = yuv.bt709 ? 0.2126 : 0.299, kb = yuv.bt709 ? 0.0722 : 0.114, kg = 1 - kr - kb;
	double luma = yuv.full ? y : (y - 16.0) * 255 / 219;
	double cb = (u - 128.0) * (yuv.full ? 1 : 255.0 / 224);
	double cr = (v - 128.0) * (yuv.full ? 1 : 255.0 / 224);

	*tie = false;
	return yuv_channel(luma + 2 * (1 - kr) * cr, tie) << 16 |
	       yuv_channel(luma - 2 * (1 - kb) * kb / kg * cb - 2 * (1 - kr) * kr / kg * cr, tie)
		   << 8 |
	       yuv_channel(luma + 2 * (1 - kb) * cb, tie);
}

/* Chroma of a pair, and a Y near what the pattern says for which all agree how it looks. */
static uint8_t pick_luma(unsigned n, uint32_t x, uint32_t y, uint32_t u, uint32_t v, uint32_t *look)
{
	uint32_t luma = 16 + (pattern(n, x, y) >> 8 & 0xff) * 219 / 255;
	bool tie;

	*look = yuv_look(luma, u, v, &tie);
	for (unsigned tries = 0; tie && tries < 220; tries++) {
		luma = luma < 235 ? luma + 1 : 16;
		*look = yuv_look(luma, u, v, &tie);
	}
	return (uint8_t)luma;
}

static uint8_t chroma(unsigned n, uint32_t x, uint32_t y, unsigned shift)
{
	return (uint8_t)(16 + (pattern(n, x / 2 * 2, y) >> shift & 0xff) * 224 / 255);
}

/* U and V of a pair, such that in full range, where Y is added whole, nothing is a tie. */
static void pick_chroma(unsigned n, uint32_t x, uint32_t y, uint8_t *u, uint8_t *v)
{
	bool tie = yuv.full;

	*u = chroma(n, x, y, 16);
	*v = chroma(n, x, y, 0);
	for (unsigned tries = 0; tie && tries < 220; tries++) {
		yuv_look(100, *u, *v, &tie);
		if (tie) {
			*u = *u < 240 ? *u + 1 : 16;
			*v = *v < 238 ? *v + 3 : 16;
		}
	}
}

static void paint_422_row(uint32_t fourcc, unsigned n, uint32_t y, uint32_t w, uint8_t *row,
			  uint32_t *look)
{
	bool y_first = fourcc == DRM_FORMAT_YUYV || fourcc == DRM_FORMAT_YVYU;
	bool u_first = fourcc == DRM_FORMAT_YUYV || fourcc == DRM_FORMAT_UYVY;

	for (uint32_t x = 0; x < w; x++) {
		uint8_t u, v;

		pick_chroma(n, x, y, &u, &v);
		row[x * 2 + !y_first] = pick_luma(n, x, y, u, v, &look[x]);
		row[x * 2 + y_first] = (x % 2 == 0) == u_first ? u : v;
	}
}

/* X, Y, U, V from the highest byte down. */
static void paint_444_row(unsigned n, uint32_t y, uint32_t w, uint8_t *row, uint32_t *look)
{
	for (uint32_t x = 0; x < w; x++) {
		row[x * 4 + 1] = chroma(n, x, y, 16);
		row[x * 4] = chroma(n, x, y, 0);
		row[x * 4 + 2] = pick_luma(n, x, y, row[x * 4 + 1], row[x * 4], &look[x]);
		row[x * 4 + 3] = 0x5a;
	}
}

static void paint_nv12_row(struct surface *s, unsigned n, uint32_t y, uint8_t *row, uint32_t *look)
{
	for (uint32_t x = 0; x < s->w; x++) {
		row[x] = pick_luma(n, x, y, chroma(n, x, y & ~1u, 16), chroma(n, x, y & ~1u, 0),
				   &look[x]);
	}
	put_row(s, 0, y, row, s->w);
	for (uint32_t x = 0; x < s->w; x += 2) {
		row[x] = chroma(n, x, y & ~1u, 16);
		row[x + 1] = chroma(n, x, y & ~1u, 0);
	}
	put_row(s, 1, y / 2, row, s->w);
}

void surface_paint(struct surface *s, unsigned n, uint32_t *look)
{
	uint32_t cpp_B = part_cpp_B(s, 0);
	uint8_t *row = malloc((size_t)s->w * 8);

	for (uint32_t y = 0; row && y < s->h; y++, look += s->w) {
		if (s->fourcc == DRM_FORMAT_NV12) {
			paint_nv12_row(s, n, y, row, look);
			continue;
		}
		if (s->fourcc == DRM_FORMAT_XYUV8888) {
			paint_444_row(n, y, s->w, row, look);
		} else if (is_yuv(s->fourcc)) {
			paint_422_row(s->fourcc, n, y, s->w, row, look);
		}
		for (uint32_t x = 0; x < s->w && !is_yuv(s->fourcc); x++) {
			uint64_t raw = encode(s->fourcc, pattern(n, x, y), &look[x]);

			memcpy(row + x * cpp_B, &raw, cpp_B);
		}
		put_row(s, 0, y, row, s->w * cpp_B);
	}
	free(row);
}

void surface_put(struct surface *s, const uint32_t *px)
{
	for (uint32_t y = 0; y < s->h; y++) {
		put_row(s, 0, y, (const uint8_t *)(px + (size_t)y * s->w), s->w * 4);
	}
}
