/* SPDX-License-Identifier: MIT */
/*
 * Where a picture differs from the one before.
 *
 * Decides by keyed hashes of blocks of the picture that the client got, so that nothing a guest
 * does between two pictures matters; and how blocks become a few rectangles.
 */
#ifndef GT_DAMAGE_H
#define GT_DAMAGE_H

#include "hash.h"
#include "xengt/protocol.h"

/* 64 x 16 pixels of 32 bits are what one hash is of. */
#define GT_BLOCK_W_PX 64u
#define GT_BLOCK_H_PX 16u

/* Blocks of a picture; those at the right and the lower edge may be cut off. */
size_t gt_damage_nr_blocks(uint32_t w_px, uint32_t h_px);
/* One hash a block of a picture of 32-bit pixels, row after row. */
void gt_damage_hash(const struct gt_hash_key *key, const uint8_t *pixels, size_t stride_B,
		    uint32_t w_px, uint32_t h_px, uint64_t *hash);
/*
 * Rectangles that cover all blocks whose hashes differ, and lie in the picture, into @out, which
 * has room for XENGT_MAX_DAMAGE; the number of them, 0 if none differs.  More than fit are put
 * together where that adds the least area.
 */
uint32_t gt_damage_find(const uint64_t *before, const uint64_t *now, uint32_t w_px, uint32_t h_px,
			struct xengt_rect *out);

#endif
