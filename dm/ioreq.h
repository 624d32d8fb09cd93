/* SPDX-License-Identifier: MIT */
/* The page of requests shared with Xen: one slot a vCPU, and an event channel for each. */
#ifndef DM_IOREQ_H
#define DM_IOREQ_H

#include <xendevicemodel.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>

#include "xengt/ioreq.h"

struct dm_ioreqs;
struct dm_keep;
struct gt_guest;

/*
 * Map the requests of @server of @domid, enable it, and bind to each vCPU's event channel.  The
 * handles outlive the result.  0 or negative errno.
 */
int dm_ioreqs_create(xendevicemodel_handle *dmod, xenforeignmemory_handle *fmem,
		     xenevtchn_handle *evtchn, uint32_t domid, ioservid_t server,
		     struct dm_keep *keep, struct dm_ioreqs **out);
void dm_ioreqs_destroy(struct dm_ioreqs *q);

/* Readable when dm_ioreqs_serve() has something to do. */
int dm_ioreqs_fd(const struct dm_ioreqs *q);

/*
 * After another worker: requests that wait, and the one it died of or with, which is only answered
 * if it has been carried out, or if @without_doing: then a write is lost, a read gives all ones.
 */
void dm_ioreqs_inherit(struct dm_ioreqs *q, struct gt_guest *g, struct gt_vgpu *v,
		       bool without_doing);
/* Take one event, carry out the request of its vCPU, if there is one, and answer it. */
void dm_ioreqs_serve(struct dm_ioreqs *q, struct gt_guest *g, struct gt_vgpu *v);

/*
 * Let pages go that are not tracked any more (tracking.h).  Does nothing while an answer has not
 * been picked up: call it again soon if dm_tracking_is_pending().
 */
void dm_ioreqs_settle(struct dm_ioreqs *q, struct gt_guest *g);

#endif
