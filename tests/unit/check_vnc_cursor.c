/* SPDX-License-Identifier: MIT */
/* Who draws the guest's cursor: xengt-vnc's clients, or the picture. */
#include "config.h"

#include "vnc_served.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <check.h>

#include "rfb.h"
#include "test_run.h"

#define CURSOR_X_px 40u
#define CURSOR_Y_px 10u
#define CURSOR_PX   0xffff0000u /* of its first 8x8; the rest is transparent */

/* Encodings: raw pixels, and word of another size. */
static const char plain[] = { 2, 0, 0, 2, 0, 0, 0, 0, -1, -1, -1, 0x21 };

static uint32_t *cursor_mem(void)
{
	return (uint32_t *)(void *)screen_mem(&served.w.s, served.w.s.base + 0x100000);
}

/* The guest has a cursor from now on; another worker says so. */
static void show_cursor(void)
{
	serving_end(&served.worker, SIGKILL);
	screen_map(&served.w.s, served.w.s.base + 0x100000, 4);
	for (unsigned i = 0; i < 64 * 64; i++) {
		cursor_mem()[i] = i / 64 < 8 && i % 64 < 8 ? CURSOR_PX : 0;
	}
	screen_cursor(&served.w.s, 0x27, CURSOR_Y_px << 16 | CURSOR_X_px, 0,
		      (uint32_t)served.w.s.base + 0x100000);
	screen_vblank(&served.w.s);
	served.worker = serving_fork(&served.w);
}

/* What a client that draws cursors has been told. */
struct told {
	uint32_t pixels[64][256];
	unsigned nr_cursors, hot_x_px, hot_y_px, w_px, h_px;
	uint32_t px[64 * 64];
	unsigned char mask[64 * 8];
};

static void take_rect(int fd, struct told *t)
{
	unsigned x = rfb_get16(fd), y = rfb_get16(fd);
	unsigned width = rfb_get16(fd), height = rfb_get16(fd);
	int32_t encoding = (int32_t)rfb_get32(fd);

	if (encoding == -239) {
		ck_assert(width == height && (!width || width == 64));
		rfb_get(fd, t->px, width * height * 4u);
		rfb_get(fd, t->mask, width / 8 * height);
		t->nr_cursors++;
		t->hot_x_px = x;
		t->hot_y_px = y;
		t->w_px = width;
		t->h_px = height;
		return;
	}
	ck_assert_int_eq(encoding, 0);
	ck_assert(x + width <= 256 && y + height <= 64);
	for (unsigned row = y; row < y + height; row++) {
		rfb_get(fd, &t->pixels[row][x], width * 4u);
	}
}

static void ask_and_take(int fd, struct told *t, bool incremental)
{
	const unsigned char ask[] = { 3, incremental, 0, 0, 0, 0, 1, 0, 0, 64 };
	char head[2];

	rfb_put(fd, ask, sizeof(ask));
	rfb_get(fd, head, 2);
	for (unsigned nr = rfb_get16(fd); nr; nr--) {
		take_rect(fd, t);
	}
}

static bool cursor_is_in_picture(const struct told *t)
{
	return (t->pixels[CURSOR_Y_px][CURSOR_X_px] & 0xffffff) == (CURSOR_PX & 0xffffff);
}

/* Until it draws the cursor itself, and sees what was below it. */
static void take_until_drawn(int fd, struct told *t, unsigned hot_x_px, unsigned hot_y_px)
{
	t->nr_cursors = 0;
	while (!t->nr_cursors || !t->w_px || t->hot_x_px != hot_x_px ||
	       t->hot_y_px != hot_y_px || cursor_is_in_picture(t)) {
		ask_and_take(fd, t, true);
	}
	/* As serving_show() has it. */
	ck_assert_uint_eq(t->pixels[CURSOR_Y_px][CURSOR_X_px] & 0xffffff, CURSOR_X_px * 0x10101);
}

static void take_until_in_picture(int fd, struct told *t)
{
	while (t->w_px || !cursor_is_in_picture(t)) {
		ask_and_take(fd, t, true);
	}
}

static void put_pointer(int fd, unsigned char x_px, unsigned char y_px)
{
	const unsigned char to[] = { 5, 0, 0, x_px, 0, y_px };

	rfb_put(fd, to, sizeof(to));
}

START_TEST(a_client_that_can_draws_the_cursor_as_soon_as_its_hot_spot_is_known)
{
	static const char choice[] = { 2, 0, 0, 3, 0, 0, 0, 0, -1, -1, -1, 0x21, -1, -1, -1, 0x11 };
	static struct told t, other;
	int fd = served_join(256, 64, choice, sizeof(choice)), second;

	ask_and_take(fd, &t, false);
	show_cursor();
	take_until_in_picture(fd, &t);
	ck_assert_uint_eq(t.nr_cursors, 0);
	put_pointer(fd, CURSOR_X_px + 5, CURSOR_Y_px + 3);
	take_until_drawn(fd, &t, 5, 3);
	ck_assert_uint_eq(t.px[0] & 0xffffff, CURSOR_PX & 0xffffff);
	for (unsigned i = 0; i < sizeof(t.mask); i++) {
		ck_assert_uint_eq(t.mask[i], i < 64 && i % 8 == 0 ? 0xff : 0);
	}
	cursor_mem()[1] = 0xff0000ff; /* another cursor: its hot spot is found out anew */
	take_until_drawn(fd, &t, 5, 3);
	ck_assert_uint_eq(t.px[1] & 0xffffff, 0xff);
	cursor_mem()[1] = CURSOR_PX; /* it is remembered */
	take_until_drawn(fd, &t, 5, 3);
	ck_assert_uint_eq(t.px[1] & 0xffffff, CURSOR_PX & 0xffffff);
	put_pointer(fd, 200, 50); /* and the guest's cursor stays where it was */
	take_until_in_picture(fd, &t);
	put_pointer(fd, CURSOR_X_px + 7, CURSOR_Y_px);
	take_until_drawn(fd, &t, 7, 0);
	second = served_join(256, 64, plain, sizeof(plain));
	ask_and_take(second, &other, false);
	take_until_in_picture(fd, &t);
	take_until_in_picture(second, &other);
	close(second);
	close(fd);
}
END_TEST

START_TEST(a_client_that_cannot_draw_a_cursor_has_it_in_its_picture)
{
	struct pollfd p = { served.w.input_fd, POLLIN, 0 };
	static struct told t;
	int fd = served_join(256, 64, plain, sizeof(plain));

	show_cursor();
	ask_and_take(fd, &t, false);
	take_until_in_picture(fd, &t);
	put_pointer(fd, CURSOR_X_px + 5, CURSOR_Y_px + 3);
	ck_assert_int_eq(poll(&p, 1, RFB_PATIENCE_ms), 1); /* it has reached the guest */
	*screen_mem(&served.w.s, served.w.s.base + 4) ^= 1; /* something to be told of */
	ask_and_take(fd, &t, true);
	ck_assert(cursor_is_in_picture(&t));
	ck_assert_uint_eq(t.nr_cursors, 0);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vnc_cursor");
	TCase *t = tcase_create("served");

	tcase_add_checked_fixture(t, served_set_up, served_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_client_that_can_draws_the_cursor_as_soon_as_its_hot_spot_is_known);
	tcase_add_test(t, a_client_that_cannot_draw_a_cursor_has_it_in_its_picture);
	suite_add_tcase(s, t);
	return test_run(s);
}
