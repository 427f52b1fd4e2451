/*
 * tri.h - three-valued logic (Kleene). Only TRI_TRUE fires, so "not stale" cannot.
 */
#pragma once

#include <stddef.h>

enum tri {
	TRI_FALSE,
	TRI_TRUE,
	TRI_UNKNOWN,
};

enum tri tri_all(const enum tri values[], size_t count);
enum tri tri_any(const enum tri values[], size_t count);
enum tri tri_not(enum tri value);
