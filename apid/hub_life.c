/* hub_life.c - see hub_life.h. */
#include "apid/hub_life.h"

static bool passed(struct mono since, struct mono now, int seconds)
{
	return mono_since(now, since).us >= span_sec(seconds).us;
}

struct wall hub_life_end(const struct token *who, struct wall now)
{
	if (who->expires.us > now.us)
		return who->expires;
	return wall_add(who->expires, span_sec(TOKEN_SKEW_SEC));
}

static bool is_stalled(struct hub_life *life, size_t unsent, struct mono now)
{
	if (!unsent || unsent < life->unsent)
		life->drained_at = now;
	life->unsent = unsent;
	return passed(life->drained_at, now, HUB_STALL_SEC);
}

static enum hub_verdict judge_open(const struct hub_life *life, struct mono now, struct wall wall)
{
	int silence = life->client_pings ? HUB_SILENCE_SEC : HUB_SILENCE_LONG_SEC;

	if (wall.us >= life->expires_at.us)
		return HUB_TOKEN_OVER;
	if (passed(life->heard_at, now, silence))
		return HUB_SILENT;
	return passed(life->pinged_at, now, HUB_PING_SEC) ? HUB_PING_DUE : HUB_GOES_ON;
}

enum hub_verdict hub_life_judge(struct hub_life *life, enum hub_phase phase, size_t unsent,
	struct mono now, struct wall wall)
{
	if (is_stalled(life, unsent, now))
		return HUB_STALLED;
	switch (phase) {
	case HUB_SHAKING:
		return passed(life->opened_at, now, HUB_SHAKE_SEC) ? HUB_NO_HANDSHAKE : HUB_GOES_ON;
	case HUB_OPEN:
		return judge_open(life, now, wall);
	case HUB_CLOSING:
		return passed(life->closing_at, now, HUB_CLOSE_SEC) ? HUB_NO_FAREWELL : HUB_GOES_ON;
	case HUB_BROKEN:
		break;
	}
	return HUB_GOES_ON;
}
