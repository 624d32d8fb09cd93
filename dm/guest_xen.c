/* SPDX-License-Identifier: MIT */
/*
 * The guest seam over Xen's libraries: foreign mappings, BARs, interrupts.
 *
 * Decides how the RAM inside BAR0 travels when the guest moves the BAR:
 *
 *   parked (base 0)                        decoded at base
 *   gfn parking + page      <-- relocate --> gfn (base >> 12) + page
 *   ioreq ranges: none                     ioreq range: [base, base + size)
 *
 * The mapping in this process is of the page itself and stays as it is.  What a BAR access means,
 * and when a BAR is decoded, is the mediator's business.
 */
#define _GNU_SOURCE
#include "guest_xen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "xengt/log.h"

/* A guest can move its BARs to impossible places for ever: this much is logged. */
#define COMPLAINTS_MAX 10

#define GPA_END (UINT64_C(1) << 52)

struct dm_guest {
	struct gt_guest base;
	struct dm_guest_conf c;
	struct dm_layout layout;
	struct dm_keep *keep;
	struct dm_tracking *tracking;
	uint8_t *saved; /* GT_REGS_SIZE: contents of SHADOWED pages during a move */
	unsigned nr_complaints;
};

_Static_assert(sizeof(gt_gfn_t) == sizeof(xen_pfn_t), "gfns are handed over as they are");

static struct dm_guest *to_dm(struct gt_guest *g)
{
	return (struct dm_guest *)g;
}

/* Whether @gfn may be RAM of BAR0: it belongs to the register file, not to those who map pages. */
static bool is_bar_ram(const struct dm_guest *d, gt_gfn_t gfn)
{
	return gfn - d->keep->ram_gfn < DM_BAR0_PAGES ||
	       gfn - d->layout.parking_gfn < DM_BAR0_PAGES;
}

/* A copy of @gfns in which our own pages are replaced by a frame no guest has; NULL: no memory. */
static xen_pfn_t *without_bar_ram(const struct dm_guest *d, const gt_gfn_t *gfns, size_t nr)
{
	xen_pfn_t *copy = calloc(nr, sizeof(*copy));

	for (size_t i = 0; copy && i < nr; i++) {
		copy[i] = is_bar_ram(d, gfns[i]) ? GPA_END >> GT_PAGE_SHIFT : gfns[i];
	}
	return copy;
}

/* Xen's libraries give errno values of either sign; the seam's are negative. */
static size_t normalise_errors(int *err, size_t nr)
{
	size_t nr_bad = 0;

	for (size_t i = 0; i < nr; i++) {
		err[i] = err[i] > 0 ? -err[i] : err[i];
		nr_bad += err[i] != 0;
	}
	return nr_bad;
}

static void *guest_map(struct gt_guest *g, const gt_gfn_t *gfns, size_t nr, bool writable, int *err)
{
	struct dm_guest *d = to_dm(g);
	int prot = PROT_READ | (writable ? PROT_WRITE : 0);
	xen_pfn_t *copy;
	void *p;

	if (!nr || nr > SIZE_MAX / GT_PAGE_SIZE) {
		errno = EINVAL;
		return NULL;
	}
	copy = without_bar_ram(d, gfns, nr);
	if (!copy) {
		errno = ENOMEM;
		return NULL;
	}
	memset(err, 0, nr * sizeof(*err));
	p = xenforeignmemory_map(d->c.fmem, g->domid, prot, nr, copy, err);
	free(copy);
	if (p && normalise_errors(err, nr) == nr) {
		xenforeignmemory_unmap(d->c.fmem, p, nr);
		errno = -err[0];
		return NULL;
	}
	return p;
}

static void guest_unmap(struct gt_guest *g, void *addr, size_t nr)
{
	if (addr) {
		xenforeignmemory_unmap(to_dm(g)->c.fmem, addr, nr);
	}
}

