/* SPDX-License-Identifier: MIT */
/*
 * Monitors, the EEPROM in each, and hotplug: live state in SDE_ISR, long pulses in SHOTPLUG_CTL.
 * What the monitors answer on an AUX channel is dp.c's, how the wires are driven gmbus.c's.
 * VESA E-DDC 1.2; PRM SKL vol 12, "Hot Plug"; BDW vol 11.
 */
#include "monitor.h"

#include <errno.h>
#include <string.h>

#include "display_rows.h"
#include "vgpu_internal.h"
#include "xengt/protocol.h"

_Static_assert(XENGT_MAX_EDID_B == GT_EDID_MAX_B, "one limit");

#define SFUSE_STRAP	 0xc2014u
#define SFUSE_NO_CRT	 GT_BIT(6)
#define DFSM		 0x51000u
#define SHOTPLUG_CTL	 0xc4030u
#define PULSE_LONG	 2u
#define SEGMENT_B	 256u

/* Port B is bit 2, C bit 1, D bit 0. */
static uint32_t strap_bit(unsigned head)
{
	return GT_BIT(2 - head);
}

static uint32_t live_bit(unsigned head)
{
	return GT_SDE_PORT_B << head;
}

static bool head_exists(const struct gt_vgpu *v, unsigned head)
{
	return head < v->opt.nr_heads;
}

int gt_monitors_init(struct gt_vgpu *v, const uint8_t *edid)
{
	if (edid && !gt_edid_valid(edid)) {
		return -EINVAL;
	}
	for (unsigned head = 0; head < v->opt.nr_heads; head++) {
		struct gt_monitor *m = &v->monitors.head[head];
		int edid_B = gt_edid_make(m->edid, &v->opt.mode[head], v->opt.monitor[head].link,
					  v->guest->domid + head);

		if (edid_B < 0) {
			return edid_B;
		}
		m->plugged = v->opt.monitor[head].plugged;
		m->edid_B = (uint32_t)edid_B;
	}
	if (edid) {
		memcpy(v->monitors.head[0].edid, edid, GT_EDID_SIZE);
		v->monitors.head[0].edid_B = GT_EDID_SIZE;
	}
	return 0;
}

/* As many pipes as heads: those of gen9 can be fused off. */
static uint32_t fused_off_pipes(const struct gt_vgpu *v)
{
	if (v->platform == GT_BDW) {
		return 0;
	}
	return (v->opt.nr_heads < 2 ? GT_BIT(21) : 0) | (v->opt.nr_heads < 3 ? GT_BIT(28) : 0);
}

void gt_monitors_reset(struct gt_vgpu *v)
{
	uint32_t live = 0, straps = v->platform == GT_BDW ? SFUSE_NO_CRT : 0;

	for (unsigned head = 0; head < v->opt.nr_heads; head++) {
		struct gt_monitor *m = &v->monitors.head[head];

		live |= m->plugged ? live_bit(head) : 0;
		straps |= strap_bit(head);
		m->segment = m->at = 0;
		gt_dp_sink_reset(&m->sink);
	}
	gt_vreg_set(v, GT_SDE_ISR, live);
	gt_vreg_set(v, SFUSE_STRAP, straps);
	gt_vreg_set(v, DFSM, fused_off_pipes(v));
}

struct gt_monitor *gt_monitor_at(struct gt_vgpu *v, unsigned ddi, enum gt_link link)
{
	unsigned head = ddi - gt_head_ddi(0); /* wraps to a head that does not exist */

	if (!head_exists(v, head) || v->opt.monitor[head].link != link ||
	    !v->monitors.head[head].plugged) {
		return NULL;
	}
	return &v->monitors.head[head];
}

/* Monitors whose EDID fits the first segment have no segment pointer. */
bool gt_ddc_answers(const struct gt_monitor *m, uint32_t slave)
{
	return slave == GT_DDC_EEPROM || (slave == GT_DDC_SEGMENT && m->edid_B > SEGMENT_B);
}

void gt_ddc_write(struct gt_monitor *m, uint32_t slave, const uint8_t *bytes, size_t nr)
{
	if (!nr) {
		return;
	}
	if (slave == GT_DDC_SEGMENT) {
		m->segment = bytes[0];
	} else {
		m->at = bytes[0];
	}
}

/* The byte address wraps inside the segment; past the EDID the EEPROM is blank. */
uint8_t gt_ddc_read(struct gt_monitor *m)
{
	uint32_t at = m->segment * SEGMENT_B + m->at++;

	return at < m->edid_B ? m->edid[at] : 0;
}

void gt_ddc_stop(struct gt_monitor *m)
{
	m->segment = 0;
}

/* A pulse of the HPD wire that a driver which enabled the port's detection hears of. */
static void pulse(struct gt_vgpu *v, unsigned head)
{
	uint32_t ctl = gt_vreg(v, SHOTPLUG_CTL);
	uint32_t shift = 8 * head;

	if (!(ctl & (GT_BIT(4) << shift))) {
		return;
	}
	gt_vreg_set(v, SHOTPLUG_CTL, ctl | PULSE_LONG << shift);
	gt_irq_raise(v, GT_IRQ_SDE, live_bit(head));
}

int gt_monitor_plug(struct gt_vgpu *v, unsigned head, const uint8_t *edid, size_t edid_B)
{
	if (!head_exists(v, head)) {
		return -ENOENT;
	}
	if (!gt_edid_check(edid, edid_B)) {
		return -EINVAL;
	}
	struct gt_monitor *m = &v->monitors.head[head];

	memset(m, 0, sizeof(*m));
	gt_dp_sink_reset(&m->sink);
	memcpy(m->edid, edid, edid_B);
	m->edid_B = (uint32_t)edid_B;
	m->plugged = true;
	gt_vreg_set(v, GT_SDE_ISR, gt_vreg(v, GT_SDE_ISR) | live_bit(head));
	pulse(v, head);
	return 0;
}

int gt_monitor_plug_asked(struct gt_vgpu *v, unsigned head, const struct xengt_plug *plug)
{
	const struct gt_mode mode = { plug->w_px, plug->h_px, plug->hz ? plug->hz : 60 };
	uint8_t edid[GT_EDID_MAX_B];
	int edid_B;

	if (!head_exists(v, head)) {
		return -ENOENT;
	}
	if (plug->edid_B) {
		return gt_monitor_plug(v, head, plug->edid, plug->edid_B);
	}
	if (plug->w_px || plug->h_px || plug->hz) {
		edid_B = gt_edid_make(edid, &mode, v->opt.monitor[head].link,
				      v->guest->domid + head);
	} else {
		edid_B = (int)v->monitors.head[head].edid_B;
		memcpy(edid, v->monitors.head[head].edid, (size_t)edid_B);
	}
	return edid_B < 0 ? edid_B : gt_monitor_plug(v, head, edid, (size_t)edid_B);
}

int gt_monitor_unplug(struct gt_vgpu *v, unsigned head)
{
	if (!head_exists(v, head)) {
		return -ENOENT;
	}
	if (v->monitors.head[head].plugged) {
		v->monitors.head[head].plugged = false;
		gt_vreg_set(v, GT_SDE_ISR, gt_vreg(v, GT_SDE_ISR) & ~live_bit(head));
		pulse(v, head);
	}
	return 0;
}
