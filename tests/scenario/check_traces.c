/* SPDX-License-Identifier: MIT */
/*
 * Replays traces that xengt-dm recorded of real guests (docs/traces.md): the same accesses, the
 * same guest memory and GGTT entries, and the twin executes what the driver submitted.  Held
 * against the trace are each register the guest read, each dword of its memory that the vGPU
 * wrote, and the interrupts.  What changes by itself (GT_R_VOLATILE rows, time stamps in memory)
 * is not compared, nor is what depends on how fast an engine was, as long as one has work.
 *
 * XENGT_TRACE=FILE replays that file instead.
 */
#include <check.h>
#include <inttypes.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu_fixture.h"
#include "xengt/log.h"
#include "test_run.h"

#define MEM_MiB	    1024
#define GT_IRQ_SIZE 0x40u /* of the engines' banks at 0x44300 */

static const char *const traces[] = {
	"bdw-6.1.trace",
	"kbl-6.1.trace",
	"skl-6.1-gpu.trace",
	"skl-6.12.trace",
};

/* A dword of guest memory that the vGPU wrote when recorded. */
struct expected {
	gt_gpa_t gpa;
	uint32_t val;
	unsigned line;
};

static struct fake_guest *guest;
static struct gt_vgpu *v;
static struct gt_guest_ops ops;
static struct expected *expected;
static size_t nr_expected, room_expected;
static unsigned line;	   /* of the trace */
static uint64_t start_ns;  /* of the vGPU's clock */
static bool busy;	   /* when recorded, an engine had work */
static unsigned nr_msi;	   /* raised by this replay before the last entry */
static unsigned nr_compared, nr_compared_dw;

static int refuse_tracking(struct gt_guest *g, gt_gfn_t gfn, bool tracked)
{
	return -ENOSYS;
}

static void create(const struct gt_options *o, const uint8_t *edid)
{
	guest = fake_guest_create(MEM_MiB, GT_MAX_GGTT_ENTRIES);
	ops = *guest->base.ops;
	ops.set_tracked = refuse_tracking;
	guest->base.ops = &ops;
	ck_assert_int_eq(gt_vgpu_create(o, &guest->base, edid, &v), 0);
}

/* --- guest memory --------------------------------------------------------------------------- */

/* The text "VALUE[*COUNT] ..." at @text as calls of @put. */
static void each_value(char *text, gt_gpa_t gpa, unsigned size,
		       void (*put)(gt_gpa_t gpa, unsigned size, uint64_t val))
{
	while (*text) {
		uint64_t val = strtoull(text, &text, 16);
		uint64_t count = *text == '*' ? strtoull(text + 1, &text, 16) : 1;

		for (; count; count--, gpa += size) {
			ck_assert_msg(gpa < GT_MiB(MEM_MiB), "line %u: beyond memory", line);
			put(gpa, size, val);
		}
		text += strspn(text, " \n");
	}
}

/* The guest wrote it since: what the vGPU wrote there cannot be compared any more. */
static void forget(gt_gpa_t gpa, unsigned size)
{
	for (size_t i = 0; i < nr_expected; i++) {
		if (expected[i].gpa >= gpa && expected[i].gpa < gpa + size) {
			expected[i--] = expected[--nr_expected];
		}
	}
}

static void put_memory(gt_gpa_t gpa, unsigned size, uint64_t val)
{
	forget(gpa, size);
	fake_guest_w64(guest, gpa, val);
}

static void put_expected(gt_gpa_t gpa, unsigned size, uint64_t val)
{
	forget(gpa, size);
	if (nr_expected == room_expected) {
		room_expected = 2 * room_expected + 64;
		expected = realloc(expected, room_expected * sizeof(*expected));
		ck_assert_ptr_nonnull(expected);
	}
	expected[nr_expected++] = (struct expected){ gpa, (uint32_t)val, line };
}

/*
 * In a context image a value stands behind the offset of its register.  Of those only the head is
 * compared: the others are time stamps, or what the twin happened to hold.
 */
static bool is_register_image(gt_gpa_t gpa)
{
	uint32_t before = gpa % GT_PAGE_SIZE ? fake_guest_r32(guest, gpa - 4) : 0;
	bool yes = false;

	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		uint32_t off = before - gt_engine_base[e];

		yes = yes || (off < 0x800 && off != 0x34);
	}
	return yes;
}

