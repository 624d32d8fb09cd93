/* SPDX-License-Identifier: MIT */
/* Keys of a VNC client that says what a key means, not which one it is. */
#ifndef TOOLS_VNC_KEYS_H
#define TOOLS_VNC_KEYS_H

#include <stdint.h>

/* The Linux code of the key with X's @keysym on it, shifted or not, of a US keyboard; 0: none. */
unsigned vnc_key_of_keysym(uint32_t keysym);

#endif
