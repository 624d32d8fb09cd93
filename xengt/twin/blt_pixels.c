/* SPDX-License-Identifier: MIT */
/*
 * A piece of a row: operands, raster operation, what is written.
 *
 * Decides pixels only.  Operands that an operation does not depend on are not fetched; a piece
 * whose every byte is written goes out in one go, others by runs of pixels that are.
 * PRM SKL vol 11, "Blitter": "Raster Operations", "Color Expansion", "BR13", "BR00".
 */
#include "blt.h"

#include <string.h>

/*
 * The patterns of XY_MONO_PAT_FIXED_BLT, top row first, the leftmost pixel in bit 7: horizontal,
 * vertical, falling and rising diagonal, cross, diagonal cross; screen door, the same twice as
 * wide, walking 1, walking 0.  Which pixels they have is our reading of the names: those of GDI's
 * hatches.
 */
static const uint8_t fixed[16][8] = {
	[0] = { 0, 0, 0, 0, 0xff, 0, 0, 0 },
	[1] = { 8, 8, 8, 8, 8, 8, 8, 8 },
	[2] = { 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01 },
	[3] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80 },
	[4] = { 8, 8, 8, 8, 0xff, 8, 8, 8 },
	[5] = { 0x81, 0x42, 0x24, 0x18, 0x18, 0x24, 0x42, 0x81 },
	[8] = { 0xaa, 0x55, 0xaa, 0x55, 0xaa, 0x55, 0xaa, 0x55 },
	[9] = { 0xcc, 0xcc, 0x33, 0x33, 0xcc, 0xcc, 0x33, 0x33 },
	[10] = { 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01 },
	[11] = { 0x7f, 0xbf, 0xdf, 0xef, 0xf7, 0xfb, 0xfd, 0xfe },
};

/* A raster operation is its own truth table: bit 4 * pattern + 2 * source + destination. */
static bool needs_pat(const struct blit *b)
{
	return ((b->rop >> 4 ^ b->rop) & 0x0f) != 0;
}

static bool needs_src(const struct blit *b)
{
	return ((b->rop >> 2 ^ b->rop) & 0x33) != 0;
}

static bool rop_needs_dst(const struct blit *b)
{
	return ((b->rop >> 1 ^ b->rop) & 0x55) != 0;
}

static bool ranges_dst(const struct blit *b)
{
	return b->range == BLT_RANGE_DST || b->range == BLT_RANGE_DST_ALPHA;
}

static bool ranges_src(const struct blit *b)
{
	return b->range == BLT_RANGE_SRC || b->range == BLT_RANGE_SRC_ALPHA;
}

/* Whether a pixel of the rectangle may stay as it is. */
static bool is_masked(const struct blit *b)
{
	return b->src_transparent || b->pat_transparent || b->range != BLT_RANGE_NONE;
}

static bool has_pat_rows(const struct blit *b)
{
	return b->pat_kind != BLT_PAT_NONE && b->pat_kind != BLT_PAT_SOLID;
}

/* The pixel @color over and over. */
static void fill(uint8_t *to, uint32_t color, uint32_t cpp_B, uint32_t len_B)
{
	uint32_t done_B = cpp_B < len_B ? cpp_B : len_B;

	memcpy(to, &color, done_B);
	while (done_B < len_B) {
		uint32_t n_B = done_B < len_B - done_B ? done_B : len_B - done_B;

		memcpy(to + done_B, to, n_B);
		done_B += n_B;
	}
}

static uint64_t mux(uint64_t sel, uint64_t one, uint64_t zero)
{
	return (sel & one) | (~sel & zero);
}

static void raster(struct blt_buffers *r, const struct blit *b, uint32_t len_B)
{
	uint64_t row[8];

	for (unsigned i = 0; i < 8; i++) {
		row[i] = b->rop >> i & 1 ? UINT64_MAX : 0;
	}
	for (uint32_t i = 0; i < len_B; i += 8) {
		uint64_t p, s, d, out;

		memcpy(&p, r->pat + i, 8);
		memcpy(&s, r->src + i, 8);
		memcpy(&d, r->dst + i, 8);
		out = mux(p, mux(s, mux(d, row[7], row[6]), mux(d, row[5], row[4])),
			  mux(s, mux(d, row[3], row[2]), mux(d, row[1], row[0])));
		out = mux(b->channels, out, d);
		memcpy(r->dst + i, &out, 8);
	}
}

