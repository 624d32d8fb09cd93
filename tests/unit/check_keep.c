/* SPDX-License-Identifier: MIT */
/* Memory that another version of the program takes over: names, sizes, and what is not believed. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keep.h"
#include "keep_moved.h"
#include "test_run.h"
#include "twin/twin.h"
#include "vgpu_internal.h"

/* --- two versions of a structure ------------------------------------------------------------ */

struct old_part {
	uint32_t a, b;
};
struct old {
	uint8_t small;
	uint32_t gone;
	struct old_part part[2];
	uint32_t list[4];
};
struct new_part {
	uint32_t b;
	uint64_t a;
};
struct new {
	uint32_t list[2];
	uint32_t fresh;
	struct new_part part[3];
	uint32_t small;
};

static const struct gt_keep_row old_part_rows[] = {
	GT_KEEP(old_part, a), GT_KEEP(old_part, b), GT_KEEP_END
};
static const struct gt_keep_row old_rows[] = {
	GT_KEEP(old, small), GT_KEEP(old, gone), GT_KEEP_STRUCTS(old, part, old_part_rows),
	GT_KEEP(old, list), GT_KEEP_END
};
static const struct gt_keep_row new_part_rows[] = {
	GT_KEEP(new_part, a), GT_KEEP(new_part, b), GT_KEEP_END
};
static const struct gt_keep_row new_rows[] = {
	GT_KEEP(new, list), GT_KEEP(new, fresh), GT_KEEP_STRUCTS(new, part, new_part_rows),
	GT_KEEP(new, small), GT_KEEP_END
};

static const struct old sample = {
	.small = 200, .gone = 7, .part = { { 1, 2 }, { 0xffffffff, 4 } }, .list = { 5, 6, 7, 8 },
};

/* The sample as its version leaves it. */
static void *left(size_t *mem_B)
{
	void *mem;

	*mem_B = gt_keep_whole_B(old_rows, sizeof(sample));
	mem = calloc(1, *mem_B);
	ck_assert_ptr_nonnull(mem);
	memcpy(gt_keep_begin(old_rows, mem), &sample, sizeof(sample));
	return mem;
}

START_TEST(members_are_found_by_name_wherever_they_are)
{
	struct new got = { .fresh = 99, .part[2] = { 11, 12 } };
	size_t mem_B;
	void *mem = left(&mem_B);

	/* fresh, and both members of part[2], which the old version did not have */
	ck_assert_int_eq(gt_keep_take_over(new_rows, &got, mem, mem_B), 3);
	ck_assert_uint_eq(got.small, 200);
	ck_assert_uint_eq(got.part[0].a, 1);
	ck_assert_uint_eq(got.part[0].b, 2);
	ck_assert_uint_eq(got.part[1].a, 0xffffffff);
	ck_assert_uint_eq(got.part[1].b, 4);
	ck_assert_uint_eq(got.list[0], 5);
	ck_assert_uint_eq(got.list[1], 6);
	ck_assert_uint_eq(got.fresh, 99);
	ck_assert_uint_eq(got.part[2].b, 11);
	free(mem);
}
END_TEST

START_TEST(the_same_version_finds_its_own)
{
	size_t mem_B;
	uint8_t *mem = left(&mem_B);
	const struct old *found = gt_keep_find(old_rows, mem, mem_B);

	ck_assert_ptr_nonnull(found);
	ck_assert_uint_eq(found->list[3], 8);
	ck_assert_ptr_null(gt_keep_find(new_rows, mem, mem_B));
	ck_assert_ptr_null(gt_keep_find(old_rows, mem, 20));
	mem[20] ^= 1;
	ck_assert_ptr_null(gt_keep_find(old_rows, mem, mem_B));
	free(mem);
}
END_TEST

START_TEST(one_that_has_no_description_is_refused)
{
	struct old got = { .small = 1 };
	size_t mem_B;
	uint8_t *mem = left(&mem_B);
	const struct {
		size_t at_B;
		uint32_t value;
	} lies[] = {
		{ 0, 0 },	    /* magic */
		{ 8, 0 },	    /* no text */
		{ 8, 0xffffffff },  /* more than there is */
		{ 8, (1u << 20) + 1 },
		{ 12, 0xffffffff }, /* data behind the end */
		{ 12, 4 },	    /* data within the text */
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(lies); i++) {
		uint32_t truth;

		memcpy(&truth, mem + lies[i].at_B, sizeof(truth));
		memcpy(mem + lies[i].at_B, &lies[i].value, sizeof(truth));
		ck_assert_int_eq(gt_keep_take_over(old_rows, &got, mem, mem_B), -EINVAL);
		memcpy(mem + lies[i].at_B, &truth, sizeof(truth));
	}
	ck_assert_int_eq(gt_keep_take_over(old_rows, &got, mem, 15), -EINVAL);
	ck_assert_uint_eq(got.small, 1);
	free(mem);
}
END_TEST

