/* SPDX-License-Identifier: MIT */
/* The worker: the process that looks at what a guest wrote, with next to no rights. */
#ifndef DM_WORKER_H
#define DM_WORKER_H

/*
 * Be the worker that the words behind DM_WORKER_WORD say (brief.h), in a process of its own with
 * nothing open but what they name and the streams, of which standard error is the log.  Writes one
 * struct dm_report when it is ready or cannot be.  Returns the exit status.
 */
int dm_worker_run(int nr, char *const *words);

#endif
