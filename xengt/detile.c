/* SPDX-License-Identifier: MIT */
/*
 * How bytes lie within a tile, and the copy out of it.
 *
 * Decides the layout of X, Y and Yf tiles.  Where a surface lies, and what its bytes mean, is
 * fb.c's and pixel.c's business.
 * PRM SKL vol 5, "Memory Views", "Tiling": tile formats TileX, TileY, TileYF.
 */
#include "detile.h"

#include <assert.h>
#include <string.h>

/*
 * The twelve address bits of a byte in its tile, highest first: X and Y stand for the next bit of
 * the byte's column and of its row.  The lowest four are columns in every layout: 16 bytes of a row
 * always lie together.
 */
struct layout {
	char bits[13];
};

static const struct layout layout_x = { "YYYXXXXXXXXX" };
static const struct layout layout_y = { "XXXYYYYYXXXX" };
static const struct layout layout_yf_1B = { "XYXYYYYYXXXX" };
static const struct layout layout_yf_2B_4B = { "XYXYXYYYXXXX" };
static const struct layout layout_yf_8B_16B = { "XYXYXXYYXXXX" };

static const struct layout *find_layout(enum gt_tiling tiling, uint32_t cpp_B)
{
	switch (tiling) {
	case GT_TILE_X:
		return &layout_x;
	case GT_TILE_Y:
		return &layout_y;
	case GT_TILE_YF:
		if (cpp_B == 1) {
			return &layout_yf_1B;
		}
		return cpp_B <= 4 ? &layout_yf_2B_4B : &layout_yf_8B_16B;
	case GT_LINEAR:
	case GT_NR_TILINGS:
		break;
	}
	return NULL;
}

static uint32_t extent(const struct layout *l, char axis)
{
	uint32_t len = 1;

	for (const char *p = l->bits; *p; p++) {
		len <<= *p == axis;
	}
	return len;
}

bool gt_tile_size(enum gt_tiling tiling, uint32_t cpp_B, uint32_t *w_B, uint32_t *h)
{
	const struct layout *l = find_layout(tiling, cpp_B);

	if (cpp_B > 16 || !cpp_B || (cpp_B & (cpp_B - 1)) || (!l && tiling != GT_LINEAR)) {
		return false;
	}
	*w_B = l ? extent(l, 'X') : 1;
	*h = l ? extent(l, 'Y') : 1;
	return true;
}

bool gt_surface_has(const struct gt_surface *s, const struct gt_rect *r)
{
	uint32_t w_B, h;

	return gt_tile_size(s->tiling, s->cpp_B, &w_B, &h) && s->stride_B &&
	       s->stride_B <= GT_MAX_STRIDE_B && s->stride_B % w_B == 0 && r->w_B && r->h &&
	       r->w_B <= s->stride_B && r->x_B <= s->stride_B - r->w_B && r->h <= GT_MAX_ROWS &&
	       r->y <= GT_MAX_ROWS - r->h;
}

/* The pages of a rectangle: @rows_pg times @cols_pg of them, @pitch_pg apart. */
struct span {
	uint64_t first_pg, pitch_pg;
	size_t cols_pg, rows_pg;
};

static struct span find_span(const struct gt_surface *s, const struct gt_rect *r)
{
	struct span sp;
	uint32_t w_B = 1, h = 1;

	assert(gt_surface_has(s, r));
	if (s->tiling == GT_LINEAR) {
		uint64_t first_B = (uint64_t)r->y * s->stride_B + r->x_B;
		uint64_t last_B = (uint64_t)(r->y + r->h - 1) * s->stride_B + r->x_B + r->w_B - 1;

		sp.first_pg = first_B / GT_PAGE_SIZE;
		sp.cols_pg = (size_t)(last_B / GT_PAGE_SIZE - sp.first_pg + 1);
		sp.pitch_pg = 0;
		sp.rows_pg = 1;
		return sp;
	}
	gt_tile_size(s->tiling, s->cpp_B, &w_B, &h);
	sp.pitch_pg = s->stride_B / w_B;
	sp.first_pg = r->y / h * sp.pitch_pg + r->x_B / w_B;
	sp.cols_pg = (r->x_B + r->w_B - 1) / w_B - r->x_B / w_B + 1;
	sp.rows_pg = (r->y + r->h - 1) / h - r->y / h + 1;
	return sp;
}

size_t gt_detile_nr_pages(const struct gt_surface *s, const struct gt_rect *r)
{
	struct span sp = find_span(s, r);

	return sp.cols_pg * sp.rows_pg;
}

uint64_t gt_detile_page(const struct gt_surface *s, const struct gt_rect *r, size_t i)
{
	struct span sp = find_span(s, r);

	return sp.first_pg + i / sp.cols_pg * sp.pitch_pg + i % sp.cols_pg;
}

uint32_t gt_detile_rows(const struct gt_surface *s, const struct gt_rect *r, size_t max_pages)
{
	uint32_t w_B = 1, h = 1;
	uint64_t rows;

	gt_tile_size(s->tiling, s->cpp_B, &w_B, &h);
	if (s->tiling == GT_LINEAR) {
		/* From the first byte's place in its page; the last row needs only its width. */
		uint64_t skip_B = ((uint64_t)r->y * s->stride_B + r->x_B) % GT_PAGE_SIZE + r->w_B;
		uint64_t room_B = (uint64_t)max_pages * GT_PAGE_SIZE;

		rows = room_B < skip_B ? 0 : (room_B - skip_B) / s->stride_B + 1;
	} else {
		rows = max_pages / find_span(s, r).cols_pg * h;
		rows = rows ? rows - r->y % h : 0;
	}
	return rows < r->h ? (uint32_t)rows : r->h;
}

