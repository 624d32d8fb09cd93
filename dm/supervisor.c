/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: one for each vGPU, nobody's child, there for as long as the domain.
 *
 * Decides the life of a vGPU: what is made in which order, when the worker may start and must stop,
 * and that nothing is left when the domain is gone: no process, no socket, no ioreq server.  It
 * waits for xenstore's word that a domain ended, its child, a signal, and input for the guest.
 *
 * A worker that dies is replaced while the guest runs on: vCPUs wait in Xen meanwhile.  So is one
 * that is to be of the program that is installed now, when a SIGHUP says so.
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
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <xenstore.h>

#include "child.h"
#include "domain.h"
#include "input.h"
#include "run.h"
#include "vnc.h"
#include "xengt/log.h"
#include "xengt/protocol.h"

#define LOCK_TIMEOUT_MS	 8000  /* for an earlier mediator of the domain to go */
#define DEATHS_MAX	 8     /* of workers ... */
#define DEATHS_MS	 60000 /* ... in this time: after that the guest loses its vGPU */
#define SHORT_LIFE_MS	 2000  /* dead so soon, it died of the work it inherited */
#define PROGRAM		 XENGT_LIBEXECDIR "/xengt-dm"

struct supervisor {
	const struct dm_plan *plan;
	int report_fd;	    /* to the starting process; -1 once used */
	int lock_fd, listen_fd;
	int signal_fd;
	struct dm_child child; /* the worker */
	uint64_t deaths_ms[DEATHS_MAX]; /* when workers died, a ring */
	unsigned nr_deaths;
	bool domain_stays;  /* without its vGPU, or with another one */
	bool starts_over;   /* the latter */
	unsigned nr_upgrades; /* that were asked for */
	struct dm_domain domain;
	struct xs_handle *xs;
	struct dm_input *input; /* NULL: none */
	struct dm_vnc vnc;
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
		ret = dm_run_listen(domid, false, &s->listen_fd);
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

/* What every worker is told. */
static void write_brief(struct supervisor *s)
{
	struct dm_brief *b = &s->child.brief;

	b->domid = s->plan->domid;
	snprintf(b->name, sizeof(b->name), "%s", s->plan->name);
	b->opt = s->plan->opt;
	b->slot = s->plan->slot;
	b->server = s->domain.server;
	b->parking_gfn = s->domain.layout.parking_gfn;
	b->opregion = s->domain.opregion;
	b->from_fd = -1;
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
		ret = dm_child_create(&s->child);
	}
	if (!ret) {
		ret = dm_input_create(s->plan->qemu_fd, s->child.supervisors_fd, &s->input);
	}
	if (ret) {
		return ret;
	}
	ret = watch(s, err);
	if (!ret) {
		ret = dm_domain_open(&s->domain, s->plan, err);
	}
	if (!ret) {
		gt_error_set(err, "cannot start the worker");
		write_brief(s);
		ret = dm_child_start(&s->child, &s->listen_fd);
	}
	return ret;
}

/* Signals that arrived: whether we were asked to end, or to go on with the program of today. */
static void hear_signals(struct supervisor *s, bool *end, bool *upgrade)
{
	struct signalfd_siginfo si;

	*end = *upgrade = false;
	while (read(s->signal_fd, &si, sizeof(si)) == sizeof(si)) {
		*upgrade |= si.ssi_signo == SIGHUP;
		*end |= si.ssi_signo == SIGTERM || si.ssi_signo == SIGINT;
	}
}

static void drain_watch(struct supervisor *s)
{
	unsigned nr;
	char **w = xs_read_watch(s->xs, &nr);

	free(w);
}

/* Note a worker's death. Whether another one is worth a try. */
static bool may_replace(struct supervisor *s)
{
	uint64_t *oldest_ms = &s->deaths_ms[s->nr_deaths++ % DEATHS_MAX];
	uint64_t now_ms = dm_now_ms();
	bool may = s->nr_deaths <= DEATHS_MAX || now_ms - *oldest_ms > DEATHS_MS;

	*oldest_ms = now_ms;
	if (!may) {
		gt_err(GT_T_DM, "%d workers died within %d s: domain %u loses its vGPU",
		       DEATHS_MAX + 1, DEATHS_MS / 1000, s->plan->domid);
	}
	return may;
}

/* A worker after one that is gone; if it does not become ready, it is gone, too. */
static int start_next(struct supervisor *s, struct gt_error *err)
{
	int ret = dm_run_listen(s->plan->domid, true, &s->listen_fd);

	if (!ret) {
		ret = dm_child_start(&s->child, &s->listen_fd);
	}
	if (ret) {
		gt_error_set(err, "cannot start another worker: %s", strerror(-ret));
	} else {
		ret = dm_child_wait_ready(&s->child, err);
	}
	close_fd(&s->listen_fd);
	if (ret) {
		gt_err(GT_T_DM, "%s", err->text);
		dm_child_kill(&s->child); /* told to stop, it would leave nothing */
	}
	return ret;
}

