/* SPDX-License-Identifier: MIT */
/*
 * Looks at what a picture was made of.
 *
 * Decides what a picture depends on beside the pages that composition asks for: the latched
 * registers of the pipe, and those that count at once (palettes, size).
 */
#include "watch.h"

#include <errno.h>
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

/* Registers as they are now: the guest may be writing them. */
static void add_registers(struct digest *d, struct gt_vgpu *v, uint32_t from, uint32_t nr)
{
	uint32_t val[64];

	for (uint32_t done = 0; done < nr;) {
		uint32_t n = 0;

		while (done < nr && n < GT_ARRAY_SIZE(val)) {
			val[n++] = gt_vreg(v, from + done++ * 4);
		}
		digest_add(d, val, n * sizeof(*val));
	}
}

static uint64_t latched_of(const struct gt_watch *w, const struct gt_looking *how)
{
	const struct gt_pipe *p = &how->v->display.pipe[w->pipe];
	struct digest d = { .key = how->key };
	uint8_t enabled = p->enabled;

	digest_add(&d, &enabled, sizeof(enabled));
	digest_add(&d, p->scaler, sizeof(p->scaler));
	if (!w->cursor_only) {
		digest_add(&d, p->plane, sizeof(p->plane));
		digest_add(&d, &p->colors, sizeof(p->colors));
	}
	return digest_end(&d);
}

static uint64_t state_of(const struct gt_watch *w, const struct gt_looking *how)
{
	struct gt_vgpu *v = how->v;
	unsigned pipe = w->pipe;
	struct digest d = { .key = how->key };
	uint64_t latched = latched_of(w, how);

	if (w->cursor_only) {
		return latched;
	}
	digest_add(&d, &latched, sizeof(latched));
	digest_add(&d, v->color.precise[pipe], sizeof(v->color.precise[pipe]));
	add_registers(&d, v, PIPESRC + pipe * GT_PIPE_STRIDE, 1);
	add_registers(&d, v, BOTTOM_COLOR + pipe * GT_PIPE_STRIDE, 1);
	add_registers(&d, v, GAMMA_PAGE, GT_PAGE_SIZE / 4);
	return digest_end(&d);
}

/* --- bands ---------------------------------------------------------------------------------- */

unsigned gt_watch_bands(struct gt_vgpu *v, unsigned pipe, uint32_t h_px)
{
	char detail[XENGT_DETAIL_MAX];
	struct gt_fb_window window;

	if (gt_fb_decode_window(v, pipe, &window, detail) != -ENOENT) {
		return 1;
	}
	return (h_px + GT_BAND_ROWS - 1) / GT_BAND_ROWS;
}

/* One that cannot be made out may be anywhere, as may one that is scaled with its pipe. */
static struct gt_watch_cursor cursor_now(const struct gt_looking *how, const struct gt_watch *w)
{
	const struct gt_pipe *p = &how->v->display.pipe[w->pipe];
	struct gt_watch_cursor cursor = { .from = INT64_MIN, .to = INT64_MAX };
	struct digest d = { .key = how->key };
	char detail[XENGT_DETAIL_MAX];
	struct gt_fb fb;
	int ret = w->with_cursor ? gt_fb_decode_cursor(how->v, w->pipe, &fb, detail) : -ENOENT;

	if (ret == -ENOENT) {
		return cursor;
	}
	digest_add(&d, &p->cursor, sizeof(p->cursor));
	cursor.digest = digest_end(&d);
	if (!ret && w->nr_bands > 1) {
		cursor.from = fb.pos_y_px;
		cursor.to = fb.pos_y_px + (int64_t)fb.shown_h_px;
	}
	return cursor;
}

/* What of it is in a band: 0: nothing. */
static uint64_t cursor_in(const struct gt_watch_cursor *cursor, const struct gt_watch *w,
			  unsigned band)
{
	int64_t y = (int64_t)w->y_px + (int64_t)band * GT_BAND_ROWS;

	return cursor->from < y + GT_BAND_ROWS && cursor->to > y ? cursor->digest : 0;
}

static void free_bands(struct gt_watch *w)
{
	for (unsigned i = 0; i < w->nr_bands; i++) {
		free(w->band[i].gma);
		free(w->band[i].hash);
		free(w->band[i].run);
	}
	free(w->band);
	w->band = NULL;
	w->nr_bands = 0;
	w->nr_pages = 0;
}

void gt_watch_clear(struct gt_watch *w)
{
	free_bands(w);
	*w = (struct gt_watch){ 0 };
}

static bool make_bands(struct gt_watch *w, unsigned nr_bands)
{
	free_bands(w);
	w->band = calloc(nr_bands, sizeof(*w->band));
	w->nr_bands = w->band ? nr_bands : 0;
	return w->band;
}

/* Room for a run of @nr pages more. */
static bool make_room(struct gt_band *b, size_t nr)
{
	size_t room = b->room ? b->room : 64;

	while (room < b->nr + nr) {
		room *= 2;
	}
	if (room > b->room) {
		gt_gma_t *gma = reallocarray(b->gma, room, sizeof(*gma));
		uint64_t *hash = reallocarray(b->hash, room, sizeof(*hash));

		b->gma = gma ? gma : b->gma;
		b->hash = hash ? hash : b->hash;
		if (!gma || !hash) {
			return false;
		}
		b->room = room;
	}
	if (b->nr_runs == b->runs_room) {
		size_t runs_room = b->runs_room ? b->runs_room * 2 : 4;
		uint16_t *run = reallocarray(b->run, runs_room, sizeof(*run));

		if (!run) {
			return false;
		}
		b->run = run;
		b->runs_room = runs_room;
	}
	return true;
}

