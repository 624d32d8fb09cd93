/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the global GTT, its shadow, and the aperture through fences, with a flat model as
 * the oracle.
 *
 * An input is a list of 16-byte records: entries written to the GTT's RAM and by request, flushes,
 * fences, look-ups, accesses of the aperture of every size and by string instructions.  The model
 * knows for each page what its entry was at the last flush and what was written since: a look-up
 * may give any of these; an access of a page that was not written since has one right answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_fixture.h"
#include "xengt/ioreq.h"
#include "xengt/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern size_t fuzz_input_max;

size_t fuzz_input_max = 256;

#define NR_PAGES    64u /* of each window, and a few beyond their ends */
#define NR_MODELLED (2 * NR_PAGES)
#define FLUSH	    0x101008u
#define FENCES	    0x100000u
#define NR_FENCES   2u

struct record {
	uint8_t kind;
	uint8_t flags; /* 1:0 log2 of size, 2 read, 3 down, 4 wild, 5 by request */
	uint16_t page;
	uint32_t off;
	uint64_t val;
};

static struct vgpu_fixture x;
static bool is_changed[NR_MODELLED]; /* since the last flush */
static uint64_t fences[NR_FENCES];

/* The pages the model knows lie around the edges of the partition's windows. */
static uint64_t page_at(unsigned i)
{
	const struct gt_partition *p = &x.v->part;

	if (i < NR_PAGES) {
		return i < NR_PAGES - 8 ? i : p->map_size / GT_PAGE_SIZE + i - (NR_PAGES - 4);
	}
	return p->unmap_base / GT_PAGE_SIZE + i - NR_PAGES - 4;
}

/* The other way round; NR_MODELLED: it does not know it. */
static unsigned index_of(uint64_t page)
{
	uint64_t map_end = x.v->part.map_size / GT_PAGE_SIZE;
	uint64_t unmap = x.v->part.unmap_base / GT_PAGE_SIZE;

	if (page < NR_PAGES - 8) {
		return (unsigned)page;
	}
	if (page + 4 >= map_end && page < map_end + 4) {
		return (unsigned)(page + NR_PAGES - 4 - map_end);
	}
	if (page + 4 >= unmap && page < unmap + NR_PAGES - 4) {
		return (unsigned)(page + NR_PAGES + 4 - unmap);
	}
	return NR_MODELLED;
}

static void start(void)
{
	struct gt_options o;

	gt_log_configure("error");
	gt_options_init(&o);
	o.low_gm_MiB = 2;
	o.nr_fences = NR_FENCES;
	vgpu_fixture_init_with(&x, &o);
	vgpu_fixture_enable(&x);
	memset(is_changed, 0, sizeof(is_changed));
	memset(fences, 0, sizeof(fences));
}

static void bad(const char *what, uint64_t at, uint64_t got, uint64_t want)
{
	fprintf(stderr, "%s 0x%llx: 0x%llx, not 0x%llx\n", what, (unsigned long long)at,
		(unsigned long long)got, (unsigned long long)want);
	abort();
}

static bool is_ours(uint64_t page)
{
	const struct gt_partition *p = &x.v->part;
	uint64_t gma = page * GT_PAGE_SIZE;

	return gma < p->map_size ||
	       (gma >= p->unmap_base && gma < p->unmap_base + p->unmap_size);
}

/* What an entry means, by the book. */
static gt_spte_t meaning(uint64_t page)
{
	uint64_t pte = x.guest->base.gtt[page];

	if (!(pte & 1)) {
		return 0;
	}
	if (!is_ours(page) || pte >> 39) {
		return GT_SPTE_SCRATCH;
	}
	return (pte & ~UINT64_C(0xfff)) | 3;
}

static void write_entry(const struct record *r)
{
	unsigned i = r->page % NR_MODELLED;
	uint64_t val = r->flags & 0x10 ? r->val :
					 (r->val % (2 * x.guest->mem_B) & GT_PAGE_MASK) | 1;
	uint64_t at = page_at(i) * 8;

	if (r->flags & 0x20) {
		unsigned size = 1u << (r->flags & 3);

		at += r->off % 8 / size * size;
		gt_vgpu_bar_write(x.v, GT_BAR_MMIO, GT_BAR0_GTT + at, size, val);
	} else {
		x.guest->base.gtt[at / 8] = val;
	}
	is_changed[i] = true;
}

static void flush(void)
{
	vgpu_fixture_w32(&x, FLUSH, 1);
	memset(is_changed, 0, sizeof(is_changed));
}

static void look(const struct record *r)
{
	unsigned i = r->page % NR_MODELLED;
	uint64_t page = r->flags & 0x10 ? r->val : page_at(i);
	gt_spte_t got = gt_ggtt_lookup(x.v, page);

	if (!(r->flags & 0x10) && !is_changed[i] && got != meaning(page)) {
		bad("GGTT page", page, got, meaning(page));
	}
}

