/* SPDX-License-Identifier: MIT */
/*
 * From a graphics address to host memory, through shadow entries only.
 *
 * Remembers host addresses within one run: they are not good beyond it (xengt/hw.h).
 */
#include "twin.h"

#include <string.h>

#define GMA_MASK ((UINT64_C(1) << 48) - 1)

void gt_twin_tlb_flush(struct twin *tw)
{
	tw->tlb_generation++;
}

/* The page directory that @page lies in, of a legacy context: 4 GiB, and nothing above. */
static bool find_directory(const struct twin *tw, uint64_t *root, uint64_t *page)
{
	const struct cs *cs = &tw->cs[*root / GT_PAGE_SIZE % GT_NR_ENGINES];
	gt_gma_t gma = *page << GT_PAGE_SHIFT;

	if (gma >> 32) {
		return false;
	}
	*root = cs->pdp[gma >> 30] | 1;
	*page = gma % GT_GiB(1) >> GT_PAGE_SHIFT;
	return true;
}

static uint8_t *translate(struct twin *tw, uint64_t root, gt_gma_t gma, bool write)
{
	gt_spte_t e;

	if (root == ROOT_GGTT) {
		e = gma >> 32 ? 0 : tw->ev.ggtt(tw->ev.ctx, (uint32_t)(gma >> GT_PAGE_SHIFT));
	} else {
		e = tw->ev.ppgtt(tw->ev.ctx, root, gma & GT_PAGE_MASK);
	}
	if (!(e & GT_SPTE_PRESENT) || gt_spte_is_scratch(e) || (write && !(e & GT_SPTE_WRITE))) {
		return NULL;
	}
	return tw->ev.frame(tw->ev.ctx, e, write);
}

uint8_t *gt_twin_map(struct twin *tw, uint64_t root, gt_gma_t gma, bool write)
{
	uint64_t page = (gma & GMA_MASK) >> GT_PAGE_SHIFT;
	struct tlb *t;
	uint64_t key;

	if (ROOT_IS_LEGACY(root) && !find_directory(tw, &root, &page)) {
		return NULL;
	}
	key = (page * 2 + write) ^ (root >> GT_PAGE_SHIFT) * 7;
	t = &tw->tlb[key * UINT64_C(0x9e3779b97f4a7c15) >> 56];
	if (t->generation != tw->tlb_generation || t->root != root || t->page != page ||
	    t->write != write) {
		*t = (struct tlb){
			.generation = tw->tlb_generation,
			.root = root,
			.page = page,
			.write = write,
			.host = translate(tw, root, page << GT_PAGE_SHIFT, write),
		};
	}
	return t->host ? t->host + gma % GT_PAGE_SIZE : NULL;
}

/* Aligned dwords and qwords are one access: others look at them while we write. */
static void store(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len == 4 && (uintptr_t)to % 4 == 0) {
		uint32_t val;

		memcpy(&val, from, sizeof(val));
		__atomic_store_n((uint32_t *)(void *)to, val, __ATOMIC_RELEASE);
	} else if (len == 8 && (uintptr_t)to % 8 == 0) {
		uint64_t val;

		memcpy(&val, from, sizeof(val));
		__atomic_store_n((uint64_t *)(void *)to, val, __ATOMIC_RELEASE);
	} else {
		memcpy(to, from, len);
	}
}

static void load(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len == 4 && (uintptr_t)from % 4 == 0) {
		uint32_t val = __atomic_load_n((const uint32_t *)(const void *)from,
					       __ATOMIC_ACQUIRE);

		memcpy(to, &val, sizeof(val));
	} else {
		memcpy(to, from, len);
	}
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

bool gt_twin_read(struct twin *tw, uint64_t root, gt_gma_t gma, void *buf, size_t len)
{
	bool all = true;

	for (size_t done = 0; done < len;) {
		size_t n = min_size(GT_PAGE_SIZE - (gma + done) % GT_PAGE_SIZE, len - done);
		const uint8_t *host = gt_twin_map(tw, root, gma + done, false);

		if (host) {
			load((uint8_t *)buf + done, host, n);
		} else {
			memset((uint8_t *)buf + done, 0, n);
			all = false;
		}
		done += n;
	}
	return all;
}

bool gt_twin_write(struct twin *tw, uint64_t root, gt_gma_t gma, const void *buf, size_t len)
{
	bool all = true;

	for (size_t done = 0; done < len;) {
		size_t n = min_size(GT_PAGE_SIZE - (gma + done) % GT_PAGE_SIZE, len - done);
		uint8_t *host = gt_twin_map(tw, root, gma + done, true);

		if (host) {
			store(host, (const uint8_t *)buf + done, n);
		} else {
			all = false;
		}
		done += n;
	}
	return all;
}
