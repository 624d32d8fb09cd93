/* SPDX-License-Identifier: MIT */
/*
 * Memory that outlives the program that laid it out.
 *
 * A structure that another version of this program may have to go on with is described by rows, one
 * a member.  The description goes into the memory, as text, before what it describes:
 *
 *   0          head: magic, bytes of text
 *   head       text: a line "OFFSET SIZE NAME" a member, offsets from the data's beginning
 *   data_at_B  the data, page-aligned
 *
 * Who comes later finds each of its own members there by name, wherever it lies and however large
 * it is.  So members may come, go, grow and move from one version to the next, as long as a name
 * keeps its meaning.  A number that grows keeps its value (little-endian), an array its first
 * elements; a member that the other version did not have stays as it is, so 0 must be a good
 * beginning.
 *
 * Memory that a worker could write may hold anything: descriptions are checked, never believed.
 */
#ifndef XENGT_KEEP_H
#define XENGT_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gt_keep_row {
	const char *name; /* unique among its siblings; what it means never changes */
	size_t at_B, size_B; /* of the member, or of the first of its elements */
	uint32_t nr;	     /* 0: no array; else elements side by side */
	/* The members of a structure; NULL: bytes.  NULL as name ends a table. */
	const struct gt_keep_row *rows;
};

#define GT_KEEP_SIZE(type, member) sizeof(((struct type *)0)->member)
/* A number, or an array of numbers that may only become longer or shorter. */
#define GT_KEEP(type, member)                                                                      \
	{ #member, offsetof(struct type, member), GT_KEEP_SIZE(type, member), 0, NULL }
#define GT_KEEP_STRUCT(type, member, table)                                                        \
	{ #member, offsetof(struct type, member), GT_KEEP_SIZE(type, member), 0, table }
#define GT_KEEP_STRUCTS(type, member, table)                                                       \
	{ #member, offsetof(struct type, member), GT_KEEP_SIZE(type, member[0]),                   \
	  (uint32_t)(GT_KEEP_SIZE(type, member) / GT_KEEP_SIZE(type, member[0])), table }
#define GT_KEEP_END { NULL, 0, 0, 0, NULL }

/* Bytes the whole takes if the data is @data_B long. */
size_t gt_keep_whole_B(const struct gt_keep_row *rows, size_t data_B);
/* Write head and description of @rows to @mem; returns where the data is. */
void *gt_keep_begin(const struct gt_keep_row *rows, void *mem);
/* Where the data is in memory that was begun with these very @rows, or NULL. */
void *gt_keep_find(const struct gt_keep_row *rows, void *mem, size_t mem_B);

/*
 * Fill @data, whose members are @rows, from @mem, @mem_B bytes that some version began and nobody
 * changes now.  Returns how many members were not found there; -EINVAL if it has no description.
 */
int gt_keep_take_over(const struct gt_keep_row *rows, void *data, const void *mem, size_t mem_B);

#endif
