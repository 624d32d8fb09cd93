/* SPDX-License-Identifier: MIT */
/*
 * What a picture was made of, remembered, so that a look at it tells whether it still would be the
 * same, and which part of it would not: latched planes and colours of the whole, and for each band
 * of rows the cursor, if it reaches into it, and a keyed hash of each page that was read.
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
#define GT_BAND_ROWS	   64u		/* those of the tallest tile; whole blocks (damage.h) */

struct gt_band {
	uint64_t cursor;     /* what the cursor was, 0: not in this band */
	uint64_t changed_ns; /* when it was last found to be another one; 0: never */
	bool dirty;	     /* that was by the last gt_watch_find() */
	/* Pages in the order and in the runs in which they were asked for. */
	size_t nr, room;
	gt_gma_t *gma;
	uint64_t *hash;
	size_t nr_runs, runs_room;
	uint16_t *run;
};

struct gt_watch {
	bool valid;
	unsigned pipe;
	uint32_t y_px; /* of the picture's first row on the head */
	bool with_cursor, cursor_only;
	uint64_t latched; /* of what the display engine took up at a vblank */
	uint64_t state;	  /* of all that it was told, palettes too */
	size_t nr_pages;
	unsigned nr_bands;
	struct gt_band *band;
};

/* The cursor as it is latched, and the rows of the head that it reaches: from, and one beyond. */
struct gt_watch_cursor {
	uint64_t digest; /* 0: there is none */
	int64_t from, to;
};

/*
 * Where records copy pages to: memory that is kept, for each page of new memory costs a fault. All
 * zeros: none yet.
 */
struct gt_watch_copies {
	uint8_t *run[2]; /* GT_COMPOSE_PAGES each; two may be in use at a time */
};
/* Give it back. */
void gt_watch_copies_drop(struct gt_watch_copies *copies);

/* What a look is made with, and a record. */
struct gt_looking {
	struct gt_vgpu *v;
	const struct gt_hash_key *key;
	struct gt_page_source *source;
	struct gt_watch_copies *copies; /* for a record */
};

/* Bands of a picture of @h_px rows of @pipe: one if that is scaled, which mixes rows. */
unsigned gt_watch_bands(struct gt_vgpu *v, unsigned pipe, uint32_t h_px);

/* Forget all, and free it. All zeros is such a watch, too. */
void gt_watch_clear(struct gt_watch *w);

/* Records into a watch what is read through it. */
struct gt_recorder {
	struct gt_page_source source; /* to be handed to composition */
	const struct gt_looking *how;
	struct gt_watch *watch;
	struct gt_band *band;
	struct gt_watch_cursor cursor;
	unsigned nr_in_use; /* of the copies */
};

/*
 * Begin a record of @pipe as it is latched now: of the whole if @watch has another number of bands
 * or is not valid, of some bands otherwise.  @watch->y_px, with_cursor and cursor_only are the
 * caller's to say.  False: no memory.
 */
bool gt_recorder_begin(struct gt_recorder *r, const struct gt_looking *how, unsigned pipe,
		       unsigned nr_bands, struct gt_watch *watch);
/* What is asked for from now on is for this band, of which nothing is remembered. */
void gt_recorder_band(struct gt_recorder *r, unsigned band);
/* End it: the watch is valid if @good and if all of it could be remembered. */
void gt_recorder_end(struct gt_recorder *r, bool good);

/*
 * Whether all is still as it was recorded, in bands that changed at @since_ns or later, palettes
 * apart; 0: in all, palettes too.  Latches the planes first.  False if the watch is not valid, too.
 */
bool gt_watch_is_same(const struct gt_watch *w, const struct gt_looking *how, uint64_t since_ns);

/*
 * Find the bands that are not as they were recorded, mark them dirty, and count them; looks where
 * gt_watch_is_same() does.  -1: it is the whole that is another one, or the watch is not valid.
 */
int gt_watch_find(struct gt_watch *w, const struct gt_looking *how, uint64_t since_ns);

#endif
