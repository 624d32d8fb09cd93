/* SPDX-License-Identifier: MIT */
/*
 * Keys and pointer of people who look, on their way to a vGPU.
 *
 * A worker may take its time, and a guest takes input at a bounded rate, so a thread waits for
 * them.  Of places that wait only the last is kept.  When too much waits all the same, the
 * connection is closed, by which the worker releases every key, and a new one begins.
 */
#include "feed.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "common.h"

#define NR_QUEUED 512u
#define LATER_ms  5
#define AGAIN_ms  20   /* between two tries to reach a worker */
#define LOST_ms	  2000 /* a worker that another takes over from is away for less than half of it */

static struct {
	const char *domain;
	unsigned head;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct xengt_input_event event[NR_QUEUED];
	unsigned nr;
	bool overrun;
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };

void feed_put(struct xengt_input_event e)
{
	pthread_mutex_lock(&queue.lock);
	if (queue.nr && e.type == XENGT_INPUT_POINTER &&
	    queue.event[queue.nr - 1].type == XENGT_INPUT_POINTER) {
		queue.nr--;
	}
	if (queue.nr == NR_QUEUED) {
		queue.nr = 0;
		queue.overrun = true;
	} else {
		queue.event[queue.nr++] = e;
	}
	pthread_cond_signal(&queue.more);
	pthread_mutex_unlock(&queue.lock);
}

/* What waits, up to a packet of it; true if the connection must be closed first. */
static bool take(struct xengt_input_event *out, unsigned *nr)
{
	bool overrun;

	pthread_mutex_lock(&queue.lock);
	while (!queue.nr && !queue.overrun) {
		pthread_cond_wait(&queue.more, &queue.lock);
	}
	*nr = queue.nr < XENGT_MAX_INPUT ? queue.nr : XENGT_MAX_INPUT;
	memcpy(out, queue.event, *nr * sizeof(*out));
	queue.nr -= *nr;
	memmove(queue.event, queue.event + *nr, queue.nr * sizeof(*out));
	overrun = queue.overrun;
	queue.overrun = false;
	pthread_mutex_unlock(&queue.lock);
	return overrun;
}

/* By the connection in *c, which is NULL again if it is of no more use. */
static bool pass_by(struct xengt_client **c, const struct xengt_input_event *events, unsigned nr)
{
	int ret;

	if (!*c && xengt_connect(queue.domain, c)) {
		return false;
	}
	while ((ret = xengt_input(*c, queue.head, events, nr)) == XENGT_E_LATER) {
		sleep_ms(LATER_ms);
	}
	if (ret < 0) {
		xengt_disconnect(*c);
		*c = NULL;
	}
	return ret >= 0;
}

/* What is said to a worker that dies of it or before is said once more to the next. */
static void *pass_on(void *arg)
{
	struct xengt_client *c = NULL;

	for (;;) {
		struct xengt_input_event events[XENGT_MAX_INPUT];
		unsigned nr;

		if (take(events, &nr) && c) {
			xengt_disconnect(c);
			c = NULL;
		}
		for (unsigned ms = 0; nr && ms < LOST_ms; ms += AGAIN_ms) {
			if (pass_by(&c, events, nr)) {
				break;
			}
			sleep_ms(AGAIN_ms);
		}
	}
	return arg;
}

/* One at a time: whoever asks last has it. A size that no monitor has is refused by the worker. */
void feed_size(unsigned w_px, unsigned h_px)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	const struct xengt_plug monitor = { .w_px = w_px, .h_px = h_px };
	struct xengt_client *c;

	pthread_mutex_lock(&one);
	if (!xengt_connect(queue.domain, &c)) {
		xengt_plug(c, queue.head, &monitor);
		xengt_disconnect(c);
	}
	pthread_mutex_unlock(&one);
}

int feed_start(const char *domain, unsigned head)
{
	pthread_t thread;

	queue.domain = domain;
	queue.head = head;
	return -pthread_create(&thread, NULL, pass_on, NULL);
}
