/* SPDX-License-Identifier: MIT */
/*
 * The GGTT from the guest's side: entries that are memory, taken over at GFX_FLSH_CNTL, and seen
 * through the aperture.  PRM SKL vol 5, "Global Graphics Translation Table".
 */
#include "checks.h"
#include "gpu.h"
#include "tap.h"

#define NR_PAGES 8u

static uint64_t entry(uint32_t gma)
{
	return gpu.mmio + GTT_OFFSET + (uint64_t)(gma / PAGE_SIZE) * 8;
}

static void check_entries(void)
{
	uint32_t gma = gtt_alloc(512);
	uint64_t *want = pages_alloc(1), *got = pages_alloc(1);
	uint64_t count = 512, from = (uintptr_t)want, to = entry(gma);

	write64(to, 0x12345001);
	tap_is(read64(to), 0x12345001, "a GGTT entry reads back by 8 bytes");
	write32(to + 4, 0x3);
	write32(to, 0x6789a001);
	tap_is(read64(to), 0x36789a001ull, "a GGTT entry can be written in halves");
	tap_is(read32(to), 0x6789a001, "a GGTT entry can be read in halves");
	for (uint32_t i = 0; i < 512; i++) {
		want[i] = (uintptr_t)got + 0; /* not present, and in our own RAM */
	}
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	memset(got, 0xcc, PAGE_SIZE);
	from = entry(gma);
	to = (uintptr_t)got;
	count = 512;
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	tap_ok(!memcmp(want, got, PAGE_SIZE), "512 GGTT entries are written and read at once");
}

/* Aperture pages @gma.. against @ram, in every width at odd places. */
static bool shows(uint32_t gma, const uint8_t *ram, uint32_t nr_pages)
{
	uint64_t window = gpu.aperture + gma;

	for (uint32_t page = 0; page < nr_pages; page++) {
		uint32_t at = page * PAGE_SIZE + page * 4;
		uintptr_t r = (uintptr_t)ram + at;

		if (read32(window + at) != read32(r) || read64(window + at + 8) != read64(r + 8) ||
		    read16(window + at + 17) != read16(r + 17) ||
		    read8(window + at + 4000) != read8(r + 4000)) {
			tap_note("page %u: %08x, expected %08x", page, read32(window + at),
				 read32(r));
			return false;
		}
	}
	return true;
}

static void fill(uint8_t *ram, uint32_t nr_pages, uint32_t salt)
{
	for (uint32_t i = 0; i < nr_pages * PAGE_SIZE; i += 4) {
		write32((uintptr_t)ram + i, (i + salt) * 0x9e3779b1u);
	}
}

static void check_window(void)
{
	uint32_t gma = gpu.map_base + PAGE_SIZE; /* i915 keeps the first page for itself */
	uint8_t *ram = pages_alloc(NR_PAGES), *other = pages_alloc(1), *back = pages_alloc(1);
	uint64_t window = gpu.aperture + gma, from, to, count;

	fill(ram, NR_PAGES, 1);
	fill(other, 1, 77);
	gtt_map(gma, ram, NR_PAGES);
	gtt_flush();
	tap_ok(shows(gma, ram, NR_PAGES), "the aperture shows the pages the GGTT names");
	write32(window + 12, 0xa5a50001);
	write8(window + PAGE_SIZE + 1, 0x77);
	write64(window + PAGE_SIZE - 4, 0x1122334455667788ull);
	tap_is(read32((uintptr_t)ram + 12), 0xa5a50001, "a write through it reaches memory");
	tap_is(ram[PAGE_SIZE - 4], 0x88, "one across a page end reaches the first page");
	tap_is(read32((uintptr_t)ram + PAGE_SIZE), 0x11223344, "and the second");
	from = window + 2 * PAGE_SIZE;
	to = (uintptr_t)back;
	count = PAGE_SIZE / 4;
	__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	tap_ok(!memcmp(back, ram + 2 * PAGE_SIZE, PAGE_SIZE), "rep movs copies a page out of it");
	from = (uintptr_t)other;
	to = window + 3 * PAGE_SIZE;
	count = PAGE_SIZE / 8;
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	tap_ok(!memcmp(other, ram + 3 * PAGE_SIZE, PAGE_SIZE), "rep movs copies a page into it");

	fill(other, 1, 99);
	gtt_map(gma, other, 1);
	gtt_flush();
	tap_ok(shows(gma, other, 1), "after a change and a flush it shows the new page");
	write64(entry(gma), (uintptr_t)other); /* not present */
	gtt_flush();
	tap_ok(read32(window) != read32((uintptr_t)other),
	       "a page that is not present is not shown");
	write32(window, 0x0badf00d);
	tap_ok(read32((uintptr_t)other) != 0x0badf00d, "nor written");
	gtt_map(gma, other, 1);
	gtt_flush();
	tap_ok(shows(gma, other, 1), "and it is shown again when it is present");
}

void check_gtt(void)
{
	check_entries();
	if (gpu.map_size < (NR_PAGES + 1) * PAGE_SIZE) {
		tap_skip("the aperture", "no mappable window");
		return;
	}
	check_window();
}
