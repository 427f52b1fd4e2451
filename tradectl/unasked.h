/* unasked.h - what a comparison with the broker could not ask for, as broker_reconciled takes it: an array of {what,
 * why}. Pure. */
#pragma once

#include <stddef.h>

#include <cjson/cJSON.h>

/* Makes it empty; NULL is made. The caller frees (json_free). */
void unasked_begin(cJSON **unasked);
/* what: a client_order_id, or a symbol. */
void unasked_add(cJSON *unasked, const char *what, const char *why);
void unasked_add_all(cJSON *unasked, const cJSON *more);
size_t unasked_count(const cJSON *unasked);
