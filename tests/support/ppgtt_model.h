/* SPDX-License-Identifier: MIT */
/*
 * What a PPGTT's shadow should be: a walk of the guest's tables that knows nothing of ours, and a
 * census of the shadow's own structure.
 */
#ifndef PPGTT_MODEL_H
#define PPGTT_MODEL_H

#include "fake_guest.h"
#include "ppgtt_internal.h"

/* As gt_ppgtt_lookup() has it if nothing is out of date. */
gt_spte_t ppgtt_model_lookup(const struct fake_guest *g, uint64_t root, gt_gma_t gma);

/*
 * Counts everything anew: parents of each table, tables and slots, the list, the hash, tracked
 * pages.  Aborts with a line that says what is wrong.
 */
void ppgtt_model_census(const struct gt_ppgtt *p, const struct fake_guest *g);

/* A write of the guest's CPU: a request if the page is tracked, as Xen would have it. */
void ppgtt_model_cpu_write(struct gt_vgpu *v, struct fake_guest *g, gt_gpa_t gpa, uint64_t val);

#endif
