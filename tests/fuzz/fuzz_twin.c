/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the twin's executor, behind a GPU seam that a few pages of memory fill.
 *
 * An input is one batch of a few commands on one engine: which commands, their lengths and what
 * lies in their dwords comes from the input, but so that most are commands and most addresses lead
 * somewhere.  Now and then the context's image, the page tables or the clock are disturbed, the
 * engine is reset in the midst, or another context is submitted over the one that runs.
 *
 * Held: memory is written only where an entry says so, each run ends within its budget of commands
 * and of looked-up pages, whatever the clock does, and after a reset a good batch completes.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "twin/twin.h"
#include "xengt/hw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Frames, each a page of its own so that ASan sees its ends; gma and frame are the same. */
enum { F_STATUS, F_CONTEXT, F_STATE, F_OTHER, F_OTHER_STATE, F_RING, F_BATCH,
       F_DATA = F_BATCH + 2, F_READ_ONLY = F_DATA + 4, NR_FRAMES = F_READ_ONLY + 2 };

#define GEN	     9u
#define MAX_INPUT_DW 64u
#define NR_REG_DW    (0x40000u / 4)
#define RUN_NS	     2000u
/* A run ends some turns after its cost, see twin.c. */
#define MAX_COMMANDS ((1u << 17) + 4096u)
#define MAX_LOOKUPS  (64u * MAX_COMMANDS)

struct input {
	const uint8_t *at, *end;
};

static struct {
	struct gt_hw *hw;
	uint8_t *frames[NR_FRAMES];
	uint8_t read_only[2][GT_PAGE_SIZE];
	uint32_t *regs;
	uint64_t now_ns, tick_ns;
	uint64_t nr_commands, nr_lookups;
	unsigned nr_done;
	bool scratch_data;
} x;

static void check(bool good)
{
	if (!good) {
		abort();
	}
}

static uint32_t take(struct input *in)
{
	uint32_t val = 0;
	size_t n = (size_t)(in->end - in->at) < 4 ? (size_t)(in->end - in->at) : 4;

	memcpy(&val, in->at, n);
	in->at += n;
	return val;
}

static gt_spte_t entry(uint64_t page)
{
	x.nr_lookups++;
	if (page >= NR_FRAMES) {
		return 0;
	}
	if (x.scratch_data && page == F_DATA) {
		return GT_SPTE_SCRATCH;
	}
	return page << GT_PAGE_SHIFT | GT_SPTE_PRESENT | (page < F_READ_ONLY ? GT_SPTE_WRITE : 0);
}

static gt_spte_t on_ggtt(void *ctx, uint32_t page)
{
	return entry(page);
}

/* A user reaches batches and data only. */
static gt_spte_t on_ppgtt(void *ctx, uint64_t root, gt_gma_t gma)
{
	return gma >> GT_PAGE_SHIFT < F_BATCH ? 0 : entry(gma >> GT_PAGE_SHIFT);
}

static void *on_frame(void *ctx, gt_spte_t e, bool write)
{
	check(!gt_spte_is_scratch(e) && gt_spte_frame(e) < NR_FRAMES);
	check(!write || gt_spte_frame(e) < F_READ_ONLY);
	return x.frames[gt_spte_frame(e)];
}

static void on_tlb_invalidate(void *ctx)
{
}

static void on_ggtt_update(void *ctx, uint32_t page, uint64_t e)
{
}

static uint32_t on_reg_read(void *ctx, enum gt_engine e, uint32_t off)
{
	check(off % 4 == 0);
	if ((off & 0xfff) == 0x358 && off < 0x40000) {
		return (uint32_t)x.now_ns;
	}
	/* Nobody here starts a ring that was stopped. */
	return off / 4 < NR_REG_DW && (off & 0xfff) != 0x9c ? x.regs[off / 4] : 0;
}

static void on_reg_write(void *ctx, enum gt_engine e, uint32_t off, uint32_t val)
{
	check(off % 4 == 0);
	if (off / 4 < NR_REG_DW) {
		x.regs[off / 4] = val;
	}
}

static void on_event(void *ctx, enum gt_engine e, enum gt_hw_event ev, uint64_t desc)
{
	x.nr_done += ev == GT_HW_COMPLETE;
}

static void on_interrupt(void *ctx, enum gt_engine e, uint32_t bits)
{
	check(bits < 0x10000);
}

