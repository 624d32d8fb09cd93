/* SPDX-License-Identifier: MIT */
/* Pictures as files: PNG (png.c) and PPM (ppm.c). */
#ifndef TOOLS_IMAGE_H
#define TOOLS_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* 32-bit pixels, little-endian, blue in the lowest byte, the highest ignored. */
struct image {
	uint32_t width_px, height_px;
	size_t stride_B;
	const void *pixels;
};

/*
 * Write to @f, which is then neither flushed nor closed.  0, or negative errno of the write that
 * failed (-ENOMEM if it was the encoder); what was written until then is in the file.
 */
int image_write_png(FILE *f, const struct image *im);
int image_write_ppm(FILE *f, const struct image *im);

#endif
