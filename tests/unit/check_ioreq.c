/* SPDX-License-Identifier: MIT */
/*
 * Requests of a hypervisor against a model vGPU: one BAR that is an array of bytes, guest memory
 * that is another, and a flat loop over bytes as oracle for everything a rep instruction does.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_internal.h"
#include "xengt/ioreq.h"
#include "test_run.h"

#define BAR_BASE 0xf1000000u
#define BAR_B	 0x4000u
#define RAM_B	 0x4000u /* guest memory: [0, RAM_B) */

static uint8_t bar_mem[BAR_B], ram[RAM_B];
static unsigned nr_accesses, nr_config, nr_invalidate, nr_events;
static struct gt_vgpu vgpu;

/* --- the model: stands in for vgpu.c, frames.c and events.c ------------------------------- */

bool gt_vgpu_bar_find(struct gt_vgpu *v, gt_gpa_t gpa, enum gt_bar *bar, uint64_t *off)
{
	if (gpa < BAR_BASE || gpa - BAR_BASE >= BAR_B) {
		return false;
	}
	*bar = GT_BAR_MMIO;
	*off = gpa - BAR_BASE;
	return true;
}

uint64_t gt_vgpu_bar_read(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size)
{
	uint64_t val = 0;

	nr_accesses++;
	if (off > BAR_B - size) {
		return UINT64_MAX;
	}
	memcpy(&val, bar_mem + off, size);
	return val;
}

void gt_vgpu_bar_write(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size,
		       uint64_t val)
{
	nr_accesses++;
	if (off <= BAR_B - size) {
		memcpy(bar_mem + off, &val, size);
	}
}

uint32_t gt_vgpu_config_read(struct gt_vgpu *v, uint32_t off, unsigned size)
{
	nr_config++;
	return off << 8 | size;
}

void gt_vgpu_config_write(struct gt_vgpu *v, uint32_t off, unsigned size, uint32_t val)
{
	ck_assert(size == 4 || val >> (8 * size) == 0);
	nr_config++;
}

void gt_vgpu_invalidate(struct gt_vgpu *v)
{
	nr_invalidate++;
}

int gt_guest_read(struct gt_vgpu *v, gt_gpa_t gpa, void *buf, size_t len)
{
	if (gpa > RAM_B - len) {
		return -EFAULT;
	}
	memcpy(buf, ram + gpa, len);
	return 0;
}

int gt_guest_write(struct gt_vgpu *v, gt_gpa_t gpa, const void *buf, size_t len)
{
	if (gpa > RAM_B - len) {
		return -EFAULT;
	}
	memcpy(ram + gpa, buf, len);
	return 0;
}

void gt_count(struct gt_vgpu *v, enum gt_counter c)
{
}

void gt_event(struct gt_vgpu *v, enum gt_counter ev, const char *fmt, ...)
{
	nr_events++;
}

static void set_up(void)
{
	for (size_t i = 0; i < BAR_B; i++) {
		bar_mem[i] = (uint8_t)(i * 7 + 1);
		ram[i] = (uint8_t)(i * 13 + 5);
	}
	nr_accesses = nr_config = nr_invalidate = nr_events = 0;
}

static struct gt_ioreq memory(uint64_t addr, uint32_t size, uint32_t count)
{
	return (struct gt_ioreq){
		.type = GT_IOREQ_MEMORY, .addr = addr, .size = size, .count = count
	};
}

/* --- tests -------------------------------------------------------------------------------- */

START_TEST(a_single_read_gives_just_its_bytes)
{
	static const uint32_t sizes[] = { 1, 2, 4, 8 };

	for (size_t i = 0; i < GT_ARRAY_SIZE(sizes); i++) {
		struct gt_ioreq r = memory(BAR_BASE + 3, sizes[i], 1);
		uint64_t want = 0;

		r.read = true;
		r.data = 0xdeadbeefdeadbeef;
		memcpy(&want, bar_mem + 3, sizes[i]);
		gt_ioreq_handle(&vgpu, &r);
		ck_assert_uint_eq(r.data, want);
	}
}
END_TEST

