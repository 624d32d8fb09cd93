/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: planes as no driver programs them, decoded and composed.
 *
 * An input is a list of 8-byte records, each a write of a register of planes, cursor, scalers or
 * colours; most values are shaped so that something can be shown.  Then the pipe is composed, and
 * one of its planes.  Whatever was written: only pages of the partition are asked for, no more than
 * allowed at a time and no more than the planes' sizes explain, nothing is read beside them (the
 * only page there is lies between two that cannot be touched), and nothing is written beside the
 * picture.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "compose.h"
#include "screen.h"
#include "xengt/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern size_t fuzz_input_max;

size_t fuzz_input_max = 320;

#define CANARY    0xa5
#define BESIDE_B  64u
#define PICTURE_B ((size_t)1024 * 1024 * 4)
/* A tile of each of 4 planes' pixels of 8 bytes, and seams: more is asked for by nobody. */
#define MOST_PAGES (4u * 8192u * 8192u / 4096u * 8u * 2u)

struct record {
	uint8_t reg;
	uint8_t wild; /* below 8: any value, else one of the register's shape */
	uint16_t unused;
	uint32_t val;
};

/* Registers of pipe A: what they are at first, and the bits in which a value may differ. */
static const struct {
	uint32_t off, base, bits;
} regs[] = {
    {0x70180, 0x84000000, 0x5f7f1733},
    {0x70188, 0x10, 0x2f},
    {0x7018c, 0, 0x01ff01ff},
    {0x70190, 0x004f007f, 0x01ff01ff},
    {0x70194, 0, 0x00ffffff},
    {0x70198, 0, 0x87ffffff},
    {0x701a0, 0, 0xffffffff},
    {0x701a4, 0, 0x003f003f},
    {0x701c0, 0x00100002, 0x000ff03f},
    {0x701c4, 0, 0x001f001f},
    {0x70280, 0x84000000, 0x5f7f1733},
    {0x70288, 0x10, 0x2f},
    {0x7028c, 0, 0x01ff01ff},
    {0x70290, 0x004f007f, 0x01ff01ff},
    {0x70294, 0, 0x00ffffff},
    {0x70298, 0, 0x87ffffff},
    {0x702a4, 0, 0x003f003f},
    {0x70388, 0x10, 0x2f},
    {0x70380, 0x84000000, 0x5f7f1733},
    {0x70390, 0x004f007f, 0x01ff01ff},
    {0x68180, 0, 0x8e000000},
    {0x68170, 0, 0x01ff01ff},
    {0x68174, 0x00700050, 0x003f003f},
    {0x68280, 0, 0x8e000000},
    {0x68270, 0, 0x01ff01ff},
    {0x68274, 0x00700050, 0x003f003f},
    {0x68080, 0, 0x80000000},
    {0x68074, 0, 0x01ff01ff},
    {0x70080, 0, 0x0500803f},
    {0x70088, 0, 0x81ff81ff},
    {0x700a0, 0, 0x800000ff},
    {0x6001c, 0x005f003f, 0x007f007f},
    {0x70034, 0, 0xffffffff},
    {0x4a480, 0, 3},
    {0x49028, 0, 2},
    {0x49010, 0, 0xffffffff},
    {0x49040, 0, 0x1fff},
    {0x4a404, 0, 0x3fffffff},
    {0x4a400, 0, 0x800083ff},
    {0x4a080, 0, 0x00ffffff},
};
/* Those that arm; written last. */
static const uint32_t arming[] = {0x7019c, 0x7029c, 0x7039c, 0x70084};

static struct screen screens[2];
static uint8_t *page;    /* the only one there is */
static uint8_t *picture; /* PICTURE_B bytes, BESIDE_B beside */

static void bad(const char *what, unsigned long long val)
{
	fprintf(stderr, "%s: 0x%llx\n", what, val);
	abort();
}

/* --- a page source that looks closely --------------------------------------------------------- */

struct source {
	struct gt_page_source source;
	struct gt_vgpu *v;
	bool open;
	uint64_t nr_pages;
};

static enum xengt_status source_pages(struct gt_page_source *source, const gt_gma_t *gma, size_t nr,
				      const uint8_t **out, char detail[XENGT_DETAIL_MAX])
{
	struct source *s = (struct source *)source;

	if (!nr || nr > GT_COMPOSE_PAGES || s->open) {
		bad("pages at a time", nr);
	}
	for (size_t i = 0; i < nr; i++) {
		if (gma[i] % GT_PAGE_SIZE || !gt_ggtt_inside(s->v, gma[i], GT_PAGE_SIZE)) {
			bad("a page outside the partition", gma[i]);
		}
		out[i] = gma[i] >> 12 & 7 ? page : NULL;
	}
	s->nr_pages += nr;
	if (s->nr_pages > MOST_PAGES) {
		bad("pages of one picture", s->nr_pages);
	}
	s->open = true;
	return XENGT_OK;
}

