/* SPDX-License-Identifier: MIT */
/*
 * The twin: a software GPU behind the GPU seam.
 *
 * Decides when which context runs and for how long.  A submission that begins with the context that
 * runs only moves its tail on; any other preempts at the next arbitration point.  What a context
 * keeps between two runs is context.c's business, commands are cs.c's.
 * PRM SKL vol 7, "Execlists", "Preemption"; vol 3, "Ring Buffers".
 */
#include "twin.h"

#include "context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Cost (see cs.c) of an engine's turn, of a context's load and of a run. */
#define TURN_COST 256u
#define LOAD_COST 32u
#define RUN_COST  (1u << 17)

#define DESC_LRCA	   0xfffff000u
#define DESC_FORCE_RESTORE GT_BIT(2)

#define IRQ_MASTER_ERROR GT_BIT(3)

#define RING_MI_MODE  0x9cu
#define STOP_RING     GT_BIT(8)
#define BB_PPGTT      GT_BIT(5)

static const uint32_t engine_base[GT_NR_ENGINES] = {
	[GT_RCS] = 0x2000,
	[GT_BCS] = 0x22000,
	[GT_VCS] = 0x12000,
	[GT_VECS] = 0x1a000,
};

static struct twin *twin(struct gt_hw *hw)
{
	return (struct twin *)(void *)hw;
}

static void tell(struct cs *cs, enum gt_hw_event ev, uint64_t desc)
{
	cs->tw->ev.event(cs->tw->ev.ctx, cs->id, ev, desc);
}

static void hang(struct cs *cs, const char *why)
{
	if (why) {
		gt_twin_bad(cs, 0, why);
	}
	cs->hung = true;
}

static bool on_last_element(const struct cs *cs)
{
	return cs->cur == 1 || !cs->elem[1].desc;
}

static void take_up(struct cs *cs, const struct gt_hw_elem elem[2])
{
	memcpy(cs->elem, elem, sizeof(cs->elem));
	cs->cur = 0;
	cs->active = true;
	cs->announced = false;
	cs->loaded = false;
	cs->hung = false;
}

static void complete(struct cs *cs)
{
	uint64_t desc = cs->elem[cs->cur].desc;

	gt_twin_context_save(cs);
	if (!on_last_element(cs)) {
		cs->cur = 1;
		tell(cs, GT_HW_SWITCH, desc);
		return;
	}
	cs->active = false;
	tell(cs, GT_HW_COMPLETE, desc);
	if (cs->has_next) {
		cs->has_next = false;
		take_up(cs, cs->next);
	}
}

/* Give way to the submission that waits. */
static void preempt(struct cs *cs)
{
	uint64_t desc = cs->elem[cs->cur].desc;

	gt_twin_context_save(cs);
	cs->has_next = false;
	take_up(cs, cs->next);
	cs->announced = true;
	tell(cs, GT_HW_PREEMPT, desc);
}

static bool may_preempt(const struct cs *cs)
{
	return cs->has_next && !cs->no_arbitration && cs->depth != PROLOGUE;
}

/* At the ring's end: more of it, or the element is complete. False: the context is lost. */
static bool at_tail(struct cs *cs)
{
	if (!gt_twin_context_sample_tail(cs)) {
		hang(cs, "a context whose tail is gone");
		return false;
	}
	if (cs->head == cs->tail) {
		complete(cs);
	}
	return true;
}

static bool is_stopped(struct cs *cs)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	return ev->reg_read(ev->ctx, cs->id, cs->base + RING_MI_MODE) & STOP_RING;
}

static void load(struct cs *cs)
{
	cs->tw->cost += LOAD_COST;
	if (!gt_twin_context_load(cs)) {
		hang(cs, "a context that cannot be loaded");
	}
}

/* One command; false if there is nothing to do until memory changes. */
static bool step(struct cs *cs)
{
	cs->may_preempt = false;
	switch (gt_twin_step(cs)) {
	case CMD_WAIT:
		if (!may_preempt(cs)) {
			return false;
		}
		preempt(cs);
		break;
	case CMD_SPIN:
		return false;
	case CMD_HANG:
		hang(cs, NULL);
		cs->tw->ev.interrupt(cs->tw->ev.ctx, cs->id, IRQ_MASTER_ERROR);
		return true;
	case CMD_DONE:
	case CMD_JUMP:
	case CMD_AGAIN:
		if (cs->may_preempt && may_preempt(cs)) {
			preempt(cs);
		}
		break;
	}
	cs->tw->progress |= !cs->spinning;
	return true;
}

