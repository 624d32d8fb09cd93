/* SPDX-License-Identifier: MIT */
/*
 * Requests of a hypervisor become accesses of one vGPU.
 *
 * Decides which requests make sense, where each element of a rep instruction goes, and what an
 * element reads that reaches nothing.  What an access does is the business of gt_vgpu_*; taking a
 * request out of shared memory, once, is dm/'s.
 */
#include "xengt/ioreq.h"

#include <string.h>

#include "vgpu_internal.h"

static uint64_t ones(unsigned size)
{
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

static bool size_is_valid(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/*
 * Whether all elements lie in the address space: [addr, addr + size * count) going up, and
 * (addr - size * (count - 1), addr + size) going down.
 */
static bool span_is_valid(uint64_t addr, const struct gt_ioreq *r)
{
	uint64_t rest = (uint64_t)(r->count - 1) * r->size;

	if (addr > UINT64_MAX - r->size) {
		return false;
	}
	return r->down ? addr >= rest : addr <= UINT64_MAX - r->size - rest;
}

static bool memory_is_valid(const struct gt_ioreq *r)
{
	/* Xen cuts rep instructions at page ends: more than a page is not from Xen. */
	if (!r->count || r->count > GT_PAGE_SIZE / r->size) {
		return false;
	}
	return span_is_valid(r->addr, r) && (!r->data_is_ptr || span_is_valid(r->data, r));
}

static bool config_is_valid(const struct gt_ioreq *r)
{
	uint32_t off = (uint32_t)r->addr;

	/* Xen delivers only functions we asked for, so the sbdf needs no look. */
	return r->size <= 4 && r->count == 1 && !r->data_is_ptr && off < 256 &&
	       (off & 3) + r->size <= 4;
}

bool gt_ioreq_valid(const struct gt_ioreq *r)
{
	switch (r->type) {
	case GT_IOREQ_MEMORY:
		return size_is_valid(r->size) && memory_is_valid(r);
	case GT_IOREQ_CONFIG:
		return size_is_valid(r->size) && config_is_valid(r);
	case GT_IOREQ_INVALIDATE:
		return true;
	case GT_IOREQ_PIO:
	case GT_IOREQ_OTHER:
		return false;
	}
	return false;
}

static uint64_t element_addr(uint64_t first, const struct gt_ioreq *r, uint32_t i)
{
	uint64_t dist = (uint64_t)i * r->size;

	return r->down ? first - dist : first + dist;
}

static uint64_t read_element(struct gt_vgpu *v, gt_gpa_t gpa, unsigned size)
{
	enum gt_bar bar;
	uint64_t off;

	if (!gt_vgpu_bar_find(v, gpa, &bar, &off)) {
		gt_event(v, GT_EV_bad_access, "read %u bytes at %#llx, where no BAR is", size,
			 (unsigned long long)gpa);
		return ones(size);
	}
	return gt_vgpu_bar_read(v, bar, off, size) & ones(size);
}

/*
 * A write to no BAR is one of a page of RAM that is tracked (gt_guest_ops.set_tracked), or was when
 * the guest made it: Xen has not carried it out.
 */
static void write_element(struct gt_vgpu *v, gt_gpa_t gpa, unsigned size, uint64_t val)
{
	enum gt_bar bar;
	uint64_t off;

	if (gt_vgpu_bar_find(v, gpa, &bar, &off)) {
		gt_vgpu_bar_write(v, bar, off, size, val & ones(size));
	} else if (gt_guest_write(v, gpa, &val, size)) {
		gt_event(v, GT_EV_bad_access, "wrote %u bytes at %#llx, where nothing is", size,
			 (unsigned long long)gpa);
	}
}

/*
 * A buffer inside one of our own BARs would be RAM of the register file, reached behind the back
 * of its handlers.  A device does not answer to itself either.
 */
static bool buffer_is_ours(struct gt_vgpu *v, gt_gpa_t gpa, unsigned size)
{
	enum gt_bar bar;
	uint64_t off;

	return gt_vgpu_bar_find(v, gpa, &bar, &off) ||
	       gt_vgpu_bar_find(v, gpa + size - 1, &bar, &off);
}

static void copy_to_buffer(struct gt_vgpu *v, const struct gt_ioreq *r, uint32_t i)
{
	gt_gpa_t buf = element_addr(r->data, r, i);
	uint64_t val = read_element(v, element_addr(r->addr, r, i), r->size);

	if (buffer_is_ours(v, buf, r->size) || gt_guest_write(v, buf, &val, r->size)) {
		gt_event(v, GT_EV_bad_access, "read to %#llx, which is no RAM",
			 (unsigned long long)buf);
	}
}

static void copy_from_buffer(struct gt_vgpu *v, const struct gt_ioreq *r, uint32_t i)
{
	gt_gpa_t buf = element_addr(r->data, r, i);
	uint64_t val = 0;

	if (buffer_is_ours(v, buf, r->size) || gt_guest_read(v, buf, &val, r->size)) {
		gt_event(v, GT_EV_bad_access, "wrote from %#llx, which is no RAM",
			 (unsigned long long)buf);
		val = ones(r->size);
	}
	write_element(v, element_addr(r->addr, r, i), r->size, val);
}

/* One exit, however many elements: the first write already ends the tracking of a page. */
static void count_exit(struct gt_vgpu *v, const struct gt_ioreq *r)
{
	enum gt_bar bar;
	uint64_t off;

	if (!r->read && !gt_vgpu_bar_find(v, r->addr, &bar, &off)) {
		gt_count(v, GT_C_exits_table_write);
	}
}

static void handle_memory(struct gt_vgpu *v, struct gt_ioreq *r)
{
	count_exit(v, r);
	for (uint32_t i = 0; i < r->count; i++) {
		gt_gpa_t gpa = element_addr(r->addr, r, i);

		if (r->data_is_ptr && r->read) {
			copy_to_buffer(v, r, i);
		} else if (r->data_is_ptr) {
			copy_from_buffer(v, r, i);
		} else if (r->read) {
			r->data = read_element(v, gpa, r->size);
		} else {
			write_element(v, gpa, r->size, r->data);
		}
	}
}

static void handle_config(struct gt_vgpu *v, struct gt_ioreq *r)
{
	uint32_t off = (uint32_t)r->addr;

	if (r->read) {
		r->data = gt_vgpu_config_read(v, off, r->size);
	} else {
		gt_vgpu_config_write(v, off, r->size, (uint32_t)(r->data & ones(r->size)));
	}
}

static void refuse(struct gt_vgpu *v, struct gt_ioreq *r)
{
	gt_event(v, GT_EV_bad_access, "made a request of type %d, size %u, count %u at %#llx",
		 (int)r->type, r->size, r->count, (unsigned long long)r->addr);
	if (r->read && !r->data_is_ptr) {
		r->data = ones(size_is_valid(r->size) ? r->size : 8);
	}
}

void gt_ioreq_handle(struct gt_vgpu *v, struct gt_ioreq *r)
{
	if (!gt_ioreq_valid(r)) {
		refuse(v, r);
		return;
	}
	switch (r->type) {
	case GT_IOREQ_MEMORY:
		handle_memory(v, r);
		break;
	case GT_IOREQ_CONFIG:
		handle_config(v, r);
		break;
	case GT_IOREQ_INVALIDATE:
		gt_vgpu_invalidate(v);
		break;
	case GT_IOREQ_PIO:
	case GT_IOREQ_OTHER:
		break;
	}
}
