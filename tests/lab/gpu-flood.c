/* SPDX-License-Identifier: MIT */
/*
 * A guest program for the lab that floods its GPU, so that what a submission and what a change of
 * a page table cost the host can be counted there.  Speaks to i915 by ioctl alone and is linked
 * statically: it runs in the smallest guest.  Verbs:
 *
 *   gpu-flood nops ENGINE COUNT      COUNT batches of nothing, as fast as i915 takes them
 *   gpu-flood sync ENGINE COUNT      the same, and waits for each: no two in one submission
 *   gpu-flood tables COUNT PAGES     COUNT times a new object of PAGES pages at a new address, used
 *                                    by a batch and freed: each page is one entry written, and one
 *                                    more when it is taken away
 *   gpu-flood spaces COUNT           COUNT times a new address space with one batch in it
 *
 * Prints "flood VERB batches N pages N seconds S".  ENGINE is rcs, bcs, vcs or vecs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <libdrm/i915_drm.h>

#define PAGE_B 4096u
/* Objects are put here one after the other, each in page tables of its own. */
#define FIRST_GMA (4ull << 30)
#define STRIDE_B (2ull << 20)
#define LAST_GMA (1ull << 46)
/* Objects kept before the oldest is freed, so that freeing waits for nothing. */
#define NR_KEPT 64u

static const uint32_t batch[] = {0x05000000u, 0}; /* MI_BATCH_BUFFER_END, MI_NOOP */

static void fatal(const char *what)
{
	fprintf(stderr, "gpu-flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* call FD REQUEST ARGUMENT: ioctl, again when interrupted. */
static int call(int fd, unsigned long request, void *argument)
{
	int rc;

	do {
		rc = ioctl(fd, request, argument);
	} while (rc && (errno == EINTR || errno == EAGAIN));
	return rc;
}

static int card_open(void)
{
	int fd = open("/dev/dri/renderD128", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		fatal("/dev/dri/renderD128");
	}
	return fd;
}

static uint32_t object_new(int fd, uint64_t size_B)
{
	struct drm_i915_gem_create create = {.size = size_B};

	if (call(fd, DRM_IOCTL_I915_GEM_CREATE, &create)) {
		fatal("GEM_CREATE");
	}
	return create.handle;
}

static void object_free(int fd, uint32_t handle)
{
	struct drm_gem_close close = {.handle = handle};

	call(fd, DRM_IOCTL_GEM_CLOSE, &close);
}

static void object_wait(int fd, uint32_t handle)
{
	struct drm_i915_gem_wait wait = {.bo_handle = handle, .timeout_ns = -1};

	if (call(fd, DRM_IOCTL_I915_GEM_WAIT, &wait)) {
		fatal("GEM_WAIT");
	}
}

static uint32_t batch_new(int fd)
{
	uint32_t handle = object_new(fd, PAGE_B);
	struct drm_i915_gem_pwrite write = {
		.handle = handle, .size = sizeof(batch), .data_ptr = (uintptr_t)batch};

	if (call(fd, DRM_IOCTL_I915_GEM_PWRITE, &write)) {
		fatal("GEM_PWRITE");
	}
	return handle;
}

static uint32_t context_new(int fd)
{
	struct drm_i915_gem_context_create create = {0};

	if (call(fd, DRM_IOCTL_I915_GEM_CONTEXT_CREATE, &create)) {
		fatal("GEM_CONTEXT_CREATE");
	}
	return create.ctx_id;
}

static void context_free(int fd, uint32_t id)
{
	struct drm_i915_gem_context_destroy destroy = {.ctx_id = id};

	call(fd, DRM_IOCTL_I915_GEM_CONTEXT_DESTROY, &destroy);
}

/* The batch, and an object with it at an address of the caller's if it is not 0. */
static void submit(int fd, uint32_t context, uint64_t engine, uint32_t batch_handle,
		   uint32_t object, uint64_t gma)
{
	struct drm_i915_gem_exec_object2 list[2] = {
		{.handle = object,
		 .offset = gma,
		 .flags = EXEC_OBJECT_PINNED | EXEC_OBJECT_SUPPORTS_48B_ADDRESS},
		{.handle = batch_handle, .flags = EXEC_OBJECT_SUPPORTS_48B_ADDRESS},
	};
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)(object ? list : list + 1),
		.buffer_count = object ? 2 : 1,
		.batch_len = sizeof(batch),
		.flags = engine | I915_EXEC_NO_RELOC,
		.rsvd1 = context,
	};

	if (call(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec)) {
		fatal("GEM_EXECBUFFER2");
	}
}