void gt_watch_copies_drop(struct gt_watch_copies *copies)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(copies->run); i++) {
		free(copies->run[i]);
		copies->run[i] = NULL;
	}
}

/* --- records -------------------------------------------------------------------------------- */

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
	struct gt_band *b = r->band;
	bool room = w->valid && w->nr_pages + nr <= GT_WATCH_MAX_PAGES && make_room(b, nr);
	const uint8_t *from[GT_COMPOSE_PAGES];

	memcpy(from, pages, nr * sizeof(*from));
	w->valid = room;
	for (size_t i = 0; i < nr; i++) {
		uint64_t hash = hash_one(r->how->key, from, i, nr, copy + i * GT_PAGE_SIZE);

		if (room) {
			b->gma[b->nr + i] = gma[i];
			b->hash[b->nr + i] = hash;
		}
		pages[i] = from[i] ? copy + i * GT_PAGE_SIZE : NULL;
	}
	if (room) {
		b->nr += nr;
		w->nr_pages += nr;
		b->run[b->nr_runs++] = (uint16_t)nr;
	}
}

static enum xengt_status recorder_pages(struct gt_page_source *source, const gt_gma_t *gma,
					size_t nr, const uint8_t **out,
					char detail[XENGT_DETAIL_MAX])
{
	struct gt_recorder *r = (struct gt_recorder *)source;
	enum xengt_status status;
	struct gt_watch_copies *copies = r->how->copies;
	uint8_t **copy;

	if (r->nr_in_use == GT_ARRAY_SIZE(copies->run)) {
		return XENGT_E_INTERNAL;
	}
	copy = &copies->run[r->nr_in_use];
	if (!*copy) {
		*copy = aligned_alloc(GT_PAGE_SIZE, GT_COMPOSE_PAGES * GT_PAGE_SIZE);
	}
	if (!*copy) {
		return XENGT_E_MEMORY;
	}
	status = r->how->source->pages(r->how->source, gma, nr, out, detail);
	if (status) {
		return status;
	}
	record(r, gma, nr, out, *copy);
	r->how->source->release(r->how->source);
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

bool gt_recorder_begin(struct gt_recorder *r, const struct gt_looking *how, unsigned pipe,
		       unsigned nr_bands, struct gt_watch *watch)
{
	*r = (struct gt_recorder){
		.source = { recorder_pages, recorder_release },
		.how = how,
		.watch = watch,
	};
	if ((!watch->valid || watch->nr_bands != nr_bands) && !make_bands(watch, nr_bands)) {
		return false;
	}
	watch->valid = true;
	watch->pipe = pipe;
	watch->latched = latched_of(watch, how);
	watch->state = state_of(watch, how);
	r->cursor = cursor_now(how, watch);
	return true;
}

void gt_recorder_band(struct gt_recorder *r, unsigned band)
{
	struct gt_band *b = &r->watch->band[band];

	r->band = b;
	r->watch->nr_pages -= b->nr;
	b->nr = b->nr_runs = 0;
	b->cursor = cursor_in(&r->cursor, r->watch, band);
}

void gt_recorder_end(struct gt_recorder *r, bool good)
{
	r->watch->valid = r->watch->valid && good;
}

/* --- looks ---------------------------------------------------------------------------------- */

static bool run_is_same(const struct gt_band *b, size_t first, size_t nr,
			const struct gt_looking *how)
{
	char detail[XENGT_DETAIL_MAX];
	const uint8_t *pages[GT_COMPOSE_PAGES];
	bool same = true;

	if (how->source->pages(how->source, b->gma + first, nr, pages, detail)) {
		return false;
	}
	for (size_t i = 0; same && i < nr; i++) {
		same = hash_one(how->key, pages, i, nr, NULL) == b->hash[first + i];
	}
	how->source->release(how->source);
	return same;
}

static bool pages_are_same(const struct gt_band *b, const struct gt_looking *how)
{
	size_t first = 0;

	for (size_t i = 0; i < b->nr_runs; i++) {
		if (!run_is_same(b, first, b->run[i], how)) {
			return false;
		}
		first += b->run[i];
	}
	return true;
}

static bool whole_is_same(const struct gt_watch *w, const struct gt_looking *how, bool palettes)
{
	if (!w->valid) {
		return false;
	}
	gt_display_latch(how->v, w->pipe);
	return palettes ? w->state == state_of(w, how) : w->latched == latched_of(w, how);
}

bool gt_watch_is_same(const struct gt_watch *w, const struct gt_looking *how, uint64_t since_ns)
{
	struct gt_watch_cursor cursor;

	if (!whole_is_same(w, how, !since_ns)) {
		return false;
	}
	/* What costs nothing first. */
	cursor = cursor_now(how, w);
	for (unsigned i = 0; i < w->nr_bands; i++) {
		if (w->band[i].cursor != cursor_in(&cursor, w, i)) {
			return false;
		}
	}
	for (unsigned i = 0; i < w->nr_bands; i++) {
		if (w->band[i].changed_ns >= since_ns && !pages_are_same(&w->band[i], how)) {
			return false;
		}
	}
	return true;
}

int gt_watch_find(struct gt_watch *w, const struct gt_looking *how, uint64_t since_ns)
{
	struct gt_watch_cursor cursor;
	int nr_dirty = 0;

	if (!whole_is_same(w, how, !since_ns)) {
		return -1;
	}
	cursor = cursor_now(how, w);
	for (unsigned i = 0; i < w->nr_bands; i++) {
		struct gt_band *b = &w->band[i];

		b->dirty = b->cursor != cursor_in(&cursor, w, i) ||
			   (b->changed_ns >= since_ns && !pages_are_same(b, how));
		if (b->dirty) {
			b->changed_ns = gt_now_ns(how->v);
			nr_dirty++;
		}
	}
	return nr_dirty;
}
