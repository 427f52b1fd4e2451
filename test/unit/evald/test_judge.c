/* From documents and rows to questions: book.h, judge.h, ask.h. The rule is the plan's own. */
#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/trading/config_check.h"
#include "common/trading/question_id.h"
#include "evald/faults.h"
#include "evald/judge.h"
#include "test/unit/unit.h"

static const char DIP[] =
	"{\"version\":1,\"data_inputs\":[{\"id\":\"watch\",\"source\":\"alpaca\","
	"\"symbols\":[\"AAPL\",\"SPY\"]}],"
	"\"rules\":[{\"id\":\"dip\",\"type\":\"price_below_pct_of_ref\",\"symbols\":[\"SPY\","
	"\"AAPL\"],"
	"\"ref_metric\":\"prev_close\",\"threshold_pct\":-1.5,"
	"\"question_template\":\"{{symbol}} is down {{pct}}% vs yesterday.\","
	"\"on_answer_match\":{\"action\":\"propose_order\",\"side\":\"buy\",\"notional_usd\":10}},"
	"{\"id\":\"tell\",\"type\":\"price_below_pct_of_ref\",\"symbol\":\"SPY\","
	"\"ref_metric\":\"prev_close\",\"threshold_pct\":-1,"
	"\"question_template\":\"{{symbol}} moved.\","
	"\"on_answer_match\":{\"action\":\"notify_only\"}},"
	"{\"id\":\"off\",\"enabled\":false,\"type\":\"price_below_pct_of_ref\",\"symbol\":\"SPY\","
	"\"ref_metric\":\"prev_close\",\"threshold_pct\":-1,"
	"\"question_template\":\"never\",\"on_answer_match\":{\"action\":\"notify_only\"}}]}";

static struct wall wall(const char *text)
{
	struct wall at = {0};
	int r = wall_parse(text, &at);

	must(r == 0);
	return at;
}

static struct config *load(const char *text)
{
	const struct config_source source = {.override_text = text, .worker_interval_seconds = 1};
	struct config_report report = {0};
	struct config *config = NULL;

	if (config_load(&source, &config, &report) < 0)
		print_error("%s: %s\n", report.errors[0].path, report.errors[0].message);
	config_report_done(&report);
	assert_non_null(config);
	return config;
}

static struct observation row(
	const char *symbol, enum market_metric metric, int64_t dollars, const char *as_of, int day)
{
	struct observation row = {
		.snapshot_id = dollars,
		.metric = metric,
		.price = {dollars * DECIMAL_ONE},
		.as_of = wall(as_of),
		.session_date = {2026, 11, day},
	};

	snprintf(row.symbol.text, sizeof(row.symbol.text), "%s", symbol);
	return row;
}

/* Everything that a look needs, at 10:00 New York on Wednesday 25 November 2026. */
struct scene {
	struct people *people;
	struct book *book;
	struct calendar_day days[4];
	struct calendar calendar;
	struct observation rows[4];
	struct look look;
	int evaluated, quiet, changed;
	enum reason last;
};

static void on_evaluated(void *owner, const struct rule *rule, const struct evaluation *evaluation)
{
	struct scene *scene = owner;

	(void)rule;
	(void)evaluation;
	scene->evaluated++;
}

static void on_quiet(void *owner, const struct quiet_change *change, bool changed)
{
	struct scene *scene = owner;

	scene->quiet++;
	scene->changed += changed;
	scene->last = change->reason;
}

static const struct person_stamp first = {7, 3, true};

static void set(struct scene *scene)
{
	static const int dates[] = {23, 24, 25, 27};

	*scene = (struct scene){.people = people_new(), .book = book_new()};
	for (size_t i = 0; i < LENGTH(dates); i++) {
		struct date date = {2026, 11, dates[i]};
		scene->days[i] = (struct calendar_day){date, ny_at(date, 9, 30), ny_at(date, 16, 0),
			ny_at(date, 4, 0), ny_at(date, 20, 0)};
	}
	scene->calendar = (struct calendar){scene->days, LENGTH(scene->days)};
	scene->rows[0] = row("SPY", METRIC_LAST_TRADE, 492, "2026-11-25T15:00:00Z", 25);
	scene->rows[1] = row("AAPL", METRIC_LAST_TRADE, 99, "2026-11-25T14:59:59Z", 25);
	scene->rows[2] = row("SPY", METRIC_PREV_CLOSE, 500, "2026-11-24T21:00:00Z", 24);
	scene->rows[3] = row("AAPL", METRIC_PREV_CLOSE, 100, "2026-11-24T21:00:00Z", 24);
	scene->look = (struct look){scene->book, scene->rows, LENGTH(scene->rows), &scene->calendar,
		wall("2026-11-25T15:00:01Z"), {on_evaluated, on_quiet, scene}, NULL, 0, false};
	people_put(scene->people, "anna", first, load(DIP));
	book_rebuild(scene->book, scene->people);
	char *symbols = book_begin_look(scene->book);
	alloc_free(&symbols);
}

