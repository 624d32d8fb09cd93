/* SPDX-License-Identifier: MIT */
/*
 * Mapped guest pages: a hash from frame number to host address, and a list by last use.
 *
 * Decides what is kept; what a frame number means, and whether the guest may name it, is decided by
 * whoever made the shadow entry.  Nothing is given up between two calls of gt_frames_trim(), so a
 * piece of work can hold pointers; how much it can pile up is bounded by HARD_MAX.
 *
 * A mapping costs a system call, however many pages it has.  So the second page that is missing in
 * an aligned run of RUN pages brings the whole run: who copies megabytes asks once a run, and a
 * lone page table or context costs one page.
 */
#include "frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_internal.h"

#define NR_BUCKETS 8192u /* a power of two */
#define HARD_MAX   (8 * GT_FRAMES_MAX)
#define RUN	   32u /* pages; a power of two, at most the bits of struct frame's mask */

struct frame {
	struct frame *next_in_bucket;
	struct frame *newer, *older;
	gt_gfn_t gfn;	 /* of the first page */
	uint8_t *addr;
	uint32_t nr;	 /* pages: 1 or RUN */
	uint32_t mask;	 /* of those that are RAM, by their place in the aligned run */
};

struct gt_frames {
	struct gt_vgpu *v;
	struct frame *bucket[NR_BUCKETS];
	struct frame *newest, *oldest;
	size_t nr; /* pages */
	gt_gfn_t missed[8]; /* runs a page was missing in, lately */
	unsigned nr_missed;
};

static struct frame **bucket_of(struct gt_frames *f, gt_gfn_t gfn)
{
	return &f->bucket[(gfn / RUN * UINT64_C(0x9e3779b97f4a7c15)) >> 51];
}

/* Whether a page of this run was missing before; from now on one was. */
static bool missed_before(struct gt_frames *f, gt_gfn_t gfn)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(f->missed); i++) {
		if (f->missed[i] == gfn / RUN) {
			return true;
		}
	}
	f->missed[f->nr_missed++ % GT_ARRAY_SIZE(f->missed)] = gfn / RUN;
	return false;
}

int gt_frames_create(struct gt_vgpu *v, struct gt_frames **out)
{
	struct gt_frames *f = calloc(1, sizeof(*f));

	if (!f) {
		return -ENOMEM;
	}
	f->v = v;
	memset(f->missed, 0xff, sizeof(f->missed));
	*out = f;
	return 0;
}

void gt_frames_destroy(struct gt_frames *f)
{
	if (f) {
		gt_frames_drop_all(f);
		free(f);
	}
}

static void list_remove(struct gt_frames *f, struct frame *p)
{
	*(p->newer ? &p->newer->older : &f->newest) = p->older;
	*(p->older ? &p->older->newer : &f->oldest) = p->newer;
}

static void list_add_newest(struct gt_frames *f, struct frame *p)
{
	p->newer = NULL;
	p->older = f->newest;
	*(f->newest ? &f->newest->newer : &f->oldest) = p;
	f->newest = p;
}

static void give_up(struct gt_frames *f, struct frame *p)
{
	struct frame **at = bucket_of(f, p->gfn);

	while (*at != p) {
		at = &(*at)->next_in_bucket;
	}
	*at = p->next_in_bucket;
	list_remove(f, p);
	f->v->guest->ops->unmap(f->v->guest, p->addr, p->nr);
	f->nr -= p->nr;
	free(p);
}

/* Maps @nr pages from @gfn on, in one aligned run; NULL if none of them is RAM. */
static struct frame *map_new(struct gt_frames *f, gt_gfn_t gfn, uint32_t nr)
{
	struct gt_guest *g = f->v->guest;
	gt_gfn_t gfns[RUN] = { 0 };
	int err[RUN] = { 0 };
	struct frame *p;

