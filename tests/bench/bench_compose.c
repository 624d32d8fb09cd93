/* SPDX-License-Identifier: MIT */
/*
 * A whole pipe put together from one plane of 1080p, in each format: registers, look-up of every
 * page in the shadow of the guest's GGTT, detiling, conversion.  Pages are at hand, as they are for
 * a client that asks again and again.  Frames lie in memory or caches as they will, one guest has
 * but one.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compose.h"
#include "screen.h"

#define W         1920u
#define H         1080u
#define PICTURE_B (W * 4 * H)

static struct screen s;
static uint8_t *picture, *copied;

static enum xengt_status pages_at_hand(struct gt_page_source *source, const gt_gma_t *gma,
				       size_t nr, const uint8_t **out,
				       char detail[XENGT_DETAIL_MAX])
{
	for (size_t i = 0; i < nr; i++) {
		bool hole = false;
		gt_gfn_t gfn;
		enum xengt_status status = gt_compose_lookup(s.v, gma[i], &gfn, &hole, detail);

		if (status) {
			return status;
		}
		out[i] = hole ? NULL : s.guest->mem + gfn * GT_PAGE_SIZE;
	}
	return XENGT_OK;
}

static void nothing_to_release(struct gt_page_source *source)
{
}

struct scene {
	const char *name;
	uint32_t ctl;    /* PLANE_CTL: format and tiling */
	uint32_t stride; /* PLANE_STRIDE: in tiles, or in 64 bytes */
};

/* SKL vol 2c, PLANE_CTL: source pixel format 27:24, tiled surface 12:10 */
#define TILED_X  (1u << 10)
#define TILED_Y  (4u << 10)
#define TILED_YF (5u << 10)

static const struct scene scenes[] = {
    {"XRGB8888, linear", 4u << 24, W * 4 / 64},
    {"XRGB8888, X", 4u << 24 | TILED_X, W * 4 / 512},
    {"XRGB8888, Y", 4u << 24 | TILED_Y, W * 4 / 128},
    {"XRGB8888, Yf", 4u << 24 | TILED_YF, W * 4 / 128},
    {"XBGR8888, Y", 4u << 24 | 1u << 20 | TILED_Y, W * 4 / 128},
    {"XRGB2101010, Y", 2u << 24 | TILED_Y, W * 4 / 128},
    {"RGB565, Y", 14u << 24 | TILED_Y, W * 2 / 128},
    {"FP16, Y", 6u << 24 | TILED_Y, W * 8 / 128},
    {"YUYV, Y", TILED_Y, W * 2 / 128},
    {"C8 with its palette, Y", 12u << 24 | TILED_Y, W / 128},
    {"XRGB8888, Y, turned by 180 degrees", 4u << 24 | TILED_Y | 2, W * 4 / 128},
};
#define NR_SCENES (sizeof(scenes) / sizeof(scenes[0]))

static void show(const struct scene *sc)
{
	const struct screen_plane plane = {.ctl = 1u << 31 | sc->ctl,
					   .stride = sc->stride,
					   .size = (H - 1) << 16 | (W - 1),
					   .surf = (uint32_t)s.base};

	screen_plane(&s, 0, &plane);
	screen_vblank(&s);
	gt_display_latch(s.v, 0);
}

static void run_compose(void *ctx, unsigned round)
{
	char detail[XENGT_DETAIL_MAX] = "";
	struct gt_page_source source = {pages_at_hand, nothing_to_release};
	struct gt_compose c = {.v = s.v,
			       .source = &source,
			       .w_px = W,
			       .h_px = H,
			       .pixels = picture,
			       .stride_B = W * 4,
			       .detail = detail};
	enum xengt_status status = gt_compose_pipe(&c, true);

	if (status) {
		fprintf(stderr, "bench_compose: status %d: %s\n", status, detail);
		exit(2);
	}
}

static void run_memcpy(void *ctx, unsigned round)
{
	memcpy(picture, copied, PICTURE_B);
}

int main(void)
{
	unsigned rounds = bench_rounds(31);
	uint64_t state = 1;

	picture = bench_alloc(PICTURE_B);
	copied = bench_alloc(PICTURE_B);
	screen_open(&s, GT_SKL);
	screen_mode(&s, W, H);
	screen_map(&s, s.base, GT_MiB(32) / GT_PAGE_SIZE);
	for (size_t i = 0; i < GT_MiB(32); i += 4) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		memcpy(screen_mem(&s, s.base + i), (uint8_t *)&state + 4, 4);
	}
	for (size_t i = 0; i < NR_SCENES; i++) {
		struct bench_way ways[2] = {{.name = "memcpy", .run = run_memcpy},
					    {.name = scenes[i].name, .run = run_compose}};
		char what[100];

		show(&scenes[i]);
		bench_run(ways, 2, rounds);
		snprintf(what, sizeof(what), "1080p pipe, %s", scenes[i].name);
		bench_row(what, ways[1].median_ns / 1e6, ways[0].median_ns / ways[1].median_ns,
			  "memcpy of the picture", 0);
	}
	screen_close(&s);
	return 0;
}
