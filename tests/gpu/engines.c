/* SPDX-License-Identifier: MIT */
/*
 * Commands of all engines, contexts, and hangs.
 *
 * Each judge is a batch, a wait, and a look at memory.
 */
#include "gpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libdrm/i915_drm.h>

#define MI_STORE_DW   0x10000002u
#define MI_STORE_QW   0x10200003u
#define MI_LRI(n)     (0x11000000u | (2 * (n) - 1))
#define MI_SRM	      0x12000002u
#define MI_LRM	      0x14800002u
#define MI_LRR	      0x15000001u
#define MI_MATH(n)    (0x0d000000u | ((n) - 1))
#define MI_ATOMIC     0x17800001u
#define MI_SEM_WAIT   0x0e000002u
#define MI_SEM_POLL   (1u << 15)
#define MI_SEM_EQUAL  (4u << 12)
#define MI_FLUSH_DW   0x13000003u
#define MI_BB_START   0x18800101u
#define PIPE_CONTROL  0x7a000004u
#define POST_IMM      (1u << 14)
#define POST_TIME     (3u << 14)
#define MATH(op, a, b) ((uint32_t)(op) << 20 | (uint32_t)(a) << 10 | (b))

enum { ALU_LOAD = 0x80, ALU_ADD = 0x100, ALU_STORE = 0x180, ALU_SRCA = 0x20, ALU_SRCB = 0x21,
       ALU_ACCU = 0x31 };

/* 64-bit general purpose register @i of an engine, low half. */
static uint32_t gpr(enum engine e, unsigned i)
{
	return engine_base[e] + 0x600 + 8 * i;
}

static void store(struct batch *b, uint64_t gma, uint32_t val)
{
	EMIT(b, MI_STORE_DW);
	emit_address(b, gma);
	emit(b, val);
}

static void store_register(struct batch *b, uint32_t reg, uint64_t gma)
{
	EMIT(b, MI_SRM, reg);
	emit_address(b, gma);
}

static void judge_stores(enum engine e)
{
	struct buffer out = buffer_new(PAGE_B);
	struct batch b = batch_new();
	bool done;

	store(&b, out.gma, 0xc0ffee00u + e);
	EMIT(&b, MI_STORE_QW);
	emit_address(&b, out.gma + 8);
	EMIT(&b, 0x11111111, 0x22222222);
	done = run(&b, e, &out);
	verdict("store", engine_name[e],
		done && out.map[0] == 0xc0ffee00u + e && out.map[2] == 0x11111111 &&
			out.map[3] == 0x22222222,
		"%d %#x %#x %#x", done, out.map[0], out.map[2], out.map[3]);
	buffer_free(&out);
}

static void judge_registers(enum engine e)
{
	struct buffer out = buffer_new(PAGE_B);
	struct batch b = batch_new();
	bool done;

	out.map[16] = 0x77777777;
	EMIT(&b, MI_LRI(2), gpr(e, 0), 0x12345678, gpr(e, 0) + 4, 0x9abcdef0);
	EMIT(&b, MI_LRM, gpr(e, 1));
	emit_address(&b, out.gma + 64);
	EMIT(&b, MI_LRR, gpr(e, 0), gpr(e, 2));
	store_register(&b, gpr(e, 0), out.gma);
	store_register(&b, gpr(e, 0) + 4, out.gma + 4);
	store_register(&b, gpr(e, 1), out.gma + 8);
	store_register(&b, gpr(e, 2), out.gma + 12);
	done = run(&b, e, &out);
	verdict("registers", engine_name[e],
		done && out.map[0] == 0x12345678 && out.map[1] == 0x9abcdef0 &&
			out.map[2] == 0x77777777 && out.map[3] == 0x12345678,
		"%d %#x %#x %#x %#x", done, out.map[0], out.map[1], out.map[2], out.map[3]);
	buffer_free(&out);
}

