/* SPDX-License-Identifier: MIT */
/*
 * The vgt options: texts in, checked numbers out, and a sentence for a person when that fails.
 * Where the texts come from is dm's business.
 */
#include "xengt/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xengt/log.h"
#include "xengt/vgpu.h"

void gt_error_set(struct gt_error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
}

const struct gt_option_row gt_option_rows[] = {
	{ "vgt", "0|1", "0", "give this guest a vGPU" },
	{ "vgt_low_gm_sz", "MIB", "2", "CPU-visible (mappable) graphics memory" },
	{ "vgt_high_gm_sz", "MIB", "448", "CPU-invisible graphics memory" },
	{ "vgt_fence_sz", "N", "4", "fence registers, 0 to 32" },
	{ "vgt_primary", "0|1", "0", "be the primary VGA (class 0300 instead of 0380)" },
	{ "vgt_cap", "PERCENT", "0", "share of the GPU, 1 to 100; 0: no limit" },
	{ "vgt_monitor_config_file", "FILE", "none", "XenGT's monitor file" },
	{ "vgt_heads", "N", "1", "heads, 1 to 3" },
	{ "vgt_monitor", "LINK[,...]", "hdmi", "of each head: hdmi, dp or none" },
	{ "vgt_mode", "WxH[@HZ][,...]", "1024x768", "mode of each monitor" },
	{ "vgt_pci_slot", "SLOT", "auto", "slot of the function on PCI bus 0, 2 to 31" },
	{ "vgt_gen", "NAME", "skylake", "GPU generation" },
	{ "vgt_record", "FILE", "none", "write a trace of the vGPU to FILE" },
	{ "vgt_vnc", "USER", "none", "start xengt-vnc as USER, with the domain" },
	{ "vgt_log", "LEVELS", "info", "log levels: LEVEL[,TOPIC=LEVEL...]" },
	{ "vgt_qemu", "FILE", "auto", "the QEMU to become" },
	{ NULL, NULL, NULL, NULL },
};

void gt_options_init(struct gt_options *o)
{
	*o = (struct gt_options){
		.low_gm_MiB = 2,
		.high_gm_MiB = 448,
		.nr_fences = 4,
		.nr_heads = 1,
		.pci_slot = -1,
		.platform = GT_SKL,
		.log = "info",
	};
	for (unsigned head = 0; head < GT_MAX_HEADS; head++) {
		o->monitor[head].plugged = true;
		o->mode[head] = (struct gt_mode){ 1024, 768, 60 };
	}
}

bool gt_options_is_key(const char *key)
{
	return !strncmp(key, "vgt", 3) && (!key[3] || key[3] == '_');
}

/* A decimal or 0x number in [min, max] and nothing else. */
static int parse_number(const char *key, const char *value, uint32_t min, uint32_t max,
			uint32_t *out, struct gt_error *err)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(value, &end, 0);
	if (*value < '0' || *value > '9' || *end || errno || n < min || n > max) {
		gt_error_set(err, "%s=%s: must be a number from %u to %u", key, value, min, max);
		return -EINVAL;
	}
	*out = (uint32_t)n;
	return 0;
}

static int parse_bool(const char *key, const char *value, bool *out, struct gt_error *err)
{
	uint32_t n;
	int ret = parse_number(key, value, 0, 1, &n, err);

	if (!ret) {
		*out = n;
	}
	return ret;
}

static int parse_text(const char *key, const char *value, char *out, size_t size,
		      struct gt_error *err)
{
	size_t len = strlen(value);

	if (!len || len >= size) {
		gt_error_set(err, "%s: must be a text of 1 to %zu bytes", key, size - 1);
		return -EINVAL;
	}
	memcpy(out, value, len + 1);
	return 0;
}

#define MODE_MAX_PX 7680

static int parse_mode(const char *text, struct gt_options *o, unsigned head)
{
	unsigned w, h, hz = 60;
	int at_size = 0, at_hz = 0;

	if (sscanf(text, "%5ux%5u%n@%4u%n", &w, &h, &at_size, &hz, &at_hz) < 2 ||
	    text[at_hz ? at_hz : at_size] || w < 320 || h < 200 || w > MODE_MAX_PX ||
	    h > MODE_MAX_PX || hz < 20 || hz > 240) {
		return -EINVAL;
	}
	o->mode[head] = (struct gt_mode){ w, h, hz };
	return 0;
}

