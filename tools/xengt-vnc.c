/* SPDX-License-Identifier: MIT */
/*
 * xengt-vnc: a head of a guest, to be seen and used by VNC clients.
 *
 * Decides who can connect: whoever may open a unix socket of mode 0600; if asked to, whoever runs
 * on this machine; or, from elsewhere, whoever knows a password, encrypted.  What clients say is
 * neatvnc's to parse, after vnc_gate.c has; which keys each of them has down is remembered here.
 */
#define _GNU_SOURCE
#include "config.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What aml 0.3 wants said; nothing to 0.2. */
#define AML_UNSTABLE_API 1
#include <aml.h>
#include <linux/input-event-codes.h>
#include <neatvnc.h>
#include <pixman.h>

#include "common.h"
#include "feed.h"
#include "vnc_canvas.h"
#include "vnc_cursor.h"
#include "vnc_gate.h"
#include "vnc_keys.h"
#include "vnc_listen.h"
#include "vnc_screen.h"
#include "vnc_settings.h"
#include "vnc_tls.h"

#define MAX_SIDE_PX 16384u
#define NR_KEYS	    0x100u
#define INNER_DIR   "/tmp/xengt-vnc."

static struct {
	struct nvnc *server;
	struct nvnc_display *display;
	const char *domain;
	unsigned w_px, h_px, nr_clients;
	struct nvnc_fb *held; /* of another size, until the gate lets it through */
	struct xengt_frame held_frame;
	bool follows_cursor;
	enum exit_code code;
} vnc;

/* What a client has down. */
struct viewer {
	bool down[NR_KEYS];
	unsigned buttons; /* NVNC_BUTTON_* */
};

/* --- input ---------------------------------------------------------------------------------- */

static void put_key(unsigned code, bool down)
{
	feed_put((struct xengt_input_event){ XENGT_INPUT_KEY, code, down, 0 });
}

static void on_code(struct nvnc_client *client, uint32_t code, bool down)
{
	struct viewer *v = nvnc_get_userdata(client);

	if (v && code && code < NR_KEYS) {
		v->down[code] = down;
		put_key(code, down);
	}
}

static void on_keysym(struct nvnc_client *client, uint32_t keysym, bool down)
{
	on_code(client, vnc_key_of_keysym(keysym), down);
}

static void put_buttons(struct viewer *v, unsigned now)
{
	static const struct {
		unsigned bit, code;
	} buttons[] = {
		{ NVNC_BUTTON_LEFT, BTN_LEFT },
		{ NVNC_BUTTON_MIDDLE, BTN_MIDDLE },
		{ NVNC_BUTTON_RIGHT, BTN_RIGHT },
	};
	unsigned changed = v->buttons ^ now;

	for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++) {
		if (changed & buttons[i].bit) {
			put_key(buttons[i].code, now & buttons[i].bit);
		}
	}
	if (changed & now & (NVNC_SCROLL_UP | NVNC_SCROLL_DOWN)) {
		feed_put((struct xengt_input_event){
			XENGT_INPUT_WHEEL, 0, 0, now & NVNC_SCROLL_UP ? 1 : -1 });
	}
	v->buttons = now;
}

static int scale(unsigned at_px, unsigned side_px)
{
	unsigned last_px = side_px > 1 ? side_px - 1 : 1;

	return (int)((uint64_t)(at_px < last_px ? at_px : last_px) * XENGT_INPUT_MAX / last_px);
}

static void on_pointer(struct nvnc_client *client, uint16_t x_px, uint16_t y_px,
		       enum nvnc_button_mask buttons)
{
	struct viewer *v = nvnc_get_userdata(client);

	if (v) {
		feed_put((struct xengt_input_event){ XENGT_INPUT_POINTER, 0,
							  scale(x_px, vnc.w_px),
							  scale(y_px, vnc.h_px) });
		put_buttons(v, buttons);
	}
	if (vnc.follows_cursor) {
		vnc_cursor_pointed(x_px, y_px);
	}
}

/* --- clients -------------------------------------------------------------------------------- */

static void count_clients(int more)
{
	vnc.nr_clients += (unsigned)more;
	vnc_screen_watch(vnc.nr_clients);
	if (vnc.follows_cursor) {
		vnc_cursor_clients(vnc.nr_clients);
	}
}

static void on_client_gone(struct nvnc_client *client)
{
	struct viewer *v = nvnc_get_userdata(client);

	for (unsigned code = 0; v && code < NR_KEYS; code++) {
		if (v->down[code]) {
			put_key(code, false);
		}
	}
	if (v) {
		put_buttons(v, 0);
	}
	nvnc_set_userdata(client, NULL, NULL);
	free(v);
	count_clients(-1);
}

static void on_client(struct nvnc_client *client)
{
	/* Without memory for it, one can look and not type. */
	nvnc_set_userdata(client, calloc(1, sizeof(struct viewer)), NULL);
	nvnc_set_client_cleanup_fn(client, on_client_gone);
	count_clients(1);
}

/* --- the picture ---------------------------------------------------------------------------- */

