/* SPDX-License-Identifier: MIT */
/*
 * The one path by which registers are read and written.
 *
 * Cuts an access into dwords, applies the row (read-only, masked, write-one-to-clear), stores, and
 * calls the handler.  What a register means is its row's business.
 */
#include "regs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_internal.h"
#include "xengt/log.h"

#define NR_DWORDS (GT_REGS_SIZE / 4)

static uint32_t row_nr(const struct gt_reg_row *row)
{
	if (row->each == GT_PER_ENGINE) {
		return GT_NR_ENGINES;
	}
	return row->nr ? row->nr : 1;
}

static uint32_t row_off(const struct gt_reg_row *row, uint32_t inst)
{
	if (row->each == GT_PER_ENGINE) {
		return gt_engine_base[inst] + row->off;
	}
	return row->off + inst * (row->stride ? row->stride : 4);
}

static bool row_on_platform(const struct gt_reg_row *row, enum gt_platform_id platform)
{
	return !row->platforms || (row->platforms & (1u << platform));
}

static bool row_is_storage(const struct gt_reg_row *row)
{
	return !row->write && !row->ro && !row->w1c && !(row->flags & ~GT_R_USER);
}

void gt_regs_page_classes(enum gt_platform_id platform, enum gt_page_class *classes)
{
	for (size_t i = 0; i < GT_NR_REG_PAGES; i++) {
		classes[i] = GT_PAGE_PLAIN;
	}
	for (size_t t = 0; t < gt_nr_reg_tables; t++) {
		for (size_t i = 0; i < gt_reg_tables[t]->nr; i++) {
			const struct gt_reg_row *row = &gt_reg_tables[t]->rows[i];

			if (!row_on_platform(row, platform) || row_is_storage(row)) {
				continue;
			}
			for (uint32_t inst = 0; inst < row_nr(row); inst++) {
				uint32_t page = row_off(row, inst) / GT_PAGE_SIZE;

				if (row->flags & GT_R_VOLATILE) {
					classes[page] = GT_PAGE_TRAPPED;
				} else if (classes[page] == GT_PAGE_PLAIN) {
					classes[page] = GT_PAGE_SHADOWED;
				}
			}
		}
	}
}

uint32_t gt_vreg(struct gt_vgpu *v, uint32_t off)
{
	/* The page may be RAM the guest writes at any time: one load, never two. */
	return __atomic_load_n((uint32_t *)(void *)(v->regs.mem + off), __ATOMIC_RELAXED);
}

void gt_vreg_set(struct gt_vgpu *v, uint32_t off, uint32_t val)
{
	__atomic_store_n((uint32_t *)(void *)(v->regs.mem + off), val, __ATOMIC_RELEASE);
}

static size_t count_rows(enum gt_platform_id platform)
{
	size_t nr = 0;

	for (size_t t = 0; t < gt_nr_reg_tables; t++) {
		for (size_t i = 0; i < gt_reg_tables[t]->nr; i++) {
			nr += row_on_platform(&gt_reg_tables[t]->rows[i], platform);
		}
	}
	return nr;
}

/* Enter every row of our platform into rows[] and index[]. */
static void build_index(struct gt_vgpu *v)
{
	struct gt_regs *regs = &v->regs;

	for (size_t t = 0; t < gt_nr_reg_tables; t++) {
		for (size_t i = 0; i < gt_reg_tables[t]->nr; i++) {
			const struct gt_reg_row *row = &gt_reg_tables[t]->rows[i];

			if (!row_on_platform(row, v->platform)) {
				continue;
			}
			regs->rows[regs->nr_rows++] = row;
			for (uint32_t inst = 0; inst < row_nr(row); inst++) {
				regs->index[row_off(row, inst) / 4] = (uint16_t)regs->nr_rows;
			}
		}
	}
}

