/* SPDX-License-Identifier: MIT */
#include "driver.h"

#include <stdlib.h>
#include <string.h>

#define RING_HWS_PGA 0x80u
#define RING_IMR     0xa8u
#define RING_ELSP    0x230u
#define RING_CSB_PTR 0x3a0u
#define HWSP_CSB     0x10u
#define HWSP_CSB_PTR 0x1fu
#define NR_CSB	     6u

static void enable_interrupts(struct driver *d)
{
	static const uint32_t banks[] = { 0x44300, 0x44310, 0x44330 };

	for (size_t i = 0; i < GT_ARRAY_SIZE(banks); i++) {
		vgpu_fixture_w32(&d->fx, banks[i] + 4, 0);
		vgpu_fixture_w32(&d->fx, banks[i] + 0xc, UINT32_MAX);
	}
	vgpu_fixture_w32(&d->fx, 0x44200, 0x80000000u);
}

void driver_init(struct driver *d, enum gt_platform_id platform)
{
	memset(d, 0, sizeof(*d));
	vgpu_fixture_init(&d->fx, platform);
	d->next_gpa = GT_MiB(1);
	d->next_gma = d->fx.v->part.unmap_base;
	enable_interrupts(d);
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		uint32_t base = gt_engine_base[e];

		d->hwsp_gma[e] = driver_alloc_ggtt(d, 1, &d->hwsp_gpa[e]);
		d->csb_read[e] = NR_CSB - 1;
		fake_guest_w32(d->fx.guest, d->hwsp_gpa[e] + 4 * HWSP_CSB_PTR, NR_CSB - 1);
		vgpu_fixture_w32(&d->fx, base + RING_HWS_PGA, (uint32_t)d->hwsp_gma[e]);
		vgpu_fixture_w32(&d->fx, base + RING_CSB_PTR, 0xffff0505);
		vgpu_fixture_w32(&d->fx, base + RING_IMR, 0);
	}
}

void driver_finish(struct driver *d)
{
	vgpu_fixture_finish(&d->fx);
}

gt_gpa_t driver_alloc(struct driver *d, unsigned nr_pages)
{
	gt_gpa_t gpa = d->next_gpa;

	d->next_gpa += nr_pages * GT_PAGE_SIZE;
	if (d->next_gpa > d->fx.guest->mem_B) {
		abort();
	}
	memset(d->fx.guest->mem + gpa, 0, nr_pages * GT_PAGE_SIZE);
	return gpa;
}

void driver_bind_ggtt(struct driver *d, gt_gma_t gma, gt_gpa_t gpa)
{
	d->fx.guest->base.gtt[gma / GT_PAGE_SIZE] = gpa | 1;
	vgpu_fixture_w32(&d->fx, 0x101008, 1);
}

gt_gma_t driver_alloc_ggtt(struct driver *d, unsigned nr_pages, gt_gpa_t *gpa)
{
	gt_gma_t gma = d->next_gma;

	*gpa = driver_alloc(d, nr_pages);
	for (unsigned i = 0; i < nr_pages; i++) {
		driver_bind_ggtt(d, gma + i * GT_PAGE_SIZE, *gpa + i * GT_PAGE_SIZE);
	}
	d->next_gma += nr_pages * GT_PAGE_SIZE;
	return gma;
}

/* The table an entry leads to, made if it is not there. */
static gt_gpa_t next_table(struct driver *d, gt_gpa_t entry)
{
	uint64_t e = fake_guest_r64(d->fx.guest, entry);

	if (!(e & 1)) {
		e = driver_alloc(d, 1) | 3;
		fake_guest_w64(d->fx.guest, entry, e);
	}
	return e & ~UINT64_C(0xfff);
}

void driver_bind(struct driver *d, struct context *c, gt_gma_t gma, gt_gpa_t gpa, uint64_t bits)
{
	gt_gpa_t table = c->pml4;

	for (unsigned shift = 39; shift > 12; shift -= 9) {
		table = next_table(d, table + (gma >> shift) % 512 * 8);
	}
	fake_guest_w64(d->fx.guest, table + (gma >> 12) % 512 * 8, gpa | bits);
}

static void set_image(struct driver *d, const struct context *c, unsigned dw, uint32_t val)
{
	fake_guest_w32(d->fx.guest, c->gpa + GT_PAGE_SIZE + 4 * dw, val);
}

void driver_new_context(struct driver *d, struct context *c)
{
	memset(c, 0, sizeof(*c));
	c->lrca = (uint32_t)driver_alloc_ggtt(d, 2, &c->gpa);
	c->ring_gma = driver_alloc_ggtt(d, DRIVER_RING_B / GT_PAGE_SIZE, &c->ring_gpa);
	c->pml4 = driver_alloc(d, 1);
	c->tag = c->lrca >> GT_PAGE_SHIFT;
	set_image(d, c, 0x03, 0x000f0009);
	set_image(d, c, 0x09, (uint32_t)c->ring_gma);
	set_image(d, c, 0x0b, (DRIVER_RING_B - GT_PAGE_SIZE) | 1);
	set_image(d, c, 0x31, (uint32_t)(c->pml4 >> 32));
	set_image(d, c, 0x33, (uint32_t)c->pml4);
}

void driver_emit(struct driver *d, struct context *c, const uint32_t *dw, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		fake_guest_w32(d->fx.guest, c->ring_gpa + c->tail % DRIVER_RING_B, dw[i]);
		c->tail += 4;
	}
}

void driver_set_tail(struct driver *d, struct context *c)
{
	if (c->tail % 8) {
		driver_emit(d, c, &(const uint32_t){ 0 }, 1);
	}
	set_image(d, c, 0x07, c->tail % DRIVER_RING_B);
}

uint64_t driver_desc(const struct context *c)
{
	return (uint64_t)c->tag << 32 | c->lrca | 3u << 3 | 1;
}

void driver_submit(struct driver *d, enum gt_engine e, struct context *c0, struct context *c1)
{
	uint64_t desc0 = driver_desc(c0), desc1 = c1 ? driver_desc(c1) : 0;
	uint32_t elsp = gt_engine_base[e] + RING_ELSP;

	driver_set_tail(d, c0);
	if (c1) {
		driver_set_tail(d, c1);
	}
	vgpu_fixture_w32(&d->fx, elsp, (uint32_t)(desc1 >> 32));
	vgpu_fixture_w32(&d->fx, elsp, (uint32_t)desc1);
	vgpu_fixture_w32(&d->fx, elsp, (uint32_t)(desc0 >> 32));
	vgpu_fixture_w32(&d->fx, elsp, (uint32_t)desc0);
}

bool driver_run(struct driver *d, unsigned max)
{
	for (unsigned i = 0; i < max; i++) {
		if (!gt_vgpu_run(d->fx.v)) {
			return true;
		}
	}
	return false;
}

bool driver_next_event(struct driver *d, enum gt_engine e, uint32_t *status, uint32_t *tag)
{
	struct fake_guest *g = d->fx.guest;
	uint32_t last = fake_guest_r32(g, d->hwsp_gpa[e] + 4 * HWSP_CSB_PTR);

	if (d->csb_read[e] == last) {
		return false;
	}
	d->csb_read[e] = (d->csb_read[e] + 1) % NR_CSB;
	*status = fake_guest_r32(g, d->hwsp_gpa[e] + 4 * HWSP_CSB + 8 * d->csb_read[e]);
	*tag = fake_guest_r32(g, d->hwsp_gpa[e] + 4 * HWSP_CSB + 8 * d->csb_read[e] + 4);
	return true;
}
