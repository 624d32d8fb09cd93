/* SPDX-License-Identifier: MIT */
/*
 * The guest's cursor, drawn by the client.
 *
 * Decides when.  A client that draws the cursor itself has it where its user's hand is, however
 * late the guest's pictures come; but it must know the cursor's hot spot, which the guest tells
 * nobody.  So it is found out: once pointer and cursor have come to rest, it is what lies between
 * the two.  Where that is no point of the cursor the guest has moved it by itself, and it is part
 * of the picture again until they agree; as it is until a cursor's hot spot is known, and while
 * there is more than one client, since each shows its own pointer only.
 */
#include "vnc_cursor.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <neatvnc.h>

#include "common.h"
#include "vnc_gate.h"
#include "vnc_screen.h"
#include "vnc_wait.h"
#include "xengt/client.h"

/*
 * neatvnc 0.5 takes the alpha of formats with 8 bits a channel from where it is not; two bits are
 * enough for a mask.
 */
#define FOURCC_ARGB2101010 0x30335241u

#define MAX_SIDE_PX 256u
#define MIN_ms	    30	/* between two looks */
#define AGAIN_ms    250 /* after one that failed */
#define REST_ms	    400 /* a guest that is asked to move its cursor takes its time */
#define NR_KNOWN    32u
#define NEAR_px	    1 /* positions are rounded on the way */

/* A cursor and where it is. */
struct sight {
	bool there;	/* it can be seen */
	uint64_t image; /* another number for another image; 0: it is off */
	int x_px, y_px;
	unsigned w_px, h_px;
	uint32_t *px; /* ARGB8888, premultiplied */
};

#define MAX_PX (MAX_SIDE_PX * MAX_SIDE_PX)

static uint32_t seen_px[MAX_PX], now_px[MAX_PX];

static struct {
	const char *domain;
	unsigned head;
	int news, rest;
	struct vnc_wait wait;
	pthread_mutex_t lock; /* of the two below */
	pthread_cond_t wanted_now;
	bool wanted;
	struct sight seen; /* by the thread */
	/* The loop's: */
	struct nvnc *server;
	struct sight now;
	unsigned nr_clients;
	bool by_client; /* it is not in the picture */
	uint64_t shown; /* which image the client has */
	unsigned hot_x_px, hot_y_px; /* and with what hot spot */
	bool pointed;
	int x_px, y_px; /* where */
	struct known {
		uint64_t image;
		unsigned hot_x_px, hot_y_px;
	} known[NR_KNOWN];
	unsigned next_known;
} cursor = {
	.wait = VNC_WAIT_INIT,
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted_now = PTHREAD_COND_INITIALIZER,
	.seen = { .px = seen_px },
	.now = { .px = now_px },
};

/* --- the thread ----------------------------------------------------------------------------- */

static void tell_news(void)
{
	uint64_t one = 1;

	if (write(cursor.news, &one, sizeof(one)) < 0) {
		return; /* it is readable already */
	}
}

/* FNV-1a of 32 bits at a time; a guest that has two cursors take each other's place may. */
static uint64_t number_of(const struct sight *s)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < (size_t)s->w_px * s->h_px; i++) {
		hash = (hash ^ s->px[i]) * 0x100000001b3u;
	}
	return hash ? hash : 1;
}

static void note_image(struct sight *s, const struct xengt_picture *pic)
{
	const uint8_t *from = pic->pixels;

	s->w_px = pic->frame.width_px;
	s->h_px = pic->frame.height_px;
	for (unsigned y = 0; y < s->h_px; y++) {
		memcpy(s->px + (size_t)y * s->w_px, from + (size_t)y * pic->frame.stride_B,
		       (size_t)s->w_px * 4);
	}
	s->image = s->w_px > 1 ? number_of(s) : 0;
}