START_TEST(a_member_outside_the_memory_is_not_read)
{
	static const char *const lies[] = {
		"4294967295 4 small\n", "0 4294967295 small\n", "18446744073709551615 1 small\n",
		"1 18446744073709551615 small\n", "99999999999999999999999 1 small\n",
		"-1 1 small\n", "0 -1 small\n", "0 1", "0", "", "\n\n\n", "a b small\n",
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(lies); i++) {
		uint32_t text_B = (uint32_t)strlen(lies[i]) + 1, head[2] = { text_B, 16 + text_B };
		uint8_t mem[128] = "xengtkp1";
		struct old got = { .small = 1 };

		memcpy(mem + 8, head, sizeof(head));
		memcpy(mem + 16, lies[i], text_B);
		ck_assert_int_eq(gt_keep_take_over(old_rows, &got, mem, 16 + text_B + 4), 7);
		ck_assert_uint_eq(got.small, 1);
	}
}
END_TEST

/* --- a vGPU --------------------------------------------------------------------------------- */

struct span {
	size_t at_B, size_B;
};

#define MAX_SPANS 8192
static struct span spans[MAX_SPANS];
static size_t nr_spans;

static void cover(size_t at_B, size_t size_B)
{
	ck_assert_uint_lt(nr_spans, MAX_SPANS);
	spans[nr_spans++] = (struct span){ at_B, size_B };
}

static int by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->at_B < y->at_B ? -1 : x->at_B > y->at_B;
}

static void cover_kept(void)
{
	size_t whole_B = gt_keep_whole_B(gt_vgpu_keep_rows, 0);
	char *mem = calloc(1, whole_B);

	ck_assert_ptr_nonnull(mem);
	gt_keep_begin(gt_vgpu_keep_rows, mem);
	for (char *line = mem + 16; *line; line = strchr(line, '\n') + 1) {
		size_t at_B, size_B;

		ck_assert_int_eq(sscanf(line, "%zu %zu", &at_B, &size_B), 2);
		cover(at_B, size_B);
	}
	free(mem);
}

#define MADE_ANEW(member) cover(offsetof(struct gt_vgpu, member), GT_KEEP_SIZE(gt_vgpu, member))
#define TWIN_ANEW(member)                                                                          \
	cover(GT_KEEP_OF_VGPU_B + offsetof(struct twin, member), GT_KEEP_SIZE(twin, member))

/* What vgpu.c and twin.c set when they inherit. */
static void cover_made_anew(void)
{
	MADE_ANEW(opt);
	MADE_ANEW(platform);
	MADE_ANEW(part);
	MADE_ANEW(guest);
	MADE_ANEW(events.tokens_ns);
	MADE_ANEW(frames);
	MADE_ANEW(regs);
	MADE_ANEW(ggtt);
	MADE_ANEW(ppgtt);
	MADE_ANEW(submit.hw);
	MADE_ANEW(pipe_crc.picture);
	MADE_ANEW(pipe_crc.picture_B);
	MADE_ANEW(gmbus);
	MADE_ANEW(page_cache);
	MADE_ANEW(record);
	MADE_ANEW(twin_keep);
	MADE_ANEW(is_inherited);
	TWIN_ANEW(base);
	TWIN_ANEW(ev);
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		TWIN_ANEW(cs[e].tw);
	}
	TWIN_ANEW(tlb_generation);
	TWIN_ANEW(tlb);
	TWIN_ANEW(cost);
	TWIN_ANEW(nr_commands);
	TWIN_ANEW(progress);
	TWIN_ANEW(blt);
	TWIN_ANEW(is_kept);
}

