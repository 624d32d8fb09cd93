/* SPDX-License-Identifier: MIT */
/*
 * The vgt options of one guest: names and meaning as XenGT had them, plus our own.
 *
 *   key                      default    meaning
 *   vgt                      0          1: this guest gets a vGPU
 *   vgt_low_gm_sz            2   MiB    CPU-visible (mappable) graphics memory
 *   vgt_high_gm_sz           448 MiB    CPU-invisible graphics memory
 *   vgt_fence_sz             4          fence registers
 *   vgt_primary              0          1: class 0300 (VGA) instead of 0380
 *   vgt_cap                  0          share of the GPU in percent, 0: no limit
 *   vgt_monitor_config_file  none       XenGT's monitor file
 *   vgt_heads                1          heads, 1 to 3, and pipes to drive them
 *   vgt_monitor              hdmi       of each head, with commas: hdmi, dp or none
 *   vgt_mode                 1024x768   mode of each monitor, with commas: WIDTHxHEIGHT[@HZ]
 *   vgt_pci_slot             auto       slot of the function on bus 0: 2..31
 *   vgt_gen                  skylake    GPU generation: broadwell, skylake or kabylake
 *   vgt_record               none       file to write a trace to (docs/traces.md)
 *   vgt_vnc                  none       user as whom to start xengt-vnc, with the domain
 *   vgt_log                  info       log levels, see xengt/log.h
 *   vgt_qemu                 auto       the QEMU to become
 *
 * A list of values for heads may be shorter than there are heads: its last one is then that of the
 * others, too.
 *
 * A name that begins with vgt and is not here is an error: a typing error must not cost a GPU.
 */
#ifndef XENGT_OPTIONS_H
#define XENGT_OPTIONS_H

#include "xengt/types.h"
#include "xengt/platform.h"

#define GT_OPTIONS_PATH 4096
#define GT_ERROR_MAX	512

/* A sentence for a person, without a full stop or newline at its end. */
struct gt_error {
	char text[GT_ERROR_MAX];
};
void gt_error_set(struct gt_error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define GT_MAX_HEADS 3

/* What leads from a head to its monitor. */
enum gt_link { GT_LINK_HDMI, GT_LINK_DP };

struct gt_options {
	bool vgt;
	uint32_t low_gm_MiB, high_gm_MiB;
	uint32_t nr_fences;
	bool primary;
	uint32_t cap_percent;
	char monitor_config_file[GT_OPTIONS_PATH]; /* "" : none */
	uint32_t nr_heads; /* 1..GT_MAX_HEADS; what follows has an entry for each */
	struct gt_monitor_option {
		enum gt_link link;
		bool plugged; /* when the guest starts */
	} monitor[GT_MAX_HEADS];
	struct gt_mode {
		uint32_t w_px, h_px, hz;
	} mode[GT_MAX_HEADS];
	int pci_slot; /* -1: choose */
	enum gt_platform_id platform;
	char record[GT_OPTIONS_PATH]; /* "" : no trace */
	char vnc[64]; /* "" : no VNC server */
	char log[256];
	char qemu[GT_OPTIONS_PATH]; /* "" : look for it */
};

void gt_options_init(struct gt_options *o);
/* Whether a config key is ours, i.e. begins with "vgt". */
bool gt_options_is_key(const char *key);
/* Set one option from its text. 0, or -EINVAL with @err saying what is wrong; @o then unchanged. */
int gt_options_set(struct gt_options *o, const char *key, const char *value, struct gt_error *err);
/* Each option that has a value, as the text gt_options_set() takes it. */
void gt_options_each(const struct gt_options *o,
		     void (*fn)(void *ctx, const char *key, const char *value), void *ctx);
/* Check the options against each other (sizes that do not fit, ...). 0 or -EINVAL and @err. */
int gt_options_check(const struct gt_options *o, struct gt_error *err);
/* Walk all keys, for help texts, completion and tests: name, default, meaning. NULL at the end. */
struct gt_option_row {
	const char *key, *arg, *deflt, *help;
};
extern const struct gt_option_row gt_option_rows[];

#endif
