/* SPDX-License-Identifier: MIT */
/* Pictures composed from a fake guest's planes, for tests that look at single pixels. */
#ifndef PICTURE_H
#define PICTURE_H

#include "compose.h"
#include "screen.h"

#define PICTURE_W	 200u
#define PICTURE_H_PX	 120u
#define PICTURE_STRIDE_B 4096u

/* A screen of PICTURE_W x PICTURE_H_PX, with 4 MiB of memory at base. */
extern struct screen picture_screen;
extern char picture_detail[XENGT_DETAIL_MAX];
extern uint32_t picture_w, picture_h; /* of the last one composed */

void picture_open(enum gt_platform_id platform);
void picture_close(void);

/* Let a vblank pass, and compose pipe A with its cursor; parts of it, too, must be the same. */
enum xengt_status picture_compose(void);
void picture_must_compose(void);
/* The pixel is @want, or each channel of it at most @slack away. */
void picture_must_be(uint32_t x, uint32_t y, uint32_t want);
void picture_must_be_near(uint32_t x, uint32_t y, uint32_t want, int slack);

/* A colour for each place, such that any mix-up shows. */
uint32_t picture_colour(uint32_t x, uint32_t y);

/* Guest memory: @nr_B bytes; a pixel of 32 bits in rows of PICTURE_STRIDE_B; many of one colour, or
 * each of its own. */
void picture_put(gt_gma_t gma, uint64_t val, unsigned nr_B);
void picture_put_xrgb(gt_gma_t gma, uint32_t x, uint32_t y, uint32_t argb);
void picture_fill(gt_gma_t gma, uint32_t w, uint32_t h, uint32_t argb);
void picture_paint(gt_gma_t gma, uint32_t w, uint32_t h);

/* A linear plane of XRGB8888 on gen9; a register of a plane; a scaler with its window. */
#define PICTURE_XRGB (1u << 31 | 4u << 24)
struct screen_plane picture_linear(gt_gma_t gma, uint32_t w, uint32_t h);
void picture_write_plane(unsigned plane, uint32_t reg, uint32_t val);
void picture_scaler(unsigned id, unsigned user, uint32_t x, uint32_t y, uint32_t w, uint32_t h);

#endif
