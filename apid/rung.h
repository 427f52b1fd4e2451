/*
 * rung.h - from doorbells to people: a ring names ids, SQL says whose they are, the hub reads their rows and tells.
 * Every two seconds a sweep finds what a lost ring left; after the listening session was lost, everything is told again.
 */
#pragma once

#include "common/sys/pg.h"

struct apid;
struct rung;

struct rung *rung_new(struct apid *apid);
void rung_free(struct rung **rung);
void rung_start(struct rung *rung);

/* The hooks of the listening session; owner is struct apid. */
extern const struct pg_hooks rung_hooks;
