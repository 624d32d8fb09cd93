/* SPDX-License-Identifier: MIT */
/*
 * Keys and pointer of people who look, on their way to a vGPU: a thread of its own, so that nobody
 * waits for it.
 */
#ifndef TOOLS_FEED_H
#define TOOLS_FEED_H

#include "xengt/client.h"

/* Start passing on input for @head of @domain, which outlives it all. 0 or negative errno. */
int feed_start(const char *domain, unsigned head);
/* Pass on an event, at once; if too many wait already, all are dropped and all keys released. */
void feed_put(struct xengt_input_event e);
/* Give @head of the domain a monitor of that size, as feed_start() named it.  May take seconds. */
void feed_size(unsigned w_px, unsigned h_px);

#endif
