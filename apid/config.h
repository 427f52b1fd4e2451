/* config.h - the caller's trading configuration: GET and PUT /v1/me/trading/config. */
#pragma once

struct request;

void config_get(struct request *request);
void config_put(struct request *request);
