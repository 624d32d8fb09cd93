/* SPDX-License-Identifier: MIT */
/*
 * TLS and the password of VNC clients that come from elsewhere.
 *
 * Decided here and not left to neatvnc, whose versions differ in it, and which would see clients
 * that have not said the password.  RFC 6143, 7.1; VeNCrypt 0.2, X509Plain, as TigerVNC speaks it:
 * all that is offered.  A wrong password costs a second in which no other is looked at, whoever
 * sends it.
 */
#define _GNU_SOURCE
#include "config.h"

#include "vnc_tls.h"

#include <stdio.h>

#include "common.h"

#ifdef HAVE_GNUTLS

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <gnutls/gnutls.h>

#define GREETING_ms    10000
#define SLICE_ms       500 /* after which the time is looked at */
#define WRONG_ms       1000
#define MAX_PASSWORD_B 256
#define VENCRYPT       19
#define X509_PLAIN     262

struct vnc_tls {
	gnutls_session_t session;
	uint64_t until_ms; /* of the greeting */
};

static struct {
	gnutls_certificate_credentials_t creds;
	char password[MAX_PASSWORD_B]; /* padded with zeros */
	pthread_mutex_t wrong;
} secret = { .wrong = PTHREAD_MUTEX_INITIALIZER };

static void set_slice(int fd, unsigned ms)
{
	const struct timeval t = { ms / 1000, ms % 1000 * 1000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

/* --- the secret ----------------------------------------------------------------------------- */

static bool read_password(const char *path)
{
	FILE *f = fopen(path, "re");
	bool good = f && fgets(secret.password, sizeof(secret.password), f);
	size_t len = good ? strcspn(secret.password, "\r\n") : 0;

	if (f) {
		fclose(f);
	}
	if (!f) {
		complain("cannot read %s: %s", path, strerror(errno));
	} else if (!len || len >= MAX_PASSWORD_B - 1) {
		complain("%s: its first line must be a password of 1 to %u bytes", path,
			 MAX_PASSWORD_B - 2);
	}
	memset(secret.password + len, 0, sizeof(secret.password) - len);
	return len && len < MAX_PASSWORD_B - 1;
}

bool vnc_tls_init(const char *key_path, const char *cert_path, const char *password_path)
{
	int ret = gnutls_certificate_allocate_credentials(&secret.creds);

	if (ret >= 0) {
		ret = gnutls_certificate_set_x509_key_file(secret.creds, cert_path, key_path,
							   GNUTLS_X509_FMT_PEM);
	}
	if (ret < 0) {
		complain("cannot use %s with %s: %s", key_path, cert_path, gnutls_strerror(ret));
		return false;
	}
	return read_password(password_path);
}

/* In a time that does not tell how much of it is right. */
static bool is_right(const char said[MAX_PASSWORD_B])
{
	unsigned char differs = 0;

	for (size_t i = 0; i < MAX_PASSWORD_B; i++) {
		differs |= (unsigned char)(said[i] ^ secret.password[i]);
	}
	return !differs;
}

/* --- in the clear --------------------------------------------------------------------------- */

static bool get(int fd, uint64_t until_ms, void *to, size_t size_B)
{
	while (size_B && now_ms() < until_ms) {
		ssize_t n = recv(fd, to, size_B, 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			continue;
		}
		if (n <= 0) {
			return false;
		}
		to = (char *)to + n;
		size_B -= (size_t)n;
	}
	return !size_B;
}

static bool put(int fd, const void *from, size_t size_B)
{
	return send(fd, from, size_B, MSG_NOSIGNAL) == (ssize_t)size_B;
}

/* Up to VeNCrypt's word that TLS begins. */
static bool agree(int fd, uint64_t until_ms)
{
	static const unsigned char types[] = { 1, VENCRYPT }, version[] = { 0, 2 };
	static const unsigned char subtypes[] = { 1, 0, 0, X509_PLAIN >> 8, X509_PLAIN & 0xff };
	unsigned char b[12];

	if (!put(fd, "RFB 003.008\n", 12) || !get(fd, until_ms, b, 12) ||
	    memcmp(b, "RFB 003.008\n", 12) || !put(fd, types, 2) || !get(fd, until_ms, b, 1) ||
	    b[0] != VENCRYPT || !put(fd, version, 2) || !get(fd, until_ms, b, 2)) {
		return false;
	}
	if (memcmp(b, version, 2) || !put(fd, "\0", 1) || !put(fd, subtypes, 5)) {
		return false;
	}
	return get(fd, until_ms, b, 4) && !memcmp(b, subtypes + 1, 4) && put(fd, "\1", 1);
}

/* --- encrypted ------------------------------------------------------------------------------ */

static bool is_passing(ssize_t ret)
{
	return ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED;
}

ssize_t vnc_tls_recv(struct vnc_tls *t, void *to, size_t size_B)
{
	ssize_t n;

	do {
		n = gnutls_record_recv(t->session, to, size_B);
	} while (is_passing(n) && now_ms() < t->until_ms);
	return n;
}

ssize_t vnc_tls_send(struct vnc_tls *t, const void *from, size_t size_B)
{
	ssize_t n;

	do {
		n = gnutls_record_send(t->session, from, size_B);
	} while (is_passing(n) && now_ms() < t->until_ms);
	return n;
}

bool vnc_tls_pending(const struct vnc_tls *t)
{
	return gnutls_record_check_pending(t->session) > 0;
}

static bool get_secret(struct vnc_tls *t, void *to, size_t size_B)
{
	while (size_B && now_ms() < t->until_ms) {
		ssize_t n = vnc_tls_recv(t, to, size_B);

		if (n <= 0) {
			return false;
		}
		to = (char *)to + n;
		size_B -= (size_t)n;
	}
	return !size_B;
}

static bool put_secret(struct vnc_tls *t, const void *from, size_t size_B)
{
	return vnc_tls_send(t, from, size_B) == (ssize_t)size_B;
}

/* The name is read and forgotten. */
static bool get_password(struct vnc_tls *t, char said[MAX_PASSWORD_B])
{
	unsigned char b[8];
	char name[MAX_PASSWORD_B];
	uint32_t name_B, said_B;

	if (!get_secret(t, b, 8)) {
		return false;
	}
	name_B = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	said_B = (uint32_t)b[4] << 24 | (uint32_t)b[5] << 16 | (uint32_t)b[6] << 8 | b[7];
	return name_B <= sizeof(name) && said_B < MAX_PASSWORD_B && get_secret(t, name, name_B) &&
	       get_secret(t, said, said_B);
}

static bool let_in(struct vnc_tls *t)
{
	static const char no[] = "\0\0\0\1\0\0\0\16wrong password";
	const struct timespec wrong = { WRONG_ms / 1000, WRONG_ms % 1000 * 1000000L };
	char said[MAX_PASSWORD_B] = { 0 };
	bool right;

	if (!get_password(t, said)) {
		return false;
	}
	pthread_mutex_lock(&secret.wrong);
	right = is_right(said);
	if (!right) {
		nanosleep(&wrong, NULL);
	}
	pthread_mutex_unlock(&secret.wrong);
	return right ? put_secret(t, "\0\0\0\0", 4) : put_secret(t, no, sizeof(no) - 1) && false;
}

static bool begin_tls(struct vnc_tls *t, int fd)
{
	int ret;

	if (gnutls_init(&t->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL) < 0) {
		t->session = NULL;
		return false;
	}
	if (gnutls_set_default_priority(t->session) < 0 ||
	    gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE, secret.creds) < 0) {
		return false;
	}
	gnutls_transport_set_int(t->session, fd);
	gnutls_handshake_set_timeout(t->session, GREETING_ms);
	do {
		ret = gnutls_handshake(t->session);
	} while (ret < 0 && !gnutls_error_is_fatal(ret) && now_ms() < t->until_ms);
	return ret >= 0;
}

struct vnc_tls *vnc_tls_accept(int fd)
{
	struct vnc_tls *t = calloc(1, sizeof(*t));

	if (!t) {
		return NULL;
	}
	t->until_ms = now_ms() + GREETING_ms;
	set_slice(fd, SLICE_ms);
	if (!agree(fd, t->until_ms) || !begin_tls(t, fd) || !let_in(t)) {
		vnc_tls_close(t);
		return NULL;
	}
	set_slice(fd, 0);
	t->until_ms = UINT64_MAX;
	return t;
}

void vnc_tls_close(struct vnc_tls *t)
{
	if (t && t->session) {
		gnutls_deinit(t->session);
	}
	free(t);
}

#else /* without it nobody comes from elsewhere */

bool vnc_tls_init(const char *key_path, const char *cert_path, const char *password_path)
{
	complain("this xengt-vnc was built without GnuTLS, so it listens for this machine alone");
	return false;
}

struct vnc_tls *vnc_tls_accept(int fd)
{
	return NULL;
}

void vnc_tls_close(struct vnc_tls *t)
{
}

ssize_t vnc_tls_recv(struct vnc_tls *t, void *to, size_t size_B)
{
	return -1;
}

ssize_t vnc_tls_send(struct vnc_tls *t, const void *from, size_t size_B)
{
	return -1;
}

bool vnc_tls_pending(const struct vnc_tls *t)
{
	return false;
}

#endif
