/* SPDX-License-Identifier: MIT */
/*
 * The GPU seam: everything the mediator asks of a GPU.
 *
 * Filled by the twin (xengt/twin/), a software GPU that executes what the guest submits; a
 * physical GPU is the other filling this is shaped for.  A GPU sees only *shadow* entries: if the
 * shadow is wrong, the picture is wrong.
 *
 * Direction of calls: the mediator calls gt_hw_ops; the GPU calls back through gt_hw_events, from
 * inside submit(), run() or reset(), never at any other time and never from another thread.
 */
#ifndef XENGT_HW_H
#define XENGT_HW_H

#include "xengt/keep.h"
#include "xengt/types.h"

struct gt_hw;

/*
 * One element of a submission: an execlist context.
 * @desc is the guest's context descriptor, unchanged (PRM SKL vol 7, "Context Descriptor Format"):
 * low dword: LRCA in 31:12, addressing mode in 4:3, valid bit 0; high dword: the driver's tag.
 */
struct gt_hw_elem {
	uint64_t desc;
};

/* Why an engine speaks.  Values are events of the GPU, not yet CSB status words. */
enum gt_hw_event {
	GT_HW_ACTIVE,	/* an idle engine took up a submission */
	GT_HW_SWITCH,	/* element 0 complete, element 1 now runs */
	GT_HW_COMPLETE, /* the last element is complete, the engine is idle */
	GT_HW_PREEMPT,	/* a new submission replaced what ran, which is what it names */
	GT_HW_LITE_RESTORE, /* a new submission begins with the context that runs: larger tail */
};

/* Who may write a register by command. */
enum gt_reg_right {
	GT_REG_NEVER,	/* nobody: it would reach around the mediator */
	GT_REG_DRIVER,	/* the ring, and batches in the GGTT */
	GT_REG_ANYBODY, /* users' batches too: hardware lets them, or the driver does */
};

/* What was wrong with a command. */
enum gt_hw_fault {
	GT_HW_BAD_COMMAND, /* it cannot be executed as it is, or where it is */
	GT_HW_UNKNOWN,	   /* the engine has no such command */
	GT_HW_TOO_SHORT,
	GT_HW_REFUSED,
	GT_HW_IGNORED,	    /* what only a driver may do, done by a user: nothing happened */
	GT_HW_BAD_REGISTER, /* a write of a register that nobody may write so */
	GT_HW_USER_REGISTER, /* a user's, of a driver's: dropped */
};

struct gt_hw_bad_command {
	enum gt_hw_fault fault;
	uint32_t header; /* 0: it was not even fetched */
	gt_gma_t at;	 /* in its ring's or batch's address space */
	uint64_t desc;	 /* of its context */
	uint32_t reg;	 /* if it is about one */
	const char *why; /* for people; NULL: fault says it all */
};

