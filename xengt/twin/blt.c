/* SPDX-License-Identifier: MIT */
/*
 * The blitter's commands.
 *
 * Decides what each dword of a 2D command means, and in which order the pieces of a blit are done:
 * rows from the top, their pieces from the left, or the other way round where source and
 * destination overlap so.  After BUDGET_COST a command is taken again and goes on at cs->blt_done.
 * Addresses are always of the context's PPGTT; BCS_SWCTRL makes tiles of XY commands Y tiles.
 * Two formats are known from the commands of their family alone: XY_FULL_BLT's and those of the
 * commands with a colour source and a pattern.
 * PRM SKL vol 2a, "XY_SETUP_BLT" to "XY_PAT_CHROMA_BLT_IMMEDIATE", "XY_FAST_COPY_BLT"; vol 11,
 * "Blitter".
 */
#include "blt.h"

#include <string.h>

#define OP_SETUP      0x01u
#define OP_SETUP_CLIP 0x03u
#define OP_SETUP_MONO 0x11u
#define OP_PIXEL      0x24u
#define OP_SCANLINES  0x25u
#define OP_TEXT	      0x26u
#define OP_TEXT_IMM   0x31u
#define OP_COLOR      0x40u
#define OP_FAST_COPY  0x42u
#define OP_SRC_COPY   0x43u

#define BR00_ALPHA	 GT_BIT(21)
#define BR00_RGB	 GT_BIT(20)
#define BR00_BYTE_PACKED GT_BIT(16)
#define BR00_SRC_TILED	 GT_BIT(15)
#define BR00_DST_TILED	 GT_BIT(11)
#define BR13_SOLID	 GT_BIT(31)
#define BR13_CLIP	 GT_BIT(30)
#define BR13_LEFTWARDS	 GT_BIT(30) /* of SRC_COPY_BLT */
#define BR13_SRC_TRANSP	 GT_BIT(29)
#define BR13_PAT_TRANSP	 GT_BIT(28)

#define BCS_SWCTRL   0x22200u
#define SWCTRL_SRC_Y GT_BIT(0)
#define SWCTRL_DST_Y GT_BIT(1)

/* Of cs->blt_setup: first pixel within the clip rectangle, first one beyond. */
#define SETUP_CLIP 10u

#define BUDGET_COST 4096u /* of a blit before the command is taken again */
#define COST_B	    64u	  /* bytes that cost as much as a command */

/* A command whose dwords 1 to 5 are BR13, rectangle and destination; where the others are. */
struct row {
	uint8_t op, min_dw;
	enum blt_src src;
	uint8_t src_at; /* address, of a colour source behind its position and pitch; or bits */
	uint8_t src_colors;
	enum blt_pat pat;
	uint8_t pat_at, pat_colors;
	uint8_t range;
};