/* One engine's turn. */
static enum gt_hw_progress turn(struct cs *cs)
{
	uint64_t end_cost = cs->tw->cost + TURN_COST;

	if (!cs->active || cs->hung || is_stopped(cs)) {
		return GT_HW_IDLE;
	}
	while (cs->active && !cs->hung) {
		if (cs->tw->cost >= end_cost) {
			return GT_HW_BUSY;
		}
		if (!cs->announced) {
			cs->announced = true;
			tell(cs, GT_HW_ACTIVE, cs->elem[0].desc);
		}
		if (!cs->loaded) {
			load(cs);
		} else if (!cs->depth && cs->head == cs->tail) {
			cs->tw->progress = true;
			at_tail(cs);
		} else if (!step(cs)) {
			return GT_HW_WAITING;
		}
	}
	return GT_HW_IDLE;
}

/* All engines in turn, until none can go on or the time is up. */
static enum gt_hw_progress run_engines(struct twin *tw, uint64_t end_ns)
{
	for (;;) {
		bool waiting = false;

		tw->progress = false;
		for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
			enum gt_hw_progress progress = turn(&tw->cs[e]);

			waiting |= progress == GT_HW_WAITING;
			tw->progress |= progress == GT_HW_BUSY;
		}
		if (!tw->progress) {
			return waiting ? GT_HW_WAITING : GT_HW_IDLE;
		}
		if (tw->cost >= RUN_COST || tw->ev.now_ns(tw->ev.ctx) >= end_ns) {
			return GT_HW_BUSY;
		}
	}
}

static enum gt_hw_progress twin_run(struct gt_hw *hw, uint64_t budget_ns)
{
	struct twin *tw = twin(hw);
	enum gt_hw_progress progress;

	gt_twin_tlb_flush(tw);
	tw->cost = 0;
	tw->nr_commands = 0;
	progress = run_engines(tw, tw->ev.now_ns(tw->ev.ctx) + budget_ns);
	tw->ev.commands(tw->ev.ctx, tw->nr_commands);
	return progress;
}

static bool is_lite_restore(const struct cs *cs, const struct gt_hw_elem elem[2])
{
	return ((cs->elem[cs->cur].desc ^ elem[0].desc) & DESC_LRCA) == 0;
}

static void lite_restore(struct cs *cs, const struct gt_hw_elem elem[2])
{
	if (cs->loaded && (elem[0].desc & DESC_FORCE_RESTORE)) {
		gt_twin_context_save(cs);
	}
	memcpy(cs->elem, elem, sizeof(cs->elem));
	cs->cur = 0;
	if (cs->loaded && !gt_twin_context_sample_tail(cs)) {
		hang(cs, "a context whose tail is gone");
	}
	tell(cs, GT_HW_LITE_RESTORE, elem[0].desc);
}

static int twin_submit(struct gt_hw *hw, enum gt_engine e, const struct gt_hw_elem elem[2])
{
	struct cs *cs = &twin(hw)->cs[e];

	gt_twin_tlb_flush(cs->tw);
	if (!cs->active) {
		take_up(cs, elem);
	} else if (cs->has_next) {
		return -EBUSY;
	} else if (is_lite_restore(cs, elem)) {
		lite_restore(cs, elem);
	} else {
		memcpy(cs->next, elem, sizeof(cs->next));
		cs->has_next = true;
	}
	return 0;
}

static void init_cs(struct twin *tw, unsigned e)
{
	tw->cs[e] = (struct cs){ .tw = tw, .id = (enum gt_engine)e, .base = engine_base[e] };
}

static void twin_reset(struct gt_hw *hw, uint32_t mask)
{
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		if (mask & GT_BIT(e)) {
			init_cs(twin(hw), e);
			gt_twin_context_clear(&twin(hw)->cs[e]);
		}
	}
}

static void batch_state(const struct cs *cs, unsigned depth, struct gt_hw_batch *out)
{
	const struct level *l = &cs->level[depth];
	bool valid = cs->depth >= depth && cs->depth <= MAX_DEPTH;

	out->addr = l->at | valid;
	out->state = l->ppgtt ? BB_PPGTT : 0;
}

