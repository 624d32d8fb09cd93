/* SPDX-License-Identifier: MIT */
/* Pictures of a guest whose screen is known, pixel by pixel. */
#define _GNU_SOURCE
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <check.h>

#include "screen.h"
#include "swizzle.h"
#include "test_run.h"

static struct screen s;
static char detail[XENGT_DETAIL_MAX];

static void set_up(void)
{
	screen_open(&s, GT_SKL);
}

static void set_up_bdw(void)
{
	screen_open(&s, GT_BDW);
}

static void tear_down(void)
{
	ck_assert_uint_eq(s.guest->nr_mapped, gt_frames_mapped(s.v->frames));
	screen_close(&s);
}

struct picture {
	struct xengt_frame frame;
	const uint8_t *at;
	int fd;
};

static enum xengt_status take(struct picture *p)
{
	enum xengt_status status = gt_snapshot_take(s.v, 0, &p->frame, &p->fd, detail);

	if (status) {
		ck_assert_int_eq(p->fd, -1);
		return status;
	}
	p->at = mmap(NULL, p->frame.size_B, PROT_READ, MAP_SHARED, p->fd, 0);
	ck_assert_ptr_ne(p->at, MAP_FAILED);
	return status;
}

static void release(struct picture *p)
{
	munmap((void *)(uintptr_t)p->at, p->frame.size_B);
	close(p->fd);
}

static uint32_t pixel(const struct picture *p, uint32_t x, uint32_t y)
{
	uint32_t px;

	memcpy(&px, p->at + (size_t)y * p->frame.stride_B + x * 4, 4);
	return px & 0xffffff;
}

/* A colour for each place, such that any mix-up shows. */
static uint32_t colour(uint32_t x, uint32_t y)
{
	uint32_t h = (x * 2654435761u) ^ (y * 2246822519u);

	return (h ^ h >> 15) & 0xffffff;
}

/* Raw pixels of a colour, and the colour that comes back. */
struct format {
	uint32_t ctl, cpp;
	uint64_t (*raw)(uint32_t rgb);
	uint32_t (*back)(uint32_t rgb);
};

static uint32_t same(uint32_t rgb)
{
	return rgb;
}

static uint64_t raw_xrgb(uint32_t rgb)
{
	return rgb | 0xa5000000;
}

static uint64_t raw_xbgr(uint32_t rgb)
{
	return (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >> 16;
}

static uint64_t raw_565(uint32_t rgb)
{
	return (rgb >> 19) << 11 | (rgb >> 10 & 0x3f) << 5 | (rgb >> 3 & 0x1f);
}

static uint32_t back_565(uint32_t rgb)
{
	uint32_t r = rgb >> 19, g = rgb >> 10 & 0x3f, b = rgb >> 3 & 0x1f;

	return (r << 3 | r >> 2) << 16 | (g << 2 | g >> 4) << 8 | b << 3 | b >> 2;
}

static uint64_t raw_xr30(uint32_t rgb)
{
	return (rgb >> 16) << 22 | (rgb >> 8 & 0xff) << 12 | (rgb & 0xff) << 2;
}

static uint64_t raw_c8(uint32_t rgb)
{
	return rgb & 0xff;
}

static uint32_t back_grey(uint32_t rgb)
{
	return (rgb & 0xff) * 0x010101;
}

/* 0 and 1 only: what conversion does in between is check_detile's business */
static uint64_t raw_16f(uint32_t rgb)
{
	return (rgb & 0x800000 ? 0x3c0000000000 : 0) | (rgb & 0x8000 ? 0x3c000000 : 0) |
	       (rgb & 0x80 ? 0x3c00 : 0);
}

static uint32_t back_16f(uint32_t rgb)
{
	return (rgb & 0x800000 ? 0xff0000 : 0) | (rgb & 0x8000 ? 0xff00 : 0) |
	       (rgb & 0x80 ? 0xff : 0);
}

static const struct format xrgb = { 4u << 24, 4, raw_xrgb, same };
static const struct format formats[] = {
	{ 4u << 24, 4, raw_xrgb, same },
	{ 4u << 24 | 1u << 20, 4, raw_xbgr, same },
	{ 14u << 24, 2, raw_565, back_565 },
	{ 2u << 24, 4, raw_xr30, same },
	{ 12u << 24, 1, raw_c8, back_grey },
	{ 6u << 24, 8, raw_16f, back_16f },
};
static const uint32_t tiling_ctl[GT_NR_TILINGS] = { 0, 1u << 10, 4u << 10, 5u << 10 };

/* Paint a surface at @gma byte by byte, through the oracle and the reversed pages. */
static void paint(gt_gma_t gma, enum gt_tiling t, const struct format *f, uint32_t stride_B,
		  uint32_t w, uint32_t h)
{
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			uint64_t raw = f->raw(colour(x, y));

			for (uint32_t b = 0; b < f->cpp; b++) {
				uint64_t off =
					swizzle_offset(t, f->cpp, stride_B, x * f->cpp + b, y);

				*screen_mem(&s, gma + off) = (uint8_t)(raw >> b * 8);
			}
		}
	}
}