static int parse_link(const char *text, struct gt_options *o, unsigned head)
{
	static const struct {
		const char *text;
		struct gt_monitor_option means;
	} known[] = {
		{ "hdmi", { GT_LINK_HDMI, true } },
		{ "dp", { GT_LINK_DP, true } },
		{ "none", { GT_LINK_HDMI, false } },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(known); i++) {
		if (!strcmp(text, known[i].text)) {
			o->monitor[head] = known[i].means;
			return 0;
		}
	}
	return -EINVAL;
}

/* Values for heads with commas between; the last one is that of all heads that follow. */
static int parse_heads(const char *value, struct gt_options *o,
		       int (*parse)(const char *text, struct gt_options *o, unsigned head))
{
	char text[32];
	int ret = 0;

	for (unsigned head = 0; !ret && head < GT_MAX_HEADS; head++) {
		size_t len = strcspn(value, ",");

		if (len >= sizeof(text)) {
			return -EINVAL;
		}
		memcpy(text, value, len);
		text[len] = '\0';
		ret = parse(text, o, head);
		if (value[len]) {
			value += len + 1;
			ret = head == GT_MAX_HEADS - 1 ? -EINVAL : ret;
		}
	}
	return ret;
}

static int parse_modes(const char *key, const char *value, struct gt_options *o,
		       struct gt_error *err)
{
	int ret = parse_heads(value, o, parse_mode);

	if (ret) {
		gt_error_set(err, "%s=%s: must be WIDTHxHEIGHT[@HZ], such as 1920x1080@60, for one "
			     "head or more, with commas", key, value);
	}
	return ret;
}

static int parse_monitors(const char *key, const char *value, struct gt_options *o,
			  struct gt_error *err)
{
	int ret = parse_heads(value, o, parse_link);

	if (ret) {
		gt_error_set(err, "%s=%s: must be hdmi, dp or none, for one head or more, with "
			     "commas", key, value);
	}
	return ret;
}

static int parse_slot(const char *key, const char *value, int *out, struct gt_error *err)
{
	uint32_t n;
	int ret;

	if (!strcmp(value, "auto")) {
		*out = -1;
		return 0;
	}
	ret = parse_number(key, value, 2, 31, &n, err);
	if (!ret) {
		*out = (int)n;
	}
	return ret;
}

static int parse_gen(const char *key, const char *value, enum gt_platform_id *out,
		     struct gt_error *err)
{
	if (gt_platform_find(value, out)) {
		return 0;
	}
	gt_error_set(err, "%s=%s: must be one of broadwell, skylake, kabylake", key, value);
	return -EINVAL;
}

static int parse_vgt(const char *key, const char *value, bool *out, struct gt_error *err)
{
	if (parse_bool(key, value, out, err)) {
		gt_error_set(err, "%s=%s: must be 0 or 1, for a guest has one vGPU at most", key,
			     value);
		return -EINVAL;
	}
	return 0;
}

static int set(struct gt_options *o, const char *key, const char *value, struct gt_error *err)
{
	if (!strcmp(key, "vgt")) {
		return parse_vgt(key, value, &o->vgt, err);
	}
	if (!strcmp(key, "vgt_low_gm_sz")) {
		return parse_number(key, value, 2, 2048, &o->low_gm_MiB, err);
	}
	if (!strcmp(key, "vgt_high_gm_sz")) {
		return parse_number(key, value, 16, 4096, &o->high_gm_MiB, err);
	}
	if (!strcmp(key, "vgt_fence_sz")) {
		return parse_number(key, value, 0, 32, &o->nr_fences, err);
	}
	if (!strcmp(key, "vgt_primary")) {
		return parse_bool(key, value, &o->primary, err);
	}
	if (!strcmp(key, "vgt_cap")) {
		return parse_number(key, value, 0, 100, &o->cap_percent, err);
	}
	if (!strcmp(key, "vgt_monitor_config_file")) {
		return parse_text(key, value, o->monitor_config_file,
				  sizeof(o->monitor_config_file), err);
	}
	if (!strcmp(key, "vgt_mode")) {
		return parse_modes(key, value, o, err);
	}
	if (!strcmp(key, "vgt_heads")) {
		return parse_number(key, value, 1, GT_MAX_HEADS, &o->nr_heads, err);
	}
	if (!strcmp(key, "vgt_monitor")) {
		return parse_monitors(key, value, o, err);
	}
	if (!strcmp(key, "vgt_pci_slot")) {
		return parse_slot(key, value, &o->pci_slot, err);
	}
	if (!strcmp(key, "vgt_gen")) {
		return parse_gen(key, value, &o->platform, err);
	}
	if (!strcmp(key, "vgt_record")) {
		return parse_text(key, value, o->record, sizeof(o->record), err);
	}
	if (!strcmp(key, "vgt_vnc")) {
		return parse_text(key, value, o->vnc, sizeof(o->vnc), err);
	}
	if (!strcmp(key, "vgt_log")) {
		return parse_text(key, value, o->log, sizeof(o->log), err);
	}
	if (!strcmp(key, "vgt_qemu")) {
		return parse_text(key, value, o->qemu, sizeof(o->qemu), err);
	}
	gt_error_set(err, "%s: no such option", key);
	return -EINVAL;
}

