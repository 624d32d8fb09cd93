/* SPDX-License-Identifier: MIT */
/*
 * Gamma and colour matrix of a pipe.
 *
 * Decides what the palettes and CSC registers mean.  Sums are made with 10 bits a channel and
 * rounded; a ramp or matrix that changes no 8-bit colour is an identity and costs nothing.  The
 * 12-bit gamma mode, which no driver sets here, is passed over.
 * PRM SKL vol 12, "Color Space Conversion and Gamma", and vol 2c: PAL_PREC_INDEX, CSC_COEFF.
 */
#include "color.h"

#include <string.h>

#include "pixel.h"
#include "vgpu_internal.h"

#define PIPE_PALETTES	  0x800u /* from one pipe's to the next's */
#define PAL_LGC(pipe)	  (0x4a000u + PIPE_PALETTES * (pipe))
#define PAL_INDEX(pipe)	  (PAL_LGC(pipe) + 0x400u)

#define INDEX_GROWS	  GT_BIT(15)
#define INDEX_MASK	  0x3ffu
#define CSC_BEFORE_GAMMA  GT_BIT(1)

enum { MODE_8_BIT, MODE_10_BIT, MODE_12_BIT, MODE_SPLIT };

/* Full range packed into 16..235, as i915 writes it: 219 / 255 and 16 / 255 of 4096. */
#define LIMITED_POSTOFF 257u

/* --- the precise palette -------------------------------------------------------------------- */

static uint32_t *precise_entry(struct gt_vgpu *v, const struct gt_reg *r)
{
	unsigned pipe = (r->off - PAL_LGC(0)) / PIPE_PALETTES;
	uint32_t index = gt_vreg(v, PAL_INDEX(pipe)), at = index & INDEX_MASK;

	if (index & INDEX_GROWS) {
		gt_vreg_set(v, PAL_INDEX(pipe), (index & ~INDEX_MASK) | ((at + 1) & INDEX_MASK));
	}
	return &v->color.precise[pipe][at];
}

void gt_color_reset(struct gt_vgpu *v)
{
	memset(&v->color, 0, sizeof(v->color));
}

uint32_t gt_color_data_read(struct gt_vgpu *v, const struct gt_reg *r)
{
	return *precise_entry(v, r);
}

void gt_color_data_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	*precise_entry(v, r) = w->now & 0x3fffffff;
}

void gt_color_palette(struct gt_vgpu *v, unsigned pipe, uint32_t *palette)
{
	uint32_t any = 0;

	for (uint32_t i = 0; i < GT_PALETTE_ENTRIES; i++) {
		palette[i] = gt_vreg(v, PAL_LGC(pipe) + i * 4) & 0xffffff;
		any |= palette[i];
	}
	for (uint32_t i = 0; !any && i < GT_PALETTE_ENTRIES; i++) {
		palette[i] = i * 0x010101;
	}
}

/* --- ramps ---------------------------------------------------------------------------------- */

static uint16_t to_10(uint32_t val, uint32_t max)
{
	return (uint16_t)((val * 1023 + max / 2) / max);
}

static uint8_t to_8(uint32_t val_10)
{
	return (uint8_t)((val_10 * 255 + 511) / 1023);
}

/* What channel @c of 10 bits becomes in a ramp: entries first..first + nr - 1. */
static uint16_t precise_ramp(const uint32_t *palette, unsigned c, uint32_t first, uint32_t nr,
			     uint32_t val_10)
{
	uint32_t at = first + (val_10 * (nr - 1) + 511) / 1023;

	return (uint16_t)(palette[at] >> (20 - 10 * c) & 0x3ff);
}

/* The pipe's gamma; @degamma: the first half of a split one. */
static uint16_t ramp(struct gt_vgpu *v, unsigned pipe, unsigned c, bool degamma, uint32_t val_10)
{
	const uint32_t *precise = v->color.precise[pipe];
	uint32_t legacy;

	switch (v->display.pipe[pipe].colors.gamma_mode & 3) {
	case MODE_8_BIT:
		legacy = gt_vreg(v, PAL_LGC(pipe) + to_8(val_10) * 4u);
		return to_10(legacy >> (16 - 8 * c) & 0xff, 255);
	case MODE_10_BIT:
		return precise_ramp(precise, c, 0, 1024, val_10);
	case MODE_SPLIT:
		return precise_ramp(precise, c, degamma ? 0 : 512, 512, val_10);
	default:
		return (uint16_t)val_10;
	}
}

