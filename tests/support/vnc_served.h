/* SPDX-License-Identifier: MIT */
/* xengt-vnc beside a worker of the test's own, and the way to it. */
#ifndef VNC_SERVED_H
#define VNC_SERVED_H

#include "serving.h"

struct vnc_served {
	struct serving w; /* its input is taken; shows what serving_show() says */
	pid_t worker, vnc;
	char path[80]; /* of xengt-vnc's socket */
};
extern struct vnc_served served;

/* A checked fixture. */
void served_set_up(void);
void served_tear_down(void);
/* Start xengt-vnc, again perhaps. */
void served_start_vnc(void);
/* A client's end, as soon as there is one to be had. */
int served_connect(void);
/*
 * The same, as far as it goes before pictures: version, no security, shared; the server's size,
 * which must be that, and its name; then @encodings, a whole SetEncodings.
 */
int served_join(unsigned w_px, unsigned h_px, const char *encodings, size_t size_B);

#endif
