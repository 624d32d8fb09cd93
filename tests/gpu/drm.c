/* SPDX-License-Identifier: MIT */
/* Buffers, batches and submissions: the shortest way to each, by i915's ioctls. */
#include "gpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libdrm/i915_drm.h>

#define BATCH_B	  (16u * PAGE_B)
#define FIRST_GMA (UINT64_C(5) << 30) /* above 4 GiB: both halves of addresses count */
#define NR_LIST	  16u

const char *const engine_name[NR_ENGINES] = { "rcs", "bcs", "vcs", "vecs" };
const uint32_t engine_base[NR_ENGINES] = { 0x2000, 0x22000, 0x12000, 0x1a000 };
int card = -1;

int call(unsigned long request, void *argument)
{
	int rc;

	do {
		rc = ioctl(card, request, argument);
	} while (rc && (errno == EINTR || errno == EAGAIN));
	return rc ? -errno : 0;
}

void must(unsigned long request, void *argument, const char *what)
{
	int rc = call(request, argument);

	if (rc) {
		fprintf(stderr, "gpu-judge: %s: %s\n", what, strerror(-rc));
		exit(1);
	}
}

void card_open(const char *path)
{
	card = open(path, O_RDWR | O_CLOEXEC);
	if (card < 0) {
		perror(path);
		exit(1);
	}
}

uint64_t address_new(uint32_t size_B)
{
	static uint64_t next = FIRST_GMA;
	uint64_t gma = next;

	/* Never two buffers in one page, and one page between. */
	next += (((uint64_t)size_B + 0xffff) & ~UINT64_C(0xffff)) + 0x10000;
	return gma;
}

bool card_is_gen8(void)
{
	int id = 0;
	struct drm_i915_getparam get = { .param = I915_PARAM_CHIPSET_ID, .value = &id };

	must(DRM_IOCTL_I915_GETPARAM, &get, "chipset id");
	return (id & 0xff00) == 0x1600;
}

struct buffer buffer_new(uint32_t size_B)
{
	struct drm_i915_gem_create create = { .size = size_B };
	struct drm_i915_gem_mmap map = { .size = size_B };

	must(DRM_IOCTL_I915_GEM_CREATE, &create, "GEM_CREATE");
	map.handle = create.handle;
	must(DRM_IOCTL_I915_GEM_MMAP, &map, "GEM_MMAP");
	return (struct buffer){ .handle = create.handle,
				.size_B = size_B,
				.gma = address_new(size_B),
				.map = (uint32_t *)(uintptr_t)map.addr_ptr };
}

void buffer_free(struct buffer *bo)
{
	struct drm_gem_close gone = { .handle = bo->handle };

	munmap(bo->map, bo->size_B);
	call(DRM_IOCTL_GEM_CLOSE, &gone);
}

bool buffer_wait(const struct buffer *bo, int64_t ms)
{
	struct drm_i915_gem_wait wait = { .bo_handle = bo->handle, .timeout_ns = ms * 1000000 };

	return !call(DRM_IOCTL_I915_GEM_WAIT, &wait);
}

struct batch batch_new(void)
{
	return (struct batch){ .bo = buffer_new(BATCH_B) };
}

void emit(struct batch *b, uint32_t dw)
{
	if (b->nr_dw >= BATCH_B / 4 - 2) {
		fprintf(stderr, "gpu-judge: a batch too long\n");
		exit(1);
	}
	b->bo.map[b->nr_dw++] = dw;
}

void emit_address(struct batch *b, uint64_t gma)
{
	emit(b, (uint32_t)gma);
	emit(b, (uint32_t)(gma >> 32));
}

void emit_list(struct batch *b, const uint32_t *dw, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		emit(b, dw[i]);
	}
}

uint32_t context_new(void)
{
	struct drm_i915_gem_context_create create = { 0 };

	must(DRM_IOCTL_I915_GEM_CONTEXT_CREATE, &create, "GEM_CONTEXT_CREATE");
	return create.ctx_id;
}

void context_free(uint32_t id)
{
	struct drm_i915_gem_context_destroy destroy = { .ctx_id = id };

	call(DRM_IOCTL_I915_GEM_CONTEXT_DESTROY, &destroy);
}

int submit(struct batch *b, enum engine e, uint32_t context, struct buffer *const *list, size_t nr,
	   bool async)
{
	static const uint64_t flag[NR_ENGINES] = { I915_EXEC_RENDER, I915_EXEC_BLT, I915_EXEC_BSD,
						   I915_EXEC_VEBOX };
	struct drm_i915_gem_exec_object2 objects[NR_LIST + 1] = { 0 };
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)objects,
		.buffer_count = (uint32_t)nr + 1,
		.flags = flag[e] | I915_EXEC_NO_RELOC,
		.rsvd1 = context,
	};

	EMIT(b, 0x05000000u);
	if (b->nr_dw % 2) {
		EMIT(b, 0);
	}
	exec.batch_len = b->nr_dw * 4;
	for (size_t i = 0; i <= nr && nr <= NR_LIST; i++) {
		const struct buffer *bo = i < nr ? list[i] : &b->bo;

		objects[i].handle = bo->handle;
		objects[i].offset = bo->gma;
		objects[i].flags = EXEC_OBJECT_PINNED | EXEC_OBJECT_SUPPORTS_48B_ADDRESS |
				   (i < nr ? EXEC_OBJECT_WRITE : 0) |
				   (async ? EXEC_OBJECT_ASYNC : 0);
	}
	return call(DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec);
}

bool run(struct batch *b, enum engine e, struct buffer *bo)
{
	int rc = submit(b, e, 0, &bo, bo ? 1 : 0, false);
	bool done = !rc && buffer_wait(&b->bo, 20000);

	if (rc) {
		fprintf(stderr, "gpu-judge: execbuffer on %s: %s\n", engine_name[e], strerror(-rc));
	}
	buffer_free(&b->bo);
	return done;
}

void verdict(const char *name, const char *suffix, bool ok, const char *format, ...)
{
	va_list ap;

	printf("LAB judge %s%s%s %s", name, *suffix ? "-" : "", suffix, ok ? "pass" : "fail");
	if (!ok) {
		printf(" ");
		va_start(ap, format);
		vprintf(format, ap);
		va_end(ap);
	}
	printf("\n");
	fflush(stdout);
}

void verdict_skip(const char *name, const char *suffix)
{
	printf("LAB judge %s%s%s skip\n", name, *suffix ? "-" : "", suffix);
	fflush(stdout);
}