static void init_ramps(struct gt_color_stage *s, struct gt_vgpu *v, unsigned pipe, bool gamma)
{
	const struct gt_pipe_colors *colors = &v->display.pipe[pipe].colors;
	bool split = (colors->gamma_mode & 3) == MODE_SPLIT;
	bool gamma_last = colors->csc_mode & CSC_BEFORE_GAMMA;
	bool before = gamma && (split || !gamma_last), after = gamma && (split || gamma_last);

	for (unsigned c = 0; c < 3; c++) {
		for (uint32_t i = 0; i < 256; i++) {
			uint16_t val = to_10(i, 255);

			s->before[c][i] = before ? ramp(v, pipe, c, true, val) : val;
		}
		for (uint32_t i = 0; i < 1024; i++) {
			s->after[c][i] = to_8(after ? ramp(v, pipe, c, false, i) : i);
		}
	}
}

/* --- the matrix ----------------------------------------------------------------------------- */

/* Sign in bit 15, a reversed exponent in 14:12, 9 bits of mantissa in 11:3. */
static int32_t coefficient(uint32_t field)
{
	static const uint8_t shift[8] = { 9, 10, 11, 12, 12, 12, 7, 8 };
	int32_t val = (int32_t)(((field & 0xff8) >> 3) << 12 >> shift[field >> 12 & 7]);

	return field & 0x8000 ? -val : val;
}

static void read_matrix(struct gt_color_stage *s, const uint32_t coeff[6])
{
	for (unsigned row = 0; row < 3; row++) {
		s->matrix[row][0] = coefficient(coeff[row * 2] >> 16);
		s->matrix[row][1] = coefficient(coeff[row * 2]);
		s->matrix[row][2] = coefficient(coeff[row * 2 + 1] >> 16);
	}
}

static int32_t offset_10(uint32_t reg)
{
	int32_t val = (int32_t)(reg & 0xfff) * 1023 / 4096;

	return reg & 0x1000 ? -val : val;
}

/* Whether the offsets after the matrix say that it packs the picture: false for YCbCr. */
static bool unpack(struct gt_color_stage *s, const uint32_t *post)
{
	bool limited = true;

	if (post[0] == 0x800 && post[2] == 0x800) {
		return false;
	}
	for (unsigned i = 0; i < 3; i++) {
		limited = limited && post[i] == LIMITED_POSTOFF;
	}
	for (unsigned i = 0; limited && i < 9; i++) {
		s->matrix[i / 3][i % 3] = s->matrix[i / 3][i % 3] * 255 / 219;
	}
	for (unsigned i = 0; i < 3; i++) {
		s->post_offset[i] = limited ? 0 : offset_10(post[i]);
	}
	return true;
}

static void init_matrix(struct gt_color_stage *s, const struct gt_pipe_colors *colors)
{
	uint32_t post[3];

	for (unsigned i = 0; i < 3; i++) {
		post[i] = colors->csc_postoff[i] & 0x1fff;
		s->pre_offset[i] = offset_10(colors->csc_preoff[i]);
	}
	read_matrix(s, colors->csc_coeff);
	s->has_matrix = unpack(s, post);
}

/* --- pixels --------------------------------------------------------------------------------- */

static uint32_t clamp_10(int32_t val)
{
	return val < 0 ? 0 : val > 1023 ? 1023 : (uint32_t)val;
}

static uint32_t one_pixel(const struct gt_color_stage *s, uint32_t px)
{
	int32_t in[3], out = 0;

	for (unsigned c = 0; c < 3; c++) {
		in[c] = s->before[c][px >> (16 - 8 * c) & 0xff];
	}
	for (unsigned c = 0; c < 3; c++) {
		int32_t val = in[c];

		if (s->has_matrix) {
			val = GT_COLOR_MATRIX_1 / 2;
			for (unsigned i = 0; i < 3; i++) {
				val += s->matrix[c][i] * (in[i] + s->pre_offset[i]);
			}
			val = val / GT_COLOR_MATRIX_1 + s->post_offset[c];
		}
		out = out << 8 | s->after[c][clamp_10(val)];
	}
	return (uint32_t)out;
}

/* Whether no colour changes: true for a diagonal that leaves each channel's 256 values alone. */
static bool changes_nothing(const struct gt_color_stage *s)
{
	for (unsigned i = 0; s->has_matrix && i < 9; i++) {
		if (i / 3 != i % 3 && s->matrix[i / 3][i % 3]) {
			return false;
		}
	}
	for (uint32_t i = 0; i < 256; i++) {
		if (one_pixel(s, i * 0x010101) != i * 0x010101) {
			return false;
		}
	}
	return true;
}

void gt_color_stage_init(struct gt_color_stage *s, struct gt_vgpu *v, unsigned pipe, bool gamma,
			 bool csc)
{
	memset(s, 0, sizeof(*s));
	s->is_identity = !gamma && !csc;
	if (s->is_identity) {
		return;
	}
	init_ramps(s, v, pipe, gamma);
	if (csc) {
		init_matrix(s, &v->display.pipe[pipe].colors);
	}
	s->is_identity = changes_nothing(s);
}

void gt_color_apply(const struct gt_color_stage *s, uint32_t *px, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		px[i] = one_pixel(s, px[i]);
	}
}
