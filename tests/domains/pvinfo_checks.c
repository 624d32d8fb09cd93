/* SPDX-License-Identifier: MIT */
/*
 * The PVINFO page: who we are and which graphics memory is ours, by the rules i915 applies before
 * it accepts a vGPU (drivers/gpu/drm/i915/i915_vgpu.c, intel_vgt_balloon).
 */
#include "checks.h"
#include "gpu.h"
#include "tap.h"

#define PV_VERSION       (PVINFO + 0x08)
#define PV_CAPS          (PVINFO + 0x10)
#define PV_MAP_BASE      (PVINFO + 0x40)
#define PV_MAP_SIZE      (PVINFO + 0x44)
#define PV_UNMAP_BASE    (PVINFO + 0x48)
#define PV_UNMAP_SIZE    (PVINFO + 0x4c)
#define PV_FENCES        (PVINFO + 0x50)
#define PV_DISPLAY_READY (PVINFO + 0x804)
#define PV_PDP           (PVINFO + 0x838)

/* What the checks after this one want to lend the vGPU. */
#define UNMAP_WANTED 0x1000000u

static void check_identity(void)
{
	tap_is(read64(gpu.mmio + PVINFO), 0x4776544776544776ull, "PVINFO's magic reads by 8 bytes");
	tap_ok(read16(gpu.mmio + PV_VERSION) >= 1,
	       "PVINFO's major version, of 2 bytes, is 1 or more");
	tap_is(reg_read(PV_CAPS) & 0xc, 0xc, "PVINFO promises full PPGTT and HWSP emulation");
}

static void check_partition(void)
{
	uint64_t map_end = (uint64_t)gpu.map_base + gpu.map_size;
	uint64_t unmap_end = (uint64_t)gpu.unmap_base + gpu.unmap_size;

	tap_note("mappable %x size %x, unmappable %x size %x, %u fences", gpu.map_base,
		 gpu.map_size, gpu.unmap_base, gpu.unmap_size, reg_read(PV_FENCES));
	tap_ok(!((gpu.map_base | gpu.map_size | gpu.unmap_base | gpu.unmap_size) % PAGE_SIZE),
	       "both windows begin and end with a page");
	tap_ok(map_end <= gpu.aperture_size, "the mappable window lies within BAR2");
	tap_ok(gpu.unmap_base >= gpu.aperture_size, "the unmappable window lies beyond BAR2");
	tap_ok(unmap_end <= gpu.ggtt_size, "the unmappable window lies within the GGTT");
}

static void check_read_only(void)
{
	static const uint32_t offs[] = {PVINFO,        PVINFO + 4,    PV_VERSION,
					PV_CAPS,       PV_MAP_BASE,   PV_MAP_SIZE,
					PV_UNMAP_BASE, PV_UNMAP_SIZE, PV_FENCES};
	bool ok = true;

	for (uint32_t i = 0; i < ARRAY_SIZE(offs); i++) {
		uint32_t before = reg_read(offs[i]);

		reg_write(offs[i], ~before);
		if (reg_read(offs[i]) != before) {
			tap_note("%05x was %08x, is %08x", offs[i], before, reg_read(offs[i]));
			ok = false;
		}
	}
	tap_ok(ok, "what PVINFO says cannot be overwritten");
}

bool check_pvinfo(void)
{
	if (!tap_is(reg_read(PVINFO), 0x76544776, "PVINFO's magic is there")) {
		return false;
	}
	gpu.map_base = reg_read(PV_MAP_BASE);
	gpu.map_size = reg_read(PV_MAP_SIZE);
	gpu.unmap_base = reg_read(PV_UNMAP_BASE);
	gpu.unmap_size = reg_read(PV_UNMAP_SIZE);
	check_identity();
	check_partition();
	check_read_only();
	reg_write(PV_PDP, 0x12345000);
	tap_is(reg_read(PV_PDP), 0x12345000, "PVINFO takes the address of a page table");
	reg_write(PV_PDP, 0);
	reg_write(PV_DISPLAY_READY, 1);
	tap_is(reg_read(PV_DISPLAY_READY), 1, "PVINFO takes the driver's readiness");
	reg_write(PV_DISPLAY_READY, 0);
	return tap_ok(gpu.unmap_size >= UNMAP_WANTED, "16 MiB are ours, enough for these checks");
}
