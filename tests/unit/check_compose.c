/* SPDX-License-Identifier: MIT */
/* Planes that are turned or scaled, pixel by pixel. */
#include "compose.h"

#include <string.h>

#include <check.h>

#include "picture.h"
#include "swizzle.h"
#include "test_run.h"

#define W PICTURE_W
#define H PICTURE_H_PX

static void set_up(void)
{
	picture_open(GT_SKL);
}

static void set_up_bdw(void)
{
	picture_open(GT_BDW);
}

/* --- rotation ------------------------------------------------------------------------------- */

/*
 * A surface of 5 x 7 tiles, mapped as i915 maps it for a quarter turn: each column of tiles from
 * the bottom to the top.
 */
#define TILES_W 5u
#define TILES_H 7u

static void paint_rotated_view(enum gt_tiling t, uint32_t cpp, uint32_t w, uint32_t h)
{
	uint32_t tile_w_B, tile_h;

	gt_tile_size(t, cpp, &tile_w_B, &tile_h);
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w * cpp; x++) {
			uint64_t off = swizzle_offset(t, cpp, TILES_W * tile_w_B, x, y);
			uint64_t tx = off / 4096 % TILES_W, ty = off / 4096 / TILES_W;
			uint64_t page = tx * TILES_H + TILES_H - 1 - ty;
			uint32_t raw = picture_colour(x / cpp, y);
			gt_gma_t gma = picture_screen.base + page * 4096 + off % 4096;

			*screen_mem(&picture_screen, gma) = (uint8_t)(raw >> x % cpp * 8);
		}
	}
}

static uint32_t expand_565(uint32_t p)
{
	uint32_t r = p >> 11 & 0x1f, g = p >> 5 & 0x3f, b = p & 0x1f;

	return (r << 3 | r >> 2) << 16 | (g << 2 | g >> 4) << 8 | b << 3 | b >> 2;
}

static void check_quarter_turn(enum gt_tiling t, uint32_t cpp, bool three)
{
	uint32_t tile_w_B, tile_h, w, h, skip_x = 3, skip_y = 5;
	struct screen_plane p = { .surf = (uint32_t)picture_screen.base, .stride = TILES_H };

	gt_tile_size(t, cpp, &tile_w_B, &tile_h);
	w = TILES_W * tile_w_B / cpp;
	h = TILES_H * tile_h;
	paint_rotated_view(t, cpp, w, h);
	/* A part of 100 x 60 of it, in view coordinates: what was below is left. */
	p.ctl = 1u << 31 | (cpp == 4 ? 4u : 14u) << 24 | (t == GT_TILE_Y ? 4u : 5u) << 10 |
		(three ? 3 : 1);
	p.size = 59u << 16 | 99;
	p.offset = skip_y << 16 | skip_x;
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	for (uint32_t y = 0; y < 60; y++) {
		for (uint32_t x = 0; x < 100; x++) {
			uint32_t vx = skip_x + (three ? 99 - x : x);
			uint32_t vy = skip_y + (three ? 59 - y : y);
			uint32_t want = picture_colour(vy, h - 1 - vx);

			picture_must_be(x, y, cpp == 4 ? want : expand_565(want & 0xffff));
		}
	}
}

START_TEST(a_quarter_turn_shows_the_view_that_the_driver_mapped)
{
	static const enum gt_tiling tilings[] = { GT_TILE_Y, GT_TILE_YF };

	for (unsigned i = 0; i < 8; i++) {
		check_quarter_turn(tilings[i & 1], i & 2 ? 4 : 2, i & 4);
	}
}
END_TEST

START_TEST(a_rotated_view_that_leaves_the_partition_is_refused)
{
	const struct gt_partition *part = &picture_screen.v->part;
	struct screen_plane p = {
		.ctl = PICTURE_XRGB | 4u << 10 | 1, .stride = 7, .size = 59u << 16 | 99,
		.surf = (uint32_t)(part->unmap_base + part->unmap_size - 4096),
	};

	screen_plane(&picture_screen, 0, &p);
	ck_assert_int_eq(picture_compose(), XENGT_E_BAD_PLANE);
	p.surf = (uint32_t)picture_screen.base;
	p.stride = 0;
	screen_plane(&picture_screen, 0, &p);
	ck_assert_int_eq(picture_compose(), XENGT_E_BAD_PLANE);
	p.stride = 3; /* 96 pixels to a row, 100 asked for */
	screen_plane(&picture_screen, 0, &p);
	ck_assert_int_eq(picture_compose(), XENGT_E_BAD_PLANE);
}
END_TEST

/* --- scaling -------------------------------------------------------------------------------- */

