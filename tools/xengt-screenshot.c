/* SPDX-License-Identifier: MIT */
/*
 * xengt-screenshot: what a guest shows, as picture files: one, or one after another.
 *
 * Decides the names of options, where files go and when pictures are taken; the picture is
 * libxengt's business.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "common.h"
#include "config.h"
#include "image.h"
#include "outfile.h"

#define NS_PER_S	1000000000L
#define DARK_POLL_S	1.0 /* between two looks at a head that shows nothing */

struct format {
	const char *name;
	image_write_fn write;
};

/* The first is the default. */
static const struct format formats[] = {
	{ "png", image_write_png },
	{ "ppm", image_write_ppm },
	{ "qoi", image_write_qoi },
};

struct args {
	const char *domain, *output;  /* output NULL: from the domain */
	const struct format *format;  /* NULL: by the name of the file */
	struct xengt_capture what;
	double every_s; /* 0: not given */
	bool on_change;
	unsigned long count; /* pictures; 0: no end */
	bool has_count;
};

static const char usage_text[] =
	"usage: xengt-screenshot DOMAIN [-o FILE] [OPTION]...\n"
	"\n"
	"Write what the display of DOMAIN (a name or an id) shows to a file.\n"
	"\n"
	"  -o, --output FILE      the file; - is standard output (default DOMAIN.png)\n"
	"  -f, --format NAME      png, ppm or qoi (default: by FILE's ending, else png)\n"
	"      --head N           the head to look at (default 0)\n"
	"      --region WxH+X+Y   only that part of it, in pixels\n"
	"      --plane N          only that plane, from 0, the lowest, on\n"
	"      --native           with --plane: its memory as the guest has it, tiles and all\n"
	"      --no-cursor        without the cursor\n"
	"      --every SECONDS    a picture every so often\n"
	"      --on-change        a picture whenever another one is shown\n"
	"      --count N          so many of them (default: until interrupted)\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n"
	"\n"
	"%d in FILE, or %04d, is the number of the picture, from 1 on; without it each\n"
	"picture takes the place of the one before.\n"
	"\n"
	"Exit status: 0 written, 1 usage or other error, 2 no such domain, 3 no vGPU,\n"
	"4 no picture (the reason is told), 5 permission denied, 6 cannot write FILE.\n";

/* --- options -------------------------------------------------------------------------------- */

static bool parse_format(const char *name, const struct format **format)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(formats); i++) {
		if (!strcmp(name, formats[i].name)) {
			*format = &formats[i];
			return true;
		}
	}
	complain("unknown format \"%s\": it is png, ppm or qoi", name);
	return false;
}

static bool parse_count(const char *text, struct args *a)
{
	char *end;

	errno = 0;
	a->count = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || !a->count) {
		complain("\"%s\" is no number of pictures", text);
		return false;
	}
	a->has_count = true;
	return true;
}

enum option_key { OPT_HEAD = 256, OPT_REGION, OPT_PLANE, OPT_NATIVE, OPT_NO_CURSOR, OPT_EVERY,
		  OPT_ON_CHANGE, OPT_COUNT };

static bool parse_option(int opt, void *into)
{
	struct args *a = into;

	switch (opt) {
	case 'o':
		a->output = optarg;
		return true;
	case 'f':
		return parse_format(optarg, &a->format);
	case OPT_HEAD:
		return parse_digit(optarg, "head", &a->what.head);
	case OPT_REGION:
		return parse_region(optarg, &a->what.region);
	case OPT_PLANE:
		a->what.flags |= XENGT_PLANE;
		return parse_digit(optarg, "plane", &a->what.plane);
	case OPT_NATIVE:
		a->what.flags |= XENGT_NATIVE;
		return true;
	case OPT_NO_CURSOR:
		a->what.flags |= XENGT_NO_CURSOR;
		return true;
	case OPT_EVERY:
		return parse_seconds(optarg, &a->every_s);
	case OPT_ON_CHANGE:
		a->on_change = true;
		return true;
	case OPT_COUNT:
		return parse_count(optarg, a);
	default:
		return false;
	}
}

static bool native_makes_sense(const struct args *a)
{
	return !(a->what.flags & XENGT_NATIVE) ||
	       (a->what.flags & XENGT_PLANE && !a->what.region.w_px && !a->format &&
		!a->on_change);
}

