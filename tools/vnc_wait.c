/* SPDX-License-Identifier: MIT */
/* A wait is ended by shutting its socket down: see vnc_wait.h. */
#include "vnc_wait.h"

#include <errno.h>
#include <sys/socket.h>

#include "client_internal.h"

#define WAIT_ms 60000

/* -1: the wait is over. True if it was ended before. */
static bool set_sock(struct vnc_wait *w, int sock)
{
	bool ended;

	pthread_mutex_lock(&w->lock);
	ended = w->ended;
	w->ended = false;
	w->sock = ended ? -1 : sock;
	pthread_mutex_unlock(&w->lock);
	return ended;
}

bool vnc_wait_begin(struct vnc_wait *w, struct xengt_client *c)
{
	return !set_sock(w, c->sock);
}

bool vnc_wait_over(struct vnc_wait *w)
{
	return !set_sock(w, -1);
}

int vnc_wait_for_change(struct vnc_wait *w, struct xengt_client *c, uint64_t since)
{
	bool changed;
	int ret;

	if (!vnc_wait_begin(w, c)) {
		return -ECANCELED;
	}
	ret = xengt_wait(c, since, WAIT_ms, &changed);
	return vnc_wait_over(w) ? ret : -ECANCELED;
}

void vnc_wait_end(struct vnc_wait *w)
{
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	if (w->sock >= 0) {
		shutdown(w->sock, SHUT_RDWR);
	}
	pthread_mutex_unlock(&w->lock);
}
