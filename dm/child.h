/* SPDX-License-Identifier: MIT */
/* The supervisor's worker: one process after another over the same memory. */
#ifndef DM_CHILD_H
#define DM_CHILD_H

#include <sys/types.h>

#include "keep.h"
#include "plan.h"

struct dm_child {
	const struct dm_plan *plan;
	struct dm_keep *keep;
	int input_fd;	    /* the worker's end of input, for every worker */
	int supervisors_fd; /* the other end; the caller's to close */
	int go_fd;	    /* to the worker: closing it is the word to stop */
	int report_fd;	    /* the worker's report; -1 once read */
	pid_t pid;	    /* 0: none, or reaped */
	int status;	    /* of waitpid() */
	uint64_t began_ms;  /* dm_now_ms() at its start */
};

uint64_t dm_now_ms(void);

/* What serves every worker. 0 or negative errno; dm_child_destroy() in either case. */
int dm_child_create(struct dm_child *c, const struct dm_plan *plan);
/* When there is no process any more. */
void dm_child_destroy(struct dm_child *c);

/*
 * Start a process, which calls @forget first: it has to let go of the supervisor's Xen handles.  It
 * waits for dm_child_go().  @listen_fd is closed here: when the worker is gone, its clients see
 * that at once.
 */
int dm_child_start(struct dm_child *c, int *listen_fd, void (*forget)(void *ctx), void *ctx);
int dm_child_go(struct dm_child *c, const struct dm_go *go);
/* Until it is ready. 0, or negative errno and @err. */
int dm_child_wait_ready(struct dm_child *c, struct gt_error *err);

/* True if it has ended; that is logged if @log. */
bool dm_child_reap(struct dm_child *c, bool log);
/* Tell it to stop, in order: it leaves nothing to another.  @park: the domain stays. */
void dm_child_stop(struct dm_child *c, bool park);
/* End it, whatever it is doing; another can take over. */
void dm_child_kill(struct dm_child *c);

#endif
