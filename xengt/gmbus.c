/* SPDX-License-Identifier: MIT */
/*
 * GMBUS as a state machine of one transfer; what answers is monitor.c's.
 *
 * A transfer completes as fast as the guest moves its data, so the status register says "ready"
 * at once and no GMBUS interrupt is ever raised: drivers poll first, and a poll of a page that
 * traps anyway is cheaper than an interrupt for every four bytes.  The GPIO pins of the same wires
 * only show their pull-ups: bit-banging finds no monitor, and ends quickly.
 * PRM SKL vol 12, "GMBUS and GPIO"; BDW vol 11.
 */
#include "gmbus.h"

#include <string.h>

#include "regs.h"
#include "vgpu_internal.h"

#define PRM_GMBUS "SKL vol 12, GMBUS and GPIO"

#define GMBUS0 0xc5100u
#define GMBUS1 0xc5104u
#define GMBUS2 0xc5108u
#define GMBUS3 0xc510cu
#define GMBUS5 0xc5120u

#define GMBUS0_PIN	 7u
#define PIN_DDI_C	 4
#define PIN_DDI_B	 5
#define PIN_DDI_D	 6

#define GMBUS1_CLEAR	 GT_BIT(31)
#define GMBUS1_READY	 GT_BIT(30)
#define GMBUS1_STOP	 GT_BIT(27)
#define GMBUS1_INDEX	 GT_BIT(26)
#define GMBUS1_CYCLE	 (7u << 25)
#define GMBUS1_READ	 GT_BIT(0)
#define GMBUS1_SLAVE(cmd) (((cmd) >> 1) & 0x7fu)

#define GMBUS2_WAIT	 GT_BIT(14)
#define GMBUS2_HW_READY	 GT_BIT(11)
#define GMBUS2_NAK	 GT_BIT(10)
#define GMBUS2_ACTIVE	 GT_BIT(9)

#define GMBUS5_TWO_BYTES GT_BIT(31)

void gt_gmbus_reset(struct gt_vgpu *v)
{
	memset(&v->gmbus, 0, sizeof(v->gmbus));
}

/* All bytes were moved: with a stop the bus is free again, else the slave waits for more. */
static void transfer_status(struct gt_vgpu *v)
{
	uint32_t status = GMBUS2_WAIT | GMBUS2_HW_READY;

	if (v->gmbus.left || !v->gmbus.stop) {
		status |= GMBUS2_ACTIVE;
	}
	gt_vreg_set(v, GMBUS2, status);
}

/* Up to four bytes: the first of a transfer is an address; nothing stores the others. */
static void transfer_write(struct gt_vgpu *v, uint32_t data)
{
	struct gt_gmbus *g = &v->gmbus;

	for (unsigned i = 0; i < 4 && g->left; i++, g->left--) {
		uint8_t byte = (uint8_t)(data >> (8 * i));

		if (g->pos++ == 0) {
			gt_ddc_write(g->monitor, g->slave, &byte, 1);
		}
	}
}

static void transfer_start(struct gt_vgpu *v, struct gt_monitor *m, uint32_t command)
{
	struct gt_gmbus *g = &v->gmbus;

	g->monitor = m;
	g->slave = GMBUS1_SLAVE(command);
	g->reading = command & GMBUS1_READ;
	g->stop = command & GMBUS1_STOP;
	g->left = (command >> 16) & 0x1ff;
	g->pos = 0;
	if (command & GMBUS1_INDEX) {
		uint32_t index = gt_vreg(v, GMBUS5);
		/* Of two index bytes the EEPROM takes the first as its address. */
		uint8_t at = (uint8_t)(index & GMBUS5_TWO_BYTES ? index >> 8 : command >> 8);

		gt_ddc_write(m, g->slave, &at, 1);
		g->pos = 1;
	}
	if (!g->reading) {
		transfer_write(v, gt_vreg(v, GMBUS3));
	}
	transfer_status(v);
}

static void nak(struct gt_vgpu *v)
{
	v->gmbus.left = 0;
	gt_vreg_set(v, GMBUS2, GMBUS2_NAK | GMBUS2_HW_READY);
}

/* The monitor on the selected pin pair if it answers to the command's slave, or NULL. */
static struct gt_monitor *find_monitor(struct gt_vgpu *v, uint32_t command)
{
	static const uint8_t ddi[8] = { [PIN_DDI_B] = 1, [PIN_DDI_C] = 2, [PIN_DDI_D] = 3 };
	struct gt_monitor *m =
		gt_monitor_at(v, ddi[gt_vreg(v, GMBUS0) & GMBUS0_PIN], GT_LINK_HDMI);

