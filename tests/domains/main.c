/* SPDX-License-Identifier: MIT */
/*
 * The test domain: an HVM guest that is nothing but checks of its vGPU, as its registers, its
 * memory and its interrupts show it to a guest.  Reports TAP and powers off.
 *
 * Command line (xl: cmdline=):
 *   wait=SECONDS  how long each picture stays without a go-on byte on COM1 or console (10)
 *   tables        check page tables that are written while in use, then wait as at a picture
 *   novgpu        look at the console only: for a domain without a vGPU
 */
#include "checks.h"
#include "console.h"
#include "cpu.h"
#include "gpu.h"
#include "tap.h"
#include "xen.h"

#define WAIT_DEFAULT_S 10u

void main(const char *words, uint64_t end_of_ram);

static char cmdline[256];

static void cmdline_take(const char *words)
{
	for (size_t i = 0; words && i < sizeof(cmdline) - 1 && words[i]; i++) {
		cmdline[i] = words[i];
	}
}

/* What follows @word on the command line, or NULL. */
static const char *cmdline_find(const char *word)
{
	for (const char *at = cmdline; *at; at++) {
		size_t i = 0;

		while (word[i] && at[i] == word[i]) {
			i++;
		}
		if (!word[i] && (at == cmdline || at[-1] == ' ')) {
			return at + i;
		}
	}
	return NULL;
}

static uint32_t cmdline_number(const char *word, uint32_t deflt)
{
	const char *at = cmdline_find(word);
	uint32_t n = 0;

	if (!at) {
		return deflt;
	}
	while (*at >= '0' && *at <= '9' && n < 10000) {
		n = n * 10 + (uint32_t)(*at++ - '0');
	}
	return n;
}

static void run_checks(void)
{
	if (cmdline_find("novgpu")) {
		tap_ok(true, "the domain runs");
		return;
	}
	if (!check_pci() || !check_pvinfo()) {
		return;
	}
	if (cmdline_find("tables")) {
		check_tables();
		tap_say_and_wait(cmdline_number("wait=", WAIT_DEFAULT_S), "TABLES CHECKED");
		return;
	}
	check_moves();
	check_widths();
	check_strings();
	check_registers();
	check_engines();
	check_gtt();
	check_gmbus();
	check_display();
	check_submission();
	check_pictures(cmdline_number("wait=", WAIT_DEFAULT_S));
	check_hostile();
}

/* From boot.S: the loader's command line, or NULL, and where RAM below 4 GiB ends. */
void main(const char *words, uint64_t end_of_ram)
{
	uint32_t major, minor;
	uint64_t start;

	cpu_init();
	xen_init();
	console_init();
	cmdline_take(words);
	pages_init(end_of_ram);
	start = time_us();
	tap_start();
	xen_version(&major, &minor);
	tap_note("Xen %u.%u, RAM to %lx, command line '%s'", major, minor, end_of_ram, cmdline);
	run_checks();
	tap_note("the checks took %lu ms", (time_us() - start) / 1000);
	tap_finish();
	xen_poweroff();
}
