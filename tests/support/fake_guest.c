/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fake_guest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xengt/vgpu.h"

bool fake_guest_has_keep;

static struct fake_guest *fake(struct gt_guest *g)
{
	return (struct fake_guest *)g;
}

/* Every fallible call asks here first. */
static bool must_fail(struct fake_guest *f)
{
	f->nr_calls++;
	return f->fail_in && --f->fail_in == 0;
}

static void *fake_map(struct gt_guest *g, const gt_gfn_t *gfns, size_t nr, bool writable, int *err)
{
	struct fake_guest *f = fake(g);
	size_t nr_good = 0;
	uint8_t *at;

	if (must_fail(f)) {
		errno = ENOMEM;
		return NULL;
	}
	at = mmap(NULL, nr * GT_PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED) {
		return NULL;
	}
	for (size_t i = 0; i < nr; i++) {
		err[i] = gfns[i] < f->mem_B / GT_PAGE_SIZE ? 0 : -EINVAL;
		if (!err[i]) {
			void *p = mmap(at + i * GT_PAGE_SIZE, GT_PAGE_SIZE,
				       writable ? PROT_READ | PROT_WRITE : PROT_READ,
				       MAP_SHARED | MAP_FIXED, f->fd,
				       (off_t)(gfns[i] * GT_PAGE_SIZE));

			if (p == MAP_FAILED) {
				abort();
			}
			nr_good++;
		}
	}
	if (!nr_good) {
		munmap(at, nr * GT_PAGE_SIZE);
		errno = EINVAL;
		return NULL;
	}
	f->nr_mapped += nr;
	f->nr_maps++;
	return at;
}

static void fake_unmap(struct gt_guest *g, void *addr, size_t nr)
{
	if (munmap(addr, nr * GT_PAGE_SIZE)) {
		abort();
	}
	fake(g)->nr_mapped -= nr;
}

static int fake_place_bar(struct gt_guest *g, enum gt_bar bar, gt_gpa_t base, uint64_t size)
{
	struct fake_guest *f = fake(g);

	if (must_fail(f)) {
		return -ENOMEM;
	}
	f->placed[bar] = base;
	f->placed_B[bar] = size;
	f->nr_placed++;
	return 0;
}

/* As Xen has it: only RAM, and only from the one type to the other. */
static int fake_set_tracked(struct gt_guest *g, gt_gfn_t gfn, bool tracked)
{
	struct fake_guest *f = fake(g);

	if (must_fail(f)) {
		return -ENOMEM;
	}
	if (gfn >= f->mem_B / GT_PAGE_SIZE) {
		return -EINVAL;
	}
	f->nr_tracked += tracked - f->tracked[gfn];
	f->tracked[gfn] = tracked;
	return 0;
}

static int fake_raise_msi(struct gt_guest *g, uint64_t addr, uint32_t data)
{
	struct fake_guest *f = fake(g);

	if (must_fail(f)) {
		return -ENOMEM;
	}
	f->nr_msi++;
	f->msi_addr = addr;
	f->msi_data = data;
	return 0;
}

static int fake_set_intx(struct gt_guest *g, bool level)
{
	struct fake_guest *f = fake(g);

	if (must_fail(f)) {
		return -ENOMEM;
	}
	f->intx = level;
	return 0;
}

static uint64_t fake_now_ns(struct gt_guest *g)
{
	return fake(g)->clock_ns;
}

static const struct gt_guest_ops fake_ops = {
	.map = fake_map,
	.unmap = fake_unmap,
	.place_bar = fake_place_bar,
	.set_tracked = fake_set_tracked,
	.raise_msi = fake_raise_msi,
	.set_intx = fake_set_intx,
	.now_ns = fake_now_ns,
};

struct fake_guest *fake_guest_create(unsigned mem_MiB, uint32_t nr_gtt)
{
	struct fake_guest *f = calloc(1, sizeof(*f));

	if (!f) {
		return NULL;
	}
	f->mem_B = GT_MiB(mem_MiB);
	f->fd = memfd_create("fake guest", MFD_CLOEXEC);
	if (f->fd < 0 || ftruncate(f->fd, (off_t)f->mem_B)) {
		abort();
	}
	f->mem = mmap(NULL, f->mem_B, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	f->base.regs = aligned_alloc(GT_PAGE_SIZE, GT_REGS_SIZE);
	f->base.gtt = aligned_alloc(GT_PAGE_SIZE, (size_t)nr_gtt * 8);
	f->tracked = calloc(f->mem_B / GT_PAGE_SIZE, sizeof(*f->tracked));
	if (f->mem == MAP_FAILED || !f->tracked || !f->base.regs || !f->base.gtt) {
		abort();
	}
	if (fake_guest_has_keep) {
		size_t keep_B = (gt_vgpu_keep_B() + 63) & ~(size_t)63;

		f->base.keep = aligned_alloc(64, keep_B);
		if (!f->base.keep) {
			abort();
		}
		memset(f->base.keep, 0, keep_B);
	}
	memset(f->base.regs, 0, GT_REGS_SIZE);
	memset(f->base.gtt, 0, (size_t)nr_gtt * 8);
	f->base.ops = &fake_ops;
	f->base.domid = 7;
	f->base.nr_gtt = nr_gtt;
	f->clock_ns = 1000000000;
	return f;
}

void fake_guest_destroy(struct fake_guest *f)
{
	munmap(f->mem, f->mem_B);
	close(f->fd);
	free(f->tracked);
	free(f->base.keep);
	free(f->base.regs);
	free(f->base.gtt);
	free(f);
}

static uint8_t *at(const struct fake_guest *f, gt_gpa_t gpa, size_t len)
{
	if (len > f->mem_B || gpa > f->mem_B - len) {
		fprintf(stderr, "test bug: gpa 0x%llx\n", (unsigned long long)gpa);
		abort();
	}
	return f->mem + gpa;
}

uint32_t fake_guest_r32(const struct fake_guest *f, gt_gpa_t gpa)
{
	uint32_t val;

	memcpy(&val, at(f, gpa, 4), 4);
	return val;
}

void fake_guest_w32(struct fake_guest *f, gt_gpa_t gpa, uint32_t val)
{
	memcpy(at(f, gpa, 4), &val, 4);
}

uint64_t fake_guest_r64(const struct fake_guest *f, gt_gpa_t gpa)
{
	uint64_t val;

	memcpy(&val, at(f, gpa, 8), 8);
	return val;
}

void fake_guest_w64(struct fake_guest *f, gt_gpa_t gpa, uint64_t val)
{
	memcpy(at(f, gpa, 8), &val, 8);
}
