/* SPDX-License-Identifier: MIT */
/*
 * QOI, "the Quite OK Image Format": lossless, a few operations a pixel, no library needed to read.
 * Specification 1.0 (2022-01-05), qoiformat.org.
 */
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OP_INDEX 0x00
#define OP_DIFF  0x40
#define OP_LUMA  0x80
#define OP_RUN   0xc0
#define OP_RGB   0xfe
#define MAX_RUN  62u
#define MAX_PX_B 4u /* of one pixel: OP_RGB */
#define ALPHA    255u

struct coder {
	uint32_t seen[64]; /* 0x00rrggbb by its hash; OP_INDEX */
	uint32_t last;
	uint32_t run;
	uint8_t *out;
};

static void end_run(struct coder *c)
{
	if (c->run) {
		*c->out++ = (uint8_t)(OP_RUN | (c->run - 1));
		c->run = 0;
	}
}

static void put_new(struct coder *c, uint32_t px)
{
	int r = (int8_t)((px >> 16) - (c->last >> 16));
	int g = (int8_t)((px >> 8) - (c->last >> 8));
	int b = (int8_t)(px - c->last);

	if (r >= -2 && r < 2 && g >= -2 && g < 2 && b >= -2 && b < 2) {
		*c->out++ = (uint8_t)(OP_DIFF | (r + 2) << 4 | (g + 2) << 2 | (b + 2));
	} else if (g >= -32 && g < 32 && (int8_t)(r - g) >= -8 && (int8_t)(r - g) < 8 &&
		   (int8_t)(b - g) >= -8 && (int8_t)(b - g) < 8) {
		*c->out++ = (uint8_t)(OP_LUMA | (g + 32));
		*c->out++ = (uint8_t)(((int8_t)(r - g) + 8) << 4 | ((int8_t)(b - g) + 8));
	} else {
		*c->out++ = OP_RGB;
		*c->out++ = (uint8_t)(px >> 16);
		*c->out++ = (uint8_t)(px >> 8);
		*c->out++ = (uint8_t)px;
	}
}

static void put_pixel(struct coder *c, uint32_t px)
{
	uint32_t r = px >> 16, g = px >> 8 & 0xff, b = px & 0xff;
	uint32_t hash = (r * 3 + g * 5 + b * 7 + ALPHA * 11) % 64;

	if (px == c->last) {
		if (++c->run == MAX_RUN) {
			end_run(c);
		}
		return;
	}
	end_run(c);
	if (c->seen[hash] == px) {
		*c->out++ = (uint8_t)(OP_INDEX | hash);
	} else {
		c->seen[hash] = px;
		put_new(c, px);
	}
	c->last = px;
}

static int put_bytes(FILE *f, const uint8_t *data, size_t len)
{
	errno = 0;
	if (fwrite(data, 1, len, f) != len) {
		return errno ? -errno : -EIO;
	}
	return 0;
}

static int put_head(FILE *f, const struct image *im)
{
	uint32_t w = im->width_px, h = im->height_px;
	const uint8_t head[14] = {'q',
				  'o',
				  'i',
				  'f',
				  (uint8_t)(w >> 24),
				  (uint8_t)(w >> 16),
				  (uint8_t)(w >> 8),
				  (uint8_t)w,
				  (uint8_t)(h >> 24),
				  (uint8_t)(h >> 16),
				  (uint8_t)(h >> 8),
				  (uint8_t)h,
				  3 /* channels */,
				  0 /* sRGB */};

	return put_bytes(f, head, sizeof(head));
}

static int put_strip(FILE *f, struct coder *c, uint8_t *buffer, const struct image *im,
		     const struct image_strip *s)
{
	c->out = buffer;
	for (uint32_t i = 0; i < s->nr; i++) {
		const uint8_t *row = s->pixels + i * s->stride_B;

		for (uint32_t x = 0; x < im->width_px; x++) {
			uint32_t px;

			memcpy(&px, row + x * 4, 4);
			put_pixel(c, px & 0xffffff);
		}
	}
	if (s->y + s->nr == im->height_px) {
		end_run(c);
	}
	return put_bytes(f, buffer, (size_t)(c->out - buffer));
}

int image_write_qoi(FILE *f, const struct image *im)
{
	static const uint8_t end[8] = {0, 0, 0, 0, 0, 0, 0, 1};
	struct coder c = {.last = 0};
	struct image_reader reader;
	struct image_strip strip;
	uint8_t *buffer;
	int ret = image_reader_begin(&reader, im);

	if (ret) {
		return ret;
	}
	memset(c.seen, 0xff, sizeof(c.seen)); /* no pixel yet: theirs have 0 in the highest byte */
	buffer = malloc((size_t)im->width_px * IMAGE_STRIP_ROWS * MAX_PX_B + 1);
	ret = buffer ? put_head(f, im) : -ENOMEM;
	while (!ret && (ret = image_reader_next(&reader, &strip)) > 0) {
		ret = put_strip(f, &c, buffer, im, &strip);
	}
	free(buffer);
	image_reader_end(&reader);
	return ret ? ret : put_bytes(f, end, sizeof(end));
}
