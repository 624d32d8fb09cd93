/* SPDX-License-Identifier: MIT */
/*
 * What an xl command line says about a domain's configuration.
 *
 * Mirrors how xl(1) reads its words: global options, a command, then the command's options, a file
 * and KEY=VALUE words in any order.  Only commands that make a domain matter.
 */
#include "xlargs.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

/*
 * One xl command that makes a domain.  @with_value: letters of its options that take a value.
 * @nr_after: files that follow the configuration file (restore: the checkpoint).
 */
static const struct xl_command {
	const char *name;
	const char *with_value;
	unsigned nr_after;
} xl_commands[] = {
	{ "create", "f", 0 },
	{ "restore", "Q", 1 },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const struct xl_command *find_command(int argc, char **argv, int *at)
{
	int i = 1;

	if (argc < 2 || strcmp(base_name(argv[0]), "xl")) {
		return NULL;
	}
	/* xl's global options (-v, -f, -N, -t, -T) take no value. */
	while (i < argc && argv[i][0] == '-') {
		i++;
	}
	for (size_t c = 0; i < argc && c < GT_ARRAY_SIZE(xl_commands); c++) {
		if (!strcmp(argv[i], xl_commands[c].name)) {
			*at = i + 1;
			return &xl_commands[c];
		}
	}
	return NULL;
}

/* --defconfig, which getopt_long() lets one abbreviate. */
static bool is_defconfig(const char *word, size_t len)
{
	return len >= 4 && len <= strlen("--defconfig") && !strncmp(word, "--defconfig", len);
}

/* One option word at argv[i]: returns how many words it takes, and sets *file if it names one. */
static int take_option(const struct xl_command *cmd, int argc, char **argv, int i,
		       const char **file)
{
	const char *word = argv[i];
	const char *value = i + 1 < argc ? argv[i + 1] : NULL;

	if (word[1] == '-') {
		const char *eq = strchr(word, '=');
		size_t len = eq ? (size_t)(eq - word) : strlen(word);

		if (!strchr(cmd->with_value, 'f') || !is_defconfig(word, len)) {
			return 1;
		}
		*file = eq ? eq + 1 : value;
		return eq ? 1 : 2;
	}
	for (const char *p = word + 1; *p; p++) {
		if (!strchr(cmd->with_value, *p)) {
			continue;
		}
		if (*p == 'f') {
			*file = p[1] ? p + 1 : value;
		}
		return p[1] ? 1 : 2;
	}
	return 1;
}

int dm_xlargs_parse(struct dm_xlargs *x, int argc, char **argv)
{
	struct dm_xlargs new = { 0 };
	const char *files[2] = { NULL, NULL };
	size_t nr_files = 0;
	bool options = true;
	int i;
	const struct xl_command *cmd = find_command(argc, argv, &i);

	if (!cmd) {
		return -ENOENT;
	}
	new.extra = calloc((size_t)argc + 1, sizeof(*new.extra));
	if (!new.extra) {
		return -ENOMEM;
	}
	while (i < argc) {
		if (options && !strcmp(argv[i], "--")) {
			options = false;
			i++;
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			i += take_option(cmd, argc, argv, i, &new.config);
		} else if (strchr(argv[i], '=')) {
			new.extra[new.nr_extra++] = argv[i++];
		} else {
			if (nr_files < GT_ARRAY_SIZE(files)) {
				files[nr_files++] = argv[i];
			}
			i++;
		}
	}
	if (!new.config && nr_files > cmd->nr_after) {
		new.config = files[0];
	}
	*x = new;
	return 0;
}

void dm_xlargs_finish(struct dm_xlargs *x)
{
	free(x->extra);
	x->extra = NULL;
}

/* A position in the text; the lexical rules are those of xl.cfg(5). */
struct scan {
	const char *p, *end;
};

static void skip_comment(struct scan *s)
{
	while (s->p < s->end && *s->p != '\n') {
		s->p++;
	}
}

static void skip_string(struct scan *s)
{
	char quote = *s->p++;

	while (s->p < s->end && *s->p != quote && *s->p != '\n') {
		s->p += *s->p == '\\' && s->p + 1 < s->end ? 2 : 1;
	}
	if (s->p < s->end) {
		s->p++;
	}
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* A word at top level, if an assignment (= or +=) follows it: copied to @key. */
static bool take_key(struct scan *s, char *key, size_t size)
{
	const char *start = s->p;
	const char *q;
	size_t len;

	while (s->p < s->end && is_word(*s->p)) {
		s->p++;
	}
	len = (size_t)(s->p - start);
	q = s->p;
	while (q < s->end && (*q == ' ' || *q == '\t')) {
		q++;
	}
	if (q < s->end && *q == '+') {
		q++;
	}
	if (q >= s->end || *q != '=') {
		return false;
	}
	s->p = q + 1;
	if (len >= size) {
		len = size - 1;
	}
	memcpy(key, start, len);
	key[len] = '\0';
	return true;
}

int dm_xlconfig_scan(const char *text, size_t len, int (*fn)(void *ctx, const char *key), void *ctx)
{
	struct scan s = { text, text + len };
	unsigned depth = 0;
	char key[128];

	while (s.p < s.end) {
		if (*s.p == '#') {
			skip_comment(&s);
		} else if (*s.p == '"' || *s.p == '\'') {
			skip_string(&s);
		} else if (is_word(*s.p)) {
			if (take_key(&s, key, sizeof(key)) && !depth && dm_is_our_key(key)) {
				int ret = fn(ctx, key);

				if (ret) {
					return ret;
				}
			}
		} else {
			depth += *s.p == '[';
			depth -= *s.p == ']' && depth;
			s.p++;
		}
	}
	return 0;
}
