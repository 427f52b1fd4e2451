/* tri.c - Kleene's and, or, not. */
#include "common/trading/tri.h"

enum tri tri_all(const enum tri values[], size_t count)
{
	enum tri all = TRI_TRUE;
	size_t i;

	for (i = 0; i < count; i++) {
		if (values[i] == TRI_FALSE)
			return TRI_FALSE;
		if (values[i] == TRI_UNKNOWN)
			all = TRI_UNKNOWN;
	}
	return all;
}

enum tri tri_any(const enum tri values[], size_t count)
{
	enum tri any = TRI_FALSE;
	size_t i;

	for (i = 0; i < count; i++) {
		if (values[i] == TRI_TRUE)
			return TRI_TRUE;
		if (values[i] == TRI_UNKNOWN)
			any = TRI_UNKNOWN;
	}
	return any;
}

enum tri tri_not(enum tri value)
{
	switch (value) {
	case TRI_FALSE:
		return TRI_TRUE;
	case TRI_TRUE:
		return TRI_FALSE;
	case TRI_UNKNOWN:
		break;
	}
	return TRI_UNKNOWN;
}
