/* SPDX-License-Identifier: MIT */
/*
 * EDIDs, made and checked: VESA E-EDID A2 (EDID 1.4), CTA-861 and DisplayID 1.3 extensions.
 */
#ifndef GT_EDID_H
#define GT_EDID_H

#include "xengt/options.h"

#define GT_EDID_SIZE	   128	/* of a block, bytes */
#define GT_EDID_EXTENSIONS 126	/* the byte that says how many blocks follow */
#define GT_EDID_MAX_B	   512	/* two segments */

/*
 * An EDID 1.4 whose preferred mode is @mode with CVT reduced-blanking timings, and that offers the
 * usual smaller modes; serial number @serial and name "xengt".  Modes that a detailed timing
 * cannot express (pixel clock above 655.35 MHz, or sizes above 4095) are in a DisplayID extension;
 * HDMI modes faster than single-link DVI (165 MHz) bring one of CTA-861.
 *
 * Its length in bytes, whole blocks; or -EINVAL if there is no such mode: sizes are 1 to 7680, the
 * rate 1 to 510 Hz, and @edid is then untouched.
 */
int gt_edid_make(uint8_t edid[GT_EDID_MAX_B], const struct gt_mode *mode, enum gt_link link,
		 uint32_t serial);
/*
 * The mode of the first detailed timing (of our own EDIDs, the preferred one), and the name; "" if
 * it has none.  A character that is not plain text is a '?'.
 */
#define GT_EDID_NAME_B 14
void gt_edid_describe(const uint8_t *edid, size_t edid_B, struct gt_mode *mode,
		      char name[GT_EDID_NAME_B]);

/* Header, version and checksum. */
bool gt_edid_valid(const uint8_t edid[GT_EDID_SIZE]);

/*
 * A whole EDID of @edid_B bytes: a valid first block, as many extensions as it announces, and each
 * with a right checksum.
 */
bool gt_edid_check(const uint8_t *edid, size_t edid_B);

#endif
