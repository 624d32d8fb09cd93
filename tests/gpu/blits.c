/* SPDX-License-Identifier: MIT */
/*
 * Every family of 2D commands, each in a cell of a picture that goes to the screen.
 *
 * The processor makes the same picture a pixel at a time from what the cell is said to be, knowing
 * neither commands nor tiles.  All operands of a cell are its own: raster operation, source,
 * pattern, transparency.
 */
#include "gpu.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libdrm/drm.h>
#include <libdrm/drm_mode.h>
#include <libdrm/i915_drm.h>

#define CELL_W	 120u
#define CELL_H	 88u
#define CELLS_X	 8u
#define MARGIN	 4u
#define STEP_X	 (CELL_W + 2 * MARGIN)
#define STEP_Y	 (CELL_H + 2 * MARGIN)
#define PIC_W	 1024u
#define PIC_H	 768u
#define PIC_B	 (PIC_W * PIC_H * 4)
#define SRC_B	 512u /* pitch of sources */
#define MONO_BIT 3u /* first pixel of a row of bits */

enum src { NONE, COLOR, COLOR_X, COLOR_Y, MONO, MONO_IMM, TEXT, TEXT_IMM };
enum pat { NO_PAT, SOLID, PIXELS, PIXELS_IMM, BITS, DIAGONAL };

struct cell {
	const char *name;
	uint8_t code, rop;
	enum src src;
	enum pat pat;
	bool transparent, clipped, keyed;
};

#define FAST_COPY 0x42 /* of gen9; PRM SKL vol 2a, "XY_FAST_COPY_BLT" */

static const struct cell cells[] = {
	{ .name = "color", .code = 0x50, .rop = 0xf0, .pat = SOLID },
	{ .name = "color-xor", .code = 0x50, .rop = 0x5a, .pat = SOLID },
	{ .name = "color-clipped", .code = 0x50, .rop = 0xf0, .pat = SOLID, .clipped = true },
	{ .name = "pat", .code = 0x51, .rop = 0xf0, .pat = PIXELS },
	{ .name = "mono-pat", .code = 0x52, .rop = 0xf0, .pat = BITS },
	{ .name = "mono-pat-transparent", .code = 0x52, .rop = 0xf0, .pat = BITS,
	  .transparent = true },
	{ .name = "src-copy", .code = 0x53, .rop = 0xcc, .src = COLOR },
	{ .name = "src-copy-and", .code = 0x53, .rop = 0x88, .src = COLOR },
	{ .name = "src-copy-x", .code = 0x53, .rop = 0xcc, .src = COLOR_X },
	{ .name = "src-copy-y", .code = 0x53, .rop = 0xcc, .src = COLOR_Y },
	{ .name = "src-copy-clipped", .code = 0x53, .rop = 0xcc, .src = COLOR, .clipped = true },
	{ .name = "mono-src-copy", .code = 0x54, .rop = 0xcc, .src = MONO },
	{ .name = "mono-src-copy-transparent", .code = 0x54, .rop = 0xcc, .src = MONO,
	  .transparent = true },
	{ .name = "full", .code = 0x55, .rop = 0xb8, .src = COLOR, .pat = PIXELS },
	{ .name = "full-mono-src", .code = 0x56, .rop = 0xca, .src = MONO, .pat = PIXELS },
	{ .name = "full-mono-pattern", .code = 0x57, .rop = 0xe2, .src = COLOR, .pat = BITS },
	{ .name = "full-mono-both", .code = 0x58, .rop = 0xce, .src = MONO, .pat = BITS },
	{ .name = "mono-pat-fixed", .code = 0x59, .rop = 0xf0, .pat = DIAGONAL },
	{ .name = "mono-src-copy-immediate", .code = 0x71, .rop = 0xcc, .src = MONO_IMM },
	{ .name = "pat-immediate", .code = 0x72, .rop = 0xf0, .pat = PIXELS_IMM },
	{ .name = "src-copy-chroma", .code = 0x73, .rop = 0xcc, .src = COLOR, .keyed = true },
	{ .name = "full-immediate-pattern", .code = 0x74, .rop = 0xc0, .src = COLOR,
	  .pat = PIXELS_IMM },
	{ .name = "full-mono-src-immediate-pattern", .code = 0x75, .rop = 0xb8, .src = MONO,
	  .pat = PIXELS_IMM },
	{ .name = "pixel", .code = 0x24, .rop = 0xf0, .pat = SOLID },
	{ .name = "scanlines", .code = 0x25, .rop = 0xf0, .pat = PIXELS },
	{ .name = "scanlines-mono", .code = 0x25, .rop = 0xf0, .pat = BITS },
	{ .name = "text", .code = 0x26, .rop = 0xcc, .src = TEXT },
	{ .name = "text-immediate", .code = 0x31, .rop = 0xcc, .src = TEXT_IMM,
	  .transparent = true, .clipped = true },
	{ .name = "fast-copy", .code = FAST_COPY, .rop = 0xcc, .src = COLOR },
	{ .name = "fast-copy-x", .code = FAST_COPY, .rop = 0xcc, .src = COLOR_X },
	{ .name = "fast-copy-y", .code = FAST_COPY, .rop = 0xcc, .src = COLOR_Y },
};
#define NR_CELLS (sizeof(cells) / sizeof(cells[0]))

