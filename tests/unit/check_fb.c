/* SPDX-License-Identifier: MIT */
/* Plane and cursor registers, as drivers program them and as nobody should. */
#include "fb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <drm_fourcc.h>

#include "screen.h"
#include "test_run.h"

static struct screen s;
static char detail[XENGT_DETAIL_MAX];

static void set_up_skl(void)
{
	screen_open(&s, GT_SKL);
	screen_mode(&s, 1024, 768);
}

static void set_up_bdw(void)
{
	screen_open(&s, GT_BDW);
	screen_mode(&s, 1024, 768);
}

static void tear_down(void)
{
	screen_close(&s);
}

#define SIZE_1024x768 (767u << 16 | 1023u)

/* What the real driver writes for its console: XRGB8888, linear, 1024x768. */
static struct screen_plane fbcon(void)
{
	return (struct screen_plane){
		.ctl = 0x84042000, .stride = 64, .size = SIZE_1024x768, .surf = (uint32_t)s.base
	};
}

static int decode(unsigned plane, const struct screen_plane *p, struct gt_fb *fb)
{
	screen_plane(&s, plane, p);
	screen_vblank(&s);
	gt_display_latch(s.v, 0);
	detail[0] = 0;
	return gt_fb_decode_plane(s.v, 0, plane, fb, detail);
}

START_TEST(the_console_of_i915_is_understood)
{
	struct screen_plane p = fbcon();
	struct gt_fb fb;

	ck_assert_int_eq(decode(0, &p, &fb), 0);
	ck_assert_uint_eq(fb.fourcc, DRM_FORMAT_XRGB8888);
	ck_assert_uint_eq(fb.modifier, DRM_FORMAT_MOD_LINEAR);
	ck_assert_uint_eq(fb.width_px, 1024);
	ck_assert_uint_eq(fb.height_px, 768);
	ck_assert_uint_eq(fb.main.s.stride_B, 4096);
	ck_assert_uint_eq(fb.main.base, s.base);
	ck_assert(fb.blend == GT_BLEND_NONE && !fb.rotated_180 && !fb.pos_x_px && !fb.pos_y_px);
}
END_TEST

START_TEST(a_plane_that_is_off_is_no_error)
{
	struct gt_fb fb;

	ck_assert_int_eq(gt_fb_decode_plane(s.v, 0, 0, &fb, detail), -ENOENT);
	ck_assert_int_eq(gt_fb_decode_cursor(s.v, 0, &fb, detail), -ENOENT);
}
END_TEST

START_TEST(each_format_and_tiling_of_gen9_has_its_drm_name)
{
	static const struct {
		uint32_t ctl, fourcc;
	} formats[] = {
		{ 2u << 24, DRM_FORMAT_XRGB2101010 },
		{ 2u << 24 | 1u << 20, DRM_FORMAT_XBGR2101010 },
		{ 4u << 24, DRM_FORMAT_XRGB8888 },
		{ 4u << 24 | 1u << 20, DRM_FORMAT_XBGR8888 },
		{ 12u << 24, DRM_FORMAT_C8 },
		{ 14u << 24, DRM_FORMAT_RGB565 },
	};
	static const struct {
		uint32_t ctl;
		uint64_t modifier;
	} tilings[] = {
		{ 0, DRM_FORMAT_MOD_LINEAR },
		{ 1u << 10, I915_FORMAT_MOD_X_TILED },
		{ 4u << 10, I915_FORMAT_MOD_Y_TILED },
		{ 5u << 10, I915_FORMAT_MOD_Yf_TILED },
	};

	for (size_t f = 0; f < GT_ARRAY_SIZE(formats); f++) {
		for (size_t t = 0; t < GT_ARRAY_SIZE(tilings); t++) {
			struct screen_plane p = fbcon();
			struct gt_fb fb;

			p.ctl = 1u << 31 | formats[f].ctl | tilings[t].ctl;
			ck_assert_msg(!decode(0, &p, &fb), "%s", detail);
			ck_assert_uint_eq(fb.fourcc, formats[f].fourcc);
			ck_assert_uint_eq(fb.modifier, tilings[t].modifier);
		}
	}
}
END_TEST

