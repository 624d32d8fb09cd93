/* SPDX-License-Identifier: MIT */
/*
 * One vGPU: puts the parts together, and sends each access to the part it belongs to.
 */
#include "xengt/vgpu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "page_cache.h"
#include "vgpu_internal.h"
#include "xengt/log.h"

/* Pipes, planes, scalers and palettes: what a picture depends on lies between these. */
#define DISPLAY_REGS	 0x49000u
#define DISPLAY_REGS_END 0x80000u

void gt_vgpu_reset(struct gt_vgpu *v)
{
	gt_record_begin(v->record);
	gt_pci_reset(v);
	gt_regs_reset(v);
	gt_pvinfo_reset(v);
	gt_ggtt_reset(v);
	gt_ppgtt_forget(v->ppgtt);
	gt_submit_reset(v, (1u << GT_NR_ENGINES) - 1);
	gt_display_reset(v);
	gt_color_reset(v);
	gt_pipe_crc_reset(v);
	gt_gmbus_reset(v);
	gt_monitors_reset(v);
	memset(v->pcode_frequency, 0, sizeof(v->pcode_frequency));
	gt_irq_update(v);
	gt_record_call(v->record, 'z', v->submit.busy);
}

size_t gt_vgpu_keep_B(void)
{
	return GT_KEEP_OF_VGPU_B + gt_twin_keep_B();
}

/* Addresses of the process that died, and what it alone had open. */
static void drop_lost(struct gt_vgpu *v)
{
	static const enum gt_counter now[] = { GT_C_clients_now, GT_C_frames_cached_now,
					       GT_C_ppgtt_tracked_now };

	v->page_cache = NULL;
	v->record = NULL;
	v->frames = NULL;
	v->ppgtt = NULL;
	v->regs = (struct gt_regs){ 0 };
	v->ggtt = (struct gt_ggtt){ 0 };
	v->submit.hw = NULL;
	v->pipe_crc.picture = NULL;
	v->pipe_crc.picture_B = 0;
	for (size_t i = 0; i < GT_ARRAY_SIZE(now); i++) {
		v->events.count[now[i]] = 0;
	}
	gt_gmbus_reset(v);
	gt_count(v, GT_C_inherited);
}

/* A new vGPU, zeros, or the one that is in @guest's keep. */
static struct gt_vgpu *find_or_alloc(struct gt_guest *guest)
{
	struct gt_vgpu *v = guest->keep;

	if (!v) {
		return calloc(1, sizeof(*v));
	}
	if (v->is_whole) {
		v->is_inherited = true;
		drop_lost(v);
	} else {
		memset(guest->keep, 0, gt_vgpu_keep_B());
	}
	v->twin_keep = (uint8_t *)guest->keep + GT_KEEP_OF_VGPU_B;
	return v;
}

static void let_go(struct gt_vgpu *v)
{
	if (v != v->guest->keep) {
		free(v);
	}
}

/* What has memory of its own; undone by destroy_parts(), also if it stopped half-way. */
static int create_parts(struct gt_vgpu *v)
{
	int ret = gt_frames_create(v, &v->frames);

	if (!ret) {
		ret = gt_regs_init(v);
	}
	if (!ret) {
		ret = gt_ggtt_init(v);
	}
	if (!ret) {
		ret = gt_ppgtt_create(v, &v->ppgtt);
	}
	return ret ? ret : gt_submit_init(v);
}

static void destroy_parts(struct gt_vgpu *v)
{
	gt_submit_finish(v);
	gt_ppgtt_destroy(v->ppgtt);
	gt_ggtt_finish(v);
	gt_regs_finish(v);
	gt_frames_destroy(v->frames);
}

/* The state of a machine that was switched on. */
static int begin(struct gt_vgpu *v, const uint8_t *edid)
{
	int ret = gt_monitors_init(v, edid);

	if (!ret) {
		ret = gt_pci_init(v);
	}
	if (!ret) {
		ret = gt_display_init(v);
	}
	if (!ret) {
		gt_vgpu_reset(v);
	}
	return ret;
}

/* The state is there.  An interrupt may have been lost between its bit and its message. */
static void go_on(struct gt_vgpu *v)
{
	v->irq.msi = false;
	gt_irq_update(v);
}

