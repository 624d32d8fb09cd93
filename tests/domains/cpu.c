/* SPDX-License-Identifier: MIT */
/*
 * Interrupts, exceptions and time.  An exception ends the run: nothing the checks do may fault.
 * Time is the TSC, measured once against channel 2 of the PIT, which both Xen and QEMU emulate.
 */
#include "cpu.h"

#include "tap.h"

#define APIC_BASE  0xfee00000u
#define APIC_ID    (APIC_BASE + 0x020)
#define APIC_EOI   (APIC_BASE + 0x0b0)
#define APIC_SVR   (APIC_BASE + 0x0f0)
#define APIC_TIMER (APIC_BASE + 0x320)
#define APIC_COUNT (APIC_BASE + 0x380)
#define APIC_DIV   (APIC_BASE + 0x3e0)

#define PIT_HZ           1193182u
#define CALIBRATE_US     20000u
#define VECTOR_SPURIOUS  0x3fu
#define NR_VECTORS       64u
#define GATE_INTERRUPT64 0x8e00u
#define CODE64           0x08u

struct trap_frame {
	uint64_t r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector, error, rip, cs, flags, rsp, ss;
};

struct idt_gate {
	uint16_t lo, selector, flags, mid;
	uint32_t hi, zero;
};

extern const char trap_stubs[];
void trap_handle(const struct trap_frame *f);

static struct idt_gate idt[NR_VECTORS];
static volatile uint32_t nr_msi;
static uint64_t tsc_per_ms;

void trap_handle(const struct trap_frame *f)
{
	uint64_t cr2;

	if (f->vector < 32) {
		__asm__ volatile("movq %%cr2, %0" : "=r"(cr2));
		tap_bail_out("exception %lu, error %lx, rip %lx, cr2 %lx, rsp %lx", f->vector,
			     f->error, f->rip, cr2, f->rsp);
	}
	if (f->vector == VECTOR_MSI) {
		nr_msi++;
	}
	if (f->vector != VECTOR_SPURIOUS) {
		write32(APIC_EOI, 0);
	}
}

static void idt_init(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) pointer = {sizeof(idt) - 1, (uintptr_t)idt};

	for (uint32_t i = 0; i < NR_VECTORS; i++) {
		uint64_t at = (uintptr_t)trap_stubs + 16 * i;

		idt[i] = (struct idt_gate){.lo = (uint16_t)at,
					   .selector = CODE64,
					   .flags = GATE_INTERRUPT64,
					   .mid = (uint16_t)(at >> 16),
					   .hi = (uint32_t)(at >> 32)};
	}
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

/* Count TSC ticks while PIT channel 2 (gate and output on port 0x61) counts down once. */
static void calibrate(void)
{
	uint32_t count = (uint32_t)((uint64_t)PIT_HZ * CALIBRATE_US / 1000000);
	uint64_t start, limit;

	out8(0x61, (uint8_t)((in8(0x61) & ~2) | 1));
	out8(0x43, 0xb0);
	out8(0x42, (uint8_t)count);
	start = rdtsc();
	out8(0x42, (uint8_t)(count >> 8));
	limit = start + (1ull << 33);
	while (!(in8(0x61) & 0x20) && rdtsc() < limit) {
	}
	tsc_per_ms = (rdtsc() - start) / (CALIBRATE_US / 1000);
	if (!tsc_per_ms) {
		tsc_per_ms = 1;
	}
}

void cpu_init(void)
{
	out8(0x21, 0xff);
	out8(0xa1, 0xff);
	idt_init();
	write32(APIC_SVR, 0x100 | VECTOR_SPURIOUS);
	write32(APIC_DIV, 0xb);
	write32(APIC_TIMER, VECTOR_TIMER);
	calibrate();
	__asm__ volatile("sti");
}

uint32_t cpu_msi_count(void)
{
	return nr_msi;
}

uint8_t cpu_apic_id(void)
{
	return (uint8_t)(read32(APIC_ID) >> 24);
}

uint64_t time_us(void)
{
	return rdtsc() * 1000 / tsc_per_ms;
}

void sleep_us(uint64_t us)
{
	uint64_t end = time_us() + us;

	while (time_us() < end) {
		/* 10 ms under Xen and 1 ms under QEMU, whose timers count at 100 MHz and 1 GHz */
		__asm__ volatile("cli" : : : "memory");
		write32(APIC_COUNT, us < 10000 ? 100000 : 1000000);
		/* The timer may have run out by now: it is taken behind the hlt, not before. */
		__asm__ volatile("sti; hlt" : : : "memory");
	}
}

void *memset(void *to, int byte, size_t len)
{
	void *at = to;

	__asm__ volatile("rep stosb" : "+D"(at), "+c"(len) : "a"(byte) : "memory");
	return to;
}

void *memcpy(void *to, const void *from, size_t len)
{
	void *at = to;

	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(len) : : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (size_t i = 0; i < len; i++) {
		if (x[i] != y[i]) {
			return x[i] < y[i] ? -1 : 1;
		}
	}
	return 0;
}
