/* SPDX-License-Identifier: MIT */
/*
 * Configuration space, BARs and option ROM, as firmware and drivers rely on them.  PCI Local Bus
 * 3.0, chapter 6; PRM SKL vol 2, "Configuration Space"; PCI Firmware 3.0, 5.1, for the ROM.
 */
#include "checks.h"
#include "gpu.h"
#include "pci.h"
#include "tap.h"

#define MIB 0x100000ull

/* Skylake, Kaby Lake and Broadwell GT2. */
static const uint16_t devices[] = {0x1912, 0x5912, 0x1612, 0x1616, 0};

#define PCI_GMCH_CONTROL 0x50u
#define PCI_BDSM         0x5cu
#define ROM_BYTES        4096u

static void check_header(void)
{
	uint32_t class = pci_read(gpu.fn, PCI_REVISION, 4);
	uint32_t id = pci_read(gpu.fn, PCI_ID, 4);
	uint32_t other = class >> 8 == 0x030000 ? 0x030000 : 0x038000;

	tap_is(class >> 8, other, "the class is a display controller");
	tap_ok((class & 0xff) >= (gpu.device == 0x1912 ? 6 : 1),
	       "the revision is none that i915 calls pre-production");
	tap_is(pci_read(gpu.fn, PCI_HEADER_TYPE, 1) & 0x7f, 0, "the header is of type 0");
	pci_write(gpu.fn, PCI_ID, 4, 0x12345678);
	pci_write(gpu.fn, PCI_REVISION, 4, 0x02000001);
	tap_is(pci_read(gpu.fn, PCI_ID, 4), id, "writing vendor and device changes nothing");
	tap_is(pci_read(gpu.fn, PCI_REVISION, 4), class,
	       "writing class and revision changes nothing");
}

static void check_config_widths(void)
{
	bool ok = true;

	for (uint32_t off = 0; off < 0x60; off += 4) {
		uint32_t whole = pci_read(gpu.fn, off, 4);

		for (uint32_t i = 0; i < 4; i++) {
			ok = ok && pci_read(gpu.fn, off + i, 1) == (whole >> 8 * i & 0xff);
		}
		ok = ok && pci_read(gpu.fn, off, 2) == (whole & 0xffff) &&
		     pci_read(gpu.fn, off + 2, 2) == whole >> 16;
		if (!ok) {
			tap_note("offset %02x, dword %08x", off, whole);
			break;
		}
	}
	tap_ok(ok, "configuration space reads the same by 1, 2 and 4 bytes");
}

static void check_capabilities(void)
{
	uint32_t msi = pci_capability(gpu.fn, PCI_CAP_MSI);
	uint32_t control = msi ? pci_read(gpu.fn, msi + 2, 2) : 0;

	tap_ok(pci_read(gpu.fn, PCI_STATUS, 2) & PCI_STATUS_CAPS,
	       "the status announces capabilities");
	tap_ok(msi != 0, "there is an MSI capability");
	tap_is(control & 0x0e, 0, "the MSI capability asks for one vector");
	tap_ok(!(control & 1), "MSI is off before anybody turned it on");
}

static void check_gmch(void)
{
	uint32_t gmch = pci_read(gpu.fn, PCI_GMCH_CONTROL, 2);
	uint32_t ggms = gmch >> 6 & 3;

	tap_note("GMCH control %04x", gmch);
	tap_ok(ggms != 0, "GMCH control gives a size for the GGTT");
	tap_is(gmch >> 8, 0, "there is no stolen memory");
	tap_is(pci_read(gpu.fn, PCI_BDSM, 4) & 0xfff00000, 0, "and so it has no base");
	/* GGMS 1: 2 MiB of entries of 8 bytes, one for 4 KiB each */
	gpu.ggtt_size = ggms ? 512 * MIB << ggms : 0;
}

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static bool check_bars(void)
{
	struct pci_bar mmio = pci_bar_probe(gpu.fn, PCI_BAR0);
	struct pci_bar aperture = pci_bar_probe(gpu.fn, PCI_BAR2);

	tap_note("BAR0 %lx size %lx, BAR2 %lx size %lx", mmio.base, mmio.size, aperture.base,
		 aperture.size);
	tap_ok(mmio.is_64 && !mmio.prefetch, "BAR0 is 64 bits wide and not prefetchable");
	tap_is(mmio.size, 16 * MIB, "BAR0 sizes to 16 MiB");
	tap_ok(aperture.is_64 && aperture.prefetch, "BAR2 is 64 bits wide and prefetchable");
	tap_ok(power_of_two(aperture.size) && aperture.size >= MIB, "BAR2 sizes to a power of two");
	tap_is(pci_bar_probe(gpu.fn, PCI_BAR0).base, mmio.base, "sizing leaves BAR0 where it was");
	tap_ok(mmio.base && !(mmio.base & (mmio.size - 1)), "firmware has placed BAR0, aligned");
	tap_ok(aperture.base && !(aperture.base & (aperture.size - 1)),
	       "firmware has placed BAR2, aligned");
	gpu.mmio = mmio.base;
	gpu.aperture = aperture.base;
	gpu.aperture_size = aperture.size;
	return mmio.base && aperture.base && mmio.size == 16 * MIB && mmio.base < 1ull << 32 &&
	       aperture.base < 1ull << 32;
}

static bool has_vbt(const uint8_t *rom)
{
	for (uint32_t i = 0; i + 4 <= ROM_BYTES; i += 4) {
		if (!memcmp(rom + i, "$VBT", 4)) {
			return true;
		}
	}
	return false;
}

