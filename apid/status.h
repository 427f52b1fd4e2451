/* status.h - a person's trading as it stands: GET /v1/me/trading/status; and their own switch: POST .../halt, .../resume. */
#pragma once

struct request;

void status_get(struct request *request);
void status_halt(struct request *request);
void status_resume(struct request *request);
