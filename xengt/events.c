/* SPDX-License-Identifier: MIT */
/* Counters and rate-limited guest events; what each means is in events.h. */
#include "events.h"

#include <stdarg.h>
#include <stdio.h>

#include "vgpu_internal.h"
#include "xengt/log.h"

const struct gt_counter_row gt_counter_rows[GT_NR_COUNTERS] = {
#define X(name, help) [GT_C_##name] = { #name, help },
	GT_COUNTERS(X)
#undef X
#define X(name, help) [GT_EV_##name] = { "event_" #name, "times the guest " help },
	GT_EVENTS(X)
#undef X
};

/* A bucket of BURST lines that refills at one line a second. */
#define BURST	    10u
#define INTERVAL_ns 1000000000ull

/*
 * tokens_ns is the moment at which the bucket will be full again; a line is allowed while that lies
 * less than BURST intervals ahead.
 */
static bool may_log(struct gt_events *e, enum gt_counter c, uint64_t now_ns)
{
	uint64_t full_ns = e->tokens_ns[c] > now_ns ? e->tokens_ns[c] : now_ns;

	if (full_ns - now_ns >= BURST * INTERVAL_ns) {
		return false;
	}
	e->tokens_ns[c] = full_ns + INTERVAL_ns;
	return true;
}

void gt_count(struct gt_vgpu *v, enum gt_counter c)
{
	v->events.count[c]++;
}

void gt_count_n(struct gt_vgpu *v, enum gt_counter c, uint64_t n)
{
	v->events.count[c] += n;
}

void gt_count_max(struct gt_vgpu *v, enum gt_counter c, uint64_t value)
{
	if (value > v->events.count[c]) {
		v->events.count[c] = value;
	}
}

void gt_event(struct gt_vgpu *v, enum gt_counter ev, const char *fmt, ...)
{
	v->events.count[ev]++;
	if (!may_log(&v->events, ev, gt_now_ns(v))) {
		return;
	}

	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gt_info(GT_T_CORE, "guest %s: %s",
		gt_counter_rows[ev].help + sizeof("times the guest ") - 1, text);
}
