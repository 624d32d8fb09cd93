# SPDX-License-Identifier: MIT
# Unit, scenario, fuzz and style tests: none needs Xen, a GPU, root or a network.
AM_TESTS_ENVIRONMENT = srcdir='$(abs_top_srcdir)'; export srcdir; \
	CC='$(CC)' MAKE='$(MAKE)' XENGT_TEST_CFLAGS='$(CFLAGS)'; export CC MAKE XENGT_TEST_CFLAGS;

# Of every program that has none of its own, so that most tests need no line but their sources.
# Which folder may include which is check-style's business, not the compiler's.
AM_CPPFLAGS += -I$(top_srcdir)/xengt -I$(top_srcdir)/tests/support $(CHECK_CFLAGS)
LDADD = $(UNIT_LIBS)

check_LTLIBRARIES += libtestsupport.la
libtestsupport_la_SOURCES = \
	tests/support/batch.c tests/support/batch.h \
	tests/support/blt_model.c tests/support/blt_model.h \
	tests/support/driver.c tests/support/driver.h \
	tests/support/fake_guest.c tests/support/fake_guest.h \
	tests/support/keep_moved.c tests/support/keep_moved.h \
	tests/support/ppgtt_model.c tests/support/ppgtt_model.h \
	tests/support/rfb.c tests/support/rfb.h \
	tests/support/screen.c tests/support/screen.h \
	tests/support/serving.c tests/support/serving.h \
	tests/support/swizzle.c tests/support/swizzle.h \
	tests/support/test_registers.h \
	tests/support/test_run.h \
	tests/support/vgpu_fixture.c tests/support/vgpu_fixture.h \
	tests/support/vnc_served.c tests/support/vnc_served.h

# One program an area; a further area is a name here and its sources below.
UNIT_LIBS = libtestsupport.la libmediator.la $(CHECK_LIBS)
if HAVE_CHECK
UNIT_TESTS = \
	check_blt \
	check_blt_random \
	check_boot_picture \
	check_camera \
	check_client \
	check_clocks \
	check_color \
	check_commands \
	check_compose \
	check_context \
	check_damage \
	check_detile \
	check_detile_pass \
	check_display \
	check_dm \
	check_dp \
	check_edid \
	check_errors \
	check_fb \
	check_ggtt \
	check_gmbus \
	check_hash \
	check_held \
	check_image \
	check_inherit \
	check_input \
	check_ioreq \
	check_irq \
	check_keep \
	check_metrics \
	check_mi \
	check_monitor \
	check_options \
	check_pci \
	check_pipe_crc \
	check_pixel_rows \
	check_png \
	check_ppgtt \
	check_ppgtt_shadow \
	check_record \
	check_regs \
	check_replay \
	check_sealed \
	check_server \
	check_snapshot \
	check_submit \
	check_tracking \
	check_traces \
	check_twin \
	check_vnc_start \
	check_wait
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

check_blt_SOURCES = tests/unit/check_blt.c
check_blt_random_SOURCES = tests/unit/check_blt_random.c

check_boot_picture_SOURCES = tests/unit/check_boot_picture.c \
	tools/boot_picture.c \
	tools/client.c tools/client_internal.h \
	tools/client_text.c \
	tools/client_wire.c \
	tools/picture.c
check_boot_picture_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tools

check_camera_SOURCES = tests/unit/check_camera.c

check_client_SOURCES = tests/unit/check_client.c
check_client_LDADD = libxengt.la $(UNIT_LIBS)

# The example of libxengt(3): check_client runs it.
check_PROGRAMS += example_follow
example_follow_SOURCES = docs/examples/follow.c
example_follow_CFLAGS = $(AM_CFLAGS)
example_follow_LDADD = libxengt.la

check_clocks_SOURCES = tests/unit/check_clocks.c

check_color_SOURCES = tests/unit/check_color.c \
	tests/support/picture.c tests/support/picture.h

check_commands_SOURCES = tests/unit/check_commands.c

check_compose_SOURCES = tests/unit/check_compose.c \
	tests/support/picture.c tests/support/picture.h

check_context_SOURCES = tests/unit/check_context.c
check_damage_SOURCES = tests/unit/check_damage.c

check_detile_SOURCES = tests/unit/check_detile.c
check_detile_LDADD = $(UNIT_LIBS) -lm

check_detile_pass_SOURCES = tests/unit/check_detile_pass.c

