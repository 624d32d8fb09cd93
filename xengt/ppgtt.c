/* SPDX-License-Identifier: MIT */
/*
 * The walk of a guest's PPGTT, and what is remembered of it.
 *
 * Decides which entries can be used.  Root and address come from a context and its commands, so
 * both are the guest's; every table is a page of the guest's own RAM, read one entry a level.
 * PRM SKL vol 5, "Per-Process GTT", "PTE"; 2 MiB pages: PDE bit 7; 64 KiB pages: PDE bit 11.
 */
#include "ppgtt.h"

#include <errno.h>
#include <stdlib.h>

#include "vgpu_internal.h"

#define E_PRESENT UINT64_C(1)
#define E_WRITE	  UINT64_C(2)
#define E_LARGE	  (UINT64_C(1) << 7)  /* in a PDE: it maps 2 MiB */
#define E_IPS_64K (UINT64_C(1) << 11) /* in a PDE: its table has 64 KiB pages */
#define E_ADDRESS ((UINT64_C(1) << GT_GPA_BITS) - GT_PAGE_SIZE)
#define E_BAD	  (((UINT64_C(1) << 63) - 1) & ~((UINT64_C(1) << GT_GPA_BITS) - 1))

#define GMA_BITS   48
#define NR_ENTRIES 512u
#define NR_WALKS   4096u /* remembered; a power of two */

struct walk {
	uint64_t generation; /* 0 is never current */
	gt_gpa_t pml4;
	uint64_t page;
	gt_spte_t e;
};

struct gt_ppgtt {
	struct gt_vgpu *v;
	uint64_t generation;
	struct walk walks[NR_WALKS];
};

int gt_ppgtt_create(struct gt_vgpu *v, struct gt_ppgtt **out)
{
	struct gt_ppgtt *p = calloc(1, sizeof(*p));

	if (!p) {
		return -ENOMEM;
	}
	p->v = v;
	p->generation = 1;
	*out = p;
	return 0;
}

void gt_ppgtt_destroy(struct gt_ppgtt *p)
{
	free(p);
}

void gt_ppgtt_invalidate(struct gt_ppgtt *p)
{
	p->generation++;
}

/* Entry @index of the table at @table: 0 if it cannot be used. */
static uint64_t read_entry(struct gt_ppgtt *p, gt_gpa_t table, uint64_t index)
{
	uint64_t *entries = gt_frames_get(p->v->frames, table >> GT_PAGE_SHIFT);
	uint64_t e;

	if (!entries) {
		gt_event(p->v, GT_EV_ppgtt_bad_entry, "no table at 0x%llx",
			 (unsigned long long)table);
		return 0;
	}
	e = __atomic_load_n(&entries[index], __ATOMIC_RELAXED);
	if ((e & E_PRESENT) && (e & E_BAD)) {
		gt_event(p->v, GT_EV_ppgtt_bad_entry, "0x%llx", (unsigned long long)e);
		return 0;
	}
	return e & E_PRESENT ? e : 0;
}

static gt_spte_t make_spte(gt_gpa_t gpa, uint64_t write)
{
	return (gpa & E_ADDRESS) | GT_SPTE_PRESENT | (write ? GT_SPTE_WRITE : 0);
}

static gt_spte_t walk(struct gt_ppgtt *p, gt_gpa_t pml4, gt_gma_t gma)
{
	uint64_t e = pml4, write = E_WRITE, ips = 0, index;

	/* PML4, PDP, PD; what each gives is the next table. */
	for (unsigned shift = 39; shift >= 21; shift -= 9) {
		e = read_entry(p, e & E_ADDRESS, (gma >> shift) % NR_ENTRIES);
		if (!e) {
			return 0;
		}
		write &= e;
		if (shift == 30 && (e & E_LARGE)) {
			gt_event(p->v, GT_EV_ppgtt_bad_entry, "1 GiB page 0x%llx",
				 (unsigned long long)e);
			return 0;
		}
		if (shift == 21 && (e & E_LARGE)) {
			return make_spte((e & E_ADDRESS & ~(GT_MiB(2) - 1)) +
					 gma % GT_MiB(2), write);
		}
		ips = e & E_IPS_64K;
	}
	index = (gma >> GT_PAGE_SHIFT) % NR_ENTRIES;
	if (!ips) {
		uint64_t pte = read_entry(p, e & E_ADDRESS, index);

		return pte ? make_spte(pte, write & pte) : 0;
	}
	e = read_entry(p, e & E_ADDRESS, index & ~UINT64_C(15));
	return e ? make_spte((e & E_ADDRESS & ~(GT_KiB(64) - 1)) + gma % GT_KiB(64), write & e)
		 : 0;
}

gt_spte_t gt_ppgtt_lookup(struct gt_ppgtt *p, gt_gpa_t pml4, gt_gma_t gma)
{
	uint64_t page = gma >> GT_PAGE_SHIFT;
	struct walk *w;

	if (gma >> GMA_BITS || pml4 % GT_PAGE_SIZE || pml4 >> GT_GPA_BITS) {
		return 0;
	}
	w = &p->walks[((page ^ pml4 >> 7) * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
	if (w->generation != p->generation || w->pml4 != pml4 || w->page != page) {
		gt_count(p->v, GT_C_ppgtt_walks);
		*w = (struct walk){ p->generation, pml4, page, walk(p, pml4, gma) };
	}
	return w->e;
}
