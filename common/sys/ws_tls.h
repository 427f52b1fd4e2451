/* ws_tls.h - the TLS of ws_client.h; nobody else includes it. */
#pragma once

#include <stddef.h>

#include <openssl/ssl.h>

#include "common/sys/err.h"

/* A client's end for one connection to host: chain and name are verified, TLS 1.2 at least. 0, or -EINVAL when ca_file
 * cannot be used. */
int ws_tls_new(const char *host, const char *ca_file, SSL **ssl_out, struct err *err) MUST_CHECK;

/* What OpenSSL says about a connection that failed; code from bufferevent_get_openssl_error, 0 = none. */
void ws_tls_say(const SSL *ssl, unsigned long code, char *out, size_t size);