/* 0, or what libxengt said; the cursor is then not there. */
static int look(struct xengt_client *c, uint64_t *since)
{
	const struct xengt_capture what = {
		.head = cursor.head, .flags = XENGT_CURSOR | XENGT_TRACK, .since = *since
	};
	struct xengt_picture pic;
	int ret = xengt_capture(c, &what, &pic);

	if (!ret && (pic.frame.width_px > MAX_SIDE_PX || pic.frame.height_px > MAX_SIDE_PX)) {
		xengt_picture_release(&pic);
		ret = -EPROTO;
	}
	pthread_mutex_lock(&cursor.lock);
	cursor.seen.there = !ret;
	if (!ret && pic.pixels) {
		note_image(&cursor.seen, &pic);
	}
	if (!ret) {
		cursor.seen.x_px = (int32_t)pic.frame.x_px;
		cursor.seen.y_px = (int32_t)pic.frame.y_px;
	}
	pthread_mutex_unlock(&cursor.lock);
	tell_news();
	*since = ret ? 0 : pic.frame.serial;
	if (!ret) {
		xengt_picture_release(&pic);
	}
	return ret;
}

static void wait_until_wanted(void)
{
	pthread_mutex_lock(&cursor.lock);
	while (!cursor.wanted) {
		pthread_cond_wait(&cursor.wanted_now, &cursor.lock);
	}
	pthread_mutex_unlock(&cursor.lock);
}

static void *follow(void *arg)
{
	struct xengt_client *c = NULL;
	uint64_t since = 0;

	for (;;) {
		int ret;

		wait_until_wanted();
		ret = c ? 0 : xengt_connect(cursor.domain, &c);
		if (!ret) {
			ret = look(c, &since);
		}
		if (!ret) {
			sleep_ms(MIN_ms);
			ret = vnc_wait_for_change(&cursor.wait, c, since);
		}
		if (ret && c) {
			xengt_disconnect(c);
			c = NULL;
			since = 0;
		}
		if (ret && ret != -ECANCELED) {
			sleep_ms(AGAIN_ms);
		}
	}
	return arg;
}

/* Nothing is done while it is not; its connection goes, too. */
static void want(bool wanted)
{
	bool was_wanted;

	pthread_mutex_lock(&cursor.lock);
	was_wanted = cursor.wanted;
	cursor.wanted = wanted;
	pthread_cond_signal(&cursor.wanted_now);
	pthread_mutex_unlock(&cursor.lock);
	if (was_wanted && !wanted) {
		vnc_wait_end(&cursor.wait);
	}
}

/* --- who draws it --------------------------------------------------------------------------- */

/* Straight alpha: @part of a premultiplied channel. */
static uint32_t straight(uint32_t px, unsigned shift, uint32_t alpha)
{
	uint32_t part = (px >> shift & 0xff) * 0xff / alpha;

	return part < 0xff ? part : 0xff;
}

static uint32_t to_10_bits(uint32_t part)
{
	return part << 2 | part >> 6;
}

static struct nvnc_fb *make_image(const struct sight *s)
{
	struct nvnc_fb *fb = nvnc_fb_new((uint16_t)s->w_px, (uint16_t)s->h_px, FOURCC_ARGB2101010,
					 (uint16_t)s->w_px);
	uint32_t *to = fb ? nvnc_fb_get_addr(fb) : NULL;

	for (size_t i = 0; to && i < (size_t)s->w_px * s->h_px; i++) {
		uint32_t px = s->px[i], alpha = px >> 24;

		to[i] = !alpha ? 0
			       : alpha >> 6 << 30 | to_10_bits(straight(px, 16, alpha)) << 20 |
					 to_10_bits(straight(px, 8, alpha)) << 10 |
					 to_10_bits(straight(px, 0, alpha));
	}
	return fb;
}

static void give_to_clients(const struct sight *s, unsigned hot_x_px, unsigned hot_y_px)
{
	struct nvnc_fb *fb = s ? make_image(s) : NULL;

	/* Without clients, neatvnc 0.5 would tell the one that it is about to free. */
	nvnc_set_cursor(cursor.server, fb, fb ? (uint16_t)s->w_px : 0, fb ? (uint16_t)s->h_px : 0,
			(uint16_t)hot_x_px, (uint16_t)hot_y_px, cursor.nr_clients);
	if (fb) {
		nvnc_fb_unref(fb);
	}
	cursor.shown = fb ? s->image : 0;
	cursor.hot_x_px = hot_x_px;
	cursor.hot_y_px = hot_y_px;
}

static void draw_in_picture(void)
{
	if (cursor.by_client) {
		give_to_clients(NULL, 0, 0);
		vnc_screen_show_cursor(true);
		cursor.by_client = false;
	}
}

