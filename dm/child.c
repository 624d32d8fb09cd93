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

#include "plan.h"
#include "sandbox.h"
#include "xengt/log.h"

#define READY_TIMEOUT_MS     25000 /* less than the starting process waits */
#define STOP_TIMEOUT_MS	     5000  /* for the worker to unmap and go */
#define HAND_OVER_TIMEOUT_MS 2000  /* to end what it does; vCPUs may be waiting */
#define INPUT_BUFFER_B	     4096  /* input that was not passed on yet: a few packets */

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

int dm_program_open(struct dm_program *p, const char *path)
{
	int ret;

	*p = (struct dm_program){ .exe_fd = open(path, O_RDONLY | O_CLOEXEC), .keep_fd = -1 };
	if (p->exe_fd >= 0) {
		p->keep_fd = memfd_create("xengt-keep", MFD_CLOEXEC);
	}
	if (p->keep_fd >= 0) {
		return 0;
	}
	ret = -errno;
	dm_program_close(p);
	return ret;
}

void dm_program_close(struct dm_program *p)
{
	close_fd(&p->exe_fd);
	close_fd(&p->keep_fd);
}

int dm_child_create(struct dm_child *c)
{
	const int room_B = INPUT_BUFFER_B;
	int input[2];
	int ret;

	*c = (struct dm_child){
		.program = { -1, -1 }, .input_fd = -1, .supervisors_fd = -1, .stop_fd = -1,
		.report_fd = -1,
	};
	ret = dm_program_open(&c->program, "/proc/self/exe");
	if (ret) {
		return ret;
	}
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
	close_fd(&c->stop_fd);
	close_fd(&c->report_fd);
	dm_program_close(&c->program);
}

/* Between supervisor and this worker; its ends are stop[0] and up[1]. */
static int make_channels(int stop[2], int up[2])
{
	int ret;

	if (pipe2(stop, O_CLOEXEC)) {
		return -errno;
	}
	if (pipe2(up, O_CLOEXEC)) {
		ret = -errno;
		close(stop[0]);
		close(stop[1]);
		return ret;
	}
	return 0;
}

/* In the child, between fork and exec. */
static _Noreturn void become_worker(const struct dm_brief *b, int exe_fd, char **words)
{
	const int own_fds[] = { b->keep_fd, b->from_fd, b->listen_fd, b->stop_fd, b->report_fd,
				b->input_fd, exe_fd };
	sigset_t none;

	dm_close_others(own_fds, GT_ARRAY_SIZE(own_fds));
	for (size_t i = 0; own_fds[i] != exe_fd; i++) {
		if (own_fds[i] >= 0) {
			fcntl(own_fds[i], F_SETFD, 0);
		}
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	fexecve(exe_fd, words, environ);
	_exit(127);
}

int dm_child_start(struct dm_child *c, int *listen_fd)
{
	struct dm_brief *b = &c->brief;
	char **words = NULL;
	int stop[2], up[2];
	int ret = make_channels(stop, up);

	if (ret) {
		return ret;
	}
	close_fd(&c->stop_fd);
	close_fd(&c->report_fd);
	b->keep_fd = c->program.keep_fd;
	b->input_fd = c->input_fd;
	b->listen_fd = *listen_fd;
	b->stop_fd = stop[0];
	b->report_fd = up[1];
	words = dm_brief_words(b, "xengt-worker");
	c->pid = words ? fork() : -1;
	if (!c->pid) {
		become_worker(b, c->program.exe_fd, words);
	}
	dm_brief_free(words);
	close(stop[0]);
	close(up[1]);
	c->stop_fd = stop[1];
	c->report_fd = up[0];
	c->began_ms = dm_now_ms();
	close_fd(listen_fd);
	if (c->pid < 0) {
		c->pid = 0;
		return -EAGAIN;
	}
	return 0;
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

/* Say the last word, if it is one, and wait until the worker has gone, whatever that takes. */
static void say_and_wait(struct dm_child *c, char word, unsigned timeout_ms)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	uint64_t end_ms = dm_now_ms() + timeout_ms;

	if (c->pid && word && write(c->stop_fd, &word, 1) != 1) {
		gt_err(GT_T_DM, "the worker does not listen");
	}
	close_fd(&c->stop_fd);
	while (c->pid && !dm_child_reap(c, false) && dm_now_ms() < end_ms) {
		nanosleep(&moment, NULL);
	}
	if (c->pid) {
		gt_err(GT_T_DM, "the worker does not stop: killing it");
		dm_child_kill(c);
	}
}

void dm_child_stop(struct dm_child *c, bool park)
{
	say_and_wait(c, park ? DM_STOP_PARK : 0, STOP_TIMEOUT_MS);
}

void dm_child_hand_over(struct dm_child *c)
{
	say_and_wait(c, DM_STOP_HAND_OVER, HAND_OVER_TIMEOUT_MS);
}
