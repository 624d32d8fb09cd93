/* SPDX-License-Identifier: MIT */
/*
 * The xl process that started us, as /proc shows it.
 *
 * libxl execs us from a fork of xl, whose command line is still xl's, and so does the daemon xl
 * leaves behind, when the domain reboots.  Decides which ancestor that is, which file its command
 * line names, and where its stderr goes.
 */
#define _GNU_SOURCE
#include "xlproc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run.h"
#include "xengt/log.h"

#define ANCESTORS_MAX 32
#define PROC_FILE_MAX (1u << 20)

/* A whole file of /proc, NUL-terminated, malloc'ed. */
static char *read_proc(pid_t pid, const char *name, size_t *len)
{
	char path[64];
	char *buf = malloc(PROC_FILE_MAX + 1);
	size_t used = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (buf && fd >= 0 && used < PROC_FILE_MAX) {
		n = read(fd, buf + used, PROC_FILE_MAX - used);
		if (n <= 0) {
			break;
		}
		used += (size_t)n;
	}
	if (fd >= 0) {
		close(fd);
	}
	if (!buf || fd < 0 || n < 0) {
		free(buf);
		return NULL;
	}
	buf[used] = '\0';
	*len = used;
	return buf;
}

static pid_t parent_of(pid_t pid)
{
	size_t len;
	char *status = read_proc(pid, "status", &len);
	const char *line = status ? strstr(status, "\nPPid:") : NULL;
	pid_t ppid = line ? (pid_t)strtol(line + 6, NULL, 10) : 0;

	free(status);
	return ppid;
}

/* Take over @pid's command line if it is an xl that makes a domain. */
static int take(struct dm_xl *x, pid_t pid)
{
	struct dm_xl new = { .pid = pid };
	size_t i = 0;
	int ret;

	new.cmdline = read_proc(pid, "cmdline", &new.cmdline_B);
	if (!new.cmdline) {
		return -ENOENT;
	}
	for (size_t k = 0; k < new.cmdline_B; k++) {
		new.argc += !new.cmdline[k];
	}
	new.argv = calloc((size_t)new.argc + 1, sizeof(*new.argv));
	if (!new.argv) {
		free(new.cmdline);
		return -ENOMEM;
	}
	for (char *p = new.cmdline; i < (size_t)new.argc; p += strlen(p) + 1) {
		new.argv[i++] = p;
	}
	ret = dm_xlargs_parse(&new.args, new.argc, new.argv);
	if (ret) {
		free(new.argv);
		free(new.cmdline);
		return ret;
	}
	*x = new;
	return 0;
}

int dm_xl_find(struct dm_xl *x)
{
	struct dm_xl found;
	pid_t pid = getppid();
	bool any = false;

	/* The outermost xl of an unbroken line is xl itself; those below are libxl's forks. */
	for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
		int ret = take(&found, pid);

		if (ret == -ENOMEM) {
			return ret;
		}
		if (ret && any) {
			return 0;
		}
		if (!ret) {
			if (any) {
				dm_xl_finish(x);
			}
			*x = found;
			any = true;
		}
		pid = parent_of(pid);
	}
	return any ? 0 : -ENOENT;
}

void dm_xl_finish(struct dm_xl *x)
{
	dm_xlargs_finish(&x->args);
	free(x->argv);
	free(x->cmdline);
	x->argv = NULL;
	x->cmdline = NULL;
}

