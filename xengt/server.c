/* SPDX-License-Identifier: MIT */
/*
 * The server of one vGPU's socket.
 *
 * Decides who is served, and that nobody can hold the worker up: every descriptor is non-blocking,
 * a client is answered once a turn, and one that sends garbage or does not read its answers is
 * closed.  What the answers are is snapshot.c's and report.c's business; keys are server_input.c's,
 * waiting is server_wait.c's.
 *
 * Who may connect is decided by the socket's owner and mode (root, 0600), which the supervisor
 * sets: a picture of a guest's screen is as private as its memory.
 */
#define _GNU_SOURCE
#include "xengt/vgpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "page_cache.h"
#include "report.h"
#include "server_internal.h"
#include "xengt/log.h"

#define NR_EVENTS 16 /* served in one turn */
#define LISTENER  XENGT_MAX_CLIENTS

/*
 * Room for answers a client has not read: a few.  Each may hold a picture, so this also bounds the
 * memory that a client can pile up.
 */
#define SEND_BUFFER_B 4096

/* A request as it comes: what follows it is of the one or the other command. */
struct packet {
	struct xengt_request req;
	union {
		struct xengt_plug plug;
		struct xengt_input input;
	} more;
};

int server_send(int sock, struct answer *a)
{
	struct iovec iov[2] = {
		{ &a->head, sizeof(a->head) },
		{ &a->payload, a->head.payload_B },
	};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	int ret = 0;

	if (a->fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &a->fd, sizeof(int));
	}
	if (sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		ret = -errno;
	}
	if (a->fd >= 0) {
		close(a->fd);
		a->fd = -1;
	}
	return ret;
}

void server_answer_init(struct answer *a, uint32_t command, enum xengt_status status)
{
	memset(a, 0, sizeof(*a));
	a->head.magic = XENGT_PROTOCOL_MAGIC;
	a->head.command = command;
	a->head.status = status;
	a->fd = -1;
}

static int watch(struct gt_server *s, int op, int fd, uint32_t events, uint32_t slot)
{
	struct epoll_event ev = { .events = events, .data.u32 = slot };

	return epoll_ctl(s->epoll_fd, op, fd, &ev) ? -errno : 0;
}

int server_listen_to(struct gt_server *s, const struct client *c, uint32_t events)
{
	return watch(s, EPOLL_CTL_MOD, c->fd, events, (uint32_t)(c - s->client));
}

static void count_clients(struct gt_server *s)
{
	s->v->events.count[GT_C_clients_now] = s->nr_clients;
}

void server_close(struct gt_server *s, struct client *c)
{
	server_stop_waiting(s, c);
	server_release_keys(s, c);
	gt_memory_clear(&c->memory);
	close(c->fd); /* epoll forgets it by itself */
	c->fd = -1;
	s->nr_clients--;
	count_clients(s);
	if (!s->nr_clients) {
		gt_page_cache_drop(s->camera.cache);
		gt_camera_drop_spares(&s->camera);
	}
}

/* A text report: @fd is its memfd, or negative errno. */
static void answer_text(struct answer *a, int fd, uint64_t size_B)
{
	if (fd < 0) {
		a->head.status = fd == -ENOMEM ? XENGT_E_MEMORY : XENGT_E_INTERNAL;
		snprintf(a->head.detail, sizeof(a->head.detail), "%s", strerror(-fd));
		return;
	}
	a->fd = fd;
	a->payload.text.size_B = size_B;
	a->head.payload_B = sizeof(a->payload.text);
}

void server_take_picture(struct gt_server *s, struct client *c, const struct xengt_request *req,
			 struct answer *a)
{
	const struct gt_view view = server_view(req);

	if (view.flags & XENGT_TRACK && !req->since) {
		server_look_soon(s);
	}
	a->head.status = gt_camera_take(&s->camera, &view, req->since, &c->memory,
					&a->payload.frame, &a->fd, a->head.detail);
	a->head.payload_B = a->head.status ? 0 : sizeof(a->payload.frame);
}

