/* SPDX-License-Identifier: MIT */
/*
 * How registers answer to every kind of access a processor can make: any width, any alignment,
 * string instructions in both directions, 16-byte moves, read-modify-writes, across page ends.
 * The oracle is a copy of the bytes in RAM that goes through the same.
 *
 * The places stand for the three classes of page the mediator has (a guest cannot tell them
 * apart, and that is what is checked): PLAIN and SHADOWED ones are RAM, TRAPPED ones are not.
 */
#include "checks.h"
#include "gpu.h"
#include "tap.h"

#define PLACE_BYTES 32u

/* Registers in a row that store all their bits. */
struct place {
	const char *name;
	uint32_t off;
};

static const struct place places[] = {
    {"scratch registers", 0x4f000},                          /* SWF: plain */
    {"PVINFO's page table addresses", PVINFO + 0x838},       /* shadowed */
    {"whitelist registers of RCS", RCS_BASE + RING_NONPRIV}, /* trapped, with the timestamp */
};

static uint32_t seed = 0x1234567;

static uint64_t random64(void)
{
	uint64_t r = 0;

	for (int i = 0; i < 4; i++) {
		seed = seed * 1664525 + 1013904223;
		r = r << 16 | seed >> 16;
	}
	return r;
}

static uint64_t read_any(uint64_t at, unsigned size)
{
	switch (size) {
	case 1:
		return read8(at);
	case 2:
		return read16(at);
	case 4:
		return read32(at);
	default:
		return read64(at);
	}
}

static void write_any(uint64_t at, unsigned size, uint64_t val)
{
	switch (size) {
	case 1:
		write8(at, (uint8_t)val);
		break;
	case 2:
		write16(at, (uint16_t)val);
		break;
	case 4:
		write32(at, (uint32_t)val);
		break;
	default:
		write64(at, val);
		break;
	}
}

/* Registers into @bytes by aligned dwords: the access every driver makes. */
static void snapshot(uint32_t off, uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i += 4) {
		write32((uintptr_t)bytes + i, reg_read(off + i));
	}
}

static void fill_random(uint32_t off, uint32_t len)
{
	for (uint32_t i = 0; i < len; i += 4) {
		reg_write(off + i, (uint32_t)random64());
	}
}

static void clear(uint32_t off, uint32_t len)
{
	for (uint32_t i = 0; i < len; i += 4) {
		reg_write(off + i, 0);
	}
}

/* True if the registers at @off hold @want; shows the first dword that does not. */
static bool holds(uint32_t off, const uint8_t *want, uint32_t len)
{
	for (uint32_t i = 0; i < len; i += 4) {
		uint32_t is = reg_read(off + i), should = read32((uintptr_t)want + i);

		if (is != should) {
			tap_note("register %05x is %08x, expected %08x", off + i, is, should);
			return false;
		}
	}
	return true;
}

static bool reads_agree(uint32_t off, unsigned size)
{
	uint8_t bytes[PLACE_BYTES];

	snapshot(off, bytes, sizeof(bytes));
	for (uint32_t i = 0; i + size <= 16; i++) {
		uint64_t is = read_any(gpu.mmio + off + i, size);
		uint64_t should = read_any((uintptr_t)bytes + i, size);

		if (is != should) {
			tap_note("%u bytes at %05x: %lx, expected %lx", size, off + i, is, should);
			return false;
		}
	}
	return true;
}

static void check_read_widths(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(places); i++) {
		bool ok = true;

		fill_random(places[i].off, PLACE_BYTES);
		for (unsigned size = 1; size <= 8; size *= 2) {
			ok = reads_agree(places[i].off, size) && ok;
		}
		tap_ok(ok, "%s read the same by 1, 2, 4 and 8 bytes at any alignment",
		       places[i].name);
		clear(places[i].off, PLACE_BYTES);
	}
	tap_ok(reads_agree(PVINFO, 1) && reads_agree(PVINFO + 0x40, 2) && reads_agree(PVINFO, 8),
	       "PVINFO reads the same by any width");
}

