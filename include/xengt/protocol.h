/* SPDX-License-Identifier: MIT */
/*
 * The wire between Dom0's display tools and a vGPU's worker.
 *
 * A SOCK_SEQPACKET unix socket for each domain, XENGT_SOCKET_DIR/<domid>.sock.  A client sends one
 * request a packet and gets one reply packet, in order; a reply may carry one file descriptor
 * (SCM_RIGHTS), a sealed memfd.  Same machine, same byte order; all fields are fixed-width.
 *
 * XENGT_SOCKET_DIR/<domid>.lock is locked by the vGPU's supervisor while there is one, and says in
 * a line "PID NR ok|failed SENTENCE" which process that is, how often it was asked by SIGHUP to go
 * on with the program that is installed now, and what became of it the last time.  For root alone.
 *
 * A request that is not well formed (size, magic, unknown command, a reserved field that is not 0)
 * is answered with XENGT_E_PROTOCOL and the connection is closed.
 */
#ifndef XENGT_PROTOCOL_H
#define XENGT_PROTOCOL_H

#include <stdint.h>

#define XENGT_SOCKET_DIR     "/run/xengt"
#define XENGT_PROTOCOL_MAGIC 0x33746758u /* "Xgt3" */
#define XENGT_DETAIL_MAX     112	 /* bytes of a reply's words, the NUL included */
#define XENGT_MAX_CLIENTS    64		 /* of one vGPU; the next is told XENGT_E_BUSY */

/* Pixels of 32 bits, little-endian: blue in the lowest byte, then green, red, and one to ignore. */
#define XENGT_FOURCC_XRGB8888 0x34325258u /* "XR24", as DRM spells it */
#define XENGT_FOURCC_ARGB8888 0x34325241u /* "AR24" */

enum xengt_command {
	XENGT_CMD_INFO = 1, /* who are you: reply is struct xengt_info, no fd */
	XENGT_CMD_SNAPSHOT, /* a picture: reply is struct xengt_frame and a memfd of pixels */
	XENGT_CMD_STATS,    /* counters: reply is struct xengt_text and a memfd of "name value\n" */
	XENGT_CMD_REGS,	    /* registers: struct xengt_text and a memfd of "offset name value\n" */
	XENGT_CMD_WAIT,	    /* until a picture changes: reply is struct xengt_change, no fd */
	XENGT_CMD_MONITORS, /* struct xengt_text, a memfd of "head link state mode name\n" */
	XENGT_CMD_PLUG,	    /* a monitor into `head`: struct xengt_plug follows the request */
	XENGT_CMD_UNPLUG,   /* pull out the monitor of `head` */
	XENGT_CMD_INPUT,    /* keys and pointer on `head`: struct xengt_input follows the request */
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
	XENGT_E_REGION,	   /* the region is not part of the picture; detail has its size */
	XENGT_E_MONITOR,   /* there can be no such monitor; detail says why */
	XENGT_E_NO_INPUT,  /* nothing leads to the guest's keyboard and pointer */
	XENGT_E_LATER,	   /* the guest takes input more slowly: none of it was taken, try again */
};

/* flags of a request for a picture */
#define XENGT_NO_CURSOR 1u /* leave the cursor out */
#define XENGT_PLANE	2u /* only the plane that `plane` says, where it lies on the head */
#define XENGT_TRACK	4u /* remember it, so that what changed since then can be told */
/* The memfd can still be written by whoever has it: a udmabuf can be made of no other. */
#define XENGT_DMABUF	8u
/* With XENGT_PLANE, without XENGT_TRACK and region: the plane's memory as the guest has it. */
#define XENGT_NATIVE	16u
/*
 * With XENGT_TRACK, without XENGT_DMABUF: the memfd stays this connection's, and the next picture
 * of the same kind is made in it, by changing what changed.  Whoever asks for that next picture is
 * done with the one before.
 */
#define XENGT_HOLD	32u
/*
 * With XENGT_TRACK or nothing: the cursor alone, as large as it is, for who draws it himself; a
 * single transparent pixel if it is off.  XENGT_E_BAD_PLANE: it cannot be had so, the detail says
 * why, and it is in pictures of the head only.
 */
#define XENGT_CURSOR	64u
#define XENGT_ALL_FLAGS 127u

/* Part of a picture, in pixels. */
struct xengt_rect {
	uint32_t x_px, y_px, w_px, h_px;
};

