/* SPDX-License-Identifier: MIT */
/* Logging: one write() a line, so that lines of two processes on one file do not mix. */
#include "xengt/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "xengt/types.h"

static const char *const topic_names[GT_NR_TOPICS] = {
	[GT_T_CORE] = "core",	    [GT_T_DM] = "dm",	      [GT_T_PCI] = "pci",
	[GT_T_REGS] = "regs",	    [GT_T_IRQ] = "irq",	      [GT_T_GGTT] = "ggtt",
	[GT_T_PPGTT] = "ppgtt",	    [GT_T_SUBMIT] = "submit", [GT_T_TWIN] = "twin",
	[GT_T_DISPLAY] = "display", [GT_T_GMBUS] = "gmbus",   [GT_T_SNAPSHOT] = "snapshot",
	[GT_T_SERVER] = "server",
};

static const char *const level_names[] = {
	[GT_LOG_ERR] = "error",
	[GT_LOG_WARN] = "warning",
	[GT_LOG_INFO] = "info",
	[GT_LOG_DEBUG] = "debug",
};

static struct {
	int fd;
	char prefix[32];
	enum gt_log_level level[GT_NR_TOPICS];
} log_state = {
	.fd = STDERR_FILENO,
	.level = { [0 ... GT_NR_TOPICS - 1] = GT_LOG_INFO },
};

void gt_log_init(int fd, const char *prefix)
{
	log_state.fd = fd < 0 ? STDERR_FILENO : fd;
	snprintf(log_state.prefix, sizeof(log_state.prefix), "%s", prefix ? prefix : "");
}

static int find(const char *const *names, size_t nr, const char *word, size_t len)
{
	for (size_t i = 0; i < nr; i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], word, len)) {
			return (int)i;
		}
	}
	return -1;
}

/* One "LEVEL" or "TOPIC=LEVEL" of @len bytes, applied to @levels. */
static int apply_word(enum gt_log_level *levels, const char *word, size_t len)
{
	const char *eq = memchr(word, '=', len);
	const char *level_word = eq ? eq + 1 : word;
	int level = find(level_names, GT_ARRAY_SIZE(level_names), level_word,
			 len - (size_t)(level_word - word));

	if (level < 0) {
		return -EINVAL;
	}
	if (!eq) {
		for (size_t i = 0; i < GT_NR_TOPICS; i++) {
			levels[i] = (enum gt_log_level)level;
		}
		return 0;
	}
	int topic = find(topic_names, GT_NR_TOPICS, word, (size_t)(eq - word));

	if (topic < 0) {
		return -EINVAL;
	}
	levels[topic] = (enum gt_log_level)level;
	return 0;
}

static int parse_spec(enum gt_log_level *levels, const char *spec)
{
	while (*spec) {
		size_t len = strcspn(spec, ",");
		int ret = apply_word(levels, spec, len);

		if (ret) {
			return ret;
		}
		spec += len + (spec[len] == ',');
	}
	return 0;
}

int gt_log_check(const char *spec)
{
	enum gt_log_level levels[GT_NR_TOPICS];

	return parse_spec(levels, spec);
}

int gt_log_configure(const char *spec)
{
	enum gt_log_level levels[GT_NR_TOPICS];
	int ret;

	memcpy(levels, log_state.level, sizeof(levels));
	ret = parse_spec(levels, spec);
	if (!ret) {
		memcpy(log_state.level, levels, sizeof(levels));
	}
	return ret;
}

void gt_log(enum gt_log_topic topic, enum gt_log_level level, const char *fmt, ...)
{
	if (level > log_state.level[topic]) {
		return;
	}

	struct timespec ts;
	struct tm tm;
	char line[1024];
	size_t len;
	va_list ap;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	len = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &tm);
	len += (size_t)snprintf(line + len, sizeof(line) - len, ".%03ldZ %s%s %s: ",
				ts.tv_nsec / 1000000, log_state.prefix, level_names[level],
				topic_names[topic]);
	va_start(ap, fmt);
	int n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	va_end(ap);
	if (n > 0) {
		len += (size_t)n < sizeof(line) - len - 1 ? (size_t)n : sizeof(line) - len - 2;
	}
	line[len++] = '\n';
	/* A log that cannot be written has nobody to be reported to. */
	if (write(log_state.fd, line, len) < 0) {
		return;
	}
}