/* -1: go on; otherwise exit with this. */
static int parse_args(int argc, char **argv, struct args *a)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "format", required_argument, NULL, 'f' },
		{ "head", required_argument, NULL, OPT_HEAD },
		{ "region", required_argument, NULL, OPT_REGION },
		{ "plane", required_argument, NULL, OPT_PLANE },
		{ "native", no_argument, NULL, OPT_NATIVE },
		{ "no-cursor", no_argument, NULL, OPT_NO_CURSOR },
		{ "every", required_argument, NULL, OPT_EVERY },
		{ "on-change", no_argument, NULL, OPT_ON_CHANGE },
		{ "count", required_argument, NULL, OPT_COUNT },
		ARGS_HELP_AND_VERSION,
	};
	static const struct args_form form = {
		"xengt-screenshot", usage_text, "o:f:hV", options, parse_option,
	};
	int code = args_take(argc, argv, &form, a, &a->domain);

	if (code >= 0) {
		return code;
	}
	if (!native_makes_sense(a)) {
		complain("--native goes with --plane, without --region, --format and --on-change");
		return EXIT_USAGE;
	}
	if (a->has_count && !a->every_s && !a->on_change) {
		complain("--count goes with --every or --on-change");
		return EXIT_USAGE;
	}
	if (!a->every_s && !a->on_change) {
		a->count = 1;
	}
	return -1;
}

/* --- files ---------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), tail_len = strlen(tail);

	return len >= tail_len && !strcmp(text + len - tail_len, tail);
}

static const struct format *format_of(const char *file)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(formats); i++) {
		char tail[8];

		snprintf(tail, sizeof(tail), ".%s", formats[i].name);
		if (ends_with(file, tail)) {
			return &formats[i];
		}
	}
	return &formats[0];
}

/* A file name made of the domain's: no part of it may lead elsewhere. */
static char *default_output(const struct args *a)
{
	const char *ending = (a->format ? a->format : formats)->name;
	bool series = a->count != 1;
	char *name;

	if (a->what.flags & XENGT_NATIVE) {
		ending = "raw";
	}

	if (asprintf(&name, "%s%s.%s", a->domain, series ? "-%d" : "", ending) < 0) {
		return NULL;
	}
	for (char *p = name; *p; p++) {
		if (*p == '/') {
			*p = '_';
		}
	}
	return name;
}

/* Whether @p begins with %d or %0Nd; its length, and the digits that are wanted. */
static size_t number_place(const char *p, int *digits)
{
	size_t len = 1;

	*digits = 1;
	if (*p != '%') {
		return 0;
	}
	if (p[1] == '0' && isdigit((unsigned char)p[2])) {
		*digits = p[2] - '0';
		len = 3;
	}
	return p[len] == 'd' ? len + 1 : 0;
}

/* @pattern with the number in its first place; the caller frees it. */
static char *file_name(const char *pattern, unsigned long number)
{
	char *name;
	int ret, digits;
	const char *p = pattern;
	size_t len = 0;

	while (*p && !(len = number_place(p, &digits))) {
		p++;
	}
	if (*p) {
		ret = asprintf(&name, "%.*s%0*lu%s", (int)(p - pattern), pattern, digits, number,
			       p + len);
	} else {
		ret = asprintf(&name, "%s", pattern);
	}
	return ret < 0 ? NULL : name;
}

/* What is in a file of --native, for whoever is to read it. */
static void tell_layout(const char *domain, const struct xengt_frame *f)
{
	char code[5] = { 0 };

	for (unsigned i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)(f->fourcc >> 8 * i);

		code[i] = (char)(isprint(c) ? c : '?');
	}
	complain("%s: note: %" PRIu32 "x%" PRIu32 " %s, modifier 0x%016" PRIx64 ", rows of %" PRIu32
		 " bytes, the picture begins at %" PRIu32 ",%" PRIu32, domain, f->width_px,
		 f->height_px, code, f->modifier, f->stride_B, f->x_px, f->y_px);
}

/* 0 or negative errno. */
static int write_native(FILE *f, const struct xengt_picture *p)
{
	errno = 0;
	return fwrite(p->pixels, p->frame.size_B, 1, f) == 1 ? 0 : -(errno ? errno : EIO);
}

/* @format NULL: its memory as it is. */
static enum exit_code write_picture(const struct xengt_picture *p, const char *output,
				    const struct format *format)
{
	struct image_surface surface;
	struct image im;
	struct outfile o;
	int ret = format ? image_from_frame(&im, &surface, &p->frame, p->pixels) : 0;

	if (ret) {
		complain("the vGPU's worker sent a picture that cannot be read: %s",
			 strerror(-ret));
		return EXIT_USAGE;
	}
	ret = outfile_open(&o, output);
	if (!ret) {
		ret = format ? format->write(o.f, &im) : write_native(o.f, p);
		if (ret) {
			outfile_abort(&o);
		} else {
			ret = outfile_commit(&o);
		}
	}
	if (ret) {
		complain("cannot write %s: %s", strcmp(output, "-") ? output : "standard output",
			 strerror(-ret));
		return EXIT_OUTPUT;
	}
	return EXIT_OK;
}