static void set_fence(const struct record *r)
{
	uint32_t i = r->page % NR_FENCES;
	uint64_t first = r->off % 48, last = first + (r->off >> 8) % 16;
	uint64_t fence = last << 44 | (r->val & 0x3f) << 32 | first << 12 | (r->val >> 8 & 3);

	if (r->flags & 0x10) {
		fence = r->val;
	}
	vgpu_fixture_w32(&x, FENCES + 8 * i, (uint32_t)fence);
	vgpu_fixture_w32(&x, FENCES + 8 * i + 4, (uint32_t)(fence >> 32));
	fences[i] = (uint64_t)vgpu_fixture_r32(&x, FENCES + 8 * i + 4) << 32 |
		    vgpu_fixture_r32(&x, FENCES + 8 * i);
}

/* Where the byte at @gma of the aperture lies; tiles counted in rows and columns. */
static uint64_t detiled(uint64_t gma)
{
	for (unsigned i = 0; i < NR_FENCES; i++) {
		uint64_t start_B = fences[i] & 0xfffff000, end_B = ((fences[i] >> 44) + 1) << 12;
		uint64_t tile_w_B = fences[i] & 2 ? 128 : 512, tile_h = fences[i] & 2 ? 32 : 8;
		uint64_t pitch_B = ((fences[i] >> 32 & 0x7ff) + 1) * 128, px, py, to;

		if (!(fences[i] & 1) || gma < start_B || gma >= end_B || pitch_B % tile_w_B) {
			continue;
		}
		px = (gma - start_B) % pitch_B;
		py = (gma - start_B) / pitch_B;
		to = start_B + (py / tile_h * (pitch_B / tile_w_B) + px / tile_w_B) * 4096;
		to += fences[i] & 2 ? px % 128 / 16 * 512 + py % 32 * 16 + px % 16
				    : py % 8 * 512 + px % 512;
		if (to < end_B) {
			return to;
		}
	}
	return gma;
}

/* The byte of guest memory behind @gma: NULL if there is none; @known is false if it may be any. */
static uint8_t *byte_behind(uint64_t gma, bool *known)
{
	uint64_t page = detiled(gma) >> 12;
	gt_spte_t e = meaning(page);
	unsigned at = index_of(page);

	*known = *known && !(at < NR_MODELLED && is_changed[at]);
	if (!e || gt_spte_is_scratch(e) || (e & GT_PAGE_MASK) >= x.guest->mem_B) {
		return NULL;
	}
	return x.guest->mem + (e & GT_PAGE_MASK) + detiled(gma) % 4096;
}

static void access_aperture(const struct record *r)
{
	unsigned size = 1u << (r->flags & 3);
	uint64_t off = r->off % (NR_PAGES * GT_PAGE_SIZE), want = 0, got;
	bool known = true;

	off = r->flags & 8 ? off / size * size : off;
	if (r->flags & 4) {
		got = gt_vgpu_bar_read(x.v, GT_BAR_APERTURE, off, size);
	} else {
		gt_vgpu_bar_write(x.v, GT_BAR_APERTURE, off, size, r->val);
		got = r->val & (size == 8 ? ~0ull : (1ull << 8 * size) - 1);
	}
	for (unsigned i = 0; i < size; i++) {
		uint8_t *byte = byte_behind(off + i, &known);

		/* A write is seen in memory, except where there is none. */
		want |= (uint64_t)(byte ? *byte : r->flags & 4 ? 0 : (uint8_t)(got >> 8 * i))
			<< 8 * i;
	}
	/* One that overlaps itself, two pages of graphics memory being one page of RAM. */
	known = known && (r->flags & 4 || off % GT_PAGE_SIZE <= GT_PAGE_SIZE - size);
	if (known && got != want) {
		bad("aperture", off, got, want);
	}
}

static void string_to_aperture(const struct record *r)
{
	uint32_t size = 1u << (r->flags & 3), nr = 1 + r->page % 64;
	struct gt_ioreq req = {
		.type = GT_IOREQ_MEMORY, .size = size, .count = nr, .down = r->flags & 8,
		.addr = FIXTURE_BAR2 + r->off % (2 * NR_PAGES * GT_PAGE_SIZE),
		.data = r->val % x.guest->mem_B, .data_is_ptr = r->flags & 0x20,
		.read = r->flags & 4,
	};

	gt_ioreq_handle(x.v, &req);
}

static void step(const struct record *r)
{
	uint8_t kind = r->kind % 32;

	if (kind < 8) {
		write_entry(r);
	} else if (kind < 10) {
		flush();
	} else if (kind < 18) {
		look(r);
	} else if (kind < 29) {
		access_aperture(r);
	} else if (kind == 29) {
		set_fence(r);
	} else if (kind == 30 && !(r->off & 3)) {
		string_to_aperture(r);
	} else if (kind == 31 && !(r->page & 0xff0)) {
		gt_vgpu_invalidate(x.v);
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
	gt_frames_trim(x.v->frames);
	if (++nr_inputs % 65536 == 0) {
		vgpu_fixture_finish(&x);
		x.v = NULL;
	}
	return 0;
}
