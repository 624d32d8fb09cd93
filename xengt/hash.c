/* SPDX-License-Identifier: MIT */
/*
 * Decides the key and how the two sums of products become one number; the products themselves are
 * made by the processor's vector instructions (detile_kernels.h).
 */
#include "hash.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "detile_kernels.h"
#include "simd.h"

#define PRIME ((1ull << 61) - 1)

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
}

uint64_t gt_hash_page(const struct gt_hash_key *key, const uint8_t *page, uint8_t *copy,
		      const uint8_t *ahead)
{
	const struct gt_kernels *k = gt_kernels[gt_simd_now()];
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
