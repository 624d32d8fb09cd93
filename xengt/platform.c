/* SPDX-License-Identifier: MIT */
/* The platforms we can be, one row each: PRM vol 4 "Configurations" of BDW, SKL and KBL. */
#include "xengt/platform.h"

#include <string.h>

const struct gt_platform gt_platforms[GT_NR_PLATFORMS] = {
	[GT_BDW] = { .name = "broadwell", .title = "Broadwell GT2", .device = 0x1612,
		     .revision = 9, .gen = 8, .cs_timestamp_hz = 12500000,
		     .rcs_context_pages = 20 },
	[GT_SKL] = { .name = "skylake", .title = "Skylake GT2", .device = 0x1912,
		     .revision = 6, .gen = 9, .cs_timestamp_hz = 12000000,
		     .rcs_context_pages = 22 },
	[GT_KBL] = { .name = "kabylake", .title = "Kaby Lake GT2", .device = 0x5912,
		     .revision = 4, .gen = 9, .cs_timestamp_hz = 12000000,
		     .rcs_context_pages = 22 },
};

const struct gt_platform *gt_platform_find(const char *name, enum gt_platform_id *id)
{
	for (size_t i = 0; i < GT_NR_PLATFORMS; i++) {
		if (!strcmp(gt_platforms[i].name, name)) {
			*id = (enum gt_platform_id)i;
			return &gt_platforms[i];
		}
	}
	return NULL;
}
