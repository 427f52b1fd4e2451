/* token.c - see token.h. */
#include "apid/token.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "apid/base64url.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

struct parts {
	const char *header, *payload, *signature;
	size_t header_length, payload_length, signature_length;
};

static int refuse(const char **why_out, const char *why)
{
	*why_out = why;
	return -EACCES;
}

static int split(const char *text, struct parts *parts)
{
	const char *first = strchr(text, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;

	if (!second || strchr(second + 1, '.'))
		return -EINVAL;
	parts->header = text;
	parts->header_length = (size_t)(first - text);
	parts->payload = first + 1;
	parts->payload_length = (size_t)(second - first - 1);
	parts->signature = second + 1;
	parts->signature_length = strlen(second + 1);
	if (!parts->header_length || !parts->payload_length || !parts->signature_length)
		return -EINVAL;
	return 0;
}

/* A part that must be a JSON object; NULL when it is none. The caller frees. */
static cJSON *read_object(const char *text, size_t length)
{
	uint8_t bytes[BASE64URL_BYTES(TOKEN_MAX)];
	struct json_fault fault;
	cJSON *document = NULL;
	size_t used;

	if (base64url_decode(text, length, bytes, &used) < 0)
		return NULL;
	if (json_parse((const char *)bytes, used, &document, &fault) < 0)
		return NULL;
	if (!cJSON_IsObject(document))
		json_free(&document);
	return document;
}

static int judge_header(const cJSON *header, const struct keyset *keyset,
	const struct keyset_key **key_out, const char **why_out)
{
	const char *alg = json_text(header, "alg");
	const char *kid = json_text(header, "kid");
	const char *typ = json_text(header, "typ");

	if (!alg || strcmp(alg, "RS256") != 0)
		return refuse(why_out, "alg is not RS256");
	if (json_member(header, "typ") && (!typ || strcmp(typ, "JWT") != 0))
		return refuse(why_out, "typ is not JWT");
	if (json_member(header, "crit"))
		return refuse(why_out, "crit is not understood");
	if (!kid || !*kid)
		return refuse(why_out, "no kid");
	*key_out = keyset_find(keyset, kid);
	if (*key_out)
		return 0;
	*why_out = "unknown kid";
	return -ENOKEY;
}

static bool signature_holds(const struct parts *parts, EVP_PKEY *key)
{
	uint8_t signature[BASE64URL_BYTES(TOKEN_MAX)];
	size_t signed_length = (size_t)(parts->payload + parts->payload_length - parts->header);
	size_t length;
	bool holds = false;
	EVP_MD_CTX *md;

	if (base64url_decode(parts->signature, parts->signature_length, signature, &length) < 0)
		return false;
	if (length != (size_t)EVP_PKEY_get_size(key))
		return false;
	md = EVP_MD_CTX_new();
	if (md && EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1)
		holds = EVP_DigestVerify(md, signature, length,
				(const unsigned char *)parts->header, signed_length) == 1;
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return holds;
}

/* Whole seconds of a claim, digits only: Firebase writes nothing else, and 1e300 is no time. */
static bool read_time(const cJSON *claims, const char *name, struct wall *out)
{
	const cJSON *item = json_member(claims, name);
	const char *text = cJSON_IsNumber(item) ? json_decimal(claims, name) : NULL;
	int64_t seconds = 0;

	if (!text || !*text || strlen(text) > 11 || strspn(text, "0123456789") != strlen(text))
		return false;
	for (; *text; text++)
		seconds = seconds * 10 + (*text - '0');
	*out = (struct wall){seconds * 1000000};
	return true;
}

static bool times_hold(
	const cJSON *claims, struct wall now, struct token *token, const char **why_out)
{
	struct wall latest = wall_add(now, span_sec(TOKEN_SKEW_SEC));
	struct wall issued, from;

	*why_out = "exp";
	if (!read_time(claims, "exp", &token->expires) ||
		token->expires.us <= now.us - span_sec(TOKEN_SKEW_SEC).us)
		return false;
	*why_out = "iat";
	if (!read_time(claims, "iat", &issued) || issued.us > latest.us)
		return false;
	*why_out = "auth_time";
	if (!read_time(claims, "auth_time", &token->auth_time) || token->auth_time.us > latest.us)
		return false;
	*why_out = "nbf";
	if (!json_member(claims, "nbf"))
		return true;
	return read_time(claims, "nbf", &from) && from.us <= latest.us;
}

static bool read_sub(const cJSON *claims, struct token *token)
{
	const char *sub = json_text(claims, "sub");
	size_t chars = 0;

	if (!sub || !*sub || strlen(sub) >= TOKEN_UID)
		return false;
	for (const char *c = sub; *c; c++)
		chars += ((unsigned char)*c & 0xc0) != 0x80;
	if (chars > TOKEN_SUB_CHARS)
		return false;
	snprintf(token->uid, sizeof(token->uid), "%s", sub);
	return true;
}

static int judge_claims(const cJSON *claims, const char *project, struct wall now,
	struct token *token, const char **why_out)
{
	const char *aud = json_text(claims, "aud");
	const char *iss = json_text(claims, "iss");
	AUTO(alloc_free) char *issuer = alloc_print("https://securetoken.google.com/%s", project);

	if (!aud || strcmp(aud, project) != 0)
		return refuse(why_out, "aud");
	if (!iss || strcmp(iss, issuer) != 0)
		return refuse(why_out, "iss");
	if (!read_sub(claims, token))
		return refuse(why_out, "sub");
	if (json_member(json_member(claims, "firebase"), "tenant"))
		return refuse(why_out, "a tenant's token");
	if (!times_hold(claims, now, token, why_out))
		return -EACCES;
	return 0;
}

int token_verify(const char *text, const struct keyset *keyset, const char *project,
	struct wall now, struct token *out, const char **why_out)
{
	AUTO(json_free) cJSON *header = NULL;
	AUTO(json_free) cJSON *claims = NULL;
	const struct keyset_key *key = NULL;
	struct token token = {0};
	struct parts parts;
	int r;

	if (strnlen(text, TOKEN_MAX + 1) > TOKEN_MAX)
		return refuse(why_out, "too long");
	if (split(text, &parts) < 0)
		return refuse(why_out, "not three parts");
	header = read_object(parts.header, parts.header_length);
	if (!header)
		return refuse(why_out, "header is no JSON object in base64url");
	r = judge_header(header, keyset, &key, why_out);
	if (r < 0)
		return r;
	if (now.us > key->not_after.us)
		return refuse(why_out, "the key's certificate has run out");
	if (!signature_holds(&parts, key->public_key))
		return refuse(why_out, "signature");
	claims = read_object(parts.payload, parts.payload_length);
	if (!claims)
		return refuse(why_out, "payload is no JSON object in base64url");
	r = judge_claims(claims, project, now, &token, why_out);
	if (r < 0)
		return r;
	*out = token;
	*why_out = "";
	return 0;
}
