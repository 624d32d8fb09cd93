/* SPDX-License-Identifier: MIT */
/* Saying why there will be no vGPU, where the person who typed xl create sees it. */
#ifndef DM_COMPLAIN_H
#define DM_COMPLAIN_H

struct dm_xl;

/*
 * One sentence, prefixed "xengt: ", on our stderr (QEMU's log), in the log @log_fd (-1: none) and
 * on the stderr of @xl (NULL: none).  Never blocks.
 */
void dm_complain(const struct dm_xl *xl, int log_fd, const char *sentence);

#endif
