/* SPDX-License-Identifier: MIT */
/*
 * Between the guest's driver and the GPU: what is submitted, what is reported, and how much of the
 * time the GPU may run.
 *
 * Decides the protocol of the context status buffer: for each ELSP write exactly one event that
 * says it was taken up, and for each element one that says it is complete.  What a context does is
 * the GPU's business.  PRM SKL vol 7, "Execlists", "Context Status Buffer".
 */
#include "submit.h"

#include <stdio.h>

#include "commands.h"
#include "vgpu_internal.h"
#include "xengt/log.h"

#define RUN_NS	2000000u /* one piece of work; a vCPU may wait behind it */
/* How often memory is looked at when all wait for it: often at first, then ever less. */
#define POLL_MIN_NS 2000u
#define POLL_MAX_NS 200000u

#define RING_HWS_PGA 0x80u
#define RING_EIR     0xb0u
#define RING_EMR     0xb4u
#define RING_ESR     0xb8u
#define RING_CSB     0x370u
#define RING_CSB_PTR 0x3a0u
#define CSB_PTR_MASK 7u
#define NR_CSB	     6u

#define ERROR_INSTRUCTION GT_BIT(0)

/* Dwords of the hardware status page. */
#define HWSP_CSB     0x10u
#define HWSP_CSB_PTR 0x1fu

#define DESC_VALID 1u
#define DESC_LRCA  0xfffff000u

/* CSB status words, PRM SKL vol 7, "Context Status". */
static const uint32_t csb_status[] = {
	[GT_HW_ACTIVE] = GT_BIT(0),			/* idle to active */
	[GT_HW_SWITCH] = GT_BIT(2) | GT_BIT(4),		/* element switch, complete */
	[GT_HW_COMPLETE] = GT_BIT(3) | GT_BIT(4),	/* active to idle, complete */
	[GT_HW_PREEMPT] = GT_BIT(1),
	[GT_HW_LITE_RESTORE] = GT_BIT(1) | GT_BIT(15),
};

/* The engine's hardware status page, NULL if the guest has not set up a good one. */
static uint32_t *status_page(struct gt_vgpu *v, enum gt_engine e)
{
	uint32_t gma = gt_vreg(v, gt_engine_base[e] + RING_HWS_PGA);
	gt_spte_t spte = gt_ggtt_lookup(v, gma >> GT_PAGE_SHIFT);

	if (!spte || gt_spte_is_scratch(spte)) {
		return NULL;
	}
	return gt_frames_get_for_write(v->frames, gt_spte_frame(spte));
}

static void csb_write(struct gt_vgpu *v, enum gt_engine e, uint32_t status, uint32_t tag)
{
	uint32_t base = gt_engine_base[e];
	uint32_t ptr = gt_vreg(v, base + RING_CSB_PTR);
	uint32_t last = ptr & CSB_PTR_MASK;
	uint32_t next = last >= NR_CSB - 1 ? 0 : last + 1; /* 7 after reset: nothing yet */
	uint32_t *hwsp = status_page(v, e);

	gt_vreg_set(v, base + RING_CSB + 8 * next, status);
	gt_vreg_set(v, base + RING_CSB + 8 * next + 4, tag);
	gt_vreg_set(v, base + RING_CSB_PTR, (ptr & ~CSB_PTR_MASK) | next);
	if (!hwsp) {
		gt_event(v, GT_EV_bad_submission, "engine %u has no hardware status page", e);
		return;
	}
	__atomic_store_n(&hwsp[HWSP_CSB + 2 * next], status, __ATOMIC_RELAXED);
	__atomic_store_n(&hwsp[HWSP_CSB + 2 * next + 1], tag, __ATOMIC_RELAXED);
	__atomic_store_n(&hwsp[HWSP_CSB_PTR], next, __ATOMIC_RELEASE);
}

/* i915 gives its GPU up, silently, if the first contexts take 200 ms: so we know how long. */
static void count_us(struct gt_vgpu *v, enum gt_counter c, uint64_t since_ns)
{
	gt_count_max(v, c, (gt_now_ns(v) - since_ns) / 1000);
}

static void on_event(void *ctx, enum gt_engine e, enum gt_hw_event ev, uint64_t desc)
{
	struct gt_vgpu *v = ctx;

	if (ev == GT_HW_SWITCH || ev == GT_HW_COMPLETE) {
		gt_count(v, GT_C_contexts_done);
		count_us(v, GT_C_longest_context_us, v->submit.engine[e].submitted_ns);
	} else {
		v->submit.engine[e].nr_waiting = 0;
	}
	csb_write(v, e, csb_status[ev], (uint32_t)(desc >> 32));
	gt_irq_raise_engine(v, e, GT_IRQ_CONTEXT_SWITCH);
}

