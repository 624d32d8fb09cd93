/* SPDX-License-Identifier: MIT */
/* VNC servers of a domain: started without any right of ours, ended with it. */
#define _GNU_SOURCE
#include "vnc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "xengt/log.h"

#define STOP_TIMEOUT_MS 2000
#define STEP_ms		20
#define PATH_B		256

int dm_vnc_look_up(const char *name, const char *program, struct dm_vnc_user *user,
		   struct gt_error *err)
{
	const struct passwd *pw = getpwnam(name);

	if (!pw) {
		gt_error_set(err, "vgt_vnc=%s: there is no such user", name);
		return -ENOENT;
	}
	if (!pw->pw_uid) {
		gt_error_set(err, "vgt_vnc=%s: must be a user without privileges", name);
		return -EPERM;
	}
	if (access(program, X_OK)) {
		gt_error_set(err, "vgt_vnc=%s: %s is not installed", name, program);
		return -ENOENT;
	}
	*user = (struct dm_vnc_user){ pw->pw_uid, pw->pw_gid };
	return 0;
}

static void dir_path(char path[PATH_B], const struct dm_vnc *v)
{
	snprintf(path, PATH_B, "%s/%u.vnc", v->dir, v->domid);
}

/* What servers that were killed have left, too; what is not theirs stays. */
static void remove_dir(const struct dm_vnc *v)
{
	char path[PATH_B], name[16];
	int dir;

	dir_path(path, v);
	dir = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0) {
		return;
	}
	for (unsigned head = 0; head < GT_MAX_HEADS; head++) {
		snprintf(name, sizeof(name), "%u.sock", head);
		unlinkat(dir, name, 0);
	}
	close(dir);
	rmdir(path);
}

/* Both the domain's socket and a place for theirs; the names are in a directory of root's. */
static int hand_over(const struct dm_vnc *v, const struct dm_vnc_user *user)
{
	char path[PATH_B];

	remove_dir(v);
	dir_path(path, v);
	if (mkdir(path, 0700) || lchown(path, user->uid, user->gid)) {
		return -errno;
	}
	snprintf(path, sizeof(path), "%s/%u.sock", v->dir, v->domid);
	return lchown(path, user->uid, (gid_t)-1) ? -errno : 0;
}

static bool become(const struct dm_vnc_user *user)
{
	return !setgroups(0, NULL) && !setresgid(user->gid, user->gid, user->gid) &&
	       !setresuid(user->uid, user->uid, user->uid) &&
	       !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* In the child. Whoever kills the supervisor ends its servers, too. */
static void run(const struct dm_vnc *v, const struct dm_vnc_conf *conf, unsigned head,
		pid_t supervisor)
{
	static const char *const environment[] = { "PATH=/usr/bin:/bin", NULL };
	char domain[16], number[16], path[PATH_B];
	const char *const argv[] = { conf->program, domain, "--head", number, "--unix", path,
				     NULL };
	sigset_t none;

	snprintf(domain, sizeof(domain), "%u", v->domid);
	snprintf(number, sizeof(number), "%u", head);
	snprintf(path, sizeof(path), "%s/%u.vnc/%u.sock", v->dir, v->domid, head);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (!become(&conf->user) || prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != supervisor ||
	    close_range(3, ~0u, 0)) {
		_exit(126);
	}
	execve(conf->program, (char *const *)(uintptr_t)argv,
	       (char *const *)(uintptr_t)environment);
	_exit(127);
}

int dm_vnc_start(struct dm_vnc *v, const struct dm_vnc_conf *conf)
{
	pid_t self = getpid();
	int ret;

	*v = (struct dm_vnc){ .domid = conf->domid, .dir = conf->dir };
	if (!conf->user.uid) {
		return 0;
	}
	v->nr_heads = conf->nr_heads < GT_MAX_HEADS ? conf->nr_heads : GT_MAX_HEADS;
	ret = hand_over(v, &conf->user);
	for (unsigned head = 0; !ret && head < v->nr_heads; head++) {
		pid_t pid = fork();

		if (!pid) {
			run(v, conf, head, self);
		}
		ret = pid < 0 ? -errno : 0;
		v->pid[head] = pid > 0 ? pid : 0;
	}
	if (ret) {
		dm_vnc_stop(v);
	}
	return ret;
}

static bool reap(struct dm_vnc *v, unsigned head, int *status)
{
	if (v->pid[head] && waitpid(v->pid[head], status, WNOHANG) == v->pid[head]) {
		v->pid[head] = 0;
		return true;
	}
	return false;
}

void dm_vnc_reap(struct dm_vnc *v)
{
	int status;

	for (unsigned head = 0; head < v->nr_heads; head++) {
		if (!reap(v, head, &status)) {
			continue;
		}
		if (WIFSIGNALED(status)) {
			gt_warn(GT_T_DM, "xengt-vnc of head %u was killed by signal %d", head,
				WTERMSIG(status));
		} else {
			gt_warn(GT_T_DM, "xengt-vnc of head %u has ended with status %d", head,
				WEXITSTATUS(status));
		}
	}
}

static bool any_left(struct dm_vnc *v)
{
	bool left = false;
	int status;

	for (unsigned head = 0; head < v->nr_heads; head++) {
		reap(v, head, &status);
		left |= v->pid[head];
	}
	return left;
}

static void signal_all(const struct dm_vnc *v, int sig)
{
	for (unsigned head = 0; head < v->nr_heads; head++) {
		if (v->pid[head]) {
			kill(v->pid[head], sig);
		}
	}
}

void dm_vnc_stop(struct dm_vnc *v)
{
	const struct timespec step = { .tv_nsec = STEP_ms * 1000000 };

	if (!v->nr_heads) {
		return;
	}
	signal_all(v, SIGTERM);
	for (unsigned ms = 0; any_left(v) && ms < STOP_TIMEOUT_MS; ms += STEP_ms) {
		nanosleep(&step, NULL);
	}
	signal_all(v, SIGKILL);
	for (unsigned head = 0; head < v->nr_heads; head++) {
		if (v->pid[head]) {
			waitpid(v->pid[head], NULL, 0);
			v->pid[head] = 0;
		}
	}
	remove_dir(v);
	v->nr_heads = 0;
}
