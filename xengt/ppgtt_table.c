/* SPDX-License-Identifier: MIT */
/*
 * The lives of shadow tables: found by guest frame and kind, shared, counted, given up.
 *
 * Decides when a table goes: with the last entry that leads to it, unless it is a root; or as the
 * least recently used one when a guest has made more than GT_TABLES_MAX.  What is in a table is
 * ppgtt_track.c's business.
 */
#include "ppgtt_internal.h"

#include <stdlib.h>

#include "vgpu_internal.h"

void gt_tables_init(struct gt_ppgtt *p)
{
	for (uint32_t i = 0; i < GT_TABLE_SLOTS; i++) {
		p->free_slot[i] = GT_TABLE_SLOTS - 1 - i;
	}
	p->nr_free = GT_TABLE_SLOTS;
}

static struct gt_table **bucket_of(struct gt_ppgtt *p, gt_gfn_t gfn)
{
	return &p->bucket[(gfn * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
}

static struct gt_table *first_of_gfn(struct gt_table *t, gt_gfn_t gfn)
{
	while (t && t->gfn != gfn) {
		t = t->next_in_bucket;
	}
	return t;
}

struct gt_table *gt_table_of_gfn(struct gt_ppgtt *p, gt_gfn_t gfn)
{
	return first_of_gfn(*bucket_of(p, gfn), gfn);
}

struct gt_table *gt_table_same_gfn(const struct gt_table *t)
{
	return first_of_gfn(t->next_in_bucket, t->gfn);
}

struct gt_table *gt_table_find(struct gt_ppgtt *p, gt_gfn_t gfn, enum gt_table_kind kind)
{
	struct gt_table *t = gt_table_of_gfn(p, gfn);

	while (t && t->kind != kind) {
		t = gt_table_same_gfn(t);
	}
	return t;
}

static void list_add_newest(struct gt_ppgtt *p, struct gt_table *t)
{
	t->newer = NULL;
	t->older = p->newest;
	*(p->newest ? &p->newest->newer : &p->oldest) = t;
	p->newest = t;
}

static void list_remove(struct gt_ppgtt *p, struct gt_table *t)
{
	*(t->newer ? &t->newer->older : &p->newest) = t->older;
	*(t->older ? &t->older->newer : &p->oldest) = t->newer;
}

void gt_table_touch(struct gt_ppgtt *p, struct gt_table *t)
{
	if (t != p->newest) {
		list_remove(p, t);
		list_add_newest(p, t);
	}
}

struct gt_table *gt_table_get(struct gt_ppgtt *p, gt_gfn_t gfn, enum gt_table_kind kind)
{
	struct gt_table *t = gt_table_find(p, gfn, kind);

	if (t || !p->nr_free) {
		return t;
	}
	t = calloc(1, sizeof(*t));
	if (!t) {
		return NULL;
	}
	t->gfn = gfn;
	t->kind = kind;
	t->want_quiet = GT_QUIET_MIN;
	t->slot = p->free_slot[--p->nr_free];
	p->slot[t->slot] = t;
	p->serial[t->slot]++;
	t->next_in_bucket = *bucket_of(p, gfn);
	*bucket_of(p, gfn) = t;
	list_add_newest(p, t);
	p->nr_tables++;
	gt_count(p->v, GT_C_ppgtt_tables);
	return t;
}

/* Slot and serial number, plus one so that no handle is 0. */
uint64_t gt_table_handle(const struct gt_ppgtt *p, const struct gt_table *t)
{
	return (uint64_t)p->serial[t->slot] << 32 | (t->slot + 1);
}

struct gt_table *gt_table_by_handle(const struct gt_ppgtt *p, uint64_t handle)
{
	uint32_t slot = (uint32_t)handle - 1;

	return handle && p->serial[slot] == handle >> 32 ? p->slot[slot] : NULL;
}

bool gt_table_leads_on(const struct gt_table *t, uint32_t i)
{
	uint64_t e = t->seen[i];

	if (gt_table_is_leaf(t->kind) || !(e & GT_E_PRESENT) || (e & GT_E_BAD)) {
		return false;
	}
	/* A large page: of 2 MiB in a PD; of 1 GiB in a PDP, which this hardware has not. */
	return t->kind == GT_TABLE_PML4 || !(e & GT_E_LARGE);
}

void gt_table_link(struct gt_ppgtt *p, struct gt_table *t, uint32_t i, struct gt_table *child)
{
	t->shadow[i] = gt_table_handle(p, child);
	child->nr_parents++;
}

void gt_table_unlink(struct gt_ppgtt *p, struct gt_table *t, uint32_t i)
{
	struct gt_table *child = gt_table_by_handle(p, t->shadow[i]);

	t->shadow[i] = 0;
	if (child && !--child->nr_parents && !child->is_root) {
		gt_table_free(p, child);
	}
}

/* Not deeper than there are levels: a child is always of a lower kind. */
void gt_table_free(struct gt_ppgtt *p, struct gt_table *t)
{
	struct gt_table **at = bucket_of(p, t->gfn);

	for (uint32_t i = 0; i < GT_TABLE_ENTRIES; i++) {
		if (t->shadow[i] && gt_table_leads_on(t, i)) {
			gt_table_unlink(p, t, i);
		}
	}
	gt_table_untrack(p, t);
	while (*at != t) {
		at = &(*at)->next_in_bucket;
	}
	*at = t->next_in_bucket;
	list_remove(p, t);
	p->slot[t->slot] = NULL;
	p->free_slot[p->nr_free++] = t->slot;
	p->nr_tables--;
	free(t);
}

void gt_tables_trim(struct gt_ppgtt *p)
{
	while (p->nr_tables > GT_TABLES_MAX) {
		gt_count(p->v, GT_C_ppgtt_tables_evicted);
		gt_table_free(p, p->oldest);
	}
}
