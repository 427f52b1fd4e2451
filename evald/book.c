/* book.c - see book.h. */
#include "evald/book.h"

#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

/* One person's memory: a quiet reason an instance, in document order. */
struct page {
	char *uid;
	struct person_stamp stamp;
	enum reason *quiet;
	bool asked;
};

struct book {
	struct armed *items;
	size_t count, room;
	struct page *pages; /* in the order of uids */
	size_t page_count;
};

struct book *book_new(void)
{
	return alloc_zero(sizeof(struct book));
}

static void free_pages(struct page *pages, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		alloc_free(&pages[i].uid);
		alloc_free(&pages[i].quiet);
	}
	alloc_free(&pages);
}

void book_free(struct book **book)
{
	if (*book == NULL)
		return;
	free_pages((*book)->pages, (*book)->page_count);
	alloc_free(&(*book)->items);
	alloc_free(book);
}

static size_t count_instances(const struct config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->nrules; i++)
		count += config->rules[i].ntargets;
	return count;
}

/* The old page of the same document gives its memory away. */
static struct page make_page(const struct person *person, struct page *old)
{
	struct page page = {.uid = alloc_text(person->uid), .stamp = person->stamp};

	if (old != NULL && old->stamp.version == person->stamp.version &&
		old->stamp.template_version == person->stamp.template_version) {
		page.quiet = TAKE(old->quiet);
		page.asked = old->asked;
	} else {
		page.quiet = alloc_array(count_instances(person->config) + 1, sizeof(*page.quiet));
	}
	return page;
}

static void arm(struct book *book, struct armed armed)
{
	if (book->count == book->room) {
		book->room = book->room == 0 ? 64 : book->room * 2;
		book->items = alloc_grow(book->items, book->room, sizeof(*book->items));
	}
	book->items[book->count++] = armed;
}

static void arm_person(struct book *book, const struct person *person, const struct page *page)
{
	enum reason *quiet = page->quiet;

	for (size_t i = 0; i < person->config->nrules; i++) {
		const struct rule *rule = &person->config->rules[i];

		for (size_t j = 0; j < rule->ntargets; j++, quiet++)
			if (rule->enabled)
				arm(book, (struct armed){person, rule, &rule->targets[j],
						  page->asked, quiet});
	}
}

static int compare(const void *left, const void *right)
{
	const struct armed *a = left;
	const struct armed *b = right;
	int r = strcmp(a->target->symbol.text, b->target->symbol.text);

	if (r == 0)
		r = strcmp(a->person->uid, b->person->uid);
	if (r == 0)
		r = (a->rule > b->rule) - (a->rule < b->rule);
	return r;
}

void book_rebuild(struct book *book, const struct people *people)
{
	struct page *old = book->pages;
	size_t old_count = book->page_count;
	size_t at = 0;

	book->pages = alloc_array(people_count(people) + 1, sizeof(*book->pages));
	book->page_count = 0;
	book->count = 0;
	for (size_t i = 0; i < people_count(people); i++) {
		const struct person *person = people_at(people, i);

		if (person->config == NULL)
			continue;
		while (at < old_count && strcmp(old[at].uid, person->uid) < 0)
			at++;

		bool known = at < old_count && strcmp(old[at].uid, person->uid) == 0;
		struct page *page = &book->pages[book->page_count++];
		*page = make_page(person, known ? &old[at] : NULL);
		arm_person(book, person, page);
	}
	free_pages(old, old_count);
	if (book->count > 0)
		qsort(book->items, book->count, sizeof(*book->items), compare);
}

size_t book_count(const struct book *book)
{
	return book->count;
}

struct armed *book_at(struct book *book, size_t i)
{
	must(i < book->count);
	return &book->items[i];
}

/* The first item that does not stand before symbol and uid. */
static size_t lower_bound(const struct book *book, const char *uid, const char *symbol)
{
	size_t low = 0;
	size_t high = book->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct armed *item = &book->items[middle];
		int r = strcmp(item->target->symbol.text, symbol);

		if (r == 0)
			r = strcmp(item->person->uid, uid);
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct armed *book_find(struct book *book, const char *uid, const char *rule_id, const char *symbol)
{
	for (size_t i = lower_bound(book, uid, symbol); i < book->count; i++) {
		struct armed *item = &book->items[i];

		if (strcmp(item->target->symbol.text, symbol) != 0 ||
			strcmp(item->person->uid, uid) != 0)
			break;
		if (strcmp(item->rule->id, rule_id) == 0)
			return item;
	}
	return NULL;
}

/* Symbols hold capitals, digits, dots and one slash: nothing that an array's text would have to escape. */
char *book_begin_look(struct book *book)
{
	size_t length = 0;
	char *text = alloc_zero(book->count * (SYMBOL_TEXT + 3) + 3);
	const char *before = "";

	text[length++] = '{';
	for (size_t i = 0; i < book->count; i++) {
		const char *symbol = book->items[i].target->symbol.text;
		size_t size = strlen(symbol);

		book->items[i].asked = true;
		if (strcmp(symbol, before) == 0)
			continue;
		if (length > 1)
			text[length++] = ',';
		text[length++] = '"';
		memcpy(text + length, symbol, size);
		length += size;
		text[length++] = '"';
		before = symbol;
	}
	text[length++] = '}';
	for (size_t i = 0; i < book->page_count; i++)
		book->pages[i].asked = true;
	return text;
}
