/* SPDX-License-Identifier: MIT */
/* The parts of dm/ that decide before Xen is asked: command lines, slots, monitors, BAR RAM. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "brief.h"
#include "checks.h"
#include "layout.h"
#include "monitor_file.h"
#include "trace.h"
#include "xengt/vgpu.h"
#include "xlargs.h"
#include "test_run.h"

#define ARGC(a) ((int)GT_ARRAY_SIZE(a) - 1)

static struct gt_error err;

/* Classes the layout is tested with: every page trapped but those a test sets. */
static enum gt_page_class model_classes[GT_NR_REG_PAGES];

void gt_regs_page_classes(enum gt_platform_id platform, enum gt_page_class *classes)
{
	memcpy(classes, model_classes, sizeof(model_classes));
}

/* --- the command line of libxl ------------------------------------------------------------ */

START_TEST(our_words_never_reach_qemu)
{
	char *argv[] = { "dm", "-xen-domid", "7", "-xengt", "vgt=1", "-name",
			 "win,debug-threads=on", "--xengt=vgt_fence_sz=2", "-m", "320", NULL };
	char *want[] = { "dm", "-xen-domid", "7", "-name", "win,debug-threads=on", "-m", "320" };
	struct dm_args a;

	ck_assert_int_eq(dm_args_parse(&a, ARGC(argv), argv, &err), 0);
	for (size_t i = 0; i < GT_ARRAY_SIZE(want); i++) {
		ck_assert_str_eq(a.qemu_argv[i], want[i]);
	}
	ck_assert_ptr_null(a.qemu_argv[GT_ARRAY_SIZE(want)]);
	ck_assert_uint_eq(a.nr_words, 2);
	ck_assert_str_eq(a.words[0], "vgt=1");
	ck_assert_str_eq(a.words[1], "vgt_fence_sz=2");
	ck_assert(a.has_domid);
	ck_assert_uint_eq(a.domid, 7);
	ck_assert_str_eq(a.name, "win");
	dm_args_finish(&a);
}
END_TEST

START_TEST(a_monitor_for_input_comes_after_qemus_words)
{
	char *argv[] = { "dm", "-xengt", "vgt=1", "-m", "320", NULL };
	char *want[] = { "dm", "-m", "320", "-chardev", "socket,id=xengt-input,fd=12", "-mon",
			 "chardev=xengt-input,mode=control" };
	struct dm_args a;

	ck_assert_int_eq(dm_args_parse(&a, ARGC(argv), argv, &err), 0);
	dm_args_add_monitor(&a, 12);
	for (size_t i = 0; i < GT_ARRAY_SIZE(want); i++) {
		ck_assert_str_eq(a.qemu_argv[i], want[i]);
	}
	ck_assert_ptr_null(a.qemu_argv[GT_ARRAY_SIZE(want)]);
	dm_args_finish(&a);
}
END_TEST

START_TEST(the_domain_id_may_follow_an_equals_sign)
{
	char *argv[] = { "dm", "-xen-domid=12", NULL };
	struct dm_args a;

	ck_assert_int_eq(dm_args_parse(&a, ARGC(argv), argv, &err), 0);
	ck_assert_uint_eq(a.domid, 12);
	dm_args_finish(&a);
}
END_TEST

START_TEST(a_domain_id_that_is_none_is_refused)
{
	static char *bad[] = { "", "x", "-1", "7x", "99999999999999999999", "32752", " 7" };

	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		char *argv[] = { "dm", "-xen-domid", bad[i], NULL };
		struct dm_args a;

		ck_assert_int_eq(dm_args_parse(&a, ARGC(argv), argv, &err), -EINVAL);
	}
}
END_TEST

START_TEST(a_name_cannot_lead_out_of_a_directory)
{
	char *argv[] = { "dm", "-name", "../../etc/x", NULL };
	struct dm_args a;

	ck_assert_int_eq(dm_args_parse(&a, ARGC(argv), argv, &err), 0);
	ck_assert_ptr_null(strchr(a.name, '/'));
	dm_args_finish(&a);
}
END_TEST

