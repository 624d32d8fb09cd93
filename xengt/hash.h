/* SPDX-License-Identifier: MIT */
/*
 * A keyed hash of a page, to tell whether a page is still what it was.
 *
 * Two different pages have the same hash with a probability below 2^-60, whatever the pages are, as
 * long as whoever chose them does not know the key.
 *
 * It is NH (Black, Halevi, Krawczyk, Krovetz, Rogaway: UMAC, CRYPTO '99), which maps two different
 * pages to the same 128 bits with probability 2^-64 at most, in one of two ways:
 * - words of 64 bits, one sum of 128 bits: what a processor does best without vectors;
 * - words of 32 bits, two sums of 64 bits over one key, the second shifted by 64 bytes (a Toeplitz
 *   key, ibid.), each of them 2^-32: what vector instructions do best.
 * The 128 bits, as four words of 32, are multiplied with four random numbers modulo the prime
 * p = 2^61 - 1 and added: two different quadruples meet with probability 1/p.
 *
 * Which way a key is for is chosen with it, by trying: an emulated processor's vectors are slower
 * than its multiplications by far, a real one's twice as fast.
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

#include "simd.h"
#include "xengt/types.h"

#define GT_HASH_NONE 0u /* no page has it: what is remembered of a page never seen */

#define GT_HASH_LINE_B 64

struct gt_hash_key {
	/* of the page's 64 lines, and of the shifted key's last */
	uint8_t nh[GT_PAGE_SIZE + GT_HASH_LINE_B] __attribute__((aligned(GT_HASH_LINE_B)));
	uint64_t mix[5];   /* each below 2^61 - 1 */
	enum gt_simd simd; /* with whose loops: scalar ones have words of 64 bits */
};

/* A new key from the kernel's random numbers, for the faster loops. 0, or negative errno; call it
 * before a sandbox that forbids getrandom(2). */
int gt_hash_key_make(struct gt_hash_key *key);
/* A key that depends on nothing but @seed and gt_simd_now(), for tests: no secret. */
void gt_hash_key_fix(struct gt_hash_key *key, uint64_t seed);

/*
 * The hash of @page, 4096 bytes, never GT_HASH_NONE.  @copy may be NULL; else it gets the page as
 * it was hashed: the page is read once, so that a guest that writes meanwhile cannot have one thing
 * hashed and another one copied.  @ahead may be NULL; else it is a page to be read soon.
 */
uint64_t gt_hash_page(const struct gt_hash_key *key, const uint8_t *page, uint8_t *copy,
		      const uint8_t *ahead);

#endif
