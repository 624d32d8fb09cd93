/* SPDX-License-Identifier: MIT */
/*
 * Contexts in and out of their images.
 *
 * Decides what becomes of each register of an image at a switch, and in which order: registers
 * first, then the indirect context batch, then the batch of PER_CTX_PTR.  A context that was
 * preempted within a batch goes on there: BB_ADDR and BB_STATE of both levels are in the image.
 * PRM SKL vol 7, "Context Restore", "Register State Context"; vol 2c, "BB_ADDR", "BB_STATE".
 */
#include "context.h"

#define DESC_LRCA	  0xfffff000u
#define DESC_ADDRESSING	  (3u << 3)
#define DESC_LEGACY_32BIT (1u << 3)
#define DESC_PPGTT_48BIT  (3u << 3)

#define LRI_HEADER   0x11000000u
#define LRI_POSTED   GT_BIT(12)
#define MI_BATCH_END 0x05000000u

#define RING_VALID  1u
#define RING_SIZE   0x1ff000u
#define RING_OFFSET 0x1ffffcu

/* CONTEXT_CONTROL */
#define RESTORE_INHIBIT GT_BIT(0)
#define SAVE_INHIBIT	GT_BIT(2)

#define BB_VALID GT_BIT(0)
#define BB_PPGTT GT_BIT(5)

/* Dwords of values that are wanted by themselves. */
enum { IMAGE_CONTROL = 0x03, IMAGE_TAIL = 0x07, IMAGE_PER_CTX = 0x19, IMAGE_INDIRECT = 0x1b,
       IMAGE_PDP0_UDW = 0x31, IMAGE_PDP0_LDW = 0x33,
       IMAGE_BLT_SETUP = 0x200 /* our place for it, behind the last register of BCS */ };

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

static void image_write(uint32_t *im, unsigned dw, uint32_t val)
{
	if (image_read(im, dw) != val) {
		__atomic_store_n(&im[dw], val, __ATOMIC_RELEASE);
	}
}

static uint32_t reg_offset(const struct cs *cs, uint32_t reg)
{
	reg &= IMAGE_REG;
	return reg < 0x2000 ? cs->base + reg : reg;
}

static uint32_t ticks_now(const struct cs *cs)
{
	return (uint32_t)gt_twin_timestamp(cs);
}

uint32_t gt_twin_context_ticks(const struct cs *cs)
{
	return cs->loaded ? ticks_now(cs) - cs->ticks_base : cs->ticks_base;
}

static void load_batch_dword(struct cs *cs, uint32_t reg, uint32_t val)
{
	struct level *l = &cs->level[reg == 0x110 || reg == 0x140 || reg == 0x168 ? 1 : 2];

	switch (reg) {
	case 0x110:
	case 0x118:
		l->ppgtt = val & BB_PPGTT;
		break;
	case 0x140:
	case 0x114:
		l->at = (l->at & ~(uint64_t)UINT32_MAX) | (val & ~3u);
		l->valid = val & BB_VALID;
		break;
	default:
		l->at = (uint32_t)l->at | (uint64_t)(val & 0xffff) << 32;
		break;
	}
}

static void load_own(struct cs *cs, uint32_t reg, uint32_t val)
{
	switch (reg) {
	case 0x030:
		cs->tail = val & RING_OFFSET;
		break;
	case 0x034:
		cs->head = val & RING_OFFSET;
		break;
	case 0x038:
		cs->start = val & ~0xfffu;
		break;
	case 0x03c:
		cs->ctl = val;
		cs->size_B = (val & RING_SIZE) + GT_PAGE_SIZE;
		break;
	case 0x3a8:
		/* A switch takes a moment. */
		cs->ticks_base = ticks_now(cs) - val - 1;
		break;
	case 0x244:
	case 0x358:
	case 0x068:
		break;
	default:
		load_batch_dword(cs, reg, val);
		break;
	}
}