static void plug_or_unplug(struct gt_server *s, const struct packet *p, struct answer *a)
{
	unsigned head = p->req.head;
	int ret = p->req.command == XENGT_CMD_PLUG
			  ? gt_monitor_plug_asked(s->v, head, &p->more.plug)
			  : gt_monitor_unplug(s->v, head);

	if (ret == -ENOENT) {
		a->head.status = XENGT_E_NO_HEAD;
	} else if (ret) {
		a->head.status = XENGT_E_MONITOR;
		snprintf(a->head.detail, sizeof(a->head.detail), "%s",
			 p->more.plug.edid_B
				 ? "the EDID is damaged, or older than 1.3"
				 : "a mode is 1 to 7680 pixels wide and high, at up to 510 Hz");
	}
}

static void make_answer(struct gt_server *s, struct client *c, const struct packet *p,
			struct answer *a)
{
	const struct xengt_request *req = &p->req;
	uint64_t size_B = 0;
	int fd;

	switch (req->command) {
	case XENGT_CMD_INFO:
		gt_report_info(s->v, s->name, &a->payload.info);
		a->head.payload_B = sizeof(a->payload.info);
		break;
	case XENGT_CMD_SNAPSHOT:
		server_take_picture(s, c, req, a);
		break;
	case XENGT_CMD_STATS:
		fd = gt_report_stats(s->v, &size_B);
		answer_text(a, fd, size_B);
		break;
	case XENGT_CMD_REGS:
		fd = gt_report_regs(s->v, &size_B);
		answer_text(a, fd, size_B);
		break;
	case XENGT_CMD_MONITORS:
		fd = gt_report_monitors(s->v, &size_B);
		answer_text(a, fd, size_B);
		break;
	case XENGT_CMD_PLUG:
	case XENGT_CMD_UNPLUG:
		plug_or_unplug(s, p, a);
		break;
	case XENGT_CMD_INPUT:
		a->head.status = server_take_input(s, c, req->head, &p->more.input);
		break;
	default:
		a->head.status = XENGT_E_PROTOCOL;
		break;
	}
}

void gt_server_run(struct gt_server *s)
{
	server_wait_run(s);
	server_input_run(s);
	gt_page_cache_trim(s->camera.cache);
	if (!gt_page_cache_pages(s->camera.cache)) {
		gt_camera_drop_spares(&s->camera);
	}
}

uint64_t gt_server_deadline_ns(const struct gt_server *s)
{
	uint64_t first_ns = gt_page_cache_deadline_ns(s->camera.cache);
	uint64_t wait_ns = server_wait_deadline_ns(s);

	if (wait_ns < first_ns) {
		first_ns = wait_ns;
	}
	return s->input.release_ns < first_ns ? s->input.release_ns : first_ns;
}

/* --- requests ------------------------------------------------------------------------------- */

static bool rect_is_zero(const struct xengt_rect *r)
{
	return !r->x_px && !r->y_px && !r->w_px && !r->h_px;
}

