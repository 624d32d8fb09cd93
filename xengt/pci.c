/* SPDX-License-Identifier: MIT */
/*
 * Configuration space as a table of writable bits, and the placement of BARs that follows from it.
 *
 * Decides which addresses a guest may give a BAR; moving RAM and traps there is the guest seam's.
 * PRM SKL vol 2c, "PCI Registers"; PCI Local Bus 3.0, chapter 6.
 */
#include "pci.h"

#include <string.h>

#include "vgpu_internal.h"
#include "xengt/log.h"

enum config_reg {
	PCI_ID = 0x00,
	PCI_COMMAND = 0x04, /* and STATUS above */
	PCI_CLASS = 0x08,   /* and the revision */
	PCI_CACHE_LINE = 0x0c,
	PCI_BAR0 = 0x10,
	PCI_BAR2 = 0x18,
	PCI_SUBSYSTEM = 0x2c,
	PCI_ROM = 0x30,
	PCI_CAPABILITIES = 0x34,
	PCI_INTERRUPT = 0x3c,
	PCI_GMCH_CTL = 0x50,
	PCI_MSI = 0xac, /* 64-bit address, one vector, no masking */
	PCI_MSI_ADDR = 0xb0,
	PCI_MSI_ADDR_HI = 0xb4,
	PCI_MSI_DATA = 0xb8,
	PCI_PM = 0xd0, /* power management 1.1: D0 and D3hot, no PME# */
	PCI_PM_STATUS = 0xd4,
	PCI_ASLS = 0xfc, /* address of the OpRegion, 0: there is none; no BIOS moves it */
};

#define VENDOR_INTEL	    0x8086u
#define COMMAND_MEMORY	    GT_BIT(1)
#define COMMAND_MASTER	    GT_BIT(2)
#define COMMAND_NO_INTX	    GT_BIT(10)
#define COMMAND_WRITABLE    0x0507u /* I/O, memory, master, SERR#, INTx off */
#define STATUS_INTX	    GT_BIT(16 + 3)
#define STATUS_CAPABILITIES GT_BIT(16 + 4)
#define CLASS_VGA	    0x030000u
#define CLASS_DISPLAY	    0x038000u
#define BAR_64BIT	    0x4u
#define BAR_PREFETCH	    0x8u
#define ROM_ENABLE	    GT_BIT(0)
#define MSI_CAPABILITY	    0x05u
#define MSI_ENABLE	    GT_BIT(16)
#define MSI_64BIT	    GT_BIT(16 + 7)
#define MSI_NEXT_SHIFT	    8
#define PM_CAPABILITY	    0x00220001u /* version 2, needs initialisation by the driver */
#define PM_STATE	    0x3u
#define PM_D0		    0u
#define PM_D3HOT	    3u
#define INTA		    1u

/* Index of placed[]. */
enum { MMIO, APERTURE, ROM, NR_PLACES };

static const struct place {
	const char *name;
	enum gt_bar bar;
	uint8_t off;
	bool wide; /* 64 bits */
} places[NR_PLACES] = {
	[MMIO] = { "BAR0", GT_BAR_MMIO, PCI_BAR0, true },
	[APERTURE] = { "BAR2", GT_BAR_APERTURE, PCI_BAR2, true },
	[ROM] = { "ROM", GT_BAR_ROM, PCI_ROM, false },
};

static uint64_t place_size(const struct gt_vgpu *v, unsigned i)
{
	switch (i) {
	case MMIO:
		return GT_BAR0_SIZE;
	case APERTURE:
		return v->part.aperture_size;
	default:
		return GT_ROM_SIZE;
	}
}

static uint32_t config_get(const struct gt_vgpu *v, uint32_t off)
{
	uint32_t val;

	memcpy(&val, v->pci.config + off, sizeof(val));
	return val;
}

static void config_set(struct gt_vgpu *v, uint32_t off, uint32_t val)
{
	memcpy(v->pci.config + off, &val, sizeof(val));
}

/* Bits of the dword at @off that a guest may write. */
static uint32_t config_writable(const struct gt_vgpu *v, uint32_t off)
{
	uint64_t aperture_mask = ~(v->part.aperture_size - 1);

	switch (off) {
	case PCI_COMMAND:
		return COMMAND_WRITABLE;
	case PCI_CACHE_LINE:
		return 0xffff; /* and latency timer */
	case PCI_BAR0:
		return ~(GT_BAR0_SIZE - 1);
	case PCI_BAR2:
		return (uint32_t)aperture_mask & ~0xfu;
	case PCI_BAR2 + 4:
		return (uint32_t)(aperture_mask >> 32);
	case PCI_ROM:
		return ~(GT_ROM_SIZE - 1) | ROM_ENABLE;
	case PCI_INTERRUPT:
		return 0xff;
	case PCI_MSI:
		return MSI_ENABLE;
	case PCI_MSI_ADDR:
		return ~3u;
	case PCI_PM_STATUS:
		return PM_STATE;
	case PCI_MSI_DATA:
		return 0xffff;
	case PCI_BAR0 + 4:
	case PCI_MSI_ADDR_HI:
		return ~0u;
	default:
		return 0;
	}
}

