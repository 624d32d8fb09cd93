/* SPDX-License-Identifier: MIT */
/*
 * The report: TAP, one line a check, whose text is the sentence that is true when it passes.
 * Formats: %s %c %d %u %x, with l for 64 bits, 0 and a width.  The plan comes last.
 */
#ifndef TESTDOM_TAP_H
#define TESTDOM_TAP_H

#include <stdbool.h>
#include <stdint.h>

#define TAP_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))

void tap_start(void);
/* A line that is neither check nor comment, for whoever reads along. */
void tap_say(const char *fmt, ...) TAP_FORMAT(1);
/* A comment. */
/* The same, then wait for a byte on the console, @seconds at most. */
void tap_say_and_wait(uint32_t seconds, const char *fmt, ...) TAP_FORMAT(2);
void tap_note(const char *fmt, ...) TAP_FORMAT(1);
/* The check itself; gives @ok back. */
bool tap_ok(bool ok, const char *fmt, ...) TAP_FORMAT(2);
/* Equal; shows both values if not. */
bool tap_is(uint64_t got, uint64_t want, const char *fmt, ...) TAP_FORMAT(3);
/* The checks named by @what are not made, for the reason @why. */
void tap_skip(const char *what, const char *why);
/* Plan and last line. */
void tap_finish(void);
/* Say why, and power off. */
void tap_bail_out(const char *fmt, ...) TAP_FORMAT(1) __attribute__((noreturn));

#endif
