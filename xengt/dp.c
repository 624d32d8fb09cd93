/* SPDX-License-Identifier: MIT */
/*
 * DisplayPort: AUX channels, and the sink at the other end of them: DPCD, DDC over AUX, and a link
 * that trains at the first try when source and sink speak of the same pattern and lanes.
 *
 * A transaction is over when the write that started it is.  Where no DisplayPort monitor is
 * plugged in it times out at once.  VESA DisplayPort 1.2, sections 2.7 "AUX" and 2.9.3 "DPCD";
 * PRM SKL vol 12, "DDI AUX", "DP_TP_CTL"; Broadwell has the channels of ports B..D in the PCH.
 */
#include "display_rows.h"

#include <string.h>

#include "vgpu_internal.h"

#define AUX_BUSY	  GT_BIT(31)
#define AUX_DONE	  GT_BIT(30)
#define AUX_INTERRUPT	  GT_BIT(29)
#define AUX_TIMEOUT	  GT_BIT(28)
#define AUX_RECEIVE_ERROR GT_BIT(25)
#define AUX_SIZE_SHIFT	  20
#define AUX_SIZE	  (0x1fu << AUX_SIZE_SHIFT)
#define AUX_MAX_B	  20u
#define AUX_HEADER_B	  4u

/* A request's four bits; its reply is one byte and what was read. */
enum { NATIVE = 8, NATIVE_WRITE = 8, NATIVE_READ = 9, I2C_MOT = 4, I2C_KIND = 3, I2C_READ = 1 };
enum { REPLY_ACK = 0x00, REPLY_NATIVE_NACK = 0x10, REPLY_I2C_NACK = 0x40 };

#define DPCD_CONFIG	  0x100u
#define DPCD_PATTERN	  2u /* of config[] */
#define DPCD_LANES	  1u
#define DPCD_STATUS	  0x200u
#define DPCD_POWER	  0x600u
#define POWER_STATE	  7u
#define POWER_ON	  1u

#define DDI_BUF_CTL(ddi)  (0x64000u + 0x100u * (ddi))
#define DP_TP_CTL(ddi)	  (0x64040u + 0x100u * (ddi))

struct aux_message {
	uint8_t bytes[AUX_MAX_B];
	uint32_t nr;
};

struct aux_port {
	struct gt_monitor *monitor;
	unsigned ddi;
};

/*
 * Receiver capabilities, DPCD 0x000: revision 1.2, 5.4 Gb/s, 4 lanes with enhanced framing and
 * pattern 3, down-spread, one stream of 8b10b, no downstream ports.
 */
static const uint8_t capabilities[] = { 0x12, 0x14, 0xc4, 0x01, 0x00, 0x00, 0x01 };

void gt_dp_sink_reset(struct gt_dp_sink *s)
{
	*s = (struct gt_dp_sink){ .power = POWER_ON };
}

/* --- link ----------------------------------------------------------------------------------- */

/* The pattern a source sends, as DPCD 0x102 counts them; 0: none of them. */
static unsigned pattern_on_wire(struct gt_vgpu *v, unsigned ddi)
{
	static const uint8_t patterns[8] = { 1, 2, 0, 0, 3 };
	uint32_t ctl = gt_vreg(v, DP_TP_CTL(ddi));

	return ctl & GT_ENABLE ? patterns[(ctl >> 8) & 7] : 0;
}

/* Whether the source drives as many lanes as it told the sink. */
static bool lanes_are_driven(struct gt_vgpu *v, const struct aux_port *p)
{
	uint32_t buf = gt_vreg(v, DDI_BUF_CTL(p->ddi));
	uint32_t lanes = p->monitor->sink.config[DPCD_LANES] & 0x1f;

	return (buf & GT_ENABLE) && (gt_vreg(v, DP_TP_CTL(p->ddi)) & GT_ENABLE) && lanes &&
	       ((buf >> 1) & 7) + 1 == lanes;
}

