/* SPDX-License-Identifier: MIT */
#include "blt_model.h"

#include <string.h>

/* What memory holds: a page that is not there reads 0. */
uint8_t blt_model_get(const uint8_t *mem, int64_t at)
{
	if (at < 0 || at >= SIZE_B || at / (int64_t)GT_PAGE_SIZE == HOLE) {
		return 0;
	}
	return mem[at];
}

int64_t blt_model_place(int tiling, int32_t pitch_B, int64_t x_B, int64_t y)
{
	switch (tiling) {
	case X:
		return TOP + (y / 8 * (pitch_B / 512) + x_B / 512) * 4096 + y % 8 * 512 +
		       x_B % 512;
	case Y:
		return TOP + (y / 32 * (pitch_B / 128) + x_B / 128) * 4096 +
		       x_B % 128 / 16 * 512 + y % 32 * 16 + x_B % 16;
	default:
		return TOP + y * pitch_B + x_B;
	}
}

static uint32_t get_pixel(const struct blit *b, const uint8_t *mem, int tiling, int32_t pitch_B,
			  int32_t x, int32_t y)
{
	uint32_t val = 0;

	for (uint32_t i = 0; i < b->cpp_B; i++) {
		int64_t at = blt_model_place(tiling, pitch_B, (int64_t)x * b->cpp_B + i, y);

		val |= (uint32_t)blt_model_get(mem, at) << 8 * i;
	}
	return val;
}

static bool source_bit(const struct blt_memory *m, const struct blit *b, int32_t x, int32_t y)
{
	bool is_text = b->op->code == 0x26 || b->op->code == 0x31;
	uint32_t w = (uint32_t)(b->x2 - b->x1), first = is_text ? 0 : b->first_bit;
	uint32_t row = first + w, round = is_text ? (b->byte_packed ? 8 : 1) : 16;
	uint64_t n = (uint64_t)(row + round - 1) / round * round * (uint32_t)(y - b->y1) + first +
		     (uint32_t)(x - b->x1);
	uint8_t byte;

	if (b->op->src == MONO_SRC) {
		byte = blt_model_get(m->src, (int64_t)(b->mono_at + n / 8));
	} else {
		byte = n / 8 < sizeof(b->imm) ? b->imm[n / 8] : 0;
	}
	return byte & 0x80 >> n % 8;
}

static bool pattern_bit(const struct blit *b, int32_t x, int32_t y)
{
	static const uint8_t door[] = { 0xaa, 0x55 };
	unsigned row = ((unsigned)y + b->seed_y) & 7, col = ((unsigned)x + b->seed_x) & 7;

	if (b->op->pat == FIXED) {
		switch (b->pattern_no) {
		case 0:
			return row == 4;
		case 1:
			return col == 4;
		case 2:
		case 10:
			return row == col;
		case 3:
			return row == 7 - col;
		case 4:
			return row == 4 || col == 4;
		case 5:
			return row == col || row == 7 - col;
		case 8:
			return door[row & 1] & 0x80 >> col;
		case 9:
			return ((row ^ col) & 2) == 0;
		case 11:
			return row != col;
		default:
			return false;
		}
	}
	return !b->solid && (b->bits[row] & 0x80 >> col);
}

static uint32_t pattern_pixel(const struct blt_memory *m, const struct blit *b, int32_t x,
			      int32_t y)
{
	unsigned row = ((unsigned)y + b->seed_y) & 7, col = ((unsigned)x + b->seed_x) & 7;
	const uint8_t *from = b->op->pat == COLOR_IMM ? b->imm : m->pat;
	uint32_t val = 0;

	switch (b->op->pat) {
	case NO_PAT:
		return 0;
	case SOLID:
		return b->pat_fg;
	case MONO_PAT:
	case FIXED:
		return pattern_bit(b, x, y) ? b->pat_fg : b->pat_bg;
	case COLOR_PAT:
	case COLOR_IMM:
		break;
	}
	memcpy(&val, from + (row * 8 + col) * b->cpp_B, b->cpp_B);
	return val;
}

