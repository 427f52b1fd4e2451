/* token_keys.c - see token_keys.h. */
#include "apid/token_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"

static int not_after_of(const X509 *certificate, struct wall *out)
{
	struct tm tm = {0};

	if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) != 1)
		return -EINVAL;
	*out = (struct wall){(int64_t)timegm(&tm) * 1000000};
	return 0;
}

static int read_certificate(const char *pem, struct keyset_key *key, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	int r = -EINVAL;

	BIO_free(bio);
	ERR_clear_error();
	if (!certificate)
		return err_set(err, -EINVAL, "kid %s: no PEM certificate", key->kid);
	key->public_key = X509_get_pubkey(certificate);
	if (!key->public_key || EVP_PKEY_get_base_id(key->public_key) != EVP_PKEY_RSA)
		err_set(err, r, "kid %s: not an RSA key", key->kid);
	else if (EVP_PKEY_get_bits(key->public_key) < KEYSET_MIN_BITS)
		err_set(err, r, "kid %s: RSA key shorter than %d bits", key->kid, KEYSET_MIN_BITS);
	else if (not_after_of(certificate, &key->not_after) < 0)
		err_set(err, r, "kid %s: unreadable notAfter", key->kid);
	else
		r = 0;
	X509_free(certificate);
	ERR_clear_error();
	return r;
}

static int read_keys(const cJSON *document, struct keyset *keyset, struct err *err)
{
	const cJSON *item;

	if (!cJSON_IsObject(document))
		return err_set(err, -EINVAL, "not a JSON object");
	cJSON_ArrayForEach(item, document)
	{
		struct keyset_key *key = &keyset->keys[keyset->count];
		int r;

		if (keyset->count == KEYSET_MAX_KEYS)
			return err_set(err, -EINVAL, "more than %d keys", KEYSET_MAX_KEYS);
		if (!cJSON_IsString(item))
			return err_set(err, -EINVAL, "kid %s: not a string", item->string);
		key->kid = alloc_text(item->string);
		keyset->count++;
		r = read_certificate(item->valuestring, key, err);
		if (r < 0)
			return r;
	}
	if (!keyset->count)
		return err_set(err, -EINVAL, "no keys");
	return 0;
}

int keyset_parse(const char *body, size_t length, struct keyset **keyset_out, struct err *err)
{
	AUTO(keyset_free) struct keyset *keyset = alloc_zero(sizeof(*keyset));
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;
	int r;

	if (length > KEYSET_MAX_BODY)
		return err_set(err, -EINVAL, "more than %d bytes", KEYSET_MAX_BODY);
	r = json_parse(body, length, &document, &fault);
	if (r < 0)
		return err_set(err, -EINVAL, "%s", fault.text);
	r = read_keys(document, keyset, err);
	if (r < 0)
		return r;
	*keyset_out = TAKE(keyset);
	return 0;
}

void keyset_free(struct keyset **keyset)
{
	if (!*keyset)
		return;
	for (size_t i = 0; i < (*keyset)->count; i++) {
		alloc_free(&(*keyset)->keys[i].kid);
		EVP_PKEY_free((*keyset)->keys[i].public_key);
	}
	alloc_free(keyset);
}

const struct keyset_key *keyset_find(const struct keyset *keyset, const char *kid)
{
	for (size_t i = 0; i < keyset->count; i++)
		if (strcmp(keyset->keys[i].kid, kid) == 0)
			return &keyset->keys[i];
	return NULL;
}

/* Seconds from at most nine digits; -1 when there are none. */
static int64_t read_seconds(const char *text)
{
	int64_t seconds = 0;
	size_t digits = strspn(text, "0123456789");

	if (!digits)
		return -1;
	for (size_t i = 0; i < digits && i < 9; i++)
		seconds = seconds * 10 + (text[i] - '0');
	return seconds;
}

struct span keyset_lifetime(const char *cache_control, const char *age)
{
	const char *at = cache_control ? strcasestr(cache_control, "max-age=") : NULL;
	int64_t seconds = at ? read_seconds(at + strlen("max-age=")) : -1;
	int64_t passed = age ? read_seconds(age) : 0;

	if (seconds < 0)
		seconds = 3600;
	if (passed > 0)
		seconds -= passed;
	if (seconds < 300)
		seconds = 300;
	return span_sec(seconds > 86400 ? 86400 : seconds);
}
