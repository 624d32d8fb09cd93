/* SPDX-License-Identifier: MIT */
/*
 * Pages of guest RAM whose writes exit, and when they may stop to.
 *
 * Xen carries out a trapped instruction twice: once to find out that there is a request, and again,
 * when it is answered, to complete it.  If the page's type has changed between the two, the second
 * time goes another way (a rep stos straight to memory, a locked instruction once more), the answer
 * is left over, and the next request finds it and crashes the domain.  So a page keeps its type
 * until each instruction whose request was answered is known to be complete:
 *
 *   tracked --set(false)--> leaving --settle()--> plain RAM
 *                              ^                      |
 *                              +------- hold() -------+  a request that was on its way
 *
 * An instruction is complete when Xen has picked the answer up and has then paused the domain once:
 * a vCPU stops only between instructions.  No Xen needed to build or test.
 */
#ifndef DM_TRACKING_H
#define DM_TRACKING_H

#include "xengt/types.h"

struct dm_tracking_ops {
	/* Make writes of the page exit, or not. 0 or negative errno. */
	int (*set_type)(void *ctx, gt_gfn_t gfn, bool tracked);
	/* Pause the domain, and let it run again. 0 or negative errno. */
	int (*barrier)(void *ctx);
};

struct dm_tracking;
int dm_tracking_create(const struct dm_tracking_ops *ops, void *ctx, struct dm_tracking **out);
/* Leaves the types of pages as they are. */
void dm_tracking_destroy(struct dm_tracking *t);

/* As gt_guest_ops.set_tracked. -EBUSY: the page is leaving. */
int dm_tracking_set(struct dm_tracking *t, gt_gfn_t gfn, bool tracked);
/* A request to write @gfn is going to be answered: the page must still have its type then. */
void dm_tracking_hold(struct dm_tracking *t, gt_gfn_t gfn);
/* True if there are pages that are leaving. */
bool dm_tracking_is_pending(const struct dm_tracking *t);
/*
 * Let leaving pages go.  Call it when no answer is left that Xen has not picked up; @is_busy says
 * whether a request for the page, or for a neighbour, is waiting: that one stays.
 */
void dm_tracking_settle(struct dm_tracking *t, bool (*is_busy)(void *ctx, gt_gfn_t gfn), void *ctx);

#endif
