/* SPDX-License-Identifier: MIT */
/* VNC clients that come from elsewhere: encrypted, and let in by a password. */
#ifndef TOOLS_VNC_TLS_H
#define TOOLS_VNC_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vnc_tls;

/*
 * Read the key, the certificate (PEM) and the password, the first line of its file.  True, or false
 * after a complaint that says what is wrong.  Once, before any client.
 */
bool vnc_tls_init(const char *key_path, const char *cert_path, const char *password_path);
/*
 * Greet a client, up to and with RFB's word that it is let in: VeNCrypt's X509Plain, any user name
 * and the password.  Blocks, for ten seconds at most.  NULL: it was turned away.
 */
struct vnc_tls *vnc_tls_accept(int fd);
void vnc_tls_close(struct vnc_tls *t);

/* As recv() and send(): 0 or negative when that is over, never EINTR.  By one thread at a time. */
ssize_t vnc_tls_recv(struct vnc_tls *t, void *to, size_t size_B);
ssize_t vnc_tls_send(struct vnc_tls *t, const void *from, size_t size_B);
/* Whether vnc_tls_recv() has something though the descriptor is not readable. */
bool vnc_tls_pending(const struct vnc_tls *t);

#endif