/* Whether all that the command has no use for is 0, and the rest makes sense. */
static bool arguments_are_valid(const struct xengt_request *req)
{
	bool takes_picture = req->command == XENGT_CMD_SNAPSHOT;
	bool waits = req->command == XENGT_CMD_WAIT;
	bool has_head = takes_picture || req->command == XENGT_CMD_PLUG ||
			req->command == XENGT_CMD_UNPLUG || req->command == XENGT_CMD_INPUT;

	if ((!has_head && req->head) ||
	    (!takes_picture && (req->flags || !rect_is_zero(&req->region)))) {
		return false;
	}
	if (req->flags & XENGT_HOLD &&
	    (!(req->flags & XENGT_TRACK) || req->flags & XENGT_DMABUF)) {
		return false;
	}
	if (req->flags & XENGT_CURSOR &&
	    (req->flags & ~(XENGT_CURSOR | XENGT_TRACK) || !rect_is_zero(&req->region))) {
		return false;
	}
	if (req->flags & XENGT_NATIVE && (!(req->flags & XENGT_PLANE) ||
					  req->flags & XENGT_TRACK ||
					  !rect_is_zero(&req->region))) {
		return false;
	}
	return !(req->flags & ~XENGT_ALL_FLAGS) && (req->flags & XENGT_PLANE || !req->plane) &&
	       (waits || req->flags & XENGT_TRACK || !req->since) &&
	       req->timeout_ms <= (waits || req->since ? XENGT_MAX_WAIT_MS : 0) &&
	       (rect_is_zero(&req->region) || (req->region.w_px && req->region.h_px));
}

/* Every check on a packet. */
static bool request_is_valid(const struct packet *p, ssize_t len, int flags)
{
	const struct xengt_request *req = &p->req;
	bool plugs = len >= (ssize_t)sizeof(*req) && req->command == XENGT_CMD_PLUG;
	bool types = len >= (ssize_t)sizeof(*req) && req->command == XENGT_CMD_INPUT;
	size_t more_B = plugs ? sizeof(p->more.plug) : types ? sizeof(p->more.input) : 0;

	return len == (ssize_t)(sizeof(*req) + more_B) && !(flags & (MSG_TRUNC | MSG_CTRUNC)) &&
	       req->magic == XENGT_PROTOCOL_MAGIC && req->command >= XENGT_CMD_INFO &&
	       req->command <= XENGT_CMD_INPUT && arguments_are_valid(req) &&
	       (!plugs || p->more.plug.edid_B <= XENGT_MAX_EDID_B) &&
	       (!types || gt_input_is_valid(&p->more.input));
}

/* Carry out a packet of @len bytes. */
static void client_answer(struct gt_server *s, struct client *c, const struct packet *p,
			  ssize_t len, int flags)
{
	bool valid = request_is_valid(p, len, flags);
	struct answer a;

	if (valid && (p->req.command == XENGT_CMD_WAIT || p->req.timeout_ms)) {
		server_begin_wait(s, c, &p->req);
		return;
	}
	server_answer_init(&a, valid ? p->req.command : 0, valid ? XENGT_OK : XENGT_E_PROTOCOL);
	if (valid) {
		make_answer(s, c, p, &a);
	} else {
		/* Not gt_event(): that speaks of the guest, which has no part in this. */
		gt_count(s->v, GT_C_client_garbage);
		gt_debug(GT_T_SERVER, "a client sent garbage: a packet of %zd bytes", len);
	}
	if (server_send(c->fd, &a) || !valid) {
		server_close(s, c);
	}
}

/* One request of a client, if there is one. */
static void client_serve(struct gt_server *s, struct client *c)
{
	struct packet packet = { 0 };
	struct iovec iov = { &packet, sizeof(packet) };
	/*
	 * No room for control messages: descriptors that a client sends never come to exist in
	 * this process, and MSG_CTRUNC tells of them.
	 */
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t len;

	if (c->waits) {
		server_waiting_readable(s, c);
		return;
	}
	len = recvmsg(c->fd, &msg, MSG_DONTWAIT);
	if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (len <= 0) {
		server_close(s, c); /* gone, or an empty packet: the same to us */
		return;
	}
	client_answer(s, c, &packet, len, msg.msg_flags);
}

/* Tell a client why it is not served, and let it go. */
static void refuse(struct gt_server *s, int fd)
{
	struct answer a;
	char sink[sizeof(struct xengt_request)];

	gt_count(s->v, GT_C_clients_refused);
	server_answer_init(&a, 0, XENGT_E_BUSY);
	server_send(fd, &a);
	/* A packet left unread would turn the answer into a reset; one was sent at most so far. */
	recv(fd, sink, sizeof(sink), MSG_DONTWAIT);
	close(fd);
}

