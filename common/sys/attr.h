/* attr.h - the few compiler words that the house uses. */
#pragma once

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(nth, first) __attribute__((format(printf, nth, first)))

/* AUTO(x_free) struct x *x = NULL;  - freed by leaving the block; x_free takes struct x **. */
#define AUTO(free_fn) __attribute__((cleanup(free_fn)))

/* TAKE(p) gives the pointer away and leaves NULL behind. */
#define TAKE(p)                                                                                    \
	({                                                                                         \
		__typeof__(p) *take_place_ = &(p);                                                 \
		__typeof__(p) take_value_ = *take_place_;                                          \
		*take_place_ = NULL;                                                               \
		take_value_;                                                                       \
	})

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
