/* SPDX-License-Identifier: MIT */
/* What the worker gives up before it looks at anything a guest wrote. */
#ifndef DM_SANDBOX_H
#define DM_SANDBOX_H

#include "xengt/options.h"

/*
 * Users the workers run as: one a domain, so that no two can touch each other.  The range is one
 * no distribution gives to people or services.
 */
#define DM_WORKER_UID_BASE 0x6e670000u

/* Close every descriptor above 2 that is not among the @nr of @keep. */
void dm_close_others(const int *keep, size_t nr);

/*
 * Give up file system, network, other IPC, users, capabilities, and all but the system calls the
 * mediator makes.  There is no way back.  0, or negative errno and @err; then the process must not
 * go on.
 */
int dm_sandbox_enter(uint32_t domid, struct gt_error *err);

#endif
