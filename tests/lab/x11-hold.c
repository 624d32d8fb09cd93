/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into x11perf: stops it (SIGSTOP) whenever it has ended a test and is about to wipe its
 * window, so that what it has drawn can be looked at.  x11perf destroys its window's subwindows
 * before each test, hence also before the first, and its window at the end.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>

int XSync(void *display, int discard);
int XDestroySubwindows(void *display, unsigned long window);
int XDestroyWindow(void *display, unsigned long window);

typedef int window_call(void *display, unsigned long window);

static window_call *next(const char *name)
{
	return (window_call *)dlsym(RTLD_NEXT, name);
}

static void hold(void *display)
{
	XSync(display, 0);
	raise(SIGSTOP);
}

int XDestroySubwindows(void *display, unsigned long window)
{
	static int nr_tests;

	if (nr_tests++) {
		hold(display);
	}
	return next("XDestroySubwindows")(display, window);
}

int XDestroyWindow(void *display, unsigned long window)
{
	hold(display);
	return next("XDestroyWindow")(display, window);
}
