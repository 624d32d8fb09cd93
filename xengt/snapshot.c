/* SPDX-License-Identifier: MIT */
/*
 * A picture of one pipe, in a sealed memfd.  What is in it is compose.c's business.
 */
#include "snapshot.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "compose.h"
#include "sealed.h"
#include "vgpu_internal.h"
#include "xengt/log.h"

static uint64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fill_frame(const struct gt_compose *c, size_t size_B, struct xengt_frame *frame)
{
	*frame = (struct xengt_frame){
		.width_px = c->w_px,
		.height_px = c->h_px,
		.stride_B = (uint32_t)c->stride_B,
		.fourcc = XENGT_FOURCC_XRGB8888,
		.size_B = size_B,
		.serial = ++c->v->snapshot_serial,
		.time_ns = monotonic_ns(),
	};
}

enum xengt_status gt_snapshot_take(struct gt_vgpu *v, unsigned head, struct xengt_frame *frame,
				   int *fd, char detail[XENGT_DETAIL_MAX])
{
	struct gt_page_mapper mapper;
	struct gt_compose c = { .v = v, .pipe = head, .source = &mapper.source, .detail = detail };
	enum xengt_status status = gt_compose_ready(v, head);
	struct gt_sealed mem;
	size_t size_B;
	int ret;

	*fd = -1;
	detail[0] = 0;
	if (status) {
		return status;
	}
	gt_display_latch(v, head);
	status = gt_compose_size(v, head, &c.w_px, &c.h_px, detail);
	if (status) {
		return status;
	}
	c.stride_B = (c.w_px * 4 + 63) & ~63u;
	size_B = c.stride_B * c.h_px;
	ret = gt_sealed_open(&mem, "xengt-frame", size_B);
	if (ret) {
		gt_warn(GT_T_SNAPSHOT, "no memory for a picture: %s", strerror(-ret));
		return XENGT_E_MEMORY;
	}
	c.pixels = mem.mem;
	gt_page_mapper_init(&mapper, v);
	status = gt_compose_pipe(&c, true);
	if (status) {
		gt_sealed_abort(&mem);
		return status;
	}
	ret = gt_sealed_finish(&mem);
	if (ret < 0) {
		snprintf(detail, XENGT_DETAIL_MAX, "sealing the picture failed: %s",
			 strerror(-ret));
		return XENGT_E_INTERNAL;
	}
	fill_frame(&c, size_B, frame);
	gt_count(v, GT_C_snapshots);
	*fd = ret;
	return XENGT_OK;
}
