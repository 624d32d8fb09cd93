/* SPDX-License-Identifier: MIT */
/* What the files of composition share: compose.c, compose_view.c, compose_lay.c. */
#ifndef GT_COMPOSE_INTERNAL_H
#define GT_COMPOSE_INTERNAL_H

#include "compose.h"

/* Rows of a plane that are converted at a time; even, and those of the tallest tile. */
#define GT_VIEW_ROWS 64u

/*
 * Rows @first_row.. of what a plane shows, @nr_rows of them (GT_VIEW_ROWS at most), as ARGB8888 in
 * @px, width_px to a row; pixels that the plane's own colour key takes out are 0.  Not scaled, not
 * turned upside down; a rotated view is turned as the view is.
 */
enum xengt_status gt_view_read(struct gt_compose *c, const struct gt_fb *fb, uint32_t first_row,
			       uint32_t nr_rows, uint32_t *px);

/*
 * Bring @r in for a surface at @base, GT_COMPOSE_PAGES at most, and detile it.  With a @turn, see
 * detile.h.
 */
enum xengt_status gt_view_detile(struct gt_compose *c, const struct gt_surface *s, gt_gma_t base,
				 const struct gt_rect *r, enum gt_turn turn, uint8_t *dst,
				 size_t dst_stride_B);

/* Lay a plane upon the picture; @below: the key of the plane beneath, NULL: none. */
enum xengt_status gt_lay_plane(struct gt_compose *c, const struct gt_fb *fb,
			       const struct gt_key *below);

/* A picture of @from_w x @from_h pixels into a window of another, bilinear. False: no memory. */
bool gt_lay_window(const uint32_t *from, size_t from_stride_px, uint32_t from_w_px,
		   uint32_t from_h_px, uint32_t *to, size_t to_stride_px, uint32_t to_w_px,
		   uint32_t to_h_px);

#endif
