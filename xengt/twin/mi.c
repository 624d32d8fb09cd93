/* SPDX-License-Identifier: MIT */
/*
 * MI commands: control of the streamer, memory and registers.
 *
 * Decides what each does and what a batch of a guest's user may not do: a batch in a PPGTT reaches
 * the PPGTT only, and of the registers only those hardware gives to users or the driver has put on
 * its FORCE_TO_NONPRIV list; anything else it writes is dropped.
 * PRM SKL vol 2a, "MI_..."; vol 2c, "FORCE_TO_NONPRIV"; vol 3, "User Mode Privileged Commands".
 */
#include "twin.h"

#include <string.h>

#define MI_GGTT	      GT_BIT(22)
#define MI_SDI_QWORD  GT_BIT(21)
#define BB_SECOND     GT_BIT(22)
#define BB_PPGTT      GT_BIT(8)
#define RING_NONPRIV  0x4d0u
#define NR_NONPRIV    12u
#define RING_HWS_PGA  0x80u
#define IRQ_USER      GT_BIT(0)
#define IRQ_SEMAPHORE GT_BIT(11)
#define REG_MASK      0x7ffffcu

/* Registers that hardware lets users write. */
static const struct {
	uint32_t first, last;
} user_regs[] = {
	{ 0x22c8, 0x22e4 }, /* pixel counts of the slices */
	{ 0x2300, 0x2354 }, /* pipeline statistics */
	{ 0x2400, 0x241c }, /* MI_PREDICATE */
	{ 0x2420, 0x2440 }, /* 3DPRIM */
	{ 0x2500, 0x2508 }, /* GPGPU_DISPATCHDIM */
	{ 0x5200, 0x528c }, /* stream output */
	{ 0x7000, 0x7008 }, /* CACHE_MODE, GT_MODE */
	{ 0x7034, 0x7034 }, /* L3CNTLREG */
	{ 0xe400, 0xe404 }, /* TD_CTL */
	{ 0x22200, 0x22200 }, /* BCS_SWCTRL */
};

static bool user_may_write(struct cs *cs, uint32_t off)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	if (off >= cs->base + 0x600 && off < cs->base + 0x680) {
		return true;
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(user_regs); i++) {
		if (off >= user_regs[i].first && off <= user_regs[i].last) {
			return true;
		}
	}
	for (uint32_t i = 0; i < NR_NONPRIV; i++) {
		uint32_t slot = ev->reg_read(ev->ctx, cs->id, cs->base + RING_NONPRIV + 4 * i);

		if ((slot & 0x3fffffc) == off) {
			return true;
		}
	}
	return false;
}

static void write_reg(struct cs *cs, const struct cmd *cmd, uint32_t off, uint32_t val)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	off &= REG_MASK;
	if (cmd->privileged || user_may_write(cs, off)) {
		ev->reg_write(ev->ctx, cs->id, off, val);
	} else {
		gt_twin_bad(cs, cmd->header, "a register that is not the user's");
	}
}

static uint32_t read_reg(struct cs *cs, uint32_t off)
{
	return cs->tw->ev.reg_read(cs->tw->ev.ctx, cs->id, off & REG_MASK);
}

/* Compare operations of MI_SEMAPHORE_WAIT and MI_CONDITIONAL_BATCH_BUFFER_END. */
static bool compare(uint32_t op, uint32_t memory, uint32_t data)
{
	switch (op & 7) {
	case 0:
		return memory > data;
	case 1:
		return memory >= data;
	case 2:
		return memory < data;
	case 3:
		return memory <= data;
	case 4:
		return memory == data;
	case 5:
		return memory != data;
	default:
		return true;
	}
}

static enum verdict user_interrupt(struct cs *cs, const struct cmd *cmd)
{
	cs->tw->ev.interrupt(cs->tw->ev.ctx, cs->id, IRQ_USER);
	return CMD_DONE;
}

static enum verdict batch_buffer_end(struct cs *cs, const struct cmd *cmd)
{
	if (!cs->depth) {
		gt_twin_bad(cs, cmd->header, "not in a batch");
		return CMD_HANG;
	}
	gt_twin_leave_batch(cs);
	return CMD_JUMP;
}

/*
 * From the ring: a first-level batch.  From a batch: a second-level one if it says so and we are
 * not in one yet, otherwise a jump within the level.
 */
static enum verdict batch_buffer_start(struct cs *cs, const struct cmd *cmd)
{
	struct level to = {
		.ppgtt = !cmd->privileged || (cmd->header & BB_PPGTT),
		.at = gt_twin_address(cmd->dw[1] & ~3u, cmd->len_dw > 2 ? cmd->dw[2] : 0),
		.end = UINT64_MAX,
	};