/* A plane of 8192-byte rows at s.base, painted 200 rows high, 1024 bytes or more wide. */
#define STRIDE_B 8192u

static struct screen_plane make_plane(enum gt_tiling t, const struct format *f, uint32_t w,
				      uint32_t h)
{
	uint32_t unit_B = 64, tile_h;

	if (t != GT_LINEAR) {
		gt_tile_size(t, f->cpp, &unit_B, &tile_h);
	}
	return (struct screen_plane){
		.ctl = 1u << 31 | f->ctl | tiling_ctl[t],
		.stride = STRIDE_B / unit_B,
		.size = (h - 1) << 16 | (w - 1),
		.surf = (uint32_t)s.base,
	};
}

static void show(unsigned plane, const struct screen_plane *p)
{
	screen_plane(&s, plane, p);
	screen_vblank(&s);
}

/* A pipe of @w x @h, and memory for @rows of STRIDE_B bytes at s.base. */
static void set_mode(uint32_t w, uint32_t h, uint32_t rows)
{
	screen_map(&s, s.base, (size_t)rows * STRIDE_B / GT_PAGE_SIZE);
	screen_mode(&s, w, h);
}

/* A picture of the pipe must be what @want says of each place. */
static void expect(uint32_t w, uint32_t h, uint32_t (*want)(uint32_t x, uint32_t y))
{
	struct picture pic;

	ck_assert_msg(!take(&pic), "%s", detail);
	ck_assert(pic.frame.width_px == w && pic.frame.height_px == h);
	ck_assert_uint_eq(pic.frame.fourcc, XENGT_FOURCC_XRGB8888);
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			uint32_t px = pixel(&pic, x, y);

			ck_assert_msg(px == want(x, y), "pixel %u,%u is 0x%06x", x, y, px);
		}
	}
	release(&pic);
}

/* And this one pixel of it. */
static void expect_pixel(uint32_t x, uint32_t y, uint32_t want)
{
	struct picture pic;

	ck_assert_msg(!take(&pic), "%s", detail);
	ck_assert_uint_eq(pixel(&pic, x, y), want);
	release(&pic);
}

static const struct format *shown_format; /* of every_tiling_... */

static uint32_t converted(uint32_t x, uint32_t y)
{
	return shown_format->back(colour(x + 13, y + 7));
}

START_TEST(every_tiling_and_format_comes_out_as_it_was_painted)
{
	set_mode(300, 150, 256);
	for (unsigned t = 0; t < GT_NR_TILINGS; t++) {
		for (size_t f = 0; f < GT_ARRAY_SIZE(formats); f++) {
			struct screen_plane p = make_plane(t, &formats[f], 300, 150);

			shown_format = &formats[f];
			paint(s.base, t, &formats[f], STRIDE_B, 320, 160);
			p.offset = 7u << 16 | 13;
			show(0, &p);
			expect(300, 150, converted);
			ck_assert_str_eq(detail, "");
		}
	}
}
END_TEST

START_TEST(a_large_picture_is_gathered_in_pieces)
{
	struct screen_plane p = make_plane(GT_TILE_Y, &xrgb, 2048, 1000);

	set_mode(2048, 1000, 1024);
	paint(s.base, GT_TILE_Y, &xrgb, STRIDE_B, 2048, 1000);
	show(0, &p);
	expect(2048, 1000, colour);
}
END_TEST

