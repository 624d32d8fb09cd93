/* SPDX-License-Identifier: MIT */
/* What an execlist driver sees: promotions, completions, seqnos, interrupts, resets. */
#include <check.h>
#include <stdlib.h>

#include "driver.h"
#include "test_run.h"

#define ACTIVE	     0x1u
#define SWITCHED     0x14u
#define COMPLETE     0x18u
#define PREEMPTED    0x2u
#define LITE_RESTORE 0x8002u

#define SEQNO_OFF    0x100u /* in the engine's status page */
#define STORE_GGTT   0x10400002u
#define USER_IRQ     0x01000000u
#define SEMAPHORE    0x0e40c002u /* GGTT, poll, until memory == data */
#define LOOP	     0x18800001u /* MI_BATCH_BUFFER_START in the GGTT */
#define LRI(n)	     (0x11000000u | (2 * (n) - 1))
#define SRM_GGTT     0x12400002u
#define ARB_CHECK    0x02800000u
#define ARB_OFF	     0x04000000u
#define ARB_ON	     0x04000001u

static struct driver d;

static void setup(void)
{
	driver_init(&d, GT_SKL);
}

static void teardown(void)
{
	driver_finish(&d);
}

static uint32_t r(uint32_t off)
{
	return vgpu_fixture_r32(&d.fx, off);
}

static void w(uint32_t off, uint32_t val)
{
	vgpu_fixture_w32(&d.fx, off, val);
}

static void emit_seqno(struct context *c, enum gt_engine e, uint32_t seqno)
{
	EMIT(&d, c, STORE_GGTT, (uint32_t)d.hwsp_gma[e] + SEQNO_OFF, 0, seqno, USER_IRQ, 0);
}

/* A wait until the dword at @off of RCS's status page is @val. */
static void emit_wait(struct context *c, uint32_t off, uint32_t val)
{
	EMIT(&d, c, SEMAPHORE, val, (uint32_t)d.hwsp_gma[GT_RCS] + off, 0);
}

static uint32_t status_dword(enum gt_engine e, uint32_t off)
{
	return fake_guest_r32(d.fx.guest, d.hwsp_gpa[e] + off);
}

static void set_status_dword(enum gt_engine e, uint32_t off, uint32_t val)
{
	fake_guest_w32(d.fx.guest, d.hwsp_gpa[e] + off, val);
}

static void expect_event(enum gt_engine e, uint32_t status, const struct context *c)
{
	uint32_t got_status, got_tag;

	ck_assert(driver_next_event(&d, e, &got_status, &got_tag));
	ck_assert_uint_eq(got_status, status);
	ck_assert_uint_eq(got_tag, c->tag);
}

static void expect_no_event(enum gt_engine e)
{
	uint32_t status, tag;

	ck_assert(!driver_next_event(&d, e, &status, &tag));
}

static uint32_t image(const struct context *c, unsigned dw)
{
	return fake_guest_r32(d.fx.guest, c->gpa + GT_PAGE_SIZE + 4 * dw);
}

START_TEST(one_context_is_promoted_once_and_completed_once)
{
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		struct context c;

		driver_new_context(&d, &c);
		emit_seqno(&c, e, 0x1234 + e);
		driver_submit(&d, e, &c, NULL);
		ck_assert_uint_eq(gt_vgpu_deadline_ns(d.fx.v), 0);
		ck_assert(driver_run(&d, 10));
		ck_assert_uint_eq(status_dword(e, SEQNO_OFF), 0x1234 + e);
		expect_event(e, ACTIVE, &c);
		expect_event(e, COMPLETE, &c);
		expect_no_event(e);
		ck_assert_uint_eq(image(&c, 0x05), c.tail);
		ck_assert_uint_eq(r(gt_engine_base[e] + 0x34), r(gt_engine_base[e] + 0x30));
		ck_assert_uint_eq(r(gt_engine_base[e] + 0x3a0), 0x0501);
	}
	ck_assert_uint_eq(d.fx.v->events.count[GT_C_submissions], GT_NR_ENGINES);
}
END_TEST

