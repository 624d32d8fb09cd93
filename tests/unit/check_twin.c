/* SPDX-License-Identifier: MIT */
/* What each command does, how long it is, and that no batch keeps the mediator busy for ever. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "twin/twin.h"
#include "test_run.h"

#define MI_END	   0x05000000u
#define BB_START   0x18800101u /* in the PPGTT */
#define BB_GGTT	   0x18800001u
#define BB_SECOND  (1u << 22)
#define STORE	   0x10000002u
#define STORE_GGTT 0x10400002u
#define LRI(n)	   (0x11000001u + 2 * ((n) - 1))
#define DATA	   0x200000u /* in the PPGTT: a page of data, then one that is read-only */
#define READ_ONLY  0x201000u
#define BATCH	   0x400000u /* in the PPGTT: pages of batches */
#define BATCH_2	   0x401000u
#define GPR(i)	   (0x2600u + 8 * (i))
#define SEQNO	   0x100u

static struct driver d;
static struct context c;
static gt_gpa_t data_gpa, ro_gpa, batch_gpa;
static uint32_t batch_at;

static void setup(void)
{
	driver_init(&d, GT_SKL);
	driver_new_context(&d, &c);
	data_gpa = driver_alloc(&d, 1);
	ro_gpa = driver_alloc(&d, 1);
	batch_gpa = driver_alloc(&d, 2);
	driver_bind(&d, &c, DATA, data_gpa, 3);
	driver_bind(&d, &c, READ_ONLY, ro_gpa, 1);
	driver_bind(&d, &c, BATCH, batch_gpa, 3);
	driver_bind(&d, &c, BATCH_2, batch_gpa + GT_PAGE_SIZE, 3);
	batch_at = 0;
}

static void teardown(void)
{
	driver_finish(&d);
}

static uint64_t count(enum gt_counter k)
{
	return d.fx.v->events.count[k];
}

static uint32_t data(uint32_t off)
{
	return fake_guest_r32(d.fx.guest, data_gpa + off);
}

static void set_data(uint32_t off, uint32_t val)
{
	fake_guest_w32(d.fx.guest, data_gpa + off, val);
}

static void batch_emit(const uint32_t *dw, size_t nr)
{
	for (size_t i = 0; i < nr; i++, batch_at += 4) {
		fake_guest_w32(d.fx.guest, batch_gpa + batch_at, dw[i]);
	}
}

#define BATCH_EMIT(...)                                                                            \
	batch_emit((const uint32_t[]){ __VA_ARGS__ },                                              \
		   sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

/* Submit what is in the ring, with a seqno behind it; true if the engine got that far. */
static bool completes(enum gt_engine e)
{
	static uint32_t seqno;

	EMIT(&d, &c, STORE_GGTT, (uint32_t)d.hwsp_gma[e] + SEQNO, 0, ++seqno);
	driver_submit(&d, e, &c, NULL);
	ck_assert(driver_run(&d, 100));
	return fake_guest_r32(d.fx.guest, d.hwsp_gpa[e] + SEQNO) == seqno;
}

/* Run the user batch that was emitted. */
static bool batch_completes(enum gt_engine e)
{
	BATCH_EMIT(MI_END);
	EMIT(&d, &c, BB_START, BATCH, 0);
	return completes(e);
}

START_TEST(headers_that_are_no_command_hang_the_engine)
{
	static const struct {
		enum gt_engine e;
		uint32_t header;
	} bad[] = { { GT_RCS, 0x20000000 }, { GT_RCS, 0xffffffff }, { GT_RCS, 0x50800008 },
		    { GT_BCS, 0x7a000004 }, { GT_VCS, 0x54300005 }, { GT_BCS, 0x1f800000 } };

	BATCH_EMIT(bad[_i].header);
	ck_assert(!batch_completes(bad[_i].e));
	ck_assert_uint_eq(count(GT_EV_command_unknown), 1);
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, gt_engine_base[bad[_i].e] + 0x68),
			  bad[_i].header);
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, gt_engine_base[bad[_i].e] + 0x74), BATCH);
}
END_TEST

