/* test_token.c - the attack corpus of ID tokens: each case is a good token with one thing wrong. Keys are made here. */
#include "apid/token.h"

#include <errno.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "apid/base64url.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "test/unit/unit.h"

#define KID "9a5198684793"
#define OTHER_KID "0b1c2d3e4f50"
#define PROJECT "hub-test"
#define NOW INT64_C(1764081000)
#define HEADER "{\"alg\":\"RS256\",\"kid\":\"" KID "\",\"typ\":\"JWT\"}"
#define ISS "\"iss\":\"https://securetoken.google.com/" PROJECT "\""
#define AUD "\"aud\":\"" PROJECT "\""
#define SUB "\"sub\":\"alice\""
#define TIMES "\"iat\":1764080000,\"exp\":1764083600,\"auth_time\":1764080000"
#define FIREBASE "\"firebase\":{\"identities\":{},\"sign_in_provider\":\"custom\"}"
#define CLAIMS "{" ISS "," AUD "," SUB "," TIMES "," FIREBASE "}"

struct keys {
	EVP_PKEY *key, *other, *small;
	char *pem, *other_pem, *small_pem;
	char *spki; /* the public key as PEM: public, and so what an HMAC forger has */
	struct keyset *keyset;
};

static EVP_PKEY *make_key(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	assert_non_null(key);
	return key;
}

static char *bio_text(BIO *bio)
{
	char *bytes = NULL;
	long length = BIO_get_mem_data(bio, &bytes);
	char *text = alloc_bytes(bytes, (size_t)length);

	BIO_free(bio);
	return text;
}

static char *make_certificate(EVP_PKEY *key, int64_t not_after)
{
	X509 *certificate = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	ASN1_TIME *until = ASN1_TIME_set(NULL, not_after);

	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_set1_notAfter(certificate, until);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
	ASN1_TIME_free(until);
	X509_free(certificate);
	return bio_text(bio);
}

static char *document_of(const char *kid, const char *pem, const char *kid2, const char *pem2)
{
	cJSON *document = cJSON_CreateObject();
	char *text;

	json_add_text(document, kid, pem);
	if (kid2)
		json_add_text(document, kid2, pem2);
	text = json_print(document);
	json_free(&document);
	return text;
}

static int make_keys(void **state)
{
	struct keys *keys = alloc_zero(sizeof(*keys));
	BIO *bio = BIO_new(BIO_s_mem());
	char *document;
	struct err err;

	keys->key = make_key(2048);
	keys->other = make_key(2048);
	keys->small = make_key(1024);
	keys->pem = make_certificate(keys->key, NOW + 1000000);
	keys->other_pem = make_certificate(keys->other, NOW - 100);
	keys->small_pem = make_certificate(keys->small, NOW + 1000000);
	PEM_write_bio_PUBKEY(bio, keys->key);
	keys->spki = bio_text(bio);
	document = document_of(KID, keys->pem, OTHER_KID, keys->other_pem);
	assert_int_equal(keyset_parse(document, strlen(document), &keys->keyset, &err), 0);
	alloc_free(&document);
	*state = keys;
	return 0;
}

static int free_keys(void **state)
{
	struct keys *keys = *state;

	EVP_PKEY_free(keys->key);
	EVP_PKEY_free(keys->other);
	EVP_PKEY_free(keys->small);
	alloc_free(&keys->pem);
	alloc_free(&keys->other_pem);
	alloc_free(&keys->small_pem);
	alloc_free(&keys->spki);
	keyset_free(&keys->keyset);
	alloc_free(&keys);
	return 0;
}

static char *encode(const void *bytes, size_t length)
{
	char *text = alloc_zero(BASE64URL_TEXT(length));

	base64url_encode(bytes, length, text);
	return text;
}