/* Bits of BB_ADDR, lower dword, and of BB_STATE of a level. */
static uint32_t save_batch_dword(const struct cs *cs, uint32_t reg)
{
	struct gt_hw_ring s;

	gt_twin_ring_state(cs, &s);
	switch (reg) {
	case 0x110:
		return s.batch[0].state;
	case 0x118:
		return s.batch[1].state;
	case 0x140:
		return (uint32_t)s.batch[0].addr;
	case 0x114:
		return (uint32_t)s.batch[1].addr;
	case 0x168:
		return (uint32_t)(s.batch[0].addr >> 32);
	default:
		return (uint32_t)(s.batch[1].addr >> 32);
	}
}

/* What is saved of the streamer; false: the driver's value stays. */
static bool save_own(struct cs *cs, uint32_t reg, uint32_t *val)
{
	switch (reg) {
	case 0x030:
	case 0x038:
	case 0x03c:
		return false;
	case 0x034:
		*val = cs->head;
		return true;
	case 0x244:
		*val = 0xffff0000u | (cs->control & ~RESTORE_INHIBIT);
		return true;
	case 0x3a8:
		*val = gt_twin_context_ticks(cs) + 1;
		return true;
	case 0x358:
		*val = ticks_now(cs);
		return true;
	case 0x068:
		*val = cs->ipehr;
		return true;
	default:
		*val = save_batch_dword(cs, reg);
		return true;
	}
}

static void load_run(struct cs *cs, const uint32_t *im, const struct image_run *run)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	for (unsigned i = 0; i < run->nr; i++) {
		uint32_t reg = run->regs[i];
		uint32_t val = image_read(im, run->dw + 2 + 2 * i);

		if (reg & IMAGE_TWIN) {
			load_own(cs, reg & IMAGE_REG, val);
		} else {
			ev->reg_write(ev->ctx, cs->id, reg_offset(cs, reg), val);
		}
	}
}

static void save_run(struct cs *cs, uint32_t *im, const struct image_run *run)
{
	const struct gt_hw_events *ev = &cs->tw->ev;

	image_write(im, run->dw, LRI_HEADER | (run->posted ? LRI_POSTED : 0) | (2u * run->nr - 1));
	for (unsigned i = 0; i < run->nr; i++) {
		uint32_t reg = run->regs[i], off = reg_offset(cs, reg), val = 0;
		bool save = !(reg & IMAGE_DRIVER);

		if (reg & IMAGE_TWIN) {
			save = save_own(cs, reg & IMAGE_REG, &val);
		} else if (save) {
			val = ev->reg_read(ev->ctx, cs->id, off);
			val = reg & IMAGE_MASKED ? val | 0xffff0000u : val;
		}
		image_write(im, run->dw + 1 + 2 * i, off);
		if (save) {
			image_write(im, run->dw + 2 + 2 * i, val);
		}
	}
}

/* Batches in the GGTT that run before the ring goes on: address 31:6, size 5:0 in 64 bytes. */
static void set_prologue(struct cs *cs, const uint32_t *im)
{
	uint32_t indirect = image_read(im, IMAGE_INDIRECT);
	uint32_t per_ctx = image_read(im, IMAGE_PER_CTX);
	gt_gma_t at = indirect & ~0x3fu;

	cs->resume_depth = cs->level[1].valid ? 1 + cs->level[2].valid : 0;
	cs->prologue[0] = cs->prologue[1] = (struct level){ 0 };
	if (cs->id == GT_RCS && (indirect & 0x3f)) {
		cs->prologue[0] = (struct level){ .at = at, .valid = true,
						  .end = at + 64 * (indirect & 0x3f) };
	}
	if (cs->id == GT_RCS && (per_ctx & 1)) {
		cs->prologue[1] = (struct level){ .at = per_ctx & ~0xfffu & ~0x3u, .valid = true,
						  .end = UINT64_MAX };
	}
}

