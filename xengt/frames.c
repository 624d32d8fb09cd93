/* SPDX-License-Identifier: MIT */
/*
 * Mapped guest pages: a hash from frame number to host address, and a list by last use.
 *
 * Decides what is kept; what a frame number means, and whether the guest may name it, is decided by
 * whoever made the shadow entry.  Nothing is given up between two calls of gt_frames_trim(), so a
 * piece of work can hold pointers; how much it can pile up is bounded by HARD_MAX.
 */
#include "frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_internal.h"

#define NR_BUCKETS 8192u /* a power of two */
#define HARD_MAX   (8 * GT_FRAMES_MAX)

struct frame {
	struct frame *next_in_bucket;
	struct frame *newer, *older;
	gt_gfn_t gfn;
	void *addr;
};

struct gt_frames {
	struct gt_vgpu *v;
	struct frame *bucket[NR_BUCKETS];
	struct frame *newest, *oldest;
	size_t nr;
};

static struct frame **bucket_of(struct gt_frames *f, gt_gfn_t gfn)
{
	return &f->bucket[(gfn * UINT64_C(0x9e3779b97f4a7c15)) >> 51];
}

int gt_frames_create(struct gt_vgpu *v, struct gt_frames **out)
{
	struct gt_frames *f = calloc(1, sizeof(*f));

	if (!f) {
		return -ENOMEM;
	}
	f->v = v;
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
	f->v->guest->ops->unmap(f->v->guest, p->addr, 1);
	free(p);
	f->nr--;
}

static void *map_new(struct gt_frames *f, gt_gfn_t gfn)
{
	struct gt_guest *g = f->v->guest;
	struct frame *p;
	int err = 0;

	if (f->nr >= HARD_MAX) {
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (!p) {
		return NULL;
	}
	p->gfn = gfn;
	p->addr = g->ops->map(g, &gfn, 1, true, &err);
	if (p->addr && err) {
		g->ops->unmap(g, p->addr, 1);
		p->addr = NULL;
	}
	if (!p->addr) {
		free(p);
		return NULL;
	}
	p->next_in_bucket = *bucket_of(f, gfn);
	*bucket_of(f, gfn) = p;
	list_add_newest(f, p);
	f->nr++;
	gt_count(f->v, GT_C_frames_mapped);
	return p->addr;
}

static void *find_or_map(struct gt_frames *f, gt_gfn_t gfn)
{
	if (gfn >> (GT_GPA_BITS - GT_PAGE_SHIFT)) {
		return NULL;
	}
	for (struct frame *p = *bucket_of(f, gfn); p; p = p->next_in_bucket) {
		if (p->gfn == gfn) {
			if (p != f->newest) {
				list_remove(f, p);
				list_add_newest(f, p);
			}
			return p->addr;
		}
	}
	return map_new(f, gfn);
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
