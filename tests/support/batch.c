/* SPDX-License-Identifier: MIT */
#include "batch.h"

#define SEQNO 0x100u

void batch_init(struct batch *b, enum gt_platform_id platform)
{
	*b = (struct batch){ 0 };
	driver_init(&b->d, platform);
	b->data_gpa = driver_alloc(&b->d, 1);
	b->batch_gpa = driver_alloc(&b->d, 1);
	batch_new_context(b);
}

void batch_finish(struct batch *b)
{
	driver_finish(&b->d);
}

void batch_new_context(struct batch *b)
{
	driver_new_context(&b->d, &b->c);
	driver_bind(&b->d, &b->c, BATCH_DATA, b->data_gpa, 3);
	driver_bind(&b->d, &b->c, BATCH_AT, b->batch_gpa, 3);
	b->at = 0;
}

void batch_emit(struct batch *b, const uint32_t *dw, size_t nr)
{
	for (size_t i = 0; i < nr; i++, b->at += 4) {
		fake_guest_w32(b->d.fx.guest, b->batch_gpa + b->at % GT_PAGE_SIZE, dw[i]);
	}
}

bool batch_ring_completes(struct batch *b, enum gt_engine e)
{
	EMIT(&b->d, &b->c, STORE_GGTT, (uint32_t)b->d.hwsp_gma[e] + SEQNO, 0, ++b->seqno);
	driver_submit(&b->d, e, &b->c, NULL);
	driver_run(&b->d, 100);
	return fake_guest_r32(b->d.fx.guest, b->d.hwsp_gpa[e] + SEQNO) == b->seqno;
}

bool batch_completes(struct batch *b, enum gt_engine e)
{
	BATCH(b, MI_END);
	b->at = 0;
	EMIT(&b->d, &b->c, BB_START, BATCH_AT, 0, 0);
	return batch_ring_completes(b, e);
}

uint32_t batch_data(const struct batch *b, uint32_t off)
{
	return fake_guest_r32(b->d.fx.guest, b->data_gpa + off);
}

void batch_set_data(struct batch *b, uint32_t off, uint32_t val)
{
	fake_guest_w32(b->d.fx.guest, b->data_gpa + off, val);
}

uint64_t batch_count(const struct batch *b, enum gt_counter k)
{
	return b->d.fx.v->events.count[k];
}

uint32_t batch_image(const struct batch *b, const struct context *c, uint32_t dw)
{
	return fake_guest_r32(b->d.fx.guest, c->gpa + GT_PAGE_SIZE + 4 * dw);
}
