/* SPDX-License-Identifier: MIT */
/*
 * Several heads at once, each in a mode of its own with a picture of its own, and pictures that
 * follow one another as fast as the display takes them.  A picture is known by its number and size,
 * so that those who look from outside can make it again: nothing of it leaves the guest.
 */
#include "kms.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_HEADS 8u
#define MAX_MODES 128u
#define NR_FRAMES 3u /* buffers that take turns */

struct head {
	uint32_t connector;
	bool plugged;
	struct drm_mode_modeinfo mode[MAX_MODES];
	uint32_t nr_modes;
};

static struct head heads[MAX_HEADS];
static uint32_t nr_heads, crtcs[16], nr_crtcs;

static void probe(uint32_t id, struct head *h)
{
	uint32_t encoders[8], props[64];
	uint64_t values[64];
	struct drm_mode_get_connector get = {.connector_id = id};

	h->connector = id;
	must(DRM_IOCTL_MODE_GETCONNECTOR, &get, "probe");
	get = (struct drm_mode_get_connector){
	    .connector_id = id,
	    .modes_ptr = (uintptr_t)h->mode,
	    .count_modes = MAX_MODES,
	    .encoders_ptr = (uintptr_t)encoders,
	    .count_encoders = 8,
	    .props_ptr = (uintptr_t)props,
	    .prop_values_ptr = (uintptr_t)values,
	    .count_props = 64,
	};
	must(DRM_IOCTL_MODE_GETCONNECTOR, &get, "connector");
	h->plugged = get.connection == 1;
	h->nr_modes = get.count_modes < MAX_MODES ? get.count_modes : MAX_MODES;
}

/* Connectors come in the order of their ports, which is that of the heads. */
static void heads_find(void)
{
	uint32_t connectors[32], encoders[32], fbs[64];
	struct drm_mode_card_res res = {
	    .crtc_id_ptr = (uintptr_t)crtcs,
	    .count_crtcs = 16,
	    .connector_id_ptr = (uintptr_t)connectors,
	    .count_connectors = 32,
	    .encoder_id_ptr = (uintptr_t)encoders,
	    .count_encoders = 32,
	    .fb_id_ptr = (uintptr_t)fbs,
	    .count_fbs = 64,
	};

	must(DRM_IOCTL_MODE_GETRESOURCES, &res, "resources");
	nr_crtcs = res.count_crtcs;
	for (uint32_t i = 0; i < res.count_connectors && nr_heads < MAX_HEADS; i++) {
		probe(connectors[i], &heads[nr_heads++]);
	}
}

static void heads_open(void)
{
	screen.fd = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
	if (screen.fd < 0) {
		perror("/dev/dri/card0");
		exit(1);
	}
	heads_find();
}

/* One line a head, and one a mode of it. */
void heads_list(void)
{
	heads_open();
	for (uint32_t i = 0; i < nr_heads; i++) {
		printf("LAB head %u %s %u modes\n", i, heads[i].plugged ? "plugged" : "unplugged",
		       heads[i].nr_modes);
		for (uint32_t k = 0; k < heads[i].nr_modes; k++) {
			const struct drm_mode_modeinfo *m = &heads[i].mode[k];

			printf("LAB mode %u %ux%u %u\n", i, m->hdisplay, m->vdisplay, m->vrefresh);
		}
	}
}

/* The preferred mode for 0 x 0, else the first of that size. */
static const struct drm_mode_modeinfo *find_mode(const struct head *h, uint32_t w, uint32_t height)
{
	for (uint32_t i = 0; i < h->nr_modes; i++) {
		const struct drm_mode_modeinfo *m = &h->mode[i];

		if (w ? m->hdisplay == w && m->vdisplay == height
		      : (m->type & DRM_MODE_TYPE_PREFERRED) != 0) {
			return m;
		}
	}
	fprintf(stderr, "kms-judge: no mode %ux%u\n", w, height);
	exit(1);
}

static void set_crtc(uint32_t crtc, uint32_t fb, uint32_t *connector,
		     const struct drm_mode_modeinfo *mode)
{
	struct drm_mode_crtc set = {
	    .crtc_id = crtc,
	    .fb_id = fb,
	    .set_connectors_ptr = (uintptr_t)connector,
	    .count_connectors = connector ? 1 : 0,
	    .mode_valid = mode != NULL,
	};

	if (mode) {
		set.mode = *mode;
	}
	must(DRM_IOCTL_MODE_SETCRTC, &set, "mode");
}

/* Heads are fed by the pipes from the last one on: not by those that they have after boot. */
static uint32_t crtc_of(uint32_t head)
{
	return crtcs[nr_crtcs - 1 - head % nr_crtcs];
}