START_TEST(the_longest_way_of_a_context_is_counted)
{
	static const uint64_t waits_us[] = { 500, 7000, 30 };
	const uint64_t *count = d.fx.v->events.count;
	struct context c;

	driver_new_context(&d, &c);
	for (size_t i = 0; i < GT_ARRAY_SIZE(waits_us); i++) {
		emit_seqno(&c, GT_BCS, (uint32_t)i);
		driver_submit(&d, GT_BCS, &c, NULL);
		d.fx.guest->clock_ns += 1000 * waits_us[i];
		ck_assert(driver_run(&d, 10));
	}
	ck_assert_uint_ge(count[GT_C_longest_context_us], 7000);
	ck_assert_uint_lt(count[GT_C_longest_context_us], 7500);
	ck_assert_uint_ge(count[GT_C_longest_busy_us], count[GT_C_longest_context_us]);
	ck_assert_uint_lt(count[GT_C_longest_busy_us], 7530);
}
END_TEST

START_TEST(two_contexts_run_in_order_with_a_switch_between)
{
	struct context a, b;

	driver_new_context(&d, &a);
	driver_new_context(&d, &b);
	emit_seqno(&a, GT_RCS, 1);
	emit_seqno(&b, GT_RCS, 2);
	driver_submit(&d, GT_RCS, &a, &b);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &a);
	expect_event(GT_RCS, SWITCHED, &a);
	expect_event(GT_RCS, COMPLETE, &b);
	expect_no_event(GT_RCS);
	ck_assert_uint_eq(status_dword(GT_RCS, SEQNO_OFF), 2);
}
END_TEST

START_TEST(the_execlist_status_says_which_element_runs)
{
	uint32_t base = gt_engine_base[GT_RCS];
	struct context a, b;

	driver_new_context(&d, &a);
	driver_new_context(&d, &b);
	emit_wait(&a, 0x200, 7);
	emit_wait(&b, 0x204, 7);
	ck_assert_uint_eq(r(base + 0x234), 0);
	ck_assert_uint_eq(r(base + 0x6c), UINT32_MAX);
	driver_submit(&d, GT_RCS, &a, &b);
	ck_assert(driver_run(&d, 10));
	ck_assert_uint_eq(r(base + 0x234), 0x44018);
	ck_assert_uint_eq(r(base + 0x238), a.tag);
	ck_assert_uint_eq(r(base + 0x6c), UINT32_MAX - 1);
	set_status_dword(GT_RCS, 0x200, 7);
	d.fx.guest->clock_ns = gt_vgpu_deadline_ns(d.fx.v);
	ck_assert(driver_run(&d, 10));
	ck_assert_uint_eq(r(base + 0x234), 0x28008);
	ck_assert_uint_eq(r(base + 0x238), b.tag);
}
END_TEST

START_TEST(the_status_buffer_wraps_after_six_entries)
{
	struct context c;

	driver_new_context(&d, &c);
	for (uint32_t i = 1; i <= 40; i++) {
		emit_seqno(&c, GT_BCS, i);
		driver_submit(&d, GT_BCS, &c, NULL);
		ck_assert(driver_run(&d, 10));
		expect_event(GT_BCS, ACTIVE, &c);
		expect_event(GT_BCS, COMPLETE, &c);
		expect_no_event(GT_BCS);
		ck_assert_uint_eq(status_dword(GT_BCS, SEQNO_OFF), i);
	}
}
END_TEST

START_TEST(the_running_context_with_a_larger_tail_is_a_lite_restore)
{
	struct context c;

	driver_new_context(&d, &c);
	emit_wait(&c, 0x200, 7);
	emit_seqno(&c, GT_RCS, 1);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &c);
	emit_seqno(&c, GT_RCS, 2);
	driver_submit(&d, GT_RCS, &c, NULL);
	expect_event(GT_RCS, LITE_RESTORE, &c);
	set_status_dword(GT_RCS, 0x200, 7);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, COMPLETE, &c);
	expect_no_event(GT_RCS);
	ck_assert_uint_eq(status_dword(GT_RCS, SEQNO_OFF), 2);
}
END_TEST