static void judge_math(enum engine e)
{
	struct buffer out = buffer_new(PAGE_B);
	struct batch b = batch_new();
	bool done;

	EMIT(&b, MI_LRI(4), gpr(e, 0), 0xffffffff, gpr(e, 0) + 4, 1, gpr(e, 1), 2, gpr(e, 1) + 4,
	     3);
	EMIT(&b, MI_MATH(4), MATH(ALU_LOAD, ALU_SRCA, 0), MATH(ALU_LOAD, ALU_SRCB, 1),
	     MATH(ALU_ADD, 0, 0), MATH(ALU_STORE, 2, ALU_ACCU));
	store_register(&b, gpr(e, 2), out.gma);
	store_register(&b, gpr(e, 2) + 4, out.gma + 4);
	done = run(&b, e, &out);
	verdict("math", engine_name[e], done && out.map[0] == 1 && out.map[1] == 5, "%d %#x %#x",
		done, out.map[0], out.map[1]);
	buffer_free(&out);
}

/* Increment of a dword: opcode 5. */
static void judge_atomics(enum engine e)
{
	struct buffer out = buffer_new(PAGE_B);
	struct batch b = batch_new();
	bool done;

	out.map[0] = 41;
	for (unsigned i = 0; i < 5; i++) {
		EMIT(&b, MI_ATOMIC | 5u << 8);
		emit_address(&b, out.gma);
	}
	done = run(&b, e, &out);
	verdict("atomics", engine_name[e], done && out.map[0] == 46, "%d %u", done, out.map[0]);
	buffer_free(&out);
}

static void emit_post_sync(struct batch *b, enum engine e, uint32_t operation, uint64_t gma)
{
	if (e == RCS) {
		EMIT(b, PIPE_CONTROL, operation | 1u << 20);
	} else {
		EMIT(b, MI_FLUSH_DW | operation);
	}
	emit_address(b, gma);
	EMIT(b, 0xabcd, 0);
}

static void judge_post_sync(enum engine e)
{
	struct buffer out = buffer_new(PAGE_B);
	struct batch b = batch_new();
	const uint64_t *time = (const uint64_t *)(const void *)(out.map + 2);
	bool done;

	emit_post_sync(&b, e, POST_IMM, out.gma);
	emit_post_sync(&b, e, POST_TIME, out.gma + 8);
	emit_post_sync(&b, e, POST_TIME, out.gma + 16);
	store_register(&b, engine_base[e] + 0x358, out.gma + 24);
	done = run(&b, e, &out);
	verdict("post-sync", engine_name[e],
		done && out.map[0] == 0xabcd && time[0] && time[1] >= time[0] &&
			out.map[6] - (uint32_t)time[1] < 12000000,
		"%d %#x %#llx %#llx %#x", done, out.map[0], (unsigned long long)time[0],
		(unsigned long long)time[1], out.map[6]);
	buffer_free(&out);
}

/* One engine waits for what another stores, in both directions; both are under way at once. */
static void judge_semaphores(enum engine first, enum engine second)
{
	struct buffer out = buffer_new(PAGE_B);
	struct buffer *list[] = { &out };
	struct batch a = batch_new(), b = batch_new();
	int rc;

	EMIT(&a, MI_SEM_WAIT | MI_SEM_POLL | MI_SEM_EQUAL, 7);
	emit_address(&a, out.gma);
	store(&a, out.gma + 4, 8);
	store(&b, out.gma, 7);
	EMIT(&b, MI_SEM_WAIT | MI_SEM_POLL | MI_SEM_EQUAL, 8);
	emit_address(&b, out.gma + 4);
	store(&b, out.gma + 8, 9);
	rc = submit(&a, first, 0, list, 1, true);
	rc = rc ? rc : submit(&b, second, 0, list, 1, true);
	verdict("semaphore", engine_name[first],
		!rc && buffer_wait(&b.bo, 20000) && buffer_wait(&a.bo, 20000) && out.map[2] == 9,
		"%d %u %u %u", rc, out.map[0], out.map[1], out.map[2]);
	buffer_free(&a.bo);
	buffer_free(&b.bo);
	buffer_free(&out);
}

