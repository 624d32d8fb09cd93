/* SPDX-License-Identifier: MIT */
/*
 * Generated EDIDs, read by a decoder of the test's own and, where it is installed, by edid-decode;
 * and CVT's published timings as oracle.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edid.h"
#include "test_run.h"

struct mode {
	uint32_t w_px, h_px, htotal, vtotal, clock_10kHz;
	bool preferred;
};

static struct mode decode_detailed(const uint8_t *d)
{
	struct mode m = {
		.w_px = d[2] | (d[4] & 0xf0u) << 4,
		.h_px = d[5] | (d[7] & 0xf0u) << 4,
		.clock_10kHz = d[0] | (uint32_t)d[1] << 8,
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
	double rate = m.clock_10kHz * 1e4 / ((double)m.htotal * m.vtotal);
	double error = rate / hz - 1;
	double half_step = 5000.0 / ((double)m.htotal * m.vtotal) / hz;

	ck_assert(gt_edid_valid(e));
	ck_assert_uint_eq(e[18], 1);
	ck_assert_uint_eq(e[19], e[20] == 0x80 ? 3 : 4);
	ck_assert(m.clock_10kHz >= 2517 || hz == 1);
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
	ck_assert_msg(max_kHz == (e[19] == 3 ? 255 : 510) ||
			      max_kHz * 1000.0 >= m.clock_10kHz * 1e4 / m.htotal,
		      "%ux%u@%u: %u kHz", m.w_px, m.h_px, hz, max_kHz);
	ck_assert(e[72 + 9] == 255 || e[72 + 9] * 1000u >= m.clock_10kHz);
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

/* As a monitor of one link: its length. */
static int make(uint8_t *edid, enum gt_link link, uint32_t w_px, uint32_t h_px, uint32_t hz)
{
	const struct gt_mode mode = { w_px, h_px, hz };

	return gt_edid_make(edid, &mode, link, 7);
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
		uint8_t edid[GT_EDID_MAX_B];

		ck_assert_int_gt(make(edid, GT_LINK_HDMI, known[i].w_px, known[i].h_px, 60), 0);
		struct mode m = check_block(edid, 60);

		ck_assert_uint_eq(m.w_px, known[i].w_px);
		ck_assert_uint_eq(m.h_px, known[i].h_px);
		ck_assert_uint_eq(m.htotal, known[i].htotal);
		ck_assert_uint_eq(m.vtotal, known[i].vtotal);
	}
}
END_TEST

static uint32_t get16(const uint8_t *at)
{
	return (at[0] | (uint32_t)(at[1] & 0x7f) << 8) + 1;
}

/* Timing @nr of a DisplayID block. */
static struct mode decode_long(const uint8_t *block, unsigned nr)
{
	const uint8_t *data = block + 5, *d;

	while (data[0] != 3 && data < block + 100) {
		data += 3 + data[2];
	}
	d = data + 3 + 20 * nr;

	ck_assert_uint_eq(block[0], 0x70);
	ck_assert_uint_eq(data[0], 3);
	ck_assert_uint_lt(nr * 20, data[2]);
	ck_assert_uint_lt(get16(d + 8) + get16(d + 10), get16(d + 6));
	ck_assert_uint_lt(get16(d + 16) + get16(d + 18), get16(d + 14));
	return (struct mode){
		.w_px = get16(d + 4), .h_px = get16(d + 12),
		.htotal = get16(d + 4) + get16(d + 6), .vtotal = get16(d + 12) + get16(d + 14),
		.clock_10kHz = (d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16) + 1,
		.preferred = d[3] & 0x80,
	};
}

/* The mode a driver prefers; all blocks are in order. */
static struct mode preferred(const uint8_t *edid, int edid_B, uint32_t hz)
{
	struct mode m = decode_detailed(edid + 54);
	const uint8_t *last = edid + edid_B - GT_EDID_SIZE;
	double rate;

	ck_assert(gt_edid_check(edid, (size_t)edid_B));
	if (last[0] == 0x70 && decode_long(last, 0).preferred) {
		m = decode_long(last, 0);
	} else {
		check_block(edid, hz);
	}
	rate = m.clock_10kHz * 1e4 / ((double)m.htotal * m.vtotal);
	ck_assert(rate > hz - 0.5 && rate < hz + 0.5);
	return m;
}

