/* SPDX-License-Identifier: MIT */
/*
 * What a pipe shows, put together from its planes: the one way from latched planes to pixels, for
 * pictures on request as for the pipe's CRC.
 *
 * Nothing of it lives between two calls.  Where the guest's pages come from is the caller's
 * business: a page source.  Call gt_display_latch() first.
 * PRM SKL vol 12, "Display Pipe".
 */
#ifndef GT_COMPOSE_H
#define GT_COMPOSE_H

#include "fb.h"
#include "xengt/protocol.h"
#include "xengt/types.h"

struct gt_vgpu;

/* Guest pages asked for at a time: 2 MiB. A tile row of the widest surface has 257. */
#define GT_COMPOSE_PAGES 512

/*
 * Brings in pages of graphics memory.  One filling maps them for the moment
 * (gt_page_mapper_init()); another may keep them.
 */
struct gt_page_source {
	/*
	 * out[i] becomes the page at gma[i], 4096 bytes to be read, or NULL if that is no memory of
	 * the guest.  @gma: page-aligned, inside the guest's GGTT, GT_COMPOSE_PAGES at most, in any
	 * order.  The pages stay until release(), which follows each pages() that said XENGT_OK.
	 * On failure @detail says why, and out[] is not looked at.
	 */
	enum xengt_status (*pages)(struct gt_page_source *source, const gt_gma_t *gma, size_t nr,
				   const uint8_t **out, char detail[XENGT_DETAIL_MAX]);
	void (*release)(struct gt_page_source *source);
};

/* Maps what is asked for, and unmaps it at release(). */
struct gt_page_mapper {
	struct gt_page_source source;
	struct gt_vgpu *v;
	void *at; /* NULL: nothing is mapped */
	size_t nr_mapped;
};
void gt_page_mapper_init(struct gt_page_mapper *m, struct gt_vgpu *v);

/*
 * Where to look a page of graphics memory up.  XENGT_OK: it is guest frame *gfn; or, with *hole,
 * it is present but no memory.  XENGT_E_BAD_PLANE: it is not present, @detail says so.
 */
enum xengt_status gt_compose_lookup(struct gt_vgpu *v, gt_gma_t gma, gt_gfn_t *gfn, bool *hole,
				    char detail[XENGT_DETAIL_MAX]);

/*
 * Whether a plane's picture is nothing but the pixels of its surface, detiled and turned by @turn
 * (gt_detile_pass()): not scaled, rotated, keyed or blended.
 */
bool gt_compose_is_direct(const struct gt_fb *fb, enum gt_turn *turn);

/* A picture in the making; the caller fills it in, zeros where nothing is said. */
struct gt_compose {
	struct gt_vgpu *v;
	unsigned pipe;
	struct gt_page_source *source;
	/* The part that is made of the picture, whose size gt_compose_size() says. */
	uint32_t x_px, y_px, w_px, h_px;
	/* The part as XRGB8888, all of it zeros before; fastest if pixels and stride are multiples
	 * of 64, of 4 they must be.  The highest byte of a pixel means nothing. */
	uint8_t *pixels;
	size_t stride_B;
	char *detail; /* XENGT_DETAIL_MAX bytes for words for a person, "" before */
	/* Results: */
	uint64_t nr_holes; /* added: pages that are black because they are no memory of the guest */
};

/* Which pipe drives head @head: XENGT_OK, or _NO_HEAD, _PIPE_OFF or _NO_DRIVER if none does. */
enum xengt_status gt_compose_ready(struct gt_vgpu *v, unsigned head, unsigned *pipe);

/*
 * Size of a pipe's picture: what its planes are laid on (PIPESRC), or, if the pipe's scaler is on,
 * what the monitor gets.  XENGT_E_BAD_PLANE, with a detail, if it is too large.
 */
enum xengt_status gt_compose_size(struct gt_vgpu *v, unsigned pipe, uint32_t *w_px, uint32_t *h_px,
				  char detail[XENGT_DETAIL_MAX]);

/*
 * Whether all that the pipe shows is one direct plane that covers it: then *fb and *turn are that
 * plane, and gt_detile_pass() over it is the picture.  A cursor, if @with_cursor, is one more.
 */
bool gt_compose_is_one_plane(struct gt_vgpu *v, unsigned pipe, bool with_cursor, struct gt_fb *fb,
			     enum gt_turn *turn);

/*
 * All planes of the pipe, from the lowest to the highest on the pipe's bottom colour, and the
 * cursor if @with_cursor; then the pipe's gamma and colour matrix, and its scaler.
 *
 * Cost: of each plane the part is read once, see compose_lay.c; the part itself is gone through
 * once more for colours.  A pipe that is scaled is made whole.  So the work of one call is
 * bounded by 3 planes and the picture of 8192 x 8192 pixels each.
 *
 * XENGT_E_NO_PLANE: no plane is on.  XENGT_E_BAD_PLANE: a plane's registers make no sense, or it
 * touches a page that is not present.  A page that is present but no memory is black, and counted.
 * A cursor that cannot be read is left out.  The detail speaks of all of these but the holes.
 */
enum xengt_status gt_compose_pipe(struct gt_compose *c, bool with_cursor);

/* One plane alone, where it lies on the pipe. XENGT_E_NO_PLANE if it is off. */
enum xengt_status gt_compose_plane(struct gt_compose *c, unsigned plane);

/* Where the cursor lies on the pipe, and how large it is; one that is off is a single pixel. */
struct gt_compose_cursor {
	int32_t x_px, y_px;
	uint32_t w_px, h_px;
};

/* XENGT_E_BAD_PLANE, with a detail, if it cannot be had alone: see compose_cursor.c. */
enum xengt_status gt_compose_find_cursor(struct gt_vgpu *v, unsigned pipe,
					 struct gt_compose_cursor *out,
					 char detail[XENGT_DETAIL_MAX]);
/*
 * The cursor alone as premultiplied ARGB8888, transparent if it is off.  The picture is as large as
 * gt_compose_find_cursor() said, x_px and y_px 0, and its rows follow upon each other.
 */
enum xengt_status gt_compose_cursor_alone(struct gt_compose *c);

/* Have the detail, if it says nothing yet, say how many pages were black. */
void gt_compose_tell_holes(struct gt_compose *c);

#endif
