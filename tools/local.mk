# SPDX-License-Identifier: MIT
# Programs for people, and the client library they share.
xengtincludedir = $(includedir)/xengt
xengtinclude_HEADERS = include/xengt/client.h include/xengt/protocol.h
pkgconfig_DATA = tools/xengt.pc

lib_LTLIBRARIES += libxengt.la
libxengt_la_SOURCES = tools/client.c
libxengt_la_LDFLAGS = -version-info 0:0:0 -no-undefined -export-symbols-regex '^xengt_'

noinst_LTLIBRARIES += libtools.la
libtools_la_CFLAGS = $(AM_CFLAGS) $(LIBPNG_CFLAGS) $(XENSTORE_CFLAGS)
libtools_la_SOURCES = \
	tools/common.c tools/common.h \
	tools/domain.c tools/domain.h \
	tools/image.h \
	tools/outfile.c tools/outfile.h \
	tools/png.c \
	tools/ppm.c
libtools_la_LIBADD = libxengt.la $(LIBPNG_LIBS) $(XENSTORE_LIBS)

bin_PROGRAMS += xengt-screenshot xengtctl
xengt_screenshot_SOURCES = tools/xengt-screenshot.c
xengt_screenshot_LDADD = libtools.la libxengt.la
xengtctl_SOURCES = tools/xengtctl.c
xengtctl_LDADD = libtools.la libxengt.la

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = tools/completion/xengtctl tools/completion/xengt-screenshot

EXTRA_DIST += tools/demo
