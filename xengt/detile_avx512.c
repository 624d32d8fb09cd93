/* SPDX-License-Identifier: MIT */
/* The pixel loops in AVX-512 (its foundation alone). */
#ifdef __x86_64__
#include <immintrin.h>
#include <stdint.h>

#define SIMD_TARGET   __attribute__((target("avx512f")))
#define SIMD_REGISTER "v"
#define SIMD_KERNELS  gt_kernels_avx512
#define VEC_B         64

typedef __m512i vec;

#define v_load(p)        _mm512_loadu_si512((const void *)(p))
#define v_store(p, v)    _mm512_storeu_si512((void *)(p), v)
#define v_stream(p, v)   _mm512_stream_si512((void *)(p), v)
#define v_and(a, b)      _mm512_and_si512(a, b)
#define v_or(a, b)       _mm512_or_si512(a, b)
#define v_srl32(v, bits) _mm512_srli_epi32(v, (unsigned)(bits))
#define v_sll32(v, bits) _mm512_slli_epi32(v, (unsigned)(bits))
#define v_set32(val)     _mm512_set1_epi32((int)(val))
#define v_add32(a, b)    _mm512_add_epi32(a, b)
#define v_add64(a, b)    _mm512_add_epi64(a, b)
#define v_srl64(v, bits) _mm512_srli_epi64(v, bits)
#define v_mul32(a, b)    _mm512_mul_epu32(a, b)

static inline SIMD_TARGET void v_widen16(vec v, vec *low, vec *high)
{
	*low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(v));
	*high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(v, 1));
}

static inline SIMD_TARGET uint64_t v_sum64(vec v)
{
	uint64_t word[8], sum = 0;

	_mm512_storeu_si512(word, v);
	for (unsigned i = 0; i < 8; i++) {
		sum += word[i];
	}
	return sum;
}

/* A vector is four rows' 16 bytes: a 4 x 4 transposition, by pairs of columns. */
#define v_rows(in, out)                                                                            \
	do {                                                                                       \
		vec r01_c01 = _mm512_shuffle_i32x4((in)[0].v[0], (in)[1].v[0], 0x44);              \
		vec r23_c01 = _mm512_shuffle_i32x4((in)[0].v[0], (in)[1].v[0], 0xee);              \
		vec r01_c23 = _mm512_shuffle_i32x4((in)[2].v[0], (in)[3].v[0], 0x44);              \
		vec r23_c23 = _mm512_shuffle_i32x4((in)[2].v[0], (in)[3].v[0], 0xee);              \
                                                                                                   \
		(out)[0].v[0] = _mm512_shuffle_i32x4(r01_c01, r01_c23, 0x88);                      \
		(out)[1].v[0] = _mm512_shuffle_i32x4(r01_c01, r01_c23, 0xdd);                      \
		(out)[2].v[0] = _mm512_shuffle_i32x4(r23_c01, r23_c23, 0x88);                      \
		(out)[3].v[0] = _mm512_shuffle_i32x4(r23_c01, r23_c23, 0xdd);                      \
	} while (0)

#include "detile_simd.h"
#endif
