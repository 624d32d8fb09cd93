/* SPDX-License-Identifier: MIT */
/*
 * Input for the guest, from the worker to the domain's QEMU.
 *
 * Decides which words QEMU's monitor hears.  Whoever speaks to it can have QEMU do anything, so the
 * worker, which a guest might have taken over, does not: it sends events, they are checked here
 * once more, and only numbers of them get into commands.  What QEMU says is not believed either,
 * and looked at for two things: how many commands it has answered, and whether the guest's pointer
 * takes places (a tablet) or steps (a mouse).
 *
 * Nobody can hold the supervisor up, or make it grow: all is non-blocking; a packet is read only
 * when QEMU has taken the last one and answered all but a few commands, and no more than RATE
 * events a second.  What is not read fills the worker's socket, and the client is told.
 *
 * QEMU's QMP reference: input-send-event, query-mice.
 */
#define _GNU_SOURCE
#include "input.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/input-event-codes.h>

#include "xengt/input.h"
#include "xengt/log.h"

#define RATE		1000	/* events a second */
#define BURST		256	/* of events that need not wait */
#define ASK_AGAIN_MS	1000	/* which pointer the guest has */
#define MAX_UNANSWERED	8	/* commands, before another packet is read */
#define MAX_COMMAND_B	512	/* that an event makes */
#define LINE_MAX_B	4096	/* of an answer; the rest of a longer one is not looked at */
#define MAX_SIDE_PX	8192

