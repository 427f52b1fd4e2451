/* test_digest.c - SHA-256 against the vectors of FIPS 180-4's examples. */
#include "test/unit/unit.h"

#include "common/sys/digest.h"

/* clang-format off */
static const struct {
	const char *text, *digest;
} vectors[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

/* clang-format on */

static void digests(void **state)
{
	char digest[DIGEST_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(vectors); i++) {
		digest_sha256(vectors[i].text, strlen(vectors[i].text), digest);
		want_str(vectors[i].text, digest, vectors[i].digest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