static char *sign_with(
	EVP_PKEY *key, const EVP_MD *hash, int padding, const char *input, size_t *length_out)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *context = NULL;
	char *signature = alloc_zero(512);

	*length_out = 512;
	assert_int_equal(EVP_DigestSignInit(md, &context, hash, NULL, key), 1);
	assert_true(EVP_PKEY_CTX_set_rsa_padding(context, padding) > 0);
	assert_int_equal(EVP_DigestSign(md, (unsigned char *)signature, length_out,
				 (const unsigned char *)input, strlen(input)),
		1);
	EVP_MD_CTX_free(md);
	return signature;
}

static char *join(const char *input, const char *signature, size_t length)
{
	AUTO(alloc_free) char *encoded = encode(signature, length);

	return alloc_print("%s.%s", input, encoded);
}

static char *input_of(const char *header, const char *claims, size_t claims_length)
{
	AUTO(alloc_free) char *head = encode(header, strlen(header));
	AUTO(alloc_free) char *body = encode(claims, claims_length);

	return alloc_print("%s.%s", head, body);
}

static char *mint(EVP_PKEY *key, const char *header, const char *claims)
{
	AUTO(alloc_free) char *input = input_of(header, claims, strlen(claims));
	AUTO(alloc_free) char *signature = NULL;
	size_t length;

	signature = sign_with(key, EVP_sha256(), RSA_PKCS1_PADDING, input, &length);
	return join(input, signature, length);
}

static int verify(const struct keys *keys, const char *token, struct token *out)
{
	const char *why = "";

	return token_verify(token, keys->keyset, PROJECT, (struct wall){NOW * 1000000}, out, &why);
}

/* Signed well: what is wrong stands in the header. */
static const struct {
	const char *name, *header;
	int r;
} header_cases[] = {
	{"alg none", "{\"alg\":\"none\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg None", "{\"alg\":\"None\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg NONE", "{\"alg\":\"NONE\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg nOnE", "{\"alg\":\"nOnE\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg rs256", "{\"alg\":\"rs256\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg RS384 named", "{\"alg\":\"RS384\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg ES256 named", "{\"alg\":\"ES256\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg a number", "{\"alg\":256,\"kid\":\"" KID "\"}", -EACCES},
	{"alg an array", "{\"alg\":[\"RS256\"],\"kid\":\"" KID "\"}", -EACCES},
	{"alg missing", "{\"kid\":\"" KID "\"}", -EACCES},
	{"alg twice", "{\"alg\":\"RS256\",\"alg\":\"none\",\"kid\":\"" KID "\"}", -EACCES},
	{"alg twice, escaped", "{\"alg\":\"RS256\",\"\\u0061lg\":\"none\",\"kid\":\"" KID "\"}",
		-EACCES},
	{"kid missing", "{\"alg\":\"RS256\"}", -EACCES},
	{"kid empty", "{\"alg\":\"RS256\",\"kid\":\"\"}", -EACCES},
	{"kid unknown", "{\"alg\":\"RS256\",\"kid\":\"unknown\"}", -ENOKEY},
	{"kid a path", "{\"alg\":\"RS256\",\"kid\":\"../../../../dev/null\"}", -ENOKEY},
	{"kid SQL", "{\"alg\":\"RS256\",\"kid\":\"' or '1'='1\"}", -ENOKEY},
	{"kid a number", "{\"alg\":\"RS256\",\"kid\":1}", -EACCES},
	{"kid with NUL", "{\"alg\":\"RS256\",\"kid\":\"" KID "\\u0000\"}", -EACCES},
	{"kid of a certificate that has run out", "{\"alg\":\"RS256\",\"kid\":\"" OTHER_KID "\"}",
		-EACCES},
	{"crit", "{\"alg\":\"RS256\",\"kid\":\"" KID "\",\"crit\":[\"exp\"]}", -EACCES},
	{"typ JWE", "{\"alg\":\"RS256\",\"kid\":\"" KID "\",\"typ\":\"JWE\"}", -EACCES},
	{"header an array", "[\"RS256\"]", -EACCES},
	{"header with trailing bytes", HEADER "x", -EACCES},
};

