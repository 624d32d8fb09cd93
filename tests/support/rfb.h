/* SPDX-License-Identifier: MIT */
/* A VNC client's end, byte by byte (RFC 6143). A test fails if nothing comes in time. */
#ifndef RFB_H
#define RFB_H

#include <stddef.h>
#include <stdint.h>

#define RFB_PATIENCE_ms 20000

void rfb_get(int fd, void *to, size_t size_B);
void rfb_put(int fd, const void *from, size_t size_B);
unsigned rfb_get16(int fd);
uint32_t rfb_get32(int fd);

#endif
