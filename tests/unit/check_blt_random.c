/* SPDX-License-Identifier: MIT */
/*
 * All 2D commands against a model that knows one pixel at a time.
 *
 * Every command is generated from a random description, not from a table of the blitter's: what the
 * operands are, where they lie, which raster operation, masks, colours, seeds, clip rectangle.
 * Whatever the model does not write keeps the bytes it had.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "blt_model.h"
#include "driver.h"
#include "test_run.h"

#define SRC	 0x100000000ull
#define DST	 0x1200200000ull
#define PAT	 0x300000000ull
#define PITCH_B	 1024
#define ROWS	 96

static const struct op ops[] = {
	{ "XY_COLOR", 0x50, NO_SRC, SOLID, false },
	{ "XY_PAT", 0x51, NO_SRC, COLOR_PAT, false },
	{ "XY_MONO_PAT", 0x52, NO_SRC, MONO_PAT, false },
	{ "XY_SRC_COPY", 0x53, COLOR_SRC, NO_PAT, false },
	{ "XY_MONO_SRC_COPY", 0x54, MONO_SRC, NO_PAT, false },
	{ "XY_FULL", 0x55, COLOR_SRC, COLOR_PAT, false },
	{ "XY_FULL_MONO_SRC", 0x56, MONO_SRC, COLOR_PAT, false },
	{ "XY_FULL_MONO_PATTERN", 0x57, COLOR_SRC, MONO_PAT, false },
	{ "XY_FULL_MONO_PATTERN_MONO_SRC", 0x58, MONO_SRC, MONO_PAT, false },
	{ "XY_MONO_PAT_FIXED", 0x59, NO_SRC, FIXED, false },
	{ "XY_MONO_SRC_COPY_IMMEDIATE", 0x71, IMM_SRC, NO_PAT, false },
	{ "XY_PAT_IMMEDIATE", 0x72, NO_SRC, COLOR_IMM, false },
	{ "XY_SRC_COPY_CHROMA", 0x73, COLOR_SRC, NO_PAT, true },
	{ "XY_FULL_IMMEDIATE_PATTERN", 0x74, COLOR_SRC, COLOR_IMM, false },
	{ "XY_FULL_MONO_SRC_IMMEDIATE_PATTERN", 0x75, MONO_SRC, COLOR_IMM, false },
	{ "XY_PAT_CHROMA", 0x76, NO_SRC, COLOR_PAT, true },
	{ "XY_PAT_CHROMA_IMMEDIATE", 0x77, NO_SRC, COLOR_IMM, true },
	{ "XY_PIXEL", 0x24, NO_SRC, SOLID, false },
	{ "XY_SCANLINES", 0x25, NO_SRC, COLOR_PAT, false },
	{ "XY_SCANLINES, monochrome", 0x25, NO_SRC, MONO_PAT, false },
	{ "XY_TEXT", 0x26, MONO_SRC, NO_PAT, false },
	{ "XY_TEXT_IMMEDIATE", 0x31, IMM_SRC, NO_PAT, false },
};

static struct driver d;
static struct context c;
static gt_gpa_t src_gpa, dst_gpa, pat_gpa;
static struct blt_memory m;
static uint32_t cmd[300], nr_dw;

static void setup(void)
{
	driver_init(&d, GT_SKL);
	src_gpa = driver_alloc(&d, NR_PAGES);
	dst_gpa = driver_alloc(&d, NR_PAGES);
	pat_gpa = driver_alloc(&d, 1);
	driver_new_context(&d, &c);
	for (uint32_t i = 0; i < NR_PAGES; i++) {
		if (i != HOLE) {
			driver_bind(&d, &c, SRC + i * GT_PAGE_SIZE, src_gpa + i * GT_PAGE_SIZE, 3);
			driver_bind(&d, &c, DST + i * GT_PAGE_SIZE, dst_gpa + i * GT_PAGE_SIZE, 3);
		}
	}
	driver_bind(&d, &c, PAT, pat_gpa, 3);
}

static void teardown(void)
{
	driver_finish(&d);
}

static uint32_t below(uint64_t *seed, uint32_t n)
{
	return (uint32_t)(test_random(seed) % n);
}

static void fill_random(uint8_t *to, uint32_t len_B, uint64_t *seed)
{
	for (uint32_t i = 0; i < len_B; i += 4) {
		uint32_t val = (uint32_t)test_random(seed);

		memcpy(to + i, &val, 4);
	}
}

static void fill(uint64_t *seed)
{
	fill_random(m.src, SIZE_B, seed);
	fill_random(m.pat, GT_PAGE_SIZE, seed);
	memset(m.dst, 0xcc, SIZE_B);
	fill_random(m.dst + TOP, PITCH_B * ROWS, seed);
	memcpy(d.fx.guest->mem + src_gpa, m.src, SIZE_B);
	memcpy(d.fx.guest->mem + dst_gpa, m.dst, SIZE_B);
	memcpy(d.fx.guest->mem + pat_gpa, m.pat, GT_PAGE_SIZE);
}

static void random_place(struct blit *b, uint64_t *seed)
{
	int32_t w_px = PITCH_B / (int32_t)b->cpp_B, most = below(seed, 4) ? 24 : w_px;

	b->x1 = (int32_t)below(seed, (uint32_t)w_px);
	most = most < w_px - b->x1 ? most : w_px - b->x1;
	b->x2 = b->x1 + 1 + (int32_t)below(seed, (uint32_t)most);
	b->y1 = (int32_t)below(seed, ROWS);
	b->y2 = b->y1 + 1 + (int32_t)below(seed, (uint32_t)(ROWS - b->y1));
	b->src_x = (int32_t)below(seed, (uint32_t)(w_px - (b->x2 - b->x1) + 1));
	b->src_y = (int32_t)below(seed, (uint32_t)(ROWS - (b->y2 - b->y1) + 1));
	b->src_pitch_B = b->dst_pitch_B = PITCH_B;
	if (b->dst_tiling == LINEAR && !below(seed, 6)) {
		b->y1 -= 20;
		b->x1 -= 5;
	}
	if (b->src_tiling == LINEAR && !below(seed, 6)) {
		b->src_y -= 30;
	}
	for (unsigned i = 0; i < 4; i++) {
		uint32_t range = i % 2 ? ROWS : (uint32_t)w_px;

		b->clip[i] = (int32_t)below(seed, range + 20) - 10;
	}
	b->clips = below(seed, 2);
}

static struct blit random_blit(uint64_t *seed, const struct op *op)
{
	static const uint32_t cpp_B[] = { 1, 2, 2, 4 };
	struct blit b = { .op = op };

	b.depth = below(seed, 4);
	b.cpp_B = cpp_B[b.depth];
	b.src_tiling = (int)below(seed, 3);
	b.dst_tiling = (int)below(seed, 3);
	b.mask = below(seed, 2) ? 3 : below(seed, 4);
	b.rop = (uint8_t)below(seed, 256);
	b.seed_x = below(seed, 8);
	b.seed_y = below(seed, 8);
	b.first_bit = below(seed, 8);
	b.pattern_no = below(seed, 12);
	b.range = op->chroma ? below(seed, 5) : 0;
	b.byte_packed = below(seed, 2);
	b.src_transp = below(seed, 2);
	b.pat_transp = below(seed, 2);
	b.solid = below(seed, 3) == 0;
	b.bg = (uint32_t)test_random(seed);
	b.fg = (uint32_t)test_random(seed);
	b.pat_bg = (uint32_t)test_random(seed);
	b.pat_fg = (uint32_t)test_random(seed);
	b.low = (uint32_t)test_random(seed) & 0x3f3f3f3f;
	b.high = (uint32_t)test_random(seed) | 0xc0c0c0c0;
	b.mono_at = below(seed, SIZE_B / 2);
	for (unsigned i = 0; i < sizeof(b.imm); i++) {
		b.imm[i] = (uint8_t)test_random(seed);
	}
	memcpy(b.bits, b.imm, sizeof(b.bits));
	random_place(&b, seed);
	if (op->code == 0x24) {
		b.x2 = b.x1 + 1;
		b.y2 = b.y1 + 1;
	}
	return b;
}

static void put(uint32_t dw)
{
	cmd[nr_dw++] = dw;
}

static void put_address(uint64_t gma)
{
	put((uint32_t)gma);
	put((uint32_t)(gma >> 32));
}

static void put_bytes(const void *bytes, size_t len_B)
{
	memcpy(cmd + nr_dw, bytes, len_B);
	nr_dw += (uint32_t)(len_B / 4);
}

static uint32_t yx(int32_t x, int32_t y)
{
	return (uint32_t)y << 16 | ((uint32_t)x & 0xffff);
}

static uint32_t pitch(int tiling, int32_t pitch_B)
{
	return (uint32_t)(tiling == LINEAR ? pitch_B : pitch_B / 4) & 0xffff;
}

static uint32_t br13(const struct blit *b)
{
	bool solid = b->op->pat == MONO_PAT && b->solid;

	return (uint32_t)solid << 31 | (uint32_t)b->clips << 30 | (uint32_t)b->src_transp << 29 |
	       (uint32_t)b->pat_transp << 28 | b->depth << 24 | (uint32_t)b->rop << 16 |
	       pitch(b->dst_tiling, b->dst_pitch_B);
}

static void begin(uint32_t code, uint32_t bits)
{
	nr_dw = 0;
	put(2u << 29 | code << 22 | bits);
}

static void end(void)
{
	cmd[0] |= nr_dw - 2;
	driver_emit(&d, &c, cmd, nr_dw);
}

static void emit_clip(const struct blit *b)
{
	begin(0x03, 0);
	put(yx(b->clip[0], b->clip[1]));
	put(yx(b->clip[2], b->clip[3]));
	end();
}

static void put_pattern(const struct blit *b)
{
	switch (b->op->pat) {
	case COLOR_PAT:
		put_address(PAT);
		break;
	case COLOR_IMM:
		break;
	case MONO_PAT:
		put(b->pat_bg);
		put(b->pat_fg);
		put_bytes(b->bits, 8);
		break;
	case FIXED:
		put(b->pat_bg);
		put(b->pat_fg);
		break;
	case SOLID:
		put(b->pat_fg);
		break;
	case NO_PAT:
		break;
	}
}

static void put_source(const struct blit *b)
{
	if (b->op->src == COLOR_SRC) {
		put(yx(b->src_x, b->src_y));
		put(pitch(b->src_tiling, b->src_pitch_B));
		put_address(SRC + TOP);
	} else if (b->op->src == MONO_SRC) {
		put_address(SRC + b->mono_at);
	}
	if (b->op->src == MONO_SRC || b->op->src == IMM_SRC) {
		put(b->bg);
		put(b->fg);
	}
}

static void emit_classic(const struct blit *b)
{
	uint32_t bits = b->mask << 20 | (b->src_tiling ? 1u << 15 : 0) |
			(b->dst_tiling ? 1u << 11 : 0) | b->seed_x << 12 | b->seed_y << 8;

	if (b->op->src == MONO_SRC || b->op->src == IMM_SRC) {
		bits = (bits & ~(1u << 15)) | b->first_bit << 17;
	} else if (b->op->chroma) {
		bits |= b->range << 17;
	} else if (b->op->pat == FIXED) {
		bits = (bits & ~(1u << 15)) | b->pattern_no << 15;
	}
	emit_clip(b);
	begin(b->op->code, bits);
	put(br13(b));
	put(yx(b->x1, b->y1));
	put(yx(b->x2, b->y2));
	put_address(DST + TOP);
	put_source(b);
	put_pattern(b);
	if (b->op->chroma) {
		put(b->low);
		put(b->high);
	}
	if (b->op->src == IMM_SRC) {
		put_bytes(b->imm, sizeof(b->imm));
	} else if (b->op->pat == COLOR_IMM) {
		put_bytes(b->imm, 64 * b->cpp_B);
	}
	end();
}

static void emit_setup(const struct blit *b)
{
	begin(b->op->pat == MONO_PAT ? 0x11 : 0x01, b->mask << 20);
	put(br13(b));
	put(yx(b->clip[0], b->clip[1]));
	put(yx(b->clip[2], b->clip[3]));
	put_address(DST + TOP);
	put(b->op->pat == MONO_PAT ? b->pat_bg : b->bg);
	put(b->op->src == NO_SRC ? b->pat_fg : b->fg);
	if (b->op->pat == MONO_PAT) {
		put_bytes(b->bits, 8);
	} else {
		put_address(PAT);
	}
	end();
}

static void emit_after_setup(const struct blit *b)
{
	uint32_t tiled = b->dst_tiling ? 1u << 11 : 0;

	emit_setup(b);
	begin(b->op->code, tiled | (b->op->src == NO_SRC ? b->seed_x << 12 | b->seed_y << 8
							   : (uint32_t)b->byte_packed << 16));
	put(yx(b->x1, b->y1));
	if (b->op->code != 0x24) {
		put(yx(b->x2, b->y2));
	}
	if (b->op->src == MONO_SRC) {
		put_address(SRC + b->mono_at);
	} else if (b->op->src == IMM_SRC) {
		put_bytes(b->imm, sizeof(b->imm));
	}
	end();
}

/* BCS_SWCTRL belongs to the context: it is set by a command. */
static void set_y_tiles(const struct blit *b)
{
	EMIT(&d, &c, 0x11000001u, 0x22200,
	     0x30000u | (b->src_tiling == Y ? 1 : 0) | (b->dst_tiling == Y ? 2 : 0));
}