/* Of every kind some; what is not there is nobody's. */
static enum gt_reg_right on_reg_right(void *ctx, enum gt_engine e, uint32_t off)
{
	check(off % 4 == 0);
	return off >= 0x40000 ? GT_REG_NEVER : (enum gt_reg_right)(off / 64 % 3);
}

static void on_bad_command(void *ctx, enum gt_engine e, const struct gt_hw_bad_command *bad)
{
	check(bad->fault <= GT_HW_USER_REGISTER);
}

static void on_commands(void *ctx, uint64_t nr)
{
	x.nr_commands += nr;
}

static uint64_t on_now_ns(void *ctx)
{
	return x.now_ns += x.tick_ns;
}

static void start(void)
{
	const struct gt_hw_events ev = {
		.frame = on_frame, .ggtt = on_ggtt, .ppgtt = on_ppgtt,
		.tlb_invalidate = on_tlb_invalidate, .ggtt_update = on_ggtt_update,
		.reg_read = on_reg_read, .reg_right = on_reg_right, .reg_write = on_reg_write,
		.event = on_event, .interrupt = on_interrupt, .bad_command = on_bad_command,
		.commands = on_commands, .now_ns = on_now_ns, .gen = GEN,
	};

	check(!gt_twin_create(&ev, NULL, false, &x.hw));
	x.regs = calloc(NR_REG_DW, 4);
	check(x.regs);
	for (unsigned i = 0; i < NR_FRAMES; i++) {
		x.frames[i] = aligned_alloc(GT_PAGE_SIZE, GT_PAGE_SIZE);
		check(x.frames[i]);
		memset(x.frames[i], (int)i, GT_PAGE_SIZE);
	}
	for (unsigned i = 0; i < 2; i++) {
		memcpy(x.read_only[i], x.frames[F_READ_ONLY + i], GT_PAGE_SIZE);
	}
}

static void put(unsigned frame, uint32_t dw, uint32_t val)
{
	memcpy(x.frames[frame] + 4 * (dw % (GT_PAGE_SIZE / 4)), &val, 4);
}

/* A good image with a ring of one page. */
static void set_context(unsigned state_frame, uint32_t tail_B)
{
	memset(x.frames[state_frame], 0, 0x150);
	put(state_frame, 0x03, 0x000f0009);
	put(state_frame, 0x07, tail_B);
	put(state_frame, 0x09, F_RING << GT_PAGE_SHIFT);
	put(state_frame, 0x0b, 1);
}

static uint64_t desc(unsigned frame)
{
	return (uint64_t)frame << 32 | frame << GT_PAGE_SHIFT | 3u << 3 | 1;
}

/* A dword of a command: an address, a register, a small number, a header, or anything. */
static uint32_t operand(uint32_t r)
{
	switch (r >> 29) {
	case 0:
	case 1:
		return (F_BATCH + (r >> 12) % (NR_FRAMES - F_BATCH)) << GT_PAGE_SHIFT | (r & 0xffc);
	case 2:
		return 0;
	case 3:
		return 0x2000 + (r & 0xffc);
	case 4:
		return r & 0xf;
	case 5:
		return (r & 1 ? 0x18800101u : 0x05000000u) | (r & 0x400000);
	default:
		return r;
	}
}

static uint32_t header(enum gt_engine e, uint32_t r)
{
	uint32_t low = r & 0x1f, flags = r & 0x7fff00 & (r >> 3);

	switch (r >> 28) {
	case 0:
		return r;
	case 1:
	case 2:
		return e == GT_BCS ? 0x40000000u | (r >> 5 & 0x7f) << 22 | (r & 0x3ff00) | low
				   : 0x7a000004u;
	case 3:
		return 0x60000000u | (r & 0x1fff0000) | low;
	case 4:
		return 0x0d000000u | low; /* MI_MATH */
	case 5:
		return 0x17800000u | flags | (r & 1 ? 9 | 1u << 18 : 1); /* MI_ATOMIC */
	default:
		return (r >> 8 & 0x3f) << 23 | (flags & 0x7fc000) | (r & 7);
	}
}

/* An instruction of MI_MATH, most of the time. */
static uint32_t instruction(uint32_t r)
{
	static const uint32_t ops[] = { 0x000, 0x080, 0x081, 0x100, 0x101, 0x102, 0x103, 0x104,
					0x180, 0x480, 0x481, 0x580 };

	return r >> 28 ? ops[(r & 0xff) % GT_ARRAY_SIZE(ops)] << 20 | (r >> 8 & 0x33) << 10 |
				 (r >> 16 & 0x33)
		       : r;
}