/* GGMS: 1, 2, 3 for a GGTT of 1, 2, 4 GiB. No stolen memory. */
static uint32_t gmch_ctl(uint64_t ggtt_size)
{
	uint32_t ggms = 1;

	while (ggms < 3 && GT_GiB(1) << (ggms - 1) < ggtt_size) {
		ggms++;
	}
	return ggms << 6;
}

static void config_init(struct gt_vgpu *v)
{
	const struct gt_platform *p = &gt_platforms[v->platform];
	uint32_t id = VENDOR_INTEL | (uint32_t)p->device << 16;
	uint32_t class_code = v->opt.primary ? CLASS_VGA : CLASS_DISPLAY;

	memset(v->pci.config, 0, sizeof(v->pci.config));
	config_set(v, PCI_ID, id);
	config_set(v, PCI_COMMAND, STATUS_CAPABILITIES);
	config_set(v, PCI_CLASS, class_code << 8 | p->revision);
	config_set(v, PCI_BAR0, BAR_64BIT);
	config_set(v, PCI_BAR2, BAR_64BIT | BAR_PREFETCH);
	config_set(v, PCI_SUBSYSTEM, id);
	config_set(v, PCI_CAPABILITIES, PCI_MSI);
	config_set(v, PCI_INTERRUPT, INTA << 8);
	config_set(v, PCI_GMCH_CTL, gmch_ctl(v->part.ggtt_size));
	config_set(v, PCI_MSI, MSI_CAPABILITY | PCI_PM << MSI_NEXT_SHIFT | MSI_64BIT);
	config_set(v, PCI_PM, PM_CAPABILITY);
	config_set(v, PCI_ASLS, (uint32_t)v->guest->opregion);
	v->pci.sizing = 0;
}

/* --- placement ------------------------------------------------------------------------------ */

static uint64_t place_address(const struct gt_vgpu *v, unsigned i)
{
	uint64_t addr = config_get(v, places[i].off);

	if (places[i].wide) {
		addr |= (uint64_t)config_get(v, places[i].off + 4) << 32;
	}
	return addr & ~(place_size(v, i) - 1);
}

static bool is_awake(const struct gt_vgpu *v)
{
	return (config_get(v, PCI_PM_STATUS) & PM_STATE) == PM_D0;
}

/*
 * Whether a BAR is decoded at all: memory space on, not asleep, and nobody is asking for its size
 * just now.
 */
static bool place_is_decoded(const struct gt_vgpu *v, unsigned i)
{
	uint32_t halves = places[i].wide ? 3 : 1;

	if (!(config_get(v, PCI_COMMAND) & COMMAND_MEMORY) || !is_awake(v) ||
	    (v->pci.sizing & (halves << (places[i].off / 4)))) {
		return false;
	}
	return i != ROM || (config_get(v, PCI_ROM) & ROM_ENABLE);
}

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a && b && a < b + b_size && b < a + a_size;
}

/*
 * Where each BAR ought to be, 0: nowhere.  An address that cannot be decoded is not: 0, beyond
 * what a guest can address, or on top of a BAR before it.
 */
static void wanted_places(const struct gt_vgpu *v, uint64_t wanted[NR_PLACES])
{
	for (unsigned i = 0; i < NR_PLACES; i++) {
		uint64_t size = place_size(v, i), limit = UINT64_C(1) << GT_GPA_BITS;
		uint64_t addr = place_is_decoded(v, i) ? place_address(v, i) : 0;

		wanted[i] = addr <= limit - size ? addr : 0;
		for (unsigned j = 0; j < i; j++) {
			if (overlaps(wanted[i], size, wanted[j], place_size(v, j))) {
				wanted[i] = 0;
			}
		}
	}
}

static void place(struct gt_vgpu *v, unsigned i, uint64_t base)
{
	int ret = v->guest->ops->place_bar(v->guest, places[i].bar, base, place_size(v, i));

	if (ret) {
		gt_err(GT_T_PCI, "cannot place %s at 0x%llx: error %d", places[i].name,
		       (unsigned long long)base, -ret);
		return;
	}
	gt_debug(GT_T_PCI, "%s at 0x%llx", places[i].name, (unsigned long long)base);
	v->pci.placed[i] = base;
}

/* Whether @i can go to @base while the others are where they are. */
static bool place_is_free(const struct gt_vgpu *v, unsigned i, uint64_t base)
{
	for (unsigned j = 0; j < NR_PLACES; j++) {
		if (j != i &&
		    overlaps(base, place_size(v, i), v->pci.placed[j], place_size(v, j))) {
			return false;
		}
	}
	return true;
}