/* @n bits from bit @first on of the source, the leftmost of a byte being bit 7; to r->bits. */
static void fetch_bits(struct cs *cs, const struct blit *b, uint64_t first, uint32_t n)
{
	uint8_t *bits = cs->tw->blt.bits;
	uint64_t at = first / 8;
	uint32_t len_B = (uint32_t)((first % 8 + n + 7) / 8);

	if (b->src_kind == BLT_SRC_MONO) {
		gt_twin_read(cs->tw, cs->pml4, b->mono_base + at, bits, len_B);
		return;
	}
	memset(bits, 0, len_B);
	if (at < b->mono_imm_B) {
		uint32_t room_B = b->mono_imm_B - (uint32_t)at;

		memcpy(bits, b->mono_imm + at, len_B < room_B ? len_B : room_B);
	}
}

static void put(uint8_t *to, uint32_t color, uint32_t cpp_B)
{
	switch (cpp_B) {
	case 1:
		*to = (uint8_t)color;
		break;
	case 2:
		memcpy(to, &color, 2);
		break;
	default:
		memcpy(to, &color, 4);
		break;
	}
}

static void expand_source(struct cs *cs, const struct blit *b, int32_t x, int32_t y, uint32_t w_px)
{
	struct blt_buffers *r = &cs->tw->blt;
	uint64_t first = b->mono_bit + (uint64_t)(y - b->y1) * b->mono_pitch_bits +
			 (uint64_t)(x - b->x1);

	fetch_bits(cs, b, first, w_px);
	for (uint32_t i = 0; i < w_px; i++) {
		uint32_t k = (uint32_t)(first % 8) + i;
		bool bit = r->bits[k / 8] >> (7 - k % 8) & 1;

		put(r->src + i * b->cpp_B, b->src_colors[bit], b->cpp_B);
		r->keep[i] |= b->src_transparent && !bit;
	}
}

/* A row of the pattern repeats itself after eight pixels. */
static void repeat_pattern(struct cs *cs, const struct blit *b, int32_t x, int32_t y,
			   uint32_t w_px)
{
	struct blt_buffers *r = &cs->tw->blt;
	unsigned row = ((unsigned)y + b->seed_y) & 7, column = (unsigned)x + b->seed_x;
	uint32_t len_B = w_px * b->cpp_B, unit_B = 8 * b->cpp_B;

	for (unsigned i = 0; i < 8; i++) {
		memcpy(r->pat + i * b->cpp_B,
		       b->pat_pixels + (row * 8 + ((column + i) & 7)) * b->cpp_B, b->cpp_B);
	}
	for (uint32_t done_B = unit_B; done_B < len_B; done_B *= 2) {
		memcpy(r->pat + done_B, r->pat, done_B < len_B - done_B ? done_B : len_B - done_B);
	}
	for (uint32_t i = 0; b->pat_transparent && i < w_px; i++) {
		r->keep[i] |= !(b->pat_bits[row] >> (7 - ((column + i) & 7)) & 1);
	}
}

/* Bits of a pixel that are one component, by BR13's colour depth; alpha first. */
static const uint32_t components[4][4] = {
	{ 0, 0xff },
	{ 0, 0xf800, 0x07e0, 0x001f },
	{ 0x8000, 0x7c00, 0x03e0, 0x001f },
	{ 0xff000000, 0x00ff0000, 0x0000ff00, 0x000000ff },
};

static bool in_range(const struct blit *b, uint32_t pixel)
{
	bool alpha = b->range == BLT_RANGE_SRC_ALPHA || b->range == BLT_RANGE_DST_ALPHA;

	for (unsigned i = alpha ? 0 : 1; i < 4; i++) {
		uint32_t mask = components[b->depth][i];

		if ((pixel & mask) < (b->range_low & mask) ||
		    (pixel & mask) > (b->range_high & mask)) {
			return false;
		}
	}
	return true;
}

/* Source pixels in the range are not written; nor are destination pixels out of it. */
static void key(struct blt_buffers *r, const struct blit *b, uint32_t w_px)
{
	bool by_dst = ranges_dst(b);
	const uint8_t *from = by_dst ? r->dst : r->src;

	for (uint32_t i = 0; i < w_px; i++) {
		uint32_t pixel = 0;

		memcpy(&pixel, from + i * b->cpp_B, b->cpp_B);
		r->keep[i] |= in_range(b, pixel) != by_dst;
	}
}

