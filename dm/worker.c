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
#include "config.h"

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

#include "brief.h"
#include "guest_xen.h"
#include "ioreq.h"
#include "keep.h"
#include "monitor_file.h"
#include "plan.h"
#include "sandbox.h"
#include "trace.h"
#include "xengt/log.h"

#define NS_PER_S 1000000000u
/* Requests served between two looks at the other descriptors. */
#define SERVE_BURST 64
/* How long until another look at pages that lose their type. */
#define SETTLE_ns 1000000u

struct worker {
	struct dm_brief brief;
	struct gt_partition part;
	struct dm_monitors monitors; /* of the monitor file */
	struct dm_keep *keep;
	int trace_fd; /* -1: nothing is recorded */
	char last_word; /* of the supervisor, DM_STOP_*; 0: none */
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
		.domid = w->brief.domid,
		.server = (ioservid_t)w->brief.server,
		.slot = (uint8_t)w->brief.slot,
		.layout = &w->layout,
		.keep = w->keep,
		.opregion = w->brief.opregion,
	};
	int ret = dm_guest_create(&conf, &w->guest);

	if (ret) {
		gt_error_set(err, "cannot map the RAM of BAR0: %s", strerror(-ret));
		return ret;
	}
	ret = dm_ioreqs_create(w->dmod, w->fmem, w->evtchn, w->brief.domid,
			       (ioservid_t)w->brief.server, w->keep, &w->ioreqs);
	if (ret) {
		gt_error_set(err, "cannot take requests of domain %u: %s", w->brief.domid,
			     strerror(-ret));
	}
	return ret;
}

static int confine(struct worker *w, struct gt_error *err)
{
	if (xentoolcore_restrict_all((domid_t)w->brief.domid)) {
		int ret = -errno;

		gt_error_set(err, "cannot restrict the worker to domain %u: %s", w->brief.domid,
			     strerror(-ret));
		return ret;
	}
	return dm_sandbox_enter(w->brief.domid, err);
}

/* The monitors of the monitor file; those of heads that do not exist stay in the file. */
static int plug_monitors(struct worker *w, struct gt_error *err)
{
	const struct dm_monitors *m = &w->monitors;
	int ret = 0;

	for (unsigned head = 0; !ret && head < m->nr && head < w->brief.opt.nr_heads; head++) {
		ret = gt_vgpu_plug(w->vgpu, head, m->head[head].edid, m->head[head].edid_B);
	}
	if (ret) {
		gt_error_set(err, "vgt_monitor_config_file: an EDID in it is older than 1.3");
	}
	return ret;
}

