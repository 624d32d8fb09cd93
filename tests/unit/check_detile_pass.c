/* SPDX-License-Identifier: MIT */
/*
 * The pass over a surface, by each kind of vector instructions this processor has, against the slow
 * oracle of tilings (tests/support/swizzle.c) and one pixel at a time (pixel.c).
 */
#include "detile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "hash.h"
#include "pixel.h"
#include "simd.h"
#include "swizzle.h"
#include "test_run.h"

#define SURFACE_PAGES 400u
#define ROWS          130u
#define MAX_W_B       (512u * 6)
#define SENTINEL      0xcc
#define PATCH         64u /* around the destination */

static uint8_t surface_mem[SURFACE_PAGES * GT_PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t picture[PATCH + (MAX_W_B * 2 + PATCH) * (ROWS + 2)] __attribute__((aligned(64)));
static uint8_t expected[sizeof(picture)];
static struct gt_hash_key key;

static const enum gt_format format_of[GT_NR_TURNS] = {
    [GT_TURN_XBGR8888] = GT_FMT_XBGR8888,
    [GT_TURN_XRGB2101010] = GT_FMT_XRGB2101010,
    [GT_TURN_XBGR2101010] = GT_FMT_XBGR2101010,
    [GT_TURN_RGB565] = GT_FMT_RGB565,
};

/* One pass to be tried: what it is asked, and where its pages lie. */
struct trial {
	struct gt_surface surface;
	struct gt_detile_pass pass;
	const uint8_t *pages[SURFACE_PAGES];
	uint64_t hash[SURFACE_PAGES];
	uint8_t changed[SURFACE_PAGES];
	uint64_t hole; /* page of the surface that is not there */
};

static uint32_t below(uint32_t limit)
{
	return (uint32_t)rand() % limit;
}

static void fill_surface(void)
{
	for (size_t i = 0; i < sizeof(surface_mem); i++) {
		surface_mem[i] = (uint8_t)(rand() >> 7);
	}
}

static void set_up(void)
{
	srand(7);
	fill_surface();
	gt_hash_key_fix(&key, 7);
}

static void pick_rect(struct trial *t, uint32_t cpp_B)
{
	struct gt_rect *r = &t->pass.rect;
	uint32_t grain = below(3) ? cpp_B : 64;

	r->x_B = below(t->surface.stride_B / grain) * grain;
	r->w_B = (1 + below((t->surface.stride_B - r->x_B) / grain)) * grain;
	r->y = below(ROWS) & (below(3) ? ~0u : ~3u);
	r->h = 1 + below(ROWS - r->y);
}

static void pick_destination(struct trial *t, uint32_t growth)
{
	uint32_t w_B = t->pass.rect.w_B * growth;
	bool neat = below(2);

	t->pass.dst = picture + PATCH + (neat ? 0 : below(PATCH));
	t->pass.dst_stride_B = neat ? (w_B + 63) & ~63u : w_B + below(PATCH);
}

static void pick(struct trial *t)
{
	static const enum gt_store stores[] = {GT_STORE_AUTO, GT_STORE_CACHED, GT_STORE_STREAM};
	enum gt_turn turn = (enum gt_turn)below(GT_NR_TURNS);
	uint32_t cpp_B = turn ? gt_turn_cpp_B(turn) : 1u << below(5);

	t->surface = (struct gt_surface){(enum gt_tiling)below(GT_NR_TILINGS), cpp_B,
					 512 * (1 + below(6)), GT_SWIZZLE_NONE};
	if (t->surface.tiling != GT_LINEAR) {
		t->surface.swizzle = (enum gt_swizzle)below(GT_NR_SWIZZLES);
	}
	t->pass = (struct gt_detile_pass){
	    .surface = &t->surface, .pages = t->pages, .turn = turn, .store = stores[below(3)]};
	pick_rect(t, cpp_B);
	pick_destination(t, turn == GT_TURN_RGB565 ? 2 : 1);
	ck_assert(gt_surface_has(&t->surface, &t->pass.rect));
	t->hole = UINT64_MAX;
	for (size_t i = 0; i < gt_detile_nr_pages(&t->surface, &t->pass.rect); i++) {
		uint64_t page = gt_detile_page(&t->surface, &t->pass.rect, i);

		ck_assert_uint_lt(page, SURFACE_PAGES);
		t->pages[i] = surface_mem + page * GT_PAGE_SIZE;
		if (below(16) == 0 && t->hole == UINT64_MAX) {
			t->hole = page;
			t->pages[i] = NULL;
		}
	}
}

/* Where byte @x, @y of the rectangle is in the surface. */
static uint64_t place(const struct trial *t, uint32_t x, uint32_t y)
{
	const struct gt_surface *s = &t->surface;

	return swizzle_bit_6(s->swizzle, swizzle_offset(s->tiling, s->cpp_B, s->stride_B,
							t->pass.rect.x_B + x, t->pass.rect.y + y));
}

static uint8_t byte_at(const struct trial *t, uint32_t x, uint32_t y)
{
	uint64_t at = place(t, x, y);

	return at / GT_PAGE_SIZE == t->hole ? 0 : surface_mem[at];
}

/* What the rectangle must look like at @t->pass.dst's place in expected[]. */
static void draw_expected(const struct trial *t)
{
	const struct gt_detile_pass *p = &t->pass;
	uint32_t cpp_B = gt_turn_cpp_B(p->turn);
	uint8_t *dst = expected + (p->dst - picture);

	for (uint32_t y = 0; y < p->rect.h; y++, dst += p->dst_stride_B) {
		for (uint32_t x = 0; x < p->rect.w_B; x += cpp_B) {
			uint8_t raw[4];
			uint32_t pixel;

			for (uint32_t i = 0; i < cpp_B; i++) {
				raw[i] = byte_at(t, x + i, y);
			}
			if (p->turn) {
				gt_formats[format_of[p->turn]].to_argb(&pixel, raw, 1, NULL);
				memcpy(dst + x / cpp_B * 4, &pixel, 4);
			} else {
				dst[x] = raw[0];
			}
		}
	}
}

/* Bytes of the picture that are looked at: to well beyond the rectangle's last row. */
static size_t used_B(const struct trial *t)
{
	size_t end = (size_t)(t->pass.dst - picture) + t->pass.dst_stride_B * (t->pass.rect.h + 1);

	return end + PATCH < sizeof(picture) ? end + PATCH : sizeof(picture);
}

static void compare(const struct trial *t, const char *what)
{
	const struct gt_surface *s = &t->surface;
	const struct gt_rect *r = &t->pass.rect;

	if (memcmp(picture, expected, used_B(t)) == 0) {
		return;
	}
	for (size_t i = 0; i < used_B(t); i++) {
		if (picture[i] != expected[i]) {
			ck_abort_msg("%s, %s: tiling %d cpp %u stride %u swizzle %d turn %d "
				     "rect %u,%u %ux%u: byte %zu is %02x, not %02x",
				     gt_simd_name(gt_simd_now()), what, s->tiling, s->cpp_B,
				     s->stride_B, s->swizzle, t->pass.turn, r->x_B, r->y, r->w_B,
				     r->h, i, picture[i], expected[i]);
		}
	}
}

static void forget_pictures(const struct trial *t)
{
	memset(picture, SENTINEL, used_B(t));
	memset(expected, SENTINEL, used_B(t));
}

static void try_all_kinds(struct trial *t)
{
	size_t nr = gt_detile_nr_pages(&t->surface, &t->pass.rect);

	forget_pictures(t);
	draw_expected(t);
	for (int simd = 0; simd < GT_NR_SIMD; simd++) {
		if (!gt_simd_use((enum gt_simd)simd)) {
			continue;
		}
		memset(picture, SENTINEL, used_B(t));
		ck_assert_uint_eq(gt_detile_pass(&t->pass), nr);
		compare(t, "plain");
		memset(picture, SENTINEL, used_B(t));
		t->pass.key = &key;
		t->pass.hash = t->hash;
		ck_assert_uint_eq(gt_detile_pass(&t->pass), nr);
		compare(t, "hashed");
		t->pass.key = NULL;
	}
}

#define NR_TRIALS 2500

START_TEST(every_kind_of_instructions_gives_what_the_oracle_says)
{
	static struct trial t;

	for (unsigned n = 0; n < NR_TRIALS; n++) {
		pick(&t);
		try_all_kinds(&t);
	}
}
END_TEST

/* Where a byte that the rectangle shows is in the surface; not in a hole. */
static uint64_t pick_byte(struct trial *t)
{
	uint64_t at;

	do {
		pick(t);
		at = place(t, below(t->pass.rect.w_B), below(t->pass.rect.h));
	} while (at / GT_PAGE_SIZE == t->hole);
	return at;
}

static void ask_for_changes(struct trial *t)
{
	memset(t->hash, 0, sizeof(t->hash));
	t->pass.key = &key;
	t->pass.hash = t->hash;
	t->pass.changed = t->changed;
	t->pass.only_changed = true;
}

START_TEST(an_unchanged_surface_is_not_copied_and_a_changed_byte_is_found)
{
	static struct trial t;

	for (unsigned n = 0; n < NR_TRIALS; n++) {
		uint64_t at = pick_byte(&t);
		size_t nr = gt_detile_nr_pages(&t.surface, &t.pass.rect);

		gt_simd_use((enum gt_simd)below(GT_NR_SIMD));
		ask_for_changes(&t);
		forget_pictures(&t);
		draw_expected(&t);
		ck_assert_uint_eq(gt_detile_pass(&t.pass), nr);
		compare(&t, "first pass");
		ck_assert_uint_eq(gt_detile_pass(&t.pass), 0);
		compare(&t, "nothing changed");
		surface_mem[at] ^= (uint8_t)(1 + below(255));
		draw_expected(&t);
		ck_assert_uint_eq(gt_detile_pass(&t.pass), 1);
		compare(&t, "one byte changed");
		for (size_t i = 0; i < nr; i++) {
			uint64_t page = gt_detile_page(&t.surface, &t.pass.rect, i);

			ck_assert_int_eq(t.changed[i], page == at / GT_PAGE_SIZE);
		}
	}
}
END_TEST

START_TEST(only_pages_that_changed_are_written)
{
	static struct trial t;
	size_t nr;

	pick(&t);
	nr = gt_detile_nr_pages(&t.surface, &t.pass.rect);
	ask_for_changes(&t);
	ck_assert_uint_eq(gt_detile_pass(&t.pass), nr);
	forget_pictures(&t);
	ck_assert_uint_eq(gt_detile_pass(&t.pass), 0);
	compare(&t, "nothing to write");
}
END_TEST

START_TEST(an_instruction_set_that_is_missing_is_not_used)
{
	enum gt_simd now = gt_simd_now();

	ck_assert(!gt_simd_use(GT_NR_SIMD));
	ck_assert_int_eq(gt_simd_now(), now);
	ck_assert(gt_simd_use(GT_SIMD_SCALAR));
	ck_assert_int_eq(gt_simd_now(), GT_SIMD_SCALAR);
	ck_assert_str_eq(gt_simd_name(GT_SIMD_SCALAR), "scalar");
}
END_TEST

START_TEST(the_environment_chooses_the_instructions)
{
	ck_assert_int_eq(setenv("XENGT_SIMD", "scalar", 1), 0);
	ck_assert_int_eq(gt_simd_now(), GT_SIMD_SCALAR);
}
END_TEST

START_TEST(a_surface_with_an_unknown_swizzle_is_refused)
{
	struct gt_surface s = {GT_TILE_X, 4, 4096, GT_SWIZZLE_9_10};
	struct gt_rect r = {0, 0, 4096, 8};

	ck_assert(gt_surface_has(&s, &r));
	s.swizzle = GT_NR_SWIZZLES;
	ck_assert(!gt_surface_has(&s, &r));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("detile_pass");
	TCase *tc = tcase_create("detile_pass"), *unchosen = tcase_create("not chosen yet");

	tcase_set_timeout(tc, 240);
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, every_kind_of_instructions_gives_what_the_oracle_says);
	tcase_add_test(tc, an_unchanged_surface_is_not_copied_and_a_changed_byte_is_found);
	tcase_add_test(tc, only_pages_that_changed_are_written);
	tcase_add_test(tc, an_instruction_set_that_is_missing_is_not_used);
	tcase_add_test(tc, a_surface_with_an_unknown_swizzle_is_refused);
	suite_add_tcase(suite, tc);
	tcase_add_test(unchosen, the_environment_chooses_the_instructions);
	suite_add_tcase(suite, unchosen);
	return test_run(suite);
}
