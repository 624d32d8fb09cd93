/* SPDX-License-Identifier: MIT */
/*
 * xengt-dm: what device_model_override names.
 *
 * Decides whether the domain gets a vGPU, starts the mediator if so, and becomes QEMU.  A guest
 * that asked for a vGPU and cannot have one does not start: it would only look as if all were well.
 */
#define _GNU_SOURCE
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "args.h"
#include "brief.h"
#include "checks.h"
#include "complain.h"
#include "launch.h"
#include "monitor_file.h"
#include "qemu.h"
#include "run.h"
#include "worker.h"
#include "xengt/log.h"
#include "xlconfig.h"
#include "xlproc.h"

static void print_help(void)
{
	printf("Usage: device_model_override=\"%s\" in a domain's configuration\n\n"
	       "Gives an HVM guest a mediated Intel GPU, then becomes the QEMU it stands for.\n"
	       "Options are keys of the configuration (or of xl's command line), or\n"
	       "device_model_args_hvm=[\"-xengt\", \"KEY=VALUE,...\"]:\n\n",
	       "/usr/libexec/xengt/xengt-dm");
	for (const struct gt_option_row *r = gt_option_rows; r->key; r++) {
		char left[64];

		snprintf(left, sizeof(left), "%s=%s", r->key, r->arg);
		printf("  %-34s %s [%s]\n", left, r->help, r->deflt);
	}
}

static int gather(struct dm_plan *plan, const struct dm_args *args, const struct dm_xl *xl,
		  struct gt_error *err)
{
	struct dm_monitors monitors; /* the worker reads them; here it can still be said */
	int ret;

	gt_options_init(&plan->opt);
	/* The record of where the configuration is, for reboots, lives there. */
	dm_run_prepare();
	ret = dm_xlconfig_gather(&plan->opt, xl, args, err);
	if (ret || !plan->opt.vgt) {
		return ret;
	}
	ret = gt_options_check(&plan->opt, err);
	if (!ret) {
		ret = gt_partition_init(&plan->part, &plan->opt, err);
	}
	if (!ret && *plan->opt.monitor_config_file) {
		ret = dm_monitor_read(plan->opt.monitor_config_file, &monitors, err);
	}
	if (!ret && *plan->opt.vnc) {
		ret = dm_vnc_look_up(plan->opt.vnc, DM_VNC_PROGRAM, &plan->vnc_user, err);
	}
	return ret;
}

static int start_mediator(struct dm_plan *plan, const struct dm_args *args, struct gt_error *err)
{
	char prefix[32];
	int ret = dm_choose_slot(&plan->opt, args->slots_taken, &plan->slot, err);

	if (!ret) {
		ret = dm_check_domain(plan->domid, err);
	}
	if (ret) {
		return ret;
	}
	snprintf(prefix, sizeof(prefix), "d%u ", plan->domid);
	gt_log_init(plan->log_fd, prefix);
	gt_log_configure(plan->opt.log);
	return dm_launch(plan, err);
}

/* QEMU and the mediator have an end each of a socket that nobody else has. */
static int make_monitor(struct dm_plan *plan, struct dm_args *args, struct gt_error *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) ||
	    fcntl(ends[1], F_SETFD, 0)) {
		int ret = -errno;

		gt_error_set(err, "cannot make a monitor of QEMU: %s", strerror(-ret));
		return ret;
	}
	plan->qemu_fd = ends[0];
	dm_args_add_monitor(args, ends[1]);
	return 0;
}

static int become_qemu(const char *qemu, char **argv, struct gt_error *err)
{
	argv[0] = (char *)(uintptr_t)qemu;
	execv(qemu, argv);
	int ret = -errno;

	gt_error_set(err, "cannot run %.400s: %s", qemu, strerror(-ret));
	return ret;
}

/* Everything up to QEMU; returns only when something failed. */
static int run(struct dm_plan *plan, struct dm_args *args, const struct dm_xl *xl,
	       struct gt_error *err)
{
	char qemu[GT_OPTIONS_PATH];
	int ret = gather(plan, args, xl, err);

	if (!ret) {
		ret = dm_qemu_find(plan->opt.qemu, qemu, err);
	}
	if (!ret && plan->opt.vgt && !args->has_domid) {
		gt_error_set(err, "no -xen-domid: a toolstack starts this program, not a person");
		ret = -EINVAL;
	}
	if (!ret && plan->opt.vgt) {
		plan->log_fd = dm_run_log(args->name, args->domid);
		ret = make_monitor(plan, args, err);
	}
	if (!ret && plan->opt.vgt) {
		ret = start_mediator(plan, args, err);
	}
	return ret ? ret : become_qemu(qemu, args->qemu_argv, err);
}

int main(int argc, char **argv)
{
	struct dm_plan plan = { .log_fd = -1, .qemu_fd = -1 };
	struct dm_args args = { 0 };
	struct dm_xl xl = { 0 };
	struct gt_error err = { "" };
	bool has_xl;
	int ret;

	if (argc > 1 && !strcmp(argv[1], DM_WORKER_WORD)) {
		return dm_worker_run(argc - 2, argv + 2);
	}
	ret = dm_args_parse(&args, argc, argv, &err);
	has_xl = !ret && !dm_xl_find(&xl);

	if (!ret && !args.has_domid && args.help) {
		print_help();
	} else if (!ret && !args.has_domid && args.version) {
		printf("xengt-dm %s\n", PACKAGE_VERSION);
	} else if (!ret) {
		plan.domid = args.domid;
		plan.name = args.name;
		ret = run(&plan, &args, has_xl ? &xl : NULL, &err);
	}
	if (ret) {
		dm_complain(has_xl ? &xl : NULL, plan.log_fd, err.text);
	}
	if (has_xl) {
		dm_xl_finish(&xl);
	}
	dm_args_finish(&args);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
