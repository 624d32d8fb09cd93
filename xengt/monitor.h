/* SPDX-License-Identifier: MIT */
/*
 * Monitors: what hangs at the DDIs B, C and D, one of each head, and how the guest hears of it.
 *
 *   head   DDI   GMBUS pin pair   AUX channel   SDE hotplug bit
 *   0      B     5                B             21
 *   1      C     4                C             22
 *   2      D     6                D             23
 *
 * The link of a head (HDMI or DisplayPort) is a property of the machine: the VBT and the straps say
 * it, and it stays.  Whether a monitor is plugged in, and its EDID, can change at any moment.
 * VESA E-EDID A2, E-DDC 1.2; PRM SKL vol 12, "Hot Plug".
 */
#ifndef GT_MONITOR_H
#define GT_MONITOR_H

#include "edid.h"
#include "xengt/options.h"

struct gt_vgpu;

/* A DisplayPort sink: what a source may write, and how far the link is trained. */
struct gt_dp_sink {
	uint8_t config[16]; /* DPCD 0x100.. */
	uint8_t power;	    /* DPCD 0x600 */
	enum { GT_DP_LOST, GT_DP_CLOCK, GT_DP_TRAINED } link;
};

struct gt_monitor {
	bool plugged;
	uint32_t edid_B; /* 128 to GT_EDID_MAX_B, whole blocks */
	uint8_t edid[GT_EDID_MAX_B];
	/* The EEPROM's address: a segment of 256 bytes, and a byte of it. */
	uint8_t segment, at;
	struct gt_dp_sink sink;
};

/* As after power-up; dp.c. */
void gt_dp_sink_reset(struct gt_dp_sink *s);

struct gt_monitors {
	struct gt_monitor head[GT_MAX_HEADS];
};

/* Slaves on the DDC wires: EEPROM, and its segment pointer. */
#define GT_DDC_EEPROM  0x50u
#define GT_DDC_SEGMENT 0x30u

/* DDI of a head, counted from A = 0. */
static inline unsigned gt_head_ddi(unsigned head)
{
	return head + 1;
}

/* The monitors the options ask for, in head 0 with @edid if that is not NULL (one block). */
int gt_monitors_init(struct gt_vgpu *v, const uint8_t *edid);
/* The guest's machine was reset: monitors and their EDIDs stay. */
void gt_monitors_reset(struct gt_vgpu *v);

/*
 * The monitor at @ddi (A = 0) if one is plugged in and its link is @link, or NULL.  @ddi may be any
 * number.
 */
struct gt_monitor *gt_monitor_at(struct gt_vgpu *v, unsigned ddi, enum gt_link link);

/* I2C on its DDC wires.  A write sets the address with its first byte; nothing is stored. */
bool gt_ddc_answers(const struct gt_monitor *m, uint32_t slave);
void gt_ddc_write(struct gt_monitor *m, uint32_t slave, const uint8_t *bytes, size_t nr);
uint8_t gt_ddc_read(struct gt_monitor *m);
void gt_ddc_stop(struct gt_monitor *m);

/*
 * Plug a monitor in, in place of any that is there: whole blocks of EDID, that pass
 * gt_edid_check().  -EINVAL if they do not, -ENOENT if there is no such head.  The guest's driver
 * hears of it if it enabled hotplug of that port.
 */
int gt_monitor_plug(struct gt_vgpu *v, unsigned head, const uint8_t *edid, size_t edid_B);
/*
 * As a client asks for it: by EDID, mode, or the last monitor that was there.  -EINVAL if no
 * monitor can be like that.
 */
struct xengt_plug;
int gt_monitor_plug_asked(struct gt_vgpu *v, unsigned head, const struct xengt_plug *plug);
/* Pull it out; nothing happens if there is none. -ENOENT if there is no such head. */
int gt_monitor_unplug(struct gt_vgpu *v, unsigned head);

#endif
