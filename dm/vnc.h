/* SPDX-License-Identifier: MIT */
/*
 * The VNC servers that start and end with a domain: vgt_vnc=USER.
 *
 * One for each head, as that user, who gets the domain's socket and a directory for theirs:
 * XENGT_SOCKET_DIR/DOMID.vnc/HEAD.sock.  They know nothing of Xen, and have nothing of ours but
 * the log; a guest or client that takes one has what that user has.
 */
#ifndef DM_VNC_H
#define DM_VNC_H

#include <stdbool.h>
#include <sys/types.h>

#include "xengt/options.h"

#define DM_VNC_PROGRAM XENGT_BINDIR "/xengt-vnc"

/* uid 0: there are to be none. */
struct dm_vnc_user {
	uid_t uid;
	gid_t gid;
};

struct dm_vnc_conf {
	const char *program; /* xengt-vnc */
	const char *dir;     /* of sockets; root's */
	uint32_t domid, nr_heads;
	struct dm_vnc_user user;
};

struct dm_vnc {
	uint32_t domid, nr_heads;
	const char *dir;
	pid_t pid[GT_MAX_HEADS]; /* 0: none, or reaped */
};

/* Whom @name is and whether @program is there. 0, or negative errno and @err. */
int dm_vnc_look_up(const char *name, const char *program, struct dm_vnc_user *user,
		   struct gt_error *err);

/*
 * Give the domain's socket to the user and start the servers.  0, or negative errno with nothing
 * started; a server that cannot go on says so in the log, and the guest has its screen without.
 */
int dm_vnc_start(struct dm_vnc *v, const struct dm_vnc_conf *conf);
/* After SIGCHLD: servers that ended are said to have. */
void dm_vnc_reap(struct dm_vnc *v);
/* End all, and remove their directory. */
void dm_vnc_stop(struct dm_vnc *v);

#endif