static void refuses_headers(void **state)
{
	const struct keys *keys = *state;

	for (size_t i = 0; i < LENGTH(header_cases); i++) {
		AUTO(alloc_free) char *token = mint(keys->key, header_cases[i].header, CLAIMS);
		struct token out = {.uid = "untouched"};

		want_i64(header_cases[i].name, verify(keys, token, &out), header_cases[i].r);
		want_str(header_cases[i].name, out.uid, "untouched");
	}
}

/* Signed well: what is wrong stands in the claims. */
static const struct {
	const char *name, *claims;
} claim_cases[] = {
	{"expired", "{" ISS "," AUD "," SUB
		    ",\"iat\":1764070000,\"exp\":1764080940,\"auth_time\":1764070000}"},
	{"exp a string", "{" ISS "," AUD "," SUB
			 ",\"iat\":1764080000,\"exp\":\"1764083600\",\"auth_time\":1764080000}"},
	{"exp 1e300", "{" ISS "," AUD "," SUB
		      ",\"iat\":1764080000,\"exp\":1e300,\"auth_time\":1764080000}"},
	{"exp a fraction", "{" ISS "," AUD "," SUB
			   ",\"iat\":1764080000,\"exp\":1764083600.5,\"auth_time\":1764080000}"},
	{"exp negative",
		"{" ISS "," AUD "," SUB ",\"iat\":1764080000,\"exp\":-1,\"auth_time\":1764080000}"},
	{"exp missing", "{" ISS "," AUD "," SUB ",\"iat\":1764080000,\"auth_time\":1764080000}"},
	{"exp null", "{" ISS "," AUD "," SUB
		     ",\"iat\":1764080000,\"exp\":null,\"auth_time\":1764080000}"},
	{"exp of twelve digits",
		"{" ISS "," AUD "," SUB
		",\"iat\":1764080000,\"exp\":176408360000,\"auth_time\":1764080000}"},
	{"iat in the future", "{" ISS "," AUD "," SUB
			      ",\"iat\":1764081061,\"exp\":1764083600,\"auth_time\":1764080000}"},
	{"iat missing", "{" ISS "," AUD "," SUB ",\"exp\":1764083600,\"auth_time\":1764080000}"},
	{"auth_time in the future",
		"{" ISS "," AUD "," SUB
		",\"iat\":1764080000,\"exp\":1764083600,\"auth_time\":1764081061}"},
	{"auth_time missing", "{" ISS "," AUD "," SUB ",\"iat\":1764080000,\"exp\":1764083600}"},
	{"nbf in the future", "{" ISS "," AUD "," SUB "," TIMES ",\"nbf\":1764081061}"},
	{"aud wrong", "{" ISS ",\"aud\":\"other\"," SUB "," TIMES "}"},
	{"aud an array", "{" ISS ",\"aud\":[\"" PROJECT "\"]," SUB "," TIMES "}"},
	{"aud a prefix", "{" ISS ",\"aud\":\"hub\"," SUB "," TIMES "}"},
	{"aud longer", "{" ISS ",\"aud\":\"" PROJECT "2\"," SUB "," TIMES "}"},
	{"aud missing", "{" ISS "," SUB "," TIMES "}"},
	{"aud twice", "{" ISS ",\"aud\":\"other\"," AUD "," SUB "," TIMES "}"},
	{"aud twice, escaped", "{" ISS ",\"\\u0061ud\":\"other\"," AUD "," SUB "," TIMES "}"},
	{"iss wrong", "{\"iss\":\"https://evil.example/" PROJECT "\"," AUD "," SUB "," TIMES "}"},
	{"iss with a slash behind", "{\"iss\":\"https://securetoken.google.com/" PROJECT "/\"," AUD
				    "," SUB "," TIMES "}"},
	{"iss of a session cookie", "{\"iss\":\"https://session.firebase.google.com/" PROJECT
				    "\"," AUD "," SUB "," TIMES "}"},
	{"iss missing", "{" AUD "," SUB "," TIMES "}"},
	{"sub empty", "{" ISS "," AUD ",\"sub\":\"\"," TIMES "}"},
	{"sub a number", "{" ISS "," AUD ",\"sub\":1," TIMES "}"},
	{"sub with NUL", "{" ISS "," AUD ",\"sub\":\"alice\\u0000\"," TIMES "}"},
	{"sub missing", "{" ISS "," AUD "," TIMES "}"},
	{"sub twice", "{" ISS "," AUD "," SUB ",\"sub\":\"bob\"," TIMES "}"},
	{"a tenant's", "{" ISS "," AUD "," SUB "," TIMES ",\"firebase\":{\"tenant\":\"t1\"}}"},
	{"claims an array", "[" SUB "]"},
	{"claims with trailing bytes", CLAIMS "{}"},
	{"claims not JSON", "claims"},
	{"claims empty", ""},
};

