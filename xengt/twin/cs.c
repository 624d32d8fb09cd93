/* SPDX-License-Identifier: MIT */
/*
 * The command streamer: fetch, length, dispatch.
 *
 * Decides who executes a command; what there are for commands, and how long, is in the tables of
 * commands.h.  A command nobody executes is skipped by its length, a header that is no command
 * hangs the engine, as it does on hardware.
 * PRM SKL vol 2a, "Command Reference: Instructions"; vol 3, "Command Streamer".
 */
#include "twin.h"

#include "../commands.h"
#include "context.h"

#define TYPE_MI 0u
#define TYPE_2D 2u

/* Bits 31:16 of commands of type 3. */
#define OP_PIPE_CONTROL 0x7a00u

#define RING_TIMESTAMP	   0x358u
#define RING_TIMESTAMP_UDW 0x35cu

void gt_twin_fault(struct cs *cs, enum gt_hw_fault fault, uint32_t header, uint32_t reg,
		   const char *why)
{
	const struct gt_hw_bad_command bad = {
		.fault = fault,
		.header = header,
		.at = cs->acthd,
		.desc = cs->elem[cs->cur].desc,
		.reg = reg,
		.why = why,
	};

	cs->tw->ev.bad_command(cs->tw->ev.ctx, cs->id, &bad);
}

void gt_twin_bad(struct cs *cs, uint32_t header, const char *why)
{
	gt_twin_fault(cs, GT_HW_BAD_COMMAND, header, 0, why);
}

gt_gma_t gt_twin_address(uint32_t lo, uint32_t hi)
{
	return (uint64_t)(hi & 0xffff) << 32 | lo;
}

uint64_t gt_twin_root(const struct cs *cs, const struct cmd *cmd, bool ggtt)
{
	return ggtt && cmd->privileged ? ROOT_GGTT : cs->pml4;
}

void gt_twin_leave_batch(struct cs *cs)
{
	if (cs->depth == PROLOGUE) {
		gt_twin_context_next_batch(cs);
	} else {
		cs->depth--;
	}
}

uint64_t gt_twin_timestamp(const struct cs *cs)
{
	const struct gt_hw_events *ev = &cs->tw->ev;
	uint64_t lo = ev->reg_read(ev->ctx, cs->id, cs->base + RING_TIMESTAMP);

	return (uint64_t)ev->reg_read(ev->ctx, cs->id, cs->base + RING_TIMESTAMP_UDW) << 32 | lo;
}

/* Dword @i from where the streamer stands. */
static bool fetch(struct cs *cs, uint32_t i, uint32_t *dw)
{
	const struct level *l = &cs->level[cs->depth];
	uint64_t root = cs->depth && l->ppgtt ? cs->pml4 : ROOT_GGTT;
	gt_gma_t at = cs->start + (uint64_t)(cs->head + 4 * i) % cs->size_B;

	return gt_twin_read(cs->tw, root, cs->depth ? l->at + 4 * (uint64_t)i : at, dw, 4);
}

/* Bytes from where the streamer stands to the end it must not cross. */
static uint64_t room_B(const struct cs *cs)
{
	if (cs->depth) {
		return cs->level[cs->depth].end - cs->level[cs->depth].at;
	}
	return (cs->tail + cs->size_B - cs->head) % cs->size_B;
}

static void advance(struct cs *cs, uint32_t len_dw)
{
	if (cs->depth) {
		cs->level[cs->depth].at += 4 * (uint64_t)len_dw;
	} else {
		cs->head = (uint32_t)((cs->head + 4 * (uint64_t)len_dw) % cs->size_B);
	}
}

/* What MI_SET_PREDICATE does not turn into nothing. */
static bool is_unpredicated(uint32_t header)
{
	return header >> 23 == 0x01 || header >> 23 == 0x0a; /* itself, MI_BATCH_BUFFER_END */
}

static enum verdict exec(struct cs *cs, const struct cmd *cmd)
{
	if (cmd->ignored || (cs->predicated && !is_unpredicated(cmd->header)) ||
	    !gt_twin_executes(cs->id, cmd->header)) {
		return CMD_DONE;
	}
	switch (cmd->header >> 29) {
	case TYPE_MI:
		return gt_twin_mi[cmd->header >> 23 & 0x3f](cs, cmd);
	case TYPE_2D:
		return gt_twin_blt(cs, cmd);
	default:
		return gt_twin_pipe_control(cs, cmd);
	}
}

