/* SPDX-License-Identifier: MIT */
/*
 * Registers whose bits mean something: constants, masked writes, write-one-to-clear, status that
 * follows a request, handshakes.  PRM SKL vol 2c (registers), vol 12 (display), guest-visible
 * behaviour as i915 awaits it.
 */
#include "checks.h"
#include "gpu.h"
#include "tap.h"

#define WAIT_US 20000u

#define FPGA_DBG        0x42300u
#define DFSM            0x51000u
#define FUSE2           0x09120u
#define GUC_STATUS      0x0c000u
#define SDE_ISR         0xc4000u
#define PWR_WELL_BIOS   0x45400u
#define PWR_WELL_DRIVER 0x45404u
#define DBUF_CTL        0x45008u
#define LCPLL1_CTL      0x46010u
#define LCPLL2_CTL      0x46014u
#define DPLL_STATUS     0x6c060u
#define PCODE_MAILBOX   0x138124u
#define PCODE_DATA0     0x138128u
#define PCODE_DATA1     0x13812cu
#define PCODE_BUSY      0x80000000u
#define AUX_CTL_B       0x64110u
#define AUX_BUSY        0x80000000u
#define AUX_DONE        0x40000000u
#define AUX_TIMEOUT     0x10000000u
#define AUX_ERROR       0x02000000u
#define GPIO_E          0xc5020u

/*
 * Fuses in pages with nothing else to trap (0x9120, 0xc000) are the guest's own to overwrite: a
 * write there costs no exit, and what it reads afterwards is its own affair.
 */
static void check_constants(void)
{
	static const uint32_t offs[] = {DFSM, DPLL_STATUS, SDE_ISR};
	bool ok = true;

	for (uint32_t i = 0; i < ARRAY_SIZE(offs); i++) {
		uint32_t before = reg_read(offs[i]);

		reg_write(offs[i], ~before);
		if (reg_read(offs[i]) != before) {
			tap_note("%05x was %08x, is %08x", offs[i], before, reg_read(offs[i]));
			ok = false;
		}
	}
	tap_ok(ok, "fuses and status registers stay as they are when written");
	tap_is(reg_read(GUC_STATUS) & 1, 1, "the GuC is held in reset");
	tap_ok(reg_read(FUSE2) >> 25 & 7, "a slice is there");
	reg_write(FPGA_DBG, 0x80000000u);
	tap_is(reg_read(FPGA_DBG) >> 31, 0, "no register access counts as unclaimed");
}

static void check_masked(void)
{
	static const uint32_t offs[] = {0x20d4, 0x20e0, 0x7000, 0x7004, 0xe184, RCS_BASE + 0xc0};
	bool ok = true;

	for (uint32_t i = 0; i < ARRAY_SIZE(offs); i++) {
		uint32_t before = reg_read(offs[i]), none, some, all;

		reg_write(offs[i], 0x0000ffff);
		none = reg_read(offs[i]);
		reg_write(offs[i], 0xffff0000);
		reg_write(offs[i], 0x00ff55aa);
		some = reg_read(offs[i]);
		reg_write(offs[i], 0xffff1234);
		all = reg_read(offs[i]);
		reg_write(offs[i], 0xffff0000 | before);
		if (none != before || some != 0x00aa || all != 0x1234) {
			tap_note("%05x: %08x, then %08x %08x %08x", offs[i], before, none, some,
				 all);
			ok = false;
		}
	}
	tap_ok(ok, "a masked register takes the bits whose upper twin is written 1");
	reg_write(0x4ddc, 0x88001234);
	tap_is(reg_read(0x4ddc), 0x88001234, "a register that is not masked takes all 32 bits");
	reg_write(0x4ddc, 0);
}

