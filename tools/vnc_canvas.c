/* SPDX-License-Identifier: MIT */
/*
 * Pictures for neatvnc.
 *
 * Decides which buffer is painted next.  Each knows what has changed since it was painted last.  As
 * many are made as are read at a time; of those that nobody reads one is kept, of today's size.
 */
#include "vnc_canvas.h"

#include <stdbool.h>
#include <string.h>

#include <pixman.h>

/* The display's, and one for each client that is being encoded for; more are not kept. */
#define NR_KEPT 16u

struct canvas {
	struct nvnc_fb *fb; /* NULL: none */
	bool busy;	    /* neatvnc reads it, or will */
	struct pixman_region16 stale;
};

static struct {
	unsigned w_px, h_px;
	struct canvas at[NR_KEPT];
} kept;

static struct canvas *find(const struct nvnc_fb *fb)
{
	for (unsigned i = 0; i < NR_KEPT; i++) {
		if (kept.at[i].fb == fb) {
			return &kept.at[i];
		}
	}
	return NULL;
}

static struct canvas *find_idle(void)
{
	for (unsigned i = 0; i < NR_KEPT; i++) {
		if (kept.at[i].fb && !kept.at[i].busy) {
			return &kept.at[i];
		}
	}
	return NULL;
}

static void forget(struct canvas *c)
{
	if (c->fb) {
		nvnc_fb_unref(c->fb);
		pixman_region_fini(&c->stale);
	}
	*c = (struct canvas){ 0 };
}

/* Nobody reads it any more.  It may be of another size than those that are kept now. */
static void on_release(struct nvnc_fb *fb, void *context)
{
	struct canvas *c = find(fb);

	(void)context;
	if (c && find_idle()) {
		forget(c);
	} else if (c) {
		c->busy = false;
	}
}

static void forget_all(unsigned w_px, unsigned h_px)
{
	for (unsigned i = 0; i < NR_KEPT; i++) {
		forget(&kept.at[i]);
	}
	kept.w_px = w_px;
	kept.h_px = h_px;
}

static struct nvnc_fb *make(void)
{
	return nvnc_fb_new((uint16_t)kept.w_px, (uint16_t)kept.h_px, XENGT_FOURCC_XRGB8888,
			   (uint16_t)kept.w_px);
}

static bool fill(struct canvas *c)
{
	c->fb = make();
	if (c->fb) {
		nvnc_fb_set_release_fn(c->fb, on_release, NULL);
		pixman_region_init_rect(&c->stale, 0, 0, kept.w_px, kept.h_px);
	}
	return c->fb;
}

/* One that nobody reads: NULL if all that are kept are read. */
static struct canvas *free_canvas(void)
{
	struct canvas *idle = find_idle(), *none = find(NULL);

	if (idle) {
		return idle;
	}
	return none && fill(none) ? none : NULL;
}

static void copy(struct nvnc_fb *fb, const struct xengt_picture *pic, const pixman_box16_t *b)
{
	uint8_t *to = nvnc_fb_get_addr(fb);
	const uint8_t *from = pic->pixels;
	size_t len = (size_t)(b->x2 - b->x1) * 4;

	for (int y = b->y1; y < b->y2; y++) {
		memcpy(to + ((size_t)y * kept.w_px + (size_t)b->x1) * 4,
		       from + (size_t)y * pic->frame.stride_B + (size_t)b->x1 * 4, len);
	}
}

/* Everything that is kept is out of date there. */
static void spoil(const struct xengt_rect *r)
{
	for (unsigned i = 0; i < NR_KEPT; i++) {
		struct canvas *c = &kept.at[i];

		if (c->fb) {
			pixman_region_union_rect(&c->stale, &c->stale, (int)r->x_px, (int)r->y_px,
						 r->w_px, r->h_px);
		}
	}
}

struct nvnc_fb *vnc_canvas_paint(const struct xengt_picture *pic)
{
	const struct xengt_frame *f = &pic->frame;
	const pixman_box16_t whole = { 0, 0, (int16_t)f->width_px, (int16_t)f->height_px };
	const pixman_box16_t *boxes;
	struct canvas *c;
	struct nvnc_fb *fb;
	int nr;

	if (f->width_px != kept.w_px || f->height_px != kept.h_px) {
		forget_all(f->width_px, f->height_px);
	}
	if (!f->nr_damage) {
		spoil(&(struct xengt_rect){ 0, 0, f->width_px, f->height_px });
	}
	for (uint32_t i = 0; i < f->nr_damage; i++) {
		spoil(&f->damage[i]);
	}
	c = free_canvas();
	if (!c) {
		fb = make();
		if (fb) {
			copy(fb, pic, &whole);
		}
		return fb;
	}
	boxes = pixman_region_rectangles(&c->stale, &nr);
	for (int i = 0; i < nr; i++) {
		copy(c->fb, pic, &boxes[i]);
	}
	pixman_region_clear(&c->stale);
	c->busy = true;
	nvnc_fb_ref(c->fb);
	return c->fb;
}

void vnc_canvas_drop(struct nvnc_fb *fb)
{
	on_release(fb, NULL);
	nvnc_fb_unref(fb);
}
