/*
 * config_merge.h - template <- user: objects merge by key, arrays whose items have ids by id, other arrays replace,
 * null deletes.
 */
#pragma once

#include "common/sys/json.h"

/*
 * A new document; the caller frees it (json_free). template_config may be NULL (a user without a template).
 * `enabled` is template's AND override's. `guardrails` is left out: guardrails_in_force() in SQL is the one place
 * that merges them; whoever shows the document adds what that answered.
 */
cJSON *config_merge(const cJSON *template_config, const cJSON *override);