/* Make the placement what configuration space says: first make room, then move in. */
static void update_places(struct gt_vgpu *v)
{
	uint64_t wanted[NR_PLACES];

	wanted_places(v, wanted);
	for (unsigned i = 0; i < NR_PLACES; i++) {
		if (v->pci.placed[i] && v->pci.placed[i] != wanted[i] &&
		    (!wanted[i] || !place_is_free(v, i, wanted[i]))) {
			place(v, i, 0);
		}
	}
	for (unsigned i = 0; i < NR_PLACES; i++) {
		if (v->pci.placed[i] != wanted[i] && place_is_free(v, i, wanted[i])) {
			place(v, i, wanted[i]);
		}
	}
}

/* --- access --------------------------------------------------------------------------------- */

/* Every check on an access to configuration space. */
static bool access_is_valid(uint32_t off, unsigned size)
{
	return off < sizeof(((struct gt_pci *)NULL)->config) &&
	       (size == 1 || size == 2 || size == 4) && (off & 3) + size <= 4;
}

static uint32_t size_mask(unsigned size)
{
	return size == 4 ? UINT32_MAX : (1u << (size * 8)) - 1;
}

uint32_t gt_pci_read(struct gt_vgpu *v, uint32_t off, unsigned size)
{
	if (!access_is_valid(off, size)) {
		gt_event(v, GT_EV_bad_access, "read of %u bytes at 0x%x of config space", size,
			 off);
		return UINT32_MAX;
	}
	uint32_t val = config_get(v, off & ~3u);

	if ((off & ~3u) == PCI_COMMAND && v->irq.line) {
		val |= STATUS_INTX;
	}
	return (val >> (off & 3) * 8) & size_mask(size);
}

/* All ones in a whole address register: a question for its size, not an address. */
static void note_sizing(struct gt_vgpu *v, uint32_t off, uint32_t mask, uint32_t val)
{
	if (off < PCI_BAR0 || off > PCI_BAR2 + 4) {
		return;
	}
	v->pci.sizing &= ~GT_BIT(off / 4);
	if (mask == UINT32_MAX && val == UINT32_MAX) {
		v->pci.sizing |= GT_BIT(off / 4);
	}
}

/* Only D0 and D3hot exist: a write of another state is lost. */
static uint32_t power_state(uint32_t old, uint32_t now)
{
	uint32_t state = now & PM_STATE;

	return state == PM_D0 || state == PM_D3HOT ? now : old;
}

void gt_pci_write(struct gt_vgpu *v, uint32_t off, unsigned size, uint32_t val)
{
	if (!access_is_valid(off, size)) {
		gt_event(v, GT_EV_bad_access, "write of %u bytes at 0x%x of config space", size,
			 off);
		return;
	}
	uint32_t dword = off & ~3u, shift = (off & 3) * 8;
	uint32_t mask = size_mask(size) << shift;
	uint32_t writable = config_writable(v, dword) & mask;
	uint32_t old = config_get(v, dword);
	uint32_t now = (old & ~writable) | ((val << shift) & writable);

	if (dword == PCI_PM_STATUS) {
		now = power_state(old, now);
	}
	config_set(v, dword, now);
	note_sizing(v, dword, mask, val);
	if (dword == PCI_COMMAND || dword == PCI_ROM || dword == PCI_PM_STATUS ||
	    (dword >= PCI_BAR0 && dword <= PCI_BAR2 + 4)) {
		update_places(v);
	}
	if ((dword == PCI_COMMAND || dword == PCI_MSI || dword == PCI_PM_STATUS) && now != old) {
		gt_irq_update(v);
	}
}

bool gt_pci_msi_enabled(const struct gt_vgpu *v)
{
	return config_get(v, PCI_MSI) & MSI_ENABLE;
}

bool gt_pci_msi(const struct gt_vgpu *v, uint64_t *addr, uint32_t *data)
{
	if (!gt_pci_msi_enabled(v) || !(config_get(v, PCI_COMMAND) & COMMAND_MASTER) ||
	    !is_awake(v)) {
		return false;
	}
	*addr = config_get(v, PCI_MSI_ADDR) | (uint64_t)config_get(v, PCI_MSI_ADDR_HI) << 32;
	*data = config_get(v, PCI_MSI_DATA);
	return true;
}

bool gt_pci_intx_enabled(const struct gt_vgpu *v)
{
	return !(config_get(v, PCI_COMMAND) & COMMAND_NO_INTX) && is_awake(v);
}

int gt_pci_init(struct gt_vgpu *v)
{
	gt_rom_build(v->pci.rom, gt_platforms[v->platform].device, &v->opt);
	config_init(v);
	return 0;
}

void gt_pci_reset(struct gt_vgpu *v)
{
	config_init(v);
	update_places(v);
}
