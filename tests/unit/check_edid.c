/* SPDX-License-Identifier: MIT */
/* Generated EDIDs, read by a decoder of the test's own, and CVT's published timings as oracle. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "edid.h"

struct mode {
	uint32_t w_px, h_px, htotal, vtotal, clock_Hz;
};

static struct mode decode_detailed(const uint8_t *d)
{
	struct mode m = {
		.w_px = d[2] | (d[4] & 0xf0u) << 4,
		.h_px = d[5] | (d[7] & 0xf0u) << 4,
		.clock_Hz = (d[0] | d[1] << 8) * 10000u,
	};

	m.htotal = m.w_px + (d[3] | (d[4] & 0xfu) << 8);
	m.vtotal = m.h_px + (d[6] | (d[7] & 0xfu) << 8);
	return m;
}

/* Every rule of the block that holds for any mode. */
static struct mode check_block(const uint8_t *e, uint32_t hz)
{
	struct mode m = decode_detailed(e + 54);
	const uint8_t *d = e + 54;
	uint8_t sum = 0;
	double rate = (double)m.clock_Hz / ((double)m.htotal * m.vtotal);
	double error = rate / hz - 1;
	double half_step = 5000.0 / ((double)m.htotal * m.vtotal) / hz;

	for (unsigned i = 0; i < GT_EDID_SIZE; i++) {
		sum = (uint8_t)(sum + e[i]);
	}
	ck_assert_uint_eq(sum, 0);
	ck_assert(gt_edid_valid(e));
	ck_assert_uint_eq(e[18], 1);
	ck_assert_uint_eq(e[19], 4);
	ck_assert_uint_eq(e[126], m.clock_Hz > 165000000);
	ck_assert(m.clock_Hz >= 25175000 || hz == 1);
	ck_assert(error <= half_step + 1e-9 && -error <= half_step + 1e-9);
	/* syncs lie inside the blanking */
	uint32_t hfront = d[8] | (d[11] & 0xc0u) << 2, hsync = d[9] | (d[11] & 0x30u) << 4;
	uint32_t vfront = d[10] >> 4 | (d[11] & 0x0cu) << 2;
	uint32_t vsync = (d[10] & 0xf) | (d[11] & 3u) << 4;

	ck_assert_uint_lt(hfront + hsync, m.htotal - m.w_px);
	ck_assert_uint_lt(vfront + vsync, m.vtotal - m.h_px);
	/* the other descriptors: limits, name, serial number */
	ck_assert_uint_eq(e[72 + 3], 0xfd);
	ck_assert_uint_eq(e[90 + 3], 0xfc);
	ck_assert(!memcmp(e + 90 + 5, "xengt\n       ", 13));
	ck_assert_uint_eq(e[108 + 3], 0xff);
	uint32_t max_hz = e[72 + 6] + (e[72 + 4] & 2 ? 255u : 0);
	uint32_t max_kHz = e[72 + 8] + (e[72 + 4] & 8 ? 255u : 0);

	ck_assert_uint_le(e[72 + 5], hz);
	ck_assert_uint_ge(max_hz, hz);
	ck_assert_msg(max_kHz == 510 || max_kHz * 1000.0 >= (double)m.clock_Hz / m.htotal,
		      "%ux%u@%u: %u kHz", m.w_px, m.h_px, hz, max_kHz);
	ck_assert_uint_ge(e[72 + 9] * 10000000u, m.clock_Hz);
	/* standard timings: at 60 Hz, not above the preferred mode */
	for (unsigned i = 38; i < 54; i += 2) {
		static const uint8_t aspect[4][2] = { { 16, 10 }, { 4, 3 }, { 5, 4 }, { 16, 9 } };
		uint32_t w_px = (e[i] + 31u) * 8;
		uint32_t h_px = w_px * aspect[e[i + 1] >> 6][1] / aspect[e[i + 1] >> 6][0];

		if (e[i] == 1 && e[i + 1] == 1) {
			continue;
		}
		ck_assert_uint_eq(e[i + 1] & 0x3f, 0);
		ck_assert_uint_le(w_px, m.w_px);
		ck_assert_uint_le(h_px, m.h_px);
	}
	return m;
}

START_TEST(blanking_is_that_of_cvt)
{
	/* totals of `cvt -r` for these modes */
	static const struct {
		uint32_t w_px, h_px, htotal, vtotal;
	} known[] = {
		{ 1024, 768, 1184, 790 },    { 1280, 1024, 1440, 1054 },
		{ 1920, 1080, 2080, 1111 },  { 1920, 1200, 2080, 1235 },
		{ 2560, 1440, 2720, 1481 },  { 3840, 2160, 4000, 2222 },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(known); i++) {
		uint8_t edid[GT_EDID_SIZE];

		ck_assert_int_eq(gt_edid_generate(edid, known[i].w_px, known[i].h_px, 60, 7), 0);
		struct mode m = check_block(edid, 60);

		ck_assert_uint_eq(m.w_px, known[i].w_px);
		ck_assert_uint_eq(m.h_px, known[i].h_px);
		ck_assert_uint_eq(m.htotal, known[i].htotal);
		ck_assert_uint_eq(m.vtotal, known[i].vtotal);
	}
}
END_TEST

