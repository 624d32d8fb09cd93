/* SPDX-License-Identifier: MIT */
/*
 * The checks, by topic, in the order they run; each leaves the vGPU as the next may expect it:
 * registers answering, display off, engines idle.
 */
#ifndef TESTDOM_CHECKS_H
#define TESTDOM_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

/* Finds the function and fills gpu; false: there is nothing to check. */
bool check_pci(void);
/* Fills the partition; false: this is no vGPU. */
bool check_pvinfo(void);
void check_moves(void);
void check_widths(void);
void check_strings(void);
void check_registers(void);
void check_engines(void);
void check_gtt(void);
void check_gmbus(void);
void check_display(void);
/* Shows the pictures, waiting up to @seconds for a go-on byte at each. */
void check_pictures(uint32_t seconds);
void check_submission(void);
/* Page tables that are rewritten while they are in use. */
void check_tables(void);
void check_hostile(void);

#endif
