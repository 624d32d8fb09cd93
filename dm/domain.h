/* SPDX-License-Identifier: MIT */
/* What the supervisor does to a domain through Xen: an ioreq server, and RAM for BAR0. */
#ifndef DM_DOMAIN_H
#define DM_DOMAIN_H

#include <xenctrl.h>
#include <xendevicemodel.h>

#include "plan.h"

struct dm_domain {
	xc_interface *xc;
	xendevicemodel_handle *dmod;
	uint32_t domid;
	bool has_server;
	ioservid_t server;
	struct dm_layout layout;
	gt_gpa_t opregion; /* 0: there is none */
};

/*
 * Make the ioreq server, give it the PCI function and the memory type, park the RAM of BAR0, and
 * put the OpRegion where drivers are told that it is; without that last they do, so its failure is
 * logged only.
 * 0, or negative errno and @err; dm_domain_close() is due in either case.
 */
int dm_domain_open(struct dm_domain *d, const struct dm_plan *plan, struct gt_error *err);
/* Destroy the ioreq server: what the guest reads of the vGPU from now on is all ones. */
void dm_domain_close(struct dm_domain *d);
/*
 * The guest's kernel has been replaced by kexec (SHUTDOWN_soft_reset): the toolstack keeps the
 * domain and its memory, and is about to start a new device model.
 */
bool dm_domain_starts_over(struct dm_domain *d);
/* Take the OpRegion and the RAM of BAR0, which must be parked, away: another mediator follows. */
void dm_domain_withdraw_ram(struct dm_domain *d);
/* Whether the domain is being destroyed, or is not there any more. */
bool dm_domain_is_gone(struct dm_domain *d);

#endif