/* --- taking --------------------------------------------------------------------------------- */

/* One picture after another. */
struct series {
	const struct args *a;
	struct xengt_client *c;
	const char *pattern;
	const struct format *format; /* NULL: --native */
	unsigned long nr_taken;
	uint64_t serial; /* of the last, when changes are followed */
	bool is_dark;	 /* said already that there is nothing to see */
	char told[XENGT_DETAIL_MAX];
};

static void sleep_s(double s)
{
	struct timespec t = { .tv_sec = (time_t)s };

	t.tv_nsec = (long)((s - (double)t.tv_sec) * (double)NS_PER_S);
	while (nanosleep(&t, &t) && errno == EINTR) {
	}
}

/* Words about a picture, said once as long as they stay the same. */
static void tell_note(struct series *s)
{
	const char *detail = xengt_detail(s->c);

	if (*detail && strcmp(detail, s->told)) {
		complain("%s: note: %s", s->a->domain, detail);
	}
	snprintf(s->told, sizeof(s->told), "%s", detail);
}

static enum exit_code keep(struct series *s, const struct xengt_picture *p)
{
	char *name = file_name(s->pattern, s->nr_taken + 1);
	enum exit_code code;

	if (!name) {
		complain("out of memory");
		return EXIT_USAGE;
	}
	code = write_picture(p, name, s->format);
	if (!code && !s->format) {
		tell_layout(s->a->domain, &p->frame);
	}
	free(name);
	s->nr_taken++;
	return code;
}

static bool is_dark(int ret)
{
	return ret == XENGT_E_NO_DRIVER || ret == XENGT_E_PIPE_OFF || ret == XENGT_E_NO_PLANE;
}

/*
 * Take one, if there is one to be taken.  In a series, a head that shows nothing is waited for.
 */
static enum exit_code take_one(struct series *s)
{
	struct xengt_capture what = s->a->what;
	struct xengt_picture p;
	enum exit_code code = EXIT_OK;
	int ret;

	what.flags |= s->a->on_change ? XENGT_TRACK | XENGT_HOLD : 0;
	what.since = s->serial;
	ret = xengt_capture(s->c, &what, &p);
	if (ret) {
		s->serial = 0;
		if (s->a->count == 1 || !is_dark(ret)) {
			return tool_explain(s->a->domain, s->c, ret);
		}
		if (!s->is_dark) {
			tool_explain(s->a->domain, s->c, ret);
		}
		s->is_dark = true;
		return EXIT_OK;
	}
	s->is_dark = false;
	tell_note(s);
	if (!(p.frame.flags & XENGT_UNCHANGED)) {
		code = keep(s, &p);
	}
	s->serial = s->a->on_change ? p.frame.serial : 0;
	xengt_picture_release(&p);
	return code;
}

/* Until the next one is due. */
static enum exit_code pause_between(const struct series *s)
{
	bool changed;
	int ret;

	if (s->is_dark && s->a->every_s < DARK_POLL_S) {
		sleep_s(DARK_POLL_S);
		return EXIT_OK;
	}
	if (s->a->every_s) {
		sleep_s(s->a->every_s);
	}
	if (!s->a->on_change || s->is_dark) {
		return EXIT_OK;
	}
	do {
		ret = xengt_wait(s->c, s->serial, XENGT_MAX_WAIT_MS, &changed);
	} while (!ret && !changed);
	return ret ? tool_explain(s->a->domain, s->c, ret) : EXIT_OK;
}

static enum exit_code take_all(struct series *s)
{
	enum exit_code code = take_one(s);

	while (!code && (!s->a->count || s->nr_taken < s->a->count)) {
		code = pause_between(s);
		if (!code) {
			code = take_one(s);
		}
	}
	return code;
}

int main(int argc, char **argv)
{
	struct args a = { 0 };
	struct series s = { .a = &a };
	int code = parse_args(argc, argv, &a);
	char *made = NULL;

	if (code >= 0) {
		return code;
	}
	if (!a.output) {
		made = default_output(&a);
		if (!made) {
			complain("out of memory");
			return EXIT_USAGE;
		}
	}
	s.pattern = made ? made : a.output;
	if (!(a.what.flags & XENGT_NATIVE)) {
		s.format = a.format ? a.format : format_of(s.pattern);
	}
	if (!strcmp(s.pattern, "-") && isatty(STDOUT_FILENO)) {
		complain("a picture is no text for a terminal: send it to a file or a program");
		code = EXIT_USAGE;
	} else {
		code = tool_connect(a.domain, &s.c);
	}
	if (!code) {
		code = take_all(&s);
		xengt_disconnect(s.c);
	}
	free(made);
	return code;
}
