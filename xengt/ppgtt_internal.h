/* SPDX-License-Identifier: MIT */
/*
 * Shadow page tables, as ppgtt.c (roots and walks), ppgtt_table.c (their lives) and ppgtt_track.c
 * (sync) share them, and as the tests look into them.
 *
 * An entry of an upper table leads to its child by a handle, slot and serial number.  A child that
 * is given up while entries lead to it leaves stale handles behind, which are noticed when they are
 * used; so a child need not know its parents, of which a scratch table has thousands.
 */
#ifndef GT_PPGTT_INTERNAL_H
#define GT_PPGTT_INTERNAL_H

#include "ppgtt.h"

#define GT_TABLE_ENTRIES 512u
#define GT_TABLES_MAX	 4096u /* 8 KiB each */
#define GT_TABLES_SLACK	 8u    /* made during one walk, before the oldest are given up */
#define GT_TABLE_SLOTS	 (GT_TABLES_MAX + GT_TABLES_SLACK)
#define GT_TABLE_BUCKETS 4096u /* a power of two */
#define GT_TRACK_BATCH	 16u   /* tables that begin to be tracked at one submission, at most */

/*
 * Submissions for which a table must stay the same before it is tracked, and by how much that grows
 * each time the guest writes one that was: the writes that exit until the page is let go are worth
 * thousands of comparisons.
 */
#define GT_QUIET_MIN	32u
#define GT_QUIET_GROWTH 16u
#define GT_QUIET_MAX	131072u

/* Bits of a guest's entry; PRM SKL vol 5, "PTE", "PDE". */
#define GT_E_PRESENT UINT64_C(1)
#define GT_E_WRITE   UINT64_C(2)
#define GT_E_LARGE   (UINT64_C(1) << 7)	 /* in a PDE: it maps 2 MiB */
#define GT_E_IPS_64K (UINT64_C(1) << 11) /* in a PDE: its table has 64 KiB pages */
#define GT_E_ADDRESS ((UINT64_C(1) << GT_GPA_BITS) - GT_PAGE_SIZE)
#define GT_E_BAD     (((UINT64_C(1) << 63) - 1) & ~((UINT64_C(1) << GT_GPA_BITS) - 1))

/* What a guest page is used as; the same page can be used in several ways. */
enum gt_table_kind {
	GT_TABLE_PT,	 /* of 4 KiB pages */
	GT_TABLE_PT_64K, /* entries 0, 16, 32 ... count, for 64 KiB each */
	GT_TABLE_PD,
	GT_TABLE_PDP,
	GT_TABLE_PML4,
};

struct gt_table {
	struct gt_table *next_in_bucket;
	struct gt_table *newer, *older;
	gt_gfn_t gfn;
	enum gt_table_kind kind;
	uint32_t slot;
	uint32_t nr_parents; /* entries that lead here */
	uint32_t nr_created; /* announcements as a root */
	bool is_root;	     /* announced, or looked up as one */
	bool readable;	     /* it was RAM at the last comparison */
	bool tracked;
	uint64_t generation; /* of the last comparison; 0: out of sync */
	uint64_t looked_at;  /* submission of the last comparison */
	uint32_t nr_quiet;   /* submissions since when it has been the same */
	uint32_t want_quiet;
	uint64_t seen[GT_TABLE_ENTRIES];   /* the guest's entries, taken over */
	uint64_t shadow[GT_TABLE_ENTRIES]; /* gt_spte_t of a leaf, handle of a table; 0: none yet */
};

struct gt_ppgtt {
	struct gt_vgpu *v;
	uint64_t generation;	 /* changes with every invalidation; never 0 */
	uint64_t nr_submissions;
	struct gt_table *bucket[GT_TABLE_BUCKETS]; /* by gfn */
	struct gt_table *newest, *oldest;
	uint32_t nr_tables, nr_tracked;
	struct gt_table *slot[GT_TABLE_SLOTS];
	uint32_t serial[GT_TABLE_SLOTS];
	uint32_t free_slot[GT_TABLE_SLOTS];
	uint32_t nr_free;
	uint64_t candidate[GT_TRACK_BATCH]; /* handles of tables that are to be tracked */
	uint32_t nr_candidates;
	gt_gfn_t stuck[GT_TRACK_BATCH]; /* pages that could not be let go */
	uint32_t nr_stuck;
};

static inline bool gt_table_is_leaf(enum gt_table_kind kind)
{
	return kind == GT_TABLE_PT || kind == GT_TABLE_PT_64K;
}

/* ppgtt_table.c */
void gt_tables_init(struct gt_ppgtt *p);
struct gt_table *gt_table_find(struct gt_ppgtt *p, gt_gfn_t gfn, enum gt_table_kind kind);
/* Found or made, out of sync then; NULL if out of memory. Nothing is given up for it. */
struct gt_table *gt_table_get(struct gt_ppgtt *p, gt_gfn_t gfn, enum gt_table_kind kind);
/* The first table of the page @gfn, and the next one; NULL: no more. */
struct gt_table *gt_table_of_gfn(struct gt_ppgtt *p, gt_gfn_t gfn);
struct gt_table *gt_table_same_gfn(const struct gt_table *t);
/* Free @t, and what only it led to. */
void gt_table_free(struct gt_ppgtt *p, struct gt_table *t);
void gt_table_touch(struct gt_ppgtt *p, struct gt_table *t);
/* Give up least recently used tables beyond GT_TABLES_MAX. */
void gt_tables_trim(struct gt_ppgtt *p);
uint64_t gt_table_handle(const struct gt_ppgtt *p, const struct gt_table *t);
/* NULL if the table that @handle meant is gone. */
struct gt_table *gt_table_by_handle(const struct gt_ppgtt *p, uint64_t handle);
/* Entry @i of @t leads to @child, or nowhere any more. */
void gt_table_link(struct gt_ppgtt *p, struct gt_table *t, uint32_t i, struct gt_table *child);
void gt_table_unlink(struct gt_ppgtt *p, struct gt_table *t, uint32_t i);
/* Whether entry @i of @t, as it was seen, leads to a table and not to memory or nowhere. */
bool gt_table_leads_on(const struct gt_table *t, uint32_t i);

/* ppgtt_track.c */
/* Before a use: compare @t with the guest's page if it is suspect. */
void gt_table_sync(struct gt_ppgtt *p, struct gt_table *t);
/* @t is going away. */
void gt_table_untrack(struct gt_ppgtt *p, struct gt_table *t);
/* Begin to track the tables that have been quiet for long. */
void gt_table_track_candidates(struct gt_ppgtt *p);
/* Try again to let go of pages that could not be. */
void gt_tables_release_stuck(struct gt_ppgtt *p);

#endif
