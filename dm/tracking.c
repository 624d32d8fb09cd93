/* SPDX-License-Identifier: MIT */
/* A hash of the pages that have the type, and a list of those that are to lose it: tracking.h. */
#include "tracking.h"

#include <errno.h>
#include <stdlib.h>

#define NR_BUCKETS 4096u /* a power of two */

struct page {
	struct page *next_in_bucket;
	struct page *next_leaving;
	gt_gfn_t gfn;
	bool leaving;
};

struct dm_tracking {
	struct dm_tracking_ops ops;
	void *ctx;
	struct page *bucket[NR_BUCKETS];
	struct page *leaving;
};

int dm_tracking_create(const struct dm_tracking_ops *ops, void *ctx, struct dm_tracking **out)
{
	struct dm_tracking *t = calloc(1, sizeof(*t));

	if (!t) {
		return -ENOMEM;
	}
	t->ops = *ops;
	t->ctx = ctx;
	*out = t;
	return 0;
}

void dm_tracking_destroy(struct dm_tracking *t)
{
	for (unsigned i = 0; t && i < NR_BUCKETS; i++) {
		while (t->bucket[i]) {
			struct page *p = t->bucket[i];

			t->bucket[i] = p->next_in_bucket;
			free(p);
		}
	}
	free(t);
}

/* Where the pointer to the page is, or would be. */
static struct page **find(struct dm_tracking *t, gt_gfn_t gfn)
{
	struct page **at = &t->bucket[(gfn * UINT64_C(0x9e3779b97f4a7c15)) >> 52];

	while (*at && (*at)->gfn != gfn) {
		at = &(*at)->next_in_bucket;
	}
	return at;
}

static void leave(struct dm_tracking *t, struct page *p)
{
	p->leaving = true;
	p->next_leaving = t->leaving;
	t->leaving = p;
}

/* Give a page the type that has it not. */
static int add(struct dm_tracking *t, gt_gfn_t gfn, struct page **out)
{
	struct page **at = find(t, gfn), *p = calloc(1, sizeof(*p));
	int ret;

	if (!p) {
		return -ENOMEM;
	}
	ret = t->ops.set_type(t->ctx, gfn, true);
	if (ret) {
		free(p);
		return ret;
	}
	p->gfn = gfn;
	p->next_in_bucket = *at;
	*at = p;
	*out = p;
	return 0;
}

int dm_tracking_set(struct dm_tracking *t, gt_gfn_t gfn, bool tracked)
{
	struct page *p = *find(t, gfn);

	if (tracked) {
		return p ? -EBUSY : add(t, gfn, &p);
	}
	if (!p || p->leaving) {
		return -ENOENT;
	}
	leave(t, p);
	return 0;
}

void dm_tracking_hold(struct dm_tracking *t, gt_gfn_t gfn)
{
	struct page *p;

	if (!*find(t, gfn) && !add(t, gfn, &p)) {
		leave(t, p);
	}
}

bool dm_tracking_is_pending(const struct dm_tracking *t)
{
	return t->leaving != NULL;
}

/* A failure means that the page is no RAM any more, or has got another type since: it is gone. */
static void let_go(struct dm_tracking *t, struct page *p)
{
	struct page **at = find(t, p->gfn);

	t->ops.set_type(t->ctx, p->gfn, false);
	*at = p->next_in_bucket;
	free(p);
}

void dm_tracking_settle(struct dm_tracking *t, bool (*is_busy)(void *ctx, gt_gfn_t gfn), void *ctx)
{
	struct page *p = t->leaving;

	if (!p || t->ops.barrier(t->ctx)) {
		return;
	}
	t->leaving = NULL;
	while (p) {
		struct page *next = p->next_leaving;

		if (is_busy(ctx, p->gfn)) {
			leave(t, p);
		} else {
			let_go(t, p);
		}
		p = next;
	}
}
