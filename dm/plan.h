/* SPDX-License-Identifier: MIT */
/* What main() decided, and supervisor and worker carry out. */
#ifndef DM_PLAN_H
#define DM_PLAN_H

#include <stdint.h>

#include <xen/xen.h>
#include <xen/hvm/dm_op.h>

#include "layout.h"
#include "monitor_file.h"
#include "vnc.h"
#include "xengt/vgpu.h"

struct dm_plan {
	uint32_t domid;
	const char *name; /* "" if not known */
	struct gt_options opt;
	struct gt_partition part;
	struct dm_vnc_user vnc_user;
	struct dm_monitors monitors; /* of the monitor file */
	uint8_t slot;
	int log_fd; /* -1: stderr */
	int qemu_fd; /* to QEMU's monitor, for input */
};

/* What the supervisor made, and the worker needs to know: one write on a pipe. */
struct dm_go {
	ioservid_t server;
	gt_gfn_t parking_gfn;
	gt_gpa_t opregion; /* 0: there is none */
	bool forget_work; /* others have died of it, maybe */
};

/*
 * After that, the end of the pipe is the word to stop; this byte before it says that the domain
 * stays and the RAM of BAR0 is to be parked.
 */
#define DM_STOP_PARK 'p'

/*
 * A report up the line, worker to supervisor to the starting process: one write on a pipe.  An
 * empty text says that all is well.
 */
struct dm_report {
	struct gt_error err;
};

#endif
