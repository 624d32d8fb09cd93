/* SPDX-License-Identifier: MIT */
/*
 * The picture of a head for VNC clients.
 *
 * Decides when to look.  The vGPU is asked for a picture that is another than the last: when the
 * reader is done with that one, so that slow clients get fewer, no more often than every MIN_ms,
 * and when its share of a processor, with what the worker and the encoders had, is small enough.  A
 * guest that shows nothing is asked now and then; one that is gone may reboot, and gets GONE_ms to
 * come back.
 * While nobody looks there is a connection that was asked nothing: its end is that of the vGPU.
 */
#include "vnc_screen.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "client_internal.h"
#include "common.h"
#include "vnc_wait.h"

#define MIN_ms	   30
#define WAIT_ms	   60000 /* for another picture */
#define PERCENT	   30	 /* of a processor */
#define MAX_ms	   1000	 /* that a costly picture keeps the next one back */
#define NOTHING_ms 250	 /* between two questions of what cannot be seen */
#define GONE_ms	   20000

static struct {
	const char *domain;
	unsigned head, percent;
	int fd;	  /* for the reader: there is a picture, or it is gone */
	int wake; /* for the thread: somebody watches, or no more, or is done with the picture */
	pthread_mutex_t lock;
	bool watched, without_cursor;
	bool full, taken; /* there is a picture; the reader is at it */
	int gone; /* why it ended; 0: it did not */
	struct xengt_picture pic;
	struct vnc_wait wait;
} screen = { .lock = PTHREAD_MUTEX_INITIALIZER, .wait = VNC_WAIT_INIT };

static void tell(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0) {
		return; /* it is readable already */
	}
}

/*
 * Until somebody watches, and has taken the last picture.  -ECONNRESET: the vGPU is gone; -ESTALE:
 * nobody watches, and this connection still has a picture that it is compared with.
 */
static int wait_for_reader(const struct xengt_client *c, bool has_picture)
{
	struct pollfd p[2] = { { screen.wake, POLLIN, 0 }, { c->sock, POLLIN, 0 } };
	uint64_t nr;

	for (;;) {
		bool watched, full;

		pthread_mutex_lock(&screen.lock);
		watched = screen.watched;
		full = screen.full;
		pthread_mutex_unlock(&screen.lock);
		if (watched && !full) {
			return 0;
		}
		if (!watched && has_picture) {
			return -ESTALE;
		}
		if (poll(p, 2, -1) > 0 && p[1].revents) {
			return -ECONNRESET;
		}
		if (p[0].revents && read(screen.wake, &nr, sizeof(nr)) < 0) {
			continue; /* somebody else's word was read with it */
		}
	}
}

/* Until the reader is done with the last picture, which is gone with its connection. */
static void wait_until_done(void)
{
	struct pollfd p = { screen.wake, POLLIN, 0 };
	uint64_t nr;
	bool full;

	do {
		pthread_mutex_lock(&screen.lock);
		full = screen.full;
		pthread_mutex_unlock(&screen.lock);
	} while (full && poll(&p, 1, -1) > 0 && read(screen.wake, &nr, sizeof(nr)) > 0);
}

static double process_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

/* The last picture: when it was asked for, what it took there, what this process had before. */
static struct {
	uint64_t at_ms;
	double worker_ms, process_ms;
} cost;

/* How long it is until the last picture has been no more than its share of a processor. */
static double debt_ms(void)
{
	double spent_ms = cost.worker_ms + process_ms() - cost.process_ms;
	double due_ms = spent_ms * 100 / screen.percent;

	due_ms = due_ms < MIN_ms ? MIN_ms : due_ms < MAX_ms ? due_ms : MAX_ms;
	return due_ms - (double)(now_ms() - cost.at_ms);
}

/* The encoders may be at it still: what they go on spending is waited for, too. */
static void afford(void)
{
	for (double ms = debt_ms(); ms > 0; ms = debt_ms()) {
		sleep_ms((uint64_t)ms + 1);
	}
	cost.at_ms = now_ms();
	cost.process_ms = process_ms();
}

