/* SPDX-License-Identifier: MIT */
/*
 * The EDID of a virtual monitor: VESA E-EDID Standard Release A2 (EDID 1.4; HDMI beyond DVI wants
 * 1.3).
 *
 * Decides the first block, and which extensions follow it: CTA-861 for HDMI modes beyond
 * single-link DVI, and DisplayID 1.3 with the modes that a detailed timing of EDID cannot express,
 * and with some smaller than the preferred one.  What is in them is edid_extension.c's business,
 * timings are edid_timing.c's.
 */
#include "edid_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DESCRIPTORS 54u /* four, 18 bytes each */
#define DESCRIPTOR_B 18u
#define NR_STANDARD 8u

#define LARGE_CLOCK 53400u /* of the largest that edid_has_large_sizes() means */

static const struct edid_size standard_sizes[] = {
	/* offered beside the preferred mode, where they are smaller; aspects EDID can name */
	{ 1920, 1200 }, { 1920, 1080 }, { 1680, 1050 }, { 1600, 1200 }, { 1600, 900 },
	{ 1440, 900 },	{ 1280, 1024 }, { 1280, 960 },	{ 1280, 800 },	{ 1280, 720 },
	{ 1152, 864 },
};

static uint8_t size_cm(uint32_t px)
{
	uint32_t cm = (edid_size_mm(px) + 5) / 10;

	return (uint8_t)(cm > 255 ? 255 : cm ? cm : 1);
}

