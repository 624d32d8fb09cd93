/* SPDX-License-Identifier: MIT */
/*
 * What the worker gives up before it looks at anything a guest wrote.
 *
 * The Xen handles are restricted to the domain before this (xentoolcore_restrict_all); here goes
 * the rest: an empty read-only root, no network, a user nobody else has, no capability, small
 * limits, and a list of system calls.  What is left can map this one guest's pages, answer its
 * requests and talk over the descriptors it has.
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <xen/xen.h>

#include <xen/sys/evtchn.h>
#include <xen/sys/privcmd.h>

#include "xengt/protocol.h"

#define EMPTY_ROOT XENGT_SOCKET_DIR "/empty"
#define WORKER_NOFILE 256
#define WORKER_AS_B   GT_GiB(8) /* foreign mappings and pictures; far more than either needs */

void dm_close_others(const int *keep, size_t nr)
{
	unsigned from = 3;

	/* Gaps between the kept ones, lowest first; the lists are short. */
	for (;;) {
		unsigned next = ~0u;

		for (size_t i = 0; i < nr; i++) {
			if (keep[i] >= (int)from && (unsigned)keep[i] < next) {
				next = (unsigned)keep[i];
			}
		}
		if (next != from) {
			close_range(from, next == ~0u ? ~0u : next - 1, 0);
		}
		if (next == ~0u) {
			return;
		}
		from = next + 1;
	}
}

static int enter_empty_root(void)
{
	if (mkdir(EMPTY_ROOT, 0555) && errno != EEXIST) {
		return -errno;
	}
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)) {
		return -errno;
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("xengt", EMPTY_ROOT, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "size=4k,mode=555") ||
	    chdir(EMPTY_ROOT)) {
		return -errno;
	}
	/* An initramfs cannot be pivoted away; a chroot without capabilities is the next best. */
	if (!syscall(SYS_pivot_root, ".", ".")) {
		return umount2(".", MNT_DETACH) || chdir("/") ? -errno : 0;
	}
	return chroot(".") || chdir("/") ? -errno : 0;
}

static int limit(int resource, rlim_t max)
{
	struct rlimit r = { max, max };

	return setrlimit((__rlimit_resource_t)resource, &r) ? -errno : 0;
}

static int set_limits(void)
{
	int ret = limit(RLIMIT_CORE, 0);

	if (!ret) {
		ret = limit(RLIMIT_NOFILE, WORKER_NOFILE);
	}
	if (!ret) {
		ret = limit(RLIMIT_AS, WORKER_AS_B);
	}
	return ret ? ret : limit(RLIMIT_FSIZE, RLIM_INFINITY);
}

static int drop_privileges(uint32_t domid)
{
	uid_t uid = DM_WORKER_UID_BASE + domid;
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	for (int cap = 0; cap <= 63; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno != EINVAL) {
			return -errno;
		}
	}
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid) ||
	    syscall(SYS_capset, &hdr, none) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		return -errno;
	}
	return 0;
}

/* Freely allowed: memory, time, waiting, and reading and writing what is open. */
static const int allowed_calls[] = {
	SCMP_SYS(accept4),	SCMP_SYS(brk),		  SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(close),	  SCMP_SYS(dup),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),	  SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_wait),	  SCMP_SYS(eventfd2),
	SCMP_SYS(exit),		SCMP_SYS(exit_group),	  SCMP_SYS(fallocate),
	SCMP_SYS(fcntl),	SCMP_SYS(fstat),	  SCMP_SYS(ftruncate),
	SCMP_SYS(futex),	SCMP_SYS(getpid),	  SCMP_SYS(getrandom),
	SCMP_SYS(getsockopt),	SCMP_SYS(gettid),	  SCMP_SYS(gettimeofday),
	SCMP_SYS(lseek),	SCMP_SYS(madvise),	  SCMP_SYS(memfd_create),
	SCMP_SYS(mlock),	SCMP_SYS(mremap),	  SCMP_SYS(munlock),
	SCMP_SYS(munmap),	SCMP_SYS(nanosleep),	  SCMP_SYS(poll),
	SCMP_SYS(ppoll),	SCMP_SYS(pread64),	  SCMP_SYS(pwrite64),
	SCMP_SYS(read),		SCMP_SYS(readv),	  SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),	SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),	SCMP_SYS(sendmsg),	  SCMP_SYS(sendto),
	SCMP_SYS(setsockopt),	SCMP_SYS(shutdown),	  SCMP_SYS(sigaltstack),
	SCMP_SYS(sysinfo),	SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
	SCMP_SYS(write),	SCMP_SYS(writev),
};

/* Answered as if there were no such file: the C library looks for some on its own. */
static const int no_such_file_calls[] = {
	SCMP_SYS(access), SCMP_SYS(newfstatat), SCMP_SYS(open),
	SCMP_SYS(openat), SCMP_SYS(readlink),	SCMP_SYS(stat),
};

/* ioctls of Xen's devices; the handles behind them are restricted to the domain. */
static const unsigned long allowed_ioctls[] = {
	IOCTL_PRIVCMD_DM_OP,	    IOCTL_PRIVCMD_MMAPBATCH_V2, IOCTL_PRIVCMD_MMAP,
	IOCTL_PRIVCMD_MMAPBATCH,    IOCTL_EVTCHN_NOTIFY,	IOCTL_EVTCHN_UNBIND,
};

static int add_rules(scmp_filter_ctx ctx)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < GT_ARRAY_SIZE(allowed_calls); i++) {
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed_calls[i], 0);
	}
	for (size_t i = 0; !ret && i < GT_ARRAY_SIZE(no_such_file_calls); i++) {
		ret = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOENT), no_such_file_calls[i], 0);
	}
	for (size_t i = 0; !ret && i < GT_ARRAY_SIZE(allowed_ioctls); i++) {
		/* The kernel looks at 32 bits of the request only. */
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				       SCMP_A1_32(SCMP_CMP_MASKED_EQ, 0xffffffffu,
						  allowed_ioctls[i]));
	}
	/* No new code: memory may be had, but not executed. */
	if (!ret) {
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	}
	if (!ret) {
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	}
	/* abort() signals itself, and nobody else. */
	if (!ret) {
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				       SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	}
	return ret;
}

static int filter_calls(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int ret;

	if (!ctx) {
		return -ENOMEM;
	}
	ret = add_rules(ctx);
	if (!ret) {
		ret = seccomp_load(ctx);
	}
	seccomp_release(ctx);
	return ret;
}

int dm_sandbox_enter(uint32_t domid, struct gt_error *err)
{
	static const struct {
		int (*fn)(void);
		const char *what;
	} before[] = { { enter_empty_root, "an empty root" }, { set_limits, "resource limits" } };
	int ret;

	tzset();
	for (size_t i = 0; i < GT_ARRAY_SIZE(before); i++) {
		ret = before[i].fn();
		if (ret) {
			gt_error_set(err, "cannot confine the worker (%s): %s", before[i].what,
				     strerror(-ret));
			return ret;
		}
	}
	ret = drop_privileges(domid);
	if (ret) {
		gt_error_set(err, "cannot confine the worker (user and capabilities): %s",
			     strerror(-ret));
		return ret;
	}
	ret = filter_calls();
	if (ret) {
		gt_error_set(err, "cannot confine the worker (system calls): %s", strerror(-ret));
	}
	return ret;
}
