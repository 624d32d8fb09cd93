/* SPDX-License-Identifier: MIT */
/* YUV encodings, the palette, gamma ramps and the colour matrix. */
#include "kms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLANE DRM_MODE_OBJECT_PLANE
#define CRTC  DRM_MODE_OBJECT_CRTC

void set_ramps(uint32_t degamma, uint32_t gamma, uint32_t ctm)
{
	state_set(screen.crtc, CRTC, "DEGAMMA_LUT", degamma);
	state_set(screen.crtc, CRTC, "GAMMA_LUT", gamma);
	state_set(screen.crtc, CRTC, "CTM", ctm);
}

/* All as it was, ramps and matrix too. */
static void end(struct surface *s, uint32_t *px)
{
	backdrop();
	set_ramps(0, 0, 0);
	state_commit();
	surface_free(s);
	free(px);
}

/* --- YUV -------------------------------------------------------------------------------------- */

/* On the primary plane there is black around it, not the backdrop. */
static void judge_encoding(const struct plane *p, const char *encoding, const char *range)
{
	struct surface s = surface_new(DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR, 200, 120);
	uint32_t *px = pixels_new(200, 120);
	const char *why;

	yuv.bt709 = strstr(encoding, "709");
	yuv.full = strstr(range, "full");
	surface_paint(&s, 3, px);
	backdrop();
	if (p->type == PRIMARY) {
		reference_fill(0);
	}
	show(p, &s, 40, 40);
	state_set(p->id, PLANE, "COLOR_ENCODING",
		  enum_value(p->id, PLANE, "COLOR_ENCODING", encoding));
	state_set(p->id, PLANE, "COLOR_RANGE", enum_value(p->id, PLANE, "COLOR_RANGE", range));
	reference_put(px, 200, 120, 40, 40);
	why = commit_and_compare();
	verdict(!*why, why, "yuv-%s-%s-%s", p->name, yuv.bt709 ? "709" : "601",
		yuv.full ? "full" : "limited");
	end(&s, px);
}

static void judge_encodings(const struct plane *p)
{
	static const char bt601[] = "ITU-R BT.601 YCbCr", bt709[] = "ITU-R BT.709 YCbCr";
	static const char limited[] = "YCbCr limited range", full[] = "YCbCr full range";

	if (!plane_has(p, DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR)) {
		return;
	}
	judge_encoding(p, bt709, limited);
	judge_encoding(p, bt709, full);
	judge_encoding(p, bt601, full);
	judge_encoding(p, bt601, limited);
}

/* What planes start with is the driver's choice: make all of them what surface.c assumes. */
void encodings_settle(void)
{
	backdrop();
	for (unsigned i = 0; i < screen.nr_planes; i++) {
		uint32_t id = screen.plane[i].id;

		if (has_property(id, PLANE, "COLOR_ENCODING")) {
			state_set(id, PLANE, "COLOR_ENCODING",
				  enum_value(id, PLANE, "COLOR_ENCODING", "ITU-R BT.601 YCbCr"));
			state_set(id, PLANE, "COLOR_RANGE",
				  enum_value(id, PLANE, "COLOR_RANGE", "YCbCr limited range"));
		}
	}
	state_commit();
}

/* --- gamma and matrix ------------------------------------------------------------------------- */

static uint16_t inverse(uint32_t i, uint32_t nr, unsigned channel)
{
	(void)channel;
	return (uint16_t)(0xffff - i * 0xffff / (nr - 1));
}

static uint16_t identity(uint32_t i, uint32_t nr, unsigned channel)
{
	(void)channel;
	return (uint16_t)(i * 0xffff / (nr - 1));
}

/* Sixteen bits that all kernels round to the same eight. */
static uint16_t from_8(uint32_t val)
{
	return (uint16_t)(val * 256 + (val < 127 ? val : 127));
}

/* Red upside down, green as it is, blue halved; 256 entries. */
static uint16_t mixed(uint32_t i, uint32_t nr, unsigned channel)
{
	(void)nr;
	return from_8(channel == 0 ? 255 - i : channel == 1 ? i : i / 2);
}

static uint32_t ramp_blob(uint16_t (*ramp)(uint32_t, uint32_t, unsigned), uint32_t nr)
{
	struct drm_color_lut lut[1024];

	for (uint32_t i = 0; i < nr; i++) {
		lut[i] = (struct drm_color_lut){ramp(i, nr, 0), ramp(i, nr, 1), ramp(i, nr, 2), 0};
	}
	return blob_new(lut, nr * (uint32_t)sizeof(lut[0]));
}

