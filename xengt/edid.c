/* SPDX-License-Identifier: MIT */
/*
 * The EDID of a virtual monitor: VESA E-EDID Standard Release A2 (EDID 1.4), with the blanking of
 * VESA CVT 1.1 reduced blanking, and a CTA-861 extension for modes beyond single-link DVI.
 *
 * Differs from CVT in three points, so that a mode is what was asked for and a driver takes it:
 * widths need not be multiples of 8, the pixel clock is kept to EDID's step of 10 kHz, not CVT's
 * of 250 kHz, and small modes have longer blanking, because no link has a clock below 25 MHz.
 */
#include "edid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DESCRIPTORS 54u /* four, 18 bytes each */
#define DESCRIPTOR_B 18u
#define NR_STANDARD 8u

#define MAX_PX	     4095u
#define MAX_HZ	     510u   /* what range limits can say */
#define MAX_BLANK    4095u
#define MAX_CLOCK    65535u /* in 10 kHz, as all clocks here */
#define MIN_CLOCK    2520u
/* Single-link DVI; a driver offers a monitor that is not HDMI nothing faster. */
#define DVI_CLOCK    16500u
#define HDMI_CLOCK   34000u
#define MM_PER_1000PX 265u  /* 96 dpi */

#define RB_HBLANK_PX  160u
#define RB_HFRONT_PX  48u
#define RB_HSYNC_PX   32u
#define RB_VFRONT     3u
#define RB_VBACK_MIN  6u
#define RB_VBLANK_MIN_US 460u

struct timing {
	uint32_t w_px, h_px, hz;
	uint32_t hblank_px;
	uint32_t vblank, vsync; /* lines */
	uint32_t clock_10kHz;
};

static const struct size {
	uint16_t w_px, h_px;
} standard_sizes[] = {
	/* offered beside the preferred mode, where they are smaller; aspects EDID can name */
	{ 1920, 1200 }, { 1920, 1080 }, { 1680, 1050 }, { 1600, 1200 }, { 1600, 900 },
	{ 1440, 900 },	{ 1280, 1024 }, { 1280, 960 },	{ 1280, 800 },	{ 1280, 720 },
	{ 1152, 864 },
};

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
static void timing_stretch(struct timing *t)
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
static int timing_init(struct timing *t, uint32_t w_px, uint32_t h_px, uint32_t hz)
{
	uint64_t frame_us = 1000000 / (hz ? hz : 1);

	if (!w_px || !h_px || !hz || w_px > MAX_PX || h_px > MAX_PX || hz > MAX_HZ) {
		return -EINVAL;
	}
	struct timing made = {
		.w_px = w_px, .h_px = h_px, .hz = hz, .hblank_px = RB_HBLANK_PX,
		.vsync = vsync_lines(w_px, h_px),
	};

	made.vblank = (uint32_t)((uint64_t)h_px * RB_VBLANK_MIN_US /
				 (frame_us - RB_VBLANK_MIN_US)) + 1;
	if (made.vblank < RB_VFRONT + made.vsync + RB_VBACK_MIN) {
		made.vblank = RB_VFRONT + made.vsync + RB_VBACK_MIN;
	}
	timing_stretch(&made);
	uint64_t pixels = (uint64_t)(w_px + made.hblank_px) * (h_px + made.vblank);
	uint64_t clock = (pixels * hz + 5000) / 10000;

	if (clock > MAX_CLOCK || made.vblank > MAX_BLANK) {
		return -EINVAL;
	}
	made.clock_10kHz = (uint32_t)clock;
	*t = made;
	return 0;
}

static uint32_t size_mm(uint32_t px)
{
	uint32_t mm = px * MM_PER_1000PX / 1000;

	return mm ? mm : 1;
}

static uint8_t size_cm(uint32_t px)
{
	uint32_t cm = (size_mm(px) + 5) / 10;

	return (uint8_t)(cm > 255 ? 255 : cm ? cm : 1);
}