/* All that a command has no use for is 0. */
struct xengt_request {
	uint32_t magic, command;
	uint32_t head;	     /* SNAPSHOT, PLUG, UNPLUG, INPUT: 0.. */
	uint32_t flags;	     /* SNAPSHOT */
	uint32_t plane;	     /* SNAPSHOT with XENGT_PLANE: from 0, the lowest, on */
	/*
	 * WAIT, SNAPSHOT with `since`: XENGT_MAX_WAIT_MS at most.  SNAPSHOT is answered when the
	 * picture is another than that of `since`, with XENGT_CURSOR also when it lies
	 * elsewhere, or when the time is over.  What changed where nothing had changed for a
	 * second may come half a second later.
	 */
	uint32_t timeout_ms;
	/* SNAPSHOT: the part that is wanted; w_px and h_px 0: all */
	struct xengt_rect region;
	/* SNAPSHOT with XENGT_TRACK, WAIT: the serial of this connection's last tracked picture */
	uint64_t since;
};

#define XENGT_MAX_EDID_B 512u

/* Which monitor: by its EDID; or by a mode, 0 Hz meaning 60; or, all zeros, the last there was. */
struct xengt_plug {
	uint32_t edid_B; /* whole blocks of 128 bytes, or 0 */
	uint32_t w_px, h_px, hz;
	uint8_t edid[XENGT_MAX_EDID_B];
};

enum xengt_input_type {
	/*
	 * A key or button: `code` as in linux/input-event-codes.h, KEY_* below 0x100 or BTN_LEFT to
	 * BTN_EXTRA; `x` 1: down, again and again while it repeats, 0: up.
	 */
	XENGT_INPUT_KEY = 1,
	XENGT_INPUT_WHEEL,   /* a notch: `x` -1, 0 or 1 to the right, `y` -1, 0 or 1 up */
	XENGT_INPUT_POINTER, /* to `x`, `y`: 0 to XENGT_INPUT_MAX across the head */
};
#define XENGT_INPUT_MAX 0x7fff

/* All that a type has no use for is 0. */
struct xengt_input_event {
	uint32_t type; /* enum xengt_input_type */
	uint32_t code;
	int32_t x, y;
};

#define XENGT_MAX_INPUT 32u

/*
 * Events in their order.  Keys that a client has down when its connection ends, however it ends,
 * are released, unless another client has them down, too.
 */
struct xengt_input {
	uint32_t nr; /* 1 to XENGT_MAX_INPUT */
	uint32_t reserved;
	struct xengt_input_event event[XENGT_MAX_INPUT];
};

#define XENGT_MAX_WAIT_MS 3600000u

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

#define XENGT_MAX_DAMAGE 16 /* rectangles; more are put together */

/* flags of a frame */
#define XENGT_UNCHANGED 1u /* it still is the picture of serial `since`: no descriptor */
#define XENGT_BOOT	2u /* by the client library: QEMU's screen, before there is a driver */
#define XENGT_HELD	4u /* as XENGT_HOLD asks; no descriptor: in the memfd of `since` */

/*
 * A picture.  XRGB8888, linear (modifier 0); XENGT_CURSOR: ARGB8888, premultiplied; XENGT_NATIVE:
 * of DRM's fourcc and modifier, which is then tiled perhaps, in whole rows of tiles, and neither
 * scaled, turned nor coloured.
 */
struct xengt_frame {
	uint32_t width_px, height_px; /* of the picture */
	uint32_t stride_B;
	uint32_t fourcc;
	uint64_t modifier;
	uint64_t size_B; /* of the memfd: whole pages */
	uint64_t serial; /* grows with each picture of this vGPU */
	uint64_t time_ns; /* CLOCK_MONOTONIC when the copy was made */
	uint32_t took_us; /* of the worker, to make it */
	uint32_t reserved;
	/*
	 * NATIVE: where the picture begins in the memory.  CURSOR: where on the head its first
	 * pixel lies now, be the picture XENGT_UNCHANGED or not; an int32_t, for it may lie
	 * outside.  Else 0.
	 */
	uint32_t x_px, y_px;
	uint32_t flags;
	/*
	 * Where it may differ from the picture of serial `since`: all of it if that was not this
	 * connection's last tracked picture of the same kind and size.
	 */
	uint32_t nr_damage;
	struct xengt_rect damage[XENGT_MAX_DAMAGE];
};

struct xengt_change {
	uint32_t changed; /* 0: the time was over before */
	uint32_t reserved;
};

struct xengt_text {
	uint64_t size_B; /* of the memfd */
};

#endif
