/* SPDX-License-Identifier: MIT */
/*
 * Runs of mapped pages.
 *
 * Decides which run answers and which one goes; what an entry of the GGTT means is
 * compose_pages.c's business.
 */
#include "page_cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_internal.h"

/* Pages that were asked for at once. */
struct run {
	void *at;	  /* NULL: this one is free */
	uint32_t nr_pages; /* asked for */
	uint32_t nr_mapped;
	uint64_t last_use;
	unsigned users; /* between pages() and release() */
	bool partial;	/* some frame could not be mapped: to be tried again the next time */
	gt_gma_t gma[GT_COMPOSE_PAGES];
	gt_gfn_t gfn[GT_COMPOSE_PAGES];	       /* of what is mapped, holes left out */
	const uint8_t *page[GT_COMPOSE_PAGES]; /* for each address; NULL: no memory */
	bool hole[GT_COMPOSE_PAGES];
};

struct gt_page_cache {
	struct gt_page_source source;
	struct gt_vgpu *v;
	struct run *run[GT_PAGE_CACHE_RUNS]; /* NULL: not needed yet */
	uint64_t nr_uses;
	uint64_t last_use_ns;
	size_t nr_mapped;
	struct run *in_use[4]; /* what release() lets go, the last first */
	unsigned nr_in_use;
};

/* What the addresses of a request are at this moment. */
struct request {
	size_t nr, nr_frames;
	gt_gfn_t gfn[GT_COMPOSE_PAGES];
	bool hole[GT_COMPOSE_PAGES];
};

static void set_mapped(struct gt_page_cache *c, size_t nr)
{
	c->nr_mapped = nr;
	c->v->events.count[GT_C_frames_cached_now] = nr;
}

static void run_unmap(struct gt_page_cache *c, struct run *r)
{
	if (r->at) {
		c->v->guest->ops->unmap(c->v->guest, r->at, r->nr_mapped);
		r->at = NULL;
		set_mapped(c, c->nr_mapped - r->nr_mapped);
	}
	r->nr_pages = 0;
	r->partial = false;
}

static enum xengt_status look_up(struct gt_page_cache *c, const gt_gma_t *gma, size_t nr,
				 struct request *q, char *detail)
{
	q->nr = nr;
	q->nr_frames = 0;
	for (size_t i = 0; i < nr; i++) {
		enum xengt_status status = gt_compose_lookup(c->v, gma[i], &q->gfn[q->nr_frames],
							     &q->hole[i], detail);

		if (status) {
			return status;
		}
		q->nr_frames += !q->hole[i];
	}
	return XENGT_OK;
}

static bool run_fits(const struct run *r, const gt_gma_t *gma, const struct request *q)
{
	return r->nr_pages == q->nr && r->nr_mapped == q->nr_frames &&
	       !memcmp(r->gma, gma, q->nr * sizeof(*gma)) &&
	       !memcmp(r->hole, q->hole, q->nr * sizeof(*q->hole)) &&
	       !memcmp(r->gfn, q->gfn, q->nr_frames * sizeof(*q->gfn));
}

/* The run that is already what is asked for, or NULL. */
static struct run *find(struct gt_page_cache *c, const gt_gma_t *gma, const struct request *q)
{
	for (size_t i = 0; i < GT_PAGE_CACHE_RUNS; i++) {
		if (c->run[i] && c->run[i]->nr_pages && run_fits(c->run[i], gma, q)) {
			return c->run[i];
		}
	}
	return NULL;
}

/* The mapped run that was not used for the longest time, and is not in use; NULL: none. */
static struct run *oldest(struct gt_page_cache *c)
{
	struct run *found = NULL;

	for (size_t i = 0; i < GT_PAGE_CACHE_RUNS; i++) {
		struct run *r = c->run[i];

		if (r && r->nr_pages && !r->users && (!found || r->last_use < found->last_use)) {
			found = r;
		}
	}
	return found;
}

/* A run that is empty, NULL if there is none and can be none. */
static struct run *empty(struct gt_page_cache *c)
{
	for (size_t i = 0; i < GT_PAGE_CACHE_RUNS; i++) {
		if (!c->run[i]) {
			c->run[i] = calloc(1, sizeof(**c->run));
			return c->run[i];
		}
		if (!c->run[i]->nr_pages) {
			return c->run[i];
		}
	}
	return NULL;
}

/* A run to fill with @nr_frames. NULL: no memory. */
static struct run *make_room(struct gt_page_cache *c, size_t nr_frames)
{
	struct run *r = empty(c);

	while (!r || c->nr_mapped + nr_frames > GT_PAGE_CACHE_PAGES) {
		struct run *old = oldest(c);

		if (!old) {
			break;
		}
		run_unmap(c, old);
		r = r ? r : old;
	}
	return r;
}