static void strike(struct scene *scene)
{
	book_free(&scene->book);
	people_free(&scene->people);
}

static void test_book(void **state)
{
	struct scene scene;

	(void)state;
	set(&scene);
	people_put(scene.people, "bert", first, load(DIP));
	people_put(scene.people, "carl", first, NULL);
	book_rebuild(scene.book, scene.people);

	AUTO(alloc_free) char *symbols = book_begin_look(scene.book);
	want_str("symbols", symbols, "{\"AAPL\",\"SPY\"}");
	want_i64("armed", book_count(scene.book), 6);
	want_str("by symbol", book_at(scene.book, 0)->target->symbol.text, "AAPL");
	want_str("then uid", book_at(scene.book, 2)->person->uid, "anna");
	want_str("then document", book_at(scene.book, 2)->rule->id, "dip");
	want_str("then document", book_at(scene.book, 3)->rule->id, "tell");
	want_true("found", book_find(scene.book, "bert", "tell", "SPY") == book_at(scene.book, 5));
	want_true("no such symbol", book_find(scene.book, "bert", "tell", "AAPL") == NULL);
	want_true("switched off", book_find(scene.book, "anna", "off", "SPY") == NULL);
	want_true("nobody", book_find(scene.book, "carl", "dip", "SPY") == NULL);

	/* Memory stays with an unchanged document and goes with a changed one. */
	*book_find(scene.book, "anna", "tell", "SPY")->quiet = REASON_STALE;
	*book_find(scene.book, "bert", "tell", "SPY")->quiet = REASON_STALE;
	people_put(scene.people, "bert", (struct person_stamp){8, 3, true}, load(DIP));
	people_put(scene.people, "aaron", first, load(DIP));
	book_rebuild(scene.book, scene.people);
	want_i64("kept", *book_find(scene.book, "anna", "tell", "SPY")->quiet, REASON_STALE);
	want_i64("gone", *book_find(scene.book, "bert", "tell", "SPY")->quiet, REASON_NONE);

	people_remove(scene.people, "anna");
	people_remove(scene.people, "bert");
	people_remove(scene.people, "aaron");
	book_rebuild(scene.book, scene.people);
	AUTO(alloc_free) char *none = book_begin_look(scene.book);
	want_str("nobody left", none, "{}");
	strike(&scene);
}

static void test_look(void **state)
{
	struct scene scene;
	size_t count;

	(void)state;
	set(&scene);
	struct candidate *candidates = judge_look(&scene.look, &count);
	want_i64("looked at", scene.evaluated, 3);
	want_i64("true", count, 2);
	want_str("document order", candidates[0].rule_id, "dip");
	want_str("document order", candidates[0].symbol.text, "SPY");
	want_str("document order", candidates[1].rule_id, "tell");
	want_i64("AAPL is false, and was", scene.quiet, 0);

	AUTO(alloc_free) char *keys = judge_keys(candidates, count);
	want_str("keys", keys,
		"[{\"firebase_uid\":\"anna\",\"rule_id\":\"dip\",\"symbol\":\"SPY\"},"
		"{\"firebase_uid\":\"anna\",\"rule_id\":\"tell\",\"symbol\":\"SPY\"}]");
	candidates_free(&candidates, count);

	/* Ten minutes later everything is stale; it is said once. */
	scene.look.now = wall("2026-11-25T15:10:00Z");
	candidates = judge_look(&scene.look, &count);
	want_i64("stale", count, 0);
	want_i64("stale", scene.last, REASON_STALE);
	want_i64("said", scene.changed, 3);
	candidates_free(&candidates, count);
	candidates = judge_look(&scene.look, &count);
	want_i64("said once", scene.changed, 3);
	want_i64("counted again", scene.quiet, 6);
	candidates_free(&candidates, count);

	/* No row at all. */
	scene.look.nrows = 0;
	candidates = judge_look(&scene.look, &count);
	want_i64("missing", scene.last, REASON_METRIC_MISSING);
	candidates_free(&candidates, count);
	strike(&scene);
}

