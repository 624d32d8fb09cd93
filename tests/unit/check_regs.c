/* SPDX-License-Identifier: MIT */
/* The register tables themselves, and the one path through them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_fixture.h"
#include "test_run.h"

static struct vgpu_fixture x;

static uint32_t r32(uint32_t off)
{
	return vgpu_fixture_r32(&x, off);
}

static void w32(uint32_t off, uint32_t val)
{
	vgpu_fixture_w32(&x, off, val);
}

static void setup(void)
{
	vgpu_fixture_init(&x, GT_SKL);
}

static void teardown(void)
{
	vgpu_fixture_finish(&x);
}

static uint32_t nr_of(const struct gt_reg_row *row)
{
	return row->each == GT_PER_ENGINE ? GT_NR_ENGINES : row->nr ? row->nr : 1;
}

static uint32_t off_of(const struct gt_reg_row *row, uint32_t inst)
{
	return row->each == GT_PER_ENGINE ? gt_engine_base[inst] + row->off :
	       row->off + inst * (row->stride ? row->stride : 4);
}

#define FOR_EACH_ROW(row)                                                                          \
	for (size_t t_ = 0; t_ < gt_nr_reg_tables; t_++)                                           \
		for (const struct gt_reg_row *row = gt_reg_tables[t_]->rows;                       \
		     row < gt_reg_tables[t_]->rows + gt_reg_tables[t_]->nr; row++)

START_TEST(every_row_is_named_cited_aligned_and_inside_the_bar)
{
	FOR_EACH_ROW(row) {
		ck_assert_ptr_nonnull(row->name);
		ck_assert_msg(row->prm && *row->prm, "%s has no citation", row->name);
		for (uint32_t i = 0; i < nr_of(row); i++) {
			ck_assert_msg(off_of(row, i) % 4 == 0, "%s", row->name);
			ck_assert_msg(off_of(row, i) < GT_REGS_SIZE, "%s", row->name);
		}
	}
}
END_TEST

/* Two rows may share an offset only if no platform has both. */
START_TEST(no_two_rows_of_a_platform_claim_one_offset)
{
	const struct gt_reg_row **owner = calloc(GT_REGS_SIZE / 4, sizeof(*owner));

	for (unsigned p = 0; p < GT_NR_PLATFORMS; p++) {
		memset(owner, 0, GT_REGS_SIZE / 4 * sizeof(*owner));
		FOR_EACH_ROW(row) {
			if (row->platforms && !(row->platforms & (1u << p))) {
				continue;
			}
			for (uint32_t i = 0; i < nr_of(row); i++) {
				const struct gt_reg_row **slot = &owner[off_of(row, i) / 4];

				ck_assert_msg(!*slot, "%s and %s at 0x%x on %s", row->name,
					      *slot ? (*slot)->name : "", off_of(row, i),
					      gt_platforms[p].name);
				*slot = row;
			}
		}
	}
	free(owner);
}
END_TEST

START_TEST(rows_of_a_table_are_sorted)
{
	for (size_t t = 0; t < gt_nr_reg_tables; t++) {
		for (size_t i = 1; i < gt_reg_tables[t]->nr; i++) {
			const struct gt_reg_row *row = &gt_reg_tables[t]->rows[i];

			/* Interleaved repetitions are fine: the first offsets must ascend. */
			ck_assert_msg(row[-1].off <= row->off, "%s before %s", row[-1].name,
				      row->name);
		}
	}
}
END_TEST

START_TEST(bit_masks_of_a_row_do_not_overlap)
{
	FOR_EACH_ROW(row) {
		ck_assert_msg(!(row->ro & row->w1c), "%s", row->name);
		if (row->flags & GT_R_MASKED) {
			ck_assert_msg(!row->w1c, "%s", row->name);
			for (unsigned p = 0; p < GT_NR_PLATFORMS; p++) {
				ck_assert_msg(row->reset[p] <= 0xffff, "%s", row->name);
			}
		}
		if (row->read) {
			ck_assert_msg(row->flags & GT_R_VOLATILE, "%s", row->name);
		}
	}
}
END_TEST