bool gt_twin_executes(enum gt_engine e, uint32_t header)
{
	switch (header >> 29) {
	case TYPE_MI:
		return gt_twin_mi[header >> 23 & 0x3f] != NULL;
	case TYPE_2D:
		return gt_twin_blt_executes(header);
	default:
		return header >> 16 == OP_PIPE_CONTROL && e == GT_RCS;
	}
}

/* May the copy that was taken in be executed?  A command that may not costs its context. */
static bool check(struct cs *cs, struct cmd *cmd, const struct gt_command_row *row, uint32_t nr_dw)
{
	const struct gt_command_check c = {
		.row = row,
		.engine = cs->id,
		.privileged = cmd->privileged,
		.dw = cmd->dw,
		.nr_dw = nr_dw,
		.right = cs->tw->ev.reg_right,
		.ctx = cs->tw->ev.ctx,
	};
	uint32_t reg = 0;

	cmd->ignored = false;
	switch (gt_command_check(&c, &reg)) {
	case GT_CMD_OK:
		return true;
	case GT_CMD_IGNORED:
		cmd->ignored = true;
		gt_twin_fault(cs, GT_HW_IGNORED, cmd->header, 0, NULL);
		return true;
	case GT_CMD_TOO_SHORT:
		gt_twin_fault(cs, GT_HW_TOO_SHORT, cmd->header, 0, NULL);
		break;
	case GT_CMD_REFUSED:
		gt_twin_fault(cs, GT_HW_REFUSED, cmd->header, 0, row->why);
		break;
	case GT_CMD_BAD_REGISTER:
		gt_twin_fault(cs, GT_HW_BAD_REGISTER, cmd->header, reg, NULL);
		break;
	}
	return false;
}

/* Take in the command the streamer stands on. */
static bool take(struct cs *cs, struct cmd *cmd)
{
	const struct gt_command_row *row;
	uint32_t nr = 1;

	cmd->header = 0;
	if (!fetch(cs, 0, &cmd->header)) {
		gt_twin_bad(cs, 0, "no memory to fetch from");
		return false;
	}
	cs->ipehr = cmd->header;
	cmd->dw[0] = cmd->header;
	row = gt_command_find(cs->tw->ev.gen, cs->id, cmd->header);
	if (!row) {
		gt_twin_fault(cs, GT_HW_UNKNOWN, cmd->header, 0, NULL);
		return false;
	}
	cmd->len_dw = gt_command_length(row, cmd->header);
	if (cmd->len_dw * UINT64_C(4) > room_B(cs)) {
		gt_twin_bad(cs, cmd->header, "longer than what holds it");
		return false;
	}
	if (gt_twin_executes(cs->id, cmd->header)) {
		nr = cmd->len_dw < CMD_MAX_DW ? cmd->len_dw : CMD_MAX_DW;
	}
	for (uint32_t i = 1; i < nr; i++) {
		if (!fetch(cs, i, &cmd->dw[i])) {
			gt_twin_bad(cs, cmd->header, "no memory for the whole of it");
			return false;
		}
	}
	return check(cs, cmd, row, nr);
}

/* Commands that nobody can tell whether they were executed once or a thousand times. */
static bool is_idempotent(uint32_t header)
{
	switch (header >> 23) {
	case 0x00: /* MI_NOOP */
	case 0x05: /* MI_ARB_CHECK */
	case 0x20: /* MI_STORE_DATA_IMM, if it changes nothing: it looks itself */
	case 0x31: /* MI_BATCH_BUFFER_START */
		return true;
	default:
		return false;
	}
}

bool gt_twin_spins(struct cs *cs, gt_gma_t to)
{
	bool again = cs->spinning && cs->spin_at == to;

	cs->spin_at = to;
	cs->spinning = true;
	return again;
}

/*
 * Cost is counted in commands; what takes longer than skipping one adds to it.  A run ends by it
 * even if the clock stands still.
 */
enum verdict gt_twin_step(struct cs *cs)
{
	struct level *l = &cs->level[cs->depth];
	struct cmd cmd;
	enum verdict verdict;

	cs->acthd = cs->depth ? l->at : cs->start + (uint64_t)cs->head;
	cs->tw->cost++;
	if (cs->depth && l->at >= l->end) {
		gt_twin_leave_batch(cs);
		return CMD_JUMP;
	}
	cmd.privileged = !cs->depth || !l->ppgtt;
	if (!take(cs, &cmd)) {
		return CMD_HANG;
	}
	cs->spinning &= is_idempotent(cmd.header);
	verdict = exec(cs, &cmd);
	if (verdict == CMD_DONE) {
		advance(cs, cmd.len_dw);
	}
	if (verdict == CMD_DONE || verdict == CMD_JUMP) {
		cs->tw->nr_commands++;
	}
	return verdict;
}