START_TEST(a_rep_store_writes_the_same_value_to_each_element)
{
	struct gt_ioreq r = memory(BAR_BASE + 0x100, 4, 8);

	r.data = 0xffffffff11223344;
	gt_ioreq_handle(&vgpu, &r);
	ck_assert_uint_eq(nr_accesses, 8);
	for (unsigned i = 0; i < 8; i++) {
		uint32_t got;

		memcpy(&got, bar_mem + 0x100 + 4 * i, 4);
		ck_assert_uint_eq(got, 0x11223344);
	}
	ck_assert_uint_eq(bar_mem[0x120], (uint8_t)(0x120 * 7 + 1));
}
END_TEST

/* Every direction, size and count, against a loop over bytes; buffers cross a page. */
START_TEST(a_rep_copy_moves_what_a_loop_over_elements_would)
{
	static uint8_t want_bar[BAR_B], want_ram[RAM_B];
	uint32_t size = 1u << (_i & 3);
	bool read = _i & 4, down = _i & 8;
	uint32_t count = 1 + (uint32_t)_i * 3;
	uint64_t at = 0x800, buf = 0xff0;
	struct gt_ioreq r = memory(BAR_BASE + at, size, count);

	r.data = buf;
	r.data_is_ptr = true;
	r.read = read;
	r.down = down;
	memcpy(want_bar, bar_mem, BAR_B);
	memcpy(want_ram, ram, RAM_B);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t step = (uint64_t)i * size;
		uint8_t *b = want_bar + (down ? at - step : at + step);
		uint8_t *m = want_ram + (down ? buf - step : buf + step);

		memmove(read ? m : b, read ? b : m, size);
	}
	gt_ioreq_handle(&vgpu, &r);
	ck_assert_mem_eq(bar_mem, want_bar, BAR_B);
	ck_assert_mem_eq(ram, want_ram, RAM_B);
	ck_assert_uint_eq(nr_accesses, count);
	ck_assert_uint_eq(nr_events, 0);
}
END_TEST

START_TEST(a_buffer_inside_the_bar_is_not_touched)
{
	struct gt_ioreq r = memory(BAR_BASE, 8, 4);
	uint8_t before[BAR_B];

	memcpy(before, bar_mem, BAR_B);
	r.data = BAR_BASE - 4; /* its first element reaches into the BAR with its last bytes */
	r.data_is_ptr = true;
	r.read = true;
	gt_ioreq_handle(&vgpu, &r);
	ck_assert_mem_eq(bar_mem, before, BAR_B);
	ck_assert_uint_eq(nr_events, 4);
}
END_TEST

START_TEST(a_write_from_no_ram_writes_all_ones)
{
	struct gt_ioreq r = memory(BAR_BASE, 4, 1);

	r.data = RAM_B;
	r.data_is_ptr = true;
	gt_ioreq_handle(&vgpu, &r);
	ck_assert_uint_eq(bar_mem[0] & bar_mem[1] & bar_mem[2] & bar_mem[3], 0xff);
	ck_assert_uint_eq(bar_mem[4], (uint8_t)(4 * 7 + 1));
}
END_TEST

START_TEST(an_access_beside_every_bar_reads_all_ones)
{
	struct gt_ioreq r = memory(0x1000, 2, 1);

	r.read = true;
	gt_ioreq_handle(&vgpu, &r);
	ck_assert_uint_eq(r.data, 0xffff);
	ck_assert_uint_eq(nr_accesses, 0);
	ck_assert_uint_eq(nr_events, 1);
}
END_TEST

