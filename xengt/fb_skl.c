/* SPDX-License-Identifier: MIT */
/*
 * The universal planes of gen9, and the scalers that may stand between a plane and its pipe.
 *
 * Surfaces with render compression are refused: what is in memory are colours only together with
 * control data whose meaning is the render engine's.
 * PRM SKL vol 12, "Planes", "Plane Rotation", "Pipe Scaler"; vol 2c, PLANE_CTL.
 */
#include "fb_internal.h"

#include <errno.h>
#include <stdio.h>

#include "vgpu_internal.h"

#define PIPE_GAMMA	  GT_BIT(30)
#define FULL_RANGE	  GT_BIT(28)
#define PIPE_CSC	  GT_BIT(23)
#define ORDER_RGBX	  GT_BIT(20)
#define YUV_AS_IS	  GT_BIT(19)
#define BT709		  GT_BIT(18)
#define RENDER_DECOMPRESS GT_BIT(15)
#define KEYMSK_ALPHA	  GT_BIT(31)

#define SCALER_ENABLE	  GT_BIT(31)

/* PLANE_CTL 27:24 */
static const struct gt_fb_code codes[] = {
	{ 0, GT_FMT_YUV422, GT_FMT_YUV422 },
	{ 1, GT_FMT_NV12, GT_FMT_NV12 },
	{ 2, GT_FMT_XRGB2101010, GT_FMT_XBGR2101010 },
	{ 3, .unreadable = "P010" },
	{ 4, GT_FMT_XRGB8888, GT_FMT_XBGR8888 },
	{ 5, .unreadable = "P012" },
	{ 6, GT_FMT_XRGB16F, GT_FMT_XBGR16F },
	{ 7, .unreadable = "P016" },
	{ 8, GT_FMT_XYUV8888, GT_FMT_XYUV8888 },
	{ 10, .unreadable = "extended-range 10:10:10" },
	{ 12, GT_FMT_C8, GT_FMT_C8 },
	{ 14, GT_FMT_RGB565, GT_FMT_RGB565 },
};

/* PLANE_CTL 12:10 */
static bool find_tiling(uint32_t ctl, enum gt_tiling *tiling)
{
	switch (ctl >> 10 & 7) {
	case 0:
		*tiling = GT_LINEAR;
		return true;
	case 1:
		*tiling = GT_TILE_X;
		return true;
	case 4:
		*tiling = GT_TILE_Y;
		return true;
	case 5:
		*tiling = GT_TILE_YF;
		return true;
	default:
		return false;
	}
}

/* PLANE_CTL 5:4 */
static enum gt_blend find_blend(uint32_t ctl)
{
	switch (ctl >> 4 & 3) {
	case 2:
		return GT_BLEND_PREMULT;
	case 3:
		return GT_BLEND_COVERAGE;
	default:
		return GT_BLEND_NONE;
	}
}

/* The surface of @cpp_B bytes a pixel whose stride field is @units: tiles, or 64 bytes. */
static void set_surface(struct gt_fb_surface *f, enum gt_tiling tiling, uint32_t cpp_B,
			uint32_t units, bool quarter)
{
	uint32_t unit_B = 64, tile_h = 1;

	f->s.tiling = tiling;
	f->s.cpp_B = cpp_B;
	if (tiling != GT_LINEAR) {
		gt_tile_size(tiling, cpp_B, &unit_B, &tile_h);
	}
	f->s.stride_B = units * unit_B;
	f->view_tiles = quarter ? units : 0;
}

static int set_surfaces(struct gt_fb *fb, const struct gt_plane *p, char *detail)
{
	bool quarter = p->ctl & 1;
	enum gt_tiling tiling;

	if (p->ctl & RENDER_DECOMPRESS) {
		snprintf(detail, XENGT_DETAIL_MAX, "a compressed surface (CCS) cannot be read");
		return -EINVAL;
	}
	if (!find_tiling(p->ctl, &tiling)) {
		snprintf(detail, XENGT_DETAIL_MAX, "tiling %u is unknown", p->ctl >> 10 & 7);
		return -EINVAL;
	}
	if (quarter && tiling != GT_TILE_Y && tiling != GT_TILE_YF) {
		snprintf(detail, XENGT_DETAIL_MAX, "only Y and Yf tiles turn by 90 degrees");
		return -EINVAL;
	}
	if (quarter && !(p->stride & 0x3ff)) {
		snprintf(detail, XENGT_DETAIL_MAX, "a rotated view has no stride");
		return -EINVAL;
	}
	set_surface(&fb->main, tiling, gt_formats[fb->format].cpp_B, p->stride & 0x3ff, quarter);
	if (fb->format == GT_FMT_NV12) {
		set_surface(&fb->chroma, tiling, 2, p->aux_dist & 0x3ff, quarter);
		if (quarter && !fb->chroma.view_tiles) {
			snprintf(detail, XENGT_DETAIL_MAX, "a rotated view has no stride");
			return -EINVAL;
		}
		fb->chroma.base = (p->surf & (uint32_t)GT_PAGE_MASK) +
				  (uint64_t)(p->aux_dist & (uint32_t)GT_PAGE_MASK);
		fb->chroma.x_px = p->aux_offset & 0xffff;
		fb->chroma.y_px = p->aux_offset >> 16;
	}
	return 0;
}

