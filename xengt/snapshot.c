/* SPDX-License-Identifier: MIT */
/*
 * Pictures in sealed memfds.
 *
 * Decides which part is sent, whether it need be sent at all, and what is remembered of it.  What
 * is in a picture is compose.c's business.  It is made band by band (watch.h), so that of a picture
 * that a client keeps (XENGT_HOLD) only the bands are made anew that are other ones.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "damage.h"
#include "native.h"
#include "page_cache.h"
#include "sealed.h"
#include "vgpu_internal.h"
#include "xengt/log.h"

/* A picture on its way. */
struct shot {
	struct gt_camera *cam;
	const struct gt_view *view;
	struct gt_compose c;
	int32_t cursor_x_px, cursor_y_px; /* XENGT_CURSOR */
	size_t stride_B, size_B;
	struct gt_memory *memory; /* NULL: not to be remembered */
	bool known;		  /* memory is of the picture before this one */
	bool in_place;		  /* which is changed to become this one: */
	bool partly;		  /* in its dirty bands only */
	struct gt_sealed mem;	  /* else it is made here; */
	int held_fd;		  /* or in memory->held, and this is its descriptor; else -1 */
};

static uint64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct gt_looking looking(struct gt_camera *cam)
{
	return (struct gt_looking){ cam->v, &cam->key, gt_page_cache_source(cam->cache),
				    &cam->copies };
}

/* --- memory --------------------------------------------------------------------------------- */

void gt_memory_clear(struct gt_memory *m)
{
	gt_watch_clear(&m->watch);
	gt_held_close(&m->held);
	free(m->hash);
	*m = (struct gt_memory){ 0 };
}

static bool view_is_same(const struct gt_view *a, const struct gt_view *b)
{
	return a->head == b->head && a->flags == b->flags && a->plane == b->plane &&
	       a->region.x_px == b->region.x_px && a->region.y_px == b->region.y_px &&
	       a->region.w_px == b->region.w_px && a->region.h_px == b->region.h_px;
}

bool gt_memory_is_of(const struct gt_memory *m, const struct gt_view *view, uint64_t since)
{
	return m->serial && m->serial == since && view_is_same(&m->view, view);
}

static uint32_t fourcc_of(const struct gt_view *view)
{
	return view->flags & XENGT_CURSOR ? XENGT_FOURCC_ARGB8888 : XENGT_FOURCC_XRGB8888;
}

static void fill_unchanged(const struct gt_memory *m, struct xengt_frame *frame)
{
	*frame = (struct xengt_frame){
		.width_px = m->w_px,
		.height_px = m->h_px,
		.fourcc = fourcc_of(&m->view),
		.serial = m->serial,
		.time_ns = monotonic_ns(),
		.flags = XENGT_UNCHANGED,
	};
}

static bool is_made(const struct shot *s, unsigned band)
{
	return !s->partly || s->memory->watch.band[band].dirty;
}

/* Rows of the picture that are band @band. */
static uint32_t band_rows(const struct shot *s, unsigned nr_bands, unsigned band, uint32_t *first)
{
	uint32_t h_px = s->c.h_px;

	*first = band * GT_BAND_ROWS;
	return nr_bands > 1 && h_px - *first > GT_BAND_ROWS ? GT_BAND_ROWS : h_px - *first;
}

/* Hashes of the blocks of all bands that were made. */
static void hash_blocks(const struct shot *s, uint64_t *hash)
{
	unsigned nr_bands = s->memory->watch.nr_bands;

	for (unsigned i = 0; i < nr_bands; i++) {
		uint32_t first, rows = band_rows(s, nr_bands, i, &first);

		if (is_made(s, i)) {
			gt_damage_hash(&s->cam->key, s->c.pixels + first * s->stride_B,
				       s->stride_B, s->c.w_px, rows,
				       hash + gt_damage_nr_blocks(s->c.w_px, first));
		}
	}
}

/* Find what changed, and remember the new picture; or say that it is the one before. */
static enum xengt_status remember(const struct shot *s, struct xengt_frame *frame)
{
	struct gt_memory *m = s->memory;
	uint32_t w = frame->width_px, h = frame->height_px;
	size_t nr = gt_damage_nr_blocks(w, h);
	uint64_t *hash = calloc(nr, sizeof(*hash));

