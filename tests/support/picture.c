/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

struct screen picture_screen;
char picture_detail[XENGT_DETAIL_MAX];
uint32_t picture_w, picture_h;

static uint32_t pic[1024][1024], part[1024][1024];

void picture_open(enum gt_platform_id platform)
{
	screen_open(&picture_screen, platform);
	screen_map(&picture_screen, picture_screen.base, GT_MiB(4) / GT_PAGE_SIZE);
	screen_mode(&picture_screen, PICTURE_W, PICTURE_H_PX);
}

void picture_close(void)
{
	ck_assert_uint_eq(picture_screen.guest->nr_mapped,
			  gt_frames_mapped(picture_screen.v->frames));
	screen_close(&picture_screen);
}

/* A part that is made alone is that part of the whole. */
static void check_part(const struct gt_compose *whole, uint32_t x, uint32_t y, uint32_t w,
		       uint32_t h)
{
	char detail[XENGT_DETAIL_MAX] = "";
	struct gt_compose c = *whole;

	c.x_px = x;
	c.y_px = y;
	c.w_px = w;
	c.h_px = h;
	c.pixels = (uint8_t *)part;
	c.detail = detail;
	memset(part, 0, sizeof(part));
	ck_assert_int_eq(gt_compose_pipe(&c, true), XENGT_OK);
	for (uint32_t row = 0; row < 1024; row++) {
		for (uint32_t i = 0; i < 1024; i++) {
			uint32_t want = row < h && i < w ? pic[y + row][x + i] : 0;

			if ((part[row][i] ^ want) & 0xffffff) {
				ck_abort_msg("part %ux%u at %u,%u: %06x at %u,%u, not %06x", w, h,
					     x, y, part[row][i], i, row, want);
			}
		}
	}
}

static void check_parts(const struct gt_compose *c)
{
	uint32_t w = c->w_px, h = c->h_px;

	check_part(c, 0, 0, w / 2, h / 3 + 1);
	check_part(c, w / 3, h / 5, w / 2, h / 2);
	check_part(c, w / 7 | 1, h / 4 | 1, w / 5 | 1, h / 2 | 1);
	check_part(c, w - 1, 0, 1, h);
	check_part(c, 0, h - 1, w, 1);
}

enum xengt_status picture_compose(void)
{
	struct gt_page_mapper m;
	struct gt_compose c = {
	    .v = picture_screen.v,
	    .source = &m.source,
	    .pixels = (uint8_t *)pic,
	    .stride_B = sizeof(pic[0]),
	    .detail = picture_detail,
	};
	enum xengt_status status;

	screen_vblank(&picture_screen);
	gt_display_latch(picture_screen.v, 0);
	memset(pic, 0, sizeof(pic));
	picture_detail[0] = 0;
	gt_page_mapper_init(&m, picture_screen.v);
	status = gt_compose_size(picture_screen.v, 0, &c.w_px, &c.h_px, picture_detail);
	if (status) {
		return status;
	}
	picture_w = c.w_px;
	picture_h = c.h_px;
	ck_assert(c.w_px <= 1024 && c.h_px <= 1024);
	status = gt_compose_pipe(&c, true);
	if (!status) {
		check_parts(&c);
	}
	return status;
}

void picture_must_compose(void)
{
	enum xengt_status status = picture_compose();

	ck_assert_msg(!status, "status %d: %s", status, picture_detail);
}

static uint32_t pixel(uint32_t x, uint32_t y)
{
	return pic[y][x] & 0xffffff;
}

void picture_must_be(uint32_t x, uint32_t y, uint32_t want)
{
	ck_assert_msg(pixel(x, y) == want, "%u,%u: %06x, not %06x", x, y, pixel(x, y), want);
}

/* Each channel at most @slack away. */
void picture_must_be_near(uint32_t x, uint32_t y, uint32_t want, int slack)
{
	for (int shift = 0; shift < 24; shift += 8) {
		int got = pixel(x, y) >> shift & 0xff, wanted = want >> shift & 0xff;

		ck_assert_msg(abs(got - wanted) <= slack, "%u,%u: %06x, not %06x", x, y,
			      pixel(x, y), want);
	}
}

uint32_t picture_colour(uint32_t x, uint32_t y)
{
	uint32_t h = (x * 2654435761u) ^ (y * 2246822519u);

	return (h ^ h >> 15) & 0xffffff;
}

void picture_put(gt_gma_t gma, uint64_t val, unsigned nr_B)
{
	for (unsigned b = 0; b < nr_B; b++) {
		*screen_mem(&picture_screen, gma + b) = (uint8_t)(val >> b * 8);
	}
}

void picture_put_xrgb(gt_gma_t gma, uint32_t x, uint32_t y, uint32_t argb)
{
	picture_put(gma + y * PICTURE_STRIDE_B + x * 4, argb, 4);
}

void picture_fill(gt_gma_t gma, uint32_t w, uint32_t h, uint32_t argb)
{
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			picture_put_xrgb(gma, x, y, argb);
		}
	}
}

void picture_paint(gt_gma_t gma, uint32_t w, uint32_t h)
{
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			picture_put_xrgb(gma, x, y, picture_colour(x, y));
		}
	}
}

struct screen_plane picture_linear(gt_gma_t gma, uint32_t w, uint32_t h)
{
	return (struct screen_plane){
	    .ctl = PICTURE_XRGB,
	    .stride = PICTURE_STRIDE_B / 64,
	    .size = (h - 1) << 16 | (w - 1),
	    .surf = (uint32_t)gma,
	};
}

void picture_write_plane(unsigned plane, uint32_t reg, uint32_t val)
{
	screen_write(&picture_screen, 0x70180 + plane * 0x100 + reg, val);
}

void picture_scaler(unsigned id, unsigned user, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	screen_write(&picture_screen, 0x68180 + id * 0x100, 1u << 31 | user << 25);
	screen_write(&picture_screen, 0x68170 + id * 0x100, x << 16 | y);
	screen_write(&picture_screen, 0x68174 + id * 0x100, w << 16 | h);
}
