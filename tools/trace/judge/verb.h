/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the one table of verbs and states: the words of each, what may stand
 * after it, the acts it means and the evidence it rests on. The parser, the judge and the manual
 * page say what this table says. Never: looks at a contract or a model.
 */
#ifndef MP_VERB_H
#define MP_VERB_H

#include <stdint.h>

#include "contract.h"
#include "model.h"

/* What stands after the words of a row. */
enum mp_operand {
	MP_OPERAND_NONE,
	MP_OPERAND_WHOM,
	MP_OPERAND_MAYBE_WHOM,	  /* [WHOM] */
	MP_OPERAND_WHOM_SIGNAL,	  /* WHOM [with SIGNAL] */
	MP_OPERAND_SIGNAL,	  /* SIGNAL */
	MP_OPERAND_OF_SIGNAL,	  /* [of SIGNAL] */
	MP_OPERAND_PATTERN,	  /* "PATTERN" */
	MP_OPERAND_MAYBE_PATTERN, /* ["PATTERN"] */
	MP_OPERAND_CODE,	  /* [with EXPR] */
	MP_OPERAND_CHANNEL,
	MP_OPERAND_WORD,
	MP_OPERAND_WHOM_OR_WORD,
	MP_OPERAND_MEMORY,
	MP_OPERAND_LEAST, /* [at least TIME] */
	MP_OPERAND_TIME	  /* TIME */
};

struct mp_verb_row {
	/* Exactly one of the two is not zero. */
	enum mp_verb verb;
	enum mp_state state;
	/* As after "main" and as after a group; the longest row that fits is meant. NULL: the state
	 * has a form of its own that does not begin with WHO. */
	const char *singular, *plural;
	enum mp_operand operand;
	uint32_t acts;	/* MP_BIT(enum mp_act_kind): what the verb means; 0: see the judge */
	uint32_t kinds; /* MP_BIT(enum mp_kind): without these events nothing can be said. Every row
			 * includes MP_VERB_ALWAYS. With MP_FD, a model that is fd_unsure matters */
	uint32_t blind; /* MP_BIT(enum mp_blind_cause): blindness that matters to it */
	const char *about; /* one line */
};

#define MP_BIT(value) (UINT32_C(1) << (value))
/* Who is who, and who lives when, comes from these. */
#define MP_VERB_ALWAYS (MP_BIT(MP_FORK) | MP_BIT(MP_EXEC) | MP_BIT(MP_EXIT))

/* In the order of enum mp_verb, then of enum mp_state; the last has neither. */
extern const struct mp_verb_row mp_verbs[];

const struct mp_verb_row *mp_verb_row(enum mp_verb verb); /* never NULL for a verb of the tree */
const struct mp_verb_row *mp_state_row(enum mp_state state);

#endif