START_TEST(the_palette_of_the_guest_is_used)
{
	struct screen_plane p = make_plane(GT_LINEAR, &formats[4], 64, 8);

	set_mode(64, 8, 8);
	for (uint32_t i = 0; i < 256; i++) {
		screen_write(&s, 0x4a000 + i * 4, i << 16 | (255 - i));
	}
	*screen_mem(&s, s.base + 3) = 0x21;
	show(0, &p);
	expect_pixel(3, 0, 0x2100de);
}
END_TEST

static uint32_t moved(uint32_t x, uint32_t y)
{
	return x >= 50 && y >= 30 ? colour(x - 50, y - 30) : 0;
}

START_TEST(a_plane_partly_outside_is_cut_off_and_the_rest_is_black)
{
	struct screen_plane p = make_plane(GT_TILE_X, &xrgb, 100, 100);

	set_mode(120, 90, 128);
	paint(s.base, GT_TILE_X, &xrgb, STRIDE_B, 100, 100);
	p.pos = 30u << 16 | 50;
	show(0, &p);
	expect(120, 90, moved);
	p.pos = 8000u << 16 | 8000;
	show(0, &p);
	expect_pixel(50, 30, 0);
}
END_TEST

static uint32_t turned(uint32_t x, uint32_t y)
{
	return x >= 20 && y >= 10 ? colour(99 - (x - 20), 59 - (y - 10)) : 0;
}

START_TEST(a_plane_turned_by_180_degrees_is_turned_where_it_lies)
{
	struct screen_plane p = make_plane(GT_TILE_Y, &xrgb, 100, 60);

	set_mode(80, 50, 64);
	paint(s.base, GT_TILE_Y, &xrgb, STRIDE_B, 100, 60);
	p.ctl |= 2;
	p.pos = 10u << 16 | 20;
	show(0, &p);
	expect(80, 50, turned);
}
END_TEST

static void fill(gt_gma_t gma, uint32_t argb, size_t nr_px)
{
	for (size_t i = 0; i < nr_px; i++) {
		for (unsigned b = 0; b < 4; b++) {
			*screen_mem(&s, gma + i * 4 + b) = (uint8_t)(argb >> b * 8);
		}
	}
}

START_TEST(overlay_and_cursor_lie_above_the_primary_plane)
{
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 128, 64);
	gt_gma_t overlay = s.base + GT_MiB(1), cursor = s.base + GT_MiB(2);
	struct picture pic;

	screen_map(&s, s.base, STRIDE_B * 64 / GT_PAGE_SIZE);
	screen_map(&s, overlay, 16);
	screen_map(&s, cursor, 4);
	screen_mode(&s, 128, 64);
	for (uint32_t y = 0; y < 64; y++) {
		fill(s.base + y * STRIDE_B, 0x00204060, 128);
	}
	fill(overlay, 0x80400000, 16 * 4096 / 4);
	fill(cursor, 0xff0000ff, 64 * 64);
	fill(cursor, 0x00000000, 64);
	show(0, &p);
	p = make_plane(GT_LINEAR, &xrgb, 32, 8);
	p.ctl |= 2u << 4; /* premultiplied alpha */
	p.pos = 16u << 16 | 64;
	p.surf = (uint32_t)overlay;
	show(1, &p);
	screen_cursor(&s, 0x27, 0x80008020, 0, (uint32_t)cursor); /* at -32,0 */
	screen_vblank(&s);
	ck_assert_msg(!take(&pic), "%s", detail);
	ck_assert_uint_eq(pixel(&pic, 40, 30), 0x204060);
	ck_assert_uint_eq(pixel(&pic, 64, 16), 0x502030);
	ck_assert_uint_eq(pixel(&pic, 95, 23), 0x502030);
	ck_assert_uint_eq(pixel(&pic, 96, 23), 0x204060);
	ck_assert_uint_eq(pixel(&pic, 0, 0), 0x204060); /* transparent row of the cursor */
	ck_assert_uint_eq(pixel(&pic, 0, 1), 0x0000ff);
	ck_assert_uint_eq(pixel(&pic, 31, 63), 0x0000ff);
	ck_assert_uint_eq(pixel(&pic, 32, 63), 0x204060);
	release(&pic);
}
END_TEST

