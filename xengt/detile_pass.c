/* SPDX-License-Identifier: MIT */
/*
 * A rectangle of a surface in one pass: page after page in address order, each hashed, compared,
 * copied and turned.
 *
 * Decides what part of a page goes where and which loop does it; the loops are in detile_simd.h.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "detile_kernels.h"
#include "hash.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

const struct gt_kernels *const gt_kernels[GT_NR_SIMD] = {
    [GT_SIMD_SCALAR] = &gt_kernels_scalar,
#ifdef __x86_64__
    [GT_SIMD_SSE2] = &gt_kernels_sse2,
    [GT_SIMD_AVX2] = &gt_kernels_avx2,
    [GT_SIMD_AVX512] = &gt_kernels_avx512,
#endif
};

/* How far ahead pages are asked for: one is too late, four leave the first-level cache again. */
#define PAGES_AHEAD 2
/* And how far ahead their addresses are looked up, by asking for one line: pages that are
 * neighbours in a picture seldom are in memory. */
#define WALKS_AHEAD 4

/* What a page that is not there reads as. */
static const uint8_t zero_page[GT_PAGE_SIZE] __attribute__((aligned(GT_LINE_B)));

/* A pass under way. */
struct work {
	const struct gt_detile_pass *pass;
	const struct gt_kernels *k;
	struct gt_tile_map map;
	uint32_t growth;
	bool stream;
	uint8_t *strip;        /* NULL, or a row of tiles on its way; see needs_strip() */
	size_t nr_pages, next; /* the page to be done */
	size_t nr_copied;
	uint8_t copy[GT_PAGE_SIZE] __attribute__((aligned(GT_LINE_B)));
};