struct dm_input {
	int qemu_fd, worker_fd;
	char out[XENGT_MAX_INPUT * MAX_COMMAND_B + MAX_COMMAND_B]; /* commands not yet sent */
	size_t out_B, sent_B;
	char line[LINE_MAX_B];
	size_t line_B;
	unsigned nr_unanswered;
	bool is_open;	    /* an input-send-event that events can still be put into */
	bool relative;	    /* the guest has a mouse, not a tablet */
	uint64_t asked_ms;  /* which of them */
	struct gt_keys keys;
	bool has_place;	    /* where the pointer was last, for a mouse */
	int32_t x, y;
	uint64_t tokens_ms; /* when tokens were last counted */
	unsigned tokens;    /* events that may be passed on now */
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- keys ----------------------------------------------------------------------------------- */

/*
 * QEMU's numbers are the codes of a PC's keyboard, with 0x80 for those after 0xe0.  Linux has
 * numbered the first 88 alike.
 */
static const unsigned char numbers[0x100] = {
	[KEY_ZENKAKUHANKAKU] = 0x76, [KEY_102ND] = 0x56, [KEY_F11] = 0x57, [KEY_F12] = 0x58,
	[KEY_RO] = 0x73, [KEY_KATAKANA] = 0x78, [KEY_HIRAGANA] = 0x77, [KEY_HENKAN] = 0x79,
	[KEY_KATAKANAHIRAGANA] = 0x70, [KEY_MUHENKAN] = 0x7b, [KEY_KPENTER] = 0x9c,
	[KEY_RIGHTCTRL] = 0x9d, [KEY_KPSLASH] = 0xb5, [KEY_SYSRQ] = 0xb7, [KEY_RIGHTALT] = 0xb8,
	[KEY_HOME] = 0xc7, [KEY_UP] = 0xc8, [KEY_PAGEUP] = 0xc9, [KEY_LEFT] = 0xcb,
	[KEY_RIGHT] = 0xcd, [KEY_END] = 0xcf, [KEY_DOWN] = 0xd0, [KEY_PAGEDOWN] = 0xd1,
	[KEY_INSERT] = 0xd2, [KEY_DELETE] = 0xd3, [KEY_MUTE] = 0xa0, [KEY_VOLUMEDOWN] = 0xae,
	[KEY_VOLUMEUP] = 0xb0, [KEY_POWER] = 0xde, [KEY_KPEQUAL] = 0x59, [KEY_PAUSE] = 0xc6,
	[KEY_KPCOMMA] = 0x7e, [KEY_YEN] = 0x7d, [KEY_LEFTMETA] = 0xdb, [KEY_RIGHTMETA] = 0xdc,
	[KEY_COMPOSE] = 0xdd, [KEY_CALC] = 0xa1, [KEY_SLEEP] = 0xdf, [KEY_WAKEUP] = 0xe3,
	[KEY_MAIL] = 0xec, [KEY_BOOKMARKS] = 0xe6, [KEY_COMPUTER] = 0xeb, [KEY_BACK] = 0xea,
	[KEY_FORWARD] = 0xe9, [KEY_NEXTSONG] = 0x99, [KEY_PLAYPAUSE] = 0xa2,
	[KEY_PREVIOUSSONG] = 0x90, [KEY_STOPCD] = 0xa4, [KEY_HOMEPAGE] = 0xb2,
	[KEY_REFRESH] = 0xe7,
};

unsigned dm_input_key_number(unsigned code)
{
	if (code >= sizeof(numbers)) {
		return 0;
	}
	return code <= KEY_KPDOT ? code : numbers[code];
}

static const char *button_name(unsigned code)
{
	static const char *const names[] = { "left", "right", "middle", "side", "extra" };

	return code >= BTN_LEFT && code <= BTN_EXTRA ? names[code - BTN_LEFT] : NULL;
}

/* --- commands ------------------------------------------------------------------------------- */

static void put(struct dm_input *in, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct dm_input *in, const char *fmt, ...)
{
	size_t room_B = sizeof(in->out) - in->out_B;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(in->out + in->out_B, room_B, fmt, args);
	va_end(args);
	/* MAX_COMMAND_B holds what any event makes. */
	if (n > 0 && (size_t)n < room_B) {
		in->out_B += (size_t)n;
	}
}

static void command_end(struct dm_input *in)
{
	if (in->is_open) {
		put(in, "]}}\n");
		in->is_open = false;
		in->nr_unanswered++;
	}
}

/* Begin an event, in the command that is open or in a new one. */
static void event_begin(struct dm_input *in)
{
	put(in, "%s", in->is_open ? "," : "{\"execute\":\"input-send-event\","
					  "\"arguments\":{\"events\":[");
	in->is_open = true;
}

static void put_axis(struct dm_input *in, const char *type, char axis, int value)
{
	event_begin(in);
	put(in, "{\"type\":\"%s\",\"data\":{\"axis\":\"%c\",\"value\":%d}}", type, axis, value);
}

static void put_button(struct dm_input *in, const char *name, bool down)
{
	event_begin(in);
	put(in, "{\"type\":\"btn\",\"data\":{\"button\":\"%s\",\"down\":%s}}", name,
	    down ? "true" : "false");
}

/* Devices report once a command: what goes down must not go up in the same one. */
static void put_key(struct dm_input *in, const struct xengt_input_event *e)
{
	unsigned number = dm_input_key_number(e->code);
	const char *button = button_name(e->code);

	if (button) {
		put_button(in, button, e->x);
	} else if (number) {
		event_begin(in);
		put(in, "{\"type\":\"key\",\"data\":{\"down\":%s,"
			"\"key\":{\"type\":\"number\",\"data\":%u}}}",
		    e->x ? "true" : "false", number);
	}
	command_end(in);
}

static void put_notch(struct dm_input *in, int value, const char *less, const char *more)
{
	if (value) {
		put_button(in, value < 0 ? less : more, true);
		put_button(in, value < 0 ? less : more, false);
		command_end(in);
	}
}

/* How far a mouse goes for it, in pixels. */
static void put_step(struct dm_input *in, char axis, int32_t from, int32_t to, uint32_t side_px)
{
	int64_t px = side_px < MAX_SIDE_PX ? side_px : MAX_SIDE_PX;
	int64_t step_px = to * px / (XENGT_INPUT_MAX + 1) - from * px / (XENGT_INPUT_MAX + 1);

	if (step_px) {
		put_axis(in, "rel", axis, (int)step_px);
	}
}

static void put_place(struct dm_input *in, const struct gt_input *packet,
		      const struct xengt_input_event *e)
{
	if (!in->relative) {
		put_axis(in, "abs", 'x', e->x);
		put_axis(in, "abs", 'y', e->y);
	} else if (in->has_place) {
		put_step(in, 'x', in->x, e->x, packet->w_px);
		put_step(in, 'y', in->y, e->y, packet->h_px);
	}
	in->x = e->x;
	in->y = e->y;
	in->has_place = true;
}

/* @packet is valid, and there is room for it. */
static void put_packet(struct dm_input *in, const struct gt_input *packet)
{
	for (uint32_t i = 0; i < packet->in.nr; i++) {
		const struct xengt_input_event *e = &packet->in.event[i];

		if (e->type == XENGT_INPUT_KEY) {
			put_key(in, e);
		} else if (e->type == XENGT_INPUT_WHEEL) {
			put_notch(in, e->y, "wheel-down", "wheel-up");
			put_notch(in, e->x, "wheel-left", "wheel-right");
		} else {
			put_place(in, packet, e);
		}
	}
	command_end(in);
	gt_keys_apply(&in->keys, &packet->in);
}

/* --- QEMU ----------------------------------------------------------------------------------- */

static void close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

static void lose_qemu(struct dm_input *in)
{
	gt_warn(GT_T_DM, "QEMU takes no more input");
	close_fd(&in->qemu_fd);
	close_fd(&in->worker_fd);
}

static void send_commands(struct dm_input *in)
{
	while (in->qemu_fd >= 0 && in->sent_B < in->out_B) {
		ssize_t n = send(in->qemu_fd, in->out + in->sent_B, in->out_B - in->sent_B,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0 && errno != EAGAIN) {
			lose_qemu(in);
		}
		if (n <= 0) {
			return;
		}
		in->sent_B += (size_t)n;
	}
	in->out_B = in->sent_B = 0;
}

/*
 * Of an answer to query-mice: whether the pointer that is in use takes places.  With no pointer in
 * use it is as it was.
 */
static void read_mice(struct dm_input *in, const char *at)
{
	while ((at = strchr(at, '{'))) {
		size_t len = strcspn(at, "}");
		const char *current = strstr(at, "\"current\": true");
		const char *absolute = strstr(at, "\"absolute\": true");

		if (current && current < at + len) {
			in->relative = !absolute || absolute > at + len;
			return;
		}
		at += len;
	}
}

static void take_line(struct dm_input *in)
{
	static const char list[] = "{\"return\": [";

	in->line[in->line_B] = '\0';
	if (!strncmp(in->line, list, strlen(list))) {
		read_mice(in, in->line + strlen(list));
	}
	if (in->nr_unanswered && (!strncmp(in->line, "{\"return\"", 9) ||
				  !strncmp(in->line, "{\"error\"", 8))) {
		in->nr_unanswered--;
	}
	in->line_B = 0;
}

static void read_answers(struct dm_input *in)
{
	char buf[1024];
	ssize_t n = recv(in->qemu_fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n <= 0) {
		lose_qemu(in);
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n') {
			take_line(in);
		} else if (in->line_B < sizeof(in->line) - 1) {
			in->line[in->line_B++] = buf[i];
		}
	}
}