/* Wells of gen9: miscellaneous I/O, DDI A/E, B, C, D, power wells 1 and 2. */
static void check_power_wells(void)
{
	static const uint32_t wells[] = {0, 1, 2, 3, 4, 14, 15};
	uint32_t before = reg_read(PWR_WELL_DRIVER);
	bool on = true, off = true, shared;

	for (uint32_t i = 0; i < ARRAY_SIZE(wells); i++) {
		uint32_t request = 2u << 2 * wells[i], state = 1u << 2 * wells[i];

		reg_write(PWR_WELL_DRIVER, reg_read(PWR_WELL_DRIVER) | request);
		on = reg_wait(PWR_WELL_DRIVER, state, state, WAIT_US) && on;
		reg_write(PWR_WELL_DRIVER, reg_read(PWR_WELL_DRIVER) & ~request);
		off = reg_wait(PWR_WELL_DRIVER, state, 0, WAIT_US) && off;
	}
	tap_ok(on, "a power well is on when requested");
	tap_ok(off, "a power well is off when nobody requests it");
	reg_write(PWR_WELL_BIOS, 2);
	shared = reg_wait(PWR_WELL_DRIVER, 1, 1, WAIT_US);
	reg_write(PWR_WELL_BIOS, 0);
	tap_ok(shared, "the firmware's request alone keeps a power well on");
	reg_write(PWR_WELL_DRIVER, before & 0xaaaaaaaau);
}

static void check_clocks(void)
{
	uint32_t before = reg_read(LCPLL2_CTL);

	tap_ok(reg_wait(LCPLL1_CTL, 0xc0000000u, 0xc0000000u, WAIT_US),
	       "DPLL 0 runs from the start");
	reg_write(LCPLL2_CTL, 0x80000000u);
	tap_ok(reg_wait(DPLL_STATUS, 0x100, 0x100, WAIT_US), "DPLL 1 locks when enabled");
	reg_write(LCPLL2_CTL, 0);
	tap_ok(reg_wait(DPLL_STATUS, 0x100, 0, WAIT_US), "DPLL 1 loses its lock when disabled");
	reg_write(LCPLL2_CTL, before & 0x80000000u);
	reg_write(DBUF_CTL, 0x80000000u);
	tap_ok(reg_wait(DBUF_CTL, 0x40000000u, 0x40000000u, WAIT_US),
	       "the display buffer is powered when requested");
}

static bool pcode(uint32_t command, uint32_t *data0, uint32_t *data1)
{
	if (!reg_wait(PCODE_MAILBOX, PCODE_BUSY, 0, WAIT_US)) {
		return false;
	}
	reg_write(PCODE_DATA0, *data0);
	reg_write(PCODE_DATA1, *data1);
	reg_write(PCODE_MAILBOX, PCODE_BUSY | command);
	if (!reg_wait(PCODE_MAILBOX, PCODE_BUSY, 0, WAIT_US)) {
		return false;
	}
	*data0 = reg_read(PCODE_DATA0);
	*data1 = reg_read(PCODE_DATA1);
	return (reg_read(PCODE_MAILBOX) & 0xff) == 0;
}

static void check_pcode(void)
{
	uint32_t lo = 3, hi = 0;

	tap_ok(pcode(0x07, &lo, &hi), "the power controller answers");
	tap_is(lo & 1, 1, "it is ready for a change of the display clock");
	lo = 0;
	tap_ok(pcode(0x21, &lo, &hi) && (lo & 1), "it lets SAGV be disabled");
	lo = 0;
	hi = 0;
	tap_ok(pcode(0x06, &lo, &hi) && (lo & 0xff), "it names memory latencies");
	tap_ok((lo & 0xff) <= (lo >> 8 & 0xff) && (lo >> 8 & 0xff) <= (lo >> 16 & 0xff) &&
		   (lo >> 16 & 0xff) <= lo >> 24,
	       "the latencies do not fall from level to level");
}

static void check_aux(void)
{
	uint32_t status;

	reg_write(AUX_CTL_B + 4, 0x90000000u); /* native read of DPCD 0, one byte */
	reg_write(AUX_CTL_B, AUX_BUSY | AUX_DONE | AUX_TIMEOUT | AUX_ERROR | 4u << 20);
	tap_ok(reg_wait(AUX_CTL_B, AUX_BUSY, 0, WAIT_US), "an AUX transfer ends");
	status = reg_read(AUX_CTL_B);
	tap_ok(status & (AUX_DONE | AUX_TIMEOUT | AUX_ERROR), "and says how");
	reg_write(AUX_CTL_B, AUX_DONE | AUX_TIMEOUT | AUX_ERROR);
	tap_is(reg_read(AUX_CTL_B) & (AUX_DONE | AUX_TIMEOUT | AUX_ERROR), 0,
	       "its status bits clear when written 1");
}

