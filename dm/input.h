/* SPDX-License-Identifier: MIT */
/* Input for the guest, from the worker to the domain's QEMU. */
#ifndef DM_INPUT_H
#define DM_INPUT_H

#include <poll.h>
#include <stddef.h>

struct dm_input;

/*
 * @qemu_fd: a stream socket to a QMP monitor of QEMU; @worker_fd: packets of struct gt_input.  Both
 * become the input's.  -ENOMEM.
 */
int dm_input_create(int qemu_fd, int worker_fd, struct dm_input **out);
/* Releases what is down, as far as QEMU takes it at once. @in may be NULL. */
void dm_input_destroy(struct dm_input *in);

#define DM_INPUT_NR_FDS 2
/*
 * What to wait for, and for how long at most: ms, or -1.  With @in NULL for nothing.  Then
 * dm_input_run(), which never waits.
 */
int dm_input_poll(const struct dm_input *in, struct pollfd fds[DM_INPUT_NR_FDS]);
void dm_input_run(struct dm_input *in);

/* The number by which QEMU knows the key of Linux code @code; 0: it knows none. */
unsigned dm_input_key_number(unsigned code);

#endif
