/*
 * command_text.h - what an operator's terminal shows: JSON documents as headings, name/value lines and aligned tables.
 * Text that came from a person or the broker cannot move the cursor, colour, or turn the reading direction: such
 * characters, and bytes that are no UTF-8, are written as \n, \u001b or \ufffd. Pure.
 */
#pragma once

#include <stdio.h>

#include "common/sys/json.h"

/* The text with harmful characters escaped. */
void command_put_text(FILE *out, const char *text);

/*
 * A document whose members are sections: an object becomes name/value lines without those that are null, an array of objects
 * a table (its columns are the members of its first row; `none` when it is empty), anything else one line. Underscores
 * of names are shown as spaces.
 */
void command_put_sections(FILE *out, const cJSON *document);

/* The document as JSON, one line; harmful characters as \uXXXX. */
void command_put_json(FILE *out, const cJSON *document);