void gt_twin_ring_state(const struct cs *cs, struct gt_hw_ring *out)
{
	*out = (struct gt_hw_ring){
		.head = cs->head,
		.tail = cs->tail,
		.start = cs->start,
		.ctl = cs->ctl,
		.acthd = cs->acthd,
		.ipehr = cs->ipehr,
		.desc = cs->active ? cs->elem[cs->cur].desc : 0,
		.element = cs->cur,
		.has_second = cs->active && cs->elem[1].desc,
		.waiting = cs->has_next,
		.idle = !cs->active,
		.ticks = gt_twin_context_ticks(cs),
	};
	batch_state(cs, 1, &out->batch[0]);
	batch_state(cs, 2, &out->batch[1]);
}

static void twin_ring_state(struct gt_hw *hw, enum gt_engine e, struct gt_hw_ring *out)
{
	gt_twin_ring_state(&twin(hw)->cs[e], out);
}

static void twin_destroy(struct gt_hw *hw)
{
	if (!twin(hw)->is_kept) {
		free(twin(hw));
	}
}

static const struct gt_hw_ops twin_ops = {
	.submit = twin_submit,
	.run = twin_run,
	.reset = twin_reset,
	.ring_state = twin_ring_state,
	.destroy = twin_destroy,
};

static const struct gt_keep_row elem_rows[] = {
	GT_KEEP(gt_hw_elem, desc),
	GT_KEEP_END
};

static const struct gt_keep_row level_rows[] = {
	GT_KEEP(level, ppgtt),
	GT_KEEP(level, valid),
	GT_KEEP(level, at),
	GT_KEEP(level, end),
	GT_KEEP_END
};

static const struct gt_keep_row blt_setup_rows[] = {
	GT_KEEP(blt_setup, dw),
	GT_KEEP_END
};

static const struct gt_keep_row cs_rows[] = {
	GT_KEEP(cs, id),
	GT_KEEP(cs, base),
	GT_KEEP_STRUCTS(cs, elem, elem_rows),
	GT_KEEP_STRUCTS(cs, next, elem_rows),
	GT_KEEP(cs, cur),
	GT_KEEP(cs, active),
	GT_KEEP(cs, announced),
	GT_KEEP(cs, has_next),
	GT_KEEP(cs, loaded),
	GT_KEEP(cs, hung),
	GT_KEEP(cs, in_semaphore),
	GT_KEEP(cs, head),
	GT_KEEP(cs, tail),
	GT_KEEP(cs, start),
	GT_KEEP(cs, ctl),
	GT_KEEP(cs, size_B),
	GT_KEEP(cs, control),
	GT_KEEP(cs, pml4),
	GT_KEEP(cs, pdp),
	GT_KEEP(cs, ticks_base),
	GT_KEEP_STRUCTS(cs, level, level_rows),
	GT_KEEP(cs, depth),
	GT_KEEP_STRUCTS(cs, prologue, level_rows),
	GT_KEEP(cs, resume_depth),
	GT_KEEP(cs, no_arbitration),
	GT_KEEP(cs, predicated),
	GT_KEEP(cs, may_preempt),
	GT_KEEP(cs, spin_at),
	GT_KEEP(cs, spinning),
	GT_KEEP(cs, ipehr),
	GT_KEEP(cs, acthd),
	GT_KEEP(cs, blt_done),
	GT_KEEP_STRUCT(cs, blt_setup, blt_setup_rows),
	GT_KEEP_END
};

const struct gt_keep_row gt_twin_keep_rows[] = {
	GT_KEEP_STRUCTS(twin, cs, cs_rows),
	GT_KEEP_END
};

size_t gt_twin_keep_B(void)
{
	return sizeof(struct twin);
}

/* All state of the engines is in struct cs, and nothing in it but @tw is an address of ours. */
static void inherit(struct twin *tw)
{
	memset(tw->tlb, 0, sizeof(tw->tlb));
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		tw->cs[e].tw = tw;
	}
}

int gt_twin_create(const struct gt_hw_events *ev, void *keep, bool inherited, struct gt_hw **out)
{
	struct twin *tw = keep ? keep : calloc(1, sizeof(*tw));

	if (!tw) {
		return -ENOMEM;
	}
	tw->base.ops = &twin_ops;
	tw->ev = *ev;
	tw->tlb_generation = 1;
	tw->is_kept = keep;
	if (inherited) {
		inherit(tw);
	} else {
		for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
			init_cs(tw, e);
		}
	}
	*out = &tw->base;
	return 0;
}
