/* SPDX-License-Identifier: MIT */
/*
 * One request of a hypervisor, in plain fields: what dm/ hands over, and what a fuzzer can feed.
 *
 * How Xen cuts guest instructions into these was measured on Xen 4.17: sizes 1, 2, 4 or 8; a rep
 * instruction is one request with a count, cut at page ends; with data_is_ptr the data is the
 * guest-physical address of the buffer, else the value itself.
 */
#ifndef XENGT_IOREQ_H
#define XENGT_IOREQ_H

#include "xengt/types.h"

struct gt_vgpu;

enum gt_ioreq_type {
	GT_IOREQ_PIO,	     /* port I/O: we have no ports */
	GT_IOREQ_MEMORY,     /* a BAR, or a write of a page of type HVMMEM_ioreq_server */
	GT_IOREQ_CONFIG,     /* PCI configuration: sbdf in addr 63:32, register in 31:0 */
	GT_IOREQ_INVALIDATE, /* the guest gave memory back */
	GT_IOREQ_OTHER,
};

struct gt_ioreq {
	enum gt_ioreq_type type;
	uint64_t addr;
	uint64_t data;
	uint32_t count; /* elements; 1 unless the instruction had a rep prefix */
	uint32_t size;	/* bytes of an element */
	bool data_is_ptr;
	bool read;
	bool down; /* addresses go down from element to element (EFLAGS.DF) */
};

/*
 * Every check on an untrusted request, and the only one: true if gt_ioreq_handle() would act on
 * it.  A request that is not valid reads all ones and writes nothing.
 */
bool gt_ioreq_valid(const struct gt_ioreq *r);

/* Carry out @r.  A read that is not data_is_ptr leaves its value in r->data. */
void gt_ioreq_handle(struct gt_vgpu *v, struct gt_ioreq *r);

#endif
