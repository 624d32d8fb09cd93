/* SPDX-License-Identifier: MIT */
/*
 * Looks at what a picture was made of.
 *
 * Decides what a picture depends on beside the pages that composition asks for: the latched
 * registers of the pipe, and those that count at once (palettes, size).
 */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "display_rows.h"
#include "vgpu_internal.h"

#define PIPESRC	    0x6001cu
#define BOTTOM_COLOR 0x70034u
#define GAMMA_PAGE  0x4a000u
#define NR_FETCHED  2 /* pages asked for ahead */

/* Words put together into pages, each hashed with the hash of the one before in its place. */
struct digest {
	const struct gt_hash_key *key;
	size_t used;
	uint8_t page[GT_PAGE_SIZE] __attribute__((aligned(GT_HASH_LINE_B)));
};

static void digest_flush(struct digest *d)
{
	uint64_t hash;

	memset(d->page + d->used, 0, sizeof(d->page) - d->used);
	hash = gt_hash_page(d->key, d->page, NULL, NULL);
	memcpy(d->page, &hash, sizeof(hash));
	d->used = sizeof(hash);
}

static void digest_add(struct digest *d, const void *data, size_t len)
{
	const uint8_t *from = data;

	while (len) {
		size_t room = sizeof(d->page) - d->used, n = len < room ? len : room;

		memcpy(d->page + d->used, from, n);
		d->used += n;
		from += n;
		len -= n;
		if (d->used == sizeof(d->page)) {
			digest_flush(d);
		}
	}
}

static uint64_t digest_end(struct digest *d)
{
	uint64_t hash;

	digest_flush(d);
	memcpy(&hash, d->page, sizeof(hash));
	return hash;
}

/* Registers of a page of them, as they are now: the guest may be writing them. */
static void add_registers(struct digest *d, struct gt_vgpu *v, uint32_t from, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t val = gt_vreg(v, from + i * 4);

		digest_add(d, &val, sizeof(val));
	}
}

static uint64_t state_of(struct gt_vgpu *v, unsigned pipe, const struct gt_hash_key *key)
{
	const struct gt_pipe *p = &v->display.pipe[pipe];
	struct digest d = { .key = key };
	uint8_t enabled = p->enabled;

	digest_add(&d, &enabled, sizeof(enabled));
	digest_add(&d, p->plane, sizeof(p->plane));
	digest_add(&d, &p->cursor, sizeof(p->cursor));
	digest_add(&d, p->scaler, sizeof(p->scaler));
	digest_add(&d, &p->colors, sizeof(p->colors));
	digest_add(&d, v->color.precise[pipe], sizeof(v->color.precise[pipe]));
	add_registers(&d, v, PIPESRC + pipe * GT_PIPE_STRIDE, 1);
	add_registers(&d, v, BOTTOM_COLOR + pipe * GT_PIPE_STRIDE, 1);
	add_registers(&d, v, GAMMA_PAGE, GT_PAGE_SIZE / 4);
	return digest_end(&d);
}

void gt_watch_clear(struct gt_watch *w)
{
	free(w->gma);
	free(w->hash);
	free(w->run);
	*w = (struct gt_watch){ 0 };
}

/* Room for a run of @nr pages more. */
static bool make_room(struct gt_watch *w, size_t nr)
{
	if (w->nr + nr > GT_WATCH_MAX_PAGES) {
		return false;
	}
	if (w->nr + nr > w->room) {
		size_t room = w->room ? w->room * 2 : 4096;
		gt_gma_t *gma = reallocarray(w->gma, room, sizeof(*gma));
		uint64_t *hash = reallocarray(w->hash, room, sizeof(*hash));

		w->gma = gma ? gma : w->gma;
		w->hash = hash ? hash : w->hash;
		if (!gma || !hash) {
			return false;
		}
		w->room = room;
	}
	if (w->nr_runs == w->runs_room) {
		size_t room = w->runs_room ? w->runs_room * 2 : 16;
		uint16_t *run = reallocarray(w->run, room, sizeof(*run));

		if (!run) {
			return false;
		}
		w->run = run;
		w->runs_room = room;
	}
	return true;
}

