/* SPDX-License-Identifier: MIT */
/*
 * As much of a guest's GPU driver as tests need: pages, GGTT and PPGTT entries, contexts with a
 * ring, execlist submissions, and a reader of the context status buffer.
 */
#ifndef TEST_DRIVER_H
#define TEST_DRIVER_H

#include "vgpu_fixture.h"

#define DRIVER_RING_B 4096u

struct driver {
	struct vgpu_fixture fx;
	gt_gpa_t next_gpa;
	gt_gma_t next_gma;
	gt_gpa_t hwsp_gpa[GT_NR_ENGINES];
	gt_gma_t hwsp_gma[GT_NR_ENGINES];
	unsigned csb_read[GT_NR_ENGINES]; /* last entry read */
};

struct context {
	uint32_t lrca;
	gt_gpa_t gpa; /* of its two pages: status page, then register state */
	gt_gpa_t ring_gpa;
	gt_gma_t ring_gma;
	uint32_t tail;
	gt_gpa_t pml4;
	uint32_t tag;
};

/* A vGPU whose engines all have status pages, with interrupts unmasked. */
void driver_init(struct driver *d, enum gt_platform_id platform);
void driver_finish(struct driver *d);

/* Zeroed pages of guest memory, one behind the other; and the same bound to the GGTT. */
gt_gpa_t driver_alloc(struct driver *d, unsigned nr_pages);
gt_gma_t driver_alloc_ggtt(struct driver *d, unsigned nr_pages, gt_gpa_t *gpa);
void driver_bind_ggtt(struct driver *d, gt_gma_t gma, gt_gpa_t gpa);
/* Make @gma of @c's PPGTT lead to @gpa; bits of the last entry as given (1 present, 2 writable). */
void driver_bind(struct driver *d, struct context *c, gt_gma_t gma, gt_gpa_t gpa, uint64_t bits);

void driver_new_context(struct driver *d, struct context *c);
/* Dwords into the ring; wraps are not handled. The tail is only told by driver_set_tail(). */
void driver_emit(struct driver *d, struct context *c, const uint32_t *dw, size_t nr);
void driver_set_tail(struct driver *d, struct context *c);
uint64_t driver_desc(const struct context *c);
/* Four dwords to ELSP; @c1 may be NULL. Tails are set first. */
void driver_submit(struct driver *d, enum gt_engine e, struct context *c0, struct context *c1);
/* Run until the vGPU has no more to do at once; false if that takes more than @max runs. */
bool driver_run(struct driver *d, unsigned max);
/* Next entry of the context status buffer in guest memory; false if there is no new one. */
bool driver_next_event(struct driver *d, enum gt_engine e, uint32_t *status, uint32_t *tag);

#define EMIT(d, c, ...)                                                                            \
	driver_emit((d), (c), (const uint32_t[]){ __VA_ARGS__ },                                   \
		    sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

#endif
