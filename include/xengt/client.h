/* SPDX-License-Identifier: MIT */
/*
 * libxengt: the small client library of Dom0's display tools.
 *
 * Every call blocks, for XENGT_TIMEOUT_MS at most (then -ETIMEDOUT), xengt_wait() for longer by
 * the time that it was given.  A client is used by one thread at a time.  Functions return 0, a
 * positive enum xengt_status the worker answered with, or a negative errno of this side;
 * xengt_strerror() makes a sentence of either.
 */
#ifndef XENGT_CLIENT_H
#define XENGT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "xengt/protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

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

/* What a picture is to be of. All zeros: all of head 0, cursor and all. */
struct xengt_capture {
	unsigned head;
	uint32_t flags;		  /* XENGT_NO_CURSOR and its like, see xengt/protocol.h */
	unsigned plane;		  /* with XENGT_PLANE: from 0, the lowest, on */
	struct xengt_rect region; /* of the head; w_px and h_px 0: all of it */
	/*
	 * With XENGT_TRACK: the serial of the last picture that this connection took with
	 * XENGT_TRACK, 0 if there is none.  What changed since then is told in frame.damage; if
	 * nothing did, there are no pixels, and frame.flags has XENGT_UNCHANGED.
	 */
	uint64_t since;
	/*
	 * With since: wait until the picture is another one, this long at most, an hour at most;
	 * if it is not by then, XENGT_UNCHANGED.  Cheaper than xengt_wait() and then a picture.
	 */
	uint32_t timeout_ms;
};

/* A picture in this process's memory, read-only. */
struct xengt_picture {
	struct xengt_frame frame;
	const void *pixels; /* frame.size_B bytes; NULL if XENGT_UNCHANGED */
	int fd;		    /* the sealed memfd behind it; -1 if XENGT_UNCHANGED or _HELD */
};

/*
 * Take a picture.  A connection remembers one tracked picture: who follows two heads has two
 * connections.  XENGT_E_REGION: the region is not part of the head; xengt_detail() says its size.
 *
 * With XENGT_HOLD the cost is that of what changed: a picture whose frame.flags has XENGT_HELD
 * stays mapped, release or not, and its pixels are overwritten by the next xengt_capture() of this
 * connection, and gone with a capture that fails or with the connection.  So be done with it.
 */
int xengt_capture(struct xengt_client *c, const struct xengt_capture *what,
		  struct xengt_picture *out);
/* All of a head. */
int xengt_snapshot(struct xengt_client *c, unsigned head, struct xengt_picture *out);
void xengt_picture_release(struct xengt_picture *p);

/*
 * A dma-buf of a picture that was taken with XENGT_DMABUF: frame.fourcc, modifier and stride_B say
 * what is in it.  It is of /dev/udmabuf, which the caller must be allowed to open.  The descriptor,
 * the caller's, which outlives the picture; or negative errno: -EINVAL if there are no pixels or
 * they were taken without XENGT_DMABUF, or are more than the kernel's udmabuf.size_limit_mb.
 */
int xengt_picture_dmabuf(const struct xengt_picture *p);

/*
 * Wait until a tracked picture of serial @since could look otherwise, for @timeout_ms at most, an
 * hour at most.  *changed is false if the time is over; true also if @since is not this
 * connection's last tracked picture.  A change may be one that a picture does not show, such as
 * one outside its region.
 */
int xengt_wait(struct xengt_client *c, uint64_t since, uint32_t timeout_ms, bool *changed);

/* Text of counters or registers: malloc'ed, NUL-terminated, the caller frees it. */
int xengt_stats(struct xengt_client *c, char **text);
int xengt_regs(struct xengt_client *c, char **text);

/*
 * Heads and their monitors, "HEAD LINK STATE MODE NAME" a line, as above: LINK is hdmi or dp, STATE
 * plugged or unplugged, MODE the preferred WIDTHxHEIGHT@HZ.
 */
int xengt_monitors(struct xengt_client *c, char **text);
/*
 * Plug a monitor into @head, in place of any that is there, or pull it out.  The guest's driver
 * hears of it as of a cable.  XENGT_E_MONITOR: there can be none with that EDID or mode.
 */
int xengt_plug(struct xengt_client *c, unsigned head, const struct xengt_plug *monitor);
int xengt_unplug(struct xengt_client *c, unsigned head);

/*
 * Give @nr events, XENGT_MAX_INPUT at most, to the guest's keyboard and pointer.  XENGT_E_NO_INPUT:
 * nothing leads there; XENGT_E_LATER: too fast, none was taken.  0 does not say that the guest has
 * a driver that listens.  Keys that are down are released when @c is disconnected.
 */
int xengt_input(struct xengt_client *c, unsigned head, const struct xengt_input_event *events,
		unsigned nr);

/* Domain ids of all vGPUs that answer, ascending. @ids is malloc'ed. */
int xengt_list(uint32_t **ids, size_t *nr);

#ifdef __cplusplus
}
#endif

#endif
