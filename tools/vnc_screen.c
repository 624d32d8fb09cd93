/* SPDX-License-Identifier: MIT */
/*
 * The picture of a head for VNC clients.
 *
 * Decides when to look.  The next picture is taken when the last one was, so that slow clients get
 * fewer, and no more often than MIN_ms; then the vGPU is asked to tell of a change.  A guest that
 * shows nothing is asked now and then; one that is gone may reboot, and gets GONE_ms to come back.
 */
#include "vnc_screen.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define MIN_ms	   30
#define NOTHING_ms 250	 /* between two questions of what cannot be seen */
#define WAIT_ms	   60000 /* for a change, before a look whether anybody still watches */
#define GONE_ms	   20000

static struct {
	const char *domain;
	unsigned head;
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool watched, full;
	int gone; /* why it ended; 0: it did not */
	struct xengt_picture pic;
} screen = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void sleep_ms(unsigned ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static void tell(void)
{
	uint64_t one = 1;

	if (write(screen.fd, &one, sizeof(one)) < 0) {
		return; /* it is readable already */
	}
}

/* Until somebody watches, and has taken the last picture. */
static void wait_for_reader(void)
{
	pthread_mutex_lock(&screen.lock);
	while (!screen.watched || screen.full) {
		pthread_cond_wait(&screen.changed, &screen.lock);
	}
	pthread_mutex_unlock(&screen.lock);
}

/* One picture or the word that there is none. 0 or what libxengt said. */
static int look(struct xengt_client *c, uint64_t *since)
{
	const struct xengt_capture what = {
		.head = screen.head, .flags = XENGT_TRACK, .since = *since
	};
	struct xengt_picture pic;
	bool changed;
	int ret = xengt_capture(c, &what, &pic);

	if (ret) {
		return ret;
	}
	/* Boot pictures and those of too large a size for VNC are not of this connection. */
	*since = pic.frame.flags & XENGT_BOOT ? 0 : pic.frame.serial;
	if (!(pic.frame.flags & XENGT_UNCHANGED)) {
		pthread_mutex_lock(&screen.lock);
		screen.pic = pic;
		screen.full = true;
		pthread_mutex_unlock(&screen.lock);
		tell();
		sleep_ms(pic.frame.flags & XENGT_BOOT ? NOTHING_ms : MIN_ms);
	}
	wait_for_reader();
	return *since ? xengt_wait(c, *since, WAIT_ms, &changed) : 0;
}

static void *follow(void *arg)
{
	struct xengt_client *c = NULL;
	uint64_t since = 0;
	unsigned gone_ms = 0;
	int ret;

	do {
		wait_for_reader();
		ret = c ? 0 : xengt_connect(screen.domain, &c);
		if (!ret) {
			gone_ms = 0;
			ret = look(c, &since);
		}
		if (ret < 0 && c) {
			xengt_disconnect(c);
			c = NULL;
			since = 0;
		}
		if (ret) {
			sleep_ms(NOTHING_ms);
			gone_ms += ret < 0 ? NOTHING_ms : 0;
		}
	} while (gone_ms < GONE_ms);
	pthread_mutex_lock(&screen.lock);
	screen.gone = ret;
	pthread_mutex_unlock(&screen.lock);
	tell();
	return arg;
}

int vnc_screen_start(const char *domain, unsigned head)
{
	pthread_t thread;

	screen.domain = domain;
	screen.head = head;
	screen.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return screen.fd < 0 ? -errno : -pthread_create(&thread, NULL, follow, NULL);
}

int vnc_screen_fd(void)
{
	return screen.fd;
}

void vnc_screen_watch(bool watched)
{
	pthread_mutex_lock(&screen.lock);
	screen.watched = watched;
	pthread_cond_signal(&screen.changed);
	pthread_mutex_unlock(&screen.lock);
}

int vnc_screen_take(struct xengt_picture *pic)
{
	uint64_t nr;
	int ret = -EAGAIN;

	if (read(screen.fd, &nr, sizeof(nr)) < 0) {
		return -EAGAIN;
	}
	pthread_mutex_lock(&screen.lock);
	if (screen.full) {
		*pic = screen.pic;
		screen.full = false;
		pthread_cond_signal(&screen.changed);
		ret = 0;
	} else if (screen.gone) {
		ret = screen.gone;
	}
	pthread_mutex_unlock(&screen.lock);
	return ret;
}
