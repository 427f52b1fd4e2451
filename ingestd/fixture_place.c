/* fixture_place.c - see fixture_place.h. */
#include "ingestd/fixture_place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/decimal.h"
#include "common/trading/word.h"

int place_bad(const struct place *place, const char *field, const char *why)
{
	return err_set(place->err, -EINVAL, "%s: %s[%zu].%s: %s", place->file, place->list,
		place->at, field, why);
}

int place_only_known(const struct place *place, const char *const known[])
{
	const cJSON *member;

	if (!cJSON_IsObject(place->item))
		return err_set(place->err, -EINVAL, "%s: %s[%zu]: not an object", place->file,
			place->list, place->at);
	cJSON_ArrayForEach(member, place->item)
	{
		size_t i = 0;
		while (known[i] != NULL && strcmp(known[i], member->string) != 0)
			i++;
		if (known[i] == NULL)
			return place_bad(place, member->string, "no such field");
	}
	return 0;
}

bool place_is_absent(const struct place *place, const char *field)
{
	const cJSON *member = json_member(place->item, field);

	return member == NULL || cJSON_IsNull(member);
}

int place_word(const struct place *place, const char *field, const char *const words[],
	int fallback, int *out)
{
	const char *text = json_text(place->item, field);

	*out = place_is_absent(place, field) ? fallback : word_find(words, text);
	if (*out >= 0)
		return 0;
	if (place_is_absent(place, field))
		return place_bad(place, field, "missing");

	AUTO(alloc_free) char *why = alloc_text("allowed:");
	for (size_t i = 0; words[i] != NULL; i++) {
		AUTO(alloc_free) char *longer = alloc_print("%s %s", why, words[i]);
		alloc_free(&why);
		why = TAKE(longer);
	}
	return place_bad(place, field, why);
}

int place_number(const struct place *place, const char *field, int64_t most, int64_t fallback,
	int64_t *nano_out)
{
	const cJSON *member = json_member(place->item, field);

	*nano_out = fallback;
	if (place_is_absent(place, field))
		return 0;
	if (!cJSON_IsNumber(member) ||
		decimal_parse(json_decimal(place->item, field), nano_out) < 0 ||
		llabs(*nano_out) / DECIMAL_ONE > most)
		return place_bad(place, field, "not a number, or out of range");
	return 0;
}

int place_whole(const struct place *place, const char *field, int most, int fallback, int *out)
{
	int64_t nano;
	int r = place_number(place, field, most, fallback * DECIMAL_ONE, &nano);

	if (r == 0 && nano % DECIMAL_ONE != 0)
		r = place_bad(place, field, "not a whole number");
	if (r == 0)
		*out = (int)(nano / DECIMAL_ONE);
	return r;
}