static void check(const struct blit *b, int nr)
{
	const uint8_t *mem = d.fx.guest->mem + dst_gpa;

	driver_submit(&d, GT_BCS, &c, NULL);
	ck_assert(driver_run(&d, 200));
	if (memcmp(mem, m.dst, SIZE_B)) {
		uint32_t i = 0;

		while (mem[i] == m.dst[i]) {
			i++;
		}
		ck_abort_msg("%s, %d: byte %u is %02x, not %02x; rop %02x, depth %u, tiling %d",
			     b->op->name, nr, i, mem[i], m.dst[i], b->rop, b->depth, b->dst_tiling);
	}
	ck_assert(!memcmp(d.fx.guest->mem + src_gpa, m.src, SIZE_B));
}

START_TEST(every_command_agrees_with_the_model)
{
	const struct op *op = &ops[_i];

	for (int n = 0; n < 25; n++) {
		uint64_t seed = 1 + (uint64_t)_i * 1000 + (uint64_t)n;
		struct blit b = random_blit(&seed, op);

		fill(&seed);
		set_y_tiles(&b);
		if (op->code < 0x40) {
			emit_after_setup(&b);
		} else {
			emit_classic(&b);
		}
		blt_model_draw(&m, &b);
		check(&b, n);
	}
}
END_TEST