static uint16_t grey(uint32_t i, uint32_t nr, unsigned channel)
{
	(void)nr;
	(void)channel;
	return from_8(i);
}

uint32_t grey_palette(void)
{
	return ramp_blob(grey, 256);
}

static void reference_map(uint32_t (*map)(uint32_t))
{
	for (size_t i = 0; map && i < (size_t)screen.w * screen.h; i++) {
		reference[i] = map(reference[i]);
	}
}

static uint32_t map_inverse(uint32_t rgb)
{
	return rgb ^ 0xffffff;
}

static uint32_t map_swap(uint32_t rgb)
{
	return (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >> 16;
}

static uint32_t map_mixed(uint32_t rgb)
{
	return ((rgb ^ 0xff0000) & 0xffff00) | (rgb & 0xff) / 2;
}

static void judge_color(const char *name, uint32_t degamma, uint32_t gamma, uint32_t ctm,
			uint32_t (*map)(uint32_t))
{
	const char *why;

	backdrop();
	set_ramps(degamma, gamma, ctm);
	reference_map(map);
	why = commit_and_compare();
	verdict(!*why, why, "color-%s", name);
	backdrop();
	set_ramps(0, 0, 0);
	state_commit();
}

/* Colours of 0 and 255 only: a split ramp has 512 entries, too few for all colours of 8 bits. */
static void judge_split(uint32_t degamma, uint32_t gamma)
{
	struct surface s =
	    surface_new(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, screen.w, screen.h);
	uint32_t *px = pixels_new(screen.w, screen.h);
	const char *why;

	for (size_t i = 0; i < (size_t)screen.w * screen.h; i++) {
		uint32_t bits = (uint32_t)(i / 40 + i / screen.w / 30);

		px[i] = (bits & 1) * 0xff0000 | (bits >> 1 & 1) * 0xff00 | (bits >> 2 & 1) * 0xff;
	}
	surface_put(&s, px);
	backdrop();
	show(plane_find("primary"), &s, 0, 0);
	set_ramps(degamma, gamma, 0);
	reference_put(px, screen.w, screen.h, 0, 0);
	reference_map(map_inverse);
	why = commit_and_compare();
	verdict(!*why, why, "color-split");
	end(&s, px);
}

/* --- the palette ------------------------------------------------------------------------------ */

static uint32_t map_palette(uint32_t index)
{
	return (255 - index) << 16 | index << 8 | (index ^ 0x55);
}

static uint16_t palette(uint32_t i, uint32_t nr, unsigned channel)
{
	(void)nr;
	return from_8(map_palette(i) >> (16 - 8 * channel) & 0xff);
}

static void judge_palette(void)
{
	struct plane *p = plane_find("primary");
	struct surface s;
	uint32_t *px;
	const char *why;

	if (!plane_has(p, DRM_FORMAT_C8, DRM_FORMAT_MOD_LINEAR)) {
		return;
	}
	s = surface_new(DRM_FORMAT_C8, DRM_FORMAT_MOD_LINEAR, screen.w, screen.h);
	px = pixels_new(screen.w, screen.h);
	surface_paint(&s, 4, px);
	for (size_t i = 0; i < (size_t)screen.w * screen.h; i++) {
		px[i] = map_palette(px[i] & 0xff);
	}
	backdrop();
	show(p, &s, 0, 0);
	set_ramps(0, ramp_blob(palette, 256), 0);
	reference_put(px, screen.w, screen.h, 0, 0);
	why = commit_and_compare();
	verdict(!*why, why, "color-palette");
	end(&s, px);
}

void colors_judge(void)
{
	/* Signed 31.32: red and blue exchanged. */
	struct drm_color_ctm swap = {
	    .matrix = {[2] = UINT64_C(1) << 32, [4] = UINT64_C(1) << 32, [6] = UINT64_C(1) << 32}};
	uint32_t ctm = blob_new(&swap, sizeof(swap));
	uint32_t straight = ramp_blob(identity, 1024), upside_down = ramp_blob(inverse, 1024);

	for (unsigned i = 0; i < screen.nr_planes; i++) {
		judge_encodings(&screen.plane[i]);
	}
	judge_color("legacy", 0, ramp_blob(mixed, 256), 0, map_mixed);
	judge_color("precise", 0, upside_down, 0, map_inverse);
	judge_color("identity", 0, straight, 0, NULL);
	judge_color("matrix", 0, 0, ctm, map_swap);
	judge_split(straight, upside_down);
	judge_palette();
}