static void check_rom_content(const uint8_t *rom)
{
	uint32_t pcir = rom[0x18] | (uint32_t)rom[0x19] << 8;
	uint32_t id = (uint32_t)gpu.device << 16 | 0x8086;
	uint8_t sum = 0;

	for (uint32_t i = 0; i < rom[2] * 512u && i < ROM_BYTES; i++) {
		sum = (uint8_t)(sum + rom[i]);
	}
	tap_is(sum, 0, "the option ROM's bytes add up to 0");
	pcir = pcir < ROM_BYTES - 8 ? pcir : 0;
	tap_ok(!memcmp(rom + pcir, "PCIR", 4), "the option ROM has a PCIR structure");
	tap_ok(!memcmp(rom + pcir + 4, &id, 4), "the PCIR structure names this device");
	tap_ok(has_vbt(rom), "the option ROM holds a VBT");
}

static void check_rom(void)
{
	struct pci_bar rom = pci_bar_probe(gpu.fn, PCI_ROM);
	uint64_t place = rom.base, from, to, count = ROM_BYTES / 4;
	uint8_t *copy = pages_alloc(ROM_BYTES / PAGE_SIZE);

	if (!tap_ok(power_of_two(rom.size) && rom.size >= ROM_BYTES, "the ROM BAR can be sized")) {
		tap_note("size %lx", rom.size);
		return;
	}
	if (!place) {
		place = pci_free_place(MIB);
		tap_note("firmware left the ROM BAR at 0; trying %lx", place);
	}
	pci_write(gpu.fn, PCI_ROM, 4, (uint32_t)place | 1);
	from = place;
	to = (uintptr_t)copy;
	__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	if (tap_ok(copy[0] == 0x55 && copy[1] == 0xaa, "the option ROM begins with 55 AA")) {
		check_rom_content(copy);
	}
	pci_write(gpu.fn, PCI_ROM, 4, (uint32_t)rom.base);
	tap_ok(read16(place) != 0xaa55, "the ROM is gone when its enable bit is off");
}

bool check_pci(void)
{
	int fn = pci_find_intel(devices);

	if (!tap_ok(fn >= 0, "a Broadwell, Skylake or Kaby Lake GT2 is on bus 0")) {
		return false;
	}
	gpu.fn = (uint32_t)fn;
	gpu.device = (uint16_t)(pci_read(gpu.fn, PCI_ID, 4) >> 16);
	gpu.gen9 = gpu.device == 0x1912 || gpu.device == 0x5912;
	tap_note("8086:%04x at 00:%02x.%x", gpu.device, gpu.fn >> 3, gpu.fn & 7);
	check_header();
	check_config_widths();
	check_capabilities();
	check_gmch();
	pci_write(gpu.fn, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	tap_is(pci_read(gpu.fn, PCI_COMMAND, 2) & 6, 6,
	       "memory decoding and bus mastering turn on");
	if (!check_bars()) {
		return false;
	}
	check_rom();
	return true;
}

/* Registers answer at BAR0's place, and kept what was written to them before a move. */
static void check_answers(uint32_t scratch, uint32_t val, const char *where)
{
	tap_is(reg_read(PVINFO), 0x76544776, "registers answer %s", where);
	tap_is(reg_read(scratch), val, "what was written to one is still there %s", where);
}

static void check_move_mmio(void)
{
	const uint32_t scratch = 0x4f060, val = 0x5eed0001; /* SWF18: a scratch register */
	uint64_t home = gpu.mmio, away = pci_free_place(16 * MIB);

	if (!tap_ok(away != 0, "there is another place for BAR0")) {
		return;
	}
	reg_write(scratch, val);
	pci_bar_move(gpu.fn, PCI_BAR0, away);
	gpu.mmio = away;
	check_answers(scratch, val, "at another place of BAR0");
	tap_ok(read32(home + PVINFO) != 0x76544776, "nothing answers where BAR0 was");
	pci_bar_move(gpu.fn, PCI_BAR0, home);
	gpu.mmio = home;
	check_answers(scratch, val, "after BAR0 has moved back");
	tap_ok(read32(away + PVINFO) != 0x76544776, "nothing answers where BAR0 had been");

	pci_write(gpu.fn, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	tap_ok(reg_read(PVINFO) != 0x76544776, "no register answers with memory decoding off");
	pci_write(gpu.fn, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	check_answers(scratch, val, "when memory decoding is on again");
	reg_write(scratch, 0);
}

static void check_move_aperture(void)
{
	uint64_t home = gpu.aperture, away = pci_free_place(gpu.aperture_size);
	uint32_t gma = gpu.map_base + PAGE_SIZE;
	uint32_t *ram;

	if (!away || gpu.map_size < 2 * PAGE_SIZE) {
		tap_skip("BAR2 shows the same memory at another place", "no place, or no window");
		return;
	}
	ram = pages_alloc(1);
	ram[5] = 0xa9e47001;
	gtt_map(gma, ram, 1);
	gtt_flush();
	pci_bar_move(gpu.fn, PCI_BAR2, away);
	tap_is(read32(away + gma + 20), 0xa9e47001, "BAR2 shows the same memory at another place");
	pci_bar_move(gpu.fn, PCI_BAR2, home);
	tap_is(read32(home + gma + 20), 0xa9e47001, "BAR2 shows it after it has moved back");
}

void check_moves(void)
{
	check_move_mmio();
	check_move_aperture();
}
