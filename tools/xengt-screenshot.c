/* SPDX-License-Identifier: MIT */
/*
 * xengt-screenshot: what a guest shows, as a PNG or PPM file.
 *
 * Decides the names of options and where the file goes; the picture is libxengt's business.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "config.h"
#include "image.h"
#include "outfile.h"

enum format { FORMAT_BY_NAME, FORMAT_PNG, FORMAT_PPM };

struct args {
	const char *domain, *output; /* output NULL: from the domain */
	enum format format;
	unsigned head;
};

static const char usage_text[] =
	"usage: xengt-screenshot DOMAIN [-o FILE] [--format png|ppm] [--head N]\n"
	"\n"
	"Write what the display of DOMAIN (a name or an id) shows to a file.\n"
	"\n"
	"  -o, --output FILE   the file; - is standard output (default DOMAIN.png)\n"
	"  -f, --format NAME   png or ppm (default: by FILE's ending, else png)\n"
	"      --head N        the head to look at (default 0)\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version\n"
	"\n"
	"Exit status: 0 written, 1 usage or other error, 2 no such domain, 3 no vGPU,\n"
	"4 no picture (the reason is told), 5 permission denied, 6 cannot write FILE.\n";

static bool parse_format(const char *name, enum format *format)
{
	if (!strcmp(name, "png")) {
		*format = FORMAT_PNG;
	} else if (!strcmp(name, "ppm")) {
		*format = FORMAT_PPM;
	} else {
		complain("unknown format \"%s\": it is png or ppm", name);
		return false;
	}
	return true;
}

static bool parse_head(const char *text, unsigned *head)
{
	if (strlen(text) != 1 || *text < '0' || *text > '9') {
		complain("\"%s\" is no head: heads are numbered from 0", text);
		return false;
	}
	*head = (unsigned)(*text - '0');
	return true;
}

/* -1: go on; otherwise exit with this. */
static int parse_args(int argc, char **argv, struct args *a)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "format", required_argument, NULL, 'f' },
		{ "head", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "o:f:hV", options, NULL)) != -1) {
		bool ok = true;

		switch (opt) {
		case 'o':
			a->output = optarg;
			break;
		case 'f':
			ok = parse_format(optarg, &a->format);
			break;
		case 'n':
			ok = parse_head(optarg, &a->head);
			break;
		case 'h':
			fputs(usage_text, stdout);
			return tool_flush();
		case 'V':
			puts("xengt-screenshot " PACKAGE_VERSION);
			return tool_flush();
		default:
			ok = false;
			break;
		}
		if (!ok) {
			return EXIT_USAGE;
		}
	}
	if (argc - optind != 1 || !*argv[optind]) {
		complain("one DOMAIN is needed; see --help");
		return EXIT_USAGE;
	}
	a->domain = argv[optind];
	return -1;
}

static bool ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), tail_len = strlen(tail);

	return len >= tail_len && !strcmp(text + len - tail_len, tail);
}

/* A file name made of the domain's: no part of it may lead elsewhere. */
static char *default_output(const char *domain, enum format format)
{
	char *name;

	if (asprintf(&name, "%s.%s", domain, format == FORMAT_PPM ? "ppm" : "png") < 0) {
		return NULL;
	}
	for (char *p = name; *p; p++) {
		if (*p == '/') {
			*p = '_';
		}
	}
	return name;
}

static enum exit_code write_picture(const struct xengt_picture *p, const char *output,
				    enum format format)
{
	struct image im = { p->frame.width_px, p->frame.height_px, p->frame.stride_B, p->pixels };
	struct outfile o;
	int ret = outfile_open(&o, output);

	if (!ret) {
		ret = format == FORMAT_PPM ? image_write_ppm(o.f, &im) : image_write_png(o.f, &im);
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

static enum exit_code take(const struct args *a, const char *output, enum format format)
{
	struct xengt_client *c;
	struct xengt_picture p;
	enum exit_code code = tool_connect(a->domain, &c);
	int ret;

	if (code) {
		return code;
	}
	ret = xengt_snapshot(c, a->head, &p);
	if (ret) {
		code = tool_explain(a->domain, c, ret);
	} else {
		if (*xengt_detail(c)) {
			complain("%s: note: %s", a->domain, xengt_detail(c));
		}
		code = write_picture(&p, output, format);
		xengt_picture_release(&p);
	}
	xengt_disconnect(c);
	return code;
}

int main(int argc, char **argv)
{
	struct args a = { 0 };
	int code = parse_args(argc, argv, &a);
	enum format format = a.format;
	char *made = NULL;
	const char *output = a.output;

	if (code >= 0) {
		return code;
	}
	if (format == FORMAT_BY_NAME) {
		format = output && ends_with(output, ".ppm") ? FORMAT_PPM : FORMAT_PNG;
	}
	if (!output) {
		output = made = default_output(a.domain, format);
		if (!made) {
			complain("out of memory");
			return EXIT_USAGE;
		}
	}
	if (!strcmp(output, "-") && isatty(STDOUT_FILENO)) {
		complain("a picture is no text for a terminal: send it to a file or a program");
		code = EXIT_USAGE;
	} else {
		code = take(&a, output, format);
	}
	free(made);
	return code;
}
