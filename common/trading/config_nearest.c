/* config_nearest.c - which known name was probably meant: edit distance with swaps of neighbours. */
#include <string.h>

#include "common/trading/config_field.h"

enum {
	NEAR_MOST = 3,	/* edits */
	NAME_MOST = 40, /* longer names are near to nothing */
};

static size_t least(size_t a, size_t b, size_t c)
{
	size_t d = a < b ? a : b;

	return d < c ? d : c;
}

static size_t distance(const char *a, const char *b)
{
	size_t rows[NAME_MOST + 1][NAME_MOST + 1];
	size_t la = strlen(a);
	size_t lb = strlen(b);
	size_t i, j, cost;

	if (la > NAME_MOST || lb > NAME_MOST)
		return NAME_MOST;

	for (i = 0; i <= la; i++)
		rows[i][0] = i;
	for (j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (i = 1; i <= la; i++) {
		for (j = 1; j <= lb; j++) {
			cost = a[i - 1] == b[j - 1] ? 0 : 1;
			rows[i][j] = least(
				rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				rows[i - 2][j - 2] + 1 < rows[i][j])
				rows[i][j] = rows[i - 2][j - 2] + 1;
		}
	}
	return rows[la][lb];
}

static void search(const struct field *fields, const char *name, const char **nearest, size_t *best)
{
	size_t edits;

	for (; fields && fields->name; fields++) {
		edits = distance(fields->name, name);
		if (edits < *best) {
			*best = edits;
			*nearest = fields->name;
		}
	}
}

const char *field_nearest(const struct field_set *set, const char *name)
{
	const char *nearest = NULL;
	size_t best = NEAR_MOST + 1;

	/* Every short word is three edits from every other. */
	if (strlen(name) / 2 < best)
		best = strlen(name) / 2 + 1;
	search(set->own, name, &nearest, &best);
	search(set->more, name, &nearest, &best);
	return nearest;
}
