/* SPDX-License-Identifier: MIT */
/*
 * Input for a guest on its way: from the server of a vGPU's socket, which knows who asked, to
 * whoever may speak to the guest's keyboard and pointer.  Between them is a socket of packets, one
 * struct gt_input each; the reader checks what it reads again, for the writer may be a guest's.
 */
#ifndef XENGT_INPUT_H
#define XENGT_INPUT_H

#include "xengt/protocol.h"
#include "xengt/types.h"

/* Codes of keys and buttons end before this. */
#define GT_NR_KEYS 0x118u

struct gt_input {
	struct xengt_input in;
	uint32_t w_px, h_px; /* of the head a pointer is on; 0: not known */
};

/* Keys and buttons that are down. */
struct gt_keys {
	uint64_t down[(GT_NR_KEYS + 63) / 64];
};

bool gt_keys_is_down(const struct gt_keys *k, uint32_t code);
/* Note what the events of @in, a valid one, do to keys. */
void gt_keys_apply(struct gt_keys *k, const struct xengt_input *in);
/* Take up to XENGT_MAX_INPUT keys out of @k, as events that release them. How many. */
uint32_t gt_keys_release(struct gt_keys *k, struct xengt_input *out);

/* Every check on input. What is after the last event does not matter. */
bool gt_input_is_valid(const struct xengt_input *in);

#endif
