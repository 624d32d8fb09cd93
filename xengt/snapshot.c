/* SPDX-License-Identifier: MIT */
/*
 * A picture of one pipe.
 *
 * Decides what is brought in at a time and how planes are put together.  What planes there are is
 * fb.c's business, how bytes lie in tiles detile.c's, what they mean pixel.c's.
 * PRM SKL vol 12, "Display Pipe": plane and cursor order.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fb.h"
#include "sealed.h"
#include "vgpu_internal.h"
#include "xengt/log.h"

/* Guest pages mapped at a time: 2 MiB. A tile row of the widest surface has 257. */
#define CHUNK_PAGES 512

#define SKL_DFSM	  0x51000u
#define LGC_PALETTE(pipe) (0x4a000u + 0x800u * (pipe))

/* The picture in the making. */
struct canvas {
	struct gt_vgpu *v;
	unsigned pipe;
	uint32_t w_px, h_px, stride_B;
	uint8_t *pixels;
	uint32_t palette[GT_PALETTE_ENTRIES];
	bool palette_known;
	uint64_t nr_holes; /* pages that are black for want of RAM */
	char *detail;
};

/* Some pages of the guest, side by side, and where each page of a rectangle is among them. */
struct chunk {
	void *at;
	size_t nr_mapped;
	const uint8_t *pages[CHUNK_PAGES]; /* by gt_detile_page(); NULL: a hole */
};

/* The part of a plane that is on the pipe, in pixels. */
struct clip {
	uint32_t src_x, src_y; /* in the surface */
	uint32_t dst_x, dst_y; /* on the pipe */
	uint32_t w, h;
};

static bool clip_axis(int32_t pos, uint32_t len, uint32_t limit, uint32_t *skip, uint32_t *at,
		      uint32_t *shown)
{
	int64_t start = pos < 0 ? 0 : pos;
	int64_t end = (int64_t)pos + len < limit ? (int64_t)pos + len : limit;

	if (end <= start) {
		return false;
	}
	*skip = (uint32_t)(start - pos);
	*at = (uint32_t)start;
	*shown = (uint32_t)(end - start);
	return true;
}

static bool clip_to_pipe(const struct canvas *c, const struct gt_fb *fb, struct clip *clip)
{
	uint32_t skip_x, skip_y;

	if (!clip_axis(fb->pos_x_px, fb->width_px, c->w_px, &skip_x, &clip->dst_x, &clip->w) ||
	    !clip_axis(fb->pos_y_px, fb->height_px, c->h_px, &skip_y, &clip->dst_y, &clip->h)) {
		return false;
	}
	if (fb->rotated_180) {
		skip_x = fb->width_px - skip_x - clip->w;
		skip_y = fb->height_px - skip_y - clip->h;
	}
	clip->src_x = fb->x_px + skip_x;
	clip->src_y = fb->y_px + skip_y;
	return true;
}

/* Look up the frames of @nr pages; which[] says which page of the chunk each belongs to. */
static enum xengt_status gather(struct canvas *c, const struct gt_fb *fb, const struct gt_rect *r,
				size_t nr, gt_gfn_t *gfns, uint16_t *which, size_t *nr_found)
{
	size_t found = 0;

	for (size_t i = 0; i < nr; i++) {
		uint64_t page = fb->base / GT_PAGE_SIZE + gt_detile_page(&fb->surface, r, i);
		gt_spte_t e = gt_ggtt_lookup(c->v, page);

		if (!(e & GT_SPTE_PRESENT)) {
			snprintf(c->detail, XENGT_DETAIL_MAX,
				 "page 0x%llx of the plane is not in the guest's GGTT",
				 (unsigned long long)page);
			return XENGT_E_BAD_PLANE;
		}
		if (gt_spte_is_scratch(e)) {
			c->nr_holes++;
			continue;
		}
		gfns[found] = gt_spte_frame(e);
		which[found++] = (uint16_t)i;
	}
	*nr_found = found;
	return XENGT_OK;
}

static void chunk_unmap(struct canvas *c, struct chunk *k)
{
	if (k->at) {
		c->v->guest->ops->unmap(c->v->guest, k->at, k->nr_mapped);
	}
}

/* Map all that @r touches; the caller made sure that this is no more than CHUNK_PAGES. */
static enum xengt_status chunk_map(struct canvas *c, const struct gt_fb *fb,
				   const struct gt_rect *r, struct chunk *k)
{
	gt_gfn_t gfns[CHUNK_PAGES];
	uint16_t which[CHUNK_PAGES];
	int err[CHUNK_PAGES] = { 0 };
	size_t nr = gt_detile_nr_pages(&fb->surface, r), nr_failed = 0;
	enum xengt_status status;

	k->at = NULL;
	memset(k->pages, 0, sizeof(k->pages));
	status = gather(c, fb, r, nr, gfns, which, &k->nr_mapped);
	if (status || !k->nr_mapped) {
		return status;
	}
	k->at = c->v->guest->ops->map(c->v->guest, gfns, k->nr_mapped, false, err);
	for (size_t i = 0; i < k->nr_mapped; i++) {
		nr_failed += err[i] != 0;
		if (k->at && !err[i]) {
			k->pages[which[i]] = (const uint8_t *)k->at + i * GT_PAGE_SIZE;
		}
	}
	if (!k->at && nr_failed < k->nr_mapped) {
		snprintf(c->detail, XENGT_DETAIL_MAX, "mapping the guest's pages failed");
		return XENGT_E_INTERNAL;
	}
	c->nr_holes += nr_failed;
	gt_count_n(c->v, GT_C_frames_mapped, k->nr_mapped - nr_failed);
	return XENGT_OK;
}

