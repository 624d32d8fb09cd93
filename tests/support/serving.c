/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serving.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "serving: %s\n", what);
		abort();
	}
}

unsigned serving_nr_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned nr = 0;

	must(d, "no /proc/self/fd");
	while (readdir(d)) {
		nr++;
	}
	closedir(d);
	return nr;
}

int serving_listen(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	must(fd >= 0 && !bind(fd, (struct sockaddr *)&addr, sizeof(addr)) && !listen(fd, 128),
	     "no socket");
	return fd;
}

void serving_open(struct serving *w)
{
	screen_open(&w->s, GT_SKL);
	snprintf(w->dir, sizeof(w->dir), "check_serving.XXXXXX");
	must(mkdtemp(w->dir), "no directory");
	snprintf(w->path, sizeof(w->path), "%s/7.sock", w->dir);
	setenv("XENGT_SOCKET_DIR", w->dir, 1);
	w->nr_fds_before = serving_nr_fds();
	w->input_fd = -1;
	must(!gt_server_create(w->s.v, serving_listen(w->path), "guest", &w->server), "no server");
}

void serving_close(struct serving *w)
{
	gt_server_destroy(w->server);
	if (w->input_fd >= 0) {
		close(w->input_fd);
	}
	must(serving_nr_fds() == w->nr_fds_before, "a descriptor leaked");
	unlink(w->path);
	rmdir(w->dir);
	screen_close(&w->s);
}

void serving_take_input(struct serving *w)
{
	const int room_B = 4096;
	int fds[2];

	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) &&
	     !setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &room_B, sizeof(room_B)), "no socket");
	w->input_fd = fds[0];
	gt_server_set_input(w->server, fds[1]);
}

int serving_connect(const struct serving *w)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", w->path);
	must(fd >= 0 && !connect(fd, (struct sockaddr *)&addr, sizeof(addr)), "cannot connect");
	return fd;
}

void serving_settle(struct serving *w)
{
	struct pollfd p = { gt_server_fd(w->server), POLLIN, 0 };

	for (unsigned n = 0; poll(&p, 1, 0) > 0; n++) {
		must(n < 10000, "the server spins");
		gt_server_dispatch(w->server);
	}
}

bool serving_reply(int fd, struct xengt_reply *r)
{
	char buf[1024];
	ssize_t len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (len < (ssize_t)sizeof(*r)) {
		return false;
	}
	memcpy(r, buf, sizeof(*r));
	must(r->magic == XENGT_PROTOCOL_MAGIC && r->payload_B == (size_t)len - sizeof(*r),
	     "a reply makes no sense");
	return true;
}

bool serving_works(struct serving *w, int fd)
{
	struct xengt_request req = serving_request(XENGT_CMD_INFO);
	struct xengt_reply r;

	must(send(fd, &req, sizeof(req), 0) == sizeof(req), "cannot ask");
	serving_settle(w);
	return serving_reply(fd, &r) && r.status == XENGT_OK && r.command == XENGT_CMD_INFO &&
	       r.payload_B == sizeof(struct xengt_info);
}

int serving_run(const char *command, char *text, size_t size)
{
	FILE *f = popen(command, "r");
	size_t len;
	int status;

	must(f != NULL, "cannot run a command");
	len = fread(text, 1, size - 1, f);
	text[len] = '\0';
	status = pclose(f);
	must(WIFEXITED(status), command);
	return WEXITSTATUS(status);
}

struct xengt_request serving_request(uint32_t command)
{
	return (struct xengt_request){ .magic = XENGT_PROTOCOL_MAGIC, .command = command };
}

int serving_end(pid_t *pid, int sig)
{
	int status = -1;

	if (*pid) {
		if (sig) {
			kill(*pid, sig);
		}
		waitpid(*pid, &status, 0);
		*pid = 0;
	}
	return status;
}

void serving_show(struct serving *w)
{
	struct screen_plane p = { .ctl = 0x84042000, .stride = 16, .size = 63u << 16 | 255u,
				  .surf = (uint32_t)w->s.base };

	screen_map(&w->s, w->s.base, 64);
	for (unsigned i = 0; i < 64 * 1024; i++) {
		*screen_mem(&w->s, w->s.base + i) = (uint8_t)(i % 4 == 3 ? 0 : i / 4);
	}
	screen_mode(&w->s, 256, 64);
	screen_plane(&w->s, 0, &p);
	screen_vblank(&w->s);
}

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void serve_once(struct serving *w)
{
	struct pollfd p = { gt_server_fd(w->server), POLLIN, 0 };
	uint64_t at_ns = gt_server_deadline_ns(w->server), now_ns = w->s.guest->clock_ns;
	uint64_t rest_ns = at_ns > now_ns ? at_ns - now_ns : 0;
	struct timespec t = { (time_t)(rest_ns / 1000000000u), (long)(rest_ns % 1000000000u) };

	must(ppoll(&p, 1, at_ns == UINT64_MAX ? NULL : &t, NULL) >= 0 || errno == EINTR, "poll");
	w->s.guest->clock_ns = wall_ns();
	gt_server_dispatch(w->server);
	gt_server_run(w->server);
}

pid_t serving_fork(struct serving *w)
{
	pid_t pid = fork();

	must(pid >= 0, "no process");
	if (pid) {
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	w->s.guest->clock_ns = wall_ns();
	for (;;) {
		serve_once(w);
	}
}