START_TEST(a_word_of_ours_without_its_value_is_an_error)
{
	char *argv[] = { "dm", "-xengt", NULL };
	struct dm_args a;

	ck_assert_int_eq(dm_args_parse(&a, ARGC(argv), argv, &err), -EINVAL);
}
END_TEST

START_TEST(a_comma_separates_only_before_a_key_of_ours)
{
	struct gt_options o;

	gt_options_init(&o);
	ck_assert_int_eq(dm_args_apply_word(&o, "vgt=1,vgt_log=info,dm=debug,vgt_fence_sz=3", &err),
			 0);
	ck_assert(o.vgt);
	ck_assert_str_eq(o.log, "info,dm=debug");
	ck_assert_uint_eq(o.nr_fences, 3);
	ck_assert_int_eq(dm_args_apply_word(&o, "vgt", &err), -EINVAL);
	ck_assert_int_eq(dm_args_apply_word(&o, "vgt=1,vgt_nonsense=1", &err), -EINVAL);
}
END_TEST

START_TEST(slots_qemu_was_told_to_use_are_taken)
{
	char *argv[] = { "dm", "-device", "vga,addr=1f", "-device", "x,addr=0x1e.0,y=1",
			 "-device", "z,macaddr=3", "-machine", "xenfv,x=on", NULL };
	struct gt_options o;
	struct dm_args a;
	uint8_t slot = 0;

	gt_options_init(&o);
	ck_assert_int_eq(dm_args_parse(&a, ARGC(argv), argv, &err), 0);
	ck_assert_uint_eq(a.slots_taken, GT_BIT(0x1f) | GT_BIT(0x1e) | GT_BIT(2));
	ck_assert_int_eq(dm_choose_slot(&o, a.slots_taken, &slot, &err), 0);
	ck_assert_uint_eq(slot, 0x1d);
	o.pci_slot = 0x1f;
	ck_assert_int_eq(dm_choose_slot(&o, a.slots_taken, &slot, &err), -EBUSY);
	o.pci_slot = 5;
	ck_assert_int_eq(dm_choose_slot(&o, a.slots_taken, &slot, &err), 0);
	ck_assert_uint_eq(slot, 5);
	o.pci_slot = -1;
	ck_assert_int_eq(dm_choose_slot(&o, ~0u, &slot, &err), -EBUSY);
	dm_args_finish(&a);
}
END_TEST

/* --- xl's command line -------------------------------------------------------------------- */

static const struct {
	char *argv[10];
	const char *config;
	const char *extra[3];
} xl_lines[] = {
	{ { "xl", "create", "a.cfg" }, "a.cfg", { NULL } },
	{ { "/usr/sbin/xl", "-v", "-vvv", "create", "a.cfg", "vgt=1" }, "a.cfg", { "vgt=1" } },
	{ { "xl", "create", "-p", "a.cfg", "-c", "x=1", "y=2" }, "a.cfg", { "x=1", "y=2" } },
	{ { "xl", "create", "-f", "b.cfg", "x=1" }, "b.cfg", { "x=1" } },
	{ { "xl", "create", "-fb.cfg" }, "b.cfg", { NULL } },
	{ { "xl", "create", "-pqf", "b.cfg" }, "b.cfg", { NULL } },
	{ { "xl", "create", "--defconfig=b=1.cfg" }, "b=1.cfg", { NULL } },
	{ { "xl", "create", "--defconf", "b.cfg", "-V" }, "b.cfg", { NULL } },
	{ { "xl", "create", "--quiet", "b.cfg" }, "b.cfg", { NULL } },
	{ { "xl", "create", "vgt=1" }, NULL, { "vgt=1" } },
	{ { "xl", "restore", "-p", "save" }, NULL, { NULL } },
	{ { "xl", "restore", "-Q", "ver", "c.cfg", "save" }, "c.cfg", { NULL } },
};

