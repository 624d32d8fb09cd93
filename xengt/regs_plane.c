/* SPDX-License-Identifier: MIT */
/*
 * Registers of pipes, planes and cursors: 0x70000, 0x71000 and 0x72000, one page a pipe.
 *
 * The frame counter and the scanline make these pages trapped.  Broadwell's primary plane and
 * sprite have their registers at the offsets of planes 1 and 2, with fewer of them; the rows serve
 * both.  PRM SKL vol 12, "Pipe", "Planes", "Cursor"; registers in vol 2c.
 */
#include "display_rows.h"

#define PRM_PIPE   "SKL vol 12, Pipe"
#define PRM_PLANE  "SKL vol 12, Planes"
#define PRM_CURSOR "SKL vol 12, Cursor"

#define PLANE_ROW(label, at) { .name = label, .off = (at), .prm = PRM_PLANE }

#define PLANE_ROWS(id, base)                                                                       \
	PLANE_ROW("PLANE_CTL_" id, (base)),                                                        \
	PLANE_ROW("PLANE_LINOFF_" id, (base) + 0x04),                                              \
	PLANE_ROW("PLANE_STRIDE_" id, (base) + 0x08),                                              \
	PLANE_ROW("PLANE_POS_" id, (base) + 0x0c),                                                 \
	PLANE_ROW("PLANE_SIZE_" id, (base) + 0x10),                                                \
	PLANE_ROW("PLANE_KEYVAL_" id, (base) + 0x14),                                              \
	PLANE_ROW("PLANE_KEYMSK_" id, (base) + 0x18),                                              \
	{ .name = "PLANE_SURF_" id, .off = (base) + 0x1c, .write = gt_plane_surf_write,            \
	  .prm = PRM_PLANE },                                                                      \
	PLANE_ROW("PLANE_KEYMAX_" id, (base) + 0x20),                                              \
	PLANE_ROW("PLANE_OFFSET_" id, (base) + 0x24),                                              \
	{ .name = "PLANE_SURFLIVE_" id, .off = (base) + 0x2c, .ro = ~0u, .flags = GT_R_VOLATILE,   \
	  .read = gt_plane_surflive_read, .prm = PRM_PLANE },                                      \
	PLANE_ROW("PLANE_AUX_DIST_" id, (base) + 0x40),                                            \
	PLANE_ROW("PLANE_AUX_OFFSET_" id, (base) + 0x44),                                          \
	PLANE_ROW("PLANE_COLOR_CTL_" id, (base) + 0x4c),                                           \
	{ .name = "PLANE_WM_" id, .off = (base) + 0xc0, .nr = 8, .prm = PRM_PLANE },               \
	PLANE_ROW("PLANE_WM_TRANS_" id, (base) + 0xe8),                                            \
	PLANE_ROW("PLANE_NV12_BUF_CFG_" id, (base) + 0xf8),                                        \
	PLANE_ROW("PLANE_BUF_CFG_" id, (base) + 0xfc)

#define PIPE_ROW(label, at) { .name = label, .off = (at), .prm = PRM_PIPE }
#define CURSOR_ROW(label, at) { .name = label, .off = (at), .prm = PRM_CURSOR }

#define PIPE_ROWS(id, base)                                                                        \
	{ .name = "PIPE_SCANLINE_" id, .off = (base), .ro = ~0u, .flags = GT_R_VOLATILE,           \
	  .read = gt_pipe_scanline_read, .prm = PRM_PIPE },                                        \
	PIPE_ROW("PIPE_SCANLINECOMP_" id, (base) + 0x04),                                          \
	{ .name = "PIPE_CONF_" id, .off = (base) + 0x08, .ro = GT_LOCK,                            \
	  .write = gt_pipe_conf_write, .prm = PRM_PIPE },                                          \
	PIPE_ROW("PIPE_MISC2_" id, (base) + 0x2c),                                                 \
	PIPE_ROW("PIPE_MISC_" id, (base) + 0x30),                                                  \
	PIPE_ROW("PIPE_BOTTOM_COLOR_" id, (base) + 0x34),                                          \
	{ .name = "PIPE_FRMCNT_" id, .off = (base) + 0x40, .ro = ~0u, .flags = GT_R_VOLATILE,      \
	  .read = gt_pipe_frmcnt_read, .prm = PRM_PIPE },                                          \
	{ .name = "PIPE_FLIPCNT_" id, .off = (base) + 0x44, .ro = ~0u, .prm = PRM_PIPE },          \
	{ .name = "PIPE_FRMTMSTMP_" id, .off = (base) + 0x48, .ro = ~0u, .flags = GT_R_VOLATILE,   \
	  .read = gt_pipe_frmtmstmp_read, .prm = PRM_PIPE },                                       \
	CURSOR_ROW("CUR_CTL_" id, (base) + 0x80),                                                  \
	{ .name = "CUR_BASE_" id, .off = (base) + 0x84, .write = gt_cursor_base_write,             \
	  .prm = PRM_CURSOR },                                                                     \
	CURSOR_ROW("CUR_POS_" id, (base) + 0x88),                                                  \
	{ .name = "CUR_PAL_" id, .off = (base) + 0x90, .nr = 4, .prm = PRM_CURSOR },               \
	CURSOR_ROW("CUR_FBC_CTL_" id, (base) + 0xa0),                                              \
	{ .name = "CUR_SURFLIVE_" id, .off = (base) + 0xac, .ro = ~0u, .flags = GT_R_VOLATILE,     \
	  .read = gt_cursor_surflive_read, .prm = PRM_CURSOR },                                    \
	{ .name = "CUR_WM_" id, .off = (base) + 0x140, .nr = 8, .prm = PRM_CURSOR },               \
	CURSOR_ROW("CUR_WM_TRANS_" id, (base) + 0x168),                                            \
	CURSOR_ROW("CUR_BUF_CFG_" id, (base) + 0x17c),                                             \
	PLANE_ROWS("1_" id, (base) + 0x180),                                                       \
	PLANE_ROWS("2_" id, (base) + 0x280),                                                       \
	PLANE_ROWS("3_" id, (base) + 0x380)

static const struct gt_reg_row rows[] = {
	PIPE_ROWS("A", GT_PIPE_SCANLINE),
	PIPE_ROWS("B", GT_PIPE_SCANLINE + GT_PIPE_STRIDE),
	PIPE_ROWS("C", GT_PIPE_SCANLINE + 2 * GT_PIPE_STRIDE),
};
const struct gt_reg_table gt_regs_plane = { rows, GT_ARRAY_SIZE(rows) };
