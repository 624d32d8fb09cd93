/* SPDX-License-Identifier: MIT */
/*
 * The shortest mode set a gen9 display accepts, in the order of PRM SKL vol 12, "Sequences for
 * HDMI and DVI".  Values are those of 1024x768 at 60 Hz: 65 MHz, 1344 by 806.
 */
#include "display.h"

#include "gpu.h"
#include "pci.h"

#define PWR_WELL     0x45404u
#define DPLL1_ENABLE 0x46014u
#define DPLL_CTRL1   0x6c058u
#define DPLL_CTRL2   0x6c05cu
#define DPLL1_CFGCR1 0x6c040u
#define DPLL1_CFGCR2 0x6c044u
#define DPLL_STATUS  0x6c060u
#define TRANS_CLK    0x46140u
#define DDI_FUNC_CTL 0x60400u
#define DDI_BUF_B    0x64100u

#define ENABLE  0x80000000u
#define STATE   0x40000000u
#define WAIT_US 100000u

/* Power wells 1 and 2, miscellaneous I/O, DDI B. */
#define WELLS_REQUEST 0xa0000022u
#define WELLS_STATE   0x50000011u

struct reg_value {
	uint32_t off, val;
};

static const struct reg_value clock[] = {
    {DPLL_CTRL1, 0x00000845},
    {DPLL1_CFGCR1, 0x802aab7b},
    {DPLL1_CFGCR2, 0x000007a4},
    {DPLL1_ENABLE, ENABLE},
};

static const struct reg_value timings[] = {
    {DPLL_CTRL2, 0x00068018}, /* DDI B from DPLL 1, its clock on */
    {TRANS_CLK, 0x40000000},
    {0x6001c, 1023u << 16 | 767},  /* PIPE_SRCSZ */
    {0x60000, 1343u << 16 | 1023}, /* HTOTAL, HBLANK, HSYNC */
    {0x60004, 1343u << 16 | 1023},
    {0x60008, 1183u << 16 | 1047},
    {0x6000c, (DISPLAY_VTOTAL - 1) << 16 | 767}, /* VTOTAL, VBLANK, VSYNC */
    {0x60010, (DISPLAY_VTOTAL - 1) << 16 | 767},
    {0x60014, 776u << 16 | 770},
    {DDI_FUNC_CTL, 0x91000000}, /* on, DDI B, DVI */
    {PIPE_CONF, ENABLE},
};

static void write_all(const struct reg_value *values, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		reg_write(values[i].off, values[i].val);
	}
}

bool display_on(void)
{
	reg_write(PWR_WELL, reg_read(PWR_WELL) | WELLS_REQUEST);
	if (!reg_wait(PWR_WELL, WELLS_STATE, WELLS_STATE, WAIT_US)) {
		return false;
	}
	write_all(clock, ARRAY_SIZE(clock));
	if (!reg_wait(DPLL_STATUS, 0x100, 0x100, WAIT_US)) {
		return false;
	}
	write_all(timings, ARRAY_SIZE(timings));
	reg_write(DDI_BUF_B, ENABLE);
	return reg_wait(PIPE_CONF, STATE, STATE, WAIT_US);
}

bool display_off(void)
{
	bool ok;

	reg_write(PLANE_CTL, 0);
	reg_write(PLANE_SURF, 0);
	reg_write(PIPE_CONF, 0);
	ok = reg_wait(PIPE_CONF, STATE, 0, WAIT_US);
	reg_write(DDI_FUNC_CTL, 0);
	reg_write(DDI_BUF_B, 0);
	ok = reg_wait(DDI_BUF_B, 0x80, 0x80, WAIT_US) && ok;
	reg_write(TRANS_CLK, 0);
	reg_write(DPLL_CTRL2, 0x78000);
	reg_write(DPLL1_ENABLE, 0);
	return ok;
}

bool display_wait_frame(void)
{
	uint32_t frame = reg_read(PIPE_FRMCNT);
	uint64_t end = time_us() + VBLANK_US;

	while (time_us() < end) {
		if (reg_read(PIPE_FRMCNT) != frame) {
			return true;
		}
		sleep_us(1000);
	}
	return false;
}

bool msi_enable(bool on)
{
	uint32_t cap = pci_capability(gpu.fn, PCI_CAP_MSI), control, data;

	if (!cap) {
		return false;
	}
	control = pci_read(gpu.fn, cap + 2, 2);
	data = control & 0x80 ? cap + 12 : cap + 8;
	if (on) {
		pci_write(gpu.fn, cap + 4, 4, 0xfee00000u | (uint32_t)cpu_apic_id() << 12);
		if (control & 0x80) {
			pci_write(gpu.fn, cap + 8, 4, 0);
		}
		pci_write(gpu.fn, data, 2, VECTOR_MSI);
	}
	pci_write(gpu.fn, cap + 2, 2, (control & ~1u) | on);
	return true;
}
