/* fake_order.h - the fake broker's answer to POST /v2/orders. Pure. */
#pragma once

#include <stdbool.h>

#include "common/sys/clock.h"
#include "common/sys/err.h"

/* The body that asked for an order -> the order as accepted and not yet filled (alloc_free). -EINVAL: no order with a
 * client_order_id of ours. */
int fake_order_accept(
	const char *body, struct wall now, char **text_out, struct err *err) MUST_CHECK;
/* Of one that the fake broker shows: its words once it has been canceled, unless it has ended otherwise. */
int fake_order_cancel(const char *order, char **text_out, struct err *err) MUST_CHECK;
/* The broker's id in it; NULL: none (alloc_free). */
char *fake_order_id(const char *order);
/* It has not ended. */
bool fake_order_works(const char *order);