START_TEST(another_context_waits_unless_what_runs_may_be_preempted)
{
	struct context a, b, other;

	driver_new_context(&d, &a);
	driver_new_context(&d, &b);
	driver_new_context(&d, &other);
	EMIT(&d, &a, ARB_OFF);
	emit_wait(&a, 0x200, 7);
	emit_seqno(&b, GT_RCS, 1);
	driver_submit(&d, GT_RCS, &a, NULL);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &a);
	driver_submit(&d, GT_RCS, &b, NULL);
	ck_assert(driver_run(&d, 10));
	expect_no_event(GT_RCS);
	/* A driver may not have two submissions waiting: dropped, and counted. */
	driver_submit(&d, GT_RCS, &other, NULL);
	ck_assert_uint_eq(d.fx.v->events.count[GT_EV_bad_submission], 1);
	set_status_dword(GT_RCS, 0x200, 7);
	d.fx.guest->clock_ns = gt_vgpu_deadline_ns(d.fx.v);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, COMPLETE, &a);
	expect_event(GT_RCS, ACTIVE, &b);
	expect_event(GT_RCS, COMPLETE, &b);
	expect_no_event(GT_RCS);
}
END_TEST

START_TEST(a_waiting_context_is_preempted_and_goes_on_where_it_was)
{
	struct context a, b;

	driver_new_context(&d, &a);
	driver_new_context(&d, &b);
	EMIT(&d, &a, LRI(1), 0x2600, 0x1234, 0);
	emit_wait(&a, 0x200, 7);
	EMIT(&d, &a, SRM_GGTT, 0x2600, (uint32_t)d.hwsp_gma[GT_RCS] + 0x300, 0);
	EMIT(&d, &b, LRI(1), 0x2600, 0x5678, 0);
	emit_seqno(&b, GT_RCS, 1);
	driver_submit(&d, GT_RCS, &a, NULL);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &a);
	driver_submit(&d, GT_RCS, &b, &a);
	d.fx.guest->clock_ns = gt_vgpu_deadline_ns(d.fx.v);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, PREEMPTED, &a);
	expect_event(GT_RCS, SWITCHED, &b);
	expect_no_event(GT_RCS);
	ck_assert_uint_eq(status_dword(GT_RCS, SEQNO_OFF), 1);
	set_status_dword(GT_RCS, 0x200, 7);
	d.fx.guest->clock_ns = gt_vgpu_deadline_ns(d.fx.v);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, COMPLETE, &a);
	ck_assert_uint_eq(status_dword(GT_RCS, 0x300), 0x1234);
}
END_TEST

/* Endless, in the GGTT, and no mere wait: it loads a register. */
static gt_gma_t busy_batch(uint32_t between)
{
	gt_gpa_t gpa;
	gt_gma_t batch = driver_alloc_ggtt(&d, 1, &gpa);
	const uint32_t dw[] = { LRI(1), 0x2608, 1, 0, between, LOOP, (uint32_t)batch, 0 };

	for (size_t i = 0; i < GT_ARRAY_SIZE(dw); i++) {
		fake_guest_w32(d.fx.guest, gpa + 4 * i, dw[i]);
	}
	return batch;
}

START_TEST(a_batch_is_preempted_at_a_check_and_resumed_in_its_midst)
{
	gt_gma_t batch = busy_batch(_i ? ARB_CHECK : 0);
	struct context a, b;

	driver_new_context(&d, &a);
	driver_new_context(&d, &b);
	EMIT(&d, &a, LOOP, (uint32_t)batch, 0);
	emit_seqno(&b, GT_RCS, 1);
	driver_submit(&d, GT_RCS, &a, NULL);
	ck_assert(!driver_run(&d, 2));
	expect_event(GT_RCS, ACTIVE, &a);
	driver_submit(&d, GT_RCS, &b, NULL);
	driver_run(&d, 10);
	if (!_i) {
		expect_no_event(GT_RCS);
		return;
	}
	expect_event(GT_RCS, PREEMPTED, &a);
	expect_event(GT_RCS, COMPLETE, &b);
	ck_assert_uint_eq(image(&a, 0x0f), batch + 20 + 1);
	ck_assert_uint_eq(image(&a, 0x11), 0);
	driver_submit(&d, GT_RCS, &a, NULL);
	driver_run(&d, 1);
	expect_event(GT_RCS, ACTIVE, &a);
	ck_assert_uint_ge(r(0x2074), batch);
	ck_assert_uint_lt(r(0x2074), batch + 32);
}
END_TEST

