/* SPDX-License-Identifier: MIT */
/* xengtctl top: what every vGPU is doing, as a table that renews itself. */
#ifndef TOOLS_TOP_H
#define TOOLS_TOP_H

#include "common.h"

extern const char top_usage[];

/* @argv[0] is "top". */
enum exit_code top_main(int argc, char **argv);

#endif
