/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into x11perf: stops it (SIGSTOP) whenever it has ended a test and is about to wipe its
 * window, so that what it has drawn can be looked at.  x11perf destroys its window's subwindows
 * before each test, hence also before the first, and its window at the end.  Its text tests wipe
 * their window themselves as soon as they have drawn: that is left out.
 *
 * Also keeps its polylines inside its window and draws their last point.  What its copying tests
 * copy is a polyline that leaves the window, and Intel's driver, which finds the pixels of thin
 * lines by CPU, leaves out the last of a polyline and the last before it is clipped, where the
 * server's own code draws them.  The tests are about what is copied.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>

int XSync(void *display, int discard);
int XClearWindow(void *display, unsigned long window);
int XDestroySubwindows(void *display, unsigned long window);
int XDestroyWindow(void *display, unsigned long window);

/* A point as X has it, and the last column of x11perf's window. */
struct point {
	short x, y;
};
#define LAST_X 599

int XDrawPoint(void *display, unsigned long drawable, void *gc, int x, int y);
int XDrawLines(void *display, unsigned long drawable, void *gc, struct point *points, int nr_points,
	       int mode);

typedef int window_call(void *display, unsigned long window);
typedef int lines_call(void *display, unsigned long drawable, void *gc, struct point *points,
		       int nr_points, int mode);

static window_call *next(const char *name)
{
	return (window_call *)dlsym(RTLD_NEXT, name);
}

static void hold(void *display)
{
	XSync(display, 0);
	raise(SIGSTOP);
}

/* The window tests draw in, and whether the one that began last has come to drawing: x11perf then
 * says so in another window, which it clears for that. */
static unsigned long test_window;
static int drawing;

int XClearWindow(void *display, unsigned long window)
{
	if (window != test_window) {
		drawing = 1;
	} else if (drawing) {
		return 1;
	}
	return next("XClearWindow")(display, window);
}

int XDestroySubwindows(void *display, unsigned long window)
{
	static int nr_tests;

	if (nr_tests++) {
		hold(display);
	}
	test_window = window;
	drawing = 0;
	return next("XDestroySubwindows")(display, window);
}

int XDestroyWindow(void *display, unsigned long window)
{
	hold(display);
	return next("XDestroyWindow")(display, window);
}

int XDrawLines(void *display, unsigned long drawable, void *gc, struct point *points, int nr_points,
	       int mode)
{
	lines_call *draw = (lines_call *)dlsym(RTLD_NEXT, "XDrawLines");
	struct point *last = &points[nr_points - 1];

	/* absolute coordinates are mode 0; only the last point is ever outside */
	if (mode || nr_points < 1 || last->x < LAST_X) {
		return draw(display, drawable, gc, points, nr_points, mode);
	}
	last->x = LAST_X;
	draw(display, drawable, gc, points, nr_points, mode);
	return XDrawPoint(display, drawable, gc, last->x, last->y);
}
