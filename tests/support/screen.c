/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>

#define MEM_MiB	  96
#define PAGES_64M (GT_MiB(64) / GT_PAGE_SIZE)

static void give_up(const char *why)
{
	fprintf(stderr, "screen: %s\n", why);
	abort();
}

void screen_open(struct screen *s, enum gt_platform_id platform)
{
	struct gt_options o;
	struct gt_partition part;
	struct gt_error err;

	gt_options_init(&o);
	o.vgt = true;
	o.platform = platform;
	if (gt_partition_init(&part, &o, &err)) {
		give_up(err.text);
	}
	s->guest = fake_guest_create(MEM_MiB, (uint32_t)(part.ggtt_size / GT_PAGE_SIZE));
	if (!s->guest || gt_vgpu_create(&o, &s->guest->base, NULL, &s->v)) {
		give_up("no vGPU");
	}
	s->base = part.unmap_base;
}

void screen_close(struct screen *s)
{
	gt_vgpu_destroy(s->v);
	fake_guest_destroy(s->guest);
}

void screen_write(struct screen *s, uint32_t reg, uint32_t val)
{
	gt_vgpu_bar_write(s->v, GT_BAR_MMIO, reg, 4, val);
}

void screen_mode(struct screen *s, uint32_t w_px, uint32_t h_px)
{
	screen_write(s, 0x60000, (w_px + 159) << 16 | (w_px - 1)); /* HTOTAL */
	screen_write(s, 0x6000c, (h_px + 29) << 16 | (h_px - 1));  /* VTOTAL */
	screen_write(s, 0x6001c, (w_px - 1) << 16 | (h_px - 1));   /* PIPESRC */
	screen_write(s, 0x70008, 1u << 31);			   /* PIPE_CONF */
}

void screen_vblank(struct screen *s)
{
	s->guest->clock_ns += 2000000000;
	gt_vgpu_run(s->v);
}

gt_gfn_t screen_gfn(const struct screen *s, gt_gma_t gma)
{
	uint64_t page = (gma - s->base) / GT_PAGE_SIZE;

	if (gma < s->base || page >= PAGES_64M) {
		give_up("an address beyond 64 MiB");
	}
	return 1024 + PAGES_64M - page;
}

uint8_t *screen_mem(const struct screen *s, gt_gma_t gma)
{
	return s->guest->mem + screen_gfn(s, gma) * GT_PAGE_SIZE + gma % GT_PAGE_SIZE;
}

void screen_map(struct screen *s, gt_gma_t gma, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		uint64_t page = gma / GT_PAGE_SIZE + i;

		s->guest->base.gtt[page] =
			screen_gfn(s, page * GT_PAGE_SIZE) << GT_PAGE_SHIFT | 1;
	}
	screen_write(s, 0x101008, 1);
}

void screen_pte(struct screen *s, gt_gma_t gma, uint64_t pte)
{
	s->guest->base.gtt[gma / GT_PAGE_SIZE] = pte;
	screen_write(s, 0x101008, 1);
}

void screen_plane(struct screen *s, unsigned plane, const struct screen_plane *p)
{
	uint32_t at = 0x70180 + plane * 0x100;

	screen_write(s, at + 0x08, p->stride);
	screen_write(s, at + 0x0c, p->pos);
	screen_write(s, at + 0x10, p->size);
	screen_write(s, at + 0x24, p->offset);
	screen_write(s, at, p->ctl);
	screen_write(s, at + 0x1c, p->surf);
}

void screen_cursor(struct screen *s, uint32_t ctl, uint32_t pos, uint32_t fbc, uint32_t base)
{
	screen_write(s, 0x700a0, fbc);
	screen_write(s, 0x70080, ctl);
	screen_write(s, 0x70088, pos);
	screen_write(s, 0x70084, base);
}

enum xengt_status gt_snapshot_take(struct gt_vgpu *v, unsigned head, struct xengt_frame *frame,
				   int *fd, char detail[XENGT_DETAIL_MAX])
{
	const struct gt_view view = { .head = head };
	struct gt_camera cam;
	enum xengt_status status;

	if (gt_camera_init(&cam, v)) {
		give_up("no camera");
	}
	status = gt_camera_take(&cam, &view, 0, NULL, frame, fd, detail);
	gt_camera_finish(&cam);
	return status;
}
