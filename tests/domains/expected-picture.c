/* SPDX-License-Identifier: MIT */
/*
 * Writes what a screenshot of the test domain must show: expected-picture N >picture.ppm, with N
 * the number in the domain's line "PICTURE name N".  Runs in Dom0; knows only picture.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "picture.h"

int main(int argc, char **argv)
{
	char *end = NULL;
	unsigned long which = argc == 2 ? strtoul(argv[1], &end, 10) : 0;

	if (!end || end == argv[1] || *end || which > 99) {
		fprintf(stderr, "Usage: expected-picture NUMBER >PICTURE.ppm\n");
		return 2;
	}
	printf("P6\n%u %u\n255\n", PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX);
	for (uint32_t y = 0; y < PICTURE_HEIGHT_PX; y++) {
		for (uint32_t x = 0; x < PICTURE_WIDTH_PX; x++) {
			uint32_t rgb = picture_pixel(x, y, (uint32_t)which);

			putchar((int)(rgb >> 16 & 0xff));
			putchar((int)(rgb >> 8 & 0xff));
			putchar((int)(rgb & 0xff));
		}
	}
	if (fflush(stdout) || ferror(stdout)) {
		perror("expected-picture");
		return 1;
	}
	return 0;
}