check_dm_SOURCES = tests/unit/check_dm.c \
	dm/args.c dm/args.h dm/brief.c dm/brief.h dm/checks.h \
	dm/layout.c dm/layout.h dm/monitor_file.c dm/monitor_file.h \
	dm/slot.c dm/trace.c dm/trace.h dm/xlargs.c dm/xlargs.h
check_dm_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/dm

check_display_SOURCES = tests/unit/check_display.c
check_dp_SOURCES = tests/unit/check_dp.c
check_edid_SOURCES = tests/unit/check_edid.c
check_ggtt_SOURCES = tests/unit/check_ggtt.c
check_gmbus_SOURCES = tests/unit/check_gmbus.c
check_hash_SOURCES = tests/unit/check_hash.c
check_held_SOURCES = tests/unit/check_held.c

check_errors_SOURCES = tests/unit/check_errors.c
check_errors_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tools

check_fb_SOURCES = tests/unit/check_fb.c
check_fb_CFLAGS = $(AM_CFLAGS) $(LIBDRM_CFLAGS)

check_input_SOURCES = tests/unit/check_input.c dm/input.c dm/input.h
check_input_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/dm
check_input_LDADD = libxengt.la $(UNIT_LIBS)

check_inherit_SOURCES = tests/unit/check_inherit.c
check_ioreq_SOURCES = tests/unit/check_ioreq.c
check_keep_SOURCES = tests/unit/check_keep.c dm/keep.c dm/keep.h
check_keep_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/dm
check_irq_SOURCES = tests/unit/check_irq.c
check_metrics_SOURCES = tests/unit/check_metrics.c
check_mi_SOURCES = tests/unit/check_mi.c
check_monitor_SOURCES = tests/unit/check_monitor.c
check_options_SOURCES = tests/unit/check_options.c
check_pci_SOURCES = tests/unit/check_pci.c

check_pipe_crc_SOURCES = tests/unit/check_pipe_crc.c \
	tests/support/picture.c tests/support/picture.h

check_pixel_rows_SOURCES = tests/unit/check_pixel_rows.c

check_png_SOURCES = tests/unit/check_png.c
check_png_CFLAGS = $(AM_CFLAGS) $(LIBPNG_CFLAGS) -I$(top_srcdir)/tools
check_png_LDADD = libtools.la $(LIBPNG_LIBS) $(CHECK_LIBS)

check_image_SOURCES = tests/unit/check_image.c
check_image_CFLAGS = $(AM_CFLAGS) $(LIBDRM_CFLAGS) $(LIBPNG_CFLAGS) -I$(top_srcdir)/tools
check_image_LDADD = libtestsupport.la libmediator.la libtools.la $(LIBPNG_LIBS) $(CHECK_LIBS)

check_ppgtt_SOURCES = tests/unit/check_ppgtt.c
check_ppgtt_shadow_SOURCES = tests/unit/check_ppgtt_shadow.c
check_record_SOURCES = tests/unit/check_record.c
check_regs_SOURCES = tests/unit/check_regs.c
check_replay_SOURCES = tests/scenario/check_replay.c
check_sealed_SOURCES = tests/unit/check_sealed.c
check_server_SOURCES = tests/unit/check_server.c
check_snapshot_SOURCES = tests/unit/check_snapshot.c
check_submit_SOURCES = tests/unit/check_submit.c
check_traces_SOURCES = tests/scenario/check_traces.c

check_tracking_SOURCES = tests/unit/check_tracking.c dm/tracking.c dm/tracking.h
check_tracking_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/dm

check_twin_SOURCES = tests/unit/check_twin.c

if HAVE_FFMPEG
check_PROGRAMS += check_video
TESTS += check_video
endif
check_video_SOURCES = tests/unit/check_video.c
check_video_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tools
check_video_LDADD = libtools.la $(UNIT_LIBS)

if HAVE_SDL2
check_PROGRAMS += check_view
TESTS += check_view
endif
check_view_SOURCES = tests/unit/check_view.c
check_view_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tools
check_view_LDADD = libtools.la $(UNIT_LIBS)

if HAVE_NEATVNC
check_PROGRAMS += check_vnc check_vnc_cursor check_vnc_message
TESTS += check_vnc check_vnc_cursor check_vnc_message
if HAVE_GNUTLS
check_PROGRAMS += check_vnc_tls
TESTS += check_vnc_tls
endif
endif
check_vnc_SOURCES = tests/unit/check_vnc.c
check_vnc_LDADD = libxengt.la $(UNIT_LIBS)
check_vnc_cursor_SOURCES = tests/unit/check_vnc_cursor.c
check_vnc_cursor_LDADD = $(UNIT_LIBS)
check_vnc_message_SOURCES = tests/unit/check_vnc_message.c \
	tools/vnc_keys.c tools/vnc_keys.h \
	tools/vnc_message.c tools/vnc_message.h
