/* SPDX-License-Identifier: MIT */
/* Options: every wrong value is refused with a sentence that names the option. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "xengt/log.h"
#include "xengt/options.h"
#include "xengt/vgpu.h"
#include "test_run.h"

static struct gt_options o;
static struct gt_error err;

static void setup(void)
{
	gt_options_init(&o);
	memset(&err, 0, sizeof(err));
}

static const struct {
	const char *key, *value;
} wrong[] = {
	{ "vgt", "2" },		      { "vgt", "yes" },		   { "vgt", "" },
	{ "vgt_low_gm_sz", "abc" },   { "vgt_low_gm_sz", "1" },	   { "vgt_low_gm_sz", "99999" },
	{ "vgt_low_gm_sz", "-64" },   { "vgt_low_gm_sz", "64MB" }, { "vgt_high_gm_sz", "0" },
	{ "vgt_high_gm_sz", "5000" }, { "vgt_fence_sz", "33" },	   { "vgt_primary", "7" },
	{ "vgt_cap", "101" },	      { "vgt_cap", "1e1" },	   { "vgt_mode", "big" },
	{ "vgt_mode", "1024x" },      { "vgt_mode", "10x10" },	   { "vgt_mode", "1024x768@" },
	{ "vgt_mode", "1024x768x" },  { "vgt_pci_slot", "1" },	   { "vgt_pci_slot", "32" },
	{ "vgt_gen", "icelake" },     { "vgt_foo", "1" },
	{ "vgt_heads", "0" },	      { "vgt_heads", "4" },	   { "vgt_monitor", "vga" },
	{ "vgt_monitor", "dp," },     { "vgt_monitor", "dp,dp,dp,dp" },
	{ "vgt_mode", "1024x768," },  { "vgt_mode", "1024x768,x" }, { "vgt_mode", "7681x768" },
	{ "vgt_monitor_config_file", "" },
	{ "vgt_record", "" },
	{ "vgt_vnc", "" },
};

START_TEST(a_wrong_value_is_refused_with_its_name_and_changes_nothing)
{
	struct gt_options before = o;

	ck_assert_int_eq(gt_options_set(&o, wrong[_i].key, wrong[_i].value, &err), -22);
	ck_assert_ptr_nonnull(strstr(err.text, wrong[_i].key));
	ck_assert_int_eq(memcmp(&before, &o, sizeof(o)), 0);
}
END_TEST

static const struct {
	const char *key, *value;
} right[] = {
	{ "vgt", "1" },		     { "vgt_low_gm_sz", "64" },	    { "vgt_high_gm_sz", "0x1c0" },
	{ "vgt_fence_sz", "0" },     { "vgt_primary", "1" },	    { "vgt_cap", "100" },
	{ "vgt_mode", "1920x1080" }, { "vgt_mode", "1280x720@50" }, { "vgt_pci_slot", "auto" },
	{ "vgt_pci_slot", "0x10" },  { "vgt_gen", "kabylake" },	    { "vgt_log", "debug" },
	{ "vgt_heads", "3" },	     { "vgt_monitor", "none,hdmi,dp" },
	{ "vgt_mode", "1024x768,1280x720@50,1920x1080" },
};

START_TEST(a_right_value_is_taken_and_passes_the_check)
{
	ck_assert_int_eq(gt_options_set(&o, right[_i].key, right[_i].value, &err), 0);
	ck_assert_int_eq(gt_options_check(&o, &err), 0);
}
END_TEST

static const struct {
	const char *key1, *value1, *key2, *value2;
} at_odds[] = {
	{ "vgt_low_gm_sz", "2048", "vgt_high_gm_sz", "4096" },
	{ "vgt_high_gm_sz", "16", "vgt_mode", "3840x2160" },
	{ "vgt_high_gm_sz", "200", "vgt_mode", "7680x4320@30" },
	{ "vgt_log", "loud", "vgt", "1" },
};

START_TEST(the_last_of_a_list_is_that_of_the_heads_that_follow)
{
	ck_assert_int_eq(gt_options_set(&o, "vgt_monitor", "hdmi,dp", &err), 0);
	ck_assert_int_eq(gt_options_set(&o, "vgt_mode", "800x600,1280x720@50", &err), 0);
	ck_assert_int_eq(o.monitor[0].link, GT_LINK_HDMI);
	ck_assert_int_eq(o.monitor[1].link, GT_LINK_DP);
	ck_assert_int_eq(o.monitor[2].link, GT_LINK_DP);
	ck_assert(o.monitor[2].plugged);
	ck_assert_uint_eq(o.mode[0].w_px, 800);
	ck_assert_uint_eq(o.mode[0].hz, 60);
	ck_assert_uint_eq(o.mode[1].w_px, 1280);
	ck_assert_uint_eq(o.mode[2].h_px, 720);
	ck_assert_uint_eq(o.mode[2].hz, 50);
}
END_TEST

START_TEST(values_at_odds_with_each_other_are_refused_with_a_name)
{
	ck_assert_int_eq(gt_options_set(&o, at_odds[_i].key1, at_odds[_i].value1, &err), 0);
	ck_assert_int_eq(gt_options_set(&o, at_odds[_i].key2, at_odds[_i].value2, &err), 0);
	ck_assert_int_eq(gt_options_check(&o, &err), -22);
	ck_assert_ptr_nonnull(strstr(err.text, at_odds[_i].key1));
}
END_TEST

START_TEST(every_row_of_the_option_list_is_a_known_key)
{
	for (const struct gt_option_row *row = gt_option_rows; row->key; row++) {
		ck_assert(gt_options_is_key(row->key));
		gt_options_set(&o, row->key, "nonsense", &err);
		ck_assert_ptr_null(strstr(err.text, "no such option"));
	}
	ck_assert(!gt_options_is_key("vga"));
	ck_assert(!gt_options_is_key("vgtx"));
}
END_TEST

static void set_again(void *ctx, const char *key, const char *value)
{
	ck_assert_int_eq(gt_options_set(ctx, key, value, &err), 0);
}

START_TEST(options_come_back_from_their_texts)
{
	static const char *const words[][2] = {
		{ "vgt", "1" }, { "vgt_low_gm_sz", "64" }, { "vgt_high_gm_sz", "512" },
		{ "vgt_fence_sz", "8" }, { "vgt_primary", "1" }, { "vgt_cap", "50" },
		{ "vgt_monitor_config_file", "/m" }, { "vgt_heads", "3" },
		{ "vgt_monitor", "dp,none,hdmi" }, { "vgt_mode", "1920x1080,640x480@75" },
		{ "vgt_pci_slot", "9" }, { "vgt_gen", "kabylake" }, { "vgt_record", "/r" },
		{ "vgt_vnc", "nobody" }, { "vgt_log", "debug,twin=error" }, { "vgt_qemu", "/q" },
	};
	struct gt_options again;
	size_t nr = 0;

	while (gt_option_rows[nr].key) {
		nr++;
	}
	ck_assert_uint_eq(GT_ARRAY_SIZE(words), nr);
	for (size_t i = 0; i <= nr; i++) {
		gt_options_init(&again);
		gt_options_each(&o, set_again, &again);
		ck_assert_mem_eq(&again, &o, sizeof(o));
		if (i < nr) {
			ck_assert_int_eq(gt_options_set(&o, words[i][0], words[i][1], &err), 0);
		}
	}
}
END_TEST

/* Windows lie in the GGTT, do not overlap, and obey i915's balloon rules, for all sizes. */
START_TEST(any_partition_obeys_the_balloon_rules)
{
	for (uint32_t low = 2; low <= 2048; low += 7) {
		for (uint32_t high = 16; high <= 4096; high += 61) {
			struct gt_partition p;

			o.low_gm_MiB = low;
			o.high_gm_MiB = high;
			if (gt_partition_init(&p, &o, &err)) {
				ck_assert_uint_gt(low + high, 2048);
				continue;
			}
			ck_assert_uint_le(p.map_base + p.map_size, p.aperture_size);
			ck_assert_uint_ge(p.unmap_base, p.aperture_size);
			ck_assert_uint_lt(p.unmap_base + p.unmap_size, p.ggtt_size);
			ck_assert_uint_eq(p.aperture_size & (p.aperture_size - 1), 0);
			ck_assert_uint_eq(p.unmap_size, GT_MiB(high));
		}
	}
}
END_TEST

