/* SPDX-License-Identifier: MIT */
/* Planes that are keyed, blended, YUV or coloured by their pipe, pixel by pixel. */
#include "color.h"

#include <check.h>

#include "picture.h"
#include "test_run.h"

#define W PICTURE_W
#define H PICTURE_H_PX

static void set_up(void)
{
	picture_open(GT_SKL);
}

/* --- keys and blending ---------------------------------------------------------------------- */

START_TEST(a_source_key_takes_out_its_colour)
{
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x112233);
	screen_plane(&picture_screen, 0, &p);
	p = picture_linear(picture_screen.base + GT_MiB(1), 32, 32);
	picture_fill(picture_screen.base + GT_MiB(1), 32, 32, 0x00ff00ff);
	picture_put_xrgb(picture_screen.base + GT_MiB(1), 4, 5, 0x445566);
	p.ctl |= 1u << 21;
	picture_write_plane(1, 0x14, 0xff00ff);
	picture_write_plane(1, 0x18, 0xffffff);
	screen_plane(&picture_screen, 1, &p);
	picture_must_compose();
	picture_must_be(3, 5, 0x112233);
	picture_must_be(4, 5, 0x445566);
}
END_TEST

START_TEST(a_destination_key_lets_the_plane_above_through)
{
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x112233);
	picture_put_xrgb(picture_screen.base, 10, 10, 0xff00ff);
	p.ctl |= 2u << 21;
	picture_write_plane(0, 0x14, 0xff00ff);
	picture_write_plane(0, 0x18, 0xffffff);
	screen_plane(&picture_screen, 0, &p);
	p = picture_linear(picture_screen.base + GT_MiB(1), 32, 32);
	picture_fill(picture_screen.base + GT_MiB(1), 32, 32, 0x445566);
	screen_plane(&picture_screen, 1, &p);
	picture_must_compose();
	picture_must_be(10, 10, 0x445566);
	picture_must_be(11, 10, 0x112233);
}
END_TEST

START_TEST(the_alpha_of_a_plane_fades_it)
{
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x004080);
	screen_plane(&picture_screen, 0, &p);
	p = picture_linear(picture_screen.base + GT_MiB(1), 32, 32);
	picture_fill(picture_screen.base + GT_MiB(1), 32, 32, 0x00ff0000);
	picture_write_plane(1, 0x18, 1u << 31);
	picture_write_plane(1, 0x20, 51u << 24);
	screen_plane(&picture_screen, 1, &p);
	picture_must_compose();
	picture_must_be_near(3, 3, 0x333366, 1);
	picture_must_be(40, 3, 0x004080);
	p.ctl |= 3u << 4; /* its pixels' alpha, 0, too */
	screen_plane(&picture_screen, 1, &p);
	picture_must_compose();
	picture_must_be(3, 3, 0x004080);
}
END_TEST

START_TEST(alpha_that_is_not_multiplied_is_multiplied)
{
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x004080);
	screen_plane(&picture_screen, 0, &p);
	p = picture_linear(picture_screen.base + GT_MiB(1), 32, 32);
	picture_fill(picture_screen.base + GT_MiB(1), 32, 32, 0x80ff0000);
	p.ctl |= 3u << 4;
	screen_plane(&picture_screen, 1, &p);
	picture_must_compose();
	picture_must_be_near(3, 3, 0x802040, 1);
}
END_TEST

/* --- YUV ------------------------------------------------------------------------------------ */

struct yuv_case {
	uint8_t y, u, v;
	uint32_t ctl, rgb;
};

/* White, black, and the standards' own red, green and blue. */
static const struct yuv_case yuv_cases[] = {
    {235, 128, 128, 0, 0xffffff},
    {16, 128, 128, 0, 0x000000},
    {81, 90, 240, 0, 0xff0000},
    {145, 54, 34, 0, 0x00ff00},
    {41, 240, 110, 0, 0x0000ff},
    {63, 102, 240, 1u << 18, 0xff0000},
    {173, 42, 26, 1u << 18, 0x00ff00},
    {32, 240, 118, 1u << 18, 0x0000ff},
    {255, 128, 128, 1u << 28, 0xffffff},
    {76, 85, 255, 1u << 28, 0xff0000},
    {54, 99, 255, 1u << 28 | 1u << 18, 0xff0000},
};

