# SPDX-License-Identifier: MIT
# Pixels: what the mediator and the tools share, with neither guest nor vGPU in it.
noinst_LTLIBRARIES += libpixels.la
libpixels_la_SOURCES = \
	xengt/detile.c xengt/detile.h \
	xengt/detile_avx2.c \
	xengt/detile_avx512.c \
	xengt/detile_kernels.h xengt/detile_simd.h \
	xengt/detile_pass.c \
	xengt/detile_scalar.c \
	xengt/detile_sse2.c \
	xengt/hash.c xengt/hash.h \
	xengt/simd.c xengt/simd.h

# The mediator: one convenience library with no hypervisor in it.
noinst_LTLIBRARIES += libmediator.la
libmediator_la_CFLAGS = $(AM_CFLAGS) $(LIBDRM_CFLAGS)
libmediator_la_LIBADD = libpixels.la
libmediator_la_SOURCES = \
	include/xengt/guest.h include/xengt/hw.h include/xengt/input.h include/xengt/keep.h include/xengt/log.h \
	include/xengt/options.h include/xengt/platform.h include/xengt/protocol.h \
	include/xengt/types.h include/xengt/vgpu.h \
	xengt/display.h xengt/display_rows.h xengt/events.h xengt/frames.h xengt/ggtt.h \
	xengt/gmbus.h xengt/irq.h \
	xengt/pci.h xengt/ppgtt.h xengt/regs.h xengt/snapshot.h xengt/submit.h xengt/vgpu_internal.h \
	xengt/clocks.c \
	xengt/commands.c xengt/commands.h \
	xengt/commands_2d.c \
	xengt/commands_3d.c \
	xengt/commands_media.c \
	xengt/commands_mi.c \
	xengt/commands_video.c \
	xengt/color.c xengt/color.h \
	xengt/compose.c xengt/compose.h \
	xengt/compose_internal.h xengt/compose_lay.c \
	xengt/compose_pages.c \
	xengt/compose_cursor.c \
	xengt/compose_view.c \
	xengt/damage.c xengt/damage.h \
	xengt/display.c \
	xengt/dp.c \
	xengt/edid.c xengt/edid.h xengt/edid_internal.h \
	xengt/edid_extension.c \
	xengt/edid_read.c \
	xengt/edid_timing.c \
	xengt/events.c \
	xengt/fb.c xengt/fb.h xengt/fb_internal.h \
	xengt/fb_bdw.c \
	xengt/fb_skl.c \
	xengt/fence.c \
	xengt/frames.c \
	xengt/ggtt.c \
	xengt/gmbus.c \
	include/xengt/ioreq.h xengt/ioreq.c \
	xengt/input.c \
	xengt/irq.c \
	xengt/keep.c \
	xengt/log.c \
	xengt/monitor.c xengt/monitor.h \
	xengt/native.c xengt/native.h \
	xengt/opregion.c \
	xengt/options.c \
	xengt/page_cache.c xengt/page_cache.h \
	xengt/partition.c \
	xengt/pci.c \
	xengt/pipe_crc.c xengt/pipe_crc.h \
	xengt/pixel.c xengt/pixel.h \
	xengt/pixel_rows.c xengt/pixel_rows.h \
	xengt/pixel_yuv.c \
	xengt/platform.c \
	xengt/ppgtt.c xengt/ppgtt_internal.h \
	xengt/ppgtt_table.c \
	xengt/ppgtt_track.c \
	xengt/record.c xengt/record.h \
	xengt/regs.c \
	xengt/regs_color.c \
	xengt/regs_display.c \
	xengt/regs_engine.c \
	xengt/regs_gt.c \
	xengt/regs_plane.c \
	xengt/regs_pvinfo.c \
	xengt/regs_tables.c \
	xengt/report.c xengt/report.h \
	xengt/rom.c \
	xengt/sealed.c xengt/sealed.h \
	xengt/server.c xengt/server_internal.h \
	xengt/server_input.c \
	xengt/server_wait.c \
	xengt/snapshot.c \
	xengt/submit.c \
	xengt/twin/blt.c xengt/twin/blt.h \
	xengt/twin/blt_pixels.c \
	xengt/twin/blt_surface.c \
	xengt/twin/context.c xengt/twin/context.h \
	xengt/twin/context_rows.c \
	xengt/twin/cs.c \
	xengt/twin/math.c \
	xengt/twin/mem.c \
	xengt/twin/mi.c xengt/twin/mi.h \
	xengt/twin/mi_atomic.c \
	xengt/twin/mi_mem.c \
	xengt/twin/pipe_control.c \
	xengt/twin/twin.c xengt/twin/twin.h \
	xengt/vbt.c xengt/vbt.h \
	xengt/vgpu.c \
	xengt/vgpu_keep.c \
	xengt/watch.c xengt/watch.h
