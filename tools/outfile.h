/* SPDX-License-Identifier: MIT */
/*
 * A file that is there whole or not at all: written beside its place under another name, and
 * renamed when everything has reached the disk.  What is no regular file (a device, a pipe, "-" for
 * standard output) is written straight.
 */
#ifndef TOOLS_OUTFILE_H
#define TOOLS_OUTFILE_H

#include <stdio.h>

struct outfile {
	FILE *f;
	char *path, *temp; /* temp NULL: written straight */
};

/* Each 0 or negative errno.  After a commit or an abort nothing of @o is left to free. */
int outfile_open(struct outfile *o, const char *path);
int outfile_commit(struct outfile *o);
void outfile_abort(struct outfile *o);

#endif
