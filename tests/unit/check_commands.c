/* SPDX-License-Identifier: MIT */
/* The tables of commands: that they are in order, and that each row is skipped by its length. */
#include <check.h>
#include <string.h>

#include "commands.h"
#include "driver.h"
#include "test_run.h"
#include "twin/twin.h"

#define STORE	 0x10000002u
#define MI_END	 0x05000000u
#define BB_START 0x18800101u
#define BB_GGTT	 0x18800001u
#define DATA	 0x200000u
#define BATCH	 0x400000u
#define BATCH_PAGES 16u /* the longest command that is generated has 4 KiB and a bit */

#define FOR_EACH_ROW(t, row)                                                                       \
	for (size_t t_ = 0; t_ < gt_nr_command_tables; t_++)                                       \
		for (const struct gt_command_table *t = gt_command_tables[t_]; t; t = NULL)        \
			for (const struct gt_command_row *row = t->rows;                           \
			     row < t->rows + t->nr; row++)

static bool knows(const struct gt_command_row *row, unsigned gen)
{
	return !row->gens || (row->gens & (gen == 8 ? GT_GEN8 : GT_GEN9));
}

static uint32_t header_of(const struct gt_command_row *row, uint32_t len_dw)
{
	return row->op | (row->len_mask ? len_dw - 2 : 0);
}

START_TEST(rows_are_sorted_and_opcodes_unique_for_each_generation)
{
	FOR_EACH_ROW(t, row)
	{
		const struct gt_command_row *next = row + 1;

		ck_assert_msg(row->name && row->prm, "row %zu", (size_t)(row - t->rows));
		if (next == t->rows + t->nr) {
			continue;
		}
		ck_assert_msg(row->op <= next->op, "%s", row->name);
		if (row->op == next->op) {
			ck_assert_msg(row->gens && next->gens && !(row->gens & next->gens), "%s",
				      row->name);
			ck_assert_str_eq(row->name, next->name);
		}
	}
}
END_TEST

START_TEST(opcodes_lengths_and_engines_are_sane)
{
	FOR_EACH_ROW(t, row)
	{
		ck_assert_msg((row->op & t->op_mask) == row->op, "%s", row->name);
		ck_assert_msg(row->op >> 29 == t->type, "%s", row->name);
		ck_assert_msg(!(row->len_mask & t->op_mask), "%s", row->name);
		/* A length is a field: bits from 0 on. */
		ck_assert_msg(!(row->len_mask & (row->len_mask + 1)), "%s", row->name);
		ck_assert_msg(row->engines && !(row->engines & ~t->engines), "%s", row->name);
		ck_assert_msg(row->min_dw >= (row->len_mask ? 2 : 1), "%s", row->name);
		ck_assert_msg(!row->max_dw || row->max_dw >= row->min_dw, "%s", row->name);
		ck_assert_msg(row->max_dw <= row->len_mask + 2, "%s", row->name);
		ck_assert_msg((row->policy == GT_CMD_NOBODY) == !!row->why, "%s", row->name);
	}
}
END_TEST

START_TEST(addresses_and_registers_lie_within_the_shortest_command)
{
	static const uint8_t regs_dw[] = {
		[GT_CMD_NO_REGS] = 1, [GT_CMD_WRITE_PAIRS] = 3, [GT_CMD_WRITE_DW1] = 2,
		[GT_CMD_READ_DW1] = 2, [GT_CMD_WRITE_DW2] = 3, [GT_CMD_WRITE_POST] = 3,
		[GT_CMD_GPRS] = 2,
	};

	FOR_EACH_ROW(t, row)
	{
		uint32_t longest = row->max_dw ? row->max_dw : row->len_mask + 2u;

		ck_assert_msg(row->min_dw >= regs_dw[row->regs], "%s", row->name);
		for (size_t i = 0; i < GT_CMD_NR_ADDR && row->addr[i].dw; i++) {
			const struct gt_command_addr *a = &row->addr[i];
			uint32_t last = a->dw + (a->nr ? (a->nr - 1u) * a->step : 0);

			ck_assert_msg(a->nr == 1 || a->step, "%s", row->name);
			ck_assert_msg(last + 2 <= longest, "%s", row->name);
			if (i) {
				ck_assert_msg(a->dw >= row->addr[i - 1].dw + 2, "%s", row->name);
			}
		}
		for (size_t i = 0; i < 2; i++) {
			ck_assert_msg(row->ggtt[i] / 32u < row->min_dw, "%s", row->name);
			ck_assert_msg(!row->ggtt[i] || row->addr[i].dw || row->addr[0].nr > 1,
				      "%s", row->name);
		}
	}
}
END_TEST

START_TEST(a_row_is_found_by_the_engines_and_generations_it_names_only)
{
	static const unsigned gens[] = { 8, 9 };

	FOR_EACH_ROW(t, row)
	{
		for (size_t g = 0; g < 2; g++) {
			for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
				const struct gt_command_row *found = gt_command_find(
					gens[g], (enum gt_engine)e, row->op | 0x17u);

				if (knows(row, gens[g]) && (row->engines & GT_BIT(e))) {
					ck_assert_msg(found == row, "%s", row->name);
				} else {
					ck_assert_msg(found != row, "%s", row->name);
				}
			}
		}
	}
}
END_TEST

/*
 * A second opinion: what a command's length is if one knows its type and pipeline only.  0: the
 * rule has exceptions there.
 */
