/* SPDX-License-Identifier: MIT */
/*
 * Buffers for neatvnc, which goes on reading one while it encodes it for slow clients: what a
 * picture has changed is copied into one that nobody reads.  Called by neatvnc's thread.
 */
#ifndef TOOLS_VNC_CANVAS_H
#define TOOLS_VNC_CANVAS_H

#include <neatvnc.h>

#include "xengt/client.h"

/*
 * A buffer that shows @pic, which differs from the last one that was painted where its frame.damage
 * says, everywhere if that says nothing.  It is the caller's, to be fed to neatvnc and given up, or
 * for vnc_canvas_drop().  NULL: no memory.
 */
struct nvnc_fb *vnc_canvas_paint(const struct xengt_picture *pic);
/* It is not fed. */
void vnc_canvas_drop(struct nvnc_fb *fb);

#endif
