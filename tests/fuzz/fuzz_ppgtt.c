/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a guest's page tables against their shadow, with a dumb walk as the oracle.
 *
 * An input is a list of 8-byte records: entries written one by one, by string instructions and by
 * the GPU, pages filled with rubbish, roots announced and taken back, submissions, host calls that
 * fail.  What is looked up after an invalidation must be what the walk of guest memory gives.  One
 * vGPU lives through many inputs; the census of its shadow is taken now and then, and at its end
 * nothing may be mapped or tracked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ppgtt_model.h"
#include "vgpu_fixture.h"
#include "xengt/ioreq.h"
#include "xengt/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern size_t fuzz_input_max;

size_t fuzz_input_max = 128;

#define NR_PAGES 32u
#define POOL	 GT_MiB(1)

struct record {
	uint8_t kind;
	uint8_t where; /* 4:0 page of the pool, 7:5 more */
	uint16_t index;
	uint32_t what;
};

static struct vgpu_fixture x;
static bool is_fresh; /* nothing was written since the last invalidation */

static void start(void)
{
	gt_log_configure("error");
	vgpu_fixture_init(&x, GT_SKL);
	vgpu_fixture_enable(&x);
	for (unsigned i = 0; i < NR_PAGES * GT_TABLE_ENTRIES; i++) {
		fake_guest_w64(x.guest, POOL + 8 * i, (POOL + i % NR_PAGES * GT_PAGE_SIZE) | 3);
	}
}

static gt_gpa_t page_of(const struct record *r)
{
	return POOL + r->where % NR_PAGES * GT_PAGE_SIZE;
}

/* Mostly an entry that leads to a page of the pool; at times anything at all. */
static uint64_t entry_of(const struct record *r)
{
	uint64_t e = (POOL + r->what % NR_PAGES * GT_PAGE_SIZE) | 3;

	switch (r->what >> 5 & 15) {
	case 0:
		return 0;
	case 1:
		return e | 0x80;
	case 2:
		return e | 0x800;
	case 3:
		return e & ~2ull;
	case 4:
		return e | UINT64_C(1) << (r->what >> 9 & 63);
	case 5:
		return (uint64_t)r->what << 32 | r->what;
	case 6:
		return x.guest->mem_B | 3;
	default:
		return e;
	}
}

static void write_string(const struct record *r)
{
	uint32_t size = 1u << (r->what >> 9 & 3), nr = 1 + r->index % 64;
	struct gt_ioreq req = {
		.type = GT_IOREQ_MEMORY, .addr = page_of(r) + r->index % 8 * 512,
		.data = entry_of(r), .size = size, .count = nr, .down = r->where & 0x20,
	};

	req.addr += req.down ? (nr - 1) * size : 0;
	gt_ioreq_handle(x.v, &req);
}

static void write_page(const struct record *r)
{
	for (unsigned i = 0; i < GT_TABLE_ENTRIES; i++) {
		struct record one = *r;

		one.what = (r->what + i) * 0x9e3779b1u;
		ppgtt_model_cpu_write(x.v, x.guest, page_of(r) + 8 * i, entry_of(&one));
	}
}

static void write_by_gpu(const struct record *r)
{
	uint64_t *host = gt_frames_get_for_write(x.v->frames, page_of(r) >> GT_PAGE_SHIFT);

	if (host) {
		host[r->index % GT_TABLE_ENTRIES] = entry_of(r);
	}
}

/* @what and @index are the address; few indices, so that the same tables are met again. */
static void look(const struct record *r)
{
	bool legacy = !(r->where & 0xc0);
	uint64_t root = POOL + r->where % 8 * GT_PAGE_SIZE + legacy;
	gt_gma_t gma = ((gt_gma_t)(r->what & 0xf01e03c) << 19) | (uint32_t)r->index << 11;
	gt_spte_t got, want;

	gma %= legacy ? GT_GiB(1) : UINT64_C(1) << 48;
	got = gt_ppgtt_lookup(x.v->ppgtt, root, gma);
	want = ppgtt_model_lookup(x.guest, root, gma);
	if (is_fresh && got != want) {
		fprintf(stderr, "0x%llx under 0x%llx is 0x%llx, not 0x%llx\n",
			(unsigned long long)gma, (unsigned long long)root,
			(unsigned long long)got, (unsigned long long)want);
		abort();
	}
}

/* The guest leaves its tables alone, so that they get tracked. */
static void be_quiet(const struct record *r)
{
	is_fresh = true;
	for (struct gt_table *t = x.v->ppgtt->newest; t; t = t->older) {
		t->want_quiet = GT_QUIET_MIN; /* whatever was written before */
	}
	for (uint32_t i = 0; i < GT_QUIET_MIN + 2; i++) {
		gt_ppgtt_submit(x.v->ppgtt);
		look(r);
	}
}

static void announce(const struct record *r)
{
	uint64_t root = page_of(r) | (r->what & GT_PPGTT_ROOT_PD);

	if (r->what & 2) {
		gt_ppgtt_root_create(x.v->ppgtt, root);
	} else {
		gt_ppgtt_root_destroy(x.v->ppgtt, root);
	}
}

/* A submission in which host calls fail; then one in which they do not. */
static void fail(const struct record *r)
{
	x.guest->fail_in = 1 + r->index % 8;
	is_fresh = false;
	gt_ppgtt_submit(x.v->ppgtt);
	look(r);
	x.guest->fail_in = 0;
}

static void step(const struct record *r)
{
	uint8_t kind = r->kind % 64;

	if (kind < 24) {
		if (!is_fresh) {
			gt_ppgtt_invalidate(x.v->ppgtt);
			is_fresh = true;
		}
		look(r);
		return;
	}
	switch (kind) {
	case 24: case 25: case 26: case 27:
		gt_ppgtt_submit(x.v->ppgtt);
		is_fresh = true;
		look(r);
		return;
	case 28:
		if (!(r->index & 15)) {
			be_quiet(r);
		}
		return;
	case 29:
		announce(r);
		return;
	case 30:
		fail(r);
		return;
	case 31:
		if (!(r->index & 15)) {
			write_page(r);
		}
		break;
	case 32:
		write_string(r);
		break;
	case 33: case 34:
		write_by_gpu(r);
		break;
	case 35:
		if (!(r->index & 63)) {
			gt_vgpu_invalidate(x.v);
		}
		break;
	case 36:
		look(r); /* at whatever it is now */
		return;
	default:
		ppgtt_model_cpu_write(x.v, x.guest,
				      page_of(r) + 8 * (r->index % GT_TABLE_ENTRIES & 0x1e1),
				      entry_of(r));
		break;
	}
	is_fresh = false;
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
	if (++nr_inputs % 4096 == 0) {
		ppgtt_model_census(x.v->ppgtt, x.guest);
	}
	if (nr_inputs % 65536 == 0) {
		vgpu_fixture_finish(&x);
		x.v = NULL;
	}
	return 0;
}
