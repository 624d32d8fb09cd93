/* SPDX-License-Identifier: MIT */
/*
 * The page source that maps pages for the moment.
 *
 * Decides what a GGTT entry means for a picture: not present is a fault of the guest's, present but
 * no RAM is black.
 */
#include "compose.h"

#include <stdio.h>

#include "vgpu_internal.h"

enum xengt_status gt_compose_lookup(struct gt_vgpu *v, gt_gma_t gma, gt_gfn_t *gfn, bool *hole,
				    char detail[XENGT_DETAIL_MAX])
{
	gt_spte_t e = gt_ggtt_lookup(v, gma / GT_PAGE_SIZE);

	if (!(e & GT_SPTE_PRESENT)) {
		snprintf(detail, XENGT_DETAIL_MAX,
			 "page 0x%llx of the plane is not in the guest's GGTT",
			 (unsigned long long)(gma / GT_PAGE_SIZE));
		return XENGT_E_BAD_PLANE;
	}
	*hole = gt_spte_is_scratch(e);
	*gfn = gt_spte_frame(e);
	return XENGT_OK;
}

/* Map the frames side by side, and tell each page where its frame is. */
static enum xengt_status map_frames(struct gt_page_mapper *m, const gt_gfn_t *gfns,
				    const uint16_t *which, const uint8_t **out, char *detail)
{
	struct gt_guest *g = m->v->guest;
	int err[GT_COMPOSE_PAGES] = { 0 };
	size_t nr_failed = 0;

	m->at = g->ops->map(g, gfns, m->nr_mapped, false, err);
	for (size_t i = 0; i < m->nr_mapped; i++) {
		nr_failed += err[i] != 0;
		if (m->at && !err[i]) {
			out[which[i]] = (const uint8_t *)m->at + i * GT_PAGE_SIZE;
		}
	}
	if (!m->at && nr_failed < m->nr_mapped) {
		snprintf(detail, XENGT_DETAIL_MAX, "mapping the guest's pages failed");
		return XENGT_E_INTERNAL;
	}
	gt_count_n(m->v, GT_C_frames_mapped, m->nr_mapped - nr_failed);
	return XENGT_OK;
}

static enum xengt_status mapper_pages(struct gt_page_source *source, const gt_gma_t *gma, size_t nr,
				      const uint8_t **out, char detail[XENGT_DETAIL_MAX])
{
	struct gt_page_mapper *m = (struct gt_page_mapper *)source;
	gt_gfn_t gfns[GT_COMPOSE_PAGES];
	uint16_t which[GT_COMPOSE_PAGES];

	m->at = NULL;
	m->nr_mapped = 0;
	for (size_t i = 0; i < nr; i++) {
		bool hole;
		enum xengt_status status =
		    gt_compose_lookup(m->v, gma[i], &gfns[m->nr_mapped], &hole, detail);

		if (status) {
			return status;
		}
		out[i] = NULL;
		if (!hole) {
			which[m->nr_mapped++] = (uint16_t)i;
		}
	}
	return m->nr_mapped ? map_frames(m, gfns, which, out, detail) : XENGT_OK;
}

static void mapper_release(struct gt_page_source *source)
{
	struct gt_page_mapper *m = (struct gt_page_mapper *)source;

	if (m->at) {
		m->v->guest->ops->unmap(m->v->guest, m->at, m->nr_mapped);
		m->at = NULL;
	}
}

void gt_page_mapper_init(struct gt_page_mapper *m, struct gt_vgpu *v)
{
	*m = (struct gt_page_mapper){
		.source = { mapper_pages, mapper_release },
		.v = v,
	};
}
