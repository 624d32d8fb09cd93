/* SPDX-License-Identifier: MIT */
/* A guest that shows something: a vGPU on a fake guest, driven by registers as a driver would. */
#ifndef SCREEN_H
#define SCREEN_H

#include "fake_guest.h"
#include "fb.h"
#include "snapshot.h"
#include "vgpu_internal.h"

struct screen {
	struct fake_guest *guest;
	struct gt_vgpu *v;
	gt_gma_t base; /* free graphics memory, contiguous, 64 MiB */
};

void screen_open(struct screen *s, enum gt_platform_id platform);
void screen_close(struct screen *s);
void screen_write(struct screen *s, uint32_t reg, uint32_t val);
/* Switch pipe A on. */
void screen_mode(struct screen *s, uint32_t w_px, uint32_t h_px);
/* Let two frames pass: what was armed is shown. */
void screen_vblank(struct screen *s);

/*
 * Map @nr pages at @gma, in reverse order: page i is guest page screen_gfn(gma + i pages).
 */
void screen_map(struct screen *s, gt_gma_t gma, size_t nr);
gt_gfn_t screen_gfn(const struct screen *s, gt_gma_t gma);
/* Set one PTE and have it taken over. */
void screen_pte(struct screen *s, gt_gma_t gma, uint64_t pte);
/* Guest memory behind a graphics address that screen_map() mapped. */
uint8_t *screen_mem(const struct screen *s, gt_gma_t gma);

/* The registers of a plane (0..), in the order in which a driver writes them. */
struct screen_plane {
	uint32_t ctl, stride, pos, size, offset, surf;
};
void screen_plane(struct screen *s, unsigned plane, const struct screen_plane *p);
void screen_cursor(struct screen *s, uint32_t ctl, uint32_t pos, uint32_t fbc, uint32_t base);

/* A picture of all of head @head, cursor and all, by a camera of the moment. */
enum xengt_status gt_snapshot_take(struct gt_vgpu *v, unsigned head, struct xengt_frame *frame,
				   int *fd, char detail[XENGT_DETAIL_MAX]);

#endif
