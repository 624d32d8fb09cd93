/* SPDX-License-Identifier: MIT */
/* xengtctl upgrade: vGPUs go on with the mediator that is installed now, while their guests run. */
#ifndef TOOLS_UPGRADE_H
#define TOOLS_UPGRADE_H

#include "common.h"

extern const char upgrade_usage[];

/* "upgrade" and what follows it. */
enum exit_code upgrade_main(int argc, char **argv);

#endif
