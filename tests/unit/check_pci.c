/* SPDX-License-Identifier: MIT */
/* The PCI function: identity, sizing and moving of BARs, MSI, the ROM and its VBT. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test_run.h"
#include "vbt.h"
#include "vgpu_fixture.h"

#define MEMORY 2u
#define MASTER 4u

static struct vgpu_fixture fx;

static void setup(void)
{
	vgpu_fixture_init(&fx, GT_SKL);
}

static void teardown(void)
{
	vgpu_fixture_finish(&fx);
}

static uint32_t r(uint32_t off)
{
	return gt_vgpu_config_read(fx.v, off, 4);
}

static void w(uint32_t off, uint32_t val)
{
	gt_vgpu_config_write(fx.v, off, 4, val);
}

static void set_command(uint32_t bits)
{
	gt_vgpu_config_write(fx.v, 4, 2, bits);
}

static void set_bars(uint64_t mmio, uint64_t aperture)
{
	w(0x10, (uint32_t)mmio);
	w(0x14, (uint32_t)(mmio >> 32));
	w(0x18, (uint32_t)aperture);
	w(0x1c, (uint32_t)(aperture >> 32));
}

START_TEST(each_platform_has_its_identity)
{
	vgpu_fixture_finish(&fx);
	vgpu_fixture_init(&fx, (enum gt_platform_id)_i);
	ck_assert_uint_eq(r(0x00), 0x8086u | (uint32_t)gt_platforms[_i].device << 16);
	ck_assert_uint_eq(r(0x08), 0x03800000u | gt_platforms[_i].revision);
	ck_assert_uint_eq(r(0x04) >> 16 & 0x10, 0x10);
	ck_assert_uint_eq(gt_vgpu_config_read(fx.v, 0x3d, 1), 1);
	ck_assert_uint_eq(gt_vgpu_config_read(fx.v, 0x0e, 1), 0);
	ck_assert_uint_eq(r(0x5c), 0);
	ck_assert_uint_eq(r(0xfc), 0);
}
END_TEST

START_TEST(gmch_names_the_size_of_the_ggtt)
{
	uint32_t ggms = gt_vgpu_config_read(fx.v, 0x50, 2) >> 6 & 3;

	ck_assert_uint_eq(GT_MiB(1) << ggms, fx.v->part.ggtt_size / 4096 * 8);
	ck_assert_uint_eq(gt_vgpu_config_read(fx.v, 0x51, 1), 0);
}
END_TEST

START_TEST(identity_cannot_be_written)
{
	uint32_t id = r(0), class = r(8), gmch = r(0x50), subsystem = r(0x2c);

	for (uint32_t off = 0; off < 256; off += 4) {
		w(off, 0xffffffff);
		w(off, 0);
	}
	ck_assert_uint_eq(r(0), id);
	ck_assert_uint_eq(r(8), class);
	ck_assert_uint_eq(r(0x50), gmch);
	ck_assert_uint_eq(r(0x2c), subsystem);
	ck_assert_uint_eq(r(0x34) & 0xff, 0xac);
}
END_TEST

static uint64_t sized(uint32_t off)
{
	w(off, 0xffffffff);
	w(off + 4, 0xffffffff);
	return ~((r(off) & ~0xfu) | (uint64_t)r(off + 4) << 32) + 1;
}

START_TEST(all_ones_read_back_as_the_size)
{
	ck_assert_uint_eq(sized(0x10), GT_MiB(16));
	ck_assert_uint_eq(r(0x10) & 0xf, 0x4);
	ck_assert_uint_eq(sized(0x18), fx.v->part.aperture_size);
	ck_assert_uint_eq(r(0x18) & 0xf, 0xc);
	w(0x30, 0xfffff800);
	ck_assert_uint_eq(r(0x30), 0xfffff000);
	w(0x20, 0xffffffff);
	ck_assert_uint_eq(r(0x20), 0);
	ck_assert_uint_eq(fx.guest->nr_placed, 0);
}
END_TEST

START_TEST(bars_are_placed_while_memory_decode_is_on)
{
	set_bars(0xfb000000, 0xe0000000);
	ck_assert_uint_eq(fx.guest->nr_placed, 0);
	set_command(MEMORY);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xfb000000);
	ck_assert_uint_eq(fx.guest->placed_B[GT_BAR_MMIO], GT_MiB(16));
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0xe0000000);
	ck_assert_uint_eq(fx.guest->placed_B[GT_BAR_APERTURE], fx.v->part.aperture_size);
	ck_assert_uint_eq(fx.guest->nr_placed, 2);
	set_command(0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0);
}
END_TEST

START_TEST(a_bar_moves_in_one_step)
{
	set_bars(0xfb000000, 0xe0000000);
	set_command(MEMORY);
	w(0x10, 0xfc000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xfc000000);
	ck_assert_uint_eq(fx.guest->nr_placed, 3);
	w(0x10, 0xfc000000);
	w(0x14, 0);
	ck_assert_uint_eq(fx.guest->nr_placed, 3);
}
END_TEST

START_TEST(a_bar_above_4_GiB_is_placed_there)
{
	set_bars(UINT64_C(0x1234000000), UINT64_C(0x4000000000));
	set_command(MEMORY);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], UINT64_C(0x1234000000));
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], UINT64_C(0x4000000000));
}
END_TEST

START_TEST(sizing_with_decode_on_only_unplaces_the_bar)
{
	set_bars(0xfb000000, 0xe0000000);
	set_command(MEMORY);
	w(0x10, 0xffffffff);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0);
	w(0x10, 0xfb000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xfb000000);
	w(0x14, 0xffffffff);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0);
	w(0x14, 0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xfb000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0xe0000000);
}
END_TEST

START_TEST(an_address_beyond_what_a_guest_can_address_is_not_placed)
{
	static const uint64_t bad[] = { 0, UINT64_C(1) << 39, UINT64_C(0xffffffffff000000),
					UINT64_C(0x8000000000000000) };

	set_command(MEMORY);
	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		set_bars(bad[i], 0xe0000000);
		ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0);
	}
	set_bars((UINT64_C(1) << 39) - GT_MiB(16), 0xe0000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], (UINT64_C(1) << 39) - GT_MiB(16));
}
END_TEST

START_TEST(of_overlapping_bars_the_first_is_placed)
{
	set_bars(0xe0000000, 0xe0000000);
	set_command(MEMORY);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xe0000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0);
	w(0x10, 0xd0000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xd0000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0xe0000000);
	w(0x10, 0xe0000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xe0000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0);
}
END_TEST

START_TEST(the_rom_needs_its_own_enable_bit)
{
	set_command(MEMORY);
	w(0x30, 0xfea00000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_ROM], 0);
	w(0x30, 0xfea00001);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_ROM], 0xfea00000);
	set_command(0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_ROM], 0);
}
END_TEST

START_TEST(a_reset_takes_the_bars_away)
{
	set_bars(0xfb000000, 0xe0000000);
	set_command(MEMORY);
	gt_vgpu_reset(fx.v);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0);
	ck_assert_uint_eq(r(0x10), 0x4);
}
END_TEST

START_TEST(a_placement_that_failed_is_tried_again)
{
	set_bars(0xfb000000, 0xe0000000);
	fx.guest->fail_in = 1;
	set_command(MEMORY);
	ck_assert_uint_eq(fx.v->pci.placed[0], 0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0xe0000000);
	set_command(MEMORY);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xfb000000);
	ck_assert_uint_eq(fx.v->pci.placed[0], 0xfb000000);
}
END_TEST

/* What must hold of the placement after any write whatever. */
static void check_places(void)
{
	static const enum gt_bar bars[] = { GT_BAR_MMIO, GT_BAR_APERTURE, GT_BAR_ROM };
	const uint64_t sizes[] = { GT_BAR0_SIZE, fx.v->part.aperture_size, GT_ROM_SIZE };

	for (unsigned i = 0; i < 3; i++) {
		uint64_t base = fx.v->pci.placed[i];

		ck_assert_uint_eq(base, fx.guest->placed[bars[i]]);
		ck_assert_uint_eq(base % sizes[i], 0);
		ck_assert_uint_le(base, (UINT64_C(1) << 39) - sizes[i]);
		ck_assert(!base || (r(4) & MEMORY));
		for (unsigned j = 0; j < i; j++) {
			uint64_t other = fx.v->pci.placed[j];

			ck_assert(!base || !other || base + sizes[i] <= other ||
				  other + sizes[j] <= base);
		}
	}
}

