/* SPDX-License-Identifier: MIT */
/*
 * Clients' keys and pointers, on their way to the guest.
 *
 * Decides what goes on, and that no key stays down when the client that pressed it is gone.  The
 * worker cannot speak to QEMU: what it sends to the other end of its socket is looked at again.
 */
#define _GNU_SOURCE
#include "server_internal.h"

#include <errno.h>
#include <sys/socket.h>

#include "display.h"
#include "fb.h"

/* Between two attempts to release keys of a client that is gone. */
#define RELEASE_ns (16 * GT_NS_PER_MS)

void gt_server_set_input(struct gt_server *s, int fd)
{
	s->input.fd = fd;
}

/* 0, or -EAGAIN: there is no room; other errors: there is nobody. */
static int pass_input(struct gt_server *s, const struct gt_input *in)
{
	ssize_t n;

	do {
		n = send(s->input.fd, in, sizeof(*in), MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static void run_release(struct gt_server *s)
{
	struct server_input *in = &s->input;
	struct gt_input *next = &in->release;
	int ret = 0;

	while (!ret && (next->in.nr || gt_keys_release(&in->to_release, &next->in))) {
		ret = pass_input(s, next);
		next->in.nr = ret == -EAGAIN ? next->in.nr : 0;
	}
	in->release_ns = ret == -EAGAIN ? gt_now_ns(s->v) + RELEASE_ns : UINT64_MAX;
}

void server_release_keys(struct gt_server *s, struct client *c)
{
	for (unsigned w = 0; w < GT_ARRAY_SIZE(c->keys.down); w++) {
		uint64_t down = c->keys.down[w];

		c->keys.down[w] = 0;
		for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
			down &= ~s->client[i].keys.down[w];
		}
		s->input.to_release.down[w] |= down;
	}
	run_release(s);
}

enum xengt_status server_take_input(struct gt_server *s, struct client *c, unsigned head,
				    const struct xengt_input *events)
{
	struct gt_input in = { .in = *events };
	unsigned pipe;
	int ret;

	if (head >= s->v->opt.nr_heads) {
		return XENGT_E_NO_HEAD;
	}
	/* First what is late, or a key that is pressed now would go up again. */
	run_release(s);
	if (gt_head_pipe(s->v, head, &pipe) &&
	    !gt_fb_pipe_size(s->v, pipe, &in.w_px, &in.h_px)) {
		in.w_px = in.h_px = 0;
	}
	ret = s->input.release_ns == UINT64_MAX ? pass_input(s, &in) : -EAGAIN;
	if (ret) {
		return ret == -EAGAIN ? XENGT_E_LATER : XENGT_E_NO_INPUT;
	}
	gt_count_n(s->v, GT_C_inputs, in.in.nr);
	gt_keys_apply(&c->keys, &in.in);
	server_look_soon(s);
	return XENGT_OK;
}

void server_input_run(struct gt_server *s)
{
	if (gt_now_ns(s->v) >= s->input.release_ns) {
		run_release(s);
	}
}
