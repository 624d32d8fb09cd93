/* SPDX-License-Identifier: MIT */
/*
 * Fences: ranges of the GGTT that are tiled, and that the CPU sees linear through the aperture.
 *
 * Decides the address only.  They play no part in what the engines and the display do.
 * PRM SKL vol 2c, "FENCE_LSB", "FENCE_MSB"; vol 5, "Tiling": X tiles of 512 B by 8 rows, Y tiles of
 * 128 B by 32 rows in columns of 16 B; no bit-6 swizzling on gen8 and later.
 */
#include "ggtt.h"

#include "vgpu_internal.h"

#define FENCE_REGS    0x100000u
#define FENCE_VALID   UINT64_C(1)
#define FENCE_TILE_Y  UINT64_C(2)
#define FENCE_PITCH_B 128u

/* Byte @off of the linear view to its place in tiled memory of rows of @pitch_B. */
static uint64_t tile_x(uint64_t off, uint64_t pitch_B)
{
	uint64_t x = off % pitch_B, y = off / pitch_B;

	return (y / 8 * (pitch_B / 512) + x / 512) * GT_PAGE_SIZE + y % 8 * 512 + x % 512;
}

static uint64_t tile_y(uint64_t off, uint64_t pitch_B)
{
	uint64_t x = off % pitch_B, y = off / pitch_B;

	return (y / 32 * (pitch_B / 128) + x / 128) * GT_PAGE_SIZE + x % 128 / 16 * 512 +
	       y % 32 * 16 + x % 16;
}

/* @fence: 63:44 last page, 42:32 pitch in 128 B minus 1, 31:12 first page, 1 tile Y, 0 valid. */
static bool translate(uint64_t fence, gt_gma_t *gma)
{
	gt_gma_t first = fence & 0xfffff000u;
	gt_gma_t end = (fence >> 44 << GT_PAGE_SHIFT) + GT_PAGE_SIZE;
	uint64_t pitch_B = ((fence >> 32 & 0x7ff) + 1) * FENCE_PITCH_B;
	bool y = fence & FENCE_TILE_Y;
	uint64_t off;

	if (!(fence & FENCE_VALID) || *gma < first || *gma >= end) {
		return false;
	}
	if (!y && pitch_B % 512) {
		return false;
	}
	off = y ? tile_y(*gma - first, pitch_B) : tile_x(*gma - first, pitch_B);
	/* Rows of tiles that do not fit any more go nowhere; the linear address is as good. */
	if (off >= end - first) {
		return false;
	}
	*gma = first + off;
	return true;
}

gt_gma_t gt_fence_translate(struct gt_vgpu *v, gt_gma_t gma)
{
	for (uint32_t i = 0; i < v->part.nr_fences && i < 32; i++) {
		uint32_t at = FENCE_REGS + 8 * i;
		uint64_t fence = (uint64_t)gt_vreg(v, at + 4) << 32 | gt_vreg(v, at);

		if (translate(fence, &gma)) {
			break;
		}
	}
	return gma;
}
