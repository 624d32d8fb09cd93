/* SPDX-License-Identifier: MIT */
/*
 * The register file: registers are rows, behaviour is what a row says.
 *
 * A row gives offset, name, reset value for each platform, which bits are read-only, masked or
 * write-one-to-clear, and, where that is not all, a handler.  Reads and writes go through one path
 * (regs.c) that checks, cuts accesses into dwords, applies the row, stores, and then calls the
 * handler.  A register without a row is plain storage with reset value 0, and is counted.
 *
 * The class of a 4 KiB page (xengt/guest.h) follows from its rows: one GT_R_VOLATILE row makes it
 * TRAPPED; otherwise any row that has a handler or bits that are not plain storage makes it
 * SHADOWED; otherwise it is PLAIN.
 *
 * To add a register: add a row to the table of its family (regs_gt.c, regs_display.c, ...).
 */
#ifndef GT_REGS_H
#define GT_REGS_H

#include "xengt/guest.h"
#include "xengt/hw.h"
#include "xengt/platform.h"

struct gt_vgpu;
struct gt_reg_row;

/* How a row repeats. */
enum gt_reg_each {
	GT_ONCE,       /* .nr times (0 means 1) from .off on, every .stride bytes (0 means 4) */
	GT_PER_ENGINE, /* .off is relative to each engine's base: gt_engine_base[] */
};

enum gt_reg_flags {
	GT_R_MASKED = 1 << 0,	/* bits 31:16 enable writing of bits 15:0; 31:16 read 0 */
	GT_R_VOLATILE = 1 << 1, /* a read has a side effect or the value changes by itself */
	GT_R_WRITE_ONLY = 1 << 2, /* writes are not stored: the handler decides; reads as stored */
	GT_R_NO_CMD = 1 << 3,	/* commands (LRI, LRM, ...) may not write it */
	GT_R_USER = 1 << 4,	/* commands of users may write it, not only those of drivers */
};

/* One access as a handler sees it. */
struct gt_reg {
	const struct gt_reg_row *row;
	uint32_t off;  /* byte offset in BAR0, dword-aligned */
	uint32_t inst; /* which repetition: 0.., or enum gt_engine */
};

struct gt_reg_write {
	uint32_t raw; /* what the guest wrote; bytes it did not write are 0 */
	uint32_t be;  /* bits it wrote: 0xffffffff for a whole dword */
	uint32_t old; /* the register before */
	uint32_t now; /* the register after: already stored, unless GT_R_WRITE_ONLY */
};

typedef uint32_t (*gt_reg_read_fn)(struct gt_vgpu *v, const struct gt_reg *r);
typedef void (*gt_reg_write_fn)(struct gt_vgpu *v, const struct gt_reg *r,
				const struct gt_reg_write *w);

struct gt_reg_row {
	const char *name; /* as the PRM spells it; a repetition prints as NAME[inst] */
	uint32_t off;
	enum gt_reg_each each;
	uint32_t nr, stride;
	uint32_t reset[GT_NR_PLATFORMS];
	uint32_t ro;  /* bits a write leaves as they are */
	uint32_t w1c; /* bits a written 1 clears and a written 0 leaves */
	uint8_t platforms; /* mask of 1 << platform; 0: every platform */
	uint8_t flags;
	gt_reg_read_fn read;   /* GT_R_VOLATILE rows only: called for every read */
	gt_reg_write_fn write; /* called after the store */
	const char *prm;       /* where it is described */
};

/* Reset value the same on every platform. */
#define GT_RESET(x) { (x), (x), (x) }

struct gt_reg_table {
	const struct gt_reg_row *rows;
	size_t nr;
};
/* The families, each sorted by offset (per-engine rows by relative offset); regs_tables.c. */
extern const struct gt_reg_table gt_regs_gt, gt_regs_engine, gt_regs_irq, gt_regs_display,
	gt_regs_gmbus, gt_regs_plane, gt_regs_color, gt_regs_pvinfo;
extern const struct gt_reg_table *const gt_reg_tables[];
extern const size_t gt_nr_reg_tables;

extern const uint32_t gt_engine_base[GT_NR_ENGINES];

/* Runtime of the register file: an index from dword to row, and exit counts for each dword. */
struct gt_regs {
	uint8_t *mem;	 /* the guest seam's regs[] */
	uint16_t *index; /* GT_REGS_SIZE / 4: 1 + number in rows[], or 0 */
	const struct gt_reg_row **rows; /* those of this platform, all families */
	size_t nr_rows;
	uint32_t *reads, *writes;
};

int gt_regs_init(struct gt_vgpu *v);
void gt_regs_finish(struct gt_vgpu *v);
void gt_regs_reset(struct gt_vgpu *v);

/* The stored value, without handlers. @off must be dword-aligned and below GT_REGS_SIZE: ours. */
uint32_t gt_vreg(struct gt_vgpu *v, uint32_t off);
void gt_vreg_set(struct gt_vgpu *v, uint32_t off, uint32_t val);

/* A guest's access to the register half: any offset, 1, 2, 4 or 8 bytes. */
uint64_t gt_regs_read(struct gt_vgpu *v, uint32_t off, unsigned size);
void gt_regs_write(struct gt_vgpu *v, uint32_t off, unsigned size, uint64_t val);

/*
 * Who may write a register by commands of @engine.  Without a word in its row it is the driver's,
 * who can give it to users by the engine's FORCE_TO_NONPRIV slots; another engine's, display's and
 * interrupts' registers are nobody's.
 */
enum gt_reg_right gt_regs_cmd_right(struct gt_vgpu *v, enum gt_engine engine, uint32_t off);
/* Accesses by dword for commands; refused accesses are counted, read 0 and write nothing. */
uint32_t gt_regs_cmd_read(struct gt_vgpu *v, uint32_t off);
void gt_regs_cmd_write(struct gt_vgpu *v, enum gt_engine engine, uint32_t off, uint32_t val);

/* Fill in what PVINFO says of this vGPU's partition. */
void gt_pvinfo_reset(struct gt_vgpu *v);

/* Row of a dword on this vGPU's platform, or NULL; *inst is which repetition. */
const struct gt_reg_row *gt_regs_find(const struct gt_vgpu *v, uint32_t off, uint32_t *inst);

#endif
