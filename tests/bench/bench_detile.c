/* SPDX-License-Identifier: MIT */
/*
 * Detiling, turning and hashing of whole frames that lie in memory, not in caches, against glibc's
 * memcpy() of as many bytes and the best copy around the caches; what comes out is compared with
 * the slow oracle first.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detile.h"
#include "detile_kernels.h"
#include "hash.h"
#include "swizzle.h"

#define COLD_B                                                                                     \
	(160u << 20) /* of sources, and as much of destinations: more than the caches have         \
		      */
#define NR_WAYS 24

/* Frames of one size; rows without a gap, heights rounded up to whole tiles. */
struct frames {
	const char *name;
	uint32_t w_px, h_px;
	size_t frame_B, slot_B;
	unsigned nr;
	uint8_t *src, *dst;
	const uint8_t **pages; /* of the frame being done */
	struct gt_hash_key key;
};

/* A way of doing a frame. */
struct task {
	struct frames *f;
	enum gt_tiling tiling;
	enum gt_turn turn;
	enum gt_simd simd;
	bool hashed, only_changed;
	unsigned changed_percent;
	uint32_t shift_B; /* of the destination from where lines of the caches begin */
	uint64_t *hash;   /* of all frames, one after the other */
};

static enum gt_simd best;

static uint8_t *source(const struct frames *f, unsigned round)
{
	return f->src + (round % f->nr) * f->slot_B;
}

static uint8_t *target(const struct frames *f, unsigned round)
{
	return f->dst + (round % f->nr) * f->slot_B;
}

static void run_memcpy(void *ctx, unsigned round)
{
	const struct task *t = ctx;

	memcpy(target(t->f, round), source(t->f, round), t->f->frame_B);
}

static void run_stream(void *ctx, unsigned round)
{
	const struct task *t = ctx;
	const uint8_t *src = source(t->f, round);

	gt_kernels[t->simd]->run[GT_TURN_NONE][1](src, target(t->f, round), t->f->frame_B,
						  src + 2 * GT_PAGE_SIZE);
}

static void make_pass(const struct task *t, unsigned round, struct gt_surface *s,
		      struct gt_detile_pass *p)
{
	struct frames *f = t->f;
	size_t nr;

	*s = (struct gt_surface){t->tiling, 4, f->w_px * 4, GT_SWIZZLE_NONE};
	*p = (struct gt_detile_pass){.surface = s,
				     .rect = {0, 0, f->w_px * 4, f->h_px},
				     .pages = f->pages,
				     .dst = target(f, round) + t->shift_B,
				     .dst_stride_B = f->w_px * 4,
				     .turn = t->turn};
	nr = gt_detile_nr_pages(s, &p->rect);
	for (size_t i = 0; i < nr; i++) {
		f->pages[i] = source(f, round) + i * GT_PAGE_SIZE;
	}
	if (t->hashed) {
		p->key = &f->key;
		p->hash = t->hash + (round % f->nr) * (f->slot_B / GT_PAGE_SIZE);
		p->only_changed = t->only_changed;
		for (size_t i = 0; i < nr && t->changed_percent; i++) {
			if (i * t->changed_percent % 100 < t->changed_percent) {
				p->hash[i] = GT_HASH_NONE;
			}
		}
	}
}

static void run_pass(void *ctx, unsigned round)
{
	const struct task *t = ctx;
	struct gt_surface s;
	struct gt_detile_pass p;

	make_pass(t, round, &s, &p);
	gt_simd_use(t->simd);
	gt_detile_pass(&p);
	gt_simd_use(best);
}

/* XR30 without help from detile_*.c. */
static uint32_t turned(uint32_t px, enum gt_turn turn)
{
	if (turn == GT_TURN_XRGB2101010) {
		return (px >> 30) * 0x55000000u | (px >> 22 & 0xff) << 16 | (px >> 12 & 0xff) << 8 |
		       (px >> 2 & 0xff);
	}
	return px;
}

static void verify(const struct task *t, const char *name)
{
	const struct frames *f = t->f;
	const uint8_t *dst = target(f, 0) + t->shift_B, *src = source(f, 0);

	memset(target(f, 0), 0xcc, f->frame_B);
	if (t->hash) {
		memset(t->hash, 0, f->slot_B / GT_PAGE_SIZE * sizeof(*t->hash));
	}
	run_pass((void *)(uintptr_t)t, 0);
	for (uint32_t y = 0; y < f->h_px; y++) {
		for (uint32_t x = 0; x < f->w_px; x++, dst += 4) {
			uint64_t at = swizzle_offset(t->tiling, 4, f->w_px * 4, x * 4, y);
			uint32_t in, out;

			memcpy(&in, src + at, 4);
			memcpy(&out, dst, 4);
			if (out != turned(in, t->turn)) {
				fprintf(stderr, "%s %s: pixel %u,%u is %08x, not %08x\n", f->name,
					name, x, y, out, turned(in, t->turn));
				exit(1);
			}
		}
	}
}

static void make_frames(struct frames *f)
{
	uint32_t val = 1;

	f->frame_B = (size_t)f->w_px * 4 * f->h_px;
	f->slot_B = (size_t)f->w_px * 4 * ((f->h_px + 31) & ~31u);
	f->nr = (unsigned)(COLD_B / f->slot_B + 1);
	f->src = bench_alloc(f->slot_B * f->nr);
	f->dst = bench_alloc(f->slot_B * f->nr);
	f->pages = bench_alloc(f->slot_B / GT_PAGE_SIZE * sizeof(*f->pages));
	if (gt_hash_key_make(&f->key)) {
		fprintf(stderr, "no random numbers for a key\n");
		exit(1);
	}
	for (size_t i = 0; i < f->slot_B * f->nr; i += 4) {
		val = val * 1664525 + 1013904223;
		memcpy(f->src + i, &val, 4);
	}
}

