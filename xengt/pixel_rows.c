/* SPDX-License-Identifier: MIT */
/* Pixels eight at a time. What they mean is pixel.c's and pixel_yuv.c's business. */
#include "pixel_rows.h"

#include "simd.h"

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2        __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))

static size_t whole(size_t nr)
{
	return gt_simd_now() >= GT_SIMD_AVX2 ? nr - nr % GT_ROW_PX : 0;
}

AVX2_INLINE __m256i load(const void *p)
{
	return _mm256_loadu_si256((const __m256i *)p);
}

AVX2_INLINE void store(void *p, __m256i v)
{
	_mm256_storeu_si256((__m256i *)p, v);
}

/* 8 half floats, not negative and 1 at most, as 8 numbers from 0 to 255. */
AVX2_INLINE __m256i halves_to_255(__m128i h)
{
	__m256 f = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 13));

	f = _mm256_mul_ps(f, _mm256_set1_ps(0x1p112f * 255));
	return _mm256_cvttps_epi32(_mm256_add_ps(f, _mm256_set1_ps(0.5f)));
}

/* 4 pixels of 4 half floats as 16 numbers of 16 bits: pixels 0 and 2, then 1 and 3. */
AVX2_INLINE __m256i four_of_16f(const uint8_t *src)
{
	__m256i h = load(src);

	h = _mm256_max_epi16(h, _mm256_set1_epi16(0x0400));
	h = _mm256_min_epi16(h, _mm256_set1_epi16(0x3c00));
	return _mm256_packus_epi32(halves_to_255(_mm256_castsi256_si128(h)),
				   halves_to_255(_mm256_extracti128_si256(h, 1)));
}

static AVX2 size_t rows_16f(uint32_t *dst, const uint8_t *src, size_t nr, bool red_first)
{
	const __m256i in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
	const __m256i swap = _mm256_setr_epi8(2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15,
					      2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);

	for (size_t i = 0; i < nr; i += GT_ROW_PX, src += 64) {
		__m256i px = _mm256_packus_epi16(four_of_16f(src), four_of_16f(src + 32));

		px = _mm256_permutevar8x32_epi32(px, in_order);
		store(dst + i, red_first ? _mm256_shuffle_epi8(px, swap) : px);
	}
	return nr;
}

size_t gt_rows_16f(uint32_t *dst, const uint8_t *src, size_t nr, bool red_first)
{
	return rows_16f(dst, src, whole(nr), red_first);
}

static AVX2 size_t rows_reverse(uint32_t *dst, const uint32_t *src, size_t all, size_t nr)
{
	const __m256i backwards = _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0);

	for (size_t i = 0; i < nr; i += GT_ROW_PX) {
		__m256i px = load(src + all - GT_ROW_PX - i);

		store(dst + i, _mm256_permutevar8x32_epi32(px, backwards));
	}
	return nr;
}

size_t gt_rows_reverse(uint32_t *dst, const uint32_t *src, size_t all)
{
	return rows_reverse(dst, src, all, whole(all));
}

/* x / 255, rounded, of 16 numbers up to 255 * 255. */
AVX2_INLINE __m256i div255(__m256i x)
{
	x = _mm256_add_epi16(x, _mm256_set1_epi16(128));
	return _mm256_srli_epi16(_mm256_add_epi16(x, _mm256_srli_epi16(x, 8)), 8);
}

/* Four pixels, a channel in 16 bits. */
AVX2_INLINE __m256i blend_four(__m256i below, __m256i above, bool coverage)
{
	__m256i alpha = _mm256_shufflehi_epi16(_mm256_shufflelo_epi16(above, 0xff), 0xff);
	__m256i rest = _mm256_sub_epi16(_mm256_set1_epi16(255), alpha);

	if (coverage) {
		above = div255(_mm256_mullo_epi16(above, alpha));
	}
	return _mm256_add_epi16(above, div255(_mm256_mullo_epi16(below, rest)));
}

static AVX2 size_t rows_blend(uint32_t *dst, const uint32_t *src, size_t nr, bool coverage)
{
	const __m256i zero = _mm256_setzero_si256(), top = _mm256_set1_epi32((int)0xff000000);

	for (size_t i = 0; i < nr; i += GT_ROW_PX) {
		__m256i below = load(dst + i), above = load(src + i);
		__m256i low = blend_four(_mm256_unpacklo_epi8(below, zero),
					 _mm256_unpacklo_epi8(above, zero), coverage);
		__m256i high = blend_four(_mm256_unpackhi_epi8(below, zero),
					  _mm256_unpackhi_epi8(above, zero), coverage);

		store(dst + i, _mm256_blendv_epi8(_mm256_packus_epi16(low, high), below, top));
	}
	return nr;
}

size_t gt_rows_blend(uint32_t *dst, const uint32_t *src, size_t nr, enum gt_blend blend)
{
	return rows_blend(dst, src, whole(nr), blend == GT_BLEND_COVERAGE);
}

