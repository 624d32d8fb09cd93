/* SPDX-License-Identifier: MIT */
/* Command lines' words as numbers. */
#include "config.h"

#include "args.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

#define MAX_SECONDS 86400.0

bool parse_digit(const char *text, const char *what, unsigned *val)
{
	if (strlen(text) != 1 || *text < '0' || *text > '9') {
		complain("\"%s\" is no %s: they are numbered from 0", text, what);
		return false;
	}
	*val = (unsigned)(*text - '0');
	return true;
}

/* Digits up to @end, which must be what follows them. */
static bool parse_pixels(const char **text, char end, uint32_t *val)
{
	uint64_t sum = 0;
	const char *p = *text;

	if (!isdigit((unsigned char)*p)) {
		return false;
	}
	for (; isdigit((unsigned char)*p); p++) {
		sum = sum * 10 + (uint64_t)(*p - '0');
		if (sum > INT32_MAX) {
			return false;
		}
	}
	if (*p != end) {
		return false;
	}
	*text = p + (end != 0);
	*val = (uint32_t)sum;
	return true;
}

bool parse_region(const char *text, struct xengt_rect *r)
{
	const char *p = text;

	if (parse_pixels(&p, 'x', &r->w_px) && parse_pixels(&p, '+', &r->h_px) &&
	    parse_pixels(&p, '+', &r->x_px) && parse_pixels(&p, 0, &r->y_px) && r->w_px &&
	    r->h_px) {
		return true;
	}
	complain("\"%s\" is no region: it is WIDTHxHEIGHT+X+Y", text);
	return false;
}

bool parse_seconds(const char *text, double *seconds)
{
	char *end;
	double val = strtod(text, &end);

	if (end == text || *end || !(val >= 0.001 && val <= MAX_SECONDS)) {
		complain("\"%s\" is no time: it is 0.001 to %.0f seconds", text, MAX_SECONDS);
		return false;
	}
	*seconds = val;
	return true;
}

int args_take(int argc, char **argv, const struct args_form *form, void *into,
	      const char **domain)
{
	int opt;

	while ((opt = getopt_long(argc, argv, form->letters, form->options, NULL)) != -1) {
		if (opt == 'h') {
			fputs(form->usage, stdout);
			return tool_flush();
		}
		if (opt == 'V') {
			printf("%s %s\n", form->name, PACKAGE_VERSION);
			return tool_flush();
		}
		if (opt == '?' || !form->take(opt, into)) {
			return EXIT_USAGE;
		}
	}
	if (argc - optind != 1 || !*argv[optind]) {
		complain("one DOMAIN is needed; see --help");
		return EXIT_USAGE;
	}
	*domain = argv[optind];
	return -1;
}
