/* SPDX-License-Identifier: MIT */
/*
 * Writing a trace.
 *
 * Decides what of the guest's memory goes into it: of each page that the mediator looks at, what
 * has changed since it was looked at last.  What the mediator itself writes is told apart by
 * comparing the page before and after an entry, so that a replay can hold it against its own.
 */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vgpu_internal.h"
#include "xengt/log.h"

#define NR_BUCKETS 4096u /* a power of two */
#define PAGES_MAX  8192u /* pages whose content is remembered: 32 MiB */
#define PAGE_QW	   (GT_PAGE_SIZE / 8)
#define PAGE_DW	   (GT_PAGE_SIZE / 4)
#define TOKENS	   16u /* values on one line */

/* A page of the guest as the trace knows it. */
struct page {
	struct page *next_in_bucket, *next_written;
	gt_gfn_t gfn;
	const void *host;
	uint64_t seen_in; /* the entry in which it was compared last */
	bool written;
	uint64_t content[PAGE_QW];
};

struct gt_record {
	struct gt_vgpu *v;
	FILE *file;
	uint64_t left_B;
	uint64_t start_ns, last_us;
	uint64_t entry; /* number of the current or last one */
	bool inside;	/* between its beginning and its end: else memory is not of interest */
	unsigned nr_interrupts;
	size_t nr_pages;
	struct page *bucket[NR_BUCKETS];
	struct page *written;
	uint64_t *gtt; /* the guest's entries as the trace knows them */
};

/* The trace ends here; what was written stays good. */
static void stop(struct gt_record *r, const char *why)
{
	if (r->file) {
		fprintf(r->file, ". %s\n", why);
		fclose(r->file);
		r->file = NULL;
		gt_info(GT_T_CORE, "recording ends: %s", why);
	}
}

