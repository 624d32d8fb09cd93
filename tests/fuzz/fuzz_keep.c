/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: memory that a worker of another version left, xengt/keep.h.
 *
 * An input is changes of memory that was laid out well, in another order than ours: of its head,
 * its description and its data; or, one time in four, is that memory.
 *
 * Held: nothing outside the memory is read and nothing outside the members written, which ASan
 * guards; what is not named there keeps its value; the answer is the same twice.
 */
#include <stdlib.h>
#include <string.h>

#include "xengt/keep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
	uint16_t a;
	uint64_t b;
};
struct whole {
	uint32_t first;
	struct part part[3];
	uint8_t bytes[70];
};
struct theirs {
	uint8_t bytes[20];
	struct part part[5];
	uint32_t first;
};

static const struct gt_keep_row part_rows[] = {
	GT_KEEP(part, a), GT_KEEP(part, b), GT_KEEP_END
};
static const struct gt_keep_row whole_rows[] = {
	GT_KEEP(whole, first), GT_KEEP_STRUCTS(whole, part, part_rows), GT_KEEP(whole, bytes),
	GT_KEEP_END
};
static const struct gt_keep_row their_rows[] = {
	GT_KEEP(theirs, bytes), GT_KEEP_STRUCTS(theirs, part, part_rows), GT_KEEP(theirs, first),
	GT_KEEP_END
};

static void check(bool good)
{
	if (!good) {
		abort();
	}
}

/* Memory of their version with changes: two bytes say where, one what. */
static uint8_t *changed(const uint8_t *data, size_t size, size_t *mem_B)
{
	size_t front_B;
	uint8_t *mem;

	*mem_B = gt_keep_whole_B(their_rows, sizeof(struct theirs));
	front_B = *mem_B - sizeof(struct theirs);
	mem = calloc(1, *mem_B);
	check(mem);
	gt_keep_begin(their_rows, mem);
	for (size_t i = 0; i + 3 <= size; i += 3) {
		size_t at = (size_t)(data[i] | data[i + 1] << 8);

		/* the description is a few hundred bytes of a page */
		at = at & 0x8000 ? at % *mem_B : at % 256 < front_B ? at % 256 : 0;
		mem[at] = data[i + 2];
	}
	return mem;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct whole *got = malloc(sizeof(*got)), before;
	size_t mem_B;
	uint8_t *mem;
	int ret, again;

	if (!got || !size) {
		free(got);
		return 0;
	}
	if (data[0] % 4) {
		mem = changed(data + 1, size - 1, &mem_B);
	} else {
		mem_B = size - 1;
		mem = malloc(mem_B + !mem_B);
		check(mem);
		memcpy(mem, data + 1, mem_B);
	}
	memset(got, 0x5a, sizeof(*got));
	before = *got;
	ret = gt_keep_take_over(whole_rows, got, mem, mem_B);
	check(ret <= 1 + 3 * 2 + 1);
	if (ret < 0 || ret == 8) {
		check(!memcmp(got, &before, sizeof(before)));
	}
	again = gt_keep_take_over(whole_rows, got, mem, mem_B);
	check(again == ret);
	gt_keep_find(their_rows, mem, mem_B);
	free(mem);
	free(got);
	return 0;
}
