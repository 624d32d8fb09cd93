/* SPDX-License-Identifier: MIT */
/*
 * Pictures that a client keeps, changed in place band by band: after each step of a guest that does
 * at random what changes its screen, the kept picture is the one that a client without memory gets,
 * and what was not told to be damaged did not change.
 */
#define _GNU_SOURCE
#include "snapshot.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <check.h>

#include "page_cache.h"
#include "screen.h"
#include "test_run.h"

#define W	  256u
#define H	  300u
#define NR_PAGES  96u /* of a surface: enough for Y tiles */
#define SURFACE(n) ((uint32_t)s.base + (n) * NR_PAGES * GT_PAGE_SIZE)
#define NR_STEPS  2000
#define PIPE_GAMMA (1u << 30) /* of a plane's control register */

static struct screen s;
static struct gt_camera cam;
static struct gt_memory kept, none;
static struct xengt_frame frame;
static char detail[XENGT_DETAIL_MAX];
static const uint8_t *held; /* the client's mapping */
static size_t held_B;

static uint32_t below(uint32_t n)
{
	return (uint32_t)rand() % n;
}

static void set_up(void)
{
	screen_open(&s, GT_SKL);
	screen_map(&s, s.base, 4 * NR_PAGES);
	for (uint32_t i = 0; i < 4 * NR_PAGES * GT_PAGE_SIZE; i += 4) {
		memcpy(screen_mem(&s, s.base + i), &i, 4);
	}
	for (uint32_t i = 0; i < 256; i++) {
		screen_write(&s, 0x4a000 + 4 * i, i * 0x10101);
	}
	screen_mode(&s, W, H);
	ck_assert_int_eq(gt_camera_init(&cam, s.v), 0);
	srand(7);
}

static void drop_held(void)
{
	if (held) {
		munmap((void *)(uintptr_t)held, held_B);
		held = NULL;
	}
}

static void tear_down(void)
{
	drop_held();
	gt_memory_clear(&kept);
	ck_assert_uint_eq(cam.held_B, 0);
	gt_camera_finish(&cam);
	screen_close(&s);
}

static void show_rows(uint32_t ctl, uint32_t stride, unsigned surface, uint32_t nr_rows)
{
	struct screen_plane p = { .ctl = 0x84000000 | ctl, .stride = stride,
				  .size = (nr_rows - 1) << 16 | (W - 1), .surf = SURFACE(surface) };

	screen_plane(&s, 0, &p);
}

static void show(uint32_t ctl, uint32_t stride, unsigned surface)
{
	show_rows(ctl, stride, surface, H);
}

static enum xengt_status take(uint32_t flags, uint64_t since, struct gt_memory *m, int *fd)
{
	const struct gt_view view = { .flags = flags };

	return gt_camera_take(&cam, &view, since, m, &frame, fd, detail);
}

/* What a client does that keeps its picture. */
static enum xengt_status follow(void)
{
	int fd;
	enum xengt_status status = take(XENGT_TRACK | XENGT_HOLD, kept.serial, &kept, &fd);

	if (fd >= 0) {
		drop_held();
		held_B = frame.size_B;
		held = mmap(NULL, held_B, PROT_READ, MAP_SHARED, fd, 0);
		ck_assert_ptr_ne(held, MAP_FAILED);
		close(fd);
	}
	return status;
}