START_TEST(no_sequence_of_writes_breaks_the_placement)
{
	static const uint8_t offs[] = { 0x04, 0x10, 0x14, 0x18, 0x1c, 0x30, 0xac, 0x0c, 0x3c };
	static const uint32_t vals[] = { 0, ~0u, 0xe0000000, 0xe1000000, 0xe1000001, 0x7f, 1, 2,
					 6, 0xff000000, 0xfffff001 };
	uint64_t seed = 1;

	for (unsigned n = 0; n < 20000; n++) {
		uint32_t pick = test_random(&seed);
		uint32_t off = offs[pick % GT_ARRAY_SIZE(offs)];
		uint32_t val = pick & 0x10000 ? test_random(&seed)
					      : vals[(pick >> 8) % GT_ARRAY_SIZE(vals)];

		if (pick & 0x20000) {
			gt_vgpu_config_write(fx.v, off + (pick >> 20 & 3), 1, val);
		} else {
			w(off, val);
		}
		check_places();
	}
}
END_TEST

START_TEST(bytes_and_words_agree_with_dwords)
{
	set_bars(0xfb000000, 0xe0000000);
	for (uint32_t off = 0; off < 256; off++) {
		uint32_t dword = r(off & ~3u);

		ck_assert_uint_eq(gt_vgpu_config_read(fx.v, off, 1),
				  dword >> (off & 3) * 8 & 0xff);
		if (off % 4 != 3) {
			ck_assert_uint_eq(gt_vgpu_config_read(fx.v, off, 2),
					  dword >> (off & 3) * 8 & 0xffff);
		}
	}
}
END_TEST