START_TEST(stores_are_of_a_dword_or_a_qword)
{
	BATCH_EMIT(STORE, DATA + 8, 0, 0x11111111);
	BATCH_EMIT(STORE | 1u << 21 | 1, DATA + 16, 0, 0x22222222, 0x33333333);
	ck_assert(batch_completes(GT_RCS));
	ck_assert_uint_eq(data(8), 0x11111111);
	ck_assert_uint_eq(data(12), 0);
	ck_assert_uint_eq(data(16), 0x22222222);
	ck_assert_uint_eq(data(20), 0x33333333);
}
END_TEST

START_TEST(a_store_of_many_qwords_stores_them_all)
{
	static uint32_t dw[3 + 1022] = { 0, DATA, 0 };

	for (uint32_t i = 3; i < GT_ARRAY_SIZE(dw); i++) {
		dw[i] = 0x1000 + i;
	}
	dw[0] = 0x10200000u | (GT_ARRAY_SIZE(dw) - 2);
	for (uint32_t i = 0; i < GT_ARRAY_SIZE(dw); i++) {
		BATCH_EMIT(dw[i]);
	}
	ck_assert(batch_completes(GT_BCS));
	ck_assert_uint_eq(data(0), 0x1003);
	ck_assert_uint_eq(data(4 * 1021), 0x1000 + 1024);
}
END_TEST

START_TEST(writes_to_read_only_pages_and_to_nothing_are_dropped)
{
	BATCH_EMIT(STORE, READ_ONLY, 0, 1);
	BATCH_EMIT(STORE, 0x700000, 0, 1);
	BATCH_EMIT(STORE, 0, 0xffff, 1);
	BATCH_EMIT(STORE, DATA, 0, 5);
	ck_assert(batch_completes(GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, ro_gpa), 0);
	ck_assert_uint_eq(data(0), 5);
}
END_TEST

START_TEST(a_users_batch_reaches_the_ppgtt_only)
{
	uint32_t hwsp = (uint32_t)d.hwsp_gma[GT_RCS];

	/* The same address in both spaces, by a user who says GGTT, then by the driver. */
	driver_bind(&d, &c, hwsp, data_gpa, 3);
	BATCH_EMIT(STORE_GGTT, hwsp + 0x300, 0, 9);
	ck_assert(batch_completes(GT_RCS));
	ck_assert_uint_eq(data(0x300), 9);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x300), 0);
	EMIT(&d, &c, STORE_GGTT, hwsp + 0x300, 0, 8);
	ck_assert(completes(GT_RCS));
	ck_assert_uint_eq(data(0x300), 9);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x300), 8);
}
END_TEST

START_TEST(a_users_batch_cannot_jump_into_the_ggtt)
{
	gt_gpa_t gpa;
	gt_gma_t gma = driver_alloc_ggtt(&d, 1, &gpa);

	fake_guest_w32(d.fx.guest, gpa, STORE_GGTT);
	fake_guest_w32(d.fx.guest, gpa + 4, (uint32_t)d.hwsp_gma[GT_RCS] + 0x300);
	fake_guest_w32(d.fx.guest, gpa + 12, 1);
	fake_guest_w32(d.fx.guest, gpa + 16, MI_END);
	BATCH_EMIT(BB_GGTT, (uint32_t)gma, 0);
	ck_assert(!batch_completes(GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x300), 0);
}
END_TEST

START_TEST(registers_are_loaded_moved_and_stored)
{
	set_data(0x40, 0xabcd);
	BATCH_EMIT(LRI(2), GPR(0), 0x1234, GPR(1), 0x5678);
	BATCH_EMIT(0x15000001, GPR(0), GPR(2));
	BATCH_EMIT(0x14800002, GPR(3), DATA + 0x40, 0);
	BATCH_EMIT(0x12000002, GPR(1), DATA, 0, 0x12000002, GPR(2), DATA + 4, 0, 0x12000002, GPR(3),
		   DATA + 8, 0);
	ck_assert(batch_completes(GT_RCS));
	ck_assert_uint_eq(data(0), 0x5678);
	ck_assert_uint_eq(data(4), 0x1234);
	ck_assert_uint_eq(data(8), 0xabcd);
}
END_TEST

