/* SPDX-License-Identifier: MIT */
#include "keep_moved.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xengt/types.h"

#define HEAD_B 16 /* magic, bytes of text, where the data is */
#define GAP_B  3

struct member {
	size_t at_B, size_B;
	const char *name;
};

static size_t parse(char *text, struct member *m)
{
	size_t nr = 0;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		int at = 0;

		ck_assert_int_eq(sscanf(line, "%zu %zu %n", &m[nr].at_B, &m[nr].size_B, &at), 2);
		m[nr++].name = line + at;
	}
	return nr;
}

void *keep_moved(const struct gt_keep_row *rows, const void *data, size_t *mem_B)
{
	size_t whole_B = gt_keep_whole_B(rows, 0), data_B = 0, text_B = 0;
	uint8_t *own = calloc(1, whole_B), *mem;
	struct member *m = calloc(whole_B / 6, sizeof(*m));
	uint32_t words[2];
	size_t nr;

	ck_assert_ptr_nonnull(own);
	ck_assert_ptr_nonnull(m);
	gt_keep_begin(rows, own);
	nr = parse((char *)own + HEAD_B, m);
	for (size_t i = 0; i < nr; i++) {
		data_B += m[i].size_B + GAP_B;
	}
	*mem_B = 2 * whole_B + data_B;
	mem = calloc(1, *mem_B);
	ck_assert_ptr_nonnull(mem);
	data_B = 0;
	for (size_t i = nr; i--;) {
		text_B += (size_t)sprintf((char *)mem + HEAD_B + text_B, "%zu %zu %s\n",
					  data_B, m[i].size_B, m[i].name);
		memcpy(mem + 2 * whole_B + data_B, (const uint8_t *)data + m[i].at_B,
		       m[i].size_B);
		data_B += m[i].size_B + GAP_B;
	}
	ck_assert_uint_lt(HEAD_B + text_B, 2 * whole_B);
	memcpy(mem, own, 8);
	words[0] = (uint32_t)text_B;
	words[1] = (uint32_t)(2 * whole_B);
	memcpy(mem + 8, words, sizeof(words));
	free(own);
	free(m);
	return mem;
}
