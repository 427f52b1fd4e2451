/* dispatch.h - from a whole request to the function of its route: door checks, CORS, route, token. */
#pragma once

#include "apid/door.h"

/* The door's arrived(); owner is struct apid. */
void dispatch_request(void *owner, struct door_conn *conn, struct evhttp_request *http);
