/* SPDX-License-Identifier: MIT */
/*
 * A vGPU whose process dies at some moment, and that another one inherits: of the first there is
 * nothing left but the guest and its keep.  Once by the same program, and once by one that lays the
 * keep out in another way.
 */
#include "driver.h"
#include "keep_moved.h"
#include "screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test_run.h"

#define ACTIVE	 0x01u
#define COMPLETE 0x18u

#define STORE_GGTT 0x10400002u
#define USER_IRQ   0x01000000u
#define SEMAPHORE  0x0e40c002u /* GGTT, poll, until memory == data */

#define SEQNO_OFF 0x100u
#define FLAG_OFF  0x180u

static struct driver d;
static bool by_another_program;

static void setup(void)
{
	by_another_program = false;
	fake_guest_has_keep = true;
	driver_init(&d, GT_SKL);
	vgpu_fixture_enable(&d.fx);
}

static void setup_another(void)
{
	setup();
	by_another_program = true;
}

static void teardown(void)
{
	driver_finish(&d);
	fake_guest_has_keep = false;
}

/* The end of a process, and another vGPU made of what it left. */
static struct gt_vgpu *after_death_of(struct gt_vgpu *v)
{
	struct gt_options o = v->opt;
	struct gt_guest *guest = v->guest;
	void *left = malloc(gt_vgpu_keep_B());
	struct gt_vgpu *heir;

	ck_assert_ptr_nonnull(left);
	memcpy(left, guest->keep, gt_vgpu_keep_B());
	gt_vgpu_destroy(v); /* its mappings and other memory, as the kernel does it */
	if (by_another_program) {
		size_t mem_B;
		void *mem = keep_moved(gt_vgpu_keep_rows, left, &mem_B);

		memset(guest->keep, 0, gt_vgpu_keep_B());
		ck_assert_int_eq(gt_keep_take_over(gt_vgpu_keep_rows, guest->keep, mem, mem_B), 0);
		free(mem);
	} else {
		memcpy(guest->keep, left, gt_vgpu_keep_B());
	}
	free(left);
	ck_assert_int_eq(gt_vgpu_create(&o, guest, NULL, &heir), 0);
	return heir;
}

static void die(void)
{
	d.fx.v = after_death_of(d.fx.v);
	ck_assert(gt_vgpu_is_inherited(d.fx.v));
}

static void run(void)
{
	d.fx.guest->clock_ns += 1000000000;
	ck_assert(driver_run(&d, 100));
}

static uint32_t status_dword(uint32_t off)
{
	return fake_guest_r32(d.fx.guest, d.hwsp_gpa[GT_RCS] + off);
}

static void expect_event(uint32_t status, const struct context *c)
{
	uint32_t got_status, got_tag;

	ck_assert(driver_next_event(&d, GT_RCS, &got_status, &got_tag));
	ck_assert_uint_eq(got_status, status);
	ck_assert_uint_eq(got_tag, c->tag);
}

/* A context that waits until the flag is 1, then says 77. */
static void submit_waiting(struct context *c)
{
	driver_new_context(&d, c);
	EMIT(&d, c, STORE_GGTT, (uint32_t)d.hwsp_gma[GT_RCS] + SEQNO_OFF, 0, 76, 0);
	EMIT(&d, c, SEMAPHORE, 1, (uint32_t)d.hwsp_gma[GT_RCS] + FLAG_OFF, 0);
	EMIT(&d, c, STORE_GGTT, (uint32_t)d.hwsp_gma[GT_RCS] + SEQNO_OFF, 0, 77, USER_IRQ);
	driver_submit(&d, GT_RCS, c, NULL);
	run();
	ck_assert_uint_eq(status_dword(SEQNO_OFF), 76);
	expect_event(ACTIVE, c);
}

START_TEST(work_goes_on_with_the_command_at_which_it_stopped)
{
	struct context c;

	submit_waiting(&c);
	fake_guest_w32(d.fx.guest, d.hwsp_gpa[GT_RCS] + SEQNO_OFF, 1);
	die();
	run();
	ck_assert_uint_eq(status_dword(SEQNO_OFF), 1);
	fake_guest_w32(d.fx.guest, d.hwsp_gpa[GT_RCS] + FLAG_OFF, 1);
	die();
	run();
	ck_assert_uint_eq(status_dword(SEQNO_OFF), 77);
	expect_event(COMPLETE, &c);
	ck_assert_uint_eq(d.fx.v->events.count[GT_C_submissions], 1);
	ck_assert_uint_eq(d.fx.v->events.count[GT_C_inherited], 2);
}
END_TEST

START_TEST(half_a_submission_is_completed)
{
	struct context c;
	uint64_t desc;

	driver_new_context(&d, &c);
	EMIT(&d, &c, STORE_GGTT, (uint32_t)d.hwsp_gma[GT_RCS] + SEQNO_OFF, 0, 77, USER_IRQ);
	driver_set_tail(&d, &c);
	desc = driver_desc(&c);
	vgpu_fixture_w32(&d.fx, gt_engine_base[GT_RCS] + 0x230, 0);
	vgpu_fixture_w32(&d.fx, gt_engine_base[GT_RCS] + 0x230, 0);
	vgpu_fixture_w32(&d.fx, gt_engine_base[GT_RCS] + 0x230, (uint32_t)(desc >> 32));
	die();
	vgpu_fixture_w32(&d.fx, gt_engine_base[GT_RCS] + 0x230, (uint32_t)desc);
	run();
	ck_assert_uint_eq(status_dword(SEQNO_OFF), 77);
}
END_TEST

