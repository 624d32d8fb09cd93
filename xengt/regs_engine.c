/* SPDX-License-Identifier: MIT */
/*
 * Registers that every engine has, relative to its base (0x2000, 0x22000, 0x12000, 0x1a000).
 *
 * The time stamps and the state of the ring change by themselves, so these pages are trapped.
 * What ELSP does is submit.c's business.
 * PRM SKL vol 2c, "Command Reference: Registers"; vol 7, "Execlists".
 */
#include "regs.h"

#include "vgpu_internal.h"

#define MODE_IDLE     GT_BIT(9)
#define STOP_RING     GT_BIT(8)
#define RESET_REQUEST GT_BIT(0)
#define RESET_READY   GT_BIT(1)

/* Of units, this one alone is ever busy. */
#define INSTDONE_RING GT_BIT(0)

#define PRM_RING "SKL vol 2c, Ring Buffer Registers"
#define PRM_EXEC "SKL vol 7, Execlists"
#define PRM_GPR	 "SKL vol 2c, CS_GPR"

static struct gt_hw_ring ring_state(struct gt_vgpu *v, const struct gt_reg *r)
{
	struct gt_hw_ring state;

	v->submit.hw->ops->ring_state(v->submit.hw, (enum gt_engine)r->inst, &state);
	return state;
}

static uint32_t read_ring(struct gt_vgpu *v, const struct gt_reg *r)
{
	struct gt_hw_ring s = ring_state(v, r);

	switch (r->row->off) {
	case 0x30:
		return s.tail;
	case 0x34:
		return s.head;
	case 0x38:
		return s.start;
	case 0x3c:
		return s.ctl;
	case 0x5c:
		return (uint32_t)(s.acthd >> 32);
	case 0x68:
		return s.ipehr;
	case 0x6c:
		return s.idle ? ~0u : ~INSTDONE_RING;
	case 0x110:
		return s.batch[0].state;
	case 0x114:
		return (uint32_t)s.batch[1].addr;
	case 0x118:
		return s.batch[1].state;
	case 0x11c:
		return (uint32_t)(s.batch[1].addr >> 32);
	case 0x140:
		return (uint32_t)s.batch[0].addr;
	case 0x168:
		return (uint32_t)(s.batch[0].addr >> 32);
	case 0x3a8:
		return s.ticks;
	default:
		return (uint32_t)s.acthd;
	}
}

/* Low: which elements are valid, which runs, is another submission waiting; high: its tag. */
static uint32_t read_execlist_status(struct gt_vgpu *v, const struct gt_reg *r)
{
	enum { QUEUE_FULL = GT_BIT(2), VALID_1 = GT_BIT(3), VALID_0 = GT_BIT(4),
	       RUNS_0 = GT_BIT(14), RUNS_1 = GT_BIT(15), ACTIVE_1 = GT_BIT(17),
	       ACTIVE_0 = GT_BIT(18) };
	struct gt_hw_ring s = ring_state(v, r);

	if (r->row->off == 0x238) {
		return (uint32_t)(s.desc >> 32);
	}
	if (s.idle) {
		return 0;
	}
	return (s.element ? RUNS_1 | ACTIVE_1 : RUNS_0 | ACTIVE_0 | VALID_0) |
	       (s.has_second ? VALID_1 : 0) | (s.waiting ? QUEUE_FULL : 0);
}

/* Idle shows when nothing runs, and when the driver has stopped the ring. */
static uint32_t read_mi_mode(struct gt_vgpu *v, const struct gt_reg *r)
{
	uint32_t val = gt_vreg(v, r->off) & ~MODE_IDLE;

	return (val & STOP_RING) || ring_state(v, r).idle ? val | MODE_IDLE : val;
}

/* A stopped ring goes on where it was. */
static void write_mi_mode(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	if ((w->old & STOP_RING) && !(w->now & STOP_RING) && !ring_state(v, r).idle) {
		v->submit.busy = true;
	}
}

/* 36 bits of time since power-on, in ticks of the platform's time stamp clock. */
static uint32_t read_timestamp(struct gt_vgpu *v, const struct gt_reg *r)
{
	uint64_t now_ns = gt_now_ns(v), hz = gt_platforms[v->platform].cs_timestamp_hz;
	uint64_t ticks = now_ns / 1000000000u * hz + now_ns % 1000000000u * hz / 1000000000u;

	return r->row->off == 0x358 ? (uint32_t)ticks : (uint32_t)(ticks >> 32) & 0xf;
}

