/* SPDX-License-Identifier: MIT */
/*
 * The global GTT: partition, shadow, and the CPU's two windows on it.
 *
 * Decides which of the guest's entries count and what becomes of one that cannot be used (scratch:
 * reads give 0, writes are dropped).  Mapping a frame is frames.c's business, tiling of the
 * aperture fence.c's.
 */
#include "ggtt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_internal.h"

#define PTE_PRESENT UINT64_C(1)
#define PTE_ADDRESS ((UINT64_C(1) << GT_GPA_BITS) - GT_PAGE_SIZE)
#define PTE_BAD	    (~((UINT64_C(1) << GT_GPA_BITS) - 1)) /* address bits that do not exist */

int gt_ggtt_init(struct gt_vgpu *v)
{
	struct gt_ggtt *t = &v->ggtt;

	t->nr = (uint32_t)(v->part.ggtt_size / GT_PAGE_SIZE);
	t->nr_flushes = 1;
	t->shadow = calloc(t->nr, sizeof(*t->shadow));
	t->seen = calloc(t->nr, sizeof(*t->seen));
	t->flush = calloc(t->nr, sizeof(*t->flush));
	if (!t->shadow || !t->seen || !t->flush) {
		gt_ggtt_finish(v);
		return -ENOMEM;
	}
	return 0;
}

void gt_ggtt_finish(struct gt_vgpu *v)
{
	free(v->ggtt.shadow);
	free(v->ggtt.seen);
	free(v->ggtt.flush);
	v->ggtt = (struct gt_ggtt){ 0 };
}

/* Also the guest's entries: after a reset of the domain none of them is valid. */
void gt_ggtt_reset(struct gt_vgpu *v)
{
	struct gt_ggtt *t = &v->ggtt;

	memset(v->guest->gtt, 0, t->nr * sizeof(*v->guest->gtt));
	memset(t->shadow, 0, t->nr * sizeof(*t->shadow));
	memset(t->seen, 0, t->nr * sizeof(*t->seen));
	memset(t->flush, 0, t->nr * sizeof(*t->flush));
	t->nr_flushes = 1;
}

void gt_ggtt_flush(struct gt_vgpu *v)
{
	struct gt_ggtt *t = &v->ggtt;

	gt_count(v, GT_C_ggtt_flushes);
	gt_record_ggtt(v->record);
	if (++t->nr_flushes == 0) {
		memset(t->flush, 0, t->nr * sizeof(*t->flush));
		t->nr_flushes = 1;
	}
}

static bool in_window(gt_gma_t gma, uint64_t len, gt_gma_t base, uint64_t size)
{
	return len <= size && gma >= base && gma - base <= size - len;
}

bool gt_ggtt_inside(const struct gt_vgpu *v, gt_gma_t gma, uint64_t len)
{
	const struct gt_partition *p = &v->part;

	return in_window(gma, len, p->map_base, p->map_size) ||
	       in_window(gma, len, p->unmap_base, p->unmap_size);
}

/* The guest's entry, checked and translated. */
static gt_spte_t make_shadow(struct gt_vgpu *v, uint64_t page, uint64_t pte)
{
	if (!(pte & PTE_PRESENT)) {
		return 0;
	}
	if (pte & PTE_BAD) {
		gt_event(v, GT_EV_ggtt_bad_address, "0x%llx at page 0x%llx",
			 (unsigned long long)pte, (unsigned long long)page);
		return GT_SPTE_SCRATCH;
	}
	return (pte & PTE_ADDRESS) | GT_SPTE_PRESENT | GT_SPTE_WRITE;
}

/* An entry that is not the guest's to write; if it has written it all the same, it is no use. */
static gt_spte_t lookup_outside(struct gt_vgpu *v, uint64_t page)
{
	uint64_t pte = __atomic_load_n(&v->guest->gtt[page], __ATOMIC_RELAXED);

	if (!(pte & PTE_PRESENT)) {
		return 0;
	}
	gt_event(v, GT_EV_ggtt_outside_partition, "page 0x%llx", (unsigned long long)page);
	return GT_SPTE_SCRATCH;
}

gt_spte_t gt_ggtt_lookup(struct gt_vgpu *v, uint64_t page)
{
	struct gt_ggtt *t = &v->ggtt;

	if (page >= t->nr) {
		return 0;
	}
	if (!gt_ggtt_inside(v, page << GT_PAGE_SHIFT, GT_PAGE_SIZE)) {
		return lookup_outside(v, page);
	}
	if (t->flush[page] != t->nr_flushes || !t->shadow[page]) {
		uint64_t pte = __atomic_load_n(&v->guest->gtt[page], __ATOMIC_RELAXED);

		if (pte != t->seen[page]) {
			t->seen[page] = pte;
			t->shadow[page] = make_shadow(v, page, pte);
			gt_count(v, GT_C_ggtt_updates);
		}
		t->flush[page] = t->nr_flushes;
	}
	return t->shadow[page];
}

