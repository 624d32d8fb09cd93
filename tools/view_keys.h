/* SPDX-License-Identifier: MIT */
/* Keys and buttons of SDL as the guest's. */
#ifndef TOOLS_VIEW_KEYS_H
#define TOOLS_VIEW_KEYS_H

/* The Linux code of the key at SDL's @scancode; 0: none. */
unsigned view_key_of_scancode(unsigned scancode);
/* The Linux code of SDL's mouse @button; 0: none. */
unsigned view_key_of_button(unsigned button);

#endif
