/* SPDX-License-Identifier: MIT */
/* Whether this Xen and this domain can have a vGPU; each answer no is one sentence. */
#ifndef DM_CHECKS_H
#define DM_CHECKS_H

#include "xengt/options.h"

/* 0, or negative errno and @err.  Asks Xen through handles of its own, closed again. */
int dm_check_domain(uint32_t domid, struct gt_error *err);

/*
 * The slot of the function: @o's, or the highest free one.  Slots 0 to 2 are the host bridge, the
 * south bridge and, in libxl's machine, the Xen platform device; QEMU hands out its own from the
 * lowest free one.  0, or -EBUSY and @err.
 */
int dm_choose_slot(const struct gt_options *o, uint32_t slots_taken, uint8_t *slot,
		   struct gt_error *err);

#endif
