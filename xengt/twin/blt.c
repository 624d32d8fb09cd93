/* SPDX-License-Identifier: MIT */
/*
 * The blitter: fill, copy with a raster operation, fast copy.
 *
 * Decides pixels only, row by row through a buffer of one row, so that source and destination may
 * overlap and rows may be torn apart by tiles.  A large blit is done in pieces: the command is
 * taken again and goes on at cs->blt_row.  Other 2D commands are skipped.  Addresses are always of
 * the context's PPGTT.
 * PRM SKL vol 2a, "XY_COLOR_BLT", "XY_SRC_COPY_BLT", "XY_FAST_COPY_BLT"; vol 10, "Blitter".
 */
#include "twin.h"

#include <string.h>

#define OP_SETUP	0x01u
#define OP_SETUP_CLIP	0x03u
#define OP_FAST_COPY	0x42u
#define OP_COLOR	0x50u
#define OP_SRC_COPY	0x53u

#define ROP_PATTERN	0xf0u
#define ROP_SOURCE	0xccu

#define BCS_SWCTRL	0x22200u
#define SWCTRL_SRC_Y	GT_BIT(0)
#define SWCTRL_DST_Y	GT_BIT(1)

#define PIECE_B		(256u << 10) /* bytes done before the command is taken again */
#define COST_B		64u	     /* bytes that cost as much as a command */

enum tiling { LINEAR, TILE_X, TILE_Y };

struct surface {
	gt_gma_t base;
	uint32_t pitch_B;
	enum tiling tiling;
	int32_t x_px, y;
};

struct blit {
	struct surface dst, src;
	uint32_t w_px, h, cpp_B;
	uint8_t rop;
	uint8_t mask[4]; /* of a pixel's bytes, if cpp_B is 4: 0xff is written */
	uint32_t color;
	bool bottom_up;
};

/* Address of a byte of a row, and how many bytes follow it without a gap. */
static gt_gma_t locate(const struct surface *s, uint64_t y, uint64_t x_B, uint32_t *run_B)
{
	switch (s->tiling) {
	case TILE_X:
		*run_B = 512 - x_B % 512;
		return s->base + (y / 8 * (s->pitch_B / 512) + x_B / 512) * GT_PAGE_SIZE +
		       y % 8 * 512 + x_B % 512;
	case TILE_Y:
		*run_B = 16 - x_B % 16;
		return s->base + (y / 32 * (s->pitch_B / 128) + x_B / 128) * GT_PAGE_SIZE +
		       x_B % 128 / 16 * 512 + y % 32 * 16 + x_B % 16;
	case LINEAR:
		break;
	}
	*run_B = UINT32_MAX;
	return s->base + y * s->pitch_B + x_B;
}

static void copy_row(struct cs *cs, const struct surface *s, uint32_t row, uint8_t *buf,
		     uint32_t len_B, uint32_t cpp_B, bool write)
{
	uint64_t x_B = (uint64_t)s->x_px * cpp_B, y = (uint64_t)s->y + row;

	for (uint32_t done = 0; done < len_B;) {
		uint32_t run_B;
		gt_gma_t gma = locate(s, y, x_B + done, &run_B);
		uint32_t n = run_B < len_B - done ? run_B : len_B - done;

		if (write) {
			gt_twin_write(cs->tw, cs->pml4, gma, buf + done, n);
		} else {
			gt_twin_read(cs->tw, cs->pml4, gma, buf + done, n);
		}
		done += n;
	}
}

/*
 * A raster operation is its own truth table: bit 4*pattern + 2*source + destination.  Eight bytes
 * at a time.
 */
static uint64_t rop3(uint8_t rop, uint64_t p, uint64_t s, uint64_t d)
{
	uint64_t out = 0;

	for (unsigned i = 0; i < 8; i++) {
		if (rop >> i & 1) {
			out |= (i & 4 ? p : ~p) & (i & 2 ? s : ~s) & (i & 1 ? d : ~d);
		}
	}
	return out;
}

/* @len_B bytes over and over in eight. */
static uint64_t repeat(const void *bytes, uint32_t len_B)
{
	uint8_t out[8];
	uint64_t val;

	for (unsigned i = 0; i < 8; i++) {
		out[i] = ((const uint8_t *)bytes)[i % len_B];
	}
	memcpy(&val, out, sizeof(val));
	return val;
}

static bool rop_needs_dst(const struct blit *b)
{
	static const uint8_t all[4] = { 0xff, 0xff, 0xff, 0xff };

	return (b->rop != ROP_PATTERN && b->rop != ROP_SOURCE) || memcmp(b->mask, all, sizeof(all));
}

