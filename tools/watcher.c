/* SPDX-License-Identifier: MIT */
/*
 * The thread that watches a head.
 *
 * Decides how often it looks: as pictures are taken and as they change, never while nothing does or
 * nobody sees them; and how it comes back to a guest that has rebooted, whose id is another.
 */
#include "watcher.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

#define AGAIN_ms   500	/* between two looks for what is not there */
#define AT_ONCE_ms 1000 /* the longest wait before requests of the program are looked at */

struct watcher {
	struct watcher_conf conf;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool pending; /* news that were not taken yet */
	bool paused;
	struct watcher_news news;
	uint32_t want_w_px, want_h_px; /* 0: no other mode is asked for */
	struct xengt_client *c;	       /* the thread's own, like all below */
	uint64_t serial;
	uint64_t lost_ms; /* when the domain went; 0: it is there */
	int told;	  /* the trouble that was told last */
};

/* Hand over, and wait until it is done with. */
static void tell(struct watcher *w, const struct watcher_news *news)
{
	pthread_mutex_lock(&w->lock);
	w->news = *news;
	w->pending = true;
	w->conf.ready(w->conf.ctx);
	while (w->pending) {
		pthread_cond_wait(&w->wake, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
}

static void tell_trouble(struct watcher *w, int ret, bool gone)
{
	struct watcher_news news = { .trouble = ret, .gone = gone };

	w->serial = 0;
	if (w->told == ret && !gone) {
		return;
	}
	w->told = ret;
	snprintf(news.words, sizeof(news.words), "%s", w->c ? xengt_detail(w->c) : "");
	tell(w, &news);
}

/* The connection is of no use any more, or there never was one. */
static void lose(struct watcher *w, int ret)
{
	if (!w->lost_ms) {
		w->lost_ms = now_ms();
	}
	tell_trouble(w, ret, now_ms() - w->lost_ms >= w->conf.patience_s * UINT64_C(1000));
	xengt_disconnect(w->c);
	w->c = NULL;
	sleep_ms(AGAIN_ms);
}

/* Another picture than the last, within a second. False: there was none. */
static bool take_picture(struct watcher *w)
{
	const struct xengt_capture what = {
		.head = w->conf.head, .flags = XENGT_TRACK | XENGT_HOLD, .since = w->serial,
		.timeout_ms = AT_ONCE_ms,
	};
	struct watcher_news news = { .has_picture = true };
	int ret = xengt_capture(w->c, &what, &news.picture);

	if (ret < 0) {
		lose(w, ret);
		return false;
	}
	w->lost_ms = 0;
	if (ret) {
		tell_trouble(w, ret, false);
		sleep_ms(AGAIN_ms);
		return false;
	}
	w->serial = news.picture.frame.serial;
	if (news.picture.frame.flags & XENGT_UNCHANGED && !w->told) {
		xengt_picture_release(&news.picture);
		return false;
	}
	w->told = 0;
	tell(w, &news);
	return true;
}

static void carry_out(struct watcher *w)
{
	struct xengt_plug monitor = { 0 };

	pthread_mutex_lock(&w->lock);
	while (w->paused) {
		pthread_cond_wait(&w->wake, &w->lock);
	}
	monitor.w_px = w->want_w_px;
	monitor.h_px = w->want_h_px;
	w->want_w_px = w->want_h_px = 0;
	pthread_mutex_unlock(&w->lock);
	if (monitor.w_px && w->c) {
		xengt_plug(w->c, w->conf.head, &monitor);
	}
}

static void *watch(void *arg)
{
	struct watcher *w = arg;

	for (;;) {
		uint64_t began_ms, spent_ms;
		int ret = 0;

		carry_out(w);
		if (!w->c) {
			ret = xengt_connect(w->conf.domain, &w->c);
		}
		if (ret) {
			w->c = NULL;
			lose(w, ret);
			continue;
		}
		began_ms = now_ms();
		spent_ms = take_picture(w) ? now_ms() - began_ms : UINT64_MAX;
		if (spent_ms < 1000 / w->conf.fps) {
			sleep_ms(1000 / w->conf.fps - spent_ms);
		}
	}
	return NULL;
}

int watcher_start(const struct watcher_conf *conf, struct watcher **out)
{
	struct watcher *w = calloc(1, sizeof(*w));
	pthread_t thread;
	int ret;

	if (!w) {
		return -ENOMEM;
	}
	w->conf = *conf;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	ret = -pthread_create(&thread, NULL, watch, w);
	if (ret) {
		free(w);
		return ret;
	}
	*out = w;
	return 0;
}

void watcher_pause(struct watcher *w, bool paused)
{
	pthread_mutex_lock(&w->lock);
	w->paused = paused;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void watcher_resize(struct watcher *w, uint32_t w_px, uint32_t h_px)
{
	pthread_mutex_lock(&w->lock);
	w->want_w_px = w_px;
	w->want_h_px = h_px;
	pthread_mutex_unlock(&w->lock);
}

void watcher_take(struct watcher *w, struct watcher_news *out)
{
	pthread_mutex_lock(&w->lock);
	*out = w->news;
	out->has_picture &= w->pending;
	pthread_mutex_unlock(&w->lock);
}

void watcher_done(struct watcher *w)
{
	pthread_mutex_lock(&w->lock);
	w->pending = false;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}