START_TEST(accesses_that_make_no_sense_read_ones_and_write_nothing)
{
	static const struct {
		uint32_t off;
		unsigned size;
	} bad[] = { { 256, 1 }, { 255, 2 }, { 2, 4 }, { 3, 2 }, { 0, 0 }, { 0, 3 }, { 0, 8 },
		    { 0xffffffff, 4 }, { 0xfffffffc, 4 } };

	for (size_t i = 0; i < GT_ARRAY_SIZE(bad); i++) {
		ck_assert_uint_eq(gt_vgpu_config_read(fx.v, bad[i].off, bad[i].size), ~0u);
		gt_vgpu_config_write(fx.v, bad[i].off, bad[i].size, ~0u);
	}
	ck_assert_uint_eq(fx.v->events.count[GT_EV_bad_access], 2 * GT_ARRAY_SIZE(bad));
	ck_assert_uint_eq(r(4) & 0xffff, 0);
}
END_TEST

START_TEST(msi_needs_its_enable_bit_and_the_bus_master)
{
	uint64_t addr = 1;
	uint32_t data = 2;

	w(0xb0, 0xfee01007);
	w(0xb4, 0x12);
	w(0xb8, 0xabcd4321);
	ck_assert_uint_eq(r(0xac) & 0xff, 5);
	ck_assert(!gt_pci_msi(fx.v, &addr, &data));
	gt_vgpu_config_write(fx.v, 0xae, 2, 1);
	ck_assert(gt_pci_msi_enabled(fx.v));
	ck_assert(!gt_pci_msi(fx.v, &addr, &data));
	ck_assert_uint_eq(addr, 1);
	set_command(MASTER);
	ck_assert(gt_pci_msi(fx.v, &addr, &data));
	ck_assert_uint_eq(addr, UINT64_C(0x12fee01004));
	ck_assert_uint_eq(data, 0x4321);
}
END_TEST

