/* SPDX-License-Identifier: MIT */
/*
 * xengt-record: what a guest shows, as a video.
 *
 * Decides when pictures are taken: one for each change and no more than --fps, none while nothing
 * changes; each is shown from the moment at which it was taken.  How they are encoded is video.c's
 * business.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "common.h"
#include "config.h"
#include "video.h"

#define DEFAULT_FPS	30
#define MAX_FPS		240
#define DARK_POLL_MS	1000 /* between two looks at a head that shows nothing */
#define STILL_MS	300  /* without a change for so long, what is there is written out */
#define BACK_MS		3000 /* for another worker to take over from one that died */
#define LOOK_UP_MS	1000 /* the longest wait before progress and signals are looked at */

struct args {
	const char *domain;
	struct xengt_capture what;
	struct video_conf conf;
	unsigned fps;
	double duration_s; /* 0: until interrupted */
	bool wait;
};

static const char usage_text[] =
	"usage: xengt-record DOMAIN [-o FILE|URL] [OPTION]...\n"
	"\n"
	"Write what the display of DOMAIN (a name or an id) shows to a video, a picture for\n"
	"each change, until it is interrupted or DOMAIN ends.\n"
	"\n"
	"  -o, --output FILE      a file or a URL that FFmpeg can write to; - is standard\n"
	"                         output (default DOMAIN.mkv)\n"
	"  -f, --format NAME      the container, as FFmpeg calls it (default: by FILE's\n"
	"                         ending, else matroska)\n"
	"  -c, --codec NAME       the encoder, as FFmpeg calls it: ffv1 loses nothing\n"
	"                         (default: libx264, or what the container is made for)\n"
	"      --fps N            pictures a second at most (default 30)\n"
	"      --duration SECONDS end after that time\n"
	"      --head N           the head to look at (default 0)\n"
	"      --region WxH+X+Y   only that part of it, in pixels\n"
	"      --no-cursor        without the cursor\n"
	"      --wait             if there is no picture yet, wait for it\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n"
	"\n"
	"A file can be played whenever the recording ends, also if it was killed.\n"
	"\n"
	"Exit status: 0 recorded, 1 usage or other error, 2 no such domain, 3 no vGPU, or it\n"
	"has ended, 4 no picture (the reason is told), 5 permission denied, 6 cannot write.\n";

/* --- options -------------------------------------------------------------------------------- */

static bool parse_fps(const char *text, unsigned *fps)
{
	char *end;
	unsigned long val = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end || val < 1 || val > MAX_FPS) {
		complain("\"%s\" is no rate: it is 1 to %d pictures a second", text, MAX_FPS);
		return false;
	}
	*fps = (unsigned)val;
	return true;
}

enum option_key { OPT_FPS = 256, OPT_DURATION, OPT_HEAD, OPT_REGION, OPT_NO_CURSOR, OPT_WAIT };

static bool parse_option(int opt, void *into)
{
	struct args *a = into;

	switch (opt) {
	case 'o':
		a->conf.output = optarg;
		return true;
	case 'f':
		a->conf.format = optarg;
		return true;
	case 'c':
		a->conf.codec = optarg;
		return true;
	case OPT_FPS:
		return parse_fps(optarg, &a->fps);
	case OPT_DURATION:
		return parse_seconds(optarg, &a->duration_s);
	case OPT_HEAD:
		return parse_digit(optarg, "head", &a->what.head);
	case OPT_REGION:
		return parse_region(optarg, &a->what.region);
	case OPT_NO_CURSOR:
		a->what.flags |= XENGT_NO_CURSOR;
		return true;
	case OPT_WAIT:
		a->wait = true;
		return true;
	default:
		return false;
	}
}

/* -1: go on; otherwise exit with this. */
static int parse_args(int argc, char **argv, struct args *a)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "format", required_argument, NULL, 'f' },
		{ "codec", required_argument, NULL, 'c' },
		{ "fps", required_argument, NULL, OPT_FPS },
		{ "duration", required_argument, NULL, OPT_DURATION },
		{ "head", required_argument, NULL, OPT_HEAD },
		{ "region", required_argument, NULL, OPT_REGION },
		{ "no-cursor", no_argument, NULL, OPT_NO_CURSOR },
		{ "wait", no_argument, NULL, OPT_WAIT },
		ARGS_HELP_AND_VERSION,
	};
	static const struct args_form form = {
		"xengt-record", usage_text, "o:f:c:hV", options, parse_option,
	};

	return args_take(argc, argv, &form, a, &a->domain);
}

/* --- recording ------------------------------------------------------------------------------ */

