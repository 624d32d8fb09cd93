/* SPDX-License-Identifier: MIT */
/*
 * Plane registers to framebuffers.
 *
 * Decides what the bits of plane and cursor registers mean and which of them make a plane that can
 * be read; the only file that knows DRM's names.  Left to others: when registers are latched
 * (display.c), and the pixels (snapshot.c).  Scalers, colour keys and colour management are not
 * looked at.
 * PRM SKL vol 12 and BDW vol 11, "Display", "Plane Control", "Cursor Control".
 */
#include "fb.h"

#include <errno.h>
#include <stdio.h>

#include <drm_fourcc.h>

#include "vgpu_internal.h"

_Static_assert(XENGT_FOURCC_XRGB8888 == DRM_FORMAT_XRGB8888, "the wire speaks DRM's codes");

#define PIPE_SRC(pipe) (0x6001cu + 0x1000u * (pipe))

#define PLANE_ENABLE	       GT_BIT(31)
#define PLANE_ORDER_RGBX       GT_BIT(20)
#define SKL_RENDER_DECOMPRESS  GT_BIT(15)
#define BDW_ROTATE_180	       GT_BIT(15)
#define BDW_TILED	       GT_BIT(10)
#define CURSOR_ROTATE_180      GT_BIT(15)
#define CURSOR_FBC_ENABLE      GT_BIT(31)

static const struct {
	uint32_t fourcc;
	const char *name;
} format_names[GT_NR_FORMATS] = {
	[GT_FMT_XRGB8888] = { DRM_FORMAT_XRGB8888, "XRGB8888" },
	[GT_FMT_XBGR8888] = { DRM_FORMAT_XBGR8888, "XBGR8888" },
	[GT_FMT_RGB565] = { DRM_FORMAT_RGB565, "RGB565" },
	[GT_FMT_XRGB2101010] = { DRM_FORMAT_XRGB2101010, "XRGB2101010" },
	[GT_FMT_XBGR2101010] = { DRM_FORMAT_XBGR2101010, "XBGR2101010" },
	[GT_FMT_XRGB16F] = { DRM_FORMAT_XRGB16161616F, "XRGB16161616F" },
	[GT_FMT_XBGR16F] = { DRM_FORMAT_XBGR16161616F, "XBGR16161616F" },
	[GT_FMT_C8] = { DRM_FORMAT_C8, "C8" },
};

static const uint64_t modifiers[GT_NR_TILINGS] = {
	[GT_LINEAR] = DRM_FORMAT_MOD_LINEAR,
	[GT_TILE_X] = I915_FORMAT_MOD_X_TILED,
	[GT_TILE_Y] = I915_FORMAT_MOD_Y_TILED,
	[GT_TILE_YF] = I915_FORMAT_MOD_Yf_TILED,
};

/* One value of a format field; .other is the format with the RGBX order bit set. */
struct format_code {
	uint32_t code;
	enum gt_format format, other;
	const char *unreadable; /* a format we know by name only */
};

/* PLANE_CTL 27:24 */
static const struct format_code skl_codes[] = {
	{ 0, .unreadable = "YUV 4:2:2" },
	{ 1, .unreadable = "NV12" },
	{ 2, GT_FMT_XRGB2101010, GT_FMT_XBGR2101010 },
	{ 3, .unreadable = "P010" },
	{ 4, GT_FMT_XRGB8888, GT_FMT_XBGR8888 },
	{ 5, .unreadable = "P012" },
	{ 6, GT_FMT_XRGB16F, GT_FMT_XBGR16F },
	{ 7, .unreadable = "P016" },
	{ 8, .unreadable = "XYUV8888" },
	{ 10, .unreadable = "extended-range 10:10:10" },
	{ 12, GT_FMT_C8, GT_FMT_C8 },
	{ 14, GT_FMT_RGB565, GT_FMT_RGB565 },
};

