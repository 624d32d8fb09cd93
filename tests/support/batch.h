/* SPDX-License-Identifier: MIT */
/* One context with a batch and a page of data in its PPGTT: what tests of commands begin with. */
#ifndef TEST_BATCH_H
#define TEST_BATCH_H

#include "driver.h"

#define BATCH_DATA 0x200000u /* in the PPGTT: a page of data */
#define BATCH_AT   0x400000u /* and a page of commands */

#define MI_END	   0x05000000u
#define BB_START   0x18800101u /* in the PPGTT */
#define BB_GGTT	   0x18800001u
#define STORE	   0x10000002u
#define STORE_GGTT 0x10400002u
#define SRM	   0x12000002u
#define LRI(n)	   (0x11000001u + 2 * ((n) - 1))
#define GPR(i)	   (0x2600u + 8 * (i))

struct batch {
	struct driver d;
	struct context c;
	gt_gpa_t data_gpa, batch_gpa;
	uint32_t at; /* bytes emitted */
	uint32_t seqno;
};

void batch_init(struct batch *b, enum gt_platform_id platform);
void batch_finish(struct batch *b);
/* A new context with the same batch and data. */
void batch_new_context(struct batch *b);
void batch_emit(struct batch *b, const uint32_t *dw, size_t nr);
/* End the batch, run it on @e with a seqno behind it; true if the engine got that far. */
bool batch_completes(struct batch *b, enum gt_engine e);
/* The same for what is in the ring. */
bool batch_ring_completes(struct batch *b, enum gt_engine e);
uint32_t batch_data(const struct batch *b, uint32_t off);
void batch_set_data(struct batch *b, uint32_t off, uint32_t val);
uint64_t batch_count(const struct batch *b, enum gt_counter k);
/* Dword of the context's image; of the status page of an engine. */
uint32_t batch_image(const struct batch *b, const struct context *c, uint32_t dw);

#define BATCH(b, ...)                                                                              \
	batch_emit((b), (const uint32_t[]){ __VA_ARGS__ },                                         \
		   sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

#endif
