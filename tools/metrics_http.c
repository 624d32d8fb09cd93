/* SPDX-License-Identifier: MIT */
/*
 * The one page of HTTP/1.0 that metrics are, on a unix socket.
 *
 * One client at a time, PATIENCE_MS for each to ask and to take its answer, REQUEST_MAX_B for its
 * question: whoever is slower or longer is hung up on, and nobody waits longer for it.
 */
#define _GNU_SOURCE
#include "metrics.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common.h"

#define PATIENCE_MS   2000
#define REQUEST_MAX_B 4096

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* False if it is over, or the descriptor is not ready before @end_ms. */
static bool ready(int fd, short events, uint64_t end_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	uint64_t now = now_ms();

	return now < end_ms && poll(&p, 1, (int)(end_ms - now)) > 0;
}

/* The request up to its empty line, NUL-terminated; false if there is none. */
static bool read_request(int fd, char *text, uint64_t end_ms)
{
	size_t len = 0;

	while (len < REQUEST_MAX_B - 1 && ready(fd, POLLIN, end_ms)) {
		ssize_t n = recv(fd, text + len, REQUEST_MAX_B - 1 - len, MSG_DONTWAIT);

		if (n <= 0) {
			return false;
		}
		len += (size_t)n;
		text[len] = '\0';
		if (strstr(text, "\r\n\r\n") || strstr(text, "\n\n")) {
			return true;
		}
	}
	return false;
}

static void send_all(int fd, const char *text, size_t len, uint64_t end_ms)
{
	while (len && ready(fd, POLLOUT, end_ms)) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n <= 0) {
			return;
		}
		text += n;
		len -= (size_t)n;
	}
}

static void send_page(int fd, const char *status, const char *type, const char *body, size_t len,
		      uint64_t end_ms)
{
	char head[256];
	int n = snprintf(head, sizeof(head),
			 "HTTP/1.0 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
			 "Connection: close\r\n\r\n", status, type, len);

	send_all(fd, head, (size_t)n, end_ms);
	send_all(fd, body, len, end_ms);
}

static void send_words(int fd, const char *status, uint64_t end_ms)
{
	send_page(fd, status, "text/plain", status, strlen(status), end_ms);
}

static void send_metrics(int fd)
{
	struct vitals *all;
	size_t nr, len = 0;
	char *text = NULL;
	FILE *f;

	if (vitals_read(&all, &nr)) {
		send_words(fd, "500 the vGPUs cannot be listed", now_ms() + PATIENCE_MS);
		return;
	}
	f = open_memstream(&text, &len);
	if (f) {
		metrics_print(f, all, nr);
	}
	vitals_free(all, nr);
	if (!f || fclose(f)) {
		send_words(fd, "500 out of memory", now_ms() + PATIENCE_MS);
	} else {
		send_page(fd, "200 OK", "text/plain; version=0.0.4; charset=utf-8", text, len,
			  now_ms() + PATIENCE_MS);
	}
	free(text);
}

static void serve(int fd)
{
	uint64_t end_ms = now_ms() + PATIENCE_MS;
	char text[REQUEST_MAX_B];

	if (!read_request(fd, text, end_ms)) {
		send_words(fd, "400 no request", end_ms);
	} else if (strncmp(text, "GET ", 4)) {
		send_words(fd, "405 only GET", end_ms);
	} else if (strncmp(text + 4, "/metrics", 8) || !strchr(" ?\r\n", text[12])) {
		send_words(fd, "404 only /metrics is here", end_ms);
	} else {
		send_metrics(fd);
	}
}

/* A socket that nobody listens to any more is in the way; anything else is not ours to remove. */
static bool is_stale(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool stale = fd >= 0 && connect(fd, (const struct sockaddr *)a, sizeof(*a)) &&
		     errno == ECONNREFUSED;

	if (fd >= 0) {
		close(fd);
	}
	return stale;
}

/* A listening descriptor or negative errno. */
static int open_socket(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(a.sun_path)) {
		return -ENAMETOOLONG;
	}
	strcpy(a.sun_path, path);
	if (is_stale(&a)) {
		unlink(path);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return -errno;
	}
	if (!bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 16)) {
		return fd;
	}
	err = errno;
	close(fd);
	return -err;
}

enum exit_code metrics_listen(const char *path)
{
	const struct sigaction action = { .sa_handler = stop };
	sigset_t block, old;
	int fd = open_socket(path);

	if (fd < 0) {
		complain("cannot listen on %s: %s", path, strerror(-fd));
		return EXIT_OUTPUT;
	}
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!stopped) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int client = ppoll(&p, 1, NULL, &old) > 0 ?
			     accept4(fd, NULL, NULL, SOCK_CLOEXEC) : -1;

		if (client >= 0) {
			serve(client);
			close(client);
		}
	}
	close(fd);
	unlink(path);
	return EXIT_OK;
}
