// SPDX-License-Identifier: GPL-2.0-or-later
#include "named.h"

#include <string.h>

#include "tap.h"

struct mp_namespace *ns;

void make(size_t bytes)
{
	int rc = mp_namespace_new(&ns, bytes);

	if (rc)
		tap_bail("mp_namespace_new: %s", mp_result_text(rc));
}

size_t room(const char *name, size_t size)
{
	return (17 + strlen(name) + size + 7) / 8 * 8;
}

bool has_int64(const char *name, int64_t expected)
{
	int64_t number = expected + 1;

	return mp_namespace_get_int64(ns, name, &number) == 0 && number == expected;
}

bool has_string(const char *name, const char *expected)
{
	static char buffer[100000];
	size_t length = SIZE_MAX;

	return mp_namespace_get_string(ns, name, buffer, sizeof(buffer), &length) == 0 &&
	       length == strlen(expected) && strcmp(buffer, expected) == 0;
}

bool has_bytes(const char *name, const void *expected, size_t size)
{
	static char buffer[100000];
	size_t length = SIZE_MAX;

	return mp_namespace_get_bytes(ns, name, buffer, sizeof(buffer), &length) == 0 &&
	       length == size && memcmp(buffer, expected, size) == 0;
}

bool is_there(const char *name)
{
	enum mp_type type;

	return mp_namespace_type(ns, name, &type) == 0;
}
