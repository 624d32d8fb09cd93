/* SPDX-License-Identifier: MIT */
#include "ppgtt_model.h"

#include <stdio.h>
#include <stdlib.h>

#include "vgpu_internal.h"
#include "xengt/ioreq.h"

/* Recursive, with the leaf's size decided first; the address bits written out. */
static gt_spte_t look(const struct fake_guest *g, gt_gpa_t table, gt_gma_t gma, unsigned level,
		      bool write, bool ips)
{
	unsigned index = gma >> (12 + 9 * level) & 511;
	uint64_t e, leaf_B = 0, address;

	if (level == 0 && ips) {
		index &= ~15u;
	}
	if (table >= g->mem_B) {
		return GT_SPTE_SCRATCH;
	}
	e = fake_guest_r64(g, table + 8 * index);
	address = e & UINT64_C(0x7ffffff000);
	if (!(e & 1)) {
		return 0;
	}
	if ((e & UINT64_C(0x7fffff8000000000)) || (level == 2 && (e & 0x80))) {
		return GT_SPTE_SCRATCH;
	}
	write = write && (e & 2);
	if (level == 1 && (e & 0x80)) {
		leaf_B = 0x200000;
	} else if (level == 0) {
		leaf_B = ips ? 0x10000 : 0x1000;
	}
	if (!leaf_B) {
		return look(g, address, gma, level - 1, write, level == 1 && (e & 0x800));
	}
	return (address - address % leaf_B + (gma % leaf_B & GT_PAGE_MASK)) | 1 | (write ? 2 : 0);
}

gt_spte_t ppgtt_model_lookup(const struct fake_guest *g, uint64_t root, gt_gma_t gma)
{
	bool legacy = root & 1;

	if ((root & ~UINT64_C(1)) % 4096 || root >> 39 || gma >> (legacy ? 30 : 48)) {
		return 0;
	}
	return look(g, root - legacy, gma, legacy ? 1 : 3, true, false);
}

static void expect(bool good, const char *what, const struct gt_table *t)
{
	if (!good) {
		fprintf(stderr, "shadow table of frame 0x%llx, kind %d: %s\n",
			(unsigned long long)(t ? t->gfn : 0), t ? (int)t->kind : -1, what);
		abort();
	}
}

/* Where the table is that a handle means. */
static uint32_t slot_of(const struct gt_ppgtt *p, uint64_t handle)
{
	uint32_t slot = (uint32_t)handle - 1;

	return slot < GT_TABLE_SLOTS && p->slot[slot] && p->serial[slot] == handle >> 32
		       ? slot : GT_TABLE_SLOTS;
}

static void count_children(const struct gt_ppgtt *p, const struct gt_table *t, uint32_t *parents)
{
	for (uint32_t i = 0; i < GT_TABLE_ENTRIES; i++) {
		uint32_t slot;

		if (!t->shadow[i] || !gt_table_leads_on(t, i)) {
			continue;
		}
		slot = slot_of(p, t->shadow[i]);
		if (slot == GT_TABLE_SLOTS) {
			continue;
		}
		expect(p->slot[slot]->kind < t->kind, "leads to a table of no lower kind", t);
		expect(p->slot[slot]->gfn == (t->seen[i] & UINT64_C(0x7ffffff000)) >> 12,
		       "leads to another page than its entry", t);
		parents[slot]++;
	}
}

static void check_tracking(const struct gt_ppgtt *p, const struct fake_guest *g)
{
	size_t nr = 0;

	for (uint32_t i = 0; i < GT_TABLE_SLOTS; i++) {
		const struct gt_table *t = p->slot[i];
		bool first = true;

		if (!t || !t->tracked) {
			continue;
		}
		expect(t->gfn < g->mem_B / GT_PAGE_SIZE && g->tracked[t->gfn],
		       "says that its page is tracked", t);
		for (uint32_t j = 0; j < i; j++) {
			first = first && !(p->slot[j] && p->slot[j]->tracked &&
					   p->slot[j]->gfn == t->gfn);
		}
		nr += first;
		/* Trusted without a look: so it has to be true at any moment. */
		for (uint32_t j = 0; j < GT_TABLE_ENTRIES; j++) {
			expect(t->seen[j] == fake_guest_r64(g, t->gfn * GT_PAGE_SIZE + 8 * j),
			       "is tracked and differs from the guest's", t);
		}
	}
	expect(nr == p->nr_tracked, "tracked pages are miscounted", NULL);
}

void ppgtt_model_census(const struct gt_ppgtt *p, const struct fake_guest *g)
{
	uint32_t *parents = calloc(GT_TABLE_SLOTS, sizeof(*parents));
	uint32_t nr = 0, nr_listed = 0, nr_hashed = 0;

	if (!parents) {
		abort();
	}
	for (uint32_t i = 0; i < GT_TABLE_SLOTS; i++) {
		if (p->slot[i]) {
			nr++;
			expect(p->slot[i]->slot == i, "is in another slot", p->slot[i]);
			count_children(p, p->slot[i], parents);
		}
	}
	for (uint32_t i = 0; i < GT_TABLE_SLOTS; i++) {
		const struct gt_table *t = p->slot[i];

		expect(!t || t->nr_parents == parents[i], "has another number of parents", t);
	}
	for (const struct gt_table *t = p->newest; t; t = t->older) {
		nr_listed++;
		expect(t->older ? t->older->newer == t : t == p->oldest, "is badly listed", t);
	}
	for (uint32_t i = 0; i < GT_TABLE_BUCKETS; i++) {
		for (const struct gt_table *t = p->bucket[i]; t; t = t->next_in_bucket) {
			nr_hashed++;
		}
	}
	expect(nr == p->nr_tables && nr == nr_listed && nr == nr_hashed &&
	       nr + p->nr_free == GT_TABLE_SLOTS && nr <= GT_TABLES_MAX,
	       "tables are miscounted", NULL);
	check_tracking(p, g);
	free(parents);
}

void ppgtt_model_cpu_write(struct gt_vgpu *v, struct fake_guest *g, gt_gpa_t gpa, uint64_t val)
{
	struct gt_ioreq r = {
		.type = GT_IOREQ_MEMORY, .addr = gpa, .data = val, .count = 1, .size = 8,
	};

	if (g->tracked[gpa >> GT_PAGE_SHIFT]) {
		gt_ioreq_handle(v, &r);
	} else {
		fake_guest_w64(g, gpa, val);
	}
}