static void link_follow(struct gt_vgpu *v, const struct aux_port *p)
{
	struct gt_dp_sink *s = &p->monitor->sink;
	unsigned pattern = s->config[DPCD_PATTERN] & 3;

	if (s->power != POWER_ON || !lanes_are_driven(v, p)) {
		s->link = GT_DP_LOST;
	} else if (pattern && pattern == pattern_on_wire(v, p->ddi)) {
		if (pattern == 1) {
			s->link = GT_DP_CLOCK;
		} else if (s->link != GT_DP_LOST) {
			s->link = GT_DP_TRAINED;
		}
	}
}

/* Lane @lane's four bits of DPCD 0x202: clock recovered, channel equalized, symbols locked. */
static uint8_t lane_status(const struct gt_dp_sink *s, unsigned lane)
{
	static const uint8_t bits[] = { [GT_DP_LOST] = 0, [GT_DP_CLOCK] = 1, [GT_DP_TRAINED] = 7 };

	return lane < (s->config[DPCD_LANES] & 0x1fu) ? bits[s->link] : 0;
}

/* --- DPCD ----------------------------------------------------------------------------------- */

static uint8_t status_read(const struct gt_dp_sink *s, uint32_t addr)
{
	bool trained = s->link == GT_DP_TRAINED;

	switch (addr - DPCD_STATUS) {
	case 0:
		return 1; /* one sink */
	case 2:
		return (uint8_t)(lane_status(s, 0) | lane_status(s, 1) << 4);
	case 3:
		return (uint8_t)(lane_status(s, 2) | lane_status(s, 3) << 4);
	case 4:
	case 5:
		return trained; /* lanes are aligned; the receiver is in synchronization */
	default:
		return 0; /* no service requests; the levels of voltage are fine */
	}
}

static uint8_t dpcd_read(const struct gt_dp_sink *s, uint32_t addr)
{
	if (addr < sizeof(capabilities)) {
		return capabilities[addr];
	}
	if (addr - DPCD_CONFIG < sizeof(s->config)) {
		return s->config[addr - DPCD_CONFIG];
	}
	return addr == DPCD_POWER ? s->power : status_read(s, addr);
}

static void dpcd_write(struct gt_dp_sink *s, uint32_t addr, uint8_t val)
{
	if (addr - DPCD_CONFIG < sizeof(s->config)) {
		s->config[addr - DPCD_CONFIG] = val;
		if (addr == DPCD_CONFIG + DPCD_PATTERN && (val & 3) == 1) {
			s->link = GT_DP_LOST; /* training begins anew */
		}
	} else if (addr == DPCD_POWER) {
		s->power = val & POWER_STATE;
	}
}

/* --- transactions --------------------------------------------------------------------------- */

/* @len: bytes to move, 1..16; a write's are in @in after its header. */
static void native(struct gt_vgpu *v, const struct aux_port *p, const struct aux_message *in,
		   uint32_t len, struct aux_message *out)
{
	struct gt_dp_sink *s = &p->monitor->sink;
	uint32_t addr = (in->bytes[0] & 0xfu) << 16 | in->bytes[1] << 8 | in->bytes[2];

	out->bytes[0] = REPLY_ACK;
	out->nr = 1;
	if (in->bytes[0] >> 4 == NATIVE_WRITE) {
		for (uint32_t i = 0; i < len && AUX_HEADER_B + i < in->nr; i++) {
			dpcd_write(s, addr + i, in->bytes[AUX_HEADER_B + i]);
		}
		link_follow(v, p);
		return;
	}
	link_follow(v, p);
	for (uint32_t i = 0; i < len; i++) {
		out->bytes[out->nr++] = dpcd_read(s, addr + i);
	}
}

/* DDC over AUX: each transaction is a piece of an I2C transfer that lasts while MOT is set. */
static void i2c(struct gt_monitor *m, const struct aux_message *in, uint32_t len,
		struct aux_message *out)
{
	unsigned command = in->bytes[0] >> 4;
	uint32_t slave = in->bytes[2] & 0x7f;

