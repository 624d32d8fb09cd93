/* SPDX-License-Identifier: MIT */
/* See vnc_served.h. */
#define _GNU_SOURCE
#include "vnc_served.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "rfb.h"

struct vnc_served served;

void served_start_vnc(void)
{
	served.vnc = fork();
	if (!served.vnc) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Freed memory that a sanitizer holds back is no growth of the server's. */
		setenv("ASAN_OPTIONS", "quarantine_size_mb=0:thread_local_quarantine_size_kb=0", 1);
		execl("./xengt-vnc", "xengt-vnc", "guest", "--unix", served.path, NULL);
		_exit(127);
	}
}

void served_set_up(void)
{
	serving_open(&served.w);
	serving_take_input(&served.w);
	serving_show(&served.w);
	served.worker = serving_fork(&served.w);
	snprintf(served.path, sizeof(served.path), "%s/vnc", served.w.dir);
	served_start_vnc();
}

void served_tear_down(void)
{
	serving_end(&served.vnc, SIGTERM);
	serving_end(&served.worker, SIGKILL);
	serving_close(&served.w);
}

int served_connect(void)
{
	const struct timespec t = { .tv_nsec = 20000000 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, served.path);
	for (unsigned i = 0; i < RFB_PATIENCE_ms / 20; i++) {
		if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
			return fd;
		}
		nanosleep(&t, NULL);
	}
	ck_abort_msg("xengt-vnc does not listen");
	return -1;
}

/* RFC 6143, 7.1 and 7.3. */
int served_join(unsigned w_px, unsigned h_px, const char *encodings, size_t size_B)
{
	unsigned char b[64];
	int fd = served_connect();

	rfb_get(fd, b, 12);
	rfb_put(fd, "RFB 003.008\n", 12);
	rfb_get(fd, b, 1);
	rfb_get(fd, b + 1, b[0]);
	ck_assert_int_eq(b[1], 1);
	rfb_put(fd, "\1", 1);
	ck_assert_uint_eq(rfb_get32(fd), 0);
	rfb_put(fd, "\1", 1);
	ck_assert_uint_eq(rfb_get16(fd), w_px);
	ck_assert_uint_eq(rfb_get16(fd), h_px);
	rfb_get(fd, b, 16);
	ck_assert_uint_eq(rfb_get32(fd), 5);
	rfb_get(fd, b, 5);
	ck_assert(!memcmp(b, "guest", 5));
	rfb_put(fd, encodings, size_B);
	return fd;
}