START_TEST(users_write_only_the_registers_that_are_theirs)
{
	/* 0xb118 is the driver's until it says otherwise; 0x941c is nobody's by command. */
	BATCH_EMIT(LRI(1), 0xb118, 0x55);
	ck_assert(batch_completes(GT_RCS));
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0xb118), 0);
	vgpu_fixture_w32(&d.fx, 0x24d0, 0xb118);
	EMIT(&d, &c, BB_START, BATCH, 0);
	ck_assert(completes(GT_RCS));
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0xb118), 0x55);
	ck_assert_uint_eq(count(GT_EV_command_user_register), 1);
	EMIT(&d, &c, LRI(1), 0xb11c, 0x66, 0);
	ck_assert(completes(GT_RCS));
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0xb11c), 0x66);
	ck_assert_uint_eq(count(GT_EV_command_register), 0);
}
END_TEST

/* GDRST, ELSP, interrupts, a pipe, another engine's ring, and none of the pair before. */
START_TEST(a_driver_that_writes_nobodys_registers_loses_its_context)
{
	static const uint32_t regs[] = { 0x941c,   0x2230,  0x44200, 0x78818,
					 0x101008, 0x22080, 0x120c0, 0x2580 };
	bool hangs = _i != GT_ARRAY_SIZE(regs) - 1;

	EMIT(&d, &c, LRI(2), 0xb11c, 0x66, regs[_i], 1, 0);
	ck_assert(completes(GT_RCS) != hangs);
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0xb11c), hangs ? 0 : 0x66);
	ck_assert_uint_eq(count(GT_C_resets), 0);
	ck_assert_uint_eq(count(GT_EV_command_register), hangs);
}
END_TEST

START_TEST(a_user_that_writes_nobodys_registers_writes_nothing)
{
	static const uint32_t regs[] = { 0x941c, 0x2230, 0x44200, 0x78818, 0x101008, 0x22080 };

	BATCH_EMIT(LRI(2), GPR(0), 0x66, regs[_i], 1);
	ck_assert(batch_completes(GT_RCS));
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, GPR(0)), 0x66);
	ck_assert_uint_eq(count(GT_C_resets), 0);
	ck_assert_uint_eq(count(GT_EV_command_user_register), 1);
}
END_TEST

START_TEST(refused_commands_cost_a_driver_its_context_and_a_user_nothing)
{
	EMIT(&d, &c, 0x0c000000, 0); /* MI_SET_CONTEXT */
	BATCH_EMIT(0x0a000001, 0, 0, STORE, DATA, 0, 5); /* MI_DISPLAY_FLIP */
	if (_i) {
		c.tail = 0;
		ck_assert(batch_completes(GT_RCS));
		ck_assert_uint_eq(data(0), 5);
		ck_assert_uint_eq(count(GT_EV_command_ignored), 1);
	} else {
		ck_assert(!completes(GT_RCS));
		ck_assert_uint_eq(count(GT_EV_command_refused), 1);
	}
}
END_TEST

START_TEST(a_command_too_short_for_its_operands_hangs_and_does_nothing)
{
	BATCH_EMIT(STORE - 1, DATA, 0, 0);
	ck_assert(!batch_completes(GT_RCS));
	ck_assert_uint_eq(count(GT_EV_command_short), 1);
}
END_TEST

START_TEST(batches_nest_two_deep_and_chain)
{
	batch_at = GT_PAGE_SIZE;
	BATCH_EMIT(STORE, DATA + 4, 0, 2);
	BATCH_EMIT(BB_START | BB_SECOND, BATCH_2 + 0x100, 0); /* chains: it is the second already */
	batch_at = GT_PAGE_SIZE + 0x100;
	BATCH_EMIT(STORE, DATA + 8, 0, 3, MI_END);
	batch_at = 0;
	BATCH_EMIT(STORE, DATA, 0, 1);
	BATCH_EMIT(BB_START | BB_SECOND, BATCH_2, 0);
	BATCH_EMIT(STORE, DATA + 12, 0, 4);
	BATCH_EMIT(BB_START, BATCH + 0x200, 0);
	batch_at = 0x200;
	BATCH_EMIT(STORE, DATA + 16, 0, 5);
	ck_assert(batch_completes(GT_RCS));
	for (uint32_t i = 0; i < 5; i++) {
		ck_assert_uint_eq(data(4 * i), i + 1);
	}
}
END_TEST

