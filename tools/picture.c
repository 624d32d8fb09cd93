/* SPDX-License-Identifier: MIT */
/*
 * libxengt: pictures, and waiting for them to change.
 *
 * Decides what of a frame is believed: all that a caller would compute with is checked here.
 */
#define _GNU_SOURCE
#include "client_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_SIDE_PX 65536u
#define UDMABUF	    "/dev/udmabuf"

static bool damage_is_sane(const struct xengt_frame *f)
{
	if (f->nr_damage > XENGT_MAX_DAMAGE) {
		return false;
	}
	for (uint32_t i = 0; i < f->nr_damage; i++) {
		const struct xengt_rect *r = &f->damage[i];

		if (!r->w_px || !r->h_px || r->x_px >= f->width_px ||
		    r->w_px > f->width_px - r->x_px || r->y_px >= f->height_px ||
		    r->h_px > f->height_px - r->y_px) {
			return false;
		}
	}
	return true;
}

/* A coordinate of a cursor. */
static bool is_near(uint32_t at_px)
{
	return at_px + MAX_SIDE_PX <= 2 * MAX_SIDE_PX;
}

static bool frame_is_sane(const struct xengt_frame *f, uint32_t flags)
{
	bool cursor = flags & XENGT_CURSOR;
	bool sized = f->width_px && f->width_px <= MAX_SIDE_PX && f->height_px &&
		     f->height_px <= MAX_SIDE_PX && damage_is_sane(f);

	if (cursor ? !is_near(f->x_px) || !is_near(f->y_px)
		   : !(flags & XENGT_NATIVE) && (f->x_px || f->y_px)) {
		return false;
	}
	if (f->flags & XENGT_UNCHANGED) {
		return sized && !f->size_B && !f->nr_damage;
	}
	if (flags & XENGT_NATIVE) {
		/* Bytes of a pixel are the fourcc's business: at least one. */
		return sized && f->x_px <= MAX_SIDE_PX && f->y_px <= MAX_SIDE_PX &&
		       f->stride_B >= f->x_px + f->width_px &&
		       f->size_B / f->stride_B >= f->y_px + f->height_px;
	}
	return sized &&
	       f->fourcc == (cursor ? XENGT_FOURCC_ARGB8888 : XENGT_FOURCC_XRGB8888) &&
	       !f->modifier && f->stride_B % 4 == 0 && f->stride_B / 4 >= f->width_px &&
	       f->size_B / f->stride_B >= f->height_px;
}

void client_drop_held(struct xengt_client *c)
{
	if (c->held) {
		munmap((void *)(uintptr_t)c->held, (size_t)c->held_B);
		c->held = NULL;
	}
}

/* A picture that stays: in a memfd that came along, or in that of the one before. */
static int take_held(struct xengt_client *c, const struct xengt_capture *what,
		     struct xengt_picture *p)
{
	int ret = 0;

	if (!(what->flags & XENGT_HOLD)) {
		return -EPROTO;
	}
	if (p->fd >= 0) {
		client_drop_held(c);
		c->held_B = p->frame.size_B;
		ret = client_map(p->fd, c->held_B, F_SEAL_SHRINK, &c->held);
	} else if (!c->held || c->held_B != p->frame.size_B || !what->since) {
		ret = -EPROTO;
	}
	if (!ret && p->fd >= 0) {
		close(p->fd);
		p->fd = -1;
	}
	p->pixels = c->held;
	return ret;
}

static int take_pixels(struct xengt_client *c, const struct xengt_capture *what,
		       struct xengt_picture *p)
{
	int seals = F_SEAL_SHRINK | (what->flags & XENGT_DMABUF ? 0 : F_SEAL_WRITE);

	if (p->frame.flags & XENGT_HELD) {
		return take_held(c, what, p);
	}
	client_drop_held(c);
	return p->fd < 0 ? -EPROTO : client_map(p->fd, p->frame.size_B, seals, &p->pixels);
}

/* Whether the boot screen would answer: it has one head, and QEMU tells no changes. */
static bool shows_boot(const struct xengt_capture *what)
{
	return !what->head && !(what->flags & ~XENGT_NO_CURSOR) && !what->region.w_px;
}

static int take_boot(struct xengt_client *c, struct xengt_picture *out)
{
	struct xengt_info info;
	char detail[XENGT_DETAIL_MAX];
	int ret;

	memcpy(detail, c->detail, sizeof(detail));
	ret = xengt_info(c, &info);
	if (!ret) {
		ret = client_boot_picture(info.domid, out);
	}
	/* The words about the driver stay if there is no picture. */
	memcpy(c->detail, ret ? detail : "", ret ? sizeof(detail) : 1);
	return ret;
}

static uint32_t bounded(uint32_t timeout_ms)
{
	return timeout_ms < XENGT_MAX_WAIT_MS ? timeout_ms : XENGT_MAX_WAIT_MS;
}

int xengt_capture(struct xengt_client *c, const struct xengt_capture *what,
		  struct xengt_picture *out)
{
	struct xengt_request req = {
		.command = XENGT_CMD_SNAPSHOT,
		.head = what->head,
		.flags = what->flags,
		.plane = what->plane,
		.region = what->region,
		.since = what->since,
		.timeout_ms = what->since ? bounded(what->timeout_ms) : 0,
	};
	struct xengt_picture p = { .fd = -1 };
	int ret = client_ask(c, &req, &p.frame, sizeof(p.frame), &p.fd);

	if (ret == XENGT_E_NO_DRIVER && shows_boot(what) && !take_boot(c, out)) {
		return 0;
	}
	if (ret) {
		return ret;
	}
	if (!frame_is_sane(&p.frame, what->flags)) {
		ret = -EPROTO;
	} else if (!(p.frame.flags & XENGT_UNCHANGED)) {
		ret = take_pixels(c, what, &p);
	} else if (p.fd >= 0 || !(what->flags & XENGT_TRACK) || p.frame.serial != what->since) {
		ret = -EPROTO;
	}
	if (ret) {
		if (p.fd >= 0) {
			close(p.fd);
		}
		return ret;
	}
	*out = p;
	return 0;
}

int xengt_snapshot(struct xengt_client *c, unsigned head, struct xengt_picture *out)
{
	const struct xengt_capture what = { .head = head };

	return xengt_capture(c, &what, out);
}

void xengt_picture_release(struct xengt_picture *p)
{
	if (p->pixels && !(p->frame.flags & XENGT_HELD)) {
		munmap((void *)(uintptr_t)p->pixels, (size_t)p->frame.size_B);
	}
	if (p->fd >= 0) {
		close(p->fd);
	}
	memset(p, 0, sizeof(*p));
	p->fd = -1;
}

int xengt_picture_dmabuf(const struct xengt_picture *p)
{
	struct udmabuf_create create = {
		.memfd = (uint32_t)p->fd,
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = p->frame.size_B,
	};
	int dev, fd, err;

	if (p->fd < 0) {
		return -EINVAL;
	}
	dev = open(UDMABUF, O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		return -errno;
	}
	fd = ioctl(dev, UDMABUF_CREATE, &create);
	err = errno;
	close(dev);
	return fd < 0 ? -err : fd;
}

int xengt_wait(struct xengt_client *c, uint64_t since, uint32_t timeout_ms, bool *changed)
{
	struct xengt_request req = {
		.command = XENGT_CMD_WAIT,
		.since = since,
		.timeout_ms = bounded(timeout_ms),
	};
	struct xengt_change change;
	int ret = client_ask(c, &req, &change, sizeof(change), NULL);

	if (!ret) {
		*changed = change.changed;
	}
	return ret;
}