static void refuses_claims(void **state)
{
	const struct keys *keys = *state;

	for (size_t i = 0; i < LENGTH(claim_cases); i++) {
		AUTO(alloc_free) char *token = mint(keys->key, HEADER, claim_cases[i].claims);
		struct token out = {.uid = "untouched"};

		want_i64(claim_cases[i].name, verify(keys, token, &out), -EACCES);
		want_str(claim_cases[i].name, out.uid, "untouched");
	}
}

static void accepts_good_ones(void **state)
{
	static const struct {
		const char *name, *header, *claims, *uid;
	} cases[] = {
		{"as Firebase writes it", HEADER, CLAIMS, "alice"},
		{"without typ", "{\"alg\":\"RS256\",\"kid\":\"" KID "\"}", CLAIMS, "alice"},
		{"an embedded jwk is ignored",
			"{\"alg\":\"RS256\",\"kid\":\"" KID "\",\"jwk\":{\"kty\":\"RSA\"}}", CLAIMS,
			"alice"},
		{"expired within the skew", "{\"alg\":\"RS256\",\"kid\":\"" KID "\"}",
			"{" ISS "," AUD "," SUB
			",\"iat\":1764070000,\"exp\":1764080941,\"auth_time\":1764070000}",
			"alice"},
		{"issued within the skew", HEADER,
			"{" ISS "," AUD "," SUB
			",\"iat\":1764081060,\"exp\":1764083600,\"auth_time\":1764081060}",
			"alice"},
	};
	const struct keys *keys = *state;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		AUTO(alloc_free) char *token = mint(keys->key, cases[i].header, cases[i].claims);
		struct token out = {0};

		want_i64(cases[i].name, verify(keys, token, &out), 0);
		want_str(cases[i].name, out.uid, cases[i].uid);
	}
}

static void measures_the_subject(void **state)
{
	const struct keys *keys = *state;
	char sub[TOKEN_SUB_CHARS + 2];

	memset(sub, 'a', sizeof(sub));
	for (int chars = TOKEN_SUB_CHARS; chars <= TOKEN_SUB_CHARS + 1; chars++) {
		AUTO(alloc_free) char *claims = NULL;
		AUTO(alloc_free) char *token = NULL;
		struct token out = {0};

		claims = alloc_print("{" ISS "," AUD ",\"sub\":\"%.*s\"," TIMES "}", chars, sub);
		token = mint(keys->key, HEADER, claims);
		want_i64("128 characters are the most", verify(keys, token, &out),
			chars == TOKEN_SUB_CHARS ? 0 : -EACCES);
	}
}

static void want_refused(const struct keys *keys, const char *name, char *token)
{
	struct token out = {.uid = "untouched"};

	want_i64(name, verify(keys, token, &out), -EACCES);
	want_str(name, out.uid, "untouched");
	alloc_free(&token);
}

