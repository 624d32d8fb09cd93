/* SPDX-License-Identifier: MIT */
/*
 * Saying why there will be no vGPU.  libxl only tells people that a device model exited, and the
 * name of a log; so we write to xl's own stderr, which is there to be read.
 */
#include "complain.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xlproc.h"

/* One write(), so that lines of several processes do not mix; nothing can be done if it fails. */
static void say(int fd, const char *line, size_t len)
{
	if (write(fd, line, len) < 0) {
		return;
	}
}

/* The descriptor may be shared with xl, so it cannot be made non-blocking: ask first. */
static bool takes_a_line(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && p.revents & POLLOUT;
}

void dm_complain(const struct dm_xl *xl, int log_fd, const char *sentence)
{
	char line[GT_ERROR_MAX + 16];
	int n = snprintf(line, sizeof(line), "xengt: %s\n", sentence);
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
	int fd = xl ? dm_xl_stderr(xl) : -1;

	say(STDERR_FILENO, line, len);
	if (log_fd >= 0) {
		say(log_fd, line, len);
	}
	if (fd >= 0) {
		if (takes_a_line(fd)) {
			say(fd, line, len);
		}
		close(fd);
	}
}
