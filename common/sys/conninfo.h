/* conninfo.h - Postgres connection strings as text: what may be shown of one. Pure. */
#pragma once

/* A copy with each password as ***: in the user part of a URL, and as [ssl]password= in either notation.
 * The caller frees (alloc_free); NULL gives NULL. */
char *conninfo_mask(const char *conninfo);
