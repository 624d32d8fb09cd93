/* SPDX-License-Identifier: MIT */
/* A worker's command line, written and read by one table: brief.h. */
#define _GNU_SOURCE
#include "brief.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xengt/log.h"

#define WORDS_MAX 64

/* Numbers of the brief, 4 or 8 bytes. */
static const struct {
	const char *key;
	size_t at_B, size_B;
} numbers[] = {
#define NUMBER(member)                                                                             \
	{ #member, offsetof(struct dm_brief, member), sizeof(((struct dm_brief *)0)->member) }
	NUMBER(domid),
	NUMBER(slot),
	NUMBER(server),
	NUMBER(parking_gfn),
	NUMBER(opregion),
	NUMBER(forget_work),
	NUMBER(keep_fd),
	NUMBER(from_fd),
	NUMBER(listen_fd),
	NUMBER(stop_fd),
	NUMBER(report_fd),
	NUMBER(input_fd),
};

struct words {
	char **word;
	unsigned nr;
	bool failed;
};

static void add(struct words *w, const char *key, const char *value)
{
	char *text;

	if (w->nr == WORDS_MAX || asprintf(&text, *value ? "%s=%s" : "%s", key, value) < 0) {
		w->failed = true;
		return;
	}
	w->word[w->nr++] = text;
}

static void add_option(void *ctx, const char *key, const char *value)
{
	add(ctx, key, value);
}

static void add_number(struct words *w, const struct dm_brief *b, size_t i)
{
	const uint8_t *at = (const uint8_t *)b + numbers[i].at_B;
	char value[24];
	uint64_t n = 0;

	/* A descriptor that is not there is -1: the highest number of its size. */
	memcpy(&n, at, numbers[i].size_B);
	snprintf(value, sizeof(value), "%" PRIu64, n);
	add(w, numbers[i].key, value);
}

char **dm_brief_words(const struct dm_brief *b, const char *program)
{
	struct words w = { .word = calloc(WORDS_MAX + 1, sizeof(*w.word)) };

	if (!w.word) {
		return NULL;
	}
	add(&w, program, "");
	add(&w, DM_WORKER_WORD, "");
	for (size_t i = 0; i < GT_ARRAY_SIZE(numbers); i++) {
		add_number(&w, b, i);
	}
	if (*b->name) {
		add(&w, "name", b->name);
	}
	gt_options_each(&b->opt, add_option, &w);
	if (w.failed) {
		dm_brief_free(w.word);
		return NULL;
	}
	return w.word;
}

void dm_brief_free(char **words)
{
	for (char **w = words; w && *w; w++) {
		free(*w);
	}
	free(words);
}

static int set_number(struct dm_brief *b, size_t i, const char *value, struct gt_error *err)
{
	char *end;
	uint64_t n, max = numbers[i].size_B == 4 ? UINT32_MAX : UINT64_MAX;

	errno = 0;
	n = strtoumax(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno || n > max) {
		gt_error_set(err, "%s=%.100s: no number", numbers[i].key, value);
		return -EINVAL;
	}
	memcpy((uint8_t *)b + numbers[i].at_B, &n, numbers[i].size_B);
	return 0;
}

static int set(struct dm_brief *b, const char *key, const char *value, struct gt_error *err)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(numbers); i++) {
		if (!strcmp(key, numbers[i].key)) {
			return set_number(b, i, value, err);
		}
	}
	if (gt_options_is_key(key)) {
		return gt_options_set(&b->opt, key, value, err);
	}
	if (!strcmp(key, "name")) {
		snprintf(b->name, sizeof(b->name), "%s", value);
	}
	return 0;
}

int dm_brief_parse(struct dm_brief *b, int nr, char *const *words, struct gt_error *err)
{
	int ret = 0;

	*b = (struct dm_brief){
		.keep_fd = -1, .from_fd = -1, .listen_fd = -1, .stop_fd = -1, .report_fd = -1,
		.input_fd = -1,
	};
	gt_options_init(&b->opt);
	for (int i = 0; !ret && i < nr; i++) {
		char key[64];
		size_t len = strcspn(words[i], "=");

		if (!words[i][len] || len >= sizeof(key)) {
			continue;
		}
		memcpy(key, words[i], len);
		key[len] = '\0';
		ret = set(b, key, words[i] + len + 1, err);
	}
	if (!ret && (b->keep_fd < 0 || b->stop_fd < 0 || b->report_fd < 0)) {
		gt_error_set(err, "a supervisor starts a worker, not a person");
		ret = -EINVAL;
	}
	return ret;
}
