/* SPDX-License-Identifier: MIT */
/*
 * Finding a command's row, and its length.
 *
 * PRM SKL vol 2a, "Command Reference: Instructions".
 */
#include "commands.h"

#define LENGTH_BIAS_DW 2u

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
