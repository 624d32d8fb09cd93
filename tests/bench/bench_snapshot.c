/* SPDX-License-Identifier: MIT */
/*
 * From the call of xengt_capture() to the picture in the caller's hands, over a real socket to a
 * server in another process: a 1080p head in Y tiles, as a driver's desktop is.
 */
#include "bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serving.h"
#include "xengt/client.h"

#define W 1920u
#define H 1080u
#define FRAME_B ((size_t)W * 4 * 1088)

static struct serving w;

struct task {
	struct xengt_client *c;
	struct xengt_capture what;
	bool draws; /* a pixel, before each */
	const uint8_t *from; /* copied only; else NULL */
	uint8_t *to;
};

static void show(void)
{
	/* Enabled, XRGB8888, Y tiles; 60 tiles to a row. */
	struct screen_plane p = { .ctl = 0x84001000, .stride = 60, .size = (H - 1) << 16 | (W - 1),
				  .surf = (uint32_t)w.s.base };

	screen_map(&w.s, w.s.base, FRAME_B / GT_PAGE_SIZE);
	for (size_t i = 0; i < FRAME_B; i += 4) {
		uint32_t px = (uint32_t)(i * 2654435761u);

		memcpy(screen_mem(&w.s, w.s.base + i), &px, 4);
	}
	screen_mode(&w.s, W, H);
	screen_plane(&w.s, 0, &p);
	screen_vblank(&w.s);
}

static void take(void *ctx, unsigned round)
{
	struct task *t = ctx;
	struct xengt_picture p;

	if (t->draws) {
		*screen_mem(&w.s, w.s.base + 4096 * (round % 1000)) ^= 0x55;
	}
	if (xengt_capture(t->c, &t->what, &p)) {
		fprintf(stderr, "no picture: %s\n", xengt_detail(t->c));
		exit(1);
	}
	if (p.pixels) {
		t->to[0] ^= *(const volatile uint8_t *)p.pixels; /* the first byte */
	}
	t->what.since = t->what.flags & XENGT_TRACK ? p.frame.serial : 0;
	xengt_picture_release(&p);
}

static void copy(void *ctx, unsigned round)
{
	struct task *t = ctx;

	memcpy(t->to, t->from, (size_t)W * H * 4);
}

int main(void)
{
	uint8_t *buf = bench_alloc(2 * FRAME_B);
	struct task copied = { .from = buf, .to = buf + FRAME_B };
	struct task plain = { .to = buf }, region = { .to = buf }, same = { .to = buf };
	struct task drawn = { .to = buf, .draws = true }, held = { .to = buf, .draws = true };
	struct bench_way ways[] = {
		{ "memcpy of the frame", copy, &copied },
		{ "snapshot of 1080p", take, &plain },
		{ "64x64 of it", take, &region },
		{ "tracked, nothing changed", take, &same },
		{ "tracked, a pixel drawn", take, &drawn },
		{ "tracked and held, a pixel drawn", take, &held },
	};
	struct task *clients[] = { &plain, &region, &same, &drawn, &held };
	pid_t pid;

	serving_open(&w);
	show();
	pid = serving_fork(&w);
	region.what.region = (struct xengt_rect){ 100, 100, 64, 64 };
	same.what.flags = drawn.what.flags = XENGT_TRACK;
	held.what.flags = XENGT_TRACK | XENGT_HOLD;
	for (size_t i = 0; i < GT_ARRAY_SIZE(clients); i++) {
		if (xengt_connect("7", &clients[i]->c)) {
			fprintf(stderr, "cannot connect\n");
			return 1;
		}
	}
	/* The last two draw where the others look. */
	bench_run(ways, GT_ARRAY_SIZE(ways) - 2, bench_rounds(101));
	bench_run(&ways[GT_ARRAY_SIZE(ways) - 2], 1, bench_rounds(101));
	bench_run(&ways[GT_ARRAY_SIZE(ways) - 1], 1, bench_rounds(101));
	bench_head();
	for (size_t i = 0; i < GT_ARRAY_SIZE(ways); i++) {
		bench_row(ways[i].name, ways[i].median_ns / 1e6,
			  ways[0].median_ns / ways[i].median_ns, "memcpy", 0);
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(clients); i++) {
		xengt_disconnect(clients[i]->c);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	serving_close(&w);
	return bench_missed() != 0;
}
