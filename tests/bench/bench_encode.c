/* SPDX-License-Identifier: MIT */
/*
 * A 1080p frame in Y tiles to a picture file, against libpng's defaults over the same pixels in
 * rows; each PNG is first decoded by libpng and compared with the frame.  Files go to /dev/null:
 * what a disk takes is not measured.
 */
#include "bench.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "swizzle.h"

#define W        1920u
#define H        1080u
#define STRIDE_B (W * 4)
#define FRAME_B  (STRIDE_B * 1088u)

struct task {
	image_write_fn write;
	const struct image *im;
	FILE *to;
};

static uint32_t random_bits(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}

static void fill_rect(uint32_t *px, uint32_t x, uint32_t y, uint32_t w, uint32_t h, uint32_t colour)
{
	for (uint32_t j = y; j < y + h && j < H; j++) {
		for (uint32_t i = x; i < x + w && i < W; i++) {
			px[j * W + i] = colour;
		}
	}
}

/* Letters of a sort: 8 by 16, strokes at random with soft edges, a gap now and then. */
static void draw_text(uint32_t *px, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	for (uint32_t j = y; j + 16 < y + h; j += 18) {
		for (uint32_t i = x; i + 8 < x + w; i += 8) {
			uint32_t glyph = random_bits();

			for (uint32_t k = 0; glyph % 7 && k < 40; k++) {
				uint32_t at = glyph * (k + 3) * 2654435761u >> 8;

				px[(j + 3 + at % 11) * W + i + 1 + at / 16 % 6] =
				    k % 4 ? 0x202020 : 0x909090;
			}
		}
	}
}

/* A desktop: a slope behind, windows of one colour with title bars and text. */
static void draw_desktop(uint32_t *px)
{
	for (uint32_t y = 0; y < H; y++) {
		fill_rect(px, 0, y, W, 1, 0x203040 + (y / 9) * 0x010101);
	}
	for (uint32_t n = 0; n < 4; n++) {
		uint32_t x = 60 + n * 400, y = 40 + n * 170;

		fill_rect(px, x, y, 900, 560, 0xf0f0f0);
		fill_rect(px, x, y, 900, 24, 0x3060a0);
		draw_text(px, x + 10, y + 30, 880, 500);
	}
	fill_rect(px, 0, H - 32, W, 32, 0x303030);
}

/* A photograph of a sort: slopes and noise in every pixel. */
static void draw_photo(uint32_t *px)
{
	for (uint32_t y = 0; y < H; y++) {
		for (uint32_t x = 0; x < W; x++) {
			uint32_t r = x * 200 / W + (random_bits() & 7);
			uint32_t g = y * 200 / H + (random_bits() & 7);
			uint32_t b = (x + y) * 200 / (W + H) + (random_bits() & 7);

			px[y * W + x] = r << 16 | g << 8 | b;
		}
	}
}

static void tile(uint8_t *to, const uint32_t *px)
{
	for (uint32_t y = 0; y < H; y++) {
		for (uint32_t x = 0; x < W; x++) {
			memcpy(to + swizzle_offset(GT_TILE_Y, 4, STRIDE_B, x * 4, y),
			       &px[y * W + x], 4);
		}
	}
}

/* What a program does that asks libpng for nothing but a PNG. */
static int write_libpng_defaults(FILE *f, const struct image *im)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);

	png_init_io(png, f);
	png_set_IHDR(png, info, im->width_px, im->height_px, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	png_set_bgr(png);
	png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (uint32_t y = 0; y < im->height_px; y++) {
		png_write_row(png, (png_const_bytep)im->pixels + y * im->stride_B);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	return 0;
}

static void run_write(void *ctx, unsigned round)
{
	const struct task *t = ctx;

	if (t->write(t->to, t->im) || fflush(t->to)) {
		fprintf(stderr, "bench_encode: writing failed\n");
		exit(2);
	}
}

/* The length of the file; ends the program if it is a PNG of other pixels. */
static long verify(const struct task *t, const uint32_t *px, bool is_png)
{
	png_image png = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_BGRA};
	FILE *f = tmpfile();
	uint32_t *got = malloc((size_t)W * H * 4);
	long len;

	if (!f || !got || t->write(f, t->im)) {
		exit(2);
	}
	len = ftell(f);
	rewind(f);
	if (is_png) {
		bool read =
		    png_image_begin_read_from_stdio(&png, f) && png.width == W && png.height == H;

		png.format = PNG_FORMAT_BGRA;
		read = read && png_image_finish_read(&png, NULL, got, 0, NULL);
		for (size_t i = 0; i < (size_t)W * H; i++) {
			if (!read || (got[i] & 0xffffff) != px[i]) {
				fprintf(stderr, "bench_encode: pixel %zu is wrong\n", i);
				exit(1);
			}
		}
	}
	fclose(f);
	free(got);
	return len;
}

struct row {
	const char *name;
	image_write_fn write;
	bool tiled, is_png;
	double target;
};

static const struct row rows[] = {
    {"rows to PNG, libpng's defaults", write_libpng_defaults, false, true, 0},
    {"rows to PNG, libpng level 1 and Up", image_write_png_libpng, false, true, 0},
    {"Y tiles to PNG", image_write_png, true, true, 10},
    {"rows to PNG", image_write_png, false, true, 0},
    {"Y tiles to QOI", image_write_qoi, true, false, 0},
    {"Y tiles to PPM", image_write_ppm, true, false, 0},
};
#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static void measure(const char *scene, const uint32_t *px, uint8_t *tiles, double target,
		    unsigned rounds)
{
	static struct bench_way ways[NR_ROWS];
	struct image_surface s = {.surface = {GT_TILE_Y, 4, STRIDE_B, GT_SWIZZLE_NONE},
				  .memory = tiles};
	struct image linear = {W, H, STRIDE_B, px, NULL, NULL}, tiled;
	struct task tasks[NR_ROWS];
	long len[NR_ROWS];
	FILE *null = fopen("/dev/null", "w");

	tile(tiles, px);
	if (!null || image_from_surface(&tiled, &s, W, H, FRAME_B)) {
		exit(2);
	}
	for (size_t i = 0; i < NR_ROWS; i++) {
		tasks[i] = (struct task){rows[i].write, rows[i].tiled ? &tiled : &linear, null};
		ways[i] =
		    (struct bench_way){.name = rows[i].name, .run = run_write, .ctx = &tasks[i]};
		len[i] = verify(&tasks[i], px, rows[i].is_png);
	}
	bench_run(ways, NR_ROWS, rounds);
	for (size_t i = 0; i < NR_ROWS; i++) {
		char what[120];

		snprintf(what, sizeof(what), "1080p %s, %s (%ld KiB)", scene, rows[i].name,
			 len[i] >> 10);
		bench_row(what, ways[i].median_ns / 1e6, ways[0].median_ns / ways[i].median_ns,
			  "libpng's defaults", target > 0 ? rows[i].target : 0);
	}
	fclose(null);
}

int main(void)
{
	uint32_t *px = bench_alloc((size_t)STRIDE_B * H);
	uint8_t *tiles = bench_alloc(FRAME_B);

	draw_desktop(px);
	measure("desktop", px, tiles, 1, bench_rounds(15));
	draw_photo(px);
	measure("photograph", px, tiles, 0, bench_rounds(5));
	return bench_missed() ? 1 : 0;
}
