/* SPDX-License-Identifier: MIT */
/*
 * Whether this Xen and this domain can have a vGPU.
 *
 * Only what can be asked is checked here.  What can only be tried (a second ioreq server, the
 * memory type) is tried by the supervisor, which explains its failure.
 */
#include "checks.h"

#include <errno.h>
#include <string.h>
#include <xenctrl.h>

#define XEN_VERSION(major, minor) (((major) << 16) | (minor))

static int check_version(xc_interface *xc, struct gt_error *err)
{
	int v = xc_version(xc, XENVER_version, NULL);

	if (v < 0) {
		gt_error_set(err, "cannot ask Xen for its version: %s", strerror(errno));
		return -EIO;
	}
	if (v < XEN_VERSION(4, 17)) {
		gt_error_set(err, "Xen %d.%d is too old: 4.17 is the first that is supported",
			     v >> 16, v & 0xffff);
		return -ENOTSUP;
	}
	return 0;
}

static int check_kind(xc_interface *xc, uint32_t domid, struct gt_error *err)
{
	xc_domaininfo_t info;

	if (xc_domain_getinfolist(xc, domid, 1, &info) != 1 || info.domain != domid) {
		gt_error_set(err, "domain %u does not exist", domid);
		return -ENOENT;
	}
	if (!(info.flags & XEN_DOMINF_hvm_guest)) {
		gt_error_set(err, "domain %u is not an HVM guest: a vGPU needs type=\"hvm\"",
			     domid);
		return -EINVAL;
	}
	if (!(info.flags & XEN_DOMINF_hap)) {
		gt_error_set(err, "domain %u runs without hardware-assisted paging: a vGPU needs "
			     "hap=1 and a processor with EPT or NPT", domid);
		return -EINVAL;
	}
	return 0;
}

static int check_pod(xc_interface *xc, uint32_t domid, struct gt_error *err)
{
	uint64_t total = 0, cache = 0, entries = 0;

	if (xc_domain_get_pod_target(xc, domid, &total, &cache, &entries)) {
		gt_error_set(err, "cannot ask Xen about the memory of domain %u: %s", domid,
			     strerror(errno));
		return -EIO;
	}
	if (entries || cache) {
		gt_error_set(err, "domain %u is populated on demand (memory is less than maxmem), "
			     "which a vGPU cannot work with: give it memory = maxmem", domid);
		return -EINVAL;
	}
	return 0;
}

int dm_check_domain(uint32_t domid, struct gt_error *err)
{
	xc_interface *xc = xc_interface_open(NULL, NULL, 0);
	int ret;

	if (!xc) {
		gt_error_set(err, "cannot talk to Xen: %s (is this Dom0, and are we root?)",
			     strerror(errno));
		return -ENODEV;
	}
	ret = check_version(xc, err);
	if (!ret) {
		ret = check_kind(xc, domid, err);
	}
	if (!ret) {
		ret = check_pod(xc, domid, err);
	}
	xc_interface_close(xc);
	return ret;
}
