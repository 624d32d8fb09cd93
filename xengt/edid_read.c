/* SPDX-License-Identifier: MIT */
/*
 * EDIDs that come from elsewhere: whether they are whole, and what they say of the monitor.  They
 * are read by the guest's driver, too, so nothing is mended here.  VESA E-EDID A2.
 */
#include "edid.h"

#include <string.h>

#define DESCRIPTORS   54u /* four, 18 bytes each */
#define DESCRIPTOR_B  18u
#define DISPLAYID     0x70u
#define TAG_NAME      0xfcu

static const uint8_t header[8] = { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };

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

static uint32_t rate_Hz(uint64_t clock_10kHz, uint64_t htotal, uint64_t vtotal)
{
	uint64_t pixels = htotal * vtotal;

	return pixels ? (uint32_t)((clock_10kHz * 10000 + pixels / 2) / pixels) : 0;
}

/* Detailed timing descriptor: A2 section 3.10.2. */
static void describe_timing(const uint8_t *d, struct gt_mode *mode)
{
	uint32_t hblank = d[3] | (d[4] & 0xfu) << 8, vblank = d[6] | (d[7] & 0xfu) << 8;

	mode->w_px = d[2] | (d[4] & 0xf0u) << 4;
	mode->h_px = d[5] | (d[7] & 0xf0u) << 4;
	mode->hz = rate_Hz(d[0] | (uint32_t)d[1] << 8, mode->w_px + hblank, mode->h_px + vblank);
}

static uint32_t get16_less_1(const uint8_t *at)
{
	return (at[0] | (uint32_t)at[1] << 8) + 1;
}

/* The first type I timing of a DisplayID block, if it is preferred. DisplayID 1.3, section 4.4.1 */
static void describe_displayid(const uint8_t *block, struct gt_mode *mode)
{
	enum { TYPE_I = 3, HEADER_B = 3, TIMING_B = 20, PREFERRED = 0x80 };

	for (unsigned at = 5; at + HEADER_B + TIMING_B < GT_EDID_SIZE;
	     at += HEADER_B + block[at + 2]) {
		const uint8_t *d = block + at + HEADER_B;

		if (block[at] != TYPE_I || block[at + 2] < TIMING_B || !(d[3] & PREFERRED)) {
			continue;
		}
		mode->w_px = get16_less_1(d + 4);
		mode->h_px = get16_less_1(d + 12);
		mode->hz = rate_Hz((d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16) + 1,
				   (uint64_t)mode->w_px + get16_less_1(d + 6),
				   (uint64_t)mode->h_px + get16_less_1(d + 14));
		return;
	}
}

/* Up to a newline, without the spaces at its end. */
static void describe_name(const uint8_t *text, char name[GT_EDID_NAME_B])
{
	size_t len = 0, keep = 0;

	while (len < GT_EDID_NAME_B - 1 && text[len] != '\n') {
		name[len] = text[len] >= ' ' && text[len] < 0x7f ? (char)text[len] : '?';
		len++;
		keep = text[len - 1] == ' ' ? keep : len;
	}
	name[keep] = '\0';
}

void gt_edid_describe(const uint8_t *edid, size_t edid_B, struct gt_mode *mode,
		      char name[GT_EDID_NAME_B])
{
	name[0] = '\0';
	describe_timing(edid + DESCRIPTORS, mode);
	for (unsigned i = 0; i < 4; i++) {
		const uint8_t *d = edid + DESCRIPTORS + i * DESCRIPTOR_B;

		if (!d[0] && !d[1] && d[3] == TAG_NAME) {
			describe_name(d + 5, name);
		}
	}
	for (size_t at = GT_EDID_SIZE; at + GT_EDID_SIZE <= edid_B; at += GT_EDID_SIZE) {
		if (edid[at] == DISPLAYID) {
			describe_displayid(edid + at, mode);
		}
	}
}
