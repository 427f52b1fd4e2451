/* test_metric.c - the text that Prometheus reads. */
#include "common/sys/metric.h"

#include "test/unit/unit.h"

static const char *print(const struct metrics *metrics)
{
	static char text[8192];
	struct evbuffer *out = evbuffer_new();
	int length;

	metrics_print(metrics, out);
	length = evbuffer_remove(out, text, sizeof(text) - 1);
	text[length > 0 ? length : 0] = '\0';
	evbuffer_free(out);
	return text;
}

static void nothing_prints_nothing(void **state)
{
	struct metrics *metrics = metrics_new();

	(void)state;
	want_str("empty", print(metrics), "");
	metrics_free(&metrics);
	want_true("freed", metrics == NULL);
	metrics_free(&metrics);
}

static void families_stand_together(void **state)
{
	struct metrics *metrics = metrics_new();

	(void)state;
	metric_add(metrics, "orders_total", "outcome=\"accepted\"", "Orders.", 1);
	metric_set(metrics, "db_up", NULL, "Whether.", 1);
	metric_add(metrics, "orders_total", "outcome=\"refused\"", "ignored by now", 0);
	metric_add(metrics, "orders_total", "outcome=\"accepted\"", "Orders.", 2);
	metric_set(metrics, "db_up", NULL, "Whether.", -3);
	metric_set_ppm(metrics, "queue_use", NULL, "Share.", 1);
	metric_set_ppm(metrics, "queue_use", NULL, "Share.", 1250000);
	want_str("text", print(metrics),
		"# HELP hybridhub_orders_total Orders.\n# TYPE hybridhub_orders_total counter\n"
		"hybridhub_orders_total{outcome=\"accepted\"} 3\n"
		"hybridhub_orders_total{outcome=\"refused\"} 0\n"
		"# HELP hybridhub_db_up Whether.\n# TYPE hybridhub_db_up gauge\n"
		"hybridhub_db_up -3\n"
		"# HELP hybridhub_queue_use Share.\n# TYPE hybridhub_queue_use gauge\n"
		"hybridhub_queue_use 1.250000\n");
	metrics_free(&metrics);
}

static void histograms_are_cumulative(void **state)
{
	struct metrics *metrics = metrics_new();
	static const int64_t took[] = {1000, 1001, 70000, 9999999, 10000001, -5};

	(void)state;
	for (size_t i = 0; i < LENGTH(took); i++)
		metric_took(metrics, "wait_seconds", "a=\"b\"", "Wait.", took[i]);
	metric_took(metrics, "bare_seconds", NULL, "Bare.", 2000000);
	const char *text = print(metrics);
	want_true("type", strstr(text, "# TYPE hybridhub_wait_seconds histogram\n") != NULL);
	want_true("0.001",
		strstr(text, "hybridhub_wait_seconds_bucket{a=\"b\",le=\"0.001\"} 2\n") != NULL);
	want_true("0.0025",
		strstr(text, "hybridhub_wait_seconds_bucket{a=\"b\",le=\"0.0025\"} 3\n") != NULL);
	want_true("0.1",
		strstr(text, "hybridhub_wait_seconds_bucket{a=\"b\",le=\"0.1\"} 4\n") != NULL);
	want_true(
		"10", strstr(text, "hybridhub_wait_seconds_bucket{a=\"b\",le=\"10\"} 5\n") != NULL);
	want_true("+Inf",
		strstr(text, "hybridhub_wait_seconds_bucket{a=\"b\",le=\"+Inf\"} 6\n") != NULL);
	want_true("sum", strstr(text, "hybridhub_wait_seconds_sum{a=\"b\"} 20.072001\n") != NULL);
	want_true("count", strstr(text, "hybridhub_wait_seconds_count{a=\"b\"} 6\n") != NULL);
	want_true("bare bucket",
		strstr(text, "hybridhub_bare_seconds_bucket{le=\"2.5\"} 1\n") != NULL);
	want_true("bare sum", strstr(text, "hybridhub_bare_seconds_sum 2.000000\n") != NULL);
	want_true("ends in a newline", text[strlen(text) - 1] == '\n');
	metrics_free(&metrics);
}

static void what_is_forgotten_does_not_stand(void **state)
{
	struct metrics *metrics = metrics_new();

	(void)state;
	metric_forget(metrics, "lag_seconds");
	metric_set(metrics, "lag_seconds", "symbol=\"SPY\"", "Lag.", 5);
	metric_set(metrics, "lag_seconds", "symbol=\"TSLA\"", "Lag.", 6);
	metric_set(metrics, "other", NULL, "Other.", 7);
	metric_forget(metrics, "lag_seconds");
	metric_set(metrics, "lag_seconds", "symbol=\"SPY\"", "Lag.", 8);
	want_str("text", print(metrics),
		"# HELP hybridhub_lag_seconds Lag.\n# TYPE hybridhub_lag_seconds gauge\n"
		"hybridhub_lag_seconds{symbol=\"SPY\"} 8\n"
		"# HELP hybridhub_other Other.\n# TYPE hybridhub_other gauge\nhybridhub_other 7\n");
	metrics_free(&metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_prints_nothing),
		cmocka_unit_test(families_stand_together),
		cmocka_unit_test(histograms_are_cumulative),
		cmocka_unit_test(what_is_forgotten_does_not_stand),
	};

	return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
