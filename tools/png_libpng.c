/* SPDX-License-Identifier: MIT */
/*
 * PNG by libpng: what is used without ISA-L, and what tests compare with.  Zlib's fastest level and
 * the Up filter alone: on a desktop three times as fast as libpng's own choice, for files about a
 * tenth larger.
 */
#include "image.h"

#include <errno.h>
#include <png.h>

/* Where the bytes go, and what went wrong there. */
struct sink {
	FILE *f;
	int err; /* negative errno */
};

static void sink_write(png_structp png, png_bytep data, png_size_t len)
{
	struct sink *sink = png_get_io_ptr(png);

	if (fwrite(data, 1, len, sink->f) != len) {
		sink->err = errno ? -errno : -EIO;
		png_error(png, "write");
	}
}

/* The caller flushes. */
static void sink_flush(png_structp png)
{
}

static void on_error(png_structp png, png_const_charp text)
{
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
}

static void encode(png_structp png, png_infop info, struct image_reader *reader, int *ret)
{
	const struct image *im = reader->im;
	struct image_strip strip;

	png_set_compression_level(png, 1);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
	png_set_IHDR(png, info, im->width_px, im->height_px, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	png_set_bgr(png);
	png_set_filler(png, 0, PNG_FILLER_AFTER);
	while ((*ret = image_reader_next(reader, &strip)) > 0) {
		for (uint32_t i = 0; i < strip.nr; i++) {
			png_write_row(png, strip.pixels + i * strip.stride_B);
		}
	}
	if (!*ret) {
		png_write_end(png, info);
	}
}

/* The frame that libpng's errors return to; it has no local to lose by that. */
static int encode_guarded(png_structp png, png_infop info, struct image_reader *reader, int *ret)
{
	if (setjmp(png_jmpbuf(png))) {
		return -1;
	}
	encode(png, info, reader, ret);
	return 0;
}

int image_write_png_libpng(FILE *f, const struct image *im)
{
	struct sink sink = {f, -ENOMEM};
	struct image_reader reader;
	png_structp png;
	png_infop info;
	int ret = image_reader_begin(&reader, im);

	if (ret) {
		return ret;
	}
	png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	info = png ? png_create_info_struct(png) : NULL;
	ret = -ENOMEM;
	if (info) {
		png_set_write_fn(png, &sink, sink_write, sink_flush);
		if (encode_guarded(png, info, &reader, &ret)) {
			ret = sink.err;
		}
	}
	png_destroy_write_struct(&png, &info);
	image_reader_end(&reader);
	return ret;
}
