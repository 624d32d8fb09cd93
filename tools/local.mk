# SPDX-License-Identifier: MIT
# Programs for people, and the client library they share.
xengtincludedir = $(includedir)/xengt
xengtinclude_HEADERS = include/xengt/client.h include/xengt/protocol.h
pkgconfig_DATA = tools/xengt.pc

lib_LTLIBRARIES += libxengt.la
libxengt_la_SOURCES = \
	tools/boot_picture.c \
	tools/client.c tools/client_internal.h \
	tools/client_text.c \
	tools/client_wire.c \
	tools/picture.c
libxengt_la_LDFLAGS = -version-info 0:0:0 -no-undefined \
	-Wl,--version-script=$(top_srcdir)/tools/libxengt.map
libxengt_la_DEPENDENCIES = tools/libxengt.map
EXTRA_DIST += tools/libxengt.map

noinst_LTLIBRARIES += libtools.la
libtools_la_CFLAGS = $(AM_CFLAGS) $(LIBDRM_CFLAGS) $(LIBISAL_CFLAGS) $(LIBPNG_CFLAGS) \
	$(XENSTORE_CFLAGS) -I$(top_srcdir)/xengt
libtools_la_CPPFLAGS = $(AM_CPPFLAGS) -DXENGT_DOC_DIR='"$(docdir)"'
libtools_la_SOURCES = \
	tools/args.c tools/args.h \
	tools/common.c tools/common.h \
	tools/domain.c tools/domain.h \
	tools/image.c tools/image.h \
	tools/metrics.c tools/metrics.h \
	tools/metrics_http.c \
	tools/outfile.c tools/outfile.h \
	tools/png.c \
	tools/png_libpng.c \
	tools/ppm.c \
	tools/qoi.c \
	tools/rgb.c tools/rgb.h \
	tools/top.c tools/top.h \
	tools/upgrade.c tools/upgrade.h \
	tools/vitals.c tools/vitals.h
libtools_la_LIBADD = libxengt.la libpixels.la $(LIBISAL_LIBS) $(LIBPNG_LIBS) $(XENSTORE_LIBS)

bin_PROGRAMS += xengt-screenshot xengtctl
xengt_screenshot_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/xengt
xengt_screenshot_SOURCES = tools/xengt-screenshot.c
xengt_screenshot_LDADD = libtools.la libxengt.la
xengtctl_SOURCES = tools/xengtctl.c
xengtctl_LDADD = libtools.la libxengt.la

if HAVE_NEATVNC
bin_PROGRAMS += xengt-vnc
endif
xengt_vnc_CFLAGS = $(AM_CFLAGS) $(GNUTLS_CFLAGS) $(NEATVNC_CFLAGS)
xengt_vnc_SOURCES = \
	tools/feed.c tools/feed.h \
	tools/vnc_canvas.c tools/vnc_canvas.h \
	tools/vnc_cursor.c tools/vnc_cursor.h \
	tools/vnc_gate.c tools/vnc_gate.h \
	tools/vnc_keys.c tools/vnc_keys.h \
	tools/vnc_listen.c tools/vnc_listen.h \
	tools/vnc_message.c tools/vnc_message.h \
	tools/vnc_screen.c tools/vnc_screen.h \
	tools/vnc_settings.c tools/vnc_settings.h \
	tools/vnc_tls.c tools/vnc_tls.h \
	tools/vnc_wait.c tools/vnc_wait.h \
	tools/xengt-vnc.c
xengt_vnc_LDADD = libtools.la libxengt.la $(GNUTLS_LIBS) $(NEATVNC_LIBS) -lpthread

if HAVE_FFMPEG
bin_PROGRAMS += xengt-record
endif
xengt_record_CFLAGS = $(AM_CFLAGS) $(FFMPEG_CFLAGS)
xengt_record_SOURCES = \
	tools/video.c tools/video.h \
	tools/xengt-record.c
xengt_record_LDADD = libtools.la libxengt.la $(FFMPEG_LIBS)

if HAVE_SDL2
bin_PROGRAMS += xengt-view
endif
xengt_view_CFLAGS = $(AM_CFLAGS) $(SDL2_CFLAGS)
xengt_view_SOURCES = \
	tools/feed.c tools/feed.h \
	tools/view_keys.c tools/view_keys.h \
	tools/watcher.c tools/watcher.h \
	tools/xengt-view.c
xengt_view_LDADD = libtools.la libxengt.la $(SDL2_LIBS) -lpthread

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = tools/completion/xengtctl tools/completion/xengt-record \
	tools/completion/xengt-screenshot tools/completion/xengt-view \
	tools/completion/xengt-vnc

if HAVE_SDL2
desktopdir = $(datadir)/applications
desktop_DATA = tools/xengt-view.desktop
endif

# Units for systemd; make knows where programs are, configure only what it is called.
UNITS = tools/xengt-metrics.service
if HAVE_NEATVNC
UNITS += tools/xengt-vnc@.service
endif
systemdsystemunit_DATA = $(UNITS)
CLEANFILES += tools/xengt-metrics.service tools/xengt-vnc@.service
$(UNITS): %.service: %.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) tools && sed 's,[@]bindir[@],$(bindir),' '$(srcdir)/$@.in' >$@

EXTRA_DIST += tools/demo tools/xengt-metrics.service.in tools/xengt-view.desktop \
	tools/xengt-vnc@.service.in
