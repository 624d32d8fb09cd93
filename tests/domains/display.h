/* SPDX-License-Identifier: MIT */
/* One pipe with one monitor: turned on, shown on, turned off.  Skylake and Kaby Lake. */
#ifndef TESTDOM_DISPLAY_H
#define TESTDOM_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#define PIPE_DSL       0x70000u
#define PIPE_CONF      0x70008u
#define PIPE_FRMCNT    0x70040u
#define PLANE_CTL      0x70180u
#define PLANE_STRIDE   0x70188u
#define PLANE_POS      0x7018cu
#define PLANE_SIZE     0x70190u
#define PLANE_SURF     0x7019cu
#define PLANE_OFFSET   0x701a4u
#define PLANE_SURFLIVE 0x701acu

#define DISPLAY_VTOTAL 806u
#define VBLANK_US      1000000u /* more than any frame takes, on a busy host as well */

/* Pipe A with 1024x768 at 60 Hz on DDI B. */
bool display_on(void);
bool display_off(void);
/* Until the frame counter has moved; false if it does not. */
bool display_wait_frame(void);
/* MSI on, towards this processor. False if there is no such capability. */
bool msi_enable(bool on);

#endif
