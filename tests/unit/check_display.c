/* SPDX-License-Identifier: MIT */
/* Rows of the display, and pipes and planes against a clock set by hand. */
#include <check.h>
#include <stdlib.h>

#include "test_registers.h"
#include "test_run.h"

enum {
	PIPE_CONF = 0x70008,
	SCANLINE = 0x70000,
	FRMCNT = 0x70040,
	FRMTMSTMP = 0x70048,
	PLANE_CTL = 0x70180,
	PLANE_STRIDE = 0x70188,
	PLANE_SIZE = 0x70190,
	PLANE_SURF = 0x7019c,
	PLANE_SURFLIVE = 0x701ac,
	CUR_CTL = 0x70080,
	CUR_BASE = 0x70084,
	CUR_POS = 0x70088,
	CUR_SURFLIVE = 0x700ac,
	PIPE_IMR = 0x44404,
	PIPE_IIR = 0x44408,
	PIPE_IER = 0x4440c,
	MASTER_IRQ = 0x44200,
};

#define ENABLE	      0x80000000u
#define STATE	      0x40000000u
#define FLIP_DONE_1   0x8u
#define PIPE_DISTANCE 0x1000u

/* 1024x768 at 65 MHz, as i915 programs it. */
static void program_mode(void)
{
	w(0x6c058, 0x845);
	w(0x6c040, 0x802aab7b);
	w(0x6c044, 0x7a4);
	w(0x46014, ENABLE);
	w(0x6c05c, 0x68018);
	w(0x60000, 0x053f03ff);
	w(0x6000c, 0x032502ff);
	w(0x6001c, 0x03ff02ff);
	w(0x60400, 0x91000000);
}

static void pipe_on(void)
{
	program_mode();
	w(PIPE_CONF, ENABLE);
}

#define HTOTAL	 1344u
#define VTOTAL	 806u
#define VDISPLAY 768u
#define FRAME_NS UINT64_C(16665600) /* 1344 * 806 / 65 MHz, and 0.6 ns */

static const struct gt_pipe *pipe_a(void)
{
	return &fx.v->display.pipe[0];
}

static void advance(uint64_t ns)
{
	fx.guest->clock_ns += ns;
}

/* Interrupts on as i915 has them; @imr masks. */
static void enable_irqs(uint32_t imr)
{
	gt_vgpu_config_write(fx.v, 4, 2, 6);
	gt_vgpu_config_write(fx.v, 0xae, 2, 1);
	w(PIPE_IER, 0x90000f89);
	w(PIPE_IMR, imr);
	w(MASTER_IRQ, ENABLE);
}

/* --- rows ----------------------------------------------------------------------------------- */

/* Display registers that i915 touched on the way to a console, as recorded from a real boot. */
static const uint32_t recorded[] = {
	0x41000, 0x42000, 0x42080, 0x420c0, 0x42300, 0x43224, 0x45000, 0x45004, 0x45008, 0x45270,
	0x45400, 0x45404, 0x45504, 0x46000, 0x46010, 0x46014, 0x46040, 0x46060, 0x46140, 0x46408,
	0x46430, 0x49028, 0x4a480, 0x4f060, 0x51000, 0x60000, 0x60004, 0x60008, 0x6000c, 0x60010,
	0x60014, 0x6001c, 0x60028, 0x6002c, 0x60050, 0x60200, 0x60400, 0x64100, 0x64834, 0x64838,
	0x64ea8, 0x64eac, 0x650c0, 0x65900, 0x68170, 0x68174, 0x68180, 0x68270, 0x68274, 0x68280,
	0x6c00c, 0x6c040, 0x6c044, 0x6c058, 0x6c05c, 0x6c060, 0x6f400, 0x70000, 0x70008, 0x70030,
	0x70034, 0x70040, 0x70080, 0x70084, 0x70088, 0x700a0, 0x70140, 0x7015c, 0x70168, 0x7017c,
	0x70180, 0x70188, 0x7018c, 0x70190, 0x70194, 0x70198, 0x7019c, 0x701a0, 0x701a4, 0x701c0,
	0x701c4, 0x70240, 0x7025c, 0x70268, 0x70278, 0x7027c, 0x70280, 0x7029c, 0x70340, 0x7035c,
	0x70368, 0x70378, 0x7037c, 0xc2020, 0xc4030, 0xc403c, 0xc5100, 0xc5104, 0xc5108, 0xc510c,
	0xc5110, 0xc6204, 0x138124, 0x138128, 0x13812c, 0x145000, 0x14500c, 0x145010, 0x145998,
	0x145e04,
};