START_TEST(xl_command_lines_are_read_as_xl_reads_them)
{
	struct dm_xlargs x;
	char **argv = (char **)(uintptr_t)xl_lines[_i].argv;
	int argc = 0;

	while (argv[argc]) {
		argc++;
	}
	ck_assert_int_eq(dm_xlargs_parse(&x, argc, argv), 0);
	ck_assert_pstr_eq(x.config, xl_lines[_i].config);
	for (size_t i = 0; i < x.nr_extra; i++) {
		ck_assert_pstr_eq(x.extra[i], xl_lines[_i].extra[i]);
	}
	ck_assert_ptr_null(xl_lines[_i].extra[x.nr_extra]);
	dm_xlargs_finish(&x);
}
END_TEST

START_TEST(what_is_not_an_xl_that_makes_a_domain_is_not_found)
{
	static char *const not_xl[][4] = {
		{ "xl" }, { "xl", "-v" }, { "xl", "list" }, { "bash", "create", "x" },
		{ "xlate", "create", "x" }, { "" },
	};
	struct dm_xlargs x;

	for (size_t i = 0; i < GT_ARRAY_SIZE(not_xl); i++) {
		int argc = 0;

		while (not_xl[i][argc]) {
			argc++;
		}
		ck_assert_int_eq(dm_xlargs_parse(&x, argc, (char **)(uintptr_t)not_xl[i]), -ENOENT);
	}
	ck_assert_int_eq(dm_xlargs_parse(&x, 0, (char **)(uintptr_t)not_xl[0]), -ENOENT);
}
END_TEST

static int collect(void *ctx, const char *key)
{
	char *all = ctx;

	ck_assert_uint_lt(strlen(all) + strlen(key) + 2, 256);
	strcat(all, key);
	strcat(all, " ");
	return 0;
}

static void check_scan(const char *text, const char *want)
{
	char all[256] = "";

	ck_assert_int_eq(dm_xlconfig_scan(text, strlen(text), collect, all), 0);
	ck_assert_str_eq(all, want);
}

START_TEST(only_assignments_at_top_level_are_keys)
{
	check_scan("vgt = 1\nvgt_mode='a'\n", "vgt vgt_mode ");
	check_scan("vgt=1;vgt_x += 2", "vgt vgt_x ");
	check_scan("# vgt=1\nname = \"vgt=1\" # vgt=2\n", "");
	check_scan("x = [ 'vgt=1', \"vgt_a=2\",\n # vgt=3\n ]\nvgtx=1", "vgtx ");
	check_scan("x='it\\'s vgt=1'\nnovgt=1\n", "");
	check_scan("vgt", "");
	check_scan("x = ]]]\nvgt=1", "vgt ");
	check_scan("x = 'open\nvgt=1\n", "vgt ");
}
END_TEST

/* --- monitors ----------------------------------------------------------------------------- */

static void make_edid(uint8_t *p, uint8_t serial)
{
	uint8_t sum = 0;

	memset(p, 0, DM_BLOCK_B);
	memset(p + 1, 0xff, 6);
	p[12] = serial;
	for (size_t i = 0; i < DM_BLOCK_B - 1; i++) {
		sum = (uint8_t)(sum + p[i]);
	}
	p[DM_BLOCK_B - 1] = (uint8_t)-sum;
}

START_TEST(the_monitors_of_a_xengt_file_are_those_of_the_heads)
{
	uint8_t file[2 + 2 * 130] = { '1', '2', 1, 0 };
	struct dm_monitors m;

	make_edid(file + 4, 0x11);
	make_edid(file + 4 + 130, 0x22);
	ck_assert_int_eq(dm_monitor_parse(file, sizeof(file), &m, &err), 0);
	ck_assert_uint_eq(m.nr, 2);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_uint_eq(m.head[i].edid_B, DM_BLOCK_B);
		ck_assert_mem_eq(m.head[i].edid, file + 4 + 130 * i, DM_BLOCK_B);
	}
	ck_assert_int_eq(dm_monitor_parse(file, sizeof(file) - 1, &m, &err), -EINVAL);
	file[1] = '4';
	ck_assert_int_eq(dm_monitor_parse(file, sizeof(file), &m, &err), -EINVAL);
	file[1] = '2';
	file[140]++;
	ck_assert_int_eq(dm_monitor_parse(file, sizeof(file), &m, &err), -EINVAL);
}
END_TEST