START_TEST(a_scaler_of_one_to_one_changes_nothing)
{
	struct screen_plane p = picture_linear(picture_screen.base, 150, 80);

	picture_paint(picture_screen.base, 150, 80);
	picture_scaler(0, 1, 20, 30, 150, 80);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(19, 30, 0);
	for (uint32_t y = 0; y < 80; y++) {
		for (uint32_t x = 0; x < 150; x++) {
			picture_must_be(x + 20, y + 30, picture_colour(x, y));
		}
	}
}
END_TEST

START_TEST(a_picture_made_of_doubled_pixels_scaled_to_half_is_the_picture)
{
	struct screen_plane p = picture_linear(picture_screen.base, 300, 160);

	for (uint32_t y = 0; y < 160; y++) {
		for (uint32_t x = 0; x < 300; x++) {
			picture_put_xrgb(picture_screen.base, x, y, picture_colour(x / 2, y / 2));
		}
	}
	picture_scaler(1, 1, 0, 0, 150, 80);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	for (uint32_t y = 0; y < 80; y++) {
		for (uint32_t x = 0; x < 150; x++) {
			picture_must_be(x, y, picture_colour(x, y));
		}
	}
	/* and upside down */
	p.ctl |= 2;
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(3, 7, picture_colour(146, 72));
}
END_TEST

START_TEST(between_two_pixels_is_their_mean)
{
	struct screen_plane p = picture_linear(picture_screen.base, 16, 16);

	picture_fill(picture_screen.base, 16, 16, 0x000000);
	for (uint32_t y = 0; y < 16; y++) {
		for (uint32_t x = 8; x < 16; x++) {
			picture_put_xrgb(picture_screen.base, x, y, 0xff8040);
		}
	}
	picture_scaler(0, 1, 0, 0, 64, 64);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(0, 0, 0);
	picture_must_be(29, 10, 0);
	picture_must_be_near(30, 10, 0x201008, 1); /* an eighth */
	picture_must_be_near(31, 10, 0x603018, 1);
	picture_must_be_near(32, 10, 0x9f5028, 1);
	picture_must_be(34, 10, 0xff8040);
	picture_must_be(63, 63, 0xff8040);
}
END_TEST

START_TEST(what_no_scaler_can_do_is_refused)
{
	static const uint32_t bad[][4] = {
		{ 150, 80, 50, 80 }, { 150, 80, 150, 26 }, { 150, 80, 0, 80 },
		{ 5000, 80, 4000, 80 }, { 150, 80, 8000, 80 },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		struct screen_plane p = picture_linear(picture_screen.base, bad[i][0], bad[i][1]);

		p.stride = 0x3ff;
		picture_scaler(0, 1, 0, 0, bad[i][2], bad[i][3]);
		screen_plane(&picture_screen, 0, &p);
		ck_assert_int_eq(picture_compose(), XENGT_E_BAD_PLANE);
		ck_assert_msg(strstr(picture_detail, "no scaler"), "%s", picture_detail);
	}
}
END_TEST

START_TEST(a_scaled_pipe_gives_the_monitors_picture)
{
	struct screen_plane p = picture_linear(picture_screen.base, W / 2, H / 2);

	picture_paint(picture_screen.base, W / 2, H / 2);
	screen_write(&picture_screen, 0x6001c, (W / 2 - 1) << 16 | (H / 2 - 1)); /* PIPESRC */
	picture_scaler(0, 0, 50, 20, W / 2, H / 2);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	ck_assert(picture_w == W && picture_h == H);
	picture_must_be(49, 20, 0);
	picture_must_be(50, 20, picture_colour(0, 0));
	picture_must_be(50 + W / 2 - 1, 20 + H / 2 - 1, picture_colour(W / 2 - 1, H / 2 - 1));
	picture_must_be(50 + W / 2, 20, 0);
	picture_scaler(0, 0, W / 2 + 1, 0, W / 2, H / 2); /* leaves the monitor */
	ck_assert_int_eq(picture_compose(), XENGT_E_BAD_PLANE);
}
END_TEST

START_TEST(a_scaler_is_latched_with_its_plane)
{
	struct screen_plane p = picture_linear(picture_screen.base, 50, 40);

	picture_paint(picture_screen.base, 100, 80);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_scaler(0, 1, 10, 10, 100, 80);
	gt_display_latch(picture_screen.v, 0);
	ck_assert_uint_eq(picture_screen.v->display.pipe[0].scaler[0].ctl, 0);
	screen_vblank(&picture_screen);
	gt_display_latch(picture_screen.v, 0);
	ck_assert_uint_eq(picture_screen.v->display.pipe[0].scaler[0].size, 100u << 16 | 80);
}
END_TEST

