/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: one for each vGPU, nobody's child, there for as long as the domain.
 *
 * Decides the life of a vGPU: what is made in which order, when the worker may start and must stop,
 * and that nothing is left when the domain is gone: no process, no socket, no ioreq server.  It
 * waits for xenstore's word that a domain ended, its child, a signal, and input for the guest.
 *
 * A worker that dies is replaced while the guest runs on: vCPUs wait in Xen meanwhile.
 */
#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xenstore.h>

#include "domain.h"
#include "input.h"
#include "run.h"
#include "worker.h"
#include "xengt/log.h"

#define READY_TIMEOUT_MS 25000 /* less than the starting process waits */
#define STOP_TIMEOUT_MS	 5000  /* for the worker to unmap and go */
#define LOCK_TIMEOUT_MS	 8000  /* for an earlier mediator of the domain to go */
#define DEATHS_MAX	 8     /* of workers ... */
#define DEATHS_MS	 60000 /* ... in this time: after that the guest loses its vGPU */
#define SHORT_LIFE_MS	 2000  /* dead so soon, it died of the work it inherited */
#define INPUT_BUFFER_B	 4096  /* input that was not passed on yet: a few packets */

struct supervisor {
	const struct dm_plan *plan;
	int report_fd;	    /* to the starting process; -1 once used */
	int lock_fd, listen_fd;
	int go_fd;	    /* to the worker: closing it is the word to stop */
	int worker_fd;	    /* the worker's report; -1 once read */
	int signal_fd;
	int input_fd;	    /* the worker's end of input, for every worker */
	struct dm_keep *keep;
	uint64_t began_ms;	      /* the worker's life */
	uint64_t deaths_ms[DEATHS_MAX]; /* when workers died, a ring */
	unsigned nr_deaths;
	pid_t worker;	    /* 0: none, or reaped */
	int worker_status;  /* of waitpid() */
	bool domain_stays;  /* without its vGPU, or with another one */
	bool starts_over;   /* the latter */
	struct dm_domain domain;
	struct xs_handle *xs;
	struct dm_input *input; /* NULL: none */
};

static void report(struct supervisor *s, const char *text)
{
	struct dm_report r = { 0 };

	if (s->report_fd < 0) {
		return;
	}
	snprintf(r.err.text, sizeof(r.err.text), "%s", text);
	if (write(s->report_fd, &r, sizeof(r)) != sizeof(r)) {
		gt_warn(GT_T_DM, "the starting process does not listen any more");
	}
	close(s->report_fd);
	s->report_fd = -1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

/* The last mediator of the domain may be about to go: a kexec in the guest starts another one. */
static int lock(uint32_t domid, int *fd)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	int ret = dm_run_lock(domid, fd);

	for (int tries = LOCK_TIMEOUT_MS / 100; ret == -EBUSY && tries > 0; tries--) {
		nanosleep(&tenth, NULL);
		ret = dm_run_lock(domid, fd);
	}
	return ret;
}

static int claim(struct supervisor *s, struct gt_error *err)
{
	uint32_t domid = s->plan->domid;
	int ret = dm_run_prepare();

	if (ret) {
		gt_error_set(err, "cannot use the directory of vGPU sockets: %s", strerror(-ret));
		return ret;
	}
	ret = lock(domid, &s->lock_fd);
	if (!ret) {
		ret = dm_run_listen(domid, &s->listen_fd);
	}
	if (ret == -EBUSY || ret == -EADDRINUSE) {
		gt_error_set(err, "domain %u has a vGPU already", domid);
	} else if (ret) {
		gt_error_set(err, "cannot make the socket of domain %u: %s", domid, strerror(-ret));
	}
	return ret;
}

/* Signals are read from a descriptor: no work in handlers. */
static int catch_signals(struct supervisor *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signal_fd < 0 ? -errno : 0;
}

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

/* What serves every worker: memory that outlives it, and the way of its clients' input. */
static int make_common(struct supervisor *s)
{
	const int room_B = INPUT_BUFFER_B;
	int input[2];

	s->keep = mmap(NULL, dm_keep_B(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);
	if (s->keep == MAP_FAILED) {
		s->keep = NULL;
		return -errno;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, input)) {
		return -errno;
	}
	s->input_fd = input[1];
	if (setsockopt(input[1], SOL_SOCKET, SO_SNDBUF, &room_B, sizeof(room_B))) {
		close(input[0]);
		return -errno;
	}
	return dm_input_create(s->plan->qemu_fd, input[0], &s->input);
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
		close_pair(go);
		return ret;
	}
	return 0;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* In the child.  Libraries of Xen let a child do no more with its parent's handles than this. */
