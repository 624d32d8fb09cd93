/* SPDX-License-Identifier: MIT */
/*
 * Media and GPGPU commands of RCS.
 *
 * Their lengths have 16 bits, but for GPGPU_WALKER's 8 and MEDIA_OBJECT_WALKER's 15.
 * PRM SKL and BDW vol 2a, "MEDIA_...", "GPGPU_WALKER"; vol 7, "GPGPU and Media".
 */
#include "commands.h"

#define MEDIA(label, op_, mask, min, max, ...)                                                     \
	{ .name = label, .op = (op_) << 16, .engines = GT_BIT(GT_RCS), .len_mask = (mask),         \
	  .min_dw = (min), .max_dw = (max), .prm = "SKL vol 2a", __VA_ARGS__ }

static const struct gt_command_row rows[] = {
	MEDIA("MEDIA_VFE_STATE", 0x7000u, 0xffff, 9, 9),
	MEDIA("MEDIA_CURBE_LOAD", 0x7001u, 0xffff, 4, 4),
	MEDIA("MEDIA_INTERFACE_DESCRIPTOR_LOAD", 0x7002u, 0xffff, 4, 4),
	MEDIA("MEDIA_STATE_FLUSH", 0x7004u, 0xffff, 2, 2),
	MEDIA("MEDIA_OBJECT", 0x7100u, 0xffff, 6, 0),
	MEDIA("MEDIA_OBJECT_PRT", 0x7102u, 0xffff, 16, 16),
	MEDIA("MEDIA_OBJECT_WALKER", 0x7103u, 0x7fff, 17, 0),
	MEDIA("GPGPU_WALKER", 0x7105u, 0xff, 15, 15),
	MEDIA("MEDIA_OBJECT_GRPID", 0x7106u, 0xffff, 7, 0),
};

const struct gt_command_table gt_commands_media = {
	.rows = rows,
	.nr = GT_ARRAY_SIZE(rows),
	.type = 3,
	.op_mask = 0xffff0000,
	.engines = GT_BIT(GT_RCS),
};
