/* SPDX-License-Identifier: MIT */
/*
 * One plane's memory as the guest has it, tiles and all: for who can use tiles by himself.
 */
#ifndef GT_NATIVE_H
#define GT_NATIVE_H

#include "compose.h"
#include "sealed.h"

#define GT_NATIVE_MAX_PAGES (80u << 10) /* 8192 x 8192 pixels of 32 bits, and some to spare */

/*
 * Copy what plane @plane of @pipe shows, in whole rows of tiles, to @mem, which is then the
 * caller's; pages that are no memory are zeros.  Size, stride, place, fourcc and modifier of @frame
 * are filled in.  XENGT_E_NO_PLANE: it is off.  XENGT_E_BAD_PLANE: it cannot be read, or is not one
 * surface in the order of its memory (NV12, a rotated view); @detail says what.
 */
enum xengt_status gt_native_take(struct gt_vgpu *v, unsigned pipe, unsigned plane,
				 struct gt_page_source *source, struct xengt_frame *frame,
				 struct gt_sealed *mem, char detail[XENGT_DETAIL_MAX]);

#endif
