/* rule.h - a person's own rule: POST /v1/me/trading/rules/{id}/resume ends the pause that skips have brought. The SQL
 * function rule_resume decides. */
#pragma once

struct request;

void rule_resume(struct request *request);
