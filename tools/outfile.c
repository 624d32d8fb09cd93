/* SPDX-License-Identifier: MIT */
/* Files written whole or not at all; see outfile.h. */
#define _GNU_SOURCE
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What @path leads to, so that a symbolic link is written through; itself if there is nothing. */
static char *resolve(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : strdup(path);
}

/* "DIR/.NAME.XXXXXX" */
static char *temp_template(const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir_len = slash ? (int)(slash - path + 1) : 0;
	char *temp;

	return asprintf(&temp, "%.*s.%s.XXXXXX", dir_len, path, path + dir_len) < 0 ? NULL : temp;
}

static int open_temp(struct outfile *o)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	o->temp = temp_template(o->path);
	if (!o->temp) {
		return -ENOMEM;
	}
	fd = mkostemp(o->temp, O_CLOEXEC);
	if (fd < 0) {
		int err = errno;

		free(o->temp);
		o->temp = NULL;
		return -err;
	}
	fchmod(fd, 0666 & ~mask);
	return fd;
}

static int open_fd(struct outfile *o)
{
	struct stat st;
	int fd;

	if (!strcmp(o->path, "-")) {
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	} else if (!stat(o->path, &st) && S_ISDIR(st.st_mode)) {
		return -EISDIR;
	} else if (!stat(o->path, &st) && !S_ISREG(st.st_mode)) {
		fd = open(o->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} else {
		return open_temp(o);
	}
	return fd < 0 ? -errno : fd;
}

static void forget(struct outfile *o)
{
	free(o->temp);
	free(o->path);
	*o = (struct outfile){ 0 };
}

int outfile_open(struct outfile *o, const char *path)
{
	struct outfile new = { .path = strcmp(path, "-") ? resolve(path) : strdup(path) };
	int fd;

	if (!new.path) {
		return -ENOMEM;
	}
	fd = open_fd(&new);
	if (fd < 0) {
		forget(&new);
		return fd;
	}
	new.f = fdopen(fd, "w");
	if (!new.f) {
		int err = errno;

		close(fd);
		if (new.temp) {
			unlink(new.temp);
		}
		forget(&new);
		return -err;
	}
	*o = new;
	return 0;
}

void outfile_abort(struct outfile *o)
{
	if (o->f) {
		fclose(o->f);
	}
	if (o->temp) {
		unlink(o->temp);
	}
	forget(o);
}

int outfile_commit(struct outfile *o)
{
	FILE *f = o->f;
	int ret = 0;

	if (fflush(f) || (o->temp && fsync(fileno(f)))) {
		ret = -errno;
	}
	if (fclose(f) && !ret) {
		ret = -errno;
	}
	o->f = NULL;
	if (!ret && o->temp && rename(o->temp, o->path)) {
		ret = -errno;
	}
	if (ret) {
		outfile_abort(o);
	} else {
		forget(o);
	}
	return ret;
}
