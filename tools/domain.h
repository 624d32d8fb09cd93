/* SPDX-License-Identifier: MIT */
/* Does a domain exist?  The one question the tools have for Xen itself. */
#ifndef TOOLS_DOMAIN_H
#define TOOLS_DOMAIN_H

enum domain_state {
	DOMAIN_UNKNOWN, /* built without Xen, or xenstore does not answer us */
	DOMAIN_MISSING,
	DOMAIN_EXISTS,
};

/* @domain is a domain id, or else a name. */
enum domain_state domain_look_up(const char *domain);

#endif
