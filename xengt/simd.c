/* SPDX-License-Identifier: MIT */
/* Decides which vector instructions are used; what is done with them is detile_*.c's business. */
#include "simd.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[GT_NR_SIMD] = {
    [GT_SIMD_SCALAR] = "scalar",
    [GT_SIMD_SSE2] = "sse2",
    [GT_SIMD_AVX2] = "avx2",
    [GT_SIMD_AVX512] = "avx512",
};

/* GT_NR_SIMD: not chosen yet.  Threads that race choose the same. */
static _Atomic int chosen = GT_NR_SIMD;

static bool has(enum gt_simd simd)
{
	switch (simd) {
	case GT_SIMD_SCALAR:
		return true;
#ifdef __x86_64__
	case GT_SIMD_SSE2:
		return true;
	case GT_SIMD_AVX2:
		return __builtin_cpu_supports("avx2");
	case GT_SIMD_AVX512:
		return __builtin_cpu_supports("avx512f");
#else
	case GT_SIMD_SSE2:
	case GT_SIMD_AVX2:
	case GT_SIMD_AVX512:
#endif
	case GT_NR_SIMD:
		break;
	}
	return false;
}

static enum gt_simd choose(void)
{
	const char *want = getenv("XENGT_SIMD");
	enum gt_simd best = GT_SIMD_SCALAR;

	for (int i = 0; i < GT_NR_SIMD; i++) {
		if (has((enum gt_simd)i)) {
			best = (enum gt_simd)i;
			if (want && strcmp(want, names[i]) == 0) {
				return best;
			}
		}
	}
	return best;
}

enum gt_simd gt_simd_now(void)
{
	if (chosen == GT_NR_SIMD) {
		chosen = (int)choose();
	}
	return (enum gt_simd)chosen;
}

const char *gt_simd_name(enum gt_simd simd)
{
	return simd < GT_NR_SIMD ? names[simd] : "unknown";
}

bool gt_simd_use(enum gt_simd simd)
{
	if (!has(simd)) {
		return false;
	}
	chosen = (int)simd;
	return true;
}