/* A time stamp: near to what the clock says, and so was the one that was recorded. */
static bool is_time_stamp(uint32_t val)
{
	uint64_t hz = gt_platforms[v->platform].cs_timestamp_hz;
	uint32_t ticks = (uint32_t)(guest->clock_ns / 1000 * (hz / 1000) / 1000);

	return val - (ticks - hz / 10) < hz / 5;
}

static bool is_as_recorded(const struct expected *x, uint32_t val)
{
	return val == x->val || is_register_image(x->gpa) ||
	       (is_time_stamp(val) && is_time_stamp(x->val));
}

static void compare_memory(void)
{
	for (size_t i = 0; i < nr_expected; i++) {
		const struct expected *x = &expected[i];
		uint32_t val = fake_guest_r32(guest, x->gpa);

		ck_assert_msg(is_as_recorded(x, val),
			      "line %u: the vGPU wrote 0x%x at 0x%" PRIx64 ", now 0x%x (line %u)",
			      x->line, x->val, x->gpa, val, line);
		nr_compared_dw++;
	}
	nr_expected = 0;
}

static void put_entries(const char *text)
{
	uint64_t first, nr, val, step;

	ck_assert_int_eq(sscanf(text, "%" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64, &first, &nr,
				&val, &step), 4);
	ck_assert(first <= guest->base.nr_gtt && nr <= guest->base.nr_gtt - first);
	for (uint64_t i = 0; i < nr; i++) {
		guest->base.gtt[first + i] = val + i * step;
	}
}

/* --- accesses ------------------------------------------------------------------------------- */

/* Whether the guest must read again what it read. */
static bool is_compared(uint64_t off)
{
	uint32_t inst;
	const struct gt_reg_row *row = gt_regs_find(v, (uint32_t)off & ~3u, &inst);

	if (busy && (off == 0x44200 || off - 0x44300 < GT_IRQ_SIZE)) {
		return false;
	}
	return !row || !(row->flags & GT_R_VOLATILE);
}

static void replay_access(char kind, uint64_t off, unsigned size, uint64_t val)
{
	enum gt_bar bar = strchr("rw", kind)   ? GT_BAR_MMIO
			  : strchr("aA", kind) ? GT_BAR_APERTURE
					       : GT_BAR_ROM;
	uint64_t now = val;

	switch (kind) {
	case 'c':
		now = gt_vgpu_config_read(v, (uint32_t)off, size);
		break;
	case 'C':
		gt_vgpu_config_write(v, (uint32_t)off, size, (uint32_t)val);
		break;
	case 'w':
	case 'A':
	case 'O':
		gt_vgpu_bar_write(v, bar, off, size, val);
		break;
	default:
		now = gt_vgpu_bar_read(v, bar, off, size);
		break;
	}
	if (kind != 'r' || off >= GT_REGS_SIZE || is_compared(off)) {
		ck_assert_msg(now == val, "line %u: %c %" PRIx64 " reads 0x%" PRIx64
			      ", recorded 0x%" PRIx64, line, kind, off, now, val);
		nr_compared += kind == 'r';
	}
}

/* After an entry: as many interrupts as recorded. */
static void compare_interrupts(unsigned recorded)
{
	ck_assert_msg(busy || guest->nr_msi - nr_msi == recorded,
		      "line %u: %u interrupts, recorded %u", line, guest->nr_msi - nr_msi,
		      recorded);
	nr_msi = guest->nr_msi;
}

static void replay_run(bool busy_now)
{
	unsigned turns = 0;

	/* one run here may do more than one did there, never less */
	while (gt_vgpu_run(v) && turns++ < 1000) {
	}
	busy = busy_now;
}

static void replay_call(char kind, bool busy_now)
{
	if (kind == 'x') {
		replay_run(busy_now);
	} else if (kind == 'v') {
		gt_vgpu_invalidate(v);
	} else {
		gt_vgpu_reset(v);
	}
}

static bool is_entry(char kind)
{
	return strchr("rwaAoOcCxvz", kind) != NULL;
}

