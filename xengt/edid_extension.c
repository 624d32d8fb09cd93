/* SPDX-License-Identifier: MIT */
/*
 * Blocks that follow the first one of an EDID: CTA-861, DisplayID 1.3, and the map of both.
 */
#include "edid_internal.h"

#include <string.h>

#define HDMI2_CLOCK   60000u
#define MM_PER_1000PX 265u /* 96 dpi */

uint32_t edid_size_mm(uint32_t px)
{
	uint32_t mm = px * MM_PER_1000PX / 1000;

	return mm ? mm : 1;
}

void edid_put_checksum(uint8_t edid[GT_EDID_SIZE])
{
	uint8_t sum = 0;

	for (size_t i = 0; i < GT_EDID_SIZE - 1; i++) {
		sum = (uint8_t)(sum + edid[i]);
	}
	edid[GT_EDID_SIZE - 1] = (uint8_t)-sum;
}

/* Sizes worth a detailed timing beside the preferred one, where they are smaller. */
static const struct edid_size large_sizes[] = {
	{ 3840, 2160 }, { 2560, 1440 },
};

bool edid_has_large_sizes(const struct edid_timing *t)
{
	const struct edid_size *least = &large_sizes[GT_ARRAY_SIZE(large_sizes) - 1];

	return !edid_is_detailed(t) ||
	       (edid_fits(t, least->w_px, least->h_px) &&
		(t->w_px > least->w_px || t->h_px > least->h_px));
}

/* Tags of extension blocks. */
enum { TAG_CTA = 0x02, TAG_DISPLAYID = 0x70, TAG_MAP = 0xf0 };

static uint8_t *put_bytes(uint8_t *at, const uint8_t *bytes, size_t nr)
{
	memcpy(at, bytes, nr);
	return at + nr;
}

/*
 * CTA-861: an HDMI monitor without audio that takes up to EDID_HDMI_CLOCK, or, by the vendor block
 * of HDMI 2, HDMI2_CLOCK.
 */
void edid_put_hdmi(uint8_t *block, bool fast)
{
	static const uint8_t hdmi[] = {
		3 << 5 | 7, 0x03, 0x0c, 0x00,	    /* vendor block of HDMI 1.x, 7 bytes */
		0x10, 0x00, 0x00, EDID_HDMI_CLOCK / 500, /* address 1.0.0.0, clock in 5 MHz */
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
	edid_put_checksum(block);
}

static void put16_less_1(uint8_t *at, uint32_t val, bool positive)
{
	at[0] = (uint8_t)(val - 1);
	at[1] = (uint8_t)((val - 1) >> 8 | (positive ? 0x80 : 0));
}

static uint8_t displayid_aspect(const struct edid_timing *t)
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
static void put_long_timing(uint8_t *d, const struct edid_timing *t, bool preferred)
{
	uint32_t clock = t->clock_10kHz - 1;

	d[0] = (uint8_t)clock;
	d[1] = (uint8_t)(clock >> 8);
	d[2] = (uint8_t)(clock >> 16);
	d[3] = (uint8_t)((preferred ? 0x80 : 0) | displayid_aspect(t));
	put16_less_1(d + 4, t->w_px, false);
	put16_less_1(d + 6, t->hblank_px, false);
	put16_less_1(d + 8, EDID_HFRONT_PX, true);
	put16_less_1(d + 10, EDID_HSYNC_PX, false);
	put16_less_1(d + 12, t->h_px, false);
	put16_less_1(d + 14, t->vblank, false);
	put16_less_1(d + 16, EDID_VFRONT, false);
	put16_less_1(d + 18, t->vsync, false);
}

/* The preferred mode, and the large ones below it: at most three. */
static uint8_t *put_long_timings(uint8_t *at, const struct edid_timing *t)
{
	enum { TYPE_I = 0x03, TIMING_B = 20 };
	uint8_t *data = at;

	at += 3;
	put_long_timing(at, t, true);
	at += TIMING_B;
	for (size_t i = 0; i < GT_ARRAY_SIZE(large_sizes); i++) {
		const struct edid_size *size = &large_sizes[i];
		struct edid_timing other;

		if (edid_fits(t, size->w_px, size->h_px) &&
		    (t->w_px != size->w_px || t->h_px != size->h_px) &&
		    !edid_timing_init(&other, size->w_px, size->h_px, 60)) {
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
		(uint8_t)(serial >> 16), (uint8_t)(serial >> 24), 0, EDID_YEAR - 2000, 0,
	};

	return put_bytes(at, product, sizeof(product));
}

static uint8_t *put_parameters(uint8_t *at, const struct edid_timing *t)
{
	uint32_t w = edid_size_mm(t->w_px) * 10, h = edid_size_mm(t->h_px) * 10;
	uint32_t aspect = (t->w_px > t->h_px ? t->w_px * 100 / t->h_px : t->h_px * 100 / t->w_px);
	/* size in 0.1 mm, in pixels; no audio; gamma 2.2, aspect ratio, 8 bits a colour */
	const uint8_t parameters[] = {
		0x01, 0x00, 12, (uint8_t)w, (uint8_t)(w >> 8), (uint8_t)h, (uint8_t)(h >> 8),
		(uint8_t)t->w_px, (uint8_t)(t->w_px >> 8), (uint8_t)t->h_px,
		(uint8_t)(t->h_px >> 8), 0x00, 120, (uint8_t)edid_at_most(aspect - 100, 255), 0x77,
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
void edid_put_displayid(uint8_t *block, const struct edid_timing *t, enum gt_link link,
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
	edid_put_checksum(block);
}

void edid_put_map(uint8_t *block)
{
	block[0] = TAG_MAP;
	block[1] = TAG_CTA;
	block[2] = TAG_DISPLAYID;
	edid_put_checksum(block);
}
