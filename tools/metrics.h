/* SPDX-License-Identifier: MIT */
/* xengtctl metrics: every vGPU's counters in Prometheus's text format, version 0.0.4. */
#ifndef TOOLS_METRICS_H
#define TOOLS_METRICS_H

#include <stdio.h>

#include "common.h"
#include "vitals.h"

extern const char metrics_usage[];

/* @argv[0] is "metrics". */
enum exit_code metrics_main(int argc, char **argv);

/* The whole exposition of these vGPUs. */
void metrics_print(FILE *f, const struct vitals *all, size_t nr);
/* Answer HTTP on a unix socket at @path until SIGINT or SIGTERM. */
enum exit_code metrics_listen(const char *path);

#endif
