/* notice_text.h - what became of an order, why, and what to do about it, in a person's words. Pure. */
#pragma once

struct notice_due;

/* "The broker refused your SPY order: insufficient buying power. Until then 0.5 SPY was bought. ..."; the broker's own
 * words where there are any, at most 300 bytes of them. The caller frees (alloc_free). */
char *notice_text(const struct notice_due *due);
