/* SPDX-License-Identifier: MIT */
/* GMBUS driven the way i915 drives it, its GPIO pins, and traffic that makes no sense. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test_registers.h"
#include "test_run.h"

enum {
	GPIO_B = 0xc5020,
	GMBUS0 = 0xc5100,
	GMBUS1 = 0xc5104,
	GMBUS2 = 0xc5108,
	GMBUS3 = 0xc510c,
	GMBUS5 = 0xc5120,
};

enum { WAIT_PHASE = 1 << 14, HW_READY = 1 << 11, NAK = 1 << 10, ACTIVE = 1 << 9 };
enum { PIN_B = 5, PIN_C = 4, PIN_D = 6 };

static void stop(void)
{
	w(GMBUS1, 0x48000000);
	ck_assert_uint_eq(r(GMBUS2) & (WAIT_PHASE | ACTIVE), WAIT_PHASE);
	w(GMBUS0, 0);
}

/* Read @len bytes of slave @slave from @index on: false if nobody answers. */
static bool i2c_read(uint32_t slave, uint32_t index, void *buf, uint32_t len)
{
	uint8_t *out = buf;

	w(GMBUS1, 0x46000001 | len << 16 | index << 8 | slave << 1);
	for (uint32_t done = 0; done < len; done += 4) {
		uint32_t status = r(GMBUS2);

		if (status & NAK) {
			ck_assert_uint_eq(status & ACTIVE, 0);
			w(GMBUS1, 0x80000000);
			ck_assert_uint_eq(r(GMBUS2), 0);
			w(GMBUS1, 0);
			return false;
		}
		ck_assert_uint_eq(status & (HW_READY | ACTIVE), HW_READY | ACTIVE);
		uint32_t data = r(GMBUS3);

		memcpy(out + done, &data, len - done < 4 ? len - done : 4);
	}
	return true;
}

START_TEST(the_edid_is_read_as_i915_reads_it)
{
	uint8_t first = 0xaa, edid[GT_EDID_SIZE];

	w(GMBUS0, PIN_B);
	ck_assert(i2c_read(0x50, 0, &first, 1));
	ck_assert_uint_eq(first, 0);
	stop();
	w(GMBUS0, PIN_B);
	ck_assert(!i2c_read(0x40, 0, edid, 16));
	w(GMBUS0, PIN_B);
	ck_assert(i2c_read(0x50, 0, edid, sizeof(edid)));
	stop();
	ck_assert(gt_edid_valid(edid));
	ck_assert_mem_eq(edid, fx.v->monitors.head[0].edid, sizeof(edid));
}
END_TEST

START_TEST(an_extension_is_read_where_the_edid_announces_one)
{
	const struct gt_mode mode = { 2560, 1440, 60 };
	uint8_t edid[GT_EDID_MAX_B], block[GT_EDID_SIZE];
	const uint8_t *expected = edid + GT_EDID_SIZE;
	int edid_B = gt_edid_make(edid, &mode, GT_LINK_HDMI, 7);

	ck_assert_int_eq(edid_B, 2 * GT_EDID_SIZE);
	ck_assert_int_eq(gt_monitor_plug(fx.v, 0, edid, (size_t)edid_B), 0);
	w(GMBUS0, PIN_B);
	ck_assert(i2c_read(0x50, 128, block, sizeof(block)));
	ck_assert_mem_eq(block, expected, sizeof(block));
}
END_TEST

START_TEST(the_edid_reads_the_same_in_pieces)
{
	uint8_t edid[GT_EDID_SIZE];

	w(GMBUS0, PIN_B);
	for (uint32_t at = 0; at < sizeof(edid); at += 16) {
		ck_assert(i2c_read(0x50, at, edid + at, 16));
	}
	ck_assert_mem_eq(edid, fx.v->monitors.head[0].edid, sizeof(edid));
}
END_TEST

START_TEST(nobody_answers_elsewhere)
{
	static const uint8_t others[] = { 0x30, 0x37, 0x3a, 0x40, 0x54 };
	uint8_t byte;

	for (size_t i = 0; i < GT_ARRAY_SIZE(others); i++) {
		w(GMBUS0, PIN_B);
		ck_assert(!i2c_read(others[i], 0, &byte, 1));
	}
	w(GMBUS0, PIN_C);
	ck_assert(!i2c_read(0x50, 0, &byte, 1));
	w(GMBUS0, PIN_D);
	ck_assert(!i2c_read(0x50, 0, &byte, 1));
	w(GMBUS0, 0);
	ck_assert(!i2c_read(0x50, 0, &byte, 1));
}
END_TEST

START_TEST(a_written_byte_is_where_the_next_read_begins)
{
	uint32_t expected;

	memcpy(&expected, fx.v->monitors.head[0].edid + 54, 4);
	w(GMBUS0, PIN_B);
	w(GMBUS3, 54);
	w(GMBUS1, 0x42000000 | 1 << 16 | 0x50 << 1); /* write one byte, no index */
	ck_assert_uint_eq(r(GMBUS2) & NAK, 0);
	w(GMBUS1, 0x42000001 | 4 << 16 | 0x50 << 1);
	ck_assert_uint_eq(r(GMBUS3), expected);
}
END_TEST