struct recording {
	const struct args *a;
	struct xengt_client *c;
	struct video *video; /* NULL: nothing was seen yet */
	const char *output;
	uint64_t serial;   /* of the last picture; 0: none */
	uint64_t start_ms; /* when the first was taken */
	uint64_t began_ms; /* when the program began */
	bool is_dark;	   /* said already that there is nothing to see */
	bool has_progress; /* a line of it is on the terminal */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* One line for a person who watches, written over and over. */
static void show_progress(struct recording *r)
{
	uint64_t s = r->video ? (now_ms() - r->start_ms) / 1000 : 0;

	if (!r->video || !isatty(STDERR_FILENO)) {
		return;
	}
	fprintf(stderr, "\r%02d:%02d:%02d  %llu pictures  %.1f MB ", (int)(s / 3600),
		(int)(s / 60 % 60), (int)(s % 60), (unsigned long long)video_nr_frames(r->video),
		(double)video_size_B(r->video) / 1e6);
	r->has_progress = true;
}

static void end_progress(struct recording *r)
{
	if (r->has_progress) {
		fputc('\n', stderr);
		r->has_progress = false;
	}
}

static enum exit_code cannot_write(struct recording *r, const char *why)
{
	end_progress(r);
	complain("cannot write %s: %s", r->output, why);
	return EXIT_OUTPUT;
}

static enum exit_code explain(struct recording *r, int ret)
{
	end_progress(r);
	return tool_explain(r->a->domain, r->c, ret);
}

static enum exit_code begin(struct recording *r, const struct xengt_frame *f)
{
	char why[VIDEO_WHY_MAX];
	bool bad_output;

	if (video_open(&r->a->conf, f->width_px, f->height_px, &r->video, &bad_output, why)) {
		r->start_ms = f->time_ns / 1000000;
		return EXIT_OK;
	}
	if (bad_output) {
		return cannot_write(r, why);
	}
	complain("%s", why);
	return EXIT_USAGE;
}

/* Whether the frame is as promised: a guest may have taken the worker that sent it. */
static bool is_sound(const struct xengt_frame *f)
{
	return f->width_px && f->height_px && f->width_px <= 16384 && f->height_px <= 16384 &&
	       f->fourcc == XENGT_FOURCC_XRGB8888 && !f->modifier &&
	       f->stride_B >= f->width_px * 4 && f->stride_B <= INT32_MAX / 2 &&
	       (uint64_t)f->stride_B * f->height_px <= f->size_B;
}

static enum exit_code add(struct recording *r, const struct xengt_picture *p)
{
	const struct xengt_frame *f = &p->frame;
	const struct video_picture picture = { p->pixels, f->width_px, f->height_px, f->stride_B };
	char why[VIDEO_WHY_MAX];
	enum exit_code code = EXIT_OK;

	if (!is_sound(f)) {
		complain("the vGPU's worker sent a picture that cannot be read");
		return EXIT_USAGE;
	}
	if (!r->video) {
		code = begin(r, f);
	}
	if (!code && !video_add(r->video, &picture, (int64_t)(f->time_ns / 1000000 - r->start_ms),
				why)) {
		code = cannot_write(r, why);
	}
	return code;
}

/*
 * Whether the connection that ended with @ret could be made anew: the vGPU has another worker.  One
 * that is silent is not replaced by asking it again.
 */
static bool comes_back(struct recording *r, int ret)
{
	uint64_t end_ms = now_ms() + BACK_MS;

	if (ret != -ECONNRESET && ret != -EPIPE) {
		return false;
	}
	xengt_disconnect(r->c);
	r->c = NULL;
	r->serial = 0;
	while (xengt_connect(r->a->domain, &r->c)) {
		if (interrupted || now_ms() >= end_ms) {
			return false;
		}
		sleep_ms(BACK_MS / 30);
	}
	return true;
}

static bool is_dark(int ret)
{
	return ret == XENGT_E_NO_DRIVER || ret == XENGT_E_PIPE_OFF || ret == XENGT_E_NO_PLANE;
}

/* Take a picture, if there is another than before. */
static enum exit_code take(struct recording *r)
{
	struct xengt_capture what = r->a->what;
	struct xengt_picture p;
	enum exit_code code = EXIT_OK;
	int ret;

