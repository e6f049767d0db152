// SPDX-License-Identifier: GPL-2.0-or-later
/* Each object lives its day, twice; for those who look at it meanwhile, such as valgrind. */
#include <mproc.h>

#include "common.h"
#include "days.h"
#include "tap.h"

int main(void)
{
	if (days_begin() != 0)
		return 1;
	tap_plan(0);
	for (const struct day *day = days; day->object; day++) {
		is_int(day->live(), 0, "a day of %s", day->object);
		is_int(day->live(), 0, "and another");
	}
	return tap_done();
}