START_TEST(an_and_xor_cursor_hides_shows_or_inverts_what_is_below)
{
	static const uint32_t modes[] = { 0x02, 0x03, 0x07 };
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 64, 32);
	gt_gma_t cursor = s.base + GT_MiB(1);

	set_mode(64, 32, 32);
	screen_map(&s, cursor, 64);
	fill(s.base, 0x00204060, 64);
	fill(cursor, 0xff000000, 256 * 256);
	fill(cursor + 4, 0x00123456, 1);
	fill(cursor + 8, 0xffffffff, 1);
	show(0, &p);
	for (size_t i = 0; i < GT_ARRAY_SIZE(modes); i++) {
		screen_cursor(&s, modes[i], 0, 0, (uint32_t)cursor);
		screen_vblank(&s);
		expect_pixel(0, 0, 0x204060);
		expect_pixel(1, 0, 0x123456);
		expect_pixel(2, 0, 0xdfbf9f);
		expect_pixel(3, 0, 0x204060);
		ck_assert_str_eq(detail, "");
	}
	screen_cursor(&s, 0x07, 0x80000000 | 0x8002, 0, (uint32_t)cursor); /* at -2,0 */
	screen_vblank(&s);
	expect_pixel(0, 0, 0xdfbf9f);
}
END_TEST

START_TEST(a_cursor_that_cannot_be_read_is_left_out_and_told)
{
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 64, 32);
	struct picture pic;

	set_mode(64, 32, 32);
	show(0, &p);
	screen_cursor(&s, 0x27, 0, 0, 0xfffff000);
	screen_vblank(&s);
	ck_assert_int_eq(take(&pic), XENGT_OK);
	ck_assert_msg(strstr(detail, "without the cursor"), "%s", detail);
	release(&pic);
}
END_TEST

START_TEST(no_picture_has_a_reason)
{
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 64, 32);
	struct picture pic;

	ck_assert_int_eq(take(&pic), XENGT_E_NO_DRIVER);
	ck_assert_int_eq(gt_snapshot_take(s.v, 1, &pic.frame, &pic.fd, detail), XENGT_E_NO_HEAD);
	ck_assert_int_eq(gt_snapshot_take(s.v, UINT32_MAX, &pic.frame, &pic.fd, detail),
			 XENGT_E_NO_HEAD);
	s.v->display.driver_ready = true;
	ck_assert_int_eq(take(&pic), XENGT_E_PIPE_OFF);
	screen_mode(&s, 64, 32);
	ck_assert_int_eq(take(&pic), XENGT_E_NO_PLANE);
	p.surf = 0xfffff000;
	show(0, &p);
	ck_assert_int_eq(take(&pic), XENGT_E_BAD_PLANE);
	ck_assert_uint_gt(strlen(detail), 10);
	ck_assert_uint_eq(s.v->events.count[GT_EV_bad_plane], 1);
}
END_TEST

START_TEST(a_page_that_is_not_in_the_ggtt_is_a_bad_plane)
{
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 64, 32);
	struct picture pic;

	set_mode(64, 32, 32);
	show(0, &p);
	screen_pte(&s, s.base + 10 * GT_PAGE_SIZE, 0);
	ck_assert_int_eq(take(&pic), XENGT_E_BAD_PLANE);
	ck_assert_msg(strstr(detail, "not in the guest's GGTT"), "%s", detail);
}
END_TEST

START_TEST(a_page_that_is_no_ram_is_black_and_counted)
{
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 64, 4);
	struct picture pic;

	set_mode(64, 4, 32);
	paint(s.base, GT_LINEAR, &xrgb, STRIDE_B, 64, 4);
	show(0, &p);
	screen_pte(&s, s.base + STRIDE_B, GT_GiB(3) | 1); /* row 1: no RAM there */
	ck_assert_msg(!take(&pic), "%s", detail);
	ck_assert_msg(strstr(detail, "1 pages"), "%s", detail);
	ck_assert_uint_eq(pixel(&pic, 5, 0), colour(5, 0));
	ck_assert_uint_eq(pixel(&pic, 5, 1), 0);
	ck_assert_uint_eq(pixel(&pic, 5, 2), colour(5, 2));
	release(&pic);
	for (unsigned i = 0; i < 8; i++) {
		screen_pte(&s, s.base + i * GT_PAGE_SIZE, GT_GiB(3) | 1);
	}
	ck_assert_msg(!take(&pic), "%s", detail);
	ck_assert_uint_eq(pixel(&pic, 5, 0), 0);
	release(&pic);
}
END_TEST

