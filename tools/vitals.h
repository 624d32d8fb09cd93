/* SPDX-License-Identifier: MIT */
/* What the worker of a vGPU said of itself at one moment: for xengtctl's table and its metrics. */
#ifndef TOOLS_VITALS_H
#define TOOLS_VITALS_H

#include <stddef.h>

#include "xengt/client.h"

struct vitals {
	struct xengt_info info; /* no byte of its texts is a control character */
	char *stats;		/* as of xengt_stats() */
	uint64_t memory_B;	/* resident memory of the worker; 0 if that cannot be known */
	uint64_t time_ns;	/* CLOCK_MONOTONIC */
};

/*
 * All vGPUs that answer, by domain id; one that goes away meanwhile is left out.  0 or what
 * xengt_list() returns.
 */
int vitals_read(struct vitals **all, size_t *nr);
void vitals_free(struct vitals *all, size_t nr);

/* A counter by its name in `xengtctl stats`; 0 if this worker has none of that name. */
uint64_t vitals_counter(const struct vitals *v, const char *name);

#endif