check_vnc_message_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tools
check_vnc_tls_SOURCES = tests/unit/check_vnc_tls.c
check_vnc_tls_CFLAGS = $(AM_CFLAGS) $(GNUTLS_CFLAGS)
check_vnc_tls_LDADD = $(UNIT_LIBS) $(GNUTLS_LIBS)

check_vnc_start_SOURCES = tests/unit/check_vnc_start.c dm/vnc.c dm/vnc.h
check_vnc_start_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/dm

check_wait_SOURCES = tests/unit/check_wait.c

if HAVE_XEN
check_PROGRAMS += check_xlconfig
TESTS += check_xlconfig
check_xlconfig_SOURCES = tests/unit/check_xlconfig.c \
	dm/args.c dm/args.h dm/run.c dm/run.h dm/xlargs.c dm/xlargs.h \
	dm/xlconfig.c dm/xlconfig.h dm/xlproc.c dm/xlproc.h
check_xlconfig_CFLAGS = $(AM_CFLAGS) $(XEN_CFLAGS) -I$(top_srcdir)/dm
check_xlconfig_LDADD = $(UNIT_LIBS) $(XEN_LIBS)
endif
endif
EXTRA_DIST += tests/all tests/gpu tests/kms tests/lab \
	tests/scenario/bdw-6.1.trace \
	tests/scenario/kbl-6.1.trace \
	tests/scenario/skl-6.1-gpu.trace \
	tests/scenario/skl-6.12.trace \
	tests/scenario/skl-6.1-boot.trace

# Fuzz targets: a moment in `make check`; `make fuzz` for long runs, of ten million inputs each.
FUZZ_TARGETS = \
	fuzz_commands \
	fuzz_compose \
	fuzz_ggtt \
	fuzz_ioreq \
	fuzz_keep \
	fuzz_ppgtt \
	fuzz_server \
	fuzz_twin
FUZZ_INPUTS = 10000000
check_PROGRAMS += $(FUZZ_TARGETS)
TESTS += tests/fuzz/smoke
EXTRA_DIST += tests/fuzz/smoke
fuzz_commands_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_commands.c
fuzz_compose_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_compose.c
fuzz_ggtt_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_ggtt.c
fuzz_ioreq_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_ioreq.c
fuzz_keep_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_keep.c
fuzz_ppgtt_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_ppgtt.c
fuzz_server_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_server.c
fuzz_twin_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz_twin.c

.PHONY: fuzz
fuzz: $(FUZZ_TARGETS)
	for t in $(FUZZ_TARGETS); do ./$$t -n $(FUZZ_INPUTS) || exit 1; done

# Measurements: `make bench` prints one table; a program fails if it misses a target.
BENCHES = \
	bench_detile \
	bench_compose \
	bench_encode \
	bench_snapshot
check_PROGRAMS += $(BENCHES)
BENCH_SOURCES = tests/bench/bench.c tests/bench/bench.h
bench_detile_SOURCES = tests/bench/bench_detile.c $(BENCH_SOURCES)
bench_compose_SOURCES = tests/bench/bench_compose.c $(BENCH_SOURCES)

bench_encode_SOURCES = tests/bench/bench_encode.c $(BENCH_SOURCES)
bench_encode_CFLAGS = $(AM_CFLAGS) $(LIBPNG_CFLAGS) -I$(top_srcdir)/tools
bench_encode_LDADD = libtestsupport.la libtools.la $(LIBPNG_LIBS)

bench_snapshot_SOURCES = tests/bench/bench_snapshot.c $(BENCH_SOURCES)
bench_snapshot_LDADD = libxengt.la $(UNIT_LIBS)

.PHONY: bench
bench: $(BENCHES)
	@status=0; for b in $(BENCHES); do ./$$b || status=1; done; exit $$status

TESTS += tests/style/check-commands tests/style/check-install tests/style/check-judges \
	tests/style/check-manual \
	tests/style/check-registers tests/style/check-style
EXTRA_DIST += tests/style/check-commands tests/style/check-install tests/style/check-judges \
	tests/style/check-manual \
	tests/style/check-registers tests/style/check-style tests/support/list-judges

include tests/domains/local.mk
