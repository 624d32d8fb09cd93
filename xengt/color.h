/* SPDX-License-Identifier: MIT */
/*
 * What a pipe does to colours after its planes are blended: gamma, colour matrix, gamma.
 *
 *   planes -> [degamma] -> CSC -> [gamma] -> monitor          split, or CSC before gamma
 *   planes -> gamma -> CSC -> monitor                         CSC after gamma
 *
 * A matrix that only packs the picture for the wire (limited range, YCbCr) is not part of what is
 * shown and is undone.
 * PRM SKL vol 12, "Color Space Conversion and Gamma".
 */
#ifndef GT_COLOR_H
#define GT_COLOR_H

#include "regs.h"

struct gt_vgpu;

#define GT_PRECISE_ENTRIES 1024

/* The precise palettes, red in 29:20, green in 19:10, blue in 9:0. */
struct gt_color {
	uint32_t precise[GT_MAX_PIPES][GT_PRECISE_ENTRIES];
};

void gt_color_reset(struct gt_vgpu *v);

/* PAL_PREC_DATA: the entry that PAL_PREC_INDEX names, which then grows if it is told to. */
uint32_t gt_color_data_read(struct gt_vgpu *v, const struct gt_reg *r);
void gt_color_data_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);

#define GT_COLOR_MATRIX_1 4096 /* 1.0 in a matrix */

/* All of it in tables: 8-bit channels to 10 bits, a matrix, and back to 8 bits. */
struct gt_color_stage {
	bool is_identity; /* nothing else need be looked at */
	bool has_matrix;
	uint16_t before[3][256]; /* red, green, blue; 0..1023 */
	int32_t matrix[3][3];	 /* row: of what becomes red, ... */
	int32_t pre_offset[3], post_offset[3]; /* of 1023 */
	uint8_t after[3][1024];
};

/* What latched registers and palettes say; @gamma, @csc: whether the planes go through these. */
void gt_color_stage_init(struct gt_color_stage *s, struct gt_vgpu *v, unsigned pipe, bool gamma,
			 bool csc);
/* @nr pixels of XRGB8888, in place; the highest byte becomes 0. */
void gt_color_apply(const struct gt_color_stage *s, uint32_t *px, size_t nr);

/* The legacy palette, GT_PALETTE_ENTRIES of it; greys while the guest has set none. */
void gt_color_palette(struct gt_vgpu *v, unsigned pipe, uint32_t *palette);

#endif