START_TEST(work_that_is_not_trusted_hangs_until_a_reset)
{
	struct context c, next;

	submit_waiting(&c);
	die();
	gt_vgpu_forget_work(d.fx.v);
	fake_guest_w32(d.fx.guest, d.hwsp_gpa[GT_RCS] + FLAG_OFF, 1);
	run();
	ck_assert_uint_eq(status_dword(SEQNO_OFF), 76);
	driver_new_context(&d, &next);
	EMIT(&d, &next, STORE_GGTT, (uint32_t)d.hwsp_gma[GT_RCS] + SEQNO_OFF, 0, 78, USER_IRQ);
	driver_submit(&d, GT_RCS, &next, NULL);
	run();
	ck_assert_uint_eq(status_dword(SEQNO_OFF), 78);
}
END_TEST

START_TEST(an_interrupt_whose_message_was_lost_is_sent_again)
{
	unsigned before;
	struct context c;

	submit_waiting(&c);
	fake_guest_w32(d.fx.guest, d.hwsp_gpa[GT_RCS] + FLAG_OFF, 1);
	run();
	ck_assert_uint_ne(vgpu_fixture_r32(&d.fx, 0x44308), 0);
	before = d.fx.guest->nr_msi;
	die();
	ck_assert_uint_eq(d.fx.guest->nr_msi, before + 1);
}
END_TEST

START_TEST(bars_and_registers_stay_where_they_are)
{
	unsigned placed = d.fx.guest->nr_placed;
	enum gt_bar bar;
	uint64_t off;

	vgpu_fixture_w32(&d.fx, 0x4f000, 0x12345678); /* SWF */
	die();
	ck_assert_uint_eq(d.fx.guest->nr_placed, placed);
	ck_assert(gt_vgpu_bar_find(d.fx.v, FIXTURE_BAR0 + 8, &bar, &off));
	ck_assert_uint_eq(off, 8);
	ck_assert_uint_eq(gt_vgpu_config_read(d.fx.v, 0x10, 4) & ~0xfu, FIXTURE_BAR0);
	ck_assert_uint_eq(vgpu_fixture_r32(&d.fx, 0x4f000), 0x12345678);
}
END_TEST

START_TEST(one_that_never_began_is_not_inherited)
{
	d.fx.v->is_whole = false;
	d.fx.v = after_death_of(d.fx.v);
	ck_assert(!gt_vgpu_is_inherited(d.fx.v));
	ck_assert_uint_eq(gt_vgpu_config_read(d.fx.v, 0x04, 2) & 6, 0);
}
END_TEST

START_TEST(one_that_ended_in_order_leaves_nothing)
{
	struct gt_options o = d.fx.v->opt;

	gt_vgpu_destroy(d.fx.v);
	ck_assert_int_eq(gt_vgpu_create(&o, &d.fx.guest->base, NULL, &d.fx.v), 0);
	ck_assert(!gt_vgpu_is_inherited(d.fx.v));
}
END_TEST

static uint32_t sum_of_picture(struct screen *s)
{
	char detail[XENGT_DETAIL_MAX];
	struct xengt_frame frame;
	uint32_t sum = 0;
	uint8_t *at;
	int fd;

	ck_assert_int_eq(gt_snapshot_take(s->v, 0, &frame, &fd, detail), XENGT_OK);
	at = mmap(NULL, frame.size_B, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(at, MAP_FAILED);
	for (size_t i = 0; i < frame.size_B; i++) {
		sum = sum * 31 + at[i];
	}
	munmap(at, frame.size_B);
	close(fd);
	return sum;
}

START_TEST(the_picture_is_that_of_before)
{
	struct screen_plane p = { .ctl = 0x84000000, .stride = 4, .size = 63 << 16 | 63 };
	struct screen s;
	uint32_t sum;

	by_another_program = _i;
	fake_guest_has_keep = true;
	screen_open(&s, GT_SKL);
	s.v->display.driver_ready = true;
	screen_mode(&s, 64, 64);
	screen_map(&s, s.base, 4);
	for (gt_gma_t i = 0; i < 4 * GT_PAGE_SIZE; i++) {
		*screen_mem(&s, s.base + i) = (uint8_t)(i * 7 + i / 256);
	}
	p.surf = (uint32_t)s.base;
	screen_plane(&s, 0, &p);
	screen_vblank(&s);
	sum = sum_of_picture(&s);
	s.v = after_death_of(s.v);
	ck_assert_uint_eq(sum_of_picture(&s), sum);
	*screen_mem(&s, s.base) ^= 0xff;
	ck_assert_uint_ne(sum_of_picture(&s), sum);
	screen_close(&s);
	fake_guest_has_keep = false;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("inherit");
	TCase *picture = tcase_create("picture");

	for (int another = 0; another < 2; another++) {
		TCase *tc = tcase_create(another ? "another program" : "the same program");

		tcase_add_checked_fixture(tc, another ? setup_another : setup, teardown);
		tcase_add_test(tc, work_goes_on_with_the_command_at_which_it_stopped);
		tcase_add_test(tc, half_a_submission_is_completed);
		tcase_add_test(tc, work_that_is_not_trusted_hangs_until_a_reset);
		tcase_add_test(tc, an_interrupt_whose_message_was_lost_is_sent_again);
		tcase_add_test(tc, bars_and_registers_stay_where_they_are);
		tcase_add_test(tc, one_that_never_began_is_not_inherited);
		tcase_add_test(tc, one_that_ended_in_order_leaves_nothing);
		suite_add_tcase(suite, tc);
	}
	tcase_add_loop_test(picture, the_picture_is_that_of_before, 0, 2);
	suite_add_tcase(suite, picture);
	return test_run(suite);
}
