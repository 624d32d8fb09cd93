/* SPDX-License-Identifier: MIT */
/*
 * Pictures in sealed memfds.
 *
 * Decides which part is sent, whether it need be sent at all, and what is remembered of it.  What
 * is in a picture is compose.c's business.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
	size_t stride_B, size_B;
	struct gt_sealed mem;
};

static uint64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* --- memory --------------------------------------------------------------------------------- */

void gt_memory_clear(struct gt_memory *m)
{
	gt_watch_clear(&m->watch);
	free(m->hash);
	*m = (struct gt_memory){ 0 };
}

static bool view_is_same(const struct gt_view *a, const struct gt_view *b)
{
	return a->head == b->head && a->flags == b->flags && a->plane == b->plane &&
	       a->region.x_px == b->region.x_px && a->region.y_px == b->region.y_px &&
	       a->region.w_px == b->region.w_px && a->region.h_px == b->region.h_px;
}

/* Whether @m is the picture of serial @since, of this very view. */
static bool memory_is_of(const struct gt_memory *m, const struct gt_view *view, uint64_t since)
{
	return m->serial && m->serial == since && view_is_same(&m->view, view);
}

static void fill_unchanged(const struct gt_memory *m, struct xengt_frame *frame)
{
	*frame = (struct xengt_frame){
		.width_px = m->w_px,
		.height_px = m->h_px,
		.fourcc = XENGT_FOURCC_XRGB8888,
		.serial = m->serial,
		.time_ns = monotonic_ns(),
		.flags = XENGT_UNCHANGED,
	};
}

/*
 * Find what changed, and remember the new picture.  The frame's serial is 0 if it is the picture
 * that is remembered already.
 */
static enum xengt_status remember(const struct shot *s, uint64_t since, struct gt_memory *m,
				  struct xengt_frame *frame)
{
	uint32_t w = frame->width_px, h = frame->height_px;
	bool known = memory_is_of(m, s->view, since) && m->w_px == w && m->h_px == h;
	uint64_t *hash = calloc(gt_damage_nr_blocks(w, h), sizeof(*hash));

	if (!hash) {
		return XENGT_E_MEMORY;
	}
	gt_damage_hash(&s->cam->key, s->mem.mem, s->stride_B, w, h, hash);
	frame->nr_damage = 1;
	frame->damage[0] = (struct xengt_rect){ 0, 0, w, h };
	if (known) {
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

static size_t row_bytes(uint32_t w_px)
{
	return ((size_t)w_px * 4 + 63) & ~(size_t)63;
}

/* Memory for the picture that is sent. */
static enum xengt_status shot_open(struct shot *s)
{
	int ret;

	s->stride_B = row_bytes(s->c.w_px);
	s->size_B = (s->stride_B * s->c.h_px + GT_PAGE_SIZE - 1) & GT_PAGE_MASK;
	ret = gt_sealed_open_by(&s->mem, "xengt-frame", s->size_B, &s->cam->spare);
	if (ret) {
		gt_warn(GT_T_SNAPSHOT, "no memory for a picture: %s", strerror(-ret));
		return XENGT_E_MEMORY;
	}
	s->c.stride_B = s->stride_B;
	s->c.pixels = s->mem.mem;
	return XENGT_OK;
}

static enum xengt_status compose(struct shot *s)
{
	const struct gt_view *view = s->view;

	if (view->flags & XENGT_PLANE) {
		return gt_compose_plane(&s->c, view->plane);
	}
	return gt_compose_pipe(&s->c, !(view->flags & XENGT_NO_CURSOR));
}

/* Put the picture together; with a watch, what it is made of is recorded there. */
static enum xengt_status expose(struct shot *s, struct gt_watch *watch)
{
	struct gt_page_source *source = gt_page_cache_source(s->cam->cache);
	enum xengt_status status = shot_open(s);
	struct gt_recorder recorder;

	if (status) {
		return status;
	}
	s->c.source = source;
	if (watch) {
		gt_recorder_begin(&recorder, s->cam->v, s->c.pipe, &s->cam->key, source, watch);
		s->c.source = &recorder.source;
	}
	status = compose(s);
	if (watch) {
		gt_recorder_end(&recorder, !status);
	}
	if (status) {
		gt_sealed_abort(&s->mem);
	}
	return status;
}

static void fill_frame(const struct shot *s, struct xengt_frame *frame)
{
	*frame = (struct xengt_frame){
		.width_px = s->c.w_px,
		.height_px = s->c.h_px,
		.stride_B = (uint32_t)s->stride_B,
		.fourcc = XENGT_FOURCC_XRGB8888,
		.size_B = s->size_B,
		.serial = ++s->cam->v->snapshot_serial,
		.time_ns = monotonic_ns(),
	};
}

/* Seal the picture and make it the caller's, unless nobody needs it. */
static enum xengt_status hand_over(struct shot *s, const struct xengt_frame *frame, int *fd)
{
	int ret;

	if (frame->flags & XENGT_UNCHANGED) {
		gt_sealed_abort(&s->mem);
		gt_count(s->cam->v, GT_C_snapshots_unchanged);
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

static enum xengt_status take(struct shot *s, uint64_t since, struct gt_memory *memory,
			      struct xengt_frame *frame, int *fd)
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
	status = gt_compose_size(v, s->c.pipe, &s->c.w_px, &s->c.h_px, s->c.detail);
	if (!status) {
		status = choose_part(s);
	}
	if (status) {
		return status;
	}
	if (memory && memory_is_of(memory, s->view, since) &&
	    !gt_camera_sees_change(s->cam, memory)) {
		fill_unchanged(memory, frame);
		gt_count(v, GT_C_snapshots_unchanged);
		return XENGT_OK;
	}
	status = expose(s, memory ? &memory->watch : NULL);
	if (status) {
		return status;
	}
	fill_frame(s, frame);
	if (memory) {
		status = remember(s, since, memory, frame);
		if (status) {
			gt_sealed_abort(&s->mem);
			return status;
		}
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
	};
	enum xengt_status status;

	*fd = -1;
	detail[0] = 0;
	status = take(&s, since, track ? memory : NULL, frame, fd);
	if (status && track) {
		gt_memory_clear(memory);
	}
	return status;
}

bool gt_camera_sees_change(struct gt_camera *cam, const struct gt_memory *memory)
{
	return !memory->serial || !gt_watch_is_same(&memory->watch, cam->v, &cam->key,
						    gt_page_cache_source(cam->cache));
}

int gt_camera_init(struct gt_camera *cam, struct gt_vgpu *v)
{
	int ret = gt_hash_key_make(&cam->key);

	cam->v = v;
	cam->spare = (struct gt_spare){ 0 };
	return ret ? ret : gt_page_cache_create(v, &cam->cache);
}

void gt_camera_finish(struct gt_camera *cam)
{
	gt_page_cache_destroy(cam->cache);
	cam->cache = NULL;
	gt_spare_drop(&cam->spare);
}
