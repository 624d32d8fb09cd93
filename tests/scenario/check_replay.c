/* SPDX-License-Identifier: MIT */
/*
 * Replays what the real driver did, register by register, and holds each value it reads against
 * the recording.  Engine events are raised as recorded, for the trace has no guest memory; what
 * changes by itself is listed below and not compared.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_fixture.h"
#include "xengt/log.h"
#include "test_run.h"

static struct vgpu_fixture x;

static void w32(uint32_t off, uint32_t val)
{
	vgpu_fixture_w32(&x, off, val);
}

static void setup(void)
{
	struct gt_options o;

	gt_options_init(&o);
	o.high_gm_MiB = 64;
	gt_log_configure("error");
	vgpu_fixture_init_with(&x, &o);
	vgpu_fixture_enable(&x);
}

static void teardown(void)
{
	vgpu_fixture_finish(&x);
}

/* Registers whose value depends on time, on the monitor, or on guest memory we do not have. */
static const struct {
	uint32_t off, mask;
	const char *why;
} not_compared[] = {
	{ 0x78010, 0xc, "VGT_CAPS: huge GTT pages are not offered" },
	{ 0x46000, 0, "CDCLK_CTL: firmware left another value" },
	{ 0x46014, ~GT_BIT(30), "LCPLL2_CTL: only LCPLL1 shows its lock here" },
	{ 0x138128, 1, "PCODE_DATA0: memory latencies differ" },
	{ 0x70000, 0, "PIPE_SCANLINE: time" },
	{ 0x70040, 0, "PIPE_FRMCNT: time" },
	{ 0x023a0, 0, "CONTEXT_STATUS_PTR: events are raised without the engine" },
	{ 0x223a0, 0, "CONTEXT_STATUS_PTR" },
	{ 0x123a0, 0, "CONTEXT_STATUS_PTR" },
	{ 0x1a3a0, 0, "CONTEXT_STATUS_PTR" },
	{ 0x02080, 0, "RING_HWS_PGA: the recording skips the write" },
	{ 0xc510c, 0, "GMBUS3: another monitor's EDID" },
};

static uint32_t compare_mask(uint32_t off)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(not_compared); i++) {
		if (not_compared[i].off == off) {
			return not_compared[i].mask;
		}
	}
	return ~0u;
}

static enum gt_engine engine_at(uint32_t base)
{
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		if (gt_engine_base[e] == base) {
			return (enum gt_engine)e;
		}
	}
	ck_abort_msg("no engine at 0x%x", base);
	return GT_RCS;
}

static void replay_read(unsigned line, uint32_t off, uint64_t recorded)
{
	unsigned size = off == 0x78000 ? 8 : off == 0x78008 ? 2 : 4;
	uint64_t val = gt_vgpu_bar_read(x.v, GT_BAR_MMIO, off, size);

	if (size == 4) {
		recorded &= compare_mask(off);
		val &= compare_mask(off);
	}
	ck_assert_msg(val == recorded, "line %u: 0x%06x reads 0x%llx, recorded 0x%llx", line, off,
		      (unsigned long long)val, (unsigned long long)recorded);
}

static void replay_line(unsigned line, char what, uint32_t off, uint64_t val)
{
	switch (what) {
	case 'R':
		replay_read(line, off, val);
		break;
	case 'W':
		w32(off, (uint32_t)val);
		break;
	case 'C':
		gt_irq_raise_engine(x.v, engine_at(off), GT_IRQ_CONTEXT_SWITCH);
		break;
	case 'U':
		gt_irq_raise_engine(x.v, engine_at(off), GT_IRQ_USER);
		break;
	case 'I':
		if (val & 0x10000) {
			gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
		}
		break;
	default: /* K: the PC's firmware and PCI core, tested in check_pci */
		break;
	}
}

START_TEST(the_driver_reads_what_it_read_when_recorded)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], text[256];
	unsigned line = 0, nr_reads = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/scenario/skl-6.1-boot.trace", srcdir ? srcdir : ".");
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	while (fgets(text, sizeof(text), f)) {
		char what;
		unsigned off;
		unsigned long long val = 0;

		line++;
		if (text[0] != '#' && sscanf(text, "%c %x %llx", &what, &off, &val) >= 2) {
			x.guest->clock_ns += 1000;
			replay_line(line, what, off, val);
			nr_reads += what == 'R';
		}
	}
	fclose(f);
	ck_assert_uint_gt(nr_reads, 600);
	ck_assert_uint_eq(x.v->events.count[GT_EV_unknown_register], 0);
	ck_assert(x.v->display.driver_ready);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("replay");
	TCase *tc = tcase_create("replay");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_driver_reads_what_it_read_when_recorded);
	suite_add_tcase(s, tc);
	return test_run(s);
}
