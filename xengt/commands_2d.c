/* SPDX-License-Identifier: MIT */
/*
 * 2D commands, all of BCS; addresses are always of the context's PPGTT.
 *
 * Commands that carry pixels (.._IMMEDIATE_..) have no greatest length but the field's.
 * PRM SKL and BDW vol 2a, "..._BLT".
 */
#include "commands.h"

#define BLT(label, op_, min, max, ...)                                                             \
	{ .name = label, .op = 0x40000000u | (op_) << 22, .engines = GT_BIT(GT_BCS),               \
	  .len_mask = 0xff, .min_dw = (min), .max_dw = (max), .prm = "SKL vol 2a", __VA_ARGS__ }
#define AT(...) .addr = { __VA_ARGS__ }

static const struct gt_command_row rows[] = {
	BLT("XY_SETUP_BLT", 0x01u, 10, 10, AT({ 4, 1 }, { 8, 1 })),
	BLT("XY_SETUP_CLIP_BLT", 0x03u, 3, 3),
	BLT("XY_SETUP_MONO_PATTERN_SL_BLT", 0x11u, 10, 10, AT({ 4, 1 })),
	BLT("XY_PIXEL_BLT", 0x24u, 2, 2),
	BLT("XY_SCANLINES_BLT", 0x25u, 3, 3),
	BLT("XY_TEXT_BLT", 0x26u, 5, 5, AT({ 3, 1 })),
	BLT("XY_TEXT_IMMEDIATE_BLT", 0x31u, 3, 0),
	BLT("COLOR_BLT", 0x40u, 6, 6, AT({ 3, 1 })),
	BLT("XY_FAST_COPY_BLT", 0x42u, 10, 10, AT({ 4, 1 }, { 8, 1 }), .gens = GT_GEN9),
	BLT("SRC_COPY_BLT", 0x43u, 8, 8, AT({ 3, 1 }, { 6, 1 })),
	BLT("XY_COLOR_BLT", 0x50u, 7, 7, AT({ 4, 1 })),
	BLT("XY_PAT_BLT", 0x51u, 8, 8, AT({ 4, 1 }, { 6, 1 })),
	BLT("XY_MONO_PAT_BLT", 0x52u, 10, 10, AT({ 4, 1 })),
	BLT("XY_SRC_COPY_BLT", 0x53u, 10, 10, AT({ 4, 1 }, { 8, 1 })),
	BLT("XY_MONO_SRC_COPY_BLT", 0x54u, 10, 10, AT({ 4, 1 }, { 6, 1 })),
	BLT("XY_FULL_BLT", 0x55u, 12, 12, AT({ 4, 1 }, { 8, 1 }, { 10, 1 })),
	BLT("XY_FULL_MONO_SRC_BLT", 0x56u, 12, 12, AT({ 4, 1 }, { 6, 1 }, { 10, 1 })),
	BLT("XY_FULL_MONO_PATTERN_BLT", 0x57u, 14, 14, AT({ 4, 1 }, { 8, 1 })),
	BLT("XY_FULL_MONO_PATTERN_MONO_SRC_BLT", 0x58u, 14, 14, AT({ 4, 1 }, { 6, 1 })),
	BLT("XY_MONO_PAT_FIXED_BLT", 0x59u, 8, 8, AT({ 4, 1 })),
	BLT("XY_MONO_SRC_COPY_IMMEDIATE_BLT", 0x71u, 8, 0, AT({ 4, 1 })),
	BLT("XY_PAT_BLT_IMMEDIATE", 0x72u, 6, 0, AT({ 4, 1 })),
	BLT("XY_SRC_COPY_CHROMA_BLT", 0x73u, 12, 12, AT({ 4, 1 }, { 8, 1 })),
	BLT("XY_FULL_IMMEDIATE_PATTERN_BLT", 0x74u, 10, 0, AT({ 4, 1 }, { 8, 1 })),
	BLT("XY_FULL_MONO_SRC_IMMEDIATE_PATTERN_BLT", 0x75u, 10, 0, AT({ 4, 1 }, { 6, 1 })),
	BLT("XY_PAT_CHROMA_BLT", 0x76u, 10, 10, AT({ 4, 1 }, { 6, 1 })),
	BLT("XY_PAT_CHROMA_BLT_IMMEDIATE", 0x77u, 8, 0, AT({ 4, 1 })),
};

const struct gt_command_table gt_commands_2d = {
	.rows = rows,
	.nr = GT_ARRAY_SIZE(rows),
	.type = 2,
	.op_mask = 0xffc00000,
	.engines = GT_BIT(GT_BCS),
};
