/* SPDX-License-Identifier: MIT */
/* Binary PPM ("P6"): a header line and RGB bytes, for programs that want no library. */
#include "image.h"

#include <errno.h>
#include <stdlib.h>

#include "rgb.h"

static int put_strip(FILE *f, uint8_t *rgb, const struct image *im, const struct image_strip *s)
{
	size_t row_B = (size_t)im->width_px * 3;

	for (uint32_t i = 0; i < s->nr; i++) {
		rgb_pack(rgb + i * row_B, s->pixels + i * s->stride_B, im->width_px);
	}
	errno = 0;
	if (fwrite(rgb, row_B, s->nr, f) != s->nr) {
		return errno ? -errno : -EIO;
	}
	return 0;
}

int image_write_ppm(FILE *f, const struct image *im)
{
	struct image_reader reader;
	struct image_strip strip;
	uint8_t *rgb;
	int ret = image_reader_begin(&reader, im);

	if (ret) {
		return ret;
	}
	rgb = malloc((size_t)im->width_px * 3 * IMAGE_STRIP_ROWS + RGB_SLACK_B);
	errno = 0;
	if (!rgb) {
		ret = -ENOMEM;
	} else if (fprintf(f, "P6\n%u %u\n255\n", im->width_px, im->height_px) < 0) {
		ret = errno ? -errno : -EIO;
	}
	while (!ret && (ret = image_reader_next(&reader, &strip)) > 0) {
		ret = put_strip(f, rgb, im, &strip);
	}
	free(rgb);
	image_reader_end(&reader);
	return ret;
}
