/* SPDX-License-Identifier: MIT */
/* The same picture made in different ways, and pictures that must differ. */
#include "kms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdrm/i915_drm.h>

#define PLANE DRM_MODE_OBJECT_PLANE

/* x / 255, rounded */
static uint32_t part(uint32_t x)
{
	return (x * 2 + 255) / 510;
}

enum blend { PREMULTIPLIED, COVERAGE, NO_ALPHA };

static uint32_t blend(uint32_t below, uint32_t above, enum blend how)
{
	uint32_t a = how == NO_ALPHA ? 255 : above >> 24, out = 0;

	for (int shift = 16; shift >= 0; shift -= 8) {
		uint32_t over = above >> shift & 0xff, under = below >> shift & 0xff;

		if (how == COVERAGE) {
			over = part(over * a);
		}
		over += part(under * (255 - a));
		out = out << 8 | (over > 255 ? 255 : over);
	}
	return out;
}

/* Blend @px, w x h, upon the reference. */
static void reference_blend(const uint32_t *px, uint32_t w, uint32_t h, int32_t x, int32_t y,
			    enum blend how)
{
	uint32_t *mixed = pixels_new(w, h);

	for (uint32_t j = 0; j < h; j++) {
		for (uint32_t i = 0; i < w; i++) {
			int32_t rx = x + (int32_t)i, ry = y + (int32_t)j;
			bool inside =
			    rx >= 0 && ry >= 0 && rx < (int32_t)screen.w && ry < (int32_t)screen.h;
			uint32_t at = inside ? (uint32_t)ry * screen.w + (uint32_t)rx : 0;

			mixed[j * w + i] = blend(reference[at], px[j * w + i], how);
		}
	}
	reference_put(mixed, w, h, x, y);
	free(mixed);
}

/* ARGB8888, premultiplied: alpha from 0 to 255 across. */
static void paint_shades(uint32_t *px, uint32_t w, uint32_t h, bool premultiplied)
{
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			uint32_t rgb = pattern(9, x, y), a = x * 255 / (w - 1), out = a;

			for (int shift = 16; shift >= 0; shift -= 8) {
				uint32_t c = rgb >> shift & 0xff;

				out = out << 8 | (premultiplied ? part(c * a) : c);
			}
			px[y * w + x] = out;
		}
	}
}

static void end(struct surface *s, uint32_t *px)
{
	backdrop();
	state_commit();
	surface_free(s);
	free(px);
}

/* --- one pixel -------------------------------------------------------------------------------- */

static void judge_pixel(void)
{
	struct surface s =
	    surface_new(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, screen.w, screen.h);
	uint32_t *px = pixels_new(screen.w, screen.h), before, after, size = screen.w * screen.h;
	const char *why;

	surface_paint(&s, 0, px);
	backdrop();
	show(plane_find("primary"), &s, 0, 0);
	why = commit_and_compare();
	verdict(!*why, why, "same-picture-again");
	before = crc_read();
	px[size / 2 + 3] ^= 1;
	surface_put(&s, px);
	after = crc_read();
	reference_put(px, screen.w, screen.h, 0, 0);
	verdict(before != after && after == crc_reference(), "the CRC says otherwise", "one-pixel");
	end(&s, px);
}

/* --- flips ------------------------------------------------------------------------------------ */

static void judge_flips(void)
{
	struct surface s[2];
	uint32_t *px = pixels_new(screen.w, screen.h);
	char why[160] = "";

	for (unsigned i = 0; i < 2; i++) {
		s[i] =
		    surface_new(DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED, screen.w, screen.h);
	}
	for (unsigned n = 0; n < 10 && !*why; n++) {
		surface_paint(&s[n % 2], 100 + n, px);
		backdrop();
		show(plane_find("primary"), &s[n % 2], 0, 0);
		reference_put(px, screen.w, screen.h, 0, 0);
		snprintf(why, sizeof(why), "%s", commit_and_compare());
	}
	verdict(!*why, why, "flips");
	end(&s[0], px);
	surface_free(&s[1]);
}

/* --- cursor ----------------------------------------------------------------------------------- */

