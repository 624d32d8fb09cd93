/* SPDX-License-Identifier: MIT */
/*
 * The expansion ROM: an image that does nothing, around the Video BIOS Table (vbt.c), for drivers
 * and firmware that do not look for an OpRegion.  PCI Firmware 3.0 section 5.1.
 */
#include "pci.h"

#include <string.h>

#include "vbt.h"

#define VBT_OFF	 0x80u /* drivers look at every fourth byte */
#define PCIR_OFF 0x20u

_Static_assert(VBT_OFF + GT_VBT_MAX_B <= GT_ROM_SIZE, "the table has room");

static void put16(uint8_t *at, uint16_t val)
{
	at[0] = (uint8_t)val;
	at[1] = (uint8_t)(val >> 8);
}

static void put_pcir(uint8_t *pcir, uint16_t device)
{
	memcpy(pcir, "PCIR", 4);
	put16(pcir + 4, 0x8086);
	put16(pcir + 6, device);
	put16(pcir + 10, 0x18);		     /* length of this structure */
	pcir[14] = 0x80;		     /* class 0380: other display controller */
	pcir[15] = 0x03;
	put16(pcir + 16, GT_ROM_SIZE / 512); /* length of the image */
	pcir[21] = 0x80;		     /* the last image */
}

void gt_rom_build(uint8_t rom[GT_ROM_SIZE], uint16_t device, const struct gt_options *o)
{
	memset(rom, 0, GT_ROM_SIZE);
	rom[0] = 0x55;
	rom[1] = 0xaa;
	rom[2] = GT_ROM_SIZE / 512;
	rom[3] = 0xcb; /* RETF: a BIOS may call it */
	put16(rom + 0x18, PCIR_OFF);
	put_pcir(rom + PCIR_OFF, device);
	gt_vbt_build(rom + VBT_OFF, o);
	gt_put_checksum(rom, GT_ROM_SIZE, rom + 6);
}
