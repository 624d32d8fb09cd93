/* SPDX-License-Identifier: MIT */
/* The picture of a head for VNC clients: followed by a thread, while there are clients. */
#ifndef TOOLS_VNC_SCREEN_H
#define TOOLS_VNC_SCREEN_H

#include <stdbool.h>

#include "xengt/client.h"

/*
 * Start a thread that follows @head of @domain, which outlives it all, and spends no more than
 * @percent of a processor on it, 0: 30.  0 or negative errno.
 */
int vnc_screen_start(const char *domain, unsigned head, unsigned percent);
/* Readable when vnc_screen_take() has something to say. */
int vnc_screen_fd(void);
/* Whether anybody looks; nothing at all is done while nobody does. */
void vnc_screen_watch(bool watched);
/* Whether the cursor is part of the picture, as it is at first. */
void vnc_screen_show_cursor(bool shown);
/*
 * While nobody looks: take one picture, and wait for a moment until it was taken from here, so that
 * the next client is told the size of today.  neatvnc 0.5 ends by a null pointer if the first
 * picture that it sends has another size than it said.  For a thread that may wait.
 */
void vnc_screen_refresh(void);
/*
 * 0: @pic is a new picture, the caller's, with what changed since the last that was taken; -EAGAIN:
 * there is none yet; otherwise the vGPU is gone for good, as xengt_strerror() has it.  No other is
 * made before the caller has released it and says so.
 */
int vnc_screen_take(struct xengt_picture *pic);
void vnc_screen_done(void);

#endif