/* A layout turned into offsets: of each 16-byte column and of each row. */
struct map {
	uint32_t w_B, h;
	uint32_t run_B; /* bytes of a row that lie together, from a multiple of it on */
	uint16_t column[512 / 16], row[64];
};

/* Spread the bits of @val over those of @axis in the address. */
static uint16_t spread(const struct layout *l, char axis, uint32_t val)
{
	uint16_t addr = 0;

	for (int bit = 0; bit < 12; bit++) {
		if (l->bits[11 - bit] == axis) {
			addr |= (uint16_t)((val & 1) << bit);
			val >>= 1;
		}
	}
	return addr;
}

static void build_map(const struct layout *l, struct map *m)
{
	m->w_B = extent(l, 'X');
	m->h = extent(l, 'Y');
	m->run_B = 1;
	for (int bit = 0; l->bits[11 - bit] == 'X'; bit++) {
		m->run_B <<= 1;
	}
	for (uint32_t i = 0; i < m->w_B / 16; i++) {
		m->column[i] = spread(l, 'X', i * 16);
	}
	for (uint32_t i = 0; i < m->h; i++) {
		m->row[i] = spread(l, 'Y', i);
	}
}

/* Bytes [x, end) of the tile row that begins at @line. */
static void copy_ragged(const struct map *m, const uint8_t *line, uint32_t x, uint32_t end,
			uint8_t *dst)
{
	while (x < end) {
		uint32_t run = m->run_B - x % m->run_B;

		if (run > end - x) {
			run = end - x;
		}
		memcpy(dst, line + m->column[x / 16] + x % 16, run);
		dst += run;
		x += run;
	}
}

/* The part of one tile that is columns [x, end) and rows [y, y_end). */
static void copy_tile(const struct map *m, const uint8_t *tile, uint32_t x, uint32_t end,
		      uint32_t y, uint32_t y_end, uint8_t *dst, size_t dst_stride_B)
{
	bool whole = m->run_B == 16 && x % 16 == 0 && end % 16 == 0;

	for (; y < y_end; y++, dst += dst_stride_B) {
		if (!tile) {
			memset(dst, 0, end - x);
		} else if (whole) {
			const uint8_t *line = tile + m->row[y];
			uint8_t *d = dst;

			for (uint32_t c = x / 16; c < end / 16; c++, d += 16) {
				memcpy(d, line + m->column[c], 16);
			}
		} else {
			copy_ragged(m, tile + m->row[y], x, end, dst);
		}
	}
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void detile_tiled(const struct gt_surface *s, const struct gt_rect *r,
			 const uint8_t *const *pages, uint8_t *dst, size_t dst_stride_B)
{
	uint32_t y = r->y, y_end = r->y + r->h, x_end = r->x_B + r->w_B;
	struct map m;

	build_map(find_layout(s->tiling, s->cpp_B), &m);
	while (y < y_end) {
		uint32_t tile_y = y % m.h;
		uint32_t rows = min_u32(m.h - tile_y, y_end - y);
		uint8_t *d = dst;

		for (uint32_t x = r->x_B; x < x_end;) {
			uint32_t tile_x = x % m.w_B;
			uint32_t bytes = min_u32(m.w_B - tile_x, x_end - x);

			copy_tile(&m, *pages++, tile_x, tile_x + bytes, tile_y, tile_y + rows, d,
				  dst_stride_B);
			d += bytes;
			x += bytes;
		}
		dst += dst_stride_B * rows;
		y += rows;
	}
}

static void detile_linear(const struct gt_surface *s, const struct gt_rect *r,
			  const uint8_t *const *pages, uint8_t *dst, size_t dst_stride_B)
{
	uint64_t at_B = ((uint64_t)r->y * s->stride_B + r->x_B) % GT_PAGE_SIZE;

	for (uint32_t row = 0; row < r->h; row++, dst += dst_stride_B, at_B += s->stride_B) {
		for (uint32_t x = 0; x < r->w_B;) {
			const uint8_t *page = pages[(at_B + x) / GT_PAGE_SIZE];
			uint32_t in_page = (uint32_t)((at_B + x) % GT_PAGE_SIZE);
			uint32_t bytes = min_u32(GT_PAGE_SIZE - in_page, r->w_B - x);

			if (page) {
				memcpy(dst + x, page + in_page, bytes);
			} else {
				memset(dst + x, 0, bytes);
			}
			x += bytes;
		}
	}
}

void gt_detile(const struct gt_surface *s, const struct gt_rect *r, const uint8_t *const *pages,
	       uint8_t *dst, size_t dst_stride_B)
{
	assert(gt_surface_has(s, r));
	if (s->tiling == GT_LINEAR) {
		detile_linear(s, r, pages, dst, dst_stride_B);
	} else {
		detile_tiled(s, r, pages, dst, dst_stride_B);
	}
}