START_TEST(a_conditional_end_goes_on_only_while_memory_is_greater)
{
	set_data(0x40, 10);
	BATCH_EMIT(0x1b200002, 5, DATA + 0x40, 0);
	BATCH_EMIT(STORE, DATA, 0, 1);
	BATCH_EMIT(0x1b200002, 10, DATA + 0x40, 0);
	BATCH_EMIT(STORE, DATA, 0, 2);
	ck_assert(batch_completes(GT_RCS));
	ck_assert_uint_eq(data(0), 1);
}
END_TEST

START_TEST(a_pipe_control_writes_values_time_stamps_and_its_own_status_page)
{
	EMIT(&d, &c, 0x7a000004, 1u << 14, DATA, 0, 0x11, 0x22);
	EMIT(&d, &c, 0x7a000004, 3u << 14, DATA + 8, 0, 0, 0);
	EMIT(&d, &c, 0x7a000004, 1u << 14 | 1u << 21, 0xd0, 0, 0x33, 0x44);
	EMIT(&d, &c, 0x7a000004, 1u << 14 | 1u << 21 | 1u << 24, 0x310, 0, 0x77, 0x88);
	EMIT(&d, &c, 0x7a000004, 1u << 14 | 1u << 24 | 1u << 8,
	     (uint32_t)d.hwsp_gma[GT_RCS] + 0x300, 0, 0x55, 0x66);
	ck_assert(completes(GT_RCS));
	ck_assert_uint_eq(data(0), 0x11);
	ck_assert_uint_eq(data(4), 0x22);
	ck_assert_uint_eq(data(8), vgpu_fixture_r32(&d.fx, 0x2358));
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, c.gpa + 0xd0), 0x33);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x310), 0x77);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x304), 0x66);
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0x44308) & 0x10, 0x10);
}
END_TEST

START_TEST(a_flush_writes_a_dword_by_default_and_a_qword_if_longer)
{
	uint32_t hwsp = (uint32_t)d.hwsp_gma[GT_VCS];

	EMIT(&d, &c, 0x13004002, (hwsp + 0x200) | 4, 0, 0x11);
	EMIT(&d, &c, 0x13004003, (hwsp + 0x210) | 4, 0, 0x22, 0x33, 0);
	EMIT(&d, &c, 0x13244082, 0xd0, 0, 0x44);
	EMIT(&d, &c, 0x13244082, 0x318 | 4, 0, 0x55);
	ck_assert(completes(GT_VCS));
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_VCS] + 0x200), 0x11);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_VCS] + 0x204), 0);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_VCS] + 0x214), 0x33);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, c.gpa + 0xd0), 0x44);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_VCS] + 0x318), 0x55);
}
END_TEST

/* R2 = op(R0, R1), and the carry into R3. */
START_TEST(the_arithmetic_unit_agrees_with_the_hosts)
{
	static const uint32_t ops[] = { 0x100, 0x101, 0x102, 0x103, 0x104 };
	uint64_t seed = 1;

	for (unsigned i = 0; i < 60; i++) {
		uint32_t a = test_random(&seed), b = test_random(&seed), op = ops[i % 5];
		uint32_t a_hi = test_random(&seed), b_hi = test_random(&seed);
		uint64_t x = (uint64_t)a_hi << 32 | a, y = (uint64_t)b_hi << 32 | b;
		uint64_t want[] = { x + y, x - y, x & y, x | y, x ^ y };
		bool carry[] = { x + y < x, x < y, false, false, false };

		batch_at = 0;
		BATCH_EMIT(LRI(4), GPR(0), a, GPR(0) + 4, a_hi, GPR(1), b, GPR(1) + 4, b_hi);
		BATCH_EMIT(0x0d000000 + 4, 0x080u << 20 | 0x20 << 10 | 0,
			   0x080u << 20 | 0x21 << 10 | 1, op << 20,
			   0x180u << 20 | 2 << 10 | 0x31, 0x180u << 20 | 3 << 10 | 0x33);
		BATCH_EMIT(0x12000002, GPR(2), DATA, 0, 0x12000002, GPR(2) + 4, DATA + 4, 0);
		BATCH_EMIT(0x12000002, GPR(3), DATA + 8, 0);
		ck_assert(batch_completes(GT_RCS));
		ck_assert_uint_eq(fake_guest_r64(d.fx.guest, data_gpa), want[i % 5]);
		ck_assert_uint_eq(data(8), carry[i % 5] ? UINT32_MAX : 0);
		if (c.tail > DRIVER_RING_B - 256) {
			driver_new_context(&d, &c);
			driver_bind(&d, &c, DATA, data_gpa, 3);
			driver_bind(&d, &c, BATCH, batch_gpa, 3);
		}
	}
}
END_TEST

