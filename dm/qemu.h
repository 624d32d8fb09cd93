/* SPDX-License-Identifier: MIT */
/* The QEMU that xengt-dm becomes. */
#ifndef DM_QEMU_H
#define DM_QEMU_H

#include "xengt/options.h"

/*
 * Find the QEMU: @wanted if it is not "", else where Xen's packages put it, else in PATH; never
 * ourselves.  0 with an executable's path in @path (GT_OPTIONS_PATH bytes), or -ENOENT and @err,
 * which lists where we looked.
 */
int dm_qemu_find(const char *wanted, char *path, struct gt_error *err);

#endif
