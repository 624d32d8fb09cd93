/* SPDX-License-Identifier: MIT */
/* Views, tracked pictures and kept mappings: what is sent, what is not, and what it costs. */
#define _GNU_SOURCE
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <check.h>

#include "page_cache.h"
#include "screen.h"
#include "test_run.h"

#define W 256u
#define H 64u

static struct screen s;
static struct gt_camera cam;
static struct gt_memory memory;
static struct xengt_frame frame;
static char detail[XENGT_DETAIL_MAX];
static uint32_t pixels[W * H]; /* of the last picture, rows W apart */

/* A linear 256x64 plane and a 64x64 cursor upon it. */
static void set_up(void)
{
	struct screen_plane p = { .ctl = 0x84000000, .stride = 16, .size = 63u << 16 | 255u,
				  .surf = (uint32_t)s.base };

	screen_open(&s, GT_SKL);
	p.surf = (uint32_t)s.base;
	screen_map(&s, s.base, 64);
	for (uint32_t i = 0; i < W * H; i++) {
		memcpy(screen_mem(&s, s.base + i * 4), &i, 4);
	}
	screen_mode(&s, W, H);
	screen_plane(&s, 0, &p);
	memset(screen_mem(&s, s.base + 0x20000), 0xff, 4096);
	screen_cursor(&s, 0x27, 0, 0, (uint32_t)s.base + 0x20000);
	screen_vblank(&s);
	ck_assert_int_eq(gt_camera_init(&cam, s.v), 0);
}

static void tear_down(void)
{
	gt_memory_clear(&memory);
	gt_camera_finish(&cam);
	ck_assert_uint_eq(s.guest->nr_mapped, gt_frames_mapped(s.v->frames));
	screen_close(&s);
}

static enum xengt_status take(const struct gt_view *view, uint64_t since)
{
	int fd;
	enum xengt_status status =
	    gt_camera_take(&cam, view, since, &memory, &frame, &fd, detail);
	uint8_t *at;

	if (status || frame.flags & XENGT_UNCHANGED) {
		ck_assert_int_eq(fd, -1);
		return status;
	}
	ck_assert_uint_eq(frame.size_B % GT_PAGE_SIZE, 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), (off_t)frame.size_B);
	ck_assert_int_eq(!(fcntl(fd, F_GET_SEALS) & F_SEAL_WRITE), !!(view->flags & XENGT_DMABUF));
	at = mmap(NULL, frame.size_B, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(at, MAP_FAILED);
	for (uint32_t y = 0; y < frame.height_px; y++) {
		memcpy(pixels + y * W, at + (size_t)y * frame.stride_B, frame.width_px * 4);
	}
	munmap(at, frame.size_B);
	close(fd);
	return status;
}

static void poke(uint32_t x, uint32_t y, uint32_t val)
{
	memcpy(screen_mem(&s, s.base + (y * W + x) * 4), &val, 4);
}

START_TEST(a_region_is_that_part_of_the_head)
{
	struct gt_view view = { .region = { 200, 30, 50, 20 } };

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(frame.width_px, 50);
	ck_assert_uint_eq(frame.height_px, 20);
	for (uint32_t y = 0; y < 20; y++) {
		for (uint32_t x = 0; x < 50; x++) {
			if ((pixels[y * W + x] & 0xffffff) != (30 + y) * W + 200 + x) {
				ck_abort_msg("pixel %u,%u is another one", x, y);
			}
		}
	}
}
END_TEST

START_TEST(a_region_costs_no_page_of_the_rest)
{
	struct gt_view view = { .flags = XENGT_TRACK | XENGT_NO_CURSOR,
				.region = { 0, 0, 64, 16 } };
	uint64_t before = s.v->events.count[GT_C_frames_mapped];

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(s.v->events.count[GT_C_frames_mapped] - before, 4);
	poke(10, 40, 0xabcdef);
	ck_assert(!gt_camera_sees_change(&cam, &memory, 0));
}
END_TEST

START_TEST(a_region_outside_the_head_is_refused)
{
	static const struct xengt_rect bad[] = {
		{ 0, 0, 257, 1 },   { 0, 0, 1, 65 },	     { 256, 0, 1, 1 },
		{ 0, 64, 1, 1 },    { 1, 0, UINT32_MAX, 1 }, { UINT32_MAX, 0, 2, 1 },
		{ 0, 1, 1, 64 },    { 0, 0, 0, 5 },	     { 0, UINT32_MAX, 1, UINT32_MAX },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		struct gt_view view = { .region = bad[i] };

		ck_assert_int_eq(take(&view, 0), XENGT_E_REGION);
		ck_assert_ptr_nonnull(strstr(detail, "256x64"));
	}
}
END_TEST

