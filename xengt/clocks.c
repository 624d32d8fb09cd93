/* SPDX-License-Identifier: MIT */
/*
 * Power wells, PLLs and the two mailboxes (pcode, and Broadwell's PCH sideband).  There is nothing
 * behind them: every request is granted at once, so each handler stores the answer the driver
 * waits for, and reads need no exit.  The one thing that is computed is a pipe's pixel clock.
 * PRM SKL vol 12, "Power Wells", "Clocks"; BDW vol 11.
 */
#include "display_rows.h"

#include "vgpu_internal.h"

#define PWR_WELL_CTL	 0x45400u /* four requesters: BIOS, driver, KVM, debug */
#define PWR_WELL_REQUEST 0xaaaaaaaau
#define DPLL_STATUS	 0x6c060u

#define PCODE_MAILBOX	 0x138124u
#define PCODE_DATA0	 0x138128u
#define PCODE_DATA1	 0x13812cu
#define PCODE_BUSY	 GT_BIT(31)
#define PCODE_E_COMMAND	 1u /* error code "illegal command" */

/* A well is on while anybody requests it; everybody sees its state. */
void gt_power_well_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	uint32_t request[4], all = 0;

	for (unsigned i = 0; i < 4; i++) {
		request[i] = gt_vreg(v, PWR_WELL_CTL + 4 * i) & PWR_WELL_REQUEST;
		all |= request[i];
	}
	for (unsigned i = 0; i < 4; i++) {
		gt_vreg_set(v, PWR_WELL_CTL + 4 * i, request[i] | (all >> 1));
	}
}

/* Bit 30 (locked, powered, active) follows bit 31 (enable). */
void gt_lock_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	gt_vreg_set(v, r->off, (w->now & ~GT_LOCK) | (w->now & GT_ENABLE ? GT_LOCK : 0));
}

/* DPLL0..3 of gen9; DPLL_STATUS has a lock bit every 8 bits. */
void gt_dpll_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	static const uint32_t ctl[] = { 0x46010, 0x46014, 0x46040, 0x46060 };
	uint32_t status = 0;

	if (r->off == ctl[0]) {
		gt_lock_write(v, r, w);
	}
	for (unsigned i = 0; i < GT_ARRAY_SIZE(ctl); i++) {
		if (gt_vreg(v, ctl[i]) & GT_ENABLE) {
			status |= GT_BIT(8 * i);
		}
	}
	gt_vreg_set(v, DPLL_STATUS, status);
}

/* LCPLL_CTL: 31 disables, 30 locked; 21 asks for the FCLK source, 19 says it is in use. */
void gt_bdw_lcpll_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	uint32_t now = w->now & ~(GT_BIT(30) | GT_BIT(19));

	if (!(now & GT_BIT(31))) {
		now |= GT_BIT(30);
	}
	if (now & GT_BIT(21)) {
		now |= GT_BIT(19);
	}
	gt_vreg_set(v, r->off, now);
}

/* SOUTH_CHICKEN2: the mPHY reset status (13) follows its control (12). */
void gt_fdi_mphy_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	gt_vreg_set(v, r->off,
		    (w->now & ~GT_BIT(13)) | (w->now & GT_BIT(12) ? GT_BIT(13) : 0));
}

/* SBI_CTL_STAT: no sideband unit exists: a write is lost, a read gives 0, both succeed. */
void gt_sbi_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	enum { SBI_BUSY = 1, SBI_RESPONSE = 6, SBI_DATA = 0xc6004, OP_WRITE = GT_BIT(8) };

	if (w->now & SBI_BUSY) {
		if (!(w->now & OP_WRITE)) {
			gt_vreg_set(v, SBI_DATA, 0);
		}
		gt_vreg_set(v, r->off, w->now & ~(uint32_t)(SBI_BUSY | SBI_RESPONSE));
	}
}

/* What pcode answers: what becomes of DATA0. */
static const struct pcode_command {
	uint8_t command;
	bool replies;
	uint32_t reply[2]; /* for DATA0 0 and for any other DATA0 */
} pcode_commands[] = {
	{ 0x05 },				    /* load HDCP keys */
	{ 0x06, true, { 0x17110a02, 0x3c32281e } }, /* memory latencies, us, ascending */
	{ 0x07, true, { 1, 1 } },		    /* CDCLK change: ready */
	{ 0x17 },				    /* Broadwell: display engine frequency */
	{ 0x18 },				    /* Broadwell: display frequency change */
	{ 0x19 },				    /* Broadwell: IPS control */
	{ 0x1a },				    /* dynamic duty cycle */
	{ 0x21, true, { 1, 1 } },		    /* SAGV: done */
};

/*
 * The table of lowest frequencies: for each GPU frequency (DATA0 7:0) those of the processor and of
 * the ring, written as DATA0 15:8 and 23:16, read as 7:0 and 15:8.
 */
static bool pcode_frequencies(struct gt_vgpu *v, uint32_t command)
{
	enum { WRITE = 0x08, READ = 0x09 };
	uint32_t data = gt_vreg(v, PCODE_DATA0);
	uint16_t *entry = &v->pcode_frequency[data & 0xff];

	switch (command) {
	case WRITE:
		*entry = (data >> 8) & 0xffff;
		return true;
	case READ:
		gt_vreg_set(v, PCODE_DATA0, *entry);
		return true;
	default:
		return false;
	}
}

