/* SPDX-License-Identifier: MIT */
/*
 * The PVINFO page at 0x78000: how a guest learns that it has a vGPU, which graphics memory is its
 * own, and how it tells us about its page tables.  The layout is the vGPU interface that i915 has
 * spoken since Linux 4.0; no PRM describes it.
 */
#include "regs.h"

#include "vgpu_internal.h"
#include "xengt/log.h"

#define PVINFO		   0x78000u
#define PV_MAGIC_LO	   (PVINFO + 0x000)
#define PV_VERSION	   (PVINFO + 0x008)
#define PV_VGT_ID	   (PVINFO + 0x00c)
#define PV_CAPS		   (PVINFO + 0x010)
#define PV_MAP_BASE	   (PVINFO + 0x040)
#define PV_MAP_SIZE	   (PVINFO + 0x044)
#define PV_UNMAP_BASE	   (PVINFO + 0x048)
#define PV_UNMAP_SIZE	   (PVINFO + 0x04c)
#define PV_FENCES	   (PVINFO + 0x050)
#define PV_DISPLAY_READY   (PVINFO + 0x804)
#define PV_G2V_NOTIFY	   (PVINFO + 0x818)
#define PV_PDP		   (PVINFO + 0x838)

#define CAP_FULL_PPGTT	   GT_BIT(2)
#define CAP_HWSP_EMULATION GT_BIT(3)

#define PRM_NONE "vGPU interface of i915"

enum g2v {
	G2V_PPGTT_L3_CREATE = 2,
	G2V_PPGTT_L3_DESTROY,
	G2V_PPGTT_L4_CREATE,
	G2V_PPGTT_L4_DESTROY,
	G2V_EXECLIST_CREATE,
	G2V_EXECLIST_DESTROY,
};

void gt_pvinfo_reset(struct gt_vgpu *v)
{
	gt_vreg_set(v, PV_MAP_BASE, (uint32_t)v->part.map_base);
	gt_vreg_set(v, PV_MAP_SIZE, (uint32_t)v->part.map_size);
	gt_vreg_set(v, PV_UNMAP_BASE, (uint32_t)v->part.unmap_base);
	gt_vreg_set(v, PV_UNMAP_SIZE, (uint32_t)v->part.unmap_size);
	gt_vreg_set(v, PV_FENCES, v->part.nr_fences);
	gt_vreg_set(v, PV_VGT_ID, v->guest->domid);
}

static void write_display_ready(struct gt_vgpu *v, const struct gt_reg *r,
				const struct gt_reg_write *w)
{
	bool ready = w->now & 1;

	if (ready != v->display.driver_ready) {
		gt_info(GT_T_CORE, "the guest's driver is %s", ready ? "ready" : "gone");
	}
	v->display.driver_ready = ready;
}

static uint64_t announced_root(struct gt_vgpu *v, unsigned i)
{
	return (uint64_t)gt_vreg(v, PV_PDP + 8 * i + 4) << 32 | gt_vreg(v, PV_PDP + 8 * i);
}

/* The four page directories of a legacy 32-bit address space: four roots. */
static void for_page_directories(struct gt_vgpu *v, void (*fn)(struct gt_ppgtt *, uint64_t))
{
	for (unsigned i = 0; i < 4; i++) {
		fn(v->ppgtt, (announced_root(v, i) & GT_PAGE_MASK) | GT_PPGTT_ROOT_PD);
	}
}

/* Page tables and contexts come and go.  Contexts need no announcement: a submission does. */
static void write_g2v_notify(struct gt_vgpu *v, const struct gt_reg *r,
			     const struct gt_reg_write *w)
{
	if (w->raw < G2V_PPGTT_L3_CREATE || w->raw > G2V_EXECLIST_DESTROY) {
		gt_event(v, GT_EV_g2v_unknown, "code %u", w->raw);
		return;
	}
	switch ((enum g2v)w->raw) {
	case G2V_PPGTT_L3_CREATE:
		for_page_directories(v, gt_ppgtt_root_create);
		break;
	case G2V_PPGTT_L3_DESTROY:
		for_page_directories(v, gt_ppgtt_root_destroy);
		break;
	case G2V_PPGTT_L4_CREATE:
		gt_ppgtt_root_create(v->ppgtt, announced_root(v, 0) & GT_PAGE_MASK);
		break;
	case G2V_PPGTT_L4_DESTROY:
		gt_ppgtt_root_destroy(v->ppgtt, announced_root(v, 0) & GT_PAGE_MASK);
		break;
	case G2V_EXECLIST_CREATE:
	case G2V_EXECLIST_DESTROY:
		break;
	}
	gt_ppgtt_invalidate(v->ppgtt);
}

#define CONSTANT(label, at, value)                                                                 \
	{ .name = label, .off = (at), .ro = ~0u, .reset = GT_RESET(value), .prm = PRM_NONE }

static const struct gt_reg_row rows[] = {
	/* magic 0x4776544776544776: "vGTvGTvG" */
	CONSTANT("VGT_MAGIC_LO", PV_MAGIC_LO, 0x76544776),
	CONSTANT("VGT_MAGIC_HI", PV_MAGIC_LO + 4, 0x47765447),
	CONSTANT("VGT_VERSION", PV_VERSION, 1),
	CONSTANT("VGT_ID", PV_VGT_ID, 0),
	CONSTANT("VGT_CAPS", PV_CAPS, CAP_FULL_PPGTT | CAP_HWSP_EMULATION),
	CONSTANT("VGT_MAPPABLE_BASE", PV_MAP_BASE, 0),
	CONSTANT("VGT_MAPPABLE_SIZE", PV_MAP_SIZE, 0),
	CONSTANT("VGT_UNMAPPABLE_BASE", PV_UNMAP_BASE, 0),
	CONSTANT("VGT_UNMAPPABLE_SIZE", PV_UNMAP_SIZE, 0),
	CONSTANT("VGT_FENCES", PV_FENCES, 0),
	{ .name = "VGT_DISPLAY_READY", .off = PV_DISPLAY_READY, .write = write_display_ready,
	  .prm = PRM_NONE },
	{ .name = "VGT_G2V_NOTIFY", .off = PV_G2V_NOTIFY, .write = write_g2v_notify,
	  .prm = PRM_NONE },
	{ .name = "VGT_CURSOR_HOT_X", .off = PVINFO + 0x830, .prm = PRM_NONE },
	{ .name = "VGT_CURSOR_HOT_Y", .off = PVINFO + 0x834, .prm = PRM_NONE },
	{ .name = "VGT_PDP", .off = PV_PDP, .nr = 8, .prm = PRM_NONE },
	{ .name = "VGT_EXECLIST_LO", .off = PVINFO + 0x858, .prm = PRM_NONE },
	{ .name = "VGT_EXECLIST_HI", .off = PVINFO + 0x85c, .prm = PRM_NONE },
};
const struct gt_reg_table gt_regs_pvinfo = { rows, GT_ARRAY_SIZE(rows) };
