/* SPDX-License-Identifier: MIT */
/*
 * The mediator, as dm/ drives it: one vGPU, one thread, no hypervisor in sight.
 *
 * The caller's loop: hand in each access as it comes; call gt_vgpu_run() whenever it returned true
 * or gt_vgpu_deadline_ns() has passed; sleep otherwise.  Nothing here blocks.
 */
#ifndef XENGT_VGPU_H
#define XENGT_VGPU_H

#include "xengt/guest.h"
#include "xengt/hw.h"
#include "xengt/keep.h"
#include "xengt/options.h"

struct gt_vgpu;

/* The guest's graphics memory, and the BARs that go with it, as derived from the options. */
struct gt_partition {
	gt_gma_t map_base, map_size;	 /* mappable window, bytes */
	gt_gma_t unmap_base, unmap_size; /* unmappable window, bytes */
	uint64_t ggtt_size;		 /* whole GGTT: 1, 2 or 4 GiB */
	uint64_t aperture_size;		 /* BAR2, a power of two >= map_size */
	uint32_t nr_fences;
};
/* 0, or -EINVAL with @err when the sizes cannot be had. */
int gt_partition_init(struct gt_partition *p, const struct gt_options *o, struct gt_error *err);

/*
 * Class of each register page for a platform: what dm/ needs to know before it places RAM.
 * @classes has GT_NR_REG_PAGES elements.
 */
void gt_regs_page_classes(enum gt_platform_id platform, enum gt_page_class *classes);

/*
 * The contents of the OpRegion that goes with these options: for the RAM that gt_guest.opregion
 * points to, before the guest runs.
 */
#define GT_OPREGION_SIZE 8192u
void gt_opregion_build(uint8_t region[GT_OPREGION_SIZE], const struct gt_options *o);

/*
 * Create a vGPU on @guest (which outlives it), with @edid of 128 bytes or NULL for one made from
 * the mode.  0 or negative errno.
 *
 * If another process had one with the same @guest->keep and died, this is that vGPU: it goes on
 * with the command, the picture and the interrupt at which the other stopped, without @edid.
 */
int gt_vgpu_create(const struct gt_options *o, struct gt_guest *guest, const uint8_t *edid,
		   struct gt_vgpu **out);
void gt_vgpu_destroy(struct gt_vgpu *v);
/* Size of guest->keep: what of a vGPU outlives the process. */
size_t gt_vgpu_keep_B(void);
/* What of it another version of the mediator finds there (keep.h). */
extern const struct gt_keep_row gt_vgpu_keep_rows[];
/* Whether it is one that another process had; then gt_vgpu_forget_work() may be wanted. */
bool gt_vgpu_is_inherited(const struct gt_vgpu *v);
/*
 * Nothing that was submitted is gone on with: the guest finds its engines hung, and resets them.
 * For who does not trust the work because the process that had it before died of something.
 */
void gt_vgpu_forget_work(struct gt_vgpu *v);
/* Power-on state again, as after a reset of the domain. */
void gt_vgpu_reset(struct gt_vgpu *v);

/*
 * Write a trace of everything from now on to @fd, which becomes the vGPU's, even on failure: @max_B
 * bytes at most.  For a trace of all registers dm/ leaves no page of them to the guest, see
 * gt_regs_page_classes().  0 or negative errno.
 */
int gt_vgpu_record(struct gt_vgpu *v, int fd, uint64_t max_B);

/*
 * Plug a monitor with this EDID (whole blocks, 512 bytes at most) into a head, in place of any that
 * is there; the guest's driver hears of it.  -EINVAL if it is no EDID of version 1.3 or later,
 * -ENOENT if there is no such head.
 */
int gt_vgpu_plug(struct gt_vgpu *v, unsigned head, const uint8_t *edid, size_t edid_B);

/*
 * PCI configuration space: @off 0..255, @size 1, 2 or 4 within one dword.  Anything else reads all
 * ones and writes nothing.
 */
uint32_t gt_vgpu_config_read(struct gt_vgpu *v, uint32_t off, unsigned size);
void gt_vgpu_config_write(struct gt_vgpu *v, uint32_t off, unsigned size, uint32_t val);

/*
 * One access to a BAR: @off bytes into it, @size 1, 2, 4 or 8, at any alignment.  Out of bounds
 * reads all ones and writes nothing.  Each call counts as one exit.
 */
uint64_t gt_vgpu_bar_read(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size);
void gt_vgpu_bar_write(struct gt_vgpu *v, enum gt_bar bar, uint64_t off, unsigned size,
		       uint64_t val);

/* Where a BAR lies: false if @gpa is in none that is decoded. */
bool gt_vgpu_bar_find(struct gt_vgpu *v, gt_gpa_t gpa, enum gt_bar *bar, uint64_t *off);

/* The guest gave pages back: forget every mapping of its memory (IOREQ_TYPE_INVALIDATE). */
void gt_vgpu_invalidate(struct gt_vgpu *v);

/* Do a bounded piece of pending work (engines, timers). True if more is pending right now. */
bool gt_vgpu_run(struct gt_vgpu *v);
/* When gt_vgpu_run() must be called next, in the guest's now_ns() time; UINT64_MAX: never. */
uint64_t gt_vgpu_deadline_ns(const struct gt_vgpu *v);

/* The caller's loop woke up: to be counted. */
void gt_vgpu_woken(struct gt_vgpu *v);

/*
 * The server of one vGPU's socket: snapshots, counters, registers (xengt/protocol.h).
 * @listen_fd is a listening SOCK_SEQPACKET socket and becomes the server's.  gt_server_fd() is
 * readable when gt_server_dispatch() has something to do; gt_server_run() must be called when
 * gt_server_deadline_ns() has passed (now_ns() time; UINT64_MAX, never, while nobody waits and
 * nothing is kept mapped).
 */
struct gt_server;
int gt_server_create(struct gt_vgpu *v, int listen_fd, const char *name, struct gt_server **out);
/*
 * Where clients' input goes: a socket of packets, struct gt_input (xengt/input.h) each, which
 * becomes the server's; without, they are told that there is no way.
 */
void gt_server_set_input(struct gt_server *s, int fd);
int gt_server_fd(const struct gt_server *s);
void gt_server_dispatch(struct gt_server *s);
void gt_server_run(struct gt_server *s);
uint64_t gt_server_deadline_ns(const struct gt_server *s);
void gt_server_destroy(struct gt_server *s);

#endif
