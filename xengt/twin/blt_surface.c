/* SPDX-License-Identifier: MIT */
/*
 * Where the pixels of a row lie.
 *
 * Decides layouts of tiles, and moves pieces of rows between a buffer and memory.  Legacy X and Y
 * tiles and Yf are a page, Ys is 64 KiB.  xengt/detile.c knows the display's tilings, by pages;
 * here a row is followed through tiles in either direction of time, read or written.
 * PRM SKL vol 5, "Memory Views", "Tiling".
 */
#include "blt.h"

#include <string.h>

/* Bits of an offset in a tile, highest first, whether the column's next one or the row's. */
static const char *layout(enum blt_tiling tiling, uint32_t cpp_B)
{
	bool is_ys = tiling == BLT_TILE_YS;

	switch (tiling) {
	case BLT_TILE_X:
		return "YYYXXXXXXXXX";
	case BLT_TILE_Y:
		return "XXXYYYYYXXXX";
	case BLT_TILE_YF:
	case BLT_TILE_YS:
		if (cpp_B == 1) {
			return &"XYXYXYXYYYYYXXXX"[is_ys ? 0 : 4];
		}
		return &(cpp_B <= 4 ? "XYXYXYXYXYYYXXXX" : "XYXYXYXYXXYYXXXX")[is_ys ? 0 : 4];
	case BLT_LINEAR:
		break;
	}
	return "";
}

static uint32_t bits_of(const char *bits, char axis)
{
	uint32_t mask = 0;

	for (; *bits; bits++) {
		mask = mask << 1 | (*bits == axis);
	}
	return mask;
}

void gt_blt_surface_set(struct blt_surface *s, enum blt_tiling tiling, uint32_t cpp_B,
			uint32_t pitch, uint32_t lo, uint32_t hi)
{
	const char *bits = layout(tiling, cpp_B);

	*s = (struct blt_surface){ .tiling = tiling, .cpp_B = cpp_B };
	if (tiling == BLT_LINEAR) {
		s->base = gt_twin_address(lo, hi);
		s->pitch_B = (int16_t)(pitch & 0xffff);
		return;
	}
	s->x_bits = bits_of(bits, 'X');
	s->y_bits = bits_of(bits, 'Y');
	s->w_log2 = (uint32_t)__builtin_popcount(s->x_bits);
	s->h_log2 = (uint32_t)__builtin_popcount(s->y_bits);
	s->base = gt_twin_address(lo & ~(s->x_bits | s->y_bits), hi);
	s->pitch_B = (int32_t)(pitch & 0xffff) * 4;
}

/* The low bits of @val, spread over the bits of @mask. */
static uint32_t spread(uint32_t val, uint32_t mask)
{
	uint32_t out = 0;

	for (; mask; mask &= mask - 1, val >>= 1) {
		out |= val & 1 ? mask & -mask : 0;
	}
	return out;
}

struct walk {
	struct cs *cs;
	uint8_t *buf;
	uint32_t left_B;
	bool write;
};

static void move(struct walk *w, uint8_t *host, uint32_t len_B)
{
	if (!w->write && !host) {
		memset(w->buf, 0, len_B);
	} else if (!w->write) {
		memcpy(w->buf, host, len_B);
	} else if (host) {
		memcpy(host, w->buf, len_B);
	}
	w->buf += len_B;
	w->left_B -= len_B;
}

static void walk_linear(struct walk *w, const struct blt_surface *s, int64_t x_B, int64_t y)
{
	gt_gma_t gma = s->base + (uint64_t)(y * s->pitch_B + x_B);

	while (w->left_B) {
		uint32_t room_B = (uint32_t)(GT_PAGE_SIZE - gma % GT_PAGE_SIZE);
		uint32_t n_B = room_B < w->left_B ? room_B : w->left_B;

		move(w, gt_twin_map(w->cs->tw, w->cs->pml4, gma, w->write), n_B);
		gma += n_B;
	}
}

/* The part of a row that lies in the tile at @tile: bytes from column @x_B on. */
static void walk_tile(struct walk *w, const struct blt_surface *s, gt_gma_t tile, uint32_t x_B,
		      uint32_t y)
{
	uint32_t run_B = 1u << __builtin_ctz(~s->x_bits);
	uint32_t columns = s->x_bits & ~(run_B - 1);
	uint32_t row = spread(y, s->y_bits), at = spread(x_B, s->x_bits) & columns;
	uint32_t page = UINT32_MAX;
	uint8_t *host = NULL;

	for (uint32_t in_run_B = x_B & (run_B - 1); w->left_B; in_run_B = 0) {
		uint32_t off = (row | at) + in_run_B;
		uint32_t n_B = run_B - in_run_B < w->left_B ? run_B - in_run_B : w->left_B;

		if (off >> GT_PAGE_SHIFT != page) {
			page = off >> GT_PAGE_SHIFT;
			host = gt_twin_map(w->cs->tw, w->cs->pml4, tile + page * GT_PAGE_SIZE,
					   w->write);
		}
		move(w, host ? host + off % GT_PAGE_SIZE : NULL, n_B);
		/* Counts in the column's bits alone: the others borrow through. */
		at = (at - columns) & columns;
		if (!at) {
			return;
		}
	}
}

static void walk_tiles(struct walk *w, const struct blt_surface *s, int64_t x_B, int64_t y)
{
	uint32_t in_x_B = (uint32_t)x_B & ((1u << s->w_log2) - 1);
	uint32_t in_y = (uint32_t)y & ((1u << s->h_log2) - 1);
	int64_t tile = (y >> s->h_log2) * (s->pitch_B >> s->w_log2) + (x_B >> s->w_log2);

	for (; w->left_B; tile++, in_x_B = 0) {
		uint64_t off = (uint64_t)tile << (s->w_log2 + s->h_log2);

		walk_tile(w, s, s->base + off, in_x_B, in_y);
	}
}

static void walk(struct walk *w, const struct blt_surface *s, int32_t x_px, int32_t y)
{
	int64_t x_B = (int64_t)x_px * s->cpp_B;

	if (s->tiling == BLT_LINEAR) {
		walk_linear(w, s, x_B, y);
	} else {
		walk_tiles(w, s, x_B, y);
	}
}

void gt_blt_surface_read(struct cs *cs, const struct blt_surface *s, int32_t x_px, int32_t y,
			 uint8_t *buf, uint32_t len_B)
{
	struct walk w = { .cs = cs, .buf = buf, .left_B = len_B };

	walk(&w, s, x_px, y);
}

void gt_blt_surface_write(struct cs *cs, const struct blt_surface *s, int32_t x_px, int32_t y,
			  const uint8_t *buf, uint32_t len_B)
{
	/* A walk that writes only reads the buffer. */
	struct walk w = { .cs = cs, .buf = (uint8_t *)(uintptr_t)buf, .left_B = len_B,
			  .write = true };

	walk(&w, s, x_px, y);
}
