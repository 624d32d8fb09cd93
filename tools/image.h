/* SPDX-License-Identifier: MIT */
/*
 * Pictures as files: PNG (png.c, png_libpng.c), QOI (qoi.c) and PPM (ppm.c).
 *
 * A picture is asked for in strips of rows, so that one that lies in tiles is detiled, turned and
 * encoded while it is in the processor's caches, and never lies in memory as rows.
 */
#ifndef TOOLS_IMAGE_H
#define TOOLS_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "detile.h"
#include "xengt/protocol.h"

/* Rows of a strip: a whole row of tiles.  32 rows of 1920 pixels are a quarter of a megabyte. */
#define IMAGE_STRIP_ROWS 32u
#define IMAGE_MAX_PX     65535u /* width and height */

/* 32-bit pixels, little-endian, blue in the lowest byte, the highest ignored. */
struct image {
	uint32_t width_px, height_px;
	size_t stride_B;
	const void *pixels; /* rows stride_B apart; not read if there is @rows */
	/* NULL, or: put rows [@y, @y + @nr) at @to, stride_B apart.  @nr is IMAGE_STRIP_ROWS at
	 * most and @y a multiple of it.  0 or negative errno. */
	int (*rows)(const struct image *im, uint32_t y, uint32_t nr, uint8_t *to);
	const void *ctx; /* for @rows */
};

/* A picture in a surface that is all in memory. */
struct image_surface {
	struct gt_surface surface;
	enum gt_turn turn;
	uint32_t x_px, y_px; /* of the picture in the surface */
	const uint8_t *memory;
};

/*
 * Make @im the picture in @s, which must stay where it is.  -EINVAL if the picture is not within
 * the surface, or the surface not within its @size_B bytes.
 */
int image_from_surface(struct image *im, const struct image_surface *s, uint32_t width_px,
		       uint32_t height_px, size_t size_B);

/*
 * Make @im of a frame as a worker sent it, @pixels being its memory; @s is filled in and must stay.
 * -EINVAL: its numbers make no sense; -ENOTSUP: a format or modifier that is not known here.
 */
int image_from_frame(struct image *im, struct image_surface *s, const struct xengt_frame *frame,
		     const void *pixels);

/*
 * Write to @f, which is then neither flushed nor closed.  0, or negative errno of the write that
 * failed (-ENOMEM if it was the encoder, -EINVAL if the picture has no pixels or is larger than
 * IMAGE_MAX_PX); what was written until then is in the file.
 */
typedef int (*image_write_fn)(FILE *f, const struct image *im);
int image_write_png(FILE *f, const struct image *im);
int image_write_qoi(FILE *f, const struct image *im);
int image_write_ppm(FILE *f, const struct image *im);

/* The two encoders behind image_write_png(): ISA-L's, -ENOTSUP if built without it, and libpng's.
 * Files differ, pixels do not. */
int image_write_png_isal(FILE *f, const struct image *im);
int image_write_png_libpng(FILE *f, const struct image *im);

/* Reading a picture strip by strip; for encoders. */
struct image_reader {
	const struct image *im;
	uint32_t next; /* row that the next strip begins with */
	uint8_t *buffer;
};

/* A strip: @nr rows of pixels from row @y on. */
struct image_strip {
	uint32_t y, nr;
	size_t stride_B;
	const uint8_t *pixels; /* valid until the next one */
};

/* -EINVAL or -ENOMEM as above; then there is nothing to end. */
int image_reader_begin(struct image_reader *r, const struct image *im);
/* 1: here is a strip; 0: there are no more; negative errno of the picture's rows(). */
int image_reader_next(struct image_reader *r, struct image_strip *strip);
void image_reader_end(struct image_reader *r);

#endif
