/* SPDX-License-Identifier: MIT */
/*
 * A picture on request: latched planes -> bounds-checked GGTT walk -> read-only foreign mapping ->
 * detile and convert into a sealed memfd.  Nothing of it exists between two requests.
 */
#ifndef GT_SNAPSHOT_H
#define GT_SNAPSHOT_H

#include "xengt/protocol.h"
#include "xengt/types.h"

struct gt_vgpu;

/*
 * Take a picture of head @head, i.e. of that pipe, as large as the pipe composes it: planes from
 * the lowest to the highest on black, then the cursor.  Returns an enum xengt_status; on XENGT_OK
 * *fd is a sealed memfd, the caller's; otherwise it is -1.  @detail may have words for a person
 * either way, "" if not.
 *
 * What cannot be read follows three rules.  A plane whose registers make no sense, or that touches
 * a page that is not present in the GGTT: no picture, XENGT_E_BAD_PLANE.  A page that is present
 * but is no RAM that can be mapped: black, and the detail counts them.  A cursor that cannot be
 * read: left out, and the detail says so.
 */
enum xengt_status gt_snapshot_take(struct gt_vgpu *v, unsigned head, struct xengt_frame *frame,
				   int *fd, char detail[XENGT_DETAIL_MAX]);

#endif
