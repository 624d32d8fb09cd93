/* SPDX-License-Identifier: MIT */
/*
 * Registers of the display engine but for pipes and planes (regs_plane.c), the interrupt banks
 * (irq.c) and GMBUS (gmbus.c): chicken bits, watermarks, power wells, clocks, transcoders, DDIs,
 * the PCH, and the pcode mailbox with its neighbours in the memory controller's mirror.
 *
 * Most are storage that a driver only reads back.  PRM SKL vol 12 "Display", registers in vol 2c;
 * BDW vol 11.  Which ports and pipes there are (SFUSE_STRAP, DFSM) is monitor.c's.
 */
#include "display_rows.h"
#include "pipe_crc.h"

#define PRM_DISPLAY    "SKL vol 12, Display"
#define PRM_WATERMARK  "SKL vol 12, Display Watermark"
#define PRM_POWER      "SKL vol 12, Display Power Wells"
#define PRM_CLOCK      "SKL vol 12, Display Clocks"
#define PRM_TRANSCODER "SKL vol 12, Transcoder"
#define PRM_DDI	       "SKL vol 12, DDI"
#define PRM_AUX	       "SKL vol 12, DDI AUX"
#define PRM_AUDIO      "SKL vol 12, Audio"
#define PRM_SOUTH      "SKL vol 12, South Display"
#define PRM_SBI	       "BDW vol 11, South Display, Sideband Interface"
#define PRM_PCODE      "SKL vol 2c, GTDRIVER_MAILBOX"
#define PRM_MCHBAR     "SKL datasheet vol 2, MCHBAR"

#define BDW_ONLY  GT_BIT(GT_BDW)
#define GEN9_ONLY (GT_BIT(GT_SKL) | GT_BIT(GT_KBL))
/* Reset value of Broadwell, and of both gen9 platforms. */
#define RESET_BY_GEN(bdw, gen9) { [GT_BDW] = (bdw), [GT_SKL] = (gen9), [GT_KBL] = (gen9) }

#define ROW(label, at, where) { .name = label, .off = (at), .prm = (where) }
#define ROWS(label, at, count, where) { .name = label, .off = (at), .nr = (count), .prm = (where) }
#define PER_PIPE(label, at, distance, where)                                                       \
	{ .name = label, .off = (at), .nr = 3, .stride = (distance), .prm = (where) }
#define CONSTANT(label, at, bdw, gen9, where)                                                      \
	{ .name = label, .off = (at), .reset = RESET_BY_GEN(bdw, gen9), .ro = ~0u, .prm = (where) }

#define POWER_WELL(label, at)                                                                      \
	{ .name = label, .off = (at), .ro = 0x55555555, .write = gt_power_well_write,              \
	  .prm = PRM_POWER }

#define TRANSCODER_ROWS(id, at)                                                                    \
	ROW("TRANS_HTOTAL_" id, (at), PRM_TRANSCODER),                                             \
	ROW("TRANS_HBLANK_" id, (at) + 0x04, PRM_TRANSCODER),                                      \
	ROW("TRANS_HSYNC_" id, (at) + 0x08, PRM_TRANSCODER),                                       \
	ROW("TRANS_VTOTAL_" id, (at) + 0x0c, PRM_TRANSCODER),                                      \
	ROW("TRANS_VBLANK_" id, (at) + 0x10, PRM_TRANSCODER),                                      \
	ROW("TRANS_VSYNC_" id, (at) + 0x14, PRM_TRANSCODER),                                       \
	ROW("PIPE_SRCSZ_" id, (at) + 0x1c, PRM_TRANSCODER),                                        \
	ROW("TRANS_SPACE_" id, (at) + 0x24, PRM_TRANSCODER),                                       \
	ROW("TRANS_VSYNCSHIFT_" id, (at) + 0x28, PRM_TRANSCODER),                                  \
	ROW("TRANS_MULT_" id, (at) + 0x2c, PRM_TRANSCODER),                                        \
	ROWS("TRANS_DATA_MN_" id, (at) + 0x30, 4, PRM_TRANSCODER),                                 \
	ROWS("TRANS_LINK_MN_" id, (at) + 0x40, 4, PRM_TRANSCODER),                                 \
	{ .name = "PIPE_CRC_CTL_" id, .off = (at) + 0x50, .write = gt_pipe_crc_ctl_write,          \
	  .prm = PRM_TRANSCODER },                                                                 \
	{ .name = "PIPE_CRC_RES_" id, .off = (at) + 0x64, .nr = 5, .ro = ~0u,                      \
	  .prm = PRM_TRANSCODER },                                                                 \
	ROW("VIDEO_DIP_CTL_" id, (at) + 0x200, PRM_TRANSCODER),                                    \
	ROWS("VIDEO_DIP_DATA_" id, (at) + 0x220, 72, PRM_TRANSCODER),                              \
	ROW("TRANS_DDI_FUNC_CTL_" id, (at) + 0x400, PRM_TRANSCODER),                               \
	ROW("TRANS_DDI_FUNC_CTL2_" id, (at) + 0x404, PRM_TRANSCODER),                              \
	ROW("TRANS_MSA_MISC_" id, (at) + 0x410, PRM_TRANSCODER)

