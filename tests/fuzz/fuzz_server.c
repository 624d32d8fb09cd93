/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the wire of the server, from its clients' side.
 *
 * An input is a list of 16-byte records: connect, send requests that are nearly right or not at
 * all, read, hang up, while the guest draws, flips and switches off and time passes.  Clients live
 * through inputs, a few records each.  Everybody is answered or closed, the server never spins, and
 * when all are gone, after every 16th input, neither a descriptor, a mapping nor a timer is left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serving.h"
#include "xengt/input.h"
#include "xengt/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern size_t fuzz_input_max;

size_t fuzz_input_max = 63;

#define NR_CLIENTS    6u
#define INPUTS_A_DAY  16u   /* until everybody hangs up */
#define INPUTS_A_LIFE 16384u /* of a server */

struct record {
	uint8_t kind, who;
	uint8_t command, flags;
	uint8_t region[4];
	uint16_t mutate; /* 0: as it should be; else a bit that is turned over */
	uint16_t len;
	uint32_t val;
};

static struct serving w;
static bool is_open;
static int client[NR_CLIENTS];
static uint64_t serial[NR_CLIENTS];

static void start(void)
{
	gt_log_configure("error");
	serving_open(&w);
	serving_show(&w);
	serving_take_input(&w);
	for (unsigned i = 0; i < NR_CLIENTS; i++) {
		client[i] = -1;
	}
	is_open = true;
}

static void hang_up(unsigned i)
{
	if (client[i] >= 0) {
		close(client[i]);
		client[i] = -1;
		serial[i] = 0;
	}
}

/* Take one packet; what comes along is closed. */
static bool take(unsigned i)
{
	char buf[1024];
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes) };
	ssize_t len = recvmsg(client[i], &msg, MSG_DONTWAIT);
	struct cmsghdr *c = len > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	struct xengt_reply r;
	struct xengt_frame f;

	if (c) {
		int fd;

		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
		close(fd);
	}
	if (len < (ssize_t)sizeof(r)) {
		return false;
	}
	memcpy(&r, buf, sizeof(r));
	if (r.magic != XENGT_PROTOCOL_MAGIC || r.payload_B != (size_t)len - sizeof(r)) {
		abort();
	}
	if (r.command == XENGT_CMD_SNAPSHOT && r.payload_B == sizeof(f)) {
		memcpy(&f, buf + sizeof(r), sizeof(f));
		serial[i] = f.serial;
	}
	return true;
}

/* Long texts are asked for less often: they cost as much as all the rest. */
static uint32_t choose_command(const struct record *r)
{
	uint32_t command = r->command % 10u;
	bool is_long = command == XENGT_CMD_STATS || command == XENGT_CMD_REGS;

	return is_long && r->command >= 40 ? XENGT_CMD_SNAPSHOT : command;
}

