/* SPDX-License-Identifier: MIT */
/*
 * What a picture was made of, remembered, so that a look at it tells whether it still would be the
 * same: latched planes, colours, and a keyed hash of each page that was read.
 *
 * While a picture is recorded, composition is given copies of the guest's pages, hashed as they
 * were copied: what the picture shows and what is remembered cannot differ, whatever the guest
 * writes meanwhile.
 */
#ifndef GT_WATCH_H
#define GT_WATCH_H

#include "compose.h"
#include "hash.h"

#define GT_WATCH_MAX_PAGES (256u << 10) /* 1 GiB; a picture of more always counts as changed */

struct gt_watch {
	bool valid;
	unsigned pipe;
	uint64_t state; /* of what the display engine was told */
	/* Pages in the order and in the runs in which they were asked for. */
	size_t nr, room;
	gt_gma_t *gma;
	uint64_t *hash;
	size_t nr_runs, runs_room;
	uint16_t *run;
};

/* Forget all, and free it. All zeros is such a watch, too. */
void gt_watch_clear(struct gt_watch *w);

/* Records into a watch what is read through it. */
struct gt_recorder {
	struct gt_page_source source; /* to be handed to composition */
	struct gt_page_source *from;
	const struct gt_hash_key *key;
	struct gt_watch *watch;
	uint8_t *copy[2]; /* runs of pages; two may be in use at a time */
	unsigned nr_in_use;
};

/* Begin a record of pipe @pipe, of planes as they are latched now. */
void gt_recorder_begin(struct gt_recorder *r, struct gt_vgpu *v, unsigned pipe,
		       const struct gt_hash_key *key, struct gt_page_source *from,
		       struct gt_watch *watch);
/* End it: the watch is valid if @good and if all of it could be remembered. */
void gt_recorder_end(struct gt_recorder *r, bool good);

/*
 * Whether all is still as it was recorded; latches the planes first.  False if the watch is not
 * valid, too.
 */
bool gt_watch_is_same(const struct gt_watch *w, struct gt_vgpu *v, const struct gt_hash_key *key,
		      struct gt_page_source *source);

#endif
