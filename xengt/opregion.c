/* SPDX-License-Identifier: MIT */
/*
 * The OpRegion: 8 KiB of the guest's RAM which configuration space points to (ASLS), with the Video
 * BIOS Table (vbt.c) in mailbox 4.  There is no BIOS behind it that answers requests, so it has no
 * other mailbox, and drivers ask for none.  Intel's "ACPI IGD OpRegion" specification, version 2.
 */
#include "xengt/vgpu.h"

#include <string.h>

#include "vbt.h"

#define SIZE_OFF      16u /* in KiB */
#define VERSION_OFF   20u /* reserved, revision, minor, major */
#define BIOS_OFF      24u /* build strings of the system's BIOS, of the video BIOS, of the driver */
#define MAILBOXES_OFF 88u
#define VBT_OFF	      0x400u

#define MAILBOX_VBT GT_BIT(3)

_Static_assert(VBT_OFF + GT_VBT_MAX_B <= GT_OPREGION_SIZE, "the table has room");

void gt_opregion_build(uint8_t region[GT_OPREGION_SIZE], const struct gt_options *o)
{
	memset(region, 0, GT_OPREGION_SIZE);
	memcpy(region, "IntelGraphicsMem", 16);
	region[SIZE_OFF] = GT_OPREGION_SIZE / 1024;
	region[VERSION_OFF + 3] = 2;
	memcpy(region + BIOS_OFF, "xengt", 5);
	region[MAILBOXES_OFF] = MAILBOX_VBT;
	gt_vbt_build(region + VBT_OFF, o);
}