static void complain(struct dm_guest *d, const char *what, gt_gpa_t base, int ret)
{
	if (d->nr_complaints < COMPLAINTS_MAX) {
		d->nr_complaints++;
		gt_warn(GT_T_DM, "%s at %#llx: %s", what, (unsigned long long)base, strerror(-ret));
	}
}

/* Whether the guest has RAM where BAR RAM would go: on hardware, RAM wins over a BAR. */
static bool is_occupied(struct dm_guest *d, gt_gfn_t dst, const struct dm_run *run)
{
	xen_pfn_t *gfns = calloc(run->nr, sizeof(*gfns));
	int *err = calloc(run->nr, sizeof(*err));
	size_t nr_bad = run->nr;
	void *p = NULL;

	for (uint32_t i = 0; gfns && i < run->nr; i++) {
		gfns[i] = dst + run->first + i;
	}
	if (gfns && err) {
		p = xenforeignmemory_map(d->c.fmem, d->base.domid, PROT_READ, run->nr, gfns, err);
	}
	if (p) {
		nr_bad = normalise_errors(err, run->nr);
		xenforeignmemory_unmap(d->c.fmem, p, run->nr);
	}
	free(gfns);
	free(err);
	return nr_bad < run->nr;
}

static int relocate(struct dm_guest *d, gt_gfn_t src, gt_gfn_t dst, const struct dm_run *run)
{
	/*
	 * Xen 4.20 moves no page of type HVMMEM_ioreq_server (EACCES); 4.17 did.  If this fails, so
	 * will the move, which says why.
	 */
	if (run->class == GT_PAGE_SHADOWED) {
		xendevicemodel_set_mem_type(d->c.dmod, (domid_t)d->base.domid, HVMMEM_ram_rw,
					    src + run->first, run->nr);
	}
	if (xendevicemodel_relocate_memory(d->c.dmod, (domid_t)d->base.domid, run->nr,
					   src + run->first, dst + run->first)) {
		return -errno;
	}
	return 0;
}

/* A page just moved is ram_rw: make writes of SHADOWED ones exit again. */
static int set_type(struct dm_guest *d, gt_gfn_t at, const struct dm_run *run)
{
	if (run->class != GT_PAGE_SHADOWED) {
		return 0;
	}
	if (xendevicemodel_set_mem_type(d->c.dmod, (domid_t)d->base.domid, HVMMEM_ioreq_server,
					at + run->first, run->nr)) {
		return -errno;
	}
	return 0;
}

/*
 * Between the move of a SHADOWED page and its change of type another vCPU can write it without an
 * exit.  So its contents are kept before, and put back after.
 */
static void save_shadowed(struct dm_guest *d, bool restore)
{
	struct dm_run run = { 0 };

	while (dm_layout_next(&d->layout, run.first + run.nr, &run)) {
		size_t off = (size_t)run.first * GT_PAGE_SIZE;
		size_t len = (size_t)run.nr * GT_PAGE_SIZE;

		if (run.class == GT_PAGE_SHADOWED) {
			memcpy((restore ? d->base.regs : d->saved) + off,
			       (restore ? d->saved : d->base.regs) + off, len);
		}
	}
}

/* Undo a move that stopped in @failed: each page by itself, wherever it is by now. */
static void move_back(struct dm_guest *d, gt_gfn_t src, gt_gfn_t dst, uint32_t failed)
{
	struct dm_run run = { 0 };

	while (dm_layout_next(&d->layout, run.first + run.nr, &run) && run.first <= failed) {
		for (uint32_t i = 0; i < run.nr; i++) {
			struct dm_run page = { run.first + i, 1, run.class };

			relocate(d, dst, src, &page);
		}
		set_type(d, src, &run);
	}
}

