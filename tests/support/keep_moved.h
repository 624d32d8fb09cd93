/* SPDX-License-Identifier: MIT */
/* Kept memory (xengt/keep.h) as another version of the program would have laid it out. */
#ifndef KEEP_MOVED_H
#define KEEP_MOVED_H

#include "xengt/keep.h"

/*
 * @data, whose members are @rows, in a layout that has them in the opposite order and with gaps
 * between.  malloc'ed; *mem_B is how large it is.
 */
void *keep_moved(const struct gt_keep_row *rows, const void *data, size_t *mem_B);

#endif
