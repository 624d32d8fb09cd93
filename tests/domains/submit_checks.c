/* SPDX-License-Identifier: MIT */
/*
 * Work for the engines: stores through GGTT and PPGTT, a batch, a fill, two contexts at once, and
 * how the end of each is told: status buffer, ring head, interrupt bits.  PRM SKL vol 7 and vol 2a
 * (commands).
 */
#include "checks.h"
#include "gpu.h"
#include "submit.h"
#include "tap.h"

#define USER_BIT   0x001u
#define SWITCH_BIT 0x100u

static struct engine engines[] = {
    {.name = "RCS", .base = RCS_BASE, .shift = 0, .master = 1},
    {.name = "BCS", .base = BCS_BASE, .shift = 16, .master = 2},
};

static void emit_store(struct context *c, uint32_t command, uint64_t at, uint32_t data)
{
	ring_emit(c, command);
	ring_emit(c, (uint32_t)at);
	ring_emit(c, (uint32_t)(at >> 32));
	ring_emit(c, data);
}

/* A write as the last thing of a request: by PIPE_CONTROL or MI_FLUSH_DW. */
static void emit_breadcrumb(struct context *c, const struct engine *e, uint32_t gma, uint32_t data)
{
	if (e->base == RCS_BASE) {
		ring_emit(c, PIPE_CONTROL);
		ring_emit(c, PIPE_CONTROL_WRITE_GGTT);
		ring_emit(c, gma);
		ring_emit(c, 0);
		ring_emit(c, data);
		ring_emit(c, 0);
	} else {
		ring_emit(c, MI_FLUSH_DW_GGTT);
		ring_emit(c, gma | 4);
		ring_emit(c, 0);
		ring_emit(c, data);
	}
}

static void interrupts_open(const struct engine *e)
{
	uint32_t bits = (USER_BIT | SWITCH_BIT) << e->shift;

	reg_write(GT0_IRQ + IRQ_IIR, ~0u);
	reg_write(GT0_IRQ + IRQ_IIR, ~0u);
	reg_write(GT0_IRQ + IRQ_IMR, ~bits);
	reg_write(GT0_IRQ + IRQ_IER, bits);
	reg_write(e->base + RING_IMR, ~bits);
}

static void check_interrupts(const struct engine *e)
{
	uint32_t bits = (USER_BIT | SWITCH_BIT) << e->shift;

	tap_ok(reg_wait(GT0_IRQ + IRQ_IIR, bits, bits, 100000),
	       "%s sets the bits of user interrupt and context switch", e->name);
	tap_is(reg_read(MASTER_IRQ) & e->master, e->master, "%s is a source of interrupts",
	       e->name);
	reg_write(GT0_IRQ + IRQ_IIR, bits);
	tap_is(reg_read(GT0_IRQ + IRQ_IIR) & bits, 0, "the bits of %s clear when written 1",
	       e->name);
	reg_write(GT0_IRQ + IRQ_IER, 0);
	reg_write(GT0_IRQ + IRQ_IMR, ~0u);
}

static void check_stores(struct engine *e, struct context *c)
{
	uint32_t *data = pages_alloc(1), *page = pages_alloc(1), *batch = pages_alloc(1);
	uint32_t gma = gtt_lend(data, 1), status[2] = {0};
	uint32_t *state = c->image + PAGE_SIZE / 4;

	context_map(c, 0, page);
	context_map(c, 1, batch);
	batch[0] = MI_STORE_DATA_IMM;
	batch[1] = (uint32_t)(PPGTT_ADDRESS + 8);
	batch[2] = (uint32_t)((PPGTT_ADDRESS + 8) >> 32);
	batch[3] = 0x0000ba7c;
	batch[4] = MI_BATCH_BUFFER_END;
	emit_store(c, MI_STORE_DATA_IMM_GGTT, gma, 0x600d0001);
	emit_store(c, MI_STORE_DATA_IMM, PPGTT_ADDRESS + 4, 0x600d0002);
	ring_emit(c, MI_BATCH_BUFFER_START);
	ring_emit(c, (uint32_t)(PPGTT_ADDRESS + PAGE_SIZE));
	ring_emit(c, (uint32_t)((PPGTT_ADDRESS + PAGE_SIZE) >> 32));
	emit_breadcrumb(c, e, gma + 64, 0x600d0003);
	ring_emit(c, MI_USER_INTERRUPT);
	ring_close(c);
	interrupts_open(e);
	submit(e, c, NULL);
	tap_ok(wait_events(e, 2, status), "%s reports two events for one context", e->name);
	tap_note("status %x, %x", status[0], status[1]);
	tap_ok(status[0] & CSB_ACTIVE, "%s: the first says that it got active", e->name);
	tap_is(status[1] & (CSB_COMPLETE | CSB_IDLE), CSB_COMPLETE | CSB_IDLE,
	       "%s: the second, that it is complete and idle", e->name);
	tap_is(data[0], 0x600d0001, "%s stores through the GGTT", e->name);
	tap_is(page[1], 0x600d0002, "%s stores through the PPGTT", e->name);
	tap_is(page[2], 0x0000ba7c, "%s runs a batch in the PPGTT and comes back", e->name);
	tap_is(data[16], 0x600d0003, "%s writes the breadcrumb behind it", e->name);
	tap_is(state[5], c->tail_B, "%s saves the ring's head where the tail is", e->name);
	check_interrupts(e);
}

