/* pace_reply.c - see pace.h: the reply's headers. */
#include "common/alpaca/pace.h"

void pace_note_reply(struct pace *pace, const struct http_response *response, struct wall now)
{
	char remaining[32] = "";
	char reset[32] = "";

	http_header(response, "X-RateLimit-Remaining", remaining, sizeof(remaining));
	http_header(response, "X-RateLimit-Reset", reset, sizeof(reset));
	pace_note(pace, (int)response->status, remaining, reset, now);
}
