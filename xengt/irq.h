/* SPDX-License-Identifier: MIT */
/*
 * Interrupts: banks of ISR/IMR/IIR/IER, the master, and one MSI (PRM SKL vol 12, "Interrupts";
 * BDW vol 11).  An event sets IIR unless IMR masks it; (IIR & IER) of a bank shows as a bit of
 * the master register 0x44200; a rising (master enabled and anything pending) sends one MSI.
 */
#ifndef GT_IRQ_H
#define GT_IRQ_H

#include "xengt/types.h"

struct gt_vgpu;

enum gt_irq_bank {
	GT_IRQ_GT0, /* RCS 15:0, BCS 31:16 */
	GT_IRQ_GT1, /* VCS0 15:0, VCS1 31:16 */
	GT_IRQ_GT2, /* PM, GuC */
	GT_IRQ_GT3, /* VECS 15:0 */
	GT_IRQ_PIPE_A, GT_IRQ_PIPE_B, GT_IRQ_PIPE_C,
	GT_IRQ_PORT, GT_IRQ_MISC, GT_IRQ_PCU, GT_IRQ_SDE,
	GT_NR_IRQ_BANKS
};

/* Bits in an engine's 16-bit field. */
#define GT_IRQ_USER	      GT_BIT(0)
#define GT_IRQ_MASTER_ERROR   GT_BIT(3)
#define GT_IRQ_CONTEXT_SWITCH GT_BIT(8)
#define GT_IRQ_WAIT_SEMAPHORE GT_BIT(11)

struct gt_irq {
	bool line; /* master enabled and something pending */
	bool msi;  /* a message was sent for what is pending */
	bool intx; /* INTA# is asserted */
};

/* An event happened: @bits of @bank. */
void gt_irq_raise(struct gt_vgpu *v, enum gt_irq_bank bank, uint32_t bits);
/* The same from an engine: @bits in its 16-bit field, subject to the ring's own IMR. */
void gt_irq_raise_engine(struct gt_vgpu *v, enum gt_engine e, uint32_t bits);
/* Would an event set IIR, i.e. is any of @bits not masked by IMR? */
bool gt_irq_unmasked(struct gt_vgpu *v, enum gt_irq_bank bank, uint32_t bits);
/* PCI command, MSI or master changed: look again. */
void gt_irq_update(struct gt_vgpu *v);

#endif
