/* SPDX-License-Identifier: MIT */
/*
 * What input for a guest may look like, and which keys it leaves down.
 *
 * Codes are those of Linux's input-event-codes.h: keys of a keyboard below 0x100, and the five
 * buttons of a mouse from 0x110 on.
 */
#include "xengt/input.h"

#include <string.h>

#define NR_KEYBOARD_KEYS 0x100u
#define FIRST_BUTTON	 0x110u
#define LAST_BUTTON	 0x114u

static bool is_key(uint32_t code)
{
	return (code && code < NR_KEYBOARD_KEYS) || (code >= FIRST_BUTTON && code <= LAST_BUTTON);
}

static bool event_is_valid(const struct xengt_input_event *e)
{
	switch (e->type) {
	case XENGT_INPUT_KEY:
		return is_key(e->code) && (e->x == 0 || e->x == 1) && !e->y;
	case XENGT_INPUT_WHEEL:
		return !e->code && e->x >= -1 && e->x <= 1 && e->y >= -1 && e->y <= 1;
	case XENGT_INPUT_POINTER:
		return !e->code && e->x >= 0 && e->x <= XENGT_INPUT_MAX && e->y >= 0 &&
		       e->y <= XENGT_INPUT_MAX;
	default:
		return false;
	}
}

bool gt_input_is_valid(const struct xengt_input *in)
{
	if (!in->nr || in->nr > XENGT_MAX_INPUT || in->reserved) {
		return false;
	}
	for (uint32_t i = 0; i < in->nr; i++) {
		if (!event_is_valid(&in->event[i])) {
			return false;
		}
	}
	return true;
}

bool gt_keys_is_down(const struct gt_keys *k, uint32_t code)
{
	return code < GT_NR_KEYS && k->down[code / 64] >> code % 64 & 1;
}

void gt_keys_apply(struct gt_keys *k, const struct xengt_input *in)
{
	for (uint32_t i = 0; i < in->nr; i++) {
		const struct xengt_input_event *e = &in->event[i];
		uint64_t bit = UINT64_C(1) << e->code % 64;

		if (e->type == XENGT_INPUT_KEY && e->x) {
			k->down[e->code / 64] |= bit;
		} else if (e->type == XENGT_INPUT_KEY) {
			k->down[e->code / 64] &= ~bit;
		}
	}
}

uint32_t gt_keys_release(struct gt_keys *k, struct xengt_input *out)
{
	memset(out, 0, sizeof(*out));
	for (uint32_t code = 0; code < GT_NR_KEYS && out->nr < XENGT_MAX_INPUT; code++) {
		if (gt_keys_is_down(k, code)) {
			out->event[out->nr++] = (struct xengt_input_event){
				.type = XENGT_INPUT_KEY, .code = code
			};
			k->down[code / 64] &= ~(UINT64_C(1) << code % 64);
		}
	}
	return out->nr;
}
