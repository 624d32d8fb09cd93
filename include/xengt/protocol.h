/* SPDX-License-Identifier: MIT */
/*
 * The wire between Dom0's display tools and a vGPU's worker.
 *
 * A SOCK_SEQPACKET unix socket for each domain, XENGT_SOCKET_DIR/<domid>.sock.  A client sends one
 * request a packet and gets one reply packet, in order; a reply may carry one file descriptor
 * (SCM_RIGHTS), a sealed memfd.  Same machine, same byte order; all fields are fixed-width.
 *
 * A request that is not well formed (size, magic, unknown command, a reserved field that is not 0)
 * is answered with XENGT_E_PROTOCOL and the connection is closed.
 */
#ifndef XENGT_PROTOCOL_H
#define XENGT_PROTOCOL_H

#include <stdint.h>

#define XENGT_SOCKET_DIR     "/run/xengt"
#define XENGT_PROTOCOL_MAGIC 0x31746758u /* "Xgt1" */
#define XENGT_DETAIL_MAX     112	 /* bytes of a reply's words, the NUL included */
#define XENGT_MAX_CLIENTS    64		 /* of one vGPU; the next is told XENGT_E_BUSY */

/* Pixels of 32 bits, little-endian: blue in the lowest byte, then green, red, and one to ignore. */
#define XENGT_FOURCC_XRGB8888 0x34325258u /* "XR24", as DRM spells it */

enum xengt_command {
	XENGT_CMD_INFO = 1, /* who are you: reply is struct xengt_info, no fd */
	XENGT_CMD_SNAPSHOT, /* a picture: reply is struct xengt_frame and a memfd of pixels */
	XENGT_CMD_STATS,    /* counters: reply is struct xengt_text and a memfd of "name value\n" */
	XENGT_CMD_REGS,	    /* registers: struct xengt_text and a memfd of "offset name value\n" */
};

/* status of a reply; xengt_strerror() has the sentences */
enum xengt_status {
	XENGT_OK = 0,
	XENGT_E_PROTOCOL,  /* the request made no sense */
	XENGT_E_NO_DRIVER, /* the guest's driver has not brought up the display */
	XENGT_E_PIPE_OFF,  /* there is a driver, but the head is switched off */
	XENGT_E_NO_PLANE,  /* the pipe is on, but no plane is shown */
	XENGT_E_BAD_PLANE, /* the guest programmed a plane that cannot be read; detail says why */
	XENGT_E_NO_HEAD,   /* no such head */
	XENGT_E_MEMORY,	   /* out of memory in the mediator */
	XENGT_E_BUSY,	   /* too many clients */
	XENGT_E_INTERNAL,  /* a host call failed; detail says which */
};

struct xengt_request {
	uint32_t magic, command;
	uint32_t head;	/* SNAPSHOT: 0.. */
	uint32_t flags; /* 0 */
	uint64_t reserved[2];
};

struct xengt_reply {
	uint32_t magic, command; /* of the request */
	uint32_t status;	 /* enum xengt_status */
	uint32_t payload_B;	 /* bytes that follow this header in the packet */
	char detail[XENGT_DETAIL_MAX]; /* more words for a person, NUL-terminated, may be empty */
};

struct xengt_info {
	uint32_t domid;
	uint32_t pid; /* of the worker */
	char name[64];
	char platform[32];
	uint32_t low_gm_MiB, high_gm_MiB, nr_fences;
	uint32_t width_px, height_px, hz; /* of head 0 now; 0: no mode set */
	uint32_t driver_ready;		  /* the guest's driver said display_ready */
	uint64_t exits;
};

/* Pixels are little-endian DRM formats; the only one sent is XRGB8888, linear (modifier 0). */
struct xengt_frame {
	uint32_t width_px, height_px;
	uint32_t stride_B;
	uint32_t fourcc;
	uint64_t modifier;
	uint64_t size_B; /* of the memfd */
	uint64_t serial; /* grows by one a snapshot */
	uint64_t time_ns; /* CLOCK_MONOTONIC when the copy was made */
};

struct xengt_text {
	uint64_t size_B; /* of the memfd */
};

#endif