START_TEST(every_register_i915_touches_has_a_row)
{
	uint32_t inst;

	for (size_t i = 0; i < GT_ARRAY_SIZE(recorded); i++) {
		ck_assert_msg(gt_regs_find(fx.v, recorded[i], &inst) != NULL, "0x%x", recorded[i]);
	}
}
END_TEST

START_TEST(the_other_pipes_have_the_same_rows)
{
	uint32_t inst;

	for (size_t i = 0; i < GT_ARRAY_SIZE(recorded); i++) {
		bool per_pipe = recorded[i] >> 12 == 0x60 || recorded[i] >> 12 == 0x70;

		for (uint32_t pipe = 1; per_pipe && pipe < GT_MAX_PIPES; pipe++) {
			ck_assert_ptr_nonnull(gt_regs_find(
				fx.v, recorded[i] + pipe * PIPE_DISTANCE, &inst));
		}
	}
}
END_TEST

START_TEST(only_pages_that_change_by_themselves_are_trapped)
{
	enum gt_page_class classes[GT_NR_REG_PAGES];

	gt_regs_page_classes(GT_SKL, classes);
	for (uint32_t page = 0x41; page < GT_NR_REG_PAGES; page++) {
		/* Palettes, planes, GMBUS, and the GT's page of forcewake's acknowledgement. */
		bool expected = (page >= 0x70 && page <= 0x72) || page == 0x4a || page == 0x4b ||
				page == 0xc5 || page == 0x130;

		ck_assert_msg((classes[page] == GT_PAGE_TRAPPED) == expected, "page 0x%x", page);
	}
}
END_TEST

/* --- time ----------------------------------------------------------------------------------- */

START_TEST(the_refresh_rate_is_that_of_the_programmed_clock)
{
	pipe_on();
	ck_assert_uint_eq(r(PIPE_CONF), ENABLE | STATE);
	ck_assert_uint_eq(pipe_a()->frame_ns, FRAME_NS + 1);
	w(PIPE_CONF, 0);
	ck_assert_uint_eq(r(PIPE_CONF), 0);
}
END_TEST

START_TEST(timings_no_monitor_could_show_are_shown_at_60_hz)
{
	static const uint32_t odd[] = { 0, 0xffffffff, 0x00010000, 0x1fff1fff, 0x00000005 };

	for (size_t i = 0; i < GT_ARRAY_SIZE(odd); i++) {
		for (size_t j = 0; j < GT_ARRAY_SIZE(odd); j++) {
			w(PIPE_CONF, 0);
			program_mode();
			w(0x60000, odd[i]);
			w(0x6000c, odd[j]);
			w(PIPE_CONF, ENABLE);
			const struct gt_pipe *p = pipe_a();

			ck_assert_uint_ge(p->frame_ns, 1000000);
			ck_assert_uint_le(p->frame_ns, 1000000000);
			ck_assert(p->htotal >= 1 && p->htotal <= 8192);
			ck_assert(p->vtotal >= 1 && p->vtotal <= 8192);
			for (unsigned n = 0; n < 100; n++) {
				uint32_t before = r(FRMCNT);

				ck_assert_uint_lt(r(SCANLINE), p->vtotal);
				advance(p->frame_ns);
				ck_assert_uint_eq(r(FRMCNT), before + 1);
			}
		}
	}
}
END_TEST

