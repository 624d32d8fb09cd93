/* SPDX-License-Identifier: MIT */
/* Asking every worker at once how it is; see vitals.h. */
#define _GNU_SOURCE
#include "vitals.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A worker that a guest has taken could send sequences that a terminal obeys. */
static void make_printable(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f) {
			*text = '?';
		}
	}
}

static uint64_t resident_B(uint32_t pid)
{
	uint64_t pages = 0;
	char path[32];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/statm", pid);
	f = fopen(path, "r");
	if (!f) {
		return 0;
	}
	if (fscanf(f, "%*u %" SCNu64, &pages) != 1) {
		pages = 0;
	}
	fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int read_one(uint32_t domid, struct vitals *out)
{
	struct xengt_client *c;
	struct timespec now;
	char domain[16];
	int ret;

	snprintf(domain, sizeof(domain), "%" PRIu32, domid);
	ret = xengt_connect(domain, &c);
	if (ret) {
		return ret;
	}
	ret = xengt_info(c, &out->info);
	if (!ret) {
		ret = xengt_stats(c, &out->stats);
	}
	xengt_disconnect(c);
	if (ret) {
		return ret;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	out->time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	make_printable(out->info.name, sizeof(out->info.name));
	make_printable(out->info.platform, sizeof(out->info.platform));
	out->memory_B = resident_B(out->info.pid);
	return 0;
}

int vitals_read(struct vitals **all, size_t *nr)
{
	uint32_t *ids;
	size_t nr_ids;
	int ret = xengt_list(&ids, &nr_ids);

	if (ret) {
		return ret;
	}
	*nr = 0;
	*all = calloc(nr_ids + 1, sizeof(**all));
	for (size_t i = 0; *all && i < nr_ids; i++) {
		if (!read_one(ids[i], &(*all)[*nr])) {
			++*nr;
		}
	}
	free(ids);
	return *all ? 0 : -ENOMEM;
}

void vitals_free(struct vitals *all, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(all[i].stats);
	}
	free(all);
}

uint64_t vitals_counter(const struct vitals *v, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = v->stats; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ') {
			return strtoull(line + len, NULL, 10);
		}
	}
	return 0;
}
