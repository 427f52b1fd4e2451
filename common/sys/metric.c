/* metric.c - see metric.h. A family is one name; its rows differ by labels. A daemon has some dozens: lists do. */
#include "common/sys/metric.h"

#include <inttypes.h>
#include <string.h>
#include <sys/queue.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

enum kind {
	COUNTER,
	GAUGE,
	SHARE, /* a gauge in parts per million */
	HISTOGRAM,
};

static const char *const kind_words[] = {
	[COUNTER] = "counter",
	[GAUGE] = "gauge",
	[SHARE] = "gauge",
	[HISTOGRAM] = "histogram",
};

struct bucket {
	int64_t us;
	const char *le; /* the same in seconds */
};

/* clang-format off */
static const struct bucket buckets[] = {
	{1000, "0.001"}, {2500, "0.0025"}, {5000, "0.005"}, {10000, "0.01"}, {25000, "0.025"},
	{50000, "0.05"}, {100000, "0.1"}, {250000, "0.25"}, {500000, "0.5"}, {1000000, "1"},
	{2500000, "2.5"}, {5000000, "5"}, {10000000, "10"},
};

/* clang-format on */

struct row {
	STAILQ_ENTRY(row) next;
	char *labels;  /* "" when none */
	int64_t value; /* of a histogram: the sum in microseconds */
	int64_t count;
	int64_t in[LENGTH(buckets)]; /* not cumulative */
};

struct family {
	STAILQ_ENTRY(family) next;
	char *name;
	char *help;
	enum kind kind;
	STAILQ_HEAD(row_list, row) rows;
};

struct metrics {
	STAILQ_HEAD(family_list, family) families;
};

struct metrics *metrics_new(void)
{
	struct metrics *metrics = alloc_zero(sizeof(*metrics));

	STAILQ_INIT(&metrics->families);
	return metrics;
}

static void rows_free(struct family *family)
{
	while (!STAILQ_EMPTY(&family->rows)) {
		struct row *row = STAILQ_FIRST(&family->rows);

		STAILQ_REMOVE_HEAD(&family->rows, next);
		alloc_free(&row->labels);
		alloc_free(&row);
	}
}

static void family_free(struct family *family)
{
	rows_free(family);
	alloc_free(&family->name);
	alloc_free(&family->help);
	alloc_free(&family);
}

void metrics_free(struct metrics **metrics)
{
	if (*metrics == NULL)
		return;
	while (!STAILQ_EMPTY(&(*metrics)->families)) {
		struct family *family = STAILQ_FIRST(&(*metrics)->families);

		STAILQ_REMOVE_HEAD(&(*metrics)->families, next);
		family_free(family);
	}
	alloc_free(metrics);
}

static struct family *family_of(
	struct metrics *metrics, const char *name, const char *help, enum kind kind)
{
	struct family *family;

	STAILQ_FOREACH(family, &metrics->families, next)
	{
		if (strcmp(family->name, name) == 0) {
			must(family->kind == kind);
			return family;
		}
	}
	family = alloc_zero(sizeof(*family));
	family->name = alloc_text(name);
	family->help = alloc_text(help);
	family->kind = kind;
	STAILQ_INIT(&family->rows);
	STAILQ_INSERT_TAIL(&metrics->families, family, next);
	return family;
}

static struct row *row_of(struct family *family, const char *labels)
{
	const char *key = labels != NULL ? labels : "";
	struct row *row;

	STAILQ_FOREACH(row, &family->rows, next)
	{
		if (strcmp(row->labels, key) == 0)
			return row;
	}
	row = alloc_zero(sizeof(*row));
	row->labels = alloc_text(key);
	STAILQ_INSERT_TAIL(&family->rows, row, next);
	return row;
}

void metric_add(
	struct metrics *metrics, const char *name, const char *labels, const char *help, int64_t by)
{
	must(by >= 0);
	row_of(family_of(metrics, name, help, COUNTER), labels)->value += by;
}

void metric_set(struct metrics *metrics, const char *name, const char *labels, const char *help,
	int64_t value)
{
	row_of(family_of(metrics, name, help, GAUGE), labels)->value = value;
}

void metric_forget(struct metrics *metrics, const char *name)
{
	struct family *family;

	STAILQ_FOREACH(family, &metrics->families, next)
	{
		if (strcmp(family->name, name) != 0)
			continue;
		must(family->kind == GAUGE);
		rows_free(family);
	}
}

void metric_set_ppm(struct metrics *metrics, const char *name, const char *labels, const char *help,
	int64_t ppm)
{
	must(ppm >= 0);
	row_of(family_of(metrics, name, help, SHARE), labels)->value = ppm;
}

void metric_took(
	struct metrics *metrics, const char *name, const char *labels, const char *help, int64_t us)
{
	struct row *row = row_of(family_of(metrics, name, help, HISTOGRAM), labels);
	int64_t took = us > 0 ? us : 0;

	row->count++;
	row->value += took;
	for (size_t i = 0; i < LENGTH(buckets); i++) {
		if (took <= buckets[i].us) {
			row->in[i]++;
			return;
		}
	}
}

static void print_histogram(
	const struct family *family, const struct row *row, struct evbuffer *out)
{
	const char *comma = row->labels[0] != '\0' ? "," : "";
	const char *open = row->labels[0] != '\0' ? "{" : "";
	const char *close = row->labels[0] != '\0' ? "}" : "";
	int64_t sum = 0;

	for (size_t i = 0; i < LENGTH(buckets); i++) {
		sum += row->in[i];
		evbuffer_add_printf(out, "hybridhub_%s_bucket{%s%sle=\"%s\"} %" PRId64 "\n",
			family->name, row->labels, comma, buckets[i].le, sum);
	}
	evbuffer_add_printf(out, "hybridhub_%s_bucket{%s%sle=\"+Inf\"} %" PRId64 "\n", family->name,
		row->labels, comma, row->count);
	evbuffer_add_printf(out, "hybridhub_%s_sum%s%s%s %" PRId64 ".%06" PRId64 "\n", family->name,
		open, row->labels, close, row->value / 1000000, row->value % 1000000);
	evbuffer_add_printf(out, "hybridhub_%s_count%s%s%s %" PRId64 "\n", family->name, open,
		row->labels, close, row->count);
}

static void print_number(const struct family *family, const struct row *row, struct evbuffer *out)
{
	if (row->labels[0] == '\0')
		evbuffer_add_printf(out, "hybridhub_%s ", family->name);
	else
		evbuffer_add_printf(out, "hybridhub_%s{%s} ", family->name, row->labels);
	if (family->kind == SHARE)
		evbuffer_add_printf(out, "%" PRId64 ".%06" PRId64 "\n", row->value / 1000000,
			row->value % 1000000);
	else
		evbuffer_add_printf(out, "%" PRId64 "\n", row->value);
}

void metrics_print(const struct metrics *metrics, struct evbuffer *out)
{
	const struct family *family;
	const struct row *row;

	STAILQ_FOREACH(family, &metrics->families, next)
	{
		evbuffer_add_printf(out, "# HELP hybridhub_%s %s\n# TYPE hybridhub_%s %s\n",
			family->name, family->help, family->name, kind_words[family->kind]);
		STAILQ_FOREACH(row, &family->rows, next)
		{
			if (family->kind == HISTOGRAM)
				print_histogram(family, row, out);
			else
				print_number(family, row, out);
		}
	}
}
