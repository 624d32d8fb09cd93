/* SPDX-License-Identifier: MIT */
/*
 * A guest without a hypervisor: memory in a memfd, a clock set by hand, and a fault injector that
 * makes the n-th call fail.  The second filling of the guest seam.
 */
#ifndef FAKE_GUEST_H
#define FAKE_GUEST_H

#include "xengt/guest.h"

struct fake_guest {
	struct gt_guest base;
	uint8_t *mem;	    /* the whole of guest memory, for the test's own use */
	uint64_t mem_B;
	int fd;
	uint64_t clock_ns;  /* what now_ns() returns */
	unsigned fail_in;   /* the fail_in-th fallible call from now fails with -ENOMEM; 0: none */
	unsigned nr_calls;  /* fallible calls made */
	size_t nr_mapped;   /* pages mapped at the moment */
	uint64_t nr_maps;   /* calls that mapped something, so far */
	bool *tracked;	    /* by frame: whether writes exit */
	size_t nr_tracked;
	unsigned nr_msi;    /* MSIs raised */
	uint64_t msi_addr;
	uint32_t msi_data;
	bool intx;
	gt_gpa_t placed[7]; /* by enum gt_bar: last base */
	uint64_t placed_B[7];
	unsigned nr_placed; /* calls of place_bar */
};

/* Whether guests made from now on have a keep, in which a vGPU outlives its process. */
extern bool fake_guest_has_keep;

/* @mem_MiB of memory from gpa 0 on, and a GGTT of @nr_gtt entries. NULL if out of memory. */
struct fake_guest *fake_guest_create(unsigned mem_MiB, uint32_t nr_gtt);
void fake_guest_destroy(struct fake_guest *f);

/* Guest memory by address, for 32- and 64-bit values; aborts on a test's own mistake. */
uint32_t fake_guest_r32(const struct fake_guest *f, gt_gpa_t gpa);
void fake_guest_w32(struct fake_guest *f, gt_gpa_t gpa, uint32_t val);
uint64_t fake_guest_r64(const struct fake_guest *f, gt_gpa_t gpa);
void fake_guest_w64(struct fake_guest *f, gt_gpa_t gpa, uint64_t val);

#endif