static void check_again(struct engine *e, struct context *c)
{
	uint32_t *data = pages_alloc(1);
	uint32_t gma = gtt_lend(data, 1), status[2] = {0};
	bool ok = true;

	for (uint32_t i = 0; i < 36 && ok; i++) { /* enough for the ring to wrap */
		ring_begin(c);
		for (uint32_t n = 0; n < 8; n++) {
			emit_store(c, MI_STORE_DATA_IMM_GGTT, gma + 4 * n, i + n);
		}
		ring_close(c);
		submit(e, c, NULL);
		ok = wait_events(e, 2, status) && data[7] == i + 7;
		if (!ok) {
			tap_note("round %u, status %x %x, data %x", i, status[0], status[1],
				 data[7]);
		}
	}
	tap_ok(ok, "%s runs a context again and again, around the end of its ring", e->name);
}

static void check_pair(struct engine *e, struct context *a, struct context *b)
{
	uint32_t *data = pages_alloc(1);
	uint32_t gma = gtt_lend(data, 1), status[3] = {0};

	ring_begin(a);
	ring_begin(b);
	emit_store(a, MI_STORE_DATA_IMM_GGTT, gma, 0xaaaa0001);
	emit_store(b, MI_STORE_DATA_IMM_GGTT, gma + 4, 0xbbbb0002);
	ring_close(a);
	ring_close(b);
	submit(e, a, b);
	tap_ok(wait_events(e, 3, status), "%s reports three events for two contexts", e->name);
	tap_note("status %x, %x, %x", status[0], status[1], status[2]);
	tap_is(status[1] & (CSB_COMPLETE | CSB_SWITCHED), CSB_COMPLETE | CSB_SWITCHED,
	       "%s: the second says that it went on to the next", e->name);
	tap_is(status[2] & (CSB_COMPLETE | CSB_IDLE), CSB_COMPLETE | CSB_IDLE,
	       "%s: the third, that it is complete and idle", e->name);
	tap_ok(data[0] == 0xaaaa0001 && data[1] == 0xbbbb0002, "%s ran both", e->name);
}

/* 10 x 3 pixels of 32 bits at (3, 2), in rows of 128 bytes. */
static void check_fill(struct engine *e, struct context *c)
{
	uint32_t *page = pages_alloc(1), status[2] = {0};
	bool ok = true;

	context_map(c, 2, page);
	ring_begin(c);
	ring_emit(c, XY_COLOR_BLT);
	ring_emit(c, 3u << 24 | 0xf0u << 16 | 128);
	ring_emit(c, 2u << 16 | 3);
	ring_emit(c, 5u << 16 | 13);
	ring_emit(c, (uint32_t)(PPGTT_ADDRESS + 2 * PAGE_SIZE));
	ring_emit(c, (uint32_t)((PPGTT_ADDRESS + 2 * PAGE_SIZE) >> 32));
	ring_emit(c, 0xc0105a1e);
	ring_close(c);
	submit(e, c, NULL);
	ok = wait_events(e, 2, status);
	for (uint32_t i = 0; i < PAGE_SIZE / 4 && ok; i++) {
		uint32_t x = i % 32, y = i / 32;
		bool inside = x >= 3 && x < 13 && y >= 2 && y < 5;

		ok = page[i] == (inside ? 0xc0105a1e : 0);
		if (!ok) {
			tap_note("pixel %u,%u is %08x", x, y, page[i]);
		}
	}
	tap_ok(ok, "%s fills a rectangle, all of it and nothing else", e->name);
}

void check_submission(void)
{
	reg_write(MASTER_IRQ, 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(engines); i++) {
		struct engine *e = &engines[i];
		struct context a, b;

		if (!tap_ok(engine_start(e) && context_make(&a, 1) && context_make(&b, 2),
			    "%s takes a status page, and contexts fit", e->name)) {
			return;
		}
		check_stores(e, &a);
		check_again(e, &a);
		check_pair(e, &a, &b);
		if (e->base == BCS_BASE) {
			check_fill(e, &b);
		}
	}
}
