/* SPDX-License-Identifier: MIT */
/*
 * xengt-view: a guest's display in a window, to be seen and used.
 *
 * Decides what a person's keys, pointer and window sizes mean; a thread watches the guest
 * (watcher.c), another one passes input on (feed.c), so the window never waits for either.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>

#include "args.h"
#include "common.h"
#include "config.h"
#include "feed.h"
#include "view_keys.h"
#include "watcher.h"

#define FPS	     60
#define PATIENCE_s   30	 /* for a guest that reboots */
#define SETTLE_ms    400 /* a window whose size has been the same for so long has it */
#define MAX_PX	     16384u
#define EMPTY_WIDTH  640 /* of a window that has shown nothing yet */
#define EMPTY_HEIGHT 480

struct args {
	const char *domain;
	unsigned head;
	bool full_screen, view_only, follow_size;
};

static struct view {
	struct args a;
	struct watcher *watcher;
	Uint32 ready; /* the event by which it speaks */
	SDL_Window *window;
	SDL_Renderer *renderer;
	SDL_Texture *texture; /* NULL: nothing to show */
	uint32_t w_px, h_px;  /* of the picture; 0: there was none */
	bool down[SDL_NUM_SCANCODES];
	Uint32 resized_ms; /* when the person changed the window; 0: not since it was followed */
	enum exit_code code;
	bool over;
} view;

static const char usage_text[] =
	"usage: xengt-view DOMAIN [OPTION]...\n"
	"\n"
	"Show the display of DOMAIN (a name or an id) in a window, and give it the keys and the\n"
	"pointer that the window gets.\n"
	"\n"
	"      --head N           the head to show (default 0)\n"
	"      --full-screen      begin as a full screen\n"
	"      --follow-size      the guest's mode follows the window's size\n"
	"      --view-only        keep keys and pointer from the guest\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n"
	"\n"
	"Ctrl+Alt+F: full screen and back.  Ctrl+Alt+G: all keys to the guest, and back.\n"
	"Ctrl+Alt+1: the size of the picture.  Ctrl+Alt+Q: end.\n"
	"\n"
	"Exit status: 0 closed, 1 usage or other error, 2 no such domain, 3 no vGPU, or it has\n"
	"ended, 5 permission denied.\n";

/* --- options -------------------------------------------------------------------------------- */

enum option_key { OPT_HEAD = 256, OPT_FULL_SCREEN, OPT_FOLLOW_SIZE, OPT_VIEW_ONLY };

static bool parse_option(int opt, void *into)
{
	struct args *a = into;

	switch (opt) {
	case OPT_HEAD:
		return parse_digit(optarg, "head", &a->head);
	case OPT_FULL_SCREEN:
		a->full_screen = true;
		return true;
	case OPT_FOLLOW_SIZE:
		a->follow_size = true;
		return true;
	default:
		a->view_only = true;
		return true;
	}
}

/* -1: go on; otherwise exit with this. */
static int parse_args(int argc, char **argv, struct args *a)
{
	static const struct option options[] = {
		{ "head", required_argument, NULL, OPT_HEAD },
		{ "full-screen", no_argument, NULL, OPT_FULL_SCREEN },
		{ "follow-size", no_argument, NULL, OPT_FOLLOW_SIZE },
		{ "view-only", no_argument, NULL, OPT_VIEW_ONLY },
		ARGS_HELP_AND_VERSION,
	};
	static const struct args_form form = {
		"xengt-view", usage_text, "hV", options, parse_option,
	};

	return args_take(argc, argv, &form, a, &a->domain);
}

/* --- the picture ---------------------------------------------------------------------------- */

static void set_title(const char *trouble, const char *words)
{
	char title[320];
	int len = snprintf(title, sizeof(title), "%s", view.a.domain);

	if (view.a.head) {
		len += snprintf(title + len, sizeof(title) - (size_t)len, " head %u", view.a.head);
	}
	if (*trouble) {
		snprintf(title + len, sizeof(title) - (size_t)len, " - %s%s%s", trouble,
			 *words ? ": " : "", words);
	}
	SDL_SetWindowTitle(view.window, title);
}

