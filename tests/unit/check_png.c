/* SPDX-License-Identifier: MIT */
/* Picture files: what is written decodes to what was seen; a full disk leaves nothing behind. */
#include "image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>
#include <png.h>

#include "outfile.h"
#include "test_run.h"

#define W      301u
#define H      97u
#define STRIDE (W * 4 + 20)

static uint8_t pixels[STRIDE * H];
static const struct image im = { W, H, STRIDE, pixels };
static char dir[64];

static void set_up(void)
{
	for (size_t i = 0; i < sizeof(pixels); i++) {
		pixels[i] = (uint8_t)(i * 7 + i / 300);
	}
	snprintf(dir, sizeof(dir), "check_png.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static unsigned nr_files(void)
{
	DIR *d = opendir(dir);
	unsigned nr = 0;

	ck_assert_ptr_nonnull(d);
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		nr += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	}
	closedir(d);
	return nr;
}

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void tear_down(void)
{
	unlink(in_dir("a"));
	unlink(in_dir("b"));
	rmdir(dir);
}

static void check_rgb(const uint8_t *rgb)
{
	for (uint32_t y = 0; y < H; y++) {
		for (uint32_t x = 0; x < W; x++, rgb += 3) {
			const uint8_t *p = pixels + y * STRIDE + x * 4;

			ck_assert(rgb[0] == p[2] && rgb[1] == p[1] && rgb[2] == p[0]);
		}
	}
}

START_TEST(a_png_decodes_to_the_same_pixels)
{
	png_image png = { .version = PNG_IMAGE_VERSION };
	static uint8_t rgb[W * H * 3];
	FILE *f = tmpfile();

	ck_assert_int_eq(image_write_png(f, &im), 0);
	rewind(f);
	ck_assert(png_image_begin_read_from_stdio(&png, f));
	ck_assert_uint_eq(png.width, W);
	ck_assert_uint_eq(png.height, H);
	ck_assert_uint_eq(png.format, PNG_FORMAT_RGB);
	ck_assert(png_image_finish_read(&png, NULL, rgb, W * 3, NULL));
	check_rgb(rgb);
	fclose(f);
}
END_TEST

START_TEST(a_ppm_has_the_same_pixels)
{
	static uint8_t rgb[W * H * 3];
	FILE *f = tmpfile();
	unsigned w, h, max;

	ck_assert_int_eq(image_write_ppm(f, &im), 0);
	rewind(f);
	ck_assert_int_eq(fscanf(f, "P6 %u %u %u", &w, &h, &max), 3);
	ck_assert(w == W && h == H && max == 255);
	ck_assert_int_eq(fgetc(f), '\n');
	ck_assert_uint_eq(fread(rgb, 1, sizeof(rgb), f), sizeof(rgb));
	ck_assert_int_eq(fgetc(f), EOF);
	check_rgb(rgb);
	fclose(f);
}
END_TEST

typedef int (*writer)(FILE *f, const struct image *im);

static int write_to(const char *path, writer w)
{
	struct outfile o;
	int ret = outfile_open(&o, path);

	if (ret) {
		return ret;
	}
	ret = w(o.f, &im);
	if (ret) {
		outfile_abort(&o);
		return ret;
	}
	return outfile_commit(&o);
}

START_TEST(a_full_device_is_an_error_that_says_so)
{
	ck_assert_int_eq(write_to("/dev/full", image_write_png), -ENOSPC);
	ck_assert_int_eq(write_to("/dev/full", image_write_ppm), -ENOSPC);
}
END_TEST

START_TEST(a_written_file_is_whole_and_alone)
{
	struct stat st;

	umask(027);
	ck_assert_int_eq(write_to(in_dir("a"), image_write_ppm), 0);
	ck_assert_int_eq(stat(in_dir("a"), &st), 0);
	ck_assert_int_eq(st.st_size, W * H * 3 + (int)strlen("P6\n301 97\n255\n"));
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
	ck_assert_uint_eq(nr_files(), 1);
}
END_TEST

START_TEST(a_failed_write_leaves_the_old_file_and_no_other)
{
	struct rlimit small = { 1000, 1000 };
	struct stat st;
	int fd = open(in_dir("a"), O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(write(fd, "old", 3), 3);
	close(fd);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(write_to(in_dir("a"), image_write_ppm), -EFBIG);
	ck_assert_int_eq(stat(in_dir("a"), &st), 0);
	ck_assert_int_eq(st.st_size, 3);
	ck_assert_uint_eq(nr_files(), 1);
}
END_TEST

START_TEST(a_symbolic_link_is_written_through)
{
	struct stat st;

	ck_assert_int_eq(write_to(in_dir("a"), image_write_png), 0);
	ck_assert_int_eq(symlink("a", in_dir("b")), 0);
	ck_assert_int_eq(write_to(in_dir("b"), image_write_ppm), 0);
	ck_assert_int_eq(lstat(in_dir("b"), &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(stat(in_dir("a"), &st), 0);
	ck_assert_int_gt(st.st_size, W * H * 3);
}
END_TEST

START_TEST(a_directory_or_a_missing_folder_is_refused)
{
	ck_assert_int_eq(write_to(dir, image_write_png), -EISDIR);
	ck_assert_int_eq(write_to(in_dir("none/a"), image_write_png), -ENOENT);
	ck_assert_uint_eq(nr_files(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("png");
	TCase *tc = tcase_create("png");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_png_decodes_to_the_same_pixels);
	tcase_add_test(tc, a_ppm_has_the_same_pixels);
	tcase_add_test(tc, a_full_device_is_an_error_that_says_so);
	tcase_add_test(tc, a_written_file_is_whole_and_alone);
	tcase_add_test(tc, a_failed_write_leaves_the_old_file_and_no_other);
	tcase_add_test(tc, a_symbolic_link_is_written_through);
	tcase_add_test(tc, a_directory_or_a_missing_folder_is_refused);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
