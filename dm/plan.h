/* SPDX-License-Identifier: MIT */
/* What main() decided, and supervisor and worker carry out. */
#ifndef DM_PLAN_H
#define DM_PLAN_H

#include <stdint.h>

#include "layout.h"
#include "vnc.h"
#include "xengt/vgpu.h"

struct dm_plan {
	uint32_t domid;
	const char *name; /* "" if not known */
	struct gt_options opt;
	struct gt_partition part;
	struct dm_vnc_user vnc_user;
	uint8_t slot;
	int log_fd; /* -1: stderr */
	int qemu_fd; /* to QEMU's monitor, for input */
};

/*
 * The end of the pipe from supervisor to worker is the word to stop.  A byte before it says more:
 * the domain stays, and the RAM of BAR0 is to be parked; or another worker goes on, and all is to
 * be left as it is.
 */
#define DM_STOP_PARK	  'p'
#define DM_STOP_HAND_OVER 'h'

/*
 * A report up the line, worker to supervisor to the starting process: one write on a pipe.  An
 * empty text says that all is well.
 */
struct dm_report {
	struct gt_error err;
};

#endif