static enum xengt_status run_fill(struct gt_page_cache *c, struct run *r, const gt_gma_t *gma,
				  const struct request *q, char *detail)
{
	struct gt_guest *g = c->v->guest;
	int err[GT_COMPOSE_PAGES] = { 0 };
	size_t frame = 0, nr_failed = 0;
	void *at = NULL;

	if (q->nr_frames) {
		at = g->ops->map(g, q->gfn, q->nr_frames, false, err);
		for (size_t i = 0; i < q->nr_frames; i++) {
			nr_failed += err[i] != 0;
		}
		if (!at && nr_failed < q->nr_frames) {
			snprintf(detail, XENGT_DETAIL_MAX, "mapping the guest's pages failed");
			return XENGT_E_INTERNAL;
		}
	}
	r->at = at;
	r->partial = nr_failed;
	r->nr_pages = (uint32_t)q->nr;
	r->nr_mapped = (uint32_t)q->nr_frames;
	memcpy(r->gma, gma, q->nr * sizeof(*gma));
	memcpy(r->hole, q->hole, q->nr * sizeof(*q->hole));
	memcpy(r->gfn, q->gfn, q->nr_frames * sizeof(*q->gfn));
	for (size_t i = 0; i < q->nr; i++) {
		bool there = at && !q->hole[i] && !err[frame];

		r->page[i] = there ? (const uint8_t *)at + frame * GT_PAGE_SIZE : NULL;
		frame += !q->hole[i];
	}
	if (at) {
		set_mapped(c, c->nr_mapped + q->nr_frames);
	}
	gt_count_n(c->v, GT_C_frames_mapped, q->nr_frames - nr_failed);
	return XENGT_OK;
}

static enum xengt_status cache_pages(struct gt_page_source *source, const gt_gma_t *gma, size_t nr,
				     const uint8_t **out, char detail[XENGT_DETAIL_MAX])
{
	struct gt_page_cache *c = (struct gt_page_cache *)source;
	struct request q;
	struct run *r;
	enum xengt_status status = look_up(c, gma, nr, &q, detail);

	if (status) {
		return status;
	}
	if (c->nr_in_use == GT_ARRAY_SIZE(c->in_use)) {
		return XENGT_E_INTERNAL;
	}
	r = find(c, gma, &q);
	if (!r) {
		r = make_room(c, q.nr_frames);
		status = r ? run_fill(c, r, gma, &q, detail) : XENGT_E_MEMORY;
		if (status) {
			return status;
		}
	}
	r->users++;
	r->last_use = ++c->nr_uses;
	c->in_use[c->nr_in_use++] = r;
	c->last_use_ns = gt_now_ns(c->v);
	memcpy(out, r->page, nr * sizeof(*out));
	return XENGT_OK;
}

static void cache_release(struct gt_page_source *source)
{
	struct gt_page_cache *c = (struct gt_page_cache *)source;
	struct run *r;

	if (!c->nr_in_use) {
		return;
	}
	r = c->in_use[--c->nr_in_use];
	if (!--r->users && r->partial) {
		run_unmap(c, r);
	}
}

int gt_page_cache_create(struct gt_vgpu *v, struct gt_page_cache **out)
{
	struct gt_page_cache *c = calloc(1, sizeof(*c));

	if (!c) {
		return -ENOMEM;
	}
	c->source = (struct gt_page_source){ cache_pages, cache_release };
	c->v = v;
	v->page_cache = v->page_cache ? v->page_cache : c;
	*out = c;
	return 0;
}

void gt_page_cache_destroy(struct gt_page_cache *c)
{
	if (!c) {
		return;
	}
	gt_page_cache_drop(c);
	if (c->v->page_cache == c) {
		c->v->page_cache = NULL;
	}
	free(c);
}

struct gt_page_source *gt_page_cache_source(struct gt_page_cache *c)
{
	return &c->source;
}

void gt_page_cache_drop(struct gt_page_cache *c)
{
	for (size_t i = 0; i < GT_PAGE_CACHE_RUNS; i++) {
		if (c->run[i] && !c->run[i]->users) {
			run_unmap(c, c->run[i]);
			free(c->run[i]);
			c->run[i] = NULL;
		}
	}
}

uint64_t gt_page_cache_deadline_ns(const struct gt_page_cache *c)
{
	return c->nr_mapped ? c->last_use_ns + GT_PAGE_CACHE_KEEP_ns : UINT64_MAX;
}

void gt_page_cache_trim(struct gt_page_cache *c)
{
	if (gt_now_ns(c->v) >= gt_page_cache_deadline_ns(c)) {
		gt_page_cache_drop(c);
	}
}

size_t gt_page_cache_pages(const struct gt_page_cache *c)
{
	return c->nr_mapped;
}
