/* moves.c - see moves.h. */
#include "tradectl/moves.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "tradectl/db.h"

struct move {
	char *from, *to, *sentence;
};

struct moves {
	struct move *rows;
	size_t count;
};

struct moves *moves_new(void)
{
	return alloc_zero(sizeof(struct moves));
}

static void clear(struct moves *moves)
{
	for (size_t i = 0; i < moves->count; i++) {
		alloc_free(&moves->rows[i].from);
		alloc_free(&moves->rows[i].to);
		alloc_free(&moves->rows[i].sentence);
	}
	alloc_free(&moves->rows);
	moves->count = 0;
}

void moves_free(struct moves **moves)
{
	if (!*moves)
		return;

	clear(*moves);
	alloc_free(moves);
}

int moves_take(struct moves *moves, const struct pg_answer *answer, struct err *err)
{
	size_t rows = db_count(answer);
	struct moves fresh = {.rows = alloc_array(rows + 1, sizeof(struct move))};

	for (size_t row = 0; row < rows; row++) {
		struct db_move move;
		int r = db_move(answer, row, &move, err);
		if (r < 0) {
			clear(&fresh);
			return r;
		}

		fresh.rows[row] = (struct move){alloc_text(move.from ? move.from : ""),
			alloc_text(move.to), alloc_text(move.sentence)};
		fresh.count++;
	}
	clear(moves);
	*moves = fresh;
	return 0;
}

const char *moves_sentence(const struct moves *moves, const char *from, const char *to)
{
	for (size_t i = 0; i < moves->count; i++)
		if (strcmp(moves->rows[i].from, from) == 0 && strcmp(moves->rows[i].to, to) == 0)
			return moves->rows[i].sentence;

	return NULL;
}