/* The pipe's legacy palette, or greys while the guest has set none. */
static void load_palette(struct canvas *c)
{
	uint32_t any = 0;

	for (uint32_t i = 0; i < GT_PALETTE_ENTRIES; i++) {
		c->palette[i] = gt_vreg(c->v, LGC_PALETTE(c->pipe) + i * 4) & 0xffffff;
		any |= c->palette[i];
	}
	for (uint32_t i = 0; !any && i < GT_PALETTE_ENTRIES; i++) {
		c->palette[i] = i * 0x010101;
	}
	c->palette_known = true;
}

static void reverse(uint32_t *px, size_t nr)
{
	for (size_t i = 0; i < nr / 2; i++) {
		uint32_t swap = px[i];

		px[i] = px[nr - 1 - i];
		px[nr - 1 - i] = swap;
	}
}

static uint8_t *canvas_at(const struct canvas *c, uint32_t x, uint32_t y)
{
	return c->pixels + (size_t)y * c->stride_B + (size_t)x * 4;
}

/* Convert @rows rows of raw pixels, the first of them row @done of the clip, and lay them down. */
static void lay_rows(const struct canvas *c, const struct gt_fb *fb, const struct clip *clip,
		     uint32_t done, uint32_t rows, const uint8_t *raw, uint32_t *line)
{
	const struct gt_format_row *format = &gt_formats[fb->format];

	for (uint32_t i = 0; i < rows; i++) {
		uint32_t row = done + i;
		uint32_t y = clip->dst_y + (fb->rotated_180 ? clip->h - 1 - row : row);

		format->to_argb(line, raw + (size_t)i * clip->w * format->cpp_B, clip->w,
				c->palette);
		if (fb->rotated_180) {
			reverse(line, clip->w);
		}
		gt_pixel_blend((uint32_t *)(void *)canvas_at(c, clip->dst_x, y), line, clip->w,
			       fb->blend);
	}
}

/* Whether the bytes in guest memory are already those of the picture. */
static bool is_direct(const struct gt_fb *fb)
{
	return fb->format == GT_FMT_XRGB8888 && fb->blend == GT_BLEND_NONE && !fb->rotated_180;
}

/* Bring in and lay down @r, which begins at row @done of the clip. */
static enum xengt_status compose_chunk(struct canvas *c, const struct gt_fb *fb,
				       const struct clip *clip, uint32_t done,
				       const struct gt_rect *r)
{
	struct chunk k;
	enum xengt_status status = chunk_map(c, fb, r, &k);

	if (status) {
		return status;
	}
	if (is_direct(fb)) {
		gt_detile(&fb->surface, r, k.pages, canvas_at(c, clip->dst_x, clip->dst_y + done),
			  c->stride_B);
	} else {
		/* A private copy first: what is converted cannot change under us. */
		uint8_t *raw = malloc((size_t)r->w_B * r->h);
		uint32_t *line = malloc((size_t)clip->w * 4);

		if (raw && line) {
			gt_detile(&fb->surface, r, k.pages, raw, r->w_B);
			lay_rows(c, fb, clip, done, r->h, raw, line);
		} else {
			status = XENGT_E_MEMORY;
		}
		free(raw);
		free(line);
	}
	chunk_unmap(c, &k);
	return status;
}

static enum xengt_status compose(struct canvas *c, const struct gt_fb *fb)
{
	struct clip clip;
	uint32_t cpp_B = fb->surface.cpp_B;

	if (!clip_to_pipe(c, fb, &clip)) {
		return XENGT_OK;
	}
	if (fb->format == GT_FMT_C8 && !c->palette_known) {
		load_palette(c);
	}
	for (uint32_t done = 0; done < clip.h;) {
		struct gt_rect r = { clip.src_x * cpp_B, clip.src_y + done, clip.w * cpp_B,
				     clip.h - done };
		enum xengt_status status;

		r.h = gt_detile_rows(&fb->surface, &r, CHUNK_PAGES);
		if (!r.h) {
			return XENGT_E_INTERNAL;
		}
		status = compose_chunk(c, fb, &clip, done, &r);
		if (status) {
			return status;
		}
		done += r.h;
	}
	return XENGT_OK;
}

/* All planes, lowest first. XENGT_E_NO_PLANE if none is on. */
static enum xengt_status compose_planes(struct canvas *c)
{
	unsigned nr_shown = 0;

