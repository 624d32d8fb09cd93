/* SPDX-License-Identifier: MIT */
/* The tables of commands: that they are in order, and that each row is skipped by its length. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "driver.h"
#include "test_run.h"
#include "twin/twin.h"
#include "xengt/log.h"

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

struct stream_command {
	uint32_t header, len_dw;
};

/* What i915 sets a new context up with: the null render state, in its order without repetitions. */
static const struct stream_command common_state[] = {
	{ 0x7a000004, 6 },   { 0x69040300, 1 },	  { 0x78140000, 2 },   { 0x7820000a, 12 },
	{ 0x78130002, 4 },   { 0x78510009, 11 },  { 0x78100007, 9 },   { 0x781b0007, 9 },
	{ 0x78110008, 10 },  { 0x781e0003, 5 },	  { 0x78120002, 4 },   { 0x78500003, 5 },
	{ 0x781c0002, 4 },   { 0x780c0000, 2 },	  { 0x78520003, 5 },   { 0x78300000, 2 },
	{ 0x78310000, 2 },   { 0x78320000, 2 },	  { 0x78330000, 2 },   { 0x79190002, 4 },
	{ 0x791a0002, 4 },   { 0x791b0002, 4 },	  { 0x79120000, 2 },   { 0x79130000, 2 },
	{ 0x79140000, 2 },   { 0x79150000, 2 },	  { 0x79160000, 2 },   { 0x78150009, 11 },
	{ 0x78190009, 11 },  { 0x781a0009, 11 },  { 0x78160009, 11 },  { 0x78170009, 11 },
	{ 0x78490001, 3 },   { 0x784a0000, 2 },	  { 0x784b0000, 2 },   { 0x79170101, 259 },
	{ 0x79180006, 8 },   { 0x61020001, 3 },	  { 0x79000002, 4 },   { 0x78050006, 8 },
	{ 0x79040002, 4 },   { 0x79080001, 3 },	  { 0x790a0001, 3 },   { 0x78060003, 5 },
	{ 0x78070003, 5 },   { 0x78040001, 3 },	  { 0x79110000, 2 },   { 0x780d0000, 2 },
	{ 0x79060000, 2 },   { 0x7907001f, 33 },  { 0x7902000f, 17 },  { 0x790c000f, 17 },
	{ 0x780a0003, 5 },   { 0x78080083, 133 }, { 0x78090043, 69 },  { 0x680b0001, 1 },
	{ 0x780e0000, 2 },   { 0x78240000, 2 },	  { 0x784f0000, 2 },   { 0x784d0000, 2 },
	{ 0x782b0000, 2 },   { 0x782c0000, 2 },	  { 0x782d0000, 2 },   { 0x782e0000, 2 },
	{ 0x782f0000, 2 },   { 0x780f0000, 2 },	  { 0x78230000, 2 },   { 0x78210000, 2 },
	{ 0x78260000, 2 },   { 0x78270000, 2 },	  { 0x78280000, 2 },   { 0x78290000, 2 },
	{ 0x782a0000, 2 },   { 0x7b000005, 7 },
};
/* 3DSTATE_SBE, _DS, STATE_BASE_ADDRESS, 3DSTATE_VF_COMPONENT_PACKING. */
static const struct stream_command gen8_state[] = {
	{ 0x781f0002, 4 }, { 0x781d0007, 9 }, { 0x6101000e, 16 }, { 0x69040000, 1 },
};
static const struct stream_command gen9_state[] = {
	{ 0x781f0004, 6 }, { 0x781d0009, 11 }, { 0x61010011, 19 }, { 0x78550003, 5 },
};

static enum gt_reg_right no_right(void *ctx, enum gt_engine engine, uint32_t off)
{
	return GT_REG_NEVER;
}

static void expect_state(unsigned gen, const struct stream_command *cmds, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t header = cmds[i].header, dw[6] = { header }, reg;
		const struct gt_command_check c = {
			.row = gt_command_find(gen, GT_RCS, header),
			.engine = GT_RCS,
			.privileged = true,
			.dw = dw,
			.nr_dw = header >> 16 == 0x7a00 ? 6 : 1,
			.right = no_right,
		};

		ck_assert_msg(c.row, "0x%08x", header);
		ck_assert_uint_eq(gt_command_length(c.row, header), cmds[i].len_dw);
		ck_assert_msg(gt_command_check(&c, &reg) == GT_CMD_OK, "%s", c.row->name);
		ck_assert_uint_le(c.row->min_dw, cmds[i].len_dw);
		ck_assert_msg(!c.row->max_dw || c.row->max_dw >= cmds[i].len_dw, "%s", c.row->name);
	}
}