static void set_key(struct gt_fb *fb, const struct gt_plane *p)
{
	static const enum gt_key_mode modes[4] = {
		GT_KEY_NONE, GT_KEY_SOURCE, GT_KEY_DESTINATION, GT_KEY_NONE,
	};

	fb->key = (struct gt_key){
		.mode = modes[p->ctl >> 21 & 3],
		.value = p->key_val,
		.mask = p->key_msk & 0xffffff,
		.max = p->key_max,
		.channels = p->key_msk >> 24 & 7,
	};
	fb->alpha = p->key_msk & KEYMSK_ALPHA ? (uint8_t)(p->key_max >> 24) : 255;
}

/* --- scalers -------------------------------------------------------------------------------- */

/* The latched scaler bound to @user: 0 the pipe, 1.. planes; NULL if none is. */
static const struct gt_scaler *find_scaler(struct gt_vgpu *v, unsigned pipe, unsigned user)
{
	const struct gt_pipe *p = &v->display.pipe[pipe];
	unsigned nr = pipe == 2 ? 1 : GT_MAX_SCALERS;

	for (unsigned i = 0; i < nr; i++) {
		const struct gt_scaler *s = &p->scaler[i];

		if ((s->ctl & SCALER_ENABLE) && (s->ctl >> 25 & 7) == user) {
			return s;
		}
	}
	return NULL;
}

/* What scalers can do, and what bounds our own work. */
static bool scales(uint32_t from_px, uint32_t to_px)
{
	return from_px && to_px && from_px <= GT_MAX_SCALED_PX && to_px <= GT_MAX_SCALED_PX &&
	       from_px < to_px * GT_MAX_DOWNSCALE;
}

static int set_window(struct gt_fb *fb, const struct gt_scaler *s, char *detail)
{
	fb->pos_x_px = s->pos >> 16 & 0x1fff;
	fb->pos_y_px = s->pos & 0x1fff;
	fb->shown_w_px = s->size >> 16 & 0x1fff;
	fb->shown_h_px = s->size & 0x1fff;
	if (!scales(fb->width_px, fb->shown_w_px) || !scales(fb->height_px, fb->shown_h_px)) {
		snprintf(detail, XENGT_DETAIL_MAX, "no scaler makes %ux%u pixels of %ux%u",
			 fb->shown_w_px, fb->shown_h_px, fb->width_px, fb->height_px);
		return -EINVAL;
	}
	return 0;
}

int gt_fb_decode_skl(struct gt_vgpu *v, unsigned pipe, unsigned plane, const struct gt_plane *p,
		     struct gt_fb *fb, char *detail)
{
	const struct gt_scaler *scaler = find_scaler(v, pipe, plane + 1);
	int ret = gt_fb_set_format(fb, codes, GT_ARRAY_SIZE(codes), p->ctl >> 24 & 0xf,
				   p->ctl & ORDER_RGBX, detail);

	if (!ret) {
		ret = set_surfaces(fb, p, detail);
	}
	if (ret) {
		return ret;
	}
	fb->rotated_180 = p->ctl & 2;
	fb->blend = find_blend(p->ctl);
	fb->yuv = (struct gt_yuv){
		.order = (enum gt_yuv_order)(p->ctl >> 16 & 3),
		.bt709 = p->ctl & BT709,
		.full_range = p->ctl & FULL_RANGE,
		.as_is = fb->format == GT_FMT_YUV422 && (p->ctl & YUV_AS_IS),
	};
	fb->gamma = p->ctl & PIPE_GAMMA;
	fb->csc = p->ctl & PIPE_CSC;
	set_key(fb, p);
	gt_fb_set_size(fb, p->size);
	fb->pos_x_px = p->pos & 0x1fff;
	fb->pos_y_px = p->pos >> 16 & 0x1fff;
	fb->shown_w_px = fb->width_px;
	fb->shown_h_px = fb->height_px;
	return scaler ? set_window(fb, scaler, detail) : 0;
}

/* --- the pipe's own scaler ------------------------------------------------------------------ */

static int check_window(struct gt_vgpu *v, unsigned pipe, const struct gt_fb_window *w,
			char *detail)
{
	uint32_t from_w_px, from_h_px;

	if (!gt_fb_pipe_size(v, pipe, &from_w_px, &from_h_px) || !scales(from_w_px, w->w_px) ||
	    !scales(from_h_px, w->h_px) || w->x_px + w->w_px > w->monitor_w_px ||
	    w->y_px + w->h_px > w->monitor_h_px) {
		snprintf(detail, XENGT_DETAIL_MAX,
			 "no scaler puts the pipe into %ux%u pixels at %u,%u of %ux%u", w->w_px,
			 w->h_px, w->x_px, w->y_px, w->monitor_w_px, w->monitor_h_px);
		return -EINVAL;
	}
	return 0;
}

int gt_fb_decode_window(struct gt_vgpu *v, unsigned pipe, struct gt_fb_window *out,
			char detail[XENGT_DETAIL_MAX])
{
	const struct gt_pipe *p = &v->display.pipe[pipe];
	const struct gt_scaler *s = &p->scaler[0];
	struct gt_fb_window w;
	int ret;

	if (gt_platforms[v->platform].gen >= 9) {
		s = find_scaler(v, pipe, 0);
	}
	if (!s || !(s->ctl & SCALER_ENABLE)) {
		return -ENOENT;
	}
	w = (struct gt_fb_window){
		.x_px = s->pos >> 16 & 0x1fff,
		.y_px = s->pos & 0x1fff,
		.w_px = s->size >> 16 & 0x1fff,
		.h_px = s->size & 0x1fff,
		.monitor_w_px = p->hdisplay,
		.monitor_h_px = p->vdisplay,
	};
	ret = check_window(v, pipe, &w, detail);
	if (!ret) {
		*out = w;
	}
	return ret;
}