START_TEST(a_bare_edid_is_taken_with_the_extensions_that_are_there)
{
	uint8_t file[2 * DM_BLOCK_B] = { 0 };
	struct dm_monitors m;
	uint8_t sum = 0;

	make_edid(file, 1);
	file[126] = 1;
	file[127]--;
	ck_assert_int_eq(dm_monitor_parse(file, sizeof(file), &m, &err), 0);
	ck_assert_uint_eq(m.nr, 1);
	ck_assert_uint_eq(m.head[0].edid_B, sizeof(file));
	ck_assert_mem_eq(m.head[0].edid, file, sizeof(file));
	file[200] = 1; /* a damaged extension is left out, and not announced */
	ck_assert_int_eq(dm_monitor_parse(file, sizeof(file), &m, &err), 0);
	ck_assert_uint_eq(m.head[0].edid_B, DM_BLOCK_B);
	for (size_t i = 0; i < DM_BLOCK_B; i++) {
		sum = (uint8_t)(sum + m.head[0].edid[i]);
	}
	ck_assert_uint_eq(sum, 0);
	ck_assert_uint_eq(m.head[0].edid[126], 0);
	file[20]++;
	ck_assert_int_eq(dm_monitor_parse(file, sizeof(file), &m, &err), -EINVAL);
	ck_assert_int_eq(dm_monitor_parse(file, 0, &m, &err), -EINVAL);
}
END_TEST

/* --- BAR RAM ------------------------------------------------------------------------------ */

START_TEST(runs_cover_exactly_the_pages_that_are_ram)
{
	struct dm_layout l;
	struct dm_run run = { 0 };
	bool seen[DM_BAR0_PAGES] = { false };
	uint32_t nr = 0;

	for (unsigned i = 0; i < GT_NR_REG_PAGES; i++) {
		model_classes[i] = (enum gt_page_class)((i / 3 + i / 64) % 3);
	}
	dm_layout_init(&l, GT_SKL, GT_GiB(2));
	ck_assert_uint_eq(l.nr_gtt_pages, 1024);
	while (dm_layout_next(&l, run.first + run.nr, &run)) {
		for (uint32_t i = run.first; i < run.first + run.nr; i++) {
			ck_assert(!seen[i]);
			seen[i] = true;
			ck_assert(i < GT_NR_REG_PAGES ? model_classes[i] == run.class :
							run.class == GT_PAGE_PLAIN);
		}
		nr += run.nr;
	}
	for (unsigned i = 0; i < DM_BAR0_PAGES; i++) {
		bool want = i < GT_NR_REG_PAGES ? model_classes[i] != GT_PAGE_TRAPPED :
						  i >= 2048 && i < 2048 + 1024;

		ck_assert_int_eq(seen[i], want);
	}
	ck_assert_uint_eq(dm_layout_nr_pages(&l), nr);
}
END_TEST

START_TEST(ram_stays_where_the_worker_before_had_it)
{
	uint8_t before[GT_NR_REG_PAGES] = { 0 };
	struct dm_layout l;

	before[0] = GT_PAGE_SHADOWED;
	before[1] = GT_PAGE_PLAIN;
	before[2] = 77; /* none of ours */
	before[4] = GT_PAGE_PLAIN;
	model_classes[0] = GT_PAGE_PLAIN;
	model_classes[1] = GT_PAGE_SHADOWED;
	model_classes[2] = model_classes[3] = GT_PAGE_PLAIN;
	model_classes[4] = GT_PAGE_TRAPPED;
	dm_layout_init(&l, GT_SKL, GT_GiB(1));
	dm_layout_follow(&l, before);
	ck_assert_int_eq(l.classes[0], GT_PAGE_PLAIN);
	ck_assert_int_eq(l.classes[1], GT_PAGE_SHADOWED);
	ck_assert_int_eq(l.classes[2], GT_PAGE_TRAPPED);
	ck_assert_int_eq(l.classes[3], GT_PAGE_TRAPPED);
	ck_assert_int_eq(l.classes[4], GT_PAGE_TRAPPED);
}
END_TEST

