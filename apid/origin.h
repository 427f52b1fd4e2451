/* origin.h - who may call from a browser: the page's own origin and the list of APID_ALLOWED_ORIGINS. Pure. */
#pragma once

#include <stdbool.h>

#include "common/sys/attr.h"
#include "common/sys/err.h"

/* Is the origin a member of the comma list? NULL lists hold nothing. Whole origins, byte by byte. */
bool origin_listed(const char *list, const char *origin);
/* Does `http(s)://<host>` name this Host header? The page that we serve ourselves. */
bool origin_is_own(const char *origin, const char *host);
/* 0 or -EINVAL: each member must be scheme://host[:port], nothing behind it, no `*`. */
int origin_check_list(const char *list, struct err *err) MUST_CHECK;
