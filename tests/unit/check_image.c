/* SPDX-License-Identifier: MIT */
/*
 * Pictures in rows and in tiles as files, read again by others: libpng, and a decoder of QOI that
 * shares nothing with the encoder.
 */
#include "image.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "pixel.h"
#include "rgb.h"
#include "swizzle.h"
#include "test_run.h"

#define MAX_W     1100u
#define MAX_H     300u
#define SURFACE_B (512u * 12 * 320)

static uint8_t memory[SURFACE_B] __attribute__((aligned(4096)));
static uint32_t truth[MAX_W * MAX_H]; /* 0x00rrggbb, rows without a gap */

static uint32_t below(uint32_t limit)
{
	return (uint32_t)rand() % limit;
}

static void set_up(void)
{
	srand(5);
}

/* Something of a desktop: flat, sloping, striped and noisy parts, each pixel from @x and @y. */
static uint32_t scene(uint32_t x, uint32_t y)
{
	switch ((x / 61 + y / 37) % 5) {
	case 0:
		return 0x336699;
	case 1:
		return (x & 0xff) << 16 | (y & 0xff) << 8 | ((x + y) & 0xff);
	case 2:
		return x / 3 % 2 ? 0xffffff : 0;
	case 3:
		return (uint32_t)rand() & 0xffffff;
	default:
		return 0x808080 + (x * 5 % 4) + (y % 3 << 8) + (x % 9 << 17);
	}
}

static void draw_truth(uint32_t w, uint32_t h)
{
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			truth[y * w + x] = scene(x, y);
		}
	}
}

static FILE *written(image_write_fn write, const struct image *im)
{
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(write(f, im), 0);
	rewind(f);
	return f;
}

static void check_pixel(uint32_t w, size_t i, uint32_t r, uint32_t g, uint32_t b)
{
	if ((r << 16 | g << 8 | b) != truth[i]) {
		ck_abort_msg("pixel %zu,%zu is %02x%02x%02x, not %06x", i % w, i / w, r, g, b,
			     truth[i]);
	}
}

/* libpng's short way of reading stops before the last chunk. */
static void check_png_end(FILE *f)
{
	static const uint8_t end[12] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
	uint8_t got[12];

	ck_assert_int_eq(fseek(f, -12, SEEK_END), 0);
	ck_assert_uint_eq(fread(got, 1, 12, f), 12);
	ck_assert_mem_eq(got, end, 12);
}

static void check_png(FILE *f, uint32_t w, uint32_t h)
{
	png_image png = {.version = PNG_IMAGE_VERSION};
	uint8_t *rgb = malloc((size_t)w * h * 3);

	ck_assert(png_image_begin_read_from_stdio(&png, f));
	ck_assert_uint_eq(png.width, w);
	ck_assert_uint_eq(png.height, h);
	ck_assert_uint_eq(png.format, PNG_FORMAT_RGB);
	ck_assert_msg(png_image_finish_read(&png, NULL, rgb, (int)w * 3, NULL), "%s", png.message);
	ck_assert_uint_eq(png.warning_or_error, 0);
	for (size_t i = 0; i < (size_t)w * h; i++) {
		check_pixel(w, i, rgb[i * 3], rgb[i * 3 + 1], rgb[i * 3 + 2]);
	}
	free(rgb);
	check_png_end(f);
	fclose(f);
}

struct qoi_pixel {
	uint8_t r, g, b, a;
};

static uint32_t read_be(FILE *f)
{
	uint32_t val = 0;

	for (int i = 0; i < 4; i++) {
		val = val << 8 | (uint32_t)fgetc(f);
	}
	return val;
}

/* One operation: the pixel it makes, and how many times. */
static unsigned qoi_step(FILE *f, struct qoi_pixel *px, const struct qoi_pixel index[64])
{
	unsigned op = (unsigned)fgetc(f), more;

	ck_assert_uint_ne(op, 0xff); /* RGBA: we have no alpha */
	if (op == 0xfe) {
		px->r = (uint8_t)fgetc(f);
		px->g = (uint8_t)fgetc(f);
		px->b = (uint8_t)fgetc(f);
		return 1;
	}
	switch (op >> 6) {
	case 0:
		*px = index[op];
		return 1;
	case 1:
		px->r = (uint8_t)(px->r + (op >> 4 & 3) - 2);
		px->g = (uint8_t)(px->g + (op >> 2 & 3) - 2);
		px->b = (uint8_t)(px->b + (op & 3) - 2);
		return 1;
	case 2:
		more = (unsigned)fgetc(f);
		px->g = (uint8_t)(px->g + (op & 63) - 32);
		px->r = (uint8_t)(px->r + (op & 63) - 32 + (more >> 4) - 8);
		px->b = (uint8_t)(px->b + (op & 63) - 32 + (more & 15) - 8);
		return 1;
	default:
		return (op & 63) + 1;
	}
}

