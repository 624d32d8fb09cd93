/* SPDX-License-Identifier: MIT */
/* The gate before a VNC server: only whole and sound messages of clients get through. */
#ifndef TOOLS_VNC_GATE_H
#define TOOLS_VNC_GATE_H

#include <stdbool.h>

#define VNC_MAX_CLIENTS 32

struct vnc_gate {
	const char *inner; /* the unix socket of the server */
	bool encrypted;	   /* clients say the password first: vnc_tls_init() was called */
	/* One has come and may enter; in a thread of its own, before the server hears of it. */
	void (*on_new)(void);
	/* A client wants the head to be of that size; in a thread of its own. NULL: it cannot. */
	void (*on_size)(unsigned w_px, unsigned h_px);
};

/* Lead clients of @listen_fd to the server.  0 or negative errno; @how outlives it all. */
int vnc_gate_start(int listen_fd, const struct vnc_gate *how);

/*
 * Whether the server may be given a picture of another size.  neatvnc 0.5 ends by a null pointer
 * when it tells a client of one that has no picture yet, and goes on with one that it has just
 * freed when it cannot tell.  The clients that could bring this about are ended or get a picture
 * first; until then, which is when vnc_gate_fd() is readable, it may not.  Clients that come
 * meanwhile wait until vnc_gate_resized().
 */
bool vnc_gate_may_resize(void);
void vnc_gate_resized(void);
int vnc_gate_fd(void);

/* Whether all clients draw a cursor that they are told, and there is one that has a picture. */
bool vnc_gate_draws_cursor(void);

#endif
