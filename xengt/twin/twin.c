/* SPDX-License-Identifier: MIT */
/*
 * The twin: a software GPU behind the GPU seam.
 *
 * Decides when which context runs and for how long, and what a context keeps between two runs: the
 * ring's head and its own time stamp, in its image.  Commands are cs.c's business.
 * PRM SKL vol 7, "Execlists", "Register State Context"; vol 3, "Ring Buffers".
 */
#include "twin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Cost (see cs.c) of an engine's turn, and of a run. */
#define TURN_COST 256u
#define RUN_COST  (1u << 17)

#define DESC_LRCA	  0xfffff000u
#define DESC_ADDRESSING	  (3u << 3)
#define DESC_LEGACY_32BIT (1u << 3)
#define DESC_PPGTT_48BIT  (3u << 3)

/* Dwords of the register state, one page behind the context's first. */
enum { IMAGE_HEAD = 0x05, IMAGE_TAIL = 0x07, IMAGE_START = 0x09, IMAGE_CTL = 0x0b,
       IMAGE_INDIRECT = 0x1b, IMAGE_TIMESTAMP = 0x23, IMAGE_PDP0_UDW = 0x31,
       IMAGE_PDP0_LDW = 0x33 };

#define RING_VALID    1u
#define RING_SIZE     0x1ff000u
#define RING_OFFSET   0x1ffffcu
#define RING_MI_MODE  0x9cu
#define STOP_RING     GT_BIT(8)

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

static uint32_t *image(struct cs *cs, bool write)
{
	uint32_t lrca = (uint32_t)cs->elem[cs->cur].desc & DESC_LRCA;

	return (uint32_t *)(void *)gt_twin_map(cs->tw, ROOT_GGTT, (gt_gma_t)lrca + GT_PAGE_SIZE,
					       write);
}

