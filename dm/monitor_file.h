/* SPDX-License-Identifier: MIT */
/* The monitor file, vgt_monitor_config_file.  No Xen needed to build or test. */
#ifndef DM_MONITOR_FILE_H
#define DM_MONITOR_FILE_H

#include "xengt/options.h"

#define DM_EDID_SIZE 128

/*
 * The EDID of the first monitor in @data.  Two forms are known: XenGT's (a '1', the number of
 * monitors, then for each the port type, the port override and 128 bytes of EDID) and a bare EDID,
 * as the kernel shows it in /sys/class/drm.  0, or -EINVAL and @err.
 */
int dm_monitor_parse(const uint8_t *data, size_t len, uint8_t edid[DM_EDID_SIZE],
		     struct gt_error *err);
/* The same from a file, named by an absolute path. */
int dm_monitor_read(const char *path, uint8_t edid[DM_EDID_SIZE], struct gt_error *err);

#endif
