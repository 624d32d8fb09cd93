/* SPDX-License-Identifier: MIT */
/* One vGPU of default options for all tests of a check program, and its registers by offset. */
#ifndef TEST_REGISTERS_H
#define TEST_REGISTERS_H

#include "vgpu_fixture.h"

static struct vgpu_fixture fx;

static inline void setup(void)
{
	vgpu_fixture_init(&fx, GT_SKL);
}

static inline void setup_bdw(void)
{
	vgpu_fixture_init(&fx, GT_BDW);
}

static inline void teardown(void)
{
	vgpu_fixture_finish(&fx);
}

static inline uint32_t r(uint32_t off)
{
	return vgpu_fixture_r32(&fx, off);
}

static inline void w(uint32_t off, uint32_t val)
{
	vgpu_fixture_w32(&fx, off, val);
}

#endif
