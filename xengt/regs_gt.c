/* SPDX-License-Identifier: MIT */
/*
 * Registers of the GT outside the engines' common ones: workarounds, fuses, caches, reset, power,
 * GuC, fences.
 *
 * Most are storage: the driver writes them and reads them back.  Pages in which nothing acts on a
 * write stay plain memory (no exit at all), so what need not act does not.  The RPS page 0xa000 is
 * written when the GPU goes idle or busy, an exit or two, because a driver waits for the frequency
 * it asked for; forcewake, which lies there too, is not used by a driver that sees a vGPU.
 * PRM SKL and BDW vol 2c, "Command Reference: Registers".
 */
#include "regs.h"

#include "vgpu_internal.h"

#define PRM_GT	  "SKL vol 2c, GT registers"
#define PRM_WA	  "SKL vol 2c, chicken bits"
#define PRM_STATS "SKL vol 2c, pipeline statistics"
#define PRM_MOCS  "SKL vol 2c, MOCS"
#define PRM_RPS	  "SKL vol 2c, render P-states"
#define PRM_GUC	  "SKL vol 2c, GuC"

#define FORCEWAKE_GT	 0xa188u
#define FORCEWAKE_MEDIA	 0xa270u
#define FORCEWAKE_RENDER 0xa278u

/* GDRST: which domain takes which engines along. */
static void write_gdrst(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	enum { FULL = GT_BIT(0), RENDER = GT_BIT(1), MEDIA = GT_BIT(2), BLT = GT_BIT(3),
	       VEBOX = GT_BIT(4) };
	uint32_t engines = 0;

	if (w->raw & FULL) {
		engines = GT_BIT(GT_NR_ENGINES) - 1;
	}
	engines |= w->raw & RENDER ? GT_BIT(GT_RCS) : 0;
	engines |= w->raw & MEDIA ? GT_BIT(GT_VCS) : 0;
	engines |= w->raw & BLT ? GT_BIT(GT_BCS) : 0;
	engines |= w->raw & VEBOX ? GT_BIT(GT_VECS) : 0;
	if (engines) {
		gt_count(v, GT_C_resets);
		gt_submit_reset(v, engines);
	}
}

/* Done at once, and reads 0 ever after, which is what the driver polls for. */
static void write_tlb_invalidate(struct gt_vgpu *v, const struct gt_reg *r,
				 const struct gt_reg_write *w)
{
	if (w->raw & 1) {
		gt_ppgtt_invalidate(v->ppgtt);
	}
}

static void write_gfx_flush(struct gt_vgpu *v, const struct gt_reg *r,
			    const struct gt_reg_write *w)
{
	gt_ggtt_flush(v);
}

/*
 * Awake at once: what was last asked for.  A driver that sees a vGPU does not ask; for others the
 * request registers stay storage, whose reads do not exit.
 */
static uint32_t read_forcewake_ack(struct gt_vgpu *v, const struct gt_reg *r)
{
	uint32_t request = r->off == 0xd84 ? FORCEWAKE_RENDER
					   : r->off == 0xd88 ? FORCEWAKE_MEDIA : FORCEWAKE_GT;
	uint32_t val = gt_vreg(v, request);

	return val & val >> 16;
}

#define ACK(label, at)                                                                             \
	{ .name = label, .off = (at), .ro = ~0u, .flags = GT_R_VOLATILE,                           \
	  .read = read_forcewake_ack, .prm = PRM_GT }

/*
 * RPNSWREQ asks for a frequency and RPSTAT1 says which one runs: at once that, as far as
 * RP_STATE_CAP (regs_display.c) goes.  Gen9 counts in thirds of 50 MHz, in other bits.
 */
static void write_rpnswreq(struct gt_vgpu *v, const struct gt_reg *r,
			   const struct gt_reg_write *w)
{
	enum { RPSTAT1 = 0xa01c, LOWEST_50MHZ = 6, HIGHEST_50MHZ = 18 };
	bool gen9 = gt_platforms[v->platform].gen >= 9;
	uint32_t per_50MHz = gen9 ? 3 : 1;
	uint32_t ratio = gen9 ? w->now >> 23 : w->now >> 24;

	if (ratio < LOWEST_50MHZ * per_50MHz) {
		ratio = LOWEST_50MHZ * per_50MHz;
	} else if (ratio > HIGHEST_50MHZ * per_50MHz) {
		ratio = HIGHEST_50MHZ * per_50MHz;
	}
	gt_vreg_set(v, RPSTAT1, ratio << (gen9 ? 23 : 7));
}

