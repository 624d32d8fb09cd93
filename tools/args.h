/* SPDX-License-Identifier: MIT */
/* Words of command lines that several tools understand.  What is wrong is told. */
#ifndef TOOLS_ARGS_H
#define TOOLS_ARGS_H

#include <getopt.h>
#include <stdbool.h>

#include "xengt/protocol.h"

/* A digit alone; @what, for the sentence, is "head" or "plane". */
bool parse_digit(const char *text, const char *what, unsigned *val);
/* WIDTHxHEIGHT+X+Y, in pixels. */
bool parse_region(const char *text, struct xengt_rect *r);
/* 0.001 to a day. */
bool parse_seconds(const char *text, double *seconds);

/* The last of each tool's options. */
#define ARGS_HELP_AND_VERSION						\
	{ "help", no_argument, NULL, 'h' },				\
	{ "version", no_argument, NULL, 'V' },				\
	{ 0 }

/* A tool with options and one DOMAIN. */
struct args_form {
	const char *name, *usage;
	const char *letters; /* for getopt_long(3), "hV" among them */
	const struct option *options;
	/* One that is neither -h nor -V. False: it makes no sense, as has been told. */
	bool (*take)(int opt, void *into);
};

/* -1: go on, @domain is what was named; otherwise the exit code, after all was said. */
int args_take(int argc, char **argv, const struct args_form *form, void *into,
	      const char **domain);

#endif