	return m && gt_ddc_answers(m, GMBUS1_SLAVE(command)) ? m : NULL;
}

static void stop(struct gt_vgpu *v)
{
	if (v->gmbus.monitor) {
		gt_ddc_stop(v->gmbus.monitor);
	}
	v->gmbus.left = 0;
	gt_vreg_set(v, GMBUS2, GMBUS2_WAIT | GMBUS2_HW_READY);
}

static void start(struct gt_vgpu *v, uint32_t command)
{
	struct gt_monitor *m = find_monitor(v, command);

	if (m) {
		transfer_start(v, m, command);
	} else {
		nak(v);
	}
}

static void write_gmbus1(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	uint32_t cycle = w->now & GMBUS1_CYCLE;

	if (w->now & GMBUS1_CLEAR) {
		gt_gmbus_reset(v);
		gt_vreg_set(v, GMBUS2, 0);
	} else if (!(w->now & GMBUS1_READY)) {
		return;
	} else if (cycle == GMBUS1_STOP) {
		stop(v);
	} else if (cycle) {
		start(v, w->now);
	}
}

static uint32_t read_gmbus3(struct gt_vgpu *v, const struct gt_reg *r)
{
	struct gt_gmbus *g = &v->gmbus;
	uint32_t data = 0;

	if (!g->reading || !g->left) {
		return gt_vreg(v, r->off);
	}
	for (unsigned i = 0; i < 4 && g->left; i++, g->left--) {
		data |= (uint32_t)gt_ddc_read(g->monitor) << (8 * i);
	}
	gt_vreg_set(v, r->off, data);
	transfer_status(v);
	return data;
}

static void write_gmbus3(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	if (!v->gmbus.reading && v->gmbus.left) {
		transfer_write(v, w->now);
		transfer_status(v);
	}
}

/* Two wires a register, clock in the low byte and data in the next, the same bits in each. */
#define GPIO_DIR_MASK	GT_BIT(0)
#define GPIO_DIR_OUT	GT_BIT(1)
#define GPIO_VALUE_MASK GT_BIT(2)
#define GPIO_VALUE_OUT	GT_BIT(3)
#define GPIO_VALUE_IN	GT_BIT(4)
#define GPIO_IDLE	(GPIO_VALUE_IN | GPIO_VALUE_IN << 8)

static uint32_t gpio_wire(uint32_t old, uint32_t raw)
{
	uint32_t dir = raw & GPIO_DIR_MASK ? raw : old;
	uint32_t value = raw & GPIO_VALUE_MASK ? raw : old;
	bool low = (dir & GPIO_DIR_OUT) && !(value & GPIO_VALUE_OUT);

	return (dir & GPIO_DIR_OUT) | (value & GPIO_VALUE_OUT) | (low ? 0 : GPIO_VALUE_IN);
}

/* The masks are not stored; a wire that nobody pulls low is high. */
static void write_gpio(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	gt_vreg_set(v, r->off, gpio_wire(w->old & 0xff, w->raw & 0xff) |
				       gpio_wire((w->old >> 8) & 0xff, (w->raw >> 8) & 0xff) << 8);
}

static const struct gt_reg_row rows[] = {
	{ .name = "GPIO_CTL", .off = 0xc5010, .nr = 12, .reset = GT_RESET(GPIO_IDLE),
	  .flags = GT_R_WRITE_ONLY, .write = write_gpio, .prm = PRM_GMBUS },
	{ .name = "GMBUS0", .off = GMBUS0, .prm = PRM_GMBUS },
	{ .name = "GMBUS1", .off = GMBUS1, .write = write_gmbus1, .prm = PRM_GMBUS },
	{ .name = "GMBUS2", .off = GMBUS2, .ro = ~0u, .reset = GT_RESET(GMBUS2_HW_READY),
	  .prm = PRM_GMBUS },
	{ .name = "GMBUS3", .off = GMBUS3, .flags = GT_R_VOLATILE, .read = read_gmbus3,
	  .write = write_gmbus3, .prm = PRM_GMBUS },
	{ .name = "GMBUS4", .off = 0xc5110, .prm = PRM_GMBUS },
	{ .name = "GMBUS5", .off = GMBUS5, .prm = PRM_GMBUS },
};
const struct gt_reg_table gt_regs_gmbus = { rows, GT_ARRAY_SIZE(rows) };
