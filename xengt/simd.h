/* SPDX-License-Identifier: MIT */
/*
 * Which of the processor's vector instructions the pixel loops use.
 *
 * Chosen once, at the first use: the best that the processor has, or what the environment variable
 * XENGT_SIMD names (scalar, sse2, avx2, avx512) if the processor has it.  All give the same bytes.
 */
#ifndef GT_SIMD_H
#define GT_SIMD_H

#include <stdbool.h>

enum gt_simd { GT_SIMD_SCALAR, GT_SIMD_SSE2, GT_SIMD_AVX2, GT_SIMD_AVX512, GT_NR_SIMD };

enum gt_simd gt_simd_now(void);
const char *gt_simd_name(enum gt_simd simd);
/* Use @simd from now on, for tests and measurements. False, and nothing changes, if the processor
 * or this build does not have it.  Not while another thread is in a pixel loop. */
bool gt_simd_use(enum gt_simd simd);

#endif
