/* SPDX-License-Identifier: MIT */
/*
 * VNC clients, good ones and bad ones, and what a picture shows: for the lab's case vnc.
 *
 *   vnc-judge box FILE RRGGBB        where a PPM has that colour: "X Y WIDTH HEIGHT PIXELS"
 *   vnc-judge differ FILE FILE       where two PPMs differ, likewise
 *   vnc-judge crowd SOCKET SECONDS   ten clients that look, beside slow ones, ones that vanish and
 *                                    ones that send garbage: "updates LEAST MOST, bad NR"
 *   vnc-judge keys SOCKET NR         a client that types; ms from a key to a pixel: "median p99"
 *   vnc-judge pixels SOCKET DOMAIN X Y NR
 *                                    ms from a pixel's change in the guest, as libxengt has it, to
 *                                    the client's framebuffer: "median p99"
 *   vnc-judge parts SOCKET DOMAIN NR ms of parts of that, while the guest's screen changes: a
 *                                    capture by libxengt, and an update's bytes to a client
 *
 * RFC 6143 throughout.  Clients ask for raw pixels, so that what is measured is the server.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "xengt/client.h"

#define NR_GOOD	  10
#define NR_SLOW	  4
#define MAX_NR	  1000
#define MAX_SIDE_PX 8192
#define PATIENCE_ms 60000

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void sleep_ms(unsigned ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* --- a client ------------------------------------------------------------------------------- */

struct vnc {
	int fd;
	unsigned w_px, h_px;
	uint32_t *pixels;
	bool changed; /* set when an update changes a pixel */
};

