/* SPDX-License-Identifier: MIT */
/*
 * Pictures on the monitor, in graphics memory no aperture reaches, linear and tiled.  Says which
 * one is to be seen and waits until somebody has looked: what it looks like is for Dom0 to check,
 * against expected-picture.c.  Tile layouts: PRM SKL vol 5, "Address Tiling Function".
 */
#include "checks.h"
#include "display.h"
#include "gpu.h"
#include "picture.h"
#include "tap.h"

#define PICTURE_STRIDE_B (PICTURE_WIDTH_PX * 4)
#define PICTURE_PAGES    (PICTURE_STRIDE_B * PICTURE_HEIGHT_PX / PAGE_SIZE)
#define XTILE_WIDTH_B    512u
#define XTILE_ROWS       8u
#define YTILE_WIDTH_B    128u
#define YTILE_ROWS       32u

struct layout {
	const char *name;
	uint32_t ctl, stride; /* PLANE_CTL's tiling, PLANE_STRIDE */
	uint32_t (*offset_B)(uint32_t x_B, uint32_t y);
};

static uint32_t linear(uint32_t x_B, uint32_t y)
{
	return y * PICTURE_STRIDE_B + x_B;
}

/* Tiles of 512 bytes by 8 rows, row by row; the bytes of a tile row by row. */
static uint32_t x_tiled(uint32_t x_B, uint32_t y)
{
	uint32_t tile = y / XTILE_ROWS * (PICTURE_STRIDE_B / XTILE_WIDTH_B) + x_B / XTILE_WIDTH_B;

	return tile * PAGE_SIZE + y % XTILE_ROWS * XTILE_WIDTH_B + x_B % XTILE_WIDTH_B;
}

/* Tiles of 128 bytes by 32 rows; the bytes of a tile in columns of 16 bytes. */
static uint32_t y_tiled(uint32_t x_B, uint32_t y)
{
	uint32_t tile = y / YTILE_ROWS * (PICTURE_STRIDE_B / YTILE_WIDTH_B) + x_B / YTILE_WIDTH_B;
	uint32_t in_x = x_B % YTILE_WIDTH_B;

	return tile * PAGE_SIZE + in_x / 16 * 512 + y % YTILE_ROWS * 16 + in_x % 16;
}

static const struct layout layouts[] = {
    {"linear", 0u << 10, PICTURE_STRIDE_B / 64, linear},
    {"xtiled", 1u << 10, PICTURE_STRIDE_B / XTILE_WIDTH_B, x_tiled},
    {"ytiled", 4u << 10, PICTURE_STRIDE_B / YTILE_WIDTH_B, y_tiled},
};

/* The pages of a picture, last page first in memory: a reader must follow the GGTT. */
static uint32_t lend_backwards(uint8_t *ram)
{
	uint32_t gma = gtt_alloc(PICTURE_PAGES);

	for (uint32_t i = 0; gma && i < PICTURE_PAGES; i++) {
		gtt_map(gma + i * PAGE_SIZE, ram + (PICTURE_PAGES - 1 - i) * PAGE_SIZE, 1);
	}
	gtt_flush();
	return gma;
}

static void draw(uint8_t *ram, const struct layout *l, uint32_t which)
{
	for (uint32_t y = 0; y < PICTURE_HEIGHT_PX; y++) {
		for (uint32_t x = 0; x < PICTURE_WIDTH_PX; x++) {
			uint32_t at = l->offset_B(x * 4, y);
			uint32_t page = PICTURE_PAGES - 1 - at / PAGE_SIZE;

			write32((uintptr_t)ram + page * PAGE_SIZE + at % PAGE_SIZE,
				0xee000000u | picture_pixel(x, y, which));
		}
	}
}

static void show(const struct layout *l, uint32_t which, uint8_t *ram, uint32_t gma)
{
	draw(ram, l, which);
	reg_write(PLANE_STRIDE, l->stride);
	reg_write(PLANE_POS, 0);
	reg_write(PLANE_SIZE, (PICTURE_HEIGHT_PX - 1) << 16 | (PICTURE_WIDTH_PX - 1));
	reg_write(PLANE_OFFSET, 0);
	reg_write(PLANE_CTL, 0x84042000u | l->ctl);
	reg_write(PLANE_SURF, gma);
	tap_ok(display_wait_frame() && reg_wait(PLANE_SURFLIVE, ~0u, gma, VBLANK_US),
	       "the %s picture is shown after a vblank", l->name);
}

void check_pictures(uint32_t seconds)
{
	uint8_t *ram = pages_alloc(2 * PICTURE_PAGES);
	uint32_t gma[2] = {lend_backwards(ram), lend_backwards(ram + PICTURE_PAGES * PAGE_SIZE)};

	if (!gpu.gen9) {
		tap_skip("pictures", "not a Skylake");
		return;
	}
	if (!tap_ok(gma[0] && gma[1], "two pictures fit into graphics memory") || !display_on()) {
		return;
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		show(&layouts[i], i, ram + (i & 1) * PICTURE_PAGES * PAGE_SIZE, gma[i & 1]);
		tap_say_and_wait(seconds, "PICTURE %s %u", layouts[i].name, i);
	}
	tap_ok(display_off(), "the display goes off after the pictures");
}