/* --- from one worker to the next ------------------------------------------------------------ */

START_TEST(a_brief_comes_back_from_its_words)
{
	struct dm_brief b = {
		.domid = 7, .name = "a guest=1", .slot = 9, .server = 3, .parking_gfn = 1ull << 40,
		.opregion = 0xfe000000, .forget_work = 1, .keep_fd = 10, .from_fd = -1,
		.listen_fd = 11, .stop_fd = 12, .report_fd = 13, .input_fd = 14,
	}, got;
	char **words;
	int nr = 0;

	gt_options_init(&b.opt);
	ck_assert_int_eq(gt_options_set(&b.opt, "vgt_mode", "1920x1080@50", &err), 0);
	words = dm_brief_words(&b, "worker");
	ck_assert_ptr_nonnull(words);
	while (words[nr]) {
		nr++;
	}
	ck_assert_str_eq(words[0], "worker");
	ck_assert_str_eq(words[1], DM_WORKER_WORD);
	ck_assert_int_eq(dm_brief_parse(&got, nr - 2, words + 2, &err), 0);
	ck_assert_str_eq(got.name, b.name);
	ck_assert_mem_eq(&got.opt, &b.opt, sizeof(b.opt));
	ck_assert_uint_eq(got.domid, 7);
	ck_assert_uint_eq(got.parking_gfn, 1ull << 40);
	ck_assert_uint_eq(got.opregion, 0xfe000000);
	ck_assert_uint_eq(got.forget_work, 1);
	ck_assert_int_eq(got.from_fd, -1);
	ck_assert_int_eq(got.input_fd, 14);
	dm_brief_free(words);
}
END_TEST

START_TEST(a_word_of_another_version_is_left_out_but_not_an_option)
{
	char *words[] = { "keep_fd=3", "stop_fd=4", "report_fd=5", "of_tomorrow=1", "what", NULL };
	char *bad[] = { "keep_fd=3", "stop_fd=4", "report_fd=5", "vgt_of_tomorrow=1", NULL };
	char *none[] = { "keep_fd=3", NULL };
	char *text[] = { "keep_fd=3", "stop_fd=4", "report_fd=x", NULL };
	struct dm_brief b;

	ck_assert_int_eq(dm_brief_parse(&b, ARGC(words), words, &err), 0);
	ck_assert_int_eq(b.report_fd, 5);
	ck_assert_int_eq(b.from_fd, -1);
	ck_assert_int_eq(dm_brief_parse(&b, ARGC(bad), bad, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "vgt_of_tomorrow"));
	ck_assert_int_eq(dm_brief_parse(&b, ARGC(none), none, &err), -EINVAL);
	ck_assert_int_eq(dm_brief_parse(&b, ARGC(text), text, &err), -EINVAL);
}
END_TEST

START_TEST(a_recorded_guest_gets_no_register_page)
{
	struct dm_layout l;
	struct dm_run run;

	memset(model_classes, 0xff, sizeof(model_classes));
	dm_layout_init(&l, GT_SKL, GT_GiB(1));
	dm_layout_trap_registers(&l);
	ck_assert(dm_layout_next(&l, 0, &run));
	ck_assert_uint_eq(run.first, DM_GTT_FIRST_PAGE);
	ck_assert_uint_eq(dm_layout_nr_pages(&l), 512);
	memset(model_classes, 0, sizeof(model_classes));
}
END_TEST

/* --- traces ------------------------------------------------------------------------------- */

static char trace_path[] = "/tmp/check_dm-XXXXXX";