/* DSPCNTR 29:26; the order is part of the code */
static const struct format_code bdw_primary_codes[] = {
	{ 2, GT_FMT_C8, GT_FMT_C8 },
	{ 5, GT_FMT_RGB565, GT_FMT_RGB565 },
	{ 6, GT_FMT_XRGB8888, GT_FMT_XRGB8888 },
	{ 7, GT_FMT_XRGB8888, GT_FMT_XRGB8888 },
	{ 8, GT_FMT_XBGR2101010, GT_FMT_XBGR2101010 },
	{ 9, GT_FMT_XBGR2101010, GT_FMT_XBGR2101010 },
	{ 10, GT_FMT_XRGB2101010, GT_FMT_XRGB2101010 },
	{ 11, GT_FMT_XRGB2101010, GT_FMT_XRGB2101010 },
	{ 12, GT_FMT_XBGR16F, GT_FMT_XBGR16F },
	{ 14, GT_FMT_XBGR8888, GT_FMT_XBGR8888 },
	{ 15, GT_FMT_XBGR8888, GT_FMT_XBGR8888 },
};

/* SPRCTL 27:25 */
static const struct format_code bdw_sprite_codes[] = {
	{ 0, .unreadable = "YUV 4:2:2" },
	{ 1, GT_FMT_XRGB2101010, GT_FMT_XBGR2101010 },
	{ 2, GT_FMT_XRGB8888, GT_FMT_XBGR8888 },
	{ 3, GT_FMT_XRGB16F, GT_FMT_XBGR16F },
	{ 4, .unreadable = "YUV 4:4:4" },
	{ 5, .unreadable = "extended-range 10:10:10" },
};

static int decode_format(const struct format_code *codes, size_t nr, uint32_t code, bool rgbx,
			 struct gt_fb *fb, char *detail)
{
	for (size_t i = 0; i < nr; i++) {
		if (codes[i].code != code) {
			continue;
		}
		if (codes[i].unreadable) {
			snprintf(detail, XENGT_DETAIL_MAX, "pixel format %s cannot be read",
				 codes[i].unreadable);
			return -EINVAL;
		}
		fb->format = rgbx ? codes[i].other : codes[i].format;
		fb->fourcc = format_names[fb->format].fourcc;
		fb->surface.cpp_B = gt_formats[fb->format].cpp_B;
		return 0;
	}
	snprintf(detail, XENGT_DETAIL_MAX, "pixel format code %u is unknown", code);
	return -EINVAL;
}

bool gt_fb_pipe_size(struct gt_vgpu *v, unsigned pipe, uint32_t *w_px, uint32_t *h_px)
{
	uint32_t src = gt_vreg(v, PIPE_SRC(pipe));
	uint32_t w = (src >> 16) + 1, h = (src & 0xffff) + 1;

	if (w > GT_MAX_FB_PX || h > GT_MAX_FB_PX) {
		return false;
	}
	*w_px = w;
	*h_px = h;
	return true;
}

/*
 * Every check on a decoded framebuffer: size, place in the surface, stride, and that all pages the
 * shown part touches lie in the guest's own window of the GGTT.
 */
static bool is_readable(struct gt_vgpu *v, const struct gt_fb *fb, char *detail)
{
	const struct gt_surface *s = &fb->surface;
	uint64_t first_pg, nr_pg;

	if (!fb->width_px || fb->width_px > GT_MAX_FB_PX || !fb->height_px ||
	    fb->height_px > GT_MAX_FB_PX) {
		snprintf(detail, XENGT_DETAIL_MAX, "a plane of %ux%u pixels is too large",
			 fb->width_px, fb->height_px);
		return false;
	}
	/* Offsets have 16 bits at most and cpp is 8 at most: no overflow. */
	struct gt_rect r = { fb->x_px * s->cpp_B, fb->y_px, fb->width_px * s->cpp_B,
			     fb->height_px };

	if (!gt_surface_has(s, &r)) {
		snprintf(detail, XENGT_DETAIL_MAX,
			 "%ux%u %s pixels at %u,%u do not fit rows of %u bytes", fb->width_px,
			 fb->height_px, format_names[fb->format].name, fb->x_px, fb->y_px,
			 s->stride_B);
		return false;
	}
	first_pg = gt_detile_page(s, &r, 0);
	nr_pg = gt_detile_page(s, &r, gt_detile_nr_pages(s, &r) - 1) - first_pg + 1;
	if (!gt_ggtt_inside(v, fb->base + first_pg * GT_PAGE_SIZE, nr_pg * GT_PAGE_SIZE)) {
		snprintf(detail, XENGT_DETAIL_MAX,
			 "the surface at 0x%llx leaves the guest's graphics memory",
			 (unsigned long long)fb->base);
		return false;
	}
	return true;
}

