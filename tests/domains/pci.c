/* SPDX-License-Identifier: MIT */
/* Configuration accesses, BAR sizes and a free place in the hole.  PCI Local Bus 3.0, chapter 6. */
#include "pci.h"

#include "cpu.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc

#define BAR_IO       0x1u
#define BAR_TYPE     0x6u
#define BAR_64       0x4u
#define BAR_PREFETCH 0x8u

#define HOLE_START 0xc0000000ull
#define HOLE_END   0xfc000000ull

uint32_t pci_read(uint32_t fn, uint32_t off, unsigned size)
{
	uint16_t data = (uint16_t)(CONFIG_DATA + (off & 3));

	out32(CONFIG_ADDRESS, 0x80000000u | fn << 8 | (off & 0xfc));
	switch (size) {
	case 1:
		return in8(data);
	case 2:
		return in16(data);
	default:
		return in32(data);
	}
}

void pci_write(uint32_t fn, uint32_t off, unsigned size, uint32_t val)
{
	uint16_t data = (uint16_t)(CONFIG_DATA + (off & 3));

	out32(CONFIG_ADDRESS, 0x80000000u | fn << 8 | (off & 0xfc));
	switch (size) {
	case 1:
		out8(data, (uint8_t)val);
		break;
	case 2:
		out16(data, (uint16_t)val);
		break;
	default:
		out32(data, val);
		break;
	}
}

/* The next function that is there, from @fn on; PCI_NR_FUNCTIONS: no more. */
static uint32_t next_function(uint32_t fn)
{
	while (fn < PCI_NR_FUNCTIONS) {
		if ((pci_read(fn, PCI_ID, 4) & 0xffff) != 0xffff) {
			return fn;
		}
		/* without function 0 a device has no others */
		fn = fn & 7 ? fn + 1 : fn + 8;
	}
	return fn;
}

int pci_find_intel(const uint16_t *devices)
{
	for (uint32_t fn = next_function(0); fn < PCI_NR_FUNCTIONS; fn = next_function(fn + 1)) {
		uint32_t id = pci_read(fn, PCI_ID, 4);

		for (const uint16_t *d = devices; *d; d++) {
			if (id == ((uint32_t)*d << 16 | 0x8086)) {
				return (int)fn;
			}
		}
	}
	return -1;
}

uint32_t pci_capability(uint32_t fn, uint8_t id)
{
	uint32_t at = pci_read(fn, PCI_CAPABILITIES, 1) & 0xfc;

	for (unsigned i = 0; i < 48 && at >= 0x40; i++) {
		if (pci_read(fn, at, 1) == id) {
			return at;
		}
		at = pci_read(fn, at + 1, 1) & 0xfc;
	}
	return 0;
}

struct pci_bar pci_bar_probe(uint32_t fn, uint32_t off)
{
	uint32_t command = pci_read(fn, PCI_COMMAND, 2);
	uint32_t lo = pci_read(fn, off, 4), hi = 0;
	uint32_t mask = off == PCI_ROM ? 0x7ffu : 0xfu;
	uint64_t size;
	struct pci_bar b = {.prefetch = off != PCI_ROM && (lo & BAR_PREFETCH)};

	if (off != PCI_ROM && (lo & BAR_IO)) {
		return b;
	}
	b.is_64 = off != PCI_ROM && (lo & BAR_TYPE) == BAR_64;
	pci_write(fn, PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY);
	pci_write(fn, off, 4, off == PCI_ROM ? 0xfffff800u : 0xffffffffu);
	size = 0xffffffff00000000ull | (pci_read(fn, off, 4) & ~mask);
	if (b.is_64) {
		hi = pci_read(fn, off + 4, 4);
		pci_write(fn, off + 4, 4, 0xffffffffu);
		size = (uint64_t)pci_read(fn, off + 4, 4) << 32 | (uint32_t)size;
		pci_write(fn, off + 4, 4, hi);
	}
	pci_write(fn, off, 4, lo);
	pci_write(fn, PCI_COMMAND, 2, command);
	b.base = (uint64_t)hi << 32 | (lo & ~mask);
	b.size = (uint32_t)size || b.is_64 ? -size : 0;
	return b;
}

void pci_bar_move(uint32_t fn, uint32_t off, uint64_t base)
{
	uint32_t command = pci_read(fn, PCI_COMMAND, 2);

	pci_write(fn, PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY);
	pci_write(fn, off, 4, (uint32_t)base);
	if ((pci_read(fn, off, 4) & BAR_TYPE) == BAR_64) {
		pci_write(fn, off + 4, 4, (uint32_t)(base >> 32));
	}
	pci_write(fn, PCI_COMMAND, 2, command);
}

/* Every memory BAR of bus 0, up to @max. */
static unsigned collect(struct pci_bar *bars, unsigned max)
{
	unsigned nr = 0;

	for (uint32_t fn = next_function(0); fn < PCI_NR_FUNCTIONS; fn = next_function(fn + 1)) {
		bool device = (pci_read(fn, PCI_HEADER_TYPE, 1) & 0x7f) == 0;

		for (unsigned i = 0; device && i < 6; i++) {
			struct pci_bar b = pci_bar_probe(fn, PCI_BAR0 + 4 * i);

			if (b.base && b.size && nr < max) {
				bars[nr++] = b;
			}
			i += b.is_64;
		}
	}
	return nr;
}

uint64_t pci_free_place(uint64_t size)
{
	struct pci_bar bars[64];
	unsigned nr = collect(bars, ARRAY_SIZE(bars));
	uint64_t base = (HOLE_START + size - 1) & -size;

	for (unsigned i = 0; i < nr && base + size <= HOLE_END; i++) {
		if (bars[i].base < base + size && base < bars[i].base + bars[i].size) {
			base = (bars[i].base + bars[i].size + size - 1) & -size;
			i = ~0u; /* look at all of them again */
		}
	}
	return base + size <= HOLE_END ? base : 0;
}
