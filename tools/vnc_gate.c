/* SPDX-License-Identifier: MIT */
/*
 * The gate before a VNC server.
 *
 * neatvnc 0.5.4 uses a client that it has just freed after a message that it does not understand,
 * takes one off a list that it is not yet on if it is gone at once, and counts encodings
 * otherwise than it reads them when there are many.  So none of that reaches it: each client has
 * a thread here that takes its bytes apart and passes on what is whole and sound; the first that
 * is not ends the connection, and no other.  What the server says goes through as it is, as fast
 * as its client reads, so that the server sees who is slow.
 */
#define _GNU_SOURCE
#include "vnc_gate.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "vnc_message.h"
#include "vnc_tls.h"

#define HANDSHAKE_ms  10000
#define STACK_B	      (256u << 10)

static struct {
	int listen_fd;
	const struct vnc_gate *how;
	atomic_uint nr_clients;
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t resized;
	bool resizing;
	struct line *sized; /* those that were told a size, or are about to be */
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .resized = PTHREAD_COND_INITIALIZER };

struct line {
	struct line *next; /* in gate.sized; this and the four below under gate.lock */
	bool asked;	   /* for a picture, and will get it */
	bool has_picture;
	bool resizes;	    /* it can be told of another size */
	bool draws_cursor;  /* if it is told which */
	unsigned pixel_B;   /* of its format */
	int client, server;
	struct vnc_tls *tls; /* NULL: the client is not encrypted */
	unsigned stage;
	uint64_t skip_B;
	size_t size_B;
	size_t before_B; /* to pass over in what the server says, which is listened to until */
	size_t said_B;	 /* it has sent a picture */
	uint8_t said[24];
	unsigned w_px, h_px; /* 0: the server has not said yet */
	uint8_t in[4096], out[65536];
};

/* --- sizes ---------------------------------------------------------------------------------- */

/* The server is about to tell it the size of its screen: not one that is of yesterday then. */
static void size_is_told(struct line *l)
{
	pthread_mutex_lock(&gate.lock);
	while (gate.resizing) {
		pthread_cond_wait(&gate.resized, &gate.lock);
	}
	l->next = gate.sized;
	gate.sized = l;
	pthread_mutex_unlock(&gate.lock);
}

/* Something that another size waits for may have come to pass. */
static void tell_resizer(void)
{
	uint64_t one = 1;

	if (gate.resizing && write(gate.fd, &one, sizeof(one)) < 0) {
		return; /* it is readable already */
	}
}

static void size_is_over(const struct line *l)
{
	pthread_mutex_lock(&gate.lock);
	for (struct line **at = &gate.sized; *at; at = &(*at)->next) {
		if (*at == l) {
			*at = l->next;
			break;
		}
	}
	tell_resizer();
	pthread_mutex_unlock(&gate.lock);
}

static unsigned be16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* Bytes of a cursor of that size: pixels and a mask. */
static size_t cursor_B(const struct line *l, size_t w_px, size_t h_px)
{
	return (w_px * l->pixel_B + (w_px + 7) / 8) * h_px;
}

/*
 * ServerInit, words about keys, which come as an update (pseudo-encoding -258), as a cursor does,
 * then a picture.
 */
static void hear_byte(struct line *l, uint8_t b)
{
	bool is_picture = false;

	if (l->before_B) {
		l->before_B--;
		return;
	}
	l->said[l->said_B++] = b;
	if (!l->w_px && l->said_B == 24) {
		l->w_px = be16(l->said);
		l->h_px = be16(l->said + 2);
		l->before_B = be32(l->said + 20);
		l->said_B = 0;
	} else if (l->w_px && l->said_B == 16) {
		int32_t encoding = (int32_t)be32(l->said + 12);

		is_picture = l->said[0] || (encoding != -258 && encoding != VNC_CURSOR);
		l->before_B = encoding == VNC_CURSOR
				      ? cursor_B(l, be16(l->said + 8), be16(l->said + 10)) : 0;
		l->said_B = 0;
	}
	if (is_picture) {
		pthread_mutex_lock(&gate.lock);
		l->has_picture = true;
		tell_resizer();
		pthread_mutex_unlock(&gate.lock);
	}
}

