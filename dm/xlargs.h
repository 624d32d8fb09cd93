/* SPDX-License-Identifier: MIT */
/* What an xl command line says about a domain's configuration.  No Xen needed to build or test. */
#ifndef DM_XLARGS_H
#define DM_XLARGS_H

#include "xengt/options.h"

struct dm_xlargs {
	const char *config; /* as written on the command line; NULL: none named */
	const char **extra; /* KEY=VALUE words, which xl appends to the file: they win */
	size_t nr_extra;
};

/*
 * Understand @argv of an xl that creates a domain; the strings stay the caller's and outlive @x.
 * -ENOENT: this is not xl, or no command that makes a domain.  -ENOMEM.
 */
int dm_xlargs_parse(struct dm_xlargs *x, int argc, char **argv);
void dm_xlargs_finish(struct dm_xlargs *x);

/*
 * Names assigned at top level of the configuration @text (not in strings, lists or comments) that
 * begin with "vgt": calls @fn for each, stops at the first that does not return 0, returns that.
 */
int dm_xlconfig_scan(const char *text, size_t len, int (*fn)(void *ctx, const char *key),
		     void *ctx);

#endif