uint32_t gt_turn_cpp_B(enum gt_turn turn)
{
	switch (turn) {
	case GT_TURN_XBGR8888:
	case GT_TURN_XRGB2101010:
	case GT_TURN_XBGR2101010:
		return 4;
	case GT_TURN_RGB565:
		return 2;
	case GT_TURN_NONE:
	case GT_NR_TURNS:
		break;
	}
	return 1;
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static const uint8_t *page_at(const struct work *w, size_t i)
{
	const uint8_t *page = i < w->nr_pages ? w->pass->pages[i] : NULL;

	return page ? page : zero_page;
}

/* The next page as it is to be copied from, or NULL if it is to be left out. */
static const uint8_t *take_page(struct work *w, const uint8_t **ahead)
{
	const struct gt_detile_pass *p = w->pass;
	size_t i = w->next++;
	const uint8_t *page = page_at(w, i);

	__builtin_prefetch(page_at(w, i + WALKS_AHEAD));
	*ahead = page_at(w, i + PAGES_AHEAD);
	if (p->key && p->only_changed) {
		uint64_t seen = gt_hash_page(p->key, page, NULL, *ahead);

		if (seen == p->hash[i]) {
			if (p->changed) {
				p->changed[i] = 0;
			}
			return NULL;
		}
		*ahead = zero_page; /* has been asked for */
	}
	if (p->key) {
		/* what is ahead comes while the copy is written: stores take longer than sums */
		p->hash[i] = gt_hash_page(p->key, page, w->copy, NULL);
		page = w->copy;
	}
	if (p->changed) {
		p->changed[i] = 1;
	}
	w->nr_copied++;
	return page;
}

static bool is_aligned(const uint8_t *p)
{
	return ((uintptr_t)p & (GT_LINE_B - 1)) == 0;
}

/* Bytes of one row that lie together: whole lines of the destination, and what is left of them. */
static void copy_run(const struct work *w, enum gt_turn turn, const uint8_t *src, uint8_t *dst,
		     size_t nr_B, const uint8_t *ahead)
{
	uint32_t growth = gt_turn_growth(turn);
	bool stream = w->stream;
	size_t head_B = 0, body_B;

	if (stream && !is_aligned(dst)) {
		size_t until = GT_LINE_B - ((uintptr_t)dst & (GT_LINE_B - 1));

		stream = until % (gt_turn_cpp_B(turn) * growth) == 0;
		head_B = stream ? until / growth : 0;
		head_B = head_B < nr_B ? head_B : nr_B;
	}
	body_B = (nr_B - head_B) & ~(size_t)(GT_LINE_B - 1);
	gt_run_scalar(src, dst, head_B, turn);
	if (body_B) {
		w->k->run[turn][stream](src + head_B, dst + head_B * growth, body_B, ahead);
	}
	gt_run_scalar(src + head_B + body_B, dst + (head_B + body_B) * growth,
		      nr_B - head_B - body_B, turn);
}

/* Columns [x, x_end) and rows [y, y_end) of @all, which begins at all->x, all->y. */
static struct gt_tile_part cut(const struct gt_tile_part *all, uint32_t x, uint32_t x_end,
			       uint32_t y, uint32_t y_end)
{
	struct gt_tile_part p = *all;

	p.dst += (size_t)(x - all->x) * gt_turn_growth(all->turn);
	p.dst += (size_t)(y - all->y) * all->dst_stride_B;
	p.x = x;
	p.x_end = x_end;
	p.y = y;
	p.y_end = y_end;
	return p;
}

static void copy_cut(const struct gt_tile_part *all, uint32_t x, uint32_t x_end, uint32_t y,
		     uint32_t y_end)
{
	if (x < x_end && y < y_end) {
		struct gt_tile_part p = cut(all, x, x_end, y, y_end);

		gt_part_scalar(&p);
	}
}

/* Y and Yf: the part of whole lines by the fast loop, the edges around it pixel by pixel. */
static void copy_lines(const struct work *w, const struct gt_tile_part *all)
{
	uint32_t x = (all->x + GT_LINE_B - 1) & ~(GT_LINE_B - 1), x_end = all->x_end & ~63u;
	uint32_t y = (all->y + 3) & ~3u, y_end = all->y_end & ~3u;
	struct gt_tile_part core;
	bool stream;

	if (x >= x_end || y >= y_end) {
		gt_part_scalar(all);
		return;
	}
	core = cut(all, x, x_end, y, y_end);
	stream =
	    w->stream && !w->strip && is_aligned(core.dst) && core.dst_stride_B % GT_LINE_B == 0;
	copy_cut(all, all->x, all->x_end, all->y, y);
	copy_cut(all, all->x, x, y, y_end);
	w->k->part[all->turn][stream](&core);
	copy_cut(all, x_end, all->x_end, y, y_end);
	copy_cut(all, all->x, all->x_end, y_end, all->y_end);
}

/* X: rows lie together, in lines of their own order if swizzled. */
static void copy_rows(const struct work *w, const struct gt_tile_part *p)
{
	uint8_t *dst = p->dst;

	for (uint32_t y = p->y; y < p->y_end; y++, dst += p->dst_stride_B) {
		uint8_t *d = dst;

		for (uint32_t x = p->x; x < p->x_end;) {
			uint32_t at = gt_tile_swizzle(p->map, w->map.row[y] + x);
			uint32_t nr_B = min_u32(w->map.run_B - x % w->map.run_B, p->x_end - x);

			copy_run(w, p->turn, p->src + at, d, nr_B, p->ahead + w->map.row[y] + x);
			d += nr_B * w->growth;
			x += nr_B;
		}
	}
}

/*
 * Whether tiles go through a strip of memory that stays in the second-level cache: Y tiles whose
 * lines would begin beside the destination's.  From there they go in whole rows.
 */
static bool needs_strip(const struct work *w)
{
	const struct gt_detile_pass *p = w->pass;
	const uint8_t *line = p->dst - (size_t)(p->rect.x_B % GT_LINE_B) * w->growth;

	return w->stream && !p->only_changed && p->surface->tiling != GT_TILE_X &&
	       (!is_aligned(line) || p->dst_stride_B % GT_LINE_B);
}

#define STRIP_MAX_B (768u << 10)

static size_t strip_stride_B(const struct work *w)
{
	const struct gt_rect *r = &w->pass->rect;
	size_t row_B = (size_t)(r->x_B % GT_LINE_B + r->w_B) * w->growth;

	return (row_B + GT_LINE_B - 1) & ~(size_t)(GT_LINE_B - 1);
}

static void strip_begin(struct work *w)
{
	size_t size_B = strip_stride_B(w) * w->map.h;

	if (needs_strip(w) && size_B <= STRIP_MAX_B) {
		/* without one it is slower, nothing else */
		w->strip = aligned_alloc(GT_LINE_B, size_B);
	}
}

static void strip_put(const struct work *w, const uint8_t *from, uint8_t *dst, uint32_t rows)
{
	for (uint32_t i = 0; i < rows; i++, dst += w->pass->dst_stride_B) {
		copy_run(w, GT_TURN_NONE, from, dst, (size_t)w->pass->rect.w_B * w->growth, from);
		from += strip_stride_B(w);
	}
}

/* Rows [@tile_y, @tile_y + @rows) of the next row of tiles. */
static void copy_tile_row(struct work *w, uint32_t tile_y, uint32_t rows, uint8_t *dst,
			  size_t dst_stride_B)
{
	const struct gt_detile_pass *pass = w->pass;
	uint32_t x_end = pass->rect.x_B + pass->rect.w_B;

	for (uint32_t x = pass->rect.x_B; x < x_end;) {
		uint32_t tile_x = x % w->map.w_B;
		uint32_t nr_B = min_u32(w->map.w_B - tile_x, x_end - x);
		struct gt_tile_part p = {.map = &w->map,
					 .x = tile_x,
					 .x_end = tile_x + nr_B,
					 .y = tile_y,
					 .y_end = tile_y + rows,
					 .dst = dst,
					 .dst_stride_B = dst_stride_B,
					 .turn = pass->turn};

		p.src = take_page(w, &p.ahead);
		if (p.src && pass->surface->tiling == GT_TILE_X) {
			copy_rows(w, &p);
		} else if (p.src) {
			copy_lines(w, &p);
		}
		dst += nr_B * w->growth;
		x += nr_B;
	}
}

static void pass_tiled(struct work *w)
{
	const struct gt_detile_pass *pass = w->pass;
	uint32_t y = pass->rect.y, y_end = pass->rect.y + pass->rect.h;
	uint8_t *dst = pass->dst;

	gt_tile_map_build(pass->surface, &w->map);
	strip_begin(w);
	while (y < y_end) {
		uint32_t tile_y = y % w->map.h, rows = min_u32(w->map.h - tile_y, y_end - y);

		if (w->strip) {
			size_t skip_B = (size_t)(pass->rect.x_B % GT_LINE_B) * w->growth;

			copy_tile_row(w, tile_y, rows, w->strip + skip_B, strip_stride_B(w));
			strip_put(w, w->strip + skip_B, dst, rows);
		} else {
			copy_tile_row(w, tile_y, rows, dst, pass->dst_stride_B);
		}
		dst += pass->dst_stride_B * rows;
		y += rows;
	}
	free(w->strip);
}

/* The pieces of rows that lie in the page which begins @page_B after the start of the surface. */
static void copy_linear_page(const struct work *w, uint64_t page_B, const uint8_t *page,
			     const uint8_t *ahead)
{
	const struct gt_detile_pass *pass = w->pass;
	uint64_t stride_B = pass->surface->stride_B, w_B = pass->rect.w_B;
	uint64_t first_B = (uint64_t)pass->rect.y * stride_B + pass->rect.x_B;
	uint64_t end_B = page_B + GT_PAGE_SIZE;
	uint64_t row = page_B < first_B + w_B ? 0 : (page_B - first_B - w_B) / stride_B + 1;

	for (; row < pass->rect.h && first_B + row * stride_B < end_B; row++) {
		uint64_t row_B = first_B + row * stride_B;
		uint64_t from = row_B > page_B ? row_B : page_B;
		uint64_t to = row_B + w_B < end_B ? row_B + w_B : end_B;

		copy_run(w, pass->turn, page + (from - page_B),
			 pass->dst + row * pass->dst_stride_B + (from - row_B) * w->growth,
			 (size_t)(to - from), ahead + (from - page_B));
	}
}

static void pass_linear(struct work *w)
{
	const struct gt_detile_pass *pass = w->pass;
	uint64_t page_B = gt_detile_page(pass->surface, &pass->rect, 0) * GT_PAGE_SIZE;

	for (size_t i = 0; i < w->nr_pages; i++, page_B += GT_PAGE_SIZE) {
		const uint8_t *ahead, *page = take_page(w, &ahead);

		if (page) {
			copy_linear_page(w, page_B, page, ahead);
		}
	}
}

static bool wants_stream(const struct gt_detile_pass *p)
{
	switch (p->store) {
	case GT_STORE_CACHED:
		return false;
	case GT_STORE_STREAM:
		return true;
	case GT_STORE_AUTO:
		break;
	}
	return (uint64_t)p->rect.w_B * p->rect.h >= GT_STORE_STREAM_MIN_B;
}

size_t gt_detile_pass(const struct gt_detile_pass *pass)
{
	uint32_t cpp_B = gt_turn_cpp_B(pass->turn);
	struct work w;

	assert(gt_surface_has(pass->surface, &pass->rect));
	assert(pass->rect.x_B % cpp_B == 0 && pass->rect.w_B % cpp_B == 0 &&
	       pass->surface->stride_B % cpp_B == 0);
	w.pass = pass;
	w.k = gt_kernels[gt_simd_now()];
	w.growth = gt_turn_growth(pass->turn);
	w.stream = wants_stream(pass);
	w.nr_pages = gt_detile_nr_pages(pass->surface, &pass->rect);
	w.next = w.nr_copied = 0;
	w.strip = NULL;
	if (pass->surface->tiling == GT_LINEAR) {
		pass_linear(&w);
	} else {
		pass_tiled(&w);
	}
#if defined(__x86_64__)
	if (w.stream) {
		_mm_sfence(); /* whoever is told of the picture must see it */
	}
#endif
	return w.nr_copied;
}

void gt_detile(const struct gt_surface *s, const struct gt_rect *r, const uint8_t *const *pages,
	       uint8_t *dst, size_t dst_stride_B)
{
	const struct gt_detile_pass pass = {
	    .surface = s, .rect = *r, .pages = pages, .dst = dst, .dst_stride_B = dst_stride_B};

	gt_detile_pass(&pass);
}