static int move_ram(struct dm_guest *d, gt_gfn_t dst)
{
	gt_gfn_t src = d->keep->ram_gfn;
	struct dm_run run = { 0 };
	int ret = 0;

	if (dst == src) {
		return 0;
	}
	while (dm_layout_next(&d->layout, run.first + run.nr, &run)) {
		if (is_occupied(d, dst, &run)) {
			return -EBUSY;
		}
	}
	save_shadowed(d, false);
	run = (struct dm_run){ 0 };
	while (!ret && dm_layout_next(&d->layout, run.first + run.nr, &run)) {
		ret = relocate(d, src, dst, &run);
		if (!ret) {
			ret = set_type(d, dst, &run);
		}
	}
	if (ret) {
		move_back(d, src, dst, run.first);
	} else {
		d->keep->ram_gfn = dst;
	}
	save_shadowed(d, true);
	return ret;
}

static int map_range(struct dm_guest *d, const struct dm_place *p)
{
	if (p->base && xendevicemodel_map_io_range_to_ioreq_server(
			       d->c.dmod, (domid_t)d->base.domid, d->c.server, 1, p->base,
			       p->base + p->size_B - 1)) {
		return -errno;
	}
	return 0;
}

static void unmap_range(struct dm_guest *d, const struct dm_place *p)
{
	if (p->base && xendevicemodel_unmap_io_range_from_ioreq_server(
			       d->c.dmod, (domid_t)d->base.domid, d->c.server, 1, p->base,
			       p->base + p->size_B - 1)) {
		complain(d, "cannot give up the range", p->base, -errno);
	}
}

/*
 * Both steps of a placement.  Ranges are mapped first: a range that Xen refuses (one of ours
 * overlaps it) is found out before any RAM has moved.
 */
static int place(struct dm_guest *d, unsigned which, const struct dm_place *p)
{
	int ret = map_range(d, p);

	if (ret || which != DM_PLACE_MMIO) {
		return ret;
	}
	ret = move_ram(d, p->base ? p->base >> GT_PAGE_SHIFT : d->layout.parking_gfn);
	if (ret) {
		unmap_range(d, p);
	}
	return ret;
}

static bool place_is_valid(const struct dm_place *p, unsigned which)
{
	if (!p->base) {
		return true;
	}
	if (!p->size_B || p->size_B > GPA_END || p->base > GPA_END - p->size_B ||
	    p->base % GT_PAGE_SIZE) {
		return false;
	}
	return which != DM_PLACE_MMIO || p->size_B == GT_BAR0_SIZE;
}

static int guest_place_bar(struct gt_guest *g, enum gt_bar bar, gt_gpa_t base, uint64_t size)
{
	struct dm_guest *d = to_dm(g);
	unsigned which = bar == GT_BAR_MMIO ? DM_PLACE_MMIO :
			 bar == GT_BAR_APERTURE ? DM_PLACE_APERTURE : DM_PLACE_ROM;
	struct dm_place new = { base, base ? size : 0 };
	struct dm_place old = d->keep->places[which];
	int ret;

	if (new.base == old.base && new.size_B == old.size_B) {
		return 0;
	}
	if (!place_is_valid(&new, which)) {
		complain(d, "refused to place a BAR", base, -EINVAL);
		return -EINVAL;
	}
	unmap_range(d, &old);
	ret = place(d, which, &new);
	if (ret) {
		complain(d, "cannot place a BAR", base, ret);
		if (map_range(d, &old)) {
			d->keep->places[which] = (struct dm_place){ 0 };
		}
		return ret;
	}
	d->keep->places[which] = new;
	gt_debug(GT_T_DM, "BAR %d now at %#llx, %#llx bytes", (int)bar, (unsigned long long)base,
		 (unsigned long long)size);
	return 0;
}

/*
 * Xen refuses pages that are not plain RAM (grants, holes, pages under QEMU's dirty tracking); our
 * own BAR pages have types of their own.
 */
static int guest_set_tracked(struct gt_guest *g, gt_gfn_t gfn, bool tracked)
{
	return dm_tracking_set(to_dm(g)->tracking, gfn, tracked);
}

