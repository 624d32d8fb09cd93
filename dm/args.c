/* SPDX-License-Identifier: MIT */
/*
 * The command line libxl starts a device model with.
 *
 * Decides which words are ours (-xengt and its value) and reads from QEMU's the few that matter to
 * us: domain id, domain name, PCI slots.  QEMU's words are handed on as they are, in their order.
 */
#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMID_MAX     0x7fef /* DOMID_FIRST_RESERVED - 1 */
#define PLATFORM_SLOT 2      /* of machine xenfv */
#define NR_MONITOR_WORDS 4

/* Value of option @name at argv[i], as "-NAME VALUE" or "-NAME=VALUE", one or two dashes. */
static const char *option_value(const char *name, int argc, char **argv, int i, int *nr)
{
	const char *word = argv[i];
	size_t len = strlen(name);

	if (*word != '-') {
		return NULL;
	}
	word += word[1] == '-' ? 2 : 1;
	if (strncmp(word, name, len)) {
		return NULL;
	}
	if (word[len] == '=') {
		*nr = 1;
		return word + len + 1;
	}
	if (word[len] || i + 1 >= argc) {
		return NULL;
	}
	*nr = 2;
	return argv[i + 1];
}

static bool is_option(const char *word, const char *name)
{
	return *word == '-' && !strcmp(word + (word[1] == '-' ? 2 : 1), name);
}

static int parse_domid(const char *text, uint32_t *domid)
{
	char *end;

	if (!isdigit((unsigned char)*text)) {
		return -EINVAL;
	}
	errno = 0;
	unsigned long n = strtoul(text, &end, 10);

	if (errno || *end || n > DOMID_MAX) {
		return -EINVAL;
	}
	*domid = (uint32_t)n;
	return 0;
}

/* QEMU's -name has the form NAME or NAME,KEY=VALUE..., or guest=NAME. */
static void take_name(struct dm_args *a, const char *text)
{
	size_t len;

	if (!strncmp(text, "guest=", 6)) {
		text += 6;
	}
	len = strcspn(text, ",");
	if (len >= sizeof(a->name)) {
		len = sizeof(a->name) - 1;
	}
	memcpy(a->name, text, len);
	a->name[len] = '\0';
	for (char *p = a->name; *p; p++) {
		if (*p == '/' || iscntrl((unsigned char)*p)) {
			*p = '_';
		}
	}
}

/* "addr=1f.2", hexadecimal, in a word of QEMU's that begins a list or stands in one. */
static void note_slots(struct dm_args *a, const char *word)
{
	/* The machine libxl builds comes with the Xen platform device; QEMU's device would win. */
	if (!strncmp(word, "xenfv", 5)) {
		a->slots_taken |= GT_BIT(PLATFORM_SLOT);
	}
	for (const char *p = strstr(word, "addr="); p; p = strstr(p + 1, "addr=")) {
		char *end;
		unsigned long slot;

		if (p != word && p[-1] != ',') {
			continue;
		}
		slot = strtoul(p + 5, &end, 16);
		if (end != p + 5 && slot < 32 && (!*end || *end == ',' || *end == '.')) {
			a->slots_taken |= GT_BIT(slot);
		}
	}
}

static int take_word(struct dm_args *a, int argc, char **argv, int *i, size_t *nr_qemu,
		     struct gt_error *err)
{
	int nr = 1;
	const char *value = option_value("xengt", argc, argv, *i, &nr);

	if (value) {
		a->words[a->nr_words++] = value;
		*i += nr;
		return 0;
	}
	if (is_option(argv[*i], "xengt")) {
		gt_error_set(err, "-xengt needs KEY=VALUE after it");
		return -EINVAL;
	}
	value = option_value("xen-domid", argc, argv, *i, &nr);
	if (value && parse_domid(value, &a->domid)) {
		gt_error_set(err, "-xen-domid %s is not a domain id", value);
		return -EINVAL;
	}
	a->has_domid = a->has_domid || value;
	value = option_value("name", argc, argv, *i, &nr);
	if (value) {
		take_name(a, value);
	}
	note_slots(a, argv[*i]);
	a->help = a->help || !strcmp(argv[*i], "--help");
	a->version = a->version || !strcmp(argv[*i], "--version");
	a->qemu_argv[(*nr_qemu)++] = argv[(*i)++];
	return 0;
}

int dm_args_parse(struct dm_args *a, int argc, char **argv, struct gt_error *err)
{
	struct dm_args new = { 0 };
	size_t nr_qemu = 0;

	new.qemu_argv = calloc((size_t)argc + NR_MONITOR_WORDS + 1, sizeof(*new.qemu_argv));
	new.words = calloc((size_t)argc + 1, sizeof(*new.words));
	if (!new.qemu_argv || !new.words) {
		dm_args_finish(&new);
		gt_error_set(err, "out of memory");
		return -ENOMEM;
	}
	for (int i = 0; i < argc;) {
		if (!i) {
			new.qemu_argv[nr_qemu++] = argv[i++];
			continue;
		}
		int ret = take_word(&new, argc, argv, &i, &nr_qemu, err);

		if (ret) {
			dm_args_finish(&new);
			return ret;
		}
	}
	new.nr_qemu = nr_qemu;
	*a = new;
	return 0;
}

void dm_args_add_monitor(struct dm_args *a, int fd)
{
	const char *const words[NR_MONITOR_WORDS] = {
		"-chardev", a->monitor_word, "-mon", "chardev=xengt-input,mode=control",
	};

	snprintf(a->monitor_word, sizeof(a->monitor_word), "socket,id=xengt-input,fd=%d", fd);
	for (size_t i = 0; i < NR_MONITOR_WORDS; i++) {
		a->qemu_argv[a->nr_qemu + i] = (char *)(uintptr_t)words[i];
	}
	a->nr_qemu += NR_MONITOR_WORDS;
}

void dm_args_finish(struct dm_args *a)
{
	free(a->qemu_argv);
	free(a->words);
	a->qemu_argv = NULL;
	a->words = NULL;
}

/* End of the first KEY=VALUE of @word: a comma that a key of ours follows, or the end. */
static const char *pair_end(const char *word)
{
	const char *p = strchr(word, ',');

	while (p && !dm_is_our_key(p + 1)) {
		p = strchr(p + 1, ',');
	}
	return p ? p : word + strlen(word);
}

static int apply_pair(struct gt_options *o, char *pair, struct gt_error *err)
{
	char *eq = strchr(pair, '=');

	if (!eq) {
		gt_error_set(err, "-xengt %s: KEY=VALUE expected", pair);
		return -EINVAL;
	}
	*eq = '\0';
	return gt_options_set(o, pair, eq + 1, err);
}

int dm_args_apply_word(struct gt_options *o, const char *word, struct gt_error *err)
{
	while (*word) {
		const char *end = pair_end(word);
		char *pair = strndup(word, (size_t)(end - word));
		int ret;

		if (!pair) {
			gt_error_set(err, "out of memory");
			return -ENOMEM;
		}
		ret = apply_pair(o, pair, err);
		free(pair);
		if (ret) {
			return ret;
		}
		word = *end ? end + 1 : end;
	}
	return 0;
}