static const uint32_t bg = 0xff203040, fg = 0xfff0c010, pat_bg = 0xff006000, pat_fg = 0xffc04080;
static const uint32_t low = 0x00000000, high = 0x00ffff7f;
static const uint8_t bits[8] = { 0x81, 0x42, 0x24, 0x18, 0xf0, 0x0f, 0xaa, 0x33 };
static uint32_t tile[64], color_src[CELL_H][SRC_B / 4];
/* A row of bits for every eight rows of the picture: what goes into a command is short. */
static uint8_t mono[CELL_H * 16];
static struct buffer linear, x_tiled, y_tiled, pattern, mono_src, screen;
static uint32_t *reference;

static uint32_t mix(uint32_t n)
{
	n = (n ^ n >> 15) * 0x2c1b3c6du;
	n = (n ^ n >> 12) * 0x297a2d39u;
	return n ^ n >> 15;
}

static void make_operands(void)
{
	pattern = buffer_new(PAGE_B);
	mono_src = buffer_new(PAGE_B);
	linear = buffer_new(SRC_B * 96);
	x_tiled = buffer_new(SRC_B * 96);
	y_tiled = buffer_new(SRC_B * 96);
	for (unsigned i = 0; i < 64; i++) {
		tile[i] = pattern.map[i] = 0xff000000 | (mix(i) & 0xffffff);
	}
	for (unsigned i = 0; i < sizeof(mono); i++) {
		mono[i] = (uint8_t)mix(1000 + i);
	}
	memcpy(mono_src.map, mono, sizeof(mono));
	for (unsigned y = 0; y < CELL_H; y++) {
		for (unsigned x = 0; x < SRC_B / 4; x++) {
			uint32_t val = 0xff000000 | (x * 2) << 16 | (y * 2) << 8 |
				       (mix(x / 8 + y / 8 * 99) & 0xff);

			color_src[y][x] = linear.map[y * SRC_B / 4 + x] = val;
			x_tiled.map[y / 8 * 1024 + y % 8 * 128 + x] = val;
			y_tiled.map[y / 32 * 4096 + x / 32 * 1024 + x % 32 / 4 * 128 + y % 32 * 4 +
				    x % 4] = val;
		}
	}
}

/* --- the processor's picture --- */

static bool source_bit(const struct cell *c, unsigned x, unsigned y)
{
	bool is_text = c->src == TEXT || c->src == TEXT_IMM;
	unsigned first = is_text ? 0 : MONO_BIT, row_B = is_text ? CELL_W / 8 : 16;

	return mono[y * row_B + (x + first) / 8] >> (7 - (x + first) % 8) & 1;
}

static bool pattern_bit(const struct cell *c, unsigned x, unsigned y)
{
	return c->pat == DIAGONAL ? x % 8 == y % 8 : bits[y % 8] >> (7 - x % 8) & 1;
}