	for (unsigned plane = 0; plane < gt_fb_nr_planes(c->v); plane++) {
		struct gt_fb fb;
		int ret = gt_fb_decode_plane(c->v, c->pipe, plane, &fb, c->detail);
		enum xengt_status status;

		if (ret == -ENOENT) {
			continue;
		}
		status = ret ? XENGT_E_BAD_PLANE : compose(c, &fb);
		if (status == XENGT_E_BAD_PLANE) {
			gt_event(c->v, GT_EV_bad_plane, "pipe %u plane %u: %s", c->pipe, plane,
				 c->detail);
		}
		if (status) {
			return status;
		}
		nr_shown++;
	}
	return nr_shown ? XENGT_OK : XENGT_E_NO_PLANE;
}

/* The cursor, if it can be read; a picture without it is better than none. */
static enum xengt_status compose_cursor(struct canvas *c)
{
	struct gt_fb fb;
	int ret = gt_fb_decode_cursor(c->v, c->pipe, &fb, c->detail);
	enum xengt_status status;

	if (ret == -ENOENT) {
		return XENGT_OK;
	}
	status = ret ? XENGT_E_BAD_PLANE : compose(c, &fb);
	if (status == XENGT_E_BAD_PLANE) {
		char why[XENGT_DETAIL_MAX];

		gt_event(c->v, GT_EV_bad_plane, "cursor of pipe %u: %s", c->pipe, c->detail);
		snprintf(why, sizeof(why), "%s", c->detail);
		snprintf(c->detail, XENGT_DETAIL_MAX, "without the cursor: %.*s",
			 XENGT_DETAIL_MAX - 21, why);
		return XENGT_OK;
	}
	return status;
}

static bool head_exists(struct gt_vgpu *v, unsigned head)
{
	static const uint32_t disabled[GT_MAX_PIPES] = { GT_BIT(30), GT_BIT(21), GT_BIT(28) };

	if (head >= GT_MAX_PIPES) {
		return false;
	}
	return gt_platforms[v->platform].gen < 9 || !(gt_vreg(v, SKL_DFSM) & disabled[head]);
}

static enum xengt_status pipe_status(struct gt_vgpu *v, unsigned head)
{
	if (!head_exists(v, head)) {
		return XENGT_E_NO_HEAD;
	}
	if (!v->display.pipe[head].enabled) {
		return v->display.driver_ready ? XENGT_E_PIPE_OFF : XENGT_E_NO_DRIVER;
	}
	return XENGT_OK;
}

static uint64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static enum xengt_status compose_all(struct canvas *c)
{
	enum xengt_status status = compose_planes(c);

	if (!status) {
		status = compose_cursor(c);
	}
	if (!status && c->nr_holes && !c->detail[0]) {
		snprintf(c->detail, XENGT_DETAIL_MAX,
			 "%llu pages of the picture are no memory of the guest, they are black",
			 (unsigned long long)c->nr_holes);
	}
	return status;
}

static void fill_frame(const struct canvas *c, size_t size_B, struct xengt_frame *frame)
{
	*frame = (struct xengt_frame){
		.width_px = c->w_px,
		.height_px = c->h_px,
		.stride_B = c->stride_B,
		.fourcc = XENGT_FOURCC_XRGB8888,
		.size_B = size_B,
		.serial = ++c->v->snapshot_serial,
		.time_ns = monotonic_ns(),
	};
}

enum xengt_status gt_snapshot_take(struct gt_vgpu *v, unsigned head, struct xengt_frame *frame,
				   int *fd, char detail[XENGT_DETAIL_MAX])
{
	struct canvas c = { .v = v, .pipe = head, .detail = detail };
	enum xengt_status status = pipe_status(v, head);
	struct gt_sealed mem;
	size_t size_B;
	int ret;

	*fd = -1;
	detail[0] = 0;
	if (status) {
		return status;
	}
	gt_display_latch(v, head);
	if (!gt_fb_pipe_size(v, head, &c.w_px, &c.h_px)) {
		snprintf(detail, XENGT_DETAIL_MAX, "the pipe is larger than %u pixels",
			 GT_MAX_FB_PX);
		return XENGT_E_BAD_PLANE;
	}
	c.stride_B = (c.w_px * 4 + 63) & ~63u;
	size_B = (size_t)c.stride_B * c.h_px;
	ret = gt_sealed_open(&mem, "xengt-frame", size_B);
	if (ret) {
		gt_warn(GT_T_SNAPSHOT, "no memory for a picture: %s", strerror(-ret));
		return XENGT_E_MEMORY;
	}
	c.pixels = mem.mem;
	status = compose_all(&c);
	if (status) {
		gt_sealed_abort(&mem);
		return status;
	}
	ret = gt_sealed_finish(&mem);
	if (ret < 0) {
		snprintf(detail, XENGT_DETAIL_MAX, "sealing the picture failed: %s",
			 strerror(-ret));
		return XENGT_E_INTERNAL;
	}
	fill_frame(&c, size_B, frame);
	gt_count(v, GT_C_snapshots);
	*fd = ret;
	return XENGT_OK;
}
