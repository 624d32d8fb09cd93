/* SPDX-License-Identifier: MIT */
/* The command line libxl starts a device model with: QEMU's words, and ours among them. */
#ifndef DM_ARGS_H
#define DM_ARGS_H

#include <string.h>

#include "xengt/options.h"

/* Whether @text begins with a name that can only be ours; what follows the name does not matter. */
static inline bool dm_is_our_key(const char *text)
{
	return !strncmp(text, "vgt", 3);
}

#define DM_NAME_MAX 128 /* longer names of domains are cut in logs */

struct dm_args {
	bool help, version;
	bool has_domid;
	uint32_t domid;
	char name[DM_NAME_MAX]; /* of the domain, "" if argv does not tell; never has a '/' */
	char **qemu_argv;	/* argv without our words, NULL at its end */
	size_t nr_qemu;
	char monitor_word[64];	/* among them after dm_args_add_monitor(): @a stays where it is */
	const char **words;	/* values of -xengt, in order; they point into argv */
	size_t nr_words;
	uint32_t slots_taken; /* mask of slots of bus 0 that QEMU is known to use */
};

/*
 * Parse @argv, which outlives @a.  0; -EINVAL and @err for words that cannot be understood;
 * -ENOMEM.  On success the caller calls dm_args_finish().
 */
int dm_args_parse(struct dm_args *a, int argc, char **argv, struct gt_error *err);
void dm_args_finish(struct dm_args *a);

/* Have QEMU offer a QMP monitor on the stream socket @fd, which it inherits. Once. */
void dm_args_add_monitor(struct dm_args *a, int fd);

/*
 * Set the options of one -xengt word, KEY=VALUE[,KEY=VALUE...].  A comma separates only where a key
 * of ours follows it, so that values may have commas.  0 or -EINVAL and @err.
 */
int dm_args_apply_word(struct gt_options *o, const char *word, struct gt_error *err);

#endif
