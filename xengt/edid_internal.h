/* SPDX-License-Identifier: MIT */
/*
 * What the files of EDID making share: edid.c has the first block, edid_extension.c those that
 * follow it, edid_timing.c how long a mode's lines and frames are.  Clocks are in 10 kHz, EDID's
 * step.
 */
#ifndef GT_EDID_INTERNAL_H
#define GT_EDID_INTERNAL_H

#include "edid.h"

#define EDID_YEAR   2026 /* of this monitor's model */
#define EDID_MAX_HZ 510u /* what range limits can say */
/* Single-link DVI; a driver offers a monitor that is not HDMI nothing faster. */
#define EDID_DVI_CLOCK	16500u
#define EDID_HDMI_CLOCK 34000u

#define EDID_HBLANK_PX 160u
#define EDID_HFRONT_PX 48u
#define EDID_HSYNC_PX  32u
#define EDID_VFRONT    3u

struct edid_timing {
	uint32_t w_px, h_px, hz;
	uint32_t hblank_px;
	uint32_t vblank, vsync; /* lines */
	uint32_t clock_10kHz;
};

struct edid_size {
	uint16_t w_px, h_px;
};

/* --- edid_timing.c --- */

/* -EINVAL: there is no such mode; @t is then as it was. */
int edid_timing_init(struct edid_timing *t, uint32_t w_px, uint32_t h_px, uint32_t hz);
bool edid_fits(const struct edid_timing *t, uint32_t w_px, uint32_t h_px);
/* Whether a detailed timing of EDID itself can say it. */
bool edid_is_detailed(const struct edid_timing *t);

/* --- edid_extension.c --- */

/* Whether a DisplayID block has something to say: @t itself, or large sizes below it. */
bool edid_has_large_sizes(const struct edid_timing *t);
/* These fill a block that is all zeros.  @fast: the mode needs HDMI 2. */
void edid_put_hdmi(uint8_t *block, bool fast);
void edid_put_displayid(uint8_t *block, const struct edid_timing *t, enum gt_link link,
			uint32_t serial);
/* What EDID 1.3 wants first if there is more than one extension: their tags. */
void edid_put_map(uint8_t *block);
void edid_put_checksum(uint8_t block[GT_EDID_SIZE]);

/* How large @px are at 96 dpi, 1 at least. */
uint32_t edid_size_mm(uint32_t px);

static inline uint32_t edid_at_most(uint32_t val, uint32_t max)
{
	return val < max ? val : max;
}

#endif