static void check_tlb(void)
{
	static const uint32_t offs[] = {0x4260, 0x4264, 0x4268, 0x426c, 0x4270};
	bool ok = true;

	for (uint32_t i = 0; i < ARRAY_SIZE(offs); i++) {
		reg_write(offs[i], 1);
		ok = reg_wait(offs[i], 1, 0, WAIT_US) && ok;
	}
	tap_ok(ok, "a TLB invalidation ends");
}

void check_registers(void)
{
	check_constants();
	check_masked();
	check_tlb();
	reg_write(GPIO_E, 0);
	tap_is(reg_read(GPIO_E) & 0x1010, 0x1010, "GPIO lines that nobody drives are pulled up");
	if (!gpu.gen9) {
		tap_skip("power wells, clocks, power controller, AUX of Skylake", "not a Skylake");
		return;
	}
	check_power_wells();
	check_clocks();
	check_pcode();
	check_aux();
}

static bool engine_resets(uint32_t base)
{
	bool ok;

	reg_write(base + RING_MI_MODE, 0x01000100);
	ok = reg_wait(base + RING_MI_MODE, 0x300, 0x300, WAIT_US);
	reg_write(base + RING_RESET_CTL, 0x00010001);
	ok = reg_wait(base + RING_RESET_CTL, 2, 2, WAIT_US) && ok;
	reg_write(base + RING_RESET_CTL, 0x00010000);
	ok = reg_wait(base + RING_RESET_CTL, 1, 0, WAIT_US) && ok;
	reg_write(base + RING_MI_MODE, 0x01000000);
	return ok && reg_wait(base + RING_MI_MODE, 0x300, 0x200, WAIT_US);
}

static void check_timestamp(void)
{
	uint64_t start = time_us(), us;
	uint32_t first = reg_read(RCS_BASE + RING_TIMESTAMP), ticks;

	sleep_us(50000);
	ticks = reg_read(RCS_BASE + RING_TIMESTAMP) - first;
	us = time_us() - start;
	tap_note("%u ticks of the command streamer's clock in %lu us", ticks, us);
	tap_ok(ticks > 9 * us && ticks < 16 * us, "the command streamer's clock runs at 12 MHz");
}

void check_engines(void)
{
	static const uint32_t bases[] = {RCS_BASE, BCS_BASE, VCS_BASE, VECS_BASE};
	static const uint32_t domains[] = {1, 2, 4, 8, 16, 1};
	bool idle = true, resets = true, gdrst = true, pointer = true, errors = true;

	for (uint32_t i = 0; i < ARRAY_SIZE(bases); i++) {
		idle = (reg_read(bases[i] + RING_MI_MODE) & 0x200) && idle;
		resets = engine_resets(bases[i]) && resets;
		reg_write(bases[i] + RING_CSB_PTR, 0xffff0505);
		pointer = reg_read(bases[i] + RING_CSB_PTR) == 0x505 && pointer;
		reg_write(bases[i] + RING_EIR, ~0u);
		errors = reg_read(bases[i] + RING_EIR) == 0 && reg_read(bases[i] + RING_ESR) == 0 &&
			 errors;
	}
	tap_ok(idle, "every engine is idle at the start");
	tap_ok(resets, "every engine stops, gets ready for reset and runs again");
	tap_ok(pointer, "the status buffer's pointers take a masked write");
	tap_ok(errors, "error registers clear when written 1, and show none");
	for (uint32_t i = 0; i < ARRAY_SIZE(domains); i++) {
		reg_write(GDRST, domains[i]);
		gdrst = reg_wait(GDRST, domains[i], 0, WAIT_US) && gdrst;
	}
	tap_ok(gdrst, "a reset of each domain ends");
	check_timestamp();
}
