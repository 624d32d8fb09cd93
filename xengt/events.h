/* SPDX-License-Identifier: MIT */
/*
 * Counters, and the events of a guest that misbehaves.
 *
 * Every row is a counter shown by `xengtctl stats`.  Events are counters too, and are logged at a
 * limited rate (a burst of 10 lines an event, then one a second), for a guest can repeat them for
 * ever.  They are never answered with anything but what hardware would do.
 */
#ifndef GT_EVENTS_H
#define GT_EVENTS_H

#include "xengt/types.h"

struct gt_vgpu;

/*     name                     what it counts */
#define GT_COUNTERS(X)                                                                             \
	X(exits_config_read, "reads of PCI configuration space")                                   \
	X(exits_config_write, "writes of PCI configuration space")                                 \
	X(exits_reg_read, "trapped register reads")                                                \
	X(exits_reg_write, "trapped register writes")                                              \
	X(exits_gtt_read, "trapped reads of the GTT half")                                         \
	X(exits_gtt_write, "trapped writes of the GTT half")                                       \
	X(exits_aperture_read, "reads through BAR2")                                               \
	X(exits_aperture_write, "writes through BAR2")                                             \
	X(exits_rom_read, "reads of the expansion ROM")                                            \
	X(interrupts, "interrupts injected")                                                       \
	X(vblanks, "vblank interrupts raised")                                                     \
	X(ggtt_flushes, "writes of GFX_FLSH_CNTL")                                                 \
	X(ggtt_updates, "GGTT entries taken over")                                                 \
	X(exits_table_write, "writes of tracked page tables")                                      \
	X(ppgtt_lookups, "pages looked up in a PPGTT")                                             \
	X(ppgtt_tables, "page tables shadowed")                                                    \
	X(ppgtt_tables_evicted, "shadows given up because there were too many")                    \
	X(ppgtt_compared, "page tables compared with the guest's")                                 \
	X(ppgtt_updates, "PPGTT entries taken over")                                               \
	X(ppgtt_tracked, "page tables put under write tracking")                                   \
	X(ppgtt_untracked, "page tables taken from write tracking by a write")                     \
	X(ppgtt_tracked_now, "page tables under write tracking at the moment")                     \
	X(ppgtt_track_refused, "changes of a page's type that the host refused")                   \
	X(submissions, "execlist submissions")                                                     \
	X(contexts_done, "execlist elements completed")                                            \
	X(longest_context_us, "longest time from a submission to the end of one of its contexts")  \
	X(longest_busy_us, "longest time in which some engine had work, from idle to idle")        \
	X(commands, "commands executed")                                                           \
	X(resets, "engine resets the guest asked for")                                             \
	X(pipe_crcs, "CRCs of frames computed for the guest")                                      \
	X(snapshots, "pictures taken")                                                             \
	X(frames_mapped, "guest pages mapped")                                                     \
	X(frames_cached_now, "guest pages kept mapped for pictures at the moment")                 \
	X(snapshots_unchanged, "pictures asked for that had not changed")                          \
	X(looks, "looks at what a waiting client waits for")                                       \
	X(looks_ns, "time spent in them")                                                          \
	X(waits, "times a client began to wait for a change")                                      \
	X(flips, "planes and cursors shown anew")                                                  \
	X(clients, "clients accepted")                                                             \
	X(clients_now, "clients connected at the moment")                                          \
	X(clients_refused, "clients turned away because there were too many")                      \
	X(inputs, "events for keyboard and pointer passed on")                                     \
	X(inherited, "times another worker took over from one that died")                          \
	X(wakeups, "times the worker woke up")                                                     \
	X(cpu_us, "processor time of the worker")                                                  \
	X(client_garbage, "requests of clients that made no sense")

/*     name                     what the guest did */
#define GT_EVENTS(X)                                                                               \
	X(unknown_register, "accessed a register that has no row")                                 \
	X(bad_access, "made an access out of bounds or of a size that is not 1, 2, 4 or 8")        \
	X(ggtt_outside_partition, "wrote a GGTT entry outside its partition")                      \
	X(ggtt_bad_address, "wrote a GGTT entry that names no RAM of its own")                     \
	X(ppgtt_bad_entry, "has a PPGTT entry that cannot be used")                                \
	X(aperture_unmapped, "accessed BAR2 where nothing is mapped")                              \
	X(bad_submission, "submitted a context that cannot be run")                                \
	X(bad_command, "submitted a command that cannot be executed")                              \
	X(command_unknown, "submitted a command that its engine does not have")                    \
	X(command_short, "submitted a command that is shorter than it can be")                     \
	X(command_refused, "submitted a command that a vGPU does not execute")                     \
	X(command_ignored, "gave a driver's command in a user's batch")                            \
	X(command_register, "accessed a register by command that no command may")                  \
	X(command_user_register, "wrote a driver's register by a user's command")                  \
	X(bad_plane, "programmed a plane that cannot be read")                                     \
	X(pcode_unknown, "sent an unknown pcode command")                                          \
	X(g2v_unknown, "sent an unknown PVINFO notification")

enum gt_counter {
#define X(name, help) GT_C_##name,
	GT_COUNTERS(X)
#undef X
#define X(name, help) GT_EV_##name,
	GT_EVENTS(X)
#undef X
	GT_NR_COUNTERS
};

struct gt_counter_row {
	const char *name, *help;
};
extern const struct gt_counter_row gt_counter_rows[GT_NR_COUNTERS];

struct gt_events {
	uint64_t count[GT_NR_COUNTERS];
	uint64_t tokens_ns[GT_NR_COUNTERS]; /* rate limit: when the bucket is full again */
};

void gt_count(struct gt_vgpu *v, enum gt_counter c);
void gt_count_n(struct gt_vgpu *v, enum gt_counter c, uint64_t n);
/* A counter that holds the greatest value there was. */
void gt_count_max(struct gt_vgpu *v, enum gt_counter c, uint64_t value);
/* A guest's misbehaviour: count it, and say so unless it was said too often. */
void gt_event(struct gt_vgpu *v, enum gt_counter ev, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