static void check_write_widths(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(places); i++) {
		uint8_t bytes[PLACE_BYTES];

		fill_random(places[i].off, PLACE_BYTES);
		snapshot(places[i].off, bytes, sizeof(bytes));
		for (int n = 0; n < 32; n++) {
			unsigned size = 1u << (random64() & 3);
			uint32_t at = (uint32_t)(random64() % (PLACE_BYTES - size + 1));
			uint64_t val = random64();

			write_any(gpu.mmio + places[i].off + at, size, val);
			write_any((uintptr_t)bytes + at, size, val);
		}
		tap_ok(holds(places[i].off, bytes, sizeof(bytes)),
		       "%s take writes of 1, 2, 4 and 8 bytes at any alignment", places[i].name);
		clear(places[i].off, PLACE_BYTES);
	}
}

/* Two registers on either side of a page's end, and what is between them: nothing. */
static void check_page_end(uint32_t off, const char *what)
{
	uint64_t at = gpu.mmio + off;
	uint64_t val = random64();

	write64(at, val);
	tap_is((uint64_t)reg_read(off + 4) << 32 | reg_read(off), val,
	       "an 8-byte write across a page end, %s, reaches both sides", what);
	tap_is(read64(at), val, "an 8-byte read across a page end, %s, sees both sides", what);
	tap_is(read32(at + 2), (uint32_t)(val >> 16), "so does a 4-byte one, %s", what);
	write16(at + 3, 0x5aa5);
	val = (val & ~0xffff000000ull) | 0x5aa5000000ull;
	tap_is((uint64_t)reg_read(off + 4) << 32 | reg_read(off), val,
	       "a 2-byte write across a page end, %s, reaches both sides", what);
	write64(at, 0);
}

void check_widths(void)
{
	check_read_widths();
	check_write_widths();
	check_page_end(0x4affc, "plain to plain");
	check_page_end(0x1ffc, "plain to trapped");
	reg_write(0x77ffc, 0xcafe0001);
	tap_is(read64(gpu.mmio + 0x77ffc), 0x76544776cafe0001ull,
	       "an 8-byte read into PVINFO sees both sides");
	reg_write(0x77ffc, 0);
}

/* String instructions: @to or @from may be registers. */
static void movs(uint64_t to, uint64_t from, uint64_t count, unsigned size)
{
	switch (size) {
	case 1:
		__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
		break;
	case 2:
		__asm__ volatile("rep movsw" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
		break;
	case 4:
		__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
		break;
	default:
		__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
		break;
	}
}

/* The same downwards; @to and @from are the last elements. */
static void movs_down(uint64_t to, uint64_t from, uint64_t count)
{
	__asm__ volatile("std; rep movsl; cld" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

static void stos(uint64_t to, uint64_t val, uint64_t count, unsigned size)
{
	switch (size) {
	case 1:
		__asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(val) : "memory");
		break;
	case 4:
		__asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(val) : "memory");
		break;
	default:
		__asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(val) : "memory");
		break;
	}
}

static void check_copies(const struct place *p)
{
	uint8_t out[PLACE_BYTES], back[PLACE_BYTES];
	uint64_t regs = gpu.mmio + p->off;
	bool ok = true, down;

	for (unsigned size = 1; size <= 8; size *= 2) {
		for (uint32_t i = 0; i < sizeof(out); i += 8) {
			write64((uintptr_t)out + i, random64());
		}
		movs(regs, (uintptr_t)out, sizeof(out) / size, size);
		ok = holds(p->off, out, sizeof(out)) && ok;
		memset(back, 0xcc, sizeof(back));
		movs((uintptr_t)back, regs, sizeof(back) / size, size);
		ok = !memcmp(out, back, sizeof(back)) && ok;
	}
	tap_ok(ok, "rep movs of bytes to quads copies to and from %s", p->name);

	fill_random(p->off, PLACE_BYTES);
	snapshot(p->off, out, sizeof(out));
	memset(back, 0xcc, sizeof(back));
	movs_down((uintptr_t)back + sizeof(back) - 4, regs + sizeof(back) - 4, sizeof(back) / 4);
	down = !memcmp(out, back, sizeof(back));
	clear(p->off, PLACE_BYTES);
	movs_down(regs + sizeof(out) - 4, (uintptr_t)out + sizeof(out) - 4, sizeof(out) / 4);
	tap_ok(holds(p->off, out, sizeof(out)) && down, "it copies downwards as well, %s", p->name);
}