	if (cs->depth == PROLOGUE) {
		gt_twin_bad(cs, cmd->header, "in a batch of the context's own");
		return CMD_HANG;
	}
	if (!cs->depth) {
		cs->head = (cs->head + 4 * cmd->len_dw) % cs->size_B;
		cs->depth = 1;
	} else if (cs->depth < MAX_DEPTH && (cmd->header & BB_SECOND)) {
		cs->level[cs->depth].at += 4 * cmd->len_dw;
		cs->depth++;
	}
	cs->level[cs->depth] = to;
	return gt_twin_spins(cs, to.at) ? CMD_SPIN : CMD_JUMP;
}

static enum verdict conditional_batch_buffer_end(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = 0;

	gt_twin_read(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT),
		     gt_twin_address(cmd->dw[2] & ~7u, cmd->dw[3]), &val, 4);
	return compare(cmd->header >> 12, val, cmd->dw[1]) ? CMD_DONE : batch_buffer_end(cs, cmd);
}

/* A driver's word on where it may be interrupted. */
static enum verdict arb_check(struct cs *cs, const struct cmd *cmd)
{
	cs->may_preempt = true;
	return CMD_DONE;
}

static enum verdict arb_on_off(struct cs *cs, const struct cmd *cmd)
{
	cs->no_arbitration = !(cmd->header & 1);
	cs->may_preempt = true;
	return CMD_DONE;
}

static enum verdict semaphore_wait(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = 0;

	gt_twin_read(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT),
		     gt_twin_address(cmd->dw[2] & ~3u, cmd->dw[3]), &val, 4);
	if (compare(cmd->header >> 12, val, cmd->dw[1])) {
		cs->in_semaphore = false;
		return CMD_DONE;
	}
	if (!cs->in_semaphore) {
		cs->in_semaphore = true;
		cs->tw->ev.interrupt(cs->tw->ev.ctx, cs->id, IRQ_SEMAPHORE);
	}
	return CMD_WAIT;
}

static enum verdict store_data_imm(struct cs *cs, const struct cmd *cmd)
{
	bool qword = cmd->header & MI_SDI_QWORD;
	uint64_t root = gt_twin_root(cs, cmd, cmd->header & MI_GGTT);
	gt_gma_t gma = gt_twin_address(cmd->dw[1] & ~3u, cmd->dw[2]);
	uint32_t before[2];

	if (qword && cmd->len_dw < 5) {
		gt_twin_bad(cs, cmd->header, "too short for a qword");
		return CMD_HANG;
	}
	gt_twin_read(cs->tw, root, gma, before, qword ? 8 : 4);
	cs->spinning &= !memcmp(before, &cmd->dw[3], qword ? 8 : 4);
	gt_twin_write(cs->tw, root, gma, &cmd->dw[3], qword ? 8 : 4);
	return CMD_DONE;
}

/* Into the status page: the process's (page 0 of the context) or the engine's. */
static enum verdict store_data_index(struct cs *cs, const struct cmd *cmd)
{
	bool own = cmd->header & GT_BIT(21);
	uint32_t page = own ? (uint32_t)cs->elem[cs->cur].desc
			    : read_reg(cs, cs->base + RING_HWS_PGA);
	size_t len = cmd->len_dw > 3 ? 8 : 4;
	uint32_t off = cmd->dw[1] & 0xffc;

	if (cmd->privileged && off <= GT_PAGE_SIZE - len) {
		gt_twin_write(cs->tw, ROOT_GGTT, (page & ~0xfffu) + off, &cmd->dw[2], len);
	}
	return CMD_DONE;
}

static enum verdict load_register_imm(struct cs *cs, const struct cmd *cmd)
{
	for (uint32_t i = 1; i + 1 < cmd->len_dw && i + 1 < CMD_MAX_DW; i += 2) {
		write_reg(cs, cmd, cmd->dw[i], cmd->dw[i + 1]);
	}
	cs->tw->cost += cmd->len_dw / 2;
	return CMD_DONE;
}

static enum verdict store_register_mem(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = read_reg(cs, cmd->dw[1]);

	gt_twin_write(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT),
		      gt_twin_address(cmd->dw[2] & ~3u, cmd->dw[3]), &val, 4);
	return CMD_DONE;
}

static enum verdict load_register_mem(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = 0;

	gt_twin_read(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT),
		     gt_twin_address(cmd->dw[2] & ~3u, cmd->dw[3]), &val, 4);
	write_reg(cs, cmd, cmd->dw[1], val);
	return CMD_DONE;
}

