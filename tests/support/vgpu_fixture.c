/* SPDX-License-Identifier: MIT */
#include "vgpu_fixture.h"

#include <stdlib.h>

void vgpu_fixture_init(struct vgpu_fixture *f, enum gt_platform_id platform)
{
	struct gt_options o;

	gt_options_init(&o);
	o.platform = platform;
	f->guest = fake_guest_create(16, GT_MAX_GGTT_ENTRIES);
	if (!f->guest || gt_vgpu_create(&o, &f->guest->base, NULL, &f->v)) {
		abort();
	}
}

void vgpu_fixture_finish(struct vgpu_fixture *f)
{
	gt_vgpu_destroy(f->v);
	fake_guest_destroy(f->guest);
}

uint32_t vgpu_fixture_r32(struct vgpu_fixture *f, uint32_t off)
{
	return (uint32_t)gt_vgpu_bar_read(f->v, GT_BAR_MMIO, off, 4);
}

void vgpu_fixture_w32(struct vgpu_fixture *f, uint32_t off, uint32_t val)
{
	gt_vgpu_bar_write(f->v, GT_BAR_MMIO, off, 4, val);
}

uint32_t test_random(uint64_t *state)
{
	uint64_t x = *state ? *state : 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return (uint32_t)(x >> 32);
}