	what.flags |= XENGT_TRACK | XENGT_HOLD;
	what.since = r->serial;
	ret = xengt_capture(r->c, &what, &p);
	if (ret) {
		r->serial = 0;
		if (comes_back(r, ret)) {
			return EXIT_OK;
		}
		if (!is_dark(ret) || (!r->video && !r->a->wait)) {
			return explain(r, ret);
		}
		if (!r->is_dark) {
			explain(r, ret);
		}
		r->is_dark = true;
		return EXIT_OK;
	}
	r->is_dark = false;
	if (!(p.frame.flags & XENGT_UNCHANGED)) {
		code = add(r, &p);
	}
	r->serial = p.frame.serial;
	xengt_picture_release(&p);
	return code;
}

static bool is_over(const struct recording *r)
{
	return interrupted || (r->a->duration_s > 0 && (double)(now_ms() - r->began_ms) >=
							       r->a->duration_s * 1000);
}

/* How long to wait at once: @ms, but not beyond the end. */
static uint32_t slice(const struct recording *r, uint32_t ms)
{
	double left = r->a->duration_s * 1000 - (double)(now_ms() - r->began_ms);

	if (r->a->duration_s > 0 && left < ms) {
		return left > 1 ? (uint32_t)left : 1;
	}
	return ms;
}

/* Until the picture changes, or it is over. */
static enum exit_code wait_for_change(struct recording *r)
{
	uint32_t ms = STILL_MS;
	bool changed = false;
	char why[VIDEO_WHY_MAX];
	int ret = 0;

	while (!changed && !is_over(r)) {
		ret = xengt_wait(r->c, r->serial, slice(r, ms), &changed);
		if (ret == -EINTR) {
			continue;
		}
		if (ret) {
			return comes_back(r, ret) ? EXIT_OK : explain(r, ret);
		}
		if (!changed && ms == STILL_MS && r->video && !video_flush(r->video, why)) {
			return cannot_write(r, why);
		}
		ms = LOOK_UP_MS;
		show_progress(r);
	}
	return EXIT_OK;
}

static enum exit_code record(struct recording *r)
{
	const uint64_t interval_ms = 1000 / r->a->fps;
	enum exit_code code = EXIT_OK;

	r->began_ms = now_ms();
	while (!code && !is_over(r)) {
		uint64_t taken_ms = now_ms(), spent_ms;

		code = take(r);
		if (code || is_over(r)) {
			break;
		}
		if (r->is_dark) {
			sleep_ms(slice(r, DARK_POLL_MS));
			continue;
		}
		if (!r->serial) {
			continue;
		}
		spent_ms = now_ms() - taken_ms;
		if (spent_ms < interval_ms) {
			sleep_ms(slice(r, (uint32_t)(interval_ms - spent_ms)));
		}
		code = wait_for_change(r);
	}
	return code;
}

/* End the file, whatever came before. */
static enum exit_code finish(struct recording *r, enum exit_code code)
{
	uint64_t nr, size_B;
	char why[VIDEO_WHY_MAX];

	show_progress(r);
	end_progress(r);
	if (!r->video) {
		return code;
	}
	nr = video_nr_frames(r->video);
	size_B = video_size_B(r->video);
	if (!video_close(r->video, (int64_t)(now_ms() - r->start_ms), why) && !code) {
		return cannot_write(r, why);
	}
	if (!code) {
		complain("%llu pictures in %.1f s, %.1f MB", (unsigned long long)nr,
			 (double)(now_ms() - r->start_ms) / 1000, (double)size_B / 1e6);
	}
	return code;
}

/* A file name made of the domain's: no part of it may lead elsewhere. */
static char *default_output(const char *domain)
{
	char *name;

	if (asprintf(&name, "%s.mkv", domain) < 0) {
		return NULL;
	}
	for (char *p = name; *p; p++) {
		if (*p == '/' || *p == ':') {
			*p = '_';
		}
	}
	return name;
}

static enum exit_code run(struct args *a)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct recording r = { .a = a };
	enum exit_code code;

	if (!strcmp(a->conf.output, "-") && isatty(STDOUT_FILENO)) {
		complain("a video is no text for a terminal: send it to a file or a program");
		return EXIT_USAGE;
	}
	r.output = strcmp(a->conf.output, "-") ? a->conf.output : "standard output";
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	code = tool_connect(a->domain, &r.c);
	if (!code) {
		code = finish(&r, record(&r));
		xengt_disconnect(r.c);
	}
	return code;
}

int main(int argc, char **argv)
{
	struct args a = { .fps = DEFAULT_FPS };
	int code = parse_args(argc, argv, &a);
	char *made = NULL;

	if (code >= 0) {
		return code;
	}
	if (!a.conf.output) {
		made = default_output(a.domain);
		if (!made) {
			complain("out of memory");
			return EXIT_USAGE;
		}
		a.conf.output = made;
	}
	code = run(&a);
	free(made);
	return code;
}
