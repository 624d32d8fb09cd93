/* SPDX-License-Identifier: MIT */
/*
 * Pages whose writes exit, against a model of Xen: an instruction looks at the type of its page,
 * makes a request some time later, and looks at the type again some time after the answer.  The
 * second look must find what the first did, whatever happens in between.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test_run.h"
#include "tracking.h"
#include "vgpu_fixture.h"

#define NR_PAGES 8u
#define NR_VCPUS 4u

enum step {
	RUNS,	   /* no instruction on a page of ours */
	DECIDED,   /* the page has the type: there will be a request */
	WAITS,	   /* the request can be seen */
	ANSWERED,  /* not picked up */
	PICKED_UP, /* looks at the type once more at any moment, but before it can be paused */
};

static struct {
	struct dm_tracking *t;
	bool type[NR_PAGES];
	bool wanted[NR_PAGES];
	enum step step[NR_VCPUS];
	gt_gfn_t gfn[NR_VCPUS];
	unsigned nr_refused, nr_barriers, nr_completed, nr_released;
	bool refuse;
} m;

static uint64_t seed;

static uint32_t rnd(uint32_t n)
{
	return test_random(&seed) % n;
}

static int set_type(void *ctx, gt_gfn_t gfn, bool tracked)
{
	if (m.refuse) {
		m.nr_refused++;
		return -EINVAL;
	}
	ck_assert(m.type[gfn] != tracked);
	m.type[gfn] = tracked;
	m.nr_released += !tracked;
	return 0;
}

static void complete(unsigned vcpu)
{
	ck_assert(m.type[m.gfn[vcpu]]);
	m.step[vcpu] = RUNS;
	m.nr_completed++;
}

static int barrier(void *ctx)
{
	m.nr_barriers++;
	for (unsigned i = 0; i < NR_VCPUS; i++) {
		if (m.step[i] == PICKED_UP) {
			complete(i);
		}
	}
	return 0;
}

static bool is_busy(void *ctx, gt_gfn_t gfn)
{
	for (unsigned i = 0; i < NR_VCPUS; i++) {
		if (m.step[i] == WAITS && m.gfn[i] == gfn) {
			return true;
		}
	}
	return false;
}

static void settle(void)
{
	for (unsigned i = 0; i < NR_VCPUS; i++) {
		if (m.step[i] == ANSWERED) {
			return;
		}
	}
	if (dm_tracking_is_pending(m.t)) {
		dm_tracking_settle(m.t, is_busy, NULL);
	}
}

/* One vCPU makes a step; the steps of others fall between. */
static void run_vcpu(unsigned i)
{
	switch (m.step[i]) {
	case RUNS:
		m.gfn[i] = rnd(NR_PAGES);
		m.step[i] = m.type[m.gfn[i]] ? DECIDED : RUNS;
		break;
	case DECIDED:
		m.step[i] = WAITS;
		break;
	case WAITS:
		/* The mediator: a write ends tracking; the page keeps its type for the answer. */
		if (m.wanted[m.gfn[i]] && !dm_tracking_set(m.t, m.gfn[i], false)) {
			m.wanted[m.gfn[i]] = false;
		}
		dm_tracking_hold(m.t, m.gfn[i]);
		ck_assert(m.type[m.gfn[i]]);
		m.step[i] = ANSWERED;
		break;
	case ANSWERED:
		m.step[i] = PICKED_UP;
		break;
	case PICKED_UP:
		complete(i);
		break;
	}
}

static void want(gt_gfn_t gfn, bool tracked)
{
	if (m.wanted[gfn] != tracked && !dm_tracking_set(m.t, gfn, tracked)) {
		m.wanted[gfn] = tracked;
	}
}

static void setup(void)
{
	const struct dm_tracking_ops ops = { set_type, barrier };

	memset(&m, 0, sizeof(m));
	seed = 5;
	ck_assert_int_eq(dm_tracking_create(&ops, NULL, &m.t), 0);
}

static void teardown(void)
{
	dm_tracking_destroy(m.t);
}

START_TEST(an_instruction_finds_the_type_that_it_began_with)
{
	seed += (uint64_t)_i;
	for (unsigned i = 0; i < 200000; i++) {
		if (rnd(3)) {
			run_vcpu(rnd(NR_VCPUS));
		} else if (rnd(2)) {
			want(rnd(NR_PAGES), rnd(2));
		} else {
			settle();
		}
	}
	ck_assert_uint_gt(m.nr_completed, 1000);
	ck_assert_uint_gt(m.nr_released, 1000);
}
END_TEST

START_TEST(pages_nobody_wants_get_their_type_back)
{
	for (gt_gfn_t gfn = 0; gfn < NR_PAGES; gfn++) {
		want(gfn, true);
		ck_assert(m.type[gfn]);
		want(gfn, false);
		ck_assert_int_eq(dm_tracking_set(m.t, gfn, true), -EBUSY);
		ck_assert_int_eq(dm_tracking_set(m.t, gfn, false), -ENOENT);
	}
	settle();
	ck_assert_uint_eq(m.nr_barriers, 1);
	ck_assert(!dm_tracking_is_pending(m.t));
	for (gt_gfn_t gfn = 0; gfn < NR_PAGES; gfn++) {
		ck_assert(!m.type[gfn]);
		want(gfn, true);
		ck_assert(m.type[gfn]);
	}
}
END_TEST

START_TEST(a_page_that_cannot_have_the_type_is_not_remembered)
{
	m.refuse = true;
	ck_assert_int_eq(dm_tracking_set(m.t, 1, true), -EINVAL);
	dm_tracking_hold(m.t, 1);
	ck_assert(!dm_tracking_is_pending(m.t));
	m.refuse = false;
	ck_assert_int_eq(dm_tracking_set(m.t, 1, true), 0);
	ck_assert_int_eq(dm_tracking_set(m.t, 1, false), 0);
	m.refuse = true;
	settle();
	ck_assert(!dm_tracking_is_pending(m.t));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tracking");
	TCase *tc = tcase_create("tracking");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, an_instruction_finds_the_type_that_it_began_with, 0, 4);
	tcase_add_test(tc, pages_nobody_wants_get_their_type_back);
	tcase_add_test(tc, a_page_that_cannot_have_the_type_is_not_remembered);
	suite_add_tcase(s, tc);
	return test_run(s);
}