/* --- one plane ------------------------------------------------------------------------------ */

START_TEST(one_plane_that_covers_the_pipe_is_told_from_others)
{
	struct screen_plane p = picture_linear(picture_screen.base, W, H);
	enum gt_turn turn;
	struct gt_fb fb;

	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	ck_assert(gt_compose_is_one_plane(picture_screen.v, 0, true, &fb, &turn));
	screen_cursor(&picture_screen, 0x27, 0, 0, (uint32_t)picture_screen.base);
	screen_vblank(&picture_screen);
	gt_display_latch(picture_screen.v, 0);
	ck_assert(!gt_compose_is_one_plane(picture_screen.v, 0, true, &fb, &turn));
	ck_assert(gt_compose_is_one_plane(picture_screen.v, 0, false, &fb, &turn));
	p.pos = 1;
	screen_plane(&picture_screen, 0, &p);
	screen_vblank(&picture_screen);
	gt_display_latch(picture_screen.v, 0);
	ck_assert(!gt_compose_is_one_plane(picture_screen.v, 0, false, &fb, &turn));
}
END_TEST

/* --- Broadwell ------------------------------------------------------------------------------ */

START_TEST(the_sprite_of_broadwell_is_keyed_by_what_is_below)
{
	struct screen_plane p = { .ctl = 1u << 31 | 6u << 26, .stride = PICTURE_STRIDE_B,
				  .surf = (uint32_t)picture_screen.base };

	picture_fill(picture_screen.base, W, H, 0x112233);
	picture_put_xrgb(picture_screen.base, 10, 10, 0xff00ff);
	screen_plane(&picture_screen, 0, &p);
	p.ctl = 1u << 31 | 2u << 25 | 1u << 2;
	p.size = 31u << 16 | 31;
	p.surf = (uint32_t)(picture_screen.base + GT_MiB(1));
	picture_fill(picture_screen.base + GT_MiB(1), 32, 32, 0x445566);
	picture_write_plane(1, 0x14, 0xff00ff);
	picture_write_plane(1, 0x18, 0xffffff);
	screen_plane(&picture_screen, 1, &p);
	picture_must_compose();
	picture_must_be(10, 10, 0x445566);
	picture_must_be(11, 10, 0x112233);
}
END_TEST

START_TEST(the_panel_fitter_of_broadwell_scales_the_pipe)
{
	struct screen_plane p = { .ctl = 1u << 31 | 6u << 26, .stride = PICTURE_STRIDE_B,
				  .surf = (uint32_t)picture_screen.base };

	picture_paint(picture_screen.base, W / 2, H / 2);
	screen_write(&picture_screen, 0x6001c, (W / 2 - 1) << 16 | (H / 2 - 1));
	screen_write(&picture_screen, 0x68080, 1u << 31 | 1u << 23);
	screen_write(&picture_screen, 0x68070, 0);
	screen_write(&picture_screen, 0x68074, W << 16 | H);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	ck_assert(picture_w == W && picture_h == H);
	picture_must_be(0, 0, picture_colour(0, 0));
	picture_must_be(W - 1, H - 1, picture_colour(W / 2 - 1, H / 2 - 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("compose");
	TCase *skl = tcase_create("skl"), *bdw = tcase_create("bdw");

	tcase_add_checked_fixture(skl, set_up, picture_close);
	tcase_set_timeout(skl, 60);
	tcase_add_test(skl, a_quarter_turn_shows_the_view_that_the_driver_mapped);
	tcase_add_test(skl, a_rotated_view_that_leaves_the_partition_is_refused);
	tcase_add_test(skl, a_scaler_of_one_to_one_changes_nothing);
	tcase_add_test(skl, a_picture_made_of_doubled_pixels_scaled_to_half_is_the_picture);
	tcase_add_test(skl, between_two_pixels_is_their_mean);
	tcase_add_test(skl, what_no_scaler_can_do_is_refused);
	tcase_add_test(skl, a_scaled_pipe_gives_the_monitors_picture);
	tcase_add_test(skl, a_scaler_is_latched_with_its_plane);
	tcase_add_test(skl, one_plane_that_covers_the_pipe_is_told_from_others);
	suite_add_tcase(suite, skl);
	tcase_add_checked_fixture(bdw, set_up_bdw, picture_close);
	tcase_add_test(bdw, the_sprite_of_broadwell_is_keyed_by_what_is_below);
	tcase_add_test(bdw, the_panel_fitter_of_broadwell_scales_the_pipe);
	suite_add_tcase(suite, bdw);
	return test_run(suite);
}
