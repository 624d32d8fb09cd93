/* SPDX-License-Identifier: MIT */
/* Memory that outlives a worker, as a worker finds it: keep.h. */
#define _GNU_SOURCE
#include "keep.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xengt/log.h"

#define FROM_MAX_B GT_MiB(64) /* what any version may need */

static const struct gt_keep_row place_rows[] = {
	GT_KEEP(dm_place, base),
	GT_KEEP(dm_place, size_B),
	GT_KEEP_END
};

static const struct gt_keep_row keep_rows[] = {
	GT_KEEP(dm_keep, begun),
	GT_KEEP(dm_keep, ram_gfn),
	GT_KEEP_STRUCTS(dm_keep, places, place_rows),
	GT_KEEP(dm_keep, carried_out),
	GT_KEEP(dm_keep, classes),
	GT_KEEP(dm_keep, regs),
	{ "vgpu", offsetof(struct dm_keep, vgpu), 0, 0, gt_vgpu_keep_rows },
	GT_KEEP_END
};

static int map_fd(int fd, uint64_t max_B, int prot, int flags, void **mem, size_t *mem_B)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st)) {
		return -errno;
	}
	if (st.st_size <= 0 || (uint64_t)st.st_size > max_B) {
		return -EINVAL;
	}
	p = mmap(NULL, (size_t)st.st_size, prot, flags, fd, 0);
	if (p == MAP_FAILED) {
		return -errno;
	}
	*mem = p;
	*mem_B = (size_t)st.st_size;
	return 0;
}

static int take_over(struct dm_keep *keep, int from_fd)
{
	size_t mem_B;
	void *mem;
	int ret = map_fd(from_fd, FROM_MAX_B, PROT_READ, MAP_PRIVATE, &mem, &mem_B);

	if (ret) {
		return ret;
	}
	ret = gt_keep_take_over(keep_rows, keep, mem, mem_B);
	munmap(mem, mem_B);
	if (ret > 0) {
		gt_warn(GT_T_DM, "the version before did not have %d of what this one keeps", ret);
	}
	return ret < 0 ? ret : 0;
}

int dm_keep_map(int keep_fd, int from_fd, struct dm_keep **out)
{
	size_t whole_B = gt_keep_whole_B(keep_rows, sizeof(struct dm_keep) + gt_vgpu_keep_B());
	struct dm_keep *keep;
	struct stat st;
	bool is_new;
	size_t mem_B;
	void *mem;
	int ret;

	if (fstat(keep_fd, &st)) {
		return -errno;
	}
	is_new = !st.st_size;
	if (is_new && ftruncate(keep_fd, (off_t)whole_B)) {
		return -errno;
	}
	ret = map_fd(keep_fd, whole_B, PROT_READ | PROT_WRITE, MAP_SHARED, &mem, &mem_B);
	if (ret) {
		return ret == -EINVAL ? -ESTALE : ret;
	}
	keep = is_new ? gt_keep_begin(keep_rows, mem) : gt_keep_find(keep_rows, mem, mem_B);
	if (!keep || mem_B != whole_B) {
		ret = -ESTALE;
	} else if (is_new && from_fd >= 0) {
		ret = take_over(keep, from_fd);
	}
	if (ret) {
		munmap(mem, mem_B);
		return ret;
	}
	*out = keep;
	return 0;
}