static void show_head(uint32_t head, uint32_t w, uint32_t h, unsigned number)
{
	const struct drm_mode_modeinfo *m = find_mode(&heads[head], w, h);
	struct surface s = surface_new(DRM_FORMAT_XRGB8888,
				       number % 2 ? I915_FORMAT_MOD_X_TILED : DRM_FORMAT_MOD_LINEAR,
				       m->hdisplay, m->vdisplay);
	uint32_t *look = pixels_new(s.w, s.h);

	surface_paint(&s, number, look);
	free(look);
	set_crtc(crtc_of(head), s.fb, &heads[head].connector, m);
	printf("LAB shown %u %u %u %u\n", head, s.w, s.h, number);
}

/* Each argument is HEAD:WIDTHxHEIGHT:NUMBER. Shown until a signal comes. */
void heads_show(int nr, char **arguments)
{
	heads_open();
	for (uint32_t i = 0; i < nr_crtcs; i++) {
		set_crtc(crtcs[i], 0, NULL, NULL);
	}
	for (int i = 0; i < nr; i++) {
		unsigned head, w, h, number;

		if (sscanf(arguments[i], "%u:%ux%u:%u", &head, &w, &h, &number) != 4 ||
		    head >= nr_heads) {
			fprintf(stderr, "kms-judge: %s?\n", arguments[i]);
			exit(2);
		}
		show_head(head, w, h, number);
	}
	printf("LAB shown all\n");
	fflush(stdout);
	pause();
}

/* --- numbers ---------------------------------------------------------------------------------- */

static volatile sig_atomic_t over;

static void end(int sig)
{
	over = sig;
}

/* The number fills every eighth row: the first 512 bytes of each X tile. */
static void write_number(struct surface *s, uint32_t number)
{
	for (uint64_t tile_B = 0; tile_B < s->size_B; tile_B += 4096) {
		uint32_t *px = (uint32_t *)(s->map + tile_B);

		for (unsigned i = 0; i < 512 / 4; i++) {
			px[i] = number;
		}
	}
}

/* Until the last flip is done: its buffer is shown, and the one before it is free. */
static bool wait_flip(void)
{
	char events[1024];

	return read(screen.fd, events, sizeof(events)) > 0;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Flip after flip, each number one greater, until SIGTERM comes. */
static unsigned count_up(struct surface *s, uint32_t crtc, uint32_t flags)
{
	unsigned number = 1;

	while (!over) {
		struct drm_mode_crtc_page_flip flip = {
		    .crtc_id = crtc,
		    .fb_id = s[number % NR_FRAMES].fb,
		    .flags = DRM_MODE_PAGE_FLIP_EVENT | flags,
		};

		write_number(&s[number % NR_FRAMES], number);
		must(DRM_IOCTL_MODE_PAGE_FLIP, &flip, "flip");
		if (!wait_flip()) {
			break;
		}
		number++;
	}
	return number;
}

/* The preferred mode of head 0; @word is sync, or async: without waiting for the blank. */
void heads_flip(const char *word)
{
	uint32_t flags = strcmp(word, "async") ? 0 : DRM_MODE_PAGE_FLIP_ASYNC;
	const struct sigaction act = {.sa_handler = end};
	const struct drm_mode_modeinfo *m;
	struct surface s[NR_FRAMES];
	double begin;
	unsigned nr;

	heads_open();
	m = find_mode(&heads[0], 0, 0);
	for (unsigned i = 0; i < NR_FRAMES; i++) {
		s[i] = surface_new(DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED, m->hdisplay,
				   m->vdisplay);
		write_number(&s[i], 0);
	}
	set_crtc(crtcs[0], s[0].fb, &heads[0].connector, m);
	printf("LAB flipping %s %ux%u@%u\n", word, m->hdisplay, m->vdisplay, m->vrefresh);
	fflush(stdout);
	sigaction(SIGTERM, &act, NULL);
	begin = seconds();
	nr = count_up(s, crtcs[0], flags);
	printf("LAB flipped %s %u times, %.1f a second\n", word, nr, nr / (seconds() - begin));
}

/* Picture @number as a binary PPM to standard output: for the world outside. */
int picture_write(unsigned number, uint32_t w, uint32_t h)
{
	printf("P6\n%u %u\n255\n", w, h);
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			uint32_t rgb = pattern(number, x, y);
			const uint8_t bytes[3] = {(uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8),
						  (uint8_t)rgb};

			fwrite(bytes, 1, sizeof(bytes), stdout);
		}
	}
	return fflush(stdout) ? 1 : 0;
}