/* @x, @y of the cell, @px and @py of the picture, to which patterns keep. */
static void reference_pixel(const struct cell *c, unsigned x, unsigned y, unsigned px, unsigned py)
{
	uint32_t *to = &reference[py * PIC_W + px], d = *to, p = pat_fg, s = 0, out = 0;
	bool is_mono_src = c->src >= MONO, is_mono_pat = c->pat == BITS || c->pat == DIAGONAL;

	if (c->src == COLOR || c->src == COLOR_X || c->src == COLOR_Y) {
		s = color_src[y][x];
	} else if (is_mono_src) {
		s = source_bit(c, x, y) ? fg : bg;
	}
	if (c->pat == PIXELS || c->pat == PIXELS_IMM) {
		p = tile[py % 8 * 8 + px % 8];
	} else if (is_mono_pat) {
		p = pattern_bit(c, px, py) ? pat_fg : pat_bg;
	}
	if (c->transparent && ((is_mono_src && !source_bit(c, x, y)) ||
			       (is_mono_pat && !pattern_bit(c, px, py)))) {
		return;
	}
	if (c->clipped && (x < 10 || y < 7 || x >= CELL_W - 20 || y >= CELL_H - 9)) {
		return;
	}
	/* The key: red and green whatever they are, blue in the lower half. */
	if (c->keyed && (s & 0xff) < 0x80) {
		return;
	}
	for (unsigned i = 0; i < 32; i++) {
		unsigned which = (p >> i & 1) << 2 | (s >> i & 1) << 1 | (d >> i & 1);

		out |= (uint32_t)(c->rop >> which & 1) << i;
	}
	*to = out;
}

static unsigned rows_of(const struct cell *c)
{
	/* What an immediate holds, and single pixels. */
	return c->src == MONO_IMM ? 30 : c->src == TEXT_IMM ? 40 : c->code == 0x24 ? 1 : CELL_H;
}

static unsigned columns_of(const struct cell *c)
{
	return c->code == 0x24 ? 40 : CELL_W;
}

static void reference_cell(unsigned n)
{
	const struct cell *c = &cells[n];

	for (unsigned y = 0; y < rows_of(c); y++) {
		for (unsigned x = 0; x < columns_of(c); x++) {
			reference_pixel(c, x, y, n % CELLS_X * STEP_X + MARGIN + x,
					n / CELLS_X * STEP_Y + MARGIN + y);
		}
	}
}

/* --- the commands --- */

static void emit_bytes(struct batch *b, const void *bytes, size_t len_B)
{
	for (size_t i = 0; i < len_B; i += 4) {
		uint32_t dw;

		memcpy(&dw, (const uint8_t *)bytes + i, 4);
		emit(b, dw);
	}
}

static uint32_t br13(const struct cell *c)
{
	return (uint32_t)c->clipped << 30 | (c->transparent ? 3u << 28 : 0) | 3u << 24 |
	       (uint32_t)c->rop << 16 | PIC_W * 4;
}

static const struct buffer *color_buffer(const struct cell *c)
{
	return c->src == COLOR ? &linear : c->src == COLOR_X ? &x_tiled : &y_tiled;
}

static void emit_source(struct batch *b, const struct cell *c)
{
	switch (c->src) {
	case COLOR:
	case COLOR_X:
	case COLOR_Y:
		EMIT(b, 0, c->src == COLOR ? SRC_B : SRC_B / 4);
		emit_address(b, color_buffer(c)->gma);
		break;
	case MONO:
		emit_address(b, mono_src.gma);
		EMIT(b, bg, fg);
		break;
	case MONO_IMM:
		EMIT(b, bg, fg);
		emit_bytes(b, mono, 16 * rows_of(c));
		break;
	case NONE:
	case TEXT:
	case TEXT_IMM:
		break;
	}
}

static void emit_pattern(struct batch *b, const struct cell *c)
{
	switch (c->pat) {
	case NO_PAT:
		break;
	case SOLID:
		EMIT(b, pat_fg);
		break;
	case PIXELS:
		emit_address(b, pattern.gma);
		break;
	case PIXELS_IMM:
		emit_bytes(b, tile, sizeof(tile));
		break;
	case BITS:
		EMIT(b, pat_bg, pat_fg);
		emit_bytes(b, bits, sizeof(bits));
		break;
	case DIAGONAL:
		EMIT(b, pat_bg, pat_fg);
		break;
	}
}

static uint32_t yx(unsigned x, unsigned y)
{
	return y << 16 | x;
}

static void emit_setup(struct batch *b, const struct cell *c, unsigned x, unsigned y)
{
	EMIT(b, 0x40000000u | (c->pat == BITS ? 0x11u : 0x01u) << 22 | 3u << 20 | 8, br13(c),
	     yx(x + 10, y + 7), yx(x + CELL_W - 20, y + CELL_H - 9));
	emit_address(b, screen.gma);
	if (c->pat == BITS) {
		emit_pattern(b, c);
		return;
	}
	EMIT(b, bg, c->pat == SOLID ? pat_fg : fg);
	emit_address(b, pattern.gma);
}