/* The same picture, made for somebody who has none. */
static void expect(uint8_t *pixels)
{
	struct xengt_frame mine = frame;
	const uint8_t *at;
	int fd;

	ck_assert_int_eq(take(0, 0, &none, &fd), XENGT_OK);
	at = mmap(NULL, frame.size_B, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(at, MAP_FAILED);
	memcpy(pixels, at, (size_t)W * H * 4);
	munmap((void *)(uintptr_t)at, frame.size_B);
	close(fd);
	frame = mine;
}

static bool is_damaged(uint32_t x, uint32_t y)
{
	for (uint32_t i = 0; i < frame.nr_damage; i++) {
		const struct xengt_rect *r = &frame.damage[i];

		if (x - r->x_px < r->w_px && y - r->y_px < r->h_px) {
			return true;
		}
	}
	return false;
}

/* --- a guest that changes its screen -------------------------------------------------------- */

static void draw(void)
{
	uint32_t at = below(4 * NR_PAGES * GT_PAGE_SIZE) & ~3u, px = (uint32_t)rand();

	memcpy(screen_mem(&s, s.base + at), &px, 4);
}

static void move_cursor(void)
{
	static const uint32_t ctl[] = { 0, 0x27, 0x22, 0x8027 };
	uint32_t x = below(W), y = below(H), sign = (uint32_t)rand() & 0x80008000;

	x /= sign & 0x8000 ? 8 : 1;
	y /= sign >> 31 ? 8 : 1;
	screen_cursor(&s, ctl[below(GT_ARRAY_SIZE(ctl))], sign | y << 16 | x, 0, SURFACE(3));
}

static void flip(void)
{
	/* Linear, X, Y; upside down. */
	static const uint32_t ctl[] = { 0, 0x400, 0x1000, 2, 0x402 };
	static const uint32_t stride[] = { 16, 2, 8, 16, 2 };
	unsigned i = below(GT_ARRAY_SIZE(ctl));

	show_rows(ctl[i] | below(2) * PIPE_GAMMA, stride[i], below(3),
		  below(4) ? H : H - below(200));
}

static void move_page(void)
{
	gt_gma_t gma = s.base + below(4 * NR_PAGES) * GT_PAGE_SIZE;

	screen_pte(&s, gma, screen_gfn(&s, s.base + below(4 * NR_PAGES) * GT_PAGE_SIZE)
				    << GT_PAGE_SHIFT | 1);
}

static void color(void)
{
	screen_write(&s, 0x70034, below(3) ? 0 : (uint32_t)rand()); /* PIPE_BOTTOM_COLOR */
	screen_write(&s, 0x4a000 + 4 * below(256), (uint32_t)rand());
}

/* The pipe's scaler: all of it is one band then. */
static void scale(void)
{
	bool on = below(4) == 0;

	screen_write(&s, 0x68180, on ? 1u << 31 : 0);
	screen_write(&s, 0x68170, on ? 10u << 16 | 20 : 0);
	screen_write(&s, 0x68174, on ? (W / 2) << 16 | H / 2 : 0);
}

static void change_something(void)
{
	static void (*const ways[])(void) = {
		draw, draw, draw, draw, draw, draw, move_cursor, move_cursor, flip, move_page,
		color, scale,
	};

	for (unsigned n = below(4); n; n--) {
		ways[below(GT_ARRAY_SIZE(ways))]();
	}
	screen_vblank(&s);
}

static uint8_t before[W * H * 4], now[W * H * 4];

static uint32_t pixel(const uint8_t *picture, uint32_t i)
{
	uint32_t px;

	memcpy(&px, picture + i * 4, 4);
	return px & 0xffffff;
}

START_TEST(the_kept_picture_is_that_of_now)
{
	unsigned nr_same = 0, nr_in_place = 0;

	show(0, 16, 0);
	screen_vblank(&s);
	ck_assert_int_eq(follow(), XENGT_OK);
	expect(before);
	for (unsigned step = 0; step < NR_STEPS; step++) {
		change_something();
		ck_assert_int_eq(follow(), XENGT_OK);
		nr_same += !!(frame.flags & XENGT_UNCHANGED);
		nr_in_place += !!(frame.flags & XENGT_HELD);
		expect(now);
		for (uint32_t i = 0; i < W * H; i++) {
			if (pixel(held, i) != pixel(now, i)) {
				ck_abort_msg("step %u: %u,%u is %06x, not %06x", step, i % W,
					     i / W, pixel(held, i), pixel(now, i));
			}
			if (pixel(now, i) != pixel(before, i) && !is_damaged(i % W, i / W)) {
				ck_abort_msg("step %u: %u,%u changed unsaid", step, i % W, i / W);
			}
		}
		memcpy(before, now, sizeof(before));
	}
	ck_assert_uint_gt(nr_same, NR_STEPS / 20);
	ck_assert_uint_gt(nr_in_place, NR_STEPS / 4);
}
END_TEST

/* --- what it costs, and what a client can do with it ---------------------------------------- */

START_TEST(only_the_band_that_changed_is_made_anew)
{
	const struct gt_looking how = { s.v, &cam.key, gt_page_cache_source(cam.cache),
					&cam.copies };
	uint64_t serial;

	show(0, 16, 0);
	screen_vblank(&s);
	ck_assert_int_eq(follow(), XENGT_OK);
	serial = kept.serial;
	*screen_mem(&s, s.base + 70 * 1024) ^= 1; /* row 70 */
	*screen_mem(&s, s.base + 290 * 1024 + 1000) ^= 1;
	ck_assert_int_eq(gt_watch_find(&kept.watch, &how, 0), 2);
	ck_assert(!kept.watch.band[0].dirty && kept.watch.band[1].dirty);
	ck_assert_int_eq(follow(), XENGT_OK);
	ck_assert_uint_eq(frame.flags, XENGT_HELD);
	ck_assert_uint_gt(frame.serial, serial);
	ck_assert_uint_eq(frame.nr_damage, 2);
	ck_assert_uint_eq(frame.damage[0].y_px, 64);
	ck_assert_uint_eq(frame.damage[1].y_px, 288);
	ck_assert_uint_eq(frame.damage[1].h_px, 12);
}
END_TEST

START_TEST(a_change_is_looked_for_where_it_was_lately)
{
	uint64_t start_ns = s.guest->clock_ns;

	show(0, 16, 0);
	screen_vblank(&s);
	ck_assert_int_eq(follow(), XENGT_OK);
	*screen_mem(&s, s.base + 70 * 1024) ^= 1;
	ck_assert(!gt_camera_sees_change(&cam, &kept, start_ns + 1));
	ck_assert(gt_camera_sees_change(&cam, &kept, 0));
	ck_assert_int_eq(follow(), XENGT_OK);
	*screen_mem(&s, s.base + 70 * 1024) ^= 1;
	ck_assert(gt_camera_sees_change(&cam, &kept, start_ns + 1));
	ck_assert_int_eq(follow(), XENGT_OK);
	*screen_mem(&s, s.base) ^= 1;
	ck_assert(!gt_camera_sees_change(&cam, &kept, start_ns + 1));
}
END_TEST

START_TEST(who_keeps_a_picture_cannot_write_it)
{
	int fd;

	show(0, 16, 0);
	screen_vblank(&s);
	ck_assert_int_eq(take(XENGT_TRACK | XENGT_HOLD, 0, &kept, &fd), XENGT_OK);
	ck_assert_uint_eq(frame.flags, XENGT_HELD);
	ck_assert_ptr_eq(mmap(NULL, frame.size_B, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
			 MAP_FAILED);
	ck_assert_int_lt(pwrite(fd, "x", 1, 0), 0);
	ck_assert_int_ne(ftruncate(fd, 0), 0);
	ck_assert_int_ne(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	close(fd);
}
END_TEST

START_TEST(what_is_kept_for_clients_is_bounded)
{
	int fd;

	show(0, 16, 0);
	screen_vblank(&s);
	cam.held_B = GT_HELD_MAX_B;
	ck_assert_int_eq(take(XENGT_TRACK | XENGT_HOLD, 0, &kept, &fd), XENGT_OK);
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(frame.flags, 0);
	ck_assert(fcntl(fd, F_GET_SEALS) & F_SEAL_WRITE);
	close(fd);
	ck_assert_int_eq(take(XENGT_TRACK | XENGT_HOLD, frame.serial, &kept, &fd), XENGT_OK);
	ck_assert_uint_eq(frame.flags, XENGT_UNCHANGED);
	cam.held_B = 0;
	*screen_mem(&s, s.base) ^= 1;
	ck_assert_int_eq(take(XENGT_TRACK | XENGT_HOLD, frame.serial, &kept, &fd), XENGT_OK);
	ck_assert_uint_eq(frame.flags, XENGT_HELD);
	ck_assert_uint_eq(frame.nr_damage, 1);
	ck_assert_uint_eq(frame.damage[0].h_px, 16);
	close(fd);
}
END_TEST

START_TEST(a_picture_that_fails_is_kept_no_longer)
{
	show(0, 16, 0);
	screen_vblank(&s);
	ck_assert_int_eq(follow(), XENGT_OK);
	screen_pte(&s, s.base + 200 * 1024, 0);
	ck_assert_int_eq(follow(), XENGT_E_BAD_PLANE);
	ck_assert_uint_eq(kept.serial, 0);
	ck_assert_uint_eq(cam.held_B, 0);
	screen_map(&s, s.base, NR_PAGES);
	ck_assert_int_eq(follow(), XENGT_OK);
	ck_assert_uint_eq(frame.flags, XENGT_HELD);
	expect(now);
	ck_assert_mem_eq(held, now, sizeof(now));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("held");
	TCase *tc = tcase_create("held");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_kept_picture_is_that_of_now);
	tcase_add_test(tc, only_the_band_that_changed_is_made_anew);
	tcase_add_test(tc, a_change_is_looked_for_where_it_was_lately);
	tcase_add_test(tc, who_keeps_a_picture_cannot_write_it);
	tcase_add_test(tc, what_is_kept_for_clients_is_bounded);
	tcase_add_test(tc, a_picture_that_fails_is_kept_no_longer);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
