/* SPDX-License-Identifier: MIT */
/*
 * What of a vGPU another version of this program finds in guest->keep: a row for each member that
 * is not made anew (vgpu.c).  A new member of the state needs a row here; check_keep says so.
 */
#include "vgpu_internal.h"

/* Counters come and go, so each has its name. */
static const struct gt_keep_row count_rows[] = {
#define X(name, help)                                                                              \
	{ #name, offsetof(struct gt_events, count[GT_C_##name]), sizeof(uint64_t), 0, NULL },
	GT_COUNTERS(X)
#undef X
#define X(name, help)                                                                              \
	{ "event_" #name, offsetof(struct gt_events, count[GT_EV_##name]), sizeof(uint64_t), 0,    \
	  NULL },
	GT_EVENTS(X)
#undef X
	GT_KEEP_END
};

static const struct gt_keep_row pci_rows[] = {
	GT_KEEP(gt_pci, config),
	GT_KEEP(gt_pci, rom),
	GT_KEEP(gt_pci, placed),
	GT_KEEP(gt_pci, sizing),
	GT_KEEP_END
};

static const struct gt_keep_row irq_rows[] = {
	GT_KEEP(gt_irq, line),
	GT_KEEP(gt_irq, msi),
	GT_KEEP(gt_irq, intx),
	GT_KEEP_END
};

static const struct gt_keep_row submit_engine_rows[] = {
	GT_KEEP(gt_submit_engine, elsp),
	GT_KEEP(gt_submit_engine, nr_elsp),
	GT_KEEP(gt_submit_engine, nr_waiting),
	GT_KEEP(gt_submit_engine, submitted_ns),
	GT_KEEP_END
};

static const struct gt_keep_row submit_rows[] = {
	GT_KEEP_STRUCTS(gt_submit, engine, submit_engine_rows),
	GT_KEEP(gt_submit, busy),
	GT_KEEP(gt_submit, busy_since_ns),
	GT_KEEP(gt_submit, waiting),
	GT_KEEP(gt_submit, wait_since_ns),
	GT_KEEP(gt_submit, poll_ns),
	GT_KEEP(gt_submit, cap_until_ns),
	GT_KEEP_END
};

static const struct gt_keep_row plane_rows[] = {
	GT_KEEP(gt_plane, ctl),
	GT_KEEP(gt_plane, stride),
	GT_KEEP(gt_plane, pos),
	GT_KEEP(gt_plane, size),
	GT_KEEP(gt_plane, surf),
	GT_KEEP(gt_plane, offset),
	GT_KEEP(gt_plane, key_val),
	GT_KEEP(gt_plane, key_msk),
	GT_KEEP(gt_plane, key_max),
	GT_KEEP(gt_plane, aux_dist),
	GT_KEEP(gt_plane, aux_offset),
	GT_KEEP_END
};

static const struct gt_keep_row cursor_rows[] = {
	GT_KEEP(gt_cursor, ctl),
	GT_KEEP(gt_cursor, base),
	GT_KEEP(gt_cursor, pos),
	GT_KEEP(gt_cursor, fbc),
	GT_KEEP_END
};

static const struct gt_keep_row scaler_rows[] = {
	GT_KEEP(gt_scaler, ctl),
	GT_KEEP(gt_scaler, pos),
	GT_KEEP(gt_scaler, size),
	GT_KEEP_END
};

static const struct gt_keep_row colors_rows[] = {
	GT_KEEP(gt_pipe_colors, csc_coeff),
	GT_KEEP(gt_pipe_colors, csc_mode),
	GT_KEEP(gt_pipe_colors, csc_preoff),
	GT_KEEP(gt_pipe_colors, csc_postoff),
	GT_KEEP(gt_pipe_colors, gamma_mode),
	GT_KEEP_END
};

/* Slots of armed_frame[] have a place each, so their numbers may change. */
#define ARMED(what, slot)                                                                          \
	{ "armed_" what, offsetof(struct gt_pipe, armed_frame[slot]), sizeof(uint64_t), 0, NULL }

static const struct gt_keep_row pipe_rows[] = {
	GT_KEEP(gt_pipe, enabled),
	GT_KEEP(gt_pipe, start_ns),
	GT_KEEP(gt_pipe, frame_ns),
	GT_KEEP(gt_pipe, htotal),
	GT_KEEP(gt_pipe, vtotal),
	GT_KEEP(gt_pipe, hdisplay),
	GT_KEEP(gt_pipe, vdisplay),
	GT_KEEP(gt_pipe, dsl_lag),
	GT_KEEP(gt_pipe, frames_before),
	GT_KEEP(gt_pipe, next_vblank_ns),
	ARMED("plane_1", 0),
	ARMED("plane_2", 1),
	ARMED("plane_3", 2),
	ARMED("cursor", GT_CURSOR_SLOT),
	ARMED("scaler_1", GT_SCALER_SLOT),
	ARMED("scaler_2", GT_SCALER_SLOT + 1),
	ARMED("colors", GT_COLOR_SLOT),
	GT_KEEP_STRUCTS(gt_pipe, next_plane, plane_rows),
	GT_KEEP_STRUCT(gt_pipe, next_cursor, cursor_rows),
	GT_KEEP_STRUCTS(gt_pipe, next_scaler, scaler_rows),
	GT_KEEP_STRUCT(gt_pipe, next_colors, colors_rows),
	GT_KEEP_STRUCTS(gt_pipe, plane, plane_rows),
	GT_KEEP_STRUCT(gt_pipe, cursor, cursor_rows),
	GT_KEEP_STRUCTS(gt_pipe, scaler, scaler_rows),
	GT_KEEP_STRUCT(gt_pipe, colors, colors_rows),
	GT_KEEP_END
};

static const struct gt_keep_row display_rows[] = {
	GT_KEEP_STRUCTS(gt_display, pipe, pipe_rows),
	GT_KEEP(gt_display, driver_ready),
	GT_KEEP_END
};

static const struct gt_keep_row color_rows[] = {
	GT_KEEP(gt_color, precise[0]),
	GT_KEEP(gt_color, precise[1]),
	GT_KEEP(gt_color, precise[2]),
	GT_KEEP_END
};

static const struct gt_keep_row pipe_crc_rows[] = {
	GT_KEEP(gt_pipe_crc, not_before_ns),
	GT_KEEP_END
};

static const struct gt_keep_row sink_rows[] = {
	GT_KEEP(gt_dp_sink, config),
	GT_KEEP(gt_dp_sink, power),
	GT_KEEP(gt_dp_sink, link),
	GT_KEEP_END
};

static const struct gt_keep_row monitor_rows[] = {
	GT_KEEP(gt_monitor, plugged),
	GT_KEEP(gt_monitor, edid_B),
	GT_KEEP(gt_monitor, edid),
	GT_KEEP(gt_monitor, segment),
	GT_KEEP(gt_monitor, at),
	GT_KEEP_STRUCT(gt_monitor, sink, sink_rows),
	GT_KEEP_END
};

static const struct gt_keep_row monitors_rows[] = {
	GT_KEEP_STRUCTS(gt_monitors, head, monitor_rows),
	GT_KEEP_END
};

const struct gt_keep_row gt_vgpu_keep_rows[] = {
	GT_KEEP_STRUCT(gt_vgpu, events, count_rows),
	GT_KEEP_STRUCT(gt_vgpu, pci, pci_rows),
	GT_KEEP_STRUCT(gt_vgpu, irq, irq_rows),
	GT_KEEP_STRUCT(gt_vgpu, submit, submit_rows),
	GT_KEEP_STRUCT(gt_vgpu, display, display_rows),
	GT_KEEP_STRUCT(gt_vgpu, color, color_rows),
	GT_KEEP_STRUCT(gt_vgpu, pipe_crc, pipe_crc_rows),
	GT_KEEP_STRUCT(gt_vgpu, monitors, monitors_rows),
	GT_KEEP(gt_vgpu, pcode_frequency),
	GT_KEEP(gt_vgpu, snapshot_serial),
	GT_KEEP(gt_vgpu, display_writes),
	GT_KEEP(gt_vgpu, is_whole),
	{ "twin", GT_KEEP_OF_VGPU_B, 0, 0, gt_twin_keep_rows },
	GT_KEEP_END
};
