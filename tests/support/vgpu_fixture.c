/* SPDX-License-Identifier: MIT */
#include "vgpu_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define MEM_MiB 16

void vgpu_fixture_init_with(struct vgpu_fixture *f, const struct gt_options *o)
{
	f->guest = fake_guest_create(MEM_MiB, GT_MAX_GGTT_ENTRIES);
	if (!f->guest || gt_vgpu_create(o, &f->guest->base, NULL, &f->v)) {
		abort();
	}
}

void vgpu_fixture_init(struct vgpu_fixture *f, enum gt_platform_id platform)
{
	struct gt_options o;

	gt_options_init(&o);
	o.platform = platform;
	vgpu_fixture_init_with(f, &o);
}

void vgpu_fixture_finish(struct vgpu_fixture *f)
{
	gt_vgpu_destroy(f->v);
	if (f->guest->nr_mapped) {
		fprintf(stderr, "%zu pages of the guest are still mapped\n", f->guest->nr_mapped);
		abort();
	}
	if (f->guest->nr_tracked) {
		fprintf(stderr, "%zu pages are still tracked\n", f->guest->nr_tracked);
		abort();
	}
	fake_guest_destroy(f->guest);
}

uint32_t vgpu_fixture_msi(struct vgpu_fixture *f)
{
	struct gt_vgpu *v = f->v;
	uint32_t at = gt_vgpu_config_read(v, 0x34, 1);

	for (int i = 0; at && i < 16; i++) {
		if (gt_vgpu_config_read(v, at, 1) == 0x05) {
			return at;
		}
		at = gt_vgpu_config_read(v, at + 1, 1);
	}
	abort();
}

void vgpu_fixture_enable(struct vgpu_fixture *f)
{
	uint32_t msi = vgpu_fixture_msi(f);
	bool wide = gt_vgpu_config_read(f->v, msi + 2, 2) & 0x80;

	gt_vgpu_config_write(f->v, 0x10, 4, FIXTURE_BAR0);
	gt_vgpu_config_write(f->v, 0x14, 4, 0);
	gt_vgpu_config_write(f->v, 0x18, 4, FIXTURE_BAR2);
	gt_vgpu_config_write(f->v, 0x1c, 4, 0);
	gt_vgpu_config_write(f->v, 0x30, 4, FIXTURE_ROM | 1);
	gt_vgpu_config_write(f->v, msi + 4, 4, 0xfee01000);
	gt_vgpu_config_write(f->v, msi + (wide ? 12 : 8), 2, 0x0026);
	gt_vgpu_config_write(f->v, msi + 2, 2, 1);
	gt_vgpu_config_write(f->v, 0x04, 2, 0x0006);
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