/* clang-format off */
static const struct row rows[] = {
	{ 0x50,  7, BLT_SRC_NONE,     0, 0, BLT_PAT_SOLID,     0,  6, 0 }, /* COLOR */
	{ 0x51,  8, BLT_SRC_NONE,     0, 0, BLT_PAT_COLOR,     6,  0, 0 }, /* PAT */
	{ 0x52, 10, BLT_SRC_NONE,     0, 0, BLT_PAT_MONO,      8,  6, 0 }, /* MONO_PAT */
	{ 0x53, 10, BLT_SRC_COLOR,    6, 0, BLT_PAT_NONE,      0,  0, 0 }, /* SRC_COPY */
	{ 0x54, 10, BLT_SRC_MONO,     6, 8, BLT_PAT_NONE,      0,  0, 0 }, /* MONO_SRC_COPY */
	{ 0x55, 12, BLT_SRC_COLOR,    6, 0, BLT_PAT_COLOR,     10, 0, 0 }, /* FULL */
	{ 0x56, 12, BLT_SRC_MONO,     6, 8, BLT_PAT_COLOR,     10, 0, 0 }, /* FULL_MONO_SRC */
	{ 0x57, 14, BLT_SRC_COLOR,    6, 0, BLT_PAT_MONO,      12, 10, 0 }, /* FULL_MONO_PATTERN */
	{ 0x58, 14, BLT_SRC_MONO,     6, 8, BLT_PAT_MONO,      12, 10, 0 }, /* .._MONO_SRC */
	{ 0x59,  8, BLT_SRC_NONE,     0, 0, BLT_PAT_FIXED,     0,  6, 0 }, /* MONO_PAT_FIXED */
	{ 0x71,  8, BLT_SRC_MONO_IMM, 8, 6, BLT_PAT_NONE,      0,  0, 0 }, /* MONO_SRC_COPY_IMM. */
	{ 0x72,  6, BLT_SRC_NONE,     0, 0, BLT_PAT_COLOR_IMM, 6,  0, 0 }, /* PAT_IMMEDIATE */
	{ 0x73, 12, BLT_SRC_COLOR,    6, 0, BLT_PAT_NONE,      0,  0, 10 }, /* SRC_COPY_CHROMA */
	{ 0x74, 10, BLT_SRC_COLOR,    6, 0, BLT_PAT_COLOR_IMM, 10, 0, 0 }, /* FULL_IMM._PATTERN */
	{ 0x75, 10, BLT_SRC_MONO,     6, 8, BLT_PAT_COLOR_IMM, 10, 0, 0 }, /* FULL_MONO_SRC_IMM. */
	{ 0x76, 10, BLT_SRC_NONE,     0, 0, BLT_PAT_COLOR,     6,  0, 8 }, /* PAT_CHROMA */
	{ 0x77,  8, BLT_SRC_NONE,     0, 0, BLT_PAT_COLOR_IMM, 8,  0, 6 }, /* PAT_CHROMA_IMM. */
};
/* clang-format on */

static uint32_t op_of(uint32_t header)
{
	return header >> 22 & 0x7f;
}

static int32_t x_of(uint32_t yx)
{
	return (int16_t)(yx & 0xffff);
}

static int32_t y_of(uint32_t yx)
{
	return (int16_t)(yx >> 16);
}

static int32_t larger(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* Pieces of a row, none larger than the buffers. */
static enum verdict run(struct cs *cs, struct blit *b)
{
	uint32_t piece_px = BLT_PIECE_B / b->cpp_B, w_px = (uint32_t)(b->x2 - b->x1);
	uint32_t per_row = (w_px + piece_px - 1) / piece_px;
	uint32_t nr = per_row * (uint32_t)(b->y2 - b->y1);
	uint64_t end_cost = cs->tw->cost + BUDGET_COST;
	bool made = gt_blt_pixels_begin(cs, b);

	for (; cs->blt_done < nr; cs->blt_done++) {
		uint32_t i = b->backwards ? nr - 1 - cs->blt_done : cs->blt_done;
		uint32_t x_px = i % per_row * piece_px;
		uint32_t n_px = w_px - x_px < piece_px ? w_px - x_px : piece_px;

		if (cs->tw->cost >= end_cost) {
			return CMD_AGAIN;
		}
		gt_blt_pixels_draw(cs, b, made, b->x1 + (int32_t)x_px,
				   b->y1 + (int32_t)(i / per_row), n_px);
		cs->tw->cost += 1 + n_px * b->cpp_B / COST_B;
	}
	cs->blt_done = 0;
	return CMD_DONE;
}

/* What is written of the rectangle; false: nothing.  The source's position moves along. */
static bool clip(struct cs *cs, struct blit *b, bool enabled)
{
	const uint32_t *c = &cs->blt_setup.dw[SETUP_CLIP];
	int32_t x1 = b->x1, y1 = b->y1;

	if (b->x1 >= b->x2 || b->y1 >= b->y2) {
		return false;
	}
	if (enabled) {
		b->x1 = larger(b->x1, x_of(c[0]));
		b->y1 = larger(b->y1, y_of(c[0]));
		b->x2 = smaller(b->x2, x_of(c[1]));
		b->y2 = smaller(b->y2, y_of(c[1]));
	}
	if (b->x1 >= b->x2 || b->y1 >= b->y2) {
		return false;
	}
	b->src_x += b->x1 - x1;
	b->src_y += b->y1 - y1;
	b->mono_bit += (uint64_t)(b->y1 - y1) * b->mono_pitch_bits + (uint64_t)(b->x1 - x1);
	return true;
}

/* On the same surface, what is to be read must not have been written. */
static void find_order(struct blit *b)
{
	b->backwards = b->src_kind == BLT_SRC_COLOR && b->src.base == b->dst.base &&
		       (b->src_y < b->y1 || (b->src_y == b->y1 && b->src_x < b->x1));
}

static enum verdict finish(struct cs *cs, struct blit *b, bool clipped)
{
	if (!clip(cs, b, clipped)) {
		cs->blt_done = 0;
		return CMD_DONE;
	}
	find_order(b);
	return run(cs, b);
}

static enum blt_tiling tiling(struct cs *cs, bool tiled, uint32_t y_bit)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	if (!tiled) {
		return BLT_LINEAR;
	}
	return ev->reg_read(ev->ctx, cs->id, BCS_SWCTRL) & y_bit ? BLT_TILE_Y : BLT_TILE_X;
}