static bool rop_needs_src(const struct blit *b)
{
	/* Whether any pair of outcomes differs by the source alone. */
	return ((b->rop >> 2 ^ b->rop) & 0x33) != 0;
}

/* A fill whose rows are all the same: run() makes the row once. */
static bool is_solid(const struct blit *b)
{
	return b->rop == ROP_PATTERN && !rop_needs_dst(b);
}

/* What becomes of the row in dst_row, which has room for whole words. */
static void combine(struct twin *tw, const struct blit *b, uint32_t len_B)
{
	uint64_t p = repeat(&b->color, b->cpp_B < 4 ? b->cpp_B : 4);
	uint64_t mask = b->cpp_B == 4 ? repeat(b->mask, 4) : UINT64_MAX;

	for (uint32_t i = 0; i < len_B; i += 8) {
		uint64_t s, d, out;

		memcpy(&s, tw->src_row + i, sizeof(s));
		memcpy(&d, tw->dst_row + i, sizeof(d));
		out = (rop3(b->rop, p, s, d) & mask) | (d & ~mask);
		memcpy(tw->dst_row + i, &out, sizeof(out));
	}
}

static void blit_row(struct cs *cs, const struct blit *b, uint32_t row)
{
	struct twin *tw = cs->tw;
	uint32_t len_B = b->w_px * b->cpp_B;

	if (rop_needs_src(b)) {
		copy_row(cs, &b->src, row, tw->src_row, len_B, b->cpp_B, false);
	}
	if (is_solid(b)) {
		copy_row(cs, &b->dst, row, tw->dst_row, len_B, b->cpp_B, true);
		return;
	}
	if (b->rop == ROP_SOURCE && !rop_needs_dst(b)) {
		copy_row(cs, &b->dst, row, tw->src_row, len_B, b->cpp_B, true);
		return;
	}
	if (rop_needs_dst(b)) {
		copy_row(cs, &b->dst, row, tw->dst_row, len_B, b->cpp_B, false);
	}
	combine(tw, b, len_B);
	copy_row(cs, &b->dst, row, tw->dst_row, len_B, b->cpp_B, true);
}

static enum verdict run(struct cs *cs, const struct blit *b)
{
	uint32_t row_B = b->w_px * b->cpp_B;

	if (is_solid(b)) {
		combine(cs->tw, b, row_B);
	}
	for (uint32_t done_B = 0; cs->blt_row < b->h; cs->blt_row++, done_B += row_B) {
		if (done_B >= PIECE_B) {
			return CMD_AGAIN;
		}
		blit_row(cs, b, b->bottom_up ? b->h - 1 - cs->blt_row : cs->blt_row);
		cs->tw->cost += 1 + row_B / COST_B;
	}
	cs->blt_row = 0;
	return CMD_DONE;
}

/* Pitch and tiling as the commands have them: dwords for tiled surfaces, bytes for others. */
static void set_surface(struct surface *s, uint32_t pitch, enum tiling tiling, uint32_t lo,
			uint32_t hi)
{
	s->tiling = tiling;
	s->pitch_B = (pitch & 0xffff) * (tiling == LINEAR ? 1 : 4);
	s->base = gt_twin_address(tiling == LINEAR ? lo : lo & ~0xfffu, hi);
}

static void set_position(struct surface *s, uint32_t yx)
{
	s->x_px = (int16_t)(yx & 0xffff);
	s->y = (int16_t)(yx >> 16);
}

/* Destination rectangle: false if there is nothing to do or it cannot be done. */
static bool set_rect(struct cs *cs, struct blit *b, const struct cmd *cmd)
{
	int32_t x2 = (int16_t)(cmd->dw[3] & 0xffff), y2 = (int16_t)(cmd->dw[3] >> 16);

	set_position(&b->dst, cmd->dw[2]);
	if (b->dst.x_px >= x2 || b->dst.y >= y2) {
		return false;
	}
	if (b->dst.x_px < 0 || b->dst.y < 0 || b->src.x_px < 0 || b->src.y < 0 || !b->cpp_B ||
	    (uint32_t)(x2 - b->dst.x_px) > MAX_BLT_ROW_B / b->cpp_B) {
		gt_twin_bad(cs, cmd->header, "a blit of impossible size");
		return false;
	}
	b->w_px = (uint32_t)(x2 - b->dst.x_px);
	b->h = (uint32_t)(y2 - b->dst.y);
	return true;
}

/* Depth, raster operation and write mask of the classic commands. */
static void set_classic(struct blit *b, const struct cmd *cmd)
{
	static const uint8_t cpp_B[4] = { 1, 2, 2, 4 };
	uint8_t rgb = cmd->header & GT_BIT(20) ? 0xff : 0;

	b->cpp_B = cpp_B[cmd->dw[1] >> 24 & 3];
	b->rop = (uint8_t)(cmd->dw[1] >> 16);
	memset(b->mask, b->cpp_B == 4 ? rgb : 0xff, sizeof(b->mask));
	if (b->cpp_B == 4) {
		b->mask[3] = cmd->header & GT_BIT(21) ? 0xff : 0;
	}
}

