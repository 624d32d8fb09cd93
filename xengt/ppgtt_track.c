/* SPDX-License-Identifier: MIT */
/*
 * How a shadow table keeps up with the guest's: by comparison, or by write tracking.
 *
 * Decides which is cheaper.  A comparison of 512 entries costs a fraction of a microsecond; a
 * tracked write costs an exit, and so may those that follow it until the page can be let go
 * (dm/tracking.h).  So a table is tracked only if it has been the same for many submissions, the
 * first write ends that, and a table that was written must be quiet for much longer the next time.
 *
 * A page is tracked for all the tables it is used as.  A locked instruction on such a page is a
 * read and a write that are not one for other CPUs, which matters to no page table, and a page that
 * becomes something else is written by ordinary means before it is locked.
 */
#include "ppgtt_internal.h"

#include <errno.h>
#include <string.h>

#include "vgpu_internal.h"

#define RUN 64u /* entries compared at a time */

static int set_tracked(struct gt_ppgtt *p, gt_gfn_t gfn, bool tracked)
{
	struct gt_guest *g = p->v->guest;

	/* A trace has what tables hold when they are used, not each write of them. */
	if (tracked && p->v->record) {
		return -ENOSYS;
	}
	return g->ops->set_tracked(g, gfn, tracked);
}

static gt_spte_t make_leaf(struct gt_ppgtt *p, const struct gt_table *t, uint64_t e)
{
	if (!(e & GT_E_PRESENT)) {
		return 0;
	}
	if ((e & GT_E_BAD) || t->kind == GT_TABLE_PDP) {
		gt_event(p->v, GT_EV_ppgtt_bad_entry, "0x%llx in the table at 0x%llx",
			 (unsigned long long)e, (unsigned long long)t->gfn << GT_PAGE_SHIFT);
		return GT_SPTE_SCRATCH;
	}
	e = (e & GT_E_ADDRESS) | GT_SPTE_PRESENT | (e & GT_E_WRITE);
	return e;
}

/* Entry @i of @t is @e now. */
static void take_over(struct gt_ppgtt *p, struct gt_table *t, uint32_t i, uint64_t e)
{
	if (gt_table_leads_on(t, i)) {
		gt_table_unlink(p, t, i);
	}
	t->seen[i] = e;
	/* Where it leads on is found out when somebody goes there; most never do. */
	t->shadow[i] = gt_table_leads_on(t, i) ? 0 : make_leaf(p, t, e);
}

/* Take over what differs among RUN entries from @first on; how many entries that was. */
static uint32_t compare_run(struct gt_ppgtt *p, struct gt_table *t, const uint64_t *guest,
			    uint32_t first)
{
	uint32_t nr = 0;

	/* Whatever the guest writes meanwhile is for the next comparison, or it is seen below. */
	if (!memcmp(guest, &t->seen[first], RUN * sizeof(*guest))) {
		return 0;
	}
	for (uint32_t i = 0; i < RUN; i++) {
		uint64_t e = __atomic_load_n(&guest[i], __ATOMIC_RELAXED);

		if (e != t->seen[first + i]) {
			take_over(p, t, first + i, e);
			nr++;
		}
	}
	return nr;
}

/* Take over what differs; 0: nothing did.  A page that is no RAM is a table without entries. */
static uint32_t compare(struct gt_ppgtt *p, struct gt_table *t)
{
	static const uint64_t nothing[RUN];
	const uint64_t *guest = gt_frames_get(p->v->frames, t->gfn);
	uint32_t nr = 0;

	gt_count(p->v, GT_C_ppgtt_compared);
	t->readable = guest != NULL;
	if (!guest) {
		gt_event(p->v, GT_EV_ppgtt_bad_entry, "no table at 0x%llx",
			 (unsigned long long)t->gfn << GT_PAGE_SHIFT);
	}
	for (uint32_t i = 0; i < GT_TABLE_ENTRIES; i += RUN) {
		nr += compare_run(p, t, guest ? guest + i : nothing, i);
	}
	gt_count_n(p->v, GT_C_ppgtt_updates, nr);
	return nr;
}

