/* SPDX-License-Identifier: MIT */
/* The pixel loops in SSE2, which every x86-64 processor has. */
#ifdef __x86_64__
#include <emmintrin.h>
#include <stdint.h>

#define SIMD_TARGET
#define SIMD_REGISTER "x"
#define SIMD_KERNELS  gt_kernels_sse2
#define VEC_B         16

typedef __m128i vec;

#define v_load(p)        _mm_loadu_si128((const __m128i *)(const void *)(p))
#define v_store(p, v)    _mm_storeu_si128((__m128i *)(void *)(p), v)
#define v_stream(p, v)   _mm_stream_si128((__m128i *)(void *)(p), v)
#define v_and(a, b)      _mm_and_si128(a, b)
#define v_or(a, b)       _mm_or_si128(a, b)
#define v_srl32(v, bits) _mm_srli_epi32(v, bits)
#define v_sll32(v, bits) _mm_slli_epi32(v, bits)
#define v_set32(val)     _mm_set1_epi32((int)(val))
#define v_add32(a, b)    _mm_add_epi32(a, b)
#define v_add64(a, b)    _mm_add_epi64(a, b)
#define v_srl64(v, bits) _mm_srli_epi64(v, bits)
#define v_mul32(a, b)    _mm_mul_epu32(a, b)

static inline void v_widen16(vec v, vec *low, vec *high)
{
	*low = _mm_unpacklo_epi16(v, _mm_setzero_si128());
	*high = _mm_unpackhi_epi16(v, _mm_setzero_si128());
}

static inline uint64_t v_sum64(vec v)
{
	uint64_t word[2];

	_mm_storeu_si128((__m128i *)(void *)word, v);
	return word[0] + word[1];
}

/* A vector is one row's 16 bytes: only their names change. */
#define v_rows(in, out)                                                                            \
	do {                                                                                       \
		UNROLL                                                                             \
		for (unsigned row = 0; row < 4; row++) {                                           \
			UNROLL                                                                     \
			for (unsigned column = 0; column < 4; column++) {                          \
				(out)[row].v[column] = (in)[column].v[row];                        \
			}                                                                          \
		}                                                                                  \
	} while (0)

#include "detile_simd.h"
#endif
