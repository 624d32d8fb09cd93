/* SPDX-License-Identifier: MIT */
/*
 * The twin's insides: one command streamer an engine, and the memory they share.
 *
 *   twin.c          the GPU seam: submissions, switching, preemption, budget
 *   context.c       contexts in and out of their images; context_rows.c: their layout
 *   cs.c            fetch, length, dispatch, levels of batches
 *   mi*.c, math.c   MI commands
 *   pipe_control.c  PIPE_CONTROL and MI_FLUSH_DW
 *   blt*.c          the blitter
 *   mem.c           shadow entries to host memory
 *
 * A guest writes its commands while they run: a dword of a command is read once, into cmd->dw.
 */
#ifndef GT_TWIN_H
#define GT_TWIN_H

#include "xengt/hw.h"

/* Room for the longest command that is executed and not only skipped: 0x3ff + 2 dwords. */
#define CMD_MAX_DW 1025u

/* Root of the GGTT where a PPGTT has its PML4's address. */
#define ROOT_GGTT UINT64_MAX
/* Root of an engine's context with legacy 32-bit addressing: four page directories, cs->pdp[]. */
#define ROOT_LEGACY(engine) (GT_PAGE_SIZE * (uint64_t)(engine) + 2)
#define ROOT_IS_LEGACY(root) ((root) % GT_PAGE_SIZE == 2)


struct twin;

/*
 * A batch: 1 first level, 2 second level, 3 one of those that run before the ring goes on; the
 * ring is level 0 and lives in struct cs.
 */
struct level {
	bool ppgtt;
	bool valid; /* in an image: the context is within this batch */
	gt_gma_t at;
	gt_gma_t end; /* of the indirect context batch, which nothing else ends; else UINT64_MAX */
};

#define MAX_DEPTH 2
#define PROLOGUE  3

/* What the XY_SETUP commands leave for others; blt.c. */
#define BLT_SETUP_DW 12u
struct blt_setup {
	uint32_t dw[BLT_SETUP_DW]; /* the command, and the clip rectangle as last set */
};

struct cs {
	struct twin *tw;
	enum gt_engine id;
	uint32_t base; /* of its registers */

	struct gt_hw_elem elem[2], next[2];
	unsigned cur;	/* element that runs */
	bool active;	/* elem[] is valid */
	bool announced; /* GT_HW_ACTIVE was sent for it */
	bool has_next;
	bool loaded; /* the state below is that of elem[cur] */
	bool hung;   /* until a reset */
	bool in_semaphore;

	uint32_t head, tail, start, ctl, size_B; /* of the ring, bytes */
	uint32_t control; /* CONTEXT_CONTROL */
	uint64_t pml4;	  /* root of its PPGTT */
	gt_gpa_t pdp[4];  /* if that is ROOT_LEGACY */
	/* Time stamp at which the context's own clock was 0; that clock, when none is loaded. */
	uint32_t ticks_base;
	struct level level[PROLOGUE + 1];
	unsigned depth;
	struct level prologue[2]; /* indirect context batch and PER_CTX_PTR, if still to run */
	unsigned resume_depth;	  /* when those are through */

	bool no_arbitration; /* MI_ARB_ON_OFF */
	bool predicated;     /* MI_SET_PREDICATE: commands do nothing */
	bool may_preempt;    /* the last command was an arbitration point */
	gt_gma_t spin_at;    /* where the last MI_BATCH_BUFFER_START led */
	bool spinning;	     /* nothing was done since that could matter to anybody */

	uint32_t ipehr;
	uint64_t acthd;
	uint32_t blt_done; /* pieces of the current blit */
	struct blt_setup blt_setup;
};

struct cmd {
	uint32_t header;
	uint32_t len_dw;	   /* as the header says */
	uint32_t dw[CMD_MAX_DW];   /* what there is room for */
	bool privileged;	   /* from the ring or a batch in the GGTT */
	bool ignored;		   /* a driver's command from a user: it does nothing */
};

