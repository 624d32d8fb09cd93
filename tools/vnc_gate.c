/* SPDX-License-Identifier: MIT */
/*
 * The gate before a VNC server.
 *
 * neatvnc 0.5.4 uses a client that it has just freed after a message that it does not understand,
 * takes one off a list that it is not yet on if it is gone at once, and counts encodings
 * otherwise than it reads them when there are many.  So none of that reaches it: each client has
 * a thread here that takes its bytes apart (RFC 6143, 7.1 and 7.5) and passes on what is whole
 * and sound; the first that is not ends the connection, and no other.  What the server says goes
 * through as it is, as fast as its client reads, so that the server sees who is slow.
 */
#define _GNU_SOURCE
#include "vnc_gate.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "vnc_tls.h"

#define MAX_ENCODINGS 32u /* that neatvnc has room for */
#define STAGE_MESSAGES 3u /* after version, security and shared flag */
#define HANDSHAKE_ms  10000
#define STACK_B	      (256u << 10)

static struct {
	int listen_fd;
	const struct vnc_gate *how;
	atomic_uint nr_clients;
} gate;

struct line {
	int client, server;
	struct vnc_tls *tls; /* NULL: the client is not encrypted */
	unsigned stage;
	uint64_t skip_B;
	size_t size_B;
	uint8_t in[4096], out[65536];
};

/* --- messages ------------------------------------------------------------------------------- */

static unsigned be16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* Of 16 or 32 bits, true colour, and with each colour inside of a pixel. */
static bool format_is_sound(const uint8_t *p)
{
	if ((p[0] != 16 && p[0] != 32) || !p[1] || p[1] > p[0] || !p[3]) {
		return false;
	}
	for (unsigned c = 0; c < 3; c++) {
		unsigned max = be16(p + 4 + 2 * c), shift = p[10 + c];

		if (!max || max > 0xff || max & (max + 1) || shift > p[0] - 1u) {
			return false;
		}
	}
	return true;
}

/* One of a fixed size: the whole of it is passed on if it is @good. */
static int fixed(size_t have_B, size_t size_B, struct vnc_message *msg)
{
	*msg = (struct vnc_message){ .size_B = size_B, .pass_B = size_B };
	return have_B >= size_B;
}

static int handshake(unsigned stage, const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	if (stage == 0) {
		int whole = fixed(have_B, 12, msg);

		return whole && memcmp(b, "RFB 003.008\n", 12) ? -EPROTO : whole;
	}
	return stage == 1 && *b != 1 ? -EPROTO : fixed(have_B, 1, msg);
}

/*
 * Fences and continuous updates: neatvnc 0.9 takes a fence for whole that is not.  A client that is
 * not offered them does without.
 */
static bool is_wanted(int32_t encoding)
{
	return encoding != -312 && encoding != -313;
}

/* Those that are wanted, as many as the server has room for. */
static int encodings(uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	unsigned nr = have_B < 4 ? 0 : be16(b + 2);
	int whole = fixed(have_B, 4 + 4 * (size_t)nr, msg) && have_B >= 4;
	unsigned nr_kept = 0;

	if (nr > 512) {
		return -EPROTO;
	}
	for (unsigned i = 0; whole && i < nr && nr_kept < MAX_ENCODINGS; i++) {
		if (is_wanted((int32_t)be32(b + 4 + 4 * i))) {
			memmove(b + 4 + 4 * nr_kept++, b + 4 + 4 * i, 4);
		}
	}
	if (whole) {
		b[2] = 0;
		b[3] = (uint8_t)nr_kept;
		msg->pass_B = 4 + 4 * nr_kept;
	}
	return whole;
}

/* Text that was cut: nobody here has a use for it.  A negative length is that of an extension. */
static int cut_text(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int32_t len = have_B < 8 ? 0 : (int32_t)be32(b + 4);

	*msg = (struct vnc_message){ .size_B = 8, .skip_B = (uint64_t)llabs(len) };
	return have_B >= 8;
}

/* A key with its number: what has none in neatvnc's table is dropped. */
static int extended_key(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int whole = fixed(have_B, 12, msg);

	if (have_B >= 2 && b[1]) {
		return -EPROTO;
	}
	if (whole && be32(b + 8) > 0xff) {
		msg->pass_B = 0;
	}
	return whole;
}

/* SetDesktopSize: neatvnc 0.9 believes the number of screens in it, so that it is ours to hear. */
static int desktop_size(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int whole = fixed(have_B, 8 + 16 * (size_t)(have_B < 8 ? 0 : b[6]), msg) && have_B >= 8;

	msg->pass_B = 0;
	if (whole) {
		msg->w_px = be16(b + 2);
		msg->h_px = be16(b + 4);
	}
	return whole;
}

int vnc_gate_parse(unsigned stage, uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	if (!have_B) {
		return 0;
	}
	if (stage < STAGE_MESSAGES) {
		return handshake(stage, b, have_B, msg);
	}
	switch (b[0]) {
	case 0:
		return have_B >= 20 && !format_is_sound(b + 4) ? -EPROTO : fixed(have_B, 20, msg);
	case 2:
		return encodings(b, have_B, msg);
	case 3:
		return fixed(have_B, 10, msg);
	case 4:
		return fixed(have_B, 8, msg);
	case 5:
		return fixed(have_B, 6, msg);
	case 6:
		return cut_text(b, have_B, msg);
	case 251:
		return desktop_size(b, have_B, msg);
	case 255:
		return extended_key(b, have_B, msg);
	default:
		return -EPROTO;
	}
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

/* All that came and is whole. False: the connection must end. */
static bool pass_messages(struct line *l)
{
	for (;;) {
		size_t skip_B = l->skip_B < l->size_B ? (size_t)l->skip_B : l->size_B;
		struct vnc_message msg;
		int ret;

		drop(l, skip_B);
		l->skip_B -= skip_B;
		ret = vnc_gate_parse(l->stage, l->in, l->size_B, &msg);
		if (ret <= 0) {
			return !ret;
		}
		if (!send_all(l->server, l->in, msg.pass_B)) {
			return false;
		}
		if (msg.w_px && gate.how->on_size) {
			gate.how->on_size(msg.w_px, msg.h_px);
		}
		drop(l, msg.size_B);
		l->skip_B = msg.skip_B;
		l->stage += l->stage < STAGE_MESSAGES;
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
	return send_client(l, (size_t)n);
}

static bool step(struct line *l)
{
	struct pollfd p[2] = { { l->client, POLLIN, 0 }, { l->server, POLLIN, 0 } };
	int n;

	if (l->tls && vnc_tls_pending(l->tls)) {
		return from_client(l);
	}
	n = poll(p, 2, l->stage < STAGE_MESSAGES ? HANDSHAKE_ms : -1);

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
	l->stage = STAGE_MESSAGES - 1;
	return l->server >= 0 && skip_server(l, 12) &&
	       send_all(l->server, (const uint8_t *)"RFB 003.008\n", 12) && skip_server(l, 2) &&
	       send_all(l->server, (const uint8_t *)"\1", 1) && skip_server(l, 4);
}

/* The server's version first: until it has said that it must not lose the client. */
static bool enter(struct line *l)
{
	gate.how->on_new();
	l->server = connect_inner();
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
	close(l->client);
	if (l->server >= 0) {
		leave_server(l);
	}
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
	return -pthread_create(&thread, NULL, take_clients, NULL);
}