START_TEST(status_shows_the_interrupt_line)
{
	ck_assert_uint_eq(r(4) >> 16 & 8, 0);
	fx.v->irq.line = true;
	ck_assert_uint_eq(r(4) >> 16 & 8, 8);
	fx.v->irq.line = false;
	ck_assert(gt_pci_intx_enabled(fx.v));
	set_command(0x400);
	ck_assert(!gt_pci_intx_enabled(fx.v));
}
END_TEST

static uint8_t sum(const uint8_t *p, size_t len)
{
	uint8_t all = 0;

	while (len--) {
		all = (uint8_t)(all + *p++);
	}
	return all;
}

static uint32_t le(const uint8_t *p, unsigned nr)
{
	uint32_t val = 0;

	for (unsigned i = 0; i < nr; i++) {
		val |= (uint32_t)p[i] << (8 * i);
	}
	return val;
}

START_TEST(the_rom_is_an_image_of_this_device)
{
	uint8_t rom[GT_ROM_SIZE];

	for (uint32_t i = 0; i < GT_ROM_SIZE; i++) {
		rom[i] = (uint8_t)gt_vgpu_bar_read(fx.v, GT_BAR_ROM, i, 1);
	}
	ck_assert_uint_eq(le(rom, 2), 0xaa55);
	ck_assert_uint_eq(rom[2] * 512u, GT_ROM_SIZE);
	ck_assert_uint_eq(sum(rom, GT_ROM_SIZE), 0);
	const uint8_t *pcir = rom + le(rom + 0x18, 2);

	ck_assert(!memcmp(pcir, "PCIR", 4));
	ck_assert_uint_eq(le(pcir + 4, 2), 0x8086);
	ck_assert_uint_eq(le(pcir + 6, 2), 0x1912);
	ck_assert_uint_eq(le(pcir + 16, 2) * 512, GT_ROM_SIZE);
	ck_assert_uint_eq(pcir[21] & 0x80, 0x80);
	ck_assert_uint_eq(gt_vgpu_bar_read(fx.v, GT_BAR_ROM, GT_ROM_SIZE, 1), UINT64_MAX);
	ck_assert_uint_eq(gt_vgpu_bar_read(fx.v, GT_BAR_ROM, GT_ROM_SIZE - 1, 4), UINT64_MAX);
}
END_TEST

/* The blocks of a VBT in the order a driver walks them: id (1 byte), size (2 bytes), contents. */
START_TEST(the_vbt_has_one_hdmi_connector_on_port_b)
{
	const uint8_t *rom = fx.v->pci.rom, *vbt = NULL, *found = NULL;

	for (uint32_t i = 0; i < GT_ROM_SIZE && !vbt; i += 4) {
		vbt = memcmp(rom + i, "$VBT", 4) ? NULL : rom + i;
	}
	ck_assert_ptr_nonnull(vbt);
	ck_assert_uint_eq(le(vbt + 22, 2), 48);
	ck_assert_uint_eq(le(vbt + 24, 2), 119);
	ck_assert_uint_eq(sum(vbt, 119), 0);
	const uint8_t *bdb = vbt + le(vbt + 28, 4);

	ck_assert(!memcmp(bdb, "BIOS_DATA_BLOCK ", 16));
	ck_assert_uint_eq(le(bdb + 20, 2), 119 - 48);
	for (uint32_t at = le(bdb + 18, 2); at < le(bdb + 20, 2); at += 3 + le(bdb + at + 1, 2)) {
		if (bdb[at] == 2) {
			ck_assert_ptr_null(found);
			found = bdb + at + 3;
			ck_assert_uint_eq(le(bdb + at + 1, 2), 5 + 33);
		}
	}
	ck_assert_ptr_nonnull(found);
	ck_assert_uint_eq(found[4], 33);
	ck_assert_uint_eq(le(found + 5 + 2, 2), 0x60d2);
	ck_assert_uint_eq(found[5 + 16], 1);
	ck_assert_uint_eq(found[5 + 19], 5);
}
END_TEST

