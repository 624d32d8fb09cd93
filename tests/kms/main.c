/* SPDX-License-Identifier: MIT */
/* kms-judge VERB...: see usage() and kms.h. */
#include "kms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Scenes for those who look from outside: an overlay in some format, and the cursor in shades. */
static const struct {
	uint32_t fourcc;
	uint64_t modifier;
	uint32_t turn;
} scenes[] = {
    {DRM_FORMAT_XBGR8888, I915_FORMAT_MOD_X_TILED, DRM_MODE_ROTATE_0},
    {DRM_FORMAT_XRGB2101010, DRM_FORMAT_MOD_LINEAR, DRM_MODE_ROTATE_180},
    {DRM_FORMAT_YUYV, I915_FORMAT_MOD_X_TILED, DRM_MODE_ROTATE_0},
};
#define NR_SCENES (sizeof(scenes) / sizeof(scenes[0]))

static void turn_around(uint32_t *px, size_t nr)
{
	for (size_t i = 0; i < nr / 2; i++) {
		uint32_t swap = px[i];

		px[i] = px[nr - 1 - i];
		px[nr - 1 - i] = swap;
	}
}

static void cursor_on(void)
{
	struct surface s = surface_new(DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR, 64, 64);
	uint32_t *px = pixels_new(64, 64);

	surface_paint(&s, 5, px);
	show(plane_find("cursor"), &s, 300, 200);
	reference_put(px, 64, 64, 300, 200);
	free(px);
}

/* The file has the reference as a framebuffer's dump would: rows of XRGB8888 without gaps. */
static void save_reference(const char *path)
{
	FILE *f = fopen(path, "wb");
	size_t nr = (size_t)screen.w * screen.h;

	if (!f || fwrite(reference, 4, nr, f) != nr || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* Shown until a signal comes. */
static void scene(unsigned number, const char *path)
{
	const struct plane *p = plane_find("overlay1");
	uint32_t fourcc = scenes[number % NR_SCENES].fourcc;
	struct surface s = surface_new(fourcc, scenes[number % NR_SCENES].modifier, 240, 180);
	uint32_t *px = pixels_new(240, 180);
	const char *why;

	surface_paint(&s, number, px);
	if (scenes[number % NR_SCENES].turn == DRM_MODE_ROTATE_180) {
		turn_around(px, 240 * 180);
	}
	backdrop();
	show(p, &s, 150, 100);
	state_set(p->id, DRM_MODE_OBJECT_PLANE, "rotation", scenes[number % NR_SCENES].turn);
	reference_put(px, 240, 180, 150, 100);
	cursor_on();
	why = commit_and_compare();
	save_reference(path);
	verdict(!*why, why, "scene-%u", number);
	printf("LAB fb %u %u %u 32 %u\n", screen.w, screen.h, screen.w * 4, 64u << 20);
	fflush(stdout);
	pause();
}

static int usage(void)
{
	fprintf(stderr, "usage: kms-judge formats | looks | colors | scene N FILE |\n"
			"       list | show HEAD:WIDTHxHEIGHT:N... | flip sync|async |\n"
			"       picture N WIDTH HEIGHT\n");
	return 2;
}

/* Verbs that ask the pipe for its CRC. */
static int judge(int argc, char **argv)
{
	const char *verb = argv[1];

	screen_open("/dev/dri/card0");
	if (!crc_start()) {
		fprintf(stderr, "kms-judge: no CRCs of the pipe\n");
		return 1;
	}
	encodings_settle();
	if (!strcmp(verb, "formats") && argc == 2) {
		formats_judge();
	} else if (!strcmp(verb, "looks") && argc == 2) {
		looks_judge();
	} else if (!strcmp(verb, "colors") && argc == 2) {
		colors_judge();
	} else if (!strcmp(verb, "scene") && argc == 4) {
		scene((unsigned)atoi(argv[2]), argv[3]);
	} else {
		return usage();
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "list") && argc == 2) {
		heads_list();
	} else if (!strcmp(verb, "show") && argc > 2) {
		heads_show(argc - 2, argv + 2);
	} else if (!strcmp(verb, "flip") && argc == 3) {
		heads_flip(argv[2]);
	} else if (!strcmp(verb, "picture") && argc == 5) {
		return picture_write((unsigned)atoi(argv[2]), (uint32_t)atoi(argv[3]),
				     (uint32_t)atoi(argv[4]));
	} else {
		return argc > 1 ? judge(argc, argv) : usage();
	}
	return 0;
}
