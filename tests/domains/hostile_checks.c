/* SPDX-License-Identifier: MIT */
/*
 * What a guest must not do, done.  The vGPU may answer as it likes; it must go on answering, serve
 * honest work after a reset, and leave everybody else alone: that the domain comes to its end is
 * the check, and Dom0 looks at the rest.  Runs last: registers hold nonsense afterwards.
 */
#include "checks.h"
#include "display.h"
#include "gpu.h"
#include "submit.h"
#include "tap.h"

#define NR_RANDOM 300u

static struct engine rcs = {.name = "RCS", .base = RCS_BASE, .shift = 0, .master = 1};
static uint32_t seed = 0xbad5eed;

static uint32_t random32(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed ^ seed >> 15;
}

static bool alive(void)
{
	return reg_read(PVINFO) == 0x76544776;
}

/* A store that must be made: the vGPU still does honest work. */
static bool works(void)
{
	uint32_t *data = pages_alloc(1), status[2];
	struct context c;
	uint32_t gma = gtt_lend(data, 1);

	if (!gma || !engine_recover(&rcs) || !context_make(&c, 9)) {
		return false;
	}
	ring_emit(&c, MI_STORE_DATA_IMM_GGTT);
	ring_emit(&c, gma);
	ring_emit(&c, 0);
	ring_emit(&c, 0x600d600d);
	ring_close(&c);
	submit(&rcs, &c, NULL);
	return wait_events(&rcs, 2, status) && data[0] == 0x600d600d;
}

static void survive(const char *what)
{
	tap_ok(alive() && works(), "the vGPU survives %s", what);
}

static void bad_descriptors(void)
{
	static const uint64_t descs[] = {
	    0x00000020fffff11d, /* in the last page there is */
	    0x0000002000000000, /* not valid */
	    0x000000203ffff119, /* its state lies beyond a GGTT of 1 GiB */
	    0xffffffffffffffff,
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(descs); i++) {
		struct context c = {.desc = descs[i]};

		submit(&rcs, &c, NULL);
		submit(&rcs, &c, &c);
		sleep_us(2000);
	}
	reg_write(RCS_BASE + RING_ELSP, 1); /* and one that never gets whole */
}

static void bad_ring(void)
{
	struct context c;
	uint32_t *state;

	if (!context_make(&c, 3)) {
		return;
	}
	for (uint32_t i = 0; i < 1000; i++) {
		ring_emit(&c, random32());
	}
	ring_close(&c);
	submit(&rcs, &c, NULL);
	sleep_us(20000);
	engine_recover(&rcs);
	state = c.image + PAGE_SIZE / 4;
	state[7] = 0xfffffff8;  /* tail beyond the ring */
	state[9] = 0xfffff000;  /* ring beyond the GGTT */
	state[11] = 0xffffffff; /* ring of any size */
	submit(&rcs, &c, NULL);
	sleep_us(20000);
}

static void endless_batch(void)
{
	struct context c;
	uint32_t *batch = pages_alloc(1);

	if (!context_make(&c, 4)) {
		return;
	}
	context_map(&c, 0, batch);
	batch[0] = MI_BATCH_BUFFER_START;
	batch[1] = (uint32_t)PPGTT_ADDRESS;
	batch[2] = (uint32_t)(PPGTT_ADDRESS >> 32);
	ring_emit(&c, MI_BATCH_BUFFER_START);
	ring_emit(&c, batch[1]);
	ring_emit(&c, batch[2]);
	ring_close(&c);
	submit(&rcs, &c, NULL);
	sleep_us(100000);
}

/* Tables that name themselves, and pages that are no RAM. */
static void bad_tables(void)
{
	struct context c;

	if (!context_make(&c, 5)) {
		return;
	}
	c.pml4[PPGTT_ADDRESS >> 39 & 511] = (uintptr_t)c.pml4 | 3;
	c.pml4[PPGTT_ADDRESS >> 30 & 511] = 0x7ffffff003;
	for (uint32_t i = 0; i < 4; i++) {
		ring_emit(&c, MI_STORE_DATA_IMM);
		ring_emit(&c, (uint32_t)PPGTT_ADDRESS + 0x40000000 * i);
		ring_emit(&c, (uint32_t)(PPGTT_ADDRESS >> 32) + 0x1000 * i);
		ring_emit(&c, 0xdead);
	}
	ring_close(&c);
	submit(&rcs, &c, NULL);
	sleep_us(20000);
}

