/* SPDX-License-Identifier: MIT */
/*
 * MI_MATH: a small arithmetic unit over the engine's 16 general purpose registers.
 * PRM SKL vol 2a, "MI_MATH"; an instruction: opcode 31:20, operands 19:10 and 9:0.
 */
#include "twin.h"

#define RING_GPR 0x600u

enum { OP_NOOP = 0x000, OP_LOAD = 0x080, OP_LOAD0 = 0x081, OP_ADD = 0x100, OP_SUB = 0x101,
       OP_AND = 0x102, OP_OR = 0x103, OP_XOR = 0x104, OP_STORE = 0x180, OP_LOADINV = 0x480,
       OP_LOAD1 = 0x481, OP_STOREINV = 0x580 };
enum { SRCA = 0x20, SRCB = 0x21, ACCU = 0x31, ZF = 0x32, CF = 0x33 };

struct alu {
	uint64_t srca, srcb, accu, zf, cf;
};

static uint64_t read_operand(struct cs *cs, const struct alu *a, uint32_t operand)
{
	const struct gt_hw_events *ev = &cs->tw->ev;
	uint32_t off = cs->base + RING_GPR + 8 * operand;

	switch (operand) {
	case SRCA:
		return a->srca;
	case SRCB:
		return a->srcb;
	case ACCU:
		return a->accu;
	case ZF:
		return a->zf;
	case CF:
		return a->cf;
	default:
		if (operand >= 16) {
			return 0;
		}
		return (uint64_t)ev->reg_read(ev->ctx, cs->id, off + 4) << 32 |
		       ev->reg_read(ev->ctx, cs->id, off);
	}
}

static void write_operand(struct cs *cs, struct alu *a, uint32_t operand, uint64_t val)
{
	const struct gt_hw_events *ev = &cs->tw->ev;
	uint32_t off = cs->base + RING_GPR + 8 * operand;

	if (operand == SRCA) {
		a->srca = val;
	} else if (operand == SRCB) {
		a->srcb = val;
	} else if (operand < 16) {
		ev->reg_write(ev->ctx, cs->id, off, (uint32_t)val);
		ev->reg_write(ev->ctx, cs->id, off + 4, (uint32_t)(val >> 32));
	}
}

static void set_result(struct alu *a, uint64_t val, bool carry)
{
	a->accu = val;
	a->zf = val ? 0 : UINT64_MAX;
	a->cf = carry ? UINT64_MAX : 0;
}

static bool instruction(struct cs *cs, struct alu *a, uint32_t dw)
{
	uint32_t op1 = dw >> 10 & 0x3ff, op2 = dw & 0x3ff;

	switch (dw >> 20) {
	case OP_NOOP:
		break;
	case OP_LOAD:
		write_operand(cs, a, op1, read_operand(cs, a, op2));
		break;
	case OP_LOADINV:
		write_operand(cs, a, op1, ~read_operand(cs, a, op2));
		break;
	case OP_LOAD0:
		write_operand(cs, a, op1, 0);
		break;
	case OP_LOAD1:
		write_operand(cs, a, op1, UINT64_MAX);
		break;
	case OP_ADD:
		set_result(a, a->srca + a->srcb, a->srca + a->srcb < a->srca);
		break;
	case OP_SUB:
		set_result(a, a->srca - a->srcb, a->srca < a->srcb);
		break;
	case OP_AND:
		set_result(a, a->srca & a->srcb, false);
		break;
	case OP_OR:
		set_result(a, a->srca | a->srcb, false);
		break;
	case OP_XOR:
		set_result(a, a->srca ^ a->srcb, false);
		break;
	case OP_STORE:
		write_operand(cs, a, op1, read_operand(cs, a, op2));
		break;
	case OP_STOREINV:
		write_operand(cs, a, op1, ~read_operand(cs, a, op2));
		break;
	default:
		return false;
	}
	return true;
}

enum verdict gt_twin_math(struct cs *cs, const struct cmd *cmd)
{
	struct alu a = { 0 };

	for (uint32_t i = 1; i < cmd->len_dw && i < CMD_MAX_DW; i++) {
		if (!instruction(cs, &a, cmd->dw[i])) {
			gt_twin_bad(cs, cmd->dw[i], "no instruction of MI_MATH");
			return CMD_HANG;
		}
	}
	cs->tw->cost += cmd->len_dw;
	return CMD_DONE;
}