int gt_regs_init(struct gt_vgpu *v)
{
	struct gt_regs *regs = &v->regs;

	regs->mem = v->guest->regs;
	regs->nr_rows = 0;
	regs->rows = calloc(count_rows(v->platform), sizeof(*regs->rows));
	regs->index = calloc(NR_DWORDS, sizeof(*regs->index));
	regs->reads = calloc(NR_DWORDS, sizeof(*regs->reads));
	regs->writes = calloc(NR_DWORDS, sizeof(*regs->writes));
	if (!regs->rows || !regs->index || !regs->reads || !regs->writes) {
		gt_regs_finish(v);
		return -ENOMEM;
	}
	build_index(v);
	return 0;
}

void gt_regs_finish(struct gt_vgpu *v)
{
	struct gt_regs *regs = &v->regs;

	free(regs->rows);
	free(regs->index);
	free(regs->reads);
	free(regs->writes);
	*regs = (struct gt_regs){ 0 };
}

void gt_regs_reset(struct gt_vgpu *v)
{
	memset(v->regs.mem, 0, GT_REGS_SIZE);
	for (size_t i = 0; i < v->regs.nr_rows; i++) {
		const struct gt_reg_row *row = v->regs.rows[i];

		for (uint32_t inst = 0; inst < row_nr(row); inst++) {
			gt_vreg_set(v, row_off(row, inst), row->reset[v->platform]);
		}
	}
}

/* Which repetition of @row lies at @off. */
static uint32_t row_inst(const struct gt_reg_row *row, uint32_t off)
{
	for (uint32_t e = 0; row->each == GT_PER_ENGINE && e < GT_NR_ENGINES; e++) {
		if (row_off(row, e) == off) {
			return e;
		}
	}
	return (off - row->off) / (row->stride ? row->stride : 4);
}

const struct gt_reg_row *gt_regs_find(const struct gt_vgpu *v, uint32_t off, uint32_t *inst)
{
	uint16_t i = v->regs.index[off / 4];

	if (!i) {
		return NULL;
	}
	*inst = row_inst(v->regs.rows[i - 1], off);
	return v->regs.rows[i - 1];
}

static uint32_t read_dword(struct gt_vgpu *v, uint32_t off)
{
	struct gt_reg r = { .off = off };

	r.row = gt_regs_find(v, off, &r.inst);
	if (!r.row) {
		gt_event(v, GT_EV_unknown_register, "read 0x%06x", off);
	} else if (r.row->read) {
		return r.row->read(v, &r);
	}
	return gt_vreg(v, off);
}

/* What a write makes of a register, by its row alone. */
static uint32_t apply_row(const struct gt_reg_row *row, const struct gt_reg_write *w)
{
	uint32_t writable = w->be & ~row->ro & ~row->w1c;
	uint32_t data = w->raw;

	if (row->flags & GT_R_MASKED) {
		writable = (w->raw >> 16) & 0xffff & ~row->ro;
	}
	uint32_t now = (w->old & ~writable) | (data & writable);

	return now & ~(row->w1c & w->raw & w->be);
}

static void write_dword(struct gt_vgpu *v, uint32_t off, uint32_t raw, uint32_t be)
{
	struct gt_reg r = { .off = off };
	struct gt_reg_write w = { .raw = raw & be, .be = be, .old = gt_vreg(v, off) };

	r.row = gt_regs_find(v, off, &r.inst);
	if (!r.row) {
		gt_event(v, GT_EV_unknown_register, "wrote 0x%08x to 0x%06x", raw, off);
		gt_vreg_set(v, off, (w.old & ~be) | w.raw);
		return;
	}
	w.now = apply_row(r.row, &w);
	if (!(r.row->flags & GT_R_WRITE_ONLY)) {
		gt_vreg_set(v, off, w.now);
	}
	if (r.row->write) {
		r.row->write(v, &r, &w);
	}
}

/* Every check on an access to the register half. */
static bool access_is_valid(uint32_t off, unsigned size)
{
	return (size == 1 || size == 2 || size == 4 || size == 8) && off <= GT_REGS_SIZE - size;
}

