/* SPDX-License-Identifier: MIT */
/* What of a client's messages xengt-vnc's server gets to hear, and which key a keysym is. */
#include "config.h"

#include <check.h>
#include <linux/input-event-codes.h>

#include "test_run.h"
#include "vnc_keys.h"
#include "vnc_message.h"
#include "xengt/types.h"

START_TEST(fences_are_kept_from_the_server)
{
	unsigned char b[] = { 2, 0, 0, 3, 0xff, 0xff, 0xfe, 0xc8, 0, 0, 0, 5,
			      0xff, 0xff, 0xfe, 0xc7 };
	static const unsigned char kept[] = { 2, 0, 0, 1, 0, 0, 0, 5 };
	struct vnc_message msg;

	ck_assert_int_eq(vnc_message_parse(3, b, sizeof(b) - 1, &msg), 0);
	ck_assert_int_eq(vnc_message_parse(3, b, sizeof(b), &msg), 1);
	ck_assert_uint_eq(msg.size_B, sizeof(b));
	ck_assert_uint_eq(msg.pass_B, sizeof(kept));
	ck_assert_mem_eq(b, kept, sizeof(kept));
}
END_TEST

START_TEST(messages_say_of_what_kind_they_are)
{
	unsigned char sized[] = { 2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21 };
	unsigned char raw[] = { 2, 0, 0, 1, 0, 0, 0, 0 };
	unsigned char ask[] = { 3, 0, 0, 1, 0, 2, 0, 3, 0, 4 };
	unsigned char nothing[] = { 3, 0, 0, 1, 0, 2, 0, 0, 0, 4 };
	unsigned char change[] = { 3, 1, 0, 1, 0, 2, 0, 3, 0, 4 };
	struct vnc_message msg;

	ck_assert_int_eq(vnc_message_parse(3, sized, sizeof(sized), &msg), 1);
	ck_assert(msg.kind == VNC_ENCODINGS && msg.resizes);
	ck_assert_int_eq(vnc_message_parse(3, raw, sizeof(raw), &msg), 1);
	ck_assert(msg.kind == VNC_ENCODINGS && !msg.resizes);
	ck_assert_int_eq(vnc_message_parse(3, ask, sizeof(ask), &msg), 1);
	ck_assert(msg.kind == VNC_ASK && msg.x_px == 1 && msg.y_px == 2);
	ck_assert_int_eq(vnc_message_parse(3, nothing, sizeof(nothing), &msg), 1);
	ck_assert_int_eq(msg.kind, VNC_OTHER);
	ck_assert_int_eq(vnc_message_parse(3, change, sizeof(change), &msg), 1);
	ck_assert_int_eq(msg.kind, VNC_OTHER);
}
END_TEST

START_TEST(signs_lie_where_a_us_keyboard_has_them)
{
	static const struct {
		uint32_t keysym;
		unsigned code;
	} keys[] = {
		{ 'a', KEY_A }, { 'Z', KEY_Z }, { '1', KEY_1 }, { '!', KEY_1 }, { '=', KEY_EQUAL },
		{ '}', KEY_RIGHTBRACE }, { '~', KEY_GRAVE }, { '\\', KEY_BACKSLASH },
		{ '?', KEY_SLASH }, { ' ', KEY_SPACE }, { 0xff0d, KEY_ENTER }, { 0xffbe, KEY_F1 },
		{ 0xffc7, KEY_F10 }, { 0xffc9, KEY_F12 }, { 0, 0 }, { 0xe9, 0 }, { 0xffffffff, 0 },
	};

	for (size_t i = 0; i < GT_ARRAY_SIZE(keys); i++) {
		ck_assert_uint_eq(vnc_key_of_keysym(keys[i].keysym), keys[i].code);
	}
	for (uint32_t sign = ' '; sign < 0x7f; sign++) {
		ck_assert_uint_ne(vnc_key_of_keysym(sign), 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vnc_message");
	TCase *t = tcase_create("message");

	tcase_add_test(t, fences_are_kept_from_the_server);
	tcase_add_test(t, messages_say_of_what_kind_they_are);
	tcase_add_test(t, signs_lie_where_a_us_keyboard_has_them);
	suite_add_tcase(s, t);
	return test_run(s);
}
