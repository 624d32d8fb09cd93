/* SPDX-License-Identifier: MIT */
/*
 * The loops of detile_kernels.h, written once in terms of what the file that includes this defines:
 *
 *   SIMD_TARGET            the attribute that lets the compiler use the instructions
 *   vec, VEC_B             a vector, and its size: 16, 32 or 64 bytes
 *   v_load v_store v_stream v_and v_or v_srl32 v_sll32 v_set32 v_add32 v_add64 v_srl64 v_mul32
 *   v_widen16              16-bit pixels of a vector, as 32-bit ones in two vectors
 *   v_sum64                sum of a vector's 64-bit words
 *   v_rows                 four lines of 4 rows x 16 bytes into four rows of 64 bytes
 *   SIMD_REGISTER          the constraint of such a register in an asm statement
 *   SIMD_KERNELS           name of the table
 *
 * No function here decides anything about formats: gt_turn's sums are those of detile_scalar.c.
 */
#include "detile_kernels.h"

#define NR_VEC   (GT_LINE_B / VEC_B)
#define SIMD     static inline __attribute__((always_inline)) SIMD_TARGET
#define SIMD_OUT static SIMD_TARGET

/* Before a loop of few turns: without it, what belongs in registers goes through the stack. */
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 4")
#endif

/* 64 bytes in a row. */
struct line {
	vec v[NR_VEC];
};

SIMD vec put_bits(vec p, int shift_right, uint32_t mask)
{
	vec s = shift_right >= 0 ? v_srl32(p, shift_right) : v_sll32(p, -shift_right);

	return v_and(s, v_set32(mask));
}

SIMD vec alpha_2_to_8(vec p)
{
	vec a = v_and(p, v_set32(0xc0000000));

	a = v_or(a, v_srl32(a, 2));
	return v_or(a, v_srl32(a, 4));
}

/* One pixel in each 32 bits; 16-bit ones are already widened. */
SIMD vec turn_vec(vec p, enum gt_turn turn)
{
	switch (turn) {
	case GT_TURN_XBGR8888:
		return v_or(v_and(p, v_set32(0xff00ff00)),
			    v_or(put_bits(p, -16, 0xff0000), put_bits(p, 16, 0xff)));
	case GT_TURN_XRGB2101010:
		return v_or(v_or(alpha_2_to_8(p), put_bits(p, 6, 0xff0000)),
			    v_or(put_bits(p, 4, 0xff00), put_bits(p, 2, 0xff)));
	case GT_TURN_XBGR2101010:
		return v_or(v_or(alpha_2_to_8(p), put_bits(p, -14, 0xff0000)),
			    v_or(put_bits(p, 4, 0xff00), put_bits(p, 22, 0xff)));
	case GT_TURN_RGB565:
		return v_or(
		    v_or(v_or(put_bits(p, -8, 0xf80000), put_bits(p, -3, 0x070000)),
			 v_or(put_bits(p, -5, 0xfc00), put_bits(p, 1, 0x0300))),
		    v_or(v_or(put_bits(p, -3, 0xf8), put_bits(p, 2, 0x07)), v_set32(0xff000000)));
	case GT_TURN_NONE:
	case GT_NR_TURNS:
		break;
	}
	return p;
}

SIMD void put_vec(uint8_t *dst, vec v, bool stream)
{
	if (stream) {
		v_stream(dst, v);
	} else {
		v_store(dst, v);
	}
}

/* Written as a whole, before the next: the compiler must not mix the stores of two lines, which
 * the processor would then send to memory in parts. */
SIMD void put_line(uint8_t *dst, const struct line *l, enum gt_turn turn, bool stream)
{
	UNROLL
	for (unsigned i = 0; i < NR_VEC; i++) {
		if (turn == GT_TURN_RGB565) {
			vec low, high;

			v_widen16(l->v[i], &low, &high);
			put_vec(dst + 2 * i * VEC_B, turn_vec(low, turn), stream);
			put_vec(dst + (2 * i + 1) * VEC_B, turn_vec(high, turn), stream);
		} else {
			put_vec(dst + i * VEC_B, turn_vec(l->v[i], turn), stream);
		}
	}
	__asm__ volatile("" ::: "memory");
}

SIMD void get_line(struct line *l, const uint8_t *src)
{
	UNROLL
	for (unsigned i = 0; i < NR_VEC; i++) {
		l->v[i] = v_load(src + i * VEC_B);
	}
}

/* What was read is not read again: memory may have become something else. */
SIMD void keep_line(struct line *l)
{
	UNROLL
	for (unsigned i = 0; i < NR_VEC; i++) {
		__asm__("" : "+" SIMD_REGISTER(l->v[i]));
	}
}

SIMD void run(const uint8_t *src, uint8_t *dst, size_t nr_B, const uint8_t *ahead,
	      enum gt_turn turn, bool stream)
{
	for (size_t at = 0; at < nr_B; at += GT_LINE_B) {
		struct line l;

		__builtin_prefetch(ahead + at);
		get_line(&l, src + at);
		put_line(dst + at * gt_turn_growth(turn), &l, turn, stream);
	}
}

