/* SPDX-License-Identifier: MIT */
/*
 * Pictures on request: latched planes -> bounds-checked GGTT walk -> read-only foreign mapping ->
 * detile and convert into a sealed memfd.  What stays between two requests is the camera's: pages
 * that are mapped, and what the last picture of each client was.
 */
#ifndef GT_SNAPSHOT_H
#define GT_SNAPSHOT_H

#include "sealed.h"
#include "watch.h"
#include "xengt/protocol.h"
#include "xengt/types.h"

struct gt_vgpu;
struct gt_page_cache;

/* What a picture is of: the words of the request (xengt/protocol.h), checked here. */
struct gt_view {
	uint32_t head, flags, plane;
	struct xengt_rect region;
};

/* A picture that was sent, for the question what changed since. All zeros: none. */
struct gt_memory {
	uint64_t serial; /* 0: none */
	struct gt_view view;
	uint32_t w_px, h_px;
	uint64_t *hash; /* of its blocks, see damage.h */
	struct gt_watch watch;
	struct gt_held held; /* with XENGT_HOLD: the picture itself, which the client sees */
	/*
	 * For the next picture: what changed before is taken to be as it was, for it is looked at
	 * by itself; 0: all is looked at.
	 */
	uint64_t hot_ns;
};
void gt_memory_clear(struct gt_memory *m);
/* Whether @m is the picture of serial @since, of this very view. */
bool gt_memory_is_of(const struct gt_memory *m, const struct gt_view *view, uint64_t since);

/* What pictures of one vGPU are taken with. */
struct gt_camera {
	struct gt_vgpu *v;
	struct gt_page_cache *cache;
	struct gt_hash_key key;
	/* Where pictures are made, and where pages are copied to meanwhile. */
	struct gt_spare spare;
	struct gt_watch_copies copies;
	size_t held_B;	       /* of all memories' pictures */
};

/* A camera, to be finished before the vGPU is. 0 or negative errno. */
int gt_camera_init(struct gt_camera *cam, struct gt_vgpu *v);
void gt_camera_finish(struct gt_camera *cam);
/* Give back memory that is kept for the next picture. */
void gt_camera_drop_spares(struct gt_camera *cam);

/*
 * Take a picture.  Returns an enum xengt_status; on XENGT_OK *frame is filled in, and *fd is a
 * sealed memfd, the caller's, or -1 if the frame says XENGT_UNCHANGED or that it is in the memfd of
 * @since; otherwise it is -1.  @detail may have words for a person either way, "" if not.
 *
 * @memory is looked at and renewed with XENGT_TRACK only, and forgotten if there is no picture.
 *
 * What cannot be read follows three rules.  A plane whose registers make no sense, or that touches
 * a page that is not present in the GGTT: no picture, XENGT_E_BAD_PLANE.  A page that is present
 * but is no RAM that can be mapped: black, and the detail counts them.  A cursor that cannot be
 * read: left out, and the detail says so.
 */
enum xengt_status gt_camera_take(struct gt_camera *cam, const struct gt_view *view, uint64_t since,
				 struct gt_memory *memory, struct xengt_frame *frame, int *fd,
				 char detail[XENGT_DETAIL_MAX]);

/*
 * Whether a picture like the remembered one could be another one now: if not, it would be the same.
 * True if nothing is remembered.  Looks only where there was a change at @since_ns or later; 0:
 * everywhere.
 */
bool gt_camera_sees_change(struct gt_camera *cam, const struct gt_memory *memory,
			   uint64_t since_ns);

#endif
