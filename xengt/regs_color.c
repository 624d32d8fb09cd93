/* SPDX-License-Identifier: MIT */
/*
 * Registers of a pipe's colours (CSC, palettes) and of its scalers.
 *
 * The precise palette is behind an index and a data register; color.c has it.  A scaler's registers
 * are double-buffered and armed by its window size, display.c does that.
 * PRM SKL vol 12, "Color Space Conversion and Gamma", "Pipe Scaler"; BDW vol 11, "Panel Fitter".
 */
#include "color.h"
#include "display_rows.h"

#define PRM_COLOR  "SKL vol 12, Color Space Conversion and Gamma"
#define PRM_SCALER "SKL vol 12, Pipe Scaler"
#define PRM_FITTER "BDW vol 11, Panel Fitter"

#define ROW(label, at, where) { .name = label, .off = (at), .prm = (where) }
#define ROWS(label, at, count, where) { .name = label, .off = (at), .nr = (count), .prm = (where) }

#define COLOR_ROWS(id, at)                                                                         \
	ROWS("CSC_COEFF_" id, (at) + 0x10, 6, PRM_COLOR),                                          \
	{ .name = "CSC_MODE_" id, .off = (at) + 0x28, .write = gt_csc_mode_write,                  \
	  .prm = PRM_COLOR },                                                                      \
	ROWS("CSC_PREOFF_" id, (at) + 0x30, 3, PRM_COLOR),                                         \
	ROWS("CSC_POSTOFF_" id, (at) + 0x40, 3, PRM_COLOR)

#define GAMMA_ROWS(id, at)                                                                         \
	ROWS("PAL_LGC_" id, (at), 256, PRM_COLOR),                                                 \
	ROW("PAL_PREC_INDEX_" id, (at) + 0x400, PRM_COLOR),                                        \
	{ .name = "PAL_PREC_DATA_" id, .off = (at) + 0x404, .flags = GT_R_VOLATILE,                \
	  .read = gt_color_data_read, .write = gt_color_data_write, .prm = PRM_COLOR },            \
	ROWS("PAL_GC_MAX_" id, (at) + 0x410, 3, PRM_COLOR),                                        \
	ROWS("PAL_EXT_GC_MAX_" id, (at) + 0x420, 3, PRM_COLOR),                                    \
	{ .name = "GAMMA_MODE_" id, .off = (at) + 0x480, .write = gt_gamma_mode_write,             \
	  .prm = PRM_COLOR }

#define SCALER_ROWS(id, at)                                                                        \
	ROW("PS_PWR_GATE_" id, (at) + 0x60, PRM_SCALER),                                           \
	ROW("PS_WIN_POS_" id, (at) + 0x70, PRM_SCALER),                                            \
	{ .name = "PS_WIN_SZ_" id, .off = (at) + 0x74, .write = gt_scaler_size_write,              \
	  .prm = PRM_SCALER },                                                                     \
	ROW("PS_CTRL_" id, (at) + 0x80, PRM_SCALER),                                               \
	ROWS("PS_SCALE_PHASE_" id, (at) + 0x84, 5, PRM_SCALER)

#define FITTER_ROWS(id, at)                                                                        \
	ROW("PF_WIN_POS_" id, (at) + 0x70, PRM_FITTER),                                            \
	{ .name = "PF_WIN_SZ_" id, .off = (at) + 0x74, .platforms = GT_BIT(GT_BDW),                \
	  .write = gt_scaler_size_write, .prm = PRM_FITTER },                                      \
	ROW("PF_CTRL_" id, (at) + 0x80, PRM_FITTER),                                               \
	ROWS("PF_SCALE_" id, (at) + 0x84, 3, PRM_FITTER)

static const struct gt_reg_row rows[] = {
	COLOR_ROWS("A", 0x49000),
	COLOR_ROWS("B", 0x49100),
	COLOR_ROWS("C", 0x49200),
	GAMMA_ROWS("A", 0x4a000),
	GAMMA_ROWS("B", 0x4a800),
	GAMMA_ROWS("C", 0x4b000),
	FITTER_ROWS("A", 0x68000),
	SCALER_ROWS("1_A", 0x68100),
	SCALER_ROWS("2_A", 0x68200),
	FITTER_ROWS("B", 0x68800),
	SCALER_ROWS("1_B", 0x68900),
	SCALER_ROWS("2_B", 0x68a00),
	FITTER_ROWS("C", 0x69000),
	SCALER_ROWS("1_C", 0x69100),
};
const struct gt_reg_table gt_regs_color = { rows, GT_ARRAY_SIZE(rows) };
