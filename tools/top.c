/* SPDX-License-Identifier: MIT */
/*
 * The table of xengtctl top.
 *
 * Decides the columns, their order and how a terminal is filled; the figures are rates between two
 * looks at the same worker, so that one that was started anew begins at nothing.
 */
#define _GNU_SOURCE
#include "top.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "vitals.h"

#define MAX_DELAY_S 3600.0

const char top_usage[] =
	"usage: xengtctl top [-b] [-d SECONDS] [-n TIMES]\n"
	"\n"
	"  -b, --batch          tables one after another, as for a file; also without a terminal\n"
	"  -d, --delay SECONDS  between two tables: 0.1 to 3600, 2 if not given\n"
	"  -n, --times TIMES    end after so many tables\n"
	"\n"
	"Keys: q ends, a space renews the table.  Busiest worker first.  CPU%: of one processor;\n"
	"a second's EXITS, SUBMITs of contexts, FLIPS of planes and cursor, PICTures taken.\n";

struct top {
	bool batch;
	double delay_s;
	unsigned long times; /* 0: no end */
	struct vitals *now, *before;
	size_t nr_now, nr_before;
};

struct row {
	const struct vitals *v;
	double cpu_pct, exits, submissions, flips, pictures; /* but for the first, a second's */
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static const char *const exit_counters[] = {
	"exits_config_read",   "exits_config_write",   "exits_reg_read", "exits_reg_write",
	"exits_gtt_read",      "exits_gtt_write",      "exits_table_write",
	"exits_aperture_read", "exits_aperture_write", "exits_rom_read",
};

static const struct vitals *find_before(const struct top *t, const struct vitals *v)
{
	for (size_t i = 0; i < t->nr_before; i++) {
		const struct vitals *b = &t->before[i];

		if (b->info.domid == v->info.domid && b->info.pid == v->info.pid) {
			return b;
		}
	}
	return NULL;
}

/* A second's. */
static double rate(const struct vitals *b, const struct vitals *v, const char *name)
{
	uint64_t then = b ? vitals_counter(b, name) : 0, now = vitals_counter(v, name);

	if (!b || now < then || v->time_ns <= b->time_ns) {
		return 0;
	}
	return (double)(now - then) * 1e9 / (double)(v->time_ns - b->time_ns);
}

static struct row make_row(const struct top *t, const struct vitals *v)
{
	const struct vitals *b = find_before(t, v);
	struct row r = {
		.v = v,
		.cpu_pct = rate(b, v, "cpu_us") / 1e4,
		.submissions = rate(b, v, "submissions"),
		.flips = rate(b, v, "flips"),
		.pictures = rate(b, v, "snapshots"),
	};

	for (size_t i = 0; i < sizeof(exit_counters) / sizeof(*exit_counters); i++) {
		r.exits += rate(b, v, exit_counters[i]);
	}
	return r;
}

static int compare_rows(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (a->cpu_pct != b->cpu_pct) {
		return a->cpu_pct < b->cpu_pct ? 1 : -1;
	}
	return a->v->info.domid < b->v->info.domid ? -1 : 1;
}

static void print_row(const struct row *r)
{
	const struct xengt_info *i = &r->v->info;
	char mode[48];

	if (i->width_px) {
		snprintf(mode, sizeof(mode), "%" PRIu32 "x%" PRIu32 "@%" PRIu32, i->width_px,
			 i->height_px, i->hz);
	} else {
		snprintf(mode, sizeof(mode), i->driver_ready ? "off" : "no driver");
	}
	printf("%5" PRIu32 " %-16.16s %5.1f %6.1f %8.0f %7.0f %6.1f %6.1f %3" PRIu64 " %s\n",
	       i->domid, *i->name ? i->name : "-", r->cpu_pct,
	       (double)r->v->memory_B / (1024 * 1024), r->exits, r->submissions, r->flips,
	       r->pictures, vitals_counter(r->v, "clients_now") - 1, mode);
}

/* Rows that a terminal has room for, below the two lines above the table; all in a batch. */
static size_t room(const struct top *t)
{
	struct winsize size;

	if (t->batch || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 4) {
		return SIZE_MAX;
	}
	return size.ws_row - 3u;
}

static enum exit_code print_table(const struct top *t)
{
	struct row *rows = calloc(t->nr_now + 1, sizeof(*rows));
	size_t most = room(t);

