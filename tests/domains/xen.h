/* SPDX-License-Identifier: MIT */
/* The few hypercalls of the test domain; without Xen (plain QEMU) every one fails. */
#ifndef TESTDOM_XEN_H
#define TESTDOM_XEN_H

#include <stdbool.h>
#include <stdint.h>

#define HVM_PARAM_CONSOLE_PFN    17u
#define HVM_PARAM_CONSOLE_EVTCHN 18u

/* Find Xen by CPUID and install its hypercall page. */
bool xen_init(void);
/* "4.17", or "none". */
void xen_version(uint32_t *major, uint32_t *minor);
/* 0 or negative Xen errno; *val untouched on failure. */
long xen_hvm_param(uint32_t index, uint64_t *val);
void xen_event_send(uint32_t port);
/* Power off; comes back only if there is no way to. */
void xen_poweroff(void);

#endif
