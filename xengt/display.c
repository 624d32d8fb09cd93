/* SPDX-License-Identifier: MIT */
/*
 * Pipes: when a frame starts, which line is scanned out, what the planes show.
 *
 * Decides all of it from the clock and the registers at the moment it is asked; the rules are in
 * display.h.  Leaves rows to regs_display.c and regs_plane.c, PLLs to clocks.c, interrupt masks to
 * irq.c, pixels to the snapshot.  PRM SKL vol 12, "Pipe", "Planes"; BDW vol 11.
 *
 *   line    0 ........ vdisplay-1 | vdisplay ....... vtotal-1 | 0 ...
 *           active                | vertical blank            | active
 *                                 ^ frame counter +1, planes latched, vblank interrupt
 */
#include "display.h"

#include <string.h>

#include "display_rows.h"
#include "vgpu_internal.h"

#define NS_PER_S	 UINT64_C(1000000000)
#define FRAME_60HZ_NS	 UINT64_C(16666667)
#define FRAME_MIN_NS	 (NS_PER_S / 1000)
#define FRAME_MAX_NS	 NS_PER_S

#define IRQ_VBLANK	 GT_BIT(0)
#define PLANE_CTL_ASYNC	 GT_BIT(9)
#define DDI_BUF_IDLE	 GT_BIT(7)

/* Pipe of a register between 0x60000 and 0x72fff whose row is one of a pipe's. */
static unsigned reg_pipe(const struct gt_reg *r)
{
	return (r->off / GT_PIPE_STRIDE) & 3;
}

/* Interrupt bit of a slot whose flip is done; cursor and scalers have none. */
static uint32_t flip_bit(const struct gt_vgpu *v, unsigned slot)
{
	if (slot >= GT_CURSOR_SLOT) {
		return 0;
	}
	return GT_BIT((v->platform == GT_BDW ? 4 : 3) + slot);
}

/* --- time ----------------------------------------------------------------------------------- */

static uint64_t pipe_elapsed_ns(const struct gt_pipe *p, uint64_t now_ns)
{
	return now_ns > p->start_ns ? now_ns - p->start_ns : 0;
}

/* From the start of a frame to its vblank, such that line >= vdisplay exactly from then on. */
static uint64_t vblank_offset_ns(const struct gt_pipe *p)
{
	uint64_t line = p->vdisplay < p->vtotal ? p->vdisplay : p->vtotal - 1;

	return (line * p->frame_ns + p->vtotal - 1) / p->vtotal;
}

/* Vblanks that have begun since the pipe was enabled. */
static uint64_t vblanks_since_start(const struct gt_pipe *p, uint64_t now_ns)
{
	return (pipe_elapsed_ns(p, now_ns) + p->frame_ns - vblank_offset_ns(p)) / p->frame_ns;
}

static uint64_t frame_count(const struct gt_pipe *p, uint64_t now_ns)
{
	return p->frames_before + (p->enabled ? vblanks_since_start(p, now_ns) : 0);
}

static uint32_t frame_line(const struct gt_pipe *p, uint64_t now_ns)
{
	uint64_t in_frame_ns = pipe_elapsed_ns(p, now_ns) % p->frame_ns;

	return (uint32_t)(in_frame_ns * p->vtotal / p->frame_ns);
}

static uint64_t next_vblank_ns(const struct gt_pipe *p, uint64_t now_ns)
{
	return p->start_ns + vblanks_since_start(p, now_ns) * p->frame_ns + vblank_offset_ns(p);
}

/*
 * The time as @p has it.  A pipe whose vblank nobody got round to announce for half a frame stood
 * still at it meanwhile: to a driver that waits for that vblank the lines of a frame it was never
 * told of would be those of the old one (i915: "Potential atomic update failure").
 */
static uint64_t pipe_now_ns(const struct gt_vgpu *v, struct gt_pipe *p)
{
	uint64_t now_ns = gt_now_ns(v);

	if (now_ns > p->next_vblank_ns && now_ns - p->next_vblank_ns > p->frame_ns / 2) {
		p->start_ns += now_ns - p->next_vblank_ns;
		p->next_vblank_ns = now_ns;
	}
	return now_ns;
}

/* Length of a frame; what no monitor could show is shown at 60 Hz. */
static uint64_t frame_length_ns(uint64_t pixels, uint64_t clock_Hz)
{
	uint64_t ns = clock_Hz ? (pixels * NS_PER_S + clock_Hz / 2) / clock_Hz : 0;

	return ns < FRAME_MIN_NS || ns > FRAME_MAX_NS ? FRAME_60HZ_NS : ns;
}

/* --- planes --------------------------------------------------------------------------------- */