/* Compared at most once a submission, whatever the number of TLB invalidations in it. */
static void note_quiet(struct gt_ppgtt *p, struct gt_table *t, bool changed)
{
	if (changed || !t->readable) {
		t->nr_quiet = 0;
	} else if (t->looked_at != p->nr_submissions && t->nr_quiet < t->want_quiet) {
		t->nr_quiet++;
	}
	t->looked_at = p->nr_submissions;
	if (t->nr_quiet >= t->want_quiet && p->nr_candidates < GT_TRACK_BATCH) {
		p->candidate[p->nr_candidates++] = gt_table_handle(p, t);
		t->nr_quiet = 0;
	}
}

void gt_table_sync(struct gt_ppgtt *p, struct gt_table *t)
{
	if (t->generation == p->generation) {
		return;
	}
	gt_table_touch(p, t);
	if (!t->tracked) {
		note_quiet(p, t, compare(p, t));
	}
	t->generation = p->generation;
}

static bool page_is_tracked(struct gt_ppgtt *p, gt_gfn_t gfn)
{
	for (struct gt_table *t = gt_table_of_gfn(p, gfn); t; t = gt_table_same_gfn(t)) {
		if (t->tracked) {
			return true;
		}
	}
	return false;
}

static void set_nr_tracked(struct gt_ppgtt *p, uint32_t nr)
{
	p->nr_tracked = nr;
	p->v->events.count[GT_C_ppgtt_tracked_now] = nr;
}

static void quiet_for_longer(struct gt_table *t)
{
	t->nr_quiet = 0;
	if (t->want_quiet < GT_QUIET_MAX) {
		t->want_quiet *= GT_QUIET_GROWTH;
	}
}

/*
 * A failure leaves a page whose writes exit, and are carried out, for nothing: it is tried again at
 * each submission.  If there are too many of them, some stay so.
 */
static void release_page(struct gt_ppgtt *p, gt_gfn_t gfn)
{
	if (set_tracked(p, gfn, false)) {
		gt_count(p->v, GT_C_ppgtt_track_refused);
		if (p->nr_stuck < GT_TRACK_BATCH) {
			p->stuck[p->nr_stuck++] = gfn;
		}
	}
	set_nr_tracked(p, p->nr_tracked - 1);
}

void gt_tables_release_stuck(struct gt_ppgtt *p)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < p->nr_stuck; i++) {
		gt_gfn_t gfn = p->stuck[i];

		/* Perhaps somebody wants it tracked again. */
		if (!page_is_tracked(p, gfn) && set_tracked(p, gfn, false)) {
			p->stuck[nr++] = gfn;
		}
	}
	p->nr_stuck = nr;
}

void gt_table_untrack(struct gt_ppgtt *p, struct gt_table *t)
{
	if (!t->tracked) {
		return;
	}
	t->tracked = false;
	if (!page_is_tracked(p, t->gfn)) {
		release_page(p, t->gfn);
	}
}

/* The page first, then one more comparison: no write falls between. */
static void track(struct gt_ppgtt *p, struct gt_table *t)
{
	if (t->tracked) {
		return;
	}
	if (!page_is_tracked(p, t->gfn)) {
		if (set_tracked(p, t->gfn, true)) {
			gt_count(p->v, GT_C_ppgtt_track_refused);
			quiet_for_longer(t);
			return;
		}
		set_nr_tracked(p, p->nr_tracked + 1);
		gt_count(p->v, GT_C_ppgtt_tracked);
	}
	t->tracked = true;
	compare(p, t);
	t->generation = p->generation;
	if (!t->readable) {
		gt_table_untrack(p, t); /* or nobody would look again */
		t->generation = 0;
	}
}

void gt_table_track_candidates(struct gt_ppgtt *p)
{
	gt_tables_release_stuck(p);
	for (uint32_t i = 0; i < p->nr_candidates; i++) {
		struct gt_table *t = gt_table_by_handle(p, p->candidate[i]);

		if (t) {
			track(p, t);
		}
	}
	p->nr_candidates = 0;
}

void gt_ppgtt_written(struct gt_ppgtt *p, gt_gfn_t gfn)
{
	bool was_tracked = false;

	if (!p->nr_tracked) {
		return;
	}
	for (struct gt_table *t = gt_table_of_gfn(p, gfn); t; t = gt_table_same_gfn(t)) {
		if (t->tracked) {
			was_tracked = true;
			t->tracked = false;
			t->generation = 0;
			quiet_for_longer(t);
		}
	}
	if (was_tracked) {
		gt_count(p->v, GT_C_ppgtt_untracked);
		release_page(p, gfn);
	}
}
