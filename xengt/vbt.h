/* SPDX-License-Identifier: MIT */
/* The Video BIOS Table of a vGPU. */
#ifndef GT_VBT_H
#define GT_VBT_H

#include <stddef.h>
#include <stdint.h>

#include "xengt/options.h"

#define GT_VBT_MAX_B 256u

/* Write the table of the heads that @o asks for to @vbt, GT_VBT_MAX_B bytes: how many there are. */
size_t gt_vbt_build(uint8_t *vbt, const struct gt_options *o);
/* Set *sum, one of these @len bytes, so that they add up to 0. */
void gt_put_checksum(const uint8_t *bytes, size_t len, uint8_t *sum);

#endif
