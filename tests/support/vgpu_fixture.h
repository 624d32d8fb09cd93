/* SPDX-License-Identifier: MIT */
/* A vGPU on a fake guest, as most unit tests need one. */
#ifndef VGPU_FIXTURE_H
#define VGPU_FIXTURE_H

#include "fake_guest.h"
#include "vgpu_internal.h"

struct vgpu_fixture {
	struct fake_guest *guest;
	struct gt_vgpu *v;
};

/* A vGPU with default options but for the platform; aborts if it cannot be made. */
void vgpu_fixture_init(struct vgpu_fixture *f, enum gt_platform_id platform);
/* With options of the test's own. */
void vgpu_fixture_init_with(struct vgpu_fixture *f, const struct gt_options *o);
/* Destroys both; aborts if a page of the guest is still mapped or tracked. */
void vgpu_fixture_finish(struct vgpu_fixture *f);

/* Program BARs and MSI as firmware and driver do, switch decoding and bus mastering on. */
#define FIXTURE_BAR0 0xf1000000u
#define FIXTURE_BAR2 0xe0000000u
#define FIXTURE_ROM  0xf2000000u
void vgpu_fixture_enable(struct vgpu_fixture *f);

/* Where the MSI capability is, by walking the list as a guest does. */
uint32_t vgpu_fixture_msi(struct vgpu_fixture *f);

/* A guest's accesses to dword registers. */
uint32_t vgpu_fixture_r32(struct vgpu_fixture *f, uint32_t off);
void vgpu_fixture_w32(struct vgpu_fixture *f, uint32_t off, uint32_t val);

/* A deterministic source of numbers (xorshift). */
uint32_t test_random(uint64_t *state);

#endif