void gt_pcode_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	uint32_t command = w->now & 0xff;

	if (!(w->now & PCODE_BUSY)) {
		return;
	}
	if (pcode_frequencies(v, command)) {
		gt_vreg_set(v, PCODE_MAILBOX, 0);
		return;
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(pcode_commands); i++) {
		const struct pcode_command *c = &pcode_commands[i];

		if (c->command != command) {
			continue;
		}
		if (c->replies) {
			gt_vreg_set(v, PCODE_DATA0, c->reply[gt_vreg(v, PCODE_DATA0) != 0]);
			gt_vreg_set(v, PCODE_DATA1, 0);
		}
		gt_vreg_set(v, PCODE_MAILBOX, 0);
		return;
	}
	gt_event(v, GT_EV_pcode_unknown, "command 0x%02x", command);
	gt_vreg_set(v, PCODE_MAILBOX, PCODE_E_COMMAND);
}

/*
 * DPLL1..3 in HDMI mode: DCO frequency in units of 24 MHz with 15 bits of fraction, divided by
 * P, Q and K, and by 5 for the pixel clock (SKL vol 12, "DPLL_CFGCR1", "DPLL_CFGCR2").
 */
static uint64_t skl_port_clock_Hz(struct gt_vgpu *v, unsigned port)
{
	static const uint8_t pdiv[8] = { 1, 2, 3, 0, 7 };
	static const uint8_t kdiv[4] = { 5, 2, 3, 1 };
	uint32_t dpll = (gt_vreg(v, 0x6c05c) >> (port * 3 + 1)) & 3;

	if (!dpll) {
		return 0;
	}
	uint32_t cfg1 = gt_vreg(v, 0x6c040 + 8 * (dpll - 1));
	uint32_t cfg2 = gt_vreg(v, 0x6c044 + 8 * (dpll - 1));
	uint64_t dco_Hz = UINT64_C(24000000) * (cfg1 & 0x1ff) +
			  UINT64_C(24000000) * ((cfg1 >> 9) & 0x7fff) / 0x8000;
	uint32_t q = cfg2 & GT_BIT(7) ? (cfg2 >> 8) & 0xff : 1;
	uint32_t divider = 5 * pdiv[(cfg2 >> 2) & 7] * kdiv[(cfg2 >> 5) & 3] * q;

	return divider ? dco_Hz / divider : 0;
}

/* WRPLL1 or 2 fed by LCPLL: 2.7 GHz * N / R / P / 5, N and R in halves (BDW vol 11). */
static uint64_t bdw_port_clock_Hz(struct gt_vgpu *v, unsigned port)
{
	enum { SELECT_WRPLL1 = 4, SELECT_WRPLL2 = 5, REFERENCE_LCPLL = 3 };
	uint32_t select = gt_vreg(v, 0x46100 + 4 * port) >> 29;

	if (select != SELECT_WRPLL1 && select != SELECT_WRPLL2) {
		return 0;
	}
	uint32_t ctl = gt_vreg(v, select == SELECT_WRPLL1 ? 0x46040 : 0x46060);
	uint32_t rp = (ctl & 0xff) * ((ctl >> 8) & 0x3f);

	if (((ctl >> 28) & 3) != REFERENCE_LCPLL || !rp) {
		return 0;
	}
	return UINT64_C(540000000) * ((ctl >> 16) & 0xff) / rp;
}

/* Symbols a second of a DisplayPort link on gen9: DPLL_CTRL1 has the rate of each PLL. */
static uint64_t skl_symbol_clock_Hz(struct gt_vgpu *v, unsigned port)
{
	static const uint16_t half_MHz[8] = { 2700, 1350, 810, 1620, 1080, 2160 };
	uint32_t dpll = (gt_vreg(v, 0x6c05c) >> (port * 3 + 1)) & 3;

	return half_MHz[(gt_vreg(v, 0x6c058) >> (dpll * 6 + 1)) & 7] * UINT64_C(200000);
}

/* The same on Broadwell, where the rate is that of the PLL chosen. */
static uint64_t bdw_symbol_clock_Hz(struct gt_vgpu *v, unsigned port)
{
	static const uint16_t half_MHz[8] = { 2700, 1350, 810 };

	return half_MHz[gt_vreg(v, 0x46100 + 4 * port) >> 29] * UINT64_C(200000);
}

/* Link M and N of the transcoder: pixels to symbols. */
static uint64_t dp_pixel_clock_Hz(struct gt_vgpu *v, unsigned pipe, uint64_t symbol_Hz)
{
	enum { LINK_M = 0x60040, LINK_N = 0x60044, MASK = 0xffffff };
	uint32_t m = gt_vreg(v, LINK_M + pipe * GT_PIPE_STRIDE) & MASK;
	uint32_t n = gt_vreg(v, LINK_N + pipe * GT_PIPE_STRIDE) & MASK;

	return n ? symbol_Hz * m / n : 0;
}

uint64_t gt_clock_pixel_Hz(struct gt_vgpu *v, unsigned pipe)
{
	enum { MODE_HDMI = 0, MODE_DVI = 1, MODE_DP = 2, NR_PORTS = 5 };
	uint32_t func = gt_vreg(v, GT_TRANS_DDI_FUNC + pipe * GT_PIPE_STRIDE);
	uint32_t mode = (func >> 24) & 7, port = (func >> 28) & 7;
	bool bdw = v->platform == GT_BDW;

	if (!(func & GT_ENABLE) || mode > MODE_DP || port >= NR_PORTS) {
		return 0;
	}
	if (mode == MODE_DP) {
		return dp_pixel_clock_Hz(v, pipe,
					 bdw ? bdw_symbol_clock_Hz(v, port)
					     : skl_symbol_clock_Hz(v, port));
	}
	return bdw ? bdw_port_clock_Hz(v, port) : skl_port_clock_Hz(v, port);
}
