/* SPDX-License-Identifier: MIT */
/*
 * The pixel loops without vector instructions: what the others are compared with, what does ragged
 * edges for them, and all there is on other processors.
 */
#include <string.h>

#include "detile_kernels.h"

static uint32_t argb(uint32_t a, uint32_t r, uint32_t g, uint32_t b)
{
	return a << 24 | r << 16 | g << 8 | b;
}

static uint32_t turn_pixel(uint32_t p, enum gt_turn turn)
{
	switch (turn) {
	case GT_TURN_XBGR8888:
		return argb(p >> 24, p & 0xff, p >> 8 & 0xff, p >> 16 & 0xff);
	case GT_TURN_XRGB2101010:
		return argb((p >> 30) * 0x55, p >> 22 & 0xff, p >> 12 & 0xff, p >> 2 & 0xff);
	case GT_TURN_XBGR2101010:
		return argb((p >> 30) * 0x55, p >> 2 & 0xff, p >> 12 & 0xff, p >> 22 & 0xff);
	case GT_TURN_RGB565: {
		uint32_t r = p >> 11 & 0x1f, g = p >> 5 & 0x3f, b = p & 0x1f;

		return argb(0xff, r << 3 | r >> 2, g << 2 | g >> 4, b << 3 | b >> 2);
	}
	case GT_TURN_NONE:
	case GT_NR_TURNS:
		break;
	}
	return p;
}

void gt_run_scalar(const uint8_t *src, uint8_t *dst, size_t nr_B, enum gt_turn turn)
{
	size_t cpp_B = turn == GT_TURN_RGB565 ? 2 : 4;

	if (turn == GT_TURN_NONE) {
		memcpy(dst, src, nr_B);
		return;
	}
	for (size_t at = 0; at < nr_B; at += cpp_B, dst += 4) {
		uint32_t p = 0;

		memcpy(&p, src + at, cpp_B);
		p = turn_pixel(p, turn);
		memcpy(dst, &p, 4);
	}
}

void gt_part_scalar(const struct gt_tile_part *p)
{
	const struct gt_tile_map *m = p->map;
	uint8_t *dst = p->dst;

	for (uint32_t y = p->y; y < p->y_end; y++, dst += p->dst_stride_B) {
		uint8_t *d = dst;

		for (uint32_t x = p->x; x < p->x_end;) {
			uint32_t at = m->column[x / 16] + m->row[y] + x % 16;
			uint32_t nr_B = m->run_B - x % m->run_B;

			if (nr_B > p->x_end - x) {
				nr_B = p->x_end - x;
			}
			gt_run_scalar(p->src + gt_tile_swizzle(m, at), d, nr_B, p->turn);
			d += nr_B * gt_turn_growth(p->turn);
			x += nr_B;
		}
	}
}

#define RUN(name, turn)                                                                            \
	static void run_##name(const uint8_t *src, uint8_t *dst, size_t nr_B,                      \
			       const uint8_t *ahead)                                               \
	{                                                                                          \
		gt_run_scalar(src, dst, nr_B, turn);                                               \
	}

RUN(none, GT_TURN_NONE)
RUN(xbgr8888, GT_TURN_XBGR8888)
RUN(xrgb2101010, GT_TURN_XRGB2101010)
RUN(xbgr2101010, GT_TURN_XBGR2101010)
RUN(rgb565, GT_TURN_RGB565)

static uint64_t load64(const uint8_t *p)
{
	uint64_t val;

	memcpy(&val, p, 8);
	return val;
}

static inline void hash(const uint8_t *key, const uint8_t *page, uint8_t *copy, uint64_t sum[2])
{
	unsigned __int128 all = 0;

	for (unsigned line = 0; line < GT_PAGE_SIZE; line += GT_LINE_B) {
#pragma GCC unroll 4
		for (unsigned at = line; at < line + GT_LINE_B; at += 16) {
			uint64_t a = load64(page + at), b = load64(page + at + 8);

			__asm__("" : "+r"(a), "+r"(b)); /* not to be read again */
			if (copy) {
				memcpy(copy + at, &a, 8);
				memcpy(copy + at + 8, &b, 8);
			}
			all += (unsigned __int128)(a + load64(key + at)) *
			       (b + load64(key + at + 8));
		}
	}
	sum[0] = (uint64_t)all;
	sum[1] = (uint64_t)(all >> 64);
}

static void hash_only(const uint8_t *key, const uint8_t *page, uint8_t *copy,
		      const uint8_t *ahead, uint64_t sum[2])
{
	hash(key, page, NULL, sum);
}

static void hash_copy(const uint8_t *key, const uint8_t *page, uint8_t *copy,
		      const uint8_t *ahead, uint64_t sum[2])
{
	hash(key, page, copy, sum);
}

const struct gt_kernels gt_kernels_scalar = {
    .run =
	{
	    [GT_TURN_NONE] = {run_none, run_none},
	    [GT_TURN_XBGR8888] = {run_xbgr8888, run_xbgr8888},
	    [GT_TURN_XRGB2101010] = {run_xrgb2101010, run_xrgb2101010},
	    [GT_TURN_XBGR2101010] = {run_xbgr2101010, run_xbgr2101010},
	    [GT_TURN_RGB565] = {run_rgb565, run_rgb565},
	},
    .part =
	{
	    [GT_TURN_NONE] = {gt_part_scalar, gt_part_scalar},
	    [GT_TURN_XBGR8888] = {gt_part_scalar, gt_part_scalar},
	    [GT_TURN_XRGB2101010] = {gt_part_scalar, gt_part_scalar},
	    [GT_TURN_XBGR2101010] = {gt_part_scalar, gt_part_scalar},
	    [GT_TURN_RGB565] = {gt_part_scalar, gt_part_scalar},
	},
    .hash = hash_only,
    .hash_copy = hash_copy,
};
