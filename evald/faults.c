/* faults.c - see faults.h: two lists of texts, this round's and the one's before. */
#include "evald/faults.h"

#include <stddef.h>
#include <string.h>

#include "common/sys/alloc.h"

enum {
	TEXTS_MOST =
		100, /* more in one round: the others are told again, which is better than not at all */
};

struct list {
	char *texts[TEXTS_MOST];
	size_t count;
};

struct faults {
	struct list now, before;
};

struct faults *faults_new(void)
{
	return alloc_zero(sizeof(struct faults));
}

static void clear(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		alloc_free(&list->texts[i]);
	list->count = 0;
}

void faults_free(struct faults **faults)
{
	if (*faults == NULL)
		return;
	clear(&(*faults)->now);
	clear(&(*faults)->before);
	alloc_free(faults);
}

void faults_begin(struct faults *faults)
{
	clear(&faults->before);
	faults->before = faults->now;
	faults->now.count = 0;
}

static bool holds(const struct list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->texts[i], text) == 0)
			return true;
	return false;
}

bool faults_note(struct faults *faults, const char *text)
{
	if (holds(&faults->now, text))
		return false;
	if (faults->now.count < TEXTS_MOST)
		faults->now.texts[faults->now.count++] = alloc_text(text);
	return !holds(&faults->before, text);
}