START_TEST(the_cursor_is_left_out_when_told_so)
{
	struct gt_view view = { .flags = XENGT_NO_CURSOR };

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(pixels[5 * W + 5] & 0xffffff, 5 * W + 5);
	view.flags = 0;
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(pixels[5 * W + 5] & 0xffffff, 0xffffff);
}
END_TEST

START_TEST(one_plane_alone_has_no_cursor)
{
	struct gt_view view = { .flags = XENGT_PLANE };

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(pixels[5 * W + 5] & 0xffffff, 5 * W + 5);
	view.plane = 1;
	ck_assert_int_eq(take(&view, 0), XENGT_E_NO_PLANE);
	view.plane = UINT32_MAX;
	ck_assert_int_eq(take(&view, 0), XENGT_E_NO_PLANE);
}
END_TEST

START_TEST(an_unchanged_picture_is_not_sent_again)
{
	struct gt_view view = { .flags = XENGT_TRACK };
	uint64_t first;

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	first = frame.serial;
	ck_assert_uint_eq(frame.nr_damage, 1);
	ck_assert_uint_eq(frame.damage[0].w_px, W);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(take(&view, first), XENGT_OK);
		ck_assert_uint_eq(frame.flags, XENGT_UNCHANGED);
		ck_assert_uint_eq(frame.serial, first);
	}
	ck_assert_int_eq(take(&view, first + 1), XENGT_OK);
	ck_assert_uint_eq(frame.flags, 0);
}
END_TEST

START_TEST(damage_is_where_the_guest_drew)
{
	struct gt_view view = { .flags = XENGT_TRACK };

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	poke(130, 40, 0xabcdef);
	ck_assert_int_eq(take(&view, frame.serial), XENGT_OK);
	ck_assert_uint_eq(frame.nr_damage, 1);
	ck_assert_uint_eq(frame.damage[0].x_px, 128);
	ck_assert_uint_eq(frame.damage[0].y_px, 32);
	ck_assert_uint_eq(frame.damage[0].w_px, 64);
	ck_assert_uint_eq(frame.damage[0].h_px, 16);
	ck_assert_uint_eq(pixels[40 * W + 130] & 0xffffff, 0xabcdef);
}
END_TEST

START_TEST(a_change_that_the_picture_does_not_show_is_no_change)
{
	struct gt_view view = { .flags = XENGT_TRACK, .region = { 0, 0, 64, 16 } };

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	poke(130, 8, 0xabcdef); /* beside the region, in a page of it */
	ck_assert(gt_camera_sees_change(&cam, &memory, 0));
	ck_assert_int_eq(take(&view, frame.serial), XENGT_OK);
	ck_assert_uint_eq(frame.flags, XENGT_UNCHANGED);
	ck_assert(!gt_camera_sees_change(&cam, &memory, 0));
}
END_TEST

START_TEST(another_view_is_another_picture)
{
	struct gt_view view = { .flags = XENGT_TRACK };

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	view.flags |= XENGT_NO_CURSOR;
	ck_assert_int_eq(take(&view, frame.serial), XENGT_OK);
	ck_assert_uint_eq(frame.flags, 0);
	ck_assert_uint_eq(frame.damage[0].w_px, W);
}
END_TEST

START_TEST(moving_the_cursor_damages_where_it_was_and_where_it_is)
{
	struct gt_view view = { .flags = XENGT_TRACK };

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	screen_cursor(&s, 0x27, 192, 0, (uint32_t)s.base + 0x20000);
	screen_vblank(&s);
	ck_assert(gt_camera_sees_change(&cam, &memory, 0));
	ck_assert_int_eq(take(&view, frame.serial), XENGT_OK);
	ck_assert_uint_eq(frame.nr_damage, 2);
	ck_assert_uint_eq(frame.damage[0].x_px, 0);
	ck_assert_uint_eq(frame.damage[1].x_px, 192);
}
END_TEST