static bool is_same_size(const struct xengt_frame *f)
{
	return vnc.w_px == f->width_px && vnc.h_px == f->height_px;
}

/* @fb shows the picture of @f. */
static void feed(struct nvnc_fb *fb, const struct xengt_frame *f)
{
	struct pixman_region16 damage;

	pixman_region_init(&damage);
	for (uint32_t i = 0; i < f->nr_damage; i++) {
		const struct xengt_rect *r = &f->damage[i];

		pixman_region_union_rect(&damage, &damage, (int)r->x_px, (int)r->y_px, r->w_px,
					 r->h_px);
	}
	if (!f->nr_damage || !is_same_size(f)) {
		pixman_region_union_rect(&damage, &damage, 0, 0, f->width_px, f->height_px);
	}
	vnc.w_px = f->width_px;
	vnc.h_px = f->height_px;
	nvnc_display_feed_buffer(vnc.display, fb, &damage);
	pixman_region_fini(&damage);
	nvnc_fb_unref(fb);
}

/* What is held is shown as soon as the gate lets its size through. */
static void feed_held(void)
{
	struct nvnc_fb *fb = vnc.held;

	if (fb && (is_same_size(&vnc.held_frame) || vnc_gate_may_resize())) {
		vnc.held = NULL;
		feed(fb, &vnc.held_frame);
		vnc_gate_resized();
	}
}

/* Instead of the one that waits. */
static void hold(struct nvnc_fb *fb, const struct xengt_frame *f)
{
	vnc.held_frame = *f;
	if (vnc.held) {
		vnc_canvas_drop(vnc.held);
		/* All of it: there is one between that nobody has seen. */
		vnc.held_frame.nr_damage = 0;
	}
	vnc.held = fb;
	feed_held();
}

static void on_gate(void *handler)
{
	uint64_t nr;

	if (read(vnc_gate_fd(), &nr, sizeof(nr)) > 0) {
		feed_held();
	}
}

static void on_cursor_news(void *handler)
{
	vnc_cursor_news();
}

static void on_cursor_rest(void *handler)
{
	vnc_cursor_rest();
}

static void on_screen(void *handler)
{
	struct xengt_picture pic;
	struct nvnc_fb *fb = NULL;
	int ret = vnc_screen_take(&pic);

	if (ret == -EAGAIN) {
		return;
	}
	if (ret) {
		vnc.code = tool_explain(vnc.domain, NULL, ret);
		aml_exit(aml_get_default());
		return;
	}
	if (pic.frame.width_px <= MAX_SIDE_PX && pic.frame.height_px <= MAX_SIDE_PX) {
		fb = vnc_canvas_paint(&pic);
	}
	if (fb) {
		hold(fb, &pic.frame);
	}
	xengt_picture_release(&pic);
	vnc_screen_done();
}

/* Clients that come before there is a picture see black. */
static int feed_black(unsigned w_px, unsigned h_px)
{
	struct nvnc_fb *fb = nvnc_fb_new((uint16_t)w_px, (uint16_t)h_px, XENGT_FOURCC_XRGB8888,
					 (uint16_t)w_px);
	struct pixman_region16 damage;

	if (!fb) {
		return -ENOMEM;
	}
	memset(nvnc_fb_get_addr(fb), 0, (size_t)w_px * h_px * 4);
	vnc.w_px = w_px;
	vnc.h_px = h_px;
	pixman_region_init_rect(&damage, 0, 0, w_px, h_px);
	nvnc_display_feed_buffer(vnc.display, fb, &damage);
	pixman_region_fini(&damage);
	nvnc_fb_unref(fb);
	return 0;
}

/* --- the server ----------------------------------------------------------------------------- */

/* neatvnc's own socket, where nobody else gets: in a directory of this process. */
static bool open_inner(char dir[VNC_DIR_B], char path[48])
{
	int lock = vnc_listen_make_dir(INNER_DIR, dir); /* open until the end */
	mode_t mask;

	if (lock < 0) {
		errno = -lock;
		return false;
	}
	snprintf(path, 48, "%s/vnc", dir);
	mask = umask(0177);
	vnc.server = nvnc_open_unix(path);
	umask(mask);
	if (!vnc.server) {
		rmdir(dir);
	}
	return vnc.server;
}

static void on_signal(void *signal)
{
	aml_exit(aml_get_default());
}

static int listen_to(struct aml *aml, int fd, aml_callback_fn call)
{
	struct aml_handler *h = aml_handler_new(fd, call, NULL, NULL);

	return h && !aml_start(aml, h) ? 0 : -ENOMEM;
}

static int end_at(struct aml *aml, int signal)
{
	struct aml_signal *s = aml_signal_new(signal, on_signal, NULL, NULL);

	return s && !aml_start(aml, s) ? 0 : -ENOMEM;
}

