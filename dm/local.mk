# SPDX-License-Identifier: MIT
# Everything that says Xen.
xengtlibexec_PROGRAMS += xengt-dm
# Xen keeps the types of device models behind this.
xengt_dm_CPPFLAGS = $(AM_CPPFLAGS) -D__XEN_TOOLS__ -DXENGT_BINDIR='"$(bindir)"' \
	-DXENGT_LIBEXECDIR='"$(xengtlibexecdir)"'
xengt_dm_CFLAGS = $(AM_CFLAGS) $(XEN_CFLAGS)
xengt_dm_LDADD = libmediator.la $(XEN_LIBS)
xengt_dm_SOURCES = \
	dm/args.h dm/brief.h dm/checks.h dm/child.h dm/complain.h dm/domain.h dm/guest_xen.h dm/input.h dm/ioreq.h dm/keep.h dm/launch.h \
	dm/layout.h dm/monitor_file.h dm/plan.h dm/qemu.h dm/run.h dm/sandbox.h dm/supervisor.h \
	dm/trace.h dm/tracking.h dm/vnc.h dm/worker.h dm/xlargs.h dm/xlconfig.h dm/xlproc.h \
	dm/args.c \
	dm/brief.c \
	dm/checks.c \
	dm/child.c \
	dm/complain.c \
	dm/domain.c \
	dm/guest_xen.c \
	dm/input.c \
	dm/ioreq.c \
	dm/keep.c \
	dm/launch.c \
	dm/layout.c \
	dm/main.c \
	dm/monitor_file.c \
	dm/qemu.c \
	dm/run.c \
	dm/sandbox.c \
	dm/slot.c \
	dm/supervisor.c \
	dm/trace.c \
	dm/tracking.c \
	dm/vnc.c \
	dm/worker.c \
	dm/xlargs.c \
	dm/xlconfig.c \
	dm/xlproc.c
