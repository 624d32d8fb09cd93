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
#define VNC_DIR_B 32
/*
 * A directory for a socket called "vnc" that is this process's own, its name in @dir: @stem and six
 * letters.  Those that killed servers of this user left are removed.  It counts as left once the
 * descriptor that is returned is closed; or negative errno.
 */
int vnc_listen_make_dir(const char *stem, char dir[VNC_DIR_B]);

#endif
