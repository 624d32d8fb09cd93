/* SPDX-License-Identifier: MIT */
/*
 * libxengt: the small client library of Dom0's display tools.
 *
 * Every call blocks, for XENGT_TIMEOUT_MS at most (then -ETIMEDOUT).  Functions return 0, a
 * positive enum xengt_status the worker answered with, or a negative errno of this side;
 * xengt_strerror() makes a sentence of either.
 */
#ifndef XENGT_CLIENT_H
#define XENGT_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include "xengt/protocol.h"

#define XENGT_TIMEOUT_MS 10000

struct xengt_client;

/*
 * Connect to the vGPU of @domain: a number is a domain id, anything else a name (asked of the
 * running vGPUs, no xenstore needed).  -ENOENT: no such domain has a vGPU.
 */
int xengt_connect(const char *domain, struct xengt_client **out);
void xengt_disconnect(struct xengt_client *c);
/* Words the worker added to its last answer; "" if none. Valid until the next call. */
const char *xengt_detail(const struct xengt_client *c);
const char *xengt_strerror(int ret);

int xengt_info(struct xengt_client *c, struct xengt_info *out);

/* A picture in this process's memory, read-only. */
struct xengt_picture {
	struct xengt_frame frame;
	const void *pixels; /* frame.size_B bytes */
	int fd;		    /* the sealed memfd behind it */
};
int xengt_snapshot(struct xengt_client *c, unsigned head, struct xengt_picture *out);
void xengt_picture_release(struct xengt_picture *p);

/* Text of counters or registers: malloc'ed, NUL-terminated, the caller frees it. */
int xengt_stats(struct xengt_client *c, char **text);
int xengt_regs(struct xengt_client *c, char **text);

/* Domain ids of all vGPUs that answer, ascending. @ids is malloc'ed. */
int xengt_list(uint32_t **ids, size_t *nr);

#endif
