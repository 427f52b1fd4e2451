/* fake.c - see fake.h. */
#include "tradectl/fake.h"

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "tradectl/fake_order.h"

enum {
	DEADLINE_SEC = 5,
	ORDER_ID = 64,
	HEADER_BLOCK = 160,
};

/* clang-format off */
const struct pg_stmt fake_statement = {"test_orders", 2, "select test_orders($1, $2)"};
/* What was filled here is all that it holds. */
const struct pg_stmt fake_positions_statement = {"test_positions", 0, "select coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'qty', p.qty::text, 'side', 'long')), '[]') from (select symbol, sum(qty) as qty from positions where broker_account = 'test' group by symbol) p where p.qty > 0"};

/* clang-format on */

struct asked {
	LIST_ENTRY(asked) link;
	struct fake *fake;
	char *method, *path, *body;
	char id[ORDER_ID]; /* the order's, of a path that names one */
	struct span timeout;
	struct mono since;
	struct event *turn;
	bool (*before_send)(void *owner, struct span left);
	http_answer_fn *fn;
	void *owner;
};

struct canceled {
	LIST_ENTRY(canceled) link;
	char *id;
};

struct fake {
	struct event_base *base;
	const struct clock *clock;
	struct pg *const *pg;
	unsigned answers;
	LIST_HEAD(askeds, asked) asked;
	LIST_HEAD(canceleds, canceled) canceled;
};

struct fake *fake_new(struct event_base *base, const struct clock *clock, struct pg *const *pg)
{
	struct fake *fake = alloc_zero(sizeof(*fake));

	fake->base = base;
	fake->clock = clock;
	fake->pg = pg;
	LIST_INIT(&fake->asked);
	LIST_INIT(&fake->canceled);
	return fake;
}

static void asked_free(struct asked *asked)
{
	LIST_REMOVE(asked, link);
	pg_forget(*asked->fake->pg, asked);
	event_free(asked->turn);
	alloc_free(&asked->method);
	alloc_free(&asked->path);
	alloc_free(&asked->body);
	alloc_free(&asked);
}

void fake_free(struct fake **fake)
{
	struct canceled *canceled;

	if (*fake == NULL)
		return;
	while (!LIST_EMPTY(&(*fake)->asked))
		asked_free(LIST_FIRST(&(*fake)->asked));
	while ((canceled = LIST_FIRST(&(*fake)->canceled)) != NULL) {
		LIST_REMOVE(canceled, link);
		alloc_free(&canceled->id);
		alloc_free(&canceled);
	}
	alloc_free(fake);
}

void fake_forget(struct fake *fake, const void *owner)
{
	struct asked *asked, *next;

	for (asked = LIST_FIRST(&fake->asked); asked != NULL; asked = next) {
		next = LIST_NEXT(asked, link);
		if (asked->owner == owner)
			asked_free(asked);
	}
}

static void end(struct asked *asked, struct http_response *response)
{
	http_answer_fn *fn = asked->fn;
	void *owner = asked->owner;

	response->took = mono_since(clock_mono(asked->fake->clock), asked->since);
	asked_free(asked);
	fn(owner, response);
}

static void not_answered(struct asked *asked, enum http_outcome outcome, const char *why)
{
	struct http_response response = {
		.outcome = outcome, .body = "", .header_block = "", .error = why};

	end(asked, &response);
}

static void answer(struct asked *asked, long status, const char *body)
{
	struct wall now = clock_wall(asked->fake->clock);
	time_t seconds = now.us / 1000000;
	struct tm tm;
	char date[40];
	char header[HEADER_BLOCK];

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	snprintf(header, sizeof(header),
		"HTTP/1.1 %ld -\r\nDate: %s\r\nX-Request-ID: test-%u\r\n\r\n", status, date,
		++asked->fake->answers);

	struct http_response response = {.outcome = HTTP_DONE,
		.status = status,
		.body = body,
		.length = strlen(body),
		.header_block = header};
	end(asked, &response);
}

static void refuse(struct asked *asked, long status, int code, const char *message)
{
	AUTO(alloc_free)
	char *body = alloc_print("{\"code\":%d,\"message\":\"%s\"}", code, message);

	answer(asked, status, body);
}

static bool is_canceled(const struct fake *fake, const char *id)
{
	const struct canceled *canceled;

	LIST_FOREACH(canceled, &fake->canceled, link)
	if (strcmp(canceled->id, id) == 0)
		return true;
	return false;
}

static void cancel(struct asked *asked, const char *order)
{
	struct canceled *canceled;

	if (!fake_order_works(order) || is_canceled(asked->fake, asked->id)) {
		refuse(asked, 422, 42210000, "order is not cancelable");
		return;
	}
	canceled = alloc_zero(sizeof(*canceled));
	canceled->id = alloc_text(asked->id);
	LIST_INSERT_HEAD(&asked->fake->canceled, canceled, link);
	answer(asked, 204, "");
}

/* What the database shows, and what was canceled here. The caller frees. */
static char *word_of(const struct fake *fake, const char *order)
{
	AUTO(alloc_free) char *id = fake_order_id(order);
	char *text = NULL;
	struct err err;

	if (id == NULL || !is_canceled(fake, id) || fake_order_cancel(order, &text, &err) < 0)
		return alloc_text(order);
	return text;
}

