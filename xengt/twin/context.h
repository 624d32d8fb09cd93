/* SPDX-License-Identifier: MIT */
/*
 * Context images: what is kept of a context while it does not run.
 *
 * Image: page 0 is the context's own status page, page 1 the register state, a list of registers
 * in the form of MI_LOAD_REGISTER_IMM commands.  The guest can write it at any time.  We read
 * values at the places we know, and believe no header and no register offset in it.
 * PRM SKL vol 7, "Register State Context".
 */
#ifndef GT_TWIN_CONTEXT_H
#define GT_TWIN_CONTEXT_H

#include "twin.h"

/* A register of an image: its offset (from the engine's base if below 0x2000), how it is kept. */
#define IMAGE_MASKED GT_BIT(31) /* bits 31:16 of what is written enable bits 15:0 */
#define IMAGE_DRIVER GT_BIT(30) /* loaded, but the driver alone writes it */
#define IMAGE_TWIN   GT_BIT(29) /* state of the streamer, not of the register file */
#define IMAGE_REG    0xffffffu

enum image_part {
	IMAGE_RING,   /* ring and execlist context: always loaded and saved */
	IMAGE_ENGINE, /* the rest, which CONTEXT_CONTROL may inhibit */
};

/* One MI_LOAD_REGISTER_IMM: header at dword @dw, then @nr pairs of register and value. */
struct image_run {
	uint16_t dw;
	uint8_t nr;
	bool posted;
	enum image_part part;
	const uint32_t *regs;
};

struct image_layout {
	const struct image_run *runs;
	size_t nr;
};

const struct image_layout *gt_twin_image_layout(unsigned gen, enum gt_engine e);

/* Take the state of the element that is to run out of its image. False: it cannot be run. */
bool gt_twin_context_load(struct cs *cs);
void gt_twin_context_save(struct cs *cs);
/* On to the next of the batches that run before the ring, or to where the context was. */
void gt_twin_context_next_batch(struct cs *cs);
/* The driver may have moved the tail on. False if the image is gone, or is nonsense. */
bool gt_twin_context_sample_tail(struct cs *cs);
/* After a reset: engine registers that belong to contexts are 0. */
void gt_twin_context_clear(struct cs *cs);
/* The context's own clock: time it has run, in time stamp ticks. */
uint32_t gt_twin_context_ticks(const struct cs *cs);

#endif