/* Commands as the input says, into the batch; the rest of it ends. */
static void build(struct input *in, enum gt_engine e)
{
	uint32_t at = 0;

	while (in->at < in->end && at < MAX_INPUT_DW) {
		uint32_t head = header(e, take(in));
		const struct gt_command_row *row = gt_command_find(GEN, e, head);
		uint32_t len = row ? gt_command_length(row, head) : 1;

		put(F_BATCH, at++, head);
		for (uint32_t i = 1; i < len && at < MAX_INPUT_DW && in->at < in->end; i++) {
			uint32_t r = take(in);

			put(F_BATCH, at++, head >> 23 == 0x1a ? instruction(r) : operand(r));
		}
	}
	for (unsigned i = 0; i < 4; i++) {
		put(F_BATCH, at + i, 0x05000000);
	}
}

static void run(uint64_t tick_ns)
{
	x.tick_ns = tick_ns;
	x.nr_commands = x.nr_lookups = 0;
	x.hw->ops->run(x.hw, RUN_NS);
	check(x.nr_commands <= MAX_COMMANDS);
	check(x.nr_lookups <= MAX_LOOKUPS);
}

/* Whatever came before: after a reset a good batch completes. */
static void expect_recovery(enum gt_engine e)
{
	const struct gt_hw_elem elem[2] = { { desc(F_CONTEXT) }, { 0 } };
	unsigned nr_done = x.nr_done;

	x.scratch_data = false;
	x.hw->ops->reset(x.hw, 1u << e);
	put(F_RING, 0, 0x10400002);
	put(F_RING, 1, F_STATUS << GT_PAGE_SHIFT | 0x800);
	put(F_RING, 2, 0);
	put(F_RING, 3, 0x600d);
	set_context(F_STATE, 16);
	check(!x.hw->ops->submit(x.hw, e, elem));
	run(1);
	check(x.nr_done == nr_done + 1);
	check(!memcmp(x.frames[F_STATUS] + 0x800, &(uint32_t){ 0x600d }, 4));
}

static void disturb(struct input *in)
{
	uint32_t r = take(in);

	switch (r >> 28) {
	case 0:
		put(F_STATE, r & 0xff, take(in));
		break;
	case 1:
		put(F_OTHER_STATE, r & 0xff, take(in));
		break;
	case 2:
		x.scratch_data = true;
		break;
	case 3:
		x.now_ns += r;
		break;
	default:
		break;
	}
}

static void submit(enum gt_engine e, uint32_t how)
{
	struct gt_hw_elem elem[2] = { { desc(how & 1 ? F_OTHER : F_CONTEXT) }, { 0 } };

	if (how & 2) {
		elem[1].desc = desc(how & 1 ? F_CONTEXT : F_OTHER);
	}
	x.hw->ops->submit(x.hw, e, elem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t nr_inputs;
	struct input in = { data, data + size };
	uint32_t how;
	enum gt_engine e;

	if (!x.hw) {
		start();
	}
	how = take(&in);
	e = (enum gt_engine)(how & 3);
	set_context(F_STATE, 16);
	set_context(F_OTHER_STATE, 16);
	put(F_RING, 0, how & 4 ? 0x18800101 : 0x18800001);
	put(F_RING, 1, F_BATCH << GT_PAGE_SHIFT);
	put(F_RING, 2, 0);
	put(F_RING, 3, 0);
	if (how & 0x300) {
		disturb(&in);
	}
	build(&in, e);
	submit(e, how >> 4 & 3);
	/* Now and then a clock that stands still: only the cost ends such a run. */
	run(++nr_inputs % 8192 ? RUN_NS / 4 : 0);
	if ((how & 0xf000) == 0) {
		submit(e, how >> 6 & 3);
		run(RUN_NS / 4);
	}
	for (unsigned i = 0; i < 2; i++) {
		check(!memcmp(x.read_only[i], x.frames[F_READ_ONLY + i], GT_PAGE_SIZE));
	}
	x.hw->ops->reset(x.hw, 1u << e);
	if (nr_inputs % 64 == 0) {
		expect_recovery(e);
	}
	return 0;
}