static void heed(struct line *l, const struct vnc_message *msg)
{
	pthread_mutex_lock(&gate.lock);
	l->resizes |= msg->resizes;
	if (msg->kind == VNC_ENCODINGS) {
		l->draws_cursor = msg->draws_cursor;
	} else if (msg->kind == VNC_FORMAT) {
		l->pixel_B = msg->pixel_B;
	}
	l->asked |= msg->kind == VNC_ASK && msg->x_px < l->w_px && msg->y_px < l->h_px;
	pthread_mutex_unlock(&gate.lock);
}

bool vnc_gate_may_resize(void)
{
	bool may = true;

	pthread_mutex_lock(&gate.lock);
	gate.resizing = true;
	for (struct line *l = gate.sized; l; l = l->next) {
		if (!l->resizes || (!l->has_picture && !l->asked)) {
			shutdown(l->client, SHUT_RDWR);
		}
		may &= l->resizes && l->has_picture;
	}
	pthread_mutex_unlock(&gate.lock);
	return may;
}

bool vnc_gate_draws_cursor(void)
{
	bool draws;

	pthread_mutex_lock(&gate.lock);
	draws = gate.sized;
	for (struct line *l = gate.sized; l; l = l->next) {
		draws &= l->draws_cursor && l->has_picture;
	}
	pthread_mutex_unlock(&gate.lock);
	return draws;
}

void vnc_gate_resized(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.resizing = false;
	pthread_cond_broadcast(&gate.resized);
	pthread_mutex_unlock(&gate.lock);
}

int vnc_gate_fd(void)
{
	return gate.fd;
}

/* --- clients -------------------------------------------------------------------------------- */

static bool send_all(int fd, const uint8_t *from, size_t size_B)
{
	while (size_B) {
		ssize_t n = send(fd, from, size_B, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return false;
		}
		from += n;
		size_B -= (size_t)n;
	}
	return true;
}

static bool send_client(struct line *l, size_t size_B)
{
	for (size_t at = 0; l->tls && at < size_B;) {
		ssize_t n = vnc_tls_send(l->tls, l->out + at, size_B - at);

		if (n <= 0) {
			return false;
		}
		at += (size_t)n;
	}
	return l->tls || send_all(l->client, l->out, size_B);
}

static void drop(struct line *l, size_t nr_B)
{
	l->size_B -= nr_B;
	memmove(l->in, l->in + nr_B, l->size_B);
}

/* What the server gets of it: who could be told of another size cannot take that back. */
static bool pass(const struct line *l, const struct vnc_message *msg)
{
	static const uint8_t size[4] = { 0xff, 0xff, 0xff, 0x21 };
	uint8_t more[4 + 4 * VNC_MAX_ENCODINGS];

	if (msg->kind != VNC_ENCODINGS || msg->resizes || !l->resizes) {
		return send_all(l->server, l->in, msg->pass_B);
	}
	memcpy(more, l->in, msg->pass_B);
	more[3]++;
	memcpy(more + msg->pass_B, size, sizeof(size));
	return send_all(l->server, more, msg->pass_B + sizeof(size));
}

/* All that came and is whole. False: the connection must end. */
static bool pass_messages(struct line *l)
{
	for (;;) {
		size_t skip_B = l->skip_B < l->size_B ? (size_t)l->skip_B : l->size_B;
		struct vnc_message msg;
		int ret;

		drop(l, skip_B);
		l->skip_B -= skip_B;
		ret = vnc_message_parse(l->stage, l->in, l->size_B, &msg);
		if (ret <= 0) {
			return !ret;
		}
		if (l->stage == VNC_STAGE_MESSAGES - 1) {
			size_is_told(l);
		}
		heed(l, &msg);
		if (!pass(l, &msg)) {
			return false;
		}
		if (msg.kind == VNC_SIZE && gate.how->on_size) {
			gate.how->on_size(msg.w_px, msg.h_px);
		}
		drop(l, msg.size_B);
		l->skip_B = msg.skip_B;
		l->stage += l->stage < VNC_STAGE_MESSAGES;
	}
}

static bool from_client(struct line *l)
{
	uint8_t *to = l->in + l->size_B;
	size_t room_B = sizeof(l->in) - l->size_B;
	ssize_t n = l->tls ? vnc_tls_recv(l->tls, to, room_B) : recv(l->client, to, room_B, 0);

	if (n <= 0) {
		return n < 0 && !l->tls && errno == EINTR;
	}
	l->size_B += (size_t)n;
	return pass_messages(l);
}

