/* SPDX-License-Identifier: MIT */
/*
 * The monitor as a driver finds it: EDID over GMBUS.  PRM SKL vol 12, "GMBUS and GPIO"; VESA
 * E-EDID A2.
 */
#include "checks.h"
#include "gpu.h"
#include "tap.h"

#define GMBUS0 0xc5100u
#define GMBUS1 0xc5104u
#define GMBUS2 0xc5108u
#define GMBUS3 0xc510cu
#define GMBUS4 0xc5110u

#define SW_CLEAR    0x80000000u
#define SW_READY    0x40000000u
#define CYCLE_STOP  0x08000000u
#define CYCLE_INDEX 0x04000000u
#define CYCLE_WAIT  0x02000000u
#define HW_WAIT     0x4000u
#define HW_READY    0x0800u
#define NAK         0x0400u
#define ACTIVE      0x0200u

#define PIN_B      5u
#define PIN_C      4u
#define SLAVE_EDID 0x50u
#define EDID_BYTES 128u
#define WAIT_US    100000u

/* Start reading @len bytes at offset 0 of @slave; true if it acknowledges. */
static bool start_read(uint32_t pin, uint32_t slave, uint32_t len)
{
	reg_write(GMBUS0, pin);
	reg_write(GMBUS1, SW_READY | CYCLE_WAIT | CYCLE_INDEX | len << 16 | slave << 1 | 1);
	return reg_wait(GMBUS2, HW_READY, HW_READY, WAIT_US) && !(reg_read(GMBUS2) & NAK);
}

static bool stop(void)
{
	bool ok;

	reg_write(GMBUS1, SW_READY | CYCLE_STOP);
	ok = reg_wait(GMBUS2, ACTIVE, 0, WAIT_US);
	reg_write(GMBUS0, 0);
	return ok;
}

static void clear_error(void)
{
	reg_write(GMBUS1, SW_CLEAR);
	reg_write(GMBUS1, 0);
	reg_write(GMBUS0, 0);
}

static bool read_edid(uint8_t *edid)
{
	if (!start_read(PIN_B, SLAVE_EDID, EDID_BYTES)) {
		return false;
	}
	for (uint32_t i = 0; i < EDID_BYTES; i += 4) {
		if (!reg_wait(GMBUS2, HW_READY, HW_READY, WAIT_US)) {
			return false;
		}
		write32((uintptr_t)edid + i, reg_read(GMBUS3));
	}
	return true;
}

static void check_content(const uint8_t *edid)
{
	static const uint8_t header[] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
	uint8_t sum = 0;
	uint32_t w, h;

	for (uint32_t i = 0; i < EDID_BYTES; i++) {
		sum = (uint8_t)(sum + edid[i]);
	}
	tap_ok(!memcmp(edid, header, sizeof(header)), "the EDID begins as every EDID does");
	tap_is(sum, 0, "the EDID's bytes add up to 0");
	w = edid[56] | (edid[58] & 0xf0u) << 4;
	h = edid[59] | (edid[61] & 0xf0u) << 4;
	tap_note("the monitor prefers %u x %u", w, h);
	tap_ok((edid[54] | edid[55]) && w >= 640 && h >= 480, "the EDID names a preferred mode");
}

void check_gmbus(void)
{
	uint8_t edid[EDID_BYTES] = {0}, again[EDID_BYTES] = {0};

	reg_write(GMBUS4, 0);
	tap_ok(!start_read(PIN_B, 0x40, 16), "an address without a device is not acknowledged");
	tap_ok(reg_wait(GMBUS2, ACTIVE, 0, WAIT_US), "the bus is idle after that");
	clear_error();
	tap_is(reg_read(GMBUS2) & NAK, 0, "the error clears");
	tap_ok(!start_read(PIN_C, SLAVE_EDID, 1), "a port without a monitor does not acknowledge");
	clear_error();
	if (!tap_ok(read_edid(edid), "the monitor at port B gives an EDID")) {
		clear_error();
		return;
	}
	tap_ok(stop(), "the transfer can be stopped");
	check_content(edid);
	tap_ok(read_edid(again) && !memcmp(edid, again, sizeof(edid)), "it reads the same again");
	stop();
}