static void shown(void *owner, const struct pg_answer *rows)
{
	struct asked *asked = owner;

	if (rows->outcome != PG_DONE) {
		not_answered(asked, HTTP_UNKNOWN, "the test account's orders cannot be read");
		return;
	}
	if (PQntuples(rows->results[0]) == 0) {
		refuse(asked, 404, 40410000, "order not found");
		return;
	}

	const char *order = PQgetvalue(rows->results[0], 0, 0);
	if (strcmp(asked->method, "DELETE") == 0) {
		cancel(asked, order);
		return;
	}
	AUTO(alloc_free) char *body = word_of(asked->fake, order);
	answer(asked, 200, body);
}

static void listed(void *owner, const struct pg_answer *rows)
{
	struct asked *asked = owner;

	if (rows->outcome != PG_DONE) {
		not_answered(asked, HTTP_UNKNOWN, "the test account's orders cannot be read");
		return;
	}

	AUTO(alloc_free) char *body = alloc_text("[");
	for (int i = 0; i < PQntuples(rows->results[0]); i++) {
		AUTO(alloc_free)
		char *order = word_of(asked->fake, PQgetvalue(rows->results[0], i, 0));
		if (!fake_order_works(order))
			continue;
		AUTO(alloc_free)
		char *longer = alloc_print("%s%s%s", body, body[1] != '\0' ? "," : "", order);
		alloc_free(&body);
		body = TAKE(longer);
	}
	AUTO(alloc_free) char *list = alloc_print("%s]", body);
	answer(asked, 200, list);
}

static void held(void *owner, const struct pg_answer *rows)
{
	struct asked *asked = owner;

	if (rows->outcome != PG_DONE)
		not_answered(asked, HTTP_UNKNOWN, "the test account's positions cannot be read");
	else
		answer(asked, 200, PQgetvalue(rows->results[0], 0, 0));
}

static void look(struct asked *asked, const char *client_order_id, const char *id, pg_answer_fn *fn)
{
	pg_ask(*asked->fake->pg, &fake_statement, (const char *const[]){client_order_id, id},
		span_sec(DEADLINE_SEC), fn, asked);
}

static void take(struct asked *asked)
{
	AUTO(alloc_free) char *order = NULL;
	struct err err;

	if (fake_order_accept(asked->body, clock_wall(asked->fake->clock), &order, &err) < 0)
		refuse(asked, 422, 40010001, err.text);
	else
		answer(asked, 200, order);
}

static void tell_time(struct asked *asked)
{
	char now[WALL_TEXT];

	wall_format(clock_wall(asked->fake->clock), now);
	AUTO(alloc_free) char *body = alloc_print("{\"timestamp\":\"%s\"}", now);
	answer(asked, 200, body);
}

/* What follows `prefix` in the path, up to a further argument; false when it does not begin so. */
static bool read_id(struct asked *asked, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(asked->path, prefix, length) != 0)
		return false;
	snprintf(asked->id, sizeof(asked->id), "%.*s", (int)strcspn(asked->path + length, "?&"),
		asked->path + length);
	return true;
}

static void route(struct asked *asked)
{
	bool posts = strcmp(asked->method, "POST") == 0;
	bool gets = strcmp(asked->method, "GET") == 0;

	if (posts && strcmp(asked->path, "/v2/orders") == 0)
		take(asked);
	else if (gets && read_id(asked, "/v2/orders:by_client_order_id?client_order_id="))
		look(asked, asked->id, NULL, shown);
	else if (!posts && read_id(asked, "/v2/orders/"))
		look(asked, NULL, asked->id, shown);
	else if (gets && read_id(asked, "/v2/orders"))
		look(asked, NULL, NULL, listed);
	else if (gets && strcmp(asked->path, "/v2/positions") == 0)
		pg_ask(*asked->fake->pg, &fake_positions_statement, NULL, span_sec(DEADLINE_SEC),
			held, asked);
	else if (gets && strcmp(asked->path, "/v2/account") == 0)
		answer(asked, 200, "{\"account_number\":\"TEST\",\"status\":\"ACTIVE\"}");
	else if (gets && strcmp(asked->path, "/v2/clock") == 0)
		tell_time(asked);
	else
		refuse(asked, 404, 40410000, "the broker of the test mode has no such thing");
}

static void on_turn(evutil_socket_t fd, short what, void *owner)
{
	struct asked *asked = owner;

	(void)fd;
	(void)what;
	/* As CURLOPT_PREREQFUNCTION: the last fence says whether it is sent. */
	if (asked->before_send != NULL && !asked->before_send(asked->owner, asked->timeout))
		not_answered(asked, HTTP_REFUSED, "stopped before it was sent");
	else
		route(asked);
}

void fake_ask(
	struct fake *fake, const struct http_request *request, http_answer_fn *fn, void *owner)
{
	struct asked *asked = alloc_zero(sizeof(*asked));
	const char *scheme_end = strstr(request->url, "//");
	const char *path = scheme_end != NULL ? strchr(scheme_end + 2, '/') : NULL;

	asked->fake = fake;
	asked->method = alloc_text(request->method);
	asked->path = alloc_text(path != NULL ? path : "");
	asked->body = alloc_text(request->body != NULL ? request->body : "");
	asked->timeout = request->timeout;
	asked->since = clock_mono(fake->clock);
	asked->before_send = request->before_send;
	asked->fn = fn;
	asked->owner = owner;
	asked->turn = event_new(fake->base, -1, 0, on_turn, asked);
	must(asked->turn != NULL);
	LIST_INSERT_HEAD(&fake->asked, asked, link);
	event_active(asked->turn, EV_TIMEOUT, 0);
}
