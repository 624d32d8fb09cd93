/* SPDX-License-Identifier: MIT */
/*
 * xengtctl upgrade.
 *
 * The supervisor of a vGPU, whose number is in its lock file (xengt/protocol.h), hears it by SIGHUP
 * and writes there what has become of it.
 */
#define _GNU_SOURCE
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define TIMEOUT_MS 60000 /* two workers that do not become ready */
#define STEP_MS	   20

const char upgrade_usage[] =
	"usage: xengtctl upgrade DOMAIN... | --all\n"
	"\n"
	"Has the mediator of each DOMAIN go on as the program that is installed now, while the\n"
	"guest runs on.  If that one cannot go on, the program before does.  Clients see their\n"
	"connection end, and can connect again.\n";

struct status {
	pid_t pid;
	unsigned nr;
	bool good;
	char text[256];
};

/* What the supervisor wrote; false: there is no supervisor, or it is about to write. */
static bool read_status(int fd, struct status *st)
{
	char line[512], word[16];
	ssize_t n = pread(fd, line, sizeof(line) - 1, 0);
	int pid, at = 0;

	if (n <= 0) {
		return false;
	}
	line[n] = '\0';
	if (!strchr(line, '\n') ||
	    sscanf(line, "%d %u %15s %n", &pid, &st->nr, word, &at) != 3 || pid <= 1 || !at) {
		return false;
	}
	st->pid = pid;
	st->good = !strcmp(word, "ok");
	snprintf(st->text, sizeof(st->text), "%.*s", (int)strcspn(line + at, "\n"), line + at);
	return true;
}

/* The lock of a supervisor that lives. */
static int open_lock(uint32_t domid)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%.64s/%" PRIu32 ".lock", tool_socket_dir(), domid);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && !flock(fd, LOCK_SH | LOCK_NB)) {
		close(fd); /* what is left of one that was killed */
		errno = ENOENT;
		return -1;
	}
	return fd;
}

static enum exit_code ask(const char *domain, int fd)
{
	uint64_t end_ms = now_ms() + TIMEOUT_MS;
	struct status before, st;

	if (!read_status(fd, &before)) {
		complain("%s: its supervisor does not say who it is", domain);
		return EXIT_USAGE;
	}
	if (kill(before.pid, SIGHUP)) {
		complain("%s: cannot signal its supervisor: %s", domain, strerror(errno));
		return errno == EPERM ? EXIT_PERMISSION : EXIT_NO_VGPU;
	}
	do {
		sleep_ms(STEP_MS);
		if (read_status(fd, &st) && st.nr != before.nr) {
			if (st.good) {
				printf("%s: %s\n", domain, st.text);
				return tool_flush();
			}
			complain("%s: %s", domain, st.text);
			return EXIT_USAGE;
		}
	} while (now_ms() < end_ms && !kill(before.pid, 0));
	complain("%s: its supervisor does not answer; see its log", domain);
	return EXIT_NO_VGPU;
}

static enum exit_code upgrade_one(const char *domain)
{
	struct xengt_client *c;
	struct xengt_info info;
	enum exit_code code = tool_connect(domain, &c);
	int fd, ret;

	if (code) {
		return code;
	}
	ret = xengt_info(c, &info);
	if (ret) {
		code = tool_explain(domain, c, ret);
		xengt_disconnect(c);
		return code;
	}
	xengt_disconnect(c);
	fd = open_lock(info.domid);
	if (fd < 0) {
		return tool_explain(domain, NULL, -errno);
	}
	code = ask(domain, fd);
	close(fd);
	return code;
}

static enum exit_code upgrade_all(void)
{
	enum exit_code code = EXIT_OK;
	uint32_t *ids;
	size_t nr;
	int ret = xengt_list(&ids, &nr);

	if (ret) {
		return tool_explain("upgrade", NULL, ret);
	}
	for (size_t i = 0; i < nr; i++) {
		enum exit_code one;
		char domain[16];

		snprintf(domain, sizeof(domain), "%" PRIu32, ids[i]);
		one = upgrade_one(domain);
		code = code ? code : one;
	}
	free(ids);
	return code;
}

enum exit_code upgrade_main(int argc, char **argv)
{
	enum exit_code code = EXIT_OK;

	if (argc == 2 && !strcmp(argv[1], "--all")) {
		return upgrade_all();
	}
	if (argc < 2 || argv[1][0] == '-') {
		complain("upgrade needs DOMAINs, or --all; see upgrade --help");
		return EXIT_USAGE;
	}
	for (int i = 1; i < argc; i++) {
		enum exit_code one = upgrade_one(argv[i]);

		code = code ? code : one;
	}
	return code;
}
