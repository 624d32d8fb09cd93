/* SPDX-License-Identifier: MIT */
/* Input of VNC clients on its way to a vGPU: a thread of its own, so that nobody waits for it. */
#ifndef TOOLS_VNC_INPUT_H
#define TOOLS_VNC_INPUT_H

#include "xengt/client.h"

/* Start passing on input for @head of @domain, which outlives it all. 0 or negative errno. */
int vnc_input_start(const char *domain, unsigned head);
/* Pass on an event, at once; if too many wait already, all are dropped and all keys released. */
void vnc_input_put(struct xengt_input_event e);
/* Give the head a monitor of that size.  May take seconds. */
void vnc_input_size(unsigned w_px, unsigned h_px);

#endif
