/* moves.h - the sentence of each legal move, as the database's own table says it. */
#pragma once

#include "common/sys/err.h"
#include "common/sys/pg.h"

struct moves;

struct moves *moves_new(void);
void moves_free(struct moves **moves);
/* Replaces the table by the rows of db_moves. */
int moves_take(struct moves *moves, const struct pg_answer *answer, struct err *err) MUST_CHECK;
/* NULL when that is no move; from "" is the birth. */
const char *moves_sentence(const struct moves *moves, const char *from, const char *to);
