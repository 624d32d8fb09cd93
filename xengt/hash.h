/* SPDX-License-Identifier: MIT */
/*
 * A keyed hash of a page, to tell whether a page is still what it was.
 *
 * Two different pages have the same hash with a probability below 2^-60, whatever the pages are, as
 * long as whoever chose them does not know the key.
 *
 * It is two NH hashes (Black, Halevi, Krawczyk, Krovetz, Rogaway: UMAC, CRYPTO '99) over one key,
 * the second shifted by 64 bytes (a Toeplitz key, ibid.): each maps two different pages to the
 * same 64 bits with probability 2^-32 at most, both together 2^-64.  Their 128 bits, as four words
 * of 32, are multiplied with four random numbers modulo the prime p = 2^61 - 1 and added: two
 * different quadruples meet with probability 1/p.
 *
 * Why this holds against a guest that watches: the guest chooses pages, and may even find out which
 * of its changes were noticed (from the time a capture takes, say).  While no two pages have
 * collided every answer is "changed", which the guest knew beforehand: it has learnt nothing, so
 * its next pair of pages is as independent of the key as the first.  q comparisons go wrong with
 * probability q / 2^60 at most: a thousand years of a 4K screen's 8192 pages, 60 times a second,
 * are 2^54.  Hashes must therefore never leave the process, nor must the key.
 */
#ifndef GT_HASH_H
#define GT_HASH_H

#include "xengt/types.h"

#define GT_HASH_NONE 0u /* no page has it: what is remembered of a page never seen */

#define GT_HASH_LINE_B 64

struct gt_hash_key {
	/* of the page's 64 lines, and of the shifted key's last */
	uint8_t nh[GT_PAGE_SIZE + GT_HASH_LINE_B] __attribute__((aligned(GT_HASH_LINE_B)));
	uint64_t mix[5]; /* each below 2^61 - 1 */
};

/* A new key from the kernel's random numbers. 0, or negative errno; call it before a sandbox that
 * forbids getrandom(2). */
int gt_hash_key_make(struct gt_hash_key *key);
/* A key that depends on nothing but @seed, for tests: no secret. */
void gt_hash_key_fix(struct gt_hash_key *key, uint64_t seed);

/*
 * The hash of @page, 4096 bytes, never GT_HASH_NONE.  @copy may be NULL; else it gets the page as
 * it was hashed: the page is read once, so that a guest that writes meanwhile cannot have one thing
 * hashed and another one copied.  @ahead may be NULL; else it is a page to be read soon.
 */
uint64_t gt_hash_page(const struct gt_hash_key *key, const uint8_t *page, uint8_t *copy,
		      const uint8_t *ahead);

#endif
