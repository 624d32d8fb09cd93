/* SPDX-License-Identifier: MIT */
/* Every plane in every format and modifier it offers, except compressed ones. */
#include "kms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPRITE_W 200u
#define SPRITE_H 120u

/* One pair: shown whole on the primary plane, in the middle of the backdrop on others. */
static const char *try_pair(const struct plane *p, uint32_t fourcc, uint64_t modifier, unsigned n)
{
	bool whole = p->type == PRIMARY;
	uint32_t w = whole ? screen.w : SPRITE_W, h = whole ? screen.h : SPRITE_H;
	int32_t x = whole ? 0 : 130, y = whole ? 0 : 70;
	struct surface s = surface_new(fourcc, modifier, w, h);
	const char *why = "no framebuffer";
	uint32_t *look = pixels_new(w, h);

	if (s.fb) {
		surface_paint(&s, n, look);
		backdrop();
		show(p, &s, x, y);
		set_ramps(0, fourcc == DRM_FORMAT_C8 ? grey_palette() : 0, 0);
		reference_put(look, w, h, x, y);
		why = commit_and_compare();
		backdrop();
		set_ramps(0, 0, 0);
		state_commit();
	}
	surface_free(&s);
	free(look);
	return why;
}

static bool seen_before(const struct plane *p, unsigned i)
{
	for (unsigned k = 0; k < i; k++) {
		if (p->format[k].fourcc == p->format[i].fourcc) {
			return true;
		}
	}
	return false;
}

/* One verdict for each format: all its modifiers must do. */
static void judge_format(const struct plane *p, uint32_t fourcc)
{
	char why[256] = "";
	unsigned nr = 0;

	for (unsigned i = 0; i < p->nr_formats; i++) {
		uint64_t modifier = p->format[i].modifier;
		const char *name = modifier_name(modifier), *got;

		if (p->format[i].fourcc != fourcc || !name) {
			continue;
		}
		got = try_pair(p, fourcc, modifier, ++nr);
		if (*got && !*why) {
			snprintf(why, sizeof(why), "%s: %s", name, got);
		}
	}
	verdict(!*why, why, "format-%s-%s-%u", p->name, fourcc_name(fourcc), nr);
}

void formats_judge(void)
{
	for (unsigned i = 0; i < screen.nr_planes; i++) {
		const struct plane *p = &screen.plane[i];

		for (unsigned f = 0; f < p->nr_formats && p->type != CURSOR; f++) {
			if (!seen_before(p, f) && fourcc_name(p->format[f].fourcc)) {
				judge_format(p, p->format[f].fourcc);
			} else if (!seen_before(p, f)) {
				verdict(false, "the test does not know it", "format-%s-%.4s",
					p->name, (const char *)&p->format[f].fourcc);
			}
		}
	}
}
