/* SPDX-License-Identifier: MIT */
/* The supervisor: the process that has rights over Xen, and never looks at guest data. */
#ifndef DM_SUPERVISOR_H
#define DM_SUPERVISOR_H

#include "plan.h"

/*
 * Be the supervisor of one vGPU until its domain is gone.  Writes one struct dm_report to
 * @report_fd when the vGPU is ready or cannot be had, and closes it.  Returns the exit status.
 */
int dm_supervisor_run(const struct dm_plan *plan, int report_fd);

#endif
