/* SPDX-License-Identifier: MIT */
/*
 * The page of requests shared with Xen.
 *
 * A request is taken once: its fields are copied out, and nothing is read from the page again.
 * Its slot goes READY (Xen) -> INPROCESS (us) -> RESP_READY (us) -> NONE (Xen); the vCPU sleeps
 * until the answer.  What a request means is decided in xengt/ioreq.c.
 */
#include "ioreq.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <xen/hvm/ioreq.h>
#include <xen/memory.h>

#include "guest_xen.h"
#include "xengt/log.h"

struct dm_ioreqs {
	xenforeignmemory_handle *fmem;
	xenevtchn_handle *evtchn;
	xenforeignmemory_resource_handle *resource;
	shared_iopage_t *page;
	unsigned nr_vcpus;
	bool *carried_out; /* by vCPU, in what outlives us */
	int *ports; /* local port of each vCPU, -1: not bound */
};

_Static_assert(DM_VCPUS_MAX == GT_PAGE_SIZE / sizeof(ioreq_t), "a slot a vCPU");

static enum gt_ioreq_type type_of(uint8_t type)
{
	switch (type) {
	case IOREQ_TYPE_PIO:
		return GT_IOREQ_PIO;
	case IOREQ_TYPE_COPY:
		return GT_IOREQ_MEMORY;
	case IOREQ_TYPE_PCI_CONFIG:
		return GT_IOREQ_CONFIG;
	case IOREQ_TYPE_INVALIDATE:
		return GT_IOREQ_INVALIDATE;
	default:
		return GT_IOREQ_OTHER;
	}
}

/* True if there was a request: then it is in @r and its slot is ours until ioreq_answer(). */
static bool ioreq_take(volatile ioreq_t *slot, struct gt_ioreq *r)
{
	if (slot->state != STATE_IOREQ_READY) {
		return false;
	}
	/* The other fields are valid once READY has been seen. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*r = (struct gt_ioreq){
		.type = type_of(slot->type),
		.addr = slot->addr,
		.data = slot->data,
		.count = slot->count,
		.size = slot->size,
		.data_is_ptr = slot->data_is_ptr,
		.read = slot->dir == IOREQ_READ,
		.down = slot->df,
	};
	slot->state = STATE_IOREQ_INPROCESS;
	return true;
}

static void ioreq_answer(volatile ioreq_t *slot, const struct gt_ioreq *r)
{
	if (r->read && !r->data_is_ptr) {
		slot->data = r->data;
	}
	/* Data and guest memory first, then the state that makes Xen look. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	slot->state = STATE_IORESP_READY;
}

static int bind_ports(struct dm_ioreqs *q, uint32_t domid)
{
	q->ports = calloc(q->nr_vcpus, sizeof(*q->ports));
	if (!q->ports) {
		return -ENOMEM;
	}
	for (unsigned i = 0; i < q->nr_vcpus; i++) {
		uint32_t remote = ((volatile ioreq_t *)&q->page->vcpu_ioreq[i])->vp_eport;

		q->ports[i] = xenevtchn_bind_interdomain(q->evtchn, domid, remote);
		if (q->ports[i] < 0) {
			return -errno;
		}
	}
	return 0;
}

int dm_ioreqs_create(xendevicemodel_handle *dmod, xenforeignmemory_handle *fmem,
		     xenevtchn_handle *evtchn, uint32_t domid, ioservid_t server,
		     struct dm_keep *keep, struct dm_ioreqs **out)
{
	struct dm_ioreqs *q = calloc(1, sizeof(*q));
	void *addr = NULL;
	int ret;

	if (!q) {
		return -ENOMEM;
	}
	q->fmem = fmem;
	q->evtchn = evtchn;
	q->carried_out = keep->carried_out;
	if (xendevicemodel_nr_vcpus(dmod, (domid_t)domid, &q->nr_vcpus)) {
		ret = -errno;
		goto err;
	}
	if (!q->nr_vcpus || q->nr_vcpus > DM_VCPUS_MAX) {
		ret = -ERANGE;
		goto err;
	}
	/* Frame 0 would be the buffered requests, which we do not ask for. */
	q->resource = xenforeignmemory_map_resource(
		fmem, (domid_t)domid, XENMEM_resource_ioreq_server, server,
		XENMEM_resource_ioreq_server_frame_ioreq(0), 1, &addr, PROT_READ | PROT_WRITE, 0);
	if (!q->resource) {
		ret = -errno;
		goto err;
	}
	q->page = addr;
	/* Xen fills in the event channels when a server whose page exists is enabled. */
	if (xendevicemodel_set_ioreq_server_state(dmod, (domid_t)domid, server, 1)) {
		ret = -errno;
		goto err;
	}
	ret = bind_ports(q, domid);
	if (ret) {
		goto err;
	}
	*out = q;
	return 0;
err:
	dm_ioreqs_destroy(q);
	return ret;
}