static void refuses_broken_texts(void **state)
{
	const struct keys *keys = *state;
	AUTO(alloc_free) char *good = mint(keys->key, HEADER, CLAIMS);
	AUTO(alloc_free)
	char *other = mint(keys->key, HEADER, "{" ISS "," AUD ",\"sub\":\"bob\"," TIMES "}");
	const char *payload = strchr(good, '.'), *signature = strrchr(good, '.');
	const char *other_payload = strchr(other, '.'), *other_signature = strrchr(other, '.');
	size_t last = strlen(good) - 1;
	char *text;

	want_refused(keys, "empty", alloc_text(""));
	want_refused(keys, "two dots only", alloc_text(".."));
	want_refused(keys, "two parts", alloc_bytes(good, (size_t)(signature - good)));
	want_refused(keys, "four parts", alloc_print("%s.x", good));
	want_refused(keys, "empty signature", alloc_bytes(good, (size_t)(signature - good) + 1));
	want_refused(keys, "Bearer in front", alloc_print("Bearer %s", good));
	want_refused(keys, "padded signature", alloc_print("%s==", good));
	want_refused(keys, "junk behind the signature", alloc_print("%s!!!!", good));
	want_refused(keys, "newline behind the signature", alloc_print("%s\n", good));
	want_refused(keys, "blank in front", alloc_print(" %s", good));
	want_refused(keys, "short signature", alloc_bytes(good, last - 3));
	want_refused(keys, "long signature", alloc_print("%sAAAA", good));
	want_refused(keys, "swapped payload",
		alloc_print("%.*s%.*s%s", (int)(payload - good), good,
			(int)(other_signature - other_payload), other_payload, signature));
	text = alloc_text(good);
	text[last] =
		text[last] == 'A' ? 'B' : (char)(text[last] + 1); /* unused bits no longer zero */
	want_refused(keys, "last character not canonical", text);
	text = alloc_text(good);
	text[last - 40] = '+';
	want_refused(keys, "standard alphabet", text);
	text = alloc_zero(102400 + 1);
	memset(text, 'a', 102400);
	want_refused(keys, "100 KB", text);
	text = alloc_print("%.*s.%0*d", (int)(signature - good), good, 342, 0);
	memset(strrchr(text, '.') + 1, 'A', 342);
	want_refused(keys, "signature of zeros", text);
}

static char *hmac(const char *secret, size_t length)
{
	const char *header = "{\"alg\":\"HS256\",\"kid\":\"" KID "\",\"typ\":\"JWT\"}";
	AUTO(alloc_free) char *input = input_of(header, CLAIMS, strlen(CLAIMS));
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	HMAC(EVP_sha256(), secret, (int)length, (const unsigned char *)input, strlen(input), mac,
		&size);
	return join(input, (const char *)mac, size);
}

static char *sign_other_way(
	const struct keys *keys, EVP_PKEY *key, const EVP_MD *hash, int padding, const char *header)
{
	AUTO(alloc_free) char *input = input_of(header, CLAIMS, strlen(CLAIMS));
	AUTO(alloc_free) char *signature = NULL;
	size_t length;

	(void)keys;
	signature = sign_with(key, hash, padding, input, &length);
	return join(input, signature, length);
}

static void refuses_other_signatures(void **state)
{
	const struct keys *keys = *state;

	want_refused(keys, "HS256 with the SPKI", hmac(keys->spki, strlen(keys->spki)));
	want_refused(keys, "HS256 with the certificate", hmac(keys->pem, strlen(keys->pem)));
	want_refused(keys, "HS256 with an empty secret", hmac("", 0));
	want_refused(keys, "RS512",
		sign_other_way(keys, keys->key, EVP_sha512(), RSA_PKCS1_PADDING,
			"{\"alg\":\"RS512\",\"kid\":\"" KID "\"}"));
	want_refused(keys, "RS512 called RS256",
		sign_other_way(keys, keys->key, EVP_sha512(), RSA_PKCS1_PADDING, HEADER));
	want_refused(keys, "PS256",
		sign_other_way(keys, keys->key, EVP_sha256(), RSA_PKCS1_PSS_PADDING,
			"{\"alg\":\"PS256\",\"kid\":\"" KID "\"}"));
	want_refused(keys, "PS256 called RS256",
		sign_other_way(keys, keys->key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, HEADER));
	want_refused(keys, "wrong key", mint(keys->other, HEADER, CLAIMS));
	want_refused(keys, "wrong key, embedded as jku",
		mint(keys->other,
			"{\"alg\":\"RS256\",\"kid\":\"" KID
			"\",\"jku\":\"https://evil.example/k\"}",
			CLAIMS));
	want_refused(keys, "wrong key of another length", mint(keys->small, HEADER, CLAIMS));
}