/* Fast copies: tilings of 4 KiB and 64 KiB, pixels of up to 16 bytes. */
enum { FAST_X = 1, FAST_Y, FAST_YS, FAST_YF };

/* Place of a byte in a tile of Yf or Ys, by the widths the book gives for each size of a pixel. */
static uint32_t in_y_tile(bool is_ys, uint32_t cpp_B, uint32_t x_B, uint32_t y)
{
	/* Bits of the offset above the lowest four: 'x' and 'y' in the order they are used up. */
	const char *order = cpp_B == 1	? "yyyyyxyxyxyx"
			    : cpp_B <= 4 ? "yyyxyxyxyxyx"
					 : "yyxxyxyxyxyx";
	uint32_t out = x_B & 15, nr = is_ys ? 12 : 8;

	x_B >>= 4;
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t *from = order[i] == 'x' ? &x_B : &y;

		out |= (*from & 1) << (4 + i);
		*from >>= 1;
	}
	return out;
}

static int64_t fast_place(int tiling, uint32_t cpp_B, uint32_t pitch_B, uint32_t x_B, uint32_t y)
{
	static const uint32_t yf_w_B[] = { 64, 128, 128, 256, 256 };
	uint32_t log2 = (uint32_t)__builtin_ctz(cpp_B), grow = tiling == FAST_YS ? 4 : 1;
	uint32_t w_B = yf_w_B[log2] * grow, h = 4096 / yf_w_B[log2] * grow;

	if (tiling <= FAST_Y) {
		return blt_model_place(tiling, (int32_t)pitch_B, x_B, y);
	}
	return (int64_t)TOP + (y / h * (pitch_B / w_B) + x_B / w_B) * (int64_t)(w_B * h) +
	       in_y_tile(tiling == FAST_YS, cpp_B, x_B % w_B, y % h);
}