static void be_worker(struct supervisor *s, int go_fd, int report_fd)
{
	sigset_t none;

	dm_domain_forget(&s->domain);
	if (s->xs) {
		xs_daemon_destroy_postfork(s->xs);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	_exit(dm_worker_run(s->plan, s->keep, s->listen_fd, go_fd, report_fd, s->input_fd));
}

static int start_worker(struct supervisor *s)
{
	int go[2], up[2];
	pid_t pid;
	int ret = make_channels(go, up);

	if (ret) {
		return ret;
	}
	pid = fork();
	if (!pid) {
		be_worker(s, go[0], up[1]);
	}
	close(go[0]);
	close(up[1]);
	s->go_fd = go[1];
	s->worker_fd = up[0];
	if (pid < 0) {
		return -EAGAIN;
	}
	s->worker = pid;
	s->began_ms = now_ms();
	/* Only the worker listens from here on: when it is gone, clients see that at once. */
	close_fd(&s->listen_fd);
	return 0;
}

static int send_go(struct supervisor *s, bool forget_work)
{
	struct dm_go go = {
		.server = s->domain.server,
		.parking_gfn = s->domain.layout.parking_gfn,
		.opregion = s->domain.opregion,
		.forget_work = forget_work,
	};

	return write(s->go_fd, &go, sizeof(go)) == sizeof(go) ? 0 : -EPIPE;
}

static int watch(struct supervisor *s, struct gt_error *err)
{
	s->xs = xs_open(0);
	if (!s->xs || !xs_watch(s->xs, "@releaseDomain", "gone")) {
		gt_error_set(err, "cannot watch xenstore: %s", strerror(errno));
		return -ENODEV;
	}
	return 0;
}

static int set_up(struct supervisor *s, struct gt_error *err)
{
	int ret = claim(s, err);

	if (ret) {
		return ret;
	}
	gt_error_set(err, "cannot start the worker");
	ret = catch_signals(s);
	if (!ret) {
		ret = make_common(s);
	}
	if (!ret) {
		ret = start_worker(s);
	}
	if (ret) {
		return ret;
	}
	ret = watch(s, err);
	if (!ret) {
		ret = dm_domain_open(&s->domain, s->plan, err);
	}
	if (!ret) {
		gt_error_set(err, "the worker ended before it began");
		ret = send_go(s, false);
	}
	return ret;
}

/* Take the worker's status if it has ended. */
static bool reap(struct supervisor *s)
{
	if (s->worker && waitpid(s->worker, &s->worker_status, WNOHANG) == s->worker) {
		s->worker = 0;
		return true;
	}
	return false;
}

static void log_death(const struct supervisor *s)
{
	if (WIFSIGNALED(s->worker_status)) {
		gt_err(GT_T_DM, "worker killed by signal %d (%s)", WTERMSIG(s->worker_status),
		       strsignal(WTERMSIG(s->worker_status)));
	} else {
		gt_err(GT_T_DM, "worker ended by itself with status %d",
		       WEXITSTATUS(s->worker_status));
	}
}

/* The worker's one report. 0 if it is ready. */
static int read_report(struct supervisor *s, struct gt_error *err)
{
	struct dm_report r;
	ssize_t n = read(s->worker_fd, &r, sizeof(r));

	close_fd(&s->worker_fd);
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

/* A signal arrived: true if we were asked to end. */
static bool asked_to_end(struct supervisor *s)
{
	struct signalfd_siginfo si;
	bool end = false;

	while (read(s->signal_fd, &si, sizeof(si)) == sizeof(si)) {
		end = end || si.ssi_signo != SIGCHLD;
	}
	return end;
}

static void drain_watch(struct supervisor *s)
{
	unsigned nr;
	char **w = xs_read_watch(s->xs, &nr);

	free(w);
}

/* Wait for the worker to be ready. 0, or negative errno and @err. */
static int wait_ready(struct supervisor *s, struct gt_error *err)
{
	struct pollfd p = { .fd = s->worker_fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, READY_TIMEOUT_MS);
	} while (n < 0 && errno == EINTR);
	if (n != 1) {
		gt_error_set(err, "the worker did not become ready in %d s",
			     READY_TIMEOUT_MS / 1000);
		return -ETIMEDOUT;
	}
	return read_report(s, err);
}

static void kill_worker(struct supervisor *s)
{
	if (s->worker) {
		kill(s->worker, SIGKILL);
		waitpid(s->worker, &s->worker_status, 0);
		s->worker = 0;
	}
}

static void stop_worker(struct supervisor *s)
{
	struct pollfd p = { .fd = s->signal_fd, .events = POLLIN };
	int tries = STOP_TIMEOUT_MS / 100;

	if (s->domain_stays && write(s->go_fd, &(char){ DM_STOP_PARK }, 1) != 1) {
		gt_err(GT_T_DM, "the worker does not listen");
	}
	close_fd(&s->go_fd);
	while (s->worker && !reap(s) && tries-- > 0) {
		poll(&p, 1, 100);
		asked_to_end(s);
	}
	if (s->worker) {
		gt_err(GT_T_DM, "the worker does not stop: killing it");
		kill_worker(s);
	}
}

/* Note a worker's death. Whether another one is worth a try. */
static bool may_replace(struct supervisor *s)
{
	uint64_t *oldest_ms = &s->deaths_ms[s->nr_deaths++ % DEATHS_MAX], now = now_ms();
	bool may = s->nr_deaths <= DEATHS_MAX || now - *oldest_ms > DEATHS_MS;

	*oldest_ms = now;
	if (!may) {
		gt_err(GT_T_DM, "%d workers died within %d s: domain %u loses its vGPU",
		       DEATHS_MAX + 1, DEATHS_MS / 1000, s->plan->domid);
	}
	return may;
}

/* One worker after another, until one is ready. */
static bool replace_worker(struct supervisor *s)
{
	struct gt_error err = { "cannot start another worker" };
	int ret = -1;

	while (ret && may_replace(s)) {
		bool forget_work = now_ms() - s->began_ms < SHORT_LIFE_MS;

		close_fd(&s->go_fd);
		close_fd(&s->worker_fd);
		ret = dm_run_listen(s->plan->domid, &s->listen_fd);
		if (!ret) {
			ret = start_worker(s);
		}
		if (!ret) {
			ret = send_go(s, forget_work);
		}
		if (!ret) {
			ret = wait_ready(s, &err);
		}
		close_fd(&s->listen_fd);
		if (ret) {
			gt_err(GT_T_DM, "%s", err.text);
			kill_worker(s); /* not told to stop: then it would leave nothing */
		} else {
			gt_warn(GT_T_DM, "another worker has taken over%s",
				forget_work ? ", without the work under way" : "");
		}
	}
	return !ret;
}

/* While the vGPU lives. Returns the exit status. */
static int stand_by(struct supervisor *s)
{
	struct pollfd fds[] = {
		{ .fd = s->signal_fd, .events = POLLIN },
		{ .fd = xs_fileno(s->xs), .events = POLLIN },
		{ .fd = -1 }, { .fd = -1 }, /* input */
	};

	for (;;) {
		int timeout_ms = dm_input_poll(s->input, fds + 2);
		int n = poll(fds, GT_ARRAY_SIZE(fds), timeout_ms);

		if (n < 0 && errno != EINTR) {
			gt_err(GT_T_DM, "cannot wait for events: %s", strerror(errno));
			return 1;
		}
		dm_input_run(s->input);
		if (n <= 0 || !(fds[0].revents || fds[1].revents)) {
			continue;
		}
		if (fds[1].revents & POLLIN) {
			drain_watch(s);
		}
		/* The domain first: its end may take the worker along. */
		if (dm_domain_is_gone(&s->domain)) {
			gt_info(GT_T_DM, "domain %u is gone", s->plan->domid);
			return 0;
		}
		if (dm_domain_starts_over(&s->domain)) {
			gt_info(GT_T_DM, "domain %u starts over", s->plan->domid);
			s->domain_stays = s->starts_over = true;
			return 0;
		}
		if (reap(s)) {
			log_death(s);
			if (!replace_worker(s)) {
				return 1;
			}
		}
		if (asked_to_end(s)) {
			gt_warn(GT_T_DM, "asked to end: domain %u loses its vGPU", s->plan->domid);
			s->domain_stays = true;
			return 0;
		}
		if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			gt_err(GT_T_DM, "lost xenstore");
			return 1;
		}
	}
}

