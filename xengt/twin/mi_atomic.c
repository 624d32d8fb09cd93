/* SPDX-License-Identifier: MIT */
/*
 * MI_ATOMIC: read, modify and write of a dword, a qword or an octword.
 *
 * Operands are in the command, or in GPR 0 and 1 (the first) and 2 and 3 (the second); what was
 * read goes to GPR 4 and 5.  The guest's CPUs look at the same memory: dwords and qwords are
 * changed by compare and exchange.  An octword is only ever compared and written.
 * PRM SKL vol 2a, "MI_ATOMIC"; vol 7, "Atomics".
 */
#include "mi.h"

#include <string.h>

#define INLINE	    GT_BIT(18)
#define RETURN_DATA GT_BIT(16)
#define RING_GPR    0x600u

enum { OP_AND = 1, OP_OR, OP_XOR, OP_MOVE, OP_INC, OP_DEC, OP_ADD, OP_SUB, OP_RSUB, OP_IMAX,
       OP_IMIN, OP_UMAX, OP_UMIN, OP_CMPWR, OP_PREDEC };

struct operands {
	uint64_t a[2], b[2];
};

static uint64_t read_gpr(struct cs *cs, unsigned i)
{
	uint32_t off = cs->base + RING_GPR + 8 * i;

	return (uint64_t)gt_twin_read_reg(cs, off + 4) << 32 | gt_twin_read_reg(cs, off);
}

static void write_gpr(struct cs *cs, unsigned i, uint64_t val)
{
	const struct gt_hw_events *ev = &cs->tw->ev;
	uint32_t off = cs->base + RING_GPR + 8 * i;

	ev->reg_write(ev->ctx, cs->id, off, (uint32_t)val);
	ev->reg_write(ev->ctx, cs->id, off + 4, (uint32_t)(val >> 32));
}

/* In the command the two operands take turns, dword by dword. */
static bool get_operands(struct cs *cs, const struct cmd *cmd, struct operands *o)
{
	if (!(cmd->header & INLINE)) {
		*o = (struct operands){ { read_gpr(cs, 0), read_gpr(cs, 1) },
					{ read_gpr(cs, 2), read_gpr(cs, 3) } };
		return true;
	}
	if (cmd->len_dw < 11) {
		return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		o->a[i] = (uint64_t)cmd->dw[5 + 4 * i] << 32 | cmd->dw[3 + 4 * i];
		o->b[i] = (uint64_t)cmd->dw[6 + 4 * i] << 32 | cmd->dw[4 + 4 * i];
	}
	return true;
}

static int64_t as_signed(uint64_t val, size_t len)
{
	return len == 4 ? (int32_t)val : (int64_t)val;
}

static uint64_t modify(unsigned op, uint64_t old, uint64_t a, uint64_t b, size_t len)
{
	switch (op) {
	case OP_AND:
		return old & a;
	case OP_OR:
		return old | a;
	case OP_XOR:
		return old ^ a;
	case OP_MOVE:
		return a;
	case OP_INC:
		return old + 1;
	case OP_DEC:
	case OP_PREDEC:
		return old - 1;
	case OP_ADD:
		return old + a;
	case OP_SUB:
		return old - a;
	case OP_RSUB:
		return a - old;
	case OP_IMAX:
		return as_signed(old, len) > as_signed(a, len) ? old : a;
	case OP_IMIN:
		return as_signed(old, len) < as_signed(a, len) ? old : a;
	case OP_UMAX:
		return old > a ? old : a;
	case OP_UMIN:
		return old < a ? old : a;
	case OP_CMPWR:
		return old == a ? b : old;
	default:
		return old;
	}
}

/* All tries but the last are lost to a CPU of the guest that writes all the time. */
#define MAX_TRIES 16

static uint64_t change_dword(uint32_t *at, unsigned op, const struct operands *o)
{
	uint32_t old = __atomic_load_n(at, __ATOMIC_ACQUIRE);

	for (unsigned i = 0; i < MAX_TRIES; i++) {
		uint32_t now = (uint32_t)modify(op, old, (uint32_t)o->a[0], (uint32_t)o->b[0], 4);

		if (__atomic_compare_exchange_n(at, &old, now, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE)) {
			break;
		}
	}
	return op == OP_PREDEC ? old - 1 : old;
}

static uint64_t change_qword(uint64_t *at, unsigned op, const struct operands *o)
{
	uint64_t old = __atomic_load_n(at, __ATOMIC_ACQUIRE);

	for (unsigned i = 0; i < MAX_TRIES; i++) {
		uint64_t now = modify(op, old, o->a[0], o->b[0], 8);

		if (__atomic_compare_exchange_n(at, &old, now, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE)) {
			break;
		}
	}
	return op == OP_PREDEC ? old - 1 : old;
}

static void change_octword(uint8_t *at, unsigned op, const struct operands *o, uint64_t old[2])
{
	memcpy(old, at, 16);
	if (op == OP_CMPWR && old[0] == o->a[0] && old[1] == o->a[1]) {
		memcpy(at, o->b, 16);
	}
}

enum verdict gt_mi_atomic(struct cs *cs, const struct cmd *cmd)
{
	static const uint32_t align[] = { 4, 8, 16 };
	unsigned size = cmd->header >> 19 & 3, op = cmd->header >> 8 & 0xf;
	gt_gma_t gma = gt_twin_address(cmd->dw[1] & ~3u, cmd->dw[2]);
	uint64_t old[2] = { 0, 0 };
	struct operands o;
	uint8_t *at;

	if (size > 2 || gma % align[size] || !get_operands(cs, cmd, &o)) {
		gt_twin_bad(cs, cmd->header, "an atomic of no good size, place or length");
		return CMD_HANG;
	}
	at = gt_twin_map(cs->tw, gt_twin_root(cs, cmd, cmd->header & MI_GGTT), gma, true);
	if (at && size == 0) {
		old[0] = (uint32_t)change_dword((uint32_t *)(void *)at, op, &o);
	} else if (at && size == 1) {
		old[0] = change_qword((uint64_t *)(void *)at, op, &o);
	} else if (at) {
		change_octword(at, op, &o, old);
	}
	if (cmd->header & RETURN_DATA) {
		write_gpr(cs, 4, old[0]);
		if (size == 2) {
			write_gpr(cs, 5, old[1]);
		}
	}
	return CMD_DONE;
}
