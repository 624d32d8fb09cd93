/* SPDX-License-Identifier: MIT */
/*
 * Submission: ELSP writes in, context status buffer and interrupts out.
 *
 * Collects the four dwords of an ELSP write, checks the descriptors, hands them to the GPU seam,
 * and turns its events into CSB entries in the guest's hardware status page (dwords 0x10..0x1b,
 * write pointer in dword 0x1f), CONTEXT_STATUS_PTR and GT interrupts.
 * PRM SKL vol 7, "Execlists".
 */
#ifndef GT_SUBMIT_H
#define GT_SUBMIT_H

#include "xengt/hw.h"

struct gt_vgpu;

struct gt_submit_engine {
	uint32_t elsp[4];
	unsigned nr_elsp;    /* dwords collected */
	unsigned nr_waiting; /* submissions the GPU has not yet taken up: 0 or 1 */
	uint64_t submitted_ns; /* when the last submission came */
};

struct gt_submit {
	struct gt_submit_engine engine[GT_NR_ENGINES];
	struct gt_hw *hw;
	bool busy;	       /* gt_hw_ops.run has work left */
	uint64_t busy_since_ns; /* when it came to have work */
	bool waiting;	       /* all that is left waits for memory ... */
	uint64_t wait_since_ns; /* ... since then */
	uint64_t poll_ns;      /* when to look again, if all that is left waits for memory */
	uint64_t cap_until_ns; /* vgt_cap: no run before this */
};

int gt_submit_init(struct gt_vgpu *v);
void gt_submit_finish(struct gt_vgpu *v);
void gt_submit_reset(struct gt_vgpu *v, uint32_t engine_mask);
/* One dword written to an engine's ELSP; the fourth submits. */
void gt_submit_elsp(struct gt_vgpu *v, enum gt_engine e, uint32_t dword);
/* Run the GPU for a while; true if work is left that can be done right now. */
bool gt_submit_run(struct gt_vgpu *v);
/* When to run again, in now_ns() time: 0 while work is left, later if vgt_cap says so. */
uint64_t gt_submit_deadline_ns(const struct gt_vgpu *v);

#endif