static uint64_t hash_one(const struct gt_hash_key *key, const uint8_t *const *pages, size_t i,
			 size_t nr, uint8_t *copy)
{
	if (!pages[i]) {
		return GT_HASH_NONE;
	}
	return gt_hash_page(key, pages[i], copy,
			    i + NR_FETCHED < nr ? pages[i + NR_FETCHED] : NULL);
}

/* Copy what is there, and note what it was. */
static void record(struct gt_recorder *r, const gt_gma_t *gma, size_t nr, const uint8_t **pages,
		   uint8_t *copy)
{
	struct gt_watch *w = r->watch;
	bool room = w->valid && make_room(w, nr);
	const uint8_t *from[GT_COMPOSE_PAGES];

	memcpy(from, pages, nr * sizeof(*from));
	w->valid = room;
	for (size_t i = 0; i < nr; i++) {
		uint64_t hash = hash_one(r->key, from, i, nr, copy + i * GT_PAGE_SIZE);

		if (room) {
			w->gma[w->nr + i] = gma[i];
			w->hash[w->nr + i] = hash;
		}
		pages[i] = from[i] ? copy + i * GT_PAGE_SIZE : NULL;
	}
	if (room) {
		w->nr += nr;
		w->run[w->nr_runs++] = (uint16_t)nr;
	}
}

static enum xengt_status recorder_pages(struct gt_page_source *source, const gt_gma_t *gma,
					size_t nr, const uint8_t **out,
					char detail[XENGT_DETAIL_MAX])
{
	struct gt_recorder *r = (struct gt_recorder *)source;
	enum xengt_status status;
	uint8_t **copy;

	if (r->nr_in_use == GT_ARRAY_SIZE(r->copy)) {
		return XENGT_E_INTERNAL;
	}
	copy = &r->copy[r->nr_in_use];
	if (!*copy) {
		*copy = aligned_alloc(GT_PAGE_SIZE, GT_COMPOSE_PAGES * GT_PAGE_SIZE);
	}
	if (!*copy) {
		return XENGT_E_MEMORY;
	}
	status = r->from->pages(r->from, gma, nr, out, detail);
	if (status) {
		return status;
	}
	record(r, gma, nr, out, *copy);
	r->from->release(r->from);
	r->nr_in_use++;
	return XENGT_OK;
}

static void recorder_release(struct gt_page_source *source)
{
	struct gt_recorder *r = (struct gt_recorder *)source;

	if (r->nr_in_use) {
		r->nr_in_use--;
	}
}

void gt_recorder_begin(struct gt_recorder *r, struct gt_vgpu *v, unsigned pipe,
		       const struct gt_hash_key *key, struct gt_page_source *from,
		       struct gt_watch *watch)
{
	*r = (struct gt_recorder){
		.source = { recorder_pages, recorder_release },
		.from = from,
		.key = key,
		.watch = watch,
	};
	watch->valid = true;
	watch->pipe = pipe;
	watch->state = state_of(v, pipe, key);
	watch->nr = watch->nr_runs = 0;
}

void gt_recorder_end(struct gt_recorder *r, bool good)
{
	r->watch->valid = r->watch->valid && good;
	for (size_t i = 0; i < GT_ARRAY_SIZE(r->copy); i++) {
		free(r->copy[i]);
		r->copy[i] = NULL;
	}
}

static bool run_is_same(const struct gt_watch *w, size_t first, size_t nr,
			const struct gt_hash_key *key, struct gt_page_source *source)
{
	char detail[XENGT_DETAIL_MAX];
	const uint8_t *pages[GT_COMPOSE_PAGES];
	bool same = true;

	if (source->pages(source, w->gma + first, nr, pages, detail)) {
		return false;
	}
	for (size_t i = 0; same && i < nr; i++) {
		same = hash_one(key, pages, i, nr, NULL) == w->hash[first + i];
	}
	source->release(source);
	return same;
}

bool gt_watch_is_same(const struct gt_watch *w, struct gt_vgpu *v, const struct gt_hash_key *key,
		      struct gt_page_source *source)
{
	size_t first = 0;

	if (!w->valid) {
		return false;
	}
	gt_display_latch(v, w->pipe);
	if (w->state != state_of(v, w->pipe, key)) {
		return false;
	}
	for (size_t i = 0; i < w->nr_runs; i++) {
		if (!run_is_same(w, first, w->run[i], key, source)) {
			return false;
		}
		first += w->run[i];
	}
	return true;
}