START_TEST(a_batch_that_only_spins_costs_a_poll_now_and_then)
{
	struct context c;
	gt_gpa_t gpa;
	gt_gma_t batch = driver_alloc_ggtt(&d, 1, &gpa);

	driver_new_context(&d, &c);
	fake_guest_w32(d.fx.guest, gpa, _i == 1 ? ARB_CHECK : _i == 2 ? STORE_GGTT : 0);
	fake_guest_w32(d.fx.guest, gpa + 4, _i == 2 ? (uint32_t)batch + 0x100 : 0);
	fake_guest_w32(d.fx.guest, gpa + 12, _i == 2);
	fake_guest_w32(d.fx.guest, gpa + 16, LOOP);
	fake_guest_w32(d.fx.guest, gpa + 20, (uint32_t)batch);
	EMIT(&d, &c, LOOP, (uint32_t)batch, 0);
	emit_seqno(&c, GT_RCS, 1);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(driver_run(&d, 1));
	ck_assert_uint_lt(d.fx.v->events.count[GT_C_commands], 20);
	ck_assert_uint_lt(gt_vgpu_deadline_ns(d.fx.v), d.fx.guest->clock_ns + 1000000);
	fake_guest_w32(d.fx.guest, gpa, 0x05000000);
	d.fx.guest->clock_ns = gt_vgpu_deadline_ns(d.fx.v);
	ck_assert(driver_run(&d, 2));
	ck_assert_uint_eq(status_dword(GT_RCS, SEQNO_OFF), 1);
}
END_TEST

START_TEST(a_bad_command_raises_the_error_interrupt_until_the_reset)
{
	struct context c;
	uint32_t base = gt_engine_base[GT_VCS];

	driver_new_context(&d, &c);
	w(base + 0xb4, 0xfffffffe);
	EMIT(&d, &c, 0xdeadbeef, 0xdeadbeef);
	driver_submit(&d, GT_VCS, &c, NULL);
	ck_assert(driver_run(&d, 2));
	ck_assert_uint_eq(r(0x44318) & 0x8, 0x8);
	ck_assert_uint_eq(r(base + 0xb0), 1);
	ck_assert_uint_eq(r(base + 0xb8), 1);
	ck_assert_uint_eq(r(base + 0x68), 0xdeadbeef);
	w(base + 0xb0, 1);
	ck_assert_uint_eq(r(base + 0xb0), 0);
	w(0x941c, 4);
	ck_assert_uint_eq(r(base + 0xb8), 0);
}
END_TEST

START_TEST(a_waiting_semaphore_costs_a_poll_now_and_then_only)
{
	struct context c;
	uint64_t deadline_ns;

	driver_new_context(&d, &c);
	emit_wait(&c, 0x200, 7);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(!gt_vgpu_run(d.fx.v));
	deadline_ns = gt_vgpu_deadline_ns(d.fx.v);
	ck_assert_uint_gt(deadline_ns, d.fx.guest->clock_ns);
	ck_assert_uint_lt(deadline_ns, d.fx.guest->clock_ns + 10000000);
	set_status_dword(GT_RCS, 0x200, 7);
	d.fx.guest->clock_ns = deadline_ns;
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &c);
	expect_event(GT_RCS, COMPLETE, &c);
	ck_assert_uint_eq(gt_vgpu_deadline_ns(d.fx.v), UINT64_MAX);
}
END_TEST

START_TEST(one_engine_can_wait_for_another)
{
	struct context a, b;

	driver_new_context(&d, &a);
	driver_new_context(&d, &b);
	emit_wait(&a, 0x200, 7);
	emit_seqno(&a, GT_RCS, 1);
	EMIT(&d, &b, STORE_GGTT, (uint32_t)d.hwsp_gma[GT_RCS] + 0x200, 0, 7);
	driver_submit(&d, GT_RCS, &a, NULL);
	driver_submit(&d, GT_BCS, &b, NULL);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &a);
	expect_event(GT_RCS, COMPLETE, &a);
	expect_event(GT_BCS, ACTIVE, &b);
	expect_event(GT_BCS, COMPLETE, &b);
}
END_TEST