/* What the twin needs from its surroundings; every pointer is valid for the life of the gt_hw. */
struct gt_hw_events {
	/* Host memory of a shadowed frame, GT_PAGE_SIZE bytes; NULL if it cannot be had. The
	 * pointer is good until the current submit()/run() returns. */
	void *(*frame)(void *ctx, gt_spte_t e, bool write);
	/*
	 * Shadow entry of a GGTT page / of page @gma in a PPGTT.  @root is the PML4's address as
	 * the context holds it; or, for a context with legacy 32-bit addressing, that of the page
	 * directory for the gigabyte of @gma, with bit 0 set, and @gma is what lies in it.
	 */
	gt_spte_t (*ggtt)(void *ctx, uint32_t page);
	gt_spte_t (*ppgtt)(void *ctx, uint64_t root, gt_gma_t gma);
	/* A command invalidated the TLB: shadow entries looked up before are not good any more. */
	void (*tlb_invalidate)(void *ctx);
	/* A command of the driver wrote a GGTT entry, as the guest's CPU would. */
	void (*ggtt_update)(void *ctx, uint32_t page, uint64_t entry);
	/* Registers as commands see them (LRI, SRM, ...); refused ones read 0, write nothing. */
	uint32_t (*reg_read)(void *ctx, enum gt_engine e, uint32_t off);
	void (*reg_write)(void *ctx, enum gt_engine e, uint32_t off, uint32_t val);
	/* Whether commands of @e may write a register, and whose. */
	enum gt_reg_right (*reg_right)(void *ctx, enum gt_engine e, uint32_t off);
	/* Execlist events, and interrupt bits in the engine's 16-bit GT IIR field. */
	void (*event)(void *ctx, enum gt_engine e, enum gt_hw_event ev, uint64_t desc);
	void (*interrupt)(void *ctx, enum gt_engine e, uint32_t bits);
	/* A command that was not, or not wholly, executed; named in the log and counters. */
	void (*bad_command)(void *ctx, enum gt_engine e, const struct gt_hw_bad_command *bad);
	/* @nr more commands were executed. */
	void (*commands)(void *ctx, uint64_t nr);
	uint64_t (*now_ns)(void *ctx);
	void *ctx;
	unsigned gen; /* of the platform: 8 or 9 */
};

/* A batch, as BB_ADDR (bit 0: the streamer is in it) and BB_STATE show it. */
struct gt_hw_batch {
	uint64_t addr;
	uint32_t state;
};

/* Live state of one ring, as its registers show it. */
struct gt_hw_ring {
	uint32_t head, tail, start, ctl;
	uint64_t acthd;
	uint32_t ipehr;
	uint64_t desc;	  /* running context, 0 when idle */
	unsigned element; /* of its submission: 0 or 1 */
	bool has_second;  /* that has an element 1, which runs or is yet to run */
	bool waiting;	  /* another submission waits */
	bool idle;
	uint32_t ticks;		     /* CTX_TIMESTAMP */
	struct gt_hw_batch batch[2]; /* first and second level */
};

/* What is left to do after a run. */
enum gt_hw_progress {
	GT_HW_IDLE,    /* nothing until the next submission or reset; a hung engine is idle, too */
	GT_HW_WAITING, /* only for memory to change (MI_SEMAPHORE_WAIT): look again in a while */
	GT_HW_BUSY,    /* more to execute right now */
};

struct gt_hw_ops {
	/* Take up a submission of one or two elements (elem[1].desc 0: one). At most one may be
	 * waiting behind what runs; the mediator honours that. 0 or negative errno. */
	int (*submit)(struct gt_hw *hw, enum gt_engine e, const struct gt_hw_elem elem[2]);
	/* Execute for about @budget_ns. A physical GPU is always GT_HW_IDLE. */
	enum gt_hw_progress (*run)(struct gt_hw *hw, uint64_t budget_ns);
	/* Stop and forget everything on the engines of @mask (1 << enum gt_engine). */
	void (*reset)(struct gt_hw *hw, uint32_t mask);
	/* Ring state of an engine for the guest's registers: live HEAD/TAIL/START/CTL/ACTHD. */
	void (*ring_state)(struct gt_hw *hw, enum gt_engine e, struct gt_hw_ring *out);
	void (*destroy)(struct gt_hw *hw);
};

struct gt_hw {
	const struct gt_hw_ops *ops;
};

/*
 * Create the twin. @ev is copied. @keep: NULL, or gt_twin_keep_B() bytes for all it must know to go
 * on with its work in another process; @inherited: they are those of a process that died, and so
 * this twin begins in the middle of a command, maybe. 0 or negative errno.
 */
int gt_twin_create(const struct gt_hw_events *ev, void *keep, bool inherited, struct gt_hw **out);
size_t gt_twin_keep_B(void);
/* What of them another version of the twin finds there (keep.h). */
extern const struct gt_keep_row gt_twin_keep_rows[];

#endif