void gt_twin_context_next_batch(struct cs *cs)
{
	for (unsigned i = 0; i < GT_ARRAY_SIZE(cs->prologue); i++) {
		if (cs->prologue[i].valid) {
			cs->level[PROLOGUE] = cs->prologue[i];
			cs->prologue[i].valid = false;
			cs->depth = PROLOGUE;
			return;
		}
	}
	cs->depth = cs->resume_depth;
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

/* What the blitter was set up to. */
static void load_blt_setup(struct cs *cs, const uint32_t *im)
{
	for (unsigned i = 0; i < BLT_SETUP_DW; i++) {
		bool inhibit = cs->control & RESTORE_INHIBIT;

		cs->blt_setup.dw[i] = inhibit ? 0 : image_read(im, IMAGE_BLT_SETUP + i);
	}
}

static void save_blt_setup(const struct cs *cs, uint32_t *im)
{
	for (unsigned i = 0; i < BLT_SETUP_DW; i++) {
		image_write(im, IMAGE_BLT_SETUP + i, cs->blt_setup.dw[i]);
	}
}

bool gt_twin_context_load(struct cs *cs)
{
	const struct image_layout *layout = gt_twin_image_layout(cs->tw->ev.gen, cs->id);
	const uint32_t *im = image(cs, false);
	uint64_t desc = cs->elem[cs->cur].desc;

	if (!im || !load_root(cs, im, desc)) {
		return false;
	}
	cs->control = image_read(im, IMAGE_CONTROL) & 0xffff;
	for (size_t i = 0; i < layout->nr; i++) {
		if (layout->runs[i].part == IMAGE_RING || !(cs->control & RESTORE_INHIBIT)) {
			load_run(cs, im, &layout->runs[i]);
		}
	}
	cs->level[1].end = cs->level[2].end = UINT64_MAX;
	cs->in_semaphore = false;
	cs->spinning = false;
	cs->no_arbitration = false;
	cs->predicated = false;
	cs->blt_done = 0;
	if (cs->id == GT_BCS) {
		load_blt_setup(cs, im);
	}
	set_prologue(cs, im);
	gt_twin_context_next_batch(cs);
	cs->loaded = true;
	return (cs->ctl & RING_VALID) && cs->head < cs->size_B && cs->tail < cs->size_B;
}

bool gt_twin_context_sample_tail(struct cs *cs)
{
	const uint32_t *im = image(cs, false);
	uint32_t tail = im ? image_read(im, IMAGE_TAIL) & RING_OFFSET : UINT32_MAX;

	if (tail >= cs->size_B) {
		return false;
	}
	cs->tail = tail;
	return true;
}

void gt_twin_context_save(struct cs *cs)
{
	const struct image_layout *layout = gt_twin_image_layout(cs->tw->ev.gen, cs->id);
	const struct image_run *last = &layout->runs[layout->nr - 1];
	uint32_t *im = image(cs, true);
	bool inhibit = cs->control & SAVE_INHIBIT;

	for (size_t i = 0; im && i < layout->nr; i++) {
		if (layout->runs[i].part == IMAGE_RING || !inhibit) {
			save_run(cs, im, &layout->runs[i]);
		}
	}
	if (im && !inhibit) {
		if (cs->id == GT_BCS) {
			save_blt_setup(cs, im);
		}
		image_write(im, last->dw + 1 + 2u * last->nr, MI_BATCH_END);
	}
	cs->ticks_base = gt_twin_context_ticks(cs);
	cs->loaded = false;
}

void gt_twin_context_clear(struct cs *cs)
{
	const struct image_layout *layout = gt_twin_image_layout(cs->tw->ev.gen, cs->id);
	const struct gt_hw_events *ev = &cs->tw->ev;

	for (size_t i = 0; i < layout->nr; i++) {
		for (unsigned k = 0; k < layout->runs[i].nr; k++) {
			uint32_t reg = layout->runs[i].regs[k];

			if (!(reg & IMAGE_TWIN)) {
				ev->reg_write(ev->ctx, cs->id, reg_offset(cs, reg),
					      reg & IMAGE_MASKED ? 0xffff0000u : 0);
			}
		}
	}
}