static int run_loop(struct aml *aml)
{
	if (listen_to(aml, vnc_screen_fd(), on_screen) || listen_to(aml, vnc_gate_fd(), on_gate) ||
	    end_at(aml, SIGTERM) || end_at(aml, SIGINT)) {
		return -ENOMEM;
	}
	if (vnc.follows_cursor && (listen_to(aml, vnc_cursor_news_fd(), on_cursor_news) ||
				   listen_to(aml, vnc_cursor_rest_fd(), on_cursor_rest))) {
		return -ENOMEM;
	}
	return aml_run(aml);
}

static void set_up_server(const struct vnc_settings *s, const struct xengt_info *info)
{
	vnc.display = nvnc_display_new(0, 0);
	nvnc_add_display(vnc.server, vnc.display);
	nvnc_set_name(vnc.server, *info->name ? info->name : vnc.domain);
	nvnc_set_new_client_fn(vnc.server, on_client);
	if (!s->view_only) {
		nvnc_set_key_code_fn(vnc.server, on_code);
		nvnc_set_key_fn(vnc.server, on_keysym);
		nvnc_set_pointer_fn(vnc.server, on_pointer);
	}
}

static enum exit_code serve(const struct vnc_settings *s, const struct xengt_info *info,
			    int listen_fd)
{
	struct aml *aml = aml_new();
	char dir[VNC_DIR_B], inner[48];
	const struct vnc_gate how = {
		.inner = inner,
		.encrypted = s->listen,
		.on_new = vnc_screen_refresh,
		.on_size = s->view_only ? NULL : feed_size,
	};

	vnc.follows_cursor = !s->view_only && !s->draw_cursor;
	if (aml) {
		aml_set_default(aml);
	}
	if (!aml || !open_inner(dir, inner)) {
		complain("cannot serve: %s", strerror(errno));
		return EXIT_USAGE;
	}
	set_up_server(s, info);
	if (feed_black(info->width_px ? info->width_px : 640,
		       info->height_px ? info->height_px : 480) ||
	    vnc_screen_start(vnc.domain, s->head, s->percent) ||
	    feed_start(vnc.domain, s->head) ||
	    (vnc.follows_cursor && vnc_cursor_start(vnc.server, vnc.domain, s->head)) ||
	    vnc_gate_start(listen_fd, &how) || run_loop(aml)) {
		complain("cannot serve: %s", strerror(errno));
		vnc.code = EXIT_USAGE;
	}
	unlink(inner);
	rmdir(dir);
	return vnc.code;
}

/* A socket that listens, in *fd. @path: where that of this machine's user is. */
static enum exit_code open_socket(const struct vnc_settings *s, const char *path, int *fd)
{
	char port[16];

	snprintf(port, sizeof(port), "port %u", s->port);
	*fd = s->listen ? vnc_listen_at(s->listen) :
	      s->port ? vnc_listen_local(s->port) : vnc_listen_unix(path);
	if (*fd >= 0) {
		return EXIT_OK;
	}
	complain("cannot listen at %s: %s", s->listen ? s->listen : s->port ? port : path,
		 strerror(-*fd));
	return s->listen && *fd == -EINVAL ? EXIT_USAGE : EXIT_OUTPUT;
}

static enum exit_code listen_and_serve(const struct vnc_settings *s, const struct xengt_info *info)
{
	const char *at = s->path;
	char path[128];
	enum exit_code code;
	int fd;

	snprintf(path, sizeof(path), "%.64s/vnc-%u-%u.sock", tool_socket_dir(), info->domid,
		 s->head);
	at = at ? at : path;
	if (s->listen && !vnc_tls_init(s->key_path, s->cert_path, s->password_path)) {
		return EXIT_USAGE;
	}
	code = open_socket(s, at, &fd);
	if (code) {
		return code;
	}
	code = serve(s, info, fd);
	if (!s->port && !s->listen) {
		unlink(at);
	}
	return code;
}

static enum exit_code start(const struct vnc_settings *s)
{
	struct xengt_client *c;
	struct xengt_info info;
	enum exit_code code = tool_connect(vnc.domain, &c);
	int ret;

	if (code) {
		return code;
	}
	ret = xengt_info(c, &info);
	if (ret) {
		code = tool_explain(vnc.domain, c, ret);
	}
	xengt_disconnect(c);
	if (!ret && (info.width_px > MAX_SIDE_PX || info.height_px > MAX_SIDE_PX)) {
		info.width_px = info.height_px = 0;
	}
	return code ? code : listen_and_serve(s, &info);
}

/* For the loop to read, whichever threads there will be. */
static void block_signals(void)
{
	sigset_t ends;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
}

int main(int argc, char **argv)
{
	struct vnc_settings s = { 0 };
	enum exit_code code;
	bool go_on;

	block_signals();
	/*
	 * Threads come and go with clients, and neatvnc makes room for a whole frame at each
	 * update, to use a little of it: that room is kept, for it costs more to have it anew than
	 * to fill it.  What is larger, and what is left of many clients, is given back.
	 */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 24 << 20);
	go_on = vnc_settings_take(&s, argc, argv, &code);
	if (!go_on) {
		return code;
	}
	vnc.domain = s.domain;
	code = start(&s);
	fflush(NULL);
	/* Clients' threads go on to the last moment: nothing is tidied up under them. */
	_exit(code);
}
