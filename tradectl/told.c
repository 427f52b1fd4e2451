/* told.c - see told.h. */
#include "tradectl/told.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "tradectl/db.h"

enum {
	KEPT = 512,
};

struct told {
	struct move {
		struct uuid id;
		char to[DB_STATUS];
	} moves[KEPT];

	size_t next, count;
};

struct told *told_new(void)
{
	return alloc_zero(sizeof(struct told));
}

void told_free(struct told **told)
{
	alloc_free(told);
}

bool told_now(struct told *told, struct uuid id, const char *to)
{
	for (size_t i = 0; i < told->count; i++)
		if (memcmp(&told->moves[i].id, &id, sizeof(id)) == 0 &&
			strcmp(told->moves[i].to, to) == 0)
			return false;

	struct move *move = &told->moves[told->next];
	told->next = (told->next + 1) % KEPT;
	if (told->count < KEPT)
		told->count++;
	move->id = id;
	snprintf(move->to, sizeof(move->to), "%s", to);
	return true;
}
