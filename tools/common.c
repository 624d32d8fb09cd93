/* SPDX-License-Identifier: MIT */
/* Errors of the tools as sentences and exit codes. */
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

enum exit_code tool_explain(const char *domain, const struct xengt_client *c, int ret)
{
	const char *detail = c ? xengt_detail(c) : "";

	complain("%s: %s%s%s", domain, xengt_strerror(ret), *detail ? ": " : "", detail);
	return exit_code_of(ret);
}

enum exit_code tool_connect(const char *domain, struct xengt_client **out)
{
	int ret = xengt_connect(domain, out);

	if (!ret) {
		return EXIT_OK;
	}
	if (ret != -ENOENT) {
		return tool_explain(domain, NULL, ret);
	}
	switch (domain_look_up(domain)) {
	case DOMAIN_MISSING:
		complain("there is no domain \"%s\"", domain);
		return EXIT_NO_DOMAIN;
	case DOMAIN_EXISTS:
		complain("domain \"%s\" has no vGPU (is vgt=1 in its configuration?)", domain);
		return EXIT_NO_VGPU;
	case DOMAIN_UNKNOWN:
		break;
	}
	complain("no domain \"%s\" with a vGPU is running", domain);
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
