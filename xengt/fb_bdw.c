/* SPDX-License-Identifier: MIT */
/*
 * Broadwell's planes: a primary plane that fills the pipe, and a sprite.
 *
 * The sprite of Broadwell cannot be scaled; neither has alpha.
 * PRM BDW vol 11, "Display", "Primary Plane Control", "Sprite Control".
 */
#include "fb_internal.h"

#include <errno.h>
#include <stdio.h>

#include "vgpu_internal.h"

#define PIPE_GAMMA	      GT_BIT(30)
#define PIPE_CSC	      GT_BIT(24)
#define ORDER_RGBX	      GT_BIT(20)
#define ROTATE_180	      GT_BIT(15)
#define TILED		      GT_BIT(10)
#define SPRITE_FULL_RANGE     GT_BIT(28)
#define SPRITE_SOURCE_KEY     GT_BIT(22)
#define SPRITE_YUV_AS_IS      GT_BIT(19)
#define SPRITE_BT709	      GT_BIT(18)
#define SPRITE_DEST_KEY	      GT_BIT(2)

/* DSPCNTR 29:26; the order is part of the code */
static const struct gt_fb_code primary_codes[] = {
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
static const struct gt_fb_code sprite_codes[] = {
	{ 0, GT_FMT_YUV422, GT_FMT_YUV422 },
	{ 1, GT_FMT_XRGB2101010, GT_FMT_XBGR2101010 },
	{ 2, GT_FMT_XRGB8888, GT_FMT_XBGR8888 },
	{ 3, GT_FMT_XRGB16F, GT_FMT_XBGR16F },
	{ 4, .unreadable = "YUV 4:4:4" },
	{ 5, .unreadable = "extended-range 10:10:10" },
};

static void sprite_key(struct gt_fb *fb, const struct gt_plane *p)
{
	if (p->ctl & SPRITE_DEST_KEY) {
		fb->key.mode = GT_KEY_BELOW;
	} else if (p->ctl & SPRITE_SOURCE_KEY) {
		fb->key.mode = GT_KEY_SOURCE;
	}
	fb->key.value = p->key_val;
	fb->key.max = p->key_max;
	fb->key.mask = p->key_msk & 0xffffff;
	fb->key.channels = p->key_msk >> 24 & 7;
}

static int decode_sprite(const struct gt_plane *p, struct gt_fb *fb, char *detail)
{
	int ret = gt_fb_set_format(fb, sprite_codes, GT_ARRAY_SIZE(sprite_codes),
				   p->ctl >> 25 & 7, p->ctl & ORDER_RGBX, detail);

	if (ret) {
		return ret;
	}
	fb->yuv = (struct gt_yuv){
		.order = (enum gt_yuv_order)(p->ctl >> 16 & 3),
		.bt709 = p->ctl & SPRITE_BT709,
		.full_range = p->ctl & SPRITE_FULL_RANGE,
		.as_is = p->ctl & SPRITE_YUV_AS_IS,
	};
	gt_fb_set_size(fb, p->size);
	sprite_key(fb, p);
	fb->pos_x_px = p->pos & 0x1fff;
	fb->pos_y_px = p->pos >> 16 & 0x1fff;
	return 0;
}

static int decode_primary(struct gt_vgpu *v, unsigned pipe, const struct gt_plane *p,
			  struct gt_fb *fb, char *detail)
{
	int ret = gt_fb_set_format(fb, primary_codes, GT_ARRAY_SIZE(primary_codes),
				   p->ctl >> 26 & 0xf, false, detail);

	if (!ret && !gt_fb_pipe_size(v, pipe, &fb->width_px, &fb->height_px)) {
		snprintf(detail, XENGT_DETAIL_MAX, "the pipe is larger than %u pixels",
			 GT_MAX_FB_PX);
		ret = -EINVAL;
	}
	return ret;
}

int gt_fb_decode_bdw(struct gt_vgpu *v, unsigned pipe, unsigned plane, const struct gt_plane *p,
		     struct gt_fb *fb, char *detail)
{
	int ret = plane ? decode_sprite(p, fb, detail) : decode_primary(v, pipe, p, fb, detail);

	if (ret) {
		return ret;
	}
	fb->main.s.tiling = p->ctl & TILED ? GT_TILE_X : GT_LINEAR;
	fb->main.s.stride_B = p->stride & 0xffffffc0;
	fb->rotated_180 = p->ctl & ROTATE_180;
	fb->gamma = p->ctl & PIPE_GAMMA;
	fb->csc = p->ctl & PIPE_CSC;
	fb->shown_w_px = fb->width_px;
	fb->shown_h_px = fb->height_px;
	return 0;
}
