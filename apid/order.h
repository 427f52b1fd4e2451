/* order.h - the caller's orders: GET /v1/me/trading/orders and, one of them explained, /orders/{id}. */
#pragma once

#include "apid/db_row.h"

struct request;

extern const struct row_field order_fields[];

void order_list(struct request *request);
void order_get(struct request *request);
