/* SPDX-License-Identifier: MIT */
/* Where a VNC server can be reached: sockets that listen. */
#ifndef TOOLS_VNC_LISTEN_H
#define TOOLS_VNC_LISTEN_H

/*
 * At @path, for this user alone (0600); a socket that a killed server left there is replaced, one
 * that somebody serves is not.  The descriptor, or negative errno.
 */
int vnc_listen_unix(const char *path);
/* At port @port of 127.0.0.1. The descriptor, or negative errno. */
int vnc_listen_local(unsigned port);
/*
 * At @where: ADDRESS:PORT, [ADDRESS]:PORT for IPv6; numbers, no names.  The descriptor, or negative
 * errno, -EINVAL if that is no address.
 */
int vnc_listen_at(const char *where);
/*
 * Remove what killed servers of this user left: directories that match @pattern and whose socket,
 * called "vnc", nobody serves.
 */
void vnc_listen_sweep(const char *pattern);

#endif
