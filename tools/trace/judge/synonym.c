/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How people say it elsewhere, and what is said for it here. */
#include <string.h>

#include "parser.h"

#define LEAVE_OUT ""

/* clang-format off */
static const struct {
	enum mp_spot at;
	const char *word, *instead;
} others[] = {
	{MP_AT_WHO, "all", "each of"},
	{MP_AT_WHO, "any", "each of"},
	{MP_AT_WHO, "end", "the end of"},
	{MP_AT_WHO, "every", "each of"},
	{MP_AT_WHO, "into", LEAVE_OUT},
	{MP_AT_WHO, "no", "nothing is left"},
	{MP_AT_WHO, "read", "the reading end of"},
	{MP_AT_WHO, "the", LEAVE_OUT},
	{MP_AT_WHO, "to", LEAVE_OUT},
	{MP_AT_WHO, "up", LEAVE_OUT},
	{MP_AT_WHO, "write", "the writing end of"},
	{MP_AT_VERB, ":", LEAVE_OUT},
	{MP_AT_VERB, "aborts", "dies of ABRT"},
	{MP_AT_VERB, "blocks", "waits"},
	{MP_AT_VERB, "called", "named"},
	{MP_AT_VERB, "can", LEAVE_OUT},
	{MP_AT_VERB, "collects", "reaps"},
	{MP_AT_VERB, "concurrently", "at the same time"},
	{MP_AT_VERB, "crashes", "dies"},
	{MP_AT_VERB, "creates", "forks"},
	{MP_AT_VERB, "displays", "prints"},
	{MP_AT_VERB, "do", "never"},
	{MP_AT_VERB, "does", "never"},
	{MP_AT_VERB, "doesn", "never"},
	{MP_AT_VERB, "don", "never"},
	{MP_AT_VERB, "echoes", "prints"},
	{MP_AT_VERB, "finishes", "ends"},
	{MP_AT_VERB, "gets", "receives"},
	{MP_AT_VERB, "in", "at the same time"},
	{MP_AT_VERB, "joins", "reaps"},
	{MP_AT_VERB, "killed", "dies of"},
	{MP_AT_VERB, "kills", "signals"},
	{MP_AT_VERB, "launches", "forks"},
	{MP_AT_VERB, "logs", "prints"},
	{MP_AT_VERB, "longer", "outlives"},
	{MP_AT_VERB, "may", LEAVE_OUT},
	{MP_AT_VERB, "must", LEAVE_OUT},
	{MP_AT_VERB, "not", "never"},
	{MP_AT_VERB, "notifies", "wakes"},
	{MP_AT_VERB, "outputs", "prints"},
	{MP_AT_VERB, "pauses", "sleeps"},
	{MP_AT_VERB, "process", LEAVE_OUT},
	{MP_AT_VERB, "quits", "exits"},
	{MP_AT_VERB, "returns", "exits"},
	{MP_AT_VERB, "says", "prints"},
	{MP_AT_VERB, "sends", "signals"},
	{MP_AT_VERB, "shall", LEAVE_OUT},
	{MP_AT_VERB, "should", LEAVE_OUT},
	{MP_AT_VERB, "shows", "prints"},
	{MP_AT_VERB, "simultaneously", "at the same time"},
	{MP_AT_VERB, "spawns", "forks"},
	{MP_AT_VERB, "starts", "forks"},
	{MP_AT_VERB, "stops", "ends"},
	{MP_AT_VERB, "terminates", "ends"},
	{MP_AT_VERB, "together", "at the same time"},
	{MP_AT_VERB, "will", LEAVE_OUT},
	{MP_AT_VERB, "would", LEAVE_OUT},
	{MP_DECLARED, "all", LEAVE_OUT},
	{MP_DECLARED, "first", "child 1"},
	{MP_DECLARED, "second", "child 2"},
	{MP_DECLARED, "the", LEAVE_OUT},
	{MP_DECLARED, "third", "child 3"},
	{MP_BEHIND, ".", LEAVE_OUT},
	{MP_BEHIND, "//", "#"},
	{MP_BEHIND, ";", LEAVE_OUT},
	{MP_BEHIND, "by", "of"},
	{MP_BEHIND, "code", "with"},
	{MP_BEHIND, "fewer", "at most"},
	{MP_BEHIND, "if", "when"},
	{MP_BEHIND, "in", "in the order of"},
	{MP_BEHIND, "less", "at most"},
	{MP_BEHIND, "more", "at least"},
	{MP_BEHIND, "once", LEAVE_OUT},
	{MP_BEHIND, "one", "once"},
	{MP_BEHIND, "status", "with"},
	{MP_BEHIND, "then", "before"},
	{MP_BEHIND, "three", "exactly 3"},
	{MP_BEHIND, "two", "twice"},
	{MP_AT_NUMBER, "code", LEAVE_OUT},
	{MP_AT_NUMBER, "one", "1"},
	{MP_AT_NUMBER, "status", LEAVE_OUT},
	{MP_AT_NUMBER, "three", "3"},
	{MP_AT_NUMBER, "two", "2"},
	{MP_AT_VALUE, "fewer", "at most"},
	{MP_AT_VALUE, "greater", "at least"},
	{MP_AT_VALUE, "less", "at most"},
	{MP_AT_VALUE, "more", "at least"},
};
/* clang-format on */

const char *mp_synonym(const struct mp_token *token, enum mp_spot at)
{
	bool quoted = token->kind == MP_TOKEN_TEXT;
	size_t i;

	for (i = 0; !quoted && i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].at == at && mp_same(token, others[i].word))
			return others[i].instead;
	return NULL;
}
