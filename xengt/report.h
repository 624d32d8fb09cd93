/* SPDX-License-Identifier: MIT */
/* What a vGPU tells about itself in words and numbers: lines of text, sealed for a client. */
#ifndef GT_REPORT_H
#define GT_REPORT_H

#include "xengt/protocol.h"

struct gt_vgpu;

/*
 * All counters, "name value" a line, then exits for each register with any, most first:
 * "exits.read.NAME count" and "exits.write.NAME count"; NAME[inst] where a row repeats, 0xOFFSET
 * where there is no row.  A sealed memfd of *size_B bytes, or negative errno.
 */
int gt_report_stats(struct gt_vgpu *v, uint64_t *size_B);

/* "0xOFFSET NAME 0xVALUE" for each register of this platform, by offset; values as stored. */
int gt_report_regs(struct gt_vgpu *v, uint64_t *size_B);

/* "HEAD LINK STATE MODE NAME" for each head: of its monitor, or of the last that was there. */
int gt_report_monitors(struct gt_vgpu *v, uint64_t *size_B);

/* Who this vGPU is. @name may be NULL. */
void gt_report_info(struct gt_vgpu *v, const char *name, struct xengt_info *out);

#endif
