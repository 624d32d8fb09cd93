/* SPDX-License-Identifier: MIT */
/*
 * Clients that wait for a change.
 *
 * Decides when there is a look at what their pictures were made of, for that costs.  A write of a
 * display register brings the next one forward.  Drawing into a frame that is shown exits nothing,
 * so there is a look LOOK_MIN_ns after the last change, and each that finds nothing makes the time
 * to the next longer, up to LOOK_MAX_ns, and in the end LOOK_STILL_ns; looks take no more than one
 * part in LOOK_SHARE of the time, whatever is waited for.  Nobody waits: no look, no timer.
 *
 * What changes goes on changing, and mostly in the same place: a cursor blinks, a film runs in its
 * window.  So looks at bands that changed within HOT_ns and looks at everything have a pace each;
 * a change elsewhere, a display register and input from a client make both fast.  A picture that
 * was waited for, and that one of the former has found to be another, is made of those bands, too.
 */
#define _GNU_SOURCE
#include "server_internal.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#define LOOK_MIN_ns   (16 * GT_NS_PER_MS) /* about a frame */
#define LOOK_MAX_ns   (512 * GT_NS_PER_MS)
#define LOOK_STILL_ns (2048 * GT_NS_PER_MS) /* when nothing has changed for STILL_ns */
#define LOOK_SOON_ns  (4 * GT_NS_PER_MS)    /* after a register was written */
#define LOOK_SHARE    8
#define HOT_ns	      (1000 * GT_NS_PER_MS)
#define STILL_ns      (5000 * GT_NS_PER_MS)

void server_stop_waiting(struct gt_server *s, struct client *c)
{
	s->looks.nr_waiting -= c->waits;
	c->waits = c->deaf = false;
}

static void send_answer(struct gt_server *s, struct client *c, struct answer *a)
{
	bool deaf = c->deaf;

	server_stop_waiting(s, c);
	if (server_send(c->fd, a) || (deaf && server_listen_to(s, c, EPOLLIN))) {
		server_close(s, c);
	}
}

/*
 * Answer a client that waits, or was about to: something changed, or may have, or the time is over.
 * False: the picture is the same all the same, so it waits on.
 */
static bool answer_wait(struct gt_server *s, struct client *c, bool changed)
{
	struct answer a;

	server_answer_init(&a, c->asked.command, XENGT_OK);
	if (c->asked.command == XENGT_CMD_WAIT) {
		a.head.payload_B = sizeof(a.payload.change);
		a.payload.change.changed = changed;
	} else {
		uint64_t start_ns = gt_now_ns(s->v);

		c->memory.hot_ns = changed ? s->looks.since_ns : 0;
		server_take_picture(s, c, &c->asked, &a);
		c->memory.hot_ns = 0;
		s->looks.pictures_ns += gt_now_ns(s->v) - start_ns;
		/* A cursor that moved is news, though it looks the same. */
		if (changed && !a.head.status && a.payload.frame.flags & XENGT_UNCHANGED &&
		    !(c->asked.flags & XENGT_CURSOR)) {
			return false;
		}
	}
	send_answer(s, c, &a);
	return true;
}

/*
 * Until it is answered nothing is read from it, so that requests pile up in the socket and nowhere
 * else; its end is still seen.
 */
void server_waiting_readable(struct gt_server *s, struct client *c)
{
	char byte;

	if (c->deaf || recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0 ||
	    server_listen_to(s, c, 0)) {
		server_close(s, c);
		return;
	}
	c->deaf = true;
}

void server_begin_wait(struct gt_server *s, struct client *c, const struct xengt_request *req)
{
	const struct gt_view view = server_view(req);
	bool known = req->command == XENGT_CMD_WAIT
			     ? c->memory.serial && req->since == c->memory.serial
			     : gt_memory_is_of(&c->memory, &view, req->since);

	gt_count(s->v, GT_C_waits);
	c->asked = *req;
	if (!known && answer_wait(s, c, true)) {
		return;
	}
	c->waits = true;
	c->until_ns = gt_now_ns(s->v) + req->timeout_ms * GT_NS_PER_MS;
	s->looks.nr_waiting++;
}

