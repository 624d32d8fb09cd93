/* SPDX-License-Identifier: MIT */
/* The vGPU under test: where it is, its registers by name, and memory to lend it. */
#ifndef TESTDOM_GPU_H
#define TESTDOM_GPU_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu.h"

#define PAGE_SIZE 4096u

#define GTT_OFFSET 0x800000u /* in BAR0 */

struct gpu {
	uint32_t fn;
	uint16_t device;
	bool gen9;
	uint64_t mmio, aperture; /* where BAR0 and BAR2 are now */
	uint64_t aperture_size, ggtt_size;
	/* the partition, from PVINFO */
	uint32_t map_base, map_size, unmap_base, unmap_size;
};
extern struct gpu gpu;

/* Registers, by offset in BAR0. */
static inline uint32_t reg_read(uint32_t off)
{
	return read32(gpu.mmio + off);
}

static inline void reg_write(uint32_t off, uint32_t val)
{
	write32(gpu.mmio + off, val);
}

/* Until (register & @mask) == @val; false after @us microseconds. */
bool reg_wait(uint32_t off, uint32_t mask, uint32_t val, uint64_t us);

/* Pages of the domain's own RAM, zeroed, never given back. */
void pages_init(uint64_t end_of_ram);
void *pages_alloc(uint32_t nr);

/* Room in the unmappable window, in pages of graphics addresses; 0 when there is no more. */
uint32_t gtt_alloc(uint32_t nr_pages);
/* Entries for @nr_pages pages at graphics address @gma; the memory lies in one piece. */
void gtt_map(uint32_t gma, const void *ram, uint32_t nr_pages);
/* Tell the GPU that entries have changed. */
void gtt_flush(void);
/* Allocate, map and flush: a graphics address for @nr_pages of @ram, or 0. */
uint32_t gtt_lend(const void *ram, uint32_t nr_pages);

/* Registers used by more than one file: PRM SKL vol 2c. */
#define PVINFO         0x78000u
#define MASTER_IRQ     0x44200u
#define MASTER_ENABLE  0x80000000u
#define GFX_FLSH_CNTL  0x101008u
#define RCS_BASE       0x02000u
#define BCS_BASE       0x22000u
#define VCS_BASE       0x12000u
#define VECS_BASE      0x1a000u
#define RING_HWS_PGA   0x80u
#define RING_HWSTAM    0x98u
#define RING_MI_MODE   0x9cu
#define RING_IMR       0xa8u
#define RING_EIR       0xb0u
#define RING_ESR       0xb8u
#define RING_RESET_CTL 0xd0u
#define RING_ELSP      0x230u
#define RING_MODE      0x29cu
#define RING_TIMESTAMP 0x358u
#define RING_CSB_PTR   0x3a0u
#define RING_NONPRIV   0x4d0u
#define GDRST          0x941cu
#define IRQ_IMR        0x4u /* in a bank of ISR, IMR, IIR, IER */
#define IRQ_IIR        0x8u
#define IRQ_IER        0xcu
#define GT0_IRQ        0x44300u
#define PIPE_A_IRQ     0x44400u

#endif
