/* SPDX-License-Identifier: MIT */
/*
 * Decides the key, whose loops make the sums of products (detile_kernels.h), and how these become
 * one number.
 */
#include "hash.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "detile_kernels.h"

#define PRIME	  ((1ull << 61) - 1)
#define NR_TRIALS 8 /* of which the fastest counts */

/* @a below 2^32, @b below the prime. */
static uint64_t mul_add(uint64_t sum, uint64_t a, uint64_t b)
{
	unsigned __int128 t = (unsigned __int128)a * b + sum;
	uint64_t folded = (uint64_t)(t & PRIME) + (uint64_t)(t >> 61);

	return folded >= PRIME ? folded - PRIME : folded;
}

static void finish_key(struct gt_hash_key *key)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(key->mix); i++) {
		key->mix[i] &= PRIME;
		if (key->mix[i] == PRIME) {
			key->mix[i] = 0;
		}
	}
}

static uint64_t now_ns(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* What a few pages take. */
static uint64_t trial_ns(const struct gt_hash_key *key, enum gt_simd simd)
{
	uint64_t best_ns = UINT64_MAX;

	for (unsigned i = 0; i < NR_TRIALS; i++) {
		uint64_t sum[2], start_ns = now_ns(), ns;

		for (unsigned k = 0; k < NR_TRIALS; k++) {
			gt_kernels[simd]->hash(key->nh, key->nh, NULL, key->nh, sum);
		}
		ns = now_ns() - start_ns;
		best_ns = ns < best_ns ? ns : best_ns;
	}
	return best_ns;
}

static enum gt_simd fastest(const struct gt_hash_key *key)
{
	enum gt_simd simd = gt_simd_now();
	uint64_t simd_ns = trial_ns(key, simd);

	return trial_ns(key, GT_SIMD_SCALAR) < simd_ns ? GT_SIMD_SCALAR : simd;
}

int gt_hash_key_make(struct gt_hash_key *key)
{
	struct gt_hash_key made;
	size_t done = 0;

	while (done < sizeof(made)) {
		ssize_t ret = getrandom((uint8_t *)&made + done, sizeof(made) - done, 0);

		if (ret < 0 && errno != EINTR) {
			return -errno;
		}
		done += ret > 0 ? (size_t)ret : 0;
	}
	finish_key(&made);
	made.simd = fastest(&made);
	*key = made;
	return 0;
}

void gt_hash_key_fix(struct gt_hash_key *key, uint64_t seed)
{
	uint8_t *p = (uint8_t *)key;

	for (size_t i = 0; i < sizeof(*key); i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		p[i] = (uint8_t)(seed >> 56);
	}
	finish_key(key);
	key->simd = gt_simd_now();
}

uint64_t gt_hash_page(const struct gt_hash_key *key, const uint8_t *page, uint8_t *copy,
		      const uint8_t *ahead)
{
	const struct gt_kernels *k = gt_kernels[key->simd];
	uint64_t nh[2], h;

	if (copy) {
		k->hash_copy(key->nh, page, copy, ahead ? ahead : page, nh);
	} else {
		k->hash(key->nh, page, NULL, ahead ? ahead : page, nh);
	}
	h = key->mix[4];
	h = mul_add(h, nh[0] & UINT32_MAX, key->mix[0]);
	h = mul_add(h, nh[0] >> 32, key->mix[1]);
	h = mul_add(h, nh[1] & UINT32_MAX, key->mix[2]);
	h = mul_add(h, nh[1] >> 32, key->mix[3]);
	return h + 1;
}
