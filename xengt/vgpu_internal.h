/* SPDX-License-Identifier: MIT */
/*
 * One vGPU, as the files of the mediator share it: each part is declared in its own header and
 * written only by its own file.
 *
 * It may lie in memory that outlives the process (guest->keep).  What follows from registers and
 * tables of the guest, and every address of ours, is made anew by who inherits it: vgpu.c.
 */
#ifndef GT_VGPU_INTERNAL_H
#define GT_VGPU_INTERNAL_H

#include "xengt/vgpu.h"

#include "color.h"
#include "display.h"
#include "events.h"
#include "frames.h"
#include "ggtt.h"
#include "gmbus.h"
#include "irq.h"
#include "monitor.h"
#include "pci.h"
#include "pipe_crc.h"
#include "ppgtt.h"
#include "record.h"
#include "regs.h"
#include "submit.h"

struct gt_vgpu {
	struct gt_options opt;
	enum gt_platform_id platform;
	struct gt_partition part;
	struct gt_guest *guest;

	struct gt_events events;
	struct gt_frames *frames;
	struct gt_pci pci;
	struct gt_regs regs;
	struct gt_irq irq;
	struct gt_ggtt ggtt;
	struct gt_ppgtt *ppgtt;
	struct gt_submit submit;
	struct gt_display display;
	struct gt_color color;
	struct gt_pipe_crc pipe_crc;
	struct gt_gmbus gmbus;
	struct gt_monitors monitors;
	uint16_t pcode_frequency[256]; /* clocks.c */
	uint64_t snapshot_serial;
	struct gt_page_cache *page_cache; /* NULL: nobody takes pictures */
	uint64_t display_writes; /* registers of the display written: a client may wait for that */
	struct gt_record *record; /* NULL: nothing is recorded */
	void *twin_keep; /* of guest->keep; NULL: there is none */
	bool is_inherited; /* another process had it, and died */
	bool is_whole; /* it has begun: from here on it can be inherited */
};

/* The twin's part of guest->keep follows the vGPU's, aligned. */
#define GT_KEEP_OF_VGPU_B ((sizeof(struct gt_vgpu) + 63) & ~(size_t)63)

static inline uint64_t gt_now_ns(const struct gt_vgpu *v)
{
	return v->guest->ops->now_ns(v->guest);
}

#endif