START_TEST(every_register_reads_its_reset_value_unless_it_is_computed)
{
	for (size_t i = 0; i < x.v->regs.nr_rows; i++) {
		const struct gt_reg_row *row = x.v->regs.rows[i];

		/* PVINFO and display add what depends on the options to read-only registers. */
		if (row->read || row->ro == ~0u) {
			continue;
		}
		for (uint32_t n = 0; n < nr_of(row); n++) {
			ck_assert_msg(r32(off_of(row, n)) == row->reset[GT_SKL],
				      "%s: 0x%x", row->name, r32(off_of(row, n)));
		}
	}
}
END_TEST

START_TEST(every_register_gives_the_same_bits_by_1_2_4_and_8_bytes)
{
	uint32_t seed = 1;

	for (uint32_t off = 0; off + 8 <= GT_REGS_SIZE; off += 4) {
		uint32_t inst;
		const struct gt_reg_row *row = gt_regs_find(x.v, off, &inst);

		if (!row || row->read) {
			continue;
		}
		if (!row->write) {
			seed = seed * 1664525 + 1013904223;
			w32(off, seed);
		}
		uint32_t whole = r32(off);

		for (unsigned b = 0; b < 4; b++) {
			ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, off + b, 1),
					  (whole >> (8 * b)) & 0xff);
		}
		for (unsigned b = 0; b < 3; b++) {
			ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, off + b, 2),
					  (whole >> (8 * b)) & 0xffff);
		}
		row = gt_regs_find(x.v, off + 4, &inst);
		if (!row || !row->read) {
			ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, off, 8) & UINT32_MAX,
					  whole);
		}
	}
}
END_TEST

START_TEST(masked_write_changes_only_enabled_bits)
{
	for (size_t i = 0; i < x.v->regs.nr_rows; i++) {
		const struct gt_reg_row *row = x.v->regs.rows[i];

		if (!(row->flags & GT_R_MASKED) || row->write || row->ro) {
			continue;
		}
		for (uint32_t n = 0; n < nr_of(row); n++) {
			uint32_t off = off_of(row, n);

			w32(off, 0xffff0000);
			ck_assert_uint_eq(r32(off), 0);
			w32(off, 0x00f0ffff);
			ck_assert_uint_eq(r32(off), 0xf0);
			w32(off, 0x0030000f);
			ck_assert_uint_eq(r32(off), 0xc0);
			w32(off, 0x0000ffff);
			ck_assert_uint_eq(r32(off), 0xc0);
		}
	}
}
END_TEST

START_TEST(read_only_registers_keep_their_value)
{
	for (size_t i = 0; i < x.v->regs.nr_rows; i++) {
		const struct gt_reg_row *row = x.v->regs.rows[i];

		if (row->ro != ~0u || row->read || row->write) {
			continue;
		}
		for (uint32_t n = 0; n < nr_of(row); n++) {
			uint32_t before = r32(off_of(row, n));

			gt_vgpu_bar_write(x.v, GT_BAR_MMIO, off_of(row, n), 4, ~before);
			gt_vgpu_bar_write(x.v, GT_BAR_MMIO, off_of(row, n) + 1, 1, 0x5a);
			ck_assert_msg(r32(off_of(row, n)) == before, "%s", row->name);
		}
	}
}
END_TEST

START_TEST(a_written_one_clears_and_a_written_zero_leaves)
{
	const uint32_t iir = 0x44408;

	gt_vreg_set(x.v, iir, 0x0000ff0f);
	w32(iir, 0x0000000c);
	ck_assert_uint_eq(r32(iir), 0x0000ff03);
	gt_vgpu_bar_write(x.v, GT_BAR_MMIO, iir + 1, 1, 0x81);
	ck_assert_uint_eq(r32(iir), 0x00007e03);
}
END_TEST

START_TEST(byte_writes_change_only_their_bytes)
{
	const uint32_t storage = 0x46408; /* NDE_RSTWRN_OPT */

	w32(storage, 0x11223344);
	gt_vgpu_bar_write(x.v, GT_BAR_MMIO, storage + 2, 1, 0xaa);
	ck_assert_uint_eq(r32(storage), 0x11aa3344);
	gt_vgpu_bar_write(x.v, GT_BAR_MMIO, storage + 1, 2, 0xbbcc);
	ck_assert_uint_eq(r32(storage), 0x11bbcc44);
}
END_TEST

