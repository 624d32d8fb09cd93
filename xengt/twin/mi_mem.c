/* SPDX-License-Identifier: MIT */
/*
 * MI commands: memory and registers.
 *
 * Decides what each does and what a batch of a guest's user may not do: a batch in a PPGTT reaches
 * the PPGTT only, and of the registers those the register table gives to users; what else it writes
 * is dropped.
 * PRM SKL vol 2a, "MI_..."; vol 3, "User Mode Privileged Commands".
 */
#include "mi.h"

#include <string.h>

#define MI_SDI_QWORD   GT_BIT(21)
#define SRM_PREDICATED GT_BIT(21)
#define LRI_NO_BYTES   0xf00u
#define RING_HWS_PGA   0x80u
#define REG_MASK       0x7ffffcu
#define NR_REPORT_DW   64u /* of the largest format of OA report */

void gt_twin_write_reg(struct cs *cs, const struct cmd *cmd, uint32_t off, uint32_t val)
{
	const struct gt_hw_events *ev = &cs->tw->ev;
	enum gt_reg_right right;

	off &= REG_MASK;
	right = ev->reg_right(ev->ctx, cs->id, off);
	if (right == GT_REG_ANYBODY || (right == GT_REG_DRIVER && cmd->privileged)) {
		ev->reg_write(ev->ctx, cs->id, off, val);
	} else {
		gt_twin_fault(cs, GT_HW_USER_REGISTER, cmd->header, off, NULL);
	}
}

uint32_t gt_twin_read_reg(struct cs *cs, uint32_t off)
{
	return cs->tw->ev.reg_read(cs->tw->ev.ctx, cs->id, off & REG_MASK);
}

/* As many dwords or qwords as there are in the command: drivers write page tables so. */
enum verdict gt_mi_store_data_imm(struct cs *cs, const struct cmd *cmd)
{
	uint32_t unit_dw = cmd->header & MI_SDI_QWORD ? 2 : 1;
	uint64_t root = gt_twin_root(cs, cmd, cmd->header & MI_GGTT);
	gt_gma_t gma = gt_twin_address(cmd->dw[1] & ~3u, cmd->dw[2]);

	if (cmd->len_dw < 3 + unit_dw) {
		gt_twin_bad(cs, cmd->header, "too short for a qword");
		return CMD_HANG;
	}
	for (uint32_t i = 3; i + unit_dw <= cmd->len_dw && i + unit_dw <= CMD_MAX_DW;
	     i += unit_dw, gma += 4 * unit_dw) {
		uint32_t before[2];

		gt_twin_read(cs->tw, root, gma, before, 4 * unit_dw);
		cs->spinning &= !memcmp(before, &cmd->dw[i], 4 * unit_dw);
		gt_twin_write(cs->tw, root, gma, &cmd->dw[i], 4 * unit_dw);
	}
	cs->tw->cost += cmd->len_dw / 4;
	return CMD_DONE;
}

/* Into the status page: the process's (page 0 of the context) or the engine's. */
enum verdict gt_mi_store_data_index(struct cs *cs, const struct cmd *cmd)
{
	bool own = cmd->header & GT_BIT(21);
	uint32_t page = own ? (uint32_t)cs->elem[cs->cur].desc
			    : gt_twin_read_reg(cs, cs->base + RING_HWS_PGA);
	size_t len = cmd->len_dw > 3 ? 8 : 4;
	uint32_t off = cmd->dw[1] & 0xffc;

	if (cmd->privileged && off <= GT_PAGE_SIZE - len) {
		gt_twin_write(cs->tw, ROOT_GGTT, (page & ~0xfffu) + off, &cmd->dw[2], len);
	}
	return CMD_DONE;
}