struct table {
	struct frames *f;
	struct bench_way ways[NR_WAYS];
	struct task tasks[NR_WAYS];
	double than_memcpy[NR_WAYS]; /* targets */
	size_t nr;
};

static void add(struct table *t, const char *name, void (*run)(void *, unsigned), struct task task,
		double target_x)
{
	struct task *at = &t->tasks[t->nr];

	*at = task;
	at->f = t->f;
	if (task.hashed) {
		at->hash = bench_alloc(t->f->slot_B / GT_PAGE_SIZE * t->f->nr * sizeof(*at->hash));
	}
	t->ways[t->nr].name = name;
	t->ways[t->nr].run = run;
	t->ways[t->nr].ctx = at;
	t->than_memcpy[t->nr++] = target_x;
	if (run == run_pass) {
		verify(at, name);
		for (unsigned i = 0; task.only_changed && i < t->f->nr; i++) {
			run_pass(at, i);
		}
	}
}

static const char *const stream_names[GT_NR_SIMD] = {NULL, "stream copy, SSE2", "stream copy, AVX2",
						     "stream copy, AVX-512"};
static const char *const y_names[GT_NR_SIMD] = {NULL, "Y, SSE2", "Y, AVX2", "Y, AVX-512"};

static void fill(struct table *t)
{
	add(t, "memcpy", run_memcpy, (struct task){0}, 0);
	for (int i = GT_SIMD_SSE2; i < GT_NR_SIMD; i++) {
		if (gt_simd_use((enum gt_simd)i)) {
			add(t, stream_names[i], run_stream, (struct task){.simd = i}, 0);
			add(t, y_names[i], run_pass, (struct task){.tiling = GT_TILE_Y, .simd = i},
			    0);
		}
	}
	gt_simd_use(best);
	add(t, "linear", run_pass, (struct task){.tiling = GT_LINEAR, .simd = best}, 1.2);
	add(t, "X", run_pass, (struct task){.tiling = GT_TILE_X, .simd = best}, 1.2);
	add(t, "Y", run_pass, (struct task){.tiling = GT_TILE_Y, .simd = best}, 1.2);
	add(t, "Yf", run_pass, (struct task){.tiling = GT_TILE_YF, .simd = best}, 1.2);
	add(t, "Y, XR30 to XRGB8888", run_pass,
	    (struct task){.tiling = GT_TILE_Y, .turn = GT_TURN_XRGB2101010, .simd = best}, 0);
	add(t, "X, not on cache lines", run_pass,
	    (struct task){.tiling = GT_TILE_X, .simd = best, .shift_B = 16}, 0);
	add(t, "Y, not on cache lines", run_pass,
	    (struct task){.tiling = GT_TILE_Y, .simd = best, .shift_B = 16}, 0);
	add(t, "Y, hashed", run_pass,
	    (struct task){.tiling = GT_TILE_Y, .simd = best, .hashed = true}, 0);
	add(t, "Y, all unchanged", run_pass,
	    (struct task){.tiling = GT_TILE_Y, .simd = best, .hashed = true, .only_changed = true},
	    1.9);
	add(t, "linear, all unchanged", run_pass,
	    (struct task){.tiling = GT_LINEAR, .simd = best, .hashed = true, .only_changed = true},
	    1.9);
	add(t, "Y, one page in ten changed", run_pass,
	    (struct task){.tiling = GT_TILE_Y,
			  .simd = best,
			  .hashed = true,
			  .only_changed = true,
			  .changed_percent = 10},
	    0);
}

static void tell(const struct table *t)
{
	double memcpy_ns = t->ways[0].median_ns, stream_ns = 1e18;

	for (size_t i = 0; i < t->nr; i++) {
		const struct bench_way *w = &t->ways[i];

		if (w->run == run_stream && w->median_ns < stream_ns) {
			stream_ns = w->median_ns;
		}
	}
	for (size_t i = 0; i < t->nr; i++) {
		const struct bench_way *w = &t->ways[i];
		char what[80];

		snprintf(what, sizeof(what), "%s %s", t->f->name, w->name);
		bench_row(what, w->median_ns / 1e6, memcpy_ns / w->median_ns, "memcpy",
			  t->than_memcpy[i]);
		if (t->than_memcpy[i] > 0 && t->than_memcpy[i] < 1.5) {
			bench_row(what, w->median_ns / 1e6, stream_ns / w->median_ns,
				  "best stream copy", 0.9);
		}
	}
}

static void measure(struct frames *f, unsigned rounds)
{
	static struct table t;

	memset(&t, 0, sizeof(t));
	t.f = f;
	make_frames(f);
	fill(&t);
	bench_run(t.ways, t.nr, rounds);
	tell(&t);
}

int main(void)
{
	static struct frames hd = {.name = "1080p", .w_px = 1920, .h_px = 1080};
	static struct frames uhd = {.name = "4K", .w_px = 3840, .h_px = 2160};

	best = gt_simd_now();
	bench_head();
	measure(&hd, bench_rounds(101));
	measure(&uhd, bench_rounds(41));
	return bench_missed() ? 1 : 0;
}
