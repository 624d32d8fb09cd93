/* SPDX-License-Identifier: MIT */
/* PCI by configuration mechanism 1, bus 0 only.  Functions are named by device << 3 | function. */
#ifndef TESTDOM_PCI_H
#define TESTDOM_PCI_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_NR_FUNCTIONS 256u

#define PCI_ID             0x00u
#define PCI_COMMAND        0x04u
#define PCI_STATUS         0x06u
#define PCI_REVISION       0x08u
#define PCI_HEADER_TYPE    0x0eu
#define PCI_BAR0           0x10u
#define PCI_BAR2           0x18u
#define PCI_ROM            0x30u
#define PCI_CAPABILITIES   0x34u
#define PCI_COMMAND_MEMORY 0x0002u
#define PCI_COMMAND_MASTER 0x0004u
#define PCI_STATUS_CAPS    0x0010u
#define PCI_CAP_MSI        0x05u

uint32_t pci_read(uint32_t fn, uint32_t off, unsigned size);
void pci_write(uint32_t fn, uint32_t off, unsigned size, uint32_t val);

/* First function 8086:@device of the list, 0-terminated; -1 if there is none. */
int pci_find_intel(const uint16_t *devices);
/* Offset of a capability, or 0.  Follows at most 48 links. */
uint32_t pci_capability(uint32_t fn, uint8_t id);

/* A memory BAR of 32 or 64 bits: sized with decoding off, as the PCI bus specification wants. */
struct pci_bar {
	uint64_t base, size;
	bool is_64, prefetch;
};
struct pci_bar pci_bar_probe(uint32_t fn, uint32_t off);
/* Program a new base, decoding off meanwhile. */
void pci_bar_move(uint32_t fn, uint32_t off, uint64_t base);

/*
 * An address for a BAR of @size bytes between the end of RAM and 0xfc000000 where no BAR of bus 0
 * lies; 0 if there is none.
 */
uint64_t pci_free_place(uint64_t size);

#endif
