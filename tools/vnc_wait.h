/* SPDX-License-Identifier: MIT */
/* Waiting for a vGPU's picture to change, until another thread has something better to do. */
#ifndef TOOLS_VNC_WAIT_H
#define TOOLS_VNC_WAIT_H

#include <pthread.h>
#include <stdbool.h>

#include "xengt/client.h"

struct vnc_wait {
	pthread_mutex_t lock;
	int sock; /* -1: nobody waits */
	bool ended;
};
#define VNC_WAIT_INIT { PTHREAD_MUTEX_INITIALIZER, -1, false }

/*
 * Until the picture of serial @since may have changed, or a minute is over: 0.  -ECANCELED:
 * vnc_wait_end() was called, since the last wait perhaps; then, or if it is another error, the
 * connection is of no use any more.
 */
int vnc_wait_for_change(struct vnc_wait *w, struct xengt_client *c, uint64_t since);
void vnc_wait_end(struct vnc_wait *w);

/*
 * Around any call that waits on @c.  False: vnc_wait_end() was called, as above: then the call is
 * not to be made, or its connection is of no use any more.
 */
bool vnc_wait_begin(struct vnc_wait *w, struct xengt_client *c);
bool vnc_wait_over(struct vnc_wait *w);

#endif
