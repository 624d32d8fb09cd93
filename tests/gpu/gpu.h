/* SPDX-License-Identifier: MIT */
/*
 * A program for the lab's guests that asks their unmodified i915 for everything a GPU does without
 * drawing triangles, and compares.  By ioctl alone, linked statically.
 *
 *   drm.c       buffers at fixed addresses, batches, submissions
 *   engines.c   commands of all engines, contexts, hangs
 *   blits.c     every family of 2D commands into a picture, and the picture by the processor
 *   main.c      verbs
 */
#ifndef GPU_JUDGE_H
#define GPU_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_B 4096u

enum engine { RCS, BCS, VCS, VECS, NR_ENGINES };
extern const char *const engine_name[NR_ENGINES];
/* Offset of its registers. */
extern const uint32_t engine_base[NR_ENGINES];

struct buffer {
	uint32_t handle;
	uint32_t size_B;
	uint64_t gma; /* in every context */
	uint32_t *map;
};

struct batch {
	struct buffer bo;
	uint32_t nr_dw;
};

extern int card; /* file descriptor */

/* ioctl, again when interrupted: 0 or -errno. */
int call(unsigned long request, void *argument);
/* call(), which must do. */
void must(unsigned long request, void *argument, const char *what);
/* The node without a screen, or with it: whoever lets that go gives the console its mode back. */
#define NODE_RENDER "/dev/dri/renderD128"
#define NODE_CARD   "/dev/dri/card0"
void card_open(const char *path);
/* Whether the GPU is a Broadwell, gen8, and not a gen9. */
bool card_is_gen8(void);

/* Zeroed, coherent with the processor. */
struct buffer buffer_new(uint32_t size_B);
/* At the next free address. */
uint64_t address_new(uint32_t size_B);
void buffer_free(struct buffer *bo);
/* Until the GPU is done with it; false after @ms. */
bool buffer_wait(const struct buffer *bo, int64_t ms);

struct batch batch_new(void);
void emit(struct batch *b, uint32_t dw);
void emit_address(struct batch *b, uint64_t gma);
/* @nr dwords of a list. */
void emit_list(struct batch *b, const uint32_t *dw, size_t nr);
#define EMIT(b, ...)                                                                               \
	emit_list((b), (const uint32_t[]){ __VA_ARGS__ },                                          \
		  sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

uint32_t context_new(void);
void context_free(uint32_t id);
/*
 * Ends the batch and submits it: @nr buffers that it writes, by addresses they keep.  They are not
 * waited for if @async: batches of several engines then run at once.  0 or -errno.
 */
int submit(struct batch *b, enum engine e, uint32_t context, struct buffer *const *list, size_t nr,
	   bool async);
/* submit(), and until it is done, and the batch is gone. */
bool run(struct batch *b, enum engine e, struct buffer *bo);

/* One line "judge NAME pass", or "judge NAME fail" and what was found. */
void verdict(const char *name, const char *suffix, bool ok, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* One line "judge NAME skip". */
void verdict_skip(const char *name, const char *suffix);

void engines_judge(void);
void hangs_judge(void);
/*
 * The picture, on the screen until a signal comes.  A line "fb WIDTH HEIGHT STRIDE_B BITS" when
 * it is there; the processor's picture is in the file @reference.
 */
void blits_judge(const char *reference);

#endif
