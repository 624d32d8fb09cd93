/* SPDX-License-Identifier: MIT */
/* Packing of pixels: one by one, or 8 at a time where the processor has AVX2. */
#include "rgb.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static void pack_scalar(uint8_t *rgb, const uint8_t *bgrx, uint32_t nr_px)
{
	for (uint32_t x = 0; x < nr_px; x++, rgb += 3, bgrx += 4) {
		rgb[0] = bgrx[2];
		rgb[1] = bgrx[1];
		rgb[2] = bgrx[0];
	}
}

static void pack_up_scalar(uint8_t *rgb, const uint8_t *bgrx, const uint8_t *above, uint32_t nr_px)
{
	for (uint32_t x = 0; x < nr_px; x++, rgb += 3, bgrx += 4, above += 4) {
		rgb[0] = (uint8_t)(bgrx[2] - above[2]);
		rgb[1] = (uint8_t)(bgrx[1] - above[1]);
		rgb[2] = (uint8_t)(bgrx[0] - above[0]);
	}
}

#if defined(__x86_64__)
#define PX_AT_ONCE 8u

/* 8 pixels as 24 bytes; the 8 after them become anything. */
static inline __attribute__((always_inline, target("avx2"))) void put(uint8_t *rgb, __m256i px)
{
	const __m256i in_halves =
	    _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5,
			     4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	const __m256i together = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
	__m256i packed = _mm256_shuffle_epi8(px, in_halves);

	_mm256_storeu_si256((__m256i *)(void *)rgb, _mm256_permutevar8x32_epi32(packed, together));
}

static inline __attribute__((always_inline, target("avx2"))) __m256i get(const uint8_t *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* How many of @nr_px were done; a row's last ones are left to the scalar loop. */
static __attribute__((target("avx2"))) uint32_t pack_avx2(uint8_t *rgb, const uint8_t *bgrx,
							  uint32_t nr_px)
{
	uint32_t x = 0;

	for (; nr_px - x >= PX_AT_ONCE; x += PX_AT_ONCE) {
		put(rgb + x * 3, get(bgrx + x * 4));
	}
	return x;
}

static __attribute__((target("avx2"))) uint32_t pack_up_avx2(uint8_t *rgb, const uint8_t *bgrx,
							     const uint8_t *above, uint32_t nr_px)
{
	uint32_t x = 0;

	for (; nr_px - x >= PX_AT_ONCE; x += PX_AT_ONCE) {
		put(rgb + x * 3, _mm256_sub_epi8(get(bgrx + x * 4), get(above + x * 4)));
	}
	return x;
}

static bool no_simd;

void rgb_use_simd(bool yes)
{
	no_simd = !yes;
}

static bool has_avx2(void)
{
	return !no_simd && __builtin_cpu_supports("avx2");
}

void rgb_pack(uint8_t *rgb, const uint8_t *bgrx, uint32_t nr_px)
{
	uint32_t done = has_avx2() ? pack_avx2(rgb, bgrx, nr_px) : 0;

	pack_scalar(rgb + done * 3, bgrx + done * 4, nr_px - done);
}

void rgb_pack_up(uint8_t *rgb, const uint8_t *bgrx, const uint8_t *above, uint32_t nr_px)
{
	uint32_t done = has_avx2() ? pack_up_avx2(rgb, bgrx, above, nr_px) : 0;

	pack_up_scalar(rgb + done * 3, bgrx + done * 4, above + done * 4, nr_px - done);
}
#else
void rgb_use_simd(bool yes)
{
}

void rgb_pack(uint8_t *rgb, const uint8_t *bgrx, uint32_t nr_px)
{
	pack_scalar(rgb, bgrx, nr_px);
}

void rgb_pack_up(uint8_t *rgb, const uint8_t *bgrx, const uint8_t *above, uint32_t nr_px)
{
	pack_up_scalar(rgb, bgrx, above, nr_px);
}
#endif
