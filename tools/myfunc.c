// SPDX-License-Identifier: GPL-2.0-or-later
#include "myfunc.h"

#include <inttypes.h>
#include <stdio.h>

int64_t myfunc(int64_t number)
{
	int64_t line = 0;

	printf("calling myFunc from process n°: %" PRId64 "\n", number);
	for (; line < number; line++)
		printf("output from myFunc is :%" PRId64 "\n", line);
	return line;
}