START_TEST(the_opregion_has_the_table_of_the_rom)
{
	uint8_t region[GT_OPREGION_SIZE];
	size_t vbt_B = le(fx.v->pci.rom + 0x80 + 24, 2);

	gt_opregion_build(region, &fx.v->opt);
	ck_assert(!memcmp(region, "IntelGraphicsMem", 16));
	ck_assert_uint_eq(le(region + 16, 4), GT_OPREGION_SIZE / 1024);
	ck_assert_uint_eq(region[23], 2);
	ck_assert_uint_eq(le(region + 88, 4), 1u << 3);
	ck_assert(!memcmp(region + 0x400, fx.v->pci.rom + 0x80, vbt_B));
	for (uint32_t i = 0x100; i < GT_OPREGION_SIZE; i++) {
		ck_assert(region[i] == 0 || (i >= 0x400 && i < 0x400 + vbt_B));
	}
}
END_TEST

/* A child a head, in their order: device type, port, DDC pins, AUX channel. */
START_TEST(the_vbt_names_the_heads_there_are)
{
	struct gt_options o = fx.v->opt;
	uint8_t vbt[GT_VBT_MAX_B];
	const uint8_t *child = vbt + 48 + 22 + 3 + 5 + 3 + 5;

	o.nr_heads = 3;
	o.monitor[0].link = GT_LINK_DP;
	o.monitor[1].link = GT_LINK_HDMI;
	o.monitor[2].link = GT_LINK_DP;
	ck_assert_uint_eq(gt_vbt_build(vbt, &o), 119 + 2 * 33);
	ck_assert_uint_eq(le(vbt + 24, 2), 119 + 2 * 33);
	ck_assert_uint_eq(sum(vbt, 119 + 2 * 33), 0);
	ck_assert_uint_eq(le(child - 7, 2), 5 + 3 * 33);
	for (unsigned head = 0; head < 3; head++, child += 33) {
		bool dp = o.monitor[head].link == GT_LINK_DP;

		ck_assert_uint_eq(le(child, 2), 4u << head);
		ck_assert_uint_eq(le(child + 2, 2), dp ? 0x68c6 : 0x60d2);
		ck_assert_uint_eq(child[16], (dp ? 7 : 1) + head);
		ck_assert_uint_eq(child[19], "\5\4\6"[head]);
		ck_assert_uint_eq(child[25], dp ? 0x10 * (head + 1) : 0);
	}
}
END_TEST

/* hvmloader writes one to a primary device. */
START_TEST(the_address_of_the_opregion_is_not_the_guests_to_change)
{
	ck_assert_uint_eq(r(0xfc), 0);
	w(0xfc, 0xfc002000);
	ck_assert_uint_eq(r(0xfc), 0);
	fx.guest->base.opregion = 0xfe000000;
	gt_vgpu_reset(fx.v);
	w(0xfc, 0xfc002000);
	ck_assert_uint_eq(r(0xfc), 0xfe000000);
}
END_TEST

START_TEST(power_management_follows_msi_in_the_list)
{
	ck_assert_uint_eq(r(0xac) >> 8 & 0xff, 0xd0);
	ck_assert_uint_eq(r(0xd0) & 0xffff, 0x0001);
	ck_assert_uint_eq(r(0xd4), 0);
}
END_TEST