struct fast {
	int src_tiling, dst_tiling;
	uint32_t cpp_B, src_x, src_y, dst_x, dst_y, w, h;
};

static void emit_fast(const struct fast *f)
{
	uint32_t depth = (uint32_t[]){ 0, 1, 3, 4, 5 }[__builtin_ctz(f->cpp_B)];
	uint32_t src_field = (uint32_t)(f->src_tiling == FAST_YF ? FAST_Y : f->src_tiling);
	uint32_t dst_field = (uint32_t)(f->dst_tiling == FAST_YF ? FAST_Y : f->dst_tiling);

	begin(0x42, src_field << 20 | dst_field << 13);
	put((f->src_tiling == FAST_YF ? 1u << 31 : 0) | (f->dst_tiling == FAST_YF ? 1u << 30 : 0) |
	    depth << 24 | pitch(f->dst_tiling, 1024));
	put(f->dst_y << 16 | f->dst_x);
	put((f->dst_y + f->h) << 16 | (f->dst_x + f->w));
	put_address(DST + TOP);
	put(f->src_y << 16 | f->src_x);
	put(pitch(f->src_tiling, 1024));
	put_address(SRC + TOP);
	end();
}

static void model_fast(const struct fast *f)
{
	for (uint32_t y = 0; y < f->h; y++) {
		for (uint32_t x = 0; x < f->w * f->cpp_B; x++) {
			int64_t to = fast_place(f->dst_tiling, f->cpp_B, 1024,
						f->dst_x * f->cpp_B + x, f->dst_y + y);
			int64_t from = fast_place(f->src_tiling, f->cpp_B, 1024,
						  f->src_x * f->cpp_B + x, f->src_y + y);

			if (to / (int64_t)GT_PAGE_SIZE != HOLE) {
				m.dst[to] = blt_model_get(m.src, from);
			}
		}
	}
}

