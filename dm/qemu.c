/* SPDX-License-Identifier: MIT */
/*
 * Where the QEMU is that xengt-dm becomes.  Found at run time, for the distributions disagree and
 * an administrator may replace it; and before a mediator is started, so that none has to be undone.
 */
#define _GNU_SOURCE
#include "qemu.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Patterns, best first: Debian's, then upstream's private copies, then what a system has. */
static const char *const places[] = {
	"/usr/libexec/xen-qemu-system-i386",
	"/usr/lib/xen-*/bin/qemu-system-i386",
	"/usr/lib/xen/bin/qemu-system-i386",
	"/usr/libexec/xen/bin/qemu-system-i386",
	"/usr/local/lib/xen/bin/qemu-system-i386",
	"/usr/local/libexec/xen/bin/qemu-system-i386",
};
static const char *const names[] = { "qemu-system-x86_64", "qemu-system-i386" };

/* An executable file that is not this program. */
static bool is_usable(const char *path)
{
	struct stat self, st;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || access(path, X_OK)) {
		return false;
	}
	return stat("/proc/self/exe", &self) || self.st_dev != st.st_dev ||
	       self.st_ino != st.st_ino;
}

static bool take(char *path, const char *found)
{
	if (strlen(found) >= GT_OPTIONS_PATH || !is_usable(found)) {
		return false;
	}
	snprintf(path, GT_OPTIONS_PATH, "%s", found);
	return true;
}

static bool take_pattern(char *path, const char *pattern)
{
	glob_t g;
	bool ok = false;

	if (glob(pattern, 0, NULL, &g)) {
		return false;
	}
	for (size_t i = 0; i < g.gl_pathc && !ok; i++) {
		ok = take(path, g.gl_pathv[i]);
	}
	globfree(&g);
	return ok;
}

static bool take_in_path(char *path, const char *name)
{
	const char *dirs = getenv("PATH");
	char buf[GT_OPTIONS_PATH];

	while (dirs && *dirs) {
		size_t len = strcspn(dirs, ":");
		int n = snprintf(buf, sizeof(buf), "%.*s/%s", (int)len, dirs, name);

		if (len && n > 0 && (size_t)n < sizeof(buf) && take(path, buf)) {
			return true;
		}
		dirs += len + (dirs[len] == ':');
	}
	return false;
}

int dm_qemu_find(const char *wanted, char *path, struct gt_error *err)
{
	if (*wanted) {
		if (take(path, wanted)) {
			return 0;
		}
		gt_error_set(err, "vgt_qemu=%.300s: not a program that can be run as QEMU", wanted);
		return -ENOENT;
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(places); i++) {
		if (take_pattern(path, places[i])) {
			return 0;
		}
	}
	for (size_t i = 0; i < GT_ARRAY_SIZE(names); i++) {
		if (take_in_path(path, names[i])) {
			return 0;
		}
	}
	gt_error_set(err, "no QEMU found at %s, %s, %s, %s, %s, %s, nor %s or %s in PATH; name one "
		     "with vgt_qemu", places[0], places[1], places[2], places[3], places[4],
		     places[5], names[0], names[1]);
	return -ENOENT;
}