static int create_vgpu(struct worker *w, struct gt_error *err)
{
	int ret = gt_vgpu_create(&w->brief.opt, w->guest, NULL, &w->vgpu);

	if (ret) {
		gt_error_set(err, "cannot make the vGPU: %s", strerror(-ret));
		return ret;
	}
	if (!gt_vgpu_is_inherited(w->vgpu)) {
		ret = plug_monitors(w, err);
	} else if (w->brief.forget_work) {
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
	ret = gt_server_create(w->vgpu, w->brief.listen_fd, w->brief.name, &w->server);
	if (ret) {
		gt_error_set(err, "cannot serve display clients: %s", strerror(-ret));
		return ret;
	}
	gt_server_set_input(w->server, w->brief.input_fd);
	if (gt_vgpu_is_inherited(w->vgpu)) {
		dm_ioreqs_inherit(w->ioreqs, w->guest, w->vgpu, w->brief.forget_work);
	}
	return 0;
}

/* What is there already, and what can be read no more from inside the sandbox. */
static int find(struct worker *w, struct gt_error *err)
{
	const struct gt_options *o = &w->brief.opt;
	int ret = gt_partition_init(&w->part, o, err);

	if (ret) {
		return ret;
	}
	ret = dm_keep_map(w->brief.keep_fd, w->brief.from_fd, &w->keep);
	if (ret) {
		gt_error_set(err, "cannot take over what the last worker left: %s", strerror(-ret));
		return ret;
	}
	dm_layout_init(&w->layout, o->platform, w->part.ggtt_size);
	w->layout.parking_gfn = w->brief.parking_gfn;
	if (*o->record) {
		dm_layout_trap_registers(&w->layout);
	}
	if (w->keep->begun) {
		dm_layout_follow(&w->layout, w->keep->classes);
		return 0;
	}
	if (*o->monitor_config_file) {
		ret = dm_monitor_read(o->monitor_config_file, &w->monitors, err);
	}
	if (!ret && *o->record) {
		ret = dm_trace_open(o->record, &w->trace_fd, err);
	}
	return ret;
}

static int set_up(struct worker *w, struct gt_error *err)
{
	int ret = find(w, err);

	if (!ret) {
		ret = open_handles(w, err);
	}
	if (!ret) {
		ret = attach(w, err);
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

/* Told to stop: and what else? */
static void hear_last_word(struct worker *w)
{
	struct pollfd p = { .fd = w->brief.stop_fd, .events = POLLIN };

	if (poll(&p, 1, 0) != 1 || read(w->brief.stop_fd, &w->last_word, 1) != 1) {
		w->last_word = 0;
	}
}

static int loop(struct worker *w)
{
	struct pollfd fds[] = {
		{ .fd = dm_ioreqs_fd(w->ioreqs), .events = POLLIN },
		{ .fd = gt_server_fd(w->server), .events = POLLIN },
		{ .fd = w->brief.stop_fd, .events = POLLIN },
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
			hear_last_word(w);
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

/* In an order that lets each still use what it stands on; with it the last foreign page goes. */
static void tear_down(struct worker *w)
{
	gt_server_destroy(w->server);
	gt_vgpu_destroy(w->vgpu);
	if (w->last_word == DM_STOP_PARK) {
		/* The domain stays: its RAM goes where the supervisor finds it. */
		w->guest->ops->place_bar(w->guest, GT_BAR_MMIO, 0, 0);
	}
	/*
	 * Fails if the domain is gone or the supervisor was faster: both are fine.  First all pages
	 * whose writes exit become plain RAM, see dm/domain.c.
	 */
	xendevicemodel_map_mem_type_to_ioreq_server(w->dmod, (domid_t)w->brief.domid,
						    (ioservid_t)w->brief.server,
						    HVMMEM_ioreq_server, 0);
	xendevicemodel_destroy_ioreq_server(w->dmod, (domid_t)w->brief.domid,
					    (ioservid_t)w->brief.server);
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

static void start_log(const struct worker *w)
{
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "d%u ", w->brief.domid);
	gt_log_init(-1, prefix);
	gt_log_configure(w->brief.opt.log);
}

int dm_worker_run(int nr, char *const *words)
{
	struct worker w = { .trace_fd = -1 };
	struct gt_error err = { "" };
	int status = 1;

	prctl(PR_SET_NAME, "xengt-worker", 0, 0, 0);
	/* The GPU looks at memory it waits for every few microseconds at first. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	if (dm_brief_parse(&w.brief, nr, words, &err)) {
		fprintf(stderr, "xengt-dm: %s\n", err.text);
		if (w.brief.report_fd >= 0) {
			send_report(w.brief.report_fd, err.text);
		}
		return status;
	}
	start_log(&w);
	if (set_up(&w, &err)) {
		send_report(w.brief.report_fd, err.text);
	} else {
		gt_info(GT_T_DM, "worker of xengt " PACKAGE_VERSION " ready: %u pages of BAR RAM",
			dm_layout_nr_pages(&w.layout));
		send_report(w.brief.report_fd, "");
		status = loop(&w);
	}
	if (!status && w.last_word != DM_STOP_HAND_OVER) {
		tear_down(&w);
	}
	return status;
}
