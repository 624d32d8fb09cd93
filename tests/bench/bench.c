/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static unsigned nr_missed;

uint64_t bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

unsigned bench_rounds(unsigned usual)
{
	const char *want = getenv("XENGT_BENCH_ROUNDS");
	unsigned long rounds = want ? strtoul(want, NULL, 10) : usual;

	if (rounds < 1) {
		rounds = 1;
	}
	return rounds < BENCH_MAX_ROUNDS ? (unsigned)rounds : BENCH_MAX_ROUNDS;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void bench_run(struct bench_way *ways, size_t nr, unsigned rounds)
{
	for (unsigned round = 0; round <= rounds; round++) {
		for (size_t i = 0; i < nr; i++) {
			uint64_t start = bench_now_ns();

			ways[i].run(ways[i].ctx, round);
			if (round) {
				ways[i].ns[round - 1] = (double)(bench_now_ns() - start);
			}
		}
	}
	for (size_t i = 0; i < nr; i++) {
		qsort(ways[i].ns, rounds, sizeof(ways[i].ns[0]), compare);
		ways[i].median_ns = ways[i].ns[rounds / 2];
	}
}

void bench_head(void)
{
	printf("| what | ms | times as fast | as | target |\n| --- | --- | --- | --- | --- |\n");
}

void bench_row(const char *what, double ms, double ratio, const char *than, double target)
{
	printf("| %s | %.3f | %.2f | %s | ", what, ms, ratio, than);
	if (target > 0) {
		printf(">= %.1f%s |\n", target, ratio < target ? " MISSED" : "");
		nr_missed += ratio < target;
	} else {
		printf("|\n");
	}
	fflush(stdout);
}

unsigned bench_missed(void)
{
	return nr_missed;
}

void *bench_alloc(size_t size_B)
{
	uint8_t *p = mmap(NULL, size_B, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("bench: memory");
		exit(2);
	}
	madvise(p, size_B, MADV_NOHUGEPAGE);
	memset(p, 1, size_B);
	return p;
}