static void slot_show(struct gt_vgpu *v, unsigned pipe, unsigned slot)
{
	struct gt_pipe *p = &v->display.pipe[pipe];

	if (slot == GT_COLOR_SLOT) {
		p->colors = p->next_colors;
	} else if (slot >= GT_SCALER_SLOT) {
		p->scaler[slot - GT_SCALER_SLOT] = p->next_scaler[slot - GT_SCALER_SLOT];
	} else if (slot == GT_CURSOR_SLOT) {
		p->cursor = p->next_cursor;
	} else {
		p->plane[slot] = p->next_plane[slot];
	}
	p->armed_frame[slot] = GT_NOT_ARMED;
	gt_irq_raise(v, GT_IRQ_PIPE_A + pipe, flip_bit(v, slot));
}

void gt_display_latch(struct gt_vgpu *v, unsigned pipe)
{
	struct gt_pipe *p = &v->display.pipe[pipe];
	uint64_t frame = frame_count(p, pipe_now_ns(v, p));

	for (unsigned slot = 0; slot < GT_PLANE_SLOTS; slot++) {
		if (p->armed_frame[slot] != GT_NOT_ARMED &&
		    (p->armed_frame[slot] != frame || !p->enabled)) {
			slot_show(v, pipe, slot);
		}
	}
}

/* Registers of @slot were written up to the arming one: show them from the next vblank on. */
static void slot_arm(struct gt_vgpu *v, unsigned pipe, unsigned slot, bool at_once)
{
	struct gt_pipe *p = &v->display.pipe[pipe];

	if (at_once || !p->enabled) {
		slot_show(v, pipe, slot);
		return;
	}
	p->armed_frame[slot] = frame_count(p, pipe_now_ns(v, p));
	gt_display_vblank_update(v, pipe);
}

static void count_flip(struct gt_vgpu *v, unsigned pipe)
{
	uint32_t flips = GT_PIPE_FLIPCNT + pipe * GT_PIPE_STRIDE;

	gt_vreg_set(v, flips, gt_vreg(v, flips) + 1);
	gt_count(v, GT_C_flips);
}

void gt_plane_surf_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	unsigned pipe = reg_pipe(r);
	unsigned slot = ((r->off & (GT_PIPE_STRIDE - 1)) - 0x180) / GT_PLANE_STRIDE;
	uint32_t base = GT_PLANE_CTL + pipe * GT_PIPE_STRIDE + slot * GT_PLANE_STRIDE;

	gt_display_latch(v, pipe);
	v->display.pipe[pipe].next_plane[slot] = (struct gt_plane){
		.ctl = gt_vreg(v, base),
		.stride = gt_vreg(v, base + 0x08),
		.pos = gt_vreg(v, base + 0x0c),
		.size = gt_vreg(v, base + 0x10),
		.surf = w->now,
		.offset = gt_vreg(v, base + 0x24),
		.key_val = gt_vreg(v, base + 0x14),
		.key_msk = gt_vreg(v, base + 0x18),
		.key_max = gt_vreg(v, base + 0x20),
		.aux_dist = gt_vreg(v, base + 0x40),
		.aux_offset = gt_vreg(v, base + 0x44),
	};
	count_flip(v, pipe);
	slot_arm(v, pipe, slot, gt_vreg(v, base) & PLANE_CTL_ASYNC);
}

uint32_t gt_plane_surflive_read(struct gt_vgpu *v, const struct gt_reg *r)
{
	unsigned pipe = reg_pipe(r);
	unsigned slot = ((r->off & (GT_PIPE_STRIDE - 1)) - 0x180) / GT_PLANE_STRIDE;

	gt_display_latch(v, pipe);
	return v->display.pipe[pipe].plane[slot].surf;
}

void gt_cursor_base_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	unsigned pipe = reg_pipe(r);
	uint32_t at = pipe * GT_PIPE_STRIDE;

	gt_display_latch(v, pipe);
	v->display.pipe[pipe].next_cursor = (struct gt_cursor){
		.ctl = gt_vreg(v, GT_CUR_CTL + at),
		.base = w->now,
		.pos = gt_vreg(v, GT_CUR_POS + at),
		.fbc = gt_vreg(v, GT_CUR_FBC_CTL + at),
	};
	count_flip(v, pipe);
	slot_arm(v, pipe, GT_CURSOR_SLOT, false);
}

/* 0x68000: PF of pipe A; 0x68100, 0x68200: PS 1 and 2 of it; 0x800 further on: of the next. */
void gt_scaler_size_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	uint32_t base = r->off & ~0xffu, at = base - 0x68000;
	unsigned pipe = at / 0x800, scaler = (at % 0x800) / 0x100;

	scaler = scaler ? scaler - 1 : 0;
	gt_display_latch(v, pipe);
	v->display.pipe[pipe].next_scaler[scaler] = (struct gt_scaler){
		.ctl = gt_vreg(v, base + 0x80),
		.pos = gt_vreg(v, base + 0x70),
		.size = w->now,
	};
	slot_arm(v, pipe, GT_SCALER_SLOT + scaler, false);
}

