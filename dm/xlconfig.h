/* SPDX-License-Identifier: MIT */
/* The vgt options of a domain, gathered from where an administrator may have put them. */
#ifndef DM_XLCONFIG_H
#define DM_XLCONFIG_H

#include "args.h"
#include "xlproc.h"

/*
 * Gather the options; @xl is NULL where another toolstack started us.  Later wins:
 *   1. the configuration file xl was started with
 *   2. -xengt words (device_model_args_hvm)
 *   3. KEY=VALUE words on xl's command line
 * 0, or negative errno and @err.
 */
int dm_xlconfig_gather(struct gt_options *o, const struct dm_xl *xl, const struct dm_args *args,
		       struct gt_error *err);

/* Only the keys of ours in a configuration's text; @source names it in errors. */
int dm_xlconfig_apply_text(struct gt_options *o, const char *text, size_t len, const char *source,
			   struct gt_error *err);

#endif
