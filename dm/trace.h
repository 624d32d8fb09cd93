/* SPDX-License-Identifier: MIT */
/* The file a trace goes to, vgt_record.  No Xen needed to build or test. */
#ifndef DM_TRACE_H
#define DM_TRACE_H

#include "xengt/options.h"

#define DM_TRACE_MAX_B GT_MiB(64)

/*
 * Create @path, absolute, or empty it if it holds an older trace; nothing else is overwritten, so
 * that a typing error costs no file.  0 and @fd, open for writing, or negative errno and @err.
 */
int dm_trace_open(const char *path, int *fd, struct gt_error *err);

#endif