/* DONE, TIME_OUT and RECEIVE_ERROR are cleared by writing them. */
#define AUX_CTL(label, at, mask)                                                                   \
	{ .name = label, .off = (at), .w1c = GT_BIT(30) | GT_BIT(28) | GT_BIT(25),                 \
	  .platforms = (mask), .write = gt_aux_ctl_write, .prm = PRM_AUX }

#define DDI_ROWS(id, at)                                                                           \
	{ .name = "DDI_BUF_CTL_" id, .off = (at), .reset = GT_RESET(GT_BIT(7)), .ro = GT_BIT(7),   \
	  .write = gt_ddi_buf_ctl_write, .prm = PRM_DDI },                                         \
	AUX_CTL("DDI_AUX_CTL_" id, (at) + 0x10, 0),                                                \
	ROWS("DDI_AUX_DATA_" id, (at) + 0x14, 5, PRM_AUX),                                         \
	ROW("DP_TP_CTL_" id, (at) + 0x40, PRM_DDI),                                                \
	/* bit 25: idle pattern sent */                                                            \
	CONSTANT("DP_TP_STATUS_" id, (at) + 0x44, GT_BIT(25), GT_BIT(25), PRM_DDI)

#define PCH_AUX_ROWS(id, at)                                                                       \
	AUX_CTL("PCH_AUX_CTL_" id, (at), BDW_ONLY),                                                \
	ROWS("PCH_AUX_DATA_" id, (at) + 0x04, 5, PRM_AUX)

