/* SPDX-License-Identifier: MIT */
/*
 * Keysyms to keys of a US keyboard.  Clients that know the key itself say so, and need none of it;
 * those that do not send Shift as a key of its own, so that both signs of a key lead to it.
 */
#include "vnc_keys.h"

#include <stddef.h>
#include <string.h>

#include <linux/input-event-codes.h>

/* From the key with code @first on, in their order: signs without Shift, and with it. */
static const struct {
	unsigned first;
	const char *plain, *shifted;
} rows[] = {
	{ KEY_1, "1234567890-=", "!@#$%^&*()_+" },
	{ KEY_Q, "qwertyuiop[]", "QWERTYUIOP{}" },
	{ KEY_A, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ KEY_BACKSLASH, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
};

/* Keysyms without a sign: X's keysymdef.h, 0xff00 and up. */
static const struct {
	uint16_t keysym, code;
} others[] = {
	{ 0xfe03, KEY_RIGHTALT }, { 0xff08, KEY_BACKSPACE }, { 0xff09, KEY_TAB },
	{ 0xff0d, KEY_ENTER }, { 0xff13, KEY_PAUSE }, { 0xff14, KEY_SCROLLLOCK },
	{ 0xff15, KEY_SYSRQ }, { 0xff1b, KEY_ESC }, { 0xff50, KEY_HOME }, { 0xff51, KEY_LEFT },
	{ 0xff52, KEY_UP }, { 0xff53, KEY_RIGHT }, { 0xff54, KEY_DOWN }, { 0xff55, KEY_PAGEUP },
	{ 0xff56, KEY_PAGEDOWN }, { 0xff57, KEY_END }, { 0xff61, KEY_SYSRQ },
	{ 0xff63, KEY_INSERT }, { 0xff67, KEY_COMPOSE }, { 0xff7f, KEY_NUMLOCK },
	{ 0xff8d, KEY_KPENTER }, { 0xffaa, KEY_KPASTERISK }, { 0xffab, KEY_KPPLUS },
	{ 0xffad, KEY_KPMINUS }, { 0xffae, KEY_KPDOT }, { 0xffaf, KEY_KPSLASH },
	{ 0xffb0, KEY_KP0 }, { 0xffb1, KEY_KP1 }, { 0xffb2, KEY_KP2 }, { 0xffb3, KEY_KP3 },
	{ 0xffb4, KEY_KP4 }, { 0xffb5, KEY_KP5 }, { 0xffb6, KEY_KP6 }, { 0xffb7, KEY_KP7 },
	{ 0xffb8, KEY_KP8 }, { 0xffb9, KEY_KP9 }, { 0xffc8, KEY_F11 }, { 0xffc9, KEY_F12 },
	{ 0xffe1, KEY_LEFTSHIFT }, { 0xffe2, KEY_RIGHTSHIFT }, { 0xffe3, KEY_LEFTCTRL },
	{ 0xffe4, KEY_RIGHTCTRL }, { 0xffe5, KEY_CAPSLOCK }, { 0xffe7, KEY_LEFTMETA },
	{ 0xffe8, KEY_RIGHTMETA }, { 0xffe9, KEY_LEFTALT }, { 0xffea, KEY_RIGHTALT },
	{ 0xffeb, KEY_LEFTMETA }, { 0xffec, KEY_RIGHTMETA }, { 0xffff, KEY_DELETE },
};

static unsigned key_of_sign(char sign)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *p = strchr(rows[i].plain, sign);
		const char *s = strchr(rows[i].shifted, sign);

		if (p || s) {
			return rows[i].first +
			       (unsigned)(p ? p - rows[i].plain : s - rows[i].shifted);
		}
	}
	return 0;
}

unsigned vnc_key_of_keysym(uint32_t keysym)
{
	if (keysym == ' ') {
		return KEY_SPACE;
	}
	if (keysym > ' ' && keysym < 0x7f) {
		return key_of_sign((char)keysym);
	}
	if (keysym >= 0xffbe && keysym <= 0xffc7) {
		return KEY_F1 + (keysym - 0xffbe);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (others[i].keysym == keysym) {
			return others[i].code;
		}
	}
	return 0;
}
