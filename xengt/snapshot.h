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
 * Take a picture of head @head.  Returns an enum xengt_status; on XENGT_OK *fd is a sealed memfd,
 * the caller's.  Otherwise *fd is -1 and @detail (112 bytes) may have words for a person.
 */
enum xengt_status gt_snapshot_take(struct gt_vgpu *v, unsigned head, struct xengt_frame *frame,
				   int *fd, char detail[112]);

#endif