/* BR13 and the bits of BR00 that say which channels are written. */
static void set_control(struct blit *b, uint32_t br00, uint32_t br13)
{
	static const uint8_t cpp_B[4] = { 1, 2, 2, 4 };
	uint32_t pixel = (br00 & BR00_ALPHA ? 0xff000000u : 0) | (br00 & BR00_RGB ? 0xffffffu : 0);

	b->depth = br13 >> 24 & 3;
	b->cpp_B = cpp_B[b->depth];
	b->rop = (uint8_t)(br13 >> 16);
	b->channels = b->cpp_B == 4 ? (uint64_t)pixel << 32 | pixel : UINT64_MAX;
}

static void set_rect(struct blit *b, uint32_t first, uint32_t beyond)
{
	b->x1 = x_of(first);
	b->y1 = y_of(first);
	b->x2 = x_of(beyond);
	b->y2 = y_of(beyond);
}

static void set_dst(struct cs *cs, struct blit *b, uint32_t br00, const uint32_t *address,
		    uint32_t br13)
{
	gt_blt_surface_set(&b->dst, tiling(cs, br00 & BR00_DST_TILED, SWCTRL_DST_Y), b->cpp_B, br13,
			   address[0], address[1]);
}

static void set_immediate(const struct cmd *cmd, uint32_t at, const uint8_t **bytes,
			  uint32_t *len_B)
{
	uint32_t end = cmd->len_dw < CMD_MAX_DW ? cmd->len_dw : CMD_MAX_DW;

	*bytes = (const uint8_t *)&cmd->dw[at < end ? at : 0];
	*len_B = at < end ? (end - at) * 4 : 0;
}

/* Rows of bits begin at a word, with some that do not count. */
static void set_mono_layout(struct blit *b, uint32_t br00)
{
	uint32_t first = br00 >> 17 & 7;

	b->mono_bit = first;
	b->mono_pitch_bits = ((uint64_t)(uint32_t)(b->x2 - b->x1) + first + 15) & ~UINT64_C(15);
}

static void set_src(struct cs *cs, struct blit *b, const struct row *row, const struct cmd *cmd)
{
	const uint32_t *dw = &cmd->dw[row->src_at];

	b->src_kind = row->src;
	b->src_transparent = (cmd->dw[1] & BR13_SRC_TRANSP) &&
			     (row->src == BLT_SRC_MONO || row->src == BLT_SRC_MONO_IMM);
	if (row->src_colors) {
		memcpy(b->src_colors, &cmd->dw[row->src_colors], sizeof(b->src_colors));
	}
	switch (row->src) {
	case BLT_SRC_NONE:
		return;
	case BLT_SRC_COLOR:
		b->src_x = x_of(dw[0]);
		b->src_y = y_of(dw[0]);
		gt_blt_surface_set(&b->src,
				   tiling(cs, cmd->header & BR00_SRC_TILED, SWCTRL_SRC_Y),
				   b->cpp_B, dw[1], dw[2], dw[3]);
		return;
	case BLT_SRC_MONO:
		b->mono_base = gt_twin_address(dw[0], dw[1]);
		break;
	case BLT_SRC_MONO_IMM:
		set_immediate(cmd, row->src_at, &b->mono_imm, &b->mono_imm_B);
		break;
	}
	set_mono_layout(b, cmd->header);
}

