/* SPDX-License-Identifier: MIT */
/*
 * What the supervisor does to a domain through Xen.
 *
 * Decides what a vGPU needs of a domain before anything of the guest runs: a second ioreq server, a
 * PCI function, the memory type HVMMEM_ioreq_server, RAM beyond what the domain was built with for
 * BAR0, and the OpRegion.
 */
#include "domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>
#include <xen/sched.h>
#include <xenforeignmemory.h>

#include "xengt/log.h"

#define KIB_PER_PAGE (GT_PAGE_SIZE / 1024)

/*
 * Where the OpRegion lies.  hvmloader tells every guest that everything from 0xfc000000 to 4 GiB is
 * reserved; it hands out what it needs itself below 0xfe000000 (tables of ACPI, say), and the
 * IOAPIC at 0xfec00000 is the first device above.  So nobody loses memory and nobody looks for any
 * there.
 */
#define OPREGION_GFN   (0xfe000000u >> GT_PAGE_SHIFT)
#define OPREGION_PAGES (GT_OPREGION_SIZE / GT_PAGE_SIZE)

static int open_server(struct dm_domain *d, uint8_t slot, struct gt_error *err)
{
	domid_t domid = (domid_t)d->domid;
	int ret;

	if (xendevicemodel_create_ioreq_server(d->dmod, domid, HVM_IOREQSRV_BUFIOREQ_OFF,
					       &d->server)) {
		ret = -errno;
		gt_error_set(err, "Xen refuses a second device model for domain %u: %s", d->domid,
			     strerror(-ret));
		return ret;
	}
	d->has_server = true;
	if (xendevicemodel_map_pcidev_to_ioreq_server(d->dmod, domid, d->server, 0, 0, slot, 0)) {
		ret = -errno;
		gt_error_set(err, "Xen refuses PCI slot %u of domain %u: %s", slot, d->domid,
			     strerror(-ret));
		return ret;
	}
	if (xendevicemodel_map_mem_type_to_ioreq_server(d->dmod, domid, d->server,
							HVMMEM_ioreq_server,
							XEN_DMOP_IOREQ_MEM_ACCESS_WRITE)) {
		ret = -errno;
		gt_error_set(err, "Xen refuses to trap writes of pages of domain %u (%s): it "
			     "needs hap=1, and no other program may do the same", d->domid,
			     strerror(-ret));
		return ret;
	}
	return 0;
}

/* False if Xen cannot be asked or there is no such domain. */
static bool get_info(struct dm_domain *d, xc_domaininfo_t *info)
{
	return xc_domain_getinfolist(d->xc, d->domid, 1, info) == 1 && info->domain == d->domid;
}

/* Change the domain's limit by what we are going to add, or have taken. */
static int change_limit(struct dm_domain *d, int64_t nr_pages)
{
	xc_domaininfo_t info;

	if (!get_info(d, &info)) {
		return -ESRCH;
	}
	if (xc_domain_setmaxmem(d->xc, d->domid,
				(info.max_pages + (uint64_t)nr_pages) * KIB_PER_PAGE)) {
		return -errno;
	}
	return 0;
}

static int populate(struct dm_domain *d, const struct dm_run *run)
{
	xen_pfn_t *gfns = calloc(run->nr, sizeof(*gfns));
	int ret = 0;

	if (!gfns) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < run->nr; i++) {
		gfns[i] = d->layout.parking_gfn + run->first + i;
	}
	if (xc_domain_populate_physmap_exact(d->xc, d->domid, run->nr, 0, 0, gfns)) {
		ret = errno ? -errno : -ENOMEM;
	}
	free(gfns);
	if (!ret && run->class == GT_PAGE_SHADOWED &&
	    xendevicemodel_set_mem_type(d->dmod, (domid_t)d->domid, HVMMEM_ioreq_server,
					d->layout.parking_gfn + run->first, run->nr)) {
		ret = -errno;
	}
	return ret;
}

static int park_ram(struct dm_domain *d, struct gt_error *err)
{
	uint32_t nr_pages = dm_layout_nr_pages(&d->layout);
	struct dm_run run = { 0 };
	xen_pfn_t max_gfn = 0;
	int ret;

	if (xc_domain_maximum_gpfn(d->xc, d->domid, &max_gfn) < 0) {
		ret = -errno;
		goto err;
	}
	d->layout.parking_gfn = dm_layout_choose_parking(max_gfn);
	ret = change_limit(d, nr_pages);
	while (!ret && dm_layout_next(&d->layout, run.first + run.nr, &run)) {
		ret = populate(d, &run);
	}
	if (!ret) {
		return 0;
	}
err:
	gt_error_set(err, "cannot give domain %u the %u KiB of RAM of the vGPU's BAR: %s", d->domid,
		     nr_pages * KIB_PER_PAGE, strerror(-ret));
	return ret;
}

static void opregion_gfns(xen_pfn_t gfns[OPREGION_PAGES])
{
	for (uint32_t i = 0; i < OPREGION_PAGES; i++) {
		gfns[i] = OPREGION_GFN + i;
	}
}