static void say(struct gt_record *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(struct gt_record *r, const char *fmt, ...)
{
	char text[128];
	va_list ap;
	int n;

	if (!r->file) {
		return;
	}
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if ((uint64_t)n > r->left_B) {
		stop(r, "full");
	} else if (fputs(text, r->file) < 0) {
		stop(r, "no room");
	} else {
		r->left_B -= (uint64_t)n;
	}
}

/* --- runs of values ------------------------------------------------------------------------- */

/*
 * @nr values as lines "KIND GFN OFF VALUE[*COUNT] ...", @size bytes each, the first @off bytes
 * into the page.
 */
static void say_values(struct gt_record *r, char kind, gt_gfn_t gfn, const uint8_t *mem,
		       size_t off, size_t nr, size_t size)
{
	unsigned tokens = TOKENS;

	for (size_t i = 0; i < nr;) {
		size_t same = 1;
		uint64_t val = 0;

		memcpy(&val, mem + off + i * size, size);
		while (i + same < nr && !memcmp(mem + off + i * size,
						mem + off + (i + same) * size, size)) {
			same++;
		}
		if (tokens == TOKENS) {
			say(r, "%s%c %" PRIx64 " %zx", i ? "\n" : "", kind, (uint64_t)gfn,
			    off + i * size);
			tokens = 0;
		}
		say(r, same > 1 ? " %" PRIx64 "*%zx" : " %" PRIx64, val, same);
		tokens++;
		i += same;
	}
	say(r, "\n");
}

/* What differs between @old and @now, in values of @size bytes; @old becomes @now. */
static void say_changes(struct gt_record *r, char kind, struct page *p, const uint8_t *now,
			size_t size)
{
	uint8_t *old = (uint8_t *)p->content;
	size_t nr = GT_PAGE_SIZE / size;

	for (size_t i = 0; i < nr;) {
		size_t first = i;

		while (i < nr && memcmp(old + i * size, now + i * size, size)) {
			i++;
		}
		if (i > first) {
			say_values(r, kind, p->gfn, now, first * size, i - first, size);
		} else {
			i++;
		}
	}
	memcpy(old, now, GT_PAGE_SIZE);
}

/* --- guest memory --------------------------------------------------------------------------- */

static struct page *page_find(struct gt_record *r, gt_gfn_t gfn)
{
	struct page **bucket = &r->bucket[(gfn * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
	struct page *p = *bucket;

	while (p && p->gfn != gfn) {
		p = p->next_in_bucket;
	}
	if (p) {
		return p;
	}
	if (r->nr_pages >= PAGES_MAX || !(p = calloc(1, sizeof(*p)))) {
		stop(r, "full");
		return NULL;
	}
	p->gfn = gfn;
	p->next_in_bucket = *bucket;
	*bucket = p;
	r->nr_pages++;
	return p;
}

static struct page *page_seen(struct gt_record *r, gt_gfn_t gfn, const void *host)
{
	struct page *p = r && r->file && r->inside ? page_find(r, gfn) : NULL;
	uint64_t now[PAGE_QW];

	if (p && p->seen_in != r->entry) {
		memcpy(now, host, sizeof(now)); /* the guest may write it meanwhile */
		say_changes(r, 'm', p, (const uint8_t *)now, 8);
		p->seen_in = r->entry;
		p->host = host;
	}
	return p;
}

void gt_record_page(struct gt_record *r, gt_gfn_t gfn, const void *page)
{
	page_seen(r, gfn, page);
}

void gt_record_written(struct gt_record *r, gt_gfn_t gfn, const void *page)
{
	struct page *p = page_seen(r, gfn, page);

	if (p && !p->written) {
		p->written = true;
		p->next_written = r->written;
		r->written = p;
	}
}

/* What this entry made of the guest's memory. */
static void say_written(struct gt_record *r)
{
	while (r->written) {
		struct page *p = r->written;
		uint32_t now[PAGE_DW];

		r->written = p->next_written;
		p->written = false;
		memcpy(now, p->host, sizeof(now));
		say_changes(r, 'p', p, (const uint8_t *)now, 4);
	}
}

/* How many entries from @first on go up by @step. */
static uint32_t gtt_run(const uint64_t *gtt, uint32_t first, uint32_t end, uint64_t step)
{
	uint32_t nr = 1;

	while (first + nr < end && gtt[first + nr] == gtt[first + nr - 1] + step) {
		nr++;
	}
	return nr;
}

/* Lines "e PAGE COUNT VALUE STEP". */
static void say_entries(struct gt_record *r, uint32_t first, uint32_t end)
{
	while (first < end) {
		uint32_t same = gtt_run(r->gtt, first, end, 0);
		uint32_t rising = gtt_run(r->gtt, first, end, GT_PAGE_SIZE);
		uint32_t nr = same > rising ? same : rising;

		say(r, "e %x %x %" PRIx64 " %x\n", first, nr, r->gtt[first],
		    same < rising ? GT_PAGE_SIZE : 0);
		first += nr;
	}
}

void gt_record_ggtt(struct gt_record *r)
{
	uint32_t nr, i = 0;

	if (!r || !r->file) {
		return;
	}
	nr = r->v->ggtt.nr;
	while (i < nr) {
		uint32_t first = i;
		uint64_t pte;

		while (i < nr && r->gtt[i] != (pte = __atomic_load_n(&r->v->guest->gtt[i],
								     __ATOMIC_RELAXED))) {
			r->gtt[i++] = pte;
		}
		say_entries(r, first, i);
		i++;
	}
}

/* --- entries -------------------------------------------------------------------------------- */

void gt_record_begin(struct gt_record *r)
{
	uint64_t us;

	if (!r || !r->file) {
		return;
	}
	r->entry++;
	r->inside = true;
	us = (gt_now_ns(r->v) - r->start_ns) / 1000;
	if (us != r->last_us) {
		say(r, "@%" PRIx64 "\n", us);
		r->last_us = us;
	}
}

static void end(struct gt_record *r)
{
	r->inside = false;
	say_written(r);
	if (r->nr_interrupts) {
		say(r, "i %x\n", r->nr_interrupts);
		r->nr_interrupts = 0;
	}
}

void gt_record_access(struct gt_record *r, char kind, uint64_t off, unsigned size, uint64_t val)
{
	if (r && r->file) {
		say(r, "%c %" PRIx64 " %x %" PRIx64 "\n", kind, off, size, val);
		end(r);
	}
}

void gt_record_call(struct gt_record *r, char kind, bool busy)
{
	if (r && r->file) {
		say(r, "%c %x\n", kind, busy);
		end(r);
	}
}

void gt_record_interrupt(struct gt_record *r)
{
	if (r) {
		r->nr_interrupts++;
	}
}

static void say_header(struct gt_record *r)
{
	const struct gt_options *o = &r->v->opt;

	say(r, "xengt-trace 1\n");
	say(r, "option vgt_gen %s\n", gt_platforms[r->v->platform].name);
	say(r, "option vgt_low_gm_sz %u\n", o->low_gm_MiB);
	say(r, "option vgt_high_gm_sz %u\n", o->high_gm_MiB);
	say(r, "option vgt_fence_sz %u\n", o->nr_fences);
	say(r, "option vgt_primary %u\n", o->primary);
	say(r, "start %" PRIx64 "\n", r->start_ns);
	say(r, "edid ");
	for (unsigned i = 0; i < GT_EDID_SIZE; i++) {
		say(r, "%02x", r->v->monitors.head[0].edid[i]);
	}
	say(r, "\n");
}

int gt_record_create(struct gt_vgpu *v, int fd, uint64_t max_B, struct gt_record **out)
{
	struct gt_record *r = calloc(1, sizeof(*r));
	int ret = -ENOMEM;

	if (!r) {
		goto err_fd;
	}
	r->v = v;
	r->left_B = max_B;
	r->start_ns = gt_now_ns(v);
	r->gtt = calloc(v->ggtt.nr, sizeof(*r->gtt));
	r->file = r->gtt ? fdopen(fd, "w") : NULL;
	if (!r->file) {
		goto err_record;
	}
	say_header(r);
	*out = r;
	return 0;

err_record:
	free(r->gtt);
	free(r);
err_fd:
	close(fd);
	return ret;
}

void gt_record_destroy(struct gt_record *r)
{
	if (!r) {
		return;
	}
	stop(r, "end");
	for (unsigned i = 0; i < NR_BUCKETS; i++) {
		while (r->bucket[i]) {
			struct page *p = r->bucket[i];

			r->bucket[i] = p->next_in_bucket;
			free(p);
		}
	}
	free(r->gtt);
	free(r);
}