static void bad_entries(void)
{
	static const uint64_t entries[] = {0x7ffffff001, 0xfffffffffffff001, 0xfee00001,
					   0xfffffffffffffffe, 0xf0000001};
	uint32_t gma = gpu.map_base + PAGE_SIZE;

	for (uint32_t i = 0; i < ARRAY_SIZE(entries) && gpu.map_size > PAGE_SIZE; i++) {
		write64(gpu.mmio + GTT_OFFSET + gma / PAGE_SIZE * 8, entries[i]);
		gtt_flush();
		write32(gpu.aperture + gma, 0xdead);
		read64(gpu.aperture + gma + PAGE_SIZE - 4);
	}
	/* entries and apertures that are not ours, to the very last */
	write64(gpu.mmio + GTT_OFFSET, 0x1001);
	write64(gpu.mmio + 0xfffff8, 0x1001);
	write64(gpu.aperture + gpu.aperture_size - 8, ~0ull);
	gtt_flush();
}

static void bad_plane(void)
{
	if (!display_on()) {
		return;
	}
	for (uint32_t i = 0; i < 4; i++) {
		reg_write(PLANE_STRIDE, i & 1 ? 0x3ff : 0);
		reg_write(PLANE_SIZE, 0x1fff1fff >> i);
		reg_write(PLANE_OFFSET, 0x1fff1fff);
		reg_write(PLANE_POS, i & 2 ? 0x1fff1fff : 0);
		reg_write(PLANE_CTL, 0x84000000u | i << 10);
		reg_write(PLANE_SURF,
			  i & 1 ? 0xfffff000 : gpu.unmap_base + gpu.unmap_size - PAGE_SIZE);
		display_wait_frame();
	}
	reg_write(0x60000, 0); /* no lines, no columns */
	reg_write(0x6000c, 0);
	display_wait_frame();
	reg_read(PIPE_DSL);
	display_off();
}

/* Where drivers write, and anywhere; the function's own answer to the master interrupt is off. */
static void random_writes(void)
{
	static const uint32_t pages[] = {0x2000,  0x4000,  0x44000, 0x45000, 0x46000, 0x60000,
					 0x64000, 0x70000, 0x78000, 0xc4000, 0xc5000, 0x22000};

	for (uint32_t i = 0; i < NR_RANDOM; i++) {
		uint32_t at = pages[random32() % ARRAY_SIZE(pages)] + random32() % 0xffd;

		if (i % 4 == 0) {
			at = random32() % 0x1ffff8;
		}
		switch (random32() % 3) {
		case 0:
			write8(gpu.mmio + at, (uint8_t)random32());
			break;
		case 1:
			write32(gpu.mmio + at, random32());
			break;
		default:
			write64(gpu.mmio + at, (uint64_t)random32() << 32 | random32());
			break;
		}
	}
	reg_write(MASTER_IRQ, 0);
}

void check_hostile(void)
{
	if (!tap_ok(engine_start(&rcs) && works(), "an engine works before anything bad is done")) {
		return;
	}
	bad_descriptors();
	survive("descriptors of contexts that are not there");
	bad_ring();
	survive("a ring of random commands, and one out of bounds");
	endless_batch();
	survive("a batch that jumps to itself");
	bad_tables();
	survive("page tables that name themselves or no RAM");
	bad_entries();
	survive("GGTT entries that name no RAM or are not ours");
	if (gpu.gen9) {
		bad_plane();
		survive("planes out of all bounds, and a mode without lines");
	}
	random_writes();
	tap_ok(alive(), "the vGPU still answers after random writes to its registers");
}