START_TEST(accesses_out_of_bounds_or_of_odd_size_do_nothing)
{
	ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, GT_BAR0_SIZE, 4), UINT64_MAX);
	ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, UINT64_MAX - 3, 8), UINT64_MAX);
	ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, 0, 3), UINT64_MAX);
	gt_vgpu_bar_write(x.v, GT_BAR_MMIO, GT_REGS_SIZE - 4, 8, ~0ull);
	gt_vgpu_bar_write(x.v, GT_BAR_MMIO, 0x46408, 16, ~0ull);
	ck_assert_uint_eq(r32(0x46408), 0);
	ck_assert_uint_ge(x.v->events.count[GT_EV_bad_access], 4);
}
END_TEST

START_TEST(a_page_is_trapped_exactly_if_a_register_in_it_changes_by_itself)
{
	enum gt_page_class classes[GT_NR_REG_PAGES];
	bool is_volatile[GT_NR_REG_PAGES] = { false };

	gt_regs_page_classes(GT_SKL, classes);
	for (size_t i = 0; i < x.v->regs.nr_rows; i++) {
		const struct gt_reg_row *row = x.v->regs.rows[i];

		for (uint32_t n = 0; n < nr_of(row); n++) {
			if (row->flags & GT_R_VOLATILE) {
				is_volatile[off_of(row, n) / GT_PAGE_SIZE] = true;
			}
		}
	}
	for (size_t p = 0; p < GT_NR_REG_PAGES; p++) {
		ck_assert_int_eq(classes[p] == GT_PAGE_TRAPPED, is_volatile[p]);
	}
	ck_assert_int_eq(classes[0x44], GT_PAGE_SHADOWED);
	ck_assert_int_eq(classes[0x78], GT_PAGE_SHADOWED);
	ck_assert_int_eq(classes[0x70], GT_PAGE_TRAPPED);
}
END_TEST

START_TEST(the_gt_is_awake_as_it_was_asked_to_be)
{
	static const uint32_t pairs[][2] = { { 0xa188, 0x130044 }, { 0xa270, 0xd88 },
					     { 0xa278, 0xd84 } };

	for (size_t i = 0; i < GT_ARRAY_SIZE(pairs); i++) {
		ck_assert_uint_eq(vgpu_fixture_r32(&x, pairs[i][1]), 0);
		vgpu_fixture_w32(&x, pairs[i][0], 0x00010001);
		ck_assert_uint_eq(vgpu_fixture_r32(&x, pairs[i][1]), 1);
		vgpu_fixture_w32(&x, pairs[i][0], 0x00010000);
		ck_assert_uint_eq(vgpu_fixture_r32(&x, pairs[i][1]), 0);
	}
}
END_TEST

START_TEST(pvinfo_describes_the_partition)
{
	ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, 0x78000, 8), 0x4776544776544776);
	ck_assert_uint_eq(gt_vgpu_bar_read(x.v, GT_BAR_MMIO, 0x78008, 2), 1);
	ck_assert_uint_eq(r32(0x78010) & 0xc, 0xc);
	ck_assert_uint_eq(r32(0x78040), x.v->part.map_base);
	ck_assert_uint_eq(r32(0x78044), x.v->part.map_size);
	ck_assert_uint_eq(r32(0x78048), x.v->part.unmap_base);
	ck_assert_uint_eq(r32(0x7804c), x.v->part.unmap_size);
	ck_assert_uint_eq(r32(0x78050), x.v->part.nr_fences);
}
END_TEST

/* Hardware's own list of what users may write: shared, and in each engine's ring. */
static bool is_users(enum gt_engine e, uint32_t off)
{
	static const struct {
		uint32_t first, last;
	} shared[] = {
		{ 0x22c8, 0x22e4 }, { 0x2300, 0x2354 }, { 0x2400, 0x2418 }, { 0x2420, 0x2440 },
		{ 0x2500, 0x2508 }, { 0x5200, 0x521c }, { 0x5240, 0x525c }, { 0x5280, 0x528c },
		{ 0x7000, 0x7008 }, { 0x7034, 0x7034 }, { 0xe400, 0xe404 },
	};
	uint32_t ring = off - gt_engine_base[e];

	for (size_t i = 0; i < GT_ARRAY_SIZE(shared); i++) {
		if (off >= shared[i].first && off <= shared[i].last) {
			return true;
		}
	}
	return (ring >= 0x600 && ring < 0x680) || ring == 0x200 || ring == 0x41c;
}