static void draw(void)
{
	SDL_RenderClear(view.renderer);
	if (view.texture) {
		SDL_RenderCopy(view.renderer, view.texture, NULL, NULL);
	}
	SDL_RenderPresent(view.renderer);
}

/* A guest may have taken the worker that sent it. */
static bool is_sound(const struct xengt_frame *f)
{
	return f->width_px && f->height_px && f->width_px <= MAX_PX && f->height_px <= MAX_PX &&
	       f->fourcc == XENGT_FOURCC_XRGB8888 && !f->modifier &&
	       f->stride_B >= f->width_px * 4 && f->stride_B <= INT32_MAX &&
	       (uint64_t)f->stride_B * f->height_px <= f->size_B &&
	       f->nr_damage <= XENGT_MAX_DAMAGE;
}

static bool is_inside(const struct xengt_rect *r)
{
	return r->x_px <= view.w_px && r->w_px <= view.w_px - r->x_px && r->y_px <= view.h_px &&
	       r->h_px <= view.h_px - r->y_px && r->w_px && r->h_px;
}

/* A texture for pictures of this size, and a window, unless it is the person's own size. */
static bool make_texture(uint32_t w_px, uint32_t h_px)
{
	bool is_full = SDL_GetWindowFlags(view.window) & SDL_WINDOW_FULLSCREEN_DESKTOP;
	bool is_person_sized = view.w_px && view.a.follow_size;

	SDL_DestroyTexture(view.texture);
	view.texture = SDL_CreateTexture(view.renderer, SDL_PIXELFORMAT_RGB888,
					 SDL_TEXTUREACCESS_STREAMING, (int)w_px, (int)h_px);
	if (!view.texture) {
		complain("no texture of %ux%u: %s", w_px, h_px, SDL_GetError());
		return false;
	}
	view.w_px = w_px;
	view.h_px = h_px;
	if (!is_person_sized && !is_full) {
		SDL_SetWindowSize(view.window, (int)w_px, (int)h_px);
	}
	SDL_RenderSetLogicalSize(view.renderer, (int)w_px, (int)h_px);
	return true;
}

static void update(const struct xengt_frame *f, const uint8_t *pixels)
{
	bool whole = !view.texture || f->width_px != view.w_px || f->height_px != view.h_px;

	if (whole && !make_texture(f->width_px, f->height_px)) {
		view.code = EXIT_USAGE;
		view.over = true;
		return;
	}
	for (uint32_t i = 0; i < f->nr_damage && !whole; i++) {
		const struct xengt_rect *r = &f->damage[i];
		const SDL_Rect rect = { (int)r->x_px, (int)r->y_px, (int)r->w_px, (int)r->h_px };

		if (is_inside(r)) {
			SDL_UpdateTexture(view.texture, &rect,
					  pixels + (size_t)r->y_px * f->stride_B + r->x_px * 4u,
					  (int)f->stride_B);
		}
	}
	if (whole) {
		SDL_UpdateTexture(view.texture, NULL, pixels, (int)f->stride_B);
	}
}

static void on_news(void)
{
	struct watcher_news news;

	watcher_take(view.watcher, &news);
	if (news.gone) {
		view.code = tool_explain(view.a.domain, NULL, news.trouble);
		view.over = true;
		return;
	}
	if (news.trouble) {
		set_title(xengt_strerror(news.trouble), news.words);
		SDL_DestroyTexture(view.texture);
		view.texture = NULL;
	}
	if (news.has_picture) {
		if (news.picture.pixels && is_sound(&news.picture.frame)) {
			set_title("", "");
			update(&news.picture.frame, news.picture.pixels);
		}
		xengt_picture_release(&news.picture);
	}
	watcher_done(view.watcher);
	draw();
}