#define STORED(label, at, where) { .name = label, .off = (at), .prm = where }
#define STORED_N(label, at, n, where) { .name = label, .off = (at), .nr = (n), .prm = where }
/* Hardware lets users' batches write it. */
#define USERS_N(label, at, n, where)                                                               \
	{ .name = label, .off = (at), .nr = (n), .flags = GT_R_USER, .prm = where }
#define MASKED_USERS_N(label, at, n)                                                               \
	{ .name = label, .off = (at), .nr = (n), .flags = GT_R_MASKED | GT_R_USER, .prm = PRM_WA }
#define VALUE(label, at, bdw, skl, kbl)                                                            \
	{ .name = label, .off = (at), .reset = { (bdw), (skl), (kbl) }, .prm = PRM_GT }
#define MASKED_N(label, at, n)                                                                     \
	{ .name = label, .off = (at), .nr = (n), .flags = GT_R_MASKED, .prm = PRM_WA }
#define MASKED(label, at) MASKED_N(label, at, 1)
#define ACTION(label, at, handler)                                                                 \
	{ .name = label, .off = (at), .flags = GT_R_WRITE_ONLY | GT_R_NO_CMD, .write = (handler),  \
	  .prm = PRM_GT }

static const struct gt_reg_row rows[] = {
	STORED("GT_RAM_CLOCK_GATING", 0xd00, PRM_GT),
	ACK("FORCEWAKE_ACK_RENDER", 0xd84),
	ACK("FORCEWAKE_ACK_MEDIA", 0xd88),
	STORED("MCR_SELECTOR", 0xfdc, PRM_GT),
	STORED("PGTBL_ER", 0x2024, PRM_GT),
	MASKED("FF_MODE", 0x2084),
	MASKED("HDC_CHICKEN_RCS", 0x2088),
	MASKED("CACHE_MODE_SS", 0x208c),
	MASKED("_3D_CHICKEN3", 0x2090),
	STORED("FF_THREAD_MODE", 0x20a0, PRM_WA),
	MASKED("CSFE_CHICKEN1", 0x20d4),
	MASKED("CS_DEBUG_MODE2", 0x20d8),
	MASKED("FF_SLICE_CS_CHICKEN1", 0x20e0),
	MASKED("FF_SLICE_CS_CHICKEN2", 0x20e4),
	MASKED("CS_DEBUG_MODE1", 0x20ec),
	STORED("GFX_MODE_GEN6", 0x2120, PRM_GT),
	STORED("SBB_PREEMPT_ADDR", 0x213c, PRM_GT),
	STORED("BB_PREEMPT_ADDR", 0x2148, PRM_GT),
	STORED("CS_CTX_SIZE", 0x21a8, PRM_GT),
	STORED("CTX_PREEMPT", 0x2248, PRM_GT),
	USERS_N("PS_INVOCATION_SLICE", 0x22c8, 8, PRM_STATS),
	USERS_N("HS_INVOCATION_COUNT", 0x2300, 22, PRM_STATS),
	STORED_N("OACONTROL", 0x2360, 2, PRM_GT),
	USERS_N("MI_PREDICATE", 0x2400, 7, PRM_GT),
	USERS_N("3DPRIM", 0x2420, 9, PRM_GT),
	STORED("PREEMPTION_HINT", 0x24bc, PRM_GT),
	USERS_N("GPGPU_DISPATCHDIM", 0x2500, 3, PRM_GT),
	MASKED("CS_CHICKEN1", 0x2580),
	STORED_N("OAR", 0x2b00, 64, PRM_GT),
	STORED("GTT_CACHE_EN", 0x4024, PRM_GT),
	STORED("RENDER_HWS_PGA_GEN7", 0x4080, PRM_GT),
	STORED("GAM_ECOCHK", 0x4090, PRM_WA),
	STORED("RING_FAULT", 0x4094, PRM_GT),
	STORED("ERROR_GEN6", 0x40a0, PRM_GT),
	STORED("DONE_REG", 0x40b0, PRM_GT),
	STORED("PRIVATE_PAT_LO", 0x40e0, PRM_GT),
	STORED("PRIVATE_PAT_HI", 0x40e4, PRM_GT),
	ACTION("RTCR", 0x4260, write_tlb_invalidate),
	ACTION("M1TCR", 0x4264, write_tlb_invalidate),
	ACTION("M2TCR", 0x4268, write_tlb_invalidate),
	ACTION("BTCR", 0x426c, write_tlb_invalidate),
	ACTION("VTCR", 0x4270, write_tlb_invalidate),
	STORED("GAMT_ECO_REG_RW_IA", 0x4ab0, PRM_WA),
	STORED("GAMT_CHKN_BIT_REG", 0x4ab8, PRM_WA),
	STORED("FAULT_TLB_DATA0", 0x4b10, PRM_GT),
	STORED("FAULT_TLB_DATA1", 0x4b14, PRM_GT),
	STORED("L3_LRA_1_GPGPU", 0x4dd4, PRM_WA),
	STORED("MMCD_MISC_CTRL", 0x4ddc, PRM_WA),
	USERS_N("SO_NUM_PRIMS_WRITTEN", 0x5200, 8, PRM_STATS),
	USERS_N("SO_PRIM_STORAGE_NEEDED", 0x5240, 8, PRM_STATS),
	USERS_N("SO_WRITE_OFFSET", 0x5280, 4, PRM_GT),
	MASKED_USERS_N("CACHE_MODE", 0x7000, 2),
	MASKED_USERS_N("GT_MODE", 0x7008, 1),
	MASKED_N("COMMON_SLICE_CHICKEN", 0x700c, 5),
	USERS_N("L3CNTLREG", 0x7034, 1, PRM_GT),
	STORED("SC_INSTDONE", 0x7100, PRM_GT),
	MASKED_N("HDC_CHICKEN", 0x7300, 4),
	STORED("SLICE_COMMON_ECO_CHICKEN1", 0x731c, PRM_WA),
	STORED("FBC_LLC_READ_CTRL", 0x9044, PRM_WA),
	/* One slice of three subslices: bits 27:25; disabled are, of gen9's four, the last one. */
	VALUE("FUSE2", 0x9120, 0x02000000, 0x02800000, 0x02800000),
	STORED_N("EU_DISABLE", 0x9134, 3, PRM_GT),
	STORED("UCGCTL1", 0x9400, PRM_WA),
	STORED("UCGCTL2", 0x9404, PRM_WA),
	STORED("UCGCTL3", 0x9408, PRM_WA),
	STORED("UCGCTL4", 0x940c, PRM_WA),
	ACTION("GDRST", 0x941c, write_gdrst),
	STORED("MISCCPCTL", 0x9424, PRM_WA),
	STORED("UCGCTL6", 0x9430, PRM_WA),
	{ .name = "RPNSWREQ", .off = 0xa008, .flags = GT_R_NO_CMD, .write = write_rpnswreq,
	  .prm = PRM_RPS },
	STORED("RC_VIDEO_FREQ", 0xa00c, PRM_RPS),
	STORED("RP_DOWN_TIMEOUT", 0xa010, PRM_RPS),
	STORED("RP_INTERRUPT_LIMITS", 0xa014, PRM_RPS),
	/* the lowest frequency, until one is asked for */
	{ .name = "RPSTAT1", .off = 0xa01c, .reset = { 6 << 7, 18 << 23, 18 << 23 }, .ro = ~0u,
	  .prm = PRM_RPS },
	STORED("RPSTAT2", 0xa020, PRM_RPS),
	STORED("RP_CONTROL", 0xa024, PRM_RPS),
	STORED("RP_UP_THRESHOLD", 0xa02c, PRM_RPS),
	STORED("RP_DOWN_THRESHOLD", 0xa030, PRM_RPS),
	STORED_N("RP_CUR_EI", 0xa050, 6, PRM_RPS),
	STORED("RP_UP_EI", 0xa068, PRM_RPS),
	STORED("RP_DOWN_EI", 0xa06c, PRM_RPS),
	STORED("RP_IDLE_HYSTERSIS", 0xa070, PRM_RPS),
	STORED("RC_CONTROL", 0xa090, PRM_RPS),
	STORED("RC_STATE", 0xa094, PRM_RPS),
	STORED_N("RC_WAKE_RATE_LIMIT", 0xa098, 6, PRM_RPS),
	STORED_N("RC_THRESHOLD", 0xa0b0, 4, PRM_RPS),
	STORED("PMINTRMSK", 0xa168, PRM_RPS),
	STORED("FORCEWAKE_GT", FORCEWAKE_GT, PRM_GT),
	STORED("PG_ENABLE", 0xa210, PRM_RPS),
	/* Bit 0: the crystal's clock; 2:1: 24 MHz >> (3 - s), 12 MHz for s = 2. */
	VALUE("CTC_MODE", 0xa26c, 0, 4, 4),
	STORED("FORCEWAKE_MEDIA", FORCEWAKE_MEDIA, PRM_GT),
	STORED("FORCEWAKE_RENDER", FORCEWAKE_RENDER, PRM_GT),
	STORED("GARBCNTL", 0xb004, PRM_WA),
	STORED("SCRATCH_LNCF1", 0xb008, PRM_WA),
	STORED_N("LNCFCMOCS", 0xb020, 32, PRM_MOCS),
	STORED("L3SQCREG1", 0xb100, PRM_WA),
	STORED("L3SQCREG2", 0xb10c, PRM_WA),
	STORED("L3SQCREG3", 0xb110, PRM_WA),
	STORED("L3SQCREG4", 0xb118, PRM_WA),
	STORED("SCRATCH1", 0xb11c, PRM_WA),
	/* Bit 0: its processor is in reset, as it is when no firmware was loaded. */
	{ .name = "GUC_STATUS", .off = 0xc000, .reset = GT_RESET(1), .prm = PRM_GUC },
	STORED("GUC_WOPCM_SIZE", 0xc050, PRM_GUC),
	STORED("GUC_SHIM_CONTROL", 0xc064, PRM_GUC),
	STORED_N("SOFT_SCRATCH", 0xc180, 16, PRM_GUC),
	STORED("DMA_GUC_WOPCM_OFFSET", 0xc340, PRM_GUC),
	STORED_N("GFX_MOCS", 0xc800, 64, PRM_MOCS),
	STORED_N("MFX0_MOCS", 0xc900, 64, PRM_MOCS),
	STORED_N("MFX1_MOCS", 0xca00, 64, PRM_MOCS),
	STORED_N("VEBOX_MOCS", 0xcb00, 64, PRM_MOCS),
	STORED_N("BLT_MOCS", 0xcc00, 64, PRM_MOCS),
	STORED("CONFIG0", 0xd00c, PRM_GT),
	MASKED_N("HALF_SLICE_CHICKEN", 0xe100, 24),
	/* 0xe160 and 0xe164 hold what is done, in bits 31:0. */
	STORED("SAMPLER_INSTDONE", 0xe160, PRM_GT),
	STORED("ROW_INSTDONE", 0xe164, PRM_GT),
	MASKED_N("SAMPLER_CHICKEN", 0xe168, 38),
	USERS_N("TD_CTL", 0xe400, 2, PRM_WA),
	{ .name = "EU_PERF_CNTL0", .off = 0xe458, .nr = 4, .stride = 0x100, .prm = PRM_GT },
	{ .name = "EU_PERF_CNTL4", .off = 0xe45c, .nr = 4, .stride = 0x100, .prm = PRM_GT },
	MASKED_N("ROW_CHICKEN", 0xe480, 32),
	STORED_N("GAC_ECO", 0x14090, 2, PRM_WA),
	{ .name = "FENCE_LSB", .off = 0x100000, .nr = 32, .stride = 8, .prm = PRM_GT },
	{ .name = "FENCE_MSB", .off = 0x100004, .nr = 32, .stride = 8, .prm = PRM_GT },
	ACTION("GFX_FLSH_CNTL", 0x101008, write_gfx_flush),
	STORED("EDRAM_CAP", 0x120010, PRM_GT),
	ACK("FORCEWAKE_ACK_GT", 0x130044),
	/* which subslices have power: none while the GPU is idle */
	STORED("GT_CORE_STATUS", 0x138060, PRM_RPS),
	STORED("GT_SLICE_INFO", 0x138064, PRM_RPS),
};
const struct gt_reg_table gt_regs_gt = { rows, GT_ARRAY_SIZE(rows) };