START_TEST(fast_copies_agree_with_the_model_in_all_tilings_and_depths)
{
	static const struct op op = { .name = "XY_FAST_COPY" };
	static const struct blit b = { .op = &op };

	for (int n = 0; n < 4; n++) {
		uint64_t seed = 77 + (uint64_t)_i * 100 + (uint64_t)n;
		struct fast f = { .src_tiling = _i % 5, .dst_tiling = _i / 5 % 5,
				  .cpp_B = 1u << _i / 25 };
		uint32_t w_px = 1024 / f.cpp_B, h = 128;

		f.w = 1 + below(&seed, w_px);
		f.h = 1 + below(&seed, n ? 20 : h);
		f.src_x = below(&seed, w_px - f.w + 1);
		f.dst_x = below(&seed, w_px - f.w + 1);
		f.src_y = below(&seed, h - f.h + 1);
		f.dst_y = below(&seed, h - f.h + 1);
		fill(&seed);
		emit_fast(&f);
		model_fast(&f);
		check(&b, n);
	}
}
END_TEST

START_TEST(what_was_set_up_stays_with_its_context)
{
	uint64_t seed = 5;
	struct blit b = random_blit(&seed, &ops[20]);
	struct context other;

	ck_assert_uint_eq(b.op->code, 0x26);
	fill(&seed);
	set_y_tiles(&b);
	emit_setup(&b);
	driver_submit(&d, GT_BCS, &c, NULL);
	ck_assert(driver_run(&d, 200));
	driver_new_context(&d, &other);
	EMIT(&d, &other, 0x40400008u, 0x03f00400u, 0, 0x00100010u, (uint32_t)DST,
	     (uint32_t)(DST >> 32), 0, 0, 0, 0);
	driver_submit(&d, GT_BCS, &other, NULL);
	ck_assert(driver_run(&d, 200));
	begin(0x26, (b.dst_tiling ? 1u << 11 : 0) | (uint32_t)b.byte_packed << 16);
	put(yx(b.x1, b.y1));
	put(yx(b.x2, b.y2));
	put_address(SRC + b.mono_at);
	end();
	blt_model_draw(&m, &b);
	check(&b, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blt_random");
	TCase *tc = tcase_create("against the model");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, every_command_agrees_with_the_model, 0,
			    (int)GT_ARRAY_SIZE(ops));
	tcase_add_loop_test(tc, fast_copies_agree_with_the_model_in_all_tilings_and_depths, 0, 125);
	tcase_add_test(tc, what_was_set_up_stays_with_its_context);
	suite_add_tcase(s, tc);
	return test_run(s);
}
