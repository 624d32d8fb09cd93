/* SPDX-License-Identifier: MIT */
/*
 * The worker: serves one guest's requests until it is told to stop.
 *
 * Decides the order in which rights are used and given up: open, map and bind what needs more than
 * the one domain; restrict the handles to it; enter the sandbox; only then let the mediator see the
 * guest.  Told to stop, it takes its ioreq server along, so that no vCPU waits for ever.  Ended any
 * other way, it leaves all as it is to the next worker (keep.h).
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <xendevicemodel.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xentoolcore.h>

#include "guest_xen.h"
#include "ioreq.h"
#include "sandbox.h"
#include "trace.h"
#include "xengt/log.h"

#define NS_PER_S 1000000000u
/* Requests served between two looks at the other descriptors. */
#define SERVE_BURST 64
/* How long until another look at pages that lose their type. */
#define SETTLE_ns 1000000u

struct worker {
	const struct dm_plan *plan;
	struct dm_keep *keep;
	struct dm_go go;
	int listen_fd, stop_fd;
	int input_fd; /* to the supervisor */
	int trace_fd; /* -1: nothing is recorded */
	struct dm_layout layout;
	xendevicemodel_handle *dmod;
	xenforeignmemory_handle *fmem;
	xenevtchn_handle *evtchn;
	struct gt_guest *guest;
	struct dm_ioreqs *ioreqs;
	struct gt_vgpu *vgpu;
	struct gt_server *server;
};

static int open_handles(struct worker *w, struct gt_error *err)
{
	w->dmod = xendevicemodel_open(NULL, 0);
	w->fmem = xenforeignmemory_open(NULL, 0);
	w->evtchn = xenevtchn_open(NULL, 0);
	if (!w->dmod || !w->fmem || !w->evtchn) {
		gt_error_set(err, "the worker cannot open /dev/xen/privcmd and /dev/xen/evtchn: %s",
			     strerror(errno));
		return -ENODEV;
	}
	return 0;
}

static int attach(struct worker *w, struct gt_error *err)
{
	struct dm_guest_conf conf = {
		.dmod = w->dmod,
		.fmem = w->fmem,
		.domid = w->plan->domid,
		.server = w->go.server,
		.slot = w->plan->slot,
		.layout = &w->layout,
		.keep = w->keep,
		.opregion = w->go.opregion,
	};
	int ret = dm_guest_create(&conf, &w->guest);

	if (ret) {
		gt_error_set(err, "cannot map the RAM of BAR0: %s", strerror(-ret));
		return ret;
	}
	ret = dm_ioreqs_create(w->dmod, w->fmem, w->evtchn, w->plan->domid, w->go.server,
			       w->keep, &w->ioreqs);
	if (ret) {
		gt_error_set(err, "cannot take requests of domain %u: %s", w->plan->domid,
			     strerror(-ret));
	}
	return ret;
}

static int confine(struct worker *w, struct gt_error *err)
{
	if (xentoolcore_restrict_all((domid_t)w->plan->domid)) {
		int ret = -errno;

		gt_error_set(err, "cannot restrict the worker to domain %u: %s", w->plan->domid,
			     strerror(-ret));
		return ret;
	}
	return dm_sandbox_enter(w->plan->domid, err);
}

/* The monitors of the monitor file; those of heads that do not exist stay in the file. */
static int plug_monitors(struct worker *w, struct gt_error *err)
{
	const struct dm_monitors *m = &w->plan->monitors;
	int ret = 0;

	for (unsigned head = 0; !ret && head < m->nr && head < w->plan->opt.nr_heads; head++) {
		ret = gt_vgpu_plug(w->vgpu, head, m->head[head].edid, m->head[head].edid_B);
	}
	if (ret) {
		gt_error_set(err, "vgt_monitor_config_file: an EDID in it is older than 1.3");
	}
	return ret;
}

