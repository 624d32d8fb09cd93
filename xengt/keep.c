/* SPDX-License-Identifier: MIT */
/*
 * Memory that outlives the program that laid it out: keep.h.
 *
 * Decides how members are named, NAME, NAME.MEMBER and NAME[INDEX].MEMBER, and how the lines of one
 * version are found from another: both are in the order of their tables mostly, so the search for a
 * name begins behind the last one that was found.
 */
#include "xengt/keep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xengt/types.h"

#define MAGIC	   "xengtkp1"
#define NAME_MAX_B 128u
#define TEXT_MAX_B (1u << 20)
#define LINE_MIN_B 6u /* "0 1 a\n" */

struct head {
	char magic[8];
	uint32_t text_B;
	uint32_t data_at_B;
};

/* --- rows ----------------------------------------------------------------------------------- */

/* Told of each member that is bytes. */
typedef void (*member_fn)(void *ctx, const char *name, size_t at_B, size_t size_B);

/* @name has room for NAME_MAX_B, @len of it taken. */
static void walk(const struct gt_keep_row *rows, size_t at_B, char *name, size_t len, member_fn fn,
		 void *ctx)
{
	for (const struct gt_keep_row *r = rows; r->name; r++) {
		uint32_t nr = r->nr ? r->nr : 1;

		for (uint32_t i = 0; i < nr; i++) {
			size_t element_B = at_B + r->at_B + i * r->size_B;
			int n = snprintf(name + len, NAME_MAX_B - len, r->nr ? "%s%s[%u]" : "%s%s",
					 len ? "." : "", r->name, i);
			size_t sub = len + (size_t)n;

			if (n < 0 || sub >= NAME_MAX_B) {
				abort(); /* our own tables */
			}
			if (r->rows) {
				walk(r->rows, element_B, name, sub, fn, ctx);
			} else {
				fn(ctx, name, element_B, r->size_B);
			}
		}
	}
	name[len] = '\0';
}

static void walk_all(const struct gt_keep_row *rows, member_fn fn, void *ctx)
{
	char name[NAME_MAX_B];

	walk(rows, 0, name, 0, fn, ctx);
}

/* --- a description is written --------------------------------------------------------------- */

struct writer {
	char *text; /* NULL: only counted */
	size_t len;
};

static void write_line(void *ctx, const char *name, size_t at_B, size_t size_B)
{
	struct writer *w = ctx;
	char line[NAME_MAX_B + 48];
	int n = snprintf(line, sizeof(line), "%zu %zu %s\n", at_B, size_B, name);

	if (w->text) {
		memcpy(w->text + w->len, line, (size_t)n);
	}
	w->len += (size_t)n;
}

static struct head head_of(const struct gt_keep_row *rows)
{
	struct writer w = { .text = NULL };
	struct head h = { .magic = { 0 } };

	walk_all(rows, write_line, &w);
	memcpy(h.magic, MAGIC, sizeof(h.magic));
	h.text_B = (uint32_t)w.len;
	h.data_at_B = (uint32_t)((sizeof(h) + w.len + GT_PAGE_SIZE - 1) & GT_PAGE_MASK);
	return h;
}

size_t gt_keep_whole_B(const struct gt_keep_row *rows, size_t data_B)
{
	return head_of(rows).data_at_B + data_B;
}

void *gt_keep_begin(const struct gt_keep_row *rows, void *mem)
{
	struct head h = head_of(rows);
	struct writer w = { .text = (char *)mem + sizeof(h) };

	walk_all(rows, write_line, &w);
	memcpy(mem, &h, sizeof(h));
	return (uint8_t *)mem + h.data_at_B;
}

void *gt_keep_find(const struct gt_keep_row *rows, void *mem, size_t mem_B)
{
	struct head h = head_of(rows);
	size_t front_B = sizeof(h) + h.text_B;
	uint8_t *own = mem_B >= h.data_at_B ? calloc(1, h.data_at_B) : NULL;
	bool same;

	if (!own) {
		return NULL;
	}
	gt_keep_begin(rows, own);
	same = !memcmp(own, mem, front_B);
	free(own);
	return same ? (uint8_t *)mem + h.data_at_B : NULL;
}

/* --- one is read ---------------------------------------------------------------------------- */

struct line {
	const char *name;
	size_t at_B, size_B;
};

struct reader {
	uint8_t *to;
	const uint8_t *from;
	size_t from_B;
	const struct line *line;
	size_t nr_lines, next;
	int nr_missing;
};

static bool parse_line(char *text, struct line *out)
{
	char *rest;

	if (*text < '0' || *text > '9') {
		return false;
	}
	out->at_B = strtoumax(text, &rest, 10);
	if (rest[0] != ' ' || rest[1] < '0' || rest[1] > '9') {
		return false;
	}
	out->size_B = strtoumax(rest + 1, &rest, 10);
	if (rest[0] != ' ') {
		return false;
	}
	out->name = rest + 1;
	return true;
}

/* Lines of @text, which is cut up; what is no such line is left out. */
static size_t parse_lines(char *text, struct line *line, size_t max)
{
	char *next;
	size_t nr = 0;

	for (char *at = text; at && *at && nr < max; at = next) {
		next = strchr(at, '\n');
		if (next) {
			*next++ = '\0';
		}
		nr += parse_line(at, &line[nr]);
	}
	return nr;
}

static void read_member(void *ctx, const char *name, size_t at_B, size_t size_B)
{
	struct reader *r = ctx;

	for (size_t tried = 0; tried < r->nr_lines; tried++) {
		const struct line *l = &r->line[(r->next + tried) % r->nr_lines];

		if (strcmp(l->name, name)) {
			continue;
		}
		if (l->size_B > r->from_B || l->at_B > r->from_B - l->size_B) {
			break;
		}
		memset(r->to + at_B, 0, size_B);
		memcpy(r->to + at_B, r->from + l->at_B, l->size_B < size_B ? l->size_B : size_B);
		r->next = (size_t)(l - r->line) + 1;
		return;
	}
	r->nr_missing++;
}

/* Whether there is a description, and where. */
static bool head_is_valid(const struct head *h, size_t mem_B)
{
	return !memcmp(h->magic, MAGIC, sizeof(h->magic)) && h->text_B && h->text_B <= TEXT_MAX_B &&
	       h->text_B <= mem_B - sizeof(*h) && h->data_at_B <= mem_B &&
	       h->data_at_B >= sizeof(*h) + h->text_B;
}

int gt_keep_take_over(const struct gt_keep_row *rows, void *data, const void *mem, size_t mem_B)
{
	struct reader r = { .to = data };
	struct line *line = NULL;
	char *text = NULL;
	struct head h;
	size_t max_lines;
	int ret = -ENOMEM;

	if (mem_B < sizeof(h)) {
		return -EINVAL;
	}
	memcpy(&h, mem, sizeof(h));
	if (!head_is_valid(&h, mem_B)) {
		return -EINVAL;
	}
	max_lines = h.text_B / LINE_MIN_B + 1;
	text = malloc(h.text_B + 1);
	line = calloc(max_lines, sizeof(*line));
	if (text && line) {
		memcpy(text, (const uint8_t *)mem + sizeof(h), h.text_B);
		text[h.text_B] = '\0';
		r.from = (const uint8_t *)mem + h.data_at_B;
		r.from_B = mem_B - h.data_at_B;
		r.line = line;
		r.nr_lines = parse_lines(text, line, max_lines);
		walk_all(rows, read_member, &r);
		ret = r.nr_missing;
	}
	free(text);
	free(line);
	return ret;
}
