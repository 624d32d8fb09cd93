/* SPDX-License-Identifier: MIT */
/* Clients that wait for a change: when they are told, at what cost. The clock is the test's. */
#define _GNU_SOURCE
#include "serving.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "test_run.h"

static struct serving w;

static void set_up(void)
{
	serving_open(&w);
}

static void tear_down(void)
{
	serving_close(&w);
}

/* Ask for a tracked picture; its frame. The descriptor is not wanted. */
static struct xengt_frame track(int fd, uint64_t since)
{
	struct xengt_request req = serving_request(XENGT_CMD_SNAPSHOT);
	char buf[1024];
	struct xengt_frame frame;

	req.flags = XENGT_TRACK;
	req.since = since;
	ck_assert_int_eq(send(fd, &req, sizeof(req), 0), sizeof(req));
	serving_settle(&w);
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), MSG_DONTWAIT),
			 sizeof(struct xengt_reply) + sizeof(frame));
	memcpy(&frame, buf + sizeof(struct xengt_reply), sizeof(frame));
	return frame;
}

static void begin_wait(int fd, uint64_t since, uint32_t timeout_ms)
{
	struct xengt_request req = serving_request(XENGT_CMD_WAIT);

	req.since = since;
	req.timeout_ms = timeout_ms;
	ck_assert_int_eq(send(fd, &req, sizeof(req), 0), sizeof(req));
	serving_settle(&w);
}

/* The answer to a wait: 1 changed, 0 the time was over, -1 none yet. */
static int wait_answer(int fd)
{
	char buf[1024];
	struct xengt_change change;
	ssize_t len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (len < 0) {
		return -1;
	}
	ck_assert_int_eq(len, sizeof(struct xengt_reply) + sizeof(change));
	memcpy(&change, buf + sizeof(struct xengt_reply), sizeof(change));
	return (int)change.changed;
}

/* Let time pass, and the server run when it wants to; how often it did. */
static unsigned pass_ms(uint64_t ms)
{
	uint64_t end_ns = w.s.guest->clock_ns + ms * 1000000;
	unsigned nr = 0;

	while (gt_server_deadline_ns(w.server) <= end_ns) {
		if (gt_server_deadline_ns(w.server) > w.s.guest->clock_ns) {
			w.s.guest->clock_ns = gt_server_deadline_ns(w.server);
		}
		gt_server_run(w.server);
		ck_assert_uint_lt(nr++, 100000);
	}
	w.s.guest->clock_ns = end_ns;
	return nr;
}

/* Ask for a picture that is another one, and with @flags more than tracked. */
static void begin_capture_of(int fd, uint32_t flags, uint64_t since, uint32_t timeout_ms,
			     const struct xengt_rect *region)
{
	struct xengt_request req = serving_request(XENGT_CMD_SNAPSHOT);

	req.flags = XENGT_TRACK | flags;
	req.since = since;
	req.timeout_ms = timeout_ms;
	if (region) {
		req.region = *region;
	}
	ck_assert_int_eq(send(fd, &req, sizeof(req), 0), sizeof(req));
	serving_settle(&w);
}

static void begin_capture(int fd, uint64_t since, uint32_t timeout_ms,
			  const struct xengt_rect *region)
{
	begin_capture_of(fd, 0, since, timeout_ms, region);
}

/* The picture that was waited for; false: none yet. */
static bool capture_answer(int fd, struct xengt_frame *f)
{
	char buf[1024];
	ssize_t len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (len < 0) {
		return false;
	}
	ck_assert_int_eq(len, sizeof(struct xengt_reply) + sizeof(*f));
	memcpy(f, buf + sizeof(struct xengt_reply), sizeof(*f));
	return true;
}

START_TEST(a_picture_that_is_waited_for_comes_when_it_is_another)
{
	int fd = serving_connect(&w);
	struct xengt_frame f, next;

	serving_show(&w);
	f = track(fd, 0);
	begin_capture(fd, f.serial, 60000, NULL);
	pass_ms(1000);
	ck_assert(!capture_answer(fd, &next));
	*screen_mem(&w.s, w.s.base + 12345) ^= 1;
	pass_ms(600);
	ck_assert(capture_answer(fd, &next));
	ck_assert_uint_eq(next.flags, 0);
	ck_assert_uint_eq(next.nr_damage, 1);
	/* and one that is another already comes at once */
	*screen_mem(&w.s, w.s.base + 12345) ^= 1;
	begin_capture(fd, f.serial, 60000, NULL);
	ck_assert(capture_answer(fd, &next));
	ck_assert_uint_eq(next.flags, 0);
	begin_capture(fd, next.serial, 10000, NULL);
	pass_ms(9999);
	ck_assert(!capture_answer(fd, &f));
	pass_ms(1);
	ck_assert(capture_answer(fd, &f));
	ck_assert_uint_eq(f.flags, XENGT_UNCHANGED);
	ck_assert(serving_works(&w, fd));
	close(fd);
	serving_settle(&w);
}
END_TEST