START_TEST(any_mode_up_to_7680x4320_is_expressed_exactly)
{
	static const enum gt_link links[] = { GT_LINK_HDMI, GT_LINK_DP };
	unsigned large = 0;

	for (uint32_t w_px = 320; w_px <= 7680; w_px += 160) {
		for (uint32_t h_px = 200; h_px <= 4320; h_px += 103) {
			for (uint32_t hz = 20; hz <= 240; hz += 20) {
				enum gt_link link = links[(w_px / 160 + hz / 20) & 1];
				uint8_t edid[GT_EDID_MAX_B];
				int edid_B = make(edid, link, w_px, h_px, hz);

				ck_assert_int_gt(edid_B, 0);
				struct mode m = preferred(edid, edid_B, hz);

				ck_assert_uint_eq(m.w_px, w_px);
				ck_assert_uint_eq(m.h_px, h_px);
				large += m.w_px > 4095 || m.h_px > 4095 || m.clock_10kHz > 65535;
			}
		}
	}
	ck_assert_uint_gt(large, 1000);
}
END_TEST

START_TEST(sizes_that_are_no_mode_are_refused)
{
	uint8_t edid[GT_EDID_MAX_B], before[GT_EDID_MAX_B];

	memset(edid, 0x5a, sizeof(edid));
	memcpy(before, edid, sizeof(edid));
	ck_assert_int_eq(make(edid, GT_LINK_DP, 0, 768, 60), -EINVAL);
	ck_assert_int_eq(make(edid, GT_LINK_DP, 1024, 0, 60), -EINVAL);
	ck_assert_int_eq(make(edid, GT_LINK_DP, 1024, 768, 0), -EINVAL);
	ck_assert_int_eq(make(edid, GT_LINK_DP, 7681, 768, 60), -EINVAL);
	ck_assert_int_eq(make(edid, GT_LINK_DP, ~0u, ~0u, ~0u), -EINVAL);
	ck_assert_mem_eq(edid, before, sizeof(edid));
}
END_TEST

START_TEST(a_large_mode_comes_with_smaller_ones)
{
	uint8_t edid[GT_EDID_MAX_B];

	ck_assert_int_eq(make(edid, GT_LINK_HDMI, 1920, 1080, 60), GT_EDID_SIZE);
	ck_assert_uint_eq(edid[35], 0x21); /* 640x480, 800x600 */
	ck_assert_uint_eq(edid[36], 0x08); /* 1024x768 */
	ck_assert_uint_eq(edid[38], 1680 / 8 - 31);
	ck_assert_int_eq(make(edid, GT_LINK_HDMI, 700, 500, 60), GT_EDID_SIZE);
	ck_assert_uint_eq(edid[35], 0x20);
	ck_assert_uint_eq(edid[36], 0);
	ck_assert_uint_eq(edid[38], 1);
	ck_assert_int_eq(make(edid, GT_LINK_DP, 7680, 4320, 30), 2 * GT_EDID_SIZE);
	static const uint32_t widths[] = { 7680, 3840, 2560 };

	for (unsigned i = 0; i < GT_ARRAY_SIZE(widths); i++) {
		ck_assert_uint_eq(decode_long(edid + GT_EDID_SIZE, i).w_px, widths[i]);
	}
}
END_TEST

START_TEST(a_fast_mode_comes_with_an_hdmi_extension)
{
	uint8_t edid[GT_EDID_MAX_B], *block = edid + GT_EDID_SIZE;

	ck_assert_int_eq(make(edid, GT_LINK_DP, 2560, 1440, 60), GT_EDID_SIZE);
	ck_assert_int_eq(make(edid, GT_LINK_HDMI, 2560, 1440, 60), 2 * GT_EDID_SIZE);
	for (unsigned fast = 0; fast < 2; fast++) {
		unsigned at = 4;

		ck_assert_uint_eq(block[0], 2);
		ck_assert_uint_eq(block[4] >> 5, 3);
		ck_assert(!memcmp(block + 5, "\x03\x0c\x00", 3)); /* HDMI's identifier */
		while (at < block[2]) {
			at += 1 + (block[at] & 0x1f);
		}
		ck_assert_uint_eq(at, block[2]);
		ck_assert_uint_ge(block[11] * 5u, 300);
		ck_assert_uint_eq(block[2], fast ? 23 : 15);
		ck_assert_int_eq(make(edid, GT_LINK_HDMI, 3840, 2160, 60), 4 * GT_EDID_SIZE);
		block = edid + 2 * GT_EDID_SIZE; /* after the map */
	}
}
END_TEST

