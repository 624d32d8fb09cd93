/* SPDX-License-Identifier: MIT */
/* The guest seam over Xen's libraries. */
#ifndef DM_GUEST_XEN_H
#define DM_GUEST_XEN_H

#include <xendevicemodel.h>
#include <xenforeignmemory.h>

#include "keep.h"
#include "layout.h"
#include "tracking.h"

struct dm_guest_conf {
	xendevicemodel_handle *dmod; /* both handles outlive the guest */
	xenforeignmemory_handle *fmem;
	uint32_t domid;
	ioservid_t server;
	uint8_t slot;
	const struct dm_layout *layout; /* copied */
	struct dm_keep *keep; /* outlives the guest */
	gt_gpa_t opregion;
};

/*
 * Map the RAM of BAR0, which is parked or where another worker left it, and fill the seam.
 * Everything it does afterwards is allowed to a process restricted to the domain.  0 or negative
 * errno.
 */
int dm_guest_create(const struct dm_guest_conf *c, struct gt_guest **out);
void dm_guest_destroy(struct gt_guest *g);

/* The pages whose writes exit; lives as long as @g. */
struct dm_tracking *dm_guest_tracking(struct gt_guest *g);
/* Whether @gpa lies in a BAR where it is decoded now. */
bool dm_guest_in_bar(struct gt_guest *g, gt_gpa_t gpa);

#endif