/* The page that changes is one of the region's, too, whose pixels stay as they are. */
START_TEST(a_change_that_the_picture_does_not_show_is_waited_through)
{
	const struct xengt_rect corner = { 0, 0, 4, 1 }, other = { 0, 0, 5, 1 };
	int fd = serving_connect(&w);
	struct xengt_frame f, next;

	serving_show(&w);
	begin_capture(fd, 0, 0, &corner);
	ck_assert(capture_answer(fd, &f));
	begin_capture(fd, f.serial, 60000, &corner);
	*screen_mem(&w.s, w.s.base + 64) ^= 1;
	pass_ms(2000);
	ck_assert(!capture_answer(fd, &next));
	*screen_mem(&w.s, w.s.base) ^= 1;
	pass_ms(600);
	ck_assert(capture_answer(fd, &next));
	ck_assert_uint_eq(next.flags, 0);
	/* another view is another picture */
	begin_capture(fd, next.serial, 60000, &other);
	ck_assert(capture_answer(fd, &f));
	ck_assert_uint_eq(f.width_px, 5);
	close(fd);
	serving_settle(&w);
}
END_TEST

/* The first row of the rectangle that is new. */
static uint32_t new_row(const struct xengt_frame *f)
{
	ck_assert_uint_eq(f->flags & ~XENGT_HELD, 0);
	ck_assert_uint_eq(f->nr_damage, 1);
	return f->damage[0].y_px;
}

START_TEST(what_changes_elsewhere_comes_half_a_second_later)
{
	struct screen_plane p = { .ctl = 0x84000000, .stride = 16, .size = 255u << 16 | 255u,
				  .surf = (uint32_t)w.s.base };
	int fd = serving_connect(&w);
	struct xengt_frame f;

	w.s.v->display.driver_ready = true;
	screen_map(&w.s, w.s.base, 64);
	screen_mode(&w.s, 256, 256);
	screen_plane(&w.s, 0, &p);
	screen_vblank(&w.s);
	begin_capture_of(fd, XENGT_HOLD, 0, 0, NULL);
	ck_assert(capture_answer(fd, &f));
	/* the first band is known to change; there was a look at everything not long ago */
	for (unsigned i = 0; i < 9; i++) {
		begin_capture_of(fd, XENGT_HOLD, f.serial, 60000, NULL);
		*screen_mem(&w.s, w.s.base) ^= 1;
		pass_ms(150);
		ck_assert(capture_answer(fd, &f));
		ck_assert_uint_eq(new_row(&f), 0);
	}
	begin_capture_of(fd, XENGT_HOLD, f.serial, 60000, NULL);
	*screen_mem(&w.s, w.s.base) ^= 1;
	*screen_mem(&w.s, w.s.base + 200 * 1024) ^= 1;
	pass_ms(150);
	ck_assert(capture_answer(fd, &f));
	ck_assert_uint_eq(new_row(&f), 0);
	begin_capture_of(fd, XENGT_HOLD, f.serial, 60000, NULL);
	pass_ms(600);
	ck_assert(capture_answer(fd, &f));
	ck_assert_uint_eq(new_row(&f), 192);
	close(fd);
	serving_settle(&w);
}
END_TEST

START_TEST(drawing_that_exits_nothing_wakes_who_waits)
{
	int fd = serving_connect(&w);
	struct xengt_frame f;

	serving_show(&w);
	f = track(fd, 0);
	begin_wait(fd, f.serial, 60000);
	pass_ms(1000);
	ck_assert_int_eq(wait_answer(fd), -1);
	*screen_mem(&w.s, w.s.base + 12345) ^= 1;
	pass_ms(600);
	ck_assert_int_eq(wait_answer(fd), 1);
	f = track(fd, f.serial);
	ck_assert_uint_eq(f.nr_damage, 1);
	ck_assert_uint_eq(f.flags, 0);
	close(fd);
	serving_settle(&w);
}
END_TEST

START_TEST(a_flip_wakes_who_waits_within_two_frames)
{
	struct screen_plane p = { .ctl = 0x84042000, .stride = 16, .size = 63u << 16 | 255u };
	int fd = serving_connect(&w);
	struct xengt_frame f;

	serving_show(&w);
	p.surf = (uint32_t)w.s.base + 64 * 1024;
	screen_map(&w.s, p.surf, 64);
	f = track(fd, 0);
	begin_wait(fd, f.serial, 60000);
	pass_ms(10000); /* looks are rare by now */
	screen_plane(&w.s, 0, &p);
	pass_ms(40);
	ck_assert_int_eq(wait_answer(fd), 1);
	close(fd);
	serving_settle(&w);
}
END_TEST

