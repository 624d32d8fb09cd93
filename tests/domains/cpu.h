/* SPDX-License-Identifier: MIT */
/*
 * What the test domain asks of its processor: ports, accesses of an exact width, time, interrupts.
 * Times are bounds for waits, good to a few percent.
 */
#ifndef TESTDOM_CPU_H
#define TESTDOM_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VECTOR_TIMER 0x30u
#define VECTOR_MSI   0x31u

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void out8(uint16_t port, uint8_t val)
{
	__asm__ volatile("outb %0, %1" : : "a"(val), "Nd"(port) : "memory");
}

static inline void out16(uint16_t port, uint16_t val)
{
	__asm__ volatile("outw %0, %1" : : "a"(val), "Nd"(port) : "memory");
}

static inline void out32(uint16_t port, uint32_t val)
{
	__asm__ volatile("outl %0, %1" : : "a"(val), "Nd"(port) : "memory");
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t val;

	__asm__ volatile("inb %1, %0" : "=a"(val) : "Nd"(port) : "memory");
	return val;
}

static inline uint16_t in16(uint16_t port)
{
	uint16_t val;

	__asm__ volatile("inw %1, %0" : "=a"(val) : "Nd"(port) : "memory");
	return val;
}

static inline uint32_t in32(uint16_t port)
{
	uint32_t val;

	__asm__ volatile("inl %1, %0" : "=a"(val) : "Nd"(port) : "memory");
	return val;
}

/* @len bytes to one port in one instruction: one exit where the port is emulated. */
static inline void out8_rep(uint16_t port, const void *buf, size_t len)
{
	__asm__ volatile("rep outsb" : "+S"(buf), "+c"(len) : "d"(port) : "memory");
}

static inline uint8_t read8(uint64_t at)
{
	uint8_t val;

	__asm__ volatile("movb (%1), %0" : "=q"(val) : "r"(at) : "memory");
	return val;
}

static inline uint16_t read16(uint64_t at)
{
	uint16_t val;

	__asm__ volatile("movw (%1), %0" : "=r"(val) : "r"(at) : "memory");
	return val;
}

static inline uint32_t read32(uint64_t at)
{
	uint32_t val;

	__asm__ volatile("movl (%1), %0" : "=r"(val) : "r"(at) : "memory");
	return val;
}

static inline uint64_t read64(uint64_t at)
{
	uint64_t val;

	__asm__ volatile("movq (%1), %0" : "=r"(val) : "r"(at) : "memory");
	return val;
}

static inline void write8(uint64_t at, uint8_t val)
{
	__asm__ volatile("movb %0, (%1)" : : "q"(val), "r"(at) : "memory");
}

static inline void write16(uint64_t at, uint16_t val)
{
	__asm__ volatile("movw %0, (%1)" : : "r"(val), "r"(at) : "memory");
}

static inline void write32(uint64_t at, uint32_t val)
{
	__asm__ volatile("movl %0, (%1)" : : "r"(val), "r"(at) : "memory");
}

static inline void write64(uint64_t at, uint64_t val)
{
	__asm__ volatile("movq %0, (%1)" : : "r"(val), "r"(at) : "memory");
}

static inline uint64_t rdtsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static inline void cpuid(uint32_t leaf, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	__asm__ volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "0"(leaf), "2"(0));
}

static inline void wrmsr(uint32_t msr, uint64_t val)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)val), "d"((uint32_t)(val >> 32))
			 : "memory");
}

/* Interrupt table, local APIC on, old interrupt controllers masked, time calibrated. */
void cpu_init(void);
/* Interrupts taken on VECTOR_MSI so far. */
uint32_t cpu_msi_count(void);
uint8_t cpu_apic_id(void);

uint64_t time_us(void);
/* Sleep (halted, other domains run) or spin until an event can have happened. */
void sleep_us(uint64_t us);

void *memset(void *to, int byte, size_t len);
void *memcpy(void *to, const void *from, size_t len);
int memcmp(const void *a, const void *b, size_t len);

#endif