static void copy_registers(struct gt_vgpu *v, uint32_t from, uint32_t *to, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		to[i] = gt_vreg(v, from + i * 4);
	}
}

/* 0x49028, and 0x100 on for the next pipe: arms the matrix. */
void gt_csc_mode_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	unsigned pipe = r->off >> 8 & 3;
	struct gt_pipe_colors *next = &v->display.pipe[pipe].next_colors;
	uint32_t base = r->off & ~0xffu;

	gt_display_latch(v, pipe);
	copy_registers(v, base + 0x10, next->csc_coeff, 6);
	copy_registers(v, base + 0x30, next->csc_preoff, 3);
	copy_registers(v, base + 0x40, next->csc_postoff, 3);
	next->csc_mode = w->now;
	slot_arm(v, pipe, GT_COLOR_SLOT, false);
}

/* 0x4a480, and 0x800 on for the next pipe. */
void gt_gamma_mode_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	unsigned pipe = (r->off - 0x4a000) / 0x800;

	gt_display_latch(v, pipe);
	v->display.pipe[pipe].next_colors.gamma_mode = w->now;
	slot_arm(v, pipe, GT_COLOR_SLOT, false);
}

uint32_t gt_cursor_surflive_read(struct gt_vgpu *v, const struct gt_reg *r)
{
	unsigned pipe = reg_pipe(r);

	gt_display_latch(v, pipe);
	return v->display.pipe[pipe].cursor.base;
}

/* --- pipes ---------------------------------------------------------------------------------- */

/*
 * The scanline register of the hardware runs behind by one line, by two on HDMI and DVI; drivers
 * add that back (i915: scanline_offset), so it is part of the contract.
 */
static uint32_t scanline_lag(uint32_t func)
{
	return ((func >> 24) & 7) <= 1 ? 2 : 1;
}

static void pipe_start(struct gt_vgpu *v, unsigned pipe)
{
	struct gt_pipe *p = &v->display.pipe[pipe];
	uint32_t at = pipe * GT_PIPE_STRIDE;
	uint32_t h = gt_vreg(v, GT_HTOTAL + at), vert = gt_vreg(v, GT_VTOTAL + at);

	p->hdisplay = (h & 0x1fff) + 1;
	p->htotal = ((h >> 16) & 0x1fff) + 1;
	p->vdisplay = (vert & 0x1fff) + 1;
	p->vtotal = ((vert >> 16) & 0x1fff) + 1;
	p->dsl_lag = scanline_lag(gt_vreg(v, GT_TRANS_DDI_FUNC + at)) % p->vtotal;
	p->frame_ns =
		frame_length_ns((uint64_t)p->htotal * p->vtotal, gt_clock_pixel_Hz(v, pipe));
	gt_display_latch(v, pipe);
	p->start_ns = gt_now_ns(v);
	p->enabled = true;
}

static void pipe_stop(struct gt_vgpu *v, unsigned pipe)
{
	struct gt_pipe *p = &v->display.pipe[pipe];

	p->frames_before = frame_count(p, pipe_now_ns(v, p));
	p->enabled = false;
	gt_display_latch(v, pipe);
}

void gt_pipe_conf_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	unsigned pipe = reg_pipe(r);
	bool enable = w->now & GT_ENABLE;

	gt_lock_write(v, r, w);
	if (enable == v->display.pipe[pipe].enabled) {
		return;
	}
	if (enable) {
		pipe_start(v, pipe);
	} else {
		pipe_stop(v, pipe);
	}
	gt_display_vblank_update(v, pipe);
}

uint32_t gt_pipe_scanline_read(struct gt_vgpu *v, const struct gt_reg *r)
{
	struct gt_pipe *p = &v->display.pipe[reg_pipe(r)];

	if (!p->enabled) {
		return 0;
	}
	return (frame_line(p, pipe_now_ns(v, p)) + p->vtotal - p->dsl_lag) % p->vtotal;
}

uint32_t gt_pipe_frmcnt_read(struct gt_vgpu *v, const struct gt_reg *r)
{
	struct gt_pipe *p = &v->display.pipe[reg_pipe(r)];

	return (uint32_t)frame_count(p, pipe_now_ns(v, p));
}