START_TEST(the_null_render_state_of_a_real_driver_parses)
{
	expect_state(8, common_state, GT_ARRAY_SIZE(common_state));
	expect_state(9, common_state, GT_ARRAY_SIZE(common_state));
	expect_state(8, gen8_state, GT_ARRAY_SIZE(gen8_state));
	expect_state(9, gen9_state, GT_ARRAY_SIZE(gen9_state));
	ck_assert_ptr_null(gt_command_find(8, GT_RCS, gen9_state[3].header));
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

/* Run these dwords as a user's batch; true if its last store was reached. */
static bool runs(enum gt_engine e, const uint32_t *dw, size_t nr)
{
	const uint32_t tail[] = { STORE, DATA, 0, 1, MI_END };

	for (size_t i = 0; i < nr; i++) {
		fake_guest_w32(d.fx.guest, batch_gpa + 4 * i, dw[i]);
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(tail); i++) {
		fake_guest_w32(d.fx.guest, batch_gpa + 4 * (nr + i), tail[i]);
	}
	EMIT(&d, &c, BB_START, BATCH, 0);
	driver_submit(&d, e, &c, NULL);
	driver_run(&d, 100);
	return fake_guest_r32(d.fx.guest, data_gpa) == 1;
}

START_TEST(a_batch_that_rewrites_what_follows_runs_what_it_wrote)
{
	/* The fifth dword is no command until the store before makes it MI_NOOP. */
	const uint32_t good[] = { STORE, BATCH + 16, 0, 0, 0xffffffff };
	/* And here it is a command only until then. */
	const uint32_t bad[] = { STORE, BATCH + 16, 0, 0xffffffff, 0 };

	start(GT_SKL);
	ck_assert(_i ? !runs(GT_RCS, bad, 5) : runs(GT_RCS, good, 5));
	ck_assert_uint_eq(d.fx.v->events.count[GT_EV_command_unknown], (uint64_t)_i);
	driver_finish(&d);
}
END_TEST

START_TEST(the_log_names_engine_context_place_and_command_of_what_is_refused)
{
	const uint32_t dw[] = { 0, 0, 0, 0, STORE - 1, DATA, 0, 0 };
	char text[4096] = "", context[32];
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	start(GT_SKL);
	gt_log_init(fileno(f), "");
	ck_assert(!runs(GT_BCS, dw, 8));
	gt_log_init(-1, "");
	rewind(f);
	ck_assert_uint_gt(fread(text, 1, sizeof(text) - 1, f), 0);
	snprintf(context, sizeof(context), "context 0x%x", c.lrca);
	ck_assert_ptr_nonnull(strstr(text, "BCS"));
	ck_assert_ptr_nonnull(strstr(text, "0x400010"));
	ck_assert_ptr_nonnull(strstr(text, "MI_STORE_DATA_IMM"));
	ck_assert_msg(strstr(text, context) != NULL, "%s", text);
	driver_finish(&d);
	fclose(f);
}
END_TEST

START_TEST(a_driver_that_lost_its_context_goes_on_after_a_reset)
{
	start(GT_SKL);
	EMIT(&d, &c, 0x0c000000, 0); /* MI_SET_CONTEXT */
	driver_submit(&d, GT_RCS, &c, NULL);
	driver_run(&d, 100);
	ck_assert_uint_eq(d.fx.v->events.count[GT_EV_command_refused], 1);
	vgpu_fixture_w32(&d.fx, 0x941c, 2);
	driver_new_context(&d, &c);
	driver_bind(&d, &c, DATA, data_gpa, 3);
	driver_bind(&d, &c, BATCH, batch_gpa, 3);
	ck_assert(runs(GT_RCS, NULL, 0));
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
	tcase_add_test(tc, the_null_render_state_of_a_real_driver_parses);
	tcase_add_loop_test(tc, a_command_that_is_not_executed_is_skipped_by_exactly_its_length, 0,
			    2);
	tcase_add_loop_test(tc, a_batch_that_rewrites_what_follows_runs_what_it_wrote, 0, 2);
	tcase_add_test(tc, the_log_names_engine_context_place_and_command_of_what_is_refused);
	tcase_add_test(tc, a_driver_that_lost_its_context_goes_on_after_a_reset);
	suite_add_tcase(s, tc);
	return test_run(s);
}