static void check_qoi(FILE *f, uint32_t w, uint32_t h)
{
	struct qoi_pixel px = {0, 0, 0, 255}, index[64] = {0};
	char magic[4];
	size_t i = 0;

	ck_assert_uint_eq(fread(magic, 1, 4, f), 4);
	ck_assert_mem_eq(magic, "qoif", 4);
	ck_assert_uint_eq(read_be(f), w);
	ck_assert_uint_eq(read_be(f), h);
	ck_assert_int_eq(fgetc(f), 3);
	ck_assert_int_eq(fgetc(f), 0);
	while (i < (size_t)w * h) {
		unsigned times = qoi_step(f, &px, index);

		index[(px.r * 3 + px.g * 5 + px.b * 7 + px.a * 11) % 64] = px;
		ck_assert_uint_eq(px.a, 255);
		ck_assert_uint_le(i + times, (size_t)w * h);
		while (times--) {
			check_pixel(w, i++, px.r, px.g, px.b);
		}
	}
	ck_assert_uint_eq(read_be(f), 0);
	ck_assert_uint_eq(read_be(f), 1);
	ck_assert_int_eq(fgetc(f), EOF);
	fclose(f);
}

static void check_ppm(FILE *f, uint32_t w, uint32_t h)
{
	unsigned got_w, got_h, max;

	ck_assert_int_eq(fscanf(f, "P6 %u %u %u", &got_w, &got_h, &max), 3);
	ck_assert(got_w == w && got_h == h && max == 255 && fgetc(f) == '\n');
	for (size_t i = 0; i < (size_t)w * h; i++) {
		uint32_t r = (uint32_t)fgetc(f), g = (uint32_t)fgetc(f);

		check_pixel(w, i, r, g, (uint32_t)fgetc(f));
	}
	ck_assert_int_eq(fgetc(f), EOF);
	fclose(f);
}

static bool have_isal(void)
{
	struct image none = {0};

	return image_write_png_isal(stdout, &none) != -ENOTSUP;
}

static void check_all_files(const struct image *im)
{
	uint32_t w = im->width_px, h = im->height_px;

	check_png(written(image_write_png, im), w, h);
	check_png(written(image_write_png_libpng, im), w, h);
	if (have_isal()) {
		check_png(written(image_write_png_isal, im), w, h);
	}
	check_qoi(written(image_write_qoi, im), w, h);
	check_ppm(written(image_write_ppm, im), w, h);
}

/* The truth as rows with a gap and with rubbish in what is to be ignored. */
static struct image as_rows(uint32_t w, uint32_t h)
{
	struct image im = {w, h, w * 4 + 12, memory, NULL, NULL};

	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			uint32_t px = truth[y * w + x] | (uint32_t)rand() << 24;

			memcpy(memory + y * im.stride_B + x * 4, &px, 4);
		}
	}
	return im;
}

START_TEST(rows_of_every_width_come_back_from_each_kind_of_file)
{
	static const uint32_t heights[] = {1, 2, 31, 32, 33, 64, 70};

	for (uint32_t w = 1; w < 70; w++) {
		uint32_t h = heights[w % GT_ARRAY_SIZE(heights)];
		struct image im;

		draw_truth(w, h);
		rgb_use_simd(w % 2);
		im = as_rows(w, h);
		check_all_files(&im);
	}
	rgb_use_simd(true);
}
END_TEST

START_TEST(large_pictures_of_noise_need_many_chunks_and_come_back)
{
	struct image im;

	for (size_t i = 0; i < GT_ARRAY_SIZE(truth); i++) {
		truth[i] = (uint32_t)rand() & 0xffffff;
	}
	im = as_rows(MAX_W, MAX_H);
	check_all_files(&im);
	memset(truth, 0, sizeof(truth));
	im = as_rows(MAX_W, MAX_H);
	check_all_files(&im);
}
END_TEST

static const uint32_t fourccs[GT_NR_TURNS] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_XBGR8888,
					      DRM_FORMAT_XRGB2101010, DRM_FORMAT_XBGR2101010,
					      DRM_FORMAT_RGB565};
static const enum gt_format formats[GT_NR_TURNS] = {
    GT_FMT_XRGB8888, GT_FMT_XBGR8888, GT_FMT_XRGB2101010, GT_FMT_XBGR2101010, GT_FMT_RGB565};
static const uint64_t modifiers[GT_NR_TILINGS] = {DRM_FORMAT_MOD_LINEAR, I915_FORMAT_MOD_X_TILED,
						  I915_FORMAT_MOD_Y_TILED,
						  I915_FORMAT_MOD_Yf_TILED};

/* Fill the memory of a tiled frame at random and read the truth out of it slowly. */
static void draw_frame(const struct xengt_frame *fr, enum gt_tiling tiling, enum gt_turn turn)
{
	uint32_t cpp_B = turn == GT_TURN_RGB565 ? 2 : 4;

	for (size_t i = 0; i < sizeof(memory); i++) {
		memory[i] = (uint8_t)(rand() >> 7);
	}
	for (uint32_t y = 0; y < fr->height_px; y++) {
		for (uint32_t x = 0; x < fr->width_px; x++) {
			uint64_t at = swizzle_offset(tiling, cpp_B, fr->stride_B, x * cpp_B, y);
			uint32_t px;

			gt_formats[formats[turn]].to_argb(&px, memory + at, 1, NULL);
			truth[y * fr->width_px + x] = px & 0xffffff;
		}
	}
}