START_TEST(packed_yuv_is_converted_in_each_order)
{
	static const uint8_t at[4][4] = {
	    /* y0 u y1 v */
	    {0, 1, 2, 3},
	    {1, 0, 3, 2},
	    {0, 3, 2, 1},
	    {1, 2, 3, 0},
	};

	for (unsigned order = 0; order < 4; order++) {
		for (size_t i = 0; i < GT_ARRAY_SIZE(yuv_cases); i++) {
			const struct yuv_case *k = &yuv_cases[i];
			struct screen_plane p = picture_linear(picture_screen.base, W, 4);
			uint8_t black = k->ctl & 1u << 28 ? 0 : 16;

			for (uint32_t x = 0; x < W; x += 2) {
				gt_gma_t to = picture_screen.base + x * 2;

				picture_put(to + at[order][0], k->y, 1);
				picture_put(to + at[order][1], k->u, 1);
				picture_put(to + at[order][2], k->y, 1);
				picture_put(to + at[order][3], k->v, 1);
			}
			picture_put(picture_screen.base + 8 + at[order][2], black, 1); /* pixel 5 */
			picture_put(picture_screen.base + 8 + at[order][1], 128, 1);
			picture_put(picture_screen.base + 8 + at[order][3], 128, 1);
			p.ctl = 1u << 31 | k->ctl | order << 16;
			screen_plane(&picture_screen, 0, &p);
			picture_must_compose();
			picture_must_be_near(0, 0, k->rgb, 2);
			picture_must_be_near(3, 0, k->rgb, 2);
			picture_must_be_near(5, 0, 0, 2);
			picture_must_be_near(W - 1, 0, k->rgb, 2);
		}
	}
}
END_TEST

START_TEST(nv12_takes_its_chroma_from_the_second_surface)
{
	struct screen_plane p = picture_linear(picture_screen.base, 100, 60);

	for (uint32_t y = 0; y < 60; y++) {
		for (uint32_t x = 0; x < 100; x++) {
			picture_put(picture_screen.base + y * 128 + x, 81, 1);
		}
	}
	for (uint32_t y = 0; y < 30; y++) {
		for (uint32_t x = 0; x < 50; x++) {
			bool red = x < 25 && y < 10;

			picture_put(picture_screen.base + GT_MiB(1) + y * 128 + x * 2,
				    red ? 90 : 128, 1);
			picture_put(picture_screen.base + GT_MiB(1) + y * 128 + x * 2 + 1,
				    red ? 240 : 128, 1);
		}
	}
	p.ctl = 1u << 31 | 1u << 24;
	p.stride = 2;
	picture_write_plane(0, 0x40, (uint32_t)GT_MiB(1) | 2);
	picture_write_plane(0, 0x44, 0);
	picture_scaler(0, 1, 10, 10, 100, 60);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(9, 9, 0);
	picture_must_be_near(10, 10, 0xff0000, 2);
	picture_must_be_near(59, 29, 0xff0000, 2);
	picture_must_be_near(60, 29, 0x4c4c4c, 2);
	picture_must_be_near(59, 30, 0x4c4c4c, 2);
	picture_must_be_near(109, 69, 0x4c4c4c, 2);
	picture_write_plane(0, 0x40, 0xfff00002); /* chroma beyond the partition */
	screen_plane(&picture_screen, 0, &p);
	ck_assert_int_eq(picture_compose(), XENGT_E_BAD_PLANE);
}
END_TEST

/* --- colours -------------------------------------------------------------------------------- */

#define GAMMA (1u << 30)
#define CSC   (1u << 23)

START_TEST(gamma_acts_only_if_the_plane_goes_through_it)
{
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x102030);
	for (uint32_t i = 0; i < 256; i++) {
		screen_write(&picture_screen, 0x4a000 + i * 4, (255 - i) << 16 | i << 8 | i / 2);
	}
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(0, 0, 0x102030);
	p.ctl |= GAMMA;
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(0, 0, 0xef2018);
}
END_TEST

START_TEST(the_precise_palette_is_written_and_read_by_its_index)
{
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x00ff80);
	screen_write(&picture_screen, 0x4a400, 1u << 15);
	for (uint32_t i = 0; i < 1024; i++) {
		screen_write(&picture_screen, 0x4a404, (1023 - i) << 20 | i << 10 | i / 2);
	}
	screen_write(&picture_screen, 0x4a400, 5);
	ck_assert_uint_eq(gt_vgpu_bar_read(picture_screen.v, GT_BAR_MMIO, 0x4a404, 4),
			  1018u << 20 | 5u << 10 | 2);
	ck_assert_uint_eq(gt_vgpu_bar_read(picture_screen.v, GT_BAR_MMIO, 0x4a400, 4), 5);
	screen_write(&picture_screen, 0x4a480, 1);
	p.ctl |= GAMMA;
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(0, 0, 0xffff40);
}
END_TEST

