# SPDX-License-Identifier: MIT
# Unit, scenario, fuzz and style tests: none needs Xen, a GPU, root or a network.
AM_TESTS_ENVIRONMENT = srcdir='$(abs_top_srcdir)'; export srcdir;
TEST_CPPFLAGS = -I$(top_srcdir)/xengt -I$(top_srcdir)/tests/support

check_LTLIBRARIES += libtestsupport.la
libtestsupport_la_CFLAGS = $(AM_CFLAGS) $(TEST_CPPFLAGS)
libtestsupport_la_SOURCES = \
	tests/support/fake_guest.c tests/support/fake_guest.h \
	tests/support/screen.c tests/support/screen.h \
	tests/support/swizzle.c tests/support/swizzle.h \
	tests/support/vgpu_fixture.c tests/support/vgpu_fixture.h

# One program an area; a further area is a name here and its three lines below.
UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(TEST_CPPFLAGS)
UNIT_LIBS = libtestsupport.la libmediator.la $(CHECK_LIBS)
if HAVE_CHECK
UNIT_TESTS = \
	check_detile \
	check_edid \
	check_ioreq \
	check_options \
	check_png
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

check_detile_SOURCES = tests/unit/check_detile.c
check_detile_CFLAGS = $(UNIT_CFLAGS)
check_detile_LDADD = $(UNIT_LIBS) -lm

check_edid_SOURCES = tests/unit/check_edid.c
check_edid_CFLAGS = $(UNIT_CFLAGS)
check_edid_LDADD = $(UNIT_LIBS)

check_ioreq_SOURCES = tests/unit/check_ioreq.c
check_ioreq_CFLAGS = $(UNIT_CFLAGS)
check_ioreq_LDADD = $(UNIT_LIBS)

check_options_SOURCES = tests/unit/check_options.c
check_options_CFLAGS = $(UNIT_CFLAGS)
check_options_LDADD = $(UNIT_LIBS)

check_png_SOURCES = tests/unit/check_png.c
check_png_CFLAGS = $(UNIT_CFLAGS) $(LIBPNG_CFLAGS) -I$(top_srcdir)/tools
check_png_LDADD = libtools.la $(LIBPNG_LIBS) $(CHECK_LIBS)
endif

TESTS += tests/style/check-style
EXTRA_DIST += tests/style/check-style