/* One picture or the word that there is none. 0 or what libxengt said. */
static int look(struct xengt_client *c, uint64_t *since)
{
	struct xengt_capture what = {
		.head = screen.head, .flags = XENGT_TRACK | XENGT_HOLD, .since = *since,
		.timeout_ms = WAIT_ms,
	};
	struct xengt_picture pic;
	int ret;

	afford();
	pthread_mutex_lock(&screen.lock);
	what.flags |= screen.without_cursor ? XENGT_NO_CURSOR : 0;
	pthread_mutex_unlock(&screen.lock);
	if (!vnc_wait_begin(&screen.wait, c)) {
		return -ECANCELED;
	}
	ret = xengt_capture(c, &what, &pic);
	if (!vnc_wait_over(&screen.wait)) {
		if (!ret) {
			xengt_picture_release(&pic);
		}
		return -ECANCELED;
	}
	if (ret) {
		return ret;
	}
	cost.worker_ms = pic.frame.took_us / 1e3;
	/* It may have been waited for. */
	cost.at_ms = now_ms();
	/* Boot pictures and those of too large a size for VNC are not of this connection. */
	*since = pic.frame.flags & XENGT_BOOT ? 0 : pic.frame.serial;
	if (!(pic.frame.flags & XENGT_UNCHANGED)) {
		pthread_mutex_lock(&screen.lock);
		screen.pic = pic;
		screen.full = true;
		pthread_mutex_unlock(&screen.lock);
		tell(screen.fd);
	}
	if (!*since) {
		sleep_ms(NOTHING_ms);
	}
	return 0;
}

/* A picture, when somebody wants it, and another than the last. */
static int follow_once(struct xengt_client *c, uint64_t *since)
{
	int ret = wait_for_reader(c, *since);

	return ret ? ret : look(c, since);
}

static void *follow(void *arg)
{
	struct xengt_client *c = NULL;
	uint64_t since = 0, there_ms = now_ms();
	int ret;

	do {
		ret = c ? 0 : xengt_connect(screen.domain, &c);
		if (!ret) {
			ret = follow_once(c, &since);
			there_ms = now_ms();
		}
		if (ret < 0 && c) {
			wait_until_done();
			xengt_disconnect(c);
			c = NULL;
			since = 0;
		}
		if (ret && ret != -ECANCELED) {
			sleep_ms(NOTHING_ms);
		}
	} while (now_ms() - there_ms < GONE_ms);
	pthread_mutex_lock(&screen.lock);
	screen.gone = ret;
	pthread_mutex_unlock(&screen.lock);
	tell(screen.fd);
	return arg;
}

int vnc_screen_start(const char *domain, unsigned head, unsigned percent)
{
	pthread_t thread;

	screen.domain = domain;
	screen.head = head;
	screen.percent = percent ? percent : PERCENT;
	screen.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	screen.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (screen.fd < 0 || screen.wake < 0) {
		return -errno;
	}
	return -pthread_create(&thread, NULL, follow, NULL);
}

int vnc_screen_fd(void)
{
	return screen.fd;
}

void vnc_screen_watch(bool watched)
{
	pthread_mutex_lock(&screen.lock);
	screen.watched = watched;
	pthread_mutex_unlock(&screen.lock);
	tell(screen.wake);
	if (!watched) {
		vnc_wait_end(&screen.wait);
	}
}

void vnc_screen_show_cursor(bool shown)
{
	bool was_shown;

	pthread_mutex_lock(&screen.lock);
	was_shown = !screen.without_cursor;
	screen.without_cursor = !shown;
	pthread_mutex_unlock(&screen.lock);
	if (shown != was_shown) {
		vnc_wait_end(&screen.wait);
	}
}

/* False: there is one already that was not taken. */
static bool hand_over(const struct xengt_picture *pic)
{
	bool free_slot;

	pthread_mutex_lock(&screen.lock);
	free_slot = !screen.full;
	if (free_slot) {
		screen.pic = *pic;
		screen.full = true;
	}
	pthread_mutex_unlock(&screen.lock);
	return free_slot;
}

static bool is_busy(void)
{
	bool busy;

	pthread_mutex_lock(&screen.lock);
	busy = screen.watched || screen.full;
	pthread_mutex_unlock(&screen.lock);
	return busy;
}

void vnc_screen_refresh(void)
{
	struct xengt_client *c;
	struct xengt_picture pic;

	if (is_busy() || xengt_connect(screen.domain, &c)) {
		return;
	}
	if (!xengt_snapshot(c, screen.head, &pic)) {
		if (!hand_over(&pic)) {
			xengt_picture_release(&pic);
		}
		tell(screen.fd);
		for (unsigned waited_ms = 0; is_busy() && waited_ms < MIN_ms * 50; waited_ms++) {
			sleep_ms(1);
		}
	}
	xengt_disconnect(c);
}

int vnc_screen_take(struct xengt_picture *pic)
{
	uint64_t nr;
	int ret = -EAGAIN;

	if (read(screen.fd, &nr, sizeof(nr)) < 0) {
		return -EAGAIN;
	}
	pthread_mutex_lock(&screen.lock);
	if (screen.full && !screen.taken) {
		*pic = screen.pic;
		screen.taken = true;
		ret = 0;
	} else if (screen.gone) {
		ret = screen.gone;
	}
	pthread_mutex_unlock(&screen.lock);
	return ret;
}

void vnc_screen_done(void)
{
	pthread_mutex_lock(&screen.lock);
	screen.full = screen.taken = false;
	pthread_mutex_unlock(&screen.lock);
	tell(screen.wake);
}
