/* SPDX-License-Identifier: MIT */
/* What fb.c and the files of one generation's planes (fb_skl.c, fb_bdw.c) share. */
#ifndef GT_FB_INTERNAL_H
#define GT_FB_INTERNAL_H

#include "fb.h"

struct gt_plane;

/* One value of a format field; .other is the format with the RGBX order bit set. */
struct gt_fb_code {
	uint32_t code;
	enum gt_format format, other;
	const char *unreadable; /* a format we know by name only */
};

/* Fill in what follows from the format. 0, or -EINVAL with a detail. */
int gt_fb_set_format(struct gt_fb *fb, const struct gt_fb_code *codes, size_t nr, uint32_t code,
		     bool rgbx, char *detail);
/* Lines and columns of a SIZE register. */
void gt_fb_set_size(struct gt_fb *fb, uint32_t size);

/* Registers of one plane to struct gt_fb, but for base, offset and the final check. */
int gt_fb_decode_skl(struct gt_vgpu *v, unsigned pipe, unsigned plane, const struct gt_plane *p,
		     struct gt_fb *fb, char *detail);
int gt_fb_decode_bdw(struct gt_vgpu *v, unsigned pipe, unsigned plane, const struct gt_plane *p,
		     struct gt_fb *fb, char *detail);

#endif