START_TEST(interrupts_go_to_the_engines_field_and_respect_its_mask)
{
	struct context c;

	driver_new_context(&d, &c);
	emit_seqno(&c, GT_BCS, 1);
	driver_submit(&d, GT_BCS, &c, NULL);
	ck_assert(driver_run(&d, 10));
	ck_assert_uint_eq(r(0x44308), 0x01010000);
	w(0x44308, UINT32_MAX);
	ck_assert_uint_eq(r(0x44308), 0);
	w(gt_engine_base[GT_BCS] + 0xa8, 0x00010000);
	emit_seqno(&c, GT_BCS, 2);
	driver_submit(&d, GT_BCS, &c, NULL);
	ck_assert(driver_run(&d, 10));
	ck_assert_uint_eq(r(0x44308), 0x01000000);
}
END_TEST

START_TEST(an_endless_batch_gives_the_mediator_back_and_a_reset_ends_it)
{
	struct context c, next;
	gt_gma_t batch = busy_batch(0);
	uint32_t base = gt_engine_base[GT_RCS];

	driver_new_context(&d, &c);
	EMIT(&d, &c, LOOP, (uint32_t)batch, 0);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(!driver_run(&d, 5));
	ck_assert_uint_eq(r(base + 0x238), c.tag);
	ck_assert_uint_ge(r(base + 0x74), batch);
	ck_assert_uint_lt(r(base + 0x74), batch + 32);
	ck_assert_uint_eq(r(base + 0x9c) & 0x200, 0);
	/* Stop, handshake, reset: twice, as the driver does it. */
	w(base + 0x9c, 0x01000100);
	ck_assert_uint_eq(r(base + 0x9c), 0x300);
	ck_assert(driver_run(&d, 2));
	w(base + 0xd0, 0x00010001);
	ck_assert_uint_eq(r(base + 0xd0), 3);
	w(0x941c, 2);
	ck_assert_uint_eq(r(0x941c), 0);
	w(0x941c, 2);
	w(base + 0xd0, 0x00010000);
	ck_assert_uint_eq(r(base + 0xd0), 0);
	ck_assert_uint_eq(r(base + 0x9c), 0x200);
	w(base + 0x9c, 0x01000000);
	ck_assert_uint_eq(r(base + 0x9c), 0x200);
	ck_assert_uint_eq(r(base + 0x238), 0);
	expect_event(GT_RCS, ACTIVE, &c);
	expect_no_event(GT_RCS);
	driver_new_context(&d, &next);
	emit_seqno(&next, GT_RCS, 9);
	driver_submit(&d, GT_RCS, &next, NULL);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &next);
	expect_event(GT_RCS, COMPLETE, &next);
	ck_assert_uint_eq(status_dword(GT_RCS, SEQNO_OFF), 9);
}
END_TEST

START_TEST(a_ring_goes_on_where_it_was_stopped)
{
	uint32_t base = gt_engine_base[GT_RCS];
	struct context c;

	driver_new_context(&d, &c);
	emit_seqno(&c, GT_RCS, 1);
	w(base + 0x9c, 0x01000100);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(driver_run(&d, 2));
	expect_no_event(GT_RCS);
	w(base + 0x9c, 0x01000000);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &c);
	expect_event(GT_RCS, COMPLETE, &c);
}
END_TEST

START_TEST(a_reset_of_one_engine_leaves_the_others_alone)
{
	struct context a, b;

	driver_new_context(&d, &a);
	driver_new_context(&d, &b);
	emit_wait(&a, 0x200, 7);
	emit_wait(&b, 0x200, 7);
	driver_submit(&d, GT_RCS, &a, NULL);
	driver_submit(&d, GT_BCS, &b, NULL);
	ck_assert(driver_run(&d, 10));
	w(0x941c, 8);
	ck_assert_uint_eq(r(gt_engine_base[GT_RCS] + 0x238), a.tag);
	ck_assert_uint_eq(r(gt_engine_base[GT_BCS] + 0x238), 0);
	w(0x941c, 1);
	ck_assert_uint_eq(r(gt_engine_base[GT_RCS] + 0x238), 0);
	ck_assert_uint_eq(d.fx.v->events.count[GT_C_resets], 2);
}
END_TEST