START_TEST(every_pll_setting_gives_a_frame_of_sane_length)
{
	uint64_t seed = 5;

	for (unsigned n = 0; n < 20000; n++) {
		w(PIPE_CONF, 0);
		program_mode();
		w(0x6c040, test_random(&seed));
		w(0x6c044, test_random(&seed));
		w(0x6c05c, test_random(&seed));
		w(0x60400, ENABLE | test_random(&seed));
		w(PIPE_CONF, ENABLE);
		ck_assert_uint_ge(pipe_a()->frame_ns, 1000000);
		ck_assert_uint_le(pipe_a()->frame_ns, 1000000000);
	}
}
END_TEST

/* The line the driver thinks of: it adds two on HDMI and DVI. */
static uint32_t driver_line(void)
{
	return (r(SCANLINE) + 2) % VTOTAL;
}

START_TEST(the_frame_counter_steps_when_vblank_begins)
{
	pipe_on();
	uint32_t frame = r(FRMCNT), line = driver_line();

	ck_assert_uint_eq(line, 0);
	for (unsigned n = 0; n < 40000; n++) {
		bool was_active = line < VDISPLAY;

		advance(9973);
		uint32_t now = r(FRMCNT), now_line = driver_line();
		bool begins = was_active && now_line >= VDISPLAY;

		ck_assert_uint_eq(now, frame + begins);
		ck_assert(now_line >= line || (line >= VDISPLAY && now_line < VDISPLAY));
		frame = now;
		line = now_line;
	}
	ck_assert_uint_gt(frame, 20);
}
END_TEST

START_TEST(the_time_stamp_is_that_of_the_last_vblank)
{
	pipe_on();
	ck_assert_uint_eq(r(FRMTMSTMP), 0);
	for (unsigned n = 0; n < 100; n++) {
		uint32_t frame = r(FRMCNT);

		while (r(FRMCNT) == frame) {
			advance(50000);
		}
		uint32_t now_us = (uint32_t)(fx.guest->clock_ns / 1000);

		ck_assert_uint_le(r(FRMTMSTMP), now_us);
		ck_assert_uint_ge(r(FRMTMSTMP) + 51, now_us);
		advance(9000000);
		ck_assert_uint_ge(r(FRMTMSTMP) + 51, now_us);
		ck_assert_uint_le(r(FRMTMSTMP), now_us);
	}
	w(PIPE_CONF, 0);
	ck_assert_uint_eq(r(FRMTMSTMP), 0);
}
END_TEST

START_TEST(a_head_is_the_pipe_that_feeds_its_port)
{
	struct gt_options o;
	unsigned pipe = 7;

	vgpu_fixture_finish(&fx);
	gt_options_init(&o);
	o.nr_heads = 3;
	vgpu_fixture_init_with(&fx, &o);
	ck_assert(!gt_head_pipe(fx.v, 0, &pipe));
	w(0x60400 + 2 * PIPE_DISTANCE, 0x91000000); /* DDI B by pipe C */
	w(PIPE_CONF + 2 * PIPE_DISTANCE, ENABLE);
	ck_assert(gt_head_pipe(fx.v, 0, &pipe));
	ck_assert_uint_eq(pipe, 2);
	ck_assert(!gt_head_pipe(fx.v, 2, &pipe));
	w(0x60400, 0xb1000000); /* DDI D by pipe A */
	w(PIPE_CONF, ENABLE);
	ck_assert(gt_head_pipe(fx.v, 2, &pipe));
	ck_assert_uint_eq(pipe, 0);
	ck_assert(!gt_head_pipe(fx.v, 1, &pipe));
	w(PIPE_CONF + 2 * PIPE_DISTANCE, 0);
	ck_assert(!gt_head_pipe(fx.v, 0, &pipe));
}
END_TEST

START_TEST(the_frame_counter_never_goes_back)
{
	uint64_t seed = 9;
	uint32_t before = 0;

	program_mode();
	for (unsigned n = 0; n < 2000; n++) {
		w(PIPE_CONF, n & 1 ? 0 : ENABLE);
		advance(test_random(&seed) % 100000000);
		uint32_t now = r(FRMCNT);

		ck_assert_uint_ge(now, before);
		before = now;
	}
}
END_TEST