SIMD void part(const struct gt_tile_part *p, enum gt_turn turn, bool stream)
{
	const struct gt_tile_map *m = p->map;
	const uint8_t *ahead = p->ahead;
	uint32_t columns = m->w_B / 16;
	uint8_t *dst = p->dst;

	for (uint32_t y = p->y; y < p->y_end; y += 4, dst += 4 * p->dst_stride_B) {
		const uint16_t *lines = m->line + y / 4 * columns;
		uint8_t *d = dst;

		for (uint32_t c = p->x / 16; c < p->x_end / 16; c += 4) {
			struct line in[4], out[4];

			UNROLL
			for (unsigned i = 0; i < 4; i++) {
				__builtin_prefetch(ahead + i * GT_LINE_B);
				get_line(&in[i], p->src + lines[c + i]);
			}
			ahead += 4 * GT_LINE_B;
			v_rows(in, out);
			UNROLL
			for (unsigned i = 0; i < 4; i++) {
				put_line(d + i * p->dst_stride_B, &out[i], turn, stream);
			}
			d += GT_LINE_B * gt_turn_growth(turn);
		}
	}
}

/* Products of the even and the odd 32-bit words of @v + @k. */
SIMD vec products(vec v, vec k)
{
	vec s = v_add32(v, k);

	return v_mul32(s, v_srl64(s, 32));
}

SIMD void hash(const uint8_t *key, const uint8_t *page, uint8_t *copy, const uint8_t *ahead,
	       uint64_t sum[2])
{
	vec first[NR_VEC], second[NR_VEC];
	struct line k, k_next;

	UNROLL
	for (unsigned i = 0; i < NR_VEC; i++) {
		first[i] = second[i] = v_set32(0);
	}
	get_line(&k, key);
	for (unsigned at = 0; at < GT_PAGE_SIZE; at += GT_LINE_B) {
		struct line l;

		__builtin_prefetch(ahead + at);
		get_line(&l, page + at);
		keep_line(&l);
		get_line(&k_next, key + at + GT_LINE_B);
		if (copy) {
			put_line(copy + at, &l, GT_TURN_NONE, false);
		}
		UNROLL
		for (unsigned i = 0; i < NR_VEC; i++) {
			first[i] = v_add64(first[i], products(l.v[i], k.v[i]));
			second[i] = v_add64(second[i], products(l.v[i], k_next.v[i]));
		}
		k = k_next;
	}
	sum[0] = sum[1] = 0;
	UNROLL
	for (unsigned i = 0; i < NR_VEC; i++) {
		sum[0] += v_sum64(first[i]);
		sum[1] += v_sum64(second[i]);
	}
}

SIMD_OUT void hash_only(const uint8_t *key, const uint8_t *page, uint8_t *copy,
			const uint8_t *ahead, uint64_t sum[2])
{
	hash(key, page, NULL, ahead, sum);
}

SIMD_OUT void hash_copy(const uint8_t *key, const uint8_t *page, uint8_t *copy,
			const uint8_t *ahead, uint64_t sum[2])
{
	hash(key, page, copy, ahead, sum);
}

/* One function for each turn and kind of store, so that the loops have no branch. */
#define LOOPS(name, turn)                                                                          \
	SIMD_OUT void run_##name(const uint8_t *src, uint8_t *dst, size_t nr_B,                    \
				 const uint8_t *ahead)                                             \
	{                                                                                          \
		run(src, dst, nr_B, ahead, turn, false);                                           \
	}                                                                                          \
	SIMD_OUT void run_stream_##name(const uint8_t *src, uint8_t *dst, size_t nr_B,             \
					const uint8_t *ahead)                                      \
	{                                                                                          \
		run(src, dst, nr_B, ahead, turn, true);                                            \
	}                                                                                          \
	SIMD_OUT void part_##name(const struct gt_tile_part *p)                                    \
	{                                                                                          \
		part(p, turn, false);                                                              \
	}                                                                                          \
	SIMD_OUT void part_stream_##name(const struct gt_tile_part *p)                             \
	{                                                                                          \
		part(p, turn, true);                                                               \
	}

LOOPS(none, GT_TURN_NONE)
LOOPS(xbgr8888, GT_TURN_XBGR8888)
LOOPS(xrgb2101010, GT_TURN_XRGB2101010)
LOOPS(xbgr2101010, GT_TURN_XBGR2101010)
LOOPS(rgb565, GT_TURN_RGB565)

const struct gt_kernels SIMD_KERNELS = {
    .run =
	{
	    [GT_TURN_NONE] = {run_none, run_stream_none},
	    [GT_TURN_XBGR8888] = {run_xbgr8888, run_stream_xbgr8888},
	    [GT_TURN_XRGB2101010] = {run_xrgb2101010, run_stream_xrgb2101010},
	    [GT_TURN_XBGR2101010] = {run_xbgr2101010, run_stream_xbgr2101010},
	    [GT_TURN_RGB565] = {run_rgb565, run_stream_rgb565},
	},
    .part =
	{
	    [GT_TURN_NONE] = {part_none, part_stream_none},
	    [GT_TURN_XBGR8888] = {part_xbgr8888, part_stream_xbgr8888},
	    [GT_TURN_XRGB2101010] = {part_xrgb2101010, part_stream_xrgb2101010},
	    [GT_TURN_XBGR2101010] = {part_xbgr2101010, part_stream_xbgr2101010},
	    [GT_TURN_RGB565] = {part_rgb565, part_stream_rgb565},
	},
    .hash = hash_only,
    .hash_copy = hash_copy,
};
