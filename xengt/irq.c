/* SPDX-License-Identifier: MIT */
/* Interrupt banks, the master register and the MSI edge; the rules are in irq.h. */
#include "irq.h"

#include "vgpu_internal.h"
#include "xengt/log.h"

#define MASTER_IRQ	  0x44200u
#define MASTER_IRQ_ENABLE GT_BIT(31)

enum { ISR = 0x0, IMR = 0x4, IIR = 0x8, IER = 0xc };

/* A bank, and which of its bits shows as which source bit of the master register. */
static const struct bank {
	uint32_t base;
	struct {
		uint32_t bits, source;
	} shows[2];
} banks[GT_NR_IRQ_BANKS] = {
	[GT_IRQ_GT0] = { 0x44300, { { 0x0000ffff, GT_BIT(0) }, { 0xffff0000, GT_BIT(1) } } },
	[GT_IRQ_GT1] = { 0x44310, { { 0x0000ffff, GT_BIT(2) }, { 0xffff0000, GT_BIT(3) } } },
	[GT_IRQ_GT2] = { 0x44320, { { 0x0000ffff, GT_BIT(4) }, { 0xffff0000, GT_BIT(5) } } },
	[GT_IRQ_GT3] = { 0x44330, { { 0x0000ffff, GT_BIT(6) } } },
	[GT_IRQ_PIPE_A] = { 0x44400, { { 0xffffffff, GT_BIT(16) } } },
	[GT_IRQ_PIPE_B] = { 0x44410, { { 0xffffffff, GT_BIT(17) } } },
	[GT_IRQ_PIPE_C] = { 0x44420, { { 0xffffffff, GT_BIT(18) } } },
	[GT_IRQ_PORT] = { 0x44440, { { 0xffffffff, GT_BIT(20) } } },
	[GT_IRQ_MISC] = { 0x44460, { { 0xffffffff, GT_BIT(22) } } },
	[GT_IRQ_PCU] = { 0x444e0, { { 0xffffffff, GT_BIT(30) } } },
	[GT_IRQ_SDE] = { 0xc4000, { { 0xffffffff, GT_BIT(23) } } },
};

/* Where an engine's 16-bit field lies. */
static const struct {
	enum gt_irq_bank bank;
	unsigned shift;
} engine_field[GT_NR_ENGINES] = {
	[GT_RCS] = { GT_IRQ_GT0, 0 },
	[GT_BCS] = { GT_IRQ_GT0, 16 },
	[GT_VCS] = { GT_IRQ_GT1, 0 },
	[GT_VECS] = { GT_IRQ_GT3, 0 },
};

static uint32_t master_sources(struct gt_vgpu *v)
{
	uint32_t sources = 0;

	for (size_t i = 0; i < GT_NR_IRQ_BANKS; i++) {
		uint32_t base = banks[i].base;
		uint32_t pending = gt_vreg(v, base + IIR) & gt_vreg(v, base + IER);

		for (size_t s = 0; s < GT_ARRAY_SIZE(banks[i].shows); s++) {
			if (pending & banks[i].shows[s].bits) {
				sources |= banks[i].shows[s].source;
			}
		}
	}
	return sources;
}

static void complain(int ret)
{
	if (ret) {
		gt_err(GT_T_IRQ, "cannot inject an interrupt: error %d", -ret);
	}
}

/* MSI is an edge: one message each time there comes to be something to deliver. */
static void update_msi(struct gt_vgpu *v, bool line)
{
	uint64_t addr;
	uint32_t data;
	bool msi = line && gt_pci_msi(v, &addr, &data);

	if (msi && !v->irq.msi) {
		gt_count(v, GT_C_interrupts);
		gt_record_interrupt(v->record);
		complain(v->guest->ops->raise_msi(v->guest, addr, data));
	}
	v->irq.msi = msi;
}

static void update_intx(struct gt_vgpu *v, bool line)
{
	bool intx = line && !gt_pci_msi_enabled(v) && gt_pci_intx_enabled(v);

	if (intx != v->irq.intx) {
		v->irq.intx = intx;
		gt_count_n(v, GT_C_interrupts, intx);
		complain(v->guest->ops->set_intx(v->guest, intx));
	}
}

void gt_irq_update(struct gt_vgpu *v)
{
	uint32_t enable = gt_vreg(v, MASTER_IRQ) & MASTER_IRQ_ENABLE;
	uint32_t sources = master_sources(v);

	gt_vreg_set(v, MASTER_IRQ, enable | sources);
	v->irq.line = enable && sources;
	update_msi(v, v->irq.line);
	update_intx(v, v->irq.line);
}

void gt_irq_raise(struct gt_vgpu *v, enum gt_irq_bank bank, uint32_t bits)
{
	uint32_t base = banks[bank].base;
	uint32_t seen = bits & ~gt_vreg(v, base + IMR);

	if (seen) {
		gt_vreg_set(v, base + IIR, gt_vreg(v, base + IIR) | seen);
		gt_irq_update(v);
	}
}

void gt_irq_raise_engine(struct gt_vgpu *v, enum gt_engine e, uint32_t bits)
{
	uint32_t field = (bits & 0xffff) << engine_field[e].shift;

	gt_irq_raise(v, engine_field[e].bank, field & ~gt_vreg(v, gt_engine_base[e] + 0xa8));
}

bool gt_irq_unmasked(struct gt_vgpu *v, enum gt_irq_bank bank, uint32_t bits)
{
	return (bits & ~gt_vreg(v, banks[bank].base + IMR)) != 0;
}

static void write_bank(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	gt_irq_update(v);
}

static void write_pipe_bank(struct gt_vgpu *v, const struct gt_reg *r,
			    const struct gt_reg_write *w)
{
	gt_display_vblank_update(v, r->inst);
	gt_irq_update(v);
}

#define BANK(base, bank, repeat, handler)                                                          \
	{ .name = bank "_ISR", .off = (base) + ISR, .nr = (repeat), .stride = 0x10,                \
	  .ro = ~0u, .prm = PRM_IRQ },                                                             \
	{ .name = bank "_IMR", .off = (base) + IMR, .nr = (repeat), .stride = 0x10,                \
	  .reset = GT_RESET(~0u), .write = (handler), .prm = PRM_IRQ },                            \
	{ .name = bank "_IIR", .off = (base) + IIR, .nr = (repeat), .stride = 0x10,                \
	  .w1c = ~0u, .write = (handler), .prm = PRM_IRQ },                                        \
	{ .name = bank "_IER", .off = (base) + IER, .nr = (repeat), .stride = 0x10,                \
	  .write = (handler), .prm = PRM_IRQ }

#define PRM_IRQ "SKL vol 2c, Interrupt Registers"

static const struct gt_reg_row rows[] = {
	{ .name = "MASTER_INT_CTL", .off = MASTER_IRQ, .ro = ~MASTER_IRQ_ENABLE,
	  .write = write_bank, .prm = PRM_IRQ },
	BANK(0x44300, "GT_INTERRUPT", 4, write_bank),
	BANK(0x44400, "DE_PIPE_INTERRUPT", GT_MAX_PIPES, write_pipe_bank),
	BANK(0x44440, "DE_PORT_INTERRUPT", 1, write_bank),
	BANK(0x44460, "DE_MISC_INTERRUPT", 1, write_bank),
	BANK(0x444e0, "PCU_INTERRUPT", 1, write_bank),
	BANK(0xc4000, "SDE_INTERRUPT", 1, write_bank),
};
const struct gt_reg_table gt_regs_irq = { rows, GT_ARRAY_SIZE(rows) };
