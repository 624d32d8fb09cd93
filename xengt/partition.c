/* SPDX-License-Identifier: MIT */
/*
 * How graphics memory is cut: from the sizes of the options to addresses.
 *
 *   gma 0        map_size          aperture_size             + unmap_size      ggtt_size
 *    |  mappable  |  (unused)       |  unmappable             |  (unused)       |
 *    |<------------- BAR2 --------->|
 *
 * The unmappable window starts behind the aperture because i915 refuses a balloon description in
 * which it does not.  The guest's addresses are absolute: there is nothing to translate.
 */
#include <errno.h>

#include "xengt/vgpu.h"

#define APERTURE_MIN GT_MiB(16)

int gt_partition_init(struct gt_partition *p, const struct gt_options *o, struct gt_error *err)
{
	uint64_t low = GT_MiB(o->low_gm_MiB), high = GT_MiB(o->high_gm_MiB);
	uint64_t aperture = APERTURE_MIN, ggtt = GT_GiB(1);

	while (aperture < low) {
		aperture *= 2;
	}
	/* The last page of a GGTT is never the guest's: i915 keeps it as a guard. */
	while (ggtt < aperture + high + GT_PAGE_SIZE) {
		ggtt *= 2;
	}
	if (ggtt > GT_GiB(4)) {
		gt_error_set(err, "vgt_low_gm_sz=%u and vgt_high_gm_sz=%u: together more than the "
			     "4 GiB that a GGTT can map",
			     o->low_gm_MiB, o->high_gm_MiB);
		return -EINVAL;
	}
	*p = (struct gt_partition){
		.map_base = 0,
		.map_size = low,
		.unmap_base = aperture,
		.unmap_size = high,
		.ggtt_size = ggtt,
		.aperture_size = aperture,
		.nr_fences = o->nr_fences,
	};
	return 0;
}