static void put_cursor(uint32_t ctl, uint32_t pos, uint32_t fbc)
{
	screen_cursor(&s, ctl, pos, fbc, (uint32_t)s.base + 0x20000);
	screen_vblank(&s);
}

START_TEST(the_cursor_alone_is_its_pixels_and_where_they_lie)
{
	struct gt_view view = { .flags = XENGT_CURSOR | XENGT_TRACK };
	uint64_t serial;

	for (uint32_t i = 0; i < 64 * 64; i++) {
		uint32_t px = i * 2654435761u;

		memcpy(screen_mem(&s, s.base + 0x20000 + i * 4), &px, 4);
	}
	put_cursor(0x27, 0x80058009, 0); /* -9, -5 */
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(frame.fourcc, XENGT_FOURCC_ARGB8888);
	ck_assert_uint_eq(frame.width_px, 64);
	ck_assert_uint_eq(frame.height_px, 64);
	ck_assert_int_eq((int32_t)frame.x_px, -9);
	ck_assert_int_eq((int32_t)frame.y_px, -5);
	for (uint32_t i = 0; i < 64 * 64; i++) {
		ck_assert_uint_eq(pixels[i / 64 * W + i % 64], i * 2654435761u);
	}
	serial = frame.serial;
	ck_assert(!gt_camera_sees_change(&cam, &memory, 0));
	poke(3, 3, 77); /* beneath it */
	screen_write(&s, 0x7019c, (uint32_t)s.base + 0x10000); /* PLANE_SURF_1_A */
	screen_vblank(&s);
	ck_assert(!gt_camera_sees_change(&cam, &memory, 0));
	put_cursor(0x27, 30u << 16 | 200, 0);
	ck_assert(gt_camera_sees_change(&cam, &memory, 0));
	ck_assert_int_eq(take(&view, serial), XENGT_OK);
	ck_assert_uint_eq(frame.flags, XENGT_UNCHANGED);
	ck_assert_uint_eq(frame.serial, serial);
	ck_assert_uint_eq(frame.x_px, 200);
	ck_assert_uint_eq(frame.y_px, 30);
	ck_assert(!gt_camera_sees_change(&cam, &memory, 0));
	*screen_mem(&s, s.base + 0x20000) ^= 1;
	ck_assert(gt_camera_sees_change(&cam, &memory, 0));
	ck_assert_int_eq(take(&view, serial), XENGT_OK);
	ck_assert_uint_eq(frame.flags, 0);
	ck_assert_uint_eq(frame.x_px, 200);
}
END_TEST

START_TEST(the_cursor_alone_may_be_off_cut_or_upside_down)
{
	struct gt_view view = { .flags = XENGT_CURSOR };
	uint32_t mark = 0x12345678, last = 0x87654321;

	put_cursor(0, 0, 0);
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(frame.width_px, 1);
	ck_assert_uint_eq(frame.height_px, 1);
	ck_assert_uint_eq(pixels[0], 0);
	memcpy(screen_mem(&s, s.base + 0x20000), &mark, 4);
	put_cursor(0x27, 0, 0x80000000 | 9); /* ten rows */
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(frame.height_px, 10);
	ck_assert_uint_eq(pixels[0], mark);
	memcpy(screen_mem(&s, s.base + 0x20000 + (64 * 64 - 1) * 4), &last, 4);
	put_cursor(0x8027, 0, 0);
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(pixels[0], last);
	ck_assert_uint_eq(pixels[63 * W + 63], mark);
}
END_TEST

START_TEST(a_cursor_that_cannot_be_had_alone_is_refused_with_the_reason)
{
	struct gt_view view = { .flags = XENGT_CURSOR | XENGT_TRACK };

	put_cursor(0x07, 0, 0); /* AND and XOR */
	ck_assert_int_eq(take(&view, 0), XENGT_E_BAD_PLANE);
	ck_assert_msg(strstr(detail, "inverts"), "%s", detail);
	ck_assert_uint_eq(memory.serial, 0);
	put_cursor(0x27, 0, 0);
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	/* PS_WIN_POS, PS_WIN_SZ and PS_CTRL of scaler 1: the pipe is shown larger. */
	screen_write(&s, 0x68180, 0x80000000);
	screen_write(&s, 0x68170, 0);
	screen_write(&s, 0x68174, 256u << 16 | 64);
	screen_vblank(&s);
	ck_assert(gt_camera_sees_change(&cam, &memory, 0));
	ck_assert_int_eq(take(&view, 0), XENGT_E_BAD_PLANE);
	ck_assert_msg(strstr(detail, "scaled"), "%s", detail);
}
END_TEST