/* --- the worker ----------------------------------------------------------------------------- */

static void count_tokens(struct dm_input *in)
{
	uint64_t now = now_ms(), more = (now - in->tokens_ms) * RATE / 1000;

	in->tokens = more > BURST - in->tokens ? BURST : in->tokens + (unsigned)more;
	in->tokens_ms = now;
}

static bool may_read(const struct dm_input *in)
{
	return in->worker_fd >= 0 && !in->out_B && in->nr_unanswered < MAX_UNANSWERED;
}

static void ask_mice(struct dm_input *in)
{
	uint64_t now = now_ms();

	if (!in->asked_ms || now - in->asked_ms >= ASK_AGAIN_MS) {
		in->asked_ms = now;
		put(in, "{\"execute\":\"query-mice\"}\n");
		in->nr_unanswered++;
	}
}

static void read_packet(struct dm_input *in)
{
	struct gt_input packet;
	ssize_t n = recv(in->worker_fd, &packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n <= 0) {
		close_fd(&in->worker_fd);
		return;
	}
	if (n != sizeof(packet) || !gt_input_is_valid(&packet.in)) {
		gt_err(GT_T_DM, "input of the worker makes no sense: it is not heard any more");
		close_fd(&in->worker_fd);
		return;
	}
	in->tokens -= packet.in.nr < in->tokens ? packet.in.nr : in->tokens;
	ask_mice(in);
	put_packet(in, &packet);
	send_commands(in);
}

void dm_input_run(struct dm_input *in)
{
	if (!in || in->qemu_fd < 0) {
		return;
	}
	read_answers(in);
	send_commands(in);
	count_tokens(in);
	while (in->qemu_fd >= 0 && may_read(in) && in->tokens) {
		unsigned had = in->tokens;

		read_packet(in);
		if (in->tokens == had) {
			return;
		}
	}
}

int dm_input_poll(const struct dm_input *in, struct pollfd fds[DM_INPUT_NR_FDS])
{
	bool reads = in && may_read(in);

	fds[0] = (struct pollfd){ .fd = in ? in->qemu_fd : -1, .events = POLLIN };
	if (in && in->out_B) {
		fds[0].events |= POLLOUT;
	}
	fds[1] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (reads && in->tokens) {
		fds[1].fd = in->worker_fd;
	}
	/* By then there is room for another burst, if a small one. */
	return reads && !in->tokens ? BURST * 1000 / RATE / 8 : -1;
}

int dm_input_create(int qemu_fd, int worker_fd, struct dm_input **out)
{
	struct dm_input *in = calloc(1, sizeof(*in));

	if (!in) {
		return -ENOMEM;
	}
	in->qemu_fd = qemu_fd;
	in->worker_fd = worker_fd;
	in->tokens = BURST;
	in->tokens_ms = now_ms();
	put(in, "{\"execute\":\"qmp_capabilities\"}\n");
	in->nr_unanswered++;
	send_commands(in);
	*out = in;
	return 0;
}

void dm_input_destroy(struct dm_input *in)
{
	struct gt_input packet = { 0 };

	if (!in) {
		return;
	}
	while (in->qemu_fd >= 0 && !in->out_B && gt_keys_release(&in->keys, &packet.in)) {
		put_packet(in, &packet);
		send_commands(in);
	}
	close_fd(&in->qemu_fd);
	close_fd(&in->worker_fd);
	free(in);
}