/* A batch that goes on in another: BCS is left out, i915 has its batches copied. */
static void judge_chain(enum engine e)
{
	struct buffer out = buffer_new(PAGE_B);
	struct batch a = batch_new(), b = batch_new();
	struct buffer *list[] = { &out, &b.bo };
	int rc;

	store(&b, out.gma + 4, 2);
	EMIT(&b, 0x05000000u, 0);
	store(&a, out.gma, 1);
	EMIT(&a, MI_BB_START);
	emit_address(&a, b.bo.gma);
	store(&a, out.gma + 8, 3);
	rc = submit(&a, e, 0, list, 2, false);
	verdict("chain", engine_name[e],
		!rc && buffer_wait(&a.bo, 20000) && out.map[0] == 1 && out.map[1] == 2 &&
			out.map[2] == 0,
		"%d %u %u %u", rc, out.map[0], out.map[1], out.map[2]);
	buffer_free(&a.bo);
	buffer_free(&b.bo);
	buffer_free(&out);
}

/*
 * Registers of one context are not another's.  On gen8 only the render engine's contexts hold
 * general purpose registers.  PRM BDW vol 7 "Execlists", context images.
 */
static void judge_contexts(enum engine e)
{
	uint32_t id[2] = { context_new(), context_new() };
	struct buffer out = buffer_new(PAGE_B);
	struct buffer *list[] = { &out };
	bool ok = true;

	for (unsigned i = 0; i < 6; i++) {
		struct batch b = batch_new();

		if (i < 2) {
			EMIT(&b, MI_LRI(1), gpr(e, 3), 0x5000 + i);
		} else {
			store_register(&b, gpr(e, 3), out.gma + 4 * i);
		}
		ok &= !submit(&b, e, id[i % 2], list, 1, false) && buffer_wait(&b.bo, 20000);
		ok &= i < 2 || out.map[i] == 0x5000 + i % 2;
		buffer_free(&b.bo);
	}
	verdict("contexts", engine_name[e], ok, "%#x %#x", out.map[2], out.map[3]);
	context_free(id[0]);
	context_free(id[1]);
	buffer_free(&out);
}

/* The address of a buffer, put into the batch by i915. */
static void judge_relocation(enum engine e)
{
	struct buffer out = buffer_new(PAGE_B);
	struct batch b = batch_new();
	struct drm_i915_gem_relocation_entry reloc = { .target_handle = out.handle,
						       .delta = 64,
						       .offset = 4,
						       .presumed_offset = ~UINT64_C(0),
						       .read_domains = I915_GEM_DOMAIN_RENDER,
						       .write_domain = I915_GEM_DOMAIN_RENDER };
	struct drm_i915_gem_exec_object2 list[2] = {
		{ .handle = out.handle },
		{ .handle = b.bo.handle, .relocs_ptr = (uintptr_t)&reloc, .relocation_count = 1 },
	};
	static const uint64_t flag[NR_ENGINES] = { I915_EXEC_RENDER, I915_EXEC_BLT, I915_EXEC_BSD,
						   I915_EXEC_VEBOX };
	struct drm_i915_gem_execbuffer2 exec = { .buffers_ptr = (uintptr_t)list,
						 .buffer_count = 2, .flags = flag[e] };
	int rc;

	store(&b, 0, 0x1234);
	EMIT(&b, 0x05000000u, 0);
	exec.batch_len = b.nr_dw * 4;
	rc = call(DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec);
	verdict("relocation", engine_name[e],
		!rc && buffer_wait(&b.bo, 20000) && out.map[16] == 0x1234, "%d %#x", rc,
		out.map[16]);
	buffer_free(&b.bo);
	buffer_free(&out);
}

