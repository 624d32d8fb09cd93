/* SPDX-License-Identifier: MIT */
/* The pixel loops in AVX2. */
#ifdef __x86_64__
#include <immintrin.h>
#include <stdint.h>

#define SIMD_TARGET   __attribute__((target("avx2")))
#define SIMD_REGISTER "x"
#define SIMD_KERNELS  gt_kernels_avx2
#define VEC_B         32

typedef __m256i vec;

#define v_load(p)        _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define v_store(p, v)    _mm256_storeu_si256((__m256i *)(void *)(p), v)
#define v_stream(p, v)   _mm256_stream_si256((__m256i *)(void *)(p), v)
#define v_and(a, b)      _mm256_and_si256(a, b)
#define v_or(a, b)       _mm256_or_si256(a, b)
#define v_srl32(v, bits) _mm256_srli_epi32(v, bits)
#define v_sll32(v, bits) _mm256_slli_epi32(v, bits)
#define v_set32(val)     _mm256_set1_epi32((int)(val))
#define v_add32(a, b)    _mm256_add_epi32(a, b)
#define v_add64(a, b)    _mm256_add_epi64(a, b)
#define v_srl64(v, bits) _mm256_srli_epi64(v, bits)
#define v_mul32(a, b)    _mm256_mul_epu32(a, b)

static inline SIMD_TARGET void v_widen16(vec v, vec *low, vec *high)
{
	*low = _mm256_cvtepu16_epi32(_mm256_castsi256_si128(v));
	*high = _mm256_cvtepu16_epi32(_mm256_extracti128_si256(v, 1));
}

static inline SIMD_TARGET uint64_t v_sum64(vec v)
{
	uint64_t word[4];

	_mm256_storeu_si256((__m256i *)(void *)word, v);
	return word[0] + word[1] + word[2] + word[3];
}

/* A vector is 16 bytes of each of two rows. */
#define v_rows(in, out)                                                                            \
	do {                                                                                       \
		UNROLL                                                                             \
		for (unsigned rows = 0; rows < 2; rows++) {                                        \
			UNROLL                                                                     \
			for (unsigned half = 0; half < 2; half++) {                                \
				vec a = (in)[2 * half].v[rows], b = (in)[2 * half + 1].v[rows];    \
                                                                                                   \
				(out)[2 * rows].v[half] = _mm256_permute2x128_si256(a, b, 0x20);   \
				(out)[2 * rows + 1].v[half] =                                      \
				    _mm256_permute2x128_si256(a, b, 0x31);                         \
			}                                                                          \
		}                                                                                  \
	} while (0)

#include "detile_simd.h"
#endif