/* A pattern's address is that of 64 bytes at least. */
static void set_pat_pixels(struct cs *cs, struct blit *b, const uint32_t *address)
{
	gt_twin_read(cs->tw, cs->pml4, gt_twin_address(address[0] & ~0x3fu, address[1]),
		     b->pat_pixels, 64 * b->cpp_B);
}

/* BR13 "Solid Pattern Select": bits of the pattern are taken for 0. */
static void set_pat_bits(struct blit *b, uint32_t br13, const uint32_t *bits)
{
	b->pat_kind = BLT_PAT_MONO;
	b->pat_transparent = br13 & BR13_PAT_TRANSP;
	if (!(br13 & BR13_SOLID)) {
		memcpy(b->pat_bits, bits, sizeof(b->pat_bits));
	} else if (!b->pat_transparent) {
		b->pat_kind = BLT_PAT_SOLID;
	}
}

static void set_seeds(struct blit *b, uint32_t br00)
{
	b->seed_x = br00 >> 12 & 7;
	b->seed_y = br00 >> 8 & 7;
}

static void set_pat(struct cs *cs, struct blit *b, const struct row *row, const struct cmd *cmd)
{
	const uint8_t *bytes;
	uint32_t len_B;

	b->pat_kind = row->pat;
	set_seeds(b, cmd->header);
	if (row->pat_colors) {
		uint32_t nr = row->pat == BLT_PAT_SOLID ? 1 : 2;

		memcpy(b->pat_colors, &cmd->dw[row->pat_colors], nr * 4);
	}
	switch (row->pat) {
	case BLT_PAT_NONE:
	case BLT_PAT_SOLID:
		break;
	case BLT_PAT_COLOR:
		set_pat_pixels(cs, b, &cmd->dw[row->pat_at]);
		break;
	case BLT_PAT_COLOR_IMM:
		set_immediate(cmd, row->pat_at, &bytes, &len_B);
		memcpy(b->pat_pixels, bytes, len_B < 64 * b->cpp_B ? len_B : 64 * b->cpp_B);
		break;
	case BLT_PAT_MONO:
		set_pat_bits(b, cmd->dw[1], &cmd->dw[row->pat_at]);
		break;
	case BLT_PAT_FIXED:
		b->pat_bits[0] = cmd->header >> 15 & 15;
		b->pat_transparent = cmd->dw[1] & BR13_PAT_TRANSP;
		break;
	}
}

static enum verdict xy_blt(struct cs *cs, const struct cmd *cmd, const struct row *row)
{
	struct blit b = { 0 };

	set_control(&b, cmd->header, cmd->dw[1]);
	set_rect(&b, cmd->dw[2], cmd->dw[3]);
	set_dst(cs, &b, cmd->header, &cmd->dw[4], cmd->dw[1]);
	set_src(cs, &b, row, cmd);
	set_pat(cs, &b, row, cmd);
	if (row->range && (cmd->header >> 17 & 7) <= BLT_RANGE_DST) {
		b.range = (enum blt_range)(cmd->header >> 17 & 7);
		b.range_low = cmd->dw[row->range];
		b.range_high = cmd->dw[row->range + 1];
	}
	return finish(cs, &b, cmd->dw[1] & BR13_CLIP);
}

/* What a setup command left, for a command with a rectangle alone. */
static void use_setup(struct cs *cs, struct blit *b, const struct cmd *cmd)
{
	const uint32_t *setup = cs->blt_setup.dw;

	set_control(b, setup[0], setup[1]);
	set_rect(b, cmd->dw[1], cmd->dw[2]);
	set_dst(cs, b, cmd->header, &setup[4], setup[1]);
}