START_TEST(strides_count_tiles)
{
	struct screen_plane p = fbcon();
	struct gt_fb fb;

	p.ctl = 1u << 31 | 4u << 24 | 1u << 10;
	p.stride = 8;
	ck_assert_int_eq(decode(0, &p, &fb), 0);
	ck_assert_uint_eq(fb.main.s.stride_B, 4096);
	p.ctl = 1u << 31 | 4u << 24 | 4u << 10;
	p.stride = 32;
	ck_assert_int_eq(decode(0, &p, &fb), 0);
	ck_assert_uint_eq(fb.main.s.stride_B, 4096);
	p.ctl = 1u << 31 | 6u << 24 | 5u << 10; /* FP16: Yf tiles are 256 bytes wide */
	ck_assert_int_eq(decode(0, &p, &fb), 0);
	ck_assert_uint_eq(fb.main.s.stride_B, 8192);
}
END_TEST

START_TEST(what_cannot_be_read_is_named)
{
	static const struct {
		uint32_t ctl;
		const char *word;
	} bad[] = {
		{ 3u << 24, "P010" },		{ 5u << 24, "P012" },
		{ 9u << 24, "code 9" },		{ 4u << 24 | 1u << 15, "compressed" },
		{ 4u << 24 | 2u << 10, "tiling" }, { 4u << 24 | 1, "90 degrees" },
		{ 4u << 24 | 3, "90 degrees" },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		struct screen_plane p = fbcon();
		struct gt_fb fb;

		p.ctl = 1u << 31 | bad[i].ctl;
		ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
		ck_assert_msg(strstr(detail, bad[i].word), "%s", detail);
	}
}
END_TEST

START_TEST(planes_that_leave_the_stride_or_the_partition_are_refused)
{
	struct screen_plane p = fbcon();
	struct gt_fb fb;

	p.stride = 63;
	ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
	p = fbcon();
	p.offset = 1;
	ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
	p = fbcon();
	p.stride = 0;
	ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
	p = fbcon();
	p.surf = (uint32_t)(s.v->part.unmap_base + s.v->part.unmap_size - 4096);
	ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
	p.surf = 0xfffff000;
	ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
	p = fbcon();
	p.offset = 0xffff0000;
	ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
	p = fbcon();
	p.size = 0xffffffff;
	ck_assert_int_eq(decode(0, &p, &fb), -EINVAL);
}
END_TEST

static uint32_t random32(void)
{
	return (uint32_t)rand() << 16 ^ (uint32_t)rand();
}

START_TEST(whatever_is_programmed_is_refused_or_within_bounds)
{
	unsigned nr_good = 0;

	srand(3);
	for (unsigned n = 0; n < 200000; n++) {
		struct gt_plane *p = &s.v->display.pipe[0].plane[n % 3];
		struct gt_fb fb;

		/* rotated views are measured otherwise: see fuzz_compose */
		p->ctl = (random32() | 1u << 31) & ~1u;
		p->stride = n % 2 ? random32() : random32() & 0x3ff;
		p->size = random32() & (n % 4 ? 0x07ff07ff : 0xffffffff);
		p->offset = random32() & (n % 3 ? 0x003f003f : 0xffffffff);
		p->surf = n % 8 ? (uint32_t)s.base + (random32() & 0xffffff) : random32();
		p->pos = random32();
		if (gt_fb_decode_plane(s.v, 0, n % 3, &fb, detail)) {
			continue;
		}
		nr_good++;
		struct gt_rect r = { fb.main.x_px * fb.main.s.cpp_B, fb.main.y_px,
				     fb.width_px * fb.main.s.cpp_B, fb.height_px };

		ck_assert(fb.width_px <= GT_MAX_FB_PX && fb.height_px <= GT_MAX_FB_PX);
		ck_assert(fb.width_px && fb.height_px && fb.main.base % GT_PAGE_SIZE == 0);
		ck_assert(gt_surface_has(&fb.main.s, &r));
		ck_assert(gt_ggtt_inside(
			s.v, fb.main.base + gt_detile_page(&fb.main.s, &r, 0) * GT_PAGE_SIZE, 1));
	}
	ck_assert_uint_gt(nr_good, 1000);
}
END_TEST