	if (!hash) {
		return XENGT_E_MEMORY;
	}
	if (s->partly) {
		memcpy(hash, m->hash, nr * sizeof(*hash));
	}
	hash_blocks(s, hash);
	frame->nr_damage = 1;
	frame->damage[0] = (struct xengt_rect){ 0, 0, w, h };
	if (s->known) {
		frame->nr_damage = gt_damage_find(m->hash, hash, w, h, frame->damage);
	}
	if (!frame->nr_damage) {
		free(hash);
		fill_unchanged(m, frame);
		return XENGT_OK;
	}
	free(m->hash);
	m->hash = hash;
	m->view = *s->view;
	m->w_px = w;
	m->h_px = h;
	m->serial = frame->serial;
	return XENGT_OK;
}

/* --- a shot --------------------------------------------------------------------------------- */

static bool region_is_valid(const struct xengt_rect *r, uint32_t w_px, uint32_t h_px)
{
	return r->w_px && r->h_px && r->x_px < w_px && r->w_px <= w_px - r->x_px &&
	       r->y_px < h_px && r->h_px <= h_px - r->y_px;
}

/* The part that is wanted of a head that is as large as s->c says so far. */
static enum xengt_status choose_part(struct shot *s)
{
	const struct xengt_rect *r = &s->view->region;

	if (!r->w_px && !r->h_px) {
		return XENGT_OK;
	}
	if (!region_is_valid(r, s->c.w_px, s->c.h_px)) {
		snprintf(s->c.detail, XENGT_DETAIL_MAX, "the head is %ux%u pixels", s->c.w_px,
			 s->c.h_px);
		return XENGT_E_REGION;
	}
	s->c.x_px = r->x_px;
	s->c.y_px = r->y_px;
	s->c.w_px = r->w_px;
	s->c.h_px = r->h_px;
	return XENGT_OK;
}

/* How large the picture is. */
static enum xengt_status choose_size(struct shot *s)
{
	struct gt_vgpu *v = s->cam->v;
	enum xengt_status status;

	if (s->view->flags & XENGT_CURSOR) {
		struct gt_compose_cursor at;

		status = gt_compose_find_cursor(v, s->c.pipe, &at, s->c.detail);
		s->c.w_px = at.w_px;
		s->c.h_px = at.h_px;
		s->cursor_x_px = at.x_px;
		s->cursor_y_px = at.y_px;
		return status;
	}
	status = gt_compose_size(v, s->c.pipe, &s->c.w_px, &s->c.h_px, s->c.detail);
	return status ? status : choose_part(s);
}

static size_t row_bytes(uint32_t w_px)
{
	return ((size_t)w_px * 4 + 63) & ~(size_t)63;
}

/* Memory that the client is to keep. False: an ordinary picture will do. */
static bool open_held(struct shot *s)
{
	struct gt_held *held = &s->memory->held;
	int fd;

	gt_held_close(held);
	if (!(s->view->flags & XENGT_HOLD)) {
		return false;
	}
	fd = gt_held_open(held, "xengt-held", s->size_B, &s->cam->held_B);
	if (fd < 0) {
		return false;
	}
	s->held_fd = fd;
	s->c.pixels = held->mem;
	return true;
}

/* Memory for the picture that is sent. */
static enum xengt_status shot_open(struct shot *s)
{
	int ret;

	s->stride_B = row_bytes(s->c.w_px);
	s->size_B = (s->stride_B * s->c.h_px + GT_PAGE_SIZE - 1) & GT_PAGE_MASK;
	s->c.stride_B = s->stride_B;
	if (s->in_place) {
		s->c.pixels = s->memory->held.mem;
		return XENGT_OK;
	}
	if (s->memory && open_held(s)) {
		return XENGT_OK;
	}
	ret = gt_sealed_open_by(&s->mem, "xengt-frame", s->size_B, &s->cam->spare);
	if (ret) {
		gt_warn(GT_T_SNAPSHOT, "no memory for a picture: %s", strerror(-ret));
		return XENGT_E_MEMORY;
	}
	s->c.pixels = s->mem.mem;
	return XENGT_OK;
}

/* Nobody will have it. */
static void shot_abort(struct shot *s)
{
	if (s->held_fd >= 0) {
		close(s->held_fd);
		gt_held_close(&s->memory->held);
	} else if (!s->in_place) {
		gt_sealed_abort(&s->mem);
	}
}