/* (val + 1/2) / 65536, between 0 and 255. */
AVX2_INLINE __m256i channel(__m256i val)
{
	val = _mm256_srai_epi32(_mm256_add_epi32(val, _mm256_set1_epi32(32768)), 16);
	val = _mm256_max_epi32(val, _mm256_setzero_si256());
	return _mm256_min_epi32(val, _mm256_set1_epi32(255));
}

AVX2_INLINE __m256i byte_less(__m256i px, int shift, int32_t less)
{
	px = _mm256_and_si256(_mm256_srli_epi32(px, shift), _mm256_set1_epi32(0xff));
	return _mm256_sub_epi32(px, _mm256_set1_epi32(less));
}

AVX2_INLINE __m256i times(__m256i v, int32_t by)
{
	return _mm256_mullo_epi32(v, _mm256_set1_epi32(by));
}

static AVX2 size_t rows_yuv(uint32_t *px, size_t nr, const struct gt_yuv_matrix *m)
{
	const __m256i top = _mm256_set1_epi32((int)0xff000000);

	for (size_t i = 0; i < nr; i += GT_ROW_PX) {
		__m256i in = load(px + i), v = byte_less(in, 16, 128), u = byte_less(in, 0, 128);
		__m256i y = times(byte_less(in, 8, m->black), m->y);
		__m256i r = channel(_mm256_add_epi32(y, times(v, m->r_v)));
		__m256i g = channel(
		    _mm256_sub_epi32(_mm256_sub_epi32(y, times(v, m->g_v)), times(u, m->g_u)));
		__m256i b = channel(_mm256_add_epi32(y, times(u, m->b_u)));

		r = _mm256_or_si256(_mm256_slli_epi32(r, 16), _mm256_slli_epi32(g, 8));
		store(px + i, _mm256_or_si256(_mm256_or_si256(r, b), _mm256_and_si256(in, top)));
	}
	return nr;
}

size_t gt_rows_yuv(uint32_t *px, size_t nr, const struct gt_yuv_matrix *m)
{
	return rows_yuv(px, whole(nr), m);
}

/* 16 bytes twice, and of each copy those that make four pixels. */
AVX2_INLINE void put_vyu(uint32_t *dst, __m128i in, __m256i which)
{
	__m256i px = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(in), which);

	store(dst, _mm256_or_si256(px, _mm256_set1_epi32((int)0xff000000)));
}

static AVX2 size_t rows_unpack422(uint32_t *dst, const uint8_t *src, size_t nr, const uint8_t at[4])
{
	uint8_t which[GT_ROW_PX * 4];

	for (unsigned i = 0; i < GT_ROW_PX; i++) {
		uint8_t pair = (uint8_t)(i / 2 * 4);

		which[4 * i] = (uint8_t)(pair + at[2]);
		which[4 * i + 1] = (uint8_t)(pair + at[i % 2]);
		which[4 * i + 2] = (uint8_t)(pair + at[3]);
		which[4 * i + 3] = 0x80;
	}
	for (size_t i = 0; i < nr; i += GT_ROW_PX) {
		put_vyu(dst + i, _mm_loadu_si128((const __m128i *)(const void *)(src + i * 2)),
			load(which));
	}
	return nr;
}

size_t gt_rows_unpack422(uint32_t *dst, const uint8_t *src, size_t nr, const uint8_t at[4])
{
	return rows_unpack422(dst, src, whole(nr), at);
}

static AVX2 size_t rows_unpack_nv12(uint32_t *dst, const uint8_t *y, const uint8_t *uv, size_t nr)
{
	const __m256i which =
	    _mm256_setr_epi8(8, 0, 9, -1, 8, 1, 9, -1, 10, 2, 11, -1, 10, 3, 11, -1, 12, 4, 13, -1,
			     12, 5, 13, -1, 14, 6, 15, -1, 14, 7, 15, -1);

	for (size_t i = 0; i < nr; i += GT_ROW_PX) {
		__m128i luma = _mm_loadl_epi64((const __m128i *)(const void *)(y + i));
		__m128i chroma = _mm_loadl_epi64((const __m128i *)(const void *)(uv + i));

		put_vyu(dst + i, _mm_unpacklo_epi64(luma, chroma), which);
	}
	return nr;
}

size_t gt_rows_unpack_nv12(uint32_t *dst, const uint8_t *y, const uint8_t *uv, size_t nr)
{
	return rows_unpack_nv12(dst, y, uv, whole(nr));
}
#else
size_t gt_rows_16f(uint32_t *dst, const uint8_t *src, size_t nr, bool red_first)
{
	return 0;
}

size_t gt_rows_reverse(uint32_t *dst, const uint32_t *src, size_t all)
{
	return 0;
}

size_t gt_rows_blend(uint32_t *dst, const uint32_t *src, size_t nr, enum gt_blend blend)
{
	return 0;
}

size_t gt_rows_yuv(uint32_t *px, size_t nr, const struct gt_yuv_matrix *m)
{
	return 0;
}

size_t gt_rows_unpack422(uint32_t *dst, const uint8_t *src, size_t nr, const uint8_t at[4])
{
	return 0;
}

size_t gt_rows_unpack_nv12(uint32_t *dst, const uint8_t *y, const uint8_t *uv, size_t nr)
{
	return 0;
}
#endif