	out->nr = 1;
	if (!gt_ddc_answers(m, slave)) {
		out->bytes[0] = REPLY_I2C_NACK;
		return;
	}
	out->bytes[0] = REPLY_ACK;
	if ((command & I2C_KIND) == I2C_READ) {
		for (uint32_t i = 0; i < len; i++) {
			out->bytes[out->nr++] = gt_ddc_read(m);
		}
	} else if (in->nr > AUX_HEADER_B) {
		gt_ddc_write(m, slave, in->bytes + AUX_HEADER_B, in->nr - AUX_HEADER_B);
	}
	if (!(command & I2C_MOT)) {
		gt_ddc_stop(m);
	}
}

/* False if the message is none a sink would answer. */
static bool transact(struct gt_vgpu *v, const struct aux_port *p, const struct aux_message *in,
		     struct aux_message *out)
{
	/* Three bytes are an address alone: no length, nothing moves. */
	uint32_t len = in->nr >= AUX_HEADER_B ? (in->bytes[3] & 0xfu) + 1 : 0;
	unsigned command = in->bytes[0] >> 4;

	if (in->nr < 3 || in->nr > AUX_MAX_B) {
		return false;
	}
	if (command < NATIVE) {
		i2c(p->monitor, in, len, out);
	} else if (command == NATIVE_WRITE || command == NATIVE_READ) {
		native(v, p, in, len, out);
	} else {
		out->bytes[0] = REPLY_NATIVE_NACK;
		out->nr = 1;
	}
	return true;
}

/* The first byte of a message is the highest of the first data register. */
static void data_load(struct gt_vgpu *v, uint32_t ctl, struct aux_message *m)
{
	for (uint32_t i = 0; i < AUX_MAX_B; i++) {
		m->bytes[i] = (uint8_t)(gt_vreg(v, ctl + 4 + (i & ~3u)) >> (24 - 8 * (i & 3)));
	}
}

static void data_store(struct gt_vgpu *v, uint32_t ctl, const struct aux_message *m)
{
	for (uint32_t i = 0; i < m->nr; i += 4) {
		const uint8_t *b = m->bytes + i;

		gt_vreg_set(v, ctl + 4 + i,
			    (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]);
	}
}

/* What the control register says after a transaction. */
static uint32_t aux_result(struct gt_vgpu *v, unsigned ddi, uint32_t ctl, uint32_t val)
{
	struct aux_port p = { gt_monitor_at(v, ddi, GT_LINK_DP), ddi };
	struct aux_message in = { .nr = (val & AUX_SIZE) >> AUX_SIZE_SHIFT }, out = { .nr = 0 };

	if (!p.monitor) {
		return val | AUX_TIMEOUT;
	}
	data_load(v, ctl, &in);
	if (!transact(v, &p, &in, &out)) {
		return val | AUX_RECEIVE_ERROR;
	}
	data_store(v, ctl, &out);
	return (val & ~AUX_SIZE) | out.nr << AUX_SIZE_SHIFT;
}

void gt_aux_ctl_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w)
{
	static const uint32_t port_irq[] = { GT_BIT(0), GT_BIT(25), GT_BIT(26), GT_BIT(27) };
	bool pch = r->off >= 0xe0000;
	unsigned ddi = (r->off >> 8) & 7;

	if (!(w->now & AUX_BUSY)) {
		return;
	}
	gt_vreg_set(v, r->off, aux_result(v, ddi, r->off, w->now & ~AUX_BUSY) | AUX_DONE);
	if ((w->now & AUX_INTERRUPT) && ddi < GT_ARRAY_SIZE(port_irq)) {
		gt_irq_raise(v, pch ? GT_IRQ_SDE : GT_IRQ_PORT, port_irq[ddi]);
	}
}