/* What lies between two members is at most what aligns the second. */
START_TEST(all_state_of_a_vgpu_has_a_row_or_is_made_anew)
{
	size_t end_B = 0;

	nr_spans = 0;
	cover_kept();
	cover_made_anew();
	cover(gt_vgpu_keep_B(), 0);
	qsort(spans, nr_spans, sizeof(*spans), by_place);
	for (size_t i = 0; i < nr_spans; i++) {
		size_t gap_max_B = spans[i].at_B == GT_KEEP_OF_VGPU_B ? 63 : 7;

		ck_assert_msg(spans[i].at_B >= end_B, "two rows for what is at %zu",
			      spans[i].at_B);
		ck_assert_msg(spans[i].at_B - end_B <= gap_max_B,
			      "no row for the %zu bytes at %zu (struct twin begins at %zu)",
			      spans[i].at_B - end_B, end_B, (size_t)GT_KEEP_OF_VGPU_B);
		end_B = spans[i].at_B + spans[i].size_B;
	}
}
END_TEST

START_TEST(a_vgpu_is_the_same_after_a_move)
{
	size_t size_B = gt_vgpu_keep_B(), mem_B;
	uint8_t *data = malloc(size_B), *got = calloc(1, size_B), *again = calloc(1, size_B);
	void *mem;

	ck_assert_ptr_nonnull(data);
	ck_assert_ptr_nonnull(got);
	ck_assert_ptr_nonnull(again);
	for (size_t i = 0; i < size_B; i++) {
		data[i] = (uint8_t)(i * 31 + i / 251);
	}
	mem = keep_moved(gt_vgpu_keep_rows, data, &mem_B);
	ck_assert_int_eq(gt_keep_take_over(gt_vgpu_keep_rows, got, mem, mem_B), 0);
	free(mem);
	mem = keep_moved(gt_vgpu_keep_rows, got, &mem_B);
	ck_assert_int_eq(gt_keep_take_over(gt_vgpu_keep_rows, again, mem, mem_B), 0);
	ck_assert_mem_eq(got, again, size_B);
	ck_assert_mem_eq(&((struct gt_vgpu *)(void *)got)->display.pipe[1].scaler,
			 &((struct gt_vgpu *)(void *)data)->display.pipe[1].scaler,
			 sizeof(struct gt_scaler) * GT_MAX_SCALERS);
	free(mem);
	free(data);
	free(got);
	free(again);
}
END_TEST

/* --- from one worker to the next ------------------------------------------------------------ */

static int new_memfd(void)
{
	int fd = memfd_create("keep", 0);

	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(what_a_worker_kept_is_there_for_the_next)
{
	int fd = new_memfd(), other = new_memfd();
	struct dm_keep *first, *next, *copy;
	char byte;

	ck_assert_int_eq(dm_keep_map(fd, -1, &first), 0);
	ck_assert(!first->begun);
	first->begun = true;
	first->ram_gfn = 99;
	first->regs[0x44000] = 0x5a;
	ck_assert_int_eq(dm_keep_map(fd, -1, &next), 0);
	ck_assert(next->begun);
	ck_assert_uint_eq(next->ram_gfn, 99);
	/* by another program: a copy, and what was left stays as it was */
	ck_assert_int_eq(dm_keep_map(other, fd, &copy), 0);
	ck_assert_uint_eq(copy->regs[0x44000], 0x5a);
	copy->ram_gfn = 100;
	ck_assert_uint_eq(next->ram_gfn, 99);
	/* of a program that lays it out differently */
	ck_assert_int_eq(pread(fd, &byte, 1, 20), 1);
	byte ^= 1;
	ck_assert_int_eq(pwrite(fd, &byte, 1, 20), 1);
	ck_assert_int_eq(dm_keep_map(fd, -1, &next), -ESTALE);
	ck_assert_int_eq(ftruncate(fd, 8), 0);
	ck_assert_int_eq(dm_keep_map(fd, -1, &next), -ESTALE);
	ck_assert_int_eq(ftruncate(other, 0), 0);
	ck_assert_int_eq(dm_keep_map(other, fd, &next), -EINVAL);
	ck_assert_int_eq(dm_keep_map(-1, -1, &next), -EBADF);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keep");
	TCase *tc = tcase_create("keep");

	tcase_add_test(tc, members_are_found_by_name_wherever_they_are);
	tcase_add_test(tc, the_same_version_finds_its_own);
	tcase_add_test(tc, one_that_has_no_description_is_refused);
	tcase_add_test(tc, a_member_outside_the_memory_is_not_read);
	tcase_add_test(tc, all_state_of_a_vgpu_has_a_row_or_is_made_anew);
	tcase_add_test(tc, a_vgpu_is_the_same_after_a_move);
	tcase_add_test(tc, what_a_worker_kept_is_there_for_the_next);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