/* Host address of a byte, NULL if there is no page of the guest behind it. */
static uint8_t *host_address(struct gt_vgpu *v, gt_gma_t gma, bool write)
{
	gt_spte_t e = gt_ggtt_lookup(v, gma >> GT_PAGE_SHIFT);
	uint8_t *page;

	if (!e || gt_spte_is_scratch(e)) {
		return NULL;
	}
	page = write ? gt_frames_get_for_write(v->frames, gt_spte_frame(e))
		     : gt_frames_get(v->frames, gt_spte_frame(e));
	if (!page) {
		gt_event(v, GT_EV_ggtt_bad_address, "frame 0x%llx is no RAM",
			 (unsigned long long)gt_spte_frame(e));
		return NULL;
	}
	return page + gma % GT_PAGE_SIZE;
}

/* One of @out and @in is NULL. */
static int copy(struct gt_vgpu *v, gt_gma_t gma, uint8_t *out, const uint8_t *in, size_t len)
{
	for (size_t done = 0; done < len;) {
		size_t room = GT_PAGE_SIZE - (gma + done) % GT_PAGE_SIZE;
		size_t n = room < len - done ? room : len - done;
		uint8_t *host = host_address(v, gma + done, in);

		if (!host) {
			return -EFAULT;
		}
		if (out) {
			memcpy(out + done, host, n);
		} else {
			memcpy(host, in + done, n);
		}
		done += n;
	}
	return 0;
}

int gt_ggtt_read(struct gt_vgpu *v, gt_gma_t gma, void *buf, size_t len)
{
	return copy(v, gma, buf, NULL, len);
}

int gt_ggtt_write(struct gt_vgpu *v, gt_gma_t gma, const void *buf, size_t len)
{
	return copy(v, gma, NULL, buf, len);
}

/* Every check on an access to @limit bytes. */
static bool access_is_valid(uint64_t off, unsigned size, uint64_t limit)
{
	return (size == 1 || size == 2 || size == 4 || size == 8) && size <= limit &&
	       off <= limit - size;
}

uint64_t gt_ggtt_bar_read(struct gt_vgpu *v, uint64_t off, unsigned size)
{
	uint64_t val = 0;

	if (!access_is_valid(off, size, (uint64_t)v->ggtt.nr * 8)) {
		gt_event(v, GT_EV_bad_access, "read of %u bytes at 0x%llx of the GTT", size,
			 (unsigned long long)off);
		return 0;
	}
	memcpy(&val, (uint8_t *)v->guest->gtt + off, size);
	return val;
}

void gt_ggtt_bar_write(struct gt_vgpu *v, uint64_t off, unsigned size, uint64_t val)
{
	if (!access_is_valid(off, size, (uint64_t)v->ggtt.nr * 8)) {
		gt_event(v, GT_EV_bad_access, "write of %u bytes at 0x%llx of the GTT", size,
			 (unsigned long long)off);
		return;
	}
	if (!gt_ggtt_inside(v, off / 8 * GT_PAGE_SIZE, GT_PAGE_SIZE)) {
		gt_event(v, GT_EV_ggtt_outside_partition, "page 0x%llx",
			 (unsigned long long)off / 8);
	}
	memcpy((uint8_t *)v->guest->gtt + off, &val, size);
}

/*
 * One byte, or @size bytes that lie in one naturally aligned word, of the aperture: no fence
 * tears a word apart, its smallest run of bytes is 16.
 */
static bool aperture_access(struct gt_vgpu *v, uint64_t off, unsigned size, uint8_t *out,
			    const uint8_t *in)
{
	uint8_t *host = host_address(v, gt_fence_translate(v, off), in);

	if (!host) {
		gt_event(v, GT_EV_aperture_unmapped, "0x%llx", (unsigned long long)off);
		return false;
	}
	if (out) {
		memcpy(out, host, size);
	} else {
		memcpy(host, in, size);
	}
	return true;
}

static bool aperture_is_valid(struct gt_vgpu *v, uint64_t off, unsigned size)
{
	if (!access_is_valid(off, size, v->part.aperture_size)) {
		gt_event(v, GT_EV_bad_access, "%u bytes at 0x%llx of the aperture", size,
			 (unsigned long long)off);
		return false;
	}
	return true;
}

uint64_t gt_aperture_read(struct gt_vgpu *v, uint64_t off, unsigned size)
{
	unsigned step = size && off % size == 0 ? size : 1;
	uint8_t buf[8] = { 0 };
	uint64_t val;

	if (!aperture_is_valid(v, off, size)) {
		return UINT64_MAX;
	}
	for (unsigned i = 0; i < size; i += step) {
		aperture_access(v, off + i, step, buf + i, NULL);
	}
	memcpy(&val, buf, sizeof(val));
	return val;
}

void gt_aperture_write(struct gt_vgpu *v, uint64_t off, unsigned size, uint64_t val)
{
	unsigned step = size && off % size == 0 ? size : 1;
	uint8_t buf[8];

	if (!aperture_is_valid(v, off, size)) {
		return;
	}
	memcpy(buf, &val, sizeof(buf));
	for (unsigned i = 0; i < size; i += step) {
		aperture_access(v, off + i, step, NULL, buf + i);
	}
}