START_TEST(the_indirect_batch_runs_before_the_ring_and_ends_by_its_size)
{
	gt_gpa_t gpa;
	gt_gma_t gma = driver_alloc_ggtt(&d, 1, &gpa);
	uint32_t hwsp = (uint32_t)d.hwsp_gma[GT_RCS];

	/* One cache line, then a store that must not run. */
	const uint32_t dw[] = { STORE_GGTT, hwsp + 0x300, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				STORE_GGTT, hwsp + 0x304, 0, 1 };

	for (size_t i = 0; i < GT_ARRAY_SIZE(dw); i++) {
		fake_guest_w32(d.fx.guest, gpa + 4 * i, dw[i]);
	}
	fake_guest_w32(d.fx.guest, c.gpa + GT_PAGE_SIZE + 4 * 0x1b, (uint32_t)gma | 1);
	EMIT(&d, &c, 0x12400002, 0x2358, hwsp + 0x308, 0);
	ck_assert(completes(GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x300), 1);
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x304), 0);
}
END_TEST

START_TEST(commands_may_wrap_around_the_ring)
{
	uint32_t hwsp = (uint32_t)d.hwsp_gma[GT_RCS];
	const uint32_t dw[] = { STORE_GGTT, hwsp + 0x300, 0, 0x77 };

	c.tail = DRIVER_RING_B - 8;
	fake_guest_w32(d.fx.guest, c.gpa + GT_PAGE_SIZE + 4 * 5, c.tail);
	driver_emit(&d, &c, dw, 4);
	ck_assert(completes(GT_RCS));
	ck_assert_uint_eq(fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + 0x300), 0x77);
}
END_TEST

START_TEST(a_command_that_runs_beyond_the_tail_hangs)
{
	EMIT(&d, &c, 0x10400102, 0);
	driver_submit(&d, GT_RCS, &c, NULL);
	ck_assert(driver_run(&d, 10));
	ck_assert_uint_eq(count(GT_EV_bad_command), 1);
}
END_TEST

/* Only what is bound writable may change, whatever is executed. */
static void expect_rest_untouched(const uint8_t *before, const gt_gpa_t *writable, size_t nr)
{
	for (gt_gpa_t gpa = 0; gpa < d.fx.guest->mem_B; gpa += GT_PAGE_SIZE) {
		bool may = false;

		for (size_t i = 0; i < nr; i++) {
			may |= gpa == writable[i];
		}
		ck_assert_msg(may || !memcmp(before + gpa, d.fx.guest->mem + gpa, GT_PAGE_SIZE),
			      "page 0x%llx", (unsigned long long)gpa);
	}
}

/* Dwords that are likely to be commands, with addresses that are likely to be somewhere. */
static uint32_t likely_dword(uint64_t *seed)
{
	uint32_t x = test_random(seed);

	switch (x >> 28) {
	case 0:
		return x;
	case 1:
	case 2:
		return (test_random(seed) % 2 ? DATA : BATCH) + (x & 0x1ffc);
	case 3:
		return 0x2000 + (x & 0xffc);
	case 4:
		return 0x50000000u | (x & 0x0ff3ff0f);
	case 5:
		return 0x60000000u | (x & 0x1fff001f);
	case 6:
		return BB_START | (x & BB_SECOND);
	case 7:
	case 8:
		return 0;
	default:
		return (x & 0x1fe00000) | (x & 0x7);
	}
}

