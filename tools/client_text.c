/* SPDX-License-Identifier: MIT */
/*
 * libxengt: words of a worker.
 *
 * Decides what of them reaches a terminal.  A worker that a guest took over could send what a
 * terminal obeys: nothing is left of words but characters that are seen.
 */
#define _GNU_SOURCE
#include "client_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_TEXT_B (64u << 20)

/* Length of the character at @p, or 0: it is none of UTF-8, or one that a terminal obeys. */
static size_t seen_length(const unsigned char *p)
{
	static const struct {
		unsigned char first, last, least, most; /* its first byte; the second */
		size_t len;
	} forms[] = {
		{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, /* below are the controls of ISO 6429 */
		{ 0xc3, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (*p >= ' ' && *p < 0x7f) {
		return 1;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t len = forms[i].len;

		if (*p < forms[i].first || *p > forms[i].last) {
			continue;
		}
		/* The NUL at the end is no such byte: nothing is read beyond it. */
		if (p[1] < forms[i].least || p[1] > forms[i].most ||
		    (len > 2 && (p[2] & 0xc0) != 0x80) || (len > 3 && (p[3] & 0xc0) != 0x80)) {
			return 0;
		}
		return len;
	}
	return 0;
}

void client_clean(char *text, bool has_lines)
{
	while (*text) {
		size_t len = seen_length((unsigned char *)text);

		if (!len) {
			*text = has_lines && *text == '\n' ? '\n' : '?';
			len = 1;
		}
		text += len;
	}
}

static int ask_text(struct xengt_client *c, uint32_t command, char **text)
{
	struct xengt_request req = { .command = command };
	struct xengt_text t;
	const void *at = NULL;
	char *copy;
	int fd, ret = client_ask(c, &req, &t, sizeof(t), &fd);

	if (ret) {
		return ret;
	}
	ret = fd < 0 || t.size_B > MAX_TEXT_B ? -EPROTO : 0;
	if (!ret && t.size_B) {
		ret = client_map(fd, t.size_B, F_SEAL_SHRINK | F_SEAL_WRITE, &at);
	}
	if (fd < 0) {
		return ret;
	}
	close(fd);
	if (ret) {
		return ret;
	}
	copy = malloc((size_t)t.size_B + 1);
	if (copy) {
		if (at) {
			memcpy(copy, at, (size_t)t.size_B);
		}
		copy[t.size_B] = 0;
		client_clean(copy, true);
		*text = copy;
	}
	if (at) {
		munmap((void *)(uintptr_t)at, (size_t)t.size_B);
	}
	return copy ? 0 : -ENOMEM;
}

int xengt_stats(struct xengt_client *c, char **text)
{
	return ask_text(c, XENGT_CMD_STATS, text);
}

int xengt_regs(struct xengt_client *c, char **text)
{
	return ask_text(c, XENGT_CMD_REGS, text);
}

int xengt_monitors(struct xengt_client *c, char **text)
{
	return ask_text(c, XENGT_CMD_MONITORS, text);
}