/* Rows are asked for, a document comes, the rows come: nothing is said of what they were not asked for. */
static void test_look_begun_before(void **state)
{
	struct scene scene;
	size_t count;

	(void)state;
	set(&scene);
	people_put(scene.people, "bert", first, load(DIP));
	book_rebuild(scene.book, scene.people);
	scene.look.nrows = 0;
	struct candidate *candidates = judge_look(&scene.look, &count);
	want_i64("anna's alone", scene.evaluated, 3);
	want_i64("bert's say nothing yet", scene.changed, 3);
	candidates_free(&candidates, count);

	char *symbols = book_begin_look(scene.book);
	alloc_free(&symbols);
	candidates = judge_look(&scene.look, &count);
	want_i64("both", scene.evaluated, 9);
	want_i64("bert's too", scene.changed, 6);
	candidates_free(&candidates, count);
	strike(&scene);
}

static void test_faults(void **state)
{
	struct faults *faults = faults_new();

	(void)state;
	faults_begin(faults);
	want_true("news", faults_note(faults, "SPY"));
	want_true("once a round", !faults_note(faults, "SPY"));
	faults_begin(faults);
	want_true("known", !faults_note(faults, "SPY"));
	want_true("another", faults_note(faults, "QQQ"));
	faults_begin(faults);
	faults_begin(faults);
	want_true("mended and broken again", faults_note(faults, "SPY"));
	faults_free(&faults);
}

/* What the first candidate asks under a state, as text without its metadata; NULL = nothing. */
static char *decide(struct scene *scene, const struct instance_state *instance, int64_t most)
{
	size_t count;
	struct candidate *candidates = judge_look(&scene->look, &count);
	struct uuid id;

	must(count > 0);
	const struct verdict_case at = {
		.look = &scene->look,
		.candidate = &candidates[0],
		.state = instance,
		.max_queued = most,
	};
	AUTO(json_free) cJSON *ask = judge_decide(&at, &id);
	candidates_free(&candidates, count);
	if (ask == NULL)
		return NULL;
	cJSON_DeleteItemFromObject(ask, "metadata");
	return json_print(ask);
}

static void test_ask(void **state)
{
	const struct instance_state fresh = {0};
	struct scene scene;

	(void)state;
	set(&scene);
	AUTO(alloc_free) char *ask = decide(&scene, &fresh, 5);
	want_str("the plan's question", ask,
		"{\"id\":\"a9229145-a38c-5720-a707-5887b432241f\",\"kind\":\"proposal\","
		"\"as_of\":\"2026-11-25T15:00:00Z\","
		"\"chain_id\":\"a9229145-a38c-5720-a707-5887b432241f\",\"attempt\":1,"
		"\"firebase_uid\":\"anna\",\"rule_id\":\"dip\",\"symbol\":\"SPY\","
		"\"asset_class\":\"us_equity\",\"pipeline_step\":\"dip:await_confirm\","
		"\"question_text\":\"SPY is down 1.6% vs yesterday.\","
		"\"source_tag\":\"trading:rule:dip\",\"created_at\":\"2026-11-25T15:00:01Z\","
		"\"expires_at\":\"2026-11-25T15:15:01Z\",\"config_version\":7,"
		"\"template_version\":3,\"mode\":\"paper\",\"broker_account\":\"paper\","
		"\"proposal\":{\"side\":\"buy\",\"order_type\":\"market\",\"time_in_force\":"
		"\"day\","
		"\"notional_usd\":\"10\",\"price_asked\":\"492\",\"extended_hours\":false,"
		"\"tunables\":{\"approve_min\":\"7\",\"skip_max\":\"-7\","
		"\"on_ambiguous\":\"follow_up\",\"max_follow_ups\":1,\"max_drift_pct\":\"0.5\","
		"\"drift_side\":\"both\",\"on_drift\":\"reask\",\"max_reasks\":2,"
		"\"undo_seconds\":0,\"cooldown_seconds\":3600,\"after_skip\":\"session\","
		"\"max_fires_per_day\":3,\"question_ttl_seconds\":900,"
		"\"close_buffer_seconds\":300,\"max_staleness_seconds\":180}}}");
	strike(&scene);
}

