/* SPDX-License-Identifier: MIT */
/* The guest's cursor, drawn by the client where that can be. All but the thread is the loop's. */
#ifndef TOOLS_VNC_CURSOR_H
#define TOOLS_VNC_CURSOR_H

#include <stdbool.h>

struct nvnc;

/* Follow the cursor of @head of @domain, which outlives it all, for @server. 0 or negative
 * errno. */
int vnc_cursor_start(struct nvnc *server, const char *domain, unsigned head);
/* Readable: call the one beside it. */
int vnc_cursor_news_fd(void);
void vnc_cursor_news(void);
int vnc_cursor_rest_fd(void);
void vnc_cursor_rest(void);
/* So many clients are there now. */
void vnc_cursor_clients(unsigned nr);
/* A client put the pointer there, in pixels of the head. */
void vnc_cursor_pointed(unsigned x_px, unsigned y_px);

#endif