static void write_elsp(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	gt_submit_elsp(v, (enum gt_engine)r->inst, w->raw);
}

/* A request for reset is granted at once; the reset itself is GDRST's. */
static void write_reset_ctl(struct gt_vgpu *v, const struct gt_reg *r,
			    const struct gt_reg_write *w)
{
	gt_vreg_set(v, r->off,
		    w->now & RESET_REQUEST ? w->now | RESET_READY : w->now & ~RESET_READY);
}

#define ENGINE .each = GT_PER_ENGINE

#define LIVE(label, at)                                                                            \
	{ .name = label, ENGINE, .off = (at), .ro = ~0u, .flags = GT_R_VOLATILE | GT_R_NO_CMD,     \
	  .read = read_ring, .prm = PRM_RING }
#define STORED(label, at, where) { .name = label, ENGINE, .off = (at), .prm = where }
/* Hardware lets users' batches write it. */
#define USERS(label, at, where, more)                                                              \
	{ .name = label, ENGINE, .off = (at), .flags = GT_R_USER | (more), .prm = where }
#define MASKED(label, at)                                                                          \
	{ .name = label, ENGINE, .off = (at), .flags = GT_R_MASKED, .prm = PRM_RING }

#define NONPRIV(i) STORED("RING_FORCE_TO_NONPRIV" #i, 0x4d0 + 4 * (i), PRM_RING)
#define PDP(i)                                                                                     \
	STORED("RING_PDP" #i "_LDW", 0x270 + 8 * (i), PRM_EXEC),                                   \
		STORED("RING_PDP" #i "_UDW", 0x274 + 8 * (i), PRM_EXEC)
#define GPR(i)                                                                                     \
	USERS("RING_CS_GPR" #i "_LDW", 0x600 + 8 * (i), PRM_GPR, 0),                               \
		USERS("RING_CS_GPR" #i "_UDW", 0x604 + 8 * (i), PRM_GPR, 0)
#define CSB(i)                                                                                     \
	{ .name = "RING_CONTEXT_STATUS_BUF_LO" #i, ENGINE, .off = 0x370 + 8 * (i), .ro = ~0u,      \
	  .prm = PRM_EXEC },                                                                       \
	{ .name = "RING_CONTEXT_STATUS_BUF_HI" #i, ENGINE, .off = 0x374 + 8 * (i), .ro = ~0u,      \
	  .prm = PRM_EXEC }

static const struct gt_reg_row rows[] = {
	MASKED("RING_EXCC", 0x28),
	LIVE("RING_BUFFER_TAIL", 0x30),
	LIVE("RING_BUFFER_HEAD", 0x34),
	LIVE("RING_BUFFER_START", 0x38),
	LIVE("RING_BUFFER_CTL", 0x3c),
	MASKED("RC_PSMI_CTRL", 0x50),
	STORED("PWRCTX_MAXCNT", 0x54, PRM_RING),
	LIVE("RING_ACTHD_UDW", 0x5c),
	STORED("RING_DMA_FADD_UDW", 0x60, PRM_RING),
	STORED("RING_IPEIR", 0x64, PRM_RING),
	LIVE("RING_IPEHR", 0x68),
	LIVE("RING_INSTDONE", 0x6c),
	STORED("RING_INSTPS", 0x70, PRM_RING),
	LIVE("RING_ACTHD", 0x74),
	STORED("RING_DMA_FADD", 0x78, PRM_RING),
	{ .name = "RING_HWS_PGA", ENGINE, .off = 0x80, .flags = GT_R_NO_CMD, .prm = PRM_RING },
	STORED("RING_NOPID", 0x94, PRM_RING),
	STORED("RING_HWSTAM", 0x98, PRM_RING),
	{ .name = "RING_MI_MODE", ENGINE, .off = 0x9c, .ro = MODE_IDLE,
	  .reset = GT_RESET(MODE_IDLE), .flags = GT_R_MASKED | GT_R_VOLATILE, .read = read_mi_mode,
	  .write = write_mi_mode, .prm = PRM_RING },
	{ .name = "RING_IMR", ENGINE, .off = 0xa8, .reset = GT_RESET(~0u), .flags = GT_R_NO_CMD,
	  .prm = PRM_RING },
	{ .name = "RING_EIR", ENGINE, .off = 0xb0, .w1c = ~0u, .prm = PRM_RING },
	{ .name = "RING_EMR", ENGINE, .off = 0xb4, .reset = GT_RESET(~0u), .prm = PRM_RING },
	{ .name = "RING_ESR", ENGINE, .off = 0xb8, .ro = ~0u, .prm = PRM_RING },
	MASKED("RING_INSTPM", 0xc0),
	STORED("RING_R_PWR_CLK_STATE", 0xc8, PRM_EXEC),
	{ .name = "RING_RESET_CTL", ENGINE, .off = 0xd0, .ro = RESET_READY,
	  .flags = GT_R_MASKED | GT_R_NO_CMD, .write = write_reset_ctl, .prm = PRM_RING },
	LIVE("RING_BBSTATE", 0x110),
	LIVE("RING_SBBADDR", 0x114),
	LIVE("RING_SBBSTATE", 0x118),
	LIVE("RING_SBBADDR_UDW", 0x11c),
	LIVE("RING_BBADDR", 0x140),
	STORED("RING_BB_START_ADDR", 0x150, PRM_RING),
	STORED("RING_BB_START_ADDR_UDW", 0x154, PRM_RING),
	STORED("RING_BB_OFFSET", 0x158, PRM_RING),
	LIVE("RING_BBADDR_UDW", 0x168),
	STORED("RING_BB_START_ADDR_OFFSET", 0x170, PRM_RING),
	STORED("RING_PR_CTR_CTL", 0x178, PRM_RING),
	STORED("RING_PR_CTR_THRSH", 0x17c, PRM_RING),
	STORED("RING_CCID", 0x180, PRM_RING),
	STORED("RING_BB_PER_CTX_PTR", 0x1c0, PRM_EXEC),
	STORED("RING_INDIRECT_CTX", 0x1c4, PRM_EXEC),
	STORED("RING_INDIRECT_CTX_OFFSET", 0x1c8, PRM_EXEC),
	USERS("RING_SWCTRL", 0x200, PRM_RING, GT_R_MASKED), /* of BCS: which tiling a blit means */
	{ .name = "RING_ELSP", ENGINE, .off = 0x230, .flags = GT_R_WRITE_ONLY | GT_R_NO_CMD,
	  .write = write_elsp, .prm = PRM_EXEC },
	{ .name = "RING_EXECLIST_STATUS_LO", ENGINE, .off = 0x234, .ro = ~0u,
	  .flags = GT_R_VOLATILE | GT_R_NO_CMD, .read = read_execlist_status, .prm = PRM_EXEC },
	{ .name = "RING_EXECLIST_STATUS_HI", ENGINE, .off = 0x238, .ro = ~0u,
	  .flags = GT_R_VOLATILE | GT_R_NO_CMD, .read = read_execlist_status, .prm = PRM_EXEC },
	MASKED("RING_CONTEXT_CONTROL", 0x244),
	PDP(0), PDP(1), PDP(2), PDP(3),
	{ .name = "RING_MODE", ENGINE, .off = 0x29c, .flags = GT_R_MASKED | GT_R_NO_CMD,
	  .prm = PRM_RING },
	{ .name = "RING_TIMESTAMP", ENGINE, .off = 0x358, .ro = ~0u, .flags = GT_R_VOLATILE,
	  .read = read_timestamp, .prm = PRM_RING },
	{ .name = "RING_TIMESTAMP_UDW", ENGINE, .off = 0x35c, .ro = ~0u, .flags = GT_R_VOLATILE,
	  .read = read_timestamp, .prm = PRM_RING },
	CSB(0), CSB(1), CSB(2), CSB(3), CSB(4), CSB(5),
	{ .name = "RING_CONTEXT_STATUS_PTR", ENGINE, .off = 0x3a0, .reset = GT_RESET(7),
	  .flags = GT_R_MASKED | GT_R_NO_CMD, .prm = PRM_EXEC },
	LIVE("RING_CTX_TIMESTAMP", 0x3a8),
	STORED("RING_MI_PREDICATE_RESULT_2", 0x3bc, PRM_RING),
	USERS("RING_MI_PREDICATE_RESULT_1", 0x41c, PRM_RING, 0),
	NONPRIV(0), NONPRIV(1), NONPRIV(2), NONPRIV(3), NONPRIV(4), NONPRIV(5),
	NONPRIV(6), NONPRIV(7), NONPRIV(8), NONPRIV(9), NONPRIV(10), NONPRIV(11),
	GPR(0), GPR(1), GPR(2), GPR(3), GPR(4), GPR(5), GPR(6), GPR(7),
	GPR(8), GPR(9), GPR(10), GPR(11), GPR(12), GPR(13), GPR(14), GPR(15),
};
const struct gt_reg_table gt_regs_engine = { rows, GT_ARRAY_SIZE(rows) };
