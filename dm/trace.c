/* SPDX-License-Identifier: MIT */
/*
 * The file of a trace.
 *
 * Decides that it is root's alone, for it holds guest memory, and what may be overwritten.  What is
 * in it is xengt/record.c's business.
 */
#define _GNU_SOURCE
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_WORD "xengt-trace "

static bool is_trace_or_empty(int fd)
{
	char word[sizeof(FIRST_WORD) - 1];
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		return false;
	}
	return !st.st_size || (pread(fd, word, sizeof(word), 0) == (ssize_t)sizeof(word) &&
			       !memcmp(word, FIRST_WORD, sizeof(word)));
}

int dm_trace_open(const char *path, int *fd, struct gt_error *err)
{
	int file, ret = 0;

	if (*path != '/') {
		gt_error_set(err, "vgt_record=%.300s: must be an absolute path", path);
		return -EINVAL;
	}
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	if (file < 0) {
		ret = -errno;
		gt_error_set(err, "cannot write vgt_record=%.300s: %s", path, strerror(-ret));
		return ret;
	}
	if (!is_trace_or_empty(file)) {
		ret = -EEXIST;
		gt_error_set(err, "vgt_record=%.300s: there is something else than a trace", path);
	} else if (ftruncate(file, 0)) {
		ret = -errno;
		gt_error_set(err, "cannot empty vgt_record=%.300s: %s", path, strerror(-ret));
	}
	if (ret) {
		close(file);
		return ret;
	}
	*fd = file;
	return 0;
}