static uint64_t engine_flag(const char *name)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} engines[] = {
		{"rcs", I915_EXEC_RENDER},
		{"bcs", I915_EXEC_BLT},
		{"vcs", I915_EXEC_BSD},
		{"vecs", I915_EXEC_VEBOX},
	};
	size_t i;

	for (i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		if (!strcmp(name, engines[i].name)) {
			return engines[i].flag;
		}
	}
	errno = EINVAL;
	fatal(name);
	return 0;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void flood_nops(int fd, uint64_t engine, unsigned count, bool each)
{
	uint32_t handle = batch_new(fd);
	unsigned i;

	for (i = 0; i < count; i++) {
		submit(fd, 0, engine, handle, 0, 0);
		if (each) {
			object_wait(fd, handle);
		}
	}
	object_wait(fd, handle);
	object_free(fd, handle);
}

static void flood_tables(int fd, unsigned count, unsigned nr_pages)
{
	uint32_t kept[NR_KEPT] = {0}, handle = batch_new(fd);
	uint64_t gma = FIRST_GMA, step = STRIDE_B;
	unsigned i;

	while (step < (uint64_t)nr_pages * PAGE_B) {
		step += STRIDE_B;
	}
	for (i = 0; i < count; i++) {
		uint32_t *slot = &kept[i % NR_KEPT];

		if (*slot) {
			object_free(fd, *slot);
		}
		*slot = object_new(fd, (uint64_t)nr_pages * PAGE_B);
		submit(fd, 0, I915_EXEC_BLT, handle, *slot, gma);
		gma = gma + step < LAST_GMA ? gma + step : FIRST_GMA;
	}
	object_wait(fd, handle);
	for (i = 0; i < NR_KEPT; i++) {
		if (kept[i]) {
			object_free(fd, kept[i]);
		}
	}
	object_free(fd, handle);
}

static void flood_spaces(int fd, unsigned count)
{
	uint32_t handle = batch_new(fd), id;
	unsigned i;

	for (i = 0; i < count; i++) {
		id = context_new(fd);
		submit(fd, id, I915_EXEC_BLT, handle, 0, 0);
		context_free(fd, id);
	}
	object_wait(fd, handle);
	object_free(fd, handle);
}

static int usage(void)
{
	fprintf(stderr, "usage: gpu-flood nops|sync ENGINE COUNT | tables COUNT PAGES | "
			"spaces COUNT\n");
	return 2;
}

int main(int argc, char **argv)
{
	unsigned count, nr_pages = 0;
	double start_s = now_s();
	int fd;

	if (argc == 4 && (!strcmp(argv[1], "nops") || !strcmp(argv[1], "sync"))) {
		fd = card_open();
		count = (unsigned)strtoul(argv[3], NULL, 0);
		flood_nops(fd, engine_flag(argv[2]), count, argv[1][0] == 's');
	} else if (argc == 4 && !strcmp(argv[1], "tables")) {
		fd = card_open();
		count = (unsigned)strtoul(argv[2], NULL, 0);
		nr_pages = (unsigned)strtoul(argv[3], NULL, 0);
		flood_tables(fd, count, nr_pages);
	} else if (argc == 3 && !strcmp(argv[1], "spaces")) {
		fd = card_open();
		count = (unsigned)strtoul(argv[2], NULL, 0);
		flood_spaces(fd, count);
	} else {
		return usage();
	}
	close(fd);
	printf("flood %s batches %u pages %llu seconds %.3f\n", argv[1], count,
	       (unsigned long long)count * nr_pages, now_s() - start_s);
	return 0;
}