static bool from_server(struct line *l)
{
	ssize_t n = recv(l->server, l->out, sizeof(l->out), 0);

	if (n <= 0) {
		return n < 0 && errno == EINTR;
	}
	for (ssize_t i = 0; i < n && !l->has_picture; i++) {
		hear_byte(l, l->out[i]);
	}
	return send_client(l, (size_t)n);
}

static bool step(struct line *l)
{
	struct pollfd p[2] = { { l->client, POLLIN, 0 }, { l->server, POLLIN, 0 } };
	int n;

	if (l->tls && vnc_tls_pending(l->tls)) {
		return from_client(l);
	}
	n = poll(p, 2, l->stage < VNC_STAGE_MESSAGES ? HANDSHAKE_ms : -1);

	if (n <= 0) {
		return n < 0 && errno == EINTR;
	}
	return (!p[0].revents || from_client(l)) && (!p[1].revents || from_server(l));
}

static int connect_inner(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(gate.how->inner) >= sizeof(addr.sun_path)) {
		return fd;
	}
	strcpy(addr.sun_path, gate.how->inner);
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* What neatvnc says first, @size_B bytes that are for nobody. */
static bool skip_server(const struct line *l, size_t size_B)
{
	uint8_t b[12];

	return recv(l->server, b, size_B, MSG_WAITALL) == (ssize_t)size_B;
}

/* A client that has said the password goes on as one that is served in the clear. */
static bool enter_encrypted(struct line *l)
{
	l->tls = vnc_tls_accept(l->client);
	if (!l->tls) {
		return false;
	}
	gate.how->on_new();
	l->server = connect_inner();
	l->stage = VNC_STAGE_MESSAGES - 1;
	return l->server >= 0 && skip_server(l, 12) &&
	       send_all(l->server, (const uint8_t *)"RFB 003.008\n", 12) && skip_server(l, 2) &&
	       send_all(l->server, (const uint8_t *)"\1", 1) && skip_server(l, 4);
}

/* The server's version first: until it has said that it must not lose the client. */
static bool enter(struct line *l)
{
	gate.how->on_new();
	l->server = connect_inner();
	l->before_B = 12 + 2 + 4; /* version, security's kinds and result */
	return l->server >= 0 && from_server(l);
}

/*
 * To the server it looks as if the client had said all that it had to say and then hung up: what
 * the server still writes has a reader, for neatvnc 0.5 goes on with a client that a failed write
 * has freed.
 */
static void leave_server(struct line *l)
{
	struct pollfd p = { l->server, POLLIN, 0 };

	shutdown(l->server, SHUT_WR);
	while (poll(&p, 1, HANDSHAKE_ms) > 0 &&
	       recv(l->server, l->out, sizeof(l->out), 0) > 0) {
	}
	close(l->server);
}

static void *serve(void *arg)
{
	struct line *l = arg;

	l->server = -1;
	if (gate.how->encrypted ? enter_encrypted(l) : enter(l)) {
		while (step(l)) {
		}
	}
	vnc_tls_close(l->tls);
	shutdown(l->client, SHUT_RDWR);
	if (l->server >= 0) {
		leave_server(l);
	}
	size_is_over(l);
	close(l->client);
	free(l);
	gate.nr_clients--;
	return NULL;
}

static void begin(int client)
{
	struct line *l = gate.nr_clients < VNC_MAX_CLIENTS ? calloc(1, sizeof(*l)) : NULL;
	pthread_attr_t attr;
	pthread_t thread;

	if (!l) {
		close(client);
		return;
	}
	l->client = client;
	l->pixel_B = 4;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_B);
	gate.nr_clients++;
	if (pthread_create(&thread, &attr, serve, l)) {
		gate.nr_clients--;
		close(client);
		free(l);
	}
	pthread_attr_destroy(&attr);
}

static void *take_clients(void *arg)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	for (;;) {
		int fd = accept4(gate.listen_fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0) {
			begin(fd);
		} else if (errno != EINTR && errno != ECONNABORTED) {
			nanosleep(&pause, NULL); /* no descriptor is left for now */
		}
	}
	return arg;
}

int vnc_gate_start(int listen_fd, const struct vnc_gate *how)
{
	pthread_t thread;

	gate.listen_fd = listen_fd;
	gate.how = how;
	gate.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (gate.fd < 0) {
		return -errno;
	}
	return -pthread_create(&thread, NULL, take_clients, NULL);
}