static enum xengt_status compose(struct gt_compose *c, const struct gt_view *view)
{
	if (view->flags & XENGT_CURSOR) {
		return gt_compose_cursor_alone(c);
	}
	if (view->flags & XENGT_PLANE) {
		return gt_compose_plane(c, view->plane);
	}
	return gt_compose_pipe(c, !(view->flags & XENGT_NO_CURSOR));
}

static enum xengt_status compose_band(struct shot *s, unsigned nr_bands, unsigned band)
{
	struct gt_compose c = s->c;
	uint32_t first;
	enum xengt_status status;

	c.h_px = band_rows(s, nr_bands, band, &first);
	c.y_px += first;
	c.pixels += first * s->stride_B;
	if (s->in_place) {
		memset(c.pixels, 0, c.h_px * s->stride_B);
	}
	status = compose(&c, s->view);
	s->c.nr_holes = c.nr_holes;
	return status;
}

static enum xengt_status compose_bands(struct shot *s, unsigned nr_bands, struct gt_recorder *r)
{
	enum xengt_status status = XENGT_OK;

	for (unsigned i = 0; !status && i < nr_bands; i++) {
		if (!is_made(s, i)) {
			continue;
		}
		if (r) {
			gt_recorder_band(r, i);
		}
		status = compose_band(s, nr_bands, i);
	}
	return status;
}

/* The same, and what it is made of is recorded. */
static enum xengt_status compose_recorded(struct shot *s, unsigned nr_bands)
{
	struct gt_watch *watch = &s->memory->watch;
	struct gt_looking how = looking(s->cam);
	struct gt_recorder recorder;
	enum xengt_status status;

	watch->y_px = s->c.y_px;
	watch->with_cursor = !(s->view->flags & (XENGT_PLANE | XENGT_NO_CURSOR));
	watch->cursor_only = s->view->flags & XENGT_CURSOR;
	s->partly = s->partly && nr_bands == watch->nr_bands;
	if (!gt_recorder_begin(&recorder, &how, s->c.pipe, nr_bands, watch)) {
		return XENGT_E_MEMORY;
	}
	s->c.source = &recorder.source;
	status = compose_bands(s, nr_bands, &recorder);
	gt_recorder_end(&recorder, !status);
	return status;
}

/* Put the picture together. */
static enum xengt_status expose(struct shot *s)
{
	unsigned nr_bands = s->view->flags & XENGT_CURSOR
				    ? 1
				    : gt_watch_bands(s->cam->v, s->c.pipe, s->c.h_px);
	enum xengt_status status = shot_open(s);

	if (status) {
		return status;
	}
	if (s->memory) {
		status = compose_recorded(s, nr_bands);
	} else {
		s->c.source = gt_page_cache_source(s->cam->cache);
		status = compose_bands(s, nr_bands, NULL);
	}
	if (status) {
		shot_abort(s);
	} else {
		gt_compose_tell_holes(&s->c);
	}
	return status;
}

static void fill_frame(const struct shot *s, struct xengt_frame *frame)
{
	*frame = (struct xengt_frame){
		.width_px = s->c.w_px,
		.height_px = s->c.h_px,
		.stride_B = (uint32_t)s->stride_B,
		.fourcc = fourcc_of(s->view),
		.size_B = s->size_B,
		.serial = ++s->cam->v->snapshot_serial,
		.time_ns = monotonic_ns(),
		.flags = s->in_place || s->held_fd >= 0 ? XENGT_HELD : 0,
	};
}

/* Seal the picture and make it the caller's, unless nobody needs it. */
static enum xengt_status hand_over(struct shot *s, const struct xengt_frame *frame, int *fd)
{
	int ret;

	if (frame->flags & XENGT_UNCHANGED) {
		shot_abort(s);
		gt_count(s->cam->v, GT_C_snapshots_unchanged);
		return XENGT_OK;
	}
	if (frame->flags & XENGT_HELD) {
		*fd = s->held_fd;
		gt_count(s->cam->v, GT_C_snapshots);
		return XENGT_OK;
	}
	ret = gt_sealed_finish(&s->mem, s->view->flags & XENGT_DMABUF);
	if (ret < 0) {
		snprintf(s->c.detail, XENGT_DETAIL_MAX, "sealing the picture failed: %s",
			 strerror(-ret));
		return XENGT_E_INTERNAL;
	}
	gt_count(s->cam->v, GT_C_snapshots);
	*fd = ret;
	return XENGT_OK;
}

