/* SPDX-License-Identifier: MIT */
/* The monitor file, vgt_monitor_config_file.  No Xen needed to build or test. */
#ifndef DM_MONITOR_FILE_H
#define DM_MONITOR_FILE_H

#include "xengt/options.h"

#define DM_BLOCK_B    128 /* of an EDID */
#define DM_EDID_MAX_B 512

/* The EDIDs of the heads, from head 0 on. */
struct dm_monitors {
	uint32_t nr;
	struct dm_edid {
		uint32_t edid_B;
		uint8_t edid[DM_EDID_MAX_B];
	} head[GT_MAX_HEADS];
};

/*
 * The monitors in @data.  Two forms are known: XenGT's (a '1', the number of monitors, then for
 * each the port type, the port override and 128 bytes of EDID) and a bare EDID with its extensions,
 * as the kernel shows it in /sys/class/drm, which is that of head 0.  An extension that does not
 * come along is not announced.  0, or -EINVAL and @err.
 */
int dm_monitor_parse(const uint8_t *data, size_t len, struct dm_monitors *out,
		     struct gt_error *err);
/* The same from a file, named by an absolute path. */
int dm_monitor_read(const char *path, struct dm_monitors *out, struct gt_error *err);

#endif
