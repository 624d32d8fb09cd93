/* SPDX-License-Identifier: MIT */
/*
 * Strips of a picture, from rows or from tiles.
 *
 * Decides what of a worker's words about a frame is believed: nothing that does not fit its memory.
 */
#include "image.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool has_pixels(const struct image *im)
{
	return im->width_px && im->height_px && im->width_px <= IMAGE_MAX_PX &&
	       im->height_px <= IMAGE_MAX_PX && im->stride_B >= (size_t)im->width_px * 4;
}

int image_reader_begin(struct image_reader *r, const struct image *im)
{
	if (!has_pixels(im)) {
		return -EINVAL;
	}
	*r = (struct image_reader){.im = im};
	if (im->rows) {
		r->buffer = aligned_alloc(64, (im->stride_B * IMAGE_STRIP_ROWS + 63) & ~(size_t)63);
		if (!r->buffer) {
			return -ENOMEM;
		}
	}
	return 0;
}

int image_reader_next(struct image_reader *r, struct image_strip *strip)
{
	const struct image *im = r->im;
	uint32_t left = im->height_px - r->next;
	int ret;

	if (!left) {
		return 0;
	}
	strip->y = r->next;
	strip->nr = left < IMAGE_STRIP_ROWS ? left : IMAGE_STRIP_ROWS;
	strip->stride_B = im->stride_B;
	if (im->rows) {
		ret = im->rows(im, strip->y, strip->nr, r->buffer);
		if (ret) {
			return ret;
		}
		strip->pixels = r->buffer;
	} else {
		strip->pixels = (const uint8_t *)im->pixels + strip->y * im->stride_B;
	}
	r->next += strip->nr;
	return 1;
}

void image_reader_end(struct image_reader *r)
{
	free(r->buffer);
}

static struct gt_rect find_rect(const struct image_surface *s, uint32_t width_px, uint32_t y,
				uint32_t nr)
{
	uint32_t cpp_B = s->surface.cpp_B;

	return (struct gt_rect){s->x_px * cpp_B, s->y_px + y, width_px * cpp_B, nr};
}

static int surface_rows(const struct image *im, uint32_t y, uint32_t nr, uint8_t *to)
{
	const struct image_surface *s = im->ctx;
	struct gt_detile_pass pass = {.surface = &s->surface,
				      .rect = find_rect(s, im->width_px, y, nr),
				      .dst = to,
				      .dst_stride_B = im->stride_B,
				      .turn = s->turn,
				      .store = GT_STORE_CACHED};
	size_t nr_pages = gt_detile_nr_pages(&s->surface, &pass.rect);
	const uint8_t **pages = malloc(nr_pages * sizeof(*pages));

	if (!pages) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr_pages; i++) {
		pages[i] = s->memory + gt_detile_page(&s->surface, &pass.rect, i) * GT_PAGE_SIZE;
	}
	pass.pages = pages;
	gt_detile_pass(&pass);
	free(pages);
	return 0;
}

/* Whether pixels of the surface are what a turn reads, 32 bits if there is none. */
static bool turn_fits(const struct image_surface *s)
{
	uint32_t cpp_B = s->surface.cpp_B;

	return (unsigned)s->turn < GT_NR_TURNS &&
	       (s->turn ? cpp_B == gt_turn_cpp_B(s->turn) && s->surface.stride_B % cpp_B == 0
			: cpp_B == 4);
}

int image_from_surface(struct image *im, const struct image_surface *s, uint32_t width_px,
		       uint32_t height_px, size_t size_B)
{
	struct gt_rect r;
	size_t nr_pages;

	if (!turn_fits(s) || width_px > IMAGE_MAX_PX || s->x_px > IMAGE_MAX_PX ||
	    height_px > GT_MAX_ROWS || s->y_px > GT_MAX_ROWS) {
		return -EINVAL;
	}
	r = find_rect(s, width_px, 0, height_px);
	if (!gt_surface_has(&s->surface, &r)) {
		return -EINVAL;
	}
	nr_pages = gt_detile_nr_pages(&s->surface, &r);
	if (gt_detile_page(&s->surface, &r, nr_pages - 1) >= size_B / GT_PAGE_SIZE) {
		return -EINVAL;
	}
	*im = (struct image){.width_px = width_px,
			     .height_px = height_px,
			     .stride_B = ((size_t)width_px * 4 + 63) & ~(size_t)63,
			     .rows = surface_rows,
			     .ctx = s};
	return 0;
}

static bool find_turn(uint32_t fourcc, enum gt_turn *turn)
{
	switch (fourcc) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888:
		*turn = GT_TURN_NONE;
		return true;
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		*turn = GT_TURN_XBGR8888;
		return true;
	case DRM_FORMAT_XRGB2101010:
		*turn = GT_TURN_XRGB2101010;
		return true;
	case DRM_FORMAT_XBGR2101010:
		*turn = GT_TURN_XBGR2101010;
		return true;
	case DRM_FORMAT_RGB565:
		*turn = GT_TURN_RGB565;
		return true;
	default:
		return false;
	}
}

static bool find_tiling(uint64_t modifier, enum gt_tiling *tiling)
{
	switch (modifier) {
	case DRM_FORMAT_MOD_LINEAR:
		*tiling = GT_LINEAR;
		return true;
	case I915_FORMAT_MOD_X_TILED:
		*tiling = GT_TILE_X;
		return true;
	case I915_FORMAT_MOD_Y_TILED:
		*tiling = GT_TILE_Y;
		return true;
	case I915_FORMAT_MOD_Yf_TILED:
		*tiling = GT_TILE_YF;
		return true;
	default:
		return false;
	}
}

/* Rows that need neither detiling nor turning are read where they are. */
static int from_rows(struct image *im, const struct xengt_frame *frame, const void *pixels)
{
	*im = (struct image){.width_px = frame->width_px,
			     .height_px = frame->height_px,
			     .stride_B = frame->stride_B,
			     .pixels = pixels};
	if (!has_pixels(im) || frame->stride_B % 4 ||
	    (uint64_t)(frame->height_px - 1) * frame->stride_B + (uint64_t)frame->width_px * 4 >
		frame->size_B) {
		return -EINVAL;
	}
	return 0;
}

int image_from_frame(struct image *im, struct image_surface *s, const struct xengt_frame *frame,
		     const void *pixels)
{
	*s = (struct image_surface){
		.x_px = frame->x_px, .y_px = frame->y_px, .memory = pixels};
	if (!find_turn(frame->fourcc, &s->turn) ||
	    !find_tiling(frame->modifier, &s->surface.tiling)) {
		return -ENOTSUP;
	}
	if (s->turn == GT_TURN_NONE && s->surface.tiling == GT_LINEAR) {
		return from_rows(im, frame, pixels);
	}
	s->surface.cpp_B = s->turn == GT_TURN_RGB565 ? 2 : 4;
	s->surface.stride_B = frame->stride_B;
	return image_from_surface(im, s, frame->width_px, frame->height_px, frame->size_B);
}