START_TEST(garbage_ends_within_the_budget_and_touches_only_what_is_its)
{
	uint64_t seed = 1000 + (uint64_t)_i;
	uint8_t *before = malloc(d.fx.guest->mem_B);
	enum gt_engine e = (enum gt_engine)(_i % GT_NR_ENGINES);

	for (unsigned round = 0; round < 10; round++) {
		for (uint32_t off = 0; off < 2 * GT_PAGE_SIZE; off += 4) {
			fake_guest_w32(d.fx.guest, batch_gpa + off,
				       _i % 8 ? likely_dword(&seed) : test_random(&seed));
		}
		driver_new_context(&d, &c);
		driver_bind(&d, &c, DATA, data_gpa, 3);
		driver_bind(&d, &c, READ_ONLY, ro_gpa, 1);
		driver_bind(&d, &c, BATCH, batch_gpa, 3);
		driver_bind(&d, &c, BATCH_2, batch_gpa + GT_PAGE_SIZE, 3);
		EMIT(&d, &c, BB_START, BATCH, 0);
		driver_set_tail(&d, &c);
		memcpy(before, d.fx.guest->mem, d.fx.guest->mem_B);
		driver_submit(&d, e, &c, NULL);
		for (unsigned i = 0; i < 3; i++) {
			uint64_t commands = count(GT_C_commands);

			gt_vgpu_run(d.fx.v);
			ck_assert_uint_lt(count(GT_C_commands) - commands, 200000);
		}
		vgpu_fixture_w32(&d.fx, 0x941c, 1);

		const gt_gpa_t writable[] = { data_gpa, batch_gpa, batch_gpa + GT_PAGE_SIZE,
					      c.gpa, c.gpa + GT_PAGE_SIZE, d.hwsp_gpa[e] };

		expect_rest_untouched(before, writable, GT_ARRAY_SIZE(writable));
	}
	free(before);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("twin");
	TCase *tc = tcase_create("commands");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, headers_that_are_no_command_hang_the_engine, 0, 6);
	tcase_add_test(tc, stores_are_of_a_dword_or_a_qword);
	tcase_add_test(tc, a_store_of_many_qwords_stores_them_all);
	tcase_add_test(tc, writes_to_read_only_pages_and_to_nothing_are_dropped);
	tcase_add_test(tc, a_users_batch_reaches_the_ppgtt_only);
	tcase_add_test(tc, a_users_batch_cannot_jump_into_the_ggtt);
	tcase_add_test(tc, registers_are_loaded_moved_and_stored);
	tcase_add_test(tc, users_write_only_the_registers_that_are_theirs);
	tcase_add_loop_test(tc, a_driver_that_writes_nobodys_registers_loses_its_context, 0, 8);
	tcase_add_loop_test(tc, a_user_that_writes_nobodys_registers_writes_nothing, 0, 6);
	tcase_add_loop_test(tc, refused_commands_cost_a_driver_its_context_and_a_user_nothing, 0,
			    2);
	tcase_add_test(tc, a_command_too_short_for_its_operands_hangs_and_does_nothing);
	tcase_add_test(tc, batches_nest_two_deep_and_chain);
	tcase_add_test(tc, a_conditional_end_goes_on_only_while_memory_is_greater);
	tcase_add_test(tc, a_pipe_control_writes_values_time_stamps_and_its_own_status_page);
	tcase_add_test(tc, a_flush_writes_a_dword_by_default_and_a_qword_if_longer);
	tcase_add_test(tc, the_arithmetic_unit_agrees_with_the_hosts);
	tcase_add_test(tc, the_indirect_batch_runs_before_the_ring_and_ends_by_its_size);
	tcase_add_test(tc, commands_may_wrap_around_the_ring);
	tcase_add_test(tc, a_command_that_runs_beyond_the_tail_hangs);
	tcase_add_loop_test(tc, garbage_ends_within_the_budget_and_touches_only_what_is_its, 0,
			    16);
	suite_add_tcase(s, tc);
	return test_run(s);
}