static enum verdict pixel_blt(struct cs *cs, const struct cmd *cmd)
{
	const uint32_t *setup = cs->blt_setup.dw;
	struct blit b = { .pat_kind = BLT_PAT_SOLID, .pat_colors = { setup[7] } };

	use_setup(cs, &b, cmd);
	b.x2 = b.x1 + 1;
	b.y2 = b.y1 + 1;
	return finish(cs, &b, setup[1] & BR13_CLIP);
}

static enum verdict scanlines_blt(struct cs *cs, const struct cmd *cmd)
{
	const uint32_t *setup = cs->blt_setup.dw;
	struct blit b = { .pat_kind = BLT_PAT_COLOR };

	use_setup(cs, &b, cmd);
	set_seeds(&b, cmd->header);
	if (op_of(setup[0]) == OP_SETUP_MONO) {
		memcpy(b.pat_colors, &setup[6], sizeof(b.pat_colors));
		set_pat_bits(&b, setup[1], &setup[8]);
	} else {
		set_pat_pixels(cs, &b, &setup[8]);
	}
	return finish(cs, &b, setup[1] & BR13_CLIP);
}

/* Rows of a glyph follow one another by bits, or by bytes. */
static enum verdict text_blt(struct cs *cs, const struct cmd *cmd)
{
	const uint32_t *setup = cs->blt_setup.dw;
	struct blit b = {
		.src_kind = BLT_SRC_MONO,
		.src_colors = { setup[6], setup[7] },
		.src_transparent = setup[1] & BR13_SRC_TRANSP,
	};

	use_setup(cs, &b, cmd);
	if (op_of(cmd->header) == OP_TEXT_IMM) {
		b.src_kind = BLT_SRC_MONO_IMM;
		set_immediate(cmd, 3, &b.mono_imm, &b.mono_imm_B);
	} else {
		b.mono_base = gt_twin_address(cmd->dw[3], cmd->dw[4]);
	}
	b.mono_pitch_bits = (uint64_t)(int64_t)(b.x2 - b.x1);
	if (cmd->header & BR00_BYTE_PACKED) {
		b.mono_pitch_bits = (b.mono_pitch_bits + 7) & ~UINT64_C(7);
	}
	return finish(cs, &b, setup[1] & BR13_CLIP);
}

static enum verdict setup_blt(struct cs *cs, const struct cmd *cmd)
{
	memcpy(cs->blt_setup.dw, cmd->dw, SETUP_CLIP * 4);
	memcpy(&cs->blt_setup.dw[SETUP_CLIP], &cmd->dw[2], 2 * 4);
	return CMD_DONE;
}

static enum verdict setup_clip_blt(struct cs *cs, const struct cmd *cmd)
{
	memcpy(&cs->blt_setup.dw[SETUP_CLIP], &cmd->dw[1], 2 * 4);
	return CMD_DONE;
}

/* BR14: rows and bytes.  What is no whole pixel is left out. */
static void set_size(struct blit *b, uint32_t br14)
{
	b->x2 = (int32_t)((br14 & 0xffff) / b->cpp_B);
	b->y2 = (int32_t)(br14 >> 16);
}

static enum verdict plain_color_blt(struct cs *cs, const struct cmd *cmd)
{
	struct blit b = { .pat_kind = BLT_PAT_SOLID, .pat_colors = { cmd->dw[5] } };

	set_control(&b, cmd->header, cmd->dw[1]);
	set_size(&b, cmd->dw[2]);
	gt_blt_surface_set(&b.dst, BLT_LINEAR, b.cpp_B, cmd->dw[1], cmd->dw[3], cmd->dw[4]);
	return finish(cs, &b, false);
}

/* The order of pixels is given, not found; leftwards, addresses are those of the last bytes. */
static enum verdict plain_copy_blt(struct cs *cs, const struct cmd *cmd)
{
	struct blit b = { .src_kind = BLT_SRC_COLOR };
	bool leftwards = cmd->dw[1] & BR13_LEFTWARDS;