/* An error: ESR holds what is wrong until a reset, EIR what of it EMR lets through. */
static bool set_error(struct gt_vgpu *v, enum gt_engine e)
{
	uint32_t base = gt_engine_base[e];
	uint32_t shown = ERROR_INSTRUCTION & ~gt_vreg(v, base + RING_EMR);

	gt_vreg_set(v, base + RING_ESR, ERROR_INSTRUCTION);
	gt_vreg_set(v, base + RING_EIR, gt_vreg(v, base + RING_EIR) | shown);
	return shown;
}

static void on_interrupt(void *ctx, enum gt_engine e, uint32_t bits)
{
	if ((bits & GT_IRQ_MASTER_ERROR) && !set_error(ctx, e)) {
		bits &= ~GT_IRQ_MASTER_ERROR;
	}
	gt_irq_raise_engine(ctx, e, bits);
}

static void on_bad_command(void *ctx, enum gt_engine e, const struct gt_hw_bad_command *bad)
{
	static const enum gt_counter events[] = {
		[GT_HW_BAD_COMMAND] = GT_EV_bad_command,
		[GT_HW_UNKNOWN] = GT_EV_command_unknown,
		[GT_HW_TOO_SHORT] = GT_EV_command_short,
		[GT_HW_REFUSED] = GT_EV_command_refused,
		[GT_HW_IGNORED] = GT_EV_command_ignored,
		[GT_HW_BAD_REGISTER] = GT_EV_command_register,
		[GT_HW_USER_REGISTER] = GT_EV_command_user_register,
	};
	static const char *const names[GT_NR_ENGINES] = { "RCS", "BCS", "VCS", "VECS" };
	struct gt_vgpu *v = ctx;
	const struct gt_command_row *row =
		gt_command_find(gt_platforms[v->platform].gen, e, bad->header);
	char reg[32] = "";

	if (bad->fault == GT_HW_BAD_REGISTER || bad->fault == GT_HW_USER_REGISTER) {
		snprintf(reg, sizeof(reg), ", register 0x%x", bad->reg);
	}
	gt_event(v, events[bad->fault], "%s, context 0x%x, at 0x%llx: %s (0x%08x)%s%s%s", names[e],
		 (uint32_t)bad->desc & DESC_LRCA, (unsigned long long)bad->at,
		 row ? row->name : "no command", bad->header, reg, bad->why ? ", " : "",
		 bad->why ? bad->why : "");
}

static void *on_frame(void *ctx, gt_spte_t e, bool write)
{
	struct gt_vgpu *v = ctx;
	void *page;

	if (!(e & GT_SPTE_PRESENT) || gt_spte_is_scratch(e) || (write && !(e & GT_SPTE_WRITE))) {
		return NULL;
	}
	page = write ? gt_frames_get_for_write(v->frames, gt_spte_frame(e))
		     : gt_frames_get(v->frames, gt_spte_frame(e));
	if (!page) {
		gt_event(v, GT_EV_ppgtt_bad_entry, "frame 0x%llx is no RAM",
			 (unsigned long long)gt_spte_frame(e));
	}
	return page;
}

static gt_spte_t on_ggtt(void *ctx, uint32_t page)
{
	return gt_ggtt_lookup(ctx, page);
}

static void on_ggtt_update(void *ctx, uint32_t page, uint64_t entry)
{
	gt_ggtt_bar_write(ctx, (uint64_t)page * sizeof(entry), sizeof(entry), entry);
	gt_ggtt_flush(ctx);
}

static gt_spte_t on_ppgtt(void *ctx, uint64_t root, gt_gma_t gma)
{
	struct gt_vgpu *v = ctx;

	return gt_ppgtt_lookup(v->ppgtt, root, gma);
}

static void on_tlb_invalidate(void *ctx)
{
	struct gt_vgpu *v = ctx;

	gt_ppgtt_invalidate(v->ppgtt);
}

static uint32_t on_reg_read(void *ctx, enum gt_engine e, uint32_t off)
{
	return gt_regs_cmd_read(ctx, off);
}

static enum gt_reg_right on_reg_right(void *ctx, enum gt_engine e, uint32_t off)
{
	return gt_regs_cmd_right(ctx, e, off);
}

static void on_reg_write(void *ctx, enum gt_engine e, uint32_t off, uint32_t val)
{
	gt_regs_cmd_write(ctx, e, off, val);
}

static void on_commands(void *ctx, uint64_t nr)
{
	gt_count_n(ctx, GT_C_commands, nr);
}

static uint64_t on_now_ns(void *ctx)
{
	return gt_now_ns(ctx);
}

int gt_submit_init(struct gt_vgpu *v)
{
	const struct gt_hw_events ev = {
		.frame = on_frame,
		.ggtt = on_ggtt,
		.ggtt_update = on_ggtt_update,
		.ppgtt = on_ppgtt,
		.tlb_invalidate = on_tlb_invalidate,
		.reg_read = on_reg_read,
		.reg_right = on_reg_right,
		.reg_write = on_reg_write,
		.event = on_event,
		.interrupt = on_interrupt,
		.bad_command = on_bad_command,
		.commands = on_commands,
		.now_ns = on_now_ns,
		.ctx = v,
		.gen = gt_platforms[v->platform].gen,
	};

	return gt_twin_create(&ev, v->twin_keep, v->is_inherited, &v->submit.hw);
}

