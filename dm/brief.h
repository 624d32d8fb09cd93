/* SPDX-License-Identifier: MIT */
/*
 * What a worker is told when it is started: words KEY=VALUE of its command line, the descriptors it
 * gets among them.  So a worker may be another version of this program than its supervisor.
 *
 * No Xen needed to build or test.
 */
#ifndef DM_BRIEF_H
#define DM_BRIEF_H

#include "xengt/options.h"

#define DM_WORKER_WORD "--worker" /* the first word of a worker's command line */

struct dm_brief {
	uint32_t domid;
	char name[64]; /* "" if not known */
	struct gt_options opt;
	uint32_t slot;
	uint32_t server;       /* ioreq server */
	gt_gfn_t parking_gfn;
	gt_gpa_t opregion;     /* 0: there is none */
	uint32_t forget_work;  /* others have died of it, maybe */
	/* Descriptors. */
	int keep_fd;   /* keep.h; empty for the first worker of a program */
	int from_fd;   /* keep of the worker before, which was another program; -1: none */
	int listen_fd; /* of clients' socket */
	int stop_fd;   /* its end is the word to stop */
	int report_fd; /* takes one struct dm_report */
	int input_fd;  /* to the supervisor: packets of struct gt_input */
};

/*
 * The words of @b, in malloc'ed memory, NULL after the last, for dm_brief_free(); NULL: no memory.
 * The first is @program, the second DM_WORKER_WORD.
 */
char **dm_brief_words(const struct dm_brief *b, const char *program);
void dm_brief_free(char **words);

/*
 * The brief of @nr words behind DM_WORKER_WORD.  A word that this version has no use for is left
 * out, unless it is an option of the guest's.  0, or -EINVAL and @err.
 */
int dm_brief_parse(struct dm_brief *b, int nr, char *const *words, struct gt_error *err);

#endif
