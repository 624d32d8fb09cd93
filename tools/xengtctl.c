/* SPDX-License-Identifier: MIT */
/*
 * xengtctl: the vGPUs of this host, their counters and registers, as text; and their monitors.
 *
 * Decides the words of the table; what is counted is the worker's business.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "config.h"
#include "metrics.h"
#include "top.h"
#include "upgrade.h"

static const char usage_text[] =
	"usage: xengtctl list\n"
	"       xengtctl top [-b] [-d SECONDS] [-n TIMES]\n"
	"       xengtctl metrics [-o FILE [--every SECONDS] | --listen SOCKET]\n"
	"       xengtctl stats DOMAIN\n"
	"       xengtctl regs DOMAIN\n"
	"       xengtctl monitor DOMAIN [list]\n"
	"       xengtctl monitor DOMAIN plug HEAD [WIDTHxHEIGHT[@HZ] | FILE]\n"
	"       xengtctl monitor DOMAIN unplug HEAD\n"
	"       xengtctl upgrade DOMAIN... | --all\n"
	"\n"
	"  list    all vGPUs: memory in MiB, fences, mode, whether the guest's driver is up\n"
	"  top     what each is doing now, again and again; top --help says more\n"
	"  metrics counters for Prometheus; metrics --help says more\n"
	"  stats   counters, then exits by register, most first: \"name value\" a line\n"
	"  regs    registers: \"0xOFFSET NAME 0xVALUE\" a line\n"
	"  monitor its heads, \"HEAD LINK STATE MODE NAME\" a line; or plug a monitor into one:\n"
	"          of that mode, or of the EDID in FILE (with a / in its name), or the last one\n"
	"  upgrade goes on with the mediator that is installed now, while the guest runs on\n"
	"\n"
	"DOMAIN is a name or an id.  -h, --help: this text; -V, --version: the version.\n"
	"\n"
	"Exit status: 0 done, 1 usage or other error, 2 no such domain, 3 no vGPU,\n"
	"4 no such head, 5 permission denied, 6 cannot write.\n";

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

static bool parse_head(const char *text, unsigned *head)
{
	if (text[0] < '0' || text[0] > '9' || text[1]) {
		return false;
	}
	*head = (unsigned)(text[0] - '0');
	return true;
}

static bool read_edid(const char *path, struct xengt_plug *p)
{
	FILE *f = fopen(path, "rb");
	size_t nr = f ? fread(p->edid, 1, sizeof(p->edid), f) : 0;
	bool ok = nr && nr % 128 == 0 && fgetc(f) == EOF && !ferror(f);

	if (f) {
		fclose(f);
	}
	p->edid_B = (uint32_t)nr;
	if (!ok) {
		complain("%s: not an EDID of 128 to %u bytes", path, XENGT_MAX_EDID_B);
	}
	return ok;
}

/* A mode, a file's name, or NULL: the last monitor that was there. */
static bool parse_monitor(const char *text, struct xengt_plug *p)
{
	int size = 0, hz = 0;

	*p = (struct xengt_plug){ 0 };
	if (!text) {
		return true;
	}
	if (strchr(text, '/')) {
		return read_edid(text, p);
	}
	if (sscanf(text, "%5" SCNu32 "x%5" SCNu32 "%n@%4" SCNu32 "%n", &p->w_px, &p->h_px, &size,
		   &p->hz, &hz) < 2 || text[hz ? hz : size]) {
		complain("%s: neither a mode (1920x1080@60) nor a file with a / in its name", text);
		return false;
	}
	return true;
}

/* @argv after the domain: plug HEAD [WHAT] or unplug HEAD, checked to be one of these. */
static enum exit_code do_plug(const char *domain, int nr, char **argv)
{
	bool plugs = !strcmp(argv[0], "plug");
	struct xengt_client *c;
	struct xengt_plug p;
	enum exit_code code;
	unsigned head;
	int ret;

	if (!parse_head(argv[1], &head)) {
		complain("%s: no head", argv[1]);
		return EXIT_USAGE;
	}
	if (!parse_monitor(nr > 2 ? argv[2] : NULL, &p)) {
		return EXIT_USAGE;
	}
	code = tool_connect(domain, &c);
	if (code) {
		return code;
	}
	ret = plugs ? xengt_plug(c, head, &p) : xengt_unplug(c, head);
	if (ret) {
		code = tool_explain(domain, c, ret);
	}
	xengt_disconnect(c);
	return code;
}

static enum exit_code do_monitor(int nr, char **argv)
{
	if (nr == 1 || (nr == 2 && !strcmp(argv[1], "list"))) {
		return do_text(argv[0], xengt_monitors);
	}
	if ((nr == 3 && !strcmp(argv[1], "unplug")) ||
	    ((nr == 3 || nr == 4) && !strcmp(argv[1], "plug"))) {
		return do_plug(argv[0], nr - 1, argv + 1);
	}
	complain("monitor DOMAIN [list], plug HEAD [MODE | FILE] or unplug HEAD; see --help");
	return EXIT_USAGE;
}

/* Commands with options of their own. */
static const struct {
	const char *name, *usage;
	enum exit_code (*run)(int argc, char **argv);
} commands[] = {
	{ "top", top_usage, top_main },
	{ "metrics", metrics_usage, metrics_main },
	{ "upgrade", upgrade_usage, upgrade_main },
};

static enum exit_code run_command(size_t n, int argc, char **argv)
{
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(commands[n].usage, stdout);
		return tool_flush();
	}
	return commands[n].run(argc, argv);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int opt, nr;

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++) {
		if (!strcmp(argv[1], commands[i].name)) {
			return run_command(i, argc - 1, argv + 1);
		}
	}
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
	if (nr >= 2 && !strcmp(argv[0], "monitor")) {
		return do_monitor(nr - 1, argv + 1);
	}
	complain("list, top, metrics, or monitor, stats, regs or upgrade with a DOMAIN is needed; "
		 "see --help");
	return EXIT_USAGE;
}
