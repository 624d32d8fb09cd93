/* SPDX-License-Identifier: MIT */
/*
 * Xen's interface for HVM guests: hypercall page by CPUID and MSR, and three hypercalls.
 * xen/include/public/arch-x86/cpuid.h, hvm/hvm_op.h, sched.h, event_channel.h.
 */
#include "xen.h"

#include "cpu.h"

#define HYPERCALL_SCHED_OP         29u
#define HYPERCALL_EVENT_CHANNEL_OP 32u
#define HYPERCALL_HVM_OP           34u
#define HVMOP_GET_PARAM            1u
#define SCHEDOP_SHUTDOWN           2u
#define SHUTDOWN_POWEROFF          0u
#define EVTCHNOP_SEND              4u
#define DOMID_SELF                 0x7ff0u
#define XEN_ENOSYS                 38

/* PIIX4 power management of a plain QEMU machine: sleep type 0 is "soft off". */
#define PIIX4_PM_CONTROL 0x604
#define PM_SLEEP_ENABLE  0x2000

static uint8_t hypercall_page[4096] __attribute__((aligned(4096)));
static uint32_t xen_base;

static long hypercall2(uint32_t nr, uint64_t a, const void *b)
{
	uint64_t at = (uintptr_t)hypercall_page + 32 * nr;
	long ret;

	if (!xen_base) {
		return -XEN_ENOSYS;
	}
	__asm__ volatile("call *%1"
			 : "=a"(ret), "+r"(at), "+D"(a), "+S"(b)
			 :
			 : "memory", "rcx", "rdx", "r8", "r9", "r10", "r11", "cc");
	return ret;
}

bool xen_init(void)
{
	uint32_t a, b, c, d;

	for (uint32_t base = 0x40000000; base < 0x40010000; base += 0x100) {
		cpuid(base, &a, &b, &c, &d);
		/* "XenVMMXenVMM" */
		if (b == 0x566e6558 && c == 0x65584d4d && d == 0x4d4d566e && a >= base + 2) {
			cpuid(base + 2, &a, &b, &c, &d);
			wrmsr(b, (uintptr_t)hypercall_page);
			xen_base = base;
			return true;
		}
	}
	return false;
}

void xen_version(uint32_t *major, uint32_t *minor)
{
	uint32_t a = 0, b, c, d;

	if (xen_base) {
		cpuid(xen_base + 1, &a, &b, &c, &d);
	}
	*major = a >> 16;
	*minor = a & 0xffff;
}

long xen_hvm_param(uint32_t index, uint64_t *val)
{
	struct {
		uint16_t domid, pad;
		uint32_t index;
		uint64_t value;
	} arg = {.domid = DOMID_SELF, .index = index};
	long ret = hypercall2(HYPERCALL_HVM_OP, HVMOP_GET_PARAM, &arg);

	if (ret == 0) {
		*val = arg.value;
	}
	return ret;
}

void xen_event_send(uint32_t port)
{
	hypercall2(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_SEND, &port);
}

void xen_poweroff(void)
{
	uint32_t reason = SHUTDOWN_POWEROFF;

	hypercall2(HYPERCALL_SCHED_OP, SCHEDOP_SHUTDOWN, &reason);
	out16(PIIX4_PM_CONTROL, PM_SLEEP_ENABLE);
}
