/* SPDX-License-Identifier: MIT */
/* Blocks that changed, and the rectangles around them; see damage.h. */
#include "damage.h"

#include <string.h>

#define BLOCK_ROW_B (GT_BLOCK_W_PX * 4)

_Static_assert(BLOCK_ROW_B *GT_BLOCK_H_PX == GT_PAGE_SIZE, "a block is what gt_hash_page() takes");

static uint32_t blocks_across(uint32_t w_px)
{
	return (w_px + GT_BLOCK_W_PX - 1) / GT_BLOCK_W_PX;
}

static uint32_t blocks_down(uint32_t h_px)
{
	return (h_px + GT_BLOCK_H_PX - 1) / GT_BLOCK_H_PX;
}

size_t gt_damage_nr_blocks(uint32_t w_px, uint32_t h_px)
{
	return (size_t)blocks_across(w_px) * blocks_down(h_px);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void gt_damage_hash(const struct gt_hash_key *key, const uint8_t *pixels, size_t stride_B,
		    uint32_t w_px, uint32_t h_px, uint64_t *hash)
{
	uint8_t block[GT_PAGE_SIZE] __attribute__((aligned(GT_HASH_LINE_B))) = { 0 };
	size_t n = 0;

	for (uint32_t y = 0; y < h_px; y += GT_BLOCK_H_PX) {
		uint32_t rows = least(GT_BLOCK_H_PX, h_px - y);

		for (uint32_t x = 0; x < w_px; x += GT_BLOCK_W_PX) {
			size_t row_B = least(GT_BLOCK_W_PX, w_px - x) * 4;
			const uint8_t *from = pixels + y * stride_B + (size_t)x * 4;

			if (row_B < BLOCK_ROW_B || rows < GT_BLOCK_H_PX) {
				memset(block, 0, sizeof(block));
			}
			for (uint32_t i = 0; i < rows; i++) {
				memcpy(block + i * BLOCK_ROW_B, from + i * stride_B, row_B);
			}
			hash[n++] = gt_hash_page(key, block, NULL, NULL);
		}
	}
}

/* In blocks: left, top, and one beyond right and bottom. */
struct box {
	uint32_t x0, y0, x1, y1;
};

struct boxes {
	struct box at[XENGT_MAX_DAMAGE];
	uint32_t nr;
};

static struct box around(const struct box *a, const struct box *b)
{
	return (struct box){
		a->x0 < b->x0 ? a->x0 : b->x0,
		a->y0 < b->y0 ? a->y0 : b->y0,
		a->x1 > b->x1 ? a->x1 : b->x1,
		a->y1 > b->y1 ? a->y1 : b->y1,
	};
}

static uint64_t area(const struct box *b)
{
	return (uint64_t)(b->x1 - b->x0) * (b->y1 - b->y0);
}

/* Put together the two, of all and @extra, that add the least; @extra has a place then. */
static void squeeze_in(struct boxes *all, const struct box *extra)
{
	uint64_t best = UINT64_MAX;
	uint32_t first = 0, second = 0;
	struct box list[XENGT_MAX_DAMAGE + 1];

	memcpy(list, all->at, sizeof(all->at));
	list[XENGT_MAX_DAMAGE] = *extra;
	for (uint32_t i = 0; i < XENGT_MAX_DAMAGE; i++) {
		for (uint32_t k = i + 1; k <= XENGT_MAX_DAMAGE; k++) {
			struct box both = around(&list[i], &list[k]);
			uint64_t apart = area(&list[i]) + area(&list[k]);
			uint64_t cost = area(&both) > apart ? area(&both) - apart : 0;

			if (cost < best) {
				best = cost;
				first = i;
				second = k;
			}
		}
	}
	list[first] = around(&list[first], &list[second]);
	list[second] = list[XENGT_MAX_DAMAGE];
	memcpy(all->at, list, sizeof(all->at));
}

/* A run of changed blocks of one row: below an equal one of the row above, or by itself. */
static void add_run(struct boxes *all, const struct box *run)
{
	for (uint32_t i = 0; i < all->nr; i++) {
		struct box *b = &all->at[i];

		if (b->x0 == run->x0 && b->x1 == run->x1 && b->y1 == run->y0) {
			b->y1 = run->y1;
			return;
		}
	}
	if (all->nr < XENGT_MAX_DAMAGE) {
		all->at[all->nr++] = *run;
	} else {
		squeeze_in(all, run);
	}
}

static struct xengt_rect to_pixels(const struct box *b, uint32_t w_px, uint32_t h_px)
{
	uint32_t x = b->x0 * GT_BLOCK_W_PX, y = b->y0 * GT_BLOCK_H_PX;

	return (struct xengt_rect){
		.x_px = x,
		.y_px = y,
		.w_px = least(b->x1 * GT_BLOCK_W_PX, w_px) - x,
		.h_px = least(b->y1 * GT_BLOCK_H_PX, h_px) - y,
	};
}

uint32_t gt_damage_find(const uint64_t *before, const uint64_t *now, uint32_t w_px, uint32_t h_px,
			struct xengt_rect *out)
{
	uint32_t across = blocks_across(w_px), down = blocks_down(h_px);
	struct boxes all = { .nr = 0 };

	for (uint32_t y = 0; y < down; y++) {
		size_t row = (size_t)y * across;

		for (uint32_t x = 0; x < across;) {
			struct box run = { x, y, x, y + 1 };

			while (run.x1 < across && before[row + run.x1] != now[row + run.x1]) {
				run.x1++;
			}
			if (run.x1 > run.x0) {
				add_run(&all, &run);
			}
			x = run.x1 + 1;
		}
	}
	for (uint32_t i = 0; i < all.nr; i++) {
		out[i] = to_pixels(&all.at[i], w_px, h_px);
	}
	return all.nr;
}