static void write_runs(struct cs *cs, const struct blit *b, int32_t x, int32_t y, uint32_t w_px)
{
	const struct blt_buffers *r = &cs->tw->blt;

	for (uint32_t i = 0; i < w_px;) {
		uint32_t n = 0;

		while (i + n < w_px && !r->keep[i + n]) {
			n++;
		}
		if (n) {
			gt_blt_surface_write(cs, &b->dst, x + (int32_t)i, y, r->dst + i * b->cpp_B,
					     n * b->cpp_B);
		}
		i += n + 1;
	}
}

static void fetch_operands(struct cs *cs, const struct blit *b, int32_t x, int32_t y,
			   uint32_t w_px)
{
	struct blt_buffers *r = &cs->tw->blt;
	uint32_t len_B = w_px * b->cpp_B;

	if (is_masked(b)) {
		memset(r->keep, 0, w_px);
	}
	if (b->src_kind == BLT_SRC_COLOR && (needs_src(b) || ranges_src(b))) {
		gt_blt_surface_read(cs, &b->src, b->src_x + (x - b->x1), b->src_y + (y - b->y1),
				    r->src, len_B);
	} else if (b->src_kind != BLT_SRC_COLOR && b->src_kind != BLT_SRC_NONE) {
		expand_source(cs, b, x, y, w_px);
	}
	if (has_pat_rows(b)) {
		repeat_pattern(cs, b, x, y, w_px);
	}
	if (rop_needs_dst(b) || b->channels != UINT64_MAX || ranges_dst(b)) {
		gt_blt_surface_read(cs, &b->dst, x, y, r->dst, len_B);
	}
}

void gt_blt_pixels_draw(struct cs *cs, const struct blit *b, bool made, int32_t x, int32_t y,
			uint32_t w_px)
{
	struct blt_buffers *r = &cs->tw->blt;
	uint32_t len_B = w_px * b->cpp_B;
	const uint8_t *out = r->dst;

	if (!made) {
		fetch_operands(cs, b, x, y, w_px);
		if (b->range != BLT_RANGE_NONE && (ranges_dst(b) || b->src_kind != BLT_SRC_NONE)) {
			key(r, b, w_px);
		}
		if (b->rop == 0xcc && b->channels == UINT64_MAX && !is_masked(b)) {
			out = r->src;
		} else {
			raster(r, b, len_B);
		}
	}
	if (is_masked(b)) {
		write_runs(cs, b, x, y, w_px);
	} else {
		gt_blt_surface_write(cs, &b->dst, x, y, out, len_B);
	}
}

static void expand_pattern(struct blit *b, const uint8_t bits[8])
{
	memcpy(b->pat_bits, bits, 8);
	for (unsigned i = 0; i < 64; i++) {
		put(b->pat_pixels + i * b->cpp_B, b->pat_colors[bits[i / 8] >> (7 - i % 8) & 1],
		    b->cpp_B);
	}
}

bool gt_blt_pixels_begin(struct cs *cs, struct blit *b)
{
	struct blt_buffers *r = &cs->tw->blt;
	uint64_t row_B = (uint64_t)(b->x2 - b->x1) * b->cpp_B;
	uint32_t len_B = row_B < BLT_PIECE_B ? (uint32_t)row_B : BLT_PIECE_B;

	if (b->src_kind == BLT_SRC_NONE && needs_src(b)) {
		memset(r->src, 0, len_B);
	}
	if (b->pat_kind == BLT_PAT_NONE && needs_pat(b)) {
		memset(r->pat, 0, len_B);
	}
	if (b->pat_kind == BLT_PAT_SOLID) {
		fill(r->pat, b->pat_colors[0], b->cpp_B, len_B);
	} else if (b->pat_kind == BLT_PAT_FIXED) {
		expand_pattern(b, fixed[b->pat_bits[0] & 15]);
	} else if (b->pat_kind == BLT_PAT_MONO) {
		uint8_t bits[8];

		memcpy(bits, b->pat_bits, sizeof(bits));
		expand_pattern(b, bits);
	}
	if (has_pat_rows(b) || needs_src(b) || rop_needs_dst(b) || is_masked(b) ||
	    b->channels != UINT64_MAX) {
		return false;
	}
	raster(r, b, len_B);
	return true;
}