	set_control(&b, cmd->header, cmd->dw[1]);
	set_size(&b, cmd->dw[2]);
	gt_blt_surface_set(&b.dst, BLT_LINEAR, b.cpp_B, cmd->dw[1], cmd->dw[3], cmd->dw[4]);
	gt_blt_surface_set(&b.src, BLT_LINEAR, b.cpp_B, cmd->dw[5], cmd->dw[6], cmd->dw[7]);
	if (leftwards) {
		b.dst.base -= (uint64_t)(uint32_t)b.x2 * b.cpp_B - 1;
		b.src.base -= (uint64_t)(uint32_t)b.x2 * b.cpp_B - 1;
	}
	if (b.x2 <= 0 || b.y2 <= 0) {
		cs->blt_done = 0;
		return CMD_DONE;
	}
	return run(cs, &b);
}

static enum blt_tiling fast_tiling(uint32_t field, bool is_yf)
{
	return field == BLT_TILE_Y && is_yf ? BLT_TILE_YF : (enum blt_tiling)field;
}

static enum verdict fast_copy_blt(struct cs *cs, const struct cmd *cmd)
{
	static const uint8_t cpp_B[8] = { 1, 2, 0, 4, 8, 16 };
	uint32_t br13 = cmd->dw[1];
	struct blit b = { .rop = 0xcc, .channels = UINT64_MAX, .src_kind = BLT_SRC_COLOR };

	b.cpp_B = cpp_B[br13 >> 24 & 7];
	if (!b.cpp_B) {
		gt_twin_bad(cs, cmd->header, "a colour depth there is none of");
		return CMD_DONE;
	}
	set_rect(&b, cmd->dw[2], cmd->dw[3]);
	gt_blt_surface_set(&b.dst, fast_tiling(cmd->header >> 13 & 3, br13 & GT_BIT(30)), b.cpp_B,
			   br13, cmd->dw[4], cmd->dw[5]);
	b.src_x = x_of(cmd->dw[6]);
	b.src_y = y_of(cmd->dw[6]);
	gt_blt_surface_set(&b.src, fast_tiling(cmd->header >> 20 & 3, br13 & GT_BIT(31)), b.cpp_B,
			   cmd->dw[7], cmd->dw[8], cmd->dw[9]);
	return finish(cs, &b, false);
}

static const struct {
	uint32_t op;
	uint32_t min_dw;
	cmd_fn exec;
} ops[] = {
	{ OP_SETUP, 10, setup_blt },
	{ OP_SETUP_CLIP, 3, setup_clip_blt },
	{ OP_SETUP_MONO, 10, setup_blt },
	{ OP_PIXEL, 2, pixel_blt },
	{ OP_SCANLINES, 3, scanlines_blt },
	{ OP_TEXT, 5, text_blt },
	{ OP_TEXT_IMM, 3, text_blt },
	{ OP_COLOR, 6, plain_color_blt },
	{ OP_FAST_COPY, 10, fast_copy_blt },
	{ OP_SRC_COPY, 8, plain_copy_blt },
};

static enum verdict too_short(struct cs *cs, const struct cmd *cmd)
{
	gt_twin_bad(cs, cmd->header, "too short");
	return CMD_HANG;
}

bool gt_twin_blt_executes(uint32_t header)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(rows); i++) {
		if (rows[i].op == op_of(header)) {
			return true;
		}
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(ops); i++) {
		if (ops[i].op == op_of(header)) {
			return true;
		}
	}
	return false;
}

enum verdict gt_twin_blt(struct cs *cs, const struct cmd *cmd)
{
	uint32_t op = op_of(cmd->header);

	for (size_t i = 0; i < GT_ARRAY_SIZE(rows); i++) {
		if (rows[i].op == op) {
			return cmd->len_dw < rows[i].min_dw ? too_short(cs, cmd)
							    : xy_blt(cs, cmd, &rows[i]);
		}
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(ops); i++) {
		if (ops[i].op == op) {
			return cmd->len_dw < ops[i].min_dw ? too_short(cs, cmd)
							   : ops[i].exec(cs, cmd);
		}
	}
	gt_twin_bad(cs, cmd->header, "no blit");
	return CMD_DONE;
}
