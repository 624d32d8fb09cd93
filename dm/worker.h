/* SPDX-License-Identifier: MIT */
/* The worker: the process that looks at what a guest wrote, with next to no rights. */
#ifndef DM_WORKER_H
#define DM_WORKER_H

#include "keep.h"
#include "plan.h"

/*
 * Be the worker, in a process of its own that holds no Xen handle yet.  Waits for a struct dm_go on
 * @go_fd, whose end-of-file then means stop; writes one struct dm_report to @report_fd, and input
 * of clients as packets to @input_fd.  Returns the exit status.
 *
 * What is in @keep is gone on with.
 */
int dm_worker_run(const struct dm_plan *plan, struct dm_keep *keep, int listen_fd, int go_fd,
		  int report_fd, int input_fd);

#endif