int gt_options_set(struct gt_options *o, const char *key, const char *value, struct gt_error *err)
{
	struct gt_options new = *o;
	int ret = set(&new, key, value, err);

	if (!ret) {
		*o = new;
	}
	return ret;
}

static const char *link_text(const struct gt_monitor_option *m)
{
	return !m->plugged ? "none" : m->link == GT_LINK_DP ? "dp" : "hdmi";
}

/* Values for heads, as parse_heads() takes them. */
static void print_heads(const struct gt_options *o, char modes[96], char monitors[32])
{
	size_t modes_B = 0, monitors_B = 0;

	for (unsigned head = 0; head < GT_MAX_HEADS; head++) {
		const struct gt_mode *m = &o->mode[head];
		const char *comma = head ? "," : "";

		modes_B += (size_t)snprintf(modes + modes_B, 96 - modes_B, "%s%ux%u@%u", comma,
					    m->w_px, m->h_px, m->hz);
		monitors_B += (size_t)snprintf(monitors + monitors_B, 32 - monitors_B, "%s%s",
					       comma, link_text(&o->monitor[head]));
	}
}

void gt_options_each(const struct gt_options *o,
		     void (*fn)(void *ctx, const char *key, const char *value), void *ctx)
{
	const struct {
		const char *key;
		uint32_t value;
	} numbers[] = {
		{ "vgt", o->vgt },
		{ "vgt_low_gm_sz", o->low_gm_MiB },
		{ "vgt_high_gm_sz", o->high_gm_MiB },
		{ "vgt_fence_sz", o->nr_fences },
		{ "vgt_primary", o->primary },
		{ "vgt_cap", o->cap_percent },
		{ "vgt_heads", o->nr_heads },
	};
	const struct {
		const char *key, *value;
	} texts[] = {
		{ "vgt_monitor_config_file", o->monitor_config_file },
		{ "vgt_record", o->record },
		{ "vgt_vnc", o->vnc },
		{ "vgt_log", o->log },
		{ "vgt_qemu", o->qemu },
		{ "vgt_gen", gt_platforms[o->platform].name },
	};
	char text[96], monitors[32];

	for (size_t i = 0; i < GT_ARRAY_SIZE(numbers); i++) {
		snprintf(text, sizeof(text), "%u", numbers[i].value);
		fn(ctx, numbers[i].key, text);
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(texts); i++) {
		if (*texts[i].value) {
			fn(ctx, texts[i].key, texts[i].value);
		}
	}
	if (o->pci_slot >= 0) {
		snprintf(text, sizeof(text), "%d", o->pci_slot);
		fn(ctx, "vgt_pci_slot", text);
	}
	print_heads(o, text, monitors);
	fn(ctx, "vgt_mode", text);
	fn(ctx, "vgt_monitor", monitors);
}

/* Two buffers of each mode's size must fit: one shown, one drawn. */
static int check_modes(const struct gt_options *o, struct gt_error *err)
{
	uint64_t needed_B = 0;

	for (unsigned head = 0; head < o->nr_heads; head++) {
		needed_B += 2 * (uint64_t)o->mode[head].w_px * o->mode[head].h_px * 4;
	}
	if (needed_B > GT_MiB(o->high_gm_MiB)) {
		gt_error_set(err, "vgt_high_gm_sz=%u: too small for two buffers of each vgt_mode",
			     o->high_gm_MiB);
		return -EINVAL;
	}
	return 0;
}

int gt_options_check(const struct gt_options *o, struct gt_error *err)
{
	struct gt_partition part;
	int ret = gt_partition_init(&part, o, err);

	if (ret) {
		return ret;
	}
	if (gt_log_check(o->log)) {
		gt_error_set(err, "vgt_log=%s: must be LEVEL[,TOPIC=LEVEL...], levels error, "
			     "warning, info, debug", o->log);
		return -EINVAL;
	}
	return check_modes(o, err);
}
