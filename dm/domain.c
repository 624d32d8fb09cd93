/* SPDX-License-Identifier: MIT */
/*
 * What the supervisor does to a domain through Xen.
 *
 * Decides what a vGPU needs of a domain before anything of the guest runs: a second ioreq server, a
 * PCI function, the memory type HVMMEM_ioreq_server, and RAM beyond what the domain was built with.
 */
#include "domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/sched.h>

#include "xengt/log.h"

#define KIB_PER_PAGE (GT_PAGE_SIZE / 1024)

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
	return ret ? ret : park_ram(d, err);
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