/* A drifted yes: asked again at the new price, also where the rule is not true any more. */
static void test_reask(void **state)
{
	struct instance_state awaiting = {.awaiting = true, .has_fired = true, .fires_today = 3};
	char uid[] = "anna";
	struct reask reask = {.uid = uid,
		.rule_id = "dip",
		.symbol = {"SPY"},
		.question_id = {{1}},
		.chain_id = {{2}},
		.attempt = 2,
		.as_of = wall("2026-11-25T14:59:00Z"),
		.price_asked = {492 * DECIMAL_ONE}};
	struct scene scene;
	size_t count;

	(void)state;
	set(&scene);
	scene.look.reasks = &reask;
	scene.look.nreasks = 1;
	scene.rows[0].price.nano = 495 * DECIMAL_ONE; /* -1 %: false */
	scene.rows[0].snapshot_id = 495;
	struct candidate *candidates = judge_look(&scene.look, &count);
	want_i64("dip asks again, tell fires", count, 2);
	want_true("dip again", candidates[0].reask == &reask);
	want_true("tell fires", candidates[1].reask == NULL);

	struct verdict_case at = {.look = &scene.look,
		.candidate = &candidates[0],
		.state = &awaiting,
		.max_queued = 5};
	struct uuid id;
	AUTO(json_free) cJSON *ask = judge_decide(&at, &id);
	assert_non_null(ask);
	want_str("kind", json_text(ask, "kind"), "reask");
	want_str("attempt", json_member(ask, "attempt")->valuestring, "3");
	want_str("text", json_text(ask, "question_text"), "SPY is down 1.0% vs yesterday.");
	want_str("as_of", json_text(ask, "as_of"), "2026-11-25T14:59:00Z");
	want_str("chain", json_text(ask, "chain_id"), "02000000-0000-0000-0000-000000000000");
	want_str("ttl", json_text(ask, "expires_at"), "2026-11-25T15:15:01Z");
	want_true("id", uuid_same(id, question_id("anna", "dip", "SPY", reask.as_of, 3)));
	const cJSON *proposal = json_member(ask, "proposal");
	const cJSON *metadata = json_member(ask, "metadata");
	want_str("price", json_text(proposal, "price_asked"), "495");
	want_str("fact", json_text(json_member(metadata, "facts"), "price"), "495");
	want_str("before", json_text(json_member(metadata, "reask"), "price_asked"), "492");

	/* On another account it would be another order. */
	reask.mode = MODE_LIVE;
	want_true("another account", judge_decide(&at, &id) == NULL);
	candidates_free(&candidates, count);

	/* No fresh price: it waits. */
	reask.mode = MODE_PAPER;
	scene.look.now = wall("2026-11-25T15:10:00Z");
	candidates = judge_look(&scene.look, &count);
	want_i64("stale", count, 0);
	candidates_free(&candidates, count);
	strike(&scene);
}

static void test_not_asked(void **state)
{
	static const struct {
		const char *name;
		struct instance_state state;
		int64_t most;
		enum reason reason;
	} cases[] = {
		{"free", {0}, 5, REASON_NONE},
		{"awaiting", {.awaiting = true}, 5, REASON_AWAITING},
		{"cooling",
			{.has_fired = true, .last_as_of = {1}, .last_asked_at = {1764081000000000}},
			5, REASON_NONE},
		{"at the cap of all pipelines", {.open_questions = 2}, 2, REASON_QUESTION_BUDGET},
		{"below it", {.open_questions = 1}, 2, REASON_NONE},
		{"three fires", {.fires_today = 3}, 5, REASON_MAX_FIRES},
		{"halted", {.halt_level = HALT_HALTED}, 5, REASON_HALTED},
		{"orders done", {.orders_today = 3}, 5, REASON_MAX_ORDERS_PER_DAY},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct scene scene;

		set(&scene);
		AUTO(alloc_free) char *ask = decide(&scene, &cases[i].state, cases[i].most);
		want_i64(cases[i].name, scene.last, cases[i].reason);
		want_true(cases[i].name, (ask != NULL) == (cases[i].reason == REASON_NONE));
		strike(&scene);
	}
}

