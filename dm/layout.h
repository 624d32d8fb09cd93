/* SPDX-License-Identifier: MIT */
/*
 * The RAM inside BAR0, and where it waits while BAR0 is not decoded.
 *
 *   page of BAR0            what                                gfn when parked
 *   0 .. 511                registers; RAM unless TRAPPED       parking_gfn + page
 *   512 .. 2047             nothing
 *   2048 .. 2047 + nr_gtt   GGTT entries, RAM throughout        parking_gfn + page
 *
 * No Xen needed to build or test.
 */
#ifndef DM_LAYOUT_H
#define DM_LAYOUT_H

#include "xengt/guest.h"
#include "xengt/platform.h"

#define DM_BAR0_PAGES	  (GT_BAR0_SIZE / GT_PAGE_SIZE)
#define DM_GTT_FIRST_PAGE (GT_BAR0_GTT / GT_PAGE_SIZE)

struct dm_layout {
	enum gt_page_class classes[GT_NR_REG_PAGES];
	uint32_t nr_gtt_pages;
	gt_gfn_t parking_gfn;
};

/* Neighbouring pages of one class. */
struct dm_run {
	uint32_t first, nr; /* pages of BAR0 */
	enum gt_page_class class;
};

/* @ggtt_size in bytes of graphics memory, as in struct gt_partition. */
void dm_layout_init(struct dm_layout *l, enum gt_platform_id platform, uint64_t ggtt_size);
/* After dm_layout_init(): leave no register page to the guest, for a trace of every access. */
void dm_layout_trap_registers(struct dm_layout *l);

/*
 * After the others: RAM is where @classes, those of the worker before, say that it is; a page that
 * has none stays trapped, whatever this version would make of it.
 */
void dm_layout_follow(struct dm_layout *l, const uint8_t classes[GT_NR_REG_PAGES]);

/* The next run of RAM at or after page @from; false if there is none. */
bool dm_layout_next(const struct dm_layout *l, uint32_t from, struct dm_run *out);

/* How many pages of RAM there are. */
uint32_t dm_layout_nr_pages(const struct dm_layout *l);

/* A parking place above everything: the highest gfn in use is @max_gfn. */
gt_gfn_t dm_layout_choose_parking(gt_gfn_t max_gfn);

#endif