START_TEST(cursors_have_three_sizes_signed_places_and_a_cut_off_height)
{
	struct gt_fb fb;

	screen_cursor(&s, 0x27, 0x80058003, 0, (uint32_t)s.base);
	screen_vblank(&s);
	gt_display_latch(s.v, 0);
	ck_assert_int_eq(gt_fb_decode_cursor(s.v, 0, &fb, detail), 0);
	ck_assert(fb.width_px == 64 && fb.height_px == 64 && fb.main.s.stride_B == 256);
	ck_assert(fb.pos_x_px == -3 && fb.pos_y_px == -5);
	ck_assert_uint_eq(fb.fourcc, DRM_FORMAT_ARGB8888);
	screen_cursor(&s, 0x23, 0x00070009, 1u << 31 | 31, (uint32_t)s.base);
	screen_vblank(&s);
	gt_display_latch(s.v, 0);
	ck_assert_int_eq(gt_fb_decode_cursor(s.v, 0, &fb, detail), 0);
	ck_assert(fb.width_px == 256 && fb.height_px == 32);
	ck_assert(fb.pos_x_px == 9 && fb.pos_y_px == 7);
	screen_cursor(&s, 0x06, 0, 0, (uint32_t)s.base);
	screen_vblank(&s);
	gt_display_latch(s.v, 0);
	ck_assert_int_eq(gt_fb_decode_cursor(s.v, 0, &fb, detail), -EINVAL);
}
END_TEST

START_TEST(the_primary_plane_of_broadwell_fills_the_pipe)
{
	struct screen_plane p = {
		.ctl = 1u << 31 | 6u << 26, .stride = 4096, .surf = (uint32_t)s.base
	};
	struct gt_fb fb;

	ck_assert_msg(!decode(0, &p, &fb), "%s", detail);
	ck_assert_uint_eq(fb.fourcc, DRM_FORMAT_XRGB8888);
	ck_assert(fb.width_px == 1024 && fb.height_px == 768 && fb.main.s.stride_B == 4096);
	p.ctl = 1u << 31 | 14u << 26 | 1u << 10 | 1u << 15;
	ck_assert_msg(!decode(0, &p, &fb), "%s", detail);
	ck_assert_uint_eq(fb.fourcc, DRM_FORMAT_XBGR8888);
	ck_assert_uint_eq(fb.modifier, I915_FORMAT_MOD_X_TILED);
	ck_assert(fb.rotated_180);
}
END_TEST

START_TEST(the_sprite_of_broadwell_has_a_place_and_a_size)
{
	struct screen_plane p = {
		.ctl = 1u << 31 | 2u << 25 | 1u << 20,
		.stride = 512,
		.pos = 20u << 16 | 10,
		.size = 49u << 16 | 99,
		.surf = (uint32_t)s.base,
	};
	struct gt_fb fb;

	ck_assert_msg(!decode(1, &p, &fb), "%s", detail);
	ck_assert_uint_eq(fb.fourcc, DRM_FORMAT_XBGR8888);
	ck_assert(fb.width_px == 100 && fb.height_px == 50);
	ck_assert(fb.pos_x_px == 10 && fb.pos_y_px == 20);
	ck_assert_uint_eq(gt_fb_nr_planes(s.v), 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fb");
	TCase *skl = tcase_create("skl"), *bdw = tcase_create("bdw");

	tcase_add_checked_fixture(skl, set_up_skl, tear_down);
	tcase_set_timeout(skl, 60);
	tcase_add_test(skl, the_console_of_i915_is_understood);
	tcase_add_test(skl, a_plane_that_is_off_is_no_error);
	tcase_add_test(skl, each_format_and_tiling_of_gen9_has_its_drm_name);
	tcase_add_test(skl, strides_count_tiles);
	tcase_add_test(skl, what_cannot_be_read_is_named);
	tcase_add_test(skl, planes_that_leave_the_stride_or_the_partition_are_refused);
	tcase_add_test(skl, whatever_is_programmed_is_refused_or_within_bounds);
	tcase_add_test(skl, cursors_have_three_sizes_signed_places_and_a_cut_off_height);
	suite_add_tcase(suite, skl);
	tcase_add_checked_fixture(bdw, set_up_bdw, tear_down);
	tcase_add_test(bdw, the_primary_plane_of_broadwell_fills_the_pipe);
	tcase_add_test(bdw, the_sprite_of_broadwell_has_a_place_and_a_size);
	suite_add_tcase(suite, bdw);
	return test_run(suite);
}