static int write_opregion(struct dm_domain *d, const struct gt_options *o)
{
	xenforeignmemory_handle *fmem = xenforeignmemory_open(NULL, 0);
	xen_pfn_t gfns[OPREGION_PAGES];
	int err[OPREGION_PAGES] = { 0 }, ret = 0;
	void *at;

	if (!fmem) {
		return -errno;
	}
	opregion_gfns(gfns);
	at = xenforeignmemory_map(fmem, d->domid, PROT_READ | PROT_WRITE, OPREGION_PAGES, gfns,
				  err);
	for (uint32_t i = 0; at && i < OPREGION_PAGES; i++) {
		ret = err[i] ? -EFAULT : ret;
	}
	if (at && !ret) {
		gt_opregion_build(at, o);
	}
	if (at) {
		xenforeignmemory_unmap(fmem, at, OPREGION_PAGES);
	} else {
		ret = -errno;
	}
	xenforeignmemory_close(fmem);
	return ret;
}

static int withdraw_opregion(struct dm_domain *d)
{
	xen_pfn_t gfns[OPREGION_PAGES];

	opregion_gfns(gfns);
	d->opregion = 0;
	if (xc_domain_decrease_reservation_exact(d->xc, d->domid, OPREGION_PAGES, 0, gfns)) {
		return errno ? -errno : -EINVAL;
	}
	return change_limit(d, -(int64_t)OPREGION_PAGES);
}

static void give_opregion(struct dm_domain *d, const struct gt_options *o)
{
	xen_pfn_t gfns[OPREGION_PAGES];
	int ret = change_limit(d, OPREGION_PAGES);

	opregion_gfns(gfns);
	if (!ret && xc_domain_populate_physmap_exact(d->xc, d->domid, OPREGION_PAGES, 0, 0, gfns)) {
		ret = errno ? -errno : -ENOMEM;
		change_limit(d, -(int64_t)OPREGION_PAGES);
	} else if (!ret) {
		ret = write_opregion(d, o);
		if (!ret) {
			d->opregion = (gt_gpa_t)OPREGION_GFN << GT_PAGE_SHIFT;
			return;
		}
		withdraw_opregion(d);
	}
	gt_warn(GT_T_DM, "domain %u gets no OpRegion: %s", d->domid, strerror(-ret));
}

int dm_domain_open(struct dm_domain *d, const struct dm_plan *plan, struct gt_error *err)
{
	int ret;

	*d = (struct dm_domain){ .domid = plan->domid };
	dm_layout_init(&d->layout, plan->opt.platform, plan->part.ggtt_size);
	if (*plan->opt.record) {
		dm_layout_trap_registers(&d->layout);
	}
	d->xc = xc_interface_open(NULL, NULL, 0);
	d->dmod = xendevicemodel_open(NULL, 0);
	if (!d->xc || !d->dmod) {
		gt_error_set(err, "cannot talk to Xen: %s", strerror(errno));
		return -ENODEV;
	}
	ret = open_server(d, plan->slot, err);
	if (!ret) {
		ret = park_ram(d, err);
	}
	if (!ret) {
		give_opregion(d, &plan->opt);
	}
	return ret;
}

void dm_domain_close(struct dm_domain *d)
{
	if (d->has_server) {
		/*
		 * Fails if the worker or the domain's end came first.  The type goes first: Xen
		 * lets a vCPU that writes a page of a type without a server try for ever, and a
		 * worker that died has given no page its type back.
		 */
		xendevicemodel_map_mem_type_to_ioreq_server(d->dmod, (domid_t)d->domid, d->server,
							    HVMMEM_ioreq_server, 0);
		xendevicemodel_destroy_ioreq_server(d->dmod, (domid_t)d->domid, d->server);
		d->has_server = false;
	}
	if (d->dmod) {
		xendevicemodel_close(d->dmod);
		d->dmod = NULL;
	}
	if (d->xc) {
		xc_interface_close(d->xc);
		d->xc = NULL;
	}
}

static int withdraw(struct dm_domain *d, const struct dm_run *run)
{
	xen_pfn_t *gfns = calloc(run->nr, sizeof(*gfns));
	int ret = 0;

	if (!gfns) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < run->nr; i++) {
		gfns[i] = d->layout.parking_gfn + run->first + i;
	}
	if (xc_domain_decrease_reservation_exact(d->xc, d->domid, run->nr, 0, gfns)) {
		ret = errno ? -errno : -EINVAL;
	}
	free(gfns);
	return ret;
}

void dm_domain_withdraw_ram(struct dm_domain *d)
{
	struct dm_run run = { 0 };
	int ret = 0;

	while (!ret && dm_layout_next(&d->layout, run.first + run.nr, &run)) {
		ret = withdraw(d, &run);
	}
	if (!ret) {
		ret = change_limit(d, -(int64_t)dm_layout_nr_pages(&d->layout));
	}
	if (!ret && d->opregion) {
		ret = withdraw_opregion(d);
	}
	if (ret) {
		gt_err(GT_T_DM, "cannot take the BAR's RAM from domain %u: %s", d->domid,
		       strerror(-ret));
	}
}

bool dm_domain_starts_over(struct dm_domain *d)
{
	xc_domaininfo_t info;

	return get_info(d, &info) && info.flags & XEN_DOMINF_shutdown &&
	       ((info.flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask) ==
		       SHUTDOWN_soft_reset;
}

bool dm_domain_is_gone(struct dm_domain *d)
{
	xc_domaininfo_t info;
	int n = xc_domain_getinfolist(d->xc, d->domid, 1, &info);

	if (n < 0) {
		gt_err(GT_T_DM, "cannot ask Xen about domain %u: %s", d->domid, strerror(errno));
		return false;
	}
	return n != 1 || info.domain != d->domid || info.flags & XEN_DOMINF_dying;
}