void server_look_soon(struct gt_server *s)
{
	s->looks.hot.pause_ns = s->looks.all.pause_ns = LOOK_MIN_ns;
}

static uint64_t look_at_all_ns(const struct gt_server *s)
{
	const struct server_looks *l = &s->looks;
	bool written = s->v->display_writes != l->seen_writes;

	return l->all.looked_ns +
	       (written && l->all.pause_ns > LOOK_SOON_ns ? LOOK_SOON_ns : l->all.pause_ns);
}

static uint64_t next_look_ns(const struct gt_server *s)
{
	const struct server_looks *l = &s->looks;
	uint64_t hot_ns = l->hot.looked_ns + l->hot.pause_ns, all_ns = look_at_all_ns(s);
	uint64_t next_ns = hot_ns < all_ns ? hot_ns : all_ns;

	return next_ns > l->not_before_ns ? next_ns : l->not_before_ns;
}

/* A look for everyone who waits. True if somebody saw a change. */
static bool look(struct gt_server *s, uint64_t since_ns)
{
	bool changed = false;

	s->looks.since_ns = since_ns;
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		struct client *c = &s->client[i];

		if (c->waits && gt_camera_sees_change(&s->camera, &c->memory, since_ns)) {
			changed |= answer_wait(s, c, true);
		}
	}
	s->looks.since_ns = 0;
	return changed;
}

static void set_pace(struct look_pace *p, uint64_t now_ns, bool fast, uint64_t max_ns)
{
	uint64_t slower_ns = p->pause_ns * 2;

	p->looked_ns = now_ns;
	p->pause_ns = fast ? LOOK_MIN_ns : slower_ns < max_ns ? slower_ns : max_ns;
}

static void look_if_due(struct gt_server *s)
{
	struct server_looks *l = &s->looks;
	uint64_t start_ns = gt_now_ns(s->v), end_ns, took_ns, max_ns;
	bool at_all, written, hot, elsewhere;

	if (!l->nr_waiting || start_ns < next_look_ns(s)) {
		return;
	}
	at_all = start_ns >= look_at_all_ns(s);
	written = at_all && s->v->display_writes != l->seen_writes;
	if (at_all) {
		l->seen_writes = s->v->display_writes;
	}
	l->pictures_ns = 0;
	hot = look(s, start_ns > HOT_ns ? start_ns - HOT_ns : 1);
	elsewhere = at_all && look(s, 0);
	end_ns = gt_now_ns(s->v);
	/* What was written is shown with the next frame: go on looking until then. */
	if (hot || elsewhere || written) {
		l->changed_ns = end_ns;
	}
	max_ns = end_ns - l->changed_ns < STILL_ns ? LOOK_MAX_ns : LOOK_STILL_ns;
	set_pace(&l->hot, end_ns, hot || elsewhere || written, max_ns);
	if (at_all) {
		set_pace(&l->all, end_ns, elsewhere || written, max_ns);
	}
	took_ns = end_ns - start_ns - l->pictures_ns;
	l->not_before_ns = end_ns + took_ns * (LOOK_SHARE - 1);
	gt_count(s->v, GT_C_looks);
	gt_count_n(s->v, GT_C_looks_ns, took_ns);
}

void server_wait_run(struct gt_server *s)
{
	uint64_t now_ns = gt_now_ns(s->v);

	look_if_due(s);
	for (unsigned i = 0; s->looks.nr_waiting && i < XENGT_MAX_CLIENTS; i++) {
		if (s->client[i].waits && now_ns >= s->client[i].until_ns) {
			answer_wait(s, &s->client[i], false);
		}
	}
}

uint64_t server_wait_deadline_ns(const struct gt_server *s)
{
	uint64_t first_ns = s->looks.nr_waiting ? next_look_ns(s) : UINT64_MAX;

	for (unsigned i = 0; s->looks.nr_waiting && i < XENGT_MAX_CLIENTS; i++) {
		if (s->client[i].waits && s->client[i].until_ns < first_ns) {
			first_ns = s->client[i].until_ns;
		}
	}
	return first_ns;
}
