/* SPDX-License-Identifier: MIT */
/*
 * The PCI function: configuration space, BARs that can be sized and moved, MSI, power states,
 * expansion ROM with a VBT, OpRegion pointer.  PRM SKL vol 2, "Configuration Space"; PCI Local
 * Bus 3.0.
 */
#ifndef GT_PCI_H
#define GT_PCI_H

#include "xengt/guest.h"
#include "xengt/options.h"

struct gt_vgpu;

#define GT_ROM_SIZE 4096u

struct gt_pci {
	uint8_t config[256];
	uint8_t rom[GT_ROM_SIZE];
	gt_gpa_t placed[3]; /* where MMIO, aperture and ROM are decoded now; 0: not */
	uint32_t sizing;    /* config dwords (1 << off / 4) that hold the all ones of a sizing */
};

int gt_pci_init(struct gt_vgpu *v);
void gt_pci_reset(struct gt_vgpu *v);
uint32_t gt_pci_read(struct gt_vgpu *v, uint32_t off, unsigned size);
void gt_pci_write(struct gt_vgpu *v, uint32_t off, unsigned size, uint32_t val);
/* MSI enabled and unmasked, bus master on: where to send it. */
bool gt_pci_msi(const struct gt_vgpu *v, uint64_t *addr, uint32_t *data);
bool gt_pci_msi_enabled(const struct gt_vgpu *v);
/* INTx not disabled by COMMAND bit 10. */
bool gt_pci_intx_enabled(const struct gt_vgpu *v);

/*
 * BARs are placed through gt_guest_ops.place_bar as soon as memory decode is on and the address
 * makes sense; the address 0, one being sized, one beyond GT_GPA_BITS, or on top of another BAR
 * (BAR0 wins over BAR2, both over the ROM) leaves the BAR undecoded.  So does D3hot, in which the
 * function keeps its state but neither decodes memory nor interrupts.
 */

/* Build the option ROM image with its VBT: the heads that @o asks for. */
void gt_rom_build(uint8_t rom[GT_ROM_SIZE], uint16_t device, const struct gt_options *o);

#endif
