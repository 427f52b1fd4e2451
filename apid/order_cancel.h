/* order_cancel.h - a person takes an order back: POST /v1/me/trading/orders/{id}/cancel. The SQL function order_cancel
 * decides; here its word becomes the order or a problem. */
#pragma once

struct problem;
struct request;

void order_cancel(struct request *request);
/* Of an outcome of order_cancel and the order's status (NULL: none): canceled and asked are no problem. Pure. */
void order_cancel_problem(const char *outcome, const char *status, struct problem *problem);
