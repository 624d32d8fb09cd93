/* SPDX-License-Identifier: MIT */
/* gpu-judge engines | hangs | blits REFERENCE: see gpu.h. */
#include "gpu.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "engines") && argc == 2) {
		card_open(NODE_RENDER);
		engines_judge();
	} else if (!strcmp(verb, "hangs") && argc == 2) {
		hangs_judge();
	} else if (!strcmp(verb, "blits") && argc == 3) {
		card_open(NODE_CARD);
		blits_judge(argv[2]);
	} else {
		fprintf(stderr, "usage: gpu-judge engines | hangs | blits REFERENCE\n");
		return 2;
	}
	return 0;
}