/* When the last vblank began, in microseconds; 0 while there has been none since it was enabled. */
uint32_t gt_pipe_frmtmstmp_read(struct gt_vgpu *v, const struct gt_reg *r)
{
	struct gt_pipe *p = &v->display.pipe[reg_pipe(r)];
	uint64_t now_ns = pipe_now_ns(v, p);

	if (!p->enabled || !vblanks_since_start(p, now_ns)) {
		return 0;
	}
	return (uint32_t)((next_vblank_ns(p, now_ns) - p->frame_ns) / 1000);
}

/* Whether the transcoder of @pipe feeds the DDI of @head. */
static bool pipe_feeds(struct gt_vgpu *v, unsigned pipe, unsigned head)
{
	uint32_t func = gt_vreg(v, GT_TRANS_DDI_FUNC + pipe * GT_PIPE_STRIDE);

	return func & GT_ENABLE ? ((func >> 28) & 7) == gt_head_ddi(head) : pipe == head;
}

bool gt_head_pipe(struct gt_vgpu *v, unsigned head, unsigned *pipe)
{
	for (unsigned i = 0; i < GT_MAX_PIPES; i++) {
		if (v->display.pipe[i].enabled && pipe_feeds(v, i, head)) {
			*pipe = i;
			return true;
		}
	}
	return false;
}

/* --- ports ---------------------------------------------------------------------------------- */

void gt_ddi_buf_ctl_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	gt_vreg_set(v, r->off,
		    (w->now & ~DDI_BUF_IDLE) | (w->now & GT_ENABLE ? 0 : DDI_BUF_IDLE));
}

/* --- vblank deadlines ----------------------------------------------------------------------- */

static bool vblank_wanted(struct gt_vgpu *v, unsigned pipe)
{
	const struct gt_pipe *p = &v->display.pipe[pipe];
	uint32_t bits = IRQ_VBLANK;

	for (unsigned slot = 0; slot < GT_PLANE_SLOTS; slot++) {
		if (p->armed_frame[slot] != GT_NOT_ARMED) {
			bits |= flip_bit(v, slot);
		}
	}
	/* IIR follows IMR alone: a driver may wait for the bit without an interrupt (IER). */
	return p->enabled && (gt_irq_unmasked(v, GT_IRQ_PIPE_A + pipe, bits) ||
			      gt_pipe_crc_wanted(v, pipe));
}

void gt_display_vblank_update(struct gt_vgpu *v, unsigned pipe)
{
	struct gt_pipe *p = &v->display.pipe[pipe];

	if (!vblank_wanted(v, pipe)) {
		p->next_vblank_ns = UINT64_MAX;
	} else if (p->next_vblank_ns == UINT64_MAX) {
		p->next_vblank_ns = next_vblank_ns(p, gt_now_ns(v));
	}
}

/* However late we are, one interrupt is raised, for the one vblank there was. */
void gt_display_run(struct gt_vgpu *v)
{
	for (unsigned pipe = 0; pipe < GT_MAX_PIPES; pipe++) {
		struct gt_pipe *p = &v->display.pipe[pipe];

		if (pipe_now_ns(v, p) < p->next_vblank_ns) {
			continue;
		}
		p->next_vblank_ns = UINT64_MAX;
		gt_pipe_crc_vblank(v, pipe);
		gt_display_latch(v, pipe);
		gt_count_n(v, GT_C_vblanks, gt_irq_unmasked(v, GT_IRQ_PIPE_A + pipe, IRQ_VBLANK));
		gt_irq_raise(v, GT_IRQ_PIPE_A + pipe, IRQ_VBLANK);
		gt_display_vblank_update(v, pipe);
	}
}

uint64_t gt_display_deadline_ns(const struct gt_vgpu *v)
{
	uint64_t first_ns = UINT64_MAX;

	for (unsigned pipe = 0; pipe < GT_MAX_PIPES; pipe++) {
		if (v->display.pipe[pipe].next_vblank_ns < first_ns) {
			first_ns = v->display.pipe[pipe].next_vblank_ns;
		}
	}
	return first_ns;
}

int gt_display_init(struct gt_vgpu *v)
{
	gt_display_reset(v);
	return 0;
}

void gt_display_reset(struct gt_vgpu *v)
{
	memset(&v->display, 0, sizeof(v->display));
	for (unsigned pipe = 0; pipe < GT_MAX_PIPES; pipe++) {
		struct gt_pipe *p = &v->display.pipe[pipe];

		p->frame_ns = FRAME_60HZ_NS;
		p->htotal = p->vtotal = p->hdisplay = p->vdisplay = 1;
		p->next_vblank_ns = UINT64_MAX;
		for (unsigned slot = 0; slot < GT_PLANE_SLOTS; slot++) {
			p->armed_frame[slot] = GT_NOT_ARMED;
		}
	}
}