enum verdict gt_mi_load_register_imm(struct cs *cs, const struct cmd *cmd)
{
	/* Bytes can be left alone; what is used is all or none. */
	if ((cmd->header & LRI_NO_BYTES) == LRI_NO_BYTES) {
		return CMD_DONE;
	}
	for (uint32_t i = 1; i + 1 < cmd->len_dw && i + 1 < CMD_MAX_DW; i += 2) {
		gt_twin_write_reg(cs, cmd, cmd->dw[i], cmd->dw[i + 1]);
	}
	cs->tw->cost += cmd->len_dw / 2;
	return CMD_DONE;
}

enum verdict gt_mi_store_register_mem(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = gt_twin_read_reg(cs, cmd->dw[1]);

	if ((cmd->header & SRM_PREDICATED) && !(gt_twin_read_reg(cs, MI_PREDICATE_RESULT) & 1)) {
		return CMD_DONE;
	}
	gt_twin_write(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT),
		      gt_twin_address(cmd->dw[2] & ~3u, cmd->dw[3]), &val, 4);
	return CMD_DONE;
}

enum verdict gt_mi_load_register_mem(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = 0;

	gt_twin_read(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT),
		     gt_twin_address(cmd->dw[2] & ~3u, cmd->dw[3]), &val, 4);
	gt_twin_write_reg(cs, cmd, cmd->dw[1], val);
	return CMD_DONE;
}

enum verdict gt_mi_load_register_reg(struct cs *cs, const struct cmd *cmd)
{
	gt_twin_write_reg(cs, cmd, cmd->dw[2], gt_twin_read_reg(cs, cmd->dw[1]));
	return CMD_DONE;
}

enum verdict gt_mi_copy_mem_mem(struct cs *cs, const struct cmd *cmd)
{
	uint32_t val = 0;

	gt_twin_read(cs->tw, gt_twin_root(cs, cmd, cmd->header & GT_BIT(22)),
		     gt_twin_address(cmd->dw[3] & ~3u, cmd->dw[4]), &val, 4);
	gt_twin_write(cs->tw, gt_twin_root(cs, cmd, cmd->header & GT_BIT(21)),
		      gt_twin_address(cmd->dw[1] & ~3u, cmd->dw[2]), &val, 4);
	return CMD_DONE;
}

/* Entries of 64 bits for consecutive pages of the guest's own GGTT. */
enum verdict gt_mi_update_gtt(struct cs *cs, const struct cmd *cmd)
{
	const struct gt_hw_events *ev = &cs->tw->ev;
	uint32_t page = cmd->dw[1] >> GT_PAGE_SHIFT;

	for (uint32_t i = 2; cmd->privileged && i + 1 < cmd->len_dw && i + 1 < CMD_MAX_DW; i += 2) {
		ev->ggtt_update(ev->ctx, page++,
				(uint64_t)cmd->dw[i + 1] << 32 | cmd->dw[i]);
	}
	cs->tw->cost += cmd->len_dw;
	gt_twin_tlb_flush(cs->tw);
	return CMD_DONE;
}

/* Where the ring stands, in the context's own status page. */
enum verdict gt_mi_report_head(struct cs *cs, const struct cmd *cmd)
{
	gt_gma_t status_page = (uint32_t)cs->elem[cs->cur].desc & ~0xfffu;

	gt_twin_write(cs->tw, ROOT_GGTT, status_page + 4 * 4, &cs->head, 4);
	return CMD_DONE;
}

/* An OA report: who and when, and counters of units that do nothing. */
enum verdict gt_mi_report_perf_count(struct cs *cs, const struct cmd *cmd)
{
	uint32_t report[NR_REPORT_DW] = { 0 };
	uint64_t now = gt_twin_timestamp(cs);

	report[0] = cmd->dw[3];
	report[1] = (uint32_t)now;
	report[2] = (uint32_t)(cs->elem[cs->cur].desc >> 32);
	report[3] = (uint32_t)now;
	gt_twin_write(cs->tw, gt_twin_root(cs, cmd, cmd->dw[1] & 1),
		      gt_twin_address(cmd->dw[1] & ~0x3fu, cmd->dw[2]), report, sizeof(report));
	return CMD_DONE;
}