static uint32_t rough_length(enum gt_engine e, uint32_t header)
{
	uint32_t op = header >> 16;

	switch (header >> 29) {
	case 0:
		/* MI opcodes below 0x10 are single dwords; the others have 6, 8 or 10 bits. */
		return header >> 23 < 0x10 ? 1 : (header & 0x3f) + 2;
	case 2:
		return (header & 0xff) + 2;
	case 3:
		if ((header >> 27 & 3) == 1) {
			return 1;
		}
		if (e != GT_RCS) {
			return (header & 0xfff) + 2;
		}
		if ((op & 0xf800) == 0x7000) {
			return op == 0x7105 ? (header & 0xff) + 2 : (header & 0x7fff) + 2;
		}
		if (op == 0x7839 || op == 0x783a) {
			return (header & 0x7ff) + 2;
		}
		if (op == 0x7917 || (op >= 0x7843 && op <= 0x7847)) {
			return (header & 0x1ff) + 2;
		}
		return (header & 0xff) + 2;
	default:
		return 0;
	}
}

START_TEST(lengths_agree_with_those_by_type_and_pipeline_alone)
{
	FOR_EACH_ROW(t, row)
	{
		for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
			if (!(row->engines & GT_BIT(e))) {
				continue;
			}
			/* As far as the narrowest field of the type reaches. */
			for (uint32_t n = 0; n < 0x40; n++) {
				uint32_t header = row->op | n;

				ck_assert_msg(gt_command_length(row, header) ==
						      rough_length((enum gt_engine)e, header),
					      "%s", row->name);
			}
			if (row->len_mask > 0x3f && t->type) {
				uint32_t header = row->op | (row->len_mask & 0x7fff);

				ck_assert_msg(gt_command_length(row, header) ==
						      rough_length((enum gt_engine)e, header),
					      "%s", row->name);
			}
		}
	}
}
END_TEST

static struct driver d;
static struct context c;
static gt_gpa_t data_gpa, batch_gpa;

static void start(enum gt_platform_id platform)
{
	driver_init(&d, platform);
	driver_new_context(&d, &c);
	data_gpa = driver_alloc(&d, 1);
	batch_gpa = driver_alloc(&d, BATCH_PAGES);
	driver_bind(&d, &c, DATA, data_gpa, 3);
	for (unsigned i = 0; i < BATCH_PAGES; i++) {
		driver_bind(&d, &c, BATCH + i * GT_PAGE_SIZE, batch_gpa + i * GT_PAGE_SIZE, 3);
	}
}

/* Run a command of @len_dw dwords, the others all ones; true if what follows it was reached. */
static bool is_skipped(enum gt_engine e, uint32_t header, uint32_t len_dw)
{
	gt_gpa_t at = batch_gpa;
	uint32_t tail[] = { STORE, DATA, 0, header, MI_END };

	fake_guest_w32(d.fx.guest, at, header);
	for (uint32_t i = 1; i < len_dw; i++) {
		fake_guest_w32(d.fx.guest, at + 4 * (uint64_t)i, UINT32_MAX);
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(tail); i++) {
		fake_guest_w32(d.fx.guest, at + 4 * (len_dw + i), tail[i]);
	}
	fake_guest_w32(d.fx.guest, data_gpa, ~header);
	EMIT(&d, &c, BB_START, BATCH, 0);
	driver_submit(&d, e, &c, NULL);
	driver_run(&d, 100);
	return fake_guest_r32(d.fx.guest, data_gpa) == header;
}

static void expect_skipped(const struct gt_command_row *row, uint32_t len_dw)
{
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		uint32_t header = header_of(row, len_dw);

		if ((row->engines & GT_BIT(e)) && !gt_twin_executes((enum gt_engine)e, header)) {
			ck_assert_msg(is_skipped((enum gt_engine)e, header, len_dw),
				      "%s of %u dwords on engine %u", row->name, len_dw, e);
			c.tail = 0;
			fake_guest_w32(d.fx.guest, c.gpa + GT_PAGE_SIZE + 4 * 5, 0);
		}
	}
}

START_TEST(a_command_that_is_not_executed_is_skipped_by_exactly_its_length)
{
	enum gt_platform_id platform = _i ? GT_SKL : GT_BDW;

	start(platform);
	FOR_EACH_ROW(t, row)
	{
		if (!knows(row, _i ? 9 : 8)) {
			continue;
		}
		expect_skipped(row, row->min_dw);
		if (row->max_dw > row->min_dw) {
			expect_skipped(row, row->max_dw);
		} else if (!row->max_dw) {
			expect_skipped(row, row->len_mask > 0xfff ? 0x1000 : row->len_mask + 2u);
		}
	}
	ck_assert_uint_eq(d.fx.v->events.count[GT_EV_bad_command], 0);
	driver_finish(&d);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("commands");
	TCase *tc = tcase_create("tables");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, rows_are_sorted_and_opcodes_unique_for_each_generation);
	tcase_add_test(tc, opcodes_lengths_and_engines_are_sane);
	tcase_add_test(tc, addresses_and_registers_lie_within_the_shortest_command);
	tcase_add_test(tc, a_row_is_found_by_the_engines_and_generations_it_names_only);
	tcase_add_test(tc, lengths_agree_with_those_by_type_and_pipeline_alone);
	tcase_add_loop_test(tc, a_command_that_is_not_executed_is_skipped_by_exactly_its_length, 0,
			    2);
	suite_add_tcase(s, tc);
	return test_run(s);
}
