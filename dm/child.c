/* SPDX-License-Identifier: MIT */
/* The life of a worker, as its supervisor sees it: child.h. */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "worker.h"
#include "xengt/log.h"

#define READY_TIMEOUT_MS 25000 /* less than the starting process waits */
#define STOP_TIMEOUT_MS	 5000  /* for the worker to unmap and go */
#define INPUT_BUFFER_B	 4096  /* input that was not passed on yet: a few packets */

uint64_t dm_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

int dm_child_create(struct dm_child *c, const struct dm_plan *plan)
{
	const int room_B = INPUT_BUFFER_B;
	void *keep = mmap(NULL, dm_keep_B(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			  0);
	int input[2];

	*c = (struct dm_child){
		.plan = plan, .input_fd = -1, .supervisors_fd = -1, .go_fd = -1, .report_fd = -1,
	};
	if (keep == MAP_FAILED) {
		return -errno;
	}
	c->keep = keep;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, input)) {
		return -errno;
	}
	c->supervisors_fd = input[0];
	c->input_fd = input[1];
	return setsockopt(input[1], SOL_SOCKET, SO_SNDBUF, &room_B, sizeof(room_B)) ? -errno : 0;
}

void dm_child_destroy(struct dm_child *c)
{
	close_fd(&c->input_fd);
	close_fd(&c->go_fd);
	close_fd(&c->report_fd);
	if (c->keep) {
		munmap(c->keep, dm_keep_B());
		c->keep = NULL;
	}
}

/* Between supervisor and this worker; its ends are go[0] and up[1]. */
static int make_channels(int go[2], int up[2])
{
	int ret;

	if (pipe2(go, O_CLOEXEC)) {
		return -errno;
	}
	if (pipe2(up, O_CLOEXEC)) {
		ret = -errno;
		close(go[0]);
		close(go[1]);
		return ret;
	}
	return 0;
}

int dm_child_start(struct dm_child *c, int *listen_fd, void (*forget)(void *ctx), void *ctx)
{
	int go[2], up[2];
	sigset_t none;
	int ret = make_channels(go, up);

	if (ret) {
		return ret;
	}
	close_fd(&c->go_fd);
	close_fd(&c->report_fd);
	c->pid = fork();
	if (!c->pid) {
		forget(ctx);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		_exit(dm_worker_run(c->plan, c->keep, *listen_fd, go[0], up[1], c->input_fd));
	}
	close(go[0]);
	close(up[1]);
	c->go_fd = go[1];
	c->report_fd = up[0];
	c->began_ms = dm_now_ms();
	close_fd(listen_fd);
	if (c->pid < 0) {
		c->pid = 0;
		return -EAGAIN;
	}
	return 0;
}

int dm_child_go(struct dm_child *c, const struct dm_go *go)
{
	return write(c->go_fd, go, sizeof(*go)) == sizeof(*go) ? 0 : -EPIPE;
}

/* The worker's one report. 0 if it is ready. */
static int read_report(struct dm_child *c, struct gt_error *err)
{
	struct dm_report r;
	ssize_t n = read(c->report_fd, &r, sizeof(r));

	close_fd(&c->report_fd);
	if (n != sizeof(r)) {
		gt_error_set(err, "the worker died while it started (see its log)");
		return -ECHILD;
	}
	r.err.text[sizeof(r.err.text) - 1] = '\0';
	if (r.err.text[0]) {
		*err = r.err;
		return -EIO;
	}
	return 0;
}

int dm_child_wait_ready(struct dm_child *c, struct gt_error *err)
{
	struct pollfd p = { .fd = c->report_fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, READY_TIMEOUT_MS);
	} while (n < 0 && errno == EINTR);
	if (n != 1) {
		gt_error_set(err, "the worker did not become ready in %d s",
			     READY_TIMEOUT_MS / 1000);
		return -ETIMEDOUT;
	}
	return read_report(c, err);
}

static void log_death(const struct dm_child *c)
{
	if (WIFSIGNALED(c->status)) {
		gt_err(GT_T_DM, "worker killed by signal %d (%s)", WTERMSIG(c->status),
		       strsignal(WTERMSIG(c->status)));
	} else {
		gt_err(GT_T_DM, "worker ended by itself with status %d", WEXITSTATUS(c->status));
	}
}

bool dm_child_reap(struct dm_child *c, bool log)
{
	if (!c->pid || waitpid(c->pid, &c->status, WNOHANG) != c->pid) {
		return false;
	}
	c->pid = 0;
	if (log) {
		log_death(c);
	}
	return true;
}

void dm_child_kill(struct dm_child *c)
{
	if (c->pid) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, &c->status, 0);
		c->pid = 0;
	}
}

void dm_child_stop(struct dm_child *c, bool park)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	uint64_t end_ms = dm_now_ms() + STOP_TIMEOUT_MS;

	if (park && write(c->go_fd, &(char){ DM_STOP_PARK }, 1) != 1) {
		gt_err(GT_T_DM, "the worker does not listen");
	}
	close_fd(&c->go_fd);
	while (c->pid && !dm_child_reap(c, false) && dm_now_ms() < end_ms) {
		nanosleep(&moment, NULL);
	}
	if (c->pid) {
		gt_err(GT_T_DM, "the worker does not stop: killing it");
		dm_child_kill(c);
	}
}
