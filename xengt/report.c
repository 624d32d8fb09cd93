/* SPDX-License-Identifier: MIT */
/*
 * Counters, registers and identity of a vGPU, made into text and records.
 *
 * Decides the words and the order; what is counted is events.h's and regs.c's business.
 */
#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fb.h"
#include "sealed.h"
#include "vgpu_internal.h"

#define NAME_MAX_B 64

/* Name of the register at @off as a person writes it. */
static void name_register(const struct gt_vgpu *v, uint32_t off, char name[NAME_MAX_B])
{
	uint32_t inst;
	const struct gt_reg_row *row = gt_regs_find(v, off, &inst);

	if (!row) {
		snprintf(name, NAME_MAX_B, "0x%06x", off);
	} else if (row->each == GT_PER_ENGINE || row->nr > 1) {
		snprintf(name, NAME_MAX_B, "%s[%u]", row->name, inst);
	} else {
		snprintf(name, NAME_MAX_B, "%s", row->name);
	}
}

/* Seal what was written to @text; frees it. */
static int seal_text(const char *name, char *text, size_t len, uint64_t *size_B)
{
	struct gt_sealed s;
	int ret = gt_sealed_open(&s, name, len);

	if (!ret) {
		if (len) {
			memcpy(s.mem, text, len);
		}
		ret = gt_sealed_finish(&s, false);
	}
	free(text);
	if (ret >= 0) {
		*size_B = len;
	}
	return ret;
}

/* Exits of one register, in one direction. */
struct exits {
	uint32_t off, count;
	bool write;
};

static int compare_exits(const void *pa, const void *pb)
{
	const struct exits *a = pa, *b = pb;

	if (a->count != b->count) {
		return a->count < b->count ? 1 : -1;
	}
	if (a->off != b->off) {
		return a->off < b->off ? -1 : 1;
	}
	return (int)a->write - (int)b->write;
}

static size_t count_nonzero(const struct gt_regs *regs)
{
	size_t nr = 0;

	for (uint32_t i = 0; i < GT_REGS_SIZE / 4; i++) {
		nr += (regs->reads[i] != 0) + (regs->writes[i] != 0);
	}
	return nr;
}

static int print_exits(struct gt_vgpu *v, FILE *f)
{
	const struct gt_regs *regs = &v->regs;
	size_t nr = count_nonzero(regs), n = 0;
	struct exits *list = nr ? calloc(nr, sizeof(*list)) : NULL;

	if (nr && !list) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < GT_REGS_SIZE / 4; i++) {
		if (regs->reads[i]) {
			list[n++] = (struct exits){ i * 4, regs->reads[i], false };
		}
		if (regs->writes[i]) {
			list[n++] = (struct exits){ i * 4, regs->writes[i], true };
		}
	}
	if (n) {
		qsort(list, n, sizeof(*list), compare_exits);
	}
	for (size_t i = 0; i < n; i++) {
		char name[NAME_MAX_B];

		name_register(v, list[i].off, name);
		fprintf(f, "exits.%s.%s %u\n", list[i].write ? "write" : "read", name,
			list[i].count);
	}
	free(list);
	return 0;
}

static uint64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int print_stats(struct gt_vgpu *v, FILE *f)
{
	v->events.count[GT_C_cpu_us] = cpu_us();
	for (size_t i = 0; i < GT_NR_COUNTERS; i++) {
		fprintf(f, "%s %llu\n", gt_counter_rows[i].name,
			(unsigned long long)v->events.count[i]);
	}
	return print_exits(v, f);
}

static int print_regs(struct gt_vgpu *v, FILE *f)
{
	uint32_t inst;

	for (uint32_t off = 0; off < GT_REGS_SIZE; off += 4) {
		char name[NAME_MAX_B];

		if (gt_regs_find(v, off, &inst)) {
			name_register(v, off, name);
			fprintf(f, "0x%06x %s 0x%08x\n", off, name, gt_vreg(v, off));
		}
	}
	return 0;
}

static int make_report(struct gt_vgpu *v, const char *name,
		       int (*print)(struct gt_vgpu *v, FILE *f), uint64_t *size_B)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int ret;

	if (!f) {
		return -errno;
	}
	ret = print(v, f);
	if (ferror(f) && !ret) {
		ret = -ENOMEM;
	}
	if (fclose(f) && !ret) {
		ret = -ENOMEM;
	}
	if (ret) {
		free(text);
		return ret;
	}
	return seal_text(name, text, len, size_B);
}

int gt_report_stats(struct gt_vgpu *v, uint64_t *size_B)
{
	return make_report(v, "xengt-stats", print_stats, size_B);
}

int gt_report_regs(struct gt_vgpu *v, uint64_t *size_B)
{
	return make_report(v, "xengt-regs", print_regs, size_B);
}

static int print_monitors(struct gt_vgpu *v, FILE *f)
{
	for (unsigned head = 0; head < v->opt.nr_heads; head++) {
		const struct gt_monitor *m = &v->monitors.head[head];
		struct gt_mode mode;
		char name[GT_EDID_NAME_B];

		gt_edid_describe(m->edid, m->edid_B, &mode, name);
		fprintf(f, "%u %s %s %ux%u@%u %s\n", head,
			v->opt.monitor[head].link == GT_LINK_DP ? "dp" : "hdmi",
			m->plugged ? "plugged" : "unplugged", mode.w_px, mode.h_px, mode.hz,
			*name ? name : "-");
	}
	return 0;
}

int gt_report_monitors(struct gt_vgpu *v, uint64_t *size_B)
{
	return make_report(v, "xengt-monitors", print_monitors, size_B);
}

static uint64_t count_exits(const struct gt_vgpu *v)
{
	uint64_t nr = 0;

	for (size_t i = GT_C_exits_config_read; i <= GT_C_exits_rom_read; i++) {
		nr += v->events.count[i];
	}
	return nr;
}

void gt_report_info(struct gt_vgpu *v, const char *name, struct xengt_info *out)
{
	const struct gt_pipe *pipe = &v->display.pipe[0];

	memset(out, 0, sizeof(*out));
	out->domid = v->guest->domid;
	out->pid = (uint32_t)getpid();
	snprintf(out->name, sizeof(out->name), "%s", name ? name : "");
	snprintf(out->platform, sizeof(out->platform), "%s", gt_platforms[v->platform].name);
	out->low_gm_MiB = (uint32_t)(v->part.map_size >> 20);
	out->high_gm_MiB = (uint32_t)(v->part.unmap_size >> 20);
	out->nr_fences = v->part.nr_fences;
	if (pipe->enabled && gt_fb_pipe_size(v, 0, &out->width_px, &out->height_px) &&
	    pipe->frame_ns) {
		out->hz = (uint32_t)((1000000000u + pipe->frame_ns / 2) / pipe->frame_ns);
	}
	out->driver_ready = v->display.driver_ready;
	out->exits = count_exits(v);
}
