# SPDX-License-Identifier: MIT
# Unit, scenario and fuzz tests: none needs Xen, a GPU, root or a network.
if HAVE_CHECK
check_LTLIBRARIES += libtestsupport.la
libtestsupport_la_SOURCES = \
	tests/support/fake_guest.c tests/support/fake_guest.h

UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -I$(top_srcdir)/xengt -I$(top_srcdir)/tests/support
UNIT_LIBS = libtestsupport.la libmediator.la $(CHECK_LIBS)

# One program an area; a further area is a name here and its two lines below.
UNIT_TESTS =
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
