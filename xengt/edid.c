/* SPDX-License-Identifier: MIT */
/*
 * The EDID of a virtual monitor: VESA E-EDID Standard Release A2 (EDID 1.4; HDMI beyond DVI wants
 * 1.3), with the blanking of
 * VESA CVT 1.1 reduced blanking; a CTA-861 extension for HDMI modes beyond single-link DVI; and a
 * DisplayID 1.3 extension with the modes that a detailed timing of EDID cannot express, and with
 * some smaller than the preferred one.
 *
 * Differs from CVT in three points, so that a mode is what was asked for and a driver takes it:
 * widths need not be multiples of 8, the pixel clock is kept to EDID's step of 10 kHz, not CVT's
 * of 250 kHz, and small modes have longer blanking, because no link has a clock below 25 MHz.
 */
#include "edid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define YEAR	    2026 /* of this monitor's model */
#define DESCRIPTORS 54u /* four, 18 bytes each */
#define DESCRIPTOR_B 18u
#define NR_STANDARD 8u

#define MAX_PX	     7680u
#define MAX_HZ	     510u   /* what range limits can say */
#define MAX_BLANK    4095u
/* What a detailed timing of EDID itself can say; clocks in 10 kHz, as all here. */
#define DETAILED_MAX_PX	   4095u
#define DETAILED_MAX_CLOCK 65535u
#define MIN_CLOCK    2520u
/* Single-link DVI; a driver offers a monitor that is not HDMI nothing faster. */
#define DVI_CLOCK    16500u
#define HDMI_CLOCK   34000u
#define HDMI2_CLOCK  60000u
#define LARGE_CLOCK  53400u /* of the largest of large_sizes[] */
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

	if (made.vblank > MAX_BLANK) {
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

/* Detailed timing descriptor, on a display as large as @display: A2 section 3.10.2. */
static void put_timing(uint8_t *d, const struct timing *t, const struct timing *display)
{
	uint32_t w_mm = size_mm(display->w_px), h_mm = size_mm(display->h_px);

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

static bool fits(const struct timing *t, uint32_t w_px, uint32_t h_px)
{
	return w_px <= t->w_px && h_px <= t->h_px;
}

static bool is_detailed(const struct timing *t)
{
	return t->clock_10kHz <= DETAILED_MAX_CLOCK && t->w_px <= DETAILED_MAX_PX &&
	       t->h_px <= DETAILED_MAX_PX;
}

/* Sizes worth a detailed timing beside the preferred one, where they are smaller. */
static const struct size large_sizes[] = {
	{ 3840, 2160 }, { 2560, 1440 },
};

static bool has_large_sizes(const struct timing *t)
{
	const struct size *least = &large_sizes[GT_ARRAY_SIZE(large_sizes) - 1];

	return !is_detailed(t) || (fits(t, least->w_px, least->h_px) &&
				   (t->w_px > least->w_px || t->h_px > least->h_px));
}

static uint32_t at_most(uint32_t val, uint32_t max)
{
	return val < max ? val : max;
}

/* In 10 MHz, and for @least, too; 255 is as fast as it goes. */
static uint8_t clock_limit(uint32_t clock_10kHz, uint32_t least_10kHz)
{
	uint32_t most_10kHz = clock_10kHz > least_10kHz ? clock_10kHz : least_10kHz;

	return (uint8_t)at_most(most_10kHz / 1000 + 1, 255);
}

/* Display range limits: A2 section 3.10.3.3. Limits above 255 are kept less 255. */
static void put_limits(uint8_t *d, const struct timing *t, bool edid_1_3)
{
	uint32_t line_Hz = t->clock_10kHz * 10000 / (t->w_px + t->hblank_px);
	uint32_t max_kHz = line_Hz / 1000 + 1, min_kHz = line_Hz / 1000 < 30 ? line_Hz / 1000 : 30;
	uint32_t max_hz = t->hz < 75 ? 75 : t->hz, min_hz = t->hz < 56 ? t->hz : 56;

	uint32_t others_kHz = has_large_sizes(t) ? 135 : 85; /* timings beside this one */

	if (max_kHz < others_kHz) {
		max_kHz = others_kHz;
	}
	max_kHz = at_most(max_kHz, edid_1_3 ? 255 : MAX_HZ);
	max_hz = at_most(max_hz, edid_1_3 ? 255 : MAX_HZ);
	d[3] = 0xfd;
	d[4] = (uint8_t)((max_hz > 255 ? 0x2 : 0) | (max_kHz > 255 ? 0x8 : 0));
	d[5] = (uint8_t)min_hz;
	d[6] = (uint8_t)(max_hz > 255 ? max_hz - 255 : max_hz);
	d[7] = (uint8_t)(min_kHz ? min_kHz : 1);
	d[8] = (uint8_t)(max_kHz > 255 ? max_kHz - 255 : max_kHz);
	d[9] = clock_limit(t->clock_10kHz, has_large_sizes(t) ? LARGE_CLOCK : DVI_CLOCK);
	d[10] = edid_1_3 ? 0x00 : 0x01; /* limits only, no formula */
	d[11] = '\n';
	memset(d + 12, ' ', 6);
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

/* Tags of extension blocks. */
enum { TAG_CTA = 0x02, TAG_DISPLAYID = 0x70, TAG_MAP = 0xf0 };

static uint8_t *put_bytes(uint8_t *at, const uint8_t *bytes, size_t nr)
{
	memcpy(at, bytes, nr);
	return at + nr;
}

/*
 * CTA-861: an HDMI monitor without audio that takes up to HDMI_CLOCK, or, by the vendor block of
 * HDMI 2, HDMI2_CLOCK.
 */
static void put_hdmi(uint8_t *block, bool fast)
{
	static const uint8_t hdmi[] = {
		3 << 5 | 7, 0x03, 0x0c, 0x00,	    /* vendor block of HDMI 1.x, 7 bytes */
		0x10, 0x00, 0x00, HDMI_CLOCK / 500, /* address 1.0.0.0, clock in 5 MHz */
	};
	static const uint8_t hdmi2[] = {
		3 << 5 | 7, 0xd8, 0x5d, 0xc4, 0x01, HDMI2_CLOCK / 500, 0x80, 0x00,
	};
	/* video capability: full range, no overscan */
	static const uint8_t video[] = { 7 << 5 | 2, 0x00, 0x4a };
	uint8_t *at = block + 4;

	at = put_bytes(at, hdmi, sizeof(hdmi));
	if (fast) {
		at = put_bytes(at, hdmi2, sizeof(hdmi2));
	}
	at = put_bytes(at, video, sizeof(video));
	block[0] = TAG_CTA;
	block[1] = 0x03;
	block[2] = (uint8_t)(at - block); /* where data blocks end */
	block[3] = 0x80;		  /* no overscan */
	put_checksum(block);
}

static void put16_less_1(uint8_t *at, uint32_t val, bool positive)
{
	at[0] = (uint8_t)(val - 1);
	at[1] = (uint8_t)((val - 1) >> 8 | (positive ? 0x80 : 0));
}

static uint8_t displayid_aspect(const struct timing *t)
{
	static const uint8_t aspects[][2] = { { 1, 1 },	 { 5, 4 },  { 4, 3 },
					      { 15, 9 }, { 16, 9 }, { 16, 10 } };
	uint8_t i = 0;

	while (i < GT_ARRAY_SIZE(aspects) && t->w_px * aspects[i][1] != t->h_px * aspects[i][0]) {
		i++;
	}
	return i < GT_ARRAY_SIZE(aspects) ? i : 8; /* 8: undefined */
}

/* Type I detailed timing: DisplayID 1.3, section 4.4.1. */
static void put_long_timing(uint8_t *d, const struct timing *t, bool preferred)
{
	uint32_t clock = t->clock_10kHz - 1;

	d[0] = (uint8_t)clock;
	d[1] = (uint8_t)(clock >> 8);
	d[2] = (uint8_t)(clock >> 16);
	d[3] = (uint8_t)((preferred ? 0x80 : 0) | displayid_aspect(t));
	put16_less_1(d + 4, t->w_px, false);
	put16_less_1(d + 6, t->hblank_px, false);
	put16_less_1(d + 8, RB_HFRONT_PX, true);
	put16_less_1(d + 10, RB_HSYNC_PX, false);
	put16_less_1(d + 12, t->h_px, false);
	put16_less_1(d + 14, t->vblank, false);
	put16_less_1(d + 16, RB_VFRONT, false);
	put16_less_1(d + 18, t->vsync, false);
}

/* The preferred mode, and the large ones below it: at most three. */
static uint8_t *put_long_timings(uint8_t *at, const struct timing *t)
{
	enum { TYPE_I = 0x03, TIMING_B = 20 };
	uint8_t *data = at;

	at += 3;
	put_long_timing(at, t, true);
	at += TIMING_B;
	for (size_t i = 0; i < GT_ARRAY_SIZE(large_sizes); i++) {
		const struct size *size = &large_sizes[i];
		struct timing other;

		if (fits(t, size->w_px, size->h_px) &&
		    (t->w_px != size->w_px || t->h_px != size->h_px) &&
		    !timing_init(&other, size->w_px, size->h_px, 60)) {
			put_long_timing(at, &other, false);
			at += TIMING_B;
		}
	}
	data[0] = TYPE_I;
	data[2] = (uint8_t)(at - data - 3);
	return at;
}

static uint8_t *put_product(uint8_t *at, uint32_t serial)
{
	/* vendor, product, serial number, week and year of manufacture, no text */
	const uint8_t product[] = {
		0x00, 0x00, 12, 'X', 'G', 'T', 1, 0, (uint8_t)serial, (uint8_t)(serial >> 8),
		(uint8_t)(serial >> 16), (uint8_t)(serial >> 24), 0, YEAR - 2000, 0,
	};

	return put_bytes(at, product, sizeof(product));
}

static uint8_t *put_parameters(uint8_t *at, const struct timing *t)
{
	uint32_t w = size_mm(t->w_px) * 10, h = size_mm(t->h_px) * 10;
	uint32_t aspect = (t->w_px > t->h_px ? t->w_px * 100 / t->h_px : t->h_px * 100 / t->w_px);
	/* size in 0.1 mm, in pixels; no audio; gamma 2.2, aspect ratio, 8 bits a colour */
	const uint8_t parameters[] = {
		0x01, 0x00, 12, (uint8_t)w, (uint8_t)(w >> 8), (uint8_t)h, (uint8_t)(h >> 8),
		(uint8_t)t->w_px, (uint8_t)(t->w_px >> 8), (uint8_t)t->h_px,
		(uint8_t)(t->h_px >> 8), 0x00, 120, (uint8_t)at_most(aspect - 100, 255), 0x77,
	};

	return put_bytes(at, parameters, sizeof(parameters));
}

static uint8_t *put_interface(uint8_t *at, enum gt_link link)
{
	uint8_t type = link == GT_LINK_DP ? 0xa4 : 0x71; /* DisplayPort, 4 lanes, or HDMI */
	/* version of the standard; RGB of 8 bits; no content protection, no spread spectrum */
	const uint8_t features[] = {
		0x0f, 0x00, 10, type, 0x12, 0x02, 0, 0, 0, 0, 0, 0, 0,
	};

	return put_bytes(at, features, sizeof(features));
}

/* DisplayID in an extension block. DisplayID 1.3, sections 2, 4 and B.2. */
static void put_displayid(uint8_t *block, const struct timing *t, enum gt_link link,
			  uint32_t serial)
{
	static const uint8_t section[] = { TAG_DISPLAYID, 0x13, 121, 3 /* a display */, 0 };
	enum { SUM = 126 };
	uint8_t *at = put_bytes(block, section, sizeof(section));
	uint8_t sum = 0;

	at = put_product(at, serial);
	at = put_parameters(at, t);
	at = put_interface(at, link);
	put_long_timings(at, t);
	for (unsigned i = 1; i < SUM; i++) {
		sum = (uint8_t)(sum + block[i]);
	}
	block[SUM] = (uint8_t)-sum;
	put_checksum(block);
}

/* What EDID 1.3 wants first if there is more than one extension: their tags. */
static void put_map(uint8_t *block)
{
	block[0] = TAG_MAP;
	block[1] = TAG_CTA;
	block[2] = TAG_DISPLAYID;
	put_checksum(block);
}

/* Chromaticity of sRGB: A2 section 3.7, table 3.17. */
static const uint8_t srgb[10] = { 0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54 };

/* Digital; with EDID 1.4 also 8 bits a colour, and by which link. */
enum input { INPUT_HDMI = 0x80, INPUT_DVI = 0xa1, INPUT_DP = 0xa5 };

static void put_identity(uint8_t *edid, uint32_t serial, bool edid_1_3)
{
	edid[8] = 0x60; /* "XGT" */
	edid[9] = 0xf4;
	edid[10] = 1; /* product */
	for (unsigned i = 0; i < 4; i++) {
		edid[12 + i] = (uint8_t)(serial >> (8 * i));
	}
	edid[17] = YEAR - 1990;
	edid[18] = 1;
	edid[19] = edid_1_3 ? 3 : 4;
}

/* The first block; timing 1 is @first. */
static void put_base(uint8_t *edid, const struct timing *t, const struct timing *first,
		     enum input input, uint32_t serial)
{
	uint8_t *d = edid + DESCRIPTORS;
	bool edid_1_3 = input == INPUT_HDMI;
	char serial_text[14];

	memset(edid + 1, 0xff, 6); /* the header */
	put_identity(edid, serial, edid_1_3);
	edid[20] = (uint8_t)input;
	edid[21] = size_cm(t->w_px);
	edid[22] = size_cm(t->h_px);
	edid[23] = 120;	 /* gamma 2.2 */
	/* sRGB; detailed timing 1 is the preferred (1.3) or the native (1.4) one */
	edid[24] = edid_1_3 || first == t ? 0x06 : 0x04;
	memcpy(edid + 25, srgb, sizeof(srgb));
	put_small_modes(edid, t);
	put_timing(d, first, t);
	put_limits(d + DESCRIPTOR_B, t, edid_1_3);
	put_text(d + 2 * DESCRIPTOR_B, 0xfc, "xengt");
	snprintf(serial_text, sizeof(serial_text), "%u", serial);
	put_text(d + 3 * DESCRIPTOR_B, 0xff, serial_text);
}

int gt_edid_make(uint8_t edid[GT_EDID_MAX_B], const struct gt_mode *mode, enum gt_link link,
		 uint32_t serial)
{
	struct timing t, usual;
	enum input input = INPUT_DP;
	uint8_t *block = edid;
	int ret = timing_init(&t, mode->w_px, mode->h_px, mode->hz);

	if (!ret && link == GT_LINK_DP && fits(&t, 3840, 2160)) {
		ret = timing_init(&usual, 3840, 2160, 60);
	} else if (!ret) {
		ret = timing_init(&usual, 1920, 1080, 60);
	}
	if (ret) {
		return ret;
	}
	if (link == GT_LINK_HDMI) {
		input = t.clock_10kHz > DVI_CLOCK ? INPUT_HDMI : INPUT_DVI;
	}
	memset(edid, 0, GT_EDID_MAX_B);
	put_base(edid, &t, is_detailed(&t) ? &t : &usual, input, serial);
	if (input == INPUT_HDMI && has_large_sizes(&t)) {
		block += GT_EDID_SIZE;
		put_map(block);
	}
	if (input == INPUT_HDMI) {
		block += GT_EDID_SIZE;
		put_hdmi(block, t.clock_10kHz > HDMI_CLOCK);
	}
	if (has_large_sizes(&t)) {
		block += GT_EDID_SIZE;
		put_displayid(block, &t, link, serial);
	}
	edid[GT_EDID_EXTENSIONS] = (uint8_t)((block - edid) / GT_EDID_SIZE);
	put_checksum(edid);
	return (int)(block - edid) + GT_EDID_SIZE;
}
