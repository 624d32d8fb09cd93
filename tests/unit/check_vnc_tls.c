/* SPDX-License-Identifier: MIT */
/* xengt-vnc and clients that are elsewhere: a password, and nothing in clear text. */
#define _GNU_SOURCE
#include "config.h"

#include "serving.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <check.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "rfb.h"
#include "test_run.h"

static struct serving w;
static pid_t worker, vnc;

/* What certtool makes of "--generate-self-signed", in w.dir. */
static void write_pem(const char *name, const gnutls_datum_t *pem)
{
	char file[96];
	FILE *f;

	snprintf(file, sizeof(file), "%s/%s", w.dir, name);
	f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(pem->data, 1, pem->size, f), pem->size);
	ck_assert_int_eq(fclose(f), 0);
}

static void make_certificate(void)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t cert;
	gnutls_datum_t pem;

	ck_assert_int_eq(gnutls_x509_privkey_init(&key), 0);
	ck_assert_int_eq(gnutls_x509_crt_init(&cert), 0);
	ck_assert_int_eq(gnutls_x509_privkey_generate(
				 key, GNUTLS_PK_ECDSA,
				 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
	gnutls_x509_crt_set_version(cert, 3);
	gnutls_x509_crt_set_serial(cert, "\1", 1);
	gnutls_x509_crt_set_activation_time(cert, time(NULL) - 60);
	gnutls_x509_crt_set_expiration_time(cert, time(NULL) + 3600);
	gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, "guest", 5);
	ck_assert_int_eq(gnutls_x509_crt_set_key(cert, key), 0);
	ck_assert_int_eq(gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0), 0);
	ck_assert_int_eq(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
	write_pem("key", &pem);
	gnutls_free(pem.data);
	ck_assert_int_eq(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &pem), 0);
	write_pem("cert", &pem);
	gnutls_free(pem.data);
	pem = (gnutls_datum_t){ (unsigned char *)"sesame\n", 7 };
	write_pem("password", &pem);
	gnutls_x509_crt_deinit(cert);
	gnutls_x509_privkey_deinit(key);
}

static unsigned listen_port;

static void set_up_tls(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t addr_B = sizeof(addr);
	char where[32], files[3][96];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	/* A port that is free, and stays so for the moment. */
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &addr_B), 0);
	listen_port = ntohs(addr.sin_port);
	close(fd);
	serving_open(&w);
	serving_show(&w);
	worker = serving_fork(&w);
	make_certificate();
	snprintf(where, sizeof(where), "127.0.0.1:%u", listen_port);
	snprintf(files[0], sizeof(files[0]), "%s/key", w.dir);
	snprintf(files[1], sizeof(files[1]), "%s/cert", w.dir);
	snprintf(files[2], sizeof(files[2]), "%s/password", w.dir);
	vnc = fork();
	if (!vnc) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("./xengt-vnc", "xengt-vnc", "guest", "--listen", where, "--tls-key", files[0],
		      "--tls-cert", files[1], "--password-file", files[2], NULL);
		_exit(127);
	}
}

static void tear_down_tls(void)
{
	static const char *const names[] = { "key", "cert", "password" };

	for (unsigned i = 0; i < 3; i++) {
		char file[96];

		snprintf(file, sizeof(file), "%s/%s", w.dir, names[i]);
		unlink(file);
	}
	serving_end(&vnc, SIGTERM);
	serving_end(&worker, SIGKILL);
	serving_close(&w);
}

static int dial_tls(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	const struct timespec t = { .tv_nsec = 20000000 };

	addr.sin_port = htons((uint16_t)listen_port);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (unsigned i = 0; i < RFB_PATIENCE_ms / 20; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
			return fd;
		}
		close(fd);
		nanosleep(&t, NULL);
	}
	ck_abort_msg("xengt-vnc does not listen");
	return -1;
}

static void get_tls(gnutls_session_t s, void *to, size_t size_B)
{
	for (size_t at = 0; at < size_B;) {
		ssize_t n = gnutls_record_recv(s, (char *)to + at, size_B - at);

		ck_assert_int_gt(n, 0);
		at += (size_t)n;
	}
}

/* A client that says @password; RFB's verdict. What it is told when it is let in is checked. */
static unsigned try_password(const char *password)
{
	unsigned char b[24], hello[64] = { 0 };
	gnutls_certificate_credentials_t creds;
	gnutls_session_t s;
	unsigned verdict;
	int fd = dial_tls();

	rfb_get(fd, b, 12);
	rfb_put(fd, "RFB 003.008\n", 12);
	rfb_get(fd, b, 2);
	ck_assert(b[0] == 1 && b[1] == 19);
	rfb_put(fd, "\23", 1);
	rfb_get(fd, b, 2);
	rfb_put(fd, "\0\2", 2);
	rfb_get(fd, b, 6);
	rfb_put(fd, "\0\0\1\6", 4);
	rfb_get(fd, b, 1);
	ck_assert_uint_eq(b[0], 1);
	gnutls_init(&s, GNUTLS_CLIENT);
	gnutls_certificate_allocate_credentials(&creds);
	gnutls_set_default_priority(s);
	gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, creds);
	gnutls_transport_set_int(s, fd);
	ck_assert_int_eq(gnutls_handshake(s), 0);
	hello[3] = 2;
	hello[7] = (unsigned char)strlen(password);
	memcpy(hello + 8, "me", 2);
	memcpy(hello + 10, password, strlen(password));
	gnutls_record_send(s, hello, 10 + strlen(password));
	get_tls(s, b, 4);
	verdict = b[3];
	if (!verdict) {
		gnutls_record_send(s, "\1", 1);
		get_tls(s, b, 24);
		ck_assert_uint_eq((unsigned)(b[0] << 8 | b[1]), 256);
	}
	gnutls_deinit(s);
	gnutls_certificate_free_credentials(creds);
	close(fd);
	return verdict;
}

START_TEST(whoever_is_elsewhere_says_the_password_and_is_encrypted)
{
	unsigned char b[24];
	int fd;

	ck_assert_uint_eq(try_password("sesame"), 0);
	ck_assert_uint_eq(try_password("sesam"), 1);
	ck_assert_uint_eq(try_password("sesame2"), 1);
	ck_assert_uint_eq(try_password(""), 1);
	fd = dial_tls();
	rfb_get(fd, b, 12);
	rfb_put(fd, "RFB 003.008\n\1\1", 14);
	rfb_get(fd, b, 2);
	ck_assert_int_eq(recv(fd, b, 1, 0) > 0, 0);
	close(fd);
	ck_assert_uint_eq(try_password("sesame"), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vnc_tls");
	TCase *t = tcase_create("encrypted");

	tcase_add_checked_fixture(t, set_up_tls, tear_down_tls);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, whoever_is_elsewhere_says_the_password_and_is_encrypted);
	suite_add_tcase(s, t);
	return test_run(s);
}
