/* SPDX-License-Identifier: MIT */
/* The gate before a VNC server: only whole and sound messages of clients get through. */
#ifndef TOOLS_VNC_GATE_H
#define TOOLS_VNC_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* What is to become of the message that a client's bytes begin with. */
struct vnc_message {
	size_t size_B;	/* bytes it takes of those that came */
	size_t pass_B;	/* of these so many, from the first on, are for the server */
	uint64_t skip_B; /* bytes that are still to come and are for nobody */
	unsigned w_px, h_px; /* that the head is to have; 0: it says nothing of that */
};

/*
 * The first of @size_B bytes that came of a client; @stage counts its messages from 0 on.  1: it is
 * whole, and @msg says what to do; it may be changed in place.  0: more must come.  -EPROTO.
 */
int vnc_gate_parse(unsigned stage, uint8_t *bytes, size_t size_B, struct vnc_message *msg);

#endif