	if (f->nr + nr > HARD_MAX) {
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (!p) {
		return NULL;
	}
	for (uint32_t i = 0; i < nr; i++) {
		gfns[i] = gfn + i;
	}
	p->gfn = gfn;
	p->nr = nr;
	p->addr = g->ops->map(g, gfns, nr, true, err);
	for (uint32_t i = 0; p->addr && i < nr; i++) {
		p->mask |= (uint32_t)!err[i] << (gfn + i) % RUN;
	}
	if (!p->mask) {
		if (p->addr) {
			g->ops->unmap(g, p->addr, nr);
		}
		free(p);
		return NULL;
	}
	p->next_in_bucket = *bucket_of(f, gfn);
	*bucket_of(f, gfn) = p;
	list_add_newest(f, p);
	f->nr += nr;
	gt_count_n(f->v, GT_C_frames_mapped, (uint64_t)__builtin_popcount(p->mask));
	return p;
}

static bool holds(const struct frame *p, gt_gfn_t gfn)
{
	return p->gfn / RUN == gfn / RUN && p->mask >> gfn % RUN & 1;
}

static void *find_or_map(struct gt_frames *f, gt_gfn_t gfn)
{
	struct frame *p;
	bool has_run = false;

	if (gfn >> (GT_GPA_BITS - GT_PAGE_SHIFT)) {
		return NULL;
	}
	for (p = *bucket_of(f, gfn); p && !holds(p, gfn); p = p->next_in_bucket) {
		has_run |= p->gfn / RUN == gfn / RUN && p->nr == RUN;
	}
	if (p) {
		if (p != f->newest) {
			list_remove(f, p);
			list_add_newest(f, p);
		}
		return p->addr + (gfn - p->gfn) * GT_PAGE_SIZE;
	}
	if (!has_run && missed_before(f, gfn)) {
		p = map_new(f, gfn - gfn % RUN, RUN);
	}
	if (!p || !holds(p, gfn)) {
		p = map_new(f, gfn, 1);
	}
	return p ? p->addr + (gfn - p->gfn) * GT_PAGE_SIZE : NULL;
}

void *gt_frames_get(struct gt_frames *f, gt_gfn_t gfn)
{
	void *page = find_or_map(f, gfn);

	if (page) {
		gt_record_page(f->v->record, gfn, page);
	}
	return page;
}

void *gt_frames_get_for_write(struct gt_frames *f, gt_gfn_t gfn)
{
	void *page = gt_frames_get(f, gfn);

	if (page) {
		gt_record_written(f->v->record, gfn, page);
		gt_ppgtt_written(f->v->ppgtt, gfn);
	}
	return page;
}

void gt_frames_trim(struct gt_frames *f)
{
	while (f->nr > GT_FRAMES_MAX) {
		give_up(f, f->oldest);
	}
}

void gt_frames_drop_all(struct gt_frames *f)
{
	while (f->oldest) {
		give_up(f, f->oldest);
	}
}

size_t gt_frames_mapped(const struct gt_frames *f)
{
	return f->nr;
}

/* Copy by gpa, page after page; holes are skipped over and make it -EFAULT. */
static int copy(struct gt_vgpu *v, gt_gpa_t gpa, uint8_t *out, const uint8_t *in, size_t len)
{
	int ret = 0;

	if (gpa >> GT_GPA_BITS || len > (UINT64_C(1) << GT_GPA_BITS) - gpa) {
		return -EFAULT;
	}
	for (size_t done = 0; done < len;) {
		size_t in_page = (gpa + done) % GT_PAGE_SIZE;
		size_t n = GT_PAGE_SIZE - in_page < len - done ? GT_PAGE_SIZE - in_page
								: len - done;
		gt_gfn_t gfn = (gpa + done) >> GT_PAGE_SHIFT;
		uint8_t *page = out ? gt_frames_get(v->frames, gfn)
				    : gt_frames_get_for_write(v->frames, gfn);

		if (!page) {
			ret = -EFAULT;
		} else if (out) {
			memcpy(out + done, page + in_page, n);
		} else {
			memcpy(page + in_page, in + done, n);
		}
		done += n;
	}
	return ret;
}

int gt_guest_read(struct gt_vgpu *v, gt_gpa_t gpa, void *buf, size_t len)
{
	return copy(v, gpa, buf, NULL, len);
}

int gt_guest_write(struct gt_vgpu *v, gt_gpa_t gpa, const void *buf, size_t len)
{
	return copy(v, gpa, NULL, buf, len);
}
