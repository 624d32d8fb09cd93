/* SPDX-License-Identifier: MIT */
/*
 * The RAM inside BAR0: which of its pages are RAM, in which runs they can be handled at once, and
 * where in guest-physical space they wait while the BAR is not decoded.
 */
#include "layout.h"

#include "xengt/vgpu.h"

/*
 * 256 GiB: above any RAM but the largest guest's and above where hvmloader puts 64-bit BARs, which
 * begins at the end of RAM; and inside the 39 bits that every processor with EPT or NPT has.
 */
#define PARKING_USUAL_GFN (GT_GiB(256) >> GT_PAGE_SHIFT)
/* For larger guests: room for hvmloader's 64-bit BARs between the end of RAM and us. */
#define PARKING_GAP_PAGES (GT_GiB(64) >> GT_PAGE_SHIFT)

void dm_layout_init(struct dm_layout *l, enum gt_platform_id platform, uint64_t ggtt_size)
{
	gt_regs_page_classes(platform, l->classes);
	/* One entry of 8 bytes for each page of graphics memory. */
	l->nr_gtt_pages = (uint32_t)(ggtt_size / GT_PAGE_SIZE * 8 / GT_PAGE_SIZE);
	l->parking_gfn = 0;
}

void dm_layout_trap_registers(struct dm_layout *l)
{
	for (uint32_t page = 0; page < GT_NR_REG_PAGES; page++) {
		l->classes[page] = GT_PAGE_TRAPPED;
	}
}

void dm_layout_follow(struct dm_layout *l, const uint8_t classes[GT_NR_REG_PAGES])
{
	for (uint32_t page = 0; page < GT_NR_REG_PAGES; page++) {
		if (classes[page] != GT_PAGE_SHADOWED && classes[page] != GT_PAGE_PLAIN) {
			l->classes[page] = GT_PAGE_TRAPPED;
		}
	}
}

/* Class of a page of BAR0; GT_PAGE_TRAPPED where there is no RAM. */
static enum gt_page_class class_of(const struct dm_layout *l, uint32_t page)
{
	if (page < GT_NR_REG_PAGES) {
		return l->classes[page];
	}
	if (page >= DM_GTT_FIRST_PAGE && page - DM_GTT_FIRST_PAGE < l->nr_gtt_pages) {
		return GT_PAGE_PLAIN;
	}
	return GT_PAGE_TRAPPED;
}

bool dm_layout_next(const struct dm_layout *l, uint32_t from, struct dm_run *out)
{
	uint32_t first = from;
	uint32_t end;

	while (first < DM_BAR0_PAGES && class_of(l, first) == GT_PAGE_TRAPPED) {
		first++;
	}
	if (first >= DM_BAR0_PAGES) {
		return false;
	}
	end = first + 1;
	while (end < DM_BAR0_PAGES && class_of(l, end) == class_of(l, first)) {
		end++;
	}
	*out = (struct dm_run){ first, end - first, class_of(l, first) };
	return true;
}

uint32_t dm_layout_nr_pages(const struct dm_layout *l)
{
	struct dm_run run = { 0 };
	uint32_t nr = 0;

	while (dm_layout_next(l, run.first + run.nr, &run)) {
		nr += run.nr;
	}
	return nr;
}

gt_gfn_t dm_layout_choose_parking(gt_gfn_t max_gfn)
{
	gt_gfn_t above = (max_gfn + PARKING_GAP_PAGES + DM_BAR0_PAGES) &
			 ~(gt_gfn_t)(DM_BAR0_PAGES - 1);

	return above > PARKING_USUAL_GFN ? above : PARKING_USUAL_GFN;
}
