/* ws_tls.c - see ws_tls.h. */
#include "common/sys/ws_tls.h"

#include <errno.h>
#include <stdio.h>

#include <event2/util.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

/* An address is compared with the certificate's addresses and has no SNI (RFC 6066, 3). */
static void name_set(SSL *ssl, const char *host)
{
	AUTO(alloc_free) char *name = alloc_text(host); /* OpenSSL's macro takes no const */
	struct in6_addr address;

	if (evutil_inet_pton(AF_INET, host, &address) == 1 ||
		evutil_inet_pton(AF_INET6, host, &address) == 1) {
		must(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1);
		return;
	}
	must(SSL_set1_host(ssl, host) == 1);
	must(SSL_set_tlsext_host_name(ssl, name) == 1);
}

int ws_tls_new(const char *host, const char *ca_file, SSL **ssl_out, struct err *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	int trusted;

	must(context != NULL);
	must(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	trusted = ca_file ? SSL_CTX_load_verify_file(context, ca_file)
			  : SSL_CTX_set_default_verify_paths(context);
	if (trusted != 1) {
		SSL_CTX_free(context);
		ERR_clear_error();
		return err_set(err, -EINVAL, "%s: no certificates that can be read",
			ca_file ? ca_file : "the system's store");
	}

	*ssl_out = SSL_new(context);
	must(*ssl_out != NULL);
	SSL_CTX_free(context); /* the SSL holds it */
	name_set(*ssl_out, host);
	return 0;
}

void ws_tls_say(const SSL *ssl, unsigned long code, char *out, size_t size)
{
	long verified = SSL_get_verify_result(ssl);
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (verified != X509_V_OK)
		snprintf(out, size, "TLS: the certificate is refused: %s",
			X509_verify_cert_error_string(verified));
	else
		snprintf(out, size, "TLS: %s", reason ? reason : "the connection was broken off");
}
