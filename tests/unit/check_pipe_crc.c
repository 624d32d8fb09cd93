/* SPDX-License-Identifier: MIT */
/* CRCs of frames: when there is one, and what it tells apart. */
#include "pipe_crc.h"

#include <check.h>

#include "picture.h"
#include "test_run.h"

#define W          PICTURE_W
#define H          PICTURE_H_PX
#define CRC_CTL    0x60050u
#define CRC_RES    0x60064u
#define PIPE_IMR   0x44404u
#define PIPE_IIR   0x44408u
#define DONE       (1u << 28)
#define WHOLE_PIPE (4u << 28)
#define SECOND     (2u << 28)
#define ENABLE     (1u << 31)

static void set_up(void)
{
	struct screen_plane p;

	picture_open(GT_SKL);
	picture_paint(picture_screen.base, W, H);
	p = picture_linear(picture_screen.base, W, H);
	screen_plane(&picture_screen, 0, &p);
	screen_vblank(&picture_screen);
	screen_write(&picture_screen, PIPE_IMR, ~DONE);
	screen_write(&picture_screen, CRC_CTL, ENABLE | WHOLE_PIPE);
}

static uint32_t reg(uint32_t off)
{
	return (uint32_t)gt_vgpu_bar_read(picture_screen.v, GT_BAR_MMIO, off, 4);
}

/* Of the second frame from now: what was armed is shown in it. */
static uint32_t next_crc(void)
{
	for (unsigned i = 0; i < 2; i++) {
		screen_write(&picture_screen, PIPE_IIR, ~0u);
		screen_vblank(&picture_screen);
		ck_assert_uint_eq(reg(PIPE_IIR) & DONE, DONE);
	}
	return reg(CRC_RES);
}

START_TEST(the_sum_is_the_known_one)
{
	/* 0x010203, 0x040506 as bytes 03 02 01 00 06 05 04 00 */
	static const uint32_t px[3] = {0xff010203, 0x00040506, 0x12000000};

	ck_assert_uint_eq(gt_pipe_crc_pixels(0, px, 2), 0xf0a24235u);
	ck_assert_uint_eq(gt_pipe_crc_pixels(0, px, 3), 0xb423a256u);
	ck_assert_uint_eq(gt_pipe_crc_pixels(gt_pipe_crc_pixels(0, px, 1), px + 1, 2), 0xb423a256u);
}
END_TEST

START_TEST(equal_pictures_are_equal_and_one_pixel_makes_a_difference)
{
	uint32_t first = next_crc();

	ck_assert_uint_eq(next_crc(), first);
	for (uint32_t y = 0; y < H; y += 17) {
		for (uint32_t x = 0; x < W; x += 23) {
			uint32_t was = picture_colour(x, y);

			picture_put_xrgb(picture_screen.base, x, y, was ^ 1u << (x + y) % 24);
			ck_assert_uint_ne(next_crc(), first);
			picture_put_xrgb(picture_screen.base, x, y, was);
		}
	}
	ck_assert_uint_eq(next_crc(), first);
	picture_put_xrgb(picture_screen.base, 1, 1, picture_colour(1, 1) | 0xff000000);
	ck_assert_uint_eq(next_crc(), first);
}
END_TEST

START_TEST(the_same_picture_made_otherwise_has_the_same_crc)
{
	uint32_t first = next_crc();
	struct screen_plane p = picture_linear(picture_screen.base + GT_MiB(1), W, H);

	/* upside down, and turned back */
	for (uint32_t y = 0; y < H; y++) {
		for (uint32_t x = 0; x < W; x++) {
			picture_put_xrgb(picture_screen.base + GT_MiB(1), W - 1 - x, H - 1 - y,
					 picture_colour(x, y));
		}
	}
	p.ctl |= 2;
	screen_plane(&picture_screen, 0, &p);
	ck_assert_uint_eq(next_crc(), first);
}
END_TEST

START_TEST(one_plane_has_its_own_crc)
{
	uint32_t whole = next_crc(), empty;

	screen_write(&picture_screen, CRC_CTL, ENABLE | SECOND);
	empty = next_crc();
	ck_assert_uint_ne(empty, whole);
	picture_put_xrgb(picture_screen.base, 1, 1, 0);
	ck_assert_uint_eq(next_crc(), empty);
}
END_TEST

START_TEST(nobody_asks_and_nothing_is_done)
{
	uint64_t before;

	next_crc();
	before = picture_screen.v->events.count[GT_C_pipe_crcs];
	screen_write(&picture_screen, CRC_CTL, 0);
	ck_assert_ptr_null(picture_screen.v->pipe_crc.picture);
	ck_assert_uint_eq(picture_screen.v->display.pipe[0].next_vblank_ns, UINT64_MAX);
	screen_vblank(&picture_screen);
	screen_write(&picture_screen, CRC_CTL, ENABLE | WHOLE_PIPE);
	screen_write(&picture_screen, PIPE_IMR, ~0u);
	screen_vblank(&picture_screen);
	ck_assert_uint_eq(picture_screen.v->events.count[GT_C_pipe_crcs], before);
	/* the eDP transcoder has such a register as well */
	screen_write(&picture_screen, 0x6f050, ENABLE | WHOLE_PIPE);
}
END_TEST

static uint64_t slow_ns;

static uint64_t slow_now_ns(struct gt_guest *g)
{
	return slow_ns += 1000000; /* a millisecond each time one looks */
}

START_TEST(a_frame_that_took_long_is_followed_by_a_rest)
{
	struct gt_guest_ops ops = *picture_screen.guest->base.ops;
	struct gt_pipe_crc *crc = &picture_screen.v->pipe_crc;

	slow_ns = picture_screen.guest->clock_ns;
	ops.now_ns = slow_now_ns;
	picture_screen.guest->base.ops = &ops;
	gt_pipe_crc_vblank(picture_screen.v, 0);
	ck_assert_uint_eq(crc->not_before_ns[0], slow_ns + 3 * 1000000);
	slow_ns -= 1000000;
	gt_pipe_crc_vblank(picture_screen.v, 0);
	ck_assert_uint_eq(picture_screen.v->events.count[GT_C_pipe_crcs], 1);
	screen_write(&picture_screen, CRC_CTL, 0);
	ck_assert_uint_ne(crc->not_before_ns[0], 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pipe_crc");
	TCase *skl = tcase_create("skl");

	tcase_add_checked_fixture(skl, set_up, picture_close);
	tcase_set_timeout(skl, 60);
	tcase_add_test(skl, the_sum_is_the_known_one);
	tcase_add_test(skl, equal_pictures_are_equal_and_one_pixel_makes_a_difference);
	tcase_add_test(skl, the_same_picture_made_otherwise_has_the_same_crc);
	tcase_add_test(skl, one_plane_has_its_own_crc);
	tcase_add_test(skl, nobody_asks_and_nothing_is_done);
	tcase_add_test(skl, a_frame_that_took_long_is_followed_by_a_rest);
	suite_add_tcase(suite, skl);
	return test_run(suite);
}