START_TEST(any_mode_is_expressed_exactly_or_refused)
{
	unsigned made = 0, refused = 0;

	for (uint32_t w_px = 1; w_px < 4200; w_px += w_px < 700 ? 61 : 119) {
		for (uint32_t h_px = 1; h_px < 4200; h_px += h_px < 700 ? 53 : 211) {
			for (uint32_t hz = 1; hz < 600; hz += hz < 60 ? 59 : 67) {
				uint8_t edid[GT_EDID_SIZE], before[GT_EDID_SIZE];

				memset(edid, 0x5a, sizeof(edid));
				memcpy(before, edid, sizeof(edid));
				int ret = gt_edid_generate(edid, w_px, h_px, hz, w_px);

				if (ret) {
					ck_assert_int_eq(ret, -EINVAL);
					ck_assert_mem_eq(edid, before, sizeof(edid));
					refused++;
					continue;
				}
				struct mode m = check_block(edid, hz);

				ck_assert_uint_eq(m.w_px, w_px);
				ck_assert_uint_eq(m.h_px, h_px);
				made++;
			}
		}
	}
	ck_assert_uint_gt(made, 1000);
	ck_assert_uint_gt(refused, 100);
}
END_TEST

START_TEST(sizes_that_are_no_mode_are_refused)
{
	uint8_t edid[GT_EDID_SIZE];

	ck_assert_int_eq(gt_edid_generate(edid, 0, 768, 60, 0), -EINVAL);
	ck_assert_int_eq(gt_edid_generate(edid, 1024, 0, 60, 0), -EINVAL);
	ck_assert_int_eq(gt_edid_generate(edid, 1024, 768, 0, 0), -EINVAL);
	ck_assert_int_eq(gt_edid_generate(edid, 4096, 768, 60, 0), -EINVAL);
	ck_assert_int_eq(gt_edid_generate(edid, ~0u, ~0u, ~0u, 0), -EINVAL);
	ck_assert_int_eq(gt_edid_generate(edid, 4095, 4095, 60, 0), -EINVAL);
}
END_TEST

START_TEST(a_large_mode_comes_with_smaller_ones)
{
	uint8_t edid[GT_EDID_SIZE];

	ck_assert_int_eq(gt_edid_generate(edid, 1920, 1080, 60, 0), 0);
	ck_assert_uint_eq(edid[35], 0x21); /* 640x480, 800x600 */
	ck_assert_uint_eq(edid[36], 0x08); /* 1024x768 */
	ck_assert_uint_eq(edid[38], 1680 / 8 - 31);
	ck_assert_int_eq(gt_edid_generate(edid, 700, 500, 60, 0), 0);
	ck_assert_uint_eq(edid[35], 0x20);
	ck_assert_uint_eq(edid[36], 0);
	ck_assert_uint_eq(edid[38], 1);
}
END_TEST

START_TEST(a_fast_mode_comes_with_an_hdmi_extension)
{
	uint8_t edid[GT_EDID_SIZE], block[GT_EDID_SIZE], sum = 0;

	ck_assert_int_eq(gt_edid_generate(edid, 2560, 1440, 60, 0), 0);
	ck_assert_uint_eq(edid[126], 1);
	gt_edid_extension(block);
	for (unsigned i = 0; i < GT_EDID_SIZE; i++) {
		sum = (uint8_t)(sum + block[i]);
	}
	ck_assert_uint_eq(sum, 0);
	ck_assert_uint_eq(block[0], 2);
	ck_assert_uint_eq(block[4] >> 5, 3);
	ck_assert(!memcmp(block + 5, "\x03\x0c\x00", 3)); /* HDMI's identifier */
	unsigned at = 4;

	while (at < block[2]) {
		at += 1 + (block[at] & 0x1f);
	}
	ck_assert_uint_eq(at, block[2]);
	ck_assert_uint_ge(block[11] * 5u, 300);
}
END_TEST

START_TEST(the_serial_number_is_a_number_and_a_text)
{
	uint8_t edid[GT_EDID_SIZE];

	ck_assert_int_eq(gt_edid_generate(edid, 1024, 768, 60, 4294967295u), 0);
	ck_assert(!memcmp(edid + 12, "\xff\xff\xff\xff", 4));
	ck_assert(!memcmp(edid + 108 + 5, "4294967295\n  ", 13));
}
END_TEST

START_TEST(a_damaged_block_is_not_valid)
{
	uint8_t edid[GT_EDID_SIZE];

	ck_assert_int_eq(gt_edid_generate(edid, 1024, 768, 60, 0), 0);
	for (unsigned i = 0; i < GT_EDID_SIZE; i++) {
		edid[i] ^= 0x10;
		ck_assert(!gt_edid_valid(edid));
		edid[i] ^= 0x10;
	}
	ck_assert(gt_edid_valid(edid));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("edid");
	TCase *tc = tcase_create("edid");
	SRunner *sr = srunner_create(s);

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, blanking_is_that_of_cvt);
	tcase_add_test(tc, any_mode_is_expressed_exactly_or_refused);
	tcase_add_test(tc, sizes_that_are_no_mode_are_refused);
	tcase_add_test(tc, a_large_mode_comes_with_smaller_ones);
	tcase_add_test(tc, a_fast_mode_comes_with_an_hdmi_extension);
	tcase_add_test(tc, the_serial_number_is_a_number_and_a_text);
	tcase_add_test(tc, a_damaged_block_is_not_valid);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_NORMAL);
	int failed = srunner_ntests_failed(sr);

	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