static int set_page_type(void *ctx, gt_gfn_t gfn, bool tracked)
{
	struct dm_guest *d = ctx;

	if (is_bar_ram(d, gfn)) {
		return -EINVAL;
	}
	if (xendevicemodel_set_mem_type(d->c.dmod, (domid_t)d->base.domid,
					tracked ? HVMMEM_ioreq_server : HVMMEM_ram_rw, gfn, 1)) {
		return -errno;
	}
	return 0;
}

/* Xen pauses the domain to enable a server, and finds that it is enabled. */
static int pause_once(void *ctx)
{
	struct dm_guest *d = ctx;

	if (xendevicemodel_set_ioreq_server_state(d->c.dmod, (domid_t)d->base.domid, d->c.server,
						  1)) {
		return -errno;
	}
	return 0;
}

struct dm_tracking *dm_guest_tracking(struct gt_guest *g)
{
	return to_dm(g)->tracking;
}

bool dm_guest_in_bar(struct gt_guest *g, gt_gpa_t gpa)
{
	const struct dm_guest *d = to_dm(g);

	for (unsigned i = 0; i < DM_NR_PLACES; i++) {
		const struct dm_place *p = &d->keep->places[i];

		if (p->base && gpa - p->base < p->size_B) {
			return true;
		}
	}
	return false;
}

static int guest_raise_msi(struct gt_guest *g, uint64_t addr, uint32_t data)
{
	struct dm_guest *d = to_dm(g);

	return xendevicemodel_inject_msi(d->c.dmod, (domid_t)g->domid, addr, data) ? -errno : 0;
}

static int guest_set_intx(struct gt_guest *g, bool level)
{
	struct dm_guest *d = to_dm(g);

	if (xendevicemodel_set_pci_intx_level(d->c.dmod, (domid_t)g->domid, 0, 0, d->c.slot, 0,
					      level)) {
		return -errno;
	}
	return 0;
}

static uint64_t guest_now_ns(struct gt_guest *g)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
}

static const struct dm_tracking_ops tracking_ops = {
	.set_type = set_page_type,
	.barrier = pause_once,
};

static const struct gt_guest_ops guest_ops = {
	.map = guest_map,
	.unmap = guest_unmap,
	.place_bar = guest_place_bar,
	.set_tracked = guest_set_tracked,
	.raise_msi = guest_raise_msi,
	.set_intx = guest_set_intx,
	.now_ns = guest_now_ns,
};

/* Map RAM of BAR0, all of it, over @addr. */
static int map_ram(struct dm_guest *d, uint8_t *addr, uint32_t first, uint32_t nr)
{
	xen_pfn_t *gfns = calloc(nr, sizeof(*gfns));
	int *err = calloc(nr, sizeof(*err));
	int ret = -ENOMEM;
	void *p;

	if (!gfns || !err) {
		goto out;
	}
	for (uint32_t i = 0; i < nr; i++) {
		gfns[i] = d->keep->ram_gfn + first + i;
	}
	p = xenforeignmemory_map2(d->c.fmem, d->base.domid, addr, PROT_READ | PROT_WRITE, MAP_FIXED,
				  nr, gfns, err);
	if (!p) {
		ret = -errno;
	} else {
		ret = normalise_errors(err, nr) ? -EFAULT : 0;
	}
out:
	free(gfns);
	free(err);
	return ret;
}

/* Where page @page of BAR0 is in the views. */
static uint8_t *view_of(struct dm_guest *d, uint32_t page)
{
	if (page < GT_NR_REG_PAGES) {
		return d->base.regs + (size_t)page * GT_PAGE_SIZE;
	}
	return (uint8_t *)d->base.gtt + (size_t)(page - DM_GTT_FIRST_PAGE) * GT_PAGE_SIZE;
}

static int map_views(struct dm_guest *d)
{
	struct dm_run run = { 0 };
	int ret = 0;

	while (!ret && dm_layout_next(&d->layout, run.first + run.nr, &run)) {
		ret = map_ram(d, view_of(d, run.first), run.first, run.nr);
	}
	return ret;
}

