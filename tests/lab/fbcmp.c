/* SPDX-License-Identifier: MIT */
/*
 * Compares pictures for the lab, exactly.  Two verbs:
 *
 *   fbcmp ppm RAW WIDTH HEIGHT STRIDE_B BITS OFFSET_B   a guest's framebuffer dump as binary PPM
 *   fbcmp cmp A.ppm B.ppm                               exit 0 if equal pixel for pixel
 *
 * Only what the lab's guests have: XRGB8888 dumps, PPM with 8 bits a channel.  What a picture
 * should show is the cases' business.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PX 16384u

struct picture {
	uint32_t width_px, height_px;
	uint8_t *rgb; /* 3 bytes a pixel, no padding */
};

static int picture_alloc(struct picture *pic)
{
	if (!pic->width_px || !pic->height_px || pic->width_px > MAX_PX ||
	    pic->height_px > MAX_PX) {
		fprintf(stderr, "fbcmp: %ux%u is no picture\n", pic->width_px, pic->height_px);
		return -EINVAL;
	}
	pic->rgb = malloc((size_t)pic->width_px * pic->height_px * 3);
	return pic->rgb ? 0 : -ENOMEM;
}

static size_t picture_B(const struct picture *pic)
{
	return (size_t)pic->width_px * pic->height_px * 3;
}

/* One number of a PPM header; comments are skipped. */
static int ppm_number(FILE *in, uint32_t *value)
{
	int c;

	for (;;) {
		c = fgetc(in);
		if (c == '#') {
			while (c != '\n' && c != EOF) {
				c = fgetc(in);
			}
		} else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
			break;
		}
	}
	if (c < '0' || c > '9') {
		return -EINVAL;
	}
	*value = 0;
	while (c >= '0' && c <= '9') {
		*value = *value * 10 + (uint32_t)(c - '0');
		if (*value > 65535) {
			return -EINVAL;
		}
		c = fgetc(in);
	}
	return 0; /* the one white space after the number is eaten */
}

static int ppm_read(const char *path, struct picture *pic)
{
	uint32_t max;
	FILE *in = fopen(path, "rb");
	int rc = -EINVAL;

	if (!in) {
		fprintf(stderr, "fbcmp: %s: %s\n", path, strerror(errno));
		return -errno;
	}
	if (fgetc(in) == 'P' && fgetc(in) == '6' && !ppm_number(in, &pic->width_px) &&
	    !ppm_number(in, &pic->height_px) && !ppm_number(in, &max) && max == 255) {
		rc = picture_alloc(pic);
	}
	if (!rc && fread(pic->rgb, 1, picture_B(pic), in) != picture_B(pic)) {
		rc = -EINVAL;
	}
	if (rc) {
		fprintf(stderr, "fbcmp: %s: not a whole binary PPM\n", path);
	}
	fclose(in);
	return rc;
}

static int cmp(const char *path_a, const char *path_b)
{
	struct picture a = {0}, b = {0};
	uint32_t x, y, colours = 1;
	size_t nr_different = 0, i;

	if (ppm_read(path_a, &a) || ppm_read(path_b, &b)) {
		return 2;
	}
	if (a.width_px != b.width_px || a.height_px != b.height_px) {
		printf("%ux%u against %ux%u\n", a.width_px, a.height_px, b.width_px, b.height_px);
		return 1;
	}
	for (y = 0; y < a.height_px; y++) {
		for (x = 0; x < a.width_px; x++) {
			i = ((size_t)y * a.width_px + x) * 3;
			if (memcmp(a.rgb + i, b.rgb + i, 3)) {
				if (!nr_different++) {
					printf("first at x %u, y %u: %02x%02x%02x against "
					       "%02x%02x%02x\n",
					       x, y, a.rgb[i], a.rgb[i + 1], a.rgb[i + 2], b.rgb[i],
					       b.rgb[i + 1], b.rgb[i + 2]);
				}
			}
			colours += memcmp(a.rgb + i, a.rgb, 3) != 0;
		}
	}
	printf("%ux%u, %zu pixels differ\n", a.width_px, a.height_px, nr_different);
	if (colours == 1) {
		printf("the picture has one colour only: it proves nothing\n");
		return 1;
	}
	return nr_different != 0;
}

static int ppm(char **arg)
{
	struct picture pic = {.width_px = (uint32_t)strtoul(arg[1], NULL, 10),
			      .height_px = (uint32_t)strtoul(arg[2], NULL, 10)};
	size_t stride_B = strtoul(arg[3], NULL, 10);
	unsigned long bits = strtoul(arg[4], NULL, 10);
	long offset_B = strtol(arg[5], NULL, 10);
	uint32_t x, y;
	uint8_t *row;
	FILE *in = fopen(arg[0], "rb");

	if (!in || picture_alloc(&pic) || bits != 32 || stride_B < (size_t)pic.width_px * 4 ||
	    stride_B > MAX_PX * 16 || fseek(in, offset_B, SEEK_SET)) {
		fprintf(stderr, "fbcmp: cannot take this dump\n");
		return 2;
	}
	row = malloc(stride_B);
	printf("P6\n%u %u\n255\n", pic.width_px, pic.height_px);
	for (y = 0; row && y < pic.height_px; y++) {
		if (fread(row, 1, stride_B, in) != stride_B) {
			fprintf(stderr, "fbcmp: the dump ends at row %u\n", y);
			return 2;
		}
		for (x = 0; x < pic.width_px; x++) {
			const uint8_t rgb[3] = {row[x * 4 + 2], row[x * 4 + 1], row[x * 4]};

			fwrite(rgb, 1, 3, stdout);
		}
	}
	return row && !fflush(stdout) ? 0 : 2;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "cmp")) {
		return cmp(argv[2], argv[3]);
	}
	if (argc == 8 && !strcmp(argv[1], "ppm")) {
		return ppm(argv + 2);
	}
	fprintf(stderr,
		"usage: fbcmp cmp A.ppm B.ppm | fbcmp ppm RAW WIDTH HEIGHT STRIDE BITS OFFSET\n");
	return 2;
}
