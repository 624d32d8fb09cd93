/* SPDX-License-Identifier: MIT */
/* xengtctl top and metrics against a real worker's socket: figures, format, rude clients. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "serving.h"
#include "test_run.h"

#define TEXT_MAX_B (256 * 1024)

static struct serving w;
static pid_t server;
static char text[TEXT_MAX_B];

static void set_up(void)
{
	serving_open(&w);
	serving_show(&w);
	server = serving_fork(&w);
}

static void tear_down(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	serving_close(&w);
}

/* What a command prints, in text[]; its exit status. */
static int run(const char *command)
{
	return serving_run(command, text, sizeof(text));
}

static bool is_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789",
			    name[i])) {
			return false;
		}
	}
	return len && !(*name >= '0' && *name <= '9');
}

/* A sample, by the format's grammar: name{label="value",...} number */
static bool is_sample(const char *line)
{
	size_t len = strcspn(line, "{ ");
	char *end;

	if (!is_name(line, len)) {
		return false;
	}
	line += len;
	if (*line == '{') {
		do {
			line++;
			len = strcspn(line, "=");
			if (!is_name(line, len) || line[len] != '=' || line[len + 1] != '"') {
				return false;
			}
			for (line += len + 2; *line && *line != '"'; line++) {
				line += *line == '\\';
			}
			line += *line == '"';
		} while (*line == ',');
		if (*line++ != '}') {
			return false;
		}
	}
	strtod(line, &end);
	return *line == ' ' && end != line && !*end;
}

/* Every line of an exposition, and that a family's type comes before its samples, once. */
static void check_exposition(char *body)
{
	char family[128] = "";
	unsigned samples = 0;
	size_t len;

	ck_assert(*body && body[strlen(body) - 1] == '\n');
	for (char *next, *line = body; *line; line = next) {
		next = strchr(line, '\n');
		*next++ = '\0';
		if (sscanf(line, "# TYPE %127s", family) == 1) {
			ck_assert(strstr(line, " counter") || strstr(line, " gauge"));
		} else if (strncmp(line, "# HELP ", 7)) {
			ck_assert_msg(is_sample(line), "%s", line);
			len = strlen(family);
			ck_assert_msg(!strncmp(line, family, len) && line[len] == '{', "%s", line);
			samples++;
		}
	}
	ck_assert_uint_gt(samples, 50);
}

START_TEST(the_exposition_has_every_counter_and_keeps_to_the_format)
{
	ck_assert_int_eq(run("./xengt-screenshot 7 -f ppm -o /dev/null"), 0);
	ck_assert_int_eq(run("./xengtctl metrics"), 0);
	ck_assert(strstr(text, "\nxengt_snapshots_total{domid=\"7\",domain=\"guest\"} 1\n"));
	ck_assert(strstr(text, "# TYPE xengt_clients_now gauge\n"));
	ck_assert(strstr(text, "xengt_clients_now{domid=\"7\",domain=\"guest\"} 1\n"));
	ck_assert(strstr(text, "xengt_width_pixels{domid=\"7\",domain=\"guest\"} 256\n"));
	ck_assert(strstr(text, "# TYPE xengt_event_bad_plane_total counter\n"));
	ck_assert(!strstr(text, "xengt_memory_bytes{domid=\"7\",domain=\"guest\"} 0\n"));
	check_exposition(text);
}
END_TEST

START_TEST(a_file_is_written_whole_and_again)
{
	char command[160], path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/m.prom", w.dir);
	snprintf(command, sizeof(command), "timeout 2 ./xengtctl metrics -o %s --every 1", path);
	ck_assert_int_eq(run(command), 124);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert(st.st_size > 1000);
	unlink(path);
	ck_assert_int_eq(run("./xengtctl metrics -o /none/m.prom 2>&1"), 6);
	ck_assert_int_eq(run("./xengtctl metrics --every 5 2>&1"), 1);
	ck_assert_int_eq(run("./xengtctl metrics --every 0 -o - 2>&1"), 1);
}
END_TEST

static int connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	for (unsigned i = 0; connect(fd, (struct sockaddr *)&a, sizeof(a)); i++) {
		ck_assert_uint_lt(i, 500);
		usleep(10000);
	}
	return fd;
}

/* The answer to @request, in text[]. */
static void ask(const char *path, const char *request)
{
	int fd = connect_to(path);
	size_t len = 0;
	ssize_t n;

	ck_assert_int_eq(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while ((n = recv(fd, text + len, sizeof(text) - 1 - len, 0)) > 0) {
		len += (size_t)n;
	}
	text[len] = '\0';
	close(fd);
}

START_TEST(a_socket_answers_http_and_outlives_rude_clients)
{
	char path[64], *body;
	pid_t pid;
	int silent;

	snprintf(path, sizeof(path), "%s/metrics", w.dir);
	pid = fork();
	if (!pid) {
		execl("./xengtctl", "xengtctl", "metrics", "--listen", path, NULL);
		_exit(127);
	}
	silent = connect_to(path);
	close(connect_to(path));
	ask(path, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(!strncmp(text, "HTTP/1.0 200 OK\r\n", 17));
	body = strstr(text, "\r\n\r\n");
	ck_assert_ptr_nonnull(body);
	check_exposition(body + 4);
	ask(path, "GET /other HTTP/1.1\r\n\r\n");
	ck_assert(!strncmp(text, "HTTP/1.0 404", 12));
	ask(path, "POST /metrics HTTP/1.1\r\n\r\n");
	ck_assert(!strncmp(text, "HTTP/1.0 405", 12));
	close(silent);
	kill(pid, SIGTERM);
	ck_assert_int_eq(waitpid(pid, &silent, 0), pid);
	ck_assert(WIFEXITED(silent) && !WEXITSTATUS(silent));
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(the_table_has_a_row_a_vgpu_and_ends_when_told)
{
	ck_assert_int_eq(run("./xengtctl top -b -d 0.1 -n 2"), 0);
	ck_assert(strstr(text, "1 vGPU\n"));
	ck_assert(strstr(text, "    7 guest "));
	ck_assert(strstr(text, " 256x64@"));
	ck_assert(strstr(strstr(text, "1 vGPU\n") + 1, "1 vGPU\n"));
	ck_assert_int_eq(run("./xengtctl top -d 0 2>&1"), 1);
	ck_assert_int_eq(run("./xengtctl top -n x 2>&1"), 1);
	ck_assert_int_eq(run("./xengtctl top 7 2>&1"), 1);
	ck_assert_int_eq(run("./xengtctl top --help"), 0);
	ck_assert_int_eq(run("./xengtctl metrics --help"), 0);
	kill(server, SIGKILL);
	unlink(w.path);
	ck_assert_int_eq(run("./xengtctl top -b -d 0.1 -n 1"), 0);
	ck_assert(strstr(text, "0 vGPUs\n"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tc = tcase_create("metrics");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_exposition_has_every_counter_and_keeps_to_the_format);
	tcase_add_test(tc, a_file_is_written_whole_and_again);
	tcase_add_test(tc, a_socket_answers_http_and_outlives_rude_clients);
	tcase_add_test(tc, the_table_has_a_row_a_vgpu_and_ends_when_told);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
