/* SPDX-License-Identifier: MIT */
/*
 * A thread that watches a head of a domain, for a program that must not wait: it has the latest
 * picture, or the reason why there is none, and says when there is another.
 */
#ifndef TOOLS_WATCHER_H
#define TOOLS_WATCHER_H

#include <stdbool.h>
#include "xengt/client.h"

struct watcher;

/* What is to be seen at the moment. */
struct watcher_news {
	bool has_picture;	      /* another one than before: the caller's, to be released */
	struct xengt_picture picture; /* frame.damage: what differs from the one before */
	int trouble; /* 0, or what libxengt answered: there is nothing to be seen */
	char words[XENGT_DETAIL_MAX]; /* the worker's, about the trouble */
	bool gone; /* the domain did not come back within the time given: the end */
};

struct watcher_conf {
	const char *domain;
	unsigned head;
	unsigned fps;	    /* pictures a second at most */
	unsigned patience_s; /* how long to look for a domain that has gone */
	/* Called by the thread: there are news. No more are fetched until they are done with. */
	void (*ready)(void *ctx);
	void *ctx;
};

/* 0 or negative errno.  The strings of @conf outlive it. */
int watcher_start(const struct watcher_conf *conf, struct watcher **out);
/* Fetches nothing while @paused: for a window nobody sees. */
void watcher_pause(struct watcher *w, bool paused);
/* Have the guest change its mode: a monitor of that size is plugged in. */
void watcher_resize(struct watcher *w, uint32_t w_px, uint32_t h_px);
void watcher_take(struct watcher *w, struct watcher_news *out);
/* What was taken last, and released, is of no more use. */
void watcher_done(struct watcher *w);

#endif