void gt_submit_finish(struct gt_vgpu *v)
{
	if (v->submit.hw) {
		v->submit.hw->ops->destroy(v->submit.hw);
		v->submit.hw = NULL;
	}
}

void gt_submit_reset(struct gt_vgpu *v, uint32_t engine_mask)
{
	v->submit.hw->ops->reset(v->submit.hw, engine_mask);
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		if (engine_mask & GT_BIT(e)) {
			v->submit.engine[e] = (struct gt_submit_engine){ 0 };
			gt_vreg_set(v, gt_engine_base[e] + RING_ESR, 0);
			gt_vreg_set(v, gt_engine_base[e] + RING_EIR, 0);
		}
	}
	gt_ppgtt_invalidate(v->ppgtt);
}

/* Every check on an element; an empty second one is good. */
static bool element_is_valid(struct gt_vgpu *v, uint64_t desc, bool may_be_empty)
{
	uint32_t page = ((uint32_t)desc & DESC_LRCA) >> GT_PAGE_SHIFT;

	if (!(desc & DESC_VALID)) {
		return may_be_empty;
	}
	/* Page 0 is the per-process status page, page 1 the register state. */
	return gt_ggtt_lookup(v, page) && gt_ggtt_lookup(v, (uint64_t)page + 1);
}

void gt_submit_elsp(struct gt_vgpu *v, enum gt_engine e, uint32_t dword)
{
	struct gt_submit *s = &v->submit;
	struct gt_submit_engine *se = &s->engine[e];
	struct gt_hw_elem elem[2];

	se->elsp[se->nr_elsp++] = dword;
	if (se->nr_elsp < 4) {
		return;
	}
	se->nr_elsp = 0;
	elem[1].desc = (uint64_t)se->elsp[0] << 32 | se->elsp[1];
	elem[0].desc = (uint64_t)se->elsp[2] << 32 | se->elsp[3];
	if (se->nr_waiting || !element_is_valid(v, elem[0].desc, false) ||
	    !element_is_valid(v, elem[1].desc, true)) {
		gt_event(v, GT_EV_bad_submission, "engine %u: 0x%llx, 0x%llx%s", e,
			 (unsigned long long)elem[0].desc, (unsigned long long)elem[1].desc,
			 se->nr_waiting ? " while one is waiting" : "");
		return;
	}
	if (!(elem[1].desc & DESC_VALID)) {
		elem[1].desc = 0;
	}
	gt_count(v, GT_C_submissions);
	gt_ppgtt_submit(v->ppgtt);
	se->nr_waiting = 1;
	se->submitted_ns = gt_now_ns(v);
	if (!s->busy) {
		s->busy_since_ns = se->submitted_ns;
	}
	if (s->hw->ops->submit(s->hw, e, elem)) {
		gt_err(GT_T_SUBMIT, "the GPU refused a submission");
	}
	s->busy = true;
	s->poll_ns = 0;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* What was waited for came, in proportion to the wait, at once. */
static uint64_t poll_period_ns(struct gt_submit *s, uint64_t now_ns)
{
	uint64_t period_ns;

	if (!s->waiting) {
		s->wait_since_ns = now_ns;
	}
	period_ns = (now_ns - s->wait_since_ns) / 16;
	period_ns = max_u64(period_ns, POLL_MIN_NS);
	return period_ns < POLL_MAX_NS ? period_ns : POLL_MAX_NS;
}

bool gt_submit_run(struct gt_vgpu *v)
{
	struct gt_submit *s = &v->submit;
	uint64_t start_ns, end_ns;
	enum gt_hw_progress progress;

	if (!s->busy) {
		return false;
	}
	start_ns = gt_now_ns(v);
	if (start_ns < max_u64(s->poll_ns, s->cap_until_ns)) {
		return false;
	}
	progress = s->hw->ops->run(s->hw, RUN_NS);
	end_ns = gt_now_ns(v);
	s->busy = progress != GT_HW_IDLE;
	if (!s->busy) {
		count_us(v, GT_C_longest_busy_us, s->busy_since_ns);
	}
	s->poll_ns = progress == GT_HW_WAITING ? end_ns + poll_period_ns(s, end_ns) : 0;
	s->waiting = progress == GT_HW_WAITING;
	/* After t of work, t * (100 - cap) / cap of rest. */
	if (v->opt.cap_percent > 0 && v->opt.cap_percent < 100) {
		s->cap_until_ns = end_ns + (end_ns - start_ns) * (100 - v->opt.cap_percent) /
						   v->opt.cap_percent;
	}
	return progress == GT_HW_BUSY && end_ns >= s->cap_until_ns;
}

uint64_t gt_submit_deadline_ns(const struct gt_vgpu *v)
{
	const struct gt_submit *s = &v->submit;

	return s->busy ? max_u64(s->poll_ns, s->cap_until_ns) : UINT64_MAX;
}