static int create_vgpu(struct worker *w, struct gt_error *err)
{
	int ret = gt_vgpu_create(&w->plan->opt, w->guest, NULL, &w->vgpu);

	if (ret) {
		gt_error_set(err, "cannot make the vGPU: %s", strerror(-ret));
		return ret;
	}
	if (!gt_vgpu_is_inherited(w->vgpu)) {
		ret = plug_monitors(w, err);
	} else if (w->go.forget_work) {
		gt_vgpu_forget_work(w->vgpu);
	}
	if (ret) {
		return ret;
	}
	ret = w->trace_fd < 0 ? 0 : gt_vgpu_record(w->vgpu, w->trace_fd, DM_TRACE_MAX_B);
	w->trace_fd = -1;
	if (ret) {
		gt_error_set(err, "cannot record: %s", strerror(-ret));
		return ret;
	}
	ret = gt_server_create(w->vgpu, w->listen_fd, w->plan->name, &w->server);
	if (ret) {
		gt_error_set(err, "cannot serve display clients: %s", strerror(-ret));
		return ret;
	}
	w->listen_fd = -1;
	gt_server_set_input(w->server, w->input_fd);
	if (gt_vgpu_is_inherited(w->vgpu)) {
		dm_ioreqs_inherit(w->ioreqs, w->guest, w->vgpu, w->go.forget_work);
	}
	return 0;
}

/* The supervisor is done with its part, or gone (-EPIPE). */
static int wait_for_go(struct worker *w)
{
	ssize_t n;

	do {
		n = read(w->stop_fd, &w->go, sizeof(w->go));
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(w->go)) {
		return n < 0 ? -errno : -EPIPE;
	}
	w->layout.parking_gfn = w->go.parking_gfn;
	return 0;
}

static int set_up(struct worker *w, struct gt_error *err)
{
	bool is_first = !w->keep->begun;
	int ret = open_handles(w, err);

	if (!ret) {
		gt_error_set(err, "the supervisor is gone");
		ret = wait_for_go(w);
	}
	if (!ret) {
		ret = attach(w, err);
	}
	if (!ret && *w->plan->opt.record && is_first) {
		ret = dm_trace_open(w->plan->opt.record, &w->trace_fd, err);
	}
	if (!ret) {
		ret = confine(w, err);
	}
	return ret ? ret : create_vgpu(w, err);
}

static uint64_t deadline_ns(const struct worker *w)
{
	uint64_t vgpu_ns = gt_vgpu_deadline_ns(w->vgpu);
	uint64_t server_ns = gt_server_deadline_ns(w->server);

	return vgpu_ns < server_ns ? vgpu_ns : server_ns;
}

/* Time to sleep; true if for ever, i.e. until something happens. */
static bool sleep_time(const struct worker *w, bool busy, struct timespec *ts)
{
	uint64_t now_ns = w->guest->ops->now_ns(w->guest);
	uint64_t at_ns = busy ? 0 : deadline_ns(w);
	uint64_t rest_ns = at_ns > now_ns ? at_ns - now_ns : 0;
	bool settling = dm_tracking_is_pending(dm_guest_tracking(w->guest));

	if (settling && rest_ns > SETTLE_ns) {
		rest_ns = SETTLE_ns;
	}
	ts->tv_sec = (time_t)(rest_ns / NS_PER_S);
	ts->tv_nsec = (long)(rest_ns % NS_PER_S);
	return at_ns == UINT64_MAX && !settling;
}

static bool is_due(const struct worker *w)
{
	return gt_vgpu_deadline_ns(w->vgpu) <= w->guest->ops->now_ns(w->guest);
}

static void serve_requests(struct worker *w)
{
	struct pollfd p = { .fd = dm_ioreqs_fd(w->ioreqs), .events = POLLIN };

	/* xenevtchn_pending() blocks when nothing is pending, so ask before each. */
	for (unsigned i = 0; i < SERVE_BURST && poll(&p, 1, 0) == 1 && p.revents & POLLIN; i++) {
		dm_ioreqs_serve(w->ioreqs, w->guest, w->vgpu);
	}
}

