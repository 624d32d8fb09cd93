/* SPDX-License-Identifier: MIT */
/*
 * xengt-vnc: a head of a guest, to be seen and used by VNC clients.
 *
 * Decides who can connect: whoever may open a unix socket of mode 0600, or, if asked to, whoever
 * runs on this machine.  There is no password and no encryption, so no wider address.  What the
 * clients say is neatvnc's to parse, after vnc_gate.c has; which keys each of them has down is
 * remembered here.
 */
#define _GNU_SOURCE
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* What aml 0.3 wants said; nothing to 0.2. */
#define AML_UNSTABLE_API 1
#include <aml.h>
#include <linux/input-event-codes.h>
#include <neatvnc.h>
#include <pixman.h>

#include "common.h"
#include "vnc_gate.h"
#include "vnc_input.h"
#include "vnc_keys.h"
#include "vnc_screen.h"

#define MAX_SIDE_PX 16384u
#define NR_KEYS	    0x100u
#define BACKLOG	    8

static const char usage_text[] =
	"Usage: xengt-vnc DOMAIN [--head N] [--unix PATH | --port N] [--view-only]\n\n"
	"Serve a head of a guest with a vGPU to VNC clients, until the guest is gone.\n\n"
	"  --head N       the head, from 0, the default\n"
	"  --unix PATH    listen on a unix socket there, for this user alone\n"
	"                 [/run/xengt/vnc-DOMID-HEAD.sock]\n"
	"  --port N       listen on port N of 127.0.0.1 instead, for every user of this machine\n"
	"  --view-only    take no keys and no pointer\n"
	"  --help, --version\n";

static struct {
	struct nvnc *server;
	struct nvnc_display *display;
	const char *domain;
	unsigned w_px, h_px, nr_clients;
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
	vnc_input_put((struct xengt_input_event){ XENGT_INPUT_KEY, code, down, 0 });
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
		vnc_input_put((struct xengt_input_event){
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
		vnc_input_put((struct xengt_input_event){ XENGT_INPUT_POINTER, 0,
							  scale(x_px, vnc.w_px),
							  scale(y_px, vnc.h_px) });
		put_buttons(v, buttons);
	}
}

/* --- clients -------------------------------------------------------------------------------- */

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
	vnc_screen_watch(--vnc.nr_clients);
}

static void on_client(struct nvnc_client *client)
{
	/* Without memory for it, one can look and not type. */
	nvnc_set_userdata(client, calloc(1, sizeof(struct viewer)), NULL);
	nvnc_set_client_cleanup_fn(client, on_client_gone);
	vnc.nr_clients++;
	vnc_screen_watch(true);
}

/* --- the picture ---------------------------------------------------------------------------- */

static void release(struct nvnc_fb *fb, void *context)
{
	struct xengt_picture *pic = context;

	xengt_picture_release(pic);
	free(pic);
}

static void feed(struct xengt_picture *pic)
{
	const struct xengt_frame *f = &pic->frame;
	struct pixman_region16 damage;
	struct nvnc_fb *fb = nvnc_fb_from_buffer((void *)(uintptr_t)pic->pixels,
						 (uint16_t)f->width_px, (uint16_t)f->height_px,
						 XENGT_FOURCC_XRGB8888, (int32_t)(f->stride_B / 4));

	if (!fb) {
		release(NULL, pic);
		return;
	}
	nvnc_fb_set_release_fn(fb, release, pic);
	pixman_region_init(&damage);
	for (uint32_t i = 0; i < f->nr_damage; i++) {
		const struct xengt_rect *r = &f->damage[i];

		pixman_region_union_rect(&damage, &damage, (int)r->x_px, (int)r->y_px, r->w_px,
					 r->h_px);
	}
	if (!f->nr_damage || vnc.w_px != f->width_px || vnc.h_px != f->height_px) {
		pixman_region_union_rect(&damage, &damage, 0, 0, f->width_px, f->height_px);
	}
	vnc.w_px = f->width_px;
	vnc.h_px = f->height_px;
	nvnc_display_feed_buffer(vnc.display, fb, &damage);
	pixman_region_fini(&damage);
	nvnc_fb_unref(fb);
}

static void on_screen(void *handler)
{
	struct xengt_picture pic, *copy;
	int ret = vnc_screen_take(&pic);

	if (ret == -EAGAIN) {
		return;
	}
	if (ret) {
		vnc.code = tool_explain(vnc.domain, NULL, ret);
		aml_exit(aml_get_default());
		return;
	}
	copy = malloc(sizeof(*copy));
	if (!copy || pic.frame.width_px > MAX_SIDE_PX || pic.frame.height_px > MAX_SIDE_PX) {
		free(copy);
		xengt_picture_release(&pic);
		return;
	}
	*copy = pic;
	feed(copy);
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

/* A socket that a server left there when it was killed. */
static void remove_stale(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (lstat(path, &st) || !S_ISSOCK(st.st_mode) || strlen(path) >= sizeof(addr.sun_path)) {
		return;
	}
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) &&
	    errno == ECONNREFUSED) {
		unlink(path);
	}
	if (fd >= 0) {
		close(fd);
	}
}