static void tear_down(struct supervisor *s)
{
	/* A dead worker cannot answer: let no vCPU wait for one that is about to stop either. */
	stop_worker(s);
	if (s->starts_over) {
		dm_domain_withdraw_ram(&s->domain);
	}
	dm_input_destroy(s->input);
	dm_domain_close(&s->domain);
	if (s->xs) {
		xs_close(s->xs);
	}
	if (s->lock_fd >= 0) {
		dm_run_remove(s->plan->domid);
	}
	close_fd(&s->lock_fd);
	close_fd(&s->listen_fd);
	close_fd(&s->worker_fd);
	close_fd(&s->input_fd);
	close_fd(&s->signal_fd);
	if (s->keep) {
		munmap(s->keep, dm_keep_B());
	}
}

int dm_supervisor_run(const struct dm_plan *plan, int report_fd)
{
	struct supervisor s = {
		.plan = plan,
		.report_fd = report_fd,
		.lock_fd = -1,
		.listen_fd = -1,
		.go_fd = -1,
		.worker_fd = -1,
		.input_fd = -1,
		.signal_fd = -1,
	};
	struct gt_error err = { "" };
	int status = 1;
	int ret;

	prctl(PR_SET_NAME, "xengt-super", 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	ret = set_up(&s, &err);
	if (!ret) {
		ret = wait_ready(&s, &err);
	}
	if (ret) {
		gt_err(GT_T_DM, "%s", err.text);
	} else {
		gt_info(GT_T_DM, "vGPU of domain %u ready in slot %u", plan->domid, plan->slot);
		report(&s, "");
		status = stand_by(&s);
	}
	tear_down(&s);
	/* Last: whoever waits for this may start again at once. */
	report(&s, err.text);
	return status;
}
