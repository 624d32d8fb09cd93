/* SPDX-License-Identifier: MIT */
/*
 * The vocabulary of addresses that every folder shares.
 *
 * Four address spaces meet in a mediated GPU, and mixing two of them up is the classic bug:
 *
 *   gpa/gfn  guest physical address / its 4 KiB frame number   (what a guest's page tables hold)
 *   gma      graphics address: an offset in the GGTT or in one PPGTT (what a command holds)
 *   frame    what a *shadow* entry holds: a page that has been checked, and that the GPU may use
 *   host     an ordinary pointer in this process
 */
#ifndef XENGT_TYPES_H
#define XENGT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GT_PAGE_SHIFT 12
#define GT_PAGE_SIZE  4096u
#define GT_PAGE_MASK  (~(uint64_t)(GT_PAGE_SIZE - 1))

#define GT_KiB(n) ((uint64_t)(n) << 10)
#define GT_MiB(n) ((uint64_t)(n) << 20)
#define GT_GiB(n) ((uint64_t)(n) << 30)

#define GT_BIT(n) (1u << (n))
#define GT_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

typedef uint64_t gt_gpa_t; /* guest physical address, bytes */
typedef uint64_t gt_gfn_t; /* guest frame number: gpa >> 12 */
typedef uint64_t gt_gma_t; /* graphics memory address, bytes, GGTT or PPGTT by context */

/* DMA addresses of gen8/gen9 have 39 bits: a page-table entry cannot name a page beyond. */
#define GT_GPA_BITS 39

/*
 * One shadow page-table entry.  The twin reads nothing else to reach memory.
 *   bit 0      present
 *   bit 1      writable
 *   bits 63:12 frame number, or GT_FRAME_SCRATCH
 */
typedef uint64_t gt_spte_t;
#define GT_SPTE_PRESENT	 1u
#define GT_SPTE_WRITE	 2u
#define GT_FRAME_SCRATCH ((uint64_t)0xfffffffffffff)
#define GT_SPTE_SCRATCH	 ((GT_FRAME_SCRATCH << GT_PAGE_SHIFT) | GT_SPTE_PRESENT)

static inline gt_gfn_t gt_spte_frame(gt_spte_t e)
{
	return e >> GT_PAGE_SHIFT;
}

static inline bool gt_spte_is_scratch(gt_spte_t e)
{
	return gt_spte_frame(e) == GT_FRAME_SCRATCH;
}

/* Engines in the order of i915's initialisation; VCS1 exists on GT3/GT4 only and is not offered. */
enum gt_engine { GT_RCS, GT_BCS, GT_VCS, GT_VECS, GT_NR_ENGINES };

#define GT_MAX_PIPES 3

#endif
