/* SPDX-License-Identifier: MIT */
/*
 * What VNC clients say, taken apart (RFC 6143, 7.1 and 7.5).  Decides what is sound and what of it
 * a server of neatvnc gets to hear.
 */
#include "vnc_message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static unsigned be16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* Of 16 or 32 bits, true colour, and with each colour inside of a pixel. */
static bool format_is_sound(const uint8_t *p)
{
	if ((p[0] != 16 && p[0] != 32) || !p[1] || p[1] > p[0] || !p[3]) {
		return false;
	}
	for (unsigned c = 0; c < 3; c++) {
		unsigned max = be16(p + 4 + 2 * c), shift = p[10 + c];

		if (!max || max > 0xff || max & (max + 1) || shift > p[0] - 1u) {
			return false;
		}
	}
	return true;
}

/* One of a fixed size: the whole of it is passed on if it is @good. */
static int fixed(size_t have_B, size_t size_B, struct vnc_message *msg)
{
	*msg = (struct vnc_message){ .size_B = size_B, .pass_B = size_B };
	return have_B >= size_B;
}

static int handshake(unsigned stage, const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	if (stage == 0) {
		int whole = fixed(have_B, 12, msg);

		return whole && memcmp(b, "RFB 003.008\n", 12) ? -EPROTO : whole;
	}
	return stage == 1 && *b != 1 ? -EPROTO : fixed(have_B, 1, msg);
}

/*
 * Fences and continuous updates: neatvnc 0.9 takes a fence for whole that is not.  A client that is
 * not offered them does without.
 */
static bool is_wanted(int32_t encoding)
{
	return encoding != -312 && encoding != -313;
}

/* Those that are wanted, as many as the server has room for, and one less. */
static int encodings(uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	unsigned nr = have_B < 4 ? 0 : be16(b + 2);
	int whole = fixed(have_B, 4 + 4 * (size_t)nr, msg) && have_B >= 4;
	unsigned nr_kept = 0;

	if (nr > 512) {
		return -EPROTO;
	}
	for (unsigned i = 0; whole && i < nr && nr_kept < VNC_MAX_ENCODINGS - 1; i++) {
		int32_t encoding = (int32_t)be32(b + 4 + 4 * i);

		if (is_wanted(encoding)) {
			msg->resizes |= encoding == VNC_DESKTOP_SIZE;
			msg->draws_cursor |= encoding == VNC_CURSOR;
			memmove(b + 4 + 4 * nr_kept++, b + 4 + 4 * i, 4);
		}
	}
	if (whole) {
		b[2] = 0;
		b[3] = (uint8_t)nr_kept;
		msg->kind = VNC_ENCODINGS;
		msg->pass_B = 4 + 4 * nr_kept;
	}
	return whole;
}

static int pixel_format(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int whole = fixed(have_B, 20, msg);

	if (whole) {
		msg->kind = VNC_FORMAT;
		msg->pixel_B = b[4] / 8;
	}
	return whole && !format_is_sound(b + 4) ? -EPROTO : whole;
}

/* One that is not incremental is answered at once if there is anything of the screen in it. */
static int update_request(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int whole = fixed(have_B, 10, msg);

	if (whole && !b[1] && be16(b + 6) && be16(b + 8)) {
		msg->kind = VNC_ASK;
		msg->x_px = be16(b + 2);
		msg->y_px = be16(b + 4);
	}
	return whole;
}

/* Text that was cut: nobody here has a use for it.  A negative length is that of an extension. */
static int cut_text(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int32_t len = have_B < 8 ? 0 : (int32_t)be32(b + 4);

	*msg = (struct vnc_message){ .size_B = 8, .skip_B = (uint64_t)llabs(len) };
	return have_B >= 8;
}

/* A key with its number: what has none in neatvnc's table is dropped. */
static int extended_key(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int whole = fixed(have_B, 12, msg);

	if (have_B >= 2 && b[1]) {
		return -EPROTO;
	}
	if (whole && be32(b + 8) > 0xff) {
		msg->pass_B = 0;
	}
	return whole;
}

/* SetDesktopSize: neatvnc 0.9 believes the number of screens in it, so that it is ours to hear. */
static int desktop_size(const uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	int whole = fixed(have_B, 8 + 16 * (size_t)(have_B < 8 ? 0 : b[6]), msg) && have_B >= 8;

	msg->pass_B = 0;
	if (whole && be16(b + 2)) {
		msg->kind = VNC_SIZE;
		msg->w_px = be16(b + 2);
		msg->h_px = be16(b + 4);
	}
	return whole;
}

int vnc_message_parse(unsigned stage, uint8_t *b, size_t have_B, struct vnc_message *msg)
{
	if (!have_B) {
		return 0;
	}
	if (stage < VNC_STAGE_MESSAGES) {
		return handshake(stage, b, have_B, msg);
	}
	switch (b[0]) {
	case 0:
		return pixel_format(b, have_B, msg);
	case 2:
		return encodings(b, have_B, msg);
	case 3:
		return update_request(b, have_B, msg);
	case 4:
		return fixed(have_B, 8, msg);
	case 5:
		return fixed(have_B, 6, msg);
	case 6:
		return cut_text(b, have_B, msg);
	case 251:
		return desktop_size(b, have_B, msg);
	case 255:
		return extended_key(b, have_B, msg);
	default:
		return -EPROTO;
	}
}