/* Detailed timing descriptor: A2 section 3.10.2. */
static void put_timing(uint8_t *d, const struct timing *t)
{
	uint32_t w_mm = size_mm(t->w_px), h_mm = size_mm(t->h_px);

	d[0] = (uint8_t)t->clock_10kHz;
	d[1] = (uint8_t)(t->clock_10kHz >> 8);
	d[2] = (uint8_t)t->w_px;
	d[3] = (uint8_t)t->hblank_px;
	d[4] = (uint8_t)(t->w_px >> 8 << 4 | t->hblank_px >> 8);
	d[5] = (uint8_t)t->h_px;
	d[6] = (uint8_t)t->vblank;
	d[7] = (uint8_t)(t->h_px >> 8 << 4 | t->vblank >> 8);
	d[8] = RB_HFRONT_PX;
	d[9] = RB_HSYNC_PX;
	d[10] = (uint8_t)(RB_VFRONT << 4 | t->vsync);
	d[12] = (uint8_t)w_mm;
	d[13] = (uint8_t)h_mm;
	d[14] = (uint8_t)(w_mm >> 8 << 4 | h_mm >> 8);
	d[17] = 0x1a; /* digital separate sync, horizontal positive, vertical negative */
}

/* A display descriptor that holds text: at most 13 characters. */
static void put_text(uint8_t *d, uint8_t tag, const char *text)
{
	size_t len = strlen(text);

	d[3] = tag;
	memset(d + 5, ' ', 13);
	memcpy(d + 5, text, len < 13 ? len : 13);
	if (len < 13) {
		d[5 + len] = '\n';
	}
}

/* Display range limits: A2 section 3.10.3.3. Limits above 255 are kept less 255. */
static void put_limits(uint8_t *d, const struct timing *t)
{
	uint32_t line_Hz = t->clock_10kHz * 10000 / (t->w_px + t->hblank_px);
	uint32_t max_kHz = line_Hz / 1000 + 1, min_kHz = line_Hz / 1000 < 30 ? line_Hz / 1000 : 30;
	uint32_t max_hz = t->hz < 75 ? 75 : t->hz, min_hz = t->hz < 56 ? t->hz : 56;

	if (max_kHz < 85) {
		max_kHz = 85; /* standard timings have up to 75 kHz */
	}
	if (max_kHz > MAX_HZ) {
		max_kHz = MAX_HZ;
	}
	d[3] = 0xfd;
	d[4] = (uint8_t)((max_hz > 255 ? 0x2 : 0) | (max_kHz > 255 ? 0x8 : 0));
	d[5] = (uint8_t)min_hz;
	d[6] = (uint8_t)(max_hz > 255 ? max_hz - 255 : max_hz);
	d[7] = (uint8_t)(min_kHz ? min_kHz : 1);
	d[8] = (uint8_t)(max_kHz > 255 ? max_kHz - 255 : max_kHz);
	d[9] = (uint8_t)((t->clock_10kHz > DVI_CLOCK ? t->clock_10kHz : DVI_CLOCK) / 1000 + 1);
	d[10] = 0x01; /* limits only, no formula */
	d[11] = '\n';
	memset(d + 12, ' ', 6);
}

static bool fits(const struct timing *t, uint32_t w_px, uint32_t h_px)
{
	return w_px <= t->w_px && h_px <= t->h_px;
}

/* Established timings I and II, and standard timings: A2 sections 3.8 and 3.9. All at 60 Hz. */
static void put_small_modes(uint8_t *edid, const struct timing *t)
{
	unsigned nr = 0;

	edid[35] = (uint8_t)((fits(t, 640, 480) ? 0x20 : 0) | (fits(t, 800, 600) ? 0x01 : 0));
	edid[36] = fits(t, 1024, 768) ? 0x08 : 0;
	memset(edid + 38, 0x01, 2 * NR_STANDARD);
	for (size_t i = 0; i < GT_ARRAY_SIZE(standard_sizes) && nr < NR_STANDARD; i++) {
		uint32_t w_px = standard_sizes[i].w_px, h_px = standard_sizes[i].h_px;
		unsigned aspect = w_px * 10 == h_px * 16 ? 0 : w_px * 3 == h_px * 4 ? 1
				: w_px * 4 == h_px * 5 ? 2 : 3;

		if (!fits(t, w_px, h_px) || (w_px == t->w_px && h_px == t->h_px)) {
			continue;
		}
		edid[38 + 2 * nr] = (uint8_t)(w_px / 8 - 31);
		edid[39 + 2 * nr] = (uint8_t)(aspect << 6); /* and 60 Hz: 0 */
		nr++;
	}
}