static void ask(unsigned i, const struct record *r)
{
	struct xengt_request req = serving_request(choose_command(r));
	uint8_t packet[sizeof(req) + sizeof(struct xengt_input) + 16] = { 0 };
	size_t len = sizeof(req);

	if (req.command == XENGT_CMD_SNAPSHOT) {
		req.head = r->val % 4;
		req.flags = r->flags & XENGT_ALL_FLAGS;
		req.plane = req.flags & XENGT_PLANE ? r->val >> 8 & 3 : 0;
		req.since = req.flags & XENGT_TRACK ? serial[i] : 0;
		if (req.flags & XENGT_CURSOR && r->val & 0x100) {
			req.flags &= XENGT_CURSOR | XENGT_TRACK;
			req.plane = 0;
		} else if (r->flags & 0x80) {
			req.region = (struct xengt_rect){ r->region[0], r->region[1] & 63,
							  r->region[2] + 1u, r->region[3] % 66 };
		}
	} else if (req.command == XENGT_CMD_WAIT) {
		req.since = serial[i];
		req.timeout_ms = r->val & 0xfff;
	}
	memcpy(packet, &req, sizeof(req));
	if (req.command == XENGT_CMD_INPUT) {
		struct xengt_input in = { .nr = 1 + (r->flags & 31) };

		in.event[0].type = 1 + r->val % 3;
		in.event[0].code = r->region[0];
		in.event[0].x = r->region[1] & 3;
		in.event[0].y = r->region[2] & 3;
		memcpy(packet + len, &in, sizeof(in));
		for (unsigned e = 1; e < in.nr; e++) {
			memcpy(packet + len + 8 + e * sizeof(in.event[0]), &in.event[0],
			       sizeof(in.event[0]));
		}
		len += sizeof(in);
	}
	if (r->mutate & 1) {
		packet[r->mutate / 16 % len] ^= (uint8_t)(1u << (r->mutate >> 1 & 7));
	}
	if ((r->mutate & 0xf) == 0xf) {
		len = r->len % (sizeof(packet) + 1);
	}
	if (send(client[i], packet, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		hang_up(i);
	}
}

static void guest_does(const struct record *r)
{
	switch (r->command % 4) {
	case 0:
		*screen_mem(&w.s, w.s.base + r->val % 65536) ^= r->flags;
		break;
	case 1:
		screen_write(&w.s, 0x7019c, (uint32_t)w.s.base + (r->val % 8) * 4096);
		break;
	case 2:
		screen_write(&w.s, 0x70180, r->flags & 7 ? 0x84042000 : 0);
		break;
	default:
		screen_cursor(&w.s, r->flags & 0x27, r->val & 0x003f00ff, 0, (uint32_t)w.s.base);
		break;
	}
}

static void pass(uint32_t ms)
{
	uint64_t end_ns = w.s.guest->clock_ns + ms * UINT64_C(1000000);

	for (unsigned n = 0; gt_server_deadline_ns(w.server) <= end_ns; n++) {
		if (gt_server_deadline_ns(w.server) > w.s.guest->clock_ns) {
			w.s.guest->clock_ns = gt_server_deadline_ns(w.server);
		}
		gt_server_run(w.server);
		if (n > 100000) {
			abort();
		}
	}
	w.s.guest->clock_ns = end_ns;
	gt_vgpu_run(w.s.v);
}

/* As the supervisor does: packets are whole, and events make sense. */
static void take_input(void)
{
	struct gt_input in;
	ssize_t len;

	while ((len = recv(w.input_fd, &in, sizeof(in), MSG_DONTWAIT)) > 0) {
		if (len != sizeof(in) || !gt_input_is_valid(&in.in)) {
			abort();
		}
	}
}

static void step(const struct record *r)
{
	unsigned i = r->who % NR_CLIENTS;

	switch (r->kind % 8) {
	case 0:
		hang_up(i);
		break;
	case 1:
		guest_does(r);
		break;
	case 2:
		pass(r->val % 500);
		take_input();
		break;
	case 3:
		if (client[i] >= 0 && !take(i) && r->flags & 1) {
			hang_up(i);
		}
		break;
	default:
		if (client[i] < 0) {
			client[i] = serving_connect(&w);
		}
		ask(i, r);
		break;
	}
	serving_settle(&w);
}

static void end_day(void)
{
	for (unsigned i = 0; i < NR_CLIENTS; i++) {
		hang_up(i);
	}
	serving_settle(&w);
	take_input();
	pass(100); /* keys that are still down go up */
	take_input();
	if (gt_server_deadline_ns(w.server) != UINT64_MAX ||
	    w.s.guest->nr_mapped != gt_frames_mapped(w.s.v->frames)) {
		fprintf(stderr, "something is left after the last client\n");
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned nr_inputs;
	bool is_long = size > fuzz_input_max; /* a file: it is all there is */
	struct record r;

	if (!is_open) {
		start();
	}
	for (; size >= sizeof(r); data += sizeof(r), size -= sizeof(r)) {
		memcpy(&r, data, sizeof(r));
		step(&r);
	}
	nr_inputs++;
	if (is_long || nr_inputs % INPUTS_A_DAY == 0) {
		end_day();
	}
	if (nr_inputs % INPUTS_A_LIFE == 0) {
		serving_close(&w);
		is_open = false;
	}
	return 0;
}
