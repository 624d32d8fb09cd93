/* SPDX-License-Identifier: MIT */
/*
 * The commands of gen8 and gen9, as rows, and what a guest may do with them.
 *
 * A row gives a command's name and opcode, the engines and generations that know it, how long it
 * is, where addresses are in it, which registers it touches, and who may give it.  A streamer
 * fetches a command once into a copy of its own, has that copy checked here, and executes that
 * copy: a guest may rewrite its batch at any time, and so changes the next fetch, never a verdict.
 *
 *   31  29 28        23 22                             0
 *   +-----+------------+-------------------------------+
 *   |  0  |   opcode   |        ...   length - 2       |  MI: every engine
 *   |  2  |  opcode 28:22 |                            |  2D: BCS
 *   |  3  | pipeline 28:27, opcode 26:24, sub 23:16    |  3D, media: RCS; video: VCS, VECS
 *   +-----+--------------------------------------------+
 *
 * To add a command: add a row to the table of its family (commands_mi.c, ...).
 * PRM SKL and BDW vol 2a, "Command Reference: Instructions".
 */
#ifndef GT_COMMANDS_H
#define GT_COMMANDS_H

#include "xengt/hw.h"
#include "xengt/types.h"

/* Generations that know a command: bits of gt_command_row.gens; 0: both. */
#define GT_GEN8 GT_BIT(0)
#define GT_GEN9 GT_BIT(1)

/* Who may give it. */
enum gt_command_policy {
	GT_CMD_ANYBODY,
	GT_CMD_PRIVILEGED, /* from the ring or a batch in the GGTT; else hardware ignores it */
	GT_CMD_NOBODY,	   /* the same, but then refused: .why says the reason */
};

/* Registers it touches, and by which dwords; numbers of registers are in bits 22:2. */
enum gt_command_regs {
	GT_CMD_NO_REGS,
	GT_CMD_WRITE_PAIRS,  /* writes dw[1], dw[3], ...: MI_LOAD_REGISTER_IMM */
	GT_CMD_WRITE_DW1,    /* MI_LOAD_REGISTER_MEM */
	GT_CMD_READ_DW1,     /* MI_STORE_REGISTER_MEM */
	GT_CMD_WRITE_DW2,    /* reads dw[1]: MI_LOAD_REGISTER_REG */
	GT_CMD_WRITE_POST,   /* dw[2], if bit 23 of dw[1] is set: PIPE_CONTROL */
	GT_CMD_GPRS,	     /* the engine's own general purpose registers: MI_MATH */
};

/* Addresses of 64 bits, low dword first: @nr of them (0: to the command's end) from @dw on. */
struct gt_command_addr {
	uint8_t dw, nr, step;
};
#define GT_CMD_NR_ADDR 6

/* A bit that makes an address one of the GGTT; never 0, for bit 0 of dword 0 is no such bit. */
#define GT_CMD_GGTT(dw, bit) ((uint8_t)((dw) << 5 | (bit)))

struct gt_command_row {
	const char *name; /* as the PRM spells it */
	uint32_t op;	  /* the opcode's bits of the header */
	uint8_t engines;  /* mask of 1 << enum gt_engine */
	uint8_t gens;
	uint16_t len_mask;	 /* bits of the header that count dwords less 2; 0: one dword */
	uint16_t min_dw, max_dw; /* as the PRM says; max_dw 0: as many as len_mask can say */
	enum gt_command_policy policy;
	enum gt_command_regs regs;
	struct gt_command_addr addr[GT_CMD_NR_ADDR]; /* unused ones have .dw 0 */
	uint8_t ggtt[2];			     /* GT_CMD_GGTT(), or 0 */
	const char *why;
	const char *prm;
};

/* A family of commands: rows sorted by opcode, then generation. */
struct gt_command_table {
	const struct gt_command_row *rows;
	size_t nr;
	uint32_t type;	  /* header bits 31:29 */
	uint32_t op_mask; /* bits of a header that are the opcode */
	uint8_t engines;  /* all that its rows name */
};
extern const struct gt_command_table gt_commands_mi, gt_commands_2d, gt_commands_3d,
	gt_commands_media, gt_commands_video, gt_commands_vebox;
extern const struct gt_command_table *const gt_command_tables[];
extern const size_t gt_nr_command_tables;

/* What becomes of a command. */
enum gt_command_verdict {
	GT_CMD_OK,
	GT_CMD_IGNORED,	     /* does nothing, as on hardware: a driver's command from a user */
	GT_CMD_TOO_SHORT,    /* it would take its operands from what follows it */
	GT_CMD_REFUSED,	     /* GT_CMD_NOBODY */
	GT_CMD_BAD_REGISTER, /* a driver's write of a register that no command may write */
};

/* Row of the command that begins with @header, NULL if @engine of generation @gen has no such. */
const struct gt_command_row *gt_command_find(unsigned gen, enum gt_engine engine, uint32_t header);
/* Dwords of the command, the header included. */
uint32_t gt_command_length(const struct gt_command_row *row, uint32_t header);

/* Rights of an engine's commands on a register: the register table's word, by way of the caller. */
typedef enum gt_reg_right (*gt_reg_right_fn)(void *ctx, enum gt_engine engine, uint32_t off);

struct gt_command_check {
	const struct gt_command_row *row;
	enum gt_engine engine;
	bool privileged;    /* from the ring or a batch in the GGTT */
	const uint32_t *dw; /* the copy that will be executed */
	uint32_t nr_dw;	    /* of the copy: the whole command; the header only, if it is skipped */
	gt_reg_right_fn right;
	void *ctx;
};

/*
 * May it be executed?  Reads nothing but dw[0 .. nr_dw).  What a user writes without the right to
 * is no matter of this: such a write is dropped when it is executed, the command's others are not.
 * @reg is the register of GT_CMD_BAD_REGISTER.
 */
enum gt_command_verdict gt_command_check(const struct gt_command_check *c, uint32_t *reg);
/* The @i-th register it writes; false: there are no more. */
bool gt_command_written_reg(const struct gt_command_check *c, uint32_t i, uint32_t *reg);

#endif
