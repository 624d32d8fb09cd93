/* SPDX-License-Identifier: MIT */
/*
 * What the files of the server share: server.c has clients and their requests, server_input.c
 * their keys and pointers, server_wait.c those who wait for a change.
 */
#ifndef GT_SERVER_INTERNAL_H
#define GT_SERVER_INTERNAL_H

#include "monitor.h"
#include "snapshot.h"
#include "vgpu_internal.h"
#include "xengt/input.h"
#include "xengt/protocol.h"

#define GT_NS_PER_MS UINT64_C(1000000)

struct client {
	int fd; /* -1: free */
	bool waits;
	bool deaf;		 /* waits, and has sent more, which is not heard until then */
	struct xengt_request asked; /* waits: for this */
	uint64_t until_ns;	 /* waits: when it is told that nothing changed */
	struct gt_memory memory; /* of its last tracked picture */
	struct gt_keys keys;	 /* that it has down */
};

/* Where input goes, and keys that must go up. */
struct server_input {
	int fd;			   /* takes struct gt_input; -1: none */
	struct gt_input release;   /* not taken yet; nr 0: none */
	struct gt_keys to_release; /* besides those: of clients that are gone */
	uint64_t release_ns;	   /* when that is tried again; UINT64_MAX: nothing to release */
};

/* When there was a look, and when the next is. */
struct look_pace {
	uint64_t looked_ns, pause_ns;
};

/* Looks at what clients wait for. */
struct server_looks {
	unsigned nr_waiting;
	struct look_pace hot;	 /* where something changed not long ago */
	struct look_pace all;	 /* everywhere */
	uint64_t not_before_ns;	 /* LOOK_SHARE */
	uint64_t changed_ns;	 /* when a look last found a change */
	uint64_t seen_writes;	 /* v->display_writes at the last look */
	uint64_t since_ns;	 /* of the look under way: see gt_watch_is_same() */
	uint64_t pictures_ns;	 /* of the look under way: what pictures took, which is no look */
};

struct gt_server {
	struct gt_vgpu *v;
	char name[sizeof(((struct xengt_info *)0)->name)];
	int epoll_fd, listen_fd;
	int spare_fd; /* given up to refuse a client when no descriptor is left */
	unsigned nr_clients;
	struct client client[XENGT_MAX_CLIENTS];
	struct gt_camera camera;
	struct server_looks looks;
	struct server_input input;
};

/* The payload of a reply is one of these. */
union payload {
	struct xengt_info info;
	struct xengt_frame frame;
	struct xengt_text text;
	struct xengt_change change;
};

struct answer {
	struct xengt_reply head;
	union payload payload;
	int fd; /* -1: none */
};

/* An answer of no payload. */
void server_answer_init(struct answer *a, uint32_t command, enum xengt_status status);
/* Send @a in one packet, never waiting.  Its descriptor is closed here either way.  0 or -errno. */
int server_send(int sock, struct answer *a);
/* Whether the client is heard (EPOLLIN), or only its end (0).  0 or negative errno. */
int server_listen_to(struct gt_server *s, const struct client *c, uint32_t events);
/* What the picture is of that a valid request asks for. */
static inline struct gt_view server_view(const struct xengt_request *req)
{
	return (struct gt_view){ req->head, req->flags, req->plane, req->region };
}
/* The picture itself. */
void server_take_picture(struct gt_server *s, struct client *c, const struct xengt_request *req,
			 struct answer *a);
/* Let go of a client: it waits no more, its keys go up, its descriptor is closed. */
void server_close(struct gt_server *s, struct client *c);

/* --- server_input.c --- */

/* Pass on @in for @head: XENGT_OK, and then @c has those keys down, or why none of it was taken. */
enum xengt_status server_take_input(struct gt_server *s, struct client *c, unsigned head,
				    const struct xengt_input *in);
/* What @c has down goes up, but for what others have down; now, or as soon as there is room. */
void server_release_keys(struct gt_server *s, struct client *c);
/* Try again what there was no room for, if that is due. */
void server_input_run(struct gt_server *s);

/* --- server_wait.c --- */

/* A valid request to wait: @c is answered at once, or later, and is not heard until then. */
void server_begin_wait(struct gt_server *s, struct client *c, const struct xengt_request *req);
/* Something is to be read from a client that waits: its end, or more requests. */
void server_waiting_readable(struct gt_server *s, struct client *c);
void server_stop_waiting(struct gt_server *s, struct client *c);
/* A change is to be expected. */
void server_look_soon(struct gt_server *s);
/* Look if that is due, and answer those who saw a change or whose time is over. */
void server_wait_run(struct gt_server *s);
/* When server_wait_run() is due; UINT64_MAX: nobody waits. */
uint64_t server_wait_deadline_ns(const struct gt_server *s);

#endif
