/* SPDX-License-Identifier: MIT */
/* The pipe's CRC by debugfs, the reference and its CRC, and verdicts. */
#include "kms.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CRC_DIR "/sys/kernel/debug/dri/0/crtc-0/crc/"

uint32_t *reference;

uint32_t *pixels_new(uint32_t w, uint32_t h)
{
	uint32_t *px = calloc((size_t)w * h, 4);

	if (!px) {
		fprintf(stderr, "kms-judge: no memory\n");
		exit(1);
	}
	return px;
}

void reference_fill(uint32_t rgb)
{
	for (size_t i = 0; i < (size_t)screen.w * screen.h; i++) {
		reference[i] = rgb;
	}
}

void reference_put(const uint32_t *px, uint32_t w, uint32_t h, int32_t x, int32_t y)
{
	for (int32_t j = 0; j < (int32_t)h; j++) {
		for (int32_t i = 0; i < (int32_t)w; i++) {
			if (x + i >= 0 && x + i < (int32_t)screen.w && y + j >= 0 &&
			    y + j < (int32_t)screen.h) {
				reference[(uint32_t)(y + j) * screen.w + (uint32_t)(x + i)] =
				    px[(size_t)j * w + (size_t)i] & 0xffffff;
			}
		}
	}
}

/* Bit by bit, by the definition; a table of its own for speed. */
uint32_t crc_reference(void)
{
	static uint32_t table[256];
	const uint8_t *bytes = (const uint8_t *)reference;
	uint32_t crc = ~0u;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		table[i] = i;
		for (unsigned bit = 0; bit < 8; bit++) {
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
		}
	}
	for (size_t i = 0; i < (size_t)screen.w * screen.h * 4; i++) {
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	}
	return ~crc;
}

bool crc_start(void)
{
	int fd = open(CRC_DIR "control", O_WRONLY);
	bool ok = fd >= 0 && write(fd, "auto", 4) == 4;

	close(fd);
	return ok;
}

/*
 * i915 leaves out the first two after the file was opened; the next is of a frame that began after
 * that.  One line: frame number and five values.
 */
uint32_t crc_read(void)
{
	char line[128];
	unsigned long frame, crc = 0;
	int fd = open(CRC_DIR "data", O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	close(fd);
	if (got <= 0) {
		return 0;
	}
	line[got] = 0;
	return sscanf(line, "%lx %lx", &frame, &crc) == 2 ? (uint32_t)crc : 0;
}

void verdict(bool ok, const char *why, const char *format, ...)
{
	va_list ap;

	printf("LAB judge ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf(" %s%s%s\n", ok ? "pass" : "fail", ok ? "" : " ", ok ? "" : why);
	fflush(stdout);
}

const char *commit_and_compare(void)
{
	static char why[128];
	int rc = state_commit();
	uint32_t got, want;

	if (rc) {
		snprintf(why, sizeof(why), "commit: %s", strerror(-rc));
		return why;
	}
	got = crc_read();
	want = crc_reference();
	if (got == want) {
		return "";
	}
	snprintf(why, sizeof(why), "CRC %08x, the reference has %08x", got, want);
	return why;
}

/* --- places ----------------------------------------------------------------------------------- */

void show_scaled(const struct plane *p, const struct surface *s, int32_t x, int32_t y, uint32_t w,
		 uint32_t h)
{
	const struct {
		const char *name;
		uint64_t value;
	} list[] = {
	    {"FB_ID", s->fb},
	    {"CRTC_ID", screen.crtc},
	    {"SRC_X", 0},
	    {"SRC_Y", 0},
	    {"SRC_W", (uint64_t)s->w << 16},
	    {"SRC_H", (uint64_t)s->h << 16},
	    {"CRTC_X", (uint64_t)(int64_t)x},
	    {"CRTC_Y", (uint64_t)(int64_t)y},
	    {"CRTC_W", w},
	    {"CRTC_H", h},
	};

	for (unsigned i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		state_set(p->id, DRM_MODE_OBJECT_PLANE, list[i].name, list[i].value);
	}
	if (has_property(p->id, DRM_MODE_OBJECT_PLANE, "rotation")) {
		state_set(p->id, DRM_MODE_OBJECT_PLANE, "rotation", DRM_MODE_ROTATE_0);
	}
}

void show(const struct plane *p, const struct surface *s, int32_t x, int32_t y)
{
	show_scaled(p, s, x, y, s->w, s->h);
}

void hide(const struct plane *p)
{
	state_set(p->id, DRM_MODE_OBJECT_PLANE, "FB_ID", 0);
	state_set(p->id, DRM_MODE_OBJECT_PLANE, "CRTC_ID", 0);
}

void backdrop(void)
{
	static struct surface s;
	static uint32_t *look;
	static uint32_t mode;

	if (!s.fb) {
		s = surface_new(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, screen.w, screen.h);
		look = pixels_new(screen.w, screen.h);
		surface_paint(&s, 0, look);
		mode = blob_new(&screen.mode, sizeof(screen.mode));
	}
	state_begin();
	state_set(screen.crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", mode);
	state_set(screen.crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
	state_set(screen.connector, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", screen.crtc);
	for (unsigned i = 0; i < screen.nr_planes; i++) {
		if (screen.plane[i].type == PRIMARY) {
			show(&screen.plane[i], &s, 0, 0);
		} else {
			hide(&screen.plane[i]);
		}
	}
	reference_put(look, screen.w, screen.h, 0, 0);
}