/* Through the aperture: what the processor writes there the GPU reads, and the other way round. */
static void judge_aperture(void)
{
	struct buffer bo = buffer_new(16 * PAGE_B), out = buffer_new(PAGE_B);
	struct drm_i915_gem_mmap_gtt map = { .handle = bo.handle };
	struct buffer *list[] = { &bo, &out };
	struct batch b = batch_new();
	volatile uint32_t *gtt;
	int rc;

	must(DRM_IOCTL_I915_GEM_MMAP_GTT, &map, "GEM_MMAP_GTT");
	gtt = mmap(NULL, bo.size_B, PROT_READ | PROT_WRITE, MAP_SHARED, card, (off_t)map.offset);
	if (gtt == MAP_FAILED) {
		verdict("aperture", "", false, "mmap: %s", strerror(errno));
		return;
	}
	for (unsigned i = 0; i < bo.size_B / 4; i += 1021) {
		gtt[i] = 0x900d0000 + i;
	}
	EMIT(&b, MI_LRM, gpr(RCS, 0));
	emit_address(&b, bo.gma + 1021 * 4);
	store_register(&b, gpr(RCS, 0), out.gma);
	store(&b, bo.gma + 9 * PAGE_B, 0xfeed);
	rc = submit(&b, RCS, 0, list, 2, false);
	buffer_wait(&b.bo, 20000);
	verdict("aperture", "",
		!rc && out.map[0] == 0x900d0000 + 1021 && gtt[9 * PAGE_B / 4] == 0xfeed &&
			gtt[1021 * 5] == 0x900d0000 + 1021 * 5,
		"%d %#x %#x", rc, out.map[0], gtt[9 * PAGE_B / 4]);
	munmap((void *)(uintptr_t)gtt, bo.size_B);
	buffer_free(&b.bo);
	buffer_free(&bo);
	buffer_free(&out);
}

void engines_judge(void)
{
	for (enum engine e = RCS; e < NR_ENGINES; e++) {
		judge_stores(e);
		judge_registers(e);
		if (e != BCS) {
			judge_math(e);
			judge_chain(e);
		}
		judge_atomics(e);
		judge_post_sync(e);
		judge_semaphores(e, (e + 1) % NR_ENGINES);
		if (e == RCS || !card_is_gen8()) {
			judge_contexts(e);
		} else {
			verdict_skip("contexts", engine_name[e]);
		}
		judge_relocation(e);
	}
	judge_aperture();
}

static bool debugfs_write(const char *name, const char *what)
{
	char path[128];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/0/%s", name);
	fd = open(path, O_WRONLY);
	done = fd >= 0 && write(fd, what, strlen(what)) > 0;
	if (fd >= 0) {
		close(fd);
	}
	return done;
}

/*
 * What i915's own watch over hangs does in the end: a reset of the engines that are at work.  A
 * virtual GPU has no preemption, so that watch waits until the requests behind have expired, too.
 */
static bool reset_engines(void)
{
	return debugfs_write("i915_wedged", "4294967295");
}

static uint32_t times_guilty(uint32_t context, uint32_t *innocent)
{
	struct drm_i915_reset_stats stats = { .ctx_id = context };

	must(DRM_IOCTL_I915_GET_RESET_STATS, &stats, "GET_RESET_STATS");
	*innocent = stats.batch_pending;
	return stats.batch_active;
}

/* A batch without end: its context is blamed, and what waits behind it in another is done. */
static void judge_hang(enum engine e)
{
	uint32_t bad = context_new(), good = context_new(), pending;
	struct buffer out = buffer_new(PAGE_B);
	struct buffer *list[] = { &out };
	struct batch a = batch_new(), b = batch_new();
	uint32_t guilty[2];
	int rc;

	EMIT(&a, MI_BB_START);
	emit_address(&a, a.bo.gma);
	store(&b, out.gma, 0x600d);
	rc = submit(&a, e, bad, NULL, 0, false);
	rc = rc ? rc : submit(&b, e, good, list, 1, false);
	sleep(1);
	rc = rc ? rc : !reset_engines() || !buffer_wait(&b.bo, 60000) || !buffer_wait(&a.bo, 60000);
	guilty[0] = times_guilty(bad, &pending);
	guilty[1] = times_guilty(good, &pending);
	verdict("hang", engine_name[e],
		!rc && guilty[0] == 1 && !guilty[1] && out.map[0] == 0x600d,
		"%d blamed %u, the other %u, %#x", rc, guilty[0], guilty[1], out.map[0]);
	context_free(bad);
	context_free(good);
	buffer_free(&a.bo);
	buffer_free(&b.bo);
	buffer_free(&out);
}

void hangs_judge(void)
{
	/* i915 would read all of a hung context through one page of the aperture: too long. */
	debugfs_write("i915_params/error_capture", "N");
	for (enum engine e = RCS; e < NR_ENGINES; e++) {
		if (e == BCS) {
			continue; /* i915's parser of commands lets none jump to itself */
		}
		/* A client with too many hangs is sent away. */
		card_open(NODE_RENDER);
		judge_hang(e);
		close(card);
	}
}