/* The watcher's thread. */
static void say_ready(void *ctx)
{
	SDL_Event e = { .type = view.ready };

	(void)ctx;
	SDL_PushEvent(&e);
}

/* --- input ---------------------------------------------------------------------------------- */

static void put_key(unsigned code, bool down)
{
	if (code && !view.a.view_only) {
		feed_put((struct xengt_input_event){ XENGT_INPUT_KEY, code, down, 0 });
	}
}

static void release_keys(void)
{
	for (unsigned s = 0; s < SDL_NUM_SCANCODES; s++) {
		if (view.down[s]) {
			view.down[s] = false;
			put_key(view_key_of_scancode(s), false);
		}
	}
}

static void toggle_full_screen(void)
{
	bool is_full = SDL_GetWindowFlags(view.window) & SDL_WINDOW_FULLSCREEN_DESKTOP;

	SDL_SetWindowFullscreen(view.window, is_full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

/* Whether the key, with Ctrl and Alt, is the window's own. */
static bool own_key(SDL_Scancode key)
{
	switch ((int)key) {
	case SDL_SCANCODE_F:
		toggle_full_screen();
		return true;
	case SDL_SCANCODE_G:
		SDL_SetWindowKeyboardGrab(view.window, !SDL_GetWindowKeyboardGrab(view.window));
		return true;
	case SDL_SCANCODE_1:
		if (view.w_px) {
			SDL_SetWindowSize(view.window, (int)view.w_px, (int)view.h_px);
		}
		return true;
	case SDL_SCANCODE_Q:
		view.over = true;
		return true;
	default:
		return false;
	}
}

static void on_key(const SDL_KeyboardEvent *e)
{
	SDL_Scancode s = e->keysym.scancode;
	bool down = e->type == SDL_KEYDOWN;

	if (s >= SDL_NUM_SCANCODES || (!down && !view.down[s])) {
		return;
	}
	if (down && !view.down[s] && e->keysym.mod & KMOD_CTRL && e->keysym.mod & KMOD_ALT &&
	    own_key(s)) {
		return;
	}
	view.down[s] = down;
	put_key(view_key_of_scancode(s), down);
}

/* @at of @size pixels, as far across as the guest's pointer counts. */
static int32_t across(int at, uint32_t size_px)
{
	if (at <= 0 || size_px < 2) {
		return 0;
	}
	if ((uint32_t)at >= size_px) {
		return XENGT_INPUT_MAX;
	}
	return (int32_t)((uint64_t)(unsigned)at * XENGT_INPUT_MAX / (size_px - 1));
}

static void put_pointer(int x, int y)
{
	if (view.texture && !view.a.view_only) {
		feed_put((struct xengt_input_event){ XENGT_INPUT_POINTER, 0,
						     across(x, view.w_px),
						     across(y, view.h_px) });
	}
}

static void put_wheel(int x, int y)
{
	for (int i = 0; i < 8 && (x || y) && !view.a.view_only; i++) {
		int dx = (x > 0) - (x < 0), dy = (y > 0) - (y < 0);

		feed_put((struct xengt_input_event){ XENGT_INPUT_WHEEL, 0, dx, dy });
		x -= dx;
		y -= dy;
	}
}

/* --- the window ----------------------------------------------------------------------------- */

static void on_window(const SDL_WindowEvent *e)
{
	switch (e->event) {
	case SDL_WINDOWEVENT_EXPOSED:
		draw();
		break;
	case SDL_WINDOWEVENT_RESIZED: /* by a person, not by us */
		view.resized_ms = SDL_GetTicks() | 1;
		break;
	case SDL_WINDOWEVENT_FOCUS_LOST:
		release_keys();
		break;
	case SDL_WINDOWEVENT_HIDDEN:
	case SDL_WINDOWEVENT_MINIMIZED:
		watcher_pause(view.watcher, true);
		break;
	case SDL_WINDOWEVENT_SHOWN:
	case SDL_WINDOWEVENT_RESTORED:
		watcher_pause(view.watcher, false);
		break;
	default:
		break;
	}
}

static void on_event(const SDL_Event *e)
{
	switch (e->type) {
	case SDL_QUIT:
		view.over = true;
		break;
	case SDL_WINDOWEVENT:
		on_window(&e->window);
		break;
	case SDL_KEYDOWN:
	case SDL_KEYUP:
		on_key(&e->key);
		break;
	case SDL_MOUSEMOTION:
		put_pointer(e->motion.x, e->motion.y);
		break;
	case SDL_MOUSEBUTTONDOWN:
	case SDL_MOUSEBUTTONUP:
		put_pointer(e->button.x, e->button.y);
		put_key(view_key_of_button(e->button.button), e->type == SDL_MOUSEBUTTONDOWN);
		break;
	case SDL_MOUSEWHEEL:
		put_wheel(e->wheel.x, e->wheel.y);
		break;
	default:
		if (e->type == view.ready) {
			on_news();
		}
		break;
	}
}

/* When the person has let the window's border go, the guest's mode becomes as large. */
static void follow_size(void)
{
	int w, h;

	if (!view.resized_ms || !view.a.follow_size) {
		view.resized_ms = 0;
		return;
	}
	if (SDL_GetTicks() - view.resized_ms < SETTLE_ms) {
		return;
	}
	view.resized_ms = 0;
	SDL_GetWindowSize(view.window, &w, &h);
	if (w > 0 && h > 0 && ((uint32_t)w != view.w_px || (uint32_t)h != view.h_px)) {
		watcher_resize(view.watcher, (uint32_t)w & ~7u, (uint32_t)h & ~1u);
	}
}

static bool open_window(void)
{
	Uint32 flags = SDL_WINDOW_RESIZABLE;

	flags |= view.a.full_screen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0;
	SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
	if (SDL_Init(SDL_INIT_VIDEO)) {
		complain("no window: %s", SDL_GetError());
		return false;
	}
	view.ready = SDL_RegisterEvents(1);
	view.window = SDL_CreateWindow(view.a.domain, SDL_WINDOWPOS_UNDEFINED,
				       SDL_WINDOWPOS_UNDEFINED, EMPTY_WIDTH, EMPTY_HEIGHT, flags);
	view.renderer = view.window ? SDL_CreateRenderer(view.window, -1, 0) : NULL;
	if (!view.renderer) {
		complain("no window: %s", SDL_GetError());
		return false;
	}
	/* the guest's own pointer is in its picture */
	SDL_ShowCursor(view.a.view_only ? SDL_ENABLE : SDL_DISABLE);
	return true;
}

static bool start_threads(void)
{
	const struct watcher_conf conf = {
		.domain = view.a.domain,
		.head = view.a.head,
		.fps = FPS,
		.patience_s = PATIENCE_s,
		.ready = say_ready,
	};
	int ret = watcher_start(&conf, &view.watcher);

	if (!ret && !view.a.view_only) {
		ret = feed_start(view.a.domain, view.a.head);
	}
	if (ret) {
		complain("no thread: %s", strerror(-ret));
	}
	return !ret;
}

int main(int argc, char **argv)
{
	struct xengt_client *c;
	SDL_Event e;
	int code = parse_args(argc, argv, &view.a);

	if (code >= 0) {
		return code;
	}
	code = tool_connect(view.a.domain, &c);
	if (code) {
		return code;
	}
	xengt_disconnect(c);
	if (!open_window() || !start_threads()) {
		return EXIT_USAGE;
	}
	while (!view.over) {
		if (view.resized_ms ? SDL_WaitEventTimeout(&e, SETTLE_ms) : SDL_WaitEvent(&e)) {
			on_event(&e);
		}
		follow_size();
	}
	SDL_DestroyRenderer(view.renderer);
	SDL_DestroyWindow(view.window);
	SDL_Quit();
	return view.code;
}
