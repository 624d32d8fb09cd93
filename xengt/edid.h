/* SPDX-License-Identifier: MIT */
/*
 * EDIDs, made and checked: VESA E-EDID A2 (EDID 1.4), CTA-861 and DisplayID 1.3 extensions.
 */
#ifndef GT_EDID_H
#define GT_EDID_H

#include "xengt/types.h"

#define GT_EDID_SIZE	   128	/* of a block, bytes */
#define GT_EDID_EXTENSIONS 126	/* the byte that says how many blocks follow */
#define GT_EDID_MAX_B	   512	/* two segments */

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

/*
 * A whole EDID of @edid_B bytes: a valid first block, as many extensions as it announces, and each
 * with a right checksum.
 */
bool gt_edid_check(const uint8_t *edid, size_t edid_B);

#endif
