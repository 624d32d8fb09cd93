/* SPDX-License-Identifier: MIT */
/* Contexts, rings and the execlist port.  Nothing here checks; nothing here waits without end. */
#include "submit.h"

#include "gpu.h"

#define CONTEXT_PAGES 22u /* RCS of gen9; more than the others need */
#define RING_PAGES    1u
#define RING_BYTES    (RING_PAGES * PAGE_SIZE)

#define DESC_VALID       0x001u
#define DESC_RESTORE     0x004u
#define DESC_PPGTT_48BIT 0x018u
#define DESC_PRIVILEGE   0x100u
#define PPGTT_RW         3u

#define STATUS_CSB       0x10u /* dwords in the status page */
#define STATUS_CSB_WRITE 0x1fu

/* Dwords of the register state, page 1 of the image: where a value is; its offset is before it. */
#define STATE_HEADER  0x01u
#define STATE_CONTROL 0x03u
#define STATE_HEAD    0x05u
#define STATE_TAIL    0x07u
#define STATE_START   0x09u
#define STATE_CTL     0x0bu
#define STATE_PDP0_HI 0x31u
#define STATE_PDP0_LO 0x33u

#define G2V_NOTIFY    (PVINFO + 0x818)
#define PV_PDP0       (PVINFO + 0x838)
#define G2V_L4_CREATE 4u
#define GDRST_RENDER  2u
#define GDRST_BLITTER 8u

static void status_reset(struct engine *e)
{
	for (uint32_t i = 0; i < 2 * CSB_ENTRIES; i++) {
		e->status[STATUS_CSB + i] = ~0u;
	}
	e->status[STATUS_CSB_WRITE] = CSB_ENTRIES - 1;
	e->events = 0;
	reg_write(e->base + RING_CSB_PTR, 0xffff0505);
}

bool engine_start(struct engine *e)
{
	if (!e->status) {
		e->status = pages_alloc(1);
		e->status_gma = gtt_lend(e->status, 1);
	}
	if (!e->status_gma) {
		return false;
	}
	status_reset(e);
	reg_write(e->base + RING_HWSTAM, ~0u);
	reg_write(e->base + RING_MODE, 0x80008000);
	reg_write(e->base + RING_MI_MODE, 0x01000000);
	reg_write(e->base + RING_HWS_PGA, e->status_gma);
	return reg_read(e->base + RING_HWS_PGA) == e->status_gma;
}

static uint32_t level_index(uint64_t address, unsigned level)
{
	return address >> (12 + 9 * level) & 511;
}

static void ppgtt_make(struct context *c)
{
	uint64_t *tables = pages_alloc(4);

	for (unsigned level = 3; level > 0; level--) {
		uint64_t *here = tables + 512 * (3 - level);

		here[level_index(PPGTT_ADDRESS, level)] = (uintptr_t)(here + 512) | PPGTT_RW;
	}
	c->pml4 = tables;
	c->table = tables + 3 * 512;
	reg_write(PV_PDP0, (uint32_t)(uintptr_t)c->pml4);
	reg_write(PV_PDP0 + 4, 0);
	reg_write(G2V_NOTIFY, G2V_L4_CREATE);
}

static void image_fill(struct context *c)
{
	uint32_t *state = c->image + PAGE_SIZE / 4;

	state[STATE_HEADER] = 0x1100101b;
	state[STATE_CONTROL] = 0x00090009; /* nothing saved yet; inhibit synchronous switch */
	state[STATE_START] = c->ring_gma;
	state[STATE_CTL] = (RING_BYTES - PAGE_SIZE) | 1;
	state[STATE_PDP0_LO] = (uint32_t)(uintptr_t)c->pml4;
}

bool context_make(struct context *c, uint32_t tag)
{
	uint32_t gma;

	c->image = pages_alloc(CONTEXT_PAGES);
	c->ring = pages_alloc(RING_PAGES);
	gma = gtt_lend(c->image, CONTEXT_PAGES);
	c->ring_gma = gtt_lend(c->ring, RING_PAGES);
	c->tail_B = 0;
	c->desc = (uint64_t)tag << 37 | gma | DESC_VALID | DESC_RESTORE | DESC_PPGTT_48BIT |
		  DESC_PRIVILEGE;
	ppgtt_make(c);
	image_fill(c);
	return gma && c->ring_gma;
}

void context_map(struct context *c, uint32_t index, const void *ram)
{
	c->table[(level_index(PPGTT_ADDRESS, 0) + index) & 511] = (uintptr_t)ram | PPGTT_RW;
}

void ring_begin(struct context *c)
{
	if (RING_BYTES - c->tail_B < REQUEST_BYTES) {
		while (c->tail_B) {
			ring_emit(c, MI_NOOP);
		}
	}
}

void ring_emit(struct context *c, uint32_t dword)
{
	c->ring[c->tail_B / 4] = dword;
	c->tail_B = (c->tail_B + 4) % RING_BYTES;
}

void ring_close(struct context *c)
{
	while (c->tail_B % 8) {
		ring_emit(c, MI_NOOP);
	}
	c->image[PAGE_SIZE / 4 + STATE_TAIL] = c->tail_B;
}

void submit(const struct engine *e, const struct context *a, const struct context *b)
{
	uint64_t second = b ? b->desc : 0;

	reg_write(e->base + RING_ELSP, (uint32_t)(second >> 32));
	reg_write(e->base + RING_ELSP, (uint32_t)second);
	reg_write(e->base + RING_ELSP, (uint32_t)(a->desc >> 32));
	reg_write(e->base + RING_ELSP, (uint32_t)a->desc);
}

bool wait_events(struct engine *e, uint32_t nr, uint32_t *status)
{
	uint64_t end = time_us() + SUBMIT_US;
	uint32_t last = (e->events + nr + CSB_ENTRIES - 1) % CSB_ENTRIES;
	uint64_t at = (uintptr_t)&e->status[STATUS_CSB_WRITE];

	while (read32(at) != last) {
		if (time_us() > end) {
			return false;
		}
		sleep_us(200);
	}
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t entry = e->events++ % CSB_ENTRIES;

		status[i] = read32((uintptr_t)&e->status[STATUS_CSB + 2 * entry]);
	}
	return true;
}

bool engine_recover(struct engine *e)
{
	uint32_t domain = e->base == RCS_BASE ? GDRST_RENDER : GDRST_BLITTER;
	bool ok;

	reg_write(e->base + RING_MI_MODE, 0x01000100);
	reg_wait(e->base + RING_MI_MODE, 0x200, 0x200, 100000);
	reg_write(e->base + RING_RESET_CTL, 0x00010001);
	ok = reg_wait(e->base + RING_RESET_CTL, 2, 2, 100000);
	reg_write(GDRST, domain);
	ok = reg_wait(GDRST, domain, 0, 100000) && ok;
	reg_write(e->base + RING_RESET_CTL, 0x00010000);
	return engine_start(e) && ok;
}
