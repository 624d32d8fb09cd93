/* SPDX-License-Identifier: MIT */
/*
 * A command's row, its length, and whether it may be executed.
 *
 * What hardware ignores is ignored here, for drivers and their tests rely on it; refused is only
 * what hardware would do and a vGPU must not.
 * PRM SKL vol 2a, "Command Reference: Instructions"; vol 3, "User Mode Privileged Commands".
 */
#include "commands.h"

#define LENGTH_BIAS_DW 2u
#define REG_MASK       0x7ffffcu
#define LRI_POST_SYNC  GT_BIT(23) /* in dword 1 of PIPE_CONTROL */

const struct gt_command_table *const gt_command_tables[] = {
	&gt_commands_mi,    &gt_commands_2d,	&gt_commands_3d,
	&gt_commands_media, &gt_commands_video, &gt_commands_vebox,
};
const size_t gt_nr_command_tables = GT_ARRAY_SIZE(gt_command_tables);

/* First row whose opcode is not below @op. */
static size_t lower_bound(const struct gt_command_table *t, uint32_t op)
{
	size_t lo = 0, hi = t->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->rows[mid].op < op) {
			lo = mid + 1;
		} else {
			hi = mid;
		}
	}
	return lo;
}

static const struct gt_command_row *find_in(const struct gt_command_table *t, uint8_t gen,
					    uint8_t engine, uint32_t op)
{
	for (size_t i = lower_bound(t, op); i < t->nr && t->rows[i].op == op; i++) {
		const struct gt_command_row *row = &t->rows[i];

		if ((row->engines & engine) && (!row->gens || (row->gens & gen))) {
			return row;
		}
	}
	return NULL;
}

const struct gt_command_row *gt_command_find(unsigned gen, enum gt_engine engine, uint32_t header)
{
	uint8_t gen_bit = gen == 8 ? GT_GEN8 : GT_GEN9, engine_bit = (uint8_t)GT_BIT(engine);

	for (size_t i = 0; i < gt_nr_command_tables; i++) {
		const struct gt_command_table *t = gt_command_tables[i];
		const struct gt_command_row *row;

		if (t->type != header >> 29 || !(t->engines & engine_bit)) {
			continue;
		}
		row = find_in(t, gen_bit, engine_bit, header & t->op_mask);
		if (row) {
			return row;
		}
	}
	return NULL;
}

uint32_t gt_command_length(const struct gt_command_row *row, uint32_t header)
{
	return row->len_mask ? (header & row->len_mask) + LENGTH_BIAS_DW : 1;
}

/* Which dword names the @i-th register that is written; 0: none. */
static uint32_t written_dw(const struct gt_command_check *c, uint32_t i)
{
	switch (c->row->regs) {
	case GT_CMD_WRITE_PAIRS:
		/* The last one must have its value, too. */
		return c->nr_dw > 2 && i <= (c->nr_dw - 3) / 2 ? 1 + 2 * i : 0;
	case GT_CMD_WRITE_DW1:
		return i == 0 && c->nr_dw > 1 ? 1 : 0;
	case GT_CMD_WRITE_DW2:
		return i == 0 && c->nr_dw > 2 ? 2 : 0;
	case GT_CMD_WRITE_POST:
		return i == 0 && c->nr_dw > 2 && (c->dw[1] & LRI_POST_SYNC) ? 2 : 0;
	case GT_CMD_NO_REGS:
	case GT_CMD_READ_DW1:
	case GT_CMD_GPRS:
		break;
	}
	return 0;
}

bool gt_command_written_reg(const struct gt_command_check *c, uint32_t i, uint32_t *reg)
{
	uint32_t dw = written_dw(c, i);

	if (dw) {
		*reg = c->dw[dw] & REG_MASK;
	}
	return dw != 0;
}

enum gt_command_verdict gt_command_check(const struct gt_command_check *c, uint32_t *reg)
{
	uint32_t off;

	if (gt_command_length(c->row, c->dw[0]) < c->row->min_dw) {
		return GT_CMD_TOO_SHORT;
	}
	if (!c->privileged) {
		return c->row->policy == GT_CMD_ANYBODY ? GT_CMD_OK : GT_CMD_IGNORED;
	}
	if (c->row->policy == GT_CMD_NOBODY) {
		return GT_CMD_REFUSED;
	}
	for (uint32_t i = 0; gt_command_written_reg(c, i, &off); i++) {
		if (c->right(c->ctx, c->engine, off) == GT_REG_NEVER) {
			*reg = off;
			return GT_CMD_BAD_REGISTER;
		}
	}
	return GT_CMD_OK;
}