static int listen_unix(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t mask;
	bool bad;

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path)) {
		errno = fd < 0 ? errno : ENAMETOOLONG;
		return -1;
	}
	remove_stale(path);
	strcpy(addr.sun_path, path);
	mask = umask(0177);
	bad = bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) || listen(fd, BACKLOG);
	umask(mask);
	return bad ? -1 : fd;
}

static int listen_port(unsigned port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) || listen(fd, BACKLOG)) {
		return -1;
	}
	return fd;
}

/* neatvnc's own socket, where nobody else gets: in a directory of this process. */
static bool open_inner(char dir[32], char path[48])
{
	mode_t mask;

	strcpy(dir, "/tmp/xengt-vnc.XXXXXX");
	if (!mkdtemp(dir)) {
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

static int run_loop(struct aml *aml)
{
	struct aml_handler *h = aml_handler_new(vnc_screen_fd(), on_screen, NULL, NULL);
	struct aml_signal *term = aml_signal_new(SIGTERM, on_signal, NULL, NULL);
	struct aml_signal *intr = aml_signal_new(SIGINT, on_signal, NULL, NULL);

	if (!h || !term || !intr || aml_start(aml, h) || aml_start(aml, term) ||
	    aml_start(aml, intr)) {
		return -ENOMEM;
	}
	return aml_run(aml);
}

struct settings {
	const char *path; /* of the socket; NULL: the default */
	unsigned head, port;
	bool view_only;
};

static void set_up_server(const struct settings *s, const struct xengt_info *info)
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

static enum exit_code serve(const struct settings *s, const struct xengt_info *info, int listen_fd)
{
	struct aml *aml = aml_new();
	char dir[32], inner[48];

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
	    vnc_screen_start(vnc.domain, s->head) || vnc_input_start(vnc.domain, s->head) ||
	    vnc_gate_start(listen_fd, inner) || run_loop(aml)) {
		complain("cannot serve: %s", strerror(errno));
		vnc.code = EXIT_USAGE;
	}
	unlink(inner);
	rmdir(dir);
	return vnc.code;
}

static enum exit_code listen_and_serve(const struct settings *s, const struct xengt_info *info)
{
	const char *dir = secure_getenv("XENGT_SOCKET_DIR");
	const char *at = s->path;
	char path[128];
	enum exit_code code;
	int fd;

	snprintf(path, sizeof(path), "%.64s/vnc-%u-%u.sock", dir && *dir ? dir : XENGT_SOCKET_DIR,
		 info->domid, s->head);
	at = at ? at : path;
	fd = s->port ? listen_port(s->port) : listen_unix(at);
	if (fd < 0 && s->port) {
		complain("cannot listen at port %u: %s", s->port, strerror(errno));
		return EXIT_OUTPUT;
	}
	if (fd < 0) {
		complain("cannot listen at %s: %s", at, strerror(errno));
		return EXIT_OUTPUT;
	}
	code = serve(s, info, fd);
	if (!s->port) {
		unlink(at);
	}
	return code;
}

static bool parse_number(const char *text, unsigned min, unsigned max, unsigned *out)
{
	char *end;
	unsigned long val = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || val < min || val > max) {
		return false;
	}
	*out = (unsigned)val;
	return true;
}

static enum exit_code start(const struct settings *s)
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

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "head", required_argument, NULL, 'H' },
		{ "unix", required_argument, NULL, 'u' },
		{ "port", required_argument, NULL, 'p' },
		{ "view-only", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct settings s = { 0 };
	sigset_t ends;
	bool good = true;
	int opt;

	signal(SIGPIPE, SIG_IGN);
	/* Threads come and go with clients, and frames are large: what is freed is given back. */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	/* For the loop to read, whichever threads there will be. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	while ((opt = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		switch (opt) {
		case 'H':
			good = good && parse_number(optarg, 0, 15, &s.head);
			break;
		case 'u':
			s.path = optarg;
			break;
		case 'p':
			good = good && parse_number(optarg, 1, 65535, &s.port);
			break;
		case 'v':
			s.view_only = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return tool_flush();
		case 'V':
			puts("xengt-vnc " PACKAGE_VERSION);
			return tool_flush();
		default:
			return EXIT_USAGE;
		}
	}
	if (!good || argc - optind != 1 || (s.path && s.port)) {
		complain("DOMAIN [--head N] [--unix PATH | --port N] [--view-only]; see --help");
		return EXIT_USAGE;
	}
	vnc.domain = argv[optind];
	return start(&s);
}
