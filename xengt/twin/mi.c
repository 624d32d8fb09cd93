/* SPDX-License-Identifier: MIT */
/*
 * MI commands: control of the streamer, and the table of all.
 *
 * What is not executed does nothing here: caches, the resource streamer, and events of a display
 * that a vGPU's commands do not reach.
 * PRM SKL vol 2a, "MI_..."; vol 7, "Preemption"; "MI_SET_PREDICATE", "MI_PREDICATE".
 */
#include "mi.h"

#define NOOP_ID	      GT_BIT(22)
#define BB_SECOND     GT_BIT(22)
#define BB_OFFSET     GT_BIT(16)
#define BB_PREDICATED GT_BIT(15)
#define BB_PPGTT      GT_BIT(8)
#define CBBE_MASKED   GT_BIT(19)
#define RING_NOPID    0x94u
#define RING_BB_OFF   0x158u
#define IRQ_USER      GT_BIT(0)
#define IRQ_SEMAPHORE GT_BIT(11)

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

static enum verdict noop(struct cs *cs, const struct cmd *cmd)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	if (cmd->header & NOOP_ID) {
		cs->spinning = false;
		ev->reg_write(ev->ctx, cs->id, cs->base + RING_NOPID, cmd->header & 0x3fffff);
	}
	return CMD_DONE;
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

	if ((cmd->header & BB_PREDICATED) &&
	    !(gt_twin_read_reg(cs, cs->base + MI_PREDICATE_RESULT_1) & 1)) {
		return CMD_DONE;
	}
	if (cmd->header & BB_OFFSET) {
		to.at += gt_twin_read_reg(cs, cs->base + RING_BB_OFF) & ~3u;
	}
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
	uint32_t val[2] = { 0, 0 };

	gt_twin_read(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT),
		     gt_twin_address(cmd->dw[2] & ~7u, cmd->dw[3]), val, 8);
	if (cmd->header & CBBE_MASKED) {
		val[0] &= val[1];
	}
	return compare(cmd->header >> 12, val[0], cmd->dw[1]) ? CMD_DONE
							      : batch_buffer_end(cs, cmd);
}

/* A driver's word on where it may be interrupted. */
static enum verdict arb_check(struct cs *cs, const struct cmd *cmd)
{
	cs->may_preempt = true;
	return CMD_DONE;
}

static enum verdict arb_on_off(struct cs *cs, const struct cmd *cmd)
{
	if (cmd->privileged) {
		cs->no_arbitration = !(cmd->header & 1);
	}
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

/* When the commands that follow are skipped: never, by a result that is clear or set, always. */
static enum verdict set_predicate(struct cs *cs, const struct cmd *cmd)
{
	uint32_t when = cmd->header & 0xf;
	uint32_t reg = when <= 2 ? cs->base + MI_PREDICATE_RESULT_2 : MI_PREDICATE_RESULT;
	bool result = gt_twin_read_reg(cs, reg) & 1;

	switch (when) {
	case 1:
	case 3:
		cs->predicated = !result;
		break;
	case 2:
	case 4:
		cs->predicated = result;
		break;
	default:
		cs->predicated = when == 15;
		break;
	}
	return CMD_DONE;
}

static uint64_t read_reg_64(struct cs *cs, uint32_t off)
{
	return (uint64_t)gt_twin_read_reg(cs, off + 4) << 32 | gt_twin_read_reg(cs, off);
}

/* Compare 1:0, combine with what was 4:3, load 7:6. */
static enum verdict predicate(struct cs *cs, const struct cmd *cmd)
{
	const struct gt_hw_events *ev = &cs->tw->ev;
	uint64_t src0 = read_reg_64(cs, MI_PREDICATE_SRC0);
	uint64_t src1 = read_reg_64(cs, MI_PREDICATE_SRC1);
	bool old = gt_twin_read_reg(cs, MI_PREDICATE_RESULT) & 1;
	const bool compared[] = { true, false, src0 == src1,
				  src0 - src1 == read_reg_64(cs, MI_PREDICATE_DATA) };
	bool now = compared[cmd->header & 3];
	const bool combined[] = { now, old && now, old || now, old != now };

	now = combined[cmd->header >> 3 & 3];
	switch (cmd->header >> 6 & 3) {
	case 2:
		ev->reg_write(ev->ctx, cs->id, MI_PREDICATE_RESULT, now);
		break;
	case 3:
		ev->reg_write(ev->ctx, cs->id, MI_PREDICATE_RESULT, !now);
		break;
	default:
		break;
	}
	return CMD_DONE;
}

/* By opcode, header bits 28:23; names and lengths are in commands_mi.c. */
const cmd_fn gt_twin_mi[NR_MI_OPS] = {
	[0x00] = noop,
	[0x01] = set_predicate,
	[0x02] = user_interrupt,
	[0x05] = arb_check,
	[0x07] = gt_mi_report_head,
	[0x08] = arb_on_off,
	[0x0a] = batch_buffer_end,
	[0x0c] = predicate,
	[0x1a] = gt_twin_math,
	[0x1c] = semaphore_wait,
	[0x20] = gt_mi_store_data_imm,
	[0x21] = gt_mi_store_data_index,
	[0x22] = gt_mi_load_register_imm,
	[0x23] = gt_mi_update_gtt,
	[0x24] = gt_mi_store_register_mem,
	[0x26] = gt_twin_flush_dw,
	[0x28] = gt_mi_report_perf_count,
	[0x29] = gt_mi_load_register_mem,
	[0x2a] = gt_mi_load_register_reg,
	[0x2e] = gt_mi_copy_mem_mem,
	[0x2f] = gt_mi_atomic,
	[0x31] = batch_buffer_start,
	[0x36] = conditional_batch_buffer_end,
};