static void emit_clip(struct batch *b, unsigned x, unsigned y)
{
	EMIT(b, 0x40c00001u, yx(x + 10, y + 7), yx(x + CELL_W - 20, y + CELL_H - 9));
}

static void emit_after_setup(struct batch *b, const struct cell *c, unsigned x, unsigned y)
{
	uint32_t header = 0x40000000u | (uint32_t)c->code << 22;

	emit_setup(b, c, x, y);
	for (unsigned i = 0; c->code == 0x24 && i < columns_of(c); i++) {
		EMIT(b, header, yx(x + i, y));
	}
	if (c->code == 0x24) {
		return;
	}
	if (c->src == NONE) {
		EMIT(b, header | 1, yx(x, y), yx(x + CELL_W, y + CELL_H));
	} else if (c->src == TEXT) {
		EMIT(b, header | 1u << 16 | 3, yx(x, y), yx(x + CELL_W, y + CELL_H));
		emit_address(b, mono_src.gma);
	} else {
		unsigned len_B = CELL_W / 8 * rows_of(c);

		EMIT(b, header | 1u << 16 | (1 + len_B / 4), yx(x, y),
		     yx(x + CELL_W, y + rows_of(c)));
		emit_bytes(b, mono, len_B);
	}
}

static void emit_fast(struct batch *b, const struct cell *c, unsigned x, unsigned y)
{
	uint32_t tiling = c->src == COLOR ? 0 : c->src == COLOR_X ? 1 : 2;

	EMIT(b, 0x50800008u | tiling << 20, 3u << 24 | PIC_W * 4, yx(x, y),
	     yx(x + CELL_W, y + CELL_H));
	emit_address(b, screen.gma);
	emit_source(b, c);
}

static void emit_classic(struct batch *b, const struct cell *c, unsigned x, unsigned y)
{
	uint32_t header = 0x40000000u | (uint32_t)c->code << 22 | 3u << 20;
	unsigned first_dw;

	if (c->src >= MONO) {
		header |= MONO_BIT << 17;
	} else if (c->src == COLOR_X || c->src == COLOR_Y) {
		header |= 1u << 15;
	}
	header |= c->keyed ? 1u << 17 : 0;
	header |= c->pat == DIAGONAL ? 2u << 15 : 0;
	emit_clip(b, x, y);
	/* BCS_SWCTRL: what is tiled as a source is in Y tiles. */
	EMIT(b, 0x11000001u, 0x22200, 0x10000u | (c->src == COLOR_Y));
	first_dw = b->nr_dw;
	EMIT(b, header, br13(c), yx(x, y), yx(x + CELL_W, y + rows_of(c)));
	emit_address(b, screen.gma);
	emit_source(b, c);
	emit_pattern(b, c);
	if (c->keyed) {
		EMIT(b, low, high);
	}
	b->bo.map[first_dw] |= b->nr_dw - first_dw - 2;
}

static bool blit_cell(unsigned n)
{
	struct buffer *list[] = { &screen, &linear, &x_tiled, &y_tiled, &pattern, &mono_src };
	const struct cell *c = &cells[n];
	unsigned x = n % CELLS_X * STEP_X + MARGIN, y = n / CELLS_X * STEP_Y + MARGIN;
	struct batch b = batch_new();
	bool done;

	if (c->code == FAST_COPY) {
		emit_fast(&b, c, x, y);
	} else if (c->code < 0x40) {
		emit_after_setup(&b, c, x, y);
	} else {
		emit_classic(&b, c, x, y);
	}
	done = !submit(&b, BCS, 0, list, sizeof(list) / sizeof(list[0]), false) &&
	       buffer_wait(&b.bo, 20000);
	buffer_free(&b.bo);
	return done;
}

/* --- the screen --- */

