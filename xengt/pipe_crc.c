/* SPDX-License-Identifier: MIT */
/*
 * CRCs of composed frames; the rules are in pipe_crc.h.
 *
 * Of the five result registers the first has the CRC, the only one that Linux reads here; the
 * others stay 0.
 */
#include "pipe_crc.h"

#include <stdlib.h>
#include <string.h>

#include "compose.h"
#include "display_rows.h"
#include "vgpu_internal.h"

#define CRC_CTL(pipe)	(0x60050u + GT_PIPE_STRIDE * (pipe))
#define CRC_RES(pipe)	(0x60064u + GT_PIPE_STRIDE * (pipe))
#define CRC_ENABLE	GT_BIT(31)
#define IRQ_CRC_DONE	GT_BIT(28)
#define POLYNOMIAL	0xedb88320u /* reversed */
#define REST_PER_WORK	3u

/* Sources that are no plane. */
#define WHOLE_PIPE	0x100u
#define NO_SOURCE	0x200u

/* --- the sum -------------------------------------------------------------------------------- */

/* [n][byte]: what a byte does to the CRC with n bytes after it. */
static uint32_t tables[8][256];

static void make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (unsigned bit = 0; bit < 8; bit++) {
			crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
		}
		tables[0][i] = crc;
	}
	for (unsigned n = 1; n < 8; n++) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t before = tables[n - 1][i];

			tables[n][i] = before >> 8 ^ tables[0][before & 0xff];
		}
	}
}

/* Four bytes with @after bytes after them. */
static uint32_t word(uint32_t val, unsigned after)
{
	return tables[after + 3][val & 0xff] ^ tables[after + 2][val >> 8 & 0xff] ^
	       tables[after + 1][val >> 16 & 0xff] ^ tables[after][val >> 24];
}

uint32_t gt_pipe_crc_pixels(uint32_t crc, const uint32_t *px, size_t nr)
{
	size_t i;

	if (!tables[0][1]) {
		make_tables();
	}
	crc = ~crc;
	for (i = 0; i + 2 <= nr; i += 2) {
		crc = word((px[i] & 0xffffff) ^ crc, 4) ^ word(px[i + 1] & 0xffffff, 0);
	}
	if (i < nr) {
		crc = word((px[i] & 0xffffff) ^ crc, 0);
	}
	return ~crc;
}

/* --- frames --------------------------------------------------------------------------------- */

/* What PIPE_CRC_CTL asks for: a plane's number, WHOLE_PIPE or NO_SOURCE. */
static unsigned find_source(struct gt_vgpu *v, unsigned pipe)
{
	static const uint16_t skl[8] = { 0, NO_SOURCE, 1, NO_SOURCE,
					 WHOLE_PIPE, NO_SOURCE, 2, NO_SOURCE };
	static const uint16_t bdw[4] = { 0, 1, WHOLE_PIPE, NO_SOURCE };
	uint32_t ctl = gt_vreg(v, CRC_CTL(pipe));

	return gt_platforms[v->platform].gen >= 9 ? skl[ctl >> 28 & 7] : bdw[ctl >> 29 & 3];
}

/* An empty picture of @c's size. */
static bool make_picture(struct gt_vgpu *v, struct gt_compose *c)
{
	size_t need_B = c->stride_B * c->h_px;

	if (v->pipe_crc.picture_B < need_B) {
		free(v->pipe_crc.picture);
		v->pipe_crc.picture = aligned_alloc(64, (need_B + 63) & ~(size_t)63);
		v->pipe_crc.picture_B = v->pipe_crc.picture ? need_B : 0;
	}
	c->pixels = v->pipe_crc.picture;
	if (c->pixels) {
		memset(c->pixels, 0, need_B);
	}
	return c->pixels;
}

/* What cannot be composed is black, as a plane that underruns would be. */
static bool frame_crc(struct gt_vgpu *v, unsigned pipe, uint32_t *crc)
{
	char detail[XENGT_DETAIL_MAX] = "";
	struct gt_page_mapper mapper;
	struct gt_compose c = { .v = v, .pipe = pipe, .source = &mapper.source, .detail = detail };
	unsigned source = find_source(v, pipe);

	if (gt_compose_size(v, pipe, &c.w_px, &c.h_px, detail)) {
		return false;
	}
	c.stride_B = ((size_t)c.w_px * 4 + 63) & ~(size_t)63;
	if (!make_picture(v, &c)) {
		return false;
	}
	gt_page_mapper_init(&mapper, v);
	if (source == WHOLE_PIPE) {
		gt_compose_pipe(&c, true);
	} else if (source != NO_SOURCE) {
		gt_compose_plane(&c, source);
	}
	*crc = 0;
	for (uint32_t y = 0; y < c.h_px; y++) {
		*crc = gt_pipe_crc_pixels(
		    *crc, (const uint32_t *)(const void *)(c.pixels + y * c.stride_B), c.w_px);
	}
	return true;
}

static void free_picture(struct gt_vgpu *v)
{
	free(v->pipe_crc.picture);
	v->pipe_crc.picture = NULL;
	v->pipe_crc.picture_B = 0;
}

bool gt_pipe_crc_wanted(struct gt_vgpu *v, unsigned pipe)
{
	return (gt_vreg(v, CRC_CTL(pipe)) & CRC_ENABLE) &&
	       gt_irq_unmasked(v, GT_IRQ_PIPE_A + pipe, IRQ_CRC_DONE);
}

void gt_pipe_crc_vblank(struct gt_vgpu *v, unsigned pipe)
{
	uint64_t start_ns = gt_now_ns(v), end_ns;
	uint32_t crc;

	if (!gt_pipe_crc_wanted(v, pipe) || start_ns < v->pipe_crc.not_before_ns[pipe] ||
	    !frame_crc(v, pipe, &crc)) {
		return;
	}
	end_ns = gt_now_ns(v);
	v->pipe_crc.not_before_ns[pipe] = end_ns + REST_PER_WORK * (end_ns - start_ns);
	gt_vreg_set(v, CRC_RES(pipe), crc);
	gt_count(v, GT_C_pipe_crcs);
	gt_irq_raise(v, GT_IRQ_PIPE_A + pipe, IRQ_CRC_DONE);
}

void gt_pipe_crc_ctl_write(struct gt_vgpu *v, const struct gt_reg *r,
			   const struct gt_reg_write *w)
{
	unsigned pipe = (r->off - CRC_CTL(0)) / GT_PIPE_STRIDE;
	bool any = false;

	for (unsigned i = 0; i < GT_MAX_PIPES; i++) {
		any = any || (gt_vreg(v, CRC_CTL(i)) & CRC_ENABLE);
	}
	if (!any) {
		free_picture(v); /* but not the bound: it holds for who switches off and on, too */
	}
	if (pipe < GT_MAX_PIPES) {
		gt_display_vblank_update(v, pipe); /* else the eDP transcoder's */
	}
}

void gt_pipe_crc_reset(struct gt_vgpu *v)
{
	free_picture(v);
	memset(&v->pipe_crc, 0, sizeof(v->pipe_crc));
}
