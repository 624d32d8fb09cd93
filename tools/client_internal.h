/* SPDX-License-Identifier: MIT */
/*
 * What the files of libxengt share: client.c has the connection, client_wire.c requests and
 * replies, client_text.c words, picture.c pictures.
 */
#ifndef TOOLS_CLIENT_INTERNAL_H
#define TOOLS_CLIENT_INTERNAL_H

#include <stdbool.h>
#include "xengt/client.h"

struct xengt_client {
	int sock;
	const void *held; /* the picture that stays (XENGT_HELD), NULL: none */
	uint64_t held_B;
	char detail[XENGT_DETAIL_MAX];
};

/* Waiting for an answer at once ends after XENGT_TIMEOUT_MS. 0 or negative errno. */
int client_set_timeout(struct xengt_client *c);
/* As below, with @extra_B bytes that follow the request in its packet. */
int client_ask_with(struct xengt_client *c, struct xengt_request *req, const void *extra,
		    size_t extra_B, void *payload, size_t payload_B, int *fd);
/*
 * Send @req (its magic is filled in here) and take the answer, whose payload has @payload_B bytes.
 * With @fd, *fd is the descriptor that came along, the caller's, or -1 if there was none; without,
 * there must be none.  0, a positive enum xengt_status, or negative errno.
 */
int client_ask(struct xengt_client *c, struct xengt_request *req, void *payload, size_t payload_B,
	       int *fd);
/* Map @size_B bytes of a memfd, to be read, if it has all of @seals: it cannot shrink under us. */
int client_map(int fd, uint64_t size_B, int seals, const void **out);
/* Unmap the picture that stays. */
void client_drop_held(struct xengt_client *c);
/*
 * Put a '?' in place of each byte of @text that is no part of a character to be seen, in UTF-8:
 * controls, and what is no UTF-8; with @has_lines, ends of lines stay.
 */
void client_clean(char *text, bool has_lines);

/*
 * QEMU's screen of the domain, as a picture with XENGT_BOOT.  Takes seconds at most; negative errno
 * if QEMU cannot be asked or does not say.
 */
int client_boot_picture(uint32_t domid, struct xengt_picture *out);

#endif