static bool channel_in(const struct blit *b, uint32_t pixel, unsigned at, unsigned bits)
{
	uint32_t mask = (1u << bits) - 1, v = pixel >> at & mask;

	return v >= (b->low >> at & mask) && v <= (b->high >> at & mask);
}

static bool in_range(const struct blit *b, uint32_t pixel)
{
	bool alpha = b->range == 2 || b->range == 3;

	switch (b->depth) {
	case 0:
		return channel_in(b, pixel, 0, 8);
	case 1:
		return channel_in(b, pixel, 0, 5) && channel_in(b, pixel, 5, 6) &&
		       channel_in(b, pixel, 11, 5);
	case 2:
		return channel_in(b, pixel, 0, 5) && channel_in(b, pixel, 5, 5) &&
		       channel_in(b, pixel, 10, 5) && (!alpha || channel_in(b, pixel, 15, 1));
	default:
		return channel_in(b, pixel, 0, 8) && channel_in(b, pixel, 8, 8) &&
		       channel_in(b, pixel, 16, 8) && (!alpha || channel_in(b, pixel, 24, 8));
	}
}

static bool is_kept(const struct blt_memory *m, const struct blit *b, int32_t x, int32_t y,
		    uint32_t s, uint32_t t)
{
	bool mono_src = b->op->src == MONO_SRC || b->op->src == IMM_SRC;
	bool mono_pat = b->op->pat == MONO_PAT || b->op->pat == FIXED;

	if (b->clips && (x < b->clip[0] || y < b->clip[1] || x >= b->clip[2] || y >= b->clip[3])) {
		return true;
	}
	if ((mono_src && b->src_transp && !source_bit(m, b, x, y)) ||
	    (mono_pat && b->pat_transp && !pattern_bit(b, x, y))) {
		return true;
	}
	if (b->range == 1 || b->range == 2) {
		return b->op->src != NO_SRC && in_range(b, s);
	}
	return b->range && !in_range(b, t);
}

static void model_pixel(struct blt_memory *m, const struct blit *b, int32_t x, int32_t y)
{
	uint32_t t = get_pixel(b, m->dst, b->dst_tiling, b->dst_pitch_B, x, y);
	uint32_t p = pattern_pixel(m, b, x, y), s = 0, out = 0;

	if (b->op->src == COLOR_SRC) {
		s = get_pixel(b, m->src, b->src_tiling, b->src_pitch_B, b->src_x + x - b->x1,
			      b->src_y + y - b->y1);
	} else if (b->op->src != NO_SRC) {
		s = source_bit(m, b, x, y) ? b->fg : b->bg;
	}
	if (is_kept(m, b, x, y, s, t)) {
		return;
	}
	for (unsigned i = 0; i < 8 * b->cpp_B; i++) {
		unsigned which = (p >> i & 1) << 2 | (s >> i & 1) << 1 | (t >> i & 1);

		out |= (uint32_t)(b->rop >> which & 1) << i;
	}
	for (uint32_t i = 0; i < b->cpp_B; i++) {
		int64_t at = blt_model_place(b->dst_tiling, b->dst_pitch_B,
					     (int64_t)x * b->cpp_B + i, y);
		bool enabled = b->cpp_B < 4 || (b->mask & (i == 3 ? 2 : 1));

		if (enabled && at >= 0 && at < SIZE_B && at / (int64_t)GT_PAGE_SIZE != HOLE) {
			m->dst[at] = (uint8_t)(out >> 8 * i);
		}
	}
}

void blt_model_draw(struct blt_memory *m, const struct blit *b)
{
	for (int32_t y = b->y1; y < b->y2; y++) {
		for (int32_t x = b->x1; x < b->x2; x++) {
			model_pixel(m, b, x, y);
		}
	}
}