static int dial(const char *where)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	bool is_port = where[0] != '/';
	const char *colon = strrchr(where, ':');
	int fd = socket(is_port ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons((uint16_t)atoi(colon ? colon + 1 : where));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", where);
	if (is_port ? connect(fd, (struct sockaddr *)&in, sizeof(in)) :
		      connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool get(int fd, void *to, size_t size_B)
{
	while (size_B) {
		struct pollfd p = { fd, POLLIN, 0 };
		ssize_t n;

		if (poll(&p, 1, PATIENCE_ms) <= 0 || (n = recv(fd, to, size_B, 0)) <= 0) {
			return false;
		}
		to = (char *)to + n;
		size_B -= (size_t)n;
	}
	return true;
}

static bool put(int fd, const void *from, size_t size_B)
{
	return send(fd, from, size_B, MSG_NOSIGNAL) == (ssize_t)size_B;
}

static unsigned be16(const unsigned char *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

static bool vnc_join(struct vnc *c, const char *where)
{
	static const char raw_and_size[] = { 2, 0, 0, 2, 0, 0, 0, 0, -1, -1, -1, 0x21 };
	/* 32 bits, depth 24, little endian, true colour, 8 bits each at 16, 8, 0 */
	static const char format[] = { 0, 0, 0, 0, 32, 24, 0, 1, 0, -1, 0, -1, 0, -1, 16, 8, 0 };
	unsigned char b[256];
	uint32_t len;

	c->pixels = NULL;
	c->fd = dial(where);
	if (c->fd < 0 || !get(c->fd, b, 12) || !put(c->fd, "RFB 003.008\n", 12) ||
	    !get(c->fd, b, 1) || !get(c->fd, b + 1, b[0]) || !put(c->fd, "\1", 1) ||
	    !get(c->fd, b, 4) || !put(c->fd, "\1", 1) || !get(c->fd, b, 24)) {
		return false;
	}
	c->w_px = be16(b);
	c->h_px = be16(b + 2);
	memcpy(&len, b + 20, 4);
	len = ntohl(len);
	c->pixels = calloc((size_t)c->w_px * c->h_px, 4);
	return len < sizeof(b) && c->pixels && get(c->fd, b, len) &&
	       put(c->fd, format, sizeof(format)) && put(c->fd, "\0\0\0", 3) &&
	       put(c->fd, raw_and_size, sizeof(raw_and_size));
}

static void vnc_leave(struct vnc *c)
{
	if (c->fd >= 0) {
		close(c->fd);
	}
	free(c->pixels);
}

static bool vnc_ask(struct vnc *c, bool incremental)
{
	const unsigned char ask[] = { 3, incremental, 0, 0, 0, 0, (unsigned char)(c->w_px >> 8),
				      (unsigned char)c->w_px, (unsigned char)(c->h_px >> 8),
				      (unsigned char)c->h_px };

	return put(c->fd, ask, sizeof(ask));
}

static bool rectangle(struct vnc *c)
{
	unsigned char b[12];
	unsigned x, y, w, h;

	if (!get(c->fd, b, 12)) {
		return false;
	}
	x = be16(b);
	y = be16(b + 2);
	w = be16(b + 4);
	h = be16(b + 6);
	if (b[8] == 0xff) { /* DesktopSize: the guest has another mode now */
		free(c->pixels);
		c->w_px = w;
		c->h_px = h;
		c->pixels = calloc((size_t)w * h, 4);
		return c->pixels;
	}
	if (x + w > c->w_px || y + h > c->h_px || w > MAX_SIDE_PX) {
		return false;
	}
	for (unsigned row = y; row < y + h; row++) {
		uint32_t *at = c->pixels + (size_t)row * c->w_px + x, before[MAX_SIDE_PX];

		memcpy(before, at, w * 4u);
		if (!get(c->fd, at, w * 4u)) {
			return false;
		}
		c->changed |= memcmp(before, at, w * 4u) != 0;
	}
	return true;
}

/* One update into the pixels. */
static bool vnc_update(struct vnc *c)
{
	unsigned char b[4];

	for (;;) {
		if (!get(c->fd, b, 1)) {
			return false;
		}
		if (b[0] == 2) { /* a bell */
			continue;
		}
		break;
	}
	if (b[0] || !get(c->fd, b, 3)) {
		return false;
	}
	for (unsigned nr = be16(b + 1); nr; nr--) {
		if (!rectangle(c)) {
			return false;
		}
	}
	return true;
}

/* --- a crowd -------------------------------------------------------------------------------- */

static const char *crowd_at;
static uint64_t crowd_end_ns;

struct member {
	pthread_t thread;
	unsigned nr_updates;
	bool lost;
};

static void *look(void *arg)
{
	struct member *m = arg;
	struct vnc c;

	m->lost = !vnc_join(&c, crowd_at) || !vnc_ask(&c, false);
	while (!m->lost && now_ns() < crowd_end_ns) {
		m->lost = !vnc_update(&c) || !vnc_ask(&c, true);
		m->nr_updates += !m->lost;
	}
	vnc_leave(&c);
	return NULL;
}

/* Asks for everything, and reads a few bytes a second or none. */
static void *be_slow(void *arg)
{
	struct member *m = arg;
	struct vnc c;
	char few[64];

	m->lost = !vnc_join(&c, crowd_at);
	while (!m->lost && now_ns() < crowd_end_ns) {
		vnc_ask(&c, false);
		sleep_ms(200);
		if (m->nr_updates % 2) {
			m->lost = recv(c.fd, few, sizeof(few), 0) <= 0;
		}
	}
	vnc_leave(&c);
	return NULL;
}

/* One after the other: noise, half a hello, a hello and noise, a good one that is gone at once. */
static unsigned be_bad(unsigned i)
{
	struct vnc c = { .fd = -1 };
	char noise[2048];

	for (size_t n = 0; n < sizeof(noise); n++) {
		noise[n] = (char)rand();
	}
	if (i % 4 < 2) {
		c.fd = dial(crowd_at);
		send(c.fd, i % 4 ? noise : "RFB 003.0", i % 4 ? sizeof(noise) : 9,
		     MSG_NOSIGNAL | MSG_DONTWAIT);
	} else if (vnc_join(&c, crowd_at)) {
		vnc_ask(&c, false);
		if (i % 4 == 2) {
			send(c.fd, noise, sizeof(noise), MSG_NOSIGNAL | MSG_DONTWAIT);
		}
	}
	vnc_leave(&c);
	return c.fd >= 0;
}

static int crowd(unsigned seconds)
{
	struct member good[NR_GOOD] = { 0 }, slow[NR_SLOW] = { 0 };
	unsigned nr_bad = 0, least = UINT32_MAX, most = 0, nr_lost = 0;

	crowd_end_ns = now_ns() + seconds * UINT64_C(1000000000);
	for (unsigned i = 0; i < NR_GOOD; i++) {
		pthread_create(&good[i].thread, NULL, look, &good[i]);
	}
	for (unsigned i = 0; i < NR_SLOW; i++) {
		slow[i].nr_updates = i;
		pthread_create(&slow[i].thread, NULL, be_slow, &slow[i]);
	}
	for (unsigned i = 0; now_ns() < crowd_end_ns; i++) {
		nr_bad += be_bad(i);
		sleep_ms(300); /* an emulated Dom0 has time for no more beside the others */
	}
	for (unsigned i = 0; i < NR_SLOW; i++) {
		pthread_join(slow[i].thread, NULL);
	}
	for (unsigned i = 0; i < NR_GOOD; i++) {
		pthread_join(good[i].thread, NULL);
		nr_lost += good[i].lost;
		least = good[i].nr_updates < least ? good[i].nr_updates : least;
		most = good[i].nr_updates > most ? good[i].nr_updates : most;
	}
	printf("updates %u %u, bad %u, lost %u\n", least, most, nr_bad, nr_lost);
	return nr_lost || !least || !nr_bad;
}

/* --- latency -------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int report(double *ms, unsigned nr)
{
	if (!nr) {
		puts("none");
		return 1;
	}
	qsort(ms, nr, sizeof(*ms), compare);
	printf("median %.1f p99 %.1f ms of %u\n", ms[nr / 2], ms[(nr * 99 - 1) / 100], nr);
	return 0;
}

static bool type_key(struct vnc *c, unsigned keysym)
{
	const unsigned char keys[] = { 4, 1, 0, 0, 0, 0, (unsigned char)(keysym >> 8),
				       (unsigned char)keysym, 4, 0, 0, 0, 0, 0,
				       (unsigned char)(keysym >> 8), (unsigned char)keysym };

	return put(c->fd, keys, sizeof(keys));
}

/* What still changes after the last key; a request is on its way then. */
static bool settle(struct vnc *c)
{
	struct pollfd p = { c->fd, POLLIN, 0 };
	bool good = vnc_ask(c, true);

	for (unsigned i = 0; good && i < 20 && poll(&p, 1, 400) > 0; i++) {
		good = vnc_update(c) && vnc_ask(c, true);
	}
	return good;
}

/* An x, until the first update after it in which a pixel is another. */
static int keys(const char *where, unsigned nr)
{
	static double ms[MAX_NR];
	struct vnc c;
	unsigned i;

	if (!vnc_join(&c, where) || !vnc_ask(&c, false) || !vnc_update(&c)) {
		return 1;
	}
	for (i = 0; i < nr && settle(&c); i++) {
		uint64_t at_ns = now_ns();
		bool good = type_key(&c, 'x');

		c.changed = false;
		while (good && !c.changed) {
			good = vnc_update(&c) && (c.changed || vnc_ask(&c, true));
		}
		if (!good) {
			break;
		}
		ms[i] = (double)(now_ns() - at_ns) / 1e6;
	}
	vnc_leave(&c);
	return report(ms, i);
}

static struct {
	const char *domain;
	unsigned x_px, y_px;
	pthread_mutex_t lock;
	uint32_t colour[MAX_NR * 4];
	uint64_t at_ns[MAX_NR * 4];
	unsigned nr;
	bool failed;
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What the guest shows there, as often as libxengt says. */
static void *watch_guest(void *arg)
{
	const struct xengt_capture what = { .region = { seen.x_px, seen.y_px, 8, 1 } };
	struct xengt_client *c;
	struct xengt_picture pic;

	seen.failed = xengt_connect(seen.domain, &c);
	while (!seen.failed && seen.nr < MAX_NR * 4) {
		uint32_t now;

		if (xengt_capture(c, &what, &pic)) {
			break;
		}
		now = *(const uint32_t *)pic.pixels & 0xffffff;
		xengt_picture_release(&pic);
		pthread_mutex_lock(&seen.lock);
		if (!seen.nr || seen.colour[seen.nr - 1] != now) {
			seen.colour[seen.nr] = now;
			seen.at_ns[seen.nr++] = now_ns();
		}
		pthread_mutex_unlock(&seen.lock);
		sleep_ms(1);
	}
	return arg;
}

/* When the guest last began to show @colour; 0: not that anybody saw. */
static uint64_t shown_ns(uint32_t colour)
{
	uint64_t at_ns = 0;

	pthread_mutex_lock(&seen.lock);
	for (unsigned i = seen.nr; i > 1 && !at_ns; i--) {
		at_ns = seen.colour[i - 1] == colour ? seen.at_ns[i - 1] : 0;
	}
	pthread_mutex_unlock(&seen.lock);
	return at_ns;
}

static int pixels(const char *where, unsigned nr)
{
	static double ms[MAX_NR];
	uint32_t last = 0;
	unsigned have = 0;
	pthread_t thread;
	struct vnc c;

	if (!vnc_join(&c, where) || !vnc_ask(&c, false)) {
		return 1;
	}
	pthread_create(&thread, NULL, watch_guest, NULL);
	while (have < nr && !seen.failed && vnc_update(&c) && vnc_ask(&c, true)) {
		uint32_t now = c.pixels[(size_t)seen.y_px * c.w_px + seen.x_px] & 0xffffff;
		uint64_t at_ns = now_ns(), from_ns = now == last ? 0 : shown_ns(now);

		last = now;
		/* The watcher may be later than the server; that is no time at all. */
		if (from_ns) {
			ms[have++] = from_ns < at_ns ? (double)(at_ns - from_ns) / 1e6 : 0;
		}
	}
	return report(ms, have);
}

/* What libxengt takes for a picture of which something has changed. */
static int capture_part(const char *domain, unsigned nr)
{
	static double ms[MAX_NR];
	struct xengt_capture what = { .flags = XENGT_TRACK };
	struct xengt_client *c;
	struct xengt_picture pic;
	unsigned have = 0;

	if (xengt_connect(domain, &c)) {
		return 1;
	}
	while (have < nr) {
		bool changed;
		uint64_t at_ns = now_ns();

		if (xengt_capture(c, &what, &pic)) {
			break;
		}
		if (what.since) {
			ms[have++] = (double)(now_ns() - at_ns) / 1e6;
		}
		what.since = pic.frame.serial;
		xengt_picture_release(&pic);
		if (xengt_wait(c, what.since, PATIENCE_ms, &changed)) {
			break;
		}
	}
	xengt_disconnect(c);
	fputs("capture ", stdout);
	return report(ms, have);
}

/* From an update's first byte to its last. */
static int transfer_part(const char *where, unsigned nr)
{
	static double ms[MAX_NR];
	unsigned have = 0;
	struct vnc c;

	if (!vnc_join(&c, where) || !vnc_ask(&c, false) || !vnc_update(&c)) {
		return 1;
	}
	while (have < nr && vnc_ask(&c, true)) {
		struct pollfd p = { c.fd, POLLIN, 0 };
		uint64_t at_ns;

		poll(&p, 1, PATIENCE_ms);
		at_ns = now_ns();
		if (!vnc_update(&c)) {
			break;
		}
		ms[have++] = (double)(now_ns() - at_ns) / 1e6;
	}
	vnc_leave(&c);
	fputs("transfer ", stdout);
	return report(ms, have);
}

/* --- a picture ------------------------------------------------------------------------------ */

struct ppm {
	FILE *f;
	unsigned w, h;
};

static bool ppm_open(struct ppm *p, const char *path)
{
	unsigned max;

	p->f = fopen(path, "rb");
	if (!p->f || fscanf(p->f, "P6 %u %u %u", &p->w, &p->h, &max) != 3 || max != 255) {
		fprintf(stderr, "%s: no PPM\n", path);
		return false;
	}
	fgetc(p->f);
	return true;
}

static uint32_t ppm_next(struct ppm *p)
{
	int r = fgetc(p->f), g = fgetc(p->f), b = fgetc(p->f);

	return b < 0 ? UINT32_MAX : (uint32_t)(r << 16 | g << 8 | b);
}

/* The rectangle around some pixels. */
struct extent {
	unsigned x0, y0, x1, y1, nr;
};

static void extent_add(struct extent *e, unsigned x, unsigned y)
{
	if (!e->nr++) {
		*e = (struct extent){ x, y, x, y, 1 };
	}
	e->x0 = x < e->x0 ? x : e->x0;
	e->x1 = x > e->x1 ? x : e->x1;
	e->y1 = y;
}

/* Nothing if there are none. */
static int extent_print(const struct extent *e)
{
	if (e->nr) {
		printf("%u %u %u %u %u\n", e->x0, e->y0, e->x1 - e->x0 + 1, e->y1 - e->y0 + 1,
		       e->nr);
	}
	return !e->nr;
}

static int box(const char *path, uint32_t colour)
{
	struct extent e = { 0 };
	struct ppm p;

	if (!ppm_open(&p, path)) {
		return 1;
	}
	for (unsigned i = 0; i < p.w * p.h; i++) {
		if (ppm_next(&p) == colour) {
			extent_add(&e, i % p.w, i / p.w);
		}
	}
	fclose(p.f);
	return extent_print(&e);
}

/* By more than lossy compression changes a pixel. */
static bool is_other(uint32_t a, uint32_t b)
{
	return abs((int)(a >> 16 & 0xff) - (int)(b >> 16 & 0xff)) > 48 ||
	       abs((int)(a >> 8 & 0xff) - (int)(b >> 8 & 0xff)) > 48 ||
	       abs((int)(a & 0xff) - (int)(b & 0xff)) > 48;
}

static int differ(const char *path, const char *other)
{
	struct extent e = { 0 };
	struct ppm p, q;

	if (!ppm_open(&p, path) || !ppm_open(&q, other) || p.w != q.w || p.h != q.h) {
		return 2;
	}
	for (unsigned i = 0; i < p.w * p.h; i++) {
		if (is_other(ppm_next(&p), ppm_next(&q))) {
			extent_add(&e, i % p.w, i / p.w);
		}
	}
	fclose(p.f);
	fclose(q.f);
	return extent_print(&e);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "box") && argc == 4) {
		return box(argv[2], (uint32_t)strtoul(argv[3], NULL, 16));
	}
	if (!strcmp(what, "differ") && argc == 4) {
		return differ(argv[2], argv[3]);
	}
	if (!strcmp(what, "crowd") && argc == 4) {
		crowd_at = argv[2];
		return crowd((unsigned)atoi(argv[3]));
	}
	if (!strcmp(what, "keys") && argc == 4 && atoi(argv[3]) <= MAX_NR) {
		return keys(argv[2], (unsigned)atoi(argv[3]));
	}
	if (!strcmp(what, "parts") && argc == 5 && atoi(argv[4]) <= MAX_NR) {
		return capture_part(argv[3], (unsigned)atoi(argv[4])) |
		       transfer_part(argv[2], (unsigned)atoi(argv[4]));
	}
	if (!strcmp(what, "pixels") && argc == 7 && atoi(argv[6]) <= MAX_NR) {
		seen.domain = argv[3];
		seen.x_px = (unsigned)atoi(argv[4]);
		seen.y_px = (unsigned)atoi(argv[5]);
		return pixels(argv[2], (unsigned)atoi(argv[6]));
	}
	fputs("see the head of vnc-judge.c\n", stderr);
	return 2;
}