START_TEST(everything_that_changes_the_picture_is_seen)
{
	static const uint32_t regs[] = { 0x4a000, 0x49028, 0x4a480, 0x70034, 0x6001c };
	struct gt_view view = { .flags = XENGT_TRACK };

	for (size_t i = 0; i < GT_ARRAY_SIZE(regs); i++) {
		ck_assert_int_eq(take(&view, 0), XENGT_OK);
		ck_assert(!gt_camera_sees_change(&cam, &memory, 0));
		screen_write(&s, regs[i], regs[i] == 0x6001c ? 127u << 16 | 31 : 0x123456);
		screen_vblank(&s);
		gt_display_latch(s.v, 0);
		ck_assert_msg(gt_camera_sees_change(&cam, &memory, 0), "register 0x%x", regs[i]);
	}
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	screen_pte(&s, s.base, screen_gfn(&s, s.base + 0x30000) << GT_PAGE_SHIFT | 1);
	ck_assert(gt_camera_sees_change(&cam, &memory, 0));
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	screen_write(&s, 0x70008, 0); /* the pipe goes off */
	ck_assert(gt_camera_sees_change(&cam, &memory, 0));
	ck_assert_int_eq(take(&view, frame.serial), XENGT_E_NO_DRIVER);
	ck_assert_uint_eq(memory.serial, 0);
}
END_TEST

/* What is sent of a plane in tiles is the guest's pages, from the row of tiles that is shown on. */
/* X tiles: 1024 bytes are two of them, 8 rows each. */
START_TEST(a_native_capture_is_the_guests_memory)
{
	struct screen_plane p = { .ctl = 0x84000400, .stride = 2, .size = 31u << 16 | 63u,
				  .offset = 40u << 16, .surf = (uint32_t)s.base };
	struct gt_view view = { .flags = XENGT_PLANE | XENGT_NATIVE };
	uint8_t *at;
	int fd;

	for (uint32_t i = 0; i < 16 * GT_PAGE_SIZE; i++) {
		*screen_mem(&s, s.base + i) = (uint8_t)(i * 7 + i / 4096);
	}
	screen_plane(&s, 0, &p);
	screen_vblank(&s);
	ck_assert_int_eq(gt_camera_take(&cam, &view, 0, &memory, &frame, &fd, detail), XENGT_OK);
	ck_assert_uint_eq(frame.stride_B, 1024);
	ck_assert_uint_eq(frame.modifier, UINT64_C(1) << 56 | 1);
	ck_assert_uint_eq(frame.width_px, 64);
	ck_assert_uint_eq(frame.height_px, 32);
	ck_assert_uint_eq(frame.y_px, 0);
	ck_assert_uint_eq(frame.size_B, 8 * GT_PAGE_SIZE);
	at = mmap(NULL, frame.size_B, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(at, MAP_FAILED);
	for (uint32_t i = 0; i < frame.size_B; i++) {
		if (at[i] != *screen_mem(&s, s.base + 10 * GT_PAGE_SIZE + i % GT_PAGE_SIZE +
						 i / GT_PAGE_SIZE * GT_PAGE_SIZE)) {
			ck_abort_msg("byte %u differs", i);
		}
	}
	munmap(at, frame.size_B);
	close(fd);
	view.plane = 1;
	ck_assert_int_eq(take(&view, 0), XENGT_E_NO_PLANE);
}
END_TEST

START_TEST(pages_stay_mapped_between_pictures_and_go_when_unused)
{
	struct gt_view view = { 0 };
	uint64_t mapped;

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	mapped = s.v->events.count[GT_C_frames_mapped];
	ck_assert_uint_eq(gt_page_cache_pages(cam.cache), 16 + 4);
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_int_eq(take(&view, 0), XENGT_OK);
	}
	ck_assert_uint_eq(s.v->events.count[GT_C_frames_mapped], mapped);
	s.guest->clock_ns += GT_PAGE_CACHE_KEEP_ns - 1;
	gt_page_cache_trim(cam.cache);
	ck_assert_uint_eq(gt_page_cache_pages(cam.cache), 20);
	s.guest->clock_ns++;
	ck_assert_uint_eq(gt_page_cache_deadline_ns(cam.cache), s.guest->clock_ns);
	gt_page_cache_trim(cam.cache);
	ck_assert_uint_eq(gt_page_cache_pages(cam.cache), 0);
	ck_assert_uint_eq(gt_page_cache_deadline_ns(cam.cache), UINT64_MAX);
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	gt_vgpu_invalidate(s.v);
	ck_assert_uint_eq(gt_page_cache_pages(cam.cache), 0);
}
END_TEST

