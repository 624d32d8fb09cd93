/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target without libFuzzer: replays corpus files, then feeds pseudo-random inputs.
 * With clang, `make fuzz` links the same target against libFuzzer instead.
 *
 *   fuzz_X [-n INPUTS] [-s SEED] [FILE|DIRECTORY ...]
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INPUT_MAX 4096

/* A target whose inputs should be shorter says so: a number of bytes up to INPUT_MAX. */
extern size_t fuzz_input_max;
size_t __attribute__((weak)) fuzz_input_max = INPUT_MAX;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t state;

/* xorshift64*: the same inputs on every machine. */
static uint64_t next_random(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(2685821657736338717);
}

static void run_random(unsigned long nr_inputs)
{
	static uint8_t input[INPUT_MAX];
	time_t last = time(NULL);

	for (unsigned long i = 0; i < nr_inputs; i++) {
		size_t size = next_random() % (fuzz_input_max + 1);

		for (size_t at = 0; at < size; at += 8) {
			uint64_t word = next_random();

			memcpy(input + at, &word, size - at < 8 ? size - at : 8);
		}
		LLVMFuzzerTestOneInput(input, size);
		if (time(NULL) - last >= 10) {
			last = time(NULL);
			fprintf(stderr, "%lu of %lu inputs\n", i + 1, nr_inputs);
		}
	}
}

static int run_file(const char *path)
{
	uint8_t *data = NULL;
	struct stat st;
	FILE *f = fopen(path, "rb");
	int ret = -1;

	if (!f || fstat(fileno(f), &st) || !S_ISREG(st.st_mode)) {
		goto out;
	}
	data = malloc((size_t)st.st_size + 1);
	if (!data || fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
		goto out;
	}
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	ret = 0;
out:
	if (ret) {
		perror(path);
	}
	free(data);
	if (f) {
		fclose(f);
	}
	return ret;
}

static int run_path(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int ret = 0;

	if (!dir) {
		return run_file(path);
	}
	while (!ret && (entry = readdir(dir))) {
		char file[4096];

		if (entry->d_name[0] == '.') {
			continue;
		}
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		ret = run_file(file);
	}
	closedir(dir);
	return ret;
}

int main(int argc, char **argv)
{
	unsigned long nr_inputs = 0;
	int opt;

	state = 1;
	while ((opt = getopt(argc, argv, "n:s:")) != -1) {
		switch (opt) {
		case 'n':
			nr_inputs = strtoul(optarg, NULL, 0);
			break;
		case 's':
			state = strtoull(optarg, NULL, 0) | 1;
			break;
		default:
			fprintf(stderr, "usage: %s [-n INPUTS] [-s SEED] [FILE|DIRECTORY ...]\n",
				argv[0]);
			return 2;
		}
	}
	for (int i = optind; i < argc; i++) {
		if (run_path(argv[i])) {
			return 1;
		}
	}
	run_random(nr_inputs);
	printf("%d files, %lu random inputs: nothing found\n", argc - optind, nr_inputs);
	return 0;
}