/* The tilings of PLANE_CTL 12:10. */
static bool skl_tiling(uint32_t ctl, enum gt_tiling *tiling)
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
static enum gt_blend skl_blend(uint32_t ctl)
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

static void decode_size(uint32_t size, uint32_t *w_px, uint32_t *h_px)
{
	*w_px = (size & 0xffff) + 1;
	*h_px = (size >> 16) + 1;
}

/* The universal planes of gen9. */
static int decode_skl(const struct gt_plane *p, struct gt_fb *fb, char *detail)
{
	uint32_t unit_B = 64, tile_h = 1;
	int ret = decode_format(skl_codes, GT_ARRAY_SIZE(skl_codes), p->ctl >> 24 & 0xf,
				p->ctl & PLANE_ORDER_RGBX, fb, detail);

	if (ret) {
		return ret;
	}
	if (p->ctl & SKL_RENDER_DECOMPRESS) {
		snprintf(detail, XENGT_DETAIL_MAX, "a compressed surface cannot be read");
		return -EINVAL;
	}
	if (!skl_tiling(p->ctl, &fb->surface.tiling)) {
		snprintf(detail, XENGT_DETAIL_MAX, "tiling %u is unknown", p->ctl >> 10 & 7);
		return -EINVAL;
	}
	if (p->ctl & 1) {
		snprintf(detail, XENGT_DETAIL_MAX, "a plane turned by 90 degrees cannot be read");
		return -EINVAL;
	}
	if (fb->surface.tiling != GT_LINEAR) {
		gt_tile_size(fb->surface.tiling, fb->surface.cpp_B, &unit_B, &tile_h);
	}
	fb->surface.stride_B = (p->stride & 0x3ff) * unit_B;
	fb->rotated_180 = p->ctl & 2;
	fb->blend = skl_blend(p->ctl);
	decode_size(p->size, &fb->width_px, &fb->height_px);
	fb->pos_x_px = p->pos & 0x1fff;
	fb->pos_y_px = p->pos >> 16 & 0x1fff;
	return 0;
}

/* Primary plane and sprite of gen8: a stride in bytes; the primary fills the pipe. */
static int decode_bdw(struct gt_vgpu *v, unsigned pipe, unsigned plane, const struct gt_plane *p,
		      struct gt_fb *fb, char *detail)
{
	bool rgbx = p->ctl & PLANE_ORDER_RGBX;
	int ret;

	if (plane == 0) {
		ret = decode_format(bdw_primary_codes, GT_ARRAY_SIZE(bdw_primary_codes),
				    p->ctl >> 26 & 0xf, rgbx, fb, detail);
	} else {
		ret = decode_format(bdw_sprite_codes, GT_ARRAY_SIZE(bdw_sprite_codes),
				    p->ctl >> 25 & 7, rgbx, fb, detail);
	}
	if (ret) {
		return ret;
	}
	fb->surface.tiling = p->ctl & BDW_TILED ? GT_TILE_X : GT_LINEAR;
	fb->surface.stride_B = p->stride & 0xffffffc0;
	fb->rotated_180 = p->ctl & BDW_ROTATE_180;
	if (plane > 0) {
		decode_size(p->size, &fb->width_px, &fb->height_px);
		fb->pos_x_px = p->pos & 0x1fff;
		fb->pos_y_px = p->pos >> 16 & 0x1fff;
	} else if (!gt_fb_pipe_size(v, pipe, &fb->width_px, &fb->height_px)) {
		snprintf(detail, XENGT_DETAIL_MAX, "the pipe is larger than %u pixels",
			 GT_MAX_FB_PX);
		return -EINVAL;
	}
	return 0;
}