static enum verdict load_register_reg(struct cs *cs, const struct cmd *cmd)
{
	write_reg(cs, cmd, cmd->dw[2], read_reg(cs, cmd->dw[1]));
	return CMD_DONE;
}

static enum verdict copy_mem_mem(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = 0;

	gt_twin_read(cs->tw, gt_twin_root(cs, cmd, cmd->header & GT_BIT(22)),
		     gt_twin_address(cmd->dw[3] & ~3u, cmd->dw[4]), &val, 4);
	gt_twin_write(cs->tw, gt_twin_root(cs, cmd, cmd->header & GT_BIT(21)),
		      gt_twin_address(cmd->dw[1] & ~3u, cmd->dw[2]), &val, 4);
	return CMD_DONE;
}

/* By opcode, header bits 28:23. */
const struct cmd_row gt_twin_mi_rows[NR_MI_OPS] = {
	[0x00] = { "MI_NOOP", 0, 1, NULL },
	[0x01] = { "MI_SET_PREDICATE", 0, 1, NULL },
	[0x02] = { "MI_USER_INTERRUPT", 0, 1, user_interrupt },
	[0x03] = { "MI_WAIT_FOR_EVENT", 0, 1, NULL },
	[0x04] = { "MI_FLUSH", 0, 1, NULL },
	[0x05] = { "MI_ARB_CHECK", 0, 1, arb_check },
	[0x06] = { "MI_RS_CONTROL", 0, 1, NULL },
	[0x07] = { "MI_REPORT_HEAD", 0, 1, NULL },
	[0x08] = { "MI_ARB_ON_OFF", 0, 1, arb_on_off },
	[0x0a] = { "MI_BATCH_BUFFER_END", 0, 1, batch_buffer_end },
	[0x0b] = { "MI_SUSPEND_FLUSH", 0, 1, NULL },
	[0x0c] = { "MI_PREDICATE", 0, 1, NULL },
	[0x0d] = { "MI_TOPOLOGY_FILTER", 0, 1, NULL },
	[0x0f] = { "MI_RS_CONTEXT", 0, 1, NULL },
	[0x11] = { "MI_OVERLAY_FLIP", 0x3f, 2, NULL },
	[0x12] = { "MI_LOAD_SCAN_LINES_INCL", 0x3f, 2, NULL },
	[0x13] = { "MI_LOAD_SCAN_LINES_EXCL", 0x3f, 2, NULL },
	[0x14] = { "MI_DISPLAY_FLIP", 0xff, 3, NULL },
	[0x18] = { "MI_SET_CONTEXT", 0xff, 2, NULL },
	[0x19] = { "MI_URB_CLEAR", 0xff, 2, NULL },
	[0x1a] = { "MI_MATH", 0xff, 2, gt_twin_math },
	[0x1b] = { "MI_SEMAPHORE_SIGNAL", 0xff, 2, NULL },
	[0x1c] = { "MI_SEMAPHORE_WAIT", 0xff, 4, semaphore_wait },
	[0x20] = { "MI_STORE_DATA_IMM", 0x3ff, 4, store_data_imm },
	[0x21] = { "MI_STORE_DATA_INDEX", 0xff, 3, store_data_index },
	[0x22] = { "MI_LOAD_REGISTER_IMM", 0xff, 3, load_register_imm },
	[0x23] = { "MI_UPDATE_GTT", 0xff, 2, NULL },
	[0x24] = { "MI_STORE_REGISTER_MEM", 0xff, 4, store_register_mem },
	[0x26] = { "MI_FLUSH_DW", 0x3f, 4, gt_twin_flush_dw },
	[0x27] = { "MI_CLFLUSH", 0x3ff, 2, NULL },
	[0x28] = { "MI_REPORT_PERF_COUNT", 0x3f, 2, NULL },
	[0x29] = { "MI_LOAD_REGISTER_MEM", 0xff, 4, load_register_mem },
	[0x2a] = { "MI_LOAD_REGISTER_REG", 0xff, 3, load_register_reg },
	[0x2b] = { "MI_RS_STORE_DATA_IMM", 0xff, 2, NULL },
	[0x2c] = { "MI_LOAD_URB_MEM", 0xff, 2, NULL },
	[0x2d] = { "MI_STORE_URB_MEM", 0xff, 2, NULL },
	[0x2e] = { "MI_COPY_MEM_MEM", 0xff, 5, copy_mem_mem },
	[0x2f] = { "MI_ATOMIC", 0xff, 3, NULL },
	[0x31] = { "MI_BATCH_BUFFER_START", 0xff, 2, batch_buffer_start },
	[0x36] = { "MI_CONDITIONAL_BATCH_BUFFER_END", 0xff, 4, conditional_batch_buffer_end },
};
