/* SPDX-License-Identifier: MIT */
/* The families of registers, in one list. */
#include "regs.h"

const struct gt_reg_table *const gt_reg_tables[] = {
	&gt_regs_color,
	&gt_regs_display,
	&gt_regs_engine,
	&gt_regs_gmbus,
	&gt_regs_gt,
	&gt_regs_irq,
	&gt_regs_plane,
	&gt_regs_pvinfo,
};
const size_t gt_nr_reg_tables = GT_ARRAY_SIZE(gt_reg_tables);

/* PRM SKL vol 3, "Ring Buffer registers": command streamer bases. */
const uint32_t gt_engine_base[GT_NR_ENGINES] = {
	[GT_RCS] = 0x2000,
	[GT_BCS] = 0x22000,
	[GT_VCS] = 0x12000,
	[GT_VECS] = 0x1a000,
};