static int loop(struct worker *w)
{
	struct pollfd fds[] = {
		{ .fd = dm_ioreqs_fd(w->ioreqs), .events = POLLIN },
		{ .fd = gt_server_fd(w->server), .events = POLLIN },
		{ .fd = w->stop_fd, .events = POLLIN },
	};
	bool busy = false;

	for (;;) {
		struct timespec ts;
		bool for_ever = sleep_time(w, busy, &ts);
		int n = ppoll(fds, GT_ARRAY_SIZE(fds), for_ever ? NULL : &ts, NULL);

		gt_vgpu_woken(w->vgpu);
		if (n < 0 && errno != EINTR) {
			gt_err(GT_T_DM, "cannot wait for events: %s", strerror(errno));
			return 1;
		}
		if (n > 0 && fds[2].revents) {
			return 0;
		}
		if (n > 0 && fds[0].revents & (POLLERR | POLLNVAL)) {
			gt_err(GT_T_DM, "lost the event channels");
			return 1;
		}
		if (n > 0 && fds[0].revents) {
			serve_requests(w);
		}
		if (n > 0 && fds[1].revents) {
			gt_server_dispatch(w->server);
		}
		if (gt_server_deadline_ns(w->server) <= w->guest->ops->now_ns(w->guest)) {
			gt_server_run(w->server);
		}
		dm_ioreqs_settle(w->ioreqs, w->guest);
		if (busy || is_due(w)) {
			busy = gt_vgpu_run(w->vgpu);
		}
	}
}

/* Told to stop, and the domain stays: its RAM goes where the supervisor finds it. */
static bool must_park(const struct worker *w)
{
	struct pollfd p = { .fd = w->stop_fd, .events = POLLIN };
	char word;

	return poll(&p, 1, 0) == 1 && read(w->stop_fd, &word, 1) == 1 &&
	       word == DM_STOP_PARK;
}

/* In an order that lets each still use what it stands on; with it the last foreign page goes. */
static void tear_down(struct worker *w)
{
	gt_server_destroy(w->server);
	gt_vgpu_destroy(w->vgpu);
	if (must_park(w)) {
		w->guest->ops->place_bar(w->guest, GT_BAR_MMIO, 0, 0);
	}
	/*
	 * Fails if the domain is gone or the supervisor was faster: both are fine.  First all pages
	 * whose writes exit become plain RAM, see dm/domain.c.
	 */
	xendevicemodel_map_mem_type_to_ioreq_server(w->dmod, (domid_t)w->plan->domid,
						    w->go.server, HVMMEM_ioreq_server, 0);
	xendevicemodel_destroy_ioreq_server(w->dmod, (domid_t)w->plan->domid, w->go.server);
	dm_ioreqs_destroy(w->ioreqs);
	dm_guest_destroy(w->guest);
	xenevtchn_close(w->evtchn);
	xenforeignmemory_close(w->fmem);
	xendevicemodel_close(w->dmod);
}

static void send_report(int fd, const char *text)
{
	struct dm_report r = { 0 };

	snprintf(r.err.text, sizeof(r.err.text), "%s", text);
	if (write(fd, &r, sizeof(r)) != sizeof(r)) {
		gt_err(GT_T_DM, "cannot report to the supervisor");
	}
	close(fd);
}

int dm_worker_run(const struct dm_plan *plan, struct dm_keep *keep, int listen_fd, int go_fd,
		  int report_fd, int input_fd)
{
	struct worker w = {
		.plan = plan,
		.keep = keep,
		.listen_fd = listen_fd,
		.stop_fd = go_fd,
		.input_fd = input_fd,
		.trace_fd = -1,
	};
	int own_fds[] = { listen_fd, go_fd, report_fd, input_fd, plan->log_fd };
	struct gt_error err = { "" };
	int status = 1;

	prctl(PR_SET_NAME, "xengt-worker", 0, 0, 0);
	/* The GPU looks at memory it waits for every few microseconds at first. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	dm_close_others(own_fds, GT_ARRAY_SIZE(own_fds));
	dm_layout_init(&w.layout, plan->opt.platform, plan->part.ggtt_size);
	if (*plan->opt.record) {
		dm_layout_trap_registers(&w.layout);
	}
	if (set_up(&w, &err)) {
		send_report(report_fd, err.text);
	} else {
		gt_info(GT_T_DM, "worker ready: %u pages of BAR RAM",
			dm_layout_nr_pages(&w.layout));
		send_report(report_fd, "");
		status = loop(&w);
	}
	if (!status) {
		tear_down(&w);
	}
	return status;
}
