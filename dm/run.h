/* SPDX-License-Identifier: MIT */
/* Files of running vGPUs: XENGT_SOCKET_DIR, its sockets and locks, and logs. */
#ifndef DM_RUN_H
#define DM_RUN_H

#include "xengt/options.h"

#define DM_LOG_DIR "/var/log/xen"

/* Make the directory if need be. 0 or negative errno. */
int dm_run_prepare(void);

/* XENGT_SOCKET_DIR/@stem.@ext into a buffer of 4096 bytes. 0, or -EINVAL if @stem has a '/'. */
int dm_run_path(char path[4096], const char *stem, const char *ext);

/*
 * The right to be the mediator of @domid, held until the descriptor is closed by the last process
 * that has it.  -EBUSY: somebody else has it.
 */
int dm_run_lock(uint32_t domid, int *fd);

/*
 * Write what the lock's file says (xengt/protocol.h): this process, and how the @nr-th upgrade
 * went.
 */
void dm_run_tell(int lock_fd, unsigned nr, bool good, const char *text);

/*
 * The socket of @domid, listening.  A left-over socket nobody listens on is replaced, with
 * @as_before by one of the same owner and mode; -EADDRINUSE if somebody does.
 */
int dm_run_listen(uint32_t domid, bool as_before, int *fd);

/* Remove socket and lock of @domid. */
void dm_run_remove(uint32_t domid);

/* The log of the mediator of the domain @name, for appending; -1 and errno on failure. */
int dm_run_log(const char *name, uint32_t domid);

#endif
