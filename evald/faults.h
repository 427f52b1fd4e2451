/*
 * faults.h - what was wrong with rows that a round left out, so that each is told once and not at every round. Pure.
 */
#pragma once

#include <stdbool.h>

struct faults;

struct faults *faults_new(void);
void faults_free(struct faults **faults);

/* A round begins: what it does not note again is forgotten at the next. */
void faults_begin(struct faults *faults);
/* True when neither this round nor the one before has noted it. */
bool faults_note(struct faults *faults, const char *text);
