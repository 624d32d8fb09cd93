/* SPDX-License-Identifier: MIT */
/* A message of a VNC client. */
#ifndef TOOLS_VNC_MESSAGE_H
#define TOOLS_VNC_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VNC_STAGE_MESSAGES 3u	 /* after version, security and shared flag */
#define VNC_MAX_ENCODINGS  32u	 /* that neatvnc has room for */
#define VNC_DESKTOP_SIZE   (-223) /* encoding: the client can be told of another size */
#define VNC_CURSOR	   (-239) /* encoding: the client draws the cursor */

enum vnc_message_kind {
	VNC_OTHER,
	VNC_FORMAT,    /* of pixels: @pixel_B */
	VNC_ENCODINGS, /* @resizes, @draws_cursor */
	VNC_ASK,       /* for what is there of a part of the screen, from @x_px, @y_px on */
	VNC_SIZE,      /* @w_px, @h_px that the head is to have */
};

/* What a message is, and what is to become of it. */
struct vnc_message {
	enum vnc_message_kind kind;
	size_t size_B;	 /* bytes it takes of those that came */
	size_t pass_B;	 /* of these so many, from the first on, are for the server */
	uint64_t skip_B; /* bytes that are still to come and are for nobody */
	bool resizes;	   /* VNC_DESKTOP_SIZE is among the encodings */
	bool draws_cursor; /* VNC_CURSOR is */
	unsigned pixel_B;
	unsigned x_px, y_px;
	unsigned w_px, h_px;
};

/*
 * The first of @size_B bytes that came of a client; @stage counts its messages from 0 on.  1: it is
 * whole, and @msg says what to do; it may be changed in place.  0: more must come.  -EPROTO.
 */
int vnc_message_parse(unsigned stage, uint8_t *bytes, size_t size_B, struct vnc_message *msg);

#endif