static void client_add(struct gt_server *s, int fd)
{
	int room_B = SEND_BUFFER_B;
	unsigned slot = 0;

	if (s->nr_clients == XENGT_MAX_CLIENTS) {
		refuse(s, fd);
		return;
	}
	while (s->client[slot].fd >= 0) {
		slot++;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room_B, sizeof(room_B)) ||
	    watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, slot)) {
		refuse(s, fd);
		return;
	}
	s->client[slot].fd = fd;
	s->nr_clients++;
	count_clients(s);
	gt_count(s->v, GT_C_clients);
}

/*
 * No descriptor is left: without this, the listener would stay readable and we would spin.  The
 * spare one is given up for a moment to take the client up and refuse it.
 */
static void refuse_with_spare(struct gt_server *s)
{
	int fd;

	if (s->spare_fd >= 0) {
		close(s->spare_fd);
	}
	fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0) {
		refuse(s, fd);
	}
	s->spare_fd = fcntl(s->listen_fd, F_DUPFD_CLOEXEC, 0);
}

static void accept_one(struct gt_server *s)
{
	int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0) {
		client_add(s, fd);
	} else if (errno == EMFILE || errno == ENFILE) {
		gt_warn(GT_T_SERVER, "no descriptor left for a client");
		refuse_with_spare(s);
	}
}

void gt_server_dispatch(struct gt_server *s)
{
	struct epoll_event events[NR_EVENTS];
	int nr = epoll_wait(s->epoll_fd, events, NR_EVENTS, 0);

	for (int i = 0; i < nr; i++) {
		uint32_t slot = events[i].data.u32;

		if (slot == LISTENER) {
			accept_one(s);
		} else if (s->client[slot].fd >= 0) {
			client_serve(s, &s->client[slot]);
		}
	}
}

int gt_server_fd(const struct gt_server *s)
{
	return s->epoll_fd;
}

static int set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) ? -errno : 0;
}

int gt_server_create(struct gt_vgpu *v, int listen_fd, const char *name, struct gt_server **out)
{
	struct gt_server *s = calloc(1, sizeof(*s));
	int ret;

	if (!s) {
		return -ENOMEM;
	}
	s->v = v;
	s->listen_fd = listen_fd;
	s->input.fd = -1;
	s->input.release_ns = UINT64_MAX;
	snprintf(s->name, sizeof(s->name), "%s", name ? name : "");
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		s->client[i].fd = -1;
	}
	server_look_soon(s);
	ret = gt_camera_init(&s->camera, v);
	if (ret) {
		goto err_server;
	}
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0) {
		ret = -errno;
		goto err_camera;
	}
	s->spare_fd = fcntl(listen_fd, F_DUPFD_CLOEXEC, 0);
	if (s->spare_fd < 0) {
		ret = -errno;
		goto err_epoll;
	}
	ret = set_nonblocking(listen_fd);
	if (!ret) {
		ret = watch(s, EPOLL_CTL_ADD, listen_fd, EPOLLIN, LISTENER);
	}
	if (ret) {
		goto err_spare;
	}
	*out = s;
	return 0;

err_spare:
	close(s->spare_fd);
err_epoll:
	close(s->epoll_fd);
err_camera:
	gt_camera_finish(&s->camera);
err_server:
	free(s);
	return ret;
}

void gt_server_destroy(struct gt_server *s)
{
	if (!s) {
		return;
	}
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		if (s->client[i].fd >= 0) {
			server_close(s, &s->client[i]);
		}
	}
	close(s->listen_fd);
	if (s->spare_fd >= 0) {
		close(s->spare_fd);
	}
	if (s->input.fd >= 0) {
		close(s->input.fd);
	}
	close(s->epoll_fd);
	gt_camera_finish(&s->camera);
	free(s);
}