START_TEST(a_wait_ends_in_time_and_looks_become_rare)
{
	int fd = serving_connect(&w);
	struct xengt_frame f;

	serving_show(&w);
	f = track(fd, 0);
	begin_wait(fd, f.serial, 10000);
	ck_assert_uint_lt(pass_ms(9999), 60);
	ck_assert_int_eq(wait_answer(fd), -1);
	pass_ms(1);
	ck_assert_int_eq(wait_answer(fd), 0);
	ck_assert(serving_works(&w, fd));
	f = track(fd, f.serial);
	ck_assert_uint_eq(f.flags, XENGT_UNCHANGED);
	begin_wait(fd, f.serial + 1, 10000); /* of a picture that never was */
	ck_assert_int_eq(wait_answer(fd), 1);
	close(fd);
	serving_settle(&w);
}
END_TEST

START_TEST(nobody_there_means_no_timer_and_no_mapping)
{
	int fd = serving_connect(&w);
	struct xengt_frame f;

	serving_show(&w);
	ck_assert_uint_eq(gt_server_deadline_ns(w.server), UINT64_MAX);
	f = track(fd, 0);
	begin_wait(fd, f.serial, 60000);
	pass_ms(100);
	ck_assert_uint_gt(w.s.v->events.count[GT_C_frames_cached_now], 0);
	close(fd);
	serving_settle(&w);
	ck_assert_uint_eq(w.s.v->events.count[GT_C_clients_now], 0);
	ck_assert_uint_eq(w.s.v->events.count[GT_C_frames_cached_now], 0);
	ck_assert_uint_eq(w.s.guest->nr_mapped, gt_frames_mapped(w.s.v->frames));
	ck_assert_uint_eq(gt_server_deadline_ns(w.server), UINT64_MAX);
}
END_TEST

START_TEST(a_connection_that_does_nothing_costs_nothing_after_a_while)
{
	int fd = serving_connect(&w);

	serving_show(&w);
	track(fd, 0);
	ck_assert_uint_gt(w.s.v->events.count[GT_C_frames_cached_now], 0);
	ck_assert_uint_eq(pass_ms(5000), 1);
	ck_assert_uint_eq(w.s.v->events.count[GT_C_frames_cached_now], 0);
	ck_assert_uint_eq(gt_server_deadline_ns(w.server), UINT64_MAX);
	close(fd);
	serving_settle(&w);
}
END_TEST

START_TEST(all_may_wait_at_once)
{
	int fd[XENGT_MAX_CLIENTS];

	serving_show(&w);
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		struct xengt_frame f;

		fd[i] = serving_connect(&w);
		serving_settle(&w);
		f = track(fd[i], 0);
		begin_wait(fd[i], f.serial, 60000);
	}
	pass_ms(500);
	*screen_mem(&w.s, w.s.base + 1) ^= 0x10;
	pass_ms(600);
	for (unsigned i = 0; i < XENGT_MAX_CLIENTS; i++) {
		ck_assert_int_eq(wait_answer(fd[i]), 1);
		close(fd[i]);
	}
	serving_settle(&w);
}
END_TEST

START_TEST(requests_sent_while_waiting_are_answered_afterwards)
{
	struct xengt_request req = serving_request(XENGT_CMD_INFO);
	int fd = serving_connect(&w);
	struct xengt_reply r;
	struct xengt_frame f;

	serving_show(&w);
	f = track(fd, 0);
	begin_wait(fd, f.serial, 100);
	ck_assert_int_eq(send(fd, &req, sizeof(req), 0), sizeof(req));
	serving_settle(&w);
	ck_assert_int_eq(wait_answer(fd), -1);
	pass_ms(100);
	ck_assert_int_eq(wait_answer(fd), 0);
	serving_settle(&w);
	ck_assert(serving_reply(fd, &r));
	ck_assert_uint_eq(r.command, XENGT_CMD_INFO);
	close(fd);
	serving_settle(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wait");
	TCase *tc = tcase_create("wait");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_picture_that_is_waited_for_comes_when_it_is_another);
	tcase_add_test(tc, a_change_that_the_picture_does_not_show_is_waited_through);
	tcase_add_test(tc, what_changes_elsewhere_comes_half_a_second_later);
	tcase_add_test(tc, drawing_that_exits_nothing_wakes_who_waits);
	tcase_add_test(tc, a_flip_wakes_who_waits_within_two_frames);
	tcase_add_test(tc, a_wait_ends_in_time_and_looks_become_rare);
	tcase_add_test(tc, nobody_there_means_no_timer_and_no_mapping);
	tcase_add_test(tc, a_connection_that_does_nothing_costs_nothing_after_a_while);
	tcase_add_test(tc, all_may_wait_at_once);
	tcase_add_test(tc, requests_sent_while_waiting_are_answered_afterwards);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
