/* SPDX-License-Identifier: MIT */
/* Memory and graphics addresses are handed out once and in order: a run is short. */
#include "gpu.h"

#include "tap.h"

#define POOL_START  0x1000000u /* 16 MiB: beyond the image */
#define PTE_PRESENT 1u

struct gpu gpu;

static uint64_t pool_at = POOL_START, pool_end;
static uint32_t gtt_used;

bool reg_wait(uint32_t off, uint32_t mask, uint32_t val, uint64_t us)
{
	uint64_t end = time_us() + us;

	for (;;) {
		bool late = time_us() >= end;

		if ((reg_read(off) & mask) == val) {
			return true;
		}
		if (late) {
			return false;
		}
		__asm__ volatile("pause");
	}
}

void pages_init(uint64_t end_of_ram)
{
	pool_end = end_of_ram & -(uint64_t)PAGE_SIZE;
}

void *pages_alloc(uint32_t nr)
{
	uint64_t at = pool_at, size = (uint64_t)nr * PAGE_SIZE;

	if (at > pool_end || size > pool_end - at) {
		tap_bail_out("out of memory: %u pages wanted, RAM ends at %lx", nr, pool_end);
	}
	pool_at += size;
	return memset((void *)(uintptr_t)at, 0, size);
}

uint32_t gtt_alloc(uint32_t nr_pages)
{
	uint32_t at = gtt_used, size = nr_pages * PAGE_SIZE;

	if (at > gpu.unmap_size || size > gpu.unmap_size - at) {
		return 0;
	}
	gtt_used += size;
	return gpu.unmap_base + at;
}

void gtt_map(uint32_t gma, const void *ram, uint32_t nr_pages)
{
	uint64_t pte = gpu.mmio + GTT_OFFSET + (uint64_t)(gma / PAGE_SIZE) * 8;

	for (uint32_t i = 0; i < nr_pages; i++) {
		write64(pte + 8 * i, ((uintptr_t)ram + (uint64_t)i * PAGE_SIZE) | PTE_PRESENT);
	}
}

void gtt_flush(void)
{
	reg_write(GFX_FLSH_CNTL, 1);
}

uint32_t gtt_lend(const void *ram, uint32_t nr_pages)
{
	uint32_t gma = gtt_alloc(nr_pages);

	if (gma) {
		gtt_map(gma, ram, nr_pages);
		gtt_flush();
	}
	return gma;
}