static void put_checksum(uint8_t edid[GT_EDID_SIZE])
{
	uint8_t sum = 0;

	for (size_t i = 0; i < GT_EDID_SIZE - 1; i++) {
		sum = (uint8_t)(sum + edid[i]);
	}
	edid[GT_EDID_SIZE - 1] = (uint8_t)-sum;
}

/* CTA-861: an HDMI monitor without audio that takes up to HDMI_CLOCK. */
void gt_edid_extension(uint8_t block[GT_EDID_SIZE])
{
	static const uint8_t start[] = {
		0x02, 0x03, 15, 0x80,		    /* data blocks end at byte 15; no overscan */
		3 << 5 | 7, 0x03, 0x0c, 0x00,	    /* vendor block of HDMI 1.x, 7 bytes */
		0x10, 0x00, 0x00, HDMI_CLOCK / 500, /* address 1.0.0.0, clock in 5 MHz */
		7 << 5 | 2, 0x00, 0x4a,		    /* video capability: full range, no overscan */
	};

	memset(block, 0, GT_EDID_SIZE);
	memcpy(block, start, sizeof(start));
	put_checksum(block);
}

static const uint8_t header[8] = { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };

/* Chromaticity of sRGB: A2 section 3.7, table 3.17. */
static const uint8_t srgb[10] = { 0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54 };

int gt_edid_generate(uint8_t edid[GT_EDID_SIZE], uint32_t w_px, uint32_t h_px, uint32_t hz,
		     uint32_t serial)
{
	struct timing t;
	char serial_text[14];
	int ret = timing_init(&t, w_px, h_px, hz);

	if (ret) {
		return ret;
	}
	bool hdmi = t.clock_10kHz > DVI_CLOCK;

	memset(edid, 0, GT_EDID_SIZE);
	memcpy(edid, header, sizeof(header));
	edid[8] = 0x60; /* "XGT" */
	edid[9] = 0xf4;
	edid[10] = 1; /* product */
	for (unsigned i = 0; i < 4; i++) {
		edid[12 + i] = (uint8_t)(serial >> (8 * i));
	}
	edid[17] = 2026 - 1990;
	edid[18] = 1; /* EDID 1.4 */
	edid[19] = 4;
	edid[20] = hdmi ? 0xa2 : 0xa1; /* digital, 8 bits a colour, HDMI or DVI */
	edid[21] = size_cm(w_px);
	edid[22] = size_cm(h_px);
	edid[23] = 120;	 /* gamma 2.2 */
	edid[24] = 0x06; /* sRGB, detailed timing 1 is the native mode */
	memcpy(edid + 25, srgb, sizeof(srgb));
	put_small_modes(edid, &t);
	put_timing(edid + DESCRIPTORS, &t);
	put_limits(edid + DESCRIPTORS + DESCRIPTOR_B, &t);
	put_text(edid + DESCRIPTORS + 2 * DESCRIPTOR_B, 0xfc, "xengt");
	snprintf(serial_text, sizeof(serial_text), "%u", serial);
	put_text(edid + DESCRIPTORS + 3 * DESCRIPTOR_B, 0xff, serial_text);
	edid[GT_EDID_EXTENSIONS] = hdmi;
	put_checksum(edid);
	return 0;
}

static bool sums_up(const uint8_t block[GT_EDID_SIZE])
{
	uint8_t sum = 0;

	for (size_t i = 0; i < GT_EDID_SIZE; i++) {
		sum = (uint8_t)(sum + block[i]);
	}
	return !sum;
}

bool gt_edid_valid(const uint8_t edid[GT_EDID_SIZE])
{
	return sums_up(edid) && !memcmp(edid, header, sizeof(header)) && edid[18] == 1 &&
	       edid[19] >= 3;
}

bool gt_edid_check(const uint8_t *edid, size_t edid_B)
{
	if (edid_B < GT_EDID_SIZE || edid_B > GT_EDID_MAX_B || !gt_edid_valid(edid) ||
	    edid_B != (edid[GT_EDID_EXTENSIONS] + (size_t)1) * GT_EDID_SIZE) {
		return false;
	}
	for (size_t at = GT_EDID_SIZE; at < edid_B; at += GT_EDID_SIZE) {
		if (!sums_up(edid + at)) {
			return false;
		}
	}
	return true;
}
