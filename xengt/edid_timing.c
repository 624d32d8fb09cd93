/* SPDX-License-Identifier: MIT */
/*
 * How long the lines and frames of a mode are: VESA CVT 1.1, reduced blanking.
 *
 * Differs from CVT in three points, so that a mode is what was asked for and a driver takes it:
 * widths need not be multiples of 8, the pixel clock is kept to EDID's step of 10 kHz, not CVT's
 * of 250 kHz, and small modes have longer blanking, because no link has a clock below 25 MHz.
 */
#include "edid_internal.h"

#include <errno.h>

#define MAX_PX	  7680u
#define MAX_BLANK 4095u
#define MIN_CLOCK 2520u
/* What a detailed timing of EDID itself can say. */
#define DETAILED_MAX_PX	   4095u
#define DETAILED_MAX_CLOCK 65535u

#define RB_VBACK_MIN	 6u
#define RB_VBLANK_MIN_US 460u

/* CVT marks the aspect ratio by the width of the vertical sync. */
static uint32_t vsync_lines(uint32_t w_px, uint32_t h_px)
{
	static const struct {
		uint8_t w, h, lines;
	} aspects[] = { { 4, 3, 4 }, { 16, 9, 5 }, { 16, 10, 6 }, { 5, 4, 7 }, { 15, 9, 7 } };

	for (size_t i = 0; i < GT_ARRAY_SIZE(aspects); i++) {
		if (w_px * aspects[i].h == h_px * aspects[i].w) {
			return aspects[i].lines;
		}
	}
	return 10;
}

static uint32_t divide_up(uint32_t n, uint32_t by)
{
	return (n + by - 1) / by;
}

/* Blanking that brings the clock of a small mode up to what a link can do, as far as it goes. */
static void timing_stretch(struct edid_timing *t)
{
	uint32_t needed_px = divide_up(MIN_CLOCK * 10000, t->hz);
	uint32_t htotal = divide_up(needed_px, t->h_px + t->vblank);

	if (htotal > t->w_px + t->hblank_px) {
		t->hblank_px = htotal - t->w_px < MAX_BLANK ? htotal - t->w_px : MAX_BLANK;
	}
	uint32_t vtotal = divide_up(needed_px, t->w_px + t->hblank_px);

	if (vtotal > t->h_px + t->vblank) {
		t->vblank = vtotal - t->h_px < MAX_BLANK ? vtotal - t->h_px : MAX_BLANK;
	}
}

/* Blanking lines such that blanking lasts 460 us: CVT 1.1, section 3.4.2. */
int edid_timing_init(struct edid_timing *t, uint32_t w_px, uint32_t h_px, uint32_t hz)
{
	uint64_t frame_us = 1000000 / (hz ? hz : 1);

	if (!w_px || !h_px || !hz || w_px > MAX_PX || h_px > MAX_PX || hz > EDID_MAX_HZ) {
		return -EINVAL;
	}
	struct edid_timing made = {
		.w_px = w_px, .h_px = h_px, .hz = hz, .hblank_px = EDID_HBLANK_PX,
		.vsync = vsync_lines(w_px, h_px),
	};

	made.vblank = (uint32_t)((uint64_t)h_px * RB_VBLANK_MIN_US /
				 (frame_us - RB_VBLANK_MIN_US)) + 1;
	if (made.vblank < EDID_VFRONT + made.vsync + RB_VBACK_MIN) {
		made.vblank = EDID_VFRONT + made.vsync + RB_VBACK_MIN;
	}
	timing_stretch(&made);
	uint64_t pixels = (uint64_t)(w_px + made.hblank_px) * (h_px + made.vblank);
	uint64_t clock = (pixels * hz + 5000) / 10000;

	if (made.vblank > MAX_BLANK) {
		return -EINVAL;
	}
	made.clock_10kHz = (uint32_t)clock;
	*t = made;
	return 0;
}

bool edid_fits(const struct edid_timing *t, uint32_t w_px, uint32_t h_px)
{
	return w_px <= t->w_px && h_px <= t->h_px;
}

bool edid_is_detailed(const struct edid_timing *t)
{
	return t->clock_10kHz <= DETAILED_MAX_CLOCK && t->w_px <= DETAILED_MAX_PX &&
	       t->h_px <= DETAILED_MAX_PX;
}
