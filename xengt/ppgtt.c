/* SPDX-License-Identifier: MIT */
/*
 * The walk of a PPGTT through its shadow, and the roots where walks begin.
 *
 * Decides what an address leads to.  Root and address come from a context and its commands, so both
 * are the guest's, and so is every entry: a table may lead to itself, which costs nothing, for the
 * walk has as many steps as there are levels.  PRM SKL vol 5, "Per-Process GTT".
 */
#include "ppgtt_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "vgpu_internal.h"

#define GMA_BITS    48
#define GMA_PD_BITS 30

int gt_ppgtt_create(struct gt_vgpu *v, struct gt_ppgtt **out)
{
	struct gt_ppgtt *p = calloc(1, sizeof(*p));

	if (!p) {
		return -ENOMEM;
	}
	p->v = v;
	p->generation = 1;
	gt_tables_init(p);
	*out = p;
	return 0;
}

void gt_ppgtt_forget(struct gt_ppgtt *p)
{
	while (p->oldest) {
		gt_table_free(p, p->oldest);
	}
	p->nr_candidates = 0;
	gt_tables_release_stuck(p);
}

void gt_ppgtt_destroy(struct gt_ppgtt *p)
{
	if (p) {
		gt_ppgtt_forget(p);
		free(p);
	}
}

void gt_ppgtt_invalidate(struct gt_ppgtt *p)
{
	p->generation++;
}

void gt_ppgtt_submit(struct gt_ppgtt *p)
{
	p->nr_submissions++;
	p->generation++;
	gt_table_track_candidates(p);
}

/* --- roots ---------------------------------------------------------------------------------- */

static enum gt_table_kind root_kind(uint64_t root)
{
	return root & GT_PPGTT_ROOT_PD ? GT_TABLE_PD : GT_TABLE_PML4;
}

static bool root_is_valid(uint64_t root)
{
	return !((root & ~GT_PPGTT_ROOT_PD) & ~GT_E_ADDRESS);
}

static struct gt_table *get_root(struct gt_ppgtt *p, uint64_t root)
{
	struct gt_table *t = gt_table_get(p, root >> GT_PAGE_SHIFT, root_kind(root));

	if (t) {
		t->is_root = true;
	}
	return t;
}

void gt_ppgtt_root_create(struct gt_ppgtt *p, uint64_t root)
{
	struct gt_table *t;

	if (!root_is_valid(root)) {
		gt_event(p->v, GT_EV_ppgtt_bad_entry, "root 0x%llx", (unsigned long long)root);
		return;
	}
	t = get_root(p, root);
	if (t && t->nr_created < UINT32_MAX) {
		t->nr_created++;
	}
	gt_tables_trim(p);
}

/* Also for one whose announcement was forgotten: it can be announced or used again. */
void gt_ppgtt_root_destroy(struct gt_ppgtt *p, uint64_t root)
{
	struct gt_table *t = root_is_valid(root) ? gt_table_find(p, root >> GT_PAGE_SHIFT,
								root_kind(root)) : NULL;

	if (!t || !t->is_root) {
		return;
	}
	t->nr_created -= t->nr_created ? 1 : 0;
	if (t->nr_created) {
		return;
	}
	t->is_root = false;
	if (!t->nr_parents) {
		gt_table_free(p, t);
	}
}

/* --- the walk ------------------------------------------------------------------------------- */

static unsigned shift_of(enum gt_table_kind kind)
{
	switch (kind) {
	case GT_TABLE_PML4:
		return 39;
	case GT_TABLE_PDP:
		return 30;
	case GT_TABLE_PD:
		return 21;
	case GT_TABLE_PT:
	case GT_TABLE_PT_64K:
		break;
	}
	return GT_PAGE_SHIFT;
}

static enum gt_table_kind kind_below(enum gt_table_kind kind, uint64_t e)
{
	if (kind == GT_TABLE_PD) {
		return e & GT_E_IPS_64K ? GT_TABLE_PT_64K : GT_TABLE_PT;
	}
	return kind == GT_TABLE_PML4 ? GT_TABLE_PDP : GT_TABLE_PD;
}

/* The table that entry @i of @t leads to; NULL: out of memory. */
static struct gt_table *next_table(struct gt_ppgtt *p, struct gt_table *t, uint32_t i)
{
	struct gt_table *child = gt_table_by_handle(p, t->shadow[i]);
	uint64_t e = t->seen[i];

	if (child) {
		return child;
	}
	child = gt_table_get(p, (e & GT_E_ADDRESS) >> GT_PAGE_SHIFT, kind_below(t->kind, e));
	if (child) {
		gt_table_link(p, t, i, child);
	}
	return child;
}

/* The page of @gma inside what @e maps, which may be larger than a page. */
static gt_spte_t leaf(gt_spte_t e, gt_gma_t gma, uint64_t size_B)
{
	uint64_t flags = e & ~GT_PAGE_MASK;

	if (!e || gt_spte_is_scratch(e)) {
		return e;
	}
	return ((e & GT_PAGE_MASK & ~(size_B - 1)) + (gma & (size_B - 1) & GT_PAGE_MASK)) | flags;
}

static uint64_t leaf_size(enum gt_table_kind kind)
{
	if (kind == GT_TABLE_PD) {
		return GT_MiB(2);
	}
	return kind == GT_TABLE_PT_64K ? GT_KiB(64) : GT_PAGE_SIZE;
}

static gt_spte_t walk(struct gt_ppgtt *p, struct gt_table *t, gt_gma_t gma)
{
	uint64_t read_only = 0;

	for (;;) {
		uint32_t i = gma >> shift_of(t->kind) & (GT_TABLE_ENTRIES - 1);

		i &= t->kind == GT_TABLE_PT_64K ? ~15u : ~0u;
		gt_table_sync(p, t);
		if (!t->readable) {
			return GT_SPTE_SCRATCH;
		}
		read_only |= ~t->seen[i] & GT_E_WRITE;
		if (!gt_table_leads_on(t, i)) {
			gt_spte_t e = leaf(t->shadow[i], gma, leaf_size(t->kind));

			return read_only && !gt_spte_is_scratch(e)
				       ? e & ~(gt_spte_t)GT_SPTE_WRITE : e;
		}
		t = next_table(p, t, i);
		if (!t) {
			return GT_SPTE_SCRATCH;
		}
	}
}

gt_spte_t gt_ppgtt_lookup(struct gt_ppgtt *p, uint64_t root, gt_gma_t gma)
{
	struct gt_table *t;
	gt_spte_t e;

	if (!root_is_valid(root) || gma >> (root & GT_PPGTT_ROOT_PD ? GMA_PD_BITS : GMA_BITS)) {
		return 0;
	}
	gt_count(p->v, GT_C_ppgtt_lookups);
	t = get_root(p, root);
	e = t ? walk(p, t, gma) : GT_SPTE_SCRATCH;
	gt_tables_trim(p);
	return e;
}