static uint32_t image_read(const uint32_t *im, unsigned dw)
{
	return __atomic_load_n(&im[dw], __ATOMIC_ACQUIRE);
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

/* RCS runs a batch in the GGTT whenever it takes up a context: address 31:6, size 5:0 in 64 B. */
static void set_indirect(struct cs *cs, uint32_t indirect)
{
	gt_gma_t at = indirect & ~0x3fu;

	cs->depth = 0;
	if (cs->id == GT_RCS && (indirect & 0x3f)) {
		cs->level[1] = (struct level){ .at = at, .end = at + 64 * (indirect & 0x3f) };
		cs->depth = 1;
	}
}

/* PDP0 is the PML4 of a 48-bit context; PDP0..3 are the page directories of a legacy one. */
static bool load_root(struct cs *cs, const uint32_t *im, uint64_t desc)
{
	for (unsigned i = 0; i < 4; i++) {
		uint32_t lo = image_read(im, IMAGE_PDP0_LDW - 4 * i) & ~0xfffu;

		cs->pdp[i] = (uint64_t)image_read(im, IMAGE_PDP0_UDW - 4 * i) << 32 | lo;
	}
	cs->pml4 = cs->pdp[0];
	switch (desc & DESC_ADDRESSING) {
	case DESC_LEGACY_32BIT:
		cs->pml4 = ROOT_LEGACY(cs->id);
		return true;
	case DESC_PPGTT_48BIT:
		return true;
	default:
		return false;
	}
}

static void load_context(struct cs *cs)
{
	const uint32_t *im = image(cs, false);
	uint64_t desc = cs->elem[cs->cur].desc;

	if (!im || !load_root(cs, im, desc)) {
		hang(cs, "a context that cannot be loaded");
		return;
	}
	cs->head = image_read(im, IMAGE_HEAD) & RING_OFFSET;
	cs->tail = image_read(im, IMAGE_TAIL) & RING_OFFSET;
	cs->start = image_read(im, IMAGE_START) & ~0xfffu;
	cs->ctl = image_read(im, IMAGE_CTL);
	cs->size_B = (cs->ctl & RING_SIZE) + GT_PAGE_SIZE;
	cs->in_semaphore = false;
	cs->blt_row = 0;
	if (!(cs->ctl & RING_VALID) || cs->head >= cs->size_B || cs->tail >= cs->size_B) {
		hang(cs, "a context without a good ring");
		return;
	}
	set_indirect(cs, image_read(im, IMAGE_INDIRECT));
	cs->ticks = (uint32_t)gt_twin_timestamp(cs);
	cs->loaded = true;
}

/* The driver may have moved the tail on. False if the image is gone, or is nonsense. */
static bool sample_tail(struct cs *cs)
{
	const uint32_t *im = image(cs, false);
	uint32_t tail = im ? image_read(im, IMAGE_TAIL) & RING_OFFSET : UINT32_MAX;

	if (tail >= cs->size_B) {
		return false;
	}
	cs->tail = tail;
	return true;
}

static void save_context(struct cs *cs)
{
	uint32_t *im = image(cs, true);
	uint32_t ran = (uint32_t)gt_twin_timestamp(cs) - cs->ticks;

	if (im) {
		__atomic_store_n(&im[IMAGE_HEAD], cs->head, __ATOMIC_RELEASE);
		__atomic_store_n(&im[IMAGE_TIMESTAMP], image_read(im, IMAGE_TIMESTAMP) + ran,
				 __ATOMIC_RELEASE);
	}
	cs->loaded = false;
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

	save_context(cs);
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

/* At the ring's end: more of it, or the element is complete. False: the context is lost. */
static bool at_tail(struct cs *cs)
{
	if (!sample_tail(cs)) {
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
			cs->tw->cost++;
			load_context(cs);
			continue;
		}
		if (!cs->depth && cs->head == cs->tail) {
			cs->tw->progress = true;
			at_tail(cs);
			continue;
		}
		switch (gt_twin_step(cs)) {
		case CMD_WAIT:
			return GT_HW_WAITING;
		case CMD_HANG:
			hang(cs, NULL);
			break;
		case CMD_DONE:
		case CMD_JUMP:
		case CMD_AGAIN:
			cs->tw->progress = true;
			break;
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
			waiting |= turn(&tw->cs[e]) == GT_HW_WAITING;
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
	return on_last_element(cs) &&
	       ((cs->elem[cs->cur].desc ^ elem[0].desc) & DESC_LRCA) == 0;
}

static int twin_submit(struct gt_hw *hw, enum gt_engine e, const struct gt_hw_elem elem[2])
{
	struct cs *cs = &twin(hw)->cs[e];

	gt_twin_tlb_flush(cs->tw);
	if (!cs->active) {
		take_up(cs, elem);
	} else if (is_lite_restore(cs, elem)) {
		memcpy(cs->elem, elem, sizeof(cs->elem));
		cs->cur = 0;
		if (cs->loaded && !sample_tail(cs)) {
			hang(cs, "a context whose tail is gone");
		}
		tell(cs, GT_HW_LITE_RESTORE, elem[0].desc);
	} else if (cs->has_next) {
		return -EBUSY;
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
		}
	}
}

static void twin_ring_state(struct gt_hw *hw, enum gt_engine e, struct gt_hw_ring *out)
{
	const struct cs *cs = &twin(hw)->cs[e];

	*out = (struct gt_hw_ring){
		.head = cs->head,
		.tail = cs->tail,
		.start = cs->start,
		.ctl = cs->ctl,
		.acthd = cs->acthd,
		.ipehr = cs->ipehr,
		.desc = cs->active ? cs->elem[cs->cur].desc : 0,
		.idle = !cs->active,
	};
}

static void twin_destroy(struct gt_hw *hw)
{
	free(twin(hw));
}

static const struct gt_hw_ops twin_ops = {
	.submit = twin_submit,
	.run = twin_run,
	.reset = twin_reset,
	.ring_state = twin_ring_state,
	.destroy = twin_destroy,
};

int gt_twin_create(const struct gt_hw_events *ev, struct gt_hw **out)
{
	struct twin *tw = calloc(1, sizeof(*tw));

	if (!tw) {
		return -ENOMEM;
	}
	tw->base.ops = &twin_ops;
	tw->ev = *ev;
	tw->tlb_generation = 1;
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		init_cs(tw, e);
	}
	*out = &tw->base;
	return 0;
}
