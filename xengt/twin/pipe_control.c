/* SPDX-License-Identifier: MIT */
/*
 * PIPE_CONTROL and MI_FLUSH_DW: caches we have not, and what they do when those are flushed: write
 * a value or a time stamp, and tell the CPU.
 * PRM SKL vol 2a, "PIPE_CONTROL", "MI_FLUSH_DW".
 */
#include "mi.h"

#define POST_SYNC_WRITE	    1u
#define POST_SYNC_DEPTH	    2u
#define POST_SYNC_TIMESTAMP 3u

#define TLB_INVALIDATE	    GT_BIT(18)
#define STORE_INDEX	    GT_BIT(21)
#define LRI_POST_SYNC	    GT_BIT(23)
#define NOTIFY		    GT_BIT(8)
#define IRQ_NOTIFY	    GT_BIT(4)
#define PIPE_CONTROL_GGTT   GT_BIT(24)
#define FLUSH_DW_GGTT	    GT_BIT(2)
#define RING_HWS_PGA	    0x80u

static void post_sync(struct cs *cs, unsigned op, uint64_t root, gt_gma_t gma, uint64_t val,
		      size_t len)
{
	switch (op) {
	case POST_SYNC_WRITE:
		break;
	case POST_SYNC_DEPTH:
		val = 0; /* nothing is drawn, no pixel passes */
		break;
	case POST_SYNC_TIMESTAMP:
		val = gt_twin_timestamp(cs);
		len = 8;
		break;
	default:
		return;
	}
	gt_twin_write(cs->tw, root, gma, &val, len);
}

/* Store index: an offset in a status page, the engine's or the context's own; drivers only. */
static bool find_target(struct cs *cs, const struct cmd *cmd, bool index, bool ggtt, uint64_t *root,
			gt_gma_t *gma)
{
	uint32_t page;

	if (!index) {
		*root = gt_twin_root(cs, cmd, ggtt);
		return true;
	}
	page = ggtt ? gt_twin_read_reg(cs, cs->base + RING_HWS_PGA)
		    : (uint32_t)cs->elem[cs->cur].desc;
	*root = ROOT_GGTT;
	*gma = (page & ~0xfffu) + (*gma & 0xff8);
	return cmd->privileged;
}

static void finish(struct cs *cs, bool invalidate, bool notify)
{
	if (invalidate) {
		gt_twin_tlb_flush(cs->tw);
		cs->tw->ev.tlb_invalidate(cs->tw->ev.ctx);
	}
	if (notify) {
		cs->tw->ev.interrupt(cs->tw->ev.ctx, cs->id, IRQ_NOTIFY);
	}
}

enum verdict gt_twin_flush_dw(struct cs *cs, const struct cmd *cmd)
{
	gt_gma_t gma = gt_twin_address(cmd->dw[1] & ~7u, cmd->dw[2]);
	bool qword = cmd->len_dw > 4;
	uint64_t val = cmd->dw[3], root;

	if (qword) {
		val |= (uint64_t)cmd->dw[4] << 32;
	}
	if (find_target(cs, cmd, cmd->header & STORE_INDEX, cmd->dw[1] & FLUSH_DW_GGTT, &root,
			&gma)) {
		post_sync(cs, cmd->header >> 14 & 3, root, gma, val, qword ? 8 : 4);
	}
	finish(cs, cmd->header & TLB_INVALIDATE, cmd->header & NOTIFY);
	return CMD_DONE;
}

enum verdict gt_twin_pipe_control(struct cs *cs, const struct cmd *cmd)
{
	uint32_t flags = cmd->dw[1];
	uint64_t root;
	gt_gma_t gma;

	if (cmd->len_dw < 6) {
		gt_twin_bad(cs, cmd->header, "too short");
		return CMD_HANG;
	}
	gma = gt_twin_address(cmd->dw[2] & ~3u, cmd->dw[3]);
	if (flags & LRI_POST_SYNC) {
		gt_twin_write_reg(cs, cmd, cmd->dw[2], cmd->dw[4]);
	} else if (find_target(cs, cmd, flags & STORE_INDEX, flags & PIPE_CONTROL_GGTT, &root,
			       &gma)) {
		post_sync(cs, flags >> 14 & 3, root, gma,
			  (uint64_t)cmd->dw[5] << 32 | cmd->dw[4], 8);
	}
	finish(cs, flags & TLB_INVALIDATE, flags & NOTIFY);
	return CMD_DONE;
}