static void let_client_draw(const struct known *k)
{
	if (cursor.shown != k->image || cursor.hot_x_px != k->hot_x_px ||
	    cursor.hot_y_px != k->hot_y_px) {
		give_to_clients(&cursor.now, k->hot_x_px, k->hot_y_px);
	}
	if (!cursor.by_client) {
		vnc_screen_show_cursor(false);
		cursor.by_client = true;
	}
}

static struct known *find_known(uint64_t image)
{
	for (unsigned i = 0; i < NR_KNOWN; i++) {
		if (cursor.known[i].image == image) {
			return &cursor.known[i];
		}
	}
	return NULL;
}

static bool is_near(unsigned a_px, int b_px)
{
	return abs((int)a_px - b_px) <= NEAR_px;
}

/* What lies between pointer and cursor is the hot spot of the image that is seen now. */
static struct known *learn(void)
{
	const struct sight *s = &cursor.now;
	int x = cursor.x_px - s->x_px, y = cursor.y_px - s->y_px;
	struct known *k = find_known(s->image);

	if (k && is_near(k->hot_x_px, x) && is_near(k->hot_y_px, y)) {
		return k;
	}
	if (x < 0 || y < 0 || (unsigned)x >= s->w_px || (unsigned)y >= s->h_px) {
		return NULL;
	}
	if (!k) {
		k = &cursor.known[cursor.next_known++ % NR_KNOWN];
	}
	*k = (struct known){ s->image, (unsigned)x, (unsigned)y };
	return k;
}

static bool client_can_draw(void)
{
	return cursor.nr_clients == 1 && vnc_gate_draws_cursor();
}

/* --- the loop ------------------------------------------------------------------------------- */

static bool read_counter(int fd)
{
	uint64_t nr;

	return read(fd, &nr, sizeof(nr)) == sizeof(nr);
}

static void begin_rest(void)
{
	const struct itimerspec t = { .it_value.tv_nsec = REST_ms * 1000000 };

	timerfd_settime(cursor.rest, 0, &t, NULL);
}

static void take_sight(struct sight *to)
{
	uint64_t had = to->image;
	uint32_t *px = to->px;

	pthread_mutex_lock(&cursor.lock);
	*to = cursor.seen;
	to->px = px;
	if (to->image != had) {
		memcpy(px, seen_px, (size_t)to->w_px * to->h_px * 4);
	}
	pthread_mutex_unlock(&cursor.lock);
}

void vnc_cursor_news(void)
{
	const struct known *k;

	if (!read_counter(cursor.news)) {
		return;
	}
	take_sight(&cursor.now);
	begin_rest();
	if (!cursor.by_client) {
		return;
	}
	k = cursor.now.image ? find_known(cursor.now.image) : NULL;
	if (!cursor.now.there || !client_can_draw() || (cursor.now.image && !k)) {
		draw_in_picture();
	} else if (k) {
		let_client_draw(k);
	} else if (cursor.shown) {
		give_to_clients(NULL, 0, 0); /* the guest has hidden it */
	}
}

void vnc_cursor_rest(void)
{
	const struct known *k;

	if (!read_counter(cursor.rest) || !cursor.pointed || !cursor.now.there) {
		return;
	}
	if (cursor.now.image && client_can_draw()) {
		k = learn();
		if (k) {
			let_client_draw(k);
		} else {
			draw_in_picture();
		}
	}
}

void vnc_cursor_clients(unsigned nr)
{
	cursor.nr_clients = nr;
	cursor.pointed = cursor.now.there = false;
	want(false);
	draw_in_picture();
}

void vnc_cursor_pointed(unsigned x_px, unsigned y_px)
{
	bool follows = client_can_draw();

	cursor.pointed = true;
	cursor.x_px = (int)x_px;
	cursor.y_px = (int)y_px;
	if (!follows) {
		draw_in_picture();
	}
	want(follows);
	begin_rest();
}

int vnc_cursor_start(struct nvnc *server, const char *domain, unsigned head)
{
	pthread_t thread;

	cursor.server = server;
	cursor.domain = domain;
	cursor.head = head;
	cursor.news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	cursor.rest = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (cursor.news < 0 || cursor.rest < 0) {
		return -errno;
	}
	return -pthread_create(&thread, NULL, follow, NULL);
}

int vnc_cursor_news_fd(void)
{
	return cursor.news;
}

int vnc_cursor_rest_fd(void)
{
	return cursor.rest;
}