START_TEST(a_kept_mapping_follows_the_ggtt)
{
	struct gt_view view = { .flags = XENGT_NO_CURSOR };
	uint32_t mark = 0x777777;

	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	memcpy(screen_mem(&s, s.base + 0x30000), &mark, 4);
	screen_pte(&s, s.base, screen_gfn(&s, s.base + 0x30000) << GT_PAGE_SHIFT | 1);
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(pixels[0] & 0xffffff, mark);
	screen_pte(&s, s.base, GT_GiB(3) | 1); /* no RAM there */
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(pixels[0] & 0xffffff, 0);
	ck_assert_msg(strstr(detail, "1 pages"), "%s", detail);
	screen_pte(&s, s.base, 0);
	ck_assert_int_eq(take(&view, 0), XENGT_E_BAD_PLANE);
	screen_pte(&s, s.base, screen_gfn(&s, s.base) << GT_PAGE_SHIFT | 1);
	ck_assert_int_eq(take(&view, 0), XENGT_OK);
	ck_assert_uint_eq(pixels[3] & 0xffffff, 3);
}
END_TEST

START_TEST(what_is_kept_is_bounded)
{
	struct gt_page_source *source = gt_page_cache_source(cam.cache);
	const uint8_t *out[1];

	screen_map(&s, s.base, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		gt_gma_t gma = s.base + i * GT_PAGE_SIZE;

		ck_assert_int_eq(source->pages(source, &gma, 1, out, detail), XENGT_OK);
		ck_assert_ptr_nonnull(out[0]);
		source->release(source);
	}
	ck_assert_uint_eq(gt_page_cache_pages(cam.cache), GT_PAGE_CACHE_RUNS);
}
END_TEST

START_TEST(each_host_call_may_fail_and_nothing_leaks)
{
	struct gt_view view = { .flags = XENGT_TRACK };

	for (unsigned n = 1;; n++) {
		enum xengt_status status;

		gt_page_cache_drop(cam.cache);
		s.guest->fail_in = n;
		status = take(&view, 0);
		if (s.guest->fail_in) {
			s.guest->fail_in = 0;
			ck_assert_int_eq(status, XENGT_OK);
			ck_assert_uint_gt(n, 2);
			break;
		}
		ck_assert_int_ne(status, XENGT_OK);
		ck_assert_uint_eq(memory.serial, 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("camera");
	TCase *tc = tcase_create("camera");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_region_is_that_part_of_the_head);
	tcase_add_test(tc, a_region_costs_no_page_of_the_rest);
	tcase_add_test(tc, a_region_outside_the_head_is_refused);
	tcase_add_test(tc, the_cursor_is_left_out_when_told_so);
	tcase_add_test(tc, one_plane_alone_has_no_cursor);
	tcase_add_test(tc, an_unchanged_picture_is_not_sent_again);
	tcase_add_test(tc, damage_is_where_the_guest_drew);
	tcase_add_test(tc, a_change_that_the_picture_does_not_show_is_no_change);
	tcase_add_test(tc, another_view_is_another_picture);
	tcase_add_test(tc, moving_the_cursor_damages_where_it_was_and_where_it_is);
	tcase_add_test(tc, the_cursor_alone_is_its_pixels_and_where_they_lie);
	tcase_add_test(tc, the_cursor_alone_may_be_off_cut_or_upside_down);
	tcase_add_test(tc, a_cursor_that_cannot_be_had_alone_is_refused_with_the_reason);
	tcase_add_test(tc, everything_that_changes_the_picture_is_seen);
	tcase_add_test(tc, a_native_capture_is_the_guests_memory);
	tcase_add_test(tc, pages_stay_mapped_between_pictures_and_go_when_unused);
	tcase_add_test(tc, a_kept_mapping_follows_the_ggtt);
	tcase_add_test(tc, what_is_kept_is_bounded);
	tcase_add_test(tc, each_host_call_may_fail_and_nothing_leaks);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
