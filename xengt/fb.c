/* SPDX-License-Identifier: MIT */
/*
 * Plane registers to framebuffers.
 *
 * Decides what the bits of plane and cursor registers mean and which of them make a plane that can
 * be read; the only file that knows DRM's names.  Left to others: when registers are latched
 * (display.c), what differs between generations (fb_skl.c, fb_bdw.c), and the pixels (compose.c).
 * PRM SKL vol 12 and BDW vol 11, "Display", "Plane Control", "Cursor Control".
 */
#include "fb_internal.h"

#include <errno.h>
#include <stdio.h>

#include <drm_fourcc.h>

#include "vgpu_internal.h"

_Static_assert(XENGT_FOURCC_XRGB8888 == DRM_FORMAT_XRGB8888, "the wire speaks DRM's codes");

#define PIPE_SRC(pipe) (0x6001cu + 0x1000u * (pipe))

#define PLANE_ENABLE	  GT_BIT(31)
#define CURSOR_GAMMA	  GT_BIT(26)
#define CURSOR_CSC	  GT_BIT(24)
#define CURSOR_ROTATE_180 GT_BIT(15)
#define CURSOR_FBC_ENABLE GT_BIT(31)

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
	[GT_FMT_XYUV8888] = { DRM_FORMAT_XYUV8888, "XYUV8888" },
	[GT_FMT_NV12] = { DRM_FORMAT_NV12, "NV12" },
};

static const uint64_t modifiers[GT_NR_TILINGS] = {
	[GT_LINEAR] = DRM_FORMAT_MOD_LINEAR,
	[GT_TILE_X] = I915_FORMAT_MOD_X_TILED,
	[GT_TILE_Y] = I915_FORMAT_MOD_Y_TILED,
	[GT_TILE_YF] = I915_FORMAT_MOD_Yf_TILED,
};

static const char *const yuv422_names[] = { "YUYV", "UYVY", "YVYU", "VYUY" };
static const uint32_t yuv422_fourccs[] = {
	DRM_FORMAT_YUYV, DRM_FORMAT_UYVY, DRM_FORMAT_YVYU, DRM_FORMAT_VYUY
};

int gt_fb_set_format(struct gt_fb *fb, const struct gt_fb_code *codes, size_t nr, uint32_t code,
		     bool rgbx, char *detail)
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
		fb->main.s.cpp_B = gt_formats[fb->format].cpp_B;
		return 0;
	}
	snprintf(detail, XENGT_DETAIL_MAX, "pixel format code %u is unknown", code);
	return -EINVAL;
}

void gt_fb_set_size(struct gt_fb *fb, uint32_t size)
{
	fb->width_px = (size & 0xffff) + 1;
	fb->height_px = (size >> 16) + 1;
}

static uint32_t fb_fourcc(const struct gt_fb *fb)
{
	return fb->format == GT_FMT_YUV422 ? yuv422_fourccs[fb->yuv.order]
					   : format_names[fb->format].fourcc;
}

