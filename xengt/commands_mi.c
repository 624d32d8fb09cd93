/* SPDX-License-Identifier: MIT */
/*
 * MI commands: control of the streamer, memory and registers.
 *
 * Commands that only a driver may give are those hardware ignores in a batch that is not
 * privileged.  What is refused would reach around the mediator, or belongs to a way of submission
 * that a vGPU does not offer.
 * PRM SKL and BDW vol 2a, "MI_..."; SKL vol 3, "User Mode Privileged Commands".
 */
#include "commands.h"

#define RCS GT_BIT(GT_RCS)
#define BCS GT_BIT(GT_BCS)
#define VCS GT_BIT(GT_VCS)
#define VEC GT_BIT(GT_VECS)
#define ALL (RCS | BCS | VCS | VEC)

#define PRM_MI	"SKL vol 2a"
#define OP(n)	((uint32_t)(n) << 23)
#define GGTT_22 GT_CMD_GGTT(0, 22)

#define ONE(label, op_, eng, ...)                                                                  \
	{ .name = label, .op = OP(op_), .engines = (eng), .min_dw = 1, .max_dw = 1, .prm = PRM_MI, \
	  __VA_ARGS__ }
#define LONG(label, op_, eng, mask, min, max, ...)                                                 \
	{ .name = label, .op = OP(op_), .engines = (eng), .len_mask = (mask), .min_dw = (min),     \
	  .max_dw = (max), .prm = PRM_MI, __VA_ARGS__ }
#define DRIVER	   .policy = GT_CMD_PRIVILEGED
#define NOBODY(s)  .policy = GT_CMD_NOBODY, .why = s
#define REGS(what) .regs = GT_CMD_##what
#define AT(...)	   .addr = { __VA_ARGS__ }

static const struct gt_command_row rows[] = {
	ONE("MI_NOOP", 0x00, ALL),
	ONE("MI_SET_PREDICATE", 0x01, ALL),
	ONE("MI_USER_INTERRUPT", 0x02, ALL),
	ONE("MI_WAIT_FOR_EVENT", 0x03, RCS | BCS, DRIVER),
	ONE("MI_FLUSH", 0x04, ALL),
	ONE("MI_ARB_CHECK", 0x05, ALL),
	ONE("MI_RS_CONTROL", 0x06, RCS),
	ONE("MI_REPORT_HEAD", 0x07, ALL),
	ONE("MI_ARB_ON_OFF", 0x08, ALL, DRIVER),
	ONE("MI_URB_ATOMIC_ALLOC", 0x09, RCS),
	ONE("MI_BATCH_BUFFER_END", 0x0a, ALL),
	ONE("MI_SUSPEND_FLUSH", 0x0b, ALL),
	ONE("MI_PREDICATE", 0x0c, RCS),
	ONE("MI_TOPOLOGY_FILTER", 0x0d, RCS),
	ONE("MI_SET_APPID", 0x0e, ALL),
	ONE("MI_RS_CONTEXT", 0x0f, RCS),
	LONG("MI_LOAD_SCAN_LINES_INCL", 0x12, RCS | BCS, 0x3f, 2, 2, DRIVER),
	LONG("MI_LOAD_SCAN_LINES_EXCL", 0x13, RCS | BCS, 0x3f, 2, 2, DRIVER),
	LONG("MI_DISPLAY_FLIP", 0x14, RCS | BCS, 0xff, 3, 4,
	     NOBODY("planes are programmed by their registers")),
	LONG("MI_SET_CONTEXT", 0x18, RCS, 0xff, 2, 2, NOBODY("contexts are execlists' business")),
	LONG("MI_URB_CLEAR", 0x19, RCS, 0xff, 2, 2),
	LONG("MI_MATH", 0x1a, ALL, 0xff, 2, 0, REGS(GPRS)),
	LONG("MI_SEMAPHORE_SIGNAL", 0x1b, ALL, 0xff, 2, 2),
	LONG("MI_SEMAPHORE_WAIT", 0x1c, ALL, 0xff, 4, 4, AT({ 2, 1 }), .ggtt = { GGTT_22 }),
	LONG("MI_FORCE_WAKEUP", 0x1d, ALL, 0xff, 2, 2, DRIVER, .gens = GT_GEN9),
	LONG("MI_STORE_DATA_IMM", 0x20, ALL, 0x3ff, 4, 0, AT({ 1, 1 }), .ggtt = { GGTT_22 }),
	LONG("MI_STORE_DATA_INDEX", 0x21, ALL, 0xff, 3, 4, DRIVER),
	LONG("MI_LOAD_REGISTER_IMM", 0x22, ALL, 0xff, 3, 0, REGS(WRITE_PAIRS)),
	LONG("MI_UPDATE_GTT", 0x23, ALL, 0x3ff, 4, 0, DRIVER),
	LONG("MI_STORE_REGISTER_MEM", 0x24, ALL, 0xff, 4, 4, REGS(READ_DW1), AT({ 2, 1 }),
	     .ggtt = { GGTT_22 }),
	LONG("MI_FLUSH_DW", 0x26, BCS | VCS | VEC, 0x3f, 4, 5, AT({ 1, 1 }),
	     .ggtt = { GT_CMD_GGTT(1, 2) }),
	LONG("MI_CLFLUSH", 0x27, RCS, 0x3ff, 3, 0, AT({ 1, 1 }), .ggtt = { GGTT_22 }),
	LONG("MI_REPORT_PERF_COUNT", 0x28, RCS, 0x3f, 4, 4, AT({ 1, 1 }),
	     .ggtt = { GT_CMD_GGTT(1, 0) }),
	LONG("MI_LOAD_REGISTER_MEM", 0x29, ALL, 0xff, 4, 4, REGS(WRITE_DW1), AT({ 2, 1 }),
	     .ggtt = { GGTT_22 }),
	LONG("MI_LOAD_REGISTER_REG", 0x2a, ALL, 0xff, 3, 3, REGS(WRITE_DW2)),
	LONG("MI_RS_STORE_DATA_IMM", 0x2b, RCS, 0xff, 4, 4, AT({ 1, 1 })),
	LONG("MI_LOAD_URB_MEM", 0x2c, RCS, 0xff, 4, 4, AT({ 2, 1 })),
	LONG("MI_STORE_URB_MEM", 0x2d, RCS, 0xff, 4, 4, AT({ 2, 1 })),
	LONG("MI_COPY_MEM_MEM", 0x2e, ALL, 0xff, 5, 5, AT({ 1, 2, 2 }),
	     .ggtt = { GT_CMD_GGTT(0, 21), GGTT_22 }),
	LONG("MI_ATOMIC", 0x2f, ALL, 0xff, 3, 11, AT({ 1, 1 }), .ggtt = { GGTT_22 }),
	LONG("MI_BATCH_BUFFER_START", 0x31, ALL, 0xff, 3, 3, AT({ 1, 1 })),
	LONG("MI_CONDITIONAL_BATCH_BUFFER_END", 0x36, ALL, 0xff, 4, 4, AT({ 2, 1 }),
	     .ggtt = { GGTT_22 }),
};

const struct gt_command_table gt_commands_mi = {
	.rows = rows,
	.nr = GT_ARRAY_SIZE(rows),
	.type = 0,
	.op_mask = 0xff800000,
	.engines = ALL,
};
