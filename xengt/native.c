/* SPDX-License-Identifier: MIT */
/* A plane's memory as it is; see native.h. PRM SKL vol 5, "Tiled Resources": rows of tiles. */
#include "native.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vgpu_internal.h"

/* What is copied: whole rows of tiles, or the shown part of a linear surface. */
static struct gt_rect choose_rect(const struct gt_fb *fb, struct xengt_frame *frame)
{
	const struct gt_fb_surface *m = &fb->main;
	uint32_t tile_w_B = 1, tile_h = 1, top;

	gt_tile_size(m->s.tiling, m->s.cpp_B, &tile_w_B, &tile_h);
	if (m->s.tiling == GT_LINEAR) {
		return (struct gt_rect){ m->x_px * m->s.cpp_B, m->y_px,
					 fb->width_px * m->s.cpp_B, fb->height_px };
	}
	top = m->y_px / tile_h * tile_h;
	frame->x_px = m->x_px;
	frame->y_px = m->y_px - top;
	return (struct gt_rect){ 0, top, m->s.stride_B,
				 (frame->y_px + fb->height_px + tile_h - 1) / tile_h * tile_h };
}

/* Lay down @r, whose pages these are, at @to. */
static void copy(const struct gt_surface *s, const struct gt_rect *r, const uint8_t *const *pages,
		 size_t nr, uint8_t *to)
{
	if (s->tiling == GT_LINEAR) {
		gt_detile(s, r, pages, to, s->stride_B);
		return;
	}
	for (size_t i = 0; i < nr; i++) {
		if (pages[i]) {
			memcpy(to + i * GT_PAGE_SIZE, pages[i], GT_PAGE_SIZE);
		}
	}
}

static enum xengt_status copy_rows(const struct gt_fb *fb, struct gt_rect all,
				   struct gt_page_source *source, uint8_t *to, char *detail)
{
	const struct gt_surface *s = &fb->main.s;

	while (all.h) {
		struct gt_rect r = all;
		gt_gma_t gma[GT_COMPOSE_PAGES];
		const uint8_t *pages[GT_COMPOSE_PAGES];
		enum xengt_status status;
		size_t nr;

		r.h = gt_detile_rows(s, &r, GT_COMPOSE_PAGES);
		if (!r.h) {
			snprintf(detail, XENGT_DETAIL_MAX, "a row of tiles has more than %u",
				 GT_COMPOSE_PAGES);
			return XENGT_E_BAD_PLANE;
		}
		nr = gt_detile_nr_pages(s, &r);
		for (size_t i = 0; i < nr; i++) {
			gma[i] = fb->main.base + gt_detile_page(s, &r, i) * GT_PAGE_SIZE;
		}
		status = source->pages(source, gma, nr, pages, detail);
		if (status) {
			return status;
		}
		copy(s, &r, pages, nr, to);
		source->release(source);
		to += (size_t)r.h * s->stride_B;
		all.y += r.h;
		all.h -= r.h;
	}
	return XENGT_OK;
}

static bool is_plain(const struct gt_fb *fb, const struct gt_rect *r, char *detail)
{
	if (fb->format == GT_FMT_NV12 || fb->main.view_tiles) {
		snprintf(detail, XENGT_DETAIL_MAX, "the plane is not one surface in order");
		return false;
	}
	if (!gt_surface_has(&fb->main.s, r) ||
	    (uint64_t)r->h * fb->main.s.stride_B > (uint64_t)GT_NATIVE_MAX_PAGES * GT_PAGE_SIZE) {
		snprintf(detail, XENGT_DETAIL_MAX, "the plane's rows of tiles are too large");
		return false;
	}
	return true;
}

enum xengt_status gt_native_take(struct gt_vgpu *v, unsigned pipe, unsigned plane,
				 struct gt_page_source *source, struct xengt_frame *frame,
				 struct gt_sealed *mem, char detail[XENGT_DETAIL_MAX])
{
	struct gt_fb fb;
	struct gt_rect r;
	enum xengt_status status;
	int ret = plane < gt_fb_nr_planes(v) ? gt_fb_decode_plane(v, pipe, plane, &fb, detail)
					     : -ENOENT;

	if (ret) {
		return ret == -ENOENT ? XENGT_E_NO_PLANE : XENGT_E_BAD_PLANE;
	}
	r = choose_rect(&fb, frame);
	if (!is_plain(&fb, &r, detail)) {
		return XENGT_E_BAD_PLANE;
	}
	frame->width_px = fb.width_px;
	frame->height_px = fb.height_px;
	frame->stride_B = fb.main.s.stride_B;
	frame->fourcc = fb.fourcc;
	frame->modifier = fb.modifier;
	frame->size_B = ((uint64_t)r.h * frame->stride_B + GT_PAGE_SIZE - 1) & GT_PAGE_MASK;
	if (gt_sealed_open(mem, "xengt-plane", frame->size_B)) {
		return XENGT_E_MEMORY;
	}
	status = copy_rows(&fb, r, source, mem->mem, detail);
	if (status) {
		gt_sealed_abort(mem);
	}
	return status;
}