static bool is_there(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

/* dir + '/' + file; false if too long or not there. */
static bool join(char path[DM_PATH_MAX], const char *dir, const char *file)
{
	int n = snprintf(path, DM_PATH_MAX, "%s/%s", dir, file);

	return n > 0 && n < DM_PATH_MAX && is_there(path);
}

static bool in_cwd(const struct dm_xl *x, char path[DM_PATH_MAX])
{
	char link[64], cwd[DM_PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/cwd", (int)x->pid);
	n = readlink(link, cwd, sizeof(cwd) - 1);
	if (n <= 0) {
		return false;
	}
	cwd[n] = '\0';
	return join(path, cwd, x->args.config);
}

/* The directory the shell was in when it started xl. */
static bool in_start_directory(const struct dm_xl *x, char path[DM_PATH_MAX])
{
	size_t len;
	char *env = read_proc(x->pid, "environ", &len);
	bool ok = false;

	for (char *p = env; env && p < env + len; p += strlen(p) + 1) {
		if (!strncmp(p, "PWD=", 4)) {
			ok = join(path, p + 4, x->args.config);
			break;
		}
	}
	free(env);
	return ok;
}

/*
 * What a domain's first start found, for its reboots: xl's command line as it was, then the path,
 * each ended by a NUL.
 */
static void record_write(const struct dm_xl *x, const char *name, const char *path)
{
	char file[DM_PATH_MAX];
	int fd;

	if (dm_run_path(file, name, "config")) {
		return;
	}
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return;
	}
	if (write(fd, x->cmdline, x->cmdline_B) != (ssize_t)x->cmdline_B ||
	    write(fd, path, strlen(path) + 1) != (ssize_t)strlen(path) + 1) {
		unlink(file);
	}
	close(fd);
}

static bool record_read(const struct dm_xl *x, const char *name, char path[DM_PATH_MAX])
{
	char file[DM_PATH_MAX];
	char *buf = malloc(x->cmdline_B + DM_PATH_MAX);
	ssize_t n = -1;
	int fd = dm_run_path(file, name, "config") ? -1 : open(file, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (buf && fd >= 0) {
		n = read(fd, buf, x->cmdline_B + DM_PATH_MAX);
	}
	ok = n > (ssize_t)x->cmdline_B && !buf[n - 1] && !memcmp(buf, x->cmdline, x->cmdline_B) &&
	     is_there(buf + x->cmdline_B);
	if (ok) {
		snprintf(path, DM_PATH_MAX, "%s", buf + x->cmdline_B);
	}
	if (fd >= 0) {
		close(fd);
	}
	free(buf);
	return ok;
}

static bool in_root(const struct dm_xl *x)
{
	char link[64], cwd[2];

	snprintf(link, sizeof(link), "/proc/%d/cwd", (int)x->pid);
	return readlink(link, cwd, sizeof(cwd)) == 1;
}

int dm_xl_config_path(const struct dm_xl *x, const char *name, char path[DM_PATH_MAX],
		      struct gt_error *err)
{
	const char *config = x->args.config;

	if (!config || !*config) {
		*path = '\0';
		return 0;
	}
	if (*config == '/') {
		snprintf(path, DM_PATH_MAX, "%s", config);
		return 0;
	}
	/* A daemon sits in "/", where the path would not mean what it meant. */
	if (in_root(x) && record_read(x, name, path)) {
		return 0;
	}
	if (in_cwd(x, path) || in_start_directory(x, path)) {
		record_write(x, name, path);
		return 0;
	}
	gt_error_set(err, "cannot find the configuration %s that xl (process %d) was started with",
		     config, (int)x->pid);
	return -ENOENT;
}

/*
 * The very open file, with its offset: an xl whose stderr is a plain file would else write over
 * what we say, or we over it.
 */
static int share_stderr(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, STDERR_FILENO, 0);

	if (pidfd >= 0) {
		close(pidfd);
	}
	return fd;
}

int dm_xl_stderr(const struct dm_xl *x)
{
	char path[64];
	struct stat st;
	int fd = share_stderr(x->pid);

	if (fd >= 0) {
		return fd;
	}
	/* Kernels before 5.6.  A socket cannot be opened by its name. */
	snprintf(path, sizeof(path), "/proc/%d/fd/2", (int)x->pid);
	if (stat(path, &st) || S_ISSOCK(st.st_mode)) {
		return -1;
	}
	return open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}
