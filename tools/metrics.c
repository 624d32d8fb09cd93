/* SPDX-License-Identifier: MIT */
/*
 * Prometheus's text format of every vGPU's counters: once, to a file again and again (for
 * node_exporter's textfile collector), or for whoever asks a unix socket.
 *
 * Decides names and types: a counter NAME of `xengtctl stats` is xengt_NAME_total, unless it says
 * how things stand (NAME_now) or the most there was (longest_NAME), which are gauges.
 */
#define _GNU_SOURCE
#include "metrics.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "events.h"
#include "outfile.h"

const char metrics_usage[] =
	"usage: xengtctl metrics [-o FILE [--every SECONDS] | --listen SOCKET]\n"
	"\n"
	"  -o, --output FILE    there, whole or not at all; standard output if not given\n"
	"  --every SECONDS      anew every so often, 1 to 3600, until it is stopped\n"
	"  --listen SOCKET      answer HTTP (GET /metrics) on a unix socket, until it is stopped\n"
	"\n"
	"Prometheus's text format, version 0.0.4, of all vGPUs.\n";

static const struct {
	const char *name, *help;
} counters[] = {
#define X(name, help) { #name, help },
	GT_COUNTERS(X)
#undef X
#define X(name, help) { "event_" #name, "times the guest " help },
	GT_EVENTS(X)
#undef X
};

/* A label's value: what has a meaning inside quotes is escaped. */
static void print_label(FILE *f, const char *name, const char *value)
{
	fprintf(f, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\') {
			fputc('\\', f);
		}
		fputc(*value, f);
	}
	fputc('"', f);
}

static void print_labels(FILE *f, const struct vitals *v)
{
	fprintf(f, "{domid=\"%" PRIu32 "\",", v->info.domid);
	print_label(f, "domain", v->info.name);
}

static void print_head(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static bool is_gauge(const char *name)
{
	size_t len = strlen(name);

	return !strncmp(name, "longest_", 8) || (len > 4 && !strcmp(name + len - 4, "_now"));
}

static void print_counter(FILE *f, size_t row, const struct vitals *all, size_t nr)
{
	bool gauge = is_gauge(counters[row].name);
	char name[96];

	snprintf(name, sizeof(name), "xengt_%s%s", counters[row].name, gauge ? "" : "_total");
	print_head(f, name, gauge ? "gauge" : "counter", counters[row].help);
	for (size_t i = 0; i < nr; i++) {
		fputs(name, f);
		print_labels(f, &all[i]);
		fprintf(f, "} %" PRIu64 "\n", vitals_counter(&all[i], counters[row].name));
	}
}

static uint64_t memory(const struct vitals *v)
{
	return v->memory_B;
}

static uint64_t width(const struct vitals *v)
{
	return v->info.width_px;
}

static uint64_t height(const struct vitals *v)
{
	return v->info.height_px;
}

static uint64_t driver_ready(const struct vitals *v)
{
	return v->info.driver_ready;
}

static void print_gauge(FILE *f, const char *name, const char *help,
			uint64_t (*get)(const struct vitals *v), const struct vitals *all,
			size_t nr)
{
	print_head(f, name, "gauge", help);
	for (size_t i = 0; i < nr; i++) {
		fputs(name, f);
		print_labels(f, &all[i]);
		fprintf(f, "} %" PRIu64 "\n", get(&all[i]));
	}
}

void metrics_print(FILE *f, const struct vitals *all, size_t nr)
{
	print_head(f, "xengt_info", "gauge", "a vGPU and the platform it presents");
	for (size_t i = 0; i < nr; i++) {
		fputs("xengt_info", f);
		print_labels(f, &all[i]);
		fputc(',', f);
		print_label(f, "platform", all[i].info.platform);
		fputs("} 1\n", f);
	}
	print_gauge(f, "xengt_memory_bytes", "resident memory of the worker", memory, all, nr);
	print_gauge(f, "xengt_width_pixels", "of head 0's mode, 0 if it is off", width, all, nr);
	print_gauge(f, "xengt_height_pixels", "of head 0's mode, 0 if it is off", height, all, nr);
	print_gauge(f, "xengt_driver_ready", "whether the guest's driver brought up the display",
		    driver_ready, all, nr);
	for (size_t row = 0; row < sizeof(counters) / sizeof(*counters); row++) {
		print_counter(f, row, all, nr);
	}
}

static enum exit_code write_once(const char *path)
{
	struct vitals *all;
	struct outfile o;
	size_t nr;
	int ret = vitals_read(&all, &nr);

	if (ret) {
		return tool_explain("metrics", NULL, ret);
	}
	ret = outfile_open(&o, path);
	if (!ret) {
		metrics_print(o.f, all, nr);
		ret = outfile_commit(&o);
	}
	vitals_free(all, nr);
	if (ret) {
		complain("cannot write %s: %s", path, strerror(-ret));
		return EXIT_OUTPUT;
	}
	return EXIT_OK;
}

/* Files are whole at any time, so a signal may just end it. */
static enum exit_code write_again(const char *path, unsigned every_s)
{
	for (;;) {
		enum exit_code code = write_once(path);

		if (code || !every_s) {
			return code;
		}
		nanosleep(&(struct timespec){ .tv_sec = every_s }, NULL);
	}
}

static bool parse_every(const char *text, unsigned *every_s)
{
	char *end;
	unsigned long val = strtoul(text, &end, 10);

	*every_s = (unsigned)val;
	return *text >= '0' && *text <= '9' && !*end && val >= 1 && val <= 3600;
}

enum exit_code metrics_main(int argc, char **argv)
{
	enum { OPT_EVERY = 256, OPT_LISTEN };
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "every", required_argument, NULL, OPT_EVERY },
		{ "listen", required_argument, NULL, OPT_LISTEN },
		{ 0 },
	};
	const char *path = NULL, *socket_path = NULL;
	unsigned every_s = 0;
	int opt;

	while ((opt = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (opt == 'o') {
			path = optarg;
		} else if (opt == OPT_LISTEN) {
			socket_path = optarg;
		} else if (opt != OPT_EVERY) {
			return EXIT_USAGE;
		} else if (!parse_every(optarg, &every_s)) {
			complain("--every %s: not 1 to 3600 seconds", optarg);
			return EXIT_USAGE;
		}
	}
	if (optind < argc || (socket_path && path) || (every_s && !path)) {
		complain("metrics takes -o FILE [--every SECONDS], or --listen SOCKET");
		return EXIT_USAGE;
	}
	return socket_path ? metrics_listen(socket_path) : write_again(path ? path : "-", every_s);
}