static void replay_line(char *text)
{
	char kind = text[0];
	uint64_t a = 0, b = 0, c = 0;
	char *rest = text + 1;

	if (kind == '@') {
		guest->clock_ns = start_ns + 1000 * strtoull(rest, NULL, 16);
	} else if (kind == 'e') {
		put_entries(rest);
	} else if (kind == 'm' || kind == 'p') {
		a = strtoull(rest, &rest, 16);
		b = strtoull(rest, &rest, 16);
		each_value(rest, (a << GT_PAGE_SHIFT) + b, kind == 'm' ? 8 : 4,
			   kind == 'm' ? put_memory : put_expected);
	} else if (kind == 'x' || kind == 'v' || kind == 'z') {
		a = strtoull(rest, NULL, 16);
		replay_call(kind, a);
	} else if (is_entry(kind)) {
		ck_assert_int_eq(sscanf(rest, "%" SCNx64 " %" SCNx64 " %" SCNx64, &a, &b, &c), 3);
		replay_access(kind, a, (unsigned)b, c);
		busy = busy || v->submit.busy;
	}
}

/* The lines before the first entry. */
static void read_header(FILE *f, char *text, size_t size)
{
	struct gt_options o;
	struct gt_error err;
	uint8_t edid[GT_EDID_SIZE];
	char key[32], value[32];

	gt_options_init(&o);
	ck_assert_ptr_nonnull(fgets(text, (int)size, f));
	ck_assert_str_eq(text, "xengt-trace 1\n");
	start_ns = 1000000000;
	for (line = 2; fgets(text, (int)size, f) && strncmp(text, "edid ", 5); line++) {
		if (sscanf(text, "start %" SCNx64, &start_ns) == 1) {
			continue;
		}
		ck_assert_int_eq(sscanf(text, "option %31s %31s", key, value), 2);
		ck_assert_int_eq(gt_options_set(&o, key, value, &err), 0);
	}
	for (unsigned i = 0; i < sizeof(edid); i++) {
		unsigned byte;

		ck_assert_int_eq(sscanf(text + 5 + 2 * i, "%2x", &byte), 1);
		edid[i] = (uint8_t)byte;
	}
	create(&o, edid);
	guest->clock_ns = start_ns;
}

static void replay(FILE *f)
{
	static char text[8192];
	unsigned recorded = 0;
	bool entry = false;

	read_header(f, text, sizeof(text));
	for (line++; fgets(text, sizeof(text), f); line++) {
		if (text[0] == 'i') {
			recorded = (unsigned)strtoul(text + 1, NULL, 16);
			continue;
		}
		if (entry && text[0] != 'p') {
			compare_interrupts(recorded);
			if (!busy) {
				compare_memory();
			}
			recorded = 0;
			entry = false;
		}
		replay_line(text);
		entry = entry || is_entry(text[0]);
	}
}

START_TEST(the_guest_reads_and_gets_what_it_did_when_recorded)
{
	const char *srcdir = getenv("srcdir");
	const uint64_t *count;
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/scenario/%s", srcdir ? srcdir : ".", traces[_i]);
	if (getenv("XENGT_TRACE")) {
		snprintf(path, sizeof(path), "%s", getenv("XENGT_TRACE"));
	}
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	gt_log_configure("error");
	replay(f);
	fclose(f);
	count = v->events.count;
	ck_assert(v->display.driver_ready);
	ck_assert_uint_gt(nr_compared, 300);
	ck_assert_uint_gt(nr_compared_dw, 50);
	ck_assert_uint_ge(count[GT_C_submissions], 3 * GT_NR_ENGINES);
	ck_assert_uint_eq(count[GT_EV_unknown_register], 0);
	ck_assert_uint_eq(count[GT_EV_bad_submission], 0);
	ck_assert_uint_eq(count[GT_EV_bad_command], 0);
	ck_assert_uint_eq(count[GT_EV_command_register], 0);
	gt_vgpu_destroy(v);
	ck_assert_uint_eq(guest->nr_mapped, 0);
	fake_guest_destroy(guest);
	free(expected);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("traces");
	TCase *tc = tcase_create("traces");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, the_guest_reads_and_gets_what_it_did_when_recorded, 0,
			    getenv("XENGT_TRACE") ? 1 : (int)GT_ARRAY_SIZE(traces));
	suite_add_tcase(s, tc);
	return test_run(s);
}
