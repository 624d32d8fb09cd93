/* SPDX-License-Identifier: MIT */
/*
 * Domains as xenstore has them, so that "there is no such domain" and "that domain has no vGPU" can
 * be told apart.  Built --without-xen it knows nothing.
 */
#define _GNU_SOURCE
#include "config.h"
#include "domain.h"

#ifdef HAVE_XEN

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

/* Whether the domain at /local/domain/@id is @domain by id or by name. */
static bool is_domain(struct xs_handle *xs, const char *id, const char *domain)
{
	char *path, *name;
	bool same;

	if (!strcmp(id, domain)) {
		return true;
	}
	if (asprintf(&path, "/local/domain/%s/name", id) < 0) {
		return false;
	}
	name = xs_read(xs, XBT_NULL, path, NULL);
	same = name && !strcmp(name, domain);
	free(name);
	free(path);
	return same;
}

enum domain_state domain_look_up(const char *domain)
{
	enum domain_state state = DOMAIN_UNKNOWN;
	struct xs_handle *xs = xs_open(0);
	unsigned nr = 0;
	char **ids;

	if (!xs) {
		return DOMAIN_UNKNOWN;
	}
	ids = xs_directory(xs, XBT_NULL, "/local/domain", &nr);
	if (ids) {
		state = DOMAIN_MISSING;
		for (unsigned i = 0; i < nr && state == DOMAIN_MISSING; i++) {
			state = is_domain(xs, ids[i], domain) ? DOMAIN_EXISTS : DOMAIN_MISSING;
		}
		free(ids);
	}
	xs_close(xs);
	return state;
}

#else

enum domain_state domain_look_up(const char *domain)
{
	return DOMAIN_UNKNOWN;
}

#endif