START_TEST(asleep_it_decodes_nothing_and_keeps_what_it_knew)
{
	set_bars(0xfb000000, 0xe0000000);
	set_command(MEMORY | MASTER);
	gt_vreg_set(fx.v, 0x45270, 0x1234);
	w(0xd4, 3);
	ck_assert_uint_eq(r(0xd4), 3);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0);
	w(0xd4, 0);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_MMIO], 0xfb000000);
	ck_assert_uint_eq(fx.guest->placed[GT_BAR_APERTURE], 0xe0000000);
	ck_assert_uint_eq(gt_vreg(fx.v, 0x45270), 0x1234);
}
END_TEST

START_TEST(a_power_state_it_does_not_have_is_not_entered)
{
	for (uint32_t state = 1; state < 3; state++) {
		w(0xd4, state);
		ck_assert_uint_eq(r(0xd4), 0);
		w(0xd4, 3);
		w(0xd4, state);
		ck_assert_uint_eq(r(0xd4), 3);
		w(0xd4, 0);
	}
}
END_TEST

START_TEST(an_interrupt_waits_until_it_is_awake)
{
	set_command(MEMORY | MASTER);
	w(0xb0, 0xfee00000);
	w(0xac, 0x10000);
	w(0xd4, 3);
	vgpu_fixture_w32(&fx, 0x44444, 0);
	vgpu_fixture_w32(&fx, 0x4444c, 1);
	vgpu_fixture_w32(&fx, 0x44200, 0x80000000);
	gt_irq_raise(fx.v, GT_IRQ_PORT, 1);
	ck_assert_uint_eq(fx.guest->nr_msi, 0);
	w(0xd4, 0);
	ck_assert_uint_eq(fx.guest->nr_msi, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pci");
	TCase *tc = tcase_create("pci");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, each_platform_has_its_identity, 0, GT_NR_PLATFORMS);
	tcase_add_test(tc, gmch_names_the_size_of_the_ggtt);
	tcase_add_test(tc, identity_cannot_be_written);
	tcase_add_test(tc, all_ones_read_back_as_the_size);
	tcase_add_test(tc, bars_are_placed_while_memory_decode_is_on);
	tcase_add_test(tc, a_bar_moves_in_one_step);
	tcase_add_test(tc, a_bar_above_4_GiB_is_placed_there);
	tcase_add_test(tc, sizing_with_decode_on_only_unplaces_the_bar);
	tcase_add_test(tc, an_address_beyond_what_a_guest_can_address_is_not_placed);
	tcase_add_test(tc, of_overlapping_bars_the_first_is_placed);
	tcase_add_test(tc, the_rom_needs_its_own_enable_bit);
	tcase_add_test(tc, a_reset_takes_the_bars_away);
	tcase_add_test(tc, a_placement_that_failed_is_tried_again);
	tcase_add_test(tc, no_sequence_of_writes_breaks_the_placement);
	tcase_add_test(tc, bytes_and_words_agree_with_dwords);
	tcase_add_test(tc, accesses_that_make_no_sense_read_ones_and_write_nothing);
	tcase_add_test(tc, msi_needs_its_enable_bit_and_the_bus_master);
	tcase_add_test(tc, status_shows_the_interrupt_line);
	tcase_add_test(tc, the_opregion_has_the_table_of_the_rom);
	tcase_add_test(tc, the_vbt_names_the_heads_there_are);
	tcase_add_test(tc, the_address_of_the_opregion_is_not_the_guests_to_change);
	tcase_add_test(tc, power_management_follows_msi_in_the_list);
	tcase_add_test(tc, asleep_it_decodes_nothing_and_keeps_what_it_knew);
	tcase_add_test(tc, a_power_state_it_does_not_have_is_not_entered);
	tcase_add_test(tc, an_interrupt_waits_until_it_is_awake);
	tcase_add_test(tc, the_rom_is_an_image_of_this_device);
	tcase_add_test(tc, the_vbt_has_one_hdmi_connector_on_port_b);
	suite_add_tcase(s, tc);
	return test_run(s);
}