START_TEST(what_was_not_latched_is_not_shown)
{
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 64, 4);

	set_mode(64, 4, 64);
	fill(s.base, 0x111111, 64);
	fill(s.base + 32 * STRIDE_B, 0x222222, 64);
	show(0, &p);
	p.surf += 32 * STRIDE_B;
	screen_plane(&s, 0, &p);
	expect_pixel(0, 0, 0x111111);
	screen_vblank(&s);
	expect_pixel(0, 0, 0x222222);
}
END_TEST

START_TEST(the_picture_is_sealed_and_its_serial_grows)
{
	struct screen_plane p = make_plane(GT_LINEAR, &xrgb, 64, 4);
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	struct picture a, b;

	screen_map(&s, s.base, 64);
	screen_mode(&s, 64, 4);
	show(0, &p);
	ck_assert_int_eq(take(&a), XENGT_OK);
	ck_assert_int_eq(take(&b), XENGT_OK);
	ck_assert_int_eq(fcntl(a.fd, F_GET_SEALS), seals);
	ck_assert_int_lt(write(a.fd, "x", 1), 0);
	ck_assert_uint_eq(b.frame.serial, a.frame.serial + 1);
	ck_assert_uint_ge(b.frame.time_ns, a.frame.time_ns);
	ck_assert_uint_eq(s.v->events.count[GT_C_snapshots], 2);
	release(&a);
	release(&b);
}
END_TEST

START_TEST(each_failing_call_gives_a_reason_and_leaves_nothing_mapped)
{
	struct screen_plane p = make_plane(GT_TILE_X, &xrgb, 2048, 500);
	struct picture pic;
	unsigned n = 1;

	set_mode(2048, 500, 512);
	show(0, &p);
	for (;; n++) {
		size_t before = s.guest->nr_mapped;
		enum xengt_status status;

		s.guest->fail_in = n;
		status = take(&pic);
		ck_assert_uint_eq(s.guest->nr_mapped, before);
		if (!status) {
			break;
		}
		ck_assert_int_eq(status, XENGT_E_INTERNAL);
	}
	ck_assert_uint_gt(n, 1);
	release(&pic);
}
END_TEST

START_TEST(the_primary_plane_of_broadwell_is_seen)
{
	struct screen_plane p = {
		.ctl = 1u << 31 | 6u << 26 | 1u << 10, .stride = STRIDE_B, .surf = (uint32_t)s.base
	};

	set_mode(200, 100, 128);
	paint(s.base, GT_TILE_X, &xrgb, STRIDE_B, 200, 100);
	show(0, &p);
	expect(200, 100, colour);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *skl = tcase_create("skl"), *bdw = tcase_create("bdw");

	tcase_add_checked_fixture(skl, set_up, tear_down);
	tcase_set_timeout(skl, 120);
	tcase_add_test(skl, every_tiling_and_format_comes_out_as_it_was_painted);
	tcase_add_test(skl, a_large_picture_is_gathered_in_pieces);
	tcase_add_test(skl, the_palette_of_the_guest_is_used);
	tcase_add_test(skl, a_plane_partly_outside_is_cut_off_and_the_rest_is_black);
	tcase_add_test(skl, a_plane_turned_by_180_degrees_is_turned_where_it_lies);
	tcase_add_test(skl, overlay_and_cursor_lie_above_the_primary_plane);
	tcase_add_test(skl, an_and_xor_cursor_hides_shows_or_inverts_what_is_below);
	tcase_add_test(skl, a_cursor_that_cannot_be_read_is_left_out_and_told);
	tcase_add_test(skl, no_picture_has_a_reason);
	tcase_add_test(skl, a_page_that_is_not_in_the_ggtt_is_a_bad_plane);
	tcase_add_test(skl, a_page_that_is_no_ram_is_black_and_counted);
	tcase_add_test(skl, what_was_not_latched_is_not_shown);
	tcase_add_test(skl, the_picture_is_sealed_and_its_serial_grows);
	tcase_add_test(skl, each_failing_call_gives_a_reason_and_leaves_nothing_mapped);
	suite_add_tcase(suite, skl);
	tcase_add_checked_fixture(bdw, set_up_bdw, tear_down);
	tcase_add_test(bdw, the_primary_plane_of_broadwell_is_seen);
	suite_add_tcase(suite, bdw);
	return test_run(suite);
}