static void refuses_bad_bytes(void **state)
{
	static const char invalid_utf8[] = "{" ISS "," AUD ",\"sub\":\"al\xff\xfe\"," TIMES "}";
	const struct keys *keys = *state;
	AUTO(alloc_free) char *input = NULL;
	AUTO(alloc_free) char *signature = NULL;
	char deep[4096];
	size_t length;

	want_refused(keys, "bad UTF-8", mint(keys->key, HEADER, invalid_utf8));
	memset(deep, '[', 2000);
	memset(deep + 2000, ']', 2000);
	deep[4000] = '\0';
	want_refused(keys, "depth 2000", mint(keys->key, HEADER, deep));
	input = input_of(HEADER, CLAIMS "\0", sizeof(CLAIMS));
	signature = sign_with(keys->key, EVP_sha256(), RSA_PKCS1_PADDING, input, &length);
	want_refused(keys, "NUL behind the claims", join(input, signature, length));
}

static void reads_key_sets(void **state)
{
	const struct keys *keys = *state;
	AUTO(alloc_free) char *small = document_of("a", keys->small_pem, NULL, NULL);
	AUTO(alloc_free) char *half = document_of("a", keys->pem, "b", "no certificate");

	const struct {
		const char *name, *document;
	} cases[] = {
		{"RSA of 1024 bits", small},
		{"one entry that is none spoils all", half},
		{"no keys", "{}"},
		{"an array", "[]"},
		{"not JSON", "<html>"},
		{"a number for a certificate", "{\"a\":1}"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct keyset *keyset = NULL;
		struct err err = {0};

		want_i64(cases[i].name,
			keyset_parse(cases[i].document, strlen(cases[i].document), &keyset, &err),
			-EINVAL);
		want_true(cases[i].name, err.text[0] && !keyset);
	}
	want_i64("both keys are there", keys->keyset->count, 2);
}

static void knows_how_long_to_keep_them(void **state)
{
	static const struct {
		const char *name, *cache_control, *age;
		int64_t seconds;
	} cases[] = {
		{"Google's", "public, max-age=21600, must-revalidate, no-transform", NULL, 21600},
		{"less its age", "public, max-age=21600", "600", 21000},
		{"any case", "Public, Max-Age=3700", "100", 3600},
		{"nothing said", NULL, NULL, 3600},
		{"no number", "max-age=soon", NULL, 3600},
		{"at least five minutes", "max-age=1", NULL, 300},
		{"at most a day", "max-age=9999999", NULL, 86400},
		{"older than it may be", "max-age=600", "5000", 300},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		want_i64(cases[i].name,
			keyset_lifetime(cases[i].cache_control, cases[i].age).us / 1000000,
			cases[i].seconds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_good_ones),
		cmocka_unit_test(refuses_headers),
		cmocka_unit_test(refuses_claims),
		cmocka_unit_test(measures_the_subject),
		cmocka_unit_test(refuses_broken_texts),
		cmocka_unit_test(refuses_other_signatures),
		cmocka_unit_test(refuses_bad_bytes),
		cmocka_unit_test(reads_key_sets),
		cmocka_unit_test(knows_how_long_to_keep_them),
	};

	return cmocka_run_group_tests_name("token", tests, make_keys, free_keys);
}