static const char *fb_name(const struct gt_fb *fb)
{
	return fb->format == GT_FMT_YUV422 ? yuv422_names[fb->yuv.order]
					   : format_names[fb->format].name;
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

/* --- what is read must be the guest's ------------------------------------------------------- */

/* First page of the surface that is read, and how many up to the last; false: it does not fit. */
static bool touched_pages(const struct gt_surface *s, const struct gt_rect *r, uint64_t *first,
			  uint64_t *nr)
{
	if (!gt_surface_has(s, r)) {
		return false;
	}
	*first = gt_detile_page(s, r, 0);
	*nr = gt_detile_page(s, r, gt_detile_nr_pages(s, r) - 1) - *first + 1;
	return true;
}

/* The same of a rotated view, whose tiles lie in rows of view_tiles. */
static bool touched_view(const struct gt_fb_surface *f, uint32_t x_px, uint32_t y_px,
			 uint32_t w_px, uint32_t h_px, uint64_t *first, uint64_t *nr)
{
	uint32_t tile_w_B = 1, tile_h = 1, tile_w_px;

	gt_tile_size(f->s.tiling, f->s.cpp_B, &tile_w_B, &tile_h);
	tile_w_px = tile_w_B / f->s.cpp_B;
	if (x_px + w_px > f->view_tiles * tile_h || y_px + h_px > GT_MAX_ROWS) {
		return false;
	}
	*first = (uint64_t)(y_px / tile_w_px) * f->view_tiles;
	*nr = (uint64_t)((y_px + h_px - 1) / tile_w_px + 1) * f->view_tiles - *first;
	return true;
}

static int check_surface(struct gt_vgpu *v, const struct gt_fb *fb, const struct gt_fb_surface *f,
			 uint32_t w_px, uint32_t h_px, char *detail)
{
	/* Offsets have 16 bits at most and cpp is 8 at most: no overflow. */
	struct gt_rect r = { f->x_px * f->s.cpp_B, f->y_px, w_px * f->s.cpp_B, h_px };
	uint64_t first = 0, nr = 0;

	if (f->view_tiles ? !touched_view(f, f->x_px, f->y_px, w_px, h_px, &first, &nr)
			  : !touched_pages(&f->s, &r, &first, &nr)) {
		snprintf(detail, XENGT_DETAIL_MAX,
			 "%ux%u %s pixels at %u,%u do not fit rows of %u bytes", w_px, h_px,
			 fb_name(fb), f->x_px, f->y_px, f->s.stride_B);
		return -EINVAL;
	}
	if (!gt_ggtt_inside(v, f->base + first * GT_PAGE_SIZE, nr * GT_PAGE_SIZE)) {
		snprintf(detail, XENGT_DETAIL_MAX,
			 "the surface at 0x%llx leaves the guest's graphics memory",
			 (unsigned long long)f->base);
		return -EINVAL;
	}
	return 0;
}

int gt_fb_check(struct gt_vgpu *v, const struct gt_fb *fb, char *detail)
{
	int ret;

	if (!fb->width_px || fb->width_px > GT_MAX_FB_PX || !fb->height_px ||
	    fb->height_px > GT_MAX_FB_PX) {
		snprintf(detail, XENGT_DETAIL_MAX, "a plane of %ux%u pixels is too large",
			 fb->width_px, fb->height_px);
		return -EINVAL;
	}
	ret = check_surface(v, fb, &fb->main, fb->width_px, fb->height_px, detail);
	if (!ret && fb->format == GT_FMT_NV12) {
		ret = check_surface(v, fb, &fb->chroma, (fb->width_px + 1) / 2,
				    (fb->height_px + 1) / 2, detail);
	}
	return ret;
}

/* --- planes --------------------------------------------------------------------------------- */

unsigned gt_fb_nr_planes(const struct gt_vgpu *v)
{
	return gt_platforms[v->platform].gen >= 9 ? GT_MAX_PLANES : 2;
}

int gt_fb_decode_plane(struct gt_vgpu *v, unsigned pipe, unsigned plane, struct gt_fb *out,
		       char detail[XENGT_DETAIL_MAX])
{
	const struct gt_plane *p = &v->display.pipe[pipe].plane[plane];
	struct gt_fb fb = { .alpha = 255 };
	int ret;

	if (!(p->ctl & PLANE_ENABLE)) {
		return -ENOENT;
	}
	fb.main.base = p->surf & (uint32_t)GT_PAGE_MASK;
	fb.main.x_px = p->offset & 0xffff;
	fb.main.y_px = p->offset >> 16;
	if (gt_platforms[v->platform].gen >= 9) {
		ret = gt_fb_decode_skl(v, pipe, plane, p, &fb, detail);
	} else {
		ret = gt_fb_decode_bdw(v, pipe, plane, p, &fb, detail);
	}
	if (!ret) {
		ret = gt_fb_check(v, &fb, detail);
	}
	if (ret) {
		return ret;
	}
	fb.fourcc = fb_fourcc(&fb);
	fb.modifier = modifiers[fb.main.s.tiling];
	*out = fb;
	return 0;
}

/* Cursors by CUR_CTL 5:0: those of 32 bits a pixel. */
static const struct cursor_mode {
	uint8_t mode;
	uint16_t width_px;
	enum gt_blend blend;
} cursor_modes[] = {
	{ 0x02, 128, GT_BLEND_AND_XOR }, { 0x03, 256, GT_BLEND_AND_XOR },
	{ 0x07, 64, GT_BLEND_AND_XOR },	 { 0x22, 128, GT_BLEND_PREMULT },
	{ 0x23, 256, GT_BLEND_PREMULT }, { 0x27, 64, GT_BLEND_PREMULT },
};

static const struct cursor_mode *find_cursor_mode(uint32_t ctl)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(cursor_modes); i++) {
		if (cursor_modes[i].mode == (ctl & 0x3f)) {
			return &cursor_modes[i];
		}
	}
	return NULL;
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
	const struct cursor_mode *mode = find_cursor_mode(c->ctl);
	struct gt_fb fb = { .format = GT_FMT_XRGB8888, .alpha = 255 };

	if (!(c->ctl & 0x3f)) {
		return -ENOENT;
	}
	if (!mode) {
		snprintf(detail, XENGT_DETAIL_MAX, "cursor mode 0x%x is unknown, it is left out",
			 c->ctl & 0x3f);
		return -EINVAL;
	}
	fb.blend = mode->blend;
	fb.width_px = fb.height_px = mode->width_px;
	if (c->fbc & CURSOR_FBC_ENABLE) {
		fb.height_px = (c->fbc & 0xff) + 1;
	}
	fb.fourcc = DRM_FORMAT_ARGB8888;
	fb.modifier = DRM_FORMAT_MOD_LINEAR;
	fb.main.s = (struct gt_surface){ GT_LINEAR, 4, fb.width_px * 4, GT_SWIZZLE_NONE };
	fb.main.base = c->base & (uint32_t)GT_PAGE_MASK;
	fb.pos_x_px = cursor_coordinate_px(c->pos);
	fb.pos_y_px = cursor_coordinate_px(c->pos >> 16);
	fb.rotated_180 = c->ctl & CURSOR_ROTATE_180;
	fb.shown_w_px = fb.width_px;
	fb.shown_h_px = fb.height_px;
	fb.gamma = c->ctl & CURSOR_GAMMA;
	fb.csc = c->ctl & CURSOR_CSC;
	if (gt_fb_check(v, &fb, detail)) {
		return -EINVAL;
	}
	*out = fb;
	return 0;
}