static const struct gt_reg_row rows[] = {
	/* bit 31: the VGA plane is off */
	{ .name = "VGA_CONTROL", .off = 0x41000, .reset = GT_RESET(GT_BIT(31)),
	  .prm = PRM_DISPLAY },
	/* FUSE_STATUS of gen9: fuses downloaded and distributed to power groups 0..2 */
	{ .name = "FUSE_STATUS", .off = 0x42000, .reset = RESET_BY_GEN(0, 0x8e000000),
	  .prm = PRM_POWER },
	ROW("DISPLAY_CHICKEN2", 0x42004, PRM_DISPLAY),
	CONSTANT("FUSE_STRAP", 0x42014, 0, 0, PRM_DISPLAY),
	ROW("DSPCLK_GATE_D", 0x42020, PRM_DISPLAY),
	ROW("CHICKEN_PAR1_1", 0x42080, PRM_DISPLAY),
	ROW("CHICKEN_MISC_2", 0x42084, PRM_DISPLAY),
	ROW("CHICKEN_MISC_4", 0x4208c, PRM_DISPLAY),
	ROW("CHICKEN_PAR2_1", 0x42090, PRM_DISPLAY),
	PER_PIPE("CHICKEN_PIPESL_1", 0x420b0, 4, PRM_DISPLAY),
	ROWS("CHICKEN_TRANS", 0x420c0, 4, PRM_DISPLAY),
	/* bit 31: an unclaimed register was accessed; never */
	{ .name = "FPGA_DBG", .off = 0x42300, .w1c = ~0u, .prm = PRM_DISPLAY },
	ROW("FBC_CFB_BASE", 0x43200, PRM_DISPLAY),
	ROW("FBC_LL_BASE", 0x43204, PRM_DISPLAY),
	ROW("FBC_CTL", 0x43208, PRM_DISPLAY),
	ROW("FBC_RECOMP", 0x4320c, PRM_DISPLAY),
	ROW("FBC_STATUS", 0x43210, PRM_DISPLAY),
	ROW("FBC_FENCE_YOFF", 0x43218, PRM_DISPLAY),
	ROW("FBC_CHICKEN", 0x43224, PRM_DISPLAY),
	ROW("IPS_CTL", 0x43408, PRM_DISPLAY),
	{ .name = "DIGITAL_PORT_HOTPLUG_CTL", .off = 0x44030, .w1c = 0x3, .prm = PRM_DISPLAY },
	/* which display events the engines hear of: none */
	{ .name = "DE_RRMR", .off = 0x44050, .reset = GT_RESET(~0u), .prm = PRM_DISPLAY },
	ROW("ARB_CTL", 0x45000, PRM_WATERMARK),
	ROW("ARB_CTL2", 0x45004, PRM_WATERMARK),
	{ .name = "DBUF_CTL", .off = 0x45008, .reset = RESET_BY_GEN(0, GT_ENABLE | GT_LOCK),
	  .ro = GT_LOCK, .write = gt_lock_write, .prm = PRM_POWER },
	ROWS("WM_PIPE_LP", 0x45100, 12, PRM_WATERMARK),
	ROW("WM_PIPE_C", 0x45200, PRM_WATERMARK),
	ROW("WM_MISC", 0x45260, PRM_WATERMARK),
	PER_PIPE("WM_LINETIME", 0x45270, 4, PRM_WATERMARK),
	ROW("WM_DBG", 0x45280, PRM_WATERMARK),
	POWER_WELL("PWR_WELL_CTL1", 0x45400),
	POWER_WELL("PWR_WELL_CTL2", 0x45404),
	POWER_WELL("PWR_WELL_CTL3", 0x45408),
	POWER_WELL("PWR_WELL_CTL4", 0x4540c),
	ROWS("PWR_WELL_CTL5", 0x45410, 2, PRM_POWER),
	ROW("DC_STATE_EN", 0x45504, PRM_POWER),
	ROW("DC_STATE_DEBUG", 0x45520, PRM_POWER),
	ROW("CDCLK_CTL", 0x46000, PRM_CLOCK),
	{ .name = "LCPLL1_CTL", .off = 0x46010, .reset = RESET_BY_GEN(0, GT_ENABLE | GT_LOCK),
	  .ro = GT_LOCK, .platforms = GEN9_ONLY, .write = gt_dpll_write, .prm = PRM_CLOCK },
	{ .name = "LCPLL2_CTL", .off = 0x46014, .platforms = GEN9_ONLY, .write = gt_dpll_write,
	  .prm = PRM_CLOCK },
	ROW("SPLL_CTL", 0x46020, PRM_CLOCK),
	{ .name = "WRPLL_CTL1", .off = 0x46040, .platforms = GEN9_ONLY, .write = gt_dpll_write,
	  .prm = PRM_CLOCK },
	{ .name = "WRPLL_CTL1", .off = 0x46040, .platforms = BDW_ONLY, .prm = PRM_CLOCK },
	{ .name = "WRPLL_CTL2", .off = 0x46060, .platforms = GEN9_ONLY, .write = gt_dpll_write,
	  .prm = PRM_CLOCK },
	{ .name = "WRPLL_CTL2", .off = 0x46060, .platforms = BDW_ONLY, .prm = PRM_CLOCK },
	/* bits 31:29: 7, no clock */
	{ .name = "PORT_CLK_SEL", .off = 0x46100, .nr = 5, .reset = RESET_BY_GEN(0xe0000000, 0),
	  .prm = "BDW vol 11, PORT_CLK_SEL" },
	ROWS("TRANS_CLK_SEL", 0x46140, 3, PRM_CLOCK),
	ROW("CDCLK_FREQ", 0x46200, PRM_CLOCK),
	ROW("NDE_RSTWRN_OPT", 0x46408, PRM_POWER),
	ROWS("CHICKEN_DCPR", 0x46430, 2, PRM_DISPLAY),
	ROWS("BLC_PWM_CTL", 0x48250, 2, PRM_DISPLAY),
	ROW("UTIL_PIN_CTL", 0x48400, PRM_DISPLAY),
	ROWS("SWF", 0x4f000, 36, PRM_DISPLAY),
	CONSTANT("DFSM", 0x51000, 0, 0, PRM_DISPLAY),
	CONSTANT("DSSM", 0x51004, 0, 0, PRM_DISPLAY),
	TRANSCODER_ROWS("A", GT_HTOTAL),
	TRANSCODER_ROWS("B", GT_HTOTAL + GT_PIPE_STRIDE),
	TRANSCODER_ROWS("C", GT_HTOTAL + 2 * GT_PIPE_STRIDE),
	DDI_ROWS("A", 0x64000),
	DDI_ROWS("B", 0x64100),
	DDI_ROWS("C", 0x64200),
	DDI_ROWS("D", 0x64300),
	DDI_ROWS("E", 0x64400),
	ROW("SRD_CTL", 0x64800, PRM_DDI),
	ROWS("SRD_AUX", 0x64810, 6, PRM_DDI),
	{ .name = "SRD_IMR", .off = 0x64834, .reset = GT_RESET(~0u), .prm = PRM_DDI },
	{ .name = "SRD_IIR", .off = 0x64838, .w1c = ~0u, .prm = PRM_DDI },
	ROW("SRD_STATUS", 0x64840, PRM_DDI),
	ROWS("DDI_BUF_TRANS", 0x64e00, 120, PRM_DDI),
	PER_PIPE("AUD_CONFIG", 0x65000, 0x100, PRM_AUDIO),
	PER_PIPE("AUD_MISC_CTRL", 0x65010, 0x100, PRM_AUDIO),
	PER_PIPE("AUD_M_CTS_ENABLE", 0x65028, 0x100, PRM_AUDIO),
	PER_PIPE("AUD_EDID_DATA", 0x65050, 0x100, PRM_AUDIO),
	ROW("AUD_PIPE_CONV_CFG", 0x6507c, PRM_AUDIO),
	PER_PIPE("AUD_DIG_CNVT", 0x65080, 0x100, PRM_AUDIO),
	PER_PIPE("AUD_DIP_ELD_CTRL_ST", 0x650b4, 0x100, PRM_AUDIO),
	ROW("AUD_PIN_ELD_CP_VLD", 0x650c0, PRM_AUDIO),
	ROW("AUD_FREQ_CNTRL", 0x65900, PRM_AUDIO),
	ROW("DISPIO_CR_TX_BMU_CR0", 0x6c00c, PRM_DDI),
	ROWS("DPLL_CFGCR", 0x6c040, 6, PRM_CLOCK),
	{ .name = "DPLL_CTRL1", .off = 0x6c058, .reset = RESET_BY_GEN(0, 1), .prm = PRM_CLOCK },
	/* clocks of DDI B..E off */
	{ .name = "DPLL_CTRL2", .off = 0x6c05c, .reset = RESET_BY_GEN(0, 0x78000),
	  .prm = PRM_CLOCK },
	CONSTANT("DPLL_STATUS", 0x6c060, 0, 1, PRM_CLOCK),
	TRANSCODER_ROWS("EDP", 0x6f000),
	{ .name = "PIPE_CONF_EDP", .off = 0x7f008, .ro = GT_LOCK, .write = gt_lock_write,
	  .prm = PRM_TRANSCODER },
	ROW("SOUTH_CHICKEN1", 0xc2000, PRM_SOUTH),
	{ .name = "SOUTH_CHICKEN2", .off = 0xc2004, .ro = GT_BIT(13), .write = gt_fdi_mphy_write,
	  .prm = PRM_SOUTH },
	/* bit 6: no analog port; bits 2, 1, 0: port B, C, D is there */
	CONSTANT("SFUSE_STRAP", 0xc2014, 0, 0, PRM_SOUTH),
	ROW("SOUTH_DSPCLK_GATE_D", 0xc2020, PRM_SOUTH),
	{ .name = "SHOTPLUG_CTL", .off = 0xc4030, .w1c = 0x03030303, .prm = PRM_SOUTH },
	{ .name = "SHOTPLUG_CTL2", .off = 0xc403c, .w1c = 0x3, .prm = PRM_SOUTH },
	/* FIFO underruns of the PCH's transcoders */
	{ .name = "SERR_INT", .off = 0xc4040, .w1c = ~0u, .platforms = BDW_ONLY,
	  .prm = "BDW vol 11, South Display" },
	ROW("SBI_ADDR", 0xc6000, PRM_SBI),
	ROW("SBI_DATA", 0xc6004, PRM_SBI),
	{ .name = "SBI_CTL_STAT", .off = 0xc6008, .write = gt_sbi_write, .prm = PRM_SBI },
	ROW("PIXCLK_GATE", 0xc6020, PRM_SOUTH),
	/* MHz */
	{ .name = "RAWCLK_FREQ", .off = 0xc6204, .reset = GT_RESET(24), .prm = PRM_SOUTH },
	ROWS("PP_STATUS", 0xc7200, 5, PRM_SOUTH),
	ROWS("SBLC_PWM_CTL", 0xc8250, 3, PRM_SOUTH),
	ROW("DAC_CTL", 0xe1100, PRM_SOUTH),
	PCH_AUX_ROWS("B", 0xe4110),
	PCH_AUX_ROWS("C", 0xe4210),
	PCH_AUX_ROWS("D", 0xe4310),
	{ .name = "TRANS_CHICKEN1", .off = 0xf0060, .nr = 3, .stride = 0x1000,
	  .platforms = BDW_ONLY, .prm = "BDW vol 11, South Display" },
	{ .name = "LCPLL_CTL", .off = 0x130040, .reset = RESET_BY_GEN(GT_BIT(30), 0),
	  .ro = GT_BIT(30) | GT_BIT(19), .platforms = BDW_ONLY, .write = gt_bdw_lcpll_write,
	  .prm = "BDW vol 11, LCPLL_CTL" },
	{ .name = "GTDRIVER_MAILBOX_INTERFACE", .off = 0x138124, .write = gt_pcode_write,
	  .prm = PRM_PCODE },
	ROWS("GTDRIVER_MAILBOX_DATA", 0x138128, 2, PRM_PCODE),
	ROW("MAD_INTER_CHANNEL", 0x145000, PRM_MCHBAR),
	/* one channel with one module of 8 GB */
	{ .name = "MAD_DIMM_CH0", .off = 0x14500c, .reset = GT_RESET(8), .prm = PRM_MCHBAR },
	ROW("MAD_DIMM_CH1", 0x145010, PRM_MCHBAR),
	ROW("GT_PERF_STATUS", 0x145948, PRM_MCHBAR),
	ROW("RP_STATE_LIMITS", 0x145994, PRM_MCHBAR),
	/* in 50 MHz: lowest 300, efficient 600, highest 900 MHz */
	{ .name = "RP_STATE_CAP", .off = 0x145998, .reset = GT_RESET(0x00060c12),
	  .prm = PRM_MCHBAR },
	/* latencies of memory at power levels: 1: 4, 2: 8, 3: 16 us; 4: 32 us, 0: 2 us */
	{ .name = "SSKPD_LDW", .off = 0x145d10, .reset = RESET_BY_GEN(0x02010080, 0),
	  .prm = "BDW datasheet vol 2, MCHBAR" },
	{ .name = "SSKPD_UDW", .off = 0x145d14, .reset = RESET_BY_GEN(0x14000040, 0),
	  .prm = "BDW datasheet vol 2, MCHBAR" },
	ROW("DCLK", 0x145e04, PRM_MCHBAR),
};
const struct gt_reg_table gt_regs_display = { rows, GT_ARRAY_SIZE(rows) };