START_TEST(commands_of_users_may_write_what_hardware_lets_them_and_nothing_else)
{
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		for (uint32_t off = 0; off < GT_REGS_SIZE; off += 4) {
			enum gt_reg_right right = gt_regs_cmd_right(x.v, (enum gt_engine)e, off);

			ck_assert_msg((right == GT_REG_ANYBODY) == is_users((enum gt_engine)e, off),
				      "0x%x", off);
			ck_assert_msg(off < 0x40000 || right == GT_REG_NEVER, "0x%x", off);
		}
	}
	ck_assert_int_eq(gt_regs_cmd_right(x.v, GT_RCS, 0xfffffffc), GT_REG_NEVER);
	ck_assert_int_eq(gt_regs_cmd_right(x.v, GT_RCS, 0x2601), GT_REG_NEVER);
}
END_TEST

START_TEST(a_driver_gives_registers_to_users_of_one_engine_but_never_nobodys)
{
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		for (uint32_t slot = 0; slot < 12; slot++) {
			uint32_t at = gt_engine_base[e] + 0x4d0 + 4 * slot;

			w32(at, 0x9888);
			for (unsigned of = 0; of < GT_NR_ENGINES; of++) {
				ck_assert_int_eq(gt_regs_cmd_right(x.v, (enum gt_engine)of, 0x9888),
						 of == e ? GT_REG_ANYBODY : GT_REG_DRIVER);
			}
			w32(at, 0x941c);
			ck_assert_int_eq(gt_regs_cmd_right(x.v, (enum gt_engine)e, 0x941c),
					 GT_REG_NEVER);
			w32(at, 0);
		}
	}
}
END_TEST

START_TEST(nobody_writes_the_ring_of_another_engine_or_what_acts_by_command)
{
	/* HWS_PGA, IMR, RESET_CTL, ELSP, MODE, CONTEXT_STATUS_PTR, ring state. */
	static const uint32_t own[] = { 0x30, 0x34, 0x80, 0xa8, 0xd0, 0x230, 0x29c, 0x3a0 };

	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		for (unsigned of = 0; of < GT_NR_ENGINES; of++) {
			ck_assert_int_eq(gt_regs_cmd_right(x.v, (enum gt_engine)of,
							   gt_engine_base[e] + 0x244),
					 of == e ? GT_REG_DRIVER : GT_REG_NEVER);
			for (size_t i = 0; i < GT_ARRAY_SIZE(own); i++) {
				ck_assert_int_eq(gt_regs_cmd_right(x.v, (enum gt_engine)of,
								   gt_engine_base[e] + own[i]),
						 GT_REG_NEVER);
			}
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("regs");
	TCase *table = tcase_create("table"), *path = tcase_create("path");

	tcase_add_unchecked_fixture(table, setup, teardown);
	tcase_add_test(table, every_row_is_named_cited_aligned_and_inside_the_bar);
	tcase_add_test(table, no_two_rows_of_a_platform_claim_one_offset);
	tcase_add_test(table, rows_of_a_table_are_sorted);
	tcase_add_test(table, bit_masks_of_a_row_do_not_overlap);
	suite_add_tcase(s, table);

	tcase_add_checked_fixture(path, setup, teardown);
	tcase_set_timeout(path, 60);
	tcase_add_test(path, every_register_reads_its_reset_value_unless_it_is_computed);
	tcase_add_test(path, every_register_gives_the_same_bits_by_1_2_4_and_8_bytes);
	tcase_add_test(path, masked_write_changes_only_enabled_bits);
	tcase_add_test(path, read_only_registers_keep_their_value);
	tcase_add_test(path, a_written_one_clears_and_a_written_zero_leaves);
	tcase_add_test(path, byte_writes_change_only_their_bytes);
	tcase_add_test(path, accesses_out_of_bounds_or_of_odd_size_do_nothing);
	tcase_add_test(path, a_page_is_trapped_exactly_if_a_register_in_it_changes_by_itself);
	tcase_add_test(path, the_gt_is_awake_as_it_was_asked_to_be);
	tcase_add_test(path, pvinfo_describes_the_partition);
	tcase_add_test(path, commands_of_users_may_write_what_hardware_lets_them_and_nothing_else);
	tcase_add_test(path, a_driver_gives_registers_to_users_of_one_engine_but_never_nobodys);
	tcase_add_test(path, nobody_writes_the_ring_of_another_engine_or_what_acts_by_command);
	suite_add_tcase(s, path);

	return test_run(s);
}
