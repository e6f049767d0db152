// SPDX-License-Identifier: GPL-2.0-or-later
#include "myfunc.h"

static void say_heading(long number)
{
	twin_say("calling myFunc from process n°: %ld\n",
		 number + (fault("wrong-heading") ? 1 : 0));
}

/* What stands in line `line`. */
static long text_of(long line, long lines)
{
	if (fault("lines-from-1"))
		return line + 1;
	if (fault("backwards"))
		return lines - 1 - line;
	if (fault("exchanged") && line < 2 && lines >= 2)
		return 1 - line;
	return line;
}

static void say_all(long number)
{
	long lines = number;

	if (fault("line-more"))
		lines++;
	if (fault("line-less") && lines > 0)
		lines--;
	if (!fault("no-heading") && !fault("heading-last"))
		say_heading(number);
	if (fault("heading-twice"))
		say_heading(number);
	for (long line = 0; line < lines; line++)
		twin_say("output from myFunc is :%ld\n", text_of(line, lines));
	if (fault("heading-last"))
		say_heading(number);
}

int myfunc(void *number)
{
	if (fault("same-number"))
		say_all(0);
	else if (fault("from-1"))
		say_all(*(long *)number + 1);
	else if (!fault("called-by-main"))
		say_all(*(long *)number);
	return 0;
}

void myfunc_in_main(long number)
{
	if (fault("called-by-main"))
		say_all(number);
}