static int set_page_class(struct dm_guest *d, uint32_t page, enum gt_page_class class)
{
	if (xendevicemodel_set_mem_type(d->c.dmod, (domid_t)d->base.domid,
					class == GT_PAGE_SHADOWED ? HVMMEM_ioreq_server :
								    HVMMEM_ram_rw,
					d->keep->ram_gfn + page, 1)) {
		return -errno;
	}
	return 0;
}

/* A register page that was RAM and is to be trapped: its RAM waits where it was parked first. */
static int take_page(struct dm_guest *d, uint32_t page)
{
	const struct dm_run run = { page, 1, (enum gt_page_class)d->keep->classes[page] };
	xen_pfn_t gfn = d->layout.parking_gfn + page;
	int err = 0;
	void *p;

	if (d->keep->ram_gfn != d->layout.parking_gfn) {
		int ret = relocate(d, d->keep->ram_gfn, d->layout.parking_gfn, &run);

		if (ret) {
			return ret;
		}
	}
	p = xenforeignmemory_map(d->c.fmem, d->base.domid, PROT_READ, 1, &gfn, &err);
	if (!p || err) {
		return -EFAULT;
	}
	memcpy(d->base.regs + (size_t)page * GT_PAGE_SIZE, p, GT_PAGE_SIZE);
	xenforeignmemory_unmap(d->c.fmem, p, 1);
	return 0;
}

/* Another version may have other thoughts of what has to exit than the one before. */
static int follow_classes(struct dm_guest *d, bool begun)
{
	int ret = 0;

	for (uint32_t page = 0; !ret && page < GT_NR_REG_PAGES; page++) {
		enum gt_page_class now = d->layout.classes[page];

		if (!begun || d->keep->classes[page] == now) {
			d->keep->classes[page] = (uint8_t)now;
			continue;
		}
		ret = now == GT_PAGE_TRAPPED ? take_page(d, page) : set_page_class(d, page, now);
		if (!ret) {
			d->keep->classes[page] = (uint8_t)now;
		}
	}
	return ret;
}

static void *reserve(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int dm_guest_create(const struct dm_guest_conf *c, struct gt_guest **out)
{
	struct dm_guest *d = calloc(1, sizeof(*d));
	bool begun = c->keep->begun;
	int ret = -ENOMEM;

	if (!d) {
		return ret;
	}
	d->c = *c;
	d->layout = *c->layout;
	d->c.layout = &d->layout;
	d->keep = c->keep;
	d->base.keep = c->keep->vgpu;
	if (!begun) {
		d->keep->ram_gfn = d->layout.parking_gfn;
		d->keep->begun = true;
	}
	d->base.ops = &guest_ops;
	d->base.domid = c->domid;
	d->base.opregion = c->opregion;
	d->base.nr_gtt = d->layout.nr_gtt_pages * (GT_PAGE_SIZE / 8);
	d->saved = malloc(GT_REGS_SIZE);
	d->base.regs = d->keep->regs;
	d->base.gtt = reserve((size_t)d->layout.nr_gtt_pages * GT_PAGE_SIZE);
	if (!d->saved || !d->base.gtt) {
		goto err;
	}
	ret = follow_classes(d, begun);
	if (!ret) {
		ret = map_views(d);
	}
	if (ret) {
		goto err;
	}
	ret = dm_tracking_create(&tracking_ops, d, &d->tracking);
	if (ret) {
		goto err;
	}
	*out = &d->base;
	return 0;
err:
	dm_guest_destroy(&d->base);
	return ret;
}

void dm_guest_destroy(struct gt_guest *g)
{
	struct dm_guest *d;

	if (!g) {
		return;
	}
	d = to_dm(g);
	if (g->gtt) {
		munmap(g->gtt, (size_t)d->layout.nr_gtt_pages * GT_PAGE_SIZE);
	}
	dm_tracking_destroy(d->tracking);
	free(d->saved);
	free(d);
}
