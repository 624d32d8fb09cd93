/* SPDX-License-Identifier: MIT */
/*
 * Prints docs/commands.md from the tables of commands: `make docs/commands.md`.  What is executed
 * is the twin's word: its dispatch tables are asked.
 */
#include <stdio.h>

#include "commands.h"
#include "twin/twin.h"

static const char *const family_titles[] = {
	"MI: every engine", "2D: the blitter", "3D and common state", "Media and GPGPU", "Video",
	"Video enhancement",
};

static void print_engines(const struct gt_command_row *row)
{
	static const char *const names[GT_NR_ENGINES] = { "RCS", "BCS", "VCS", "VECS" };

	printf("|");
	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		if (row->engines & GT_BIT(e)) {
			printf(" %s", names[e]);
		}
	}
	printf(" ");
}

static void print_platforms(const struct gt_command_row *row)
{
	printf("|%s%s ", !row->gens || (row->gens & GT_GEN8) ? " BDW" : "",
	       !row->gens || (row->gens & GT_GEN9) ? " SKL KBL" : "");
}

static void print_length(const struct gt_command_row *row)
{
	if (row->max_dw == row->min_dw) {
		printf("| %u ", row->min_dw);
	} else if (row->max_dw) {
		printf("| %u to %u ", row->min_dw, row->max_dw);
	} else {
		printf("| %u or more ", row->min_dw);
	}
}

static void print_addresses(const struct gt_command_row *row)
{
	printf("|");
	for (size_t i = 0; i < GT_CMD_NR_ADDR && row->addr[i].dw; i++) {
		const struct gt_command_addr *a = &row->addr[i];

		printf("%s %u", i ? "," : "", a->dw);
		if (a->nr != 1) {
			printf(" and each %u on", a->step);
		}
		if (a->nr > 1) {
			printf(", %u times", a->nr);
		}
	}
	for (size_t i = 0; i < 2 && row->ggtt[i]; i++) {
		printf("%s bit %u of dword %u", i ? "," : "; GGTT by", row->ggtt[i] % 32u,
		       row->ggtt[i] / 32u);
	}
	printf(" ");
}

static const char *registers(const struct gt_command_row *row)
{
	switch (row->regs) {
	case GT_CMD_NO_REGS:
		break;
	case GT_CMD_WRITE_PAIRS:
		return "writes those of dwords 1, 3, ...";
	case GT_CMD_WRITE_DW1:
		return "writes that of dword 1";
	case GT_CMD_READ_DW1:
		return "reads that of dword 1";
	case GT_CMD_WRITE_DW2:
		return "reads that of dword 1, writes that of 2";
	case GT_CMD_WRITE_POST:
		return "writes that of dword 2, if bit 23 of dword 1 is set";
	case GT_CMD_GPRS:
		return "the engine's CS_GPR";
	}
	return "";
}

static void print_done(const struct gt_command_row *row)
{
	bool executed = false;

	for (unsigned e = 0; e < GT_NR_ENGINES; e++) {
		executed |= (row->engines & GT_BIT(e)) &&
			    gt_twin_executes((enum gt_engine)e, row->op);
	}
	if (row->policy == GT_CMD_NOBODY) {
		printf("| refused: %s ", row->why);
	} else {
		printf("| %s%s ", executed ? "executed" : "retired",
		       row->policy == GT_CMD_PRIVILEGED ? ", of drivers; ignored of users" : "");
	}
}

static void print_family(size_t i)
{
	const struct gt_command_table *t = gt_command_tables[i];

	printf("\n## %s\n\n"
	       "| header | command | engines | platforms | dwords | addresses | registers | |\n"
	       "| --- | --- | --- | --- | --- | --- | --- | --- |\n",
	       family_titles[i]);
	for (const struct gt_command_row *row = t->rows; row < t->rows + t->nr; row++) {
		printf("| 0x%08x | %s ", row->op, row->name);
		print_engines(row);
		print_platforms(row);
		print_length(row);
		print_addresses(row);
		printf("| %s ", registers(row));
		print_done(row);
		printf("|\n");
	}
}

int main(void)
{
	printf("<!-- Generated from the tables by `make docs/commands.md`; do not edit. -->\n"
	       "# Commands\n\n"
	       "A header that is not here hangs its engine, as it does on hardware.\n\n"
	       "- **executed**: the twin does what the PRM says.\n"
	       "- **retired**: it is skipped by its length. State of the 3D, media and video\n"
	       "  pipelines is so: nothing is drawn, decoded or computed by them, while what\n"
	       "  synchronises around them is executed.\n"
	       "- **of drivers; ignored of users**: in a batch of the PPGTT it does nothing, as\n"
	       "  on hardware, and is counted as `event_command_ignored`.\n"
	       "- **refused**: from a driver it costs the context, which hangs until the driver\n"
	       "  resets it; from a user it is ignored.\n\n"
	       "A command that writes a register is refused if no command may write that one, and\n"
	       "a user's write of a driver's register is dropped: docs/registers.md says whose a\n"
	       "register is. What is shorter than the least length given here is refused, too.\n"
	       "Addresses have 64 bits and are given by the dword they begin with.\n");
	for (size_t i = 0; i < gt_nr_command_tables; i++) {
		print_family(i);
	}
	return 0;
}