static void matrix(const uint16_t coeff[9], uint32_t post)
{
	for (unsigned row = 0; row < 3; row++) {
		screen_write(&picture_screen, 0x49010 + row * 8,
			     (uint32_t)coeff[row * 3] << 16 | coeff[row * 3 + 1]);
		screen_write(&picture_screen, 0x49014 + row * 8,
			     (uint32_t)coeff[row * 3 + 2] << 16);
		screen_write(&picture_screen, 0x49040 + row * 4, post);
	}
	screen_write(&picture_screen, 0x49028, 0); /* CSC_MODE */
}

START_TEST(a_matrix_mixes_channels)
{
	/* red = blue, green = green / 2, blue = red - green / 4 */
	static const uint16_t coeff[9] = {0, 0, 0x7800, 0, 0x0800, 0, 0x7800, 0x9800, 0};
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x804020);
	matrix(coeff, 0);
	p.ctl |= CSC;
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be_near(0, 0, 0x202070, 1);
}
END_TEST

START_TEST(a_matrix_is_shown_from_the_blank_after_its_arming_on)
{
	static const uint16_t green[9] = {0, 0, 0, 0, 0x7800, 0, 0, 0, 0};
	static const uint16_t red[9] = {0x7800, 0, 0, 0, 0, 0, 0, 0, 0};
	struct screen_plane p = picture_linear(picture_screen.base, W, H);

	picture_fill(picture_screen.base, W, H, 0x804020);
	matrix(green, 0);
	p.ctl |= CSC;
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be_near(0, 0, 0x004000, 1);
	screen_write(&picture_screen, 0x49010, 0x7800u << 16); /* not armed */
	picture_must_compose();
	picture_must_be_near(0, 0, 0x004000, 1);
	matrix(red, 0);
	ck_assert_uint_eq(picture_screen.v->display.pipe[0].colors.csc_coeff[0], 0);
	picture_must_compose();
	picture_must_be_near(0, 0, 0x800000, 1);
}
END_TEST

START_TEST(what_only_packs_colours_for_the_wire_is_undone)
{
	static const uint16_t limited[9] = {0x0dc0, 0, 0, 0, 0x0dc0, 0, 0, 0, 0x0dc0};
	struct screen_plane p = picture_linear(picture_screen.base, W, H);
	enum gt_turn turn;
	struct gt_fb fb;

	picture_paint(picture_screen.base, W, H);
	matrix(limited, 257);
	p.ctl |= CSC;
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	for (uint32_t i = 0; i < H; i++) {
		picture_must_be(i, i, picture_colour(i, i));
	}
	ck_assert(gt_compose_is_one_plane(picture_screen.v, 0, true, &fb, &turn));
	ck_assert_int_eq(turn, GT_TURN_NONE);
}
END_TEST

START_TEST(the_bottom_colour_is_seen_where_no_plane_is)
{
	struct screen_plane p = picture_linear(picture_screen.base, 32, 32);

	picture_fill(picture_screen.base, 32, 32, 0x123456);
	screen_write(&picture_screen, 0x70034, 0x3ffu << 20 | 0x200u << 10 | 0x100);
	screen_plane(&picture_screen, 0, &p);
	picture_must_compose();
	picture_must_be(31, 31, 0x123456);
	picture_must_be(32, 31, 0xff8040);
	picture_must_be(W - 1, H - 1, 0xff8040);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("color");
	TCase *skl = tcase_create("skl");

	tcase_add_checked_fixture(skl, set_up, picture_close);
	tcase_set_timeout(skl, 60);
	tcase_add_test(skl, a_source_key_takes_out_its_colour);
	tcase_add_test(skl, a_destination_key_lets_the_plane_above_through);
	tcase_add_test(skl, the_alpha_of_a_plane_fades_it);
	tcase_add_test(skl, alpha_that_is_not_multiplied_is_multiplied);
	tcase_add_test(skl, packed_yuv_is_converted_in_each_order);
	tcase_add_test(skl, nv12_takes_its_chroma_from_the_second_surface);
	tcase_add_test(skl, gamma_acts_only_if_the_plane_goes_through_it);
	tcase_add_test(skl, the_precise_palette_is_written_and_read_by_its_index);
	tcase_add_test(skl, a_matrix_mixes_channels);
	tcase_add_test(skl, a_matrix_is_shown_from_the_blank_after_its_arming_on);
	tcase_add_test(skl, what_only_packs_colours_for_the_wire_is_undone);
	tcase_add_test(skl, the_bottom_colour_is_seen_where_no_plane_is);
	suite_add_tcase(suite, skl);
	return test_run(suite);
}
