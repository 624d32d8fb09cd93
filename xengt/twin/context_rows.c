/* SPDX-License-Identifier: MIT */
/*
 * The layout of context images: which register lies at which dword of the register state page.
 *
 * An image is a batch of MI_LOAD_REGISTER_IMM commands with gaps between.  Ring, execlist and
 * engine context are laid out as hardware does, and so are the places where drivers look
 * (OACTXCONTROL, the flexible EU counters); the order of the other registers of RCS is ours.
 * PRM SKL vol 7, "Register State Context"; BDW vol 7, the same.
 */
#include "context.h"

#define M(reg)	 ((reg) | IMAGE_MASKED)
#define D(reg)	 ((reg) | IMAGE_DRIVER)
#define OWN(reg) ((reg) | IMAGE_TWIN)

#define RING_11                                                                                    \
	OWN(0x244), OWN(0x034), OWN(0x030), OWN(0x038), OWN(0x03c), OWN(0x168), OWN(0x140),        \
		OWN(0x110), OWN(0x11c), OWN(0x114), OWN(0x118)
#define GPR_4(i)                                                                                   \
	(i), (i) + 0x04, (i) + 0x08, (i) + 0x0c, (i) + 0x10, (i) + 0x14, (i) + 0x18, (i) + 0x1c
#define GPRS	    GPR_4(0x600), GPR_4(0x620), GPR_4(0x640), GPR_4(0x660)
#define STATISTICS                                                                                 \
	0x2300, 0x2304, 0x2308, 0x230c, 0x2310, 0x2314, 0x2318, 0x231c, 0x2320, 0x2324, 0x2328,    \
		0x232c, 0x2330, 0x2334, 0x2338, 0x233c, 0x2340, 0x2344, 0x2348, 0x234c, 0x2350,    \
		0x2354
#define PREDICATES  0x2400, 0x2404, 0x2408, 0x240c, 0x2410, 0x2414, 0x2418
#define PRIMITIVES                                                                                 \
	0x2420, 0x2424, 0x2428, 0x242c, 0x2430, 0x2434, 0x2438, 0x243c, 0x2440, 0x2500, 0x2504,    \
		0x2508
#define SO_OFFSETS  0x5280, 0x5284, 0x5288, 0x528c
#define CACHE_MODES                                                                                \
	M(0x7000), M(0x7004), M(0x7008), M(0x7010), M(0x7014), M(0x7018), M(0x701c), M(0x7300),    \
		M(0x7304)
#define SLICE_CHICKENS                                                                             \
	M(0xe100), M(0xe180), M(0xe184), M(0xe188), M(0xe18c), M(0xe190), M(0xe194), 0xe400,       \
		0xe404, M(0xe48c), M(0xe49c), M(0xe4f0), M(0xe4f4)
#define CS_CHICKENS 0x2248, M(0x2580), M(0x20d8), M(0x2088), M(0x2090)

static const uint32_t ring_11[] = { RING_11 };
static const uint32_t ring_14[] = { RING_11, D(0x1c0), D(0x1c4), D(0x1c8) };
static const uint32_t ppgtt[] = { OWN(0x3a8), D(0x28c), D(0x288), D(0x284), D(0x280), D(0x27c),
				  D(0x278),   D(0x274), D(0x270) };
static const uint32_t power[] = { 0x0c8 };
static const uint32_t xcs_8[] = { M(0x200), M(0x028) };
static const uint32_t xcs_9[] = { M(0x200) };
static const uint32_t engine_9[] = {
	M(0x028), M(0x09c), M(0x0c0), 0x178, 0x17c, OWN(0x358), 0x170, 0x150, 0x154, 0x158,
	0x41c, GPRS, OWN(0x068),
};
static const uint32_t render_9[] = {
	STATISTICS, PREDICATES, PRIMITIVES, CS_CHICKENS, SO_OFFSETS, 0x7034, CACHE_MODES,
	M(0x7308), M(0x730c), 0x2360,
};
static const uint32_t render_8[] = {
	M(0x028), M(0x0c0), 0x178, M(0x09c), STATISTICS, PREDICATES, PRIMITIVES, SO_OFFSETS,
	0x17c, 0x170, 0x150, 0x154, 0x41c, 0x7034, 0x2248, M(0x7308), 0x158, CACHE_MODES, GPRS,
};
static const uint32_t slices_8[] = { 0x2360, M(0x20d8), M(0x2088), M(0x2090), SLICE_CHICKENS };
static const uint32_t slices_9[] = { SLICE_CHICKENS };
static const uint32_t flexible_eu[] = { 0xe458, 0xe558, 0xe658, 0xe758, 0xe45c, 0xe55c, 0xe65c };

#define RUN(at, is_posted, of, list)                                                               \
	{ .dw = (at), .nr = GT_ARRAY_SIZE(list), .posted = (is_posted), .part = (of),             \
	  .regs = (list) }

static const struct image_run xcs_8_runs[] = {
	RUN(0x01, false, IMAGE_RING, ring_11),
	RUN(0x21, false, IMAGE_RING, ppgtt),
	RUN(0x41, false, IMAGE_ENGINE, xcs_8),
};
static const struct image_run xcs_9_runs[] = {
	RUN(0x01, true, IMAGE_RING, ring_14),
	RUN(0x21, true, IMAGE_RING, ppgtt),
	RUN(0x41, true, IMAGE_ENGINE, xcs_9),
	RUN(0x51, true, IMAGE_ENGINE, engine_9),
};
static const struct image_run rcs_8_runs[] = {
	RUN(0x01, true, IMAGE_RING, ring_14),
	RUN(0x21, true, IMAGE_RING, ppgtt),
	RUN(0x41, false, IMAGE_RING, power),
	RUN(0x51, true, IMAGE_ENGINE, render_8),
	RUN(0x11f, true, IMAGE_ENGINE, slices_8),
	RUN(0x2cd, true, IMAGE_ENGINE, flexible_eu),
};
static const struct image_run rcs_9_runs[] = {
	RUN(0x01, true, IMAGE_RING, ring_14),
	RUN(0x21, true, IMAGE_RING, ppgtt),
	RUN(0x41, false, IMAGE_RING, power),
	RUN(0x51, true, IMAGE_ENGINE, engine_9),
	RUN(0xab, true, IMAGE_ENGINE, render_9),
	RUN(0x12b, true, IMAGE_ENGINE, slices_9),
	RUN(0x3dd, true, IMAGE_ENGINE, flexible_eu),
};

/* What drivers look for, at the dword where they do. */
_Static_assert(GT_ARRAY_SIZE(engine_9) == 44, "");
_Static_assert(0xab + 1 + 2 * (GT_ARRAY_SIZE(render_9) - 1) == 0x128, "OACTXCONTROL of render_9");
_Static_assert(GT_ARRAY_SIZE(render_8) == 99, "");

const struct image_layout *gt_twin_image_layout(unsigned gen, enum gt_engine e)
{
	static const struct image_layout layouts[2][2] = {
		{ { xcs_8_runs, GT_ARRAY_SIZE(xcs_8_runs) },
		  { xcs_9_runs, GT_ARRAY_SIZE(xcs_9_runs) } },
		{ { rcs_8_runs, GT_ARRAY_SIZE(rcs_8_runs) },
		  { rcs_9_runs, GT_ARRAY_SIZE(rcs_9_runs) } },
	};

	return &layouts[e == GT_RCS][gen >= 9];
}
