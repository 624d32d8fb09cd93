/* SPDX-License-Identifier: MIT */
/*
 * The supervisor's worker: one process after another over the same memory.
 *
 * Each is started by exec, of this very program, or of the one that was installed since: its words
 * are in brief.h.
 */
#ifndef DM_CHILD_H
#define DM_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "brief.h"

/* Which program workers are, and the memory that is laid out as that one does it. */
struct dm_program {
	int exe_fd;  /* the file, whatever its name leads to by now */
	int keep_fd; /* a memfd; empty before the first worker */
};

struct dm_child {
	struct dm_brief brief; /* what every worker is told; but for its own descriptors */
	struct dm_program program;
	int input_fd;	    /* the worker's end of input, for every worker */
	int supervisors_fd; /* the other end; the caller's to close */
	int stop_fd;	    /* to the worker: closing it is the word to stop */
	int report_fd;	    /* the worker's report; -1 once read */
	pid_t pid;	    /* 0: none, or reaped */
	int status;	    /* of waitpid() */
	uint64_t began_ms;  /* dm_now_ms() at its start */
};

uint64_t dm_now_ms(void);

/* What serves every worker. 0 or negative errno; dm_child_destroy() in either case. */
int dm_child_create(struct dm_child *c);
/* When there is no process any more. */
void dm_child_destroy(struct dm_child *c);

/*
 * Start a process as c->brief says.  @listen_fd is closed here: when the worker is gone, its
 * clients see that at once.
 */
int dm_child_start(struct dm_child *c, int *listen_fd);
/* Until it is ready. 0, or negative errno and @err. */
int dm_child_wait_ready(struct dm_child *c, struct gt_error *err);

/*
 * The program that @path names now, with memory for its workers; 0 or negative errno.
 * dm_program_close() ends it.
 */
int dm_program_open(struct dm_program *p, const char *path);
void dm_program_close(struct dm_program *p);

/* True if it has ended; that is logged if @log. */
bool dm_child_reap(struct dm_child *c, bool log);
/* Tell it to stop, in order: it leaves nothing to another.  @park: the domain stays. */
void dm_child_stop(struct dm_child *c, bool park);
/* Have it end between two pieces of work: another can take over, and nothing is done twice. */
void dm_child_hand_over(struct dm_child *c);
/* End it, whatever it is doing; another can take over. */
void dm_child_kill(struct dm_child *c);

#endif