/* The same bar, once it has fired, does not fire again; the next one does after the cooldown. */
static void test_newer_rows_only(void **state)
{
	struct scene scene;
	struct instance_state fired;

	(void)state;
	set(&scene);
	fired = (struct instance_state){.has_fired = true,
		.last_as_of = wall("2026-11-25T15:00:00Z"),
		.last_asked_at = wall("2026-11-25T13:00:00Z")};
	AUTO(alloc_free) char *same = decide(&scene, &fired, 5);
	want_true("same row", same == NULL);

	fired.last_as_of = wall("2026-11-25T14:59:59Z");
	AUTO(alloc_free) char *newer = decide(&scene, &fired, 5);
	want_true("newer row", newer != NULL);

	fired.last_asked_at = wall("2026-11-25T14:00:02Z");
	AUTO(alloc_free) char *cooling = decide(&scene, &fired, 5);
	want_true("cooling", cooling == NULL);
	want_i64("cooling", scene.last, REASON_COOLDOWN);
	strike(&scene);
}

/* The document changes while its candidate's state is on the way: nothing is asked from the old one. */
static void test_changed_meanwhile(void **state)
{
	const struct instance_state fresh = {0};
	struct scene scene;
	struct uuid id;
	size_t count;

	(void)state;
	set(&scene);
	struct candidate *candidates = judge_look(&scene.look, &count);
	const struct verdict_case at = {
		.look = &scene.look, .candidate = &candidates[0], .state = &fresh, .max_queued = 5};

	people_put(scene.people, "anna", (struct person_stamp){8, 3, true}, load(DIP));
	book_rebuild(scene.book, scene.people);
	want_true("changed", judge_decide(&at, &id) == NULL);
	people_put(scene.people, "anna", (struct person_stamp){9, 3, false}, NULL);
	book_rebuild(scene.book, scene.people);
	want_true("switched off", judge_decide(&at, &id) == NULL);
	candidates_free(&candidates, count);
	strike(&scene);
}

static void test_test_mode(void **state)
{
	struct guardrails opened;
	const struct instance_state fresh = {0};
	struct scene scene;
	struct uuid id;
	size_t count;

	(void)state;
	guardrails_default(&opened);
	opened.live_allowed = true;
	set(&scene);
	scene.look.test_mode = true;
	AUTO(alloc_free) char *ask = decide(&scene, &fresh, 5);
	must(ask != NULL);
	want_true("the test account",
		strstr(ask, "\"mode\":\"paper\",\"broker_account\":\"test\"") != NULL);

	/* A live document, where live could be ordered: asked for elsewhere, never in test mode. */
	AUTO(alloc_free) char *live = alloc_print("{\"mode\":\"live\",%s", DIP + 1);
	people_put(scene.people, "anna", first, load(live));
	book_rebuild(scene.book, scene.people);
	char *symbols = book_begin_look(scene.book);
	alloc_free(&symbols);
	for (int test_mode = 0; test_mode < 2; test_mode++) {
		scene.look.test_mode = test_mode != 0;
		struct candidate *candidates = judge_look(&scene.look, &count);
		const struct verdict_case at = {.look = &scene.look,
			.candidate = &candidates[0],
			.state = &fresh,
			.guardrails = &opened,
			.max_queued = 5};
		AUTO(json_free) cJSON *asked = judge_decide(&at, &id);

		want_true("asked", (asked == NULL) == scene.look.test_mode);
		if (asked != NULL)
			want_str("account", json_text(asked, "broker_account"), "live");
		candidates_free(&candidates, count);
	}
	want_i64("why not", scene.last, REASON_LIVE_NOT_ALLOWED);
	strike(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_book),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_look_begun_before),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_reask),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_newer_rows_only),
		cmocka_unit_test(test_changed_meanwhile),
		cmocka_unit_test(test_test_mode),
	};

	return cmocka_run_group_tests_name("evald/judge", tests, NULL, NULL);
}
