/* SPDX-License-Identifier: MIT */
/* Prints docs/registers.md from the register tables: `make docs/registers.md`. */
#include <stdio.h>

#include "regs.h"
#include "xengt/vgpu.h"

static const char *class_name(enum gt_page_class c)
{
	switch (c) {
	case GT_PAGE_TRAPPED:
		return "trapped";
	case GT_PAGE_SHADOWED:
		return "shadowed";
	case GT_PAGE_PLAIN:
		return "plain";
	}
	return "?";
}

static void print_where(const struct gt_reg_row *row)
{
	if (row->each == GT_PER_ENGINE) {
		printf("| ring + 0x%x ", row->off);
	} else if (row->nr > 1) {
		printf("| 0x%06x, %u every 0x%x ", row->off, row->nr,
		       row->stride ? row->stride : 4);
	} else {
		printf("| 0x%06x ", row->off);
	}
}

static void print_access(const struct gt_reg_row *row)
{
	const char *sep = "";

	printf("| ");
	if (row->ro == ~0u) {
		printf("read-only");
		sep = ", ";
	} else if (row->ro) {
		printf("read-only 0x%08x", row->ro);
		sep = ", ";
	}
	if (row->w1c) {
		printf("%swrite 1 to clear 0x%08x", sep, row->w1c);
		sep = ", ";
	}
	if (row->flags & GT_R_MASKED) {
		printf("%smasked", sep);
		sep = ", ";
	}
	if (row->flags & GT_R_VOLATILE) {
		printf("%svolatile", sep);
		sep = ", ";
	}
	if (row->write) {
		printf("%saction", sep);
		sep = ", ";
	}
	printf("%s ", *sep ? "" : "storage");
	if (row->flags & GT_R_USER) {
		printf("(users' commands) ");
	} else if (row->flags & GT_R_NO_CMD) {
		printf("(no commands) ");
	}
}

static void print_platforms(const struct gt_reg_row *row)
{
	static const char *const names[GT_NR_PLATFORMS] = { "BDW", "SKL", "KBL" };

	printf("|");
	for (unsigned p = 0; p < GT_NR_PLATFORMS; p++) {
		if (!row->platforms || (row->platforms & (1u << p))) {
			printf(" %s", names[p]);
		}
	}
	printf(" ");
}

int main(void)
{
	enum gt_page_class classes[GT_NR_REG_PAGES];
	size_t nr[3] = { 0 };

	gt_regs_page_classes(GT_SKL, classes);
	for (size_t i = 0; i < GT_NR_REG_PAGES; i++) {
		nr[classes[i]]++;
	}
	printf("<!-- Generated from the tables by `make docs/registers.md`; do not edit. -->\n"
	       "# Registers\n\n"
	       "Page classes on Skylake: %zu trapped, %zu shadowed, %zu plain. A register that is "
	       "not listed is storage with reset value 0.\n\n"
	       "| offset | name | access | platforms | page (SKL) | described in |\n"
	       "| --- | --- | --- | --- | --- | --- |\n",
	       nr[GT_PAGE_TRAPPED], nr[GT_PAGE_SHADOWED], nr[GT_PAGE_PLAIN]);
	for (size_t t = 0; t < gt_nr_reg_tables; t++) {
		for (size_t i = 0; i < gt_reg_tables[t]->nr; i++) {
			const struct gt_reg_row *row = &gt_reg_tables[t]->rows[i];
			uint32_t off = row->off;

			if (row->each == GT_PER_ENGINE) {
				off += gt_engine_base[GT_RCS];
			}
			print_where(row);
			printf("| %s ", row->name);
			print_access(row);
			print_platforms(row);
			printf("| %s | %s |\n", class_name(classes[off / GT_PAGE_SIZE]), row->prm);
		}
	}
	return 0;
}