uint64_t gt_regs_read(struct gt_vgpu *v, uint32_t off, unsigned size)
{
	uint64_t val = 0;

	if (!access_is_valid(off, size)) {
		gt_event(v, GT_EV_bad_access, "read of %u bytes at 0x%x", size, off);
		return UINT64_MAX;
	}
	v->regs.reads[off / 4]++;
	for (uint32_t d = off & ~3u; d < off + size; d += 4) {
		uint64_t dword = read_dword(v, d);
		int shift = ((int)d - (int)off) * 8;

		val |= shift >= 0 ? dword << shift : dword >> -shift;
	}
	return size == 8 ? val : val & ((UINT64_C(1) << (size * 8)) - 1);
}

void gt_regs_write(struct gt_vgpu *v, uint32_t off, unsigned size, uint64_t val)
{
	uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << ((size & 7) * 8)) - 1;

	if (!access_is_valid(off, size)) {
		gt_event(v, GT_EV_bad_access, "write of %u bytes at 0x%x", size, off);
		return;
	}
	v->regs.writes[off / 4]++;
	val &= mask;
	for (uint32_t d = off & ~3u; d < off + size; d += 4) {
		int shift = ((int)d - (int)off) * 8;
		uint32_t raw = (uint32_t)(shift >= 0 ? val >> shift : val << -shift);
		uint32_t be = (uint32_t)(shift >= 0 ? mask >> shift : mask << -shift);

		write_dword(v, d, raw, be);
	}
}

/*
 * Commands reach GT registers only: everything below the display and interrupt ranges.  Rows can
 * say that they are not for commands.
 */
#define CMD_REGS_END 0x40000u

/* FORCE_TO_NONPRIV: registers the driver gives to its users, PRM SKL vol 2c. */
#define RING_NONPRIV 0x4d0u
#define NR_NONPRIV   12u
#define NONPRIV_REG  0x3fffffcu

static bool is_given_to_users(struct gt_vgpu *v, enum gt_engine engine, uint32_t off)
{
	uint32_t slot = gt_engine_base[engine] + RING_NONPRIV;

	/* An empty slot gives nothing. */
	for (uint32_t i = 0; off && i < NR_NONPRIV; i++) {
		if ((gt_vreg(v, slot + 4 * i) & NONPRIV_REG) == off) {
			return true;
		}
	}
	return false;
}

static bool is_nobodys(enum gt_engine engine, uint32_t off, const struct gt_reg_row *row,
		       uint32_t inst)
{
	return off >= CMD_REGS_END || off % 4 ||
	       (row && ((row->flags & GT_R_NO_CMD) ||
			(row->each == GT_PER_ENGINE && inst != engine)));
}

enum gt_reg_right gt_regs_cmd_right(struct gt_vgpu *v, enum gt_engine engine, uint32_t off)
{
	uint32_t inst = 0;
	const struct gt_reg_row *row = off < CMD_REGS_END ? gt_regs_find(v, off, &inst) : NULL;

	if (is_nobodys(engine, off, row, inst)) {
		return GT_REG_NEVER;
	}
	if ((row && (row->flags & GT_R_USER)) || is_given_to_users(v, engine, off)) {
		return GT_REG_ANYBODY;
	}
	return GT_REG_DRIVER;
}

uint32_t gt_regs_cmd_read(struct gt_vgpu *v, uint32_t off)
{
	if (off >= CMD_REGS_END || off % 4) {
		gt_event(v, GT_EV_command_register, "read of 0x%x", off);
		return 0;
	}
	return read_dword(v, off);
}

void gt_regs_cmd_write(struct gt_vgpu *v, enum gt_engine engine, uint32_t off, uint32_t val)
{
	uint32_t inst = 0;
	const struct gt_reg_row *row = off < CMD_REGS_END ? gt_regs_find(v, off, &inst) : NULL;

	if (is_nobodys(engine, off, row, inst)) {
		gt_event(v, GT_EV_command_register, "write of 0x%x", off);
		return;
	}
	write_dword(v, off, val, UINT32_MAX);
}