static void judge_cursor(uint32_t size, int32_t x, int32_t y, bool opaque, const char *name)
{
	struct surface s = surface_new(DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR, size, size);
	uint32_t *px = pixels_new(size, size);
	const char *why;

	if (opaque) {
		surface_paint(&s, 5, px);
		for (uint32_t i = 0; i < size * size; i++) {
			px[i] |= 0xff000000;
		}
	} else {
		paint_shades(px, size, size, true);
		surface_put(&s, px);
	}
	backdrop();
	show(plane_find("cursor"), &s, x, y);
	reference_blend(px, size, size, x, y, PREMULTIPLIED);
	why = commit_and_compare();
	verdict(!*why, why, "cursor-%u-%s", size, name);
	end(&s, px);
}

/* --- blending --------------------------------------------------------------------------------- */

static void judge_blend(const struct plane *p, enum blend how, const char *word)
{
	uint64_t value = enum_value(p->id, PLANE, "pixel blend mode", word);
	struct surface s;
	uint32_t *px;
	const char *why;

	if (value == UINT64_MAX || !plane_has(p, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR)) {
		return; /* not offered, and the list of verdicts says whether it should be */
	}
	s = surface_new(DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR, 256, 100);
	px = pixels_new(256, 100);
	paint_shades(px, 256, 100, how == PREMULTIPLIED);
	surface_put(&s, px);
	backdrop();
	show(p, &s, 40, 50);
	state_set(p->id, PLANE, "pixel blend mode", value);
	reference_blend(px, 256, 100, 40, 50, how);
	why = commit_and_compare();
	verdict(!*why, why, "blend-%s-%s", p->name, word);
	backdrop();
	state_set(p->id, PLANE, "pixel blend mode",
		  enum_value(p->id, PLANE, "pixel blend mode", "Pre-multiplied"));
	state_commit();
	end(&s, px);
}

/* --- rotation --------------------------------------------------------------------------------- */

/* Where the pixel at x, y of a picture turned counter-clockwise by @turn comes from. */
static uint32_t turned(const uint32_t *px, uint32_t w, uint32_t h, uint32_t turn, uint32_t x,
		       uint32_t y)
{
	switch (turn) {
	case DRM_MODE_ROTATE_90:
		return px[(size_t)x * w + (w - 1 - y)];
	case DRM_MODE_ROTATE_180:
		return px[(size_t)(h - 1 - y) * w + (w - 1 - x)];
	case DRM_MODE_ROTATE_270:
		return px[(size_t)(h - 1 - x) * w + y];
	default:
		return px[(size_t)y * w + x];
	}
}

static void judge_rotation(const struct plane *p, uint32_t fourcc, uint64_t modifier, uint32_t turn,
			   unsigned degrees)
{
	bool quarter = turn == DRM_MODE_ROTATE_90 || turn == DRM_MODE_ROTATE_270;
	bool whole = p->type == PRIMARY && !quarter;
	uint32_t w = whole ? screen.w : 200, h = whole ? screen.h : 120;
	uint32_t dw = quarter ? h : w, dh = quarter ? w : h;
	int32_t at = whole ? 0 : 30;
	struct surface s;
	uint32_t *px, *look;
	const char *why;

	if (!plane_has(p, fourcc, modifier)) {
		return;
	}
	s = surface_new(fourcc, modifier, w, h);
	px = pixels_new(w, h);
	look = pixels_new(dw, dh);
	surface_paint(&s, 6, px);
	for (uint32_t y = 0; y < dh; y++) {
		for (uint32_t x = 0; x < dw; x++) {
			look[(size_t)y * dw + x] = turned(px, w, h, turn, x, y);
		}
	}
	backdrop();
	if (p->type == PRIMARY) {
		reference_fill(0);
	}
	show_scaled(p, &s, at, at, dw, dh);
	state_set(p->id, PLANE, "rotation", turn);
	reference_put(look, dw, dh, at, at);
	why = commit_and_compare();
	verdict(!*why, why, "rotate-%u-%s-%s-%s", degrees, p->name, fourcc_name(fourcc),
		modifier_name(modifier));
	free(look);
	end(&s, px);
}

static void judge_rotations(const struct plane *p)
{
	static const uint64_t modifiers[] = {DRM_FORMAT_MOD_LINEAR, I915_FORMAT_MOD_X_TILED,
					     I915_FORMAT_MOD_Y_TILED, I915_FORMAT_MOD_Yf_TILED};

	for (unsigned i = 0; i < 4; i++) {
		judge_rotation(p, DRM_FORMAT_XRGB8888, modifiers[i], DRM_MODE_ROTATE_180, 180);
	}
	judge_rotation(p, DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR, DRM_MODE_ROTATE_180, 180);
	for (unsigned i = 2; i < 4; i++) {
		judge_rotation(p, DRM_FORMAT_XRGB8888, modifiers[i], DRM_MODE_ROTATE_90, 90);
		judge_rotation(p, DRM_FORMAT_XRGB8888, modifiers[i], DRM_MODE_ROTATE_270, 270);
	}
}