static enum tiling classic_tiling(struct cs *cs, bool tiled, uint32_t y_bit)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	if (!tiled) {
		return LINEAR;
	}
	return ev->reg_read(ev->ctx, cs->id, BCS_SWCTRL) & y_bit ? TILE_Y : TILE_X;
}

/* Rows overlapping downwards are copied from the last one up. */
static bool overlaps_down(const struct blit *b)
{
	return b->src.base == b->dst.base && b->src.y < b->dst.y;
}

static enum verdict color_blt(struct cs *cs, const struct cmd *cmd)
{
	struct blit b = { .color = cmd->dw[6] };

	set_classic(&b, cmd);
	set_surface(&b.dst, cmd->dw[1], classic_tiling(cs, cmd->header & GT_BIT(11), SWCTRL_DST_Y),
		    cmd->dw[4], cmd->dw[5]);
	b.src = b.dst;
	set_position(&b.src, cmd->dw[2]);
	return set_rect(cs, &b, cmd) ? run(cs, &b) : CMD_DONE;
}

static enum verdict src_copy_blt(struct cs *cs, const struct cmd *cmd)
{
	struct blit b = { 0 };

	set_classic(&b, cmd);
	set_surface(&b.dst, cmd->dw[1], classic_tiling(cs, cmd->header & GT_BIT(11), SWCTRL_DST_Y),
		    cmd->dw[4], cmd->dw[5]);
	set_surface(&b.src, cmd->dw[7], classic_tiling(cs, cmd->header & GT_BIT(15), SWCTRL_SRC_Y),
		    cmd->dw[8], cmd->dw[9]);
	set_position(&b.src, cmd->dw[6]);
	if (!set_rect(cs, &b, cmd)) {
		return CMD_DONE;
	}
	b.bottom_up = overlaps_down(&b);
	return run(cs, &b);
}

static enum verdict fast_copy_blt(struct cs *cs, const struct cmd *cmd)
{
	static const uint8_t cpp_B[8] = { 1, 2, 0, 4, 8, 16 };
	uint32_t src_tiling = cmd->header >> 20 & 3, dst_tiling = cmd->header >> 13 & 3;
	struct blit b = { .rop = ROP_SOURCE, .mask = { 0xff, 0xff, 0xff, 0xff } };

	/* 3 is the 64 KiB tile; bits 31 and 30 turn Y tiles into Yf. */
	if (src_tiling > TILE_Y || dst_tiling > TILE_Y ||
	    (src_tiling == TILE_Y && (cmd->dw[1] & GT_BIT(31))) ||
	    (dst_tiling == TILE_Y && (cmd->dw[1] & GT_BIT(30)))) {
		gt_twin_bad(cs, cmd->header, "a tiling the twin does not copy");
		return CMD_DONE;
	}
	b.cpp_B = cpp_B[cmd->dw[1] >> 24 & 7];
	set_surface(&b.dst, cmd->dw[1], (enum tiling)dst_tiling, cmd->dw[4], cmd->dw[5]);
	set_surface(&b.src, cmd->dw[7], (enum tiling)src_tiling, cmd->dw[8], cmd->dw[9]);
	set_position(&b.src, cmd->dw[6]);
	if (!set_rect(cs, &b, cmd)) {
		return CMD_DONE;
	}
	b.bottom_up = overlaps_down(&b);
	return run(cs, &b);
}

static const struct {
	uint32_t op; /* header bits 28:22 */
	uint32_t min_dw;
	cmd_fn exec;
} ops[] = {
	{ OP_SETUP, 2, NULL },
	{ OP_SETUP_CLIP, 2, NULL },
	{ OP_FAST_COPY, 10, fast_copy_blt },
	{ OP_COLOR, 7, color_blt },
	{ OP_SRC_COPY, 10, src_copy_blt },
};

enum verdict gt_twin_blt(struct cs *cs, const struct cmd *cmd)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(ops); i++) {
		if (ops[i].op != (cmd->header >> 22 & 0x7f)) {
			continue;
		}
		if (cmd->len_dw < ops[i].min_dw) {
			gt_twin_bad(cs, cmd->header, "too short");
			return CMD_HANG;
		}
		return ops[i].exec ? ops[i].exec(cs, cmd) : CMD_DONE;
	}
	gt_twin_bad(cs, cmd->header, "a blit the twin does not do");
	return CMD_DONE;
}