/* 0 if edid-decode finds nothing that is not conformant. */
static int run_decoder(const uint8_t *edid, int edid_B)
{
	char path[] = "/tmp/xengt-edid-XXXXXX", command[256];
	int fd = mkstemp(path), ret;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, edid, (size_t)edid_B), edid_B);
	close(fd);
	snprintf(command, sizeof(command), "edid-decode --check %s > %s.out || "
		 "{ cat %s.out; false; }", path, path, path);
	ret = system(command);
	unlink(path);
	snprintf(command, sizeof(command), "%s.out", path);
	unlink(command);
	return ret;
}

START_TEST(an_independent_decoder_finds_nothing_wrong)
{
	static const struct gt_mode modes[] = {
		{ 640, 480, 60 },    { 1024, 768, 60 },	  { 1920, 1080, 60 }, { 1920, 1200, 75 },
		{ 2560, 1440, 60 },  { 3440, 1440, 100 }, { 3840, 2160, 60 }, { 3840, 2160, 30 },
		{ 5120, 2880, 30 },  { 7680, 4320, 60 },  { 1080, 1920, 60 },
	};

	if (system("command -v edid-decode > /dev/null")) {
		return;
	}
	for (size_t i = 0; i < 2 * GT_ARRAY_SIZE(modes); i++) {
		const struct gt_mode *m = &modes[i / 2];
		uint8_t edid[GT_EDID_MAX_B];
		int edid_B = gt_edid_make(edid, m, i & 1 ? GT_LINK_DP : GT_LINK_HDMI, 1);

		ck_assert_int_gt(edid_B, 0);
		ck_assert_msg(!run_decoder(edid, edid_B), "%ux%u@%u", m->w_px, m->h_px, m->hz);
	}
}
END_TEST

START_TEST(an_edid_is_checked_whole)
{
	uint8_t edid[GT_EDID_MAX_B];
	int edid_B = make(edid, GT_LINK_HDMI, 3840, 2160, 60);

	ck_assert_int_eq(edid_B, 4 * GT_EDID_SIZE);
	ck_assert(gt_edid_check(edid, (size_t)edid_B));
	ck_assert(!gt_edid_check(edid, (size_t)edid_B - 1));
	ck_assert(!gt_edid_check(edid, GT_EDID_SIZE));
	ck_assert(!gt_edid_check(edid, 0));
	for (int i = 0; i < edid_B; i++) {
		edid[i] ^= 4;
		ck_assert(!gt_edid_check(edid, (size_t)edid_B));
		edid[i] ^= 4;
	}
}
END_TEST

START_TEST(the_serial_number_is_a_number_and_a_text)
{
	const struct gt_mode mode = { 1024, 768, 60 };
	uint8_t edid[GT_EDID_MAX_B];

	ck_assert_int_eq(gt_edid_make(edid, &mode, GT_LINK_HDMI, 4294967295u), GT_EDID_SIZE);
	ck_assert(!memcmp(edid + 12, "\xff\xff\xff\xff", 4));
	ck_assert(!memcmp(edid + 108 + 5, "4294967295\n  ", 13));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edid");
	TCase *tc = tcase_create("edid");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, blanking_is_that_of_cvt);
	tcase_add_test(tc, any_mode_up_to_7680x4320_is_expressed_exactly);
	tcase_add_test(tc, sizes_that_are_no_mode_are_refused);
	tcase_add_test(tc, a_large_mode_comes_with_smaller_ones);
	tcase_add_test(tc, a_fast_mode_comes_with_an_hdmi_extension);
	tcase_add_test(tc, an_independent_decoder_finds_nothing_wrong);
	tcase_add_test(tc, an_edid_is_checked_whole);
	tcase_add_test(tc, the_serial_number_is_a_number_and_a_text);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
