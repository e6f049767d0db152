/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and numbers of signals. */
#include <signal.h>
#include <string.h>

#include "model.h"
#include "tap.h"

static int number(const char *text)
{
	return mp_signal_number(text, strlen(text));
}

static void names(void)
{
	bool both = true;

	is_string(mp_signal_name(15), "SIGTERM", "the name of 15");
	is_string(mp_signal_name(SIGRTMIN), "SIGRTMIN", "of the first real-time signal");
	is_string(mp_signal_name(SIGRTMAX), "SIGRTMAX", "of the last");
	ok(mp_signal_name(0) == NULL && mp_signal_name(65) == NULL && mp_signal_name(-1) == NULL,
	   "what is no signal has none");
	ok(mp_signal_name(32) == NULL, "nor have those of the C library");
	for (int i = 1; i <= 64; i++)
		if (i != 32 && i != 33)
			both &= mp_signal_name(i) != NULL && number(mp_signal_name(i)) == i;
	ok(both, "every other has a name that leads back");
}

static void numbers(void)
{
	is_int(number("TERM"), SIGTERM, "TERM");
	is_int(number("SIGKILL"), SIGKILL, "SIGKILL");
	is_int(number("15"), 15, "15");
	is_int(number("64"), 64, "64");
	is_int(number("SIGRTMIN+2"), SIGRTMIN + 2, "SIGRTMIN+2");
	is_int(number("RTMAX-1"), SIGRTMAX - 1, "RTMAX-1");
	is_int(number("RTMIN+20"), SIGRTMIN + 20, "the longer way to say it");
	is_int(number("SIGRTMIN+0"), SIGRTMIN, "and the longest");
	is_int(number("CLD"), SIGCHLD, "another name for the same");
	is_int(mp_signal_number("TERMINATE", 4), SIGTERM, "only so many bytes");
}

static void nonsense(void)
{
	static const char *const words[] = {
		"",	      "0",	     "65",
		"-1",	      "015x",	     "99999999999",
		"term",	      "SIG",	     "SIG15",
		"SIGSIGTERM", "RTMIN+31",    "RTMIN+",
		"RTMIN+x",    "SIGFOO",	     "TERM ",
		"+15",	      "SIGRTMAX-31", "a word that is much too long for a signal"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		is_int(number(words[i]), 0, "\"%s\" is none", words[i]);
	is_int(mp_signal_number("TE\0RM", 5), 0, "nor is one with a zero byte");
}

int main(void)
{
	tap_plan(0);
	names();
	numbers();
	nonsense();
	return tap_done();
}
