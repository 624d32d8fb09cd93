/* SPDX-License-Identifier: MIT */
/*
 * The Video BIOS Table, which names the heads there are: HDMI or DisplayPort on DDI B, C and D,
 * each with its DDC pins and AUX channel.  Without one a driver assumes every port, and spends
 * seconds on panels and AUX channels that are not there.  Its blocks are as in Intel's VBT
 * definitions, BDB version 186.  Where drivers find it: opregion.c, rom.c.
 */
#include "vbt.h"

#include <string.h>

#define VBT_HEADER_B	48u
#define BDB_HEADER_B	22u
#define CHILD_B		33u
#define FEATURES_B	5u
#define BLOCK_HEADER_B	3u

/* Sizes of what depends on the number of children, one a head. */
#define DEFINITIONS_B(nr) (5u + (nr) * CHILD_B)
#define BDB_B(nr)	  (BDB_HEADER_B + 2 * BLOCK_HEADER_B + FEATURES_B + DEFINITIONS_B(nr))
#define VBT_B(nr)	  (VBT_HEADER_B + BDB_B(nr))

enum { BLOCK_FEATURES = 1, BLOCK_DEFINITIONS = 2 };
/* Handles and ports of head 0; the others follow. */
enum { HANDLE_DFP1 = 0x4, DVO_PORT_HDMI_B = 1, DVO_PORT_DP_B = 7, AUX_CHANNEL_B = 0x10 };
enum { DEVICE_HDMI = 0x60d2, DEVICE_DP = 0x68c6 };

static void put16(uint8_t *at, uint16_t val)
{
	at[0] = (uint8_t)val;
	at[1] = (uint8_t)(val >> 8);
}

/* Set *sum so that @len bytes add up to 0. */
void gt_put_checksum(const uint8_t *bytes, size_t len, uint8_t *sum)
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

static void put_child(uint8_t *at, unsigned head, enum gt_link link)
{
	static const uint8_t ddc_pin[GT_MAX_HEADS] = { 5, 4, 6 };

	put16(at, (uint16_t)(HANDLE_DFP1 << head));
	if (link == GT_LINK_DP) {
		put16(at + 2, DEVICE_DP);
		at[16] = (uint8_t)(DVO_PORT_DP_B + head);
		at[25] = (uint8_t)(AUX_CHANNEL_B * (head + 1));
	} else {
		put16(at + 2, DEVICE_HDMI);
		at[16] = (uint8_t)(DVO_PORT_HDMI_B + head);
	}
	at[19] = ddc_pin[head];
}

static void put_bdb(uint8_t *bdb, const struct gt_options *o)
{
	uint8_t *at = bdb + BDB_HEADER_B;

	memcpy(bdb, "BIOS_DATA_BLOCK ", 16);
	put16(bdb + 16, 186);
	put16(bdb + 18, BDB_HEADER_B);
	put16(bdb + 20, (uint16_t)BDB_B(o->nr_heads));
	at = put_block(at, BLOCK_FEATURES, FEATURES_B) + FEATURES_B;
	at = put_block(at, BLOCK_DEFINITIONS, (uint16_t)DEFINITIONS_B(o->nr_heads));
	at[4] = CHILD_B;
	for (unsigned head = 0; head < o->nr_heads; head++) {
		put_child(at + 5 + CHILD_B * head, head, o->monitor[head].link);
	}
}

size_t gt_vbt_build(uint8_t *vbt, const struct gt_options *o)
{
	size_t vbt_B = VBT_B(o->nr_heads);

	memset(vbt, 0, vbt_B);
	memcpy(vbt, "$VBT xengt          ", 20);
	put16(vbt + 20, 155);
	put16(vbt + 22, VBT_HEADER_B);
	put16(vbt + 24, (uint16_t)vbt_B);
	put16(vbt + 28, VBT_HEADER_B); /* where the BDB begins; 32 bits, small */
	put_bdb(vbt + VBT_HEADER_B, o);
	gt_put_checksum(vbt, vbt_B, vbt + 26);
	return vbt_B;
}

