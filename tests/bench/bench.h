/* SPDX-License-Identifier: MIT */
/*
 * Measuring side by side: every way of doing a thing takes its turn in each round, so that what
 * else the machine does hits all alike; the median of a way's times is its time.  Ratios of such
 * medians can be compared between machines and days, the times themselves cannot.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_MAX_ROUNDS 401u

struct bench_way {
	const char *name;
	void (*run)(void *ctx, unsigned round);
	void *ctx;
	double ns[BENCH_MAX_ROUNDS];
	double median_ns;
};

/* Nanoseconds of the clock on the wall. */
uint64_t bench_now_ns(void);

/* Rounds to do: XENGT_BENCH_ROUNDS if it is set, else @usual; at most BENCH_MAX_ROUNDS. */
unsigned bench_rounds(unsigned usual);

/* Run each way once a round and fill in the medians; the first round is not counted. */
void bench_run(struct bench_way *ways, size_t nr, unsigned rounds);

/*
 * One line of the table.  @ratio is how many times as fast as what it is compared with, @target
 * what it should be at least, 0 for none; how often that was missed, bench_missed() tells.
 */
void bench_head(void);
void bench_row(const char *what, double ms, double ratio, const char *than, double target);
unsigned bench_missed(void);

/* Memory in pages of 4 KiB, as a guest's are when they are mapped; ends the program if there is
 * none. All of it is written once. */
void *bench_alloc(size_t size_B);

#endif