START_TEST(descriptors_that_lead_nowhere_are_refused)
{
	struct context c, bad;

	driver_new_context(&d, &c);
	bad = c;
	bad.lrca = (uint32_t)(d.fx.v->part.map_size); /* outside the partition */
	driver_submit(&d, GT_RCS, &bad, NULL);
	driver_submit(&d, GT_RCS, &c, &bad);
	bad.lrca = 0xfffff000;
	driver_submit(&d, GT_RCS, &bad, NULL);
	for (unsigned i = 0; i < 4; i++) {
		w(gt_engine_base[GT_RCS] + 0x230, 0);
	}
	ck_assert_uint_eq(d.fx.v->events.count[GT_EV_bad_submission], 4);
	ck_assert(driver_run(&d, 2));
	expect_no_event(GT_RCS);
	emit_seqno(&c, GT_RCS, 5);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &c);
	expect_event(GT_RCS, COMPLETE, &c);
}
END_TEST

/* Broken images hang the engine, and nothing else. */
START_TEST(a_context_image_of_nonsense_hangs_its_engine_only)
{
	static const struct {
		unsigned dw;
		uint32_t val;
	} breakages[] = { { 0x05, 0x1ffffc }, { 0x07, 0x1ffff8 }, { 0x09, 0xfffff000 },
			  { 0x0b, 0 } };
	struct context c, good;

	driver_new_context(&d, &c);
	driver_new_context(&d, &good);
	emit_seqno(&c, GT_RCS, 1);
	driver_set_tail(&d, &c);
	fake_guest_w32(d.fx.guest, c.gpa + GT_PAGE_SIZE + 4 * breakages[_i].dw, breakages[_i].val);
	for (unsigned i = 0; i < 4; i++) {
		uint64_t desc = driver_desc(&c);

		w(gt_engine_base[GT_RCS] + 0x230,
		  (const uint32_t[]){ 0, 0, (uint32_t)(desc >> 32), (uint32_t)desc }[i]);
	}
	ck_assert(driver_run(&d, 10));
	expect_event(GT_RCS, ACTIVE, &c);
	expect_no_event(GT_RCS);
	ck_assert_uint_eq(status_dword(GT_RCS, SEQNO_OFF), 0);
	emit_seqno(&good, GT_VCS, 3);
	driver_submit(&d, GT_VCS, &good, NULL);
	ck_assert(driver_run(&d, 10));
	ck_assert_uint_eq(status_dword(GT_VCS, SEQNO_OFF), 3);
}
END_TEST

START_TEST(without_a_status_page_nothing_is_written)
{
	struct context c;

	driver_new_context(&d, &c);
	w(gt_engine_base[GT_RCS] + 0x80, 0xdeadb000);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(driver_run(&d, 10));
	ck_assert_uint_gt(d.fx.v->events.count[GT_EV_bad_submission], 0);
	ck_assert_uint_eq(r(gt_engine_base[GT_RCS] + 0x3a0), 0x0501);
}
END_TEST

START_TEST(the_time_stamp_runs_at_the_platforms_rate)
{
	uint32_t base = gt_engine_base[GT_RCS];
	uint32_t before = r(base + 0x358);

	d.fx.guest->clock_ns += 1000000000;
	ck_assert_uint_eq(r(base + 0x358) - before, 12000000);
	d.fx.guest->clock_ns = UINT64_MAX;
	ck_assert_uint_le(r(base + 0x35c), 0xf);
}
END_TEST

/* Calls to the n-th of which the guest seam says no: nothing breaks, nothing stays mapped. */
START_TEST(failures_of_the_host_are_survived)
{
	for (unsigned n = 1; n < 12; n++) {
		struct context c;

		driver_new_context(&d, &c);
		emit_seqno(&c, GT_RCS, n);
		gt_frames_drop_all(d.fx.v->frames);
		ck_assert_uint_eq(d.fx.guest->nr_mapped, 0);
		d.fx.guest->fail_in = n;
		driver_submit(&d, GT_RCS, &c, NULL);
		driver_run(&d, 10);
		d.fx.guest->fail_in = 0;
		w(0x941c, 1);
	}
}
END_TEST

