/* SPDX-License-Identifier: MIT */
/* The slow oracle of tilings: shares nothing with xengt/detile.c but the names of the tilings. */
#ifndef SWIZZLE_H
#define SWIZZLE_H

#include "detile.h"

/* Place of byte @x of row @y in a surface. */
uint64_t swizzle_offset(enum gt_tiling tiling, uint32_t cpp, uint32_t stride, uint32_t x,
			uint32_t y);
/* Where what belongs at @off of a tiled surface is if memory is swizzled. */
uint64_t swizzle_bit_6(enum gt_swizzle swizzle, uint64_t off);

#endif
