/* SPDX-License-Identifier: MIT */
/*
 * A running pipe: counters that move, vblank interrupts that can be masked, cleared and taken.
 * PRM SKL vol 12.
 */
#include "checks.h"
#include "display.h"
#include "gpu.h"
#include "tap.h"

#define VBLANK        1u
#define PIPE_A_SOURCE 0x10000u /* in the master register */

static void check_counters(void)
{
	uint64_t start = time_us(), us;
	uint32_t first = reg_read(PIPE_FRMCNT), frames, line, max = 0;
	bool moves = false;

	sleep_us(200000);
	frames = reg_read(PIPE_FRMCNT) - first;
	us = time_us() - start;
	tap_note("%u frames in %lu us", frames, us);
	tap_ok(frames * 1000000ull >= 40 * us && frames * 1000000ull <= 80 * us,
	       "the frame counter counts about 60 frames a second");
	line = reg_read(PIPE_DSL) & 0x1fff;
	for (int i = 0; i < 50; i++) {
		uint32_t now = reg_read(PIPE_DSL) & 0x1fff;

		moves = moves || now != line;
		max = now > max ? now : max;
	}
	tap_ok(moves, "the scanline moves");
	tap_ok(max < DISPLAY_VTOTAL, "the scanline stays below the mode's total");
}

static bool wait_vblank(void)
{
	return reg_wait(PIPE_A_IRQ + IRQ_IIR, VBLANK, VBLANK, VBLANK_US);
}

static void check_vblank_bits(void)
{
	reg_write(PIPE_A_IRQ + IRQ_IER, 0);
	reg_write(PIPE_A_IRQ + IRQ_IMR, ~0u);
	reg_write(PIPE_A_IRQ + IRQ_IIR, ~0u);
	reg_write(PIPE_A_IRQ + IRQ_IIR, ~0u);
	tap_is(reg_read(PIPE_A_IRQ + IRQ_IIR), 0, "the pipe's interrupt bits clear when written 1");
	sleep_us(40000);
	tap_is(reg_read(PIPE_A_IRQ + IRQ_IIR), 0, "a masked vblank sets no bit");
	reg_write(PIPE_A_IRQ + IRQ_IMR, ~VBLANK);
	tap_ok(wait_vblank(), "a vblank that is not masked sets its bit");
	reg_write(PIPE_A_IRQ + IRQ_IIR, ~VBLANK);
	tap_is(reg_read(PIPE_A_IRQ + IRQ_IIR) & VBLANK, VBLANK,
	       "writing 0 to it does not clear the bit");
	tap_is(reg_read(MASTER_IRQ) & PIPE_A_SOURCE, 0, "without its enable bit it is no source");
	reg_write(PIPE_A_IRQ + IRQ_IER, VBLANK);
	tap_is(reg_read(MASTER_IRQ) & PIPE_A_SOURCE, PIPE_A_SOURCE,
	       "with it, the pipe is a source");
	reg_write(PIPE_A_IRQ + IRQ_IMR, ~0u);
	reg_write(PIPE_A_IRQ + IRQ_IIR, VBLANK);
	tap_is(reg_read(PIPE_A_IRQ + IRQ_IIR) & VBLANK, 0, "writing 1 clears the bit");
	tap_is(reg_read(MASTER_IRQ) & PIPE_A_SOURCE, 0, "and the pipe is no source any more");
}

static bool wait_msi(uint32_t more_than)
{
	uint64_t end = time_us() + 2 * VBLANK_US;

	while (cpu_msi_count() <= more_than && time_us() < end) {
		sleep_us(1000);
	}
	return cpu_msi_count() > more_than;
}

/* What an interrupt handler does: master off, serve, master on. */
static uint32_t serve_vblank(void)
{
	uint32_t sources;

	reg_write(MASTER_IRQ, 0);
	sources = reg_read(MASTER_IRQ);
	reg_write(PIPE_A_IRQ + IRQ_IIR, VBLANK);
	reg_write(MASTER_IRQ, MASTER_ENABLE);
	return sources;
}

static void check_msi(void)
{
	uint32_t before, sources;

	if (!tap_ok(msi_enable(true), "MSI can be turned on")) {
		return;
	}
	before = cpu_msi_count();
	reg_write(PIPE_A_IRQ + IRQ_IER, VBLANK);
	reg_write(PIPE_A_IRQ + IRQ_IMR, ~VBLANK);
	tap_ok(wait_vblank() && cpu_msi_count() == before,
	       "no interrupt is taken while the master is off");
	reg_write(MASTER_IRQ, MASTER_ENABLE);
	tap_ok(wait_msi(before), "a vblank interrupt is taken as an MSI");
	before = cpu_msi_count();
	sources = serve_vblank();
	tap_is(sources & ~MASTER_ENABLE, PIPE_A_SOURCE, "the pipe is its only source");
	tap_ok(wait_msi(before), "the next vblank is taken as well");
	reg_write(PIPE_A_IRQ + IRQ_IMR, ~0u);
	serve_vblank();
	sleep_us(1000);
	before = cpu_msi_count();
	sleep_us(50000);
	tap_is(cpu_msi_count(), before, "none is taken once it is masked");
	reg_write(MASTER_IRQ, 0);
	reg_write(PIPE_A_IRQ + IRQ_IER, 0);
	msi_enable(false);
}

void check_display(void)
{
	uint32_t frame;

	if (!gpu.gen9) {
		tap_skip("a running pipe", "not a Skylake");
		return;
	}
	reg_write(MASTER_IRQ, 0);
	frame = reg_read(PIPE_FRMCNT);
	sleep_us(40000);
	tap_is(reg_read(PIPE_FRMCNT), frame, "frames are not counted while the pipe is off");
	if (!tap_ok(display_on(), "the pipe comes on after a mode set")) {
		return;
	}
	check_counters();
	check_vblank_bits();
	check_msi();
	tap_ok(display_off(), "the pipe goes off, and its port idle");
}