static void screen_new(void)
{
	struct drm_mode_create_dumb dumb = { .width = PIC_W, .height = PIC_H, .bpp = 32 };
	struct drm_mode_map_dumb map = { 0 };
	void *at;

	must(DRM_IOCTL_MODE_CREATE_DUMB, &dumb, "CREATE_DUMB");
	map.handle = dumb.handle;
	must(DRM_IOCTL_MODE_MAP_DUMB, &map, "MAP_DUMB");
	at = mmap(NULL, PIC_B, PROT_READ | PROT_WRITE, MAP_SHARED, card, (off_t)map.offset);
	if (at == MAP_FAILED || dumb.pitch != PIC_W * 4) {
		fprintf(stderr, "gpu-judge: no screen\n");
		exit(1);
	}
	screen = (struct buffer){ .handle = dumb.handle, .size_B = PIC_B, .map = at,
				  .gma = address_new(PIC_B) };
}

/* The first connector that has a monitor, in its mode of the picture's size. */
static void show(void)
{
	uint32_t crtcs[8], connectors[8];
	struct drm_mode_fb_cmd fb = { .width = PIC_W, .height = PIC_H, .pitch = PIC_W * 4,
				      .bpp = 32, .depth = 24, .handle = screen.handle };
	struct drm_mode_card_res res = { .crtc_id_ptr = (uintptr_t)crtcs, .count_crtcs = 8,
					 .connector_id_ptr = (uintptr_t)connectors,
					 .count_connectors = 8 };

	must(DRM_IOCTL_MODE_ADDFB, &fb, "ADDFB");
	must(DRM_IOCTL_MODE_GETRESOURCES, &res, "GETRESOURCES");
	for (uint32_t i = 0; i < res.count_connectors && i < 8; i++) {
		struct drm_mode_modeinfo modes[64];
		struct drm_mode_get_connector con = { .connector_id = connectors[i] };

		must(DRM_IOCTL_MODE_GETCONNECTOR, &con, "GETCONNECTOR");
		con = (struct drm_mode_get_connector){ .connector_id = connectors[i],
						       .modes_ptr = (uintptr_t)modes,
						       .count_modes = 64 };
		must(DRM_IOCTL_MODE_GETCONNECTOR, &con, "GETCONNECTOR");
		for (uint32_t m = 0; con.connection == 1 && m < con.count_modes && m < 64; m++) {
			struct drm_mode_crtc set = {
				.set_connectors_ptr = (uintptr_t)&connectors[i],
				.count_connectors = 1,
				.crtc_id = crtcs[0],
				.fb_id = fb.fb_id,
				.mode_valid = 1,
				.mode = modes[m],
			};

			if (modes[m].hdisplay == PIC_W && modes[m].vdisplay == PIC_H) {
				must(DRM_IOCTL_MODE_SETCRTC, &set, "SETCRTC");
				printf("LAB fb %u %u %u 32 %u\n", PIC_W, PIC_H, PIC_W * 4,
				       64u << 20);
				fflush(stdout);
				return;
			}
		}
	}
	fprintf(stderr, "gpu-judge: no monitor of %ux%u\n", PIC_W, PIC_H);
	exit(1);
}

static unsigned differences(unsigned n, unsigned *where)
{
	unsigned nr = 0;

	for (unsigned y = 0; y < STEP_Y; y++) {
		for (unsigned x = 0; x < STEP_X; x++) {
			unsigned at = (n / CELLS_X * STEP_Y + y) * PIC_W + n % CELLS_X * STEP_X + x;

			if (screen.map[at] != reference[at]) {
				*where = nr++ ? *where : y << 16 | x;
			}
		}
	}
	return nr;
}

static void write_reference(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(reference, PIC_B, 1, f) != 1 || fclose(f)) {
		perror(path);
		exit(1);
	}
}

void blits_judge(const char *path)
{
	reference = malloc(PIC_B);
	make_operands();
	screen_new();
	for (unsigned i = 0; reference && i < PIC_W * PIC_H; i++) {
		unsigned x = i % PIC_W, y = i / PIC_W;

		reference[i] = screen.map[i] = 0xff000000 | (x / 4) << 16 | (y / 3) << 8 | 0x60;
	}
	for (unsigned n = 0; n < NR_CELLS; n++) {
		unsigned where = 0, nr;
		bool done;

		if (cells[n].code == FAST_COPY && card_is_gen8()) {
			verdict_skip("blit", cells[n].name);
			continue;
		}
		done = blit_cell(n);
		reference_cell(n);
		nr = differences(n, &where);
		verdict("blit", cells[n].name, done && !nr, "%d, %u pixels differ, first at %u,%u",
			done, nr, where & 0xffff, where >> 16);
	}
	write_reference(path);
	show();
	pause();
}
