/*
 * page.h - one page of the broker's list of orders: which of them have our prefix. Pure.
 * Whoever else trades on the account (a person by hand, another program) has other ids; those are counted and left alone.
 */
#pragma once

#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/err.h"
#include "tradectl/echo.h"

struct page;

/* 0; -EINVAL when the body is no JSON array of objects: an answer that shows nothing is not an empty list. */
int page_read(const char *body, size_t length, struct page **page_out, struct err *err) MUST_CHECK;
void page_free(struct page **page);

size_t page_count(const struct page *page);	 /* of all */
size_t page_ours(const struct page *page);	 /* with our prefix, and readable */
size_t page_unreadable(const struct page *page); /* with our prefix */
/* The time of the last order, for the next page; us 0 when it says none. */
struct wall page_last(const struct page *page);

const struct echo *page_at(const struct page *page, size_t nth); /* of ours */
/* NULL when it is not on the page. */
const struct echo *page_find(const struct page *page, const char *client_order_id);
/* Ours as a JSON array of echo_json; the caller frees (alloc_free). */
char *page_json(const struct page *page);
