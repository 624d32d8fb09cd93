/* SPDX-License-Identifier: MIT */
/* Words of command lines that several tools understand.  What is wrong is told. */
#ifndef TOOLS_ARGS_H
#define TOOLS_ARGS_H

#include <stdbool.h>
#include "xengt/protocol.h"

/* A digit alone; @what, for the sentence, is "head" or "plane". */
bool parse_digit(const char *text, const char *what, unsigned *val);
/* WIDTHxHEIGHT+X+Y, in pixels. */
bool parse_region(const char *text, struct xengt_rect *r);
/* 0.001 to a day. */
bool parse_seconds(const char *text, double *seconds);

#endif
