/* SPDX-License-Identifier: MIT */
/*
 * The expansion ROM: an image that does nothing, around a Video BIOS Table that says "one HDMI
 * connector on DDI B, DDC pin 5".  Without one a driver assumes every port, and spends seconds on
 * panels and AUX channels that are not there.
 * PCI Firmware 3.0 section 5.1; the VBT's blocks as in Intel's VBT definitions, BDB version 186.
 */
#include "pci.h"

#include <string.h>

#define VBT_OFF		0x80u /* drivers look at every fourth byte */
#define PCIR_OFF	0x20u
#define VBT_HEADER_B	48u
#define BDB_HEADER_B	22u
#define CHILD_B		33u
#define FEATURES_B	5u
#define BLOCK_HEADER_B	3u
#define DEFINITIONS_B	(5u + CHILD_B)
#define BDB_B		(BDB_HEADER_B + 2 * BLOCK_HEADER_B + FEATURES_B + DEFINITIONS_B)
#define VBT_B		(VBT_HEADER_B + BDB_B)

enum { BLOCK_FEATURES = 1, BLOCK_DEFINITIONS = 2 };
enum { HANDLE_DFP1 = 0x4, DEVICE_HDMI = 0x60d2, DVO_PORT_HDMI_B = 1, DDC_PIN_B = 5 };

static void put16(uint8_t *at, uint16_t val)
{
	at[0] = (uint8_t)val;
	at[1] = (uint8_t)(val >> 8);
}

/* Set *sum so that @len bytes add up to 0. */
static void put_checksum(const uint8_t *bytes, size_t len, uint8_t *sum)
{
	uint8_t all = 0;

	*sum = 0;
	for (size_t i = 0; i < len; i++) {
		all = (uint8_t)(all + bytes[i]);
	}
	*sum = (uint8_t)-all;
}

static uint8_t *put_block(uint8_t *at, uint8_t id, uint16_t len)
{
	at[0] = id;
	put16(at + 1, len);
	return at + BLOCK_HEADER_B;
}

static void put_child(uint8_t *at)
{
	put16(at, HANDLE_DFP1);
	put16(at + 2, DEVICE_HDMI);
	at[16] = DVO_PORT_HDMI_B;
	at[19] = DDC_PIN_B;
}

static void put_bdb(uint8_t *bdb)
{
	uint8_t *at = bdb + BDB_HEADER_B;

	memcpy(bdb, "BIOS_DATA_BLOCK ", 16);
	put16(bdb + 16, 186);
	put16(bdb + 18, BDB_HEADER_B);
	put16(bdb + 20, BDB_B);
	at = put_block(at, BLOCK_FEATURES, FEATURES_B) + FEATURES_B;
	at = put_block(at, BLOCK_DEFINITIONS, DEFINITIONS_B);
	at[4] = CHILD_B;
	put_child(at + 5);
}

static void put_vbt(uint8_t *vbt)
{
	memcpy(vbt, "$VBT xengt          ", 20);
	put16(vbt + 20, 155);
	put16(vbt + 22, VBT_HEADER_B);
	put16(vbt + 24, VBT_B);
	put16(vbt + 28, VBT_HEADER_B); /* where the BDB begins; 32 bits, small */
	put_bdb(vbt + VBT_HEADER_B);
	put_checksum(vbt, VBT_B, vbt + 26);
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

void gt_rom_build(uint8_t rom[GT_ROM_SIZE], uint16_t device)
{
	memset(rom, 0, GT_ROM_SIZE);
	rom[0] = 0x55;
	rom[1] = 0xaa;
	rom[2] = GT_ROM_SIZE / 512;
	rom[3] = 0xcb; /* RETF: a BIOS may call it */
	put16(rom + 0x18, PCIR_OFF);
	put_pcir(rom + PCIR_OFF, device);
	put_vbt(rom + VBT_OFF);
	put_checksum(rom, GT_ROM_SIZE, rom + 6);
}