static void write_file(const char *text)
{
	FILE *f = fopen(trace_path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static long file_size(void)
{
	struct stat st;

	return stat(trace_path, &st) ? -1 : (long)st.st_size;
}

START_TEST(a_trace_overwrites_nothing_but_a_trace)
{
	int fd = mkstemp(trace_path);

	close(fd);
	unlink(trace_path);
	ck_assert_int_eq(dm_trace_open(trace_path, &fd, &err), 0);
	close(fd);
	write_file("xengt-trace 1\nold\n");
	ck_assert_int_eq(dm_trace_open(trace_path, &fd, &err), 0);
	close(fd);
	ck_assert_int_eq(file_size(), 0);
	write_file("root:x:0:0");
	ck_assert_int_eq(dm_trace_open(trace_path, &fd, &err), -EEXIST);
	ck_assert_ptr_nonnull(strstr(err.text, trace_path));
	ck_assert_int_eq(file_size(), 10);
	unlink(trace_path);
}
END_TEST

START_TEST(a_trace_goes_to_an_absolute_path_of_a_plain_file)
{
	int fd = -1;

	ck_assert_int_eq(dm_trace_open("some.trace", &fd, &err), -EINVAL);
	ck_assert_int_lt(dm_trace_open("/dev/null", &fd, &err), 0);
	ck_assert_int_lt(dm_trace_open("/nonexistent/trace", &fd, &err), 0);
	ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(parked_ram_lies_above_the_guests_and_ends_before_bit_52)
{
	static const gt_gfn_t max[] = { 0, 0xfffff, 0x3ffffff, 0x4000000, 0x7fffffff };

	for (size_t i = 0; i < GT_ARRAY_SIZE(max); i++) {
		gt_gfn_t gfn = dm_layout_choose_parking(max[i]);

		ck_assert_uint_gt(gfn, max[i]);
		ck_assert_uint_eq(gfn % DM_BAR0_PAGES, 0);
		ck_assert_uint_lt(gfn + DM_BAR0_PAGES, UINT64_C(1) << 40);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dm");
	TCase *tc = tcase_create("dm");

	tcase_add_test(tc, our_words_never_reach_qemu);

	tcase_add_test(tc, a_monitor_for_input_comes_after_qemus_words);
	tcase_add_test(tc, the_domain_id_may_follow_an_equals_sign);
	tcase_add_test(tc, a_domain_id_that_is_none_is_refused);
	tcase_add_test(tc, a_name_cannot_lead_out_of_a_directory);
	tcase_add_test(tc, a_word_of_ours_without_its_value_is_an_error);
	tcase_add_test(tc, a_comma_separates_only_before_a_key_of_ours);
	tcase_add_test(tc, slots_qemu_was_told_to_use_are_taken);
	tcase_add_loop_test(tc, xl_command_lines_are_read_as_xl_reads_them, 0,
			    (int)GT_ARRAY_SIZE(xl_lines));
	tcase_add_test(tc, what_is_not_an_xl_that_makes_a_domain_is_not_found);
	tcase_add_test(tc, only_assignments_at_top_level_are_keys);
	tcase_add_test(tc, the_monitors_of_a_xengt_file_are_those_of_the_heads);
	tcase_add_test(tc, a_bare_edid_is_taken_with_the_extensions_that_are_there);
	tcase_add_test(tc, runs_cover_exactly_the_pages_that_are_ram);
	tcase_add_test(tc, ram_stays_where_the_worker_before_had_it);
	tcase_add_test(tc, a_brief_comes_back_from_its_words);
	tcase_add_test(tc, a_word_of_another_version_is_left_out_but_not_an_option);
	tcase_add_test(tc, a_recorded_guest_gets_no_register_page);
	tcase_add_test(tc, a_trace_overwrites_nothing_but_a_trace);
	tcase_add_test(tc, a_trace_goes_to_an_absolute_path_of_a_plain_file);
	tcase_add_test(tc, parked_ram_lies_above_the_guests_and_ends_before_bit_52);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
