/* ws_peer.h - the other end for test_ws_client.c, on the same loop: says what it is told, in pieces of one byte if asked,
 * and keeps what it hears. Plain or over TLS with a certificate made on the spot. */
#pragma once

#include <arpa/inet.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/ws_handshake.h"

enum {
	PEER_KEPT = 64 * 1024,
};

struct peer {
	struct event_base *base;
	struct evconnlistener *listener;
	SSL_CTX *tls; /* NULL: plain */
	int port;
	struct bufferevent *bev;
	struct event *drip;

	/* what it does */
	const char *head;   /* NULL: the right one; `$` stands for the right accept */
	const char *frames; /* behind the head */
	size_t frames_length;
	bool one_by_one, hangs_up, silent, deaf;

	/* what it saw */
	bool shaken;
	char request[4096];
	unsigned char heard[PEER_KEPT]; /* behind the request */
	size_t heard_length;
	int connections;
	bool ended;
	struct evbuffer *out;
};

static inline void peer_drip(evutil_socket_t fd, short what, void *owner)
{
	struct peer *peer = owner;
	size_t length = evbuffer_get_length(peer->out);
	char byte;

	(void)fd;
	(void)what;
	if (!peer->bev)
		return;
	if (!peer->one_by_one) {
		bufferevent_write_buffer(peer->bev, peer->out);
	} else if (length > 0) {
		evbuffer_remove(peer->out, &byte, 1);
		bufferevent_write(peer->bev, &byte, 1);
	}
	if (evbuffer_get_length(peer->out) > 0)
		event_active(peer->drip, EV_TIMEOUT, 0);
}

/* All that it had to say is out. */
static inline void peer_written(struct bufferevent *bev, void *owner)
{
	struct peer *peer = owner;

	if (!peer->hangs_up || !peer->shaken || evbuffer_get_length(peer->out) > 0)
		return;
	bufferevent_free(bev);
	peer->bev = NULL;
}

static inline void peer_say(struct peer *peer, const void *bytes, size_t length)
{
	evbuffer_add(peer->out, bytes, length);
	event_active(peer->drip, EV_TIMEOUT, 0);
}

static inline void peer_say_head(struct peer *peer)
{
	static const char right[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
				    "Connection: Upgrade\r\nSec-WebSocket-Accept: $\r\n\r\n";
	const char *key = strstr(peer->request, "Sec-WebSocket-Key: ");
	const char *head = peer->head ? peer->head : right;
	char key_text[WS_KEY_TEXT], accept[WS_ACCEPT_TEXT];

	must(key != NULL);
	snprintf(key_text, sizeof(key_text), "%.24s", key + strlen("Sec-WebSocket-Key: "));
	ws_accept(key_text, accept);
	for (; *head; head++) {
		if (*head == '$')
			evbuffer_add(peer->out, accept, strlen(accept));
		else
			evbuffer_add(peer->out, head, 1);
	}
	peer_say(peer, peer->frames, peer->frames_length);
	if (peer->hangs_up && evbuffer_get_length(peer->out) == 0)
		bufferevent_trigger(peer->bev, EV_WRITE, BEV_OPT_DEFER_CALLBACKS);
}

static inline void peer_read(struct bufferevent *bev, void *owner)
{
	struct peer *peer = owner;
	struct evbuffer *in = bufferevent_get_input(bev);

	if (!peer->shaken) {
		struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);

		if (end.pos < 0 || peer->silent)
			return;
		must((size_t)end.pos + 5 < sizeof(peer->request));
		evbuffer_remove(in, peer->request, (size_t)end.pos + 4);
		peer->request[end.pos + 4] = '\0';
		peer->shaken = true;
		peer_say_head(peer);
	}
	peer->heard_length += (size_t)evbuffer_remove(
		in, peer->heard + peer->heard_length, sizeof(peer->heard) - peer->heard_length);
}

static inline void peer_event(struct bufferevent *bev, short what, void *owner)
{
	struct peer *peer = owner;

	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) == 0)
		return;
	peer->ended = true;
	bufferevent_free(bev);
	peer->bev = NULL;
}

static inline void peer_accept(struct evconnlistener *listener, evutil_socket_t fd,
	struct sockaddr *from, int length, void *owner)
{
	const int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	struct peer *peer = owner;

	(void)listener;
	(void)from;
	(void)length;
	peer->connections++;
	peer->bev = peer->tls ? bufferevent_openssl_socket_new(peer->base, fd, SSL_new(peer->tls),
					BUFFEREVENT_SSL_ACCEPTING, options)
			      : bufferevent_socket_new(peer->base, fd, options);
	must(peer->bev != NULL);
	bufferevent_setcb(peer->bev, peer_read, peer_written, peer_event, peer);
	bufferevent_enable(peer->bev, peer->deaf ? EV_WRITE : EV_READ | EV_WRITE);
}

static inline void peer_open(struct peer *peer, struct event_base *base, SSL_CTX *tls)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);

	*peer = (struct peer){.base = base, .tls = tls, .out = evbuffer_new()};
	peer->drip = event_new(base, -1, 0, peer_drip, peer);
	peer->listener = evconnlistener_new_bind(base, peer_accept, peer,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 8, (struct sockaddr *)&address,
		sizeof(address));
	must(peer->listener != NULL);
	must(getsockname(evconnlistener_get_fd(peer->listener), (struct sockaddr *)&address,
		     &length) == 0);
	peer->port = ntohs(address.sin_port);
}

static inline void peer_close(struct peer *peer)
{
	if (peer->bev)
		bufferevent_free(peer->bev);
	event_free(peer->drip);
	evbuffer_free(peer->out);
	evconnlistener_free(peer->listener);
}

/* The n-th frame of what was heard, unmasked, as text in out; its opcode, or -1 when there is none. masked_out: it was. */
static inline int peer_frame(
	const struct peer *peer, int nth, char *out, size_t size, bool *masked_out)
{
	const unsigned char *at = peer->heard, *end = at + peer->heard_length;

	for (;; nth--) {
		size_t length, head = 6;

		if (end - at < 2)
			return -1;
		length = at[1] & 0x7f;
		must(length < 126);
		*masked_out = (at[1] & 0x80) != 0;
		head = *masked_out ? 6 : 2;
		if ((size_t)(end - at) < head + length)
			return -1;
		if (nth == 0) {
			for (size_t i = 0; i < length && i + 1 < size; i++)
				out[i] = (char)(at[head + i] ^ (*masked_out ? at[2 + i % 4] : 0));
			out[length < size ? length : size - 1] = '\0';
			return at[0] & 0x0f;
		}
		at += head + length;
	}
}

/* A self-signed certificate, which is its own authority: for name (`DNS:...` or `IP:...`), valid for days from now
 * (negative: it has run out). Writes it to a file of that name and gives the server's side. */
static inline SSL_CTX *peer_certificate(const char *name, int days, const char *file)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, name);
	FILE *out = fopen(file, "w");

	must(key && cert && tls && names && out);
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400 * 30);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * days);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
		(const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_set_pubkey(cert, key);
	must(X509_add_ext(cert, names, -1) == 1 && X509_sign(cert, key, EVP_sha256()) > 0);
	must(PEM_write_X509(out, cert) == 1 && fclose(out) == 0);
	must(SSL_CTX_use_certificate(tls, cert) == 1 && SSL_CTX_use_PrivateKey(tls, key) == 1);
	X509_EXTENSION_free(names);
	X509_free(cert);
	EVP_PKEY_free(key);
	return tls;
}