/* What becomes of a command. */
enum verdict {
	CMD_DONE,  /* go on behind it */
	CMD_JUMP,  /* go on where the streamer was set to */
	CMD_WAIT,  /* the same again, when memory may have changed */
	CMD_SPIN,  /* go on where the streamer was set to, when memory may have changed */
	CMD_AGAIN, /* the same again, it is not finished */
	CMD_HANG,  /* nothing more until a reset */
};

typedef enum verdict (*cmd_fn)(struct cs *cs, const struct cmd *cmd);

/* MI commands by opcode, header bits 28:23; NULL: skip it. */
#define NR_MI_OPS 64
extern const cmd_fn gt_twin_mi[NR_MI_OPS];

/* A piece is a part of a row that the blitter does at once. */
#define BLT_PIECE_B 16384u
struct blt_buffers {
	uint8_t src[BLT_PIECE_B], pat[BLT_PIECE_B], dst[BLT_PIECE_B];
	uint8_t bits[BLT_PIECE_B / 8 + 2];
	uint8_t keep[BLT_PIECE_B]; /* of pixels: is not written */
};

struct tlb {
	uint64_t generation, root, page;
	uint8_t *host;
	bool write;
};
#define NR_TLB 256u

struct twin {
	struct gt_hw base;
	struct gt_hw_events ev;
	struct cs cs[GT_NR_ENGINES];
	uint64_t tlb_generation;
	struct tlb tlb[NR_TLB];
	uint64_t cost; /* of what was done in this run, see cs.c */
	uint64_t nr_commands;
	bool progress;
	struct blt_buffers blt;
	bool is_kept; /* lies in memory that outlives us */
};

/* mem.c. Reads of what is not there give 0 and false; writes are dropped and give false. */
void gt_twin_tlb_flush(struct twin *tw);
uint8_t *gt_twin_map(struct twin *tw, uint64_t root, gt_gma_t gma, bool write);
bool gt_twin_read(struct twin *tw, uint64_t root, gt_gma_t gma, void *buf, size_t len);
bool gt_twin_write(struct twin *tw, uint64_t root, gt_gma_t gma, const void *buf, size_t len);

/* cs.c */
/* Does the command that begins with @header do anything?  If not, it is skipped by its length. */
bool gt_twin_executes(enum gt_engine e, uint32_t header);
/* One command of a loaded context, the ring not being empty. */
enum verdict gt_twin_step(struct cs *cs);
/* Address spaces a command can mean: the GGTT only if it is privileged and says so. */
uint64_t gt_twin_root(const struct cs *cs, const struct cmd *cmd, bool ggtt);
/* Behind a batch: where the streamer goes on. */
void gt_twin_leave_batch(struct cs *cs);
/* A jump to @to: is it the same again, with nothing done since? */
bool gt_twin_spins(struct cs *cs, gt_gma_t to);
void gt_twin_ring_state(const struct cs *cs, struct gt_hw_ring *out);
void gt_twin_bad(struct cs *cs, uint32_t header, const char *why);
/* The same, of a kind; @reg if it is about a register, @why if there is more to say. */
void gt_twin_fault(struct cs *cs, enum gt_hw_fault fault, uint32_t header, uint32_t reg,
		   const char *why);
/* 64-bit address of two dwords, 48 bits of it. */
gt_gma_t gt_twin_address(uint32_t lo, uint32_t hi);
/* 64 bits of time stamp. */
uint64_t gt_twin_timestamp(const struct cs *cs);

enum verdict gt_twin_math(struct cs *cs, const struct cmd *cmd);
enum verdict gt_twin_flush_dw(struct cs *cs, const struct cmd *cmd);
enum verdict gt_twin_pipe_control(struct cs *cs, const struct cmd *cmd);
/* A 2D command: blt.c knows which of them do something. */
bool gt_twin_blt_executes(uint32_t header);
enum verdict gt_twin_blt(struct cs *cs, const struct cmd *cmd);

#endif