START_TEST(a_frame_of_each_format_and_modifier_comes_back)
{
	for (int tiling = 0; tiling < GT_NR_TILINGS; tiling++) {
		for (int turn = 0; turn < GT_NR_TURNS; turn++) {
			struct xengt_frame fr = {.width_px = 1 + below(700),
						 .height_px = 1 + below(MAX_H),
						 .stride_B = 512 * 6,
						 .fourcc = fourccs[turn],
						 .modifier = modifiers[tiling],
						 .size_B = sizeof(memory)};
			struct image_surface s;
			struct image im;

			draw_frame(&fr, (enum gt_tiling)tiling, (enum gt_turn)turn);
			ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), 0);
			check_all_files(&im);
		}
	}
}
END_TEST

START_TEST(a_frame_that_does_not_fit_its_memory_is_refused)
{
	struct xengt_frame good = {.width_px = 640,
				   .height_px = 64,
				   .stride_B = 2560,
				   .fourcc = DRM_FORMAT_XRGB8888,
				   .size_B = 2560 * 64};
	struct image_surface s;
	struct image im;

	for (int tiled = 0; tiled < 2; tiled++) {
		struct xengt_frame fr = good;

		fr.modifier = tiled ? I915_FORMAT_MOD_Y_TILED : DRM_FORMAT_MOD_LINEAR;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), 0);
		fr.size_B--;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), -EINVAL);
		fr.size_B++;
		fr.width_px = 641;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), -EINVAL);
		fr.width_px = UINT32_MAX / 4 + 2;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), -EINVAL);
		fr.width_px = 0;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), -EINVAL);
		fr.width_px = 640;
		fr.height_px = UINT32_MAX;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), -EINVAL);
		fr.height_px = 0;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), -EINVAL);
		fr.height_px = 64;
		fr.stride_B = 2561;
		ck_assert_int_eq(image_from_frame(&im, &s, &fr, memory), -EINVAL);
	}
	good.fourcc = DRM_FORMAT_NV12;
	ck_assert_int_eq(image_from_frame(&im, &s, &good, memory), -ENOTSUP);
	good.fourcc = DRM_FORMAT_XRGB8888;
	good.modifier = DRM_FORMAT_MOD_INVALID;
	ck_assert_int_eq(image_from_frame(&im, &s, &good, memory), -ENOTSUP);
}
END_TEST

START_TEST(a_picture_without_pixels_is_refused_by_every_encoder)
{
	static const image_write_fn writers[] = {image_write_png, image_write_png_libpng,
						 image_write_qoi, image_write_ppm};
	struct image wide = {IMAGE_MAX_PX + 1, 1, (IMAGE_MAX_PX + 1) * 4, memory, NULL, NULL};
	struct image flat = {1, 0, 4, memory, NULL, NULL};
	struct image tight = {2, 1, 7, memory, NULL, NULL};

	for (size_t i = 0; i < GT_ARRAY_SIZE(writers); i++) {
		ck_assert_int_eq(writers[i](stdout, &wide), -EINVAL);
		ck_assert_int_eq(writers[i](stdout, &flat), -EINVAL);
		ck_assert_int_eq(writers[i](stdout, &tight), -EINVAL);
	}
}
END_TEST

static int fails_at_row_32(const struct image *im, uint32_t y, uint32_t nr, uint8_t *to)
{
	memset(to, 0, im->stride_B * nr);
	return y == 32 ? -EIO : 0;
}

START_TEST(rows_that_cannot_be_had_end_every_encoder_with_the_reason)
{
	static const image_write_fn writers[] = {image_write_png, image_write_png_libpng,
						 image_write_qoi, image_write_ppm};
	struct image im = {10, 100, 64, NULL, fails_at_row_32, NULL};

	for (size_t i = 0; i < GT_ARRAY_SIZE(writers); i++) {
		FILE *f = tmpfile();

		ck_assert_int_eq(writers[i](f, &im), -EIO);
		fclose(f);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image");
	TCase *tc = tcase_create("image");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, rows_of_every_width_come_back_from_each_kind_of_file);
	tcase_add_test(tc, large_pictures_of_noise_need_many_chunks_and_come_back);
	tcase_add_test(tc, a_frame_of_each_format_and_modifier_comes_back);
	tcase_add_test(tc, a_frame_that_does_not_fit_its_memory_is_refused);
	tcase_add_test(tc, a_picture_without_pixels_is_refused_by_every_encoder);
	tcase_add_test(tc, rows_that_cannot_be_had_end_every_encoder_with_the_reason);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