int gt_vgpu_create(const struct gt_options *o, struct gt_guest *guest, const uint8_t *edid,
		   struct gt_vgpu **out)
{
	struct gt_error err;
	struct gt_vgpu *v = find_or_alloc(guest);
	int ret;

	if (!v) {
		return -ENOMEM;
	}
	v->opt = *o;
	v->platform = o->platform;
	v->guest = guest;
	ret = gt_partition_init(&v->part, o, &err);
	if (!ret && guest->nr_gtt < v->part.ggtt_size / GT_PAGE_SIZE) {
		ret = -EINVAL;
	}
	if (!ret) {
		ret = create_parts(v);
		if (!ret && v->is_inherited) {
			go_on(v);
		} else if (!ret) {
			ret = begin(v, edid);
		}
		if (ret) {
			destroy_parts(v);
		}
	}
	if (ret) {
		let_go(v);
		return ret;
	}
	v->is_whole = true;
	*out = v;
	return 0;
}

void gt_vgpu_destroy(struct gt_vgpu *v)
{
	if (!v) {
		return;
	}
	gt_record_destroy(v->record);
	destroy_parts(v);
	gt_pipe_crc_reset(v);
	v->is_whole = false;
	let_go(v);
}

bool gt_vgpu_is_inherited(const struct gt_vgpu *v)
{
	return v->is_inherited;
}

void gt_vgpu_forget_work(struct gt_vgpu *v)
{
	gt_submit_reset(v, (1u << GT_NR_ENGINES) - 1);
}

int gt_vgpu_record(struct gt_vgpu *v, int fd, uint64_t max_B)
{
	return gt_record_create(v, fd, max_B, &v->record);
}

int gt_vgpu_plug(struct gt_vgpu *v, unsigned head, const uint8_t *edid, size_t edid_B)
{
	return gt_monitor_plug(v, head, edid, edid_B);
}

uint32_t gt_vgpu_config_read(struct gt_vgpu *v, uint32_t off, unsigned size)
{
	uint32_t val;

	gt_count(v, GT_C_exits_config_read);
	gt_record_begin(v->record);
	val = gt_pci_read(v, off, size);
	gt_record_access(v->record, 'c', off, size, val);
	return val;
}

void gt_vgpu_config_write(struct gt_vgpu *v, uint32_t off, unsigned size, uint32_t val)
{
	gt_count(v, GT_C_exits_config_write);
	gt_record_begin(v->record);
	gt_pci_write(v, off, size, val);
	gt_record_access(v->record, 'C', off, size, val);
}