START_TEST(a_read_with_a_stop_ends_by_itself)
{
	w(GMBUS0, PIN_B);
	w(GMBUS1, 0x4e000001 | 4 << 16 | 0x50 << 1);
	ck_assert_uint_eq(r(GMBUS2) & ACTIVE, ACTIVE);
	r(GMBUS3);
	ck_assert_uint_eq(r(GMBUS2) & (ACTIVE | WAIT_PHASE), WAIT_PHASE);
}
END_TEST

START_TEST(a_two_byte_index_begins_with_the_address)
{
	uint32_t expected;

	memcpy(&expected, fx.v->monitors.head[0].edid + 8, 4);
	w(GMBUS0, PIN_B);
	w(GMBUS5, 0x80000800);
	w(GMBUS1, 0x46000001 | 4 << 16 | 0x50 << 1);
	ck_assert_uint_eq(r(GMBUS3), expected);
}
END_TEST

START_TEST(reading_on_after_the_last_byte_gives_nothing_new)
{
	uint8_t edid[GT_EDID_SIZE];
	uint32_t last;

	w(GMBUS0, PIN_B);
	ck_assert(i2c_read(0x50, 0, edid, sizeof(edid)));
	memcpy(&last, edid + 124, 4);
	for (unsigned i = 0; i < 1000; i++) {
		ck_assert_uint_eq(r(GMBUS3), last);
	}
}
END_TEST

START_TEST(the_longest_read_runs_over_the_end_of_the_eeprom)
{
	uint8_t bytes[511];

	w(GMBUS0, PIN_B);
	ck_assert(i2c_read(0x50, 0xff, bytes, sizeof(bytes)));
	ck_assert_uint_eq(bytes[0], 0);
	ck_assert_mem_eq(bytes + 1, fx.v->monitors.head[0].edid, GT_EDID_SIZE);
	ck_assert_uint_eq(bytes[1 + GT_EDID_SIZE], 0);
	ck_assert_mem_eq(bytes + 257, fx.v->monitors.head[0].edid, GT_EDID_SIZE);
}
END_TEST

START_TEST(a_wire_is_high_unless_it_is_driven_low)
{
	ck_assert_uint_eq(r(GPIO_B), 0x1010);
	w(GPIO_B, 0x0007); /* clock: out, value 0 */
	ck_assert_uint_eq(r(GPIO_B) & 0x1010, 0x1000);
	w(GPIO_B, 0x0700); /* data likewise, clock untouched */
	ck_assert_uint_eq(r(GPIO_B) & 0x1010, 0);
	w(GPIO_B, 0x0101); /* both in */
	ck_assert_uint_eq(r(GPIO_B) & 0x1010, 0x1010);
	w(GPIO_B, 0x0f0f); /* out, value 1 */
	ck_assert_uint_eq(r(GPIO_B) & 0x1010, 0x1010);
	ck_assert_uint_eq(r(GPIO_B) & 0x0505, 0);
}
END_TEST

START_TEST(garbage_does_not_outlive_a_clear)
{
	uint8_t edid[GT_EDID_SIZE];
	uint64_t seed = 3;

	for (unsigned n = 0; n < 200000; n++) {
		uint32_t pick = test_random(&seed), off = GMBUS0 + (pick & 0x3c);

		if (pick & 0x100) {
			r(off);
		} else {
			w(off, test_random(&seed) | (pick & 0x200 ? 0x40000000 : 0));
		}
	}
	w(GMBUS1, 0x80000000);
	w(GMBUS1, 0);
	w(GMBUS5, 0);
	w(GMBUS0, PIN_B);
	ck_assert(i2c_read(0x50, 0, edid, sizeof(edid)));
	ck_assert_mem_eq(edid, fx.v->monitors.head[0].edid, sizeof(edid));
	ck_assert(gt_edid_valid(edid));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gmbus");
	TCase *tc = tcase_create("gmbus");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_edid_is_read_as_i915_reads_it);
	tcase_add_test(tc, an_extension_is_read_where_the_edid_announces_one);
	tcase_add_test(tc, the_edid_reads_the_same_in_pieces);
	tcase_add_test(tc, nobody_answers_elsewhere);
	tcase_add_test(tc, a_written_byte_is_where_the_next_read_begins);
	tcase_add_test(tc, a_read_with_a_stop_ends_by_itself);
	tcase_add_test(tc, a_two_byte_index_begins_with_the_address);
	tcase_add_test(tc, reading_on_after_the_last_byte_gives_nothing_new);
	tcase_add_test(tc, the_longest_read_runs_over_the_end_of_the_eeprom);
	tcase_add_test(tc, a_wire_is_high_unless_it_is_driven_low);
	tcase_add_test(tc, garbage_does_not_outlive_a_clear);
	suite_add_tcase(s, tc);
	return test_run(s);
}
