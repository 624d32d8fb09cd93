/* SPDX-License-Identifier: MIT */
/*
 * xengtctl: the vGPUs of this host, their counters and registers, as text.
 *
 * Decides the words of the table; what is counted is the worker's business.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "config.h"

static const char usage_text[] =
	"usage: xengtctl list\n"
	"       xengtctl stats DOMAIN\n"
	"       xengtctl regs DOMAIN\n"
	"\n"
	"  list    all vGPUs: memory in MiB, fences, mode, whether the guest's driver is up\n"
	"  stats   counters, then exits by register, most first: \"name value\" a line\n"
	"  regs    registers: \"0xOFFSET NAME 0xVALUE\" a line\n"
	"\n"
	"DOMAIN is a name or an id.  -h, --help: this text; -V, --version: the version.\n"
	"\n"
	"Exit status: 0 done, 1 usage or other error, 2 no such domain, 3 no vGPU,\n"
	"5 permission denied, 6 cannot write.\n";

static void print_mode(const struct xengt_info *i, char *text, size_t size)
{
	if (i->width_px) {
		snprintf(text, size, "%" PRIu32 "x%" PRIu32 "@%" PRIu32, i->width_px, i->height_px,
			 i->hz);
	} else {
		snprintf(text, size, "off");
	}
}

static void print_row(const struct xengt_info *i)
{
	char mode[48];

	print_mode(i, mode, sizeof(mode));
	printf("%-5" PRIu32 " %-20s %-10s %6" PRIu32 " %6" PRIu32 " %6" PRIu32
	       "  %-14s %-6s %10" PRIu64 "\n",
	       i->domid, *i->name ? i->name : "-", i->platform, i->low_gm_MiB, i->high_gm_MiB,
	       i->nr_fences, mode, i->driver_ready ? "yes" : "no", i->exits);
}

/* A vGPU that goes away between listing and asking is left out, not an error. */
static void list_one(uint32_t domid)
{
	struct xengt_client *c;
	struct xengt_info info;
	char domain[16];
	int ret;

	snprintf(domain, sizeof(domain), "%" PRIu32, domid);
	if (xengt_connect(domain, &c)) {
		return;
	}
	ret = xengt_info(c, &info);
	if (ret) {
		tool_explain(domain, c, ret);
	} else {
		print_row(&info);
	}
	xengt_disconnect(c);
}

static enum exit_code do_list(void)
{
	uint32_t *ids;
	size_t nr;
	int ret = xengt_list(&ids, &nr);

	if (ret) {
		return tool_explain("list", NULL, ret);
	}
	printf("%-5s %-20s %-10s %6s %6s %6s  %-14s %-6s %10s\n", "ID", "NAME", "PLATFORM", "LOW",
	       "HIGH", "FENCES", "MODE", "DRIVER", "EXITS");
	for (size_t i = 0; i < nr; i++) {
		list_one(ids[i]);
	}
	free(ids);
	return tool_flush();
}

static enum exit_code do_text(const char *domain, int (*get)(struct xengt_client *c, char **text))
{
	struct xengt_client *c;
	enum exit_code code = tool_connect(domain, &c);
	char *text;
	int ret;

	if (code) {
		return code;
	}
	ret = get(c, &text);
	if (ret) {
		code = tool_explain(domain, c, ret);
	} else {
		fputs(text, stdout);
		free(text);
		code = tool_flush();
	}
	xengt_disconnect(c);
	return code;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int opt, nr;

	while ((opt = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		switch (opt) {
		case 'h':
			fputs(usage_text, stdout);
			return tool_flush();
		case 'V':
			puts("xengtctl " PACKAGE_VERSION);
			return tool_flush();
		default:
			return EXIT_USAGE;
		}
	}
	nr = argc - optind;
	argv += optind;
	if (nr == 1 && !strcmp(argv[0], "list")) {
		return do_list();
	}
	if (nr == 2 && !strcmp(argv[0], "stats")) {
		return do_text(argv[1], xengt_stats);
	}
	if (nr == 2 && !strcmp(argv[0], "regs")) {
		return do_text(argv[1], xengt_regs);
	}
	complain("list, stats DOMAIN or regs DOMAIN is needed; see --help");
	return EXIT_USAGE;
}
