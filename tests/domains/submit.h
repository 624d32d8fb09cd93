/* SPDX-License-Identifier: MIT */
/*
 * Execlists, as little of them as a driver can do with: one context with its ring, a PPGTT of one
 * table a level, and the status buffer.  PRM SKL vol 7, "Execlists"; context image: vol 7,
 * "Register State Context".
 */
#ifndef TESTDOM_SUBMIT_H
#define TESTDOM_SUBMIT_H

#include <stdbool.h>
#include <stdint.h>

#define MI_NOOP                 0x00000000u
#define MI_USER_INTERRUPT       0x01000000u
#define MI_BATCH_BUFFER_END     0x05000000u
#define MI_STORE_DATA_IMM       0x10000002u /* address low, high, data */
#define MI_STORE_DATA_IMM_GGTT  0x10400002u
#define MI_BATCH_BUFFER_START   0x18800101u /* PPGTT; address low, high */
#define MI_FLUSH_DW_GGTT        0x13004002u /* address | 4, high, data, 0 */
#define PIPE_CONTROL            0x7a000004u
#define PIPE_CONTROL_WRITE_GGTT 0x01104000u /* CS stall, write data */
#define XY_COLOR_BLT            0x54300005u

#define CSB_ENTRIES   6u
#define CSB_ACTIVE    0x01u
#define CSB_SWITCHED  0x04u
#define CSB_IDLE      0x08u
#define CSB_COMPLETE  0x10u
#define SUBMIT_US     2000000u
#define PPGTT_ADDRESS 0x80c0a07000ull /* a different index at every level */

struct engine {
	const char *name;
	uint32_t base, shift; /* of its 16 bits in the GT0 interrupt bank */
	uint32_t master;      /* its bit in the master register */
	uint32_t *status;     /* its status page */
	uint32_t status_gma;
	uint32_t events; /* seen so far */
};

struct context {
	uint32_t *image; /* page 0: status; page 1: registers */
	uint32_t *ring;  /* one page */
	uint32_t ring_gma, tail_B;
	uint64_t desc;
	uint64_t *pml4, *table; /* root, and the last level */
};

/* Status page, run-list mode, pointers; false if graphics memory is short. */
bool engine_start(struct engine *e);
/* @tag: the driver's number for it. False if graphics memory is short. */
bool context_make(struct context *c, uint32_t tag);
/* Map page @ram at PPGTT_ADDRESS + @index pages. */
void context_map(struct context *c, uint32_t index, const void *ram);
/* Before a request: no command may go around the ring's end, so go there if it is close. */
#define REQUEST_BYTES 256u
void ring_begin(struct context *c);
void ring_emit(struct context *c, uint32_t dword);
/* Pad, publish the tail. */
void ring_close(struct context *c);
/* Write the execlist port; @b may be NULL. */
void submit(const struct engine *e, const struct context *a, const struct context *b);
/* Until @nr more events are in the status buffer; copies their status dwords. */
bool wait_events(struct engine *e, uint32_t nr, uint32_t *status);
/* The reset a driver does to an engine that hangs. */
bool engine_recover(struct engine *e);

#endif
