/* SPDX-License-Identifier: MIT */
/* What xengt-vnc's command line says: where to listen, for whom. */
#define _GNU_SOURCE
#include "config.h"

#include "vnc_settings.h"

#include <stdlib.h>

#include "args.h"

static const char usage_text[] =
	"Usage: xengt-vnc DOMAIN [--head N] [--unix PATH | --port N | --listen ADDRESS:PORT\n"
	"                 --password-file FILE --tls-key FILE --tls-cert FILE] [--view-only]\n"
	"                 [--percent N] [--draw-cursor]\n\n"
	"Serve a head of a guest with a vGPU to VNC clients, until the guest is gone.\n\n"
	"  --head N       the head, from 0, the default\n"
	"  --unix PATH    listen on a unix socket there, for this user alone\n"
	"                 [/run/xengt/vnc-DOMID-HEAD.sock]\n"
	"  --port N       listen on port N of 127.0.0.1 instead, for every user of this machine\n"
	"  --listen ADDRESS:PORT\n"
	"                 listen there instead, encrypted, for whoever knows the password\n"
	"  --password-file FILE\n"
	"                 the password is its first line\n"
	"  --tls-key FILE, --tls-cert FILE\n"
	"                 the server's private key and certificate (PEM)\n"
	"  --percent N    spend N percent of a processor on pictures at most, the worker's\n"
	"                 part and all clients' included [30]\n"
	"  --draw-cursor  always have the guest's cursor in the picture; else a single client\n"
	"                 draws it where its pointer is\n"
	"  --view-only    take no keys, no pointer and no size\n"
	"  --help, --version\n";

static bool parse_number(const char *text, unsigned min, unsigned max, unsigned *out)
{
	char *end;
	unsigned long val = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || val < min || val > max) {
		complain("\"%s\" is no number from %u to %u", text, min, max);
		return false;
	}
	*out = (unsigned)val;
	return true;
}

static const struct option options[] = {
	{ "head", required_argument, NULL, 'H' },
	{ "unix", required_argument, NULL, 'u' },
	{ "port", required_argument, NULL, 'p' },
	{ "listen", required_argument, NULL, 'l' },
	{ "password-file", required_argument, NULL, 'P' },
	{ "tls-key", required_argument, NULL, 'k' },
	{ "tls-cert", required_argument, NULL, 'c' },
	{ "percent", required_argument, NULL, 'n' },
	{ "draw-cursor", no_argument, NULL, 'd' },
	{ "view-only", no_argument, NULL, 'v' },
	ARGS_HELP_AND_VERSION,
};

static bool take_option(int opt, void *into)
{
	struct vnc_settings *s = into;

	switch (opt) {
	case 'H':
		return parse_number(optarg, 0, 15, &s->head);
	case 'u':
		s->path = optarg;
		return true;
	case 'p':
		return parse_number(optarg, 1, 65535, &s->port);
	case 'l':
		s->listen = optarg;
		return true;
	case 'P':
		s->password_path = optarg;
		return true;
	case 'k':
		s->key_path = optarg;
		return true;
	case 'c':
		s->cert_path = optarg;
		return true;
	case 'n':
		return parse_number(optarg, 1, 100, &s->percent);
	case 'd':
		s->draw_cursor = true;
		return true;
	default:
		s->view_only = true;
		return true;
	}
}

static void complain_of_usage(void)
{
	complain("DOMAIN [--head N] [--unix PATH | --port N | --listen ADDRESS:PORT ...] "
		 "[--percent N] [--draw-cursor] [--view-only]; see --help");
}

/* One place to listen at; what is for others has a password and a key, and nothing else has. */
static bool is_consistent(const struct vnc_settings *s)
{
	unsigned nr = !!s->password_path + !!s->key_path + !!s->cert_path;

	if (s->listen && nr < 3) {
		complain("--listen needs --password-file, --tls-key and --tls-cert: without them "
			 "anybody could see and use the guest");
		return false;
	}
	if (!!s->path + !!s->port + !!s->listen > 1 || (!s->listen && nr)) {
		complain_of_usage();
		return false;
	}
	return true;
}

bool vnc_settings_take(struct vnc_settings *s, int argc, char **argv, enum exit_code *code)
{
	static const struct args_form form = {
		"xengt-vnc", usage_text, "hV", options, take_option,
	};
	int ret = args_take(argc, argv, &form, s, &s->domain);

	*code = ret >= 0 ? (enum exit_code)ret : EXIT_USAGE;
	return ret < 0 && is_consistent(s);
}
