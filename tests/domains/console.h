/* SPDX-License-Identifier: MIT */
/* Where the domain's words go, and where the go-on byte comes from. */
#ifndef TESTDOM_CONSOLE_H
#define TESTDOM_CONSOLE_H

#include <stddef.h>

/* After xen_init(). */
void console_init(void);
/* To COM1, Xen's debug port and Xen's console ring; a newline is sent as it is to the latter two.
 */
void console_write(const char *text, size_t len);
/* A byte somebody sent to COM1 or to the console ring, or -1. */
int console_read(void);

#endif
