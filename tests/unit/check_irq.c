/* SPDX-License-Identifier: MIT */
/* Interrupt banks, master register, MSI edges. */
#include <check.h>
#include <stdlib.h>

#include "vgpu_fixture.h"
#include "test_run.h"

static struct vgpu_fixture x;

static uint32_t r32(uint32_t off)
{
	return vgpu_fixture_r32(&x, off);
}

static void w32(uint32_t off, uint32_t val)
{
	vgpu_fixture_w32(&x, off, val);
}

static void setup(void)
{
	vgpu_fixture_init(&x, GT_SKL);
	vgpu_fixture_enable(&x);
	w32(0x44404, ~1u);	    /* pipe A: vblank unmasked */
	w32(0x4440c, 1);	    /* and enabled */
	w32(0x44200, 0x80000000u); /* master on */
}

static void teardown(void)
{
	vgpu_fixture_finish(&x);
}

START_TEST(an_unmasked_event_sets_iir_shows_in_the_master_and_sends_one_msi)
{
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	ck_assert_uint_eq(r32(0x44408), 1);
	ck_assert_uint_eq(r32(0x44200), 0x80010000u);
	ck_assert_uint_eq(x.guest->nr_msi, 1);
	ck_assert_uint_eq(x.guest->msi_addr, 0xfee01000);
	ck_assert_uint_eq(x.guest->msi_data, 0x26);
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	ck_assert_uint_eq(x.guest->nr_msi, 1);
}
END_TEST

START_TEST(a_masked_event_is_lost)
{
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 2);
	ck_assert_uint_eq(r32(0x44408), 0);
	ck_assert_uint_eq(x.guest->nr_msi, 0);
}
END_TEST

START_TEST(an_event_that_is_not_enabled_waits_in_iir)
{
	w32(0x4440c, 0);
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	ck_assert_uint_eq(r32(0x44200), 0x80000000u);
	ck_assert_uint_eq(x.guest->nr_msi, 0);
	w32(0x4440c, 1);
	ck_assert_uint_eq(x.guest->nr_msi, 1);
}
END_TEST

START_TEST(sources_show_while_the_master_is_off_and_reenabling_sends_a_new_edge)
{
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	w32(0x44200, 0);
	ck_assert_uint_eq(r32(0x44200), 0x00010000u);
	w32(0x44200, 0x80000000u);
	ck_assert_uint_eq(x.guest->nr_msi, 2);
	w32(0x44200, 0);
	w32(0x44408, 1);
	w32(0x44200, 0x80000000u);
	ck_assert_uint_eq(x.guest->nr_msi, 2);
	ck_assert_uint_eq(r32(0x44200), 0x80000000u);
}
END_TEST

START_TEST(an_engine_interrupt_passes_the_ring_mask_and_lands_in_its_half)
{
	w32(0x44304, 0);
	w32(0x4430c, ~0u);
	w32(0x220a8, ~0u); /* BCS: all masked */
	gt_irq_raise_engine(x.v, GT_BCS, GT_IRQ_USER);
	ck_assert_uint_eq(r32(0x44308), 0);
	w32(0x220a8, 0xfffeffffu);
	gt_irq_raise_engine(x.v, GT_BCS, GT_IRQ_USER);
	ck_assert_uint_eq(r32(0x44308), 0x00010000);
	ck_assert_uint_eq(r32(0x44200), 0x80000002u);
}
END_TEST

START_TEST(without_msi_the_intx_level_follows_the_line)
{
	uint32_t at = vgpu_fixture_msi(&x);

	gt_vgpu_config_write(x.v, at + 2, 2, 0);
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	ck_assert(x.guest->intx);
	ck_assert_uint_eq(x.guest->nr_msi, 0);
	w32(0x44408, 1);
	ck_assert(!x.guest->intx);
}
END_TEST

START_TEST(enabling_msi_or_disabling_intx_counts_for_what_is_pending_already)
{
	uint32_t at = vgpu_fixture_msi(&x);

	gt_vgpu_config_write(x.v, at + 2, 2, 0);
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	ck_assert(x.guest->intx);
	gt_vgpu_config_write(x.v, 0x04, 2, 0x0406);
	ck_assert(!x.guest->intx);
	gt_vgpu_config_write(x.v, at + 2, 2, 1);
	ck_assert_uint_eq(x.guest->nr_msi, 1);
	gt_vgpu_config_write(x.v, 0x04, 2, 0x0402);
	gt_vgpu_config_write(x.v, 0x04, 2, 0x0406);
	ck_assert_uint_eq(x.guest->nr_msi, 2);
}
END_TEST

START_TEST(a_reset_lowers_intx)
{
	uint32_t at = vgpu_fixture_msi(&x);

	gt_vgpu_config_write(x.v, at + 2, 2, 0);
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	ck_assert(x.guest->intx);
	gt_vgpu_reset(x.v);
	ck_assert(!x.guest->intx);
}
END_TEST

START_TEST(an_injection_that_fails_does_not_stop_the_next)
{
	x.guest->fail_in = 1;
	gt_irq_raise(x.v, GT_IRQ_PIPE_A, 1);
	ck_assert_uint_eq(x.guest->nr_msi, 0);
	w32(0x44200, 0);
	w32(0x44200, 0x80000000u);
	ck_assert_uint_eq(x.guest->nr_msi, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("irq");
	TCase *tc = tcase_create("irq");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_unmasked_event_sets_iir_shows_in_the_master_and_sends_one_msi);
	tcase_add_test(tc, a_masked_event_is_lost);
	tcase_add_test(tc, an_event_that_is_not_enabled_waits_in_iir);
	tcase_add_test(tc, sources_show_while_the_master_is_off_and_reenabling_sends_a_new_edge);
	tcase_add_test(tc, an_engine_interrupt_passes_the_ring_mask_and_lands_in_its_half);
	tcase_add_test(tc, without_msi_the_intx_level_follows_the_line);
	tcase_add_test(tc, enabling_msi_or_disabling_intx_counts_for_what_is_pending_already);
	tcase_add_test(tc, a_reset_lowers_intx);
	tcase_add_test(tc, an_injection_that_fails_does_not_stop_the_next);
	suite_add_tcase(s, tc);
	return test_run(s);
}
