/* SPDX-License-Identifier: MIT */
/*
 * A program for the lab's guests that has their unmodified i915 show pictures in every way its
 * planes offer, and asks the display what it shows.
 *
 * Each step makes two things: a state of planes, and the picture that it should give, pixel by
 * pixel, computed here from the definitions of formats, tilings and blending.  The pipe's CRC is
 * the CRC-32 of IEEE 802.3 over the composed pixels (blue, green, red and a zero byte each), so it
 * must be that of the reference.  By ioctl alone, linked statically.
 *
 *   card.c      the screen: connector, mode, planes, properties, atomic commits
 *   surface.c   framebuffers: tilings, formats, and how their pixels should look
 *   crc.c       the pipe's CRC, and that of the reference
 *   formats.c   steps: every plane, format and modifier
 *   looks.c     steps: cursor, rotation, scaling, blending, keys
 *   colors.c    steps: YUV encodings, palette, gamma, matrix
 *   heads.c     several heads, modes, flips, for those who look from outside
 *   main.c      verbs; scenes to be photographed from outside
 */
#ifndef KMS_JUDGE_H
#define KMS_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libdrm/drm.h>
#include <libdrm/drm_fourcc.h>
#include <libdrm/drm_mode.h>

#define MAX_PLANES  8u
#define MAX_FORMATS 64u

/* --- the screen ------------------------------------------------------------------------------- */

enum plane_type { OVERLAY, PRIMARY, CURSOR };

struct plane {
	uint32_t id;
	enum plane_type type;
	const char *name; /* primary, overlay1, overlay2, cursor */
	struct {
		uint32_t fourcc;
		uint64_t modifier;
	} format[MAX_FORMATS * 6]; /* each pair that IN_FORMATS has */
	unsigned nr_formats;
};

struct screen {
	int fd;
	uint32_t connector, crtc, crtc_index;
	struct drm_mode_modeinfo mode;
	uint32_t w, h;
	struct plane plane[MAX_PLANES];
	unsigned nr_planes;
};
extern struct screen screen;

/* ioctl, again when interrupted: 0 or -errno; and one that must do. */
int call(unsigned long request, void *argument);
void must(unsigned long request, void *argument, const char *what);

void screen_open(const char *path);
struct plane *plane_find(const char *name); /* NULL: there is none */
bool plane_has(const struct plane *p, uint32_t fourcc, uint64_t modifier);

/* The value of enum @word of a property; UINT64_MAX if it is not offered. */
uint64_t enum_value(uint32_t object, uint32_t type, const char *property, const char *word);
bool has_property(uint32_t object, uint32_t type, const char *property);
uint32_t blob_new(const void *data, uint32_t size_B);

/* A state in the making: properties of one object after the other's. */
void state_begin(void);
void state_set(uint32_t object, uint32_t type, const char *property, uint64_t value);
int state_commit(void); /* waits until it is shown; 0 or -errno */

/* --- framebuffers ----------------------------------------------------------------------------- */

struct surface {
	uint32_t handle, fb;
	uint32_t fourcc, w, h;
	uint64_t modifier;
	unsigned nr_parts; /* 2: NV12 */
	uint32_t stride_B[2], offset_B[2];
	uint8_t *map;
	uint64_t size_B;
};

/* How YUV is meant. */
struct yuv {
	bool bt709, full;
};
extern struct yuv yuv;

struct surface surface_new(uint32_t fourcc, uint64_t modifier, uint32_t w, uint32_t h);
void surface_free(struct surface *s);
const char *fourcc_name(uint32_t fourcc);
const char *modifier_name(uint64_t modifier);
bool is_yuv(uint32_t fourcc);

/* A colour for each place and number, 0xrrggbb: any mix-up shows. */
uint32_t pattern(unsigned n, uint32_t x, uint32_t y);
/* Paint pattern @n; what it should look like goes to @look, w pixels to a row. */
void surface_paint(struct surface *s, unsigned n, uint32_t *look);
/* Paint these ARGB8888 pixels, w to a row: XRGB8888 and ARGB8888 only. */
void surface_put(struct surface *s, const uint32_t *px);

/* --- pictures --------------------------------------------------------------------------------- */

/* What the screen should show: screen.w x screen.h. */
extern uint32_t *reference;
void reference_fill(uint32_t rgb);
/* @w x @h pixels at @x, @y of it, cut off at the edges. */
void reference_put(const uint32_t *px, uint32_t w, uint32_t h, int32_t x, int32_t y);
uint32_t *pixels_new(uint32_t w, uint32_t h);

/* A plane's place: the whole surface at x, y, or none. */
void show(const struct plane *p, const struct surface *s, int32_t x, int32_t y);
void show_scaled(const struct plane *p, const struct surface *s, int32_t x, int32_t y, uint32_t w,
		 uint32_t h);
void hide(const struct plane *p);
/* Begin a state with the backdrop on the primary plane and all others off; the reference too. */
void backdrop(void);

/* --- verdicts --------------------------------------------------------------------------------- */

bool crc_start(void);
uint32_t crc_read(void); /* of a frame that began after now */
uint32_t crc_reference(void);

/* One line "judge NAME pass", or "judge NAME fail" and what was found. */
void verdict(bool ok, const char *why, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Commit and compare; "" if the reference is shown, else why not. */
const char *commit_and_compare(void);

/* All planes to BT.601, limited range, as surfaces are painted at first. */
void encodings_settle(void);
/* Degamma, gamma and matrix of the state in the making: blobs, 0 for none. */
void set_ramps(uint32_t degamma, uint32_t gamma, uint32_t ctm);
/* A palette of greys: the driver wants one for C8. */
uint32_t grey_palette(void);
void formats_judge(void);
void looks_judge(void);
void colors_judge(void);

/* --- heads ------------------------------------------------------------------------------------ */

void heads_list(void);
void heads_show(int nr, char **arguments);
void heads_flip(const char *word);
int picture_write(unsigned number, uint32_t w, uint32_t h);

#endif