/* Detailed timing descriptor, on a display as large as @display: A2 section 3.10.2. */
static void put_timing(uint8_t *d, const struct edid_timing *t, const struct edid_timing *display)
{
	uint32_t w_mm = edid_size_mm(display->w_px), h_mm = edid_size_mm(display->h_px);

	d[0] = (uint8_t)t->clock_10kHz;
	d[1] = (uint8_t)(t->clock_10kHz >> 8);
	d[2] = (uint8_t)t->w_px;
	d[3] = (uint8_t)t->hblank_px;
	d[4] = (uint8_t)(t->w_px >> 8 << 4 | t->hblank_px >> 8);
	d[5] = (uint8_t)t->h_px;
	d[6] = (uint8_t)t->vblank;
	d[7] = (uint8_t)(t->h_px >> 8 << 4 | t->vblank >> 8);
	d[8] = EDID_HFRONT_PX;
	d[9] = EDID_HSYNC_PX;
	d[10] = (uint8_t)(EDID_VFRONT << 4 | t->vsync);
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

/* In 10 MHz, and for @least, too; 255 is as fast as it goes. */
static uint8_t clock_limit(uint32_t clock_10kHz, uint32_t least_10kHz)
{
	uint32_t most_10kHz = clock_10kHz > least_10kHz ? clock_10kHz : least_10kHz;

	return (uint8_t)edid_at_most(most_10kHz / 1000 + 1, 255);
}

/* Display range limits: A2 section 3.10.3.3. Limits above 255 are kept less 255. */
static void put_limits(uint8_t *d, const struct edid_timing *t, bool edid_1_3)
{
	uint32_t line_Hz = t->clock_10kHz * 10000 / (t->w_px + t->hblank_px);
	uint32_t max_kHz = line_Hz / 1000 + 1, min_kHz = line_Hz / 1000 < 30 ? line_Hz / 1000 : 30;
	uint32_t max_hz = t->hz < 75 ? 75 : t->hz, min_hz = t->hz < 56 ? t->hz : 56;

	uint32_t others_kHz = edid_has_large_sizes(t) ? 135 : 85; /* timings beside this one */

	if (max_kHz < others_kHz) {
		max_kHz = others_kHz;
	}
	max_kHz = edid_at_most(max_kHz, edid_1_3 ? 255 : EDID_MAX_HZ);
	max_hz = edid_at_most(max_hz, edid_1_3 ? 255 : EDID_MAX_HZ);
	d[3] = 0xfd;
	d[4] = (uint8_t)((max_hz > 255 ? 0x2 : 0) | (max_kHz > 255 ? 0x8 : 0));
	d[5] = (uint8_t)min_hz;
	d[6] = (uint8_t)(max_hz > 255 ? max_hz - 255 : max_hz);
	d[7] = (uint8_t)(min_kHz ? min_kHz : 1);
	d[8] = (uint8_t)(max_kHz > 255 ? max_kHz - 255 : max_kHz);
	d[9] = clock_limit(t->clock_10kHz, edid_has_large_sizes(t) ? LARGE_CLOCK : EDID_DVI_CLOCK);
	d[10] = edid_1_3 ? 0x00 : 0x01; /* limits only, no formula */
	d[11] = '\n';
	memset(d + 12, ' ', 6);
}

/* Established timings I and II, and standard timings: A2 sections 3.8 and 3.9. All at 60 Hz. */
static void put_small_modes(uint8_t *edid, const struct edid_timing *t)
{
	unsigned nr = 0;

	edid[35] = (uint8_t)((edid_fits(t, 640, 480) ? 0x20 : 0) |
			     (edid_fits(t, 800, 600) ? 0x01 : 0));
	edid[36] = edid_fits(t, 1024, 768) ? 0x08 : 0;
	memset(edid + 38, 0x01, 2 * NR_STANDARD);
	for (size_t i = 0; i < GT_ARRAY_SIZE(standard_sizes) && nr < NR_STANDARD; i++) {
		uint32_t w_px = standard_sizes[i].w_px, h_px = standard_sizes[i].h_px;
		unsigned aspect = w_px * 10 == h_px * 16 ? 0 : w_px * 3 == h_px * 4 ? 1
				: w_px * 4 == h_px * 5 ? 2 : 3;

		if (!edid_fits(t, w_px, h_px) || (w_px == t->w_px && h_px == t->h_px)) {
			continue;
		}
		edid[38 + 2 * nr] = (uint8_t)(w_px / 8 - 31);
		edid[39 + 2 * nr] = (uint8_t)(aspect << 6); /* and 60 Hz: 0 */
		nr++;
	}
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
	edid[17] = EDID_YEAR - 1990;
	edid[18] = 1;
	edid[19] = edid_1_3 ? 3 : 4;
}

/* The first block; timing 1 is @first. */
static void put_base(uint8_t *edid, const struct edid_timing *t, const struct edid_timing *first,
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
	struct edid_timing t, usual;
	enum input input = INPUT_DP;
	uint8_t *block = edid;
	int ret = edid_timing_init(&t, mode->w_px, mode->h_px, mode->hz);

	if (!ret && link == GT_LINK_DP && edid_fits(&t, 3840, 2160)) {
		ret = edid_timing_init(&usual, 3840, 2160, 60);
	} else if (!ret) {
		ret = edid_timing_init(&usual, 1920, 1080, 60);
	}
	if (ret) {
		return ret;
	}
	if (link == GT_LINK_HDMI) {
		input = t.clock_10kHz > EDID_DVI_CLOCK ? INPUT_HDMI : INPUT_DVI;
	}
	memset(edid, 0, GT_EDID_MAX_B);
	put_base(edid, &t, edid_is_detailed(&t) ? &t : &usual, input, serial);
	if (input == INPUT_HDMI && edid_has_large_sizes(&t)) {
		block += GT_EDID_SIZE;
		edid_put_map(block);
	}
	if (input == INPUT_HDMI) {
		block += GT_EDID_SIZE;
		edid_put_hdmi(block, t.clock_10kHz > EDID_HDMI_CLOCK);
	}
	if (edid_has_large_sizes(&t)) {
		block += GT_EDID_SIZE;
		edid_put_displayid(block, &t, link, serial);
	}
	edid[GT_EDID_EXTENSIONS] = (uint8_t)((block - edid) / GT_EDID_SIZE);
	edid_put_checksum(edid);
	return (int)(block - edid) + GT_EDID_SIZE;
}
