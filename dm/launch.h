/* SPDX-License-Identifier: MIT */
/* Starting the mediator beside the process that becomes QEMU. */
#ifndef DM_LAUNCH_H
#define DM_LAUNCH_H

#include "plan.h"

/*
 * Start the supervisor as nobody's child, in a session of its own, with none of our descriptors
 * but the log, and wait until the vGPU is ready.  0, or negative errno and @err; then nothing is
 * left running.
 */
int dm_launch(const struct dm_plan *plan, struct gt_error *err);

#endif