/* One worker after another, until one is ready. */
static bool replace_worker(struct supervisor *s)
{
	struct gt_error err;
	int ret = -1;

	while (ret && may_replace(s)) {
		bool forget_work = dm_now_ms() - s->child.began_ms < SHORT_LIFE_MS;

		s->child.brief.forget_work = forget_work;
		ret = start_next(s, &err);
		s->child.brief.forget_work = false;
		if (!ret) {
			gt_warn(GT_T_DM, "another worker has taken over%s",
				forget_work ? ", without the work under way" : "");
		}
	}
	return !ret;
}

/* @why: it could not be done; NULL: it was. */
static void tell_upgrade(struct supervisor *s, const struct gt_error *why)
{
	char text[GT_ERROR_MAX];

	if (why) {
		snprintf(text, sizeof(text), "goes on as before, not with %s: %.300s", PROGRAM,
			 why->text);
		gt_err(GT_T_DM, "%s", text);
	} else {
		snprintf(text, sizeof(text), "goes on with %s as it is now", PROGRAM);
		gt_info(GT_T_DM, "%s", text);
	}
	dm_run_tell(s->lock_fd, ++s->nr_upgrades, !why, text);
}

/*
 * Go on with a worker of the program that is installed now.  It copies what the old one left, so if
 * it cannot go on, one of the old program does, as if nothing had been.  False: neither could.
 */
static bool upgrade_worker(struct supervisor *s)
{
	struct dm_program old = s->child.program, next;
	struct gt_error err, why_not;
	bool goes_on;
	int ret = dm_program_open(&next, PROGRAM);

	if (ret) {
		gt_error_set(&err, "cannot open it: %s", strerror(-ret));
		tell_upgrade(s, &err);
		return true;
	}
	dm_child_hand_over(&s->child);
	s->child.program = next;
	s->child.brief.from_fd = old.keep_fd;
	ret = start_next(s, &err);
	s->child.brief.from_fd = -1;
	if (!ret) {
		dm_program_close(&old);
		tell_upgrade(s, NULL);
		return true;
	}
	dm_program_close(&s->child.program);
	s->child.program = old;
	goes_on = !start_next(s, &why_not) || replace_worker(s);
	tell_upgrade(s, &err);
	return goes_on;
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
		bool end, upgrade;

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
		if (dm_child_reap(&s->child, true) && !replace_worker(s)) {
			return 1;
		}
		dm_vnc_reap(&s->vnc);
		hear_signals(s, &end, &upgrade);
		if (end) {
			gt_warn(GT_T_DM, "asked to end: domain %u loses its vGPU", s->plan->domid);
			s->domain_stays = true;
			return 0;
		}
		if (upgrade && !upgrade_worker(s)) {
			return 1;
		}
		if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			gt_err(GT_T_DM, "lost xenstore");
			return 1;
		}
	}
}

static void tear_down(struct supervisor *s)
{
	dm_vnc_stop(&s->vnc);
	/* A dead worker cannot answer: let no vCPU wait for one that is about to stop either. */
	dm_child_stop(&s->child, s->domain_stays);
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
	close_fd(&s->signal_fd);
	dm_child_destroy(&s->child);
}

/* A guest without it has its screen all the same. */
static void start_vnc(struct supervisor *s)
{
	const struct dm_vnc_conf conf = {
		.program = DM_VNC_PROGRAM,
		.dir = XENGT_SOCKET_DIR,
		.domid = s->plan->domid,
		.nr_heads = s->plan->opt.nr_heads,
		.user = s->plan->vnc_user,
	};
	int ret = dm_vnc_start(&s->vnc, &conf);

	if (ret) {
		gt_err(GT_T_DM, "cannot start xengt-vnc: %s", strerror(-ret));
	}
}

int dm_supervisor_run(const struct dm_plan *plan, int report_fd)
{
	struct supervisor s = {
		.plan = plan,
		.report_fd = report_fd,
		.lock_fd = -1,
		.listen_fd = -1,
		.signal_fd = -1,
		.child = { .program = { -1, -1 }, .input_fd = -1, .supervisors_fd = -1,
			   .stop_fd = -1, .report_fd = -1 },
	};
	struct gt_error err = { "" };
	int status = 1;
	int ret;

	prctl(PR_SET_NAME, "xengt-super", 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	ret = set_up(&s, &err);
	if (!ret) {
		ret = dm_child_wait_ready(&s.child, &err);
	}
	if (ret) {
		gt_err(GT_T_DM, "%s", err.text);
	} else {
		gt_info(GT_T_DM, "vGPU of domain %u ready in slot %u", plan->domid, plan->slot);
		start_vnc(&s);
		dm_run_tell(s.lock_fd, 0, true, "as it was started");
		report(&s, "");
		status = stand_by(&s);
	}
	tear_down(&s);
	/* Last: whoever waits for this may start again at once. */
	report(&s, err.text);
	return status;
}
