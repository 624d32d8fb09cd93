# SPDX-License-Identifier: MIT
# Unit, scenario and fuzz tests: none needs Xen, a GPU, root or a network.
if HAVE_CHECK
check_LTLIBRARIES += libtestsupport.la
libtestsupport_la_SOURCES = \
	tests/support/fake_guest.c tests/support/fake_guest.h

UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -I$(top_srcdir)/xengt -I$(top_srcdir)/tests/support
UNIT_LIBS = libtestsupport.la libmediator.la $(CHECK_LIBS)

# One program an area; a further area is a name here and its two lines below.
UNIT_TESTS = \
	check_detile \
	check_png
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

check_detile_SOURCES = tests/unit/check_detile.c
check_detile_CFLAGS = $(UNIT_CFLAGS)
check_detile_LDADD = $(UNIT_LIBS) -lm

check_png_SOURCES = tests/unit/check_png.c
check_png_CFLAGS = $(UNIT_CFLAGS) $(LIBPNG_CFLAGS) -I$(top_srcdir)/tools
check_png_LDADD = libtools.la $(LIBPNG_LIBS) $(CHECK_LIBS)
endif
