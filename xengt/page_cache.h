/* SPDX-License-Identifier: MIT */
/*
 * The page source that keeps what it mapped: pages of graphics memory that pictures are made of,
 * for as long as somebody goes on asking for them.
 *
 * Mapping a guest's pages costs more than reading them.  So a run of pages that was asked for stays
 * mapped, and is used again when the same addresses, in the same order, lead to the same frames of
 * the guest: the GGTT is asked each time.  Runs and their pages are bounded in number; the run that
 * was not used for the longest time goes first.  All go GT_PAGE_CACHE_KEEP_ns after the last use,
 * when the guest gives pages back (gt_vgpu_invalidate()), and when the server's last client leaves.
 */
#ifndef GT_PAGE_CACHE_H
#define GT_PAGE_CACHE_H

#include "compose.h"

#define GT_PAGE_CACHE_RUNS    512
#define GT_PAGE_CACHE_PAGES   (40u << 10) /* in all runs: 160 MiB, four 4K screens and cursors */
#define GT_PAGE_CACHE_KEEP_ns UINT64_C(3000000000)

struct gt_page_cache;

/* A cache on the vGPU's guest, which becomes v->page_cache if there is none. 0 or -ENOMEM. */
int gt_page_cache_create(struct gt_vgpu *v, struct gt_page_cache **out);
void gt_page_cache_destroy(struct gt_page_cache *c);

/* To be handed to composition. */
struct gt_page_source *gt_page_cache_source(struct gt_page_cache *c);

/* Unmap everything that is not between pages() and release(). */
void gt_page_cache_drop(struct gt_page_cache *c);
/* Unmap everything if it is time, and say when that is: UINT64_MAX if nothing is mapped. */
void gt_page_cache_trim(struct gt_page_cache *c);
uint64_t gt_page_cache_deadline_ns(const struct gt_page_cache *c);
/* Pages that are mapped at the moment. */
size_t gt_page_cache_pages(const struct gt_page_cache *c);

#endif