START_TEST(requests_that_make_no_sense_read_all_ones_and_touch_nothing)
{
	static const struct gt_ioreq bad[] = {
		{ GT_IOREQ_MEMORY, BAR_BASE, 0, 1, 0, .read = true },
		{ GT_IOREQ_MEMORY, BAR_BASE, 0, 1, 3, .read = true },
		{ GT_IOREQ_MEMORY, BAR_BASE, 0, 1, 16, .read = true },
		{ GT_IOREQ_MEMORY, BAR_BASE, 0, 1, 0x80000000, .read = true },
		{ GT_IOREQ_MEMORY, BAR_BASE, 0, 0, 4, .read = true },
		{ GT_IOREQ_MEMORY, BAR_BASE, 0, 1025, 4, .read = true },
		{ GT_IOREQ_MEMORY, BAR_BASE, 0, UINT32_MAX, 8, .read = true },
		{ GT_IOREQ_MEMORY, UINT64_MAX - 2, 0, 1, 4, .read = true },
		{ GT_IOREQ_MEMORY, UINT64_MAX - 16, 0, 4, 8, .read = true },
		{ GT_IOREQ_MEMORY, 16, 0, 4, 8, .read = true, .down = true },
		{ GT_IOREQ_CONFIG, 0x100, 0, 1, 4, .read = true },
		{ GT_IOREQ_CONFIG, 2, 0, 1, 4, .read = true },
		{ GT_IOREQ_CONFIG, 0, 0, 1, 8, .read = true },
		{ GT_IOREQ_CONFIG, 0, 0, 2, 4, .read = true },
		{ GT_IOREQ_PIO, 0x3c0, 0, 1, 1, .read = true },
		{ GT_IOREQ_OTHER, 0, 0, 1, 4, .read = true },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		struct gt_ioreq r = bad[i];
		unsigned bits = r.size == 1 ? 8 : r.size == 2 ? 16 : r.size == 4 ? 32 : 64;

		ck_assert(!gt_ioreq_valid(&r));
		gt_ioreq_handle(&vgpu, &r);
		ck_assert_uint_eq(r.data, UINT64_MAX >> (64 - bits));
	}
	ck_assert_uint_eq(nr_accesses + nr_config, 0);
	ck_assert_uint_eq(nr_events, GT_ARRAY_SIZE(bad));
}
END_TEST

START_TEST(configuration_space_is_reached_by_offset_whatever_the_function)
{
	struct gt_ioreq r = {
		.type = GT_IOREQ_CONFIG, .addr = 0x0000f80000000042, .size = 2, .count = 1,
		.read = true,
	};

	gt_ioreq_handle(&vgpu, &r);
	ck_assert_uint_eq(r.data, 0x42u << 8 | 2);
	r.read = false;
	r.data = 0xffffffffffffffff;
	gt_ioreq_handle(&vgpu, &r);
	ck_assert_uint_eq(nr_config, 2);
}
END_TEST

START_TEST(invalidation_forgets_the_guests_pages)
{
	struct gt_ioreq r = { .type = GT_IOREQ_INVALIDATE };

	gt_ioreq_handle(&vgpu, &r);
	ck_assert_uint_eq(nr_invalidate, 1);
}
END_TEST

/* Whatever the fields, a request ends after at most a page of elements, inside all arrays. */
START_TEST(random_requests_stay_in_bounds)
{
	uint64_t x = 88172645463325252u;

	for (unsigned n = 0; n < 200000; n++) {
		struct gt_ioreq r;
		uint64_t w[4];

		for (unsigned i = 0; i < 4; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			w[i] = x;
		}
		r = (struct gt_ioreq){
			.type = (enum gt_ioreq_type)(w[0] % 5),
			.addr = w[0] & 0x100 ? w[1] : BAR_BASE + w[1] % (BAR_B + 32) - 16,
			.data = w[0] & 0x200 ? w[2] : w[2] % (RAM_B + 32),
			.count = w[0] & 0x400 ? (uint32_t)w[3] : (uint32_t)(w[3] % 5),
			.size = w[0] & 0x800 ? (uint32_t)(w[3] >> 32) : 1u << (w[3] >> 32 & 3),
			.data_is_ptr = w[0] & 0x1000,
			.read = w[0] & 0x2000,
			.down = w[0] & 0x4000,
		};
		nr_accesses = 0;
		gt_ioreq_handle(&vgpu, &r);
		ck_assert_uint_le(nr_accesses, GT_PAGE_SIZE);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ioreq");
	TCase *tc = tcase_create("ioreq");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, a_single_read_gives_just_its_bytes);
	tcase_add_test(tc, a_rep_store_writes_the_same_value_to_each_element);
	tcase_add_loop_test(tc, a_rep_copy_moves_what_a_loop_over_elements_would, 0, 16);
	tcase_add_test(tc, a_buffer_inside_the_bar_is_not_touched);
	tcase_add_test(tc, a_write_from_no_ram_writes_all_ones);
	tcase_add_test(tc, an_access_beside_every_bar_reads_all_ones);
	tcase_add_test(tc, requests_that_make_no_sense_read_all_ones_and_touch_nothing);
	tcase_add_test(tc, configuration_space_is_reached_by_offset_whatever_the_function);
	tcase_add_test(tc, invalidation_forgets_the_guests_pages);
	tcase_add_test(tc, random_requests_stay_in_bounds);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