void dm_ioreqs_destroy(struct dm_ioreqs *q)
{
	if (!q) {
		return;
	}
	for (unsigned i = 0; q->ports && i < q->nr_vcpus; i++) {
		if (q->ports[i] > 0) {
			xenevtchn_unbind(q->evtchn, (evtchn_port_t)q->ports[i]);
		}
	}
	if (q->resource) {
		xenforeignmemory_unmap_resource(q->fmem, q->resource);
	}
	free(q->ports);
	free(q);
}

int dm_ioreqs_fd(const struct dm_ioreqs *q)
{
	return xenevtchn_fd(q->evtchn);
}

/* How long to wait for answers to be picked up, while a vCPU may make its next request. */
#define PICK_UP_ns 30000u

static volatile ioreq_t *slot_of(struct dm_ioreqs *q, unsigned vcpu)
{
	return &q->page->vcpu_ioreq[vcpu];
}

static bool all_picked_up(struct dm_ioreqs *q)
{
	for (unsigned i = 0; i < q->nr_vcpus; i++) {
		if (slot_of(q, i)->state == STATE_IORESP_READY) {
			return false;
		}
	}
	return true;
}

/* The instruction behind a waiting request may have touched the page before, too. */
static bool is_busy(void *ctx, gt_gfn_t gfn)
{
	struct dm_ioreqs *q = ctx;

	for (unsigned i = 0; i < q->nr_vcpus; i++) {
		volatile ioreq_t *slot = slot_of(q, i);

		if (slot->state == STATE_IOREQ_READY && slot->type == IOREQ_TYPE_COPY &&
		    (slot->addr >> GT_PAGE_SHIFT) - gfn + 1 <= 2) {
			return true;
		}
	}
	return false;
}

void dm_ioreqs_settle(struct dm_ioreqs *q, struct gt_guest *g)
{
	uint64_t end_ns;

	if (!dm_tracking_is_pending(dm_guest_tracking(g))) {
		return;
	}
	end_ns = g->ops->now_ns(g) + PICK_UP_ns;
	while (!all_picked_up(q)) {
		if (g->ops->now_ns(g) >= end_ns) {
			return;
		}
	}
	dm_tracking_settle(dm_guest_tracking(g), is_busy, q);
}

/* Whether Xen will look at the page's type once more when it has the answer. */
static bool is_ram_write(struct gt_guest *g, const struct gt_ioreq *r)
{
	return r->type == GT_IOREQ_MEMORY && !r->read && !r->data_is_ptr &&
	       !dm_guest_in_bar(g, r->addr);
}

static void answer(struct dm_ioreqs *q, unsigned vcpu, const struct gt_ioreq *r)
{
	ioreq_answer(slot_of(q, vcpu), r);
	if (xenevtchn_notify(q->evtchn, (evtchn_port_t)q->ports[vcpu])) {
		gt_err(GT_T_DM, "cannot wake vCPU %u", vcpu);
	}
}

static void serve_vcpu(struct dm_ioreqs *q, unsigned vcpu, struct gt_guest *g, struct gt_vgpu *v)
{
	volatile ioreq_t *slot = slot_of(q, vcpu);
	struct gt_ioreq r;

	if (!ioreq_take(slot, &r)) {
		return;
	}
	gt_ioreq_handle(v, &r);
	q->carried_out[vcpu] = !r.read;
	if (is_ram_write(g, &r)) {
		dm_tracking_hold(dm_guest_tracking(g), r.addr >> GT_PAGE_SHIFT);
	}
	answer(q, vcpu, &r);
	q->carried_out[vcpu] = false;
	dm_ioreqs_settle(q, g);
}

void dm_ioreqs_inherit(struct dm_ioreqs *q, struct gt_guest *g, struct gt_vgpu *v,
		       bool without_doing)
{
	for (unsigned i = 0; i < q->nr_vcpus; i++) {
		volatile ioreq_t *slot = slot_of(q, i);

		if (slot->state == STATE_IOREQ_INPROCESS) {
			if (q->carried_out[i] || without_doing) {
				answer(q, i, &(struct gt_ioreq){ .read = slot->dir == IOREQ_READ,
								 .data = UINT64_MAX });
			} else {
				slot->state = STATE_IOREQ_READY;
			}
		}
		q->carried_out[i] = false;
		serve_vcpu(q, i, g, v);
	}
}

void dm_ioreqs_serve(struct dm_ioreqs *q, struct gt_guest *g, struct gt_vgpu *v)
{
	int port = xenevtchn_pending(q->evtchn);

	if (port < 0) {
		return;
	}
	xenevtchn_unmask(q->evtchn, (evtchn_port_t)port);
	for (unsigned i = 0; i < q->nr_vcpus; i++) {
		if (q->ports[i] == port) {
			serve_vcpu(q, i, g, v);
			return;
		}
	}
}
