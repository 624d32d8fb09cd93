/* SPDX-License-Identifier: MIT */
/* Binary PPM ("P6"): a header line and RGB bytes, for programs that want no library. */
#include "image.h"

#include <errno.h>
#include <stdlib.h>

static void row_to_rgb(uint8_t *rgb, const uint8_t *bgrx, uint32_t nr_px)
{
	for (uint32_t x = 0; x < nr_px; x++, rgb += 3, bgrx += 4) {
		rgb[0] = bgrx[2];
		rgb[1] = bgrx[1];
		rgb[2] = bgrx[0];
	}
}

int image_write_ppm(FILE *f, const struct image *im)
{
	uint8_t *rgb = malloc((size_t)im->width_px * 3);
	int ret = 0;

	if (!rgb) {
		return -ENOMEM;
	}
	errno = 0;
	if (fprintf(f, "P6\n%u %u\n255\n", im->width_px, im->height_px) < 0) {
		ret = errno ? -errno : -EIO;
	}
	for (uint32_t y = 0; !ret && y < im->height_px; y++) {
		row_to_rgb(rgb, (const uint8_t *)im->pixels + y * im->stride_B, im->width_px);
		if (fwrite(rgb, 3, im->width_px, f) != im->width_px) {
			ret = errno ? -errno : -EIO;
		}
	}
	free(rgb);
	return ret;
}