START_TEST(log_levels_are_parsed_whole_or_not_at_all)
{
	ck_assert_int_eq(gt_log_check("info"), 0);
	ck_assert_int_eq(gt_log_check("warning,gmbus=debug,twin=error"), 0);
	ck_assert_int_eq(gt_log_check("gmbus=loud"), -22);
	ck_assert_int_eq(gt_log_check("nosuch=info"), -22);
	ck_assert_int_eq(gt_log_check("info,"), 0);
	ck_assert_int_eq(gt_log_check(",info"), -22);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("options");
	TCase *tc = tcase_create("options");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_wrong_value_is_refused_with_its_name_and_changes_nothing, 0,
			    (int)GT_ARRAY_SIZE(wrong));
	tcase_add_loop_test(tc, a_right_value_is_taken_and_passes_the_check, 0,
			    (int)GT_ARRAY_SIZE(right));
	tcase_add_test(tc, the_last_of_a_list_is_that_of_the_heads_that_follow);
	tcase_add_loop_test(tc, values_at_odds_with_each_other_are_refused_with_a_name, 0,
			    (int)GT_ARRAY_SIZE(at_odds));
	tcase_add_test(tc, every_row_of_the_option_list_is_a_known_key);
	tcase_add_test(tc, options_come_back_from_their_texts);
	tcase_add_test(tc, any_partition_obeys_the_balloon_rules);
	tcase_add_test(tc, log_levels_are_parsed_whole_or_not_at_all);
	suite_add_tcase(s, tc);
	return test_run(s);
}
