/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the tables of commands and the check of one command.
 *
 * An input is one command: generation, engine and privilege, a header that is a row's in three
 * cases of four, and as many dwords as the input has, or as the header says.  Registers it names
 * are made to be some of few, so that all rights occur.
 *
 * Held: a length never exceeds what its field can say; the check reads the copy only, whose end
 * ASan guards, changes nothing, and says the same twice; what it lets through writes no register
 * that the model here, which decodes the command by itself, says is nobody's.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	uint8_t flags; /* 0 generation, 1 privileged, 3:2 engine, 4 whole, 7:5 how to aim */
	uint8_t table;
	uint16_t row;
	uint32_t header;
};

static void check(bool good)
{
	if (!good) {
		abort();
	}
}

static enum gt_reg_right right(void *ctx, enum gt_engine engine, uint32_t off)
{
	check(off % 4 == 0 && off < 0x800000);
	return (enum gt_reg_right)((off >> 2 ^ engine) % 3);
}

static uint32_t header_of(const struct input *in)
{
	const struct gt_command_table *t = gt_command_tables[in->table % gt_nr_command_tables];
	const struct gt_command_row *row = &t->rows[in->row % t->nr];

	if (in->flags >> 5 < 2) {
		return in->header;
	}
	return row->op | (in->header & (in->flags >> 5 < 4 ? row->len_mask : row->len_mask & 0xf));
}

/* Does the command write @off, by its opcode alone? */
static bool model_writes(const uint32_t *dw, uint32_t nr_dw, uint32_t off)
{
	switch (dw[0] >> 23) {
	case 0x22:
		for (uint32_t i = 1; i + 1 < nr_dw; i += 2) {
			if ((dw[i] & 0x7ffffc) == off) {
				return true;
			}
		}
		return false;
	case 0x29:
		return (dw[1] & 0x7ffffc) == off;
	case 0x2a:
		return (dw[2] & 0x7ffffc) == off;
	default:
		return dw[0] >> 16 == 0x7a00 && (dw[1] & 0x800000) && (dw[2] & 0x7ffffc) == off;
	}
}

static bool model_writes_nobodys(enum gt_engine engine, const uint32_t *dw, uint32_t nr_dw)
{
	for (uint32_t i = 1; i < nr_dw; i++) {
		uint32_t off = dw[i] & 0x7ffffc;

		if (right(NULL, engine, off) == GT_REG_NEVER && model_writes(dw, nr_dw, off)) {
			return true;
		}
	}
	return false;
}

static void judge(const struct gt_command_check *c, enum gt_command_verdict verdict, uint32_t reg)
{
	bool whole = c->nr_dw == gt_command_length(c->row, c->dw[0]);
	bool too_short = gt_command_length(c->row, c->dw[0]) < c->row->min_dw;
	bool bad = whole && !too_short && model_writes_nobodys(c->engine, c->dw, c->nr_dw);

	check((verdict == GT_CMD_TOO_SHORT) == too_short);
	switch (verdict) {
	case GT_CMD_OK:
		check(c->row->policy == GT_CMD_ANYBODY || c->privileged);
		check(!c->privileged || !bad);
		break;
	case GT_CMD_IGNORED:
		check(c->row->policy != GT_CMD_ANYBODY && !c->privileged);
		break;
	case GT_CMD_TOO_SHORT:
		break;
	case GT_CMD_REFUSED:
		check(c->row->policy == GT_CMD_NOBODY && c->privileged && c->row->why);
		break;
	case GT_CMD_BAD_REGISTER:
		check(c->privileged && right(NULL, c->engine, reg) == GT_REG_NEVER);
		check(model_writes(c->dw, c->nr_dw, reg));
		break;
	}
}

static void run(struct gt_command_check *c, uint32_t *dw, uint32_t nr_dw)
{
	uint32_t *before = malloc(4 * (size_t)nr_dw);
	uint32_t reg[2] = { 0, 0 };
	enum gt_command_verdict verdict;

	check(before);
	memcpy(before, dw, 4 * (size_t)nr_dw);
	c->dw = dw;
	c->nr_dw = nr_dw;
	verdict = gt_command_check(c, &reg[0]);
	check(verdict == gt_command_check(c, &reg[1]) && reg[0] == reg[1]);
	check(!memcmp(before, dw, 4 * (size_t)nr_dw));
	judge(c, verdict, reg[0]);
	free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	struct gt_command_check c = { .right = right };
	uint32_t header, len_dw, nr_dw, *dw;
	unsigned gen;

	if (size < sizeof(in)) {
		return 0;
	}
	memcpy(&in, data, sizeof(in));
	header = header_of(&in);
	gen = in.flags & 1 ? 8 : 9;
	c.privileged = in.flags & 2;
	c.engine = (enum gt_engine)(in.flags >> 2 & 3);
	c.row = gt_command_find(gen, c.engine, header);
	if (!c.row) {
		return 0;
	}
	check(c.row->engines & GT_BIT(c.engine));
	check(!c.row->gens || (c.row->gens & (gen == 8 ? GT_GEN8 : GT_GEN9)));
	check((header & c.row->op) == c.row->op);
	len_dw = gt_command_length(c.row, header);
	check(len_dw >= 1 && len_dw <= c.row->len_mask + 2u);

	/* A copy has the whole command, or its header only. */
	nr_dw = (in.flags & 0x10) && len_dw <= 1025 ? len_dw : 1;
	dw = calloc(nr_dw, 4);
	check(dw);
	dw[0] = header;
	for (uint32_t i = 1; i < nr_dw; i++) {
		size_t at = sizeof(in) + 4 * (size_t)i;

		if (at + 4 <= size) {
			memcpy(&dw[i], data + at, 4);
		}
		/* Most registers are somebody's, or no long command would pass. */
		dw[i] = dw[i] % 32 ? (dw[i] & ~0x7ffffcu) | (4u << 4 << (dw[i] % 3)) : dw[i];
	}
	run(&c, dw, nr_dw);
	free(dw);
	return 0;
}
