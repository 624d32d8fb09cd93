/* SPDX-License-Identifier: MIT */
/*
 * GMBUS and its GPIO pins: the I2C master the guest reads monitors with (PRM SKL vol 12,
 * "GMBUS and GPIO").  The HDMI monitors answer, each on the pin pair of its DDI (monitor.h).
 */
#ifndef GT_GMBUS_H
#define GT_GMBUS_H

#include "xengt/types.h"

struct gt_vgpu;

struct gt_monitor;

struct gt_gmbus {
	struct gt_monitor *monitor; /* that of the transfer under way, or NULL */
	uint32_t slave;
	uint32_t pos;	 /* writing: bytes taken so far */
	uint32_t left;	 /* bytes left, 0..511 */
	bool reading;
	bool stop;	 /* the transfer ends with a stop */
};

/* End any transfer. */
void gt_gmbus_reset(struct gt_vgpu *v);

#endif
