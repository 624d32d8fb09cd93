/* SPDX-License-Identifier: MIT */
/* What xengt-vnc's command line says. */
#ifndef TOOLS_VNC_SETTINGS_H
#define TOOLS_VNC_SETTINGS_H

#include <stdbool.h>

#include "common.h"

struct vnc_settings {
	const char *domain;
	const char *path; /* of the socket; NULL: the default */
	unsigned head, port;
	const char *listen; /* ADDRESS:PORT; NULL: not for others */
	const char *password_path, *key_path, *cert_path;
	unsigned percent; /* of a processor, to be spent on pictures; 0: the default */
	bool draw_cursor; /* in the picture, never by a client */
	bool view_only;
};

/* Fill in @s, all zeros.  False: there is nothing to serve, and all was said; end with *code. */
bool vnc_settings_take(struct vnc_settings *s, int argc, char **argv, enum exit_code *code);

#endif
