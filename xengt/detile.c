/* SPDX-License-Identifier: MIT */
/*
 * How bytes lie within a tile, and which pages a rectangle touches.
 *
 * Decides the layout of X, Y and Yf tiles.  The copy out of them is detile_pass.c's, where a
 * surface lies fb.c's business.
 * PRM SKL vol 5, "Memory Views", "Tiling": tile formats TileX, TileY, TileYF.
 */
#include "detile.h"

#include <assert.h>

#include "detile_kernels.h"

/*
 * The twelve address bits of a byte in its tile, highest first: X and Y stand for the next bit of
 * the byte's column and of its row.  The lowest four are columns in every layout: 16 bytes of a row
 * always lie together.
 */
struct layout {
	char bits[13];
};

static const struct layout layout_x = {"YYYXXXXXXXXX"};
static const struct layout layout_y = {"XXXYYYYYXXXX"};
static const struct layout layout_yf_1B = {"XYXYYYYYXXXX"};
static const struct layout layout_yf_2B_4B = {"XYXYXYYYXXXX"};
static const struct layout layout_yf_8B_16B = {"XYXYXXYYXXXX"};

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
	       (unsigned)s->swizzle < GT_NR_SWIZZLES && s->stride_B <= GT_MAX_STRIDE_B &&
	       s->stride_B % w_B == 0 && r->w_B && r->h && r->w_B <= s->stride_B &&
	       r->x_B <= s->stride_B - r->w_B && r->h <= GT_MAX_ROWS && r->y <= GT_MAX_ROWS - r->h;
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

static const uint16_t swizzle_bits[GT_NR_SWIZZLES] = {
    [GT_SWIZZLE_9] = GT_BIT(9),
    [GT_SWIZZLE_9_10] = GT_BIT(9) | GT_BIT(10),
    [GT_SWIZZLE_9_11] = GT_BIT(9) | GT_BIT(11),
    [GT_SWIZZLE_9_10_11] = GT_BIT(9) | GT_BIT(10) | GT_BIT(11),
};

static uint32_t find_run(const struct layout *l, bool swizzled)
{
	uint32_t run_B = 1;

	for (int bit = 0; l->bits[11 - bit] == 'X'; bit++) {
		run_B <<= 1;
	}
	return swizzled && run_B > GT_LINE_B ? GT_LINE_B : run_B;
}

void gt_tile_map_build(const struct gt_surface *s, struct gt_tile_map *m)
{
	const struct layout *l = find_layout(s->tiling, s->cpp_B);
	uint32_t columns;

	assert(l);
	m->w_B = extent(l, 'X');
	m->h = extent(l, 'Y');
	m->swizzle = swizzle_bits[s->swizzle];
	m->run_B = find_run(l, m->swizzle);
	columns = m->w_B / 16;
	for (uint32_t i = 0; i < columns; i++) {
		m->column[i] = spread(l, 'X', i * 16);
	}
	for (uint32_t i = 0; i < m->h; i++) {
		m->row[i] = spread(l, 'Y', i);
	}
	/* an X tile has no such lines: nobody asks for its */
	for (uint32_t i = 0; i < GT_LINES && i < columns * (m->h / 4); i++) {
		uint32_t at = m->column[i % columns] + m->row[i / columns * 4];

		m->line[i] = (uint16_t)gt_tile_swizzle(m, at);
	}
}