	if (!rows) {
		return tool_explain("top", NULL, -ENOMEM);
	}
	for (size_t i = 0; i < t->nr_now; i++) {
		rows[i] = make_row(t, &t->now[i]);
	}
	qsort(rows, t->nr_now, sizeof(*rows), compare_rows);
	if (!t->batch) {
		fputs("\033[H\033[J", stdout);
	}
	printf("%zu vGPU%s\n", t->nr_now, t->nr_now == 1 ? "" : "s");
	printf("%5s %-16s %5s %6s %8s %7s %6s %6s %3s %s\n", "ID", "NAME", "CPU%", "MiB", "EXITS",
	       "SUBMIT", "FLIPS", "PICT", "CL", "MODE");
	for (size_t i = 0; i < t->nr_now && i < most; i++) {
		print_row(&rows[i]);
	}
	if (t->batch) {
		putchar('\n');
	}
	free(rows);
	return tool_flush();
}

static enum exit_code look(struct top *t)
{
	int ret;

	vitals_free(t->before, t->nr_before);
	t->before = t->now;
	t->nr_before = t->nr_now;
	t->now = NULL;
	t->nr_now = 0;
	ret = vitals_read(&t->now, &t->nr_now);
	return ret ? tool_explain("top", NULL, ret) : EXIT_OK;
}

/* Until the delay is over or a key asks for a table; false if it is to end. */
static bool rest(const struct top *t)
{
	struct pollfd keys = { .fd = t->batch ? -1 : STDIN_FILENO, .events = POLLIN };
	char key = 0;

	if (stopped) {
		return false;
	}
	if (poll(&keys, 1, (int)(t->delay_s * 1000)) > 0 && read(STDIN_FILENO, &key, 1) != 1) {
		return false;
	}
	return !stopped && key != 'q';
}

static enum exit_code run(struct top *t)
{
	enum exit_code code = look(t);

	for (unsigned long i = 0; !code && (!t->times || i < t->times) && rest(t); i++) {
		code = look(t);
		if (!code) {
			code = print_table(t);
		}
	}
	vitals_free(t->now, t->nr_now);
	vitals_free(t->before, t->nr_before);
	return code;
}

/* Keys come as they are pressed; the terminal is given back as it was. */
static enum exit_code run_on_terminal(struct top *t)
{
	struct termios old, raw;
	bool keys = !tcgetattr(STDIN_FILENO, &old);
	enum exit_code code;

	if (keys) {
		raw = old;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	code = run(t);
	if (keys) {
		tcsetattr(STDIN_FILENO, TCSANOW, &old);
	}
	return code;
}

static bool parse_number(const char *text, double least, double most, double *val)
{
	char *end;

	errno = 0;
	*val = strtod(text, &end);
	return !errno && end != text && !*end && *val >= least && *val <= most;
}

static enum exit_code parse(struct top *t, int argc, char **argv)
{
	static const struct option options[] = {
		{ "batch", no_argument, NULL, 'b' },
		{ "delay", required_argument, NULL, 'd' },
		{ "times", required_argument, NULL, 'n' },
		{ 0 },
	};
	double times = 0;
	int opt;

	while ((opt = getopt_long(argc, argv, "bd:n:", options, NULL)) != -1) {
		switch (opt) {
		case 'b':
			t->batch = true;
			break;
		case 'd':
			if (!parse_number(optarg, 0.1, MAX_DELAY_S, &t->delay_s)) {
				complain("--delay %s: not 0.1 to 3600 seconds", optarg);
				return EXIT_USAGE;
			}
			break;
		case 'n':
			if (!parse_number(optarg, 1, 1e9, &times)) {
				complain("--times %s: not a number from 1 on", optarg);
				return EXIT_USAGE;
			}
			t->times = (unsigned long)times;
			break;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		complain("top: \"%s\" is one word too many", argv[optind]);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

enum exit_code top_main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	struct top t = { .delay_s = 2 };
	enum exit_code code = parse(&t, argc, argv);

	if (code) {
		return code;
	}
	t.batch |= !isatty(STDOUT_FILENO);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return t.batch ? run(&t) : run_on_terminal(&t);
}
