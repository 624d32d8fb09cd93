/* SPDX-License-Identifier: MIT */
/* The GPU generations we present.  A further platform is a further row and column, not a copy. */
#ifndef XENGT_PLATFORM_H
#define XENGT_PLATFORM_H

#include "xengt/types.h"

enum gt_platform_id { GT_BDW, GT_SKL, GT_KBL, GT_NR_PLATFORMS };

struct gt_platform {
	const char *name;  /* as in vgt_gen */
	const char *title; /* for people */
	uint16_t device;
	uint8_t revision;
	uint8_t gen; /* 8 or 9 */
	uint32_t cs_timestamp_hz;
	uint8_t rcs_context_pages; /* size of RCS's context object */
};

extern const struct gt_platform gt_platforms[GT_NR_PLATFORMS];
/* Platform by name, or NULL. */
const struct gt_platform *gt_platform_find(const char *name, enum gt_platform_id *id);

#endif
