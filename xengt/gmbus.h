/* SPDX-License-Identifier: MIT */
/*
 * GMBUS and its GPIO pins: the I2C master the guest reads monitors with (PRM SKL vol 12,
 * "GMBUS and GPIO").  One monitor answers at slave 0x50 on pin pair 5 (DDI B): its EDID.
 */
#ifndef GT_GMBUS_H
#define GT_GMBUS_H

#include "xengt/types.h"

struct gt_vgpu;

#define GT_EDID_SIZE	   128
#define GT_EDID_EXTENSIONS 126 /* the byte that says how many blocks follow */

struct gt_gmbus {
	uint8_t edid[GT_EDID_SIZE];
	uint8_t extension[GT_EDID_SIZE]; /* read after an EDID that announces one */
	uint32_t pos;	 /* reading: the EEPROM's next byte; writing: bytes taken so far */
	uint32_t left;	 /* bytes left, 0..511 */
	bool reading;
	bool stop;	 /* the transfer ends with a stop */
	uint8_t segment_offset; /* I2C address pointer of the monitor's EEPROM */
};

/* End any transfer; the EDID stays. */
void gt_gmbus_reset(struct gt_vgpu *v);

/*
 * An EDID 1.4 block for one mode (VESA E-EDID A2), with CVT reduced-blanking timings, as detailed
 * timing 1, serial number @serial and name "xengt".  0, or -EINVAL if the block cannot express the
 * mode (pixel clock above 655.35 MHz, or sizes above 4095).
 */
int gt_edid_generate(uint8_t edid[GT_EDID_SIZE], uint32_t w_px, uint32_t h_px, uint32_t hz,
		     uint32_t serial);
/*
 * The extension block that goes with such an EDID if its byte 126 announces one: HDMI, which modes
 * faster than single-link DVI (165 MHz) need.
 */
void gt_edid_extension(uint8_t block[GT_EDID_SIZE]);
/* Header, version and checksum. */
bool gt_edid_valid(const uint8_t edid[GT_EDID_SIZE]);

#endif
