/* SPDX-License-Identifier: MIT */
/* Errors of the tools as sentences and exit codes. */
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "domain.h"

void complain(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static enum exit_code exit_code_of(int ret)
{
	switch (ret) {
	case -ENOENT:
	case -ECONNREFUSED:
	case -ECONNRESET:
	case -EPIPE:
	case -ETIMEDOUT:
		return EXIT_NO_VGPU;
	case -EACCES:
	case -EPERM:
		return EXIT_PERMISSION;
	case XENGT_E_NO_DRIVER:
	case XENGT_E_PIPE_OFF:
	case XENGT_E_NO_PLANE:
	case XENGT_E_BAD_PLANE:
	case XENGT_E_NO_HEAD:
	case XENGT_E_REGION:
		return EXIT_NO_PICTURE;
	default:
		return EXIT_USAGE;
	}
}

/* Where to read on; "" for what the page says nothing of. */
static const char *pointer_of(enum exit_code code)
{
	switch (code) {
	case EXIT_NO_VGPU:
	case EXIT_NO_PICTURE:
	case EXIT_PERMISSION:
		return " (see " XENGT_DOC_DIR "/black-screen.md)";
	case EXIT_OK:
	case EXIT_USAGE:
	case EXIT_NO_DOMAIN:
	case EXIT_OUTPUT:
		break;
	}
	return "";
}

enum exit_code tool_explain(const char *domain, const struct xengt_client *c, int ret)
{
	const char *detail = c ? xengt_detail(c) : "";
	enum exit_code code = exit_code_of(ret);

	complain("%s: %s%s%s%s", domain, xengt_strerror(ret), *detail ? ": " : "", detail,
		 pointer_of(code));
	return code;
}

enum exit_code tool_connect(const char *domain, struct xengt_client **out)
{
	int ret = xengt_connect(domain, out);

	if (!ret) {
		return EXIT_OK;
	}
	/* The socket of a worker that was killed stays behind, also when its domain is gone. */
	if (ret != -ENOENT && ret != -ECONNREFUSED) {
		return tool_explain(domain, NULL, ret);
	}
	switch (domain_look_up(domain)) {
	case DOMAIN_MISSING:
		complain("there is no domain \"%s\"", domain);
		return EXIT_NO_DOMAIN;
	case DOMAIN_EXISTS:
		if (ret == -ECONNREFUSED) {
			return tool_explain(domain, NULL, ret);
		}
		complain("domain \"%s\" has no vGPU: vgt=1 is not in its configuration, or its "
			 "worker has ended%s",
			 domain, pointer_of(EXIT_NO_VGPU));
		return EXIT_NO_VGPU;
	case DOMAIN_UNKNOWN:
		break;
	}
	if (ret == -ECONNREFUSED) {
		return tool_explain(domain, NULL, ret);
	}
	complain("no domain \"%s\" with a vGPU is running%s", domain, pointer_of(EXIT_NO_VGPU));
	return EXIT_NO_VGPU;
}

enum exit_code tool_flush(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		complain("cannot write: %s", strerror(errno));
		return EXIT_OUTPUT;
	}
	return EXIT_OK;
}

const char *tool_socket_dir(void)
{
	const char *dir = secure_getenv("XENGT_SOCKET_DIR");

	return dir && *dir ? dir : XENGT_SOCKET_DIR;
}

uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void sleep_ms(uint64_t ms)
{
	const struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}
