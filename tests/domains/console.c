/* SPDX-License-Identifier: MIT */
/*
 * Three outputs, because each is read by somebody else: COM1 (xl's serial=), Xen's own console
 * (port 0xe9, shown with guest_loglvl=all) and the paravirtual console (xl console, xenconsoled's
 * log).  A reader that does not read must not stop the domain: waits are bounded, then words drop.
 * Ring layout: xen/include/public/io/console.h.  UART: 16550.
 */
#include "console.h"

#include "cpu.h"
#include "xen.h"

#define COM1       0x3f8
#define COM1_IER   (COM1 + 1)
#define COM1_FCR   (COM1 + 2)
#define COM1_LCR   (COM1 + 3)
#define COM1_MCR   (COM1 + 4)
#define COM1_LSR   (COM1 + 5)
#define LSR_DATA   0x01
#define LSR_EMPTY  0x20
#define FIFO_BYTES 16u

#define DEBUG_PORT 0xe9

#define RING_IN  1024u
#define RING_OUT 2048u
#define FULL_US  200000u

struct console_ring {
	char in[RING_IN];
	char out[RING_OUT];
	volatile uint32_t in_cons, in_prod;
	volatile uint32_t out_cons, out_prod;
};

static struct console_ring *ring;
static uint32_t ring_port;

static void ring_init(void)
{
	uint64_t pfn, port;

	if (xen_hvm_param(HVM_PARAM_CONSOLE_PFN, &pfn) != 0 ||
	    xen_hvm_param(HVM_PARAM_CONSOLE_EVTCHN, &port) != 0) {
		return;
	}
	if (pfn && pfn < 0x100000 && port) {
		ring = (struct console_ring *)(uintptr_t)(pfn << 12);
		ring_port = (uint32_t)port;
	}
}

void console_init(void)
{
	out8(COM1_IER, 0);
	out8(COM1_LCR, 0x80); /* divisor 1: 115200 */
	out8(COM1, 1);
	out8(COM1_IER, 0);
	out8(COM1_LCR, 0x03);
	out8(COM1_FCR, 0x07);
	out8(COM1_MCR, 0x03);
	ring_init();
}

static void serial_write(const char *text, size_t len)
{
	while (len) {
		size_t now = len < FIFO_BYTES ? len : FIFO_BYTES;
		uint32_t tries = 1000;

		while (!(in8(COM1_LSR) & LSR_EMPTY) && --tries) {
		}
		out8_rep(COM1, text, now);
		text += now;
		len -= now;
	}
}

static void ring_write(const char *text, size_t len)
{
	uint64_t end = time_us() + FULL_US;
	uint32_t prod = ring->out_prod;

	while (len && time_us() < end) {
		while (len && prod - ring->out_cons < RING_OUT) {
			ring->out[prod++ % RING_OUT] = *text++;
			len--;
		}
		__asm__ volatile("" : : : "memory");
		ring->out_prod = prod;
		xen_event_send(ring_port);
	}
}

void console_write(const char *text, size_t len)
{
	serial_write(text, len);
	out8_rep(DEBUG_PORT, text, len);
	if (ring) {
		ring_write(text, len);
	}
}

int console_read(void)
{
	if (ring && ring->in_cons != ring->in_prod) {
		uint32_t cons = ring->in_cons;
		char byte = ring->in[cons % RING_IN];

		ring->in_cons = cons + 1;
		return (unsigned char)byte;
	}
	if (in8(COM1_LSR) & LSR_DATA) {
		return in8(COM1);
	}
	return -1;
}
