/* SPDX-License-Identifier: MIT */
/*
 * The guest seam: everything the mediator asks of a hypervisor.
 *
 * Filled by dm/guest_xen.c over libxen*, and by tests/support/fake_guest.c over a memfd that can
 * be told to fail its n-th call.  Nothing in xengt/ reaches a guest in any other way.
 *
 * BAR0 as the guest sees it, and the two views of it the mediator gets:
 *
 *   guest BAR0 (16 MiB)                    host
 *   +0x000000 registers, 2 MiB    <----->  regs[]   GT_REGS_SIZE bytes
 *   +0x200000 nothing (reads 0)
 *   +0x800000 GGTT entries, 8 MiB <----->  gtt[]    one uint64_t an entry, ggtt_entries of them
 *
 * A register page of class GT_PAGE_SHADOWED or GT_PAGE_PLAIN is guest RAM placed inside the BAR:
 * its part of regs[] *is* that RAM.  The GTT half is guest RAM throughout.  Pages of class
 * GT_PAGE_TRAPPED are memory of the mediator that the guest reaches only through ioreqs.
 *
 * The guest can write PLAIN pages and the GTT half at any moment: read each value once.
 */
#ifndef XENGT_GUEST_H
#define XENGT_GUEST_H

#include "xengt/types.h"

#define GT_REGS_SIZE	  (2u << 20)
#define GT_NR_REG_PAGES	  (GT_REGS_SIZE / GT_PAGE_SIZE)
#define GT_BAR0_SIZE	  (16u << 20)
#define GT_BAR0_GTT	  (8u << 20) /* offset of the GTT half */
#define GT_MAX_GGTT_ENTRIES (GT_BAR0_GTT / 8)

/* How one 4 KiB page of BAR0's register half reaches us: see xengt/regs.h for how it is chosen. */
enum gt_page_class {
	GT_PAGE_TRAPPED,  /* reads and writes exit */
	GT_PAGE_SHADOWED, /* guest RAM of type HVMMEM_ioreq_server: reads free, writes exit */
	GT_PAGE_PLAIN,	  /* guest RAM: no exit at all; nothing is done about a write */
};

enum gt_bar { GT_BAR_MMIO = 0, GT_BAR_APERTURE = 2, GT_BAR_ROM = 6 };

struct gt_guest;

struct gt_guest_ops {
	/*
	 * Map @nr guest frames side by side into this process.  Frames that are not RAM leave a
	 * hole: err[i] is then a negative errno, and touching that page is a fault, so look.
	 * @err may not be NULL.  Returns NULL with errno set only if nothing could be mapped.
	 */
	void *(*map)(struct gt_guest *g, const gt_gfn_t *gfns, size_t nr, bool writable, int *err);
	void (*unmap)(struct gt_guest *g, void *addr, size_t nr);

	/*
	 * A BAR (or the ROM) is now decoded at @base, @size bytes; base 0: no longer decoded.
	 * For GT_BAR_MMIO the RAM inside moves along.  0 or negative errno; on failure the old
	 * place stays as it was where that is possible.
	 */
	int (*place_bar)(struct gt_guest *g, enum gt_bar bar, gt_gpa_t base, uint64_t size);

	/*
	 * Make writes of a page of guest RAM arrive as requests, which are then ours to carry out,
	 * or let them go through again.  Reads are free in either case.  0 or negative errno:
	 * not every page can be tracked.
	 */
	int (*set_tracked)(struct gt_guest *g, gt_gfn_t gfn, bool tracked);

	/* Raise one MSI (an edge) / drive the INTA# level. 0 or negative errno. */
	int (*raise_msi)(struct gt_guest *g, uint64_t addr, uint32_t data);
	int (*set_intx)(struct gt_guest *g, bool level);

	/* Monotonic time in nanoseconds; the fake's clock is set by hand. */
	uint64_t (*now_ns)(struct gt_guest *g);
};

/*
 * Base of every filling; the filling's own struct starts with it.  The filling owns both views;
 * they live as long as it does.
 */
struct gt_guest {
	const struct gt_guest_ops *ops;
	uint32_t domid;
	uint8_t *regs; /* GT_REGS_SIZE bytes, page-aligned */
	uint64_t *gtt; /* nr_gtt entries, page-aligned */
	uint32_t nr_gtt;
	/*
	 * gt_vgpu_keep_B() bytes that outlive the process, aligned to 64, as does regs[]; zeros for
	 * the first mediator.  NULL: nothing outlives it.
	 */
	void *keep;
	gt_gpa_t opregion; /* RAM that holds the OpRegion, below 4 GiB; 0: there is none */
};

#endif