START_TEST(a_pipe_that_is_off_stands_still)
{
	uint32_t frame = r(FRMCNT);

	advance(FRAME_NS * 10);
	ck_assert_uint_eq(r(FRMCNT), frame);
	ck_assert_uint_eq(r(SCANLINE), 0);
}
END_TEST

START_TEST(broadwell_pixel_clock_comes_from_its_wrpll)
{
	w(0x46104, 0x80000000);		 /* port B: WRPLL1 */
	w(0x46040, 0xb0000000 | 26u << 16 | 8u << 8 | 27); /* 540 MHz * 26 / (8 * 27) = 65 MHz */
	w(0x60000, 0x053f03ff);
	w(0x6000c, 0x032502ff);
	w(0x60400, 0x91000000);
	w(PIPE_CONF, ENABLE);
	ck_assert_uint_eq(pipe_a()->frame_ns, FRAME_NS);
}
END_TEST

/* --- vblank --------------------------------------------------------------------------------- */

START_TEST(nothing_ticks_unless_vblank_is_unmasked)
{
	enable_irqs(0x6ffff07f);
	pipe_on();
	ck_assert_uint_eq(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
	w(PIPE_IMR, 0x6ffff07e);
	ck_assert_uint_ne(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
	w(PIPE_IMR, 0x6ffff07f);
	ck_assert_uint_eq(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
	w(PIPE_IMR, 0x6ffff07e);
	w(PIPE_CONF, 0);
	ck_assert_uint_eq(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
}
END_TEST

START_TEST(vblank_comes_exactly_when_the_frame_counter_steps)
{
	enable_irqs(0x6ffff07e);
	pipe_on();
	for (unsigned n = 1; n < 1000; n++) {
		uint64_t deadline_ns = gt_vgpu_deadline_ns(fx.v);

		fx.guest->clock_ns = deadline_ns - 1;
		gt_vgpu_run(fx.v);
		ck_assert_uint_eq(r(PIPE_IIR) & 1, 0);
		ck_assert_uint_eq(r(FRMCNT), n - 1);
		ck_assert_uint_lt(driver_line(), VDISPLAY);
		fx.guest->clock_ns = deadline_ns;
		gt_vgpu_run(fx.v);
		ck_assert_uint_eq(r(PIPE_IIR) & 1, 1);
		ck_assert_uint_eq(r(FRMCNT), n);
		ck_assert_uint_eq(driver_line(), VDISPLAY);
		ck_assert_uint_eq(fx.guest->nr_msi, n);
		w(PIPE_IIR, 1);
		ck_assert_uint_eq(gt_vgpu_deadline_ns(fx.v), deadline_ns + FRAME_NS + 1);
	}
}
END_TEST

START_TEST(however_late_one_vblank_is_raised)
{
	enable_irqs(0x6ffff07e);
	pipe_on();
	advance(FRAME_NS * 1000 + 12345);
	gt_vgpu_run(fx.v);
	gt_vgpu_run(fx.v);
	ck_assert_uint_eq(fx.v->events.count[GT_C_vblanks], 1);
	ck_assert_uint_eq(fx.guest->nr_msi, 1);
	ck_assert_uint_eq(r(FRMCNT), 1);
	ck_assert_uint_eq(driver_line(), VDISPLAY);
	ck_assert_uint_gt(gt_vgpu_deadline_ns(fx.v), fx.guest->clock_ns);
	ck_assert_uint_le(gt_vgpu_deadline_ns(fx.v), fx.guest->clock_ns + FRAME_NS + 1);
}
END_TEST

/* i915's vblank evasion: it saw a line just before the vblank and sleeps until it is woken. */
START_TEST(a_guest_that_waits_for_a_late_vblank_finds_itself_in_it)
{
	enable_irqs(0x6ffff07e);
	for (uint64_t late_ns = 0; late_ns < 3 * FRAME_NS; late_ns += FRAME_NS / 97) {
		uint32_t frame;

		pipe_on();
		frame = r(FRMCNT);
		fx.guest->clock_ns = gt_vgpu_deadline_ns(fx.v) + late_ns;
		ck_assert(driver_line() < VDISPLAY - 10 || driver_line() >= VDISPLAY);
		ck_assert_uint_eq(r(FRMCNT), frame + 1);
		gt_vgpu_run(fx.v);
		ck_assert_uint_eq(r(PIPE_IIR) & 1, 1);
		ck_assert_uint_eq(r(FRMCNT), frame + 1);
		w(PIPE_IIR, 1);
		w(PIPE_CONF, 0);
	}
}
END_TEST

START_TEST(a_mask_write_does_not_lose_a_vblank_that_is_due)
{
	enable_irqs(0x6ffff07e);
	pipe_on();
	advance(FRAME_NS);
	w(PIPE_IMR, 0x6ffff07e);
	gt_vgpu_run(fx.v);
	ck_assert_uint_eq(r(PIPE_IIR) & 1, 1);
}
END_TEST

/* --- planes --------------------------------------------------------------------------------- */

static void flip(uint32_t surf, uint32_t ctl)
{
	w(PLANE_STRIDE, 0x40);
	w(PLANE_SIZE, 0x02ff03ff);
	w(PLANE_CTL, ctl);
	w(PLANE_SURF, surf);
}

START_TEST(a_flip_shows_at_the_next_vblank)
{
	pipe_on();
	flip(0x1000000, 0x84042000);
	gt_display_latch(fx.v, 0);
	ck_assert_uint_eq(pipe_a()->plane[0].surf, 0);
	ck_assert_uint_eq(r(PLANE_SURFLIVE), 0);
	advance(FRAME_NS);
	ck_assert_uint_eq(r(PLANE_SURFLIVE), 0x1000000);
	ck_assert_uint_eq(pipe_a()->plane[0].surf, 0x1000000);
	ck_assert_uint_eq(pipe_a()->plane[0].ctl, 0x84042000);
	ck_assert_uint_eq(pipe_a()->plane[0].stride, 0x40);
	ck_assert_uint_eq(pipe_a()->plane[0].size, 0x02ff03ff);
}
END_TEST

START_TEST(registers_without_a_surf_write_are_not_shown)
{
	pipe_on();
	flip(0x1000000, 0x84042000);
	w(PLANE_STRIDE, 0x99);
	advance(FRAME_NS);
	gt_display_latch(fx.v, 0);
	ck_assert_uint_eq(pipe_a()->plane[0].stride, 0x40);
	advance(FRAME_NS);
	gt_display_latch(fx.v, 0);
	ck_assert_uint_eq(pipe_a()->plane[0].stride, 0x40);
	ck_assert_uint_eq(r(PLANE_STRIDE), 0x99);
}
END_TEST

START_TEST(of_two_flips_in_one_frame_the_last_is_shown)
{
	pipe_on();
	flip(0x1000000, 0x84042000);
	flip(0x2000000, 0x84042000);
	advance(FRAME_NS);
	ck_assert_uint_eq(r(PLANE_SURFLIVE), 0x2000000);
	flip(0x3000000, 0x84042000);
	ck_assert_uint_eq(r(PLANE_SURFLIVE), 0x2000000);
}
END_TEST

START_TEST(a_flip_that_nobody_looked_at_was_shown_all_the_same)
{
	pipe_on();
	flip(0x1000000, 0x84042000);
	advance(FRAME_NS);
	flip(0x2000000, 0x84042000);
	gt_display_latch(fx.v, 0);
	ck_assert_uint_eq(pipe_a()->plane[0].surf, 0x1000000);
}
END_TEST

START_TEST(an_asynchronous_flip_shows_at_once)
{
	enable_irqs(0x6ffff07f & ~FLIP_DONE_1);
	pipe_on();
	flip(0x1000000, 0x84042200);
	ck_assert_uint_eq(pipe_a()->plane[0].surf, 0x1000000);
	ck_assert_uint_eq(r(PIPE_IIR), FLIP_DONE_1);
}
END_TEST

START_TEST(flip_done_is_raised_when_the_flip_is_shown)
{
	enable_irqs(0x6ffff07f & ~FLIP_DONE_1);
	pipe_on();
	ck_assert_uint_eq(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
	flip(0x1000000, 0x84042000);
	ck_assert_uint_ne(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
	ck_assert_uint_eq(r(PIPE_IIR), 0);
	fx.guest->clock_ns = gt_vgpu_deadline_ns(fx.v);
	gt_vgpu_run(fx.v);
	ck_assert_uint_eq(r(PIPE_IIR), FLIP_DONE_1);
	ck_assert_uint_eq(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
	ck_assert_uint_eq(fx.v->events.count[GT_C_vblanks], 0);
}
END_TEST

START_TEST(planes_of_a_pipe_that_is_off_change_at_once)
{
	flip(0x1000000, 0x84042000);
	ck_assert_uint_eq(pipe_a()->plane[0].surf, 0x1000000);
	pipe_on();
	flip(0x2000000, 0x84042000);
	w(PIPE_CONF, 0);
	ck_assert_uint_eq(pipe_a()->plane[0].surf, 0x2000000);
}
END_TEST

START_TEST(each_plane_of_each_pipe_is_its_own)
{
	for (uint32_t pipe = 0; pipe < GT_MAX_PIPES; pipe++) {
		for (uint32_t n = 0; n < GT_MAX_PLANES; n++) {
			uint32_t base = pipe * PIPE_DISTANCE + n * 0x100;

			w(PLANE_CTL + base, 0x1000 * pipe + n);
			w(PLANE_SURF + base, 0x100000 * (pipe + 1) + 0x1000 * n);
		}
	}
	for (uint32_t pipe = 0; pipe < GT_MAX_PIPES; pipe++) {
		for (uint32_t n = 0; n < GT_MAX_PLANES; n++) {
			const struct gt_plane *p = &fx.v->display.pipe[pipe].plane[n];

			ck_assert_uint_eq(p->ctl, 0x1000 * pipe + n);
			ck_assert_uint_eq(p->surf, 0x100000 * (pipe + 1) + 0x1000 * n);
		}
	}
}
END_TEST

START_TEST(the_cursor_is_latched_by_its_base)
{
	pipe_on();
	w(CUR_CTL, 0x27);
	w(CUR_POS, 0x00140028);
	advance(FRAME_NS);
	gt_display_latch(fx.v, 0);
	ck_assert_uint_eq(pipe_a()->cursor.ctl, 0);
	w(CUR_BASE, 0x40000);
	ck_assert_uint_eq(r(CUR_SURFLIVE), 0);
	advance(FRAME_NS);
	ck_assert_uint_eq(r(CUR_SURFLIVE), 0x40000);
	ck_assert_uint_eq(pipe_a()->cursor.ctl, 0x27);
	ck_assert_uint_eq(pipe_a()->cursor.pos, 0x00140028);
}
END_TEST

START_TEST(a_reset_switches_everything_off)
{
	enable_irqs(0x6ffff07e);
	pipe_on();
	flip(0x1000000, 0x84042000);
	gt_vgpu_reset(fx.v);
	ck_assert_uint_eq(gt_vgpu_deadline_ns(fx.v), UINT64_MAX);
	ck_assert(!pipe_a()->enabled);
	ck_assert_uint_eq(r(FRMCNT), 0);
	ck_assert_uint_eq(r(PIPE_CONF), 0);
	ck_assert_uint_eq(r(PLANE_SURFLIVE), 0);
}
END_TEST

/* A register of any of the display's rows. */
static uint32_t any_register(uint64_t *seed)
{
	static const struct gt_reg_table *const tables[] = { &gt_regs_display, &gt_regs_plane };
	const struct gt_reg_table *t = tables[test_random(seed) & 1];
	const struct gt_reg_row *row = &t->rows[test_random(seed) % t->nr];
	uint32_t inst = row->nr ? test_random(seed) % row->nr : 0;

	return row->off + inst * (row->stride ? row->stride : 4);
}

START_TEST(no_sequence_of_writes_breaks_the_display)
{
	uint64_t seed = 11;

	enable_irqs(0);
	pipe_on();
	for (unsigned n = 0; n < 300000; n++) {
		uint32_t val = test_random(&seed), off = any_register(&seed);

		w(off, val & 0x10000 ? val : val & 0xff);
		r(any_register(&seed));
		if (!(n & 7)) {
			w(PIPE_CONF + (n >> 3) % 3 * PIPE_DISTANCE, val);
			advance(test_random(&seed) % (n & 8 ? 20000000 : 2000));
			gt_vgpu_run(fx.v);
			for (uint32_t pipe = 0; pipe < GT_MAX_PIPES; pipe++) {
				w(PIPE_IIR + 0x10 * pipe, ~0u);
				gt_display_latch(fx.v, pipe);
			}
		}
		if (gt_vgpu_deadline_ns(fx.v) <= fx.guest->clock_ns) {
			gt_vgpu_run(fx.v);
			ck_assert_uint_gt(gt_vgpu_deadline_ns(fx.v), fx.guest->clock_ns);
		}
	}
	ck_assert_uint_gt(fx.v->events.count[GT_C_vblanks], 1000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("display");
	TCase *tc = tcase_create("skylake"), *bdw = tcase_create("broadwell");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_register_i915_touches_has_a_row);
	tcase_add_test(tc, the_other_pipes_have_the_same_rows);
	tcase_add_test(tc, only_pages_that_change_by_themselves_are_trapped);
	tcase_add_test(tc, the_refresh_rate_is_that_of_the_programmed_clock);
	tcase_add_test(tc, timings_no_monitor_could_show_are_shown_at_60_hz);
	tcase_add_test(tc, every_pll_setting_gives_a_frame_of_sane_length);
	tcase_add_test(tc, the_frame_counter_steps_when_vblank_begins);
	tcase_add_test(tc, the_frame_counter_never_goes_back);
	tcase_add_test(tc, the_time_stamp_is_that_of_the_last_vblank);
	tcase_add_test(tc, a_head_is_the_pipe_that_feeds_its_port);
	tcase_add_test(tc, a_pipe_that_is_off_stands_still);
	tcase_add_test(tc, nothing_ticks_unless_vblank_is_unmasked);
	tcase_add_test(tc, vblank_comes_exactly_when_the_frame_counter_steps);
	tcase_add_test(tc, however_late_one_vblank_is_raised);
	tcase_add_test(tc, a_guest_that_waits_for_a_late_vblank_finds_itself_in_it);
	tcase_add_test(tc, a_mask_write_does_not_lose_a_vblank_that_is_due);
	tcase_add_test(tc, a_flip_shows_at_the_next_vblank);
	tcase_add_test(tc, registers_without_a_surf_write_are_not_shown);
	tcase_add_test(tc, of_two_flips_in_one_frame_the_last_is_shown);
	tcase_add_test(tc, a_flip_that_nobody_looked_at_was_shown_all_the_same);
	tcase_add_test(tc, an_asynchronous_flip_shows_at_once);
	tcase_add_test(tc, flip_done_is_raised_when_the_flip_is_shown);
	tcase_add_test(tc, planes_of_a_pipe_that_is_off_change_at_once);
	tcase_add_test(tc, each_plane_of_each_pipe_is_its_own);
	tcase_add_test(tc, the_cursor_is_latched_by_its_base);
	tcase_add_test(tc, a_reset_switches_everything_off);
	tcase_add_test(tc, no_sequence_of_writes_breaks_the_display);
	tcase_add_checked_fixture(bdw, setup_bdw, teardown);
	tcase_add_test(bdw, broadwell_pixel_clock_comes_from_its_wrpll);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, bdw);
	return test_run(s);
}