static void check_fills(const struct place *p)
{
	uint8_t want[PLACE_BYTES];
	bool ok = true;

	for (unsigned size = 1; size <= 8; size = size == 1 ? 4 : size * 2) {
		uint64_t val = random64();

		stos((uintptr_t)want, val, sizeof(want) / size, size);
		stos(gpu.mmio + p->off, val, sizeof(want) / size, size);
		ok = holds(p->off, want, sizeof(want)) && ok;
	}
	tap_ok(ok, "rep stos fills %s", p->name);
}

static void check_wide_moves(const struct place *p)
{
	uint8_t out[16], back[16];
	uint64_t regs = gpu.mmio + p->off;

	write64((uintptr_t)out, random64());
	write64((uintptr_t)out + 8, random64());
	__asm__ volatile("movdqu (%0), %%xmm0; movdqu %%xmm0, (%1); movdqu (%1), %%xmm1;"
			 "movdqu %%xmm1, (%2)"
			 :
			 : "r"(out), "r"(regs), "r"(back)
			 : "memory");
	tap_ok(holds(p->off, out, sizeof(out)) && !memcmp(out, back, sizeof(out)),
	       "16-byte moves reach %s", p->name);
}

static void check_modify(const struct place *p)
{
	uint64_t at = gpu.mmio + p->off;
	uint32_t val = 0x600d0000;

	reg_write(p->off, 0x00f00f00);
	__asm__ volatile("lock orl %1, (%0)" : : "r"(at), "r"(0x0f0000f0) : "memory");
	tap_is(reg_read(p->off), 0x0ff00ff0, "a locked or changes %s", p->name);
	__asm__ volatile("xchgl %1, (%0)" : : "r"(at), "r"(val) : "memory");
	tap_is(reg_read(p->off), 0x600d0000, "an exchange changes %s", p->name);
	__asm__ volatile("incw (%0)" : : "r"(at) : "memory");
	tap_is(reg_read(p->off), 0x600d0001, "an increment changes half of %s", p->name);
}

void check_strings(void)
{
	uint32_t regs = 0x4afe0; /* the gamma tables of two pipes, across a page end */
	uint8_t want[64];

	for (uint32_t i = 0; i < ARRAY_SIZE(places); i++) {
		check_copies(&places[i]);
		check_fills(&places[i]);
		check_wide_moves(&places[i]);
		check_modify(&places[i]);
	}
	stos((uintptr_t)want, 0xfeed0123, sizeof(want) / 4, 4);
	stos(gpu.mmio + regs, 0xfeed0123, sizeof(want) / 4, 4);
	tap_ok(holds(regs, want, sizeof(want)), "rep stos goes on beyond a page end");
	clear(regs, sizeof(want));
	fill_random(places[0].off, PLACE_BYTES);
	snapshot(places[0].off, want, PLACE_BYTES);
	movs(gpu.mmio + places[2].off, gpu.mmio + places[0].off, PLACE_BYTES / 4, 4);
	/* the mediator answers its own registers as a source with all ones, or copies: no third */
	tap_ok(reg_read(places[2].off) == ~0u || holds(places[2].off, want, PLACE_BYTES),
	       "rep movs from registers to registers copies them, or all ones");
	tap_ok(holds(places[0].off, want, PLACE_BYTES), "and leaves its source as it is");
	for (uint32_t i = 0; i < ARRAY_SIZE(places); i++) {
		uint64_t start = time_us();

		for (int n = 0; n < 100; n++) {
			reg_read(places[i].off);
		}
		tap_note("a read of %s takes %lu ns", places[i].name, (time_us() - start) * 10);
		clear(places[i].off, PLACE_BYTES);
	}
}
