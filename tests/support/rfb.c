/* SPDX-License-Identifier: MIT */
/* A VNC client's end, byte by byte. */
#include "config.h"

#include "rfb.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <check.h>

void rfb_get(int fd, void *to, size_t size_B)
{
	for (size_t at = 0; at < size_B;) {
		struct pollfd p = { fd, POLLIN, 0 };
		ssize_t n;

		ck_assert_int_eq(poll(&p, 1, RFB_PATIENCE_ms), 1);
		n = recv(fd, (char *)to + at, size_B - at, 0);
		ck_assert_int_gt(n, 0);
		at += (size_t)n;
	}
}

void rfb_put(int fd, const void *from, size_t size_B)
{
	ck_assert_int_eq(send(fd, from, size_B, MSG_NOSIGNAL), size_B);
}

unsigned rfb_get16(int fd)
{
	uint16_t v;

	rfb_get(fd, &v, 2);
	return ntohs(v);
}

uint32_t rfb_get32(int fd)
{
	uint32_t v;

	rfb_get(fd, &v, 4);
	return ntohl(v);
}