unsigned gt_fb_nr_planes(const struct gt_vgpu *v)
{
	return gt_platforms[v->platform].gen >= 9 ? GT_MAX_PLANES : 2;
}

int gt_fb_decode_plane(struct gt_vgpu *v, unsigned pipe, unsigned plane, struct gt_fb *out,
		       char detail[XENGT_DETAIL_MAX])
{
	const struct gt_plane *p = &v->display.pipe[pipe].plane[plane];
	struct gt_fb fb = { 0 };
	int ret;

	if (!(p->ctl & PLANE_ENABLE)) {
		return -ENOENT;
	}
	if (gt_platforms[v->platform].gen >= 9) {
		ret = decode_skl(p, &fb, detail);
	} else {
		ret = decode_bdw(v, pipe, plane, p, &fb, detail);
	}
	if (ret) {
		return ret;
	}
	fb.modifier = modifiers[fb.surface.tiling];
	fb.base = p->surf & (uint32_t)GT_PAGE_MASK;
	fb.x_px = p->offset & 0xffff;
	fb.y_px = p->offset >> 16;
	if (!is_readable(v, &fb, detail)) {
		return -EINVAL;
	}
	*out = fb;
	return 0;
}

/* Width of a cursor by CUR_CTL 5:0, ARGB modes only; 0 for the others. */
static uint32_t cursor_width_px(uint32_t ctl)
{
	switch (ctl & 0x3f) {
	case 0x27:
		return 64;
	case 0x22:
		return 128;
	case 0x23:
		return 256;
	default:
		return 0;
	}
}

/* A coordinate of CUR_POS: sign and magnitude. */
static int32_t cursor_coordinate_px(uint32_t field)
{
	int32_t magnitude = field & 0x1fff;

	return field & 0x8000 ? -magnitude : magnitude;
}

int gt_fb_decode_cursor(struct gt_vgpu *v, unsigned pipe, struct gt_fb *out,
			char detail[XENGT_DETAIL_MAX])
{
	const struct gt_cursor *c = &v->display.pipe[pipe].cursor;
	struct gt_fb fb = { .format = GT_FMT_XRGB8888, .blend = GT_BLEND_PREMULT };

	if (!(c->ctl & 0x3f)) {
		return -ENOENT;
	}
	fb.width_px = cursor_width_px(c->ctl);
	if (!fb.width_px) {
		snprintf(detail, XENGT_DETAIL_MAX, "cursor mode 0x%x is unknown, it is left out",
			 c->ctl & 0x3f);
		return -EINVAL;
	}
	fb.height_px = fb.width_px;
	if (c->fbc & CURSOR_FBC_ENABLE) {
		fb.height_px = (c->fbc & 0xff) + 1;
	}
	fb.fourcc = DRM_FORMAT_ARGB8888;
	fb.modifier = DRM_FORMAT_MOD_LINEAR;
	fb.surface = (struct gt_surface){ GT_LINEAR, 4, fb.width_px * 4 };
	fb.base = c->base & (uint32_t)GT_PAGE_MASK;
	fb.pos_x_px = cursor_coordinate_px(c->pos);
	fb.pos_y_px = cursor_coordinate_px(c->pos >> 16);
	fb.rotated_180 = c->ctl & CURSOR_ROTATE_180;
	if (!is_readable(v, &fb, detail)) {
		return -EINVAL;
	}
	*out = fb;
	return 0;
}