static void source_release(struct gt_page_source *source)
{
	struct source *s = (struct source *)source;

	if (!s->open) {
		bad("released twice", 0);
	}
	s->open = false;
}

/* --- pictures --------------------------------------------------------------------------------- */

static void check_beside(size_t size_B)
{
	for (unsigned i = 0; i < BESIDE_B; i++) {
		if (picture[i] != CANARY || picture[BESIDE_B + size_B + i] != CANARY) {
			bad("written beside the picture", i);
		}
	}
}

/* @plane: GT_MAX_PLANES means the whole pipe. */
static void compose(struct screen *s, unsigned plane, bool a_part)
{
	char detail[XENGT_DETAIL_MAX] = "";
	struct source source = {{source_pages, source_release}, s->v, false, 0};
	struct gt_compose c = {
	    .v = s->v, .source = &source.source, .detail = detail, .pixels = picture + BESIDE_B};
	size_t size_B;

	if (gt_compose_size(s->v, 0, &c.w_px, &c.h_px, detail)) {
		return;
	}
	if (a_part) {
		c.x_px = c.w_px / 3;
		c.y_px = c.h_px / 5;
		c.w_px -= c.x_px;
		c.h_px = (c.h_px - c.y_px + 1) / 2;
	}
	c.stride_B = c.w_px * 4u;
	size_B = c.stride_B * c.h_px;
	if (size_B > PICTURE_B) {
		return;
	}
	memset(picture, 0, BESIDE_B + size_B + BESIDE_B);
	memset(picture, CANARY, BESIDE_B);
	memset(picture + BESIDE_B + size_B, CANARY, BESIDE_B);
	if (plane == GT_MAX_PLANES) {
		gt_compose_pipe(&c, true);
	} else {
		gt_compose_plane(&c, plane);
	}
	if (source.open || strnlen(detail, XENGT_DETAIL_MAX) == XENGT_DETAIL_MAX) {
		bad("left open, or a detail without end", source.open);
	}
	check_beside(size_B);
}

/* --- inputs ----------------------------------------------------------------------------------- */

static void start(void)
{
	uint8_t *three =
	    mmap(NULL, 3 * GT_PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	gt_log_configure("error");
	page = three + GT_PAGE_SIZE;
	picture = aligned_alloc(64, PICTURE_B + 2 * BESIDE_B);
	if (three == MAP_FAILED || !picture ||
	    mprotect(page, GT_PAGE_SIZE, PROT_READ | PROT_WRITE)) {
		bad("no memory", 0);
	}
	for (unsigned i = 0; i < GT_PAGE_SIZE; i++) {
		page[i] = (uint8_t)(i * 37 ^ i >> 8);
	}
	screen_open(&screens[0], GT_SKL);
	screen_open(&screens[1], GT_BDW);
	for (unsigned i = 0; i < 2; i++) {
		screen_mode(&screens[i], 96, 64);
	}
}

/* Broadwell's strides count bytes. */
static void write_reg(struct screen *s, unsigned i, uint32_t val)
{
	bool is_stride = (regs[i].off & 0xff) == 0x88 && regs[i].off > 0x70100;

	screen_write(s, regs[i].off, is_stride && s == &screens[1] ? val * 64 : val);
}

static void write_record(struct screen *s, const struct record *r)
{
	unsigned i = r->reg % GT_ARRAY_SIZE(regs);
	uint32_t val = r->wild < 8 ? r->val : regs[i].base ^ (r->val & regs[i].bits);

	write_reg(s, i, val);
}

static void arm(struct screen *s, uint32_t seed)
{
	for (size_t i = 0; i < GT_ARRAY_SIZE(arming); i++) {
		uint32_t val = (uint32_t)s->base + (seed >> i * 4 & 0xff) * GT_PAGE_SIZE;

		/* near the end of what there is, now and then */
		if ((seed >> 24) % 16 == i) {
			val = (uint32_t)(s->v->part.unmap_base + s->v->part.unmap_size) -
			      (seed & 0xff) * GT_PAGE_SIZE;
		}
		screen_write(s, arming[i], val);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct screen *s;
	struct record r;
	uint32_t seed = 0;

	if (!page) {
		start();
	}
	s = &screens[size && data[0] % 4 == 0];
	for (size_t i = 0; i < GT_ARRAY_SIZE(regs); i++) {
		write_reg(s, i, regs[i].base);
	}
	for (; size >= sizeof(r); data += sizeof(r), size -= sizeof(r)) {
		memcpy(&r, data, sizeof(r));
		write_record(s, &r);
		seed = seed * 31 + r.val;
	}
	arm(s, seed);
	screen_vblank(s);
	gt_display_latch(s->v, 0);
	compose(s, GT_MAX_PLANES, seed & 1);
	compose(s, (seed >> 1) % GT_MAX_PLANES, seed >> 3 & 1);
	return 0;
}