/* A plane's memory as it is: its size has nothing to do with the head's. */
static enum xengt_status take_native(struct shot *s, struct xengt_frame *frame, int *fd)
{
	struct gt_vgpu *v = s->cam->v;
	struct xengt_frame f = { .width_px = 0 };
	enum xengt_status status =
		gt_native_take(v, s->c.pipe, s->view->plane,
			       gt_page_cache_source(s->cam->cache), &f, &s->mem, s->c.detail);

	if (status) {
		return status;
	}
	f.serial = ++v->snapshot_serial;
	f.time_ns = monotonic_ns();
	*frame = f;
	return hand_over(s, frame, fd);
}

/*
 * What is to be done for one who has the picture of serial @since.  False: nothing, it still is
 * that one.
 */
static bool compare(struct shot *s, uint64_t since)
{
	struct gt_memory *m = s->memory;
	struct gt_looking how = looking(s->cam);
	int nr_dirty;

	if (!m || !gt_memory_is_of(m, s->view, since)) {
		return true;
	}
	nr_dirty = gt_watch_find(&m->watch, &how, m->hot_ns);
	s->known = m->w_px == s->c.w_px && m->h_px == s->c.h_px;
	s->in_place = s->known && m->held.mem;
	s->partly = s->in_place && nr_dirty >= 0;
	return nr_dirty != 0;
}

static enum xengt_status take(struct shot *s, uint64_t since, struct xengt_frame *frame, int *fd)
{
	struct gt_vgpu *v = s->cam->v;
	enum xengt_status status = gt_compose_ready(v, s->view->head, &s->c.pipe);

	if (status) {
		return status;
	}
	gt_display_latch(v, s->c.pipe);
	if (s->view->flags & XENGT_NATIVE) {
		return take_native(s, frame, fd);
	}
	status = choose_size(s);
	if (status) {
		return status;
	}
	if (!compare(s, since)) {
		fill_unchanged(s->memory, frame);
		gt_count(v, GT_C_snapshots_unchanged);
		return XENGT_OK;
	}
	status = expose(s);
	if (status) {
		return status;
	}
	fill_frame(s, frame);
	status = s->memory ? remember(s, frame) : XENGT_OK;
	if (status) {
		shot_abort(s);
		return status;
	}
	return hand_over(s, frame, fd);
}

enum xengt_status gt_camera_take(struct gt_camera *cam, const struct gt_view *view, uint64_t since,
				 struct gt_memory *memory, struct xengt_frame *frame, int *fd,
				 char detail[XENGT_DETAIL_MAX])
{
	bool track = view->flags & XENGT_TRACK;
	struct shot s = {
		.cam = cam,
		.view = view,
		.c = { .v = cam->v, .detail = detail },
		.memory = track ? memory : NULL,
		.held_fd = -1,
	};
	uint64_t begun_ns = monotonic_ns();
	enum xengt_status status;

	*fd = -1;
	detail[0] = 0;
	status = take(&s, since, frame, fd);
	if (status && track) {
		gt_memory_clear(memory);
	}
	if (!status) {
		frame->took_us = (uint32_t)((monotonic_ns() - begun_ns) / 1000);
	}
	if (!status && view->flags & XENGT_CURSOR) {
		frame->x_px = (uint32_t)s.cursor_x_px;
		frame->y_px = (uint32_t)s.cursor_y_px;
	}
	return status;
}

bool gt_camera_sees_change(struct gt_camera *cam, const struct gt_memory *memory,
			   uint64_t since_ns)
{
	struct gt_looking how = looking(cam);

	return !memory->serial || !gt_watch_is_same(&memory->watch, &how, since_ns);
}

int gt_camera_init(struct gt_camera *cam, struct gt_vgpu *v)
{
	int ret = gt_hash_key_make(&cam->key);

	cam->v = v;
	cam->spare = (struct gt_spare){ 0 };
	cam->copies = (struct gt_watch_copies){ 0 };
	cam->held_B = 0;
	return ret ? ret : gt_page_cache_create(v, &cam->cache);
}

void gt_camera_finish(struct gt_camera *cam)
{
	gt_page_cache_destroy(cam->cache);
	cam->cache = NULL;
	gt_camera_drop_spares(cam);
}

void gt_camera_drop_spares(struct gt_camera *cam)
{
	gt_spare_drop(&cam->spare);
	gt_watch_copies_drop(&cam->copies);
}