static bool size_is_valid(unsigned size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Whether an access lies wholly inside [start, start + len). */
static bool within(uint64_t off, unsigned size, uint64_t start, uint64_t len)
{
	return off >= start && len >= size && off - start <= len - size;
}

static uint64_t read_mmio_bar(struct gt_vgpu *v, uint64_t off, unsigned size)
{
	if (within(off, size, 0, GT_REGS_SIZE)) {
		gt_count(v, GT_C_exits_reg_read);
		return gt_regs_read(v, (uint32_t)off, size);
	}
	if (within(off, size, GT_BAR0_GTT, GT_BAR0_SIZE - GT_BAR0_GTT)) {
		gt_count(v, GT_C_exits_gtt_read);
		return gt_ggtt_bar_read(v, off - GT_BAR0_GTT, size);
	}
	gt_event(v, GT_EV_bad_access, "read of %u bytes at 0x%llx of BAR0", size,
		 (unsigned long long)off);
	return within(off, size, 0, GT_BAR0_SIZE) ? 0 : UINT64_MAX;
}

static uint64_t bar_read(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size)
{
	if (!size_is_valid(size)) {
		gt_event(v, GT_EV_bad_access, "read of %u bytes", size);
		return UINT64_MAX;
	}
	switch (bar) {
	case GT_BAR_MMIO:
		return read_mmio_bar(v, off, size);
	case GT_BAR_APERTURE:
		gt_count(v, GT_C_exits_aperture_read);
		return gt_aperture_read(v, off, size);
	case GT_BAR_ROM:
		gt_count(v, GT_C_exits_rom_read);
		if (within(off, size, 0, GT_ROM_SIZE)) {
			uint64_t val = 0;

			memcpy(&val, v->pci.rom + off, size);
			return val;
		}
		break;
	}
	return UINT64_MAX;
}

/* How a trace names an access to a BAR. */
static char bar_kind(enum gt_bar bar, bool write)
{
	switch (bar) {
	case GT_BAR_MMIO:
		return write ? 'w' : 'r';
	case GT_BAR_APERTURE:
		return write ? 'A' : 'a';
	case GT_BAR_ROM:
		break;
	}
	return write ? 'O' : 'o';
}

uint64_t gt_vgpu_bar_read(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size)
{
	uint64_t val;

	gt_record_begin(v->record);
	val = bar_read(v, bar, off, size);
	gt_record_access(v->record, bar_kind(bar, false), off, size, val);
	return val;
}

static void write_mmio_bar(struct gt_vgpu *v, uint64_t off, unsigned size, uint64_t val)
{
	if (within(off, size, 0, GT_REGS_SIZE)) {
		gt_count(v, GT_C_exits_reg_write);
		gt_regs_write(v, (uint32_t)off, size, val);
		v->display_writes += off >= DISPLAY_REGS && off < DISPLAY_REGS_END;
	} else if (within(off, size, GT_BAR0_GTT, GT_BAR0_SIZE - GT_BAR0_GTT)) {
		gt_count(v, GT_C_exits_gtt_write);
		gt_ggtt_bar_write(v, off - GT_BAR0_GTT, size, val);
	} else {
		gt_event(v, GT_EV_bad_access, "write of %u bytes at 0x%llx of BAR0", size,
			 (unsigned long long)off);
	}
}

static void bar_write(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size,
		      uint64_t val)
{
	if (!size_is_valid(size)) {
		gt_event(v, GT_EV_bad_access, "write of %u bytes", size);
		return;
	}
	switch (bar) {
	case GT_BAR_MMIO:
		write_mmio_bar(v, off, size, val);
		break;
	case GT_BAR_APERTURE:
		gt_count(v, GT_C_exits_aperture_write);
		gt_aperture_write(v, off, size, val);
		break;
	case GT_BAR_ROM:
		break;
	}
}

void gt_vgpu_bar_write(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size,
		       uint64_t val)
{
	gt_record_begin(v->record);
	bar_write(v, bar, off, size, val);
	gt_record_access(v->record, bar_kind(bar, true), off, size, val);
}

bool gt_vgpu_bar_find(struct gt_vgpu *v, gt_gpa_t gpa, enum gt_bar *bar, uint64_t *off)
{
	const struct {
		enum gt_bar bar;
		uint64_t size;
	} bars[] = {
		{ GT_BAR_MMIO, GT_BAR0_SIZE },
		{ GT_BAR_APERTURE, v->part.aperture_size },
		{ GT_BAR_ROM, GT_ROM_SIZE },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(bars); i++) {
		gt_gpa_t base = v->pci.placed[i];

		if (base && gpa >= base && gpa - base < bars[i].size) {
			*bar = bars[i].bar;
			*off = gpa - base;
			return true;
		}
	}
	return false;
}

void gt_vgpu_invalidate(struct gt_vgpu *v)
{
	gt_record_begin(v->record);
	gt_ppgtt_forget(v->ppgtt);
	gt_frames_drop_all(v->frames);
	if (v->page_cache) {
		gt_page_cache_drop(v->page_cache);
	}
	gt_record_call(v->record, 'v', v->submit.busy);
}

bool gt_vgpu_run(struct gt_vgpu *v)
{
	bool more;

	gt_record_begin(v->record);
	more = gt_submit_run(v);
	gt_display_run(v);
	gt_record_call(v->record, 'x', v->submit.busy);
	gt_frames_trim(v->frames);
	return more;
}

uint64_t gt_vgpu_deadline_ns(const struct gt_vgpu *v)
{
	uint64_t submit_ns = gt_submit_deadline_ns(v), display_ns = gt_display_deadline_ns(v);

	return submit_ns < display_ns ? submit_ns : display_ns;
}

void gt_vgpu_woken(struct gt_vgpu *v)
{
	gt_count(v, GT_C_wakeups);
}