/* --- scaling ---------------------------------------------------------------------------------- */

/* A picture of doubled pixels at half its size: each shown pixel lies between four equal ones. */
static void judge_scaled_back(const struct plane *p)
{
	struct surface s = surface_new(DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED, 320, 200);
	uint32_t *px = pixels_new(320, 200), *look = pixels_new(160, 100);
	const char *why;

	for (uint32_t y = 0; y < 200; y++) {
		for (uint32_t x = 0; x < 320; x++) {
			look[y / 2 * 160 + x / 2] = px[y * 320 + x] = pattern(7, x / 2, y / 2);
		}
	}
	surface_put(&s, px);
	backdrop();
	show_scaled(p, &s, 33, 44, 160, 100);
	reference_put(look, 160, 100, 33, 44);
	why = commit_and_compare();
	verdict(!*why, why, "scaled-back-%s", p->name);
	free(look);
	end(&s, px);
}

/* One colour is one colour at any size. */
static void judge_scaled_up(const struct plane *p)
{
	struct surface s = surface_new(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 64, 40);
	uint32_t *px = pixels_new(300, 200);
	const char *why;

	for (uint32_t i = 0; i < 300 * 200; i++) {
		px[i] = 0x37a5c9;
	}
	surface_put(&s, px);
	backdrop();
	show_scaled(p, &s, 100, 100, 300, 200);
	reference_put(px, 300, 200, 100, 100);
	why = commit_and_compare();
	verdict(!*why, why, "scaled-up-%s", p->name);
	end(&s, px);
}

/* --- keys ------------------------------------------------------------------------------------- */

static int set_key(const struct plane *p, uint32_t flags)
{
	struct drm_intel_sprite_colorkey key = {
	    .plane_id = p->id,
	    .min_value = 0x00ff00,
	    .max_value = 0x00ff00,
	    .channel_mask = 0xffffff,
	    .flags = flags,
	};

	return call(DRM_IOCTL_I915_SET_SPRITE_COLORKEY, &key);
}

/* A green hole in the overlay. */
static void judge_source_key(const struct plane *p)
{
	struct surface s = surface_new(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 128, 64);
	uint32_t *px = pixels_new(128, 64);
	const char *why;

	for (uint32_t y = 0; y < 64; y++) {
		for (uint32_t x = 0; x < 128; x++) {
			bool hole = x > 20 && x < 90 && y > 10 && y < 50;

			px[y * 128 + x] = hole ? 0x00ff00 : pattern(8, x, y) | 0xff000000;
		}
	}
	surface_put(&s, px);
	backdrop();
	for (uint32_t i = 0; i < 128 * 64; i++) {
		if (px[i] >> 24) {
			reference[(80 + i / 128) * screen.w + 60 + i % 128] = px[i] & 0xffffff;
		}
	}
	show(p, &s, 60, 80);
	why = set_key(p, I915_SET_COLORKEY_SOURCE) ? "no key" : commit_and_compare();
	verdict(!*why, why, "source-key-%s", p->name);
	set_key(p, I915_SET_COLORKEY_NONE);
	end(&s, px);
}

void looks_judge(void)
{
	judge_pixel();
	judge_flips();
	for (uint32_t size = 64; size <= 256; size *= 2) {
		judge_cursor(size, 50, 60, true, "opaque");
		judge_cursor(size, 70, 90, false, "shades");
	}
	judge_cursor(64, -20, -30, false, "top-left");
	judge_cursor(64, (int32_t)screen.w - 20, (int32_t)screen.h - 30, false, "bottom-right");
	for (unsigned i = 0; i < screen.nr_planes; i++) {
		const struct plane *p = &screen.plane[i];

		if (p->type == CURSOR) {
			continue;
		}
		judge_rotations(p);
		if (p->type == PRIMARY) {
			continue;
		}
		judge_blend(p, PREMULTIPLIED, "Pre-multiplied");
		judge_blend(p, COVERAGE, "Coverage");
		judge_blend(p, NO_ALPHA, "None");
		judge_source_key(p);
		if (plane_has(p, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED)) {
			judge_scaled_back(p); /* planes of gen8 have no scaler */
			judge_scaled_up(p);
		}
	}
}
