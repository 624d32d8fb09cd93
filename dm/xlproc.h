/* SPDX-License-Identifier: MIT */
/* The xl process that started us, as /proc shows it. */
#ifndef DM_XLPROC_H
#define DM_XLPROC_H

#include <sys/types.h>

#include "xlargs.h"

#define DM_PATH_MAX 4096

struct dm_xl {
	pid_t pid;
	char **argv; /* a copy of xl's */
	int argc;
	char *cmdline; /* what argv points into */
	size_t cmdline_B;
	struct dm_xlargs args;
};

/* Walk up our ancestors to the xl that makes this domain. 0, -ENOENT if there is none, -ENOMEM. */
int dm_xl_find(struct dm_xl *x);
void dm_xl_finish(struct dm_xl *x);

/*
 * Absolute path of the configuration file xl read; "" if its command line names none.  An xl that
 * has become the daemon of a running domain has left its directory, so what was found is kept in
 * /run/xengt for when the domain named @name reboots.  0, or negative errno and @err.
 */
int dm_xl_config_path(const struct dm_xl *x, const char *name, char path[DM_PATH_MAX],
		      struct gt_error *err);

/* A descriptor for writing to xl's own stderr, or -1. */
int dm_xl_stderr(const struct dm_xl *x);

#endif
