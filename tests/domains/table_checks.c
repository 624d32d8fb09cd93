/* SPDX-License-Identifier: MIT */
/*
 * Page tables that are written after they have been in use, unchanged, for long: when a mediator
 * may have begun to watch them instead of reading them.  Each way of writing must reach memory,
 * and the GPU must use what was written from the next submission on.
 * PRM SKL vol 5, "Per-Process GTT".
 */
#include "checks.h"
#include "gpu.h"
#include "submit.h"
#include "tap.h"

#define ENTRY_RW   3u
#define NR_QUIET   40u
#define DATA_INDEX 5u /* page of the address space that is stored to */

static struct engine engine = {.name = "BCS", .base = BCS_BASE, .shift = 16, .master = 2};

/* One submission that stores @val at the start of the page; false: the engine does not answer. */
static bool store(struct context *c, uint32_t val)
{
	uint64_t at = PPGTT_ADDRESS + DATA_INDEX * PAGE_SIZE;
	uint32_t status[2];

	ring_begin(c);
	ring_emit(c, MI_STORE_DATA_IMM);
	ring_emit(c, (uint32_t)at);
	ring_emit(c, (uint32_t)(at >> 32));
	ring_emit(c, val);
	ring_close(c);
	submit(&engine, c, NULL);
	return wait_events(&engine, 2, status);
}

/* Map @page, and then leave the tables alone until they should be watched. */
static void be_tracked(struct context *c, uint32_t *page)
{
	bool ok = true;

	context_map(c, DATA_INDEX, page);
	for (uint32_t i = 0; i < NR_QUIET && ok; i++) {
		ok = store(c, i) && page[0] == i;
		if (!ok) {
			tap_note("submission %u: %x", i, page[0]);
		}
	}
	tap_ok(ok, "%u submissions leave the page tables alone", NR_QUIET);
}

static void check_store(struct context *c, const uint32_t *page, uint32_t val, const char *how)
{
	tap_ok(store(c, val) && page[0] == val, "the GPU uses an entry that was written by %s",
	       how);
}

static uint64_t *data_entry(struct context *c)
{
	return &c->table[((PPGTT_ADDRESS >> 12) + DATA_INDEX) & 511];
}

static void check_one_entry(struct context *c)
{
	uint32_t *old = pages_alloc(1), *new = pages_alloc(1), *newer = pages_alloc(1);

	be_tracked(c, old);
	write64((uintptr_t)data_entry(c), (uintptr_t)new | ENTRY_RW);
	tap_is(read64((uintptr_t)data_entry(c)), (uintptr_t)new | ENTRY_RW,
	       "a write to a page table in use reaches memory");
	check_store(c, new, 0x7ab1e001, "a mov");
	tap_is(old[0], NR_QUIET - 1, "and not the page it named before");
	write32((uintptr_t)data_entry(c), (uint32_t)(uintptr_t)newer | ENTRY_RW);
	check_store(c, newer, 0x7ab1e002, "half a mov");
}

/* @pattern into all entries of @table, by a rep stos that goes down. */
static void fill_down(uint64_t *table, uint64_t pattern)
{
	uint64_t to = (uintptr_t)(table + 511), count = 512;

	__asm__ volatile("std; rep stosq; cld" : "+D"(to), "+c"(count) : "a"(pattern) : "memory");
}

/* rep movs from a page of RAM. */
static void check_copy(struct context *c)
{
	uint32_t *page = pages_alloc(1), *other = pages_alloc(1);
	uint64_t *copy = pages_alloc(1), from = (uintptr_t)copy, to = (uintptr_t)c->table;
	uint64_t count = 512;

	be_tracked(c, page);
	fill_down(copy, (uintptr_t)other | ENTRY_RW);
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	tap_ok(!memcmp(copy, c->table, PAGE_SIZE), "rep movs writes a whole page table");
	check_store(c, other, 0x7ab1e003, "rep movs");
}

static void check_fill(struct context *c)
{
	uint32_t *page = pages_alloc(1), *other = pages_alloc(1);
	uint64_t *copy = pages_alloc(1);

	be_tracked(c, page);
	fill_down(copy, (uintptr_t)other | ENTRY_RW);
	fill_down(c->table, (uintptr_t)other | ENTRY_RW);
	tap_ok(!memcmp(copy, c->table, PAGE_SIZE), "rep stos downwards fills a whole page table");
	check_store(c, other, 0x7ab1e004, "rep stos");
}

/* The page directory's entry goes to a new table; the old one is data from then on. */
static void check_reuse(struct context *c)
{
	uint32_t *page = pages_alloc(1);
	uint64_t *table = pages_alloc(1), *pd = c->table - 512, *old = c->table;
	uint32_t index = PPGTT_ADDRESS >> 21 & 511;
	uint8_t *bytes = (uint8_t *)old;
	bool ok = true;

	be_tracked(c, page);
	c->table = table;
	context_map(c, DATA_INDEX, page);
	write64((uintptr_t)&pd[index], (uintptr_t)table | ENTRY_RW);
	write64((uintptr_t)old, 0);
	__asm__ volatile("lock; incq (%0)" : : "r"(old) : "memory");
	__asm__ volatile("lock; orl $0x100, (%0)" : : "r"(old) : "memory");
	tap_is(old[0], 0x101, "locked instructions work on a page that was a page table");
	for (uint32_t i = 0; i < PAGE_SIZE; i += 7) {
		write8((uintptr_t)bytes + i, (uint8_t)(i * 7));
	}
	for (uint32_t i = 0; i < PAGE_SIZE; i += 7) {
		ok = ok && bytes[i] == (uint8_t)(i * 7);
	}
	tap_ok(ok, "a page that was a page table holds data");
	check_store(c, page, 0x7ab1e005, "a page directory");
}

void check_tables(void)
{
	static void (*const checks[])(struct context *) = {
		check_one_entry, check_copy, check_fill, check_reuse,
	};

	if (!tap_ok(engine_start(&engine), "the engine takes a status page")) {
		return;
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(checks); i++) {
		struct context c; /* one that has tables nobody knows */

		if (!tap_ok(context_make(&c, 3 + i), "a context fits")) {
			return;
		}
		checks[i](&c);
	}
}
