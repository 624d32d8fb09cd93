/* SPDX-License-Identifier: MIT */
/* Which slot of PCI bus 0 the function gets.  No Xen needed to build or test. */
#include <errno.h>

#include "checks.h"

#define SLOTS_FIXED 0x3u /* host bridge, south bridge */
#define SLOT_LOWEST 3	 /* of those we choose: 2 is the Xen platform device's */

int dm_choose_slot(const struct gt_options *o, uint32_t slots_taken, uint8_t *slot,
		   struct gt_error *err)
{
	uint32_t taken = slots_taken | SLOTS_FIXED;

	if (o->pci_slot >= 0) {
		if (o->pci_slot > 31 || taken & GT_BIT(o->pci_slot)) {
			gt_error_set(err, "vgt_pci_slot=%d: the slot is taken by another device",
				     o->pci_slot);
			return -EBUSY;
		}
		*slot = (uint8_t)o->pci_slot;
		return 0;
	}
	for (int i = 31; i >= SLOT_LOWEST; i--) {
		if (!(taken & GT_BIT(i))) {
			*slot = (uint8_t)i;
			return 0;
		}
	}
	gt_error_set(err, "no free slot on PCI bus 0 for the vGPU");
	return -EBUSY;
}
