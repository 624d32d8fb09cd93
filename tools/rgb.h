/* SPDX-License-Identifier: MIT */
/* Rows of 32-bit pixels as three bytes a pixel: red, green, blue. */
#ifndef TOOLS_RGB_H
#define TOOLS_RGB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RGB_SLACK_B 16 /* bytes beyond the row's end that may be written with it */

/* @nr_px pixels from @bgrx to @rgb. */
void rgb_pack(uint8_t *rgb, const uint8_t *bgrx, uint32_t nr_px);
/* The same, of each byte the difference to the one above it: PNG's filter Up. */
void rgb_pack_up(uint8_t *rgb, const uint8_t *bgrx, const uint8_t *above, uint32_t nr_px);

/* For tests: do without vector instructions, or not. */
void rgb_use_simd(bool yes);

#endif
