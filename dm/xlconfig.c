/* SPDX-License-Identifier: MIT */
/*
 * The vgt options of a domain.
 *
 * xl accepts keys it does not know and drops them silently, and keeps no copy of the file; so we
 * read it again, with libxlutil's own parser, so that what xl can read means the same to us.
 * Decides the order of precedence, and that a key that begins with vgt and is unknown is an error.
 */
#define _GNU_SOURCE
#include "xlconfig.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <libxlutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xengt/log.h"

#define CONFIG_MAX_B (1u << 20)

struct apply {
	struct gt_options *o;
	XLU_Config *cfg;
	const char *source;
	struct gt_error *err;
};

/* One key the scan found: its value is what libxlutil says, the last assignment winning. */
static int apply_key(void *ctx, const char *key)
{
	struct apply *a = ctx;
	struct gt_error why = { "" };
	const char *value;
	int ret = xlu_cfg_get_string(a->cfg, key, &value, 1);

	if (ret == ESRCH) {
		return 0;
	}
	if (ret) {
		gt_error_set(a->err, "%s: %s must be one value, not a list", a->source, key);
		return -EINVAL;
	}
	ret = gt_options_set(a->o, key, value, &why);
	if (ret) {
		/* The rest of a sentence after a path: keep room for both. */
		gt_error_set(a->err, "%.200s: %.280s", a->source, why.text);
	}
	return ret;
}

static void first_line(char *text)
{
	text[strcspn(text, "\n")] = '\0';
}

int dm_xlconfig_apply_text(struct gt_options *o, const char *text, size_t len, const char *source,
			   struct gt_error *err)
{
	char *said = NULL;
	size_t said_B = 0;
	FILE *report;
	struct apply a = { .o = o, .source = source, .err = err };
	int ret = -ENOMEM;

	gt_error_set(err, "out of memory");
	report = open_memstream(&said, &said_B);
	if (!report) {
		return ret;
	}
	a.cfg = xlu_cfg_init(report, source);
	if (!a.cfg || len > INT_MAX) {
		goto out;
	}
	if (xlu_cfg_readdata(a.cfg, text, (int)len)) {
		fflush(report);
		first_line(said);
		gt_error_set(err, "cannot understand %.200s: %.250s", source,
			     said_B ? said : "no reason given");
		ret = -EINVAL;
		goto out;
	}
	ret = dm_xlconfig_scan(text, len, apply_key, &a);
out:
	if (a.cfg) {
		xlu_cfg_destroy(a.cfg);
	}
	fclose(report);
	free(said);
	return ret;
}

/* The whole file, malloc'ed. -ESPIPE: it is no file that can be read again. */
static int read_file(const char *path, char **text, size_t *len)
{
	struct stat st;
	char *buf = NULL;
	ssize_t n;
	int ret = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		return -errno;
	}
	if (fstat(fd, &st)) {
		ret = -errno;
	} else if (!S_ISREG(st.st_mode)) {
		ret = -ESPIPE;
	} else if (st.st_size > CONFIG_MAX_B) {
		ret = -EFBIG;
	}
	if (ret) {
		goto out;
	}
	buf = malloc((size_t)st.st_size + 2);
	if (!buf) {
		ret = -ENOMEM;
		goto out;
	}
	n = read(fd, buf, (size_t)st.st_size);
	if (n < 0) {
		ret = -errno;
		goto out;
	}
	/* libxlutil wants every line ended. */
	buf[n] = '\n';
	buf[n + 1] = '\0';
	*text = buf;
	*len = (size_t)n + 1;
	buf = NULL;
out:
	free(buf);
	close(fd);
	return ret;
}

static int apply_file(struct gt_options *o, const char *path, bool has_words, struct gt_error *err)
{
	char *text = NULL;
	size_t len = 0;
	int ret = read_file(path, &text, &len);

	if (ret == -ESPIPE && (has_words || !strcmp(path, "/dev/null"))) {
		gt_info(GT_T_DM, "%s cannot be read again; only -xengt words count", path);
		return 0;
	}
	if (ret == -ESPIPE) {
		gt_error_set(err, "%s cannot be read a second time; give xl a file, or put the vgt "
			     "options into device_model_args_hvm as -xengt words", path);
		return ret;
	}
	if (ret) {
		gt_error_set(err, "cannot read %s: %s", path, strerror(-ret));
		return ret;
	}
	ret = dm_xlconfig_apply_text(o, text, len, path, err);
	free(text);
	return ret;
}

/* xl appends these to the file, one a line. */
static int apply_extra(struct gt_options *o, const struct dm_xlargs *x, struct gt_error *err)
{
	for (size_t i = 0; i < x->nr_extra; i++) {
		char *line;
		int n, ret;

		if (!dm_is_our_key(x->extra[i] + strspn(x->extra[i], " \t"))) {
			continue;
		}
		n = asprintf(&line, "%s\n", x->extra[i]);
		if (n < 0) {
			gt_error_set(err, "out of memory");
			return -ENOMEM;
		}
		ret = dm_xlconfig_apply_text(o, line, (size_t)n, "xl's command line", err);
		free(line);
		if (ret) {
			return ret;
		}
	}
	return 0;
}

int dm_xlconfig_gather(struct gt_options *o, const struct dm_xl *xl, const struct dm_args *args,
		       struct gt_error *err)
{
	char path[DM_PATH_MAX] = "";
	int ret;

	if (xl) {
		ret = dm_xl_config_path(xl, args->name, path, err);
		if (ret && !args->nr_words) {
			return ret;
		}
	}
	if (*path) {
		ret = apply_file(o, path, args->nr_words, err);
		if (ret) {
			return ret;
		}
	}
	for (size_t i = 0; i < args->nr_words; i++) {
		ret = dm_args_apply_word(o, args->words[i], err);
		if (ret) {
			return ret;
		}
	}
	return xl ? apply_extra(o, &xl->args, err) : 0;
}
