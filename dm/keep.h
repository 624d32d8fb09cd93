/* SPDX-License-Identifier: MIT */
/*
 * What outlives a worker: a memfd that the supervisor makes before the first one.  Each worker maps
 * it, the first one lays it out (xengt/keep.h); the supervisor looks at none of it.
 *
 * With the RAM of BAR0, which is the domain's, and the ioreq server, which is Xen's, it is all that
 * another worker needs to go on.  A worker that a guest has taken over can write anything here; who
 * believes it is the next worker, which has no more rights than that one had.
 */
#ifndef DM_KEEP_H
#define DM_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "xengt/vgpu.h"

/* As many as the page of requests has slots. */
#define DM_VCPUS_MAX (GT_PAGE_SIZE / 32)

enum { DM_PLACE_MMIO, DM_PLACE_APERTURE, DM_PLACE_ROM, DM_NR_PLACES };

struct dm_place {
	gt_gpa_t base; /* 0: not decoded */
	uint64_t size_B;
};

struct dm_keep {
	bool begun; /* the rest is valid */
	gt_gfn_t ram_gfn; /* where page 0 of BAR0 is: where it is parked, or the BAR's */
	struct dm_place places[DM_NR_PLACES];
	/* By vCPU: its request has been carried out, though not answered. */
	bool carried_out[DM_VCPUS_MAX];
	uint8_t classes[GT_NR_REG_PAGES]; /* enum gt_page_class, as register pages are now */
	_Alignas(GT_PAGE_SIZE) uint8_t regs[GT_REGS_SIZE]; /* of pages that are not RAM */
	uint8_t vgpu[]; /* gt_vgpu_keep_B() */
};

/*
 * What a worker begins with, mapped.  With @from_fd -1 that is what is in @keep_fd, or zeros if
 * that is empty; else what a worker of another program left in @from_fd, which stays as it is.  0,
 * or negative errno: -ESTALE if it was laid out by another program.
 */
int dm_keep_map(int keep_fd, int from_fd, struct dm_keep **out);

#endif
