/* SPDX-License-Identifier: MIT */
/*
 * Starting the mediator beside the process that becomes QEMU.
 *
 * libxl watches the process it spawned, and that one becomes QEMU; a mediator that were its child
 * would be QEMU's, which reaps only its own.  So two forks, and init for a parent.
 */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"
#include "supervisor.h"
#include "xengt/log.h"

#define READY_TIMEOUT_MS 30000 /* libxl waits 60 s for the device model */

/* stdin, stdout and stderr that belong to nobody else: /dev/null, and the log. */
static void own_streams(int log_fd)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null_fd < 0) {
		return;
	}
	dup2(null_fd, STDIN_FILENO);
	dup2(log_fd >= 0 ? log_fd : null_fd, STDOUT_FILENO);
	dup2(log_fd >= 0 ? log_fd : null_fd, STDERR_FILENO);
	if (null_fd > STDERR_FILENO) {
		close(null_fd);
	}
}

static void be_supervisor(const struct dm_plan *plan, int report_fd)
{
	int keep[] = { plan->log_fd, plan->qemu_fd, report_fd };

	if (setsid() < 0) {
		_exit(1);
	}
	/* A session leader's child can never get a terminal, and is init's when we are gone. */
	pid_t pid = fork();

	if (pid) {
		_exit(pid < 0 ? 1 : 0);
	}
	if (chdir("/")) {
		_exit(1);
	}
	own_streams(plan->log_fd);
	dm_close_others(keep, GT_ARRAY_SIZE(keep));
	_exit(dm_supervisor_run(plan, report_fd));
}

static int read_report(int fd, struct gt_error *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct dm_report r;
	int n;

	do {
		n = poll(&p, 1, READY_TIMEOUT_MS);
	} while (n < 0 && errno == EINTR);
	if (n != 1) {
		gt_error_set(err, "the mediator did not become ready in %d s",
			     READY_TIMEOUT_MS / 1000);
		return -ETIMEDOUT;
	}
	if (read(fd, &r, sizeof(r)) != sizeof(r)) {
		gt_error_set(err, "the mediator died while it started (see its log)");
		return -ECHILD;
	}
	r.err.text[sizeof(r.err.text) - 1] = '\0';
	if (r.err.text[0]) {
		*err = r.err;
		return -EIO;
	}
	return 0;
}

int dm_launch(const struct dm_plan *plan, struct gt_error *err)
{
	int pipe_fds[2];
	int status, ret;
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC)) {
		ret = -errno;
		gt_error_set(err, "cannot start the mediator: %s", strerror(-ret));
		return ret;
	}
	pid = fork();
	if (!pid) {
		close(pipe_fds[0]);
		be_supervisor(plan, pipe_fds[1]);
	}
	close(pipe_fds[1]);
	if (pid < 0) {
		ret = -errno;
		gt_error_set(err, "cannot start the mediator: %s", strerror(-ret));
	} else {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
		}
		ret = read_report(pipe_fds[0], err);
	}
	close(pipe_fds[0]);
	return ret;
}
