/* SPDX-License-Identifier: MIT */
/* TAP lines, and the little formatting they need.  A line is put together, then sent at once. */
#include "tap.h"

#include <stdarg.h>
#include <stddef.h>

#include "console.h"
#include "cpu.h"
#include "xen.h"

#define LINE_MAX 240u

struct line {
	char text[LINE_MAX + 1];
	size_t len;
};

static uint32_t nr_checks, nr_failed;

static void put(struct line *l, char c)
{
	if (l->len < LINE_MAX) {
		l->text[l->len++] = c;
	}
}

static void put_string(struct line *l, const char *s)
{
	while (*s) {
		put(l, *s++);
	}
}

static void put_number(struct line *l, uint64_t val, unsigned base, unsigned width, char fill)
{
	char digits[20];
	unsigned nr = 0;

	do {
		digits[nr++] = "0123456789abcdef"[val % base];
		val /= base;
	} while (val);
	for (unsigned i = nr; i < width; i++) {
		put(l, fill);
	}
	while (nr) {
		put(l, digits[--nr]);
	}
}

static uint64_t take(va_list *args, bool wide, bool is_signed)
{
	if (wide) {
		return va_arg(*args, uint64_t);
	}
	if (is_signed) {
		return (uint64_t)(int64_t)va_arg(*args, int);
	}
	return va_arg(*args, unsigned);
}

/* One conversion; @fmt stands behind the '%'. Returns where the text goes on. */
static const char *convert(struct line *l, const char *fmt, va_list *args)
{
	char fill = ' ';
	unsigned width = 0;
	bool wide = false;
	uint64_t val;

	if (*fmt == '0') {
		fill = '0';
		fmt++;
	}
	while (*fmt >= '0' && *fmt <= '9') {
		width = width * 10 + (unsigned)(*fmt++ - '0');
	}
	while (*fmt == 'l') {
		wide = true;
		fmt++;
	}
	switch (*fmt) {
	case 's':
		put_string(l, va_arg(*args, const char *));
		break;
	case 'c':
		put(l, (char)va_arg(*args, int));
		break;
	case 'd':
		val = take(args, wide, true);
		if ((int64_t)val < 0) {
			put(l, '-');
			val = -val;
		}
		put_number(l, val, 10, width, fill);
		break;
	case 'u':
		put_number(l, take(args, wide, false), 10, width, fill);
		break;
	case 'x':
		put_number(l, take(args, wide, false), 16, width, fill);
		break;
	default:
		put(l, *fmt);
		break;
	}
	return fmt + 1;
}

static void format(struct line *l, const char *fmt, va_list *args)
{
	while (*fmt) {
		if (*fmt == '%') {
			fmt = convert(l, fmt + 1, args);
		} else {
			put(l, *fmt++);
		}
	}
}

static void send(struct line *l)
{
	l->text[l->len++] = '\n';
	console_write(l->text, l->len);
}

void tap_start(void)
{
	struct line l = {.len = 0};

	put_string(&l, "TAP version 14");
	send(&l);
}

void tap_say(const char *fmt, ...)
{
	struct line l = {.len = 0};
	va_list args;

	va_start(args, fmt);
	format(&l, fmt, &args);
	va_end(args);
	send(&l);
}

void tap_say_and_wait(uint32_t seconds, const char *fmt, ...)
{
	uint64_t end = time_us() + seconds * 1000000ull;
	struct line l = {.len = 0};
	va_list args;

	/* What was said before does not count. */
	while (console_read() >= 0) {
	}
	va_start(args, fmt);
	format(&l, fmt, &args);
	va_end(args);
	send(&l);
	while (time_us() < end && console_read() < 0) {
		sleep_us(50000);
	}
}

void tap_note(const char *fmt, ...)
{
	struct line l = {.len = 0};
	va_list args;

	put_string(&l, "# ");
	va_start(args, fmt);
	format(&l, fmt, &args);
	va_end(args);
	send(&l);
}

static bool result(bool ok, const char *fmt, va_list *args)
{
	struct line l = {.len = 0};

	nr_checks++;
	if (!ok) {
		nr_failed++;
		put_string(&l, "not ");
	}
	put_string(&l, "ok ");
	put_number(&l, nr_checks, 10, 0, ' ');
	put_string(&l, " - ");
	format(&l, fmt, args);
	send(&l);
	return ok;
}

bool tap_ok(bool ok, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	result(ok, fmt, &args);
	va_end(args);
	return ok;
}

bool tap_is(uint64_t got, uint64_t want, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	result(got == want, fmt, &args);
	va_end(args);
	if (got != want) {
		tap_note("got %lx, expected %lx", got, want);
	}
	return got == want;
}

void tap_skip(const char *what, const char *why)
{
	nr_checks++;
	tap_say("ok %u - %s # SKIP %s", nr_checks, what, why);
}

void tap_finish(void)
{
	tap_say("1..%u", nr_checks);
	tap_say("TESTDOM DONE %u checks, %u failed", nr_checks, nr_failed);
}

void tap_bail_out(const char *fmt, ...)
{
	struct line l = {.len = 0};
	va_list args;

	put_string(&l, "Bail out! ");
	va_start(args, fmt);
	format(&l, fmt, &args);
	va_end(args);
	send(&l);
	for (;;) {
		xen_poweroff();
		__asm__ volatile("cli; hlt");
	}
}
