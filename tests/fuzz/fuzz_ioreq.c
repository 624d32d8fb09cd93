/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: arbitrary requests against a whole vGPU.
 *
 * An input is a list of 24-byte records.  Most are ioreqs, aimed at BARs and registers that exist
 * half of the time, for a purely random address finds nothing; the others change guest memory, the
 * GTT, the clock, let the engines run, or make the next host call fail.  One vGPU lives through all
 * inputs, so states pile up; every 4096th input starts a new one, which also finds leaks.
 */
#include <stdlib.h>
#include <string.h>

#include "vgpu_fixture.h"
#include "xengt/ioreq.h"
#include "xengt/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern size_t fuzz_input_max;

size_t fuzz_input_max = 384;

struct record {
	uint8_t kind;
	uint8_t flags; /* 0 read, 1 down, 2 data_is_ptr, 5:3 log2 of size and wild, 7:6 count */
	uint16_t row;
	uint32_t off;
	uint64_t addr;
	uint64_t data;
};

static struct vgpu_fixture x;

static void start(void)
{
	gt_log_configure("error");
	vgpu_fixture_init(&x, GT_SKL);
	vgpu_fixture_enable(&x);
}

/* An address that is likely to mean something. */
static uint64_t aim(const struct record *r)
{
	const struct gt_reg_row *row = x.v->regs.rows[r->row % x.v->regs.nr_rows];
	uint32_t base = row->each == GT_PER_ENGINE ? gt_engine_base[r->off % GT_NR_ENGINES] : 0;

	switch (r->kind >> 5) {
	case 0: case 1: case 2:
		return x.v->pci.placed[0] + base + row->off + (r->off >> 24) % 8;
	case 3:
		return x.v->pci.placed[0] + r->off % GT_BAR0_SIZE;
	case 4:
		return x.v->pci.placed[0] + GT_BAR0_GTT + r->off % (GT_BAR0_SIZE - GT_BAR0_GTT);
	case 5:
		return x.v->pci.placed[1] + r->off % x.v->part.aperture_size;
	case 6:
		return x.v->pci.placed[2] + r->off % GT_ROM_SIZE;
	default:
		return r->addr;
	}
}

static void send_ioreq(const struct record *r)
{
	struct gt_ioreq req = {
		.type = (enum gt_ioreq_type)((r->kind & 3) ? GT_IOREQ_MEMORY : r->row % 6),
		.addr = aim(r),
		.data = r->flags & 4 ? r->data % (x.guest->mem_B + GT_PAGE_SIZE) : r->data,
		.size = 1u << ((r->flags >> 3) & 3),
		.count = (r->flags & 0xc0) ? 1 : (uint32_t)(r->data >> 48),
		.read = r->flags & 1,
		.down = r->flags & 2,
		.data_is_ptr = r->flags & 4,
	};

	if (r->flags & 0x20) {
		req.size = (uint32_t)r->addr;
	}
	if (req.type == GT_IOREQ_CONFIG) {
		req.addr = r->addr % 300;
	}
	gt_ioreq_handle(x.v, &req);
}

static void poke_guest_memory(const struct record *r)
{
	/* Small addresses, so that tables, rings and contexts point at each other. */
	uint64_t at = (r->addr % GT_MiB(1)) & ~7ull;
	uint64_t val = r->flags & 1 ? r->data : (r->data & 0xfffff) | 3;

	fake_guest_w64(x.guest, at, val);
}

static void poke_gtt(const struct record *r)
{
	uint64_t page = r->flags & 1 ? r->off % 512 :
				       x.v->part.unmap_base / GT_PAGE_SIZE + r->off % 512;

	x.guest->base.gtt[page] = r->flags & 2 ? r->data : (r->data & 0xff000) | 1;
}

static void step(const struct record *r)
{
	switch (r->kind & 0x1f) {
	case 0:
		poke_guest_memory(r);
		break;
	case 1:
		poke_gtt(r);
		break;
	case 2:
		x.guest->clock_ns += r->off;
		break;
	case 3:
		gt_vgpu_run(x.v);
		break;
	case 4:
		x.guest->fail_in = r->off % 8;
		break;
	case 5:
		/* Give the BARs back their places now and then, or little would be reached. */
		vgpu_fixture_enable(&x);
		break;
	default:
		send_ioreq(r);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned nr_inputs;
	struct record r;

	if (!x.v) {
		start();
	}
	for (; size >= sizeof(r); data += sizeof(r), size -= sizeof(r)) {
		memcpy(&r, data, sizeof(r));
		step(&r);
	}
	for (int i = 0; i < 4 && gt_vgpu_run(x.v); i++) {
	}
	if (++nr_inputs % 4096 == 0) {
		vgpu_fixture_finish(&x);
		x.v = NULL;
	}
	return 0;
}
