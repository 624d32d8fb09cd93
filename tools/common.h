/* SPDX-License-Identifier: MIT */
/* What the tools for people share: exit codes, and the way errors are told. */
#ifndef TOOLS_COMMON_H
#define TOOLS_COMMON_H

#include <stdint.h>

#include "xengt/client.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_USAGE = 1,	     /* and whatever has no code of its own */
	EXIT_NO_DOMAIN = 2,  /* no such domain */
	EXIT_NO_VGPU = 3,    /* the domain has no vGPU, or its worker does not answer */
	EXIT_NO_PICTURE = 4, /* there is a vGPU but nothing to see */
	EXIT_PERMISSION = 5,
	EXIT_OUTPUT = 6, /* the result could not be written */
};

/* "PROGRAM: sentence" on standard error. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Connect to @domain; EXIT_OK, or the exit code after the reason was told. */
enum exit_code tool_connect(const char *domain, struct xengt_client **out);
/* Tell what an answer of libxengt means, with the worker's own words; returns the exit code. */
enum exit_code tool_explain(const char *domain, const struct xengt_client *c, int ret);
/* Flush standard output; EXIT_OUTPUT, told, if not all could be written. */
enum exit_code tool_flush(void);

/* The directory of the vGPUs' sockets. */
const char *tool_socket_dir(void);

/* Of a clock that nobody sets. */
uint64_t now_ms(void);
void sleep_ms(uint64_t ms);

#endif