/* A clock that jumps while the GPU runs, as if a run had taken that long. */
static uint64_t ticking_now_ns(struct gt_guest *g)
{
	struct fake_guest *f = (struct fake_guest *)g;

	f->clock_ns += 100000;
	return f->clock_ns;
}

START_TEST(a_capped_gpu_rests_for_its_share_of_the_time)
{
	const struct gt_guest_ops *fake_ops = d.fx.guest->base.ops;
	struct gt_guest_ops ops = *fake_ops;
	struct context c;
	gt_gma_t batch = busy_batch(0);
	uint64_t run_ns = 0, start_ns;

	driver_new_context(&d, &c);
	EMIT(&d, &c, LOOP, (uint32_t)batch, 0);
	driver_submit(&d, GT_RCS, &c, NULL);
	d.fx.v->opt.cap_percent = 20;
	ops.now_ns = ticking_now_ns;
	d.fx.guest->base.ops = &ops;
	start_ns = d.fx.guest->clock_ns;
	for (unsigned i = 0; i < 50; i++) {
		uint64_t before_ns = d.fx.guest->clock_ns;

		ck_assert(!gt_submit_run(d.fx.v));
		run_ns += d.fx.guest->clock_ns - before_ns;
		d.fx.guest->clock_ns = gt_submit_deadline_ns(d.fx.v);
	}
	d.fx.guest->base.ops = fake_ops;
	ck_assert_uint_le(run_ns * 100, (d.fx.guest->clock_ns - start_ns) * 22);
	ck_assert_uint_ge(run_ns * 100, (d.fx.guest->clock_ns - start_ns) * 15);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("submit");
	TCase *tc = tcase_create("execlists");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, one_context_is_promoted_once_and_completed_once);
	tcase_add_test(tc, the_longest_way_of_a_context_is_counted);
	tcase_add_test(tc, two_contexts_run_in_order_with_a_switch_between);
	tcase_add_test(tc, the_execlist_status_says_which_element_runs);
	tcase_add_test(tc, the_status_buffer_wraps_after_six_entries);
	tcase_add_test(tc, the_running_context_with_a_larger_tail_is_a_lite_restore);
	tcase_add_test(tc, another_context_waits_unless_what_runs_may_be_preempted);
	tcase_add_test(tc, a_waiting_context_is_preempted_and_goes_on_where_it_was);
	tcase_add_loop_test(tc, a_batch_is_preempted_at_a_check_and_resumed_in_its_midst, 0, 2);
	tcase_add_loop_test(tc, a_batch_that_only_spins_costs_a_poll_now_and_then, 0, 3);
	tcase_add_test(tc, a_bad_command_raises_the_error_interrupt_until_the_reset);
	tcase_add_test(tc, a_waiting_semaphore_costs_a_poll_now_and_then_only);
	tcase_add_test(tc, one_engine_can_wait_for_another);
	tcase_add_test(tc, interrupts_go_to_the_engines_field_and_respect_its_mask);
	tcase_add_test(tc, an_endless_batch_gives_the_mediator_back_and_a_reset_ends_it);
	tcase_add_test(tc, a_ring_goes_on_where_it_was_stopped);
	tcase_add_test(tc, a_reset_of_one_engine_leaves_the_others_alone);
	tcase_add_test(tc, descriptors_that_lead_nowhere_are_refused);
	tcase_add_loop_test(tc, a_context_image_of_nonsense_hangs_its_engine_only, 0, 4);
	tcase_add_test(tc, without_a_status_page_nothing_is_written);
	tcase_add_test(tc, the_time_stamp_runs_at_the_platforms_rate);
	tcase_add_test(tc, failures_of_the_host_are_survived);
	tcase_add_test(tc, a_capped_gpu_rests_for_its_share_of_the_time);
	suite_add_tcase(s, tc);
	return test_run(s);
}
